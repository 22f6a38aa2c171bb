package main

import (
	"testing"
	"time"
)

// S3-51, S3-56: the place belongs to the person. Nothing that happens to a page, a
// browser or a device costs it, and nobody loses it to a link that is opened twice.
func TestPlaceStaysWithThePerson(t *testing.T) {
	c := chromium(t)
	s := startServer(t)
	maria := s.found()
	e := maria.publish(plan{interviewers: []string{"Johan Ek"}})
	people := []*person{
		{name: "Åsa Öberg", camera: &red, tone: 440},
		{name: "Ola Nordmann", camera: &green, tone: 550},
		{name: "Ali Hassan", camera: &blue, tone: 800, phone: true},
	}
	links, tabs := map[*person]string{}, map[*person]*tab{}
	for i, p := range people {
		s.visitor().signUp(e, p.name, "en")
		links[p] = maria.personalLink(p.name)
		tabs[p] = show(t, c, p)
		tabs[p].Open(links[p])
		tabs[p].ChecksIn()
		tabs[p].Place(i)
	}
	asa, ola, ali := people[0], people[1], people[2]

	// A crash: all is gone but the link, which is opened in another browser.
	tabs[ola].Open("about:blank")
	fresh := &person{name: "Ola on his phone", camera: ola.camera, tone: ola.tone, phone: true}
	o := show(t, c, fresh)
	o.Open(links[ola])
	o.Reads("end.elsewhere.title")
	tabs[ali].Place(2)
	o.Click(`[data-act=continue]`)
	o.Place(1)

	// Back on the first one: the newer device is told, stops, and does not fight for it.
	tabs[ola].Open(links[ola])
	tabs[ola].Reads("end.elsewhere.title")
	tabs[ola].Click(`[data-act=continue]`)
	tabs[ola].Place(1)
	o.Reads("end.elsewhere.title")
	for range 3 { // and stays so over reloads of both
		o.Reload()
		o.Reads("end.elsewhere.title")
		tabs[ola].Reload()
		tabs[ola].Place(1)
	}

	// Who stands before him leaves: he sees it within two seconds, without a reload.
	tabs[asa].Click(`[data-act=door-withdraw]`)
	tabs[asa].Click(`[data-act=withdraw-yes]`)
	tabs[asa].Reads("end.withdrawn.title")
	begun := time.Now()
	tabs[ali].Place(1)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the place moved up after %v", took)
	}
	tabs[ola].Place(0)

	// The same in a talk: a reload, and then another device, on both sides.
	johan := &person{name: "Johan Ek", camera: &teal, tone: 1200}
	j := show(t, c, johan)
	j.Enters(e.interviewers[1])
	tabs[ola].Reads("lobby.ready")
	j.Click(`[data-act=next]`)
	if got := j.InTalk(); got != ola.name {
		t.Fatalf("the talk is with %s", got)
	}
	meet(t, j, johan, tabs[ola], ola)
	end := j.Deadline()
	tabs[ola].Reload()
	meet(t, j, johan, tabs[ola], ola)
	j.Reload()
	meet(t, j, johan, tabs[ola], ola)
	if moved := j.Deadline().Sub(end); moved < -3*time.Second || moved > 40*time.Second {
		t.Errorf("two reloads moved the end of the talk by %v", moved)
	}

	o.Click(`[data-act=continue]`)
	o.Has(`#call`)
	tabs[ola].Reads("end.elsewhere.title")
	meet(t, j, johan, o, fresh)

	elsewhere := &person{name: "Johan at home", camera: johan.camera, tone: johan.tone}
	k := show(t, c, elsewhere)
	k.Open(e.interviewers[1].link)
	k.GivesPIN(e.interviewers[1].pin)
	k.Reads("room.elsewhere.title")
	j.Moves()
	k.Click(`[data-act=continue]`)
	if got := k.InTalk(); got != ola.name {
		t.Fatalf("on his other device Johan talks with %s", got)
	}
	j.Reads("room.elsewhere.title")
	meet(t, k, elsewhere, o, fresh)
	tabs[ali].Place(0)
	proved(t, "S3-51, S3-56 the place belongs to the person")
}
