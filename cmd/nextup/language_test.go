package main

import (
	"testing"
	"time"
)

// S3-06, S3-08: everybody switches the language of his own pages at any moment,
// and loses nothing by it.
func TestLanguageSwitch(t *testing.T) {
	beside(t, calls)
	c := chromium(t)
	s := startServer(t)
	maria := &person{name: recruiterName, camera: &violet, tone: 1200}
	desk := show(t, c, maria)
	desk.SetsUp(s)

	step := func(name string, do func()) {
		t.Helper()
		do()
		proved(t, "S3-06, S3-08: "+name)
	}
	step("in the list; the choice survives a reload and goes along to other pages", func() {
		desk.Speak("nb")
		desk.Sees(word("nb", "list.empty.head"), patience)
		desk.Reload()
		desk.Sees(word("nb", "list.empty.head"), patience)
		desk.Click(`a[href="/sessions/new"]`)
		desk.At("/sessions/new")
	})
	step("in the form, with all that is typed", func() {
		desk.Sees(word("nb", "form.create"), patience)
		desk.FillsIn(plan{
			title: "Lagerarbetare", job: "Ett jobb.", length: 240, talk: 10, places: 5,
			questions: []string{"Vilka truckkort har du?"}, traits: []string{"Noggrann"}, interviewers: []string{"Johan Ek"},
		}, time.Now().Add(-time.Minute))
		fields := `JSON.stringify([...document.querySelectorAll("form[data-session-form] :is(input, textarea, select)")].map((e) => e.name + "=" + e.value))`
		typed := text(desk, fields)
		for _, lang := range []string{"sv", "en", "nb", "sv"} {
			desk.Speak(lang)
			desk.Sees(word(lang, "form.create"), patience)
			if now := text(desk, fields); now != typed {
				t.Errorf("in %s the form holds %s, it held %s", lang, now, typed)
			}
		}
		desk.Click(`button[value=publish]`)
		desk.Sees(word("sv", "overview.invite"), long)
	})
	e := desk.Overview(s)

	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440, phone: true}
	a := show(t, c, asa)
	step("in the registration, with what is typed", func() {
		a.Open(e.signUp)
		a.Type("#name", asa.name)
		a.Type("#email", mailOf(asa.name))
		for _, lang := range []string{"nb", "sv"} {
			a.Speak(lang)
			a.Sees(word(lang, "signup.send"), patience)
		}
		a.WaitFor(`document.querySelector("#name").value === `+quote(asa.name)+` && document.querySelector("#email").value === `+quote(mailOf(asa.name)), patience)
		a.Type("#language", "sv")
		a.Click(`main form button[type=submit]`)
		a.Sees(word("sv", "signedup.title"), long)
	})
	link := desk.FindsLink(s, asa.name)
	step("in the device check and the lobby", func() {
		a.Open(link)
		a.ChecksIn()
		a.Place(0)
		a.Speak("en")
		a.Place(0)
		a.Reads("lobby.ready")
		a.Reload()
		a.Place(0)
		if got := a.Lang(); got != "en" {
			t.Errorf("after the reload the lobby is in %s", got)
		}
		a.Reads("lobby.ready")
		a.Speak("nb")
		a.Place(0)
		if got := desk.Lang(); got != "sv" {
			t.Errorf("the recruiter's page became %s", got)
		}
	})

	room := show(t, c, maria)
	room.Enters(e.interviewers[0])
	room.Click(`[data-act=next]`)
	room.InTalk()
	meet(t, room, maria, a, asa)
	step("in a talk, on both sides: the call is not touched", func() {
		for _, b := range []*tab{room, a} {
			b.Eval(`void (window.__video = [...document.querySelectorAll("video.live-remote")].find((v) => v.checkVisibility()))`, nil)
		}
		room.Click(`[data-act=text]`)
		room.Type("#rtt", "Hör du") // and what is half typed to the other
		a.Sees("Hör du", long)
		room.Type("#n-note", "halv men")
		connections := []int{room.Media().Connections, a.Media().Connections}
		room.Speak("en")
		a.Click(`[data-act=more]`)
		a.Click(`input[name=talk-language][value=sv]`)
		a.WaitFor(`document.documentElement.lang === "sv"`, patience)
		a.Sees(word("sv", "talk.interviewer"), patience)
		room.Reads("room.speaks.sv")
		room.Moves()
		a.Moves()
		meet(t, room, maria, a, asa)
		for i, b := range []*tab{room, a} {
			if got := b.Media().Connections; got != connections[i] {
				t.Errorf("%s: a switch changed %d connections to %d", b.name, connections[i], got)
			}
			b.WaitFor(`window.__video.isConnected && !window.__video.paused && window.__video.checkVisibility()`, patience)
		}
		if got := text(room, `document.querySelector("#n-note").value + "|" + document.querySelector("#rtt").value`); got != "halv men|Hör du" {
			t.Errorf("after the switch the fields hold %q", got)
		}
		a.Sees("Hör du", patience)
		if room.Lang() != "en" || a.Lang() != "sv" {
			t.Errorf("the pages are in %s and %s", room.Lang(), a.Lang())
		}
	})
}
