package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"nextup"
)

// What is wrong is said clearly, what was typed stays, and nothing is lost.

// S3-40: five wrong codes lock the link; the recruiter sees it and renews. Who was
// in stays in while it is locked. Renewing ends the old link for everybody: the
// recruiter also does it when a link went to the wrong person.
func TestWrongPINs(t *testing.T) {
	beside(t, looks)
	c := chromium(t)
	s := startServer(t)
	maria := show(t, c, &person{name: recruiterName})
	maria.SetsUp(s)
	e := s.signIn().publish(plan{interviewers: []string{"Johan Ek", "Ingrid Dahl"}})
	johan := e.interviewers[1]

	in := show(t, c, &person{name: "Johan inside"})
	in.Open(johan.link)
	in.Type("#pin", " "+johan.pin[:3]+" "+johan.pin[3:]+" ") // as pasted from the mail
	in.Click(`main form button[type=submit]`)
	in.Has(`[data-act=pause]`)

	out := show(t, c, &person{name: "Johan outside"})
	out.Allow(`status of 4\d\d`)
	out.Open(johan.link)
	out.GivesPIN(e.interviewers[2].pin) // right, but a colleague's
	out.Reads("pin.wrong.other", "count", "4")
	for left := 3; left >= 1; left-- {
		out.GivesPIN("123")
		key := "pin.wrong.other"
		if left == 1 {
			key = "pin.wrong.one"
		}
		out.Reads(key, "count", fmt.Sprint(left))
	}
	maria.Open(s.base + e.path)
	maria.Lacks(`[data-locked]`)
	out.GivesPIN("123")
	out.Reads("pin.locked.title")
	out.Open(johan.link)
	out.Reads("pin.locked.title")

	row := fmt.Sprintf(`[data-interviewers] tr:nth-child(%d) `, 2)
	maria.Has(row + `[data-locked]`) // without a reload
	in.Click(`[data-act=pause]`)     // who is in works on
	in.Has(`[data-act=unpause]`)
	in.Reload()
	in.Has(`[data-act=unpause]`)
	maria.Click(row + `form[action$="/renew"] button`)
	maria.Reads("overview.done.renew")
	maria.Lacks(`[data-locked]`)
	renewed := maria.Overview(s).interviewers[1]
	if renewed.link == johan.link || renewed.pin == johan.pin {
		t.Fatalf("renewing left %+v of %+v", renewed, johan)
	}
	out.Open(johan.link)
	out.Reads("pin.renewed.title")
	out.Open(renewed.link)
	out.GivesPIN(renewed.pin)
	out.Has(`[data-act=continue], [data-act=pause], [data-act=unpause]`)
	in.Allow(`status of 4\d\d|WebSocket`)
	in.Reads("room.refused.title")
	in.Reload()
	in.Reads("pin.renewed.title")
}

// A full, a cancelled, a closed and a not yet published session, and links that
// lead nowhere: a clear text each, in the visitor's language.
func TestLinksThatDoNotWork(t *testing.T) {
	beside(t, looks)
	c := chromium(t)
	s := startServer(t)
	maria := s.found()
	links := s.links()
	full := maria.publish(plan{title: "Full", places: 1})
	s.visitor().signUp(full, "Åsa Öberg", "sv")
	asa := maria.personalLink("Åsa Öberg")
	cancelled := maria.publish(plan{title: "Cancelled"})
	s.visitor().signUp(cancelled, "Ola Nordmann", "nb")
	ola := maria.personalLink("Ola Nordmann")
	maria.get(cancelled.path).form("/cancel").send("")
	closed := maria.publish(plan{title: "Over"})
	maria.get(closed.path).form("/close").send("")
	form := maria.get(s.base + "/sessions/new").form("/sessions/new")
	form.set("title", "Draft").set("date", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)).set("clock", "10:00")
	draft := strings.TrimPrefix(form.send("save").url.Path, "/sessions/")

	b := show(t, c, &person{name: "visitor", phone: true})
	b.Allow(`status of 4\d\d`)
	for _, x := range []struct{ name, link, key string }{
		{"full", full.signUp, "signup.full.title"},
		{"cancelled", cancelled.signUp, "signup.cancelled.title"},
		{"closed", closed.signUp, "signup.closed.title"},
		{"draft", links.SignUp(nextup.SessionID(draft)), "signup.draft.title"},
		{"cut off", full.signUp[:len(full.signUp)-3], "failure.link"},
		{"made up", s.base + "/c/AAAA.BBBB.CCCC", "failure.link"},
		{"somebody else's kind", strings.Replace(asa, "/c/", "/i/", 1), "failure.link"},
	} {
		b.Open(x.link)
		for _, lang := range []string{"sv", "nb", "en"} {
			b.Speak(lang)
			b.Sees(word(lang, x.key), patience)
		}
		b.Lacks(`#name`) // nobody types for nothing
	}
	b.Open(ola) // who was signed up is told on his own page
	b.Speak("nb")
	b.Reads("end.cancelled.title")

	// The last place goes while he types: he is told, and what he typed is there.
	last := maria.publish(plan{title: "Nearly full", places: 1})
	b.Open(last.signUp)
	b.Speak("en")
	b.Type("#name", "Too Late")
	b.Type("#email", "too.late@example.org")
	s.visitor().signUp(last, "Quicker", "en")
	b.Click(`main form button[type=submit]`)
	b.Reads("signup.full.title")
	b.WaitFor(`[...document.querySelectorAll("input")].some((i) => i.value === "too.late@example.org")`, patience)
}

// The form for a session keeps what was typed and says at the field what is wrong,
// in the three languages.
func TestFormRefuses(t *testing.T) {
	beside(t, looks)
	c := chromium(t)
	s := startServer(t)
	b := show(t, c, &person{name: recruiterName})
	b.Allow(`status of 4\d\d`)
	b.SetsUp(s)
	b.Open(s.base + "/sessions/new")
	b.FillsIn(plan{
		title: "Lagerarbetare", job: "Ett jobb.", length: 60, talk: 10, places: 6,
		questions: []string{"Vilka truckkort har du?"}, traits: []string{"Noggrann"}, interviewers: []string{"Johan Ek"},
	}, time.Now().Add(48*time.Hour))
	fields := `JSON.stringify([...document.querySelectorAll("form[data-session-form] :is(input:not([type=hidden]), textarea, select)")].map((e) => e.name + "=" + e.value).filter((f) => !f.endsWith("=")))`
	for _, x := range []struct {
		name   string
		fields map[string]string
		at     string // whose fault stands beside it
		key    string
		count  string
	}{
		{"a daylight-saving gap", map[string]string{"#zone": "Europe/Stockholm", "#date": "2027-03-28", "#clock": "02:30"}, "clock", "form.error.gap", ""},
		{"the past", map[string]string{"#clock": "10:00", "#date": "2020-01-01"}, "date", "error.past", ""},
		{"end before start", map[string]string{"#date": "2027-04-01", "#length": "-60"}, "length", "form.error.length", ""},
		{"talks longer than the session", map[string]string{"#length": "30", "#talk": "45"}, "talk", "form.error.talkLong", "30"},
		{"not a number", map[string]string{"#talk": "ten"}, "talk", "form.error.talk", ""},
		{"no places", map[string]string{"#talk": "10", "#places": "0"}, "places", "form.error.places", ""},
		{"control characters", map[string]string{"#places": "6", "#title": "Lager\u0007arbetare"}, "title", "form.error.control", ""},
		{"a huge title", map[string]string{"#title": strings.Repeat("å", 300)}, "title", "form.error.long", "120"},
		{"no title", map[string]string{"#title": ""}, "title", "form.error.empty", ""},
		{"no address", map[string]string{"#title": "Lagerarbetare", `[data-rows=interviewer] li:nth-child(2) input[name=interviewer_email]`: "johan"}, "", "form.error.email", ""},
	} {
		for field, value := range x.fields {
			b.Type(field, value)
		}
		typed := text(b, fields)
		b.Eval(`void (window.__before = true)`, nil)
		b.Click(`button[value=publish]`)
		b.WaitFor(`!window.__before && document.querySelector("[data-fault]") && document.querySelector("form[data-session-form]")`, long)
		for _, lang := range []string{"sv", "nb", "en"} {
			b.Speak(lang)
			want := word(lang, x.key, "count", x.count)
			selector := "[data-fault]"
			if x.at != "" {
				selector = "#" + x.at + "-fault"
			}
			if got := b.Text(selector); !strings.Contains(got, want) {
				t.Errorf("%s in %s: %q, want %q", x.name, lang, got, want)
			}
		}
		if now := text(b, fields); x.key != "form.error.control" && now != typed {
			t.Errorf("%s: typed was\n%s\nand after the refusal there is\n%s", x.name, typed, now)
		}
	}

	b.Type(`[data-rows=interviewer] li:nth-child(2) input[name=interviewer_email]`, "johan@example.org")

	// S3-15, S3-18: twenty, and no twenty-first.
	for _, kind := range []string{"question", "trait"} {
		b.Row(kind, 20)
		for i := range 20 {
			b.Type(fmt.Sprintf(`[data-rows=%s] li:nth-child(%d) input[name=%s]`, kind, i+1, kind), fmt.Sprintf("%s %d", kind, i+1))
		}
		b.Has("#" + kind + "-full")
		if got, want := b.Text("#"+kind+"-full"), word("en", "form."+kind+".full", "count", "20"); !strings.Contains(got, want) {
			t.Errorf("at twenty: %q, want %q", got, want)
		}
		b.Click(fmt.Sprintf(`[data-rows=%s] [data-do=add]`, kind))
		var n int
		b.Eval(fmt.Sprintf(`document.querySelectorAll("[data-rows=%s] [data-list] > li").length`, kind), &n)
		if n != 20 {
			t.Errorf("there are %d rows for a %s", n, kind)
		}
	}
	// Reordering and deleting.
	b.Click(`[data-rows=question] li:nth-child(2) [data-do=up]`)
	b.Click(`[data-rows=question] li:nth-child(3) [data-do=remove]`)
	b.Lacks("#question-full")

	// A job text that is too long is said before it is sent.
	b.Eval(`(() => { const j = document.querySelector("#job"); j.value = "x".repeat(20001); j.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
	b.Has("#job-long")
	b.Click(`button[value=publish]`)
	b.At("/sessions/new")
	b.Type("#job", "<script>alert(1)</script> **tydlig** [länk](javascript:alert(1))")
	b.Lacks("#job-long")
	b.Click(`button[value=publish]`)
	b.Reads("overview.invite")
	e := b.Overview(s)
	johan := s.visitor()
	johan.enter(e.interviewers[1])
	sheet := johan.get(e.interviewers[1].link + "/sheet").text()
	if at2, at1 := strings.Index(sheet, "question 2"), strings.Index(sheet, `question 1"`); at2 < 0 || at1 < at2 || strings.Contains(sheet, `question 3"`) {
		t.Errorf("questions were not moved and removed: %s", sheet)
	}

	v := show(t, c, &person{name: "visitor"})
	v.Open(e.signUp)
	var scripts int
	v.Eval(`document.querySelectorAll("main section.prose script, main section.prose a[href^=javascript]").length`, &scripts)
	if scripts != 0 {
		t.Error("the job text brought a script with it")
	}
	v.Sees("tydlig", patience)
}
