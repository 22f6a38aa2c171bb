package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// One quick interview from its creation to its summary, as people live through
// it: the real program, a recruiter who interviews in Chromium, a colleague in
// Firefox, and four candidates, each with a camera of one colour and a microphone
// of one pitch, so that it is seen and heard who is connected with whom. The
// steps are named after the rows that they show.
func TestWholeSession(t *testing.T) {
	beside(t, calls)
	c, f := chromium(t), firefox(t)
	s := startServer(t)

	maria := &person{name: recruiterName, camera: &violet, tone: 1200}
	johan := &person{name: "Johan Ek", camera: &teal, tone: firefoxTone}
	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440}
	ola := &person{name: "Ola Nordmann", camera: &green, tone: 550}
	ali := &person{name: "Ali Hassan", camera: &blue, tone: 800, phone: true}
	jane := &person{name: "Jane Okafor", camera: &yellow, tone: 1000}
	candidates := []*person{asa, ola, ali, jane}
	speaks := map[*person]string{asa: "sv", ola: "nb", ali: "sv", jane: "en"}
	byName := func(name string) *person {
		for _, p := range candidates {
			if p.name == name {
				return p
			}
		}
		t.Fatalf("nobody is called %q", name)
		return nil
	}
	journey := &parts{t: t}
	step := journey.begin

	step("S3-02, S3-26, S3-27, S3-30: a session is created with the form; the link is there at once")
	desk := show(t, c, maria)
	desk.SetsUp(s)
	desk.Click(`a[href="/sessions/new"]`)
	desk.At("/sessions/new")
	fits := func(length, talk, want int) {
		t.Helper()
		desk.Type("#length", fmt.Sprint(length))
		desk.Type("#talk", fmt.Sprint(talk))
		desk.WaitFor(fmt.Sprintf(`document.querySelector("[data-total]").innerText === "%d"`, want), patience)
	}
	fits(60, 10, 6)
	fits(60, 60, 1)
	for i, name := range []string{"Johan Ek", "Ingrid Dahl"} {
		desk.Row("interviewer", i+2)
		desk.Type(fmt.Sprintf(`[data-rows=interviewer] li:nth-child(%d) input[name=interviewer_name]`, i+2), name)
	}
	fits(60, 10, 18)
	desk.Type("#places", "500")
	desk.Has("#over")
	desk.Click(`[data-rows=interviewer] li:nth-child(3) [data-do=remove]`)
	desk.WaitFor(`document.querySelector("[data-total]").innerText === "12"`, patience)
	const talk = 20 * time.Minute
	start := time.Now().Add(2 * time.Minute).Truncate(time.Minute).Add(time.Minute) // time for all of them to come first, on a busy machine too
	desk.FillsIn(plan{
		title: "Lagerarbetare, Malmö", job: "**Plocka** och packa.\n\n- dagtid\n- skift", length: 240, talk: int(talk / time.Minute), places: 24,
		questions: []string{"Vilka truckkort har du?", "När kan du börja?"}, traits: []string{"Noggrann", "Tempo"},
		interviewers: []string{"Johan Ek"},
	}, start)
	desk.Click(`button[value=publish]`)
	desk.WaitFor(`/^\/sessions\/(?!new)/.test(location.pathname)`, long)
	e := desk.Overview(s)

	step("S3-25: link, QR code, copy button, and again later")
	desk.Has(`svg.qr`)
	desk.Has(`[data-copy="` + e.signUp + `"]`)
	desk.Reload()
	if again := desk.Overview(s); again.signUp != e.signUp || len(e.interviewers) != 2 {
		t.Fatalf("later the page shows %+v, first it showed %+v", again, e)
	}

	step("S3-03, S3-31, S3-32: candidates sign up with the link, no account, and get a link of their own by mail")
	tabs, links := map[*person]*tab{}, map[*person]string{}
	for _, p := range candidates {
		tabs[p] = show(t, c, p)
		tabs[p].SignsUp(e, speaks[p])
		links[p] = desk.FindsLink(s, p.name)
	}
	if len(unique([]string{e.signUp, links[asa], links[ola], links[ali], links[jane]})) != 5 {
		t.Fatalf("links are the same: %v", links)
	}

	curious := show(t, c, &person{name: "curious"})
	curious.Open(e.signUp)
	for _, want := range []string{
		"Lagerarbetare, Malmö", "Nordkaj Lager", "Plocka", "dagtid", fmt.Sprintf("%s %d", word("en", "signup.talk"), int(talk/time.Minute)),
		word("en", "signup.notice", "organisation", "Nordkaj Lager"),
	} {
		curious.Sees(want, patience)
	}

	step("S3-34: opening the link changes nothing")
	scanner := s.visitor()
	for range 3 {
		if p := scanner.get(links[asa]); p.status != 200 {
			t.Fatalf("the personal page answers %d", p.status)
		}
	}
	desk.Open(s.base + e.path)
	desk.WaitFor(`document.querySelectorAll("[data-candidates] tr").length === 4 && [...document.querySelectorAll("[data-candidates] [data-state]")]
		.every((e) => e.innerText === `+quote(word("en", "overview.state.registered"))+`)`, long)

	step("S3-40, S3-48: link and PIN, one wrong first; before the start he sees who has registered, and can call nobody")
	room := show(t, c, maria) // beside her desk
	room.Open(e.interviewers[0].link)
	room.Type("#pin", fmt.Sprintf("%06d", (number(e.interviewers[0].pin)+1)%1_000_000))
	room.Click(`main form button[type=submit]`)
	room.Reads("pin.wrong.other", "count", "4")
	room.Allow(`status of 40\d`)
	room.Enters(e.interviewers[0])
	office := show(t, f, johan)
	office.Open(e.interviewers[1].link)
	office.GivesPIN(e.interviewers[0].pin) // a colleague's
	office.Has("#pin-error")
	office.Allow(`status of 40\d`)
	office.Enters(e.interviewers[1])
	for _, iv := range []*tab{room, office} {
		for _, p := range candidates {
			iv.Sees(p.name, long)
		}
		iv.Lacks(`[data-act=next]`)
	}
	if time.Now().After(start) {
		t.Errorf("the session started before the interviewers had looked around; it was created too late by %v", time.Since(start))
	}

	step("S3-49, S3-51: turn order is the order of checking in, and everybody knows his place")
	for i, p := range candidates {
		b := tabs[p]
		b.Open(links[p])
		if got := b.Lang(); got != speaks[p] {
			t.Errorf("%s asked for pages in %s and got %s", p.name, speaks[p], got)
		}
		b.ChecksIn()
		b.Place(i)
	}
	var names []string
	for _, p := range candidates {
		names = append(names, p.name)
		for _, other := range candidates {
			var page string
			tabs[p].Eval(`document.documentElement.outerHTML`, &page)
			if other != p && strings.Contains(page, strings.Fields(other.name)[1]) {
				t.Errorf("%s finds %s in his page", p.name, other.name)
			}
		}
	}
	room.InOrder(names...)
	office.InOrder(names...)

	step("S3-56: a reload keeps the place")
	tabs[ola].Reload()
	tabs[ola].Place(1)
	tabs[jane].Place(3)

	step("S3-36, D-05, D-07, D-08: both press Next; each gets another one, and both see and hear each other")
	for _, iv := range []*tab{room, office} {
		iv.WaitFor(`(() => { const b = document.querySelector("[data-act=next]"); return b && b.checkVisibility() })()`, time.Until(start)+long)
	}
	for _, p := range []*person{asa, ola} { // whoever reloaded is ready again when his camera is
		tabs[p].Reads("lobby.ready")
	}
	room.InOrder(names...)
	// Together: the mouse of one must not wait for the other's answer.
	pressed := make(chan error, 2)
	for _, iv := range []*tab{room, office} {
		go func() { pressed <- iv.click(`[data-act=next]`, long) }()
	}
	for range 2 {
		if err := <-pressed; err != nil {
			t.Fatal(err)
		}
	}
	withMaria, withJohan := byName(room.InTalk()), byName(office.InTalk())
	if both := []*person{withMaria, withJohan}; !slices.Contains(both, asa) || !slices.Contains(both, ola) {
		t.Fatalf("%s and %s were met first, not the first two", withMaria.name, withJohan.name)
	}
	meet(t, room, maria, tabs[withMaria], withMaria)
	meet(t, office, johan, tabs[withJohan], withJohan)
	tabs[ali].Place(0)
	tabs[jane].Place(1)

	step("S3-61: both see the same clock, about the talk's length")
	for iv, p := range map[*tab]*person{room: withMaria, office: withJohan} {
		a, b := iv.Deadline(), tabs[p].Deadline()
		if d := a.Sub(b).Abs(); d > 3*time.Second {
			t.Errorf("the clocks of one talk differ by %v", d)
		}
		if left := time.Until(a); left > talk || left < talk-2*time.Minute {
			t.Errorf("%v are left of %v", left, talk)
		}
	}

	step("S3-15, S3-16, S3-17, S3-18: both interviewers have the same questions and traits, in one order; candidates have none")
	const sheet = `[...document.querySelectorAll("#questions .q > span:last-of-type, #questions .q span:not([class]), #traits .live-trait > span:not([class])")].map((e) => e.innerText).filter((t) => t).join("|")`
	asked := text(room, sheet)
	if other := text(office, sheet); other != asked || !strings.Contains(asked, "Vilka truckkort har du?|När kan du börja?|Noggrann|Tempo") {
		t.Errorf("Maria asks %q, Johan %q", asked, other)
	}
	for _, p := range candidates {
		page := text(tabs[p], `document.documentElement.outerHTML + JSON.stringify([{...localStorage}, {...sessionStorage}])`)
		for _, secret := range []string{"truckkort", "När kan du", "Noggrann", "Tempo"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s finds %q in his page", p.name, secret)
			}
		}
	}

	step("S3-06: the language changes in mid-call, for one person only; the picture goes on, what is typed stays")
	room.Type("#n-note", "halv men")
	before, frames := tabs[withMaria].Lang(), room.Media()
	room.Speak("nb")
	room.Reads("assess.note")
	if got := text(room, `document.querySelector("#n-note").value`); got != "halv men" {
		t.Errorf("after the switch the note holds %q", got)
	}
	room.SeesColour(farOfInterviewer, *withMaria.camera, patience)
	room.Moves()
	if got := room.Media().Connections; got != frames.Connections {
		t.Errorf("there were %d connections, there are %d after a language switch", frames.Connections, got)
	}
	if after := tabs[withMaria].Lang(); after != before || office.Lang() != "en" {
		t.Errorf("one person's switch changed others: %s became %s, and %s", before, after, office.Lang())
	}

	step("S3-04, S3-19: ratings and notes are saved as typed")
	room.Type("#n-note", "lugn och tydlig")
	room.Click(`[data-act^="q:"][data-act$="=4"]`)
	room.Click(`[data-act^="t:"][data-act$="=5"]`)
	room.Click(`[data-act="overall=3"]`)
	office.Type("#n-note", "snabb i svaren")
	room.WaitFor(`Object.keys(localStorage).every((k) => !k.startsWith("nextup.marks"))`, long)
	office.WaitFor(`Object.keys(localStorage).every((k) => !k.startsWith("nextup.marks"))`, long)

	step("S3-56: another device takes the place over only when asked to")
	other := &person{name: jane.name, camera: jane.camera, tone: jane.tone, phone: true}
	second := show(t, c, other)
	second.Open(links[jane])
	second.Reads("end.elsewhere.title")
	tabs[jane].Place(1)
	second.Click(`[data-act=continue]`)
	second.Place(1)
	second.Click(`[data-act=ask]`) // the new device is tried
	second.Reads("lobby.ready")
	tabs[jane].Reads("end.elsewhere.title")
	tabs[jane] = second

	step("D-06: Johan ends his talk; a skip, with a reason, moves one down; it is undone, and done again")
	office.EndsTalk()
	tabs[withJohan].Reads("after.interesting")
	office.Click(`[data-act=submit]`)
	office.InOrder("Ali Hassan", "Jane Okafor")
	skip := func() {
		t.Helper()
		office.Click(`[data-act=skip]`)
		office.Click(`[data-act=reason-other]`)
		office.Click(`[data-act=skip-yes]`) // no words: it asks for them
		office.Reads("reason.missing")
		office.Click(`[data-act=reason-trouble]`) // one press on a ready-made reason does it
		office.InOrder("Jane Okafor", "Ali Hassan")
	}
	skip()
	tabs[jane].Place(0)
	tabs[ali].Place(1)
	office.Click(`[data-act=undo-skip]`)
	office.InOrder("Ali Hassan", "Jane Okafor")
	tabs[ali].Place(0)
	skip()
	tabs[ali].Place(1)

	step("S3-50: out of turn, with a reason; Ali's phone was asleep, so it rings and he answers")
	tabs[ali].Hide()
	office.WaitFor(`![...document.querySelectorAll(".queue .live-row")].some((r) => r.innerText.includes("Ali Hassan") && r.innerText.includes(`+quote(word("en", "state.ready"))+`))`, long)
	office.Click(`[data-act=take-other]`)
	office.Click(`dialog input[name=who]`)
	office.Click(`[data-act=reason-other]`)
	office.Type(`[data-act=reason-words]`, "Har jobbat här förut")
	office.Click(`[data-act=take-yes]`)
	tabs[ali].Has(`[data-act=enter]`)
	tabs[ali].Unhide()
	tabs[ali].Click(`[data-act=enter]`)
	if got := office.InTalk(); got != ali.name {
		t.Fatalf("Johan took %s, not Ali", got)
	}
	meet(t, office, johan, tabs[ali], ali)
	tabs[jane].Place(0)
	office.Type("#n-note", "känner truckarna")

	step("S3-65, D-10: the server is killed in two running talks; all comes back by itself")
	people := []*tab{room, office, tabs[withMaria], tabs[ali], tabs[jane], desk, tabs[withJohan]}
	for _, b := range people {
		b.Allow(outage)
	}
	deadlines := map[*tab]time.Time{room: room.Deadline(), office: office.Deadline()}
	s.kill9()
	room.Reads("live.lostNotes")
	s.start()
	back := time.Now()
	for iv, p := range map[*tab]*person{room: withMaria, office: ali} {
		iv.Moves()
		iv.SeesColour(farOfInterviewer, *p.camera, long)
		if got := iv.InTalk(); got != p.name {
			t.Errorf("after the restart the talk is with %s, not %s", got, p.name)
		}
	}
	t.Logf("both pictures are back %v after the server", time.Since(back).Round(100*time.Millisecond))
	meet(t, room, maria, tabs[withMaria], withMaria)
	meet(t, office, johan, tabs[ali], ali)
	for iv, want := range deadlines {
		if d := iv.Deadline().Sub(want); d.Abs() > 3*time.Second {
			t.Errorf("%s: the deadline moved by %v over the restart", iv.name, d)
		}
	}
	if got := text(room, `document.querySelector("#n-note").value`); got != "lugn och tydlig" {
		t.Errorf("after the restart the note reads %q", got)
	}
	tabs[jane].Place(0)
	room.Reload() // and what the server has is the same
	room.Has("#n-note")
	room.WaitFor(`document.querySelector("#n-note").value === "lugn och tydlig" && document.querySelector('[data-act="overall=3"]').checked`, long)
	if got := room.Lang(); got != "nb" {
		t.Errorf("after the reload the page is in %s; nb was chosen", got)
	}
	room.SeesColour(farOfInterviewer, *withMaria.camera, long)
	if d := room.Deadline().Sub(deadlines[room]).Abs(); d > 10*time.Second {
		t.Errorf("the deadline moved by %v over a reload", d)
	}

	step("S3-43, S3-45: the candidate answers at once; the interviewer does not see it in the talk")
	tabs[withJohan].Click(`[data-act=interest-yes]`)
	tabs[withJohan].Open("about:blank") // gone at once, without pressing Send
	tabs[withJohan].Open(links[withJohan])
	tabs[withJohan].Reads("after.saidYes")
	room.EndsTalk()
	tabs[withMaria].Click(`[data-act=interest-no]`)
	tabs[withMaria].Type("#comment", "För långt bort")
	tabs[withMaria].Reads("common.saved")

	step("S3-63: one who does not answer twice is a no-show")
	room.Click(`[data-act=submit]`)
	for n := range 2 {
		tabs[jane].Hide()
		room.Reads("room.call", "name", "Jane")
		room.Click(`[data-act=next]`)
		tabs[jane].Has(`[data-act=enter]`)
		room.Has(`[data-act=call-off]`)
		room.WaitFor(`!document.querySelector("[data-act=call-off]").checkVisibility()`, 45*time.Second)
		if n == 0 { // the place is kept, and coming back to the page is answer enough
			tabs[jane].Has(`[data-act=still-here]`)
			tabs[jane].Unhide()
			tabs[jane].Lacks(`[data-act=still-here]`)
			tabs[jane].Place(0)
		}
	}
	tabs[jane].Unhide()
	tabs[jane].Reads("end.no_show.title")
	room.Reads("state.noShow")

	step("Ali's talk ends; he skips the question; the session is closed")
	office.EndsTalk()
	tabs[ali].Click(`[data-act=skip]`)
	tabs[ali].Reads("after.saidNothing")
	office.Click(`[data-act="overall=2"]`)
	office.Click(`[data-act=submit]`)
	desk.Open(s.base + e.path)
	desk.Click(`#close summary`)
	desk.Click(`#close button`)
	desk.Reads("overview.done.close")

	step("S3-04, S3-19, S3-37, S3-44, D-11: the summary for the recruiter and both interviewers")
	desk.Open(s.base + e.path + "/summary") // the interviewers are taken there
	for _, b := range []*tab{desk, room, office} {
		b.Has("#talks")
		lang := b.Lang()
		rows := map[string]string{}
		b.Eval(`Object.fromEntries([...document.querySelectorAll("[aria-labelledby=talks] tbody tr")].map((r) => [r.querySelector("th").innerText.trim(), r.innerText]))`, &rows)
		if len(rows) != 3 {
			t.Errorf("%s sees %d talks: %q", b.name, len(rows), rows)
		}
		for p, want := range map[*person][]string{
			withMaria: {"Maria", word(lang, "summary.interest.no"), word(lang, "summary.verdict.3")},
			withJohan: {"Johan", word(lang, "summary.interest.yes")},
			ali:       {"Johan", word(lang, "summary.interest.skip"), word(lang, "summary.verdict.2")},
		} {
			for _, w := range want {
				if !strings.Contains(rows[p.name], w) {
					t.Errorf("%s: the row of %s reads %q, want %q in it", b.name, p.name, rows[p.name], w)
				}
			}
		}
		fair := b.Text(`[aria-labelledby=deviations]`)
		for _, w := range []string{
			word(lang, "summary.deviation.skip", "who", "Johan Ek", "candidate", "Ali Hassan"), word(lang, "summary.reason.trouble"),
			word(lang, "summary.deviation.skip_undone", "who", "Johan Ek", "candidate", "Ali Hassan"),
			word(lang, "summary.deviation.take", "who", "Johan Ek", "candidate", "Ali Hassan"), "Har jobbat här förut",
			word(lang, "summary.deviation.no_show.clock", "candidate", "Jane Okafor"),
		} {
			if !strings.Contains(fair, w) {
				t.Errorf("%s: the deviations do not hold %q: %s", b.name, w, fair)
			}
		}
		b.Sees("lugn och tydlig", patience)
		b.Sees("snabb i svaren", patience)
		b.Sees("känner truckarna", patience)
		missing := b.Text(`[aria-labelledby=fair]`)
		if !strings.Contains(missing, "Jane Okafor") {
			t.Errorf("%s: who was not met is not named: %s", b.name, missing)
		}
	}
	journey.end()
	s.stop()
}

// text evaluates to a text.
func text(b *tab, js string) string {
	b.t.Helper()
	var got string
	b.Eval(js, &got)
	return got
}

// number reads digits.
func number(digits string) (n int) {
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}
