package main

import (
	"fmt"
	"testing"
)

// Seat waits until somebody has a place in the talk, and says where his picture is.
func (b *tab) Seat(root, name string) string {
	b.t.Helper()
	slot := `[...document.querySelectorAll(` + quote(root+" figure.seat") + `)].find((f) => f.checkVisibility() && f.querySelector("b").innerText === ` + quote(name) + `)?.dataset.slot`
	b.WaitFor(slot+` !== undefined`, long)
	var n string
	b.Eval(slot, &n)
	return fmt.Sprintf(`%s figure[data-slot="%s"] video`, root, n)
}

// Knows waits until somebody in a talk sees and hears another one where his name stands.
func (b *tab) Knows(root, name string, who *person) {
	b.t.Helper()
	seat := b.Seat(root, name)
	b.SeesColour(seat, *who.camera, long)
	b.Hears(seat, who.tone, long)
}

// Panels, with real browsers: three interviewers and a candidate, who come and go
// while nobody else's picture is touched (S3-06 goes along: the words change in place).
func TestPanel(t *testing.T) {
	beside(t, calls)
	c := chromium(t)
	s := startServer(t)
	office := s.found()
	e := office.publish(plan{interviewers: []string{"Johan Ek", "Eva Lind"}})
	maria := &person{name: recruiterName, camera: &violet, tone: 1200}
	johan := &person{name: "Johan Ek", camera: &teal, tone: 900}
	eva := &person{name: "Eva Lind", camera: &yellow, tone: 680}
	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440, phone: true}
	s.visitor().signUp(e, asa.name, "en")
	a := show(t, c, asa)
	a.Open(office.personalLink(asa.name))
	a.ChecksIn()
	room := map[*person]*tab{}
	for i, p := range []*person{maria, johan, eva} {
		room[p] = show(t, c, p)
		room[p].Enters(e.interviewers[i])
	}
	m, j, v := room[maria], room[johan], room[eva]
	a.Reads("lobby.ready")
	m.Click(`[data-act=next]`)
	m.InTalk()
	meet(t, m, maria, a, asa)

	// From here on the two must never lose each other: not a new connection, not a blank moment.
	for _, b := range []*tab{m, a} {
		b.Eval(`(() => {
			window.__blanks = 0;
			const v = [...document.querySelectorAll("video.live-remote")].find((e) => e.checkVisibility());
			new MutationObserver(() => v.classList.contains("live-blank") && window.__blanks++).observe(v, { attributes: true });
			v.addEventListener("emptied", () => window.__blanks++);
			window.__dark = __nextup.darkness(v);
		})()`, nil)
	}
	untouched := func(when string) {
		t.Helper()
		for _, b := range []*tab{m, a} {
			b.Moves()
			var blanks int
			b.Eval(`window.__blanks`, &blanks)
			var dark struct{ Longest, Looks float64 }
			b.Eval(`window.__dark`, &dark)
			if dark.Longest > 200 || dark.Looks < 10 {
				t.Errorf("%s: %s had no picture for %.0f ms (looked at %.0f times)", when, b.name, dark.Longest, dark.Looks)
			}
			if n := b.Media().Connections; blanks > 0 || n != 1 {
				t.Errorf("%s: %s has %d connections, and the other was blank %d times", when, b.name, n, blanks)
			}
		}
		meet(t, m, maria, a, asa)
	}
	asks := func(who *person, name string) {
		t.Helper()
		m.Click(`[data-act=invite]`)
		choice := `[...document.querySelectorAll("dialog[open] label")].find((l) => l.innerText.includes(` + quote(name) + `))?.querySelector("input")`
		m.WaitFor(choice, patience)
		var act string
		m.Eval(choice+`.dataset.act`, &act)
		m.Click(`[data-act="` + act + `"]`)
		m.Click(`[data-act=invite-yes]`)
		room[who].Click(`[data-act=join]`)
		room[who].InTalk()
	}

	asks(johan, johan.name)
	for _, x := range []struct {
		of   *tab
		root string
	}{{a, "#call"}, {m, "#talk"}} {
		x.of.Knows(x.root, johan.name, johan)
	}
	j.Knows("#talk", asa.name, asa)
	j.Knows("#talk", maria.name, maria)
	a.Reads("talk.joined", "name", johan.name)
	untouched("Johan has come")
	if n := v.Counts(); n.SoundIn+n.PictureIn+n.Sound+n.Picture > 0 {
		t.Errorf("Eva is not part of it and sent or got %+v", n)
	}

	asks(eva, eva.name)
	a.Knows("#call", eva.name, eva)
	j.Knows("#talk", eva.name, eva)
	for name, p := range map[string]*person{asa.name: asa, maria.name: maria, johan.name: johan} {
		v.Knows("#talk", name, p)
	}
	untouched("Eva has come")
	j.Click(`[data-act=mute-camera]`)
	a.Reads("talk.seat.off", "name", "Johan")
	a.Click(`[data-act=more]`)
	a.Click(`input[name=talk-language][value=sv]`)
	a.Click(`[data-act=more]`)
	a.Sees(word("sv", "talk.seat.off", "name", "Johan"), patience)
	glance(t, a, "panel, candidate")
	v.Click(`[data-act=connection]`)
	v.Has(`.pop--sign`)
	glance(t, v, "panel, interviewer")
	untouched("the candidate reads Swedish")
	proved(t, "S3-06, D-08 a panel comes together, and the words change in it, with nobody's picture touched")

	// Johan goes; then Maria, who led it; Eva stays with the candidate.
	j.Click(`[data-act=end]`)
	j.Click(`[data-act=end-yes]`)
	j.Has(`[data-act=submit]`)
	a.Reads("talk.wentAway", "name", johan.name)
	untouched("Johan has gone")
	gone := j.Counts()
	a.Knows("#call", eva.name, eva)
	if now := j.Counts(); now.SoundIn+now.PictureIn > gone.SoundIn+gone.PictureIn {
		t.Errorf("Johan has gone and still gets %+v", now)
	}
	m.Click(`[data-act=end]`)
	m.Click(`[data-act=end-yes]`)
	m.Has(`[data-act=submit]`)
	a.Knows("#call", eva.name, eva)
	v.Knows("#talk", asa.name, asa)
	v.WaitFor(`[...document.querySelectorAll("#talk figure.seat")].filter((f) => f.checkVisibility()).length === 1`, patience)
	v.EndsTalk()
	a.Reads("after.interesting")
}
