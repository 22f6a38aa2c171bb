package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"nextup/web"
)

// What people do in browsers, step by step, for the tests that follow whole
// journeys. Every step waits for what a person would wait for.

// long is the patience with what takes several steps of several programs.
const long = time.Minute

// texts are the catalogues: language, key, text.
var texts = readTexts()

func readTexts() map[string]map[string]string {
	all := map[string]map[string]string{"sv": {}, "en": {}, "nb": {}}
	files, err := web.Files.ReadDir("i18n")
	if err != nil {
		panic(err) // they are in the binary
	}
	for _, f := range files {
		b, err := web.Files.ReadFile("i18n/" + f.Name())
		if err != nil {
			panic(err)
		}
		parts := strings.Split(f.Name(), ".")
		into := all[parts[len(parts)-2]]
		if err := json.Unmarshal(b, &into); err != nil {
			panic(fmt.Sprintf("%s: %v", f.Name(), err))
		}
	}
	return all
}

// word is the text of a key with its placeholders filled in, in pairs.
func word(lang, key string, pairs ...string) string {
	text, ok := texts[lang][key]
	if !ok {
		panic("no text " + key + " in " + lang)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// Lang is the language that the page is in now.
func (b *tab) Lang() string {
	b.t.Helper()
	var lang string
	poll(patience, func() bool { // between two pages there is none
		return b.try(`document.documentElement.lang`, &lang) == nil && lang != ""
	})
	return lang
}

// Reads waits until a text of the catalogue stands on the page, in the page's language.
func (b *tab) Reads(key string, pairs ...string) {
	b.t.Helper()
	b.Sees(word(b.Lang(), key, pairs...), long)
}

// At waits until the page's path begins like this.
func (b *tab) At(prefix string) {
	b.t.Helper()
	b.WaitFor(`location.pathname.startsWith(`+quote(prefix)+`) && document.readyState === "complete"`, long)
}

// Has waits until an element is there and seen.
func (b *tab) Has(selector string) {
	b.t.Helper()
	b.WaitFor(`document.querySelector(`+quote(selector)+`)?.checkVisibility()`, long)
}

// Lacks waits until no such element is seen.
func (b *tab) Lacks(selector string) {
	b.t.Helper()
	b.WaitFor(`![...document.querySelectorAll(`+quote(selector)+`)].some((e) => e.checkVisibility())`, long)
}

// Speak switches the page to another language with the select in its top bar. It
// asks again: the page may be so new that nobody listens yet.
func (b *tab) Speak(lang string) {
	b.t.Helper()
	b.WaitFor(`(() => {
		const s = document.querySelector("select[data-language]");
		if (document.documentElement.lang === `+quote(lang)+` && s.value === `+quote(lang)+`) return true;
		s.value = `+quote(lang)+`;
		s.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, patience)
}

// Hide makes the page think that it lies behind others, as on a sleeping phone; Unhide brings it back.
func (b *tab) Hide() {
	b.t.Helper()
	b.Eval(`(() => {
		Object.defineProperty(document, "visibilityState", {configurable: true, get: () => "hidden"});
		Object.defineProperty(document, "hidden", {configurable: true, get: () => true});
		document.dispatchEvent(new Event("visibilitychange"));
	})()`, nil)
}

func (b *tab) Unhide() {
	b.t.Helper()
	b.Eval(`(() => {
		delete document.visibilityState;
		delete document.hidden;
		document.dispatchEvent(new Event("visibilitychange"));
	})()`, nil)
}

// Reload loads the page again.
func (b *tab) Reload() {
	b.t.Helper()
	var url string
	b.Eval(`location.href`, &url)
	b.Open(url)
}

// outage lets a page complain about a server that is gone for a while.
const outage = `WebSocket|websocket|ERR_CONNECTION|NS_ERROR|Failed to (fetch|load)|can.t establish|was interrupted|NetworkError|status of 50\d`

// setUpLink is the link that the first start printed.
func (s *server) setUpLink() string {
	s.t.Helper()
	var link string
	if !poll(patience, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		link = s.setUp
		return link != ""
	}) {
		s.t.Fatalf("the first start printed no set-up link:\n%s", s.log())
	}
	return link
}

// SetsUp opens the set-up link and makes the organisation.
func (b *tab) SetsUp(s *server) {
	b.t.Helper()
	b.Open(s.setUpLink())
	b.Type("#organisation", "Nordkaj Lager")
	b.Type("#name", recruiterName)
	b.Type("#email", recruiterMail)
	b.Type("#password", recruiterPassword)
	b.Click(`main form button[type=submit]`)
	b.At("/sessions")
}

// SignsIn is for a recruiter whose organisation is there already.
func (b *tab) SignsIn(base string) {
	b.t.Helper()
	b.Open(base + "/sign-in")
	b.Type("#email", recruiterMail)
	b.Type("#password", recruiterPassword)
	b.Click(`main form button[type=submit]`)
	b.At("/sessions")
}

// FillsIn types a plan into the form for a session, which is open.
func (b *tab) FillsIn(p plan, start time.Time) {
	b.t.Helper()
	b.Type("#title", p.title)
	b.Type("#job", p.job)
	b.Type("#zone", "UTC")
	b.Type("#date", start.UTC().Format(time.DateOnly))
	b.Type("#clock", start.UTC().Format("15:04"))
	b.Type("#length", strconv.Itoa(p.length))
	b.Type("#talk", strconv.Itoa(p.talk))
	b.Type("#places", strconv.Itoa(p.places))
	for kind, rows := range map[string][]string{"question": p.questions, "trait": p.traits} {
		for i, text := range rows {
			b.Row(kind, i+1)
			b.Type(fmt.Sprintf(`[data-rows=%s] li:nth-child(%d) input[name=%s]`, kind, i+1, kind), text)
		}
	}
	for i, name := range p.interviewers { // after the recruiter himself
		b.Row("interviewer", i+2)
		li := fmt.Sprintf(`[data-rows=interviewer] li:nth-child(%d) `, i+2)
		b.Type(li+`input[name=interviewer_name]`, name)
		b.Type(li+`input[name=interviewer_email]`, mailOf(name))
	}
}

// Row adds rows to a list of the form until it has n.
func (b *tab) Row(kind string, n int) {
	b.t.Helper()
	list := fmt.Sprintf(`document.querySelectorAll("[data-rows=%s] [data-list] > li").length`, kind)
	var have int
	for b.Eval(list, &have); have < n; have++ {
		b.Click(fmt.Sprintf(`[data-rows=%s] [data-do=add]`, kind))
		b.WaitFor(fmt.Sprintf(`%s === %d`, list, have+1), patience)
	}
}

// Overview reads the links off the page of a session that was published.
func (b *tab) Overview(s *server) event {
	b.t.Helper()
	b.WaitFor(`document.readyState === "complete"`, long) // rows come in one by one
	b.Has(`[data-link="sign-up"]`)
	var page struct {
		Path, SignUp string
		Rows         []struct{ Name, Link, PIN string }
	}
	b.Eval(`({
		path: location.pathname,
		signUp: document.querySelector('[data-link="sign-up"]').innerText.trim(),
		rows: [...document.querySelectorAll("[data-interviewers] tr")].map((r) => ({
			name: r.querySelector("th").innerText, link: r.querySelector("[data-copy]").dataset.copy, pin: r.querySelector(".code").innerText,
		})),
	})`, &page)
	e := event{path: page.Path, id: strings.TrimPrefix(page.Path, "/sessions/"), signUp: page.SignUp}
	for _, r := range page.Rows {
		e.interviewers = append(e.interviewers, invited{r.Name, r.Link, strings.ReplaceAll(r.PIN, " ", "")})
	}
	if !strings.HasPrefix(e.signUp, s.base+"/s/") || len(e.interviewers) == 0 {
		b.t.Fatalf("the overview shows %+v", page)
	}
	return e
}

// SignsUp registers with the candidates' link, as somebody who reads a language.
func (b *tab) SignsUp(e event, lang string) {
	b.t.Helper()
	b.Open(e.signUp)
	b.Type("#name", b.name)
	b.Type("#email", mailOf(b.name))
	b.Type("#language", lang)
	b.Click(`main form button[type=submit]`)
	b.Sees(mailOf(b.name), long)
}

// FindsLink reads a candidate's personal link in the outbox, on a recruiter's page.
func (b *tab) FindsLink(s *server, name string) string {
	b.t.Helper()
	var link string
	if !poll(long, func() bool {
		b.Open(s.base + "/outbox?all=1")
		var letters []string
		b.Eval(`[...document.querySelectorAll("article[data-letter]")].map((a) => a.textContent)`, &letters)
		i := slices.IndexFunc(letters, func(l string) bool { return strings.Contains(l, mailOf(name)) })
		if i >= 0 {
			link = personalLink.FindString(letters[i])
		}
		return link != ""
	}) {
		b.t.Fatalf("no mail with a personal link for %s in the outbox", name)
	}
	return link
}

// ChecksIn goes through the device check into the lobby, from the personal page.
func (b *tab) ChecksIn() {
	b.t.Helper()
	b.Click(`[data-act=check]`)
	b.Click(`[data-act=ask]`)
	b.Press(`[data-act=check-in]`, `document.querySelector(".turn")?.checkVisibility()`)
}

// Press clicks until a condition holds, as people do on a page that still grows
// while they press.
func (b *tab) Press(selector, until string) {
	b.t.Helper()
	var err error
	for range 4 {
		if err = b.click(selector, patience); err == nil {
			if err = b.wait(until, patience/2); err == nil {
				return
			}
		} else if b.wait(until, 0) == nil {
			return
		}
	}
	b.t.Fatalf("%s: %v", b.name, err)
}

// Enters gives an interviewer's PIN and turns on his camera.
func (b *tab) Enters(i invited) {
	b.t.Helper()
	b.Open(i.link)
	b.GivesPIN(i.pin)
	b.Has(`[data-act=ask]`)
	b.Click(`[data-act=ask]`)
	b.Has(`.checks`)
}

// GivesPIN sends the form for the PIN.
func (b *tab) GivesPIN(pin string) {
	b.t.Helper()
	b.Type("#pin", pin)
	b.Eval(`void (window.__before = true)`, nil)
	b.Click(`main form button[type=submit]`)
	b.WaitFor(`!window.__before && document.readyState !== "loading" && document.querySelector("main")`, long)
}

// The pictures of the other, for an interviewer and for a candidate.
const (
	farOfInterviewer = "#talk video.live-remote"
	farOfCandidate   = "#call video.live-remote"
)

// InTalk waits for an interviewer's talk and says with whom.
func (b *tab) InTalk() string {
	b.t.Helper()
	b.Has(`#talk .plate b`)
	return b.Text(`#talk .plate b`)
}

// meet waits until two people see and hear each other, and nobody else.
func meet(t testing.TB, iv *tab, interviewer *person, c *tab, candidate *person) {
	t.Helper()
	iv.SeesColour(farOfInterviewer, *candidate.camera, long)
	c.SeesColour(farOfCandidate, *interviewer.camera, long)
	iv.Hears(farOfInterviewer, candidate.tone, long)
	c.Hears(farOfCandidate, interviewer.tone, long)
}

// Moves waits until pictures keep arriving.
func (b *tab) Moves() {
	b.t.Helper()
	last, more := b.Media().Decoded, 0
	if !poll(long, func() bool {
		now := b.Media().Decoded // begins at nothing again on a new connection
		if more += now - last; now < last {
			more = 0
		}
		last = now
		return more > 5
	}) {
		b.t.Fatalf("%s: no pictures arrive", b.name)
	}
}

var minutesSeconds = regexp.MustCompile(`^(\+?)(\d+):(\d\d)$`)

// Left is what the clock of a talk shows, negative after the end.
func (b *tab) Left() time.Duration {
	b.t.Helper()
	var text string
	b.Eval(`[...document.querySelectorAll(".plate--clock .clock")].find((e) => e.checkVisibility())?.innerText ?? ""`, &text)
	m := minutesSeconds.FindStringSubmatch(text)
	if m == nil {
		b.t.Fatalf("%s: the clock shows %q", b.name, text)
	}
	min, _ := strconv.Atoi(m[2])
	sec, _ := strconv.Atoi(m[3])
	left := time.Duration(min)*time.Minute + time.Duration(sec)*time.Second
	if m[1] != "" {
		left = -left
	}
	return left
}

// Deadline is when the running talk ends, by its clock.
func (b *tab) Deadline() time.Time {
	b.t.Helper()
	return time.Now().Add(b.Left())
}

// EndsTalk ends the running talk and answers the question whether to.
func (b *tab) EndsTalk() {
	b.t.Helper()
	b.Click(`[data-act=end]`)
	b.Click(`[data-act=end-yes]`)
	b.Has(`[data-act=submit]`)
}

// Place is how many stand before a waiting candidate.
func (b *tab) Place(before int) {
	b.t.Helper()
	lang := b.Lang()
	want := word(lang, "lobby.next")
	if before == 1 {
		want = word(lang, "lobby.before.one", "count", "1")
	} else if before > 1 {
		want = word(lang, "lobby.before.other", "count", strconv.Itoa(before))
	}
	b.WaitFor(`document.querySelector(".turn h1")?.innerText === `+quote(want), long)
}

// Queue is the names in the queue of an interviewer who holds no talk, in order,
// with the one in the big card first if he is next.
func (b *tab) Queue() []string {
	b.t.Helper()
	var names []string
	b.Eval(`(() => {
		const rows = [...document.querySelectorAll(".queue .live-row")].filter((r) => r.checkVisibility() && r.querySelector("[data-act=row]"));
		const all = rows.map((r) => [Number(r.querySelector(".place").innerText), r.querySelector(".name").innerText]);
		const next = document.querySelector("[data-act=next]");
		if (next?.checkVisibility()) {
			const taken = new Set(all.map((x) => x[0]));
			let n = 1;
			while (taken.has(n)) n++;
			all.push([n, document.querySelector(".nextname").innerText]);
		}
		return all.sort((a, b) => a[0] - b[0]).map((x) => x[1]);
	})()`, &names)
	return names
}

// InOrder waits until the queue of an interviewer is this one.
func (b *tab) InOrder(want ...string) {
	b.t.Helper()
	var got []string
	if !poll(long, func() bool {
		got = b.Queue()
		return slices.Equal(got, want)
	}) {
		b.t.Fatalf("%s: the queue is %q, want %q", b.name, got, want)
	}
}

// Preload runs a script in every page that the tab opens from now on, before the page's own.
func (b *tab) Preload(js string) {
	b.t.Helper()
	var err error
	switch p := b.page.(type) {
	case *chromePage:
		_, err = limited(p, func(ctx context.Context) (any, error) {
			return chromedp.Call(ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: js})
		})
	case *bidiPage:
		err = p.b.call("script.addPreloadScript", map[string]any{"functionDeclaration": "() => {" + js + "}", "contexts": []string{p.context}}, nil)
	}
	if err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
}
