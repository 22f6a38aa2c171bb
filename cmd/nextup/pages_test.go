package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Every page is looked at in Chromium: narrow and light in all three languages, wide
// and dark in one. With NEXTUP_PAGES=all each width is looked at in light and dark, and
// so it is with NEXTUP_SHOTS=folder, where a picture of each way is written.
// NEXTUP_PICTURES=docs/pictures makes the pictures of the documentation anew.

//go:embed testdata/look.js
var lookJS string

// Faults is what look.js finds wrong with the page as it stands. The catalogues are
// brought into a page once.
func (b *tab) Faults(lang string) (found []string) {
	b.t.Helper()
	var there bool
	if b.Eval(`typeof __catalogues === "object"`, &there); !there {
		b.Eval(`void (window.__catalogues = `+catalogues()+`)`, nil)
	}
	b.Eval(lastLine.ReplaceAllLiteralString(lookJS, fmt.Sprintf("})(%s, window.__catalogues)", quote(lang))), &found)
	return found
}

var catalogues = sync.OnceValue(func() string {
	all, err := json.Marshal(texts)
	if err != nil {
		panic(err) // they hold texts
	}
	return string(all)
})

var lastLine = regexp.MustCompile(`\}\)\(LANG, CATALOGUES\)\s*$`)

// Scheme makes the system's colours light or dark.
func (b *tab) Scheme(scheme string) {
	b.t.Helper()
	p := b.page.(*chromePage)
	_, err := limited(p, func(ctx context.Context) (any, error) {
		return chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
	})
	if err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
}

// WholePage writes a PNG of the page down to its end.
func (b *tab) WholePage(path string) {
	b.t.Helper()
	p := b.page.(*chromePage)
	r, err := limited(p, func(ctx context.Context) (cdppage.CaptureScreenshotResult, error) {
		return chromedp.Call(ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
			Format: cdppage.CaptureScreenshotFormatPng, CaptureBeyondViewport: new(true),
		})
	})
	if err == nil {
		err = os.WriteFile(path, r.Data, 0o600)
	}
	if err != nil {
		b.t.Fatalf("%s: picture: %v", b.name, err)
	}
}

// look checks a page as it stands in all languages, and with axe. The page is left
// in English and light.
func look(t *testing.T, b *tab, name string) {
	t.Helper()
	lookIn(t, b, name, "sv", "nb", "en")
}

// glance is look for what does not last, in one language.
func glance(t *testing.T, b *tab, name string) {
	t.Helper()
	lookIn(t, b, name, "sv")
}

func lookIn(t *testing.T, b *tab, name string, languages ...string) {
	t.Helper()
	begun := time.Now()
	shots := os.Getenv("NEXTUP_SHOTS")
	depict(b, name, languages...)
	all := shots != "" || os.Getenv("NEXTUP_PAGES") == "all"
	for _, way := range []struct {
		width, height int
		scheme        string
		always        bool
	}{{390, 844, "light", true}, {390, 844, "dark", false}, {1280, 800, "light", false}, {1280, 800, "dark", true}} {
		if !all && !way.always {
			continue
		}
		b.Size(way.width, way.height)
		b.Scheme(way.scheme)
		how, spoken := "", languages
		if !all && way.width > 390 {
			spoken = languages[:1] // what is too long for its place is too long on the phone first
		}
		for _, lang := range spoken {
			b.Speak(lang)
			how = fmt.Sprintf("%s-%d-%s-%s", name, way.width, way.scheme, lang)
			for _, fault := range b.Faults(lang) {
				t.Errorf("%s: %s", how, fault)
			}
			if shots != "" {
				b.WholePage(filepath.Join(shots, strings.ReplaceAll(how, " ", "_")+".png"))
			}
		}
		for _, x := range b.Barriers() {
			t.Errorf("%s: %s", how, x)
		}
	}
	b.Scheme("light")
	b.Speak("en")
	t.Logf("%s: looked at in %v", name, time.Since(begun).Round(10*time.Millisecond))
}

// What a recruiter sees, from the set-up on.
func TestPagesOfRecruiters(t *testing.T) {
	beside(t, looks)
	s := startServer(t)
	c := chromium(t)
	b := show(t, c, &person{name: recruiterName})
	b.Allow(`status of 4\d\d`) // refused forms answer so

	b.Open(s.setUpLink())
	look(t, b, "set-up")
	b.Type("#email", "no address")
	b.Click(`main form button[type=submit]`)
	b.Has(`[aria-invalid=true]`)
	look(t, b, "set-up refused")
	b.SetsUp(s)
	look(t, b, "list empty")
	b.Open(s.base + "/outbox")
	look(t, b, "outbox empty")

	b.Open(s.base + "/sessions/new")
	look(t, b, "form")
	b.Type("#talk", "90")
	b.Type("#places", "100")
	b.Click(`button[value=publish]`)
	b.Has(`[data-fault]`)
	look(t, b, "form refused")

	maria := s.signIn()
	draft := maria.get(s.base + "/sessions/new").form("/sessions/new")
	draft.set("title", "Utkast: säljare i Göteborg").set("date", time.Now().AddDate(0, 0, 9).Format(time.DateOnly)).set("clock", "09:00")
	draft.send("save")
	coming := maria.publish(plan{title: "Truckförare, kväll och helg", begins: 26 * time.Hour, interviewers: []string{"Johan Ek", "Ingrid Dahl"}, questions: []string{"Vilka truckkort har du?"}, traits: []string{"Noggrann"}})
	running := maria.publish(plan{
		title: "Lagerarbetare, Malmö", job: "**Lagerarbetare till Nordkaj**\n\n- Truckkort A och B\n- Svenska eller engelska", places: 3,
		interviewers: []string{"Johan Ek"}, questions: []string{"Berätta kort om dig själv.", "När kan du börja?"}, traits: []string{"Noggrann", "Tempo"},
	})
	cancelled := maria.publish(plan{title: "Inställd dag i Lund"})
	maria.get(cancelled.path).form("/cancel").send("")
	for _, name := range []string{"Åsa Öberg", "Bjørn Æthelsen", "Maximiliana Konstantinopolitanska-Andersson"} {
		s.visitor().signUp(running, name, "sv")
	}
	thief := s.visitor()
	for range 5 {
		thief.get(running.interviewers[1].link).form("/i/").set("pin", "000000").send("")
	}

	b.Open(s.base + "/sessions")
	look(t, b, "list")
	b.Click(`details.account summary`)
	glance(t, b, "list account menu")
	b.Open(s.base + running.path)
	look(t, b, "overview running, locked PIN")
	b.Open(s.base + coming.path)
	look(t, b, "overview coming")
	b.Click(`#cancel summary`)
	glance(t, b, "overview cancel")
	b.Open(s.base + cancelled.path)
	look(t, b, "overview cancelled")
	b.Open(s.base + coming.path + "/edit")
	look(t, b, "form edit")
	b.Type("#clock", "23:30")
	b.Click(`button[value=publish]`)
	b.Has(`[data-act="publish-changes"]`)
	look(t, b, "changes to publish")
	b.Open(s.base + coming.path + "/preview")
	glance(t, b, "preview")
	b.Open(s.base + coming.path + "/remove")
	look(t, b, "remove")
	b.Open(s.base + "/sessions?q=nothing+at+all")
	glance(t, b, "list search")
	b.Open(s.base + "/outbox")
	b.Click(`article details summary`)
	look(t, b, "outbox")
	b.Open(s.base + running.path + "/summary")
	look(t, b, "summary without talks")
	b.Open(s.base + "/sessions/NOSUCHSESSION")
	look(t, b, "error")
}

// What somebody sees who has no link, or only the candidates', and at the PIN.
func TestPagesOfVisitors(t *testing.T) {
	beside(t, looks)
	s := startServer(t, "--support-phone", "+46 31 000 00 00", "--support-mail", "help@example.org")
	c := chromium(t)
	maria := s.found()
	e := maria.publish(plan{title: "Lagerarbetare, Malmö", job: "**Plocka** och packa.\n\n- dagtid\n- skift", interviewers: []string{"Johan Ek"}})
	full := maria.publish(plan{title: "Lokalvårdare, Lund", places: 1})
	s.visitor().signUp(full, "Åsa Öberg", "sv")
	cancelled := maria.publish(plan{title: "Inställd dag i Lund"})
	maria.get(cancelled.path).form("/cancel").send("")
	closed := maria.publish(plan{title: "Redan klart nu"})
	maria.get(closed.path).form("/close").send("")

	b := show(t, c, &person{name: "Ola Nordmann"})
	b.Allow(`status of 4\d\d`)
	for name, path := range map[string]string{"landing": "/", "sign-in": "/sign-in", "help": "/help", "error": "/no/such/page"} {
		b.Open(s.base + path)
		look(t, b, name)
	}
	b.Open(s.base + "/sign-in")
	b.Type("#email", recruiterMail)
	b.Type("#password", "wrong")
	b.Click(`main form button[type=submit]`)
	b.Has("#wrong")
	look(t, b, "sign-in refused")
	for name, link := range map[string]string{"sign-up": e.signUp, "sign-up full": full.signUp, "sign-up cancelled": cancelled.signUp, "sign-up closed": closed.signUp} {
		b.Open(link)
		look(t, b, name)
	}
	b.Open(e.signUp)
	b.Type("#name", "Ola")
	b.Type("#email", "ola@nowhere")
	b.Click(`main form button[type=submit]`)
	b.Has("#email-error")
	look(t, b, "sign-up refused")
	b.SignsUp(e, "en")
	look(t, b, "signed-up")

	b.Open(e.interviewers[1].link)
	look(t, b, "PIN")
	b.GivesPIN("000000")
	b.Has("#pin-error")
	look(t, b, "PIN wrong")
	for range 4 {
		b.GivesPIN("000000")
	}
	b.Reads("pin.locked.title")
	look(t, b, "PIN locked")
	maria.get(e.path).form("/renew").send("")
	b.Open(e.interviewers[0].link)
	look(t, b, "PIN renewed")
}

// The moments of a candidate and of an interviewer, in the order in which they come.
func TestPagesOfTalks(t *testing.T) {
	beside(t, calls)
	s := startServer(t)
	c := chromium(t)
	maria := s.found()
	coming := maria.publish(plan{title: "Nästa vecka", begins: 7 * 24 * time.Hour, job: "Ett jobb.", interviewers: []string{"Johan Ek"}})
	e := maria.publish(plan{
		title: "Lagerarbetare, Malmö", job: "**Plocka** och packa.\n\n- dagtid\n- skift", interviewers: []string{"Johan Ek"},
		questions: []string{"Berätta kort om dig själv.", "Vilka truckkort har du, och hur länge har du haft dem?", "När kan du börja?"},
		traits:    []string{"Noggrann", "Samarbete", "Tempo"},
		answer:    300, // a call is looked at while it rings
	})
	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440, phone: true}
	s.visitor().signUp(coming, asa.name, "sv")
	early := maria.personalLink(asa.name)
	s.visitor().signUp(e, asa.name, "sv")
	var link string
	for _, l := range maria.letters() { // newest first; both go to the same address
		if found := personalLink.FindString(l.text); strings.Contains(l.to, mailOf(asa.name)) && found != early {
			link = found
		}
	}

	no := show(t, c, &person{name: "Ola Nordmann", denied: true, phone: true})
	s.visitor().signUp(e, "Ola Nordmann", "en")
	olasLink := maria.personalLink("Ola Nordmann")
	no.Open(olasLink)
	no.Click(`[data-act=check]`)
	no.Click(`[data-act=ask]`)
	no.Has(`[data-act=without]`)
	look(t, no, "check denied")
	no.Click(`[data-act=without]`)
	no.Has(`[data-act=check-in]`)
	look(t, no, "check without devices")

	a := show(t, c, asa)
	a.Open(early)
	a.Has(`[data-act=check]`)
	look(t, a, "registered, too early")
	a.Open(link)
	a.Has(`[data-act=check]`)
	look(t, a, "registered")
	a.Click(`[data-act=door-withdraw]`)
	glance(t, a, "withdraw dialog")
	a.Click(`dialog .quiet`)
	a.Click(`[data-act=check]`)
	look(t, a, "check")
	a.Click(`[data-act=ask]`)
	a.Has(`.checks`)
	a.Lacks(`[data-act=ask]`)
	look(t, a, "check passed")
	a.Click(`[data-act=check-in]`)
	a.Place(0)
	look(t, a, "waiting first")
	no.Click(`[data-act=check-in]`)
	no.Place(1)
	look(t, no, "waiting second, no devices")
	no.Click(`[data-act=hold]`)
	no.Reads("lobby.held")
	look(t, no, "on hold")
	no.Click(`[data-act=hold]`)
	no.Reads("lobby.ready")

	johan := show(t, c, &person{name: "Johan Ek", camera: &teal, tone: 660})
	johan.Open(coming.interviewers[1].link)
	johan.GivesPIN(coming.interviewers[1].pin)
	johan.Sees("Åsa Öberg", long)
	look(t, johan, "room before the start")
	johan.Enters(e.interviewers[1])
	johan.Has(`[data-act=next]`)
	look(t, johan, "room")
	johan.Click(`[data-act=skip]`)
	johan.Click(`[data-act=reason-other]`)
	johan.Click(`[data-act=skip-yes]`)
	glance(t, johan, "skip dialog")
	johan.Click(`dialog .quiet`)
	johan.Click(`[data-act=take-other]`)
	glance(t, johan, "take dialog")
	johan.Click(`dialog .quiet`)
	johan.Click(`[data-act=row]`)
	glance(t, johan, "row dialog")
	johan.Click(`dialog .quiet`)
	johan.Click(`[data-act=pause]`)
	johan.Has(`[data-act=unpause]`)
	look(t, johan, "break")
	johan.Click(`[data-act=unpause]`)

	// Called: one look for each side.
	a.Hide()
	johan.Reads("room.call", "name", "Åsa")
	johan.Click(`[data-act=next]`)
	a.Has(`[data-act=enter]`)
	glance(t, a, "called")
	a.Unhide()
	johan.Has(`[data-act=call-off]`)
	johan.Click(`[data-act=call-off]`)
	a.Hide()
	johan.Reads("room.call", "name", "Åsa")
	johan.Click(`[data-act=next]`)
	johan.Has(`[data-act=call-off]`)
	glance(t, johan, "calling")
	a.Unhide()
	a.Click(`[data-act=enter]`)
	johan.InTalk()
	johan.SeesColour(farOfInterviewer, red, long)
	a.SeesColour(farOfCandidate, teal, long)
	look(t, johan, "talk of an interviewer")
	look(t, a, "talk of a candidate")
	a.Click(`[data-act=more]`)
	look(t, a, "talk, more")
	a.Click(`.live-sheetup .quiet`)
	johan.Click(`[data-act=text]`)
	johan.Type("#rtt", "Hör du mig?")
	a.Sees("Hör du mig?", long)
	glance(t, a, "talk with text")
	johan.Click(`[data-act^="t:"][data-act$="=4"]`)
	johan.Click(`[data-act^="q:"][data-act$="=3"]`)
	johan.Type("#n-note", "Lugn och tydlig.")
	johan.Click(`[data-act=end]`)
	glance(t, johan, "end dialog")
	johan.Click(`[data-act=end-yes]`)
	johan.Has(`[data-act=submit]`)
	johan.Click(`details.fold summary`)
	look(t, johan, "write-up")
	a.Has(`[data-act=interest-yes]`)
	look(t, a, "after")
	a.Click(`[data-act=interest-yes]`)
	a.Reads("common.saved")
	a.Click(`[data-act=send]`)
	a.Reads("after.saidYes")
	look(t, a, "after, done")
	johan.Click(`[data-act=submit]`)

	other := show(t, c, &person{name: "Ola elsewhere"})
	other.Open(olasLink)
	other.Reads("end.elsewhere.title")
	look(t, other, "elsewhere")
	otherJohan := show(t, c, &person{name: "Johan elsewhere"})
	otherJohan.Open(e.interviewers[1].link)
	otherJohan.GivesPIN(e.interviewers[1].pin)
	otherJohan.Has(`[data-act=continue]`)
	look(t, otherJohan, "room elsewhere")
	maria.get(e.path).form("/close").send("")
	no.Reads("end.not_reached.title")
	look(t, no, "not reached")
	johan.Has("#talks") // it comes by itself
	johan.Open(e.interviewers[1].link)
	johan.Has(`[data-act=summary]`)
	look(t, johan, "room closed")
	johan.Click(`[data-act=summary]`)
	johan.Has("#talks")
	look(t, johan, "summary")
	johan.Click(`main a[href*="/correct/"]`)
	johan.Has(`main form textarea`)
	look(t, johan, "correction")
	a.Open(early)
	a.Click(`[data-act=door-withdraw]`)
	a.Click(`[data-act=withdraw-yes]`)
	a.Reads("end.withdrawn.title")
	look(t, a, "withdrawn")
}
