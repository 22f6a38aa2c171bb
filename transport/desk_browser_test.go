package transport

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"nextup"
)

// window is a Chromium in which Maria is signed in. What the browser complains
// about (an exception, a broken Content-Security-Policy) fails the test.
type window struct {
	*desks
	ctx context.Context
}

func (d *desks) window(c *http.Client) window {
	t := d.t
	t.Helper()
	if testing.Short() {
		t.Skip("a browser")
	}
	path := os.Getenv("NEXTUP_CHROME")
	for _, name := range []string{"chromium", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); path == "" && err == nil {
			path = found
		}
	}
	if path == "" {
		if os.Getenv("NEXTUP_E2E") == "require" {
			t.Fatal("no Chromium, and NEXTUP_E2E=require")
		}
		t.Skip("no Chromium")
	}
	ctx, stop := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox, chromedp.ExecPath(path), chromedp.Flag("lang", "en")))
	t.Cleanup(stop)
	var mu sync.Mutex
	var complaints []string
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range complaints {
			t.Error("the browser complains: " + c)
		}
	})
	err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, ev.ExceptionDetails.Text)
		case *cdplog.EventEntryAdded:
			if text := ev.Entry.Text; !strings.Contains(text, "Unrecognized feature") && !strings.Contains(text, "'beforeunload'") && !strings.Contains(text, "409") && !strings.Contains(text, "422") {
				complaints = append(complaints, text)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var cookies []*cdpnetwork.CookieParam
	for _, k := range c.Jar.Cookies(mustURL(t, d.http.URL)) {
		cookies = append(cookies, &cdpnetwork.CookieParam{Name: k.Name, Value: k.Value, URL: d.http.URL})
	}
	err = chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, cdplog.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, cdpnetwork.SetCookies, cdpnetwork.SetCookiesParams{Cookies: cookies})
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	return window{d, ctx}
}

func (w window) open(path string) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, chromedp.Navigate(w.http.URL+path)); err != nil {
		w.t.Fatal(err)
	}
}

// script runs in the page and gives its value as JSON.
func (w window) script(js string) string {
	w.t.Helper()
	b, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]byte](js))
	if err != nil {
		w.t.Fatalf("%s: %v", js, err)
	}
	return string(b)
}

// wait runs it until it gives what is wanted, also while the page changes.
func (w window) wait(js, want string) {
	w.t.Helper()
	got := ""
	for until := time.Now().Add(15 * time.Second); time.Now().Before(until); time.Sleep(30 * time.Millisecond) {
		b, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]byte](js))
		if err != nil {
			got = err.Error()
			continue
		}
		var value any
		if err := json.Unmarshal(b, &value); err != nil {
			w.t.Fatal(err)
		}
		var plain strings.Builder
		encoder := json.NewEncoder(&plain) // the browser escapes what Go does not
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			w.t.Fatal(err)
		}
		if got = strings.TrimSpace(plain.String()); got == want {
			return
		}
	}
	w.t.Fatalf("%s is %s, want %s", js, got, want)
}

const typing = `window.type = (selector, text, n = 0) => {
	const e = document.querySelectorAll(selector)[n];
	e.focus(); e.value = text; e.dispatchEvent(new Event("input", {bubbles: true}));
}; true`

// S3-26 as somebody sees it: the figure follows what is typed, without a reload.
func TestS3_26_CapacityLive(t *testing.T) {
	d := newDesks(t)
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/new")
	w.wait(`document.querySelector("[data-total]").textContent`, `"6"`)
	w.script(typing)
	w.wait(`(type("#talk", "12"), document.querySelector("[data-total]").textContent)`, `"5"`)
	w.wait(`(type("#talk", "10"), document.querySelector("[data-total]").textContent)`, `"6"`)
	interviewers := `document.querySelectorAll("[name=interviewer_name]").length`
	w.wait(`!!document.querySelector('[data-rows="interviewer"] [data-do="add"]')`, `true`)
	for n := range 2 {
		w.script(`document.querySelector('[data-rows="interviewer"] [data-do="add"]').click()`)
		w.wait(interviewers+` > `+string(rune('1'+n)), `true`)
		w.script(`type("[name=interviewer_name]", "Johan", ` + string(rune('1'+n)) + `)`)
	}
	w.wait(`document.querySelector("[data-total]").textContent`, `"18"`)
	w.wait(`document.querySelectorAll("[data-blocks] rect").length`, `18`)
	w.wait(`document.querySelector("#over").hidden`, `true`)
	w.script(`type("#clock", "13:00")`)
	w.script(`type("#places", "20")`)
	w.wait(`document.querySelector("#over").innerText.trim()`, `"2 more than there is time for. Expect to go on until 14:10."`)
	// The language follows, the typed text stays.
	w.script(`type("#title", "Lager")`)
	w.script(`(() => { const s = document.querySelector("select[data-language]"); s.value = "sv"; s.dispatchEvent(new Event("change", {bubbles: true})) })()`)
	w.wait(`document.querySelector("#over").innerText.trim()`, `"2 fler än ni hinner. Räkna med att hålla på till 14:10."`)
	w.wait(`document.querySelector("#title").value`, `"Lager"`)
	w.wait(`document.querySelectorAll("#zone option").length > 100`, `true`)
}

// The script reckons as the server does.
func TestCapacityIsTheSameOnBothSides(t *testing.T) {
	d := newDesks(t)
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/new")
	w.wait(`document.querySelector("[data-total]").textContent`, `"6"`)
	w.script(typing)
	for _, x := range [][4]string{
		{"60", "10", "0", "6"},
		{"60", "10", "5", "9"},
		{"60", "60", "0", "1"},
		{"60", "61", "0", "1"},
		{"5", "1", "60", "3"},
		{"1440", "1", "0", "9999"},
		{"", "10", "0", "5"},
		{"60", "x", "0", "5"},
		{"60", "7", "2", "500"},
		{"90", "25", "", "4"},
	} {
		f := sessionForm{Length: x[0], Talk: x[1], Pause: x[2], Places: x[3], Date: "2026-11-24", Clock: "10:00", Zone: "Europe/Stockholm", Interviewers: []formPerson{{Name: "one"}}}
		v := f.capacity()
		want, _ := json.Marshal([]any{v.Total, v.Over > 0, len(v.Blocks), v.Height})
		w.script(`type("#date", "2026-11-24"); type("#clock", "10:00"); type("#length", "` + x[0] + `"); type("#talk", "` + x[1] + `"); type("#pause", "` + x[2] + `"); type("#places", "` + x[3] + `")`)
		w.wait(`[Number(document.querySelector("[data-total]").textContent), !document.querySelector("#over").hidden,
			document.querySelectorAll("[data-blocks] rect").length, document.querySelector("[data-blocks]").viewBox.baseVal.height]`, string(want))
	}
}

// S3-15 as somebody sees it: rows move under the hands, the twenty-first is
// prevented with words, and what the server gets is what stands there.
func TestS3_15_QuestionsInTheBrowser(t *testing.T) {
	d := newDesks(t)
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/new")
	w.wait(`document.querySelector("[data-total]").textContent`, `"6"`)
	w.script(typing)
	add := `document.querySelector('[data-rows="question"] [data-do="add"]')`
	rows := `document.querySelectorAll('[data-rows="question"] [data-list] > li').length`
	w.wait(rows, `3`)
	w.wait(`!!`+add, `true`)
	for range 17 {
		w.script(add + `.click()`)
	}
	w.wait(rows, `20`)
	w.wait(`document.activeElement.getAttribute("aria-label")`, `"Question 20"`)
	w.script(add + `.click()`)
	w.wait(rows, `20`)
	w.wait(add+`.getAttribute("aria-disabled")`, `"true"`)
	w.wait(`document.querySelector("#question-full").hidden`, `false`)
	for n, words := range []string{"one", "two", "three"} {
		w.script(`type("[name=question]", "` + words + `", ` + string(rune('0'+n)) + `)`)
	}
	w.script(`document.querySelectorAll('[data-rows="question"] [data-do="up"]')[2].click()`) // one three two
	w.wait(`document.activeElement.innerText.trim()`, `"Move question 2 up"`)
	w.script(`document.querySelectorAll('[data-rows="question"] [data-do="remove"]')[0].click()`) // three two
	w.wait(rows, `19`)
	w.wait(`document.querySelector("#question-full").hidden`, `true`)
	w.script(`type("#title", "Lager"); type("#date", "2030-11-25"); type("#clock", "13:00"); document.querySelector("button[value=publish]").click()`)
	w.wait(`document.querySelector("h1").textContent`, `"Lager"`)
	n := d.newest()
	var words []string
	for _, q := range n.State.Settings.Questions {
		words = append(words, n.Texts[nextup.TextID(q)])
	}
	if got := strings.Join(words, " "); got != "three two" || n.State.Phase != nextup.PhasePublished {
		t.Errorf("%s, %q", n.State.Phase, got)
	}
}

// newest is the session that is not the site's own.
func (d *desks) newest() nextup.Snapshot {
	d.t.Helper()
	ids, _ := d.office.SessionsOf(context.Background(), "ORG", "RECRUITER")
	for _, id := range ids {
		if id != "SESSION1" {
			n, err := d.Look(context.Background(), id)
			if err != nil {
				d.t.Fatal(err)
			}
			return n
		}
	}
	d.t.Fatal("no session was made")
	return nextup.Snapshot{}
}

// S3-22: pasted HTML becomes Markdown; nothing of it is ever parsed as HTML by the page.
func TestPasteIntoTheJobText(t *testing.T) {
	d := newDesks(t)
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/new")
	w.wait(`document.querySelector("[data-total]").textContent`, `"6"`)
	w.script(`window.paste = (html) => {
		const job = document.querySelector("#job");
		job.value = ""; job.focus();
		const data = new DataTransfer();
		data.setData("text/html", html); data.setData("text/plain", "PLAIN");
		const e = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
		job.dispatchEvent(e);
		return job.value || (e.defaultPrevented ? "" : "left to the browser");
	}; true`)
	for html, want := range map[string]string{
		`<html><body><!--StartFragment--><h2>Om jobbet</h2><p>Vi s&ouml;ker dig som <b>lyfter</b> och <em>bär</em>.</p><!--EndFragment--></body></html>`: "## Om jobbet\n\nVi söker dig som **lyfter** och *bär*.",
		`<ul><li>Truckkort</li><li>Svenska<ul><li>i tal</li></ul></li></ul><ol><li>ett</li><li>två</li></ol>`:                                            "- Truckkort\n- Svenska\n  - i tal\n\n1. ett\n2. två",
		`<p>Läs <a href="https://example.se/a?b=1&amp;c=2">mer här</a> eller <a href="javascript:alert(1)">klicka</a>.</p>`:                              "Läs [mer här](https://example.se/a?b=1&c=2) eller klicka.",
		`<p>En rad<br>och en till</p><p></p><p>Slut</p>`: "En rad\noch en till\n\nSlut",
		`<style>p{color:red}</style><script>alert("x")</script><p onclick="alert(1)" style="x">Text &lt;script&gt; &amp; mer</p><img src="x" onerror="alert(1)">`: "Text <script> & mer",
		`<b style="font-weight:normal"><p>Från ett dokument</p></b>`:                                 "Från ett dokument",
		`<table><tr><td>Lön</td><td>30 000</td></tr><tr><td>Start</td><td>januari</td></tr></table>`: "Lön 30 000\n\nStart januari",
		`<o:p>Word&nbsp;text</o:p><?xml version="1.0"?><!DOCTYPE html>`:                              "Word text",
		`<p>Mejla <a href="mailto:jobb@example.se">jobb@example.se</a></p>`:                          "Mejla jobb@example.se",
		`<svg><text>nej</text></svg><iframe src="https://evil.example"></iframe>`:                    "left to the browser",
		`5 < 6 och 7 > 3`: "5 < 6 och 7 > 3",
		// Word
		`<html xmlns:o="urn:x"><head><style><!-- p {} --></style></head><body><!--StartFragment--><h1>Lager<o:p></o:p></h1><p class=MsoNormal>Vi söker <b>dig</b>.</p><p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Truckkort<o:p></o:p></p><p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>o<span>&nbsp; </span></span><![endif]>A och B</p><p class=MsoNormal>Sedan:</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span><![endif]>Ett</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span><![endif]>Två</p><!--EndFragment--></body></html>`: "# Lager\n\nVi söker **dig**.\n\n- Truckkort\n  - A och B\n\nSedan:\n\n1. Ett\n2. Två",
		// Google Docs
		`<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h2><span style="font-weight:700;">Om jobbet</span></h2><p><span style="font-weight:400;">Vi söker </span><span style="font-weight:700;">dig</span><span style="font-style:italic"> nu</span></p><ul><li><p><span>Truckkort</span></p></li><li><p><span>Svenska</span></p></li></ul></b><br>`: "## Om jobbet\n\nVi söker **dig** *nu*\n\n- Truckkort\n- Svenska",
		// Outlook
		`<div class=WordSection1><p class=MsoNormal><span style='font-size:11pt'>Hej<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><ul type=disc><li class=MsoListParagraph style='mso-list:l0 level1 lfo1'>Ett</li><li>Två</li></ul></div>`: "Hej\n\n- Ett\n- Två",
	} {
		in, _ := json.Marshal(html)
		var got string
		if err := json.Unmarshal([]byte(w.script(`paste(`+string(in)+`)`)), &got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s\n gave %q\n want %q", html, got, want)
		}
	}
	// Undo works, and a text that is too long is said before it is sent.
	w.script(`document.querySelector("#job").value = "x".repeat(20001); document.querySelector("#job").dispatchEvent(new Event("input", {bubbles: true}))`)
	w.wait(`document.querySelector("#job-long").hidden`, `false`)
	w.script(`document.querySelector("button[value=publish]").click()`)
	w.wait(`document.activeElement.id`, `"job"`)
	if w.script(`location.pathname`) != `"/sessions/new"` {
		t.Error("sent")
	}
	w.script(`window.onbeforeunload = null`)
}

// The overview follows what happens, without touching what somebody holds.
func TestOverviewFollows(t *testing.T) {
	d := newDesks(t)
	d.candidate("CANDIDATEA", "Åsa Öberg")
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/SESSION1")
	w.wait(`document.querySelectorAll("button[data-copy]:not([hidden])").length`, `4`)
	w.script(`document.querySelector('tr[data-id="CANDIDATEA"] form button').focus(); window.held = document.activeElement; true`)
	d.candidate("CANDIDATEB", "Ola <b>Nordmann</b>")
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: "CANDIDATEA"}, nextup.CheckIn{Device: "DEVICE01"})
	for range nextup.MaxWrongPINs {
		d.must("SESSION1", nextup.Actor{Role: nextup.RoleVisitor}, nextup.TryPIN{Interviewer: "INTERVIEWER2"})
	}
	w.wait(`document.querySelectorAll("tbody[data-candidates] tr").length`, `2`)
	w.wait(`document.querySelector('tr[data-id="CANDIDATEB"] th').textContent`, `"Ola <b>Nordmann</b>"`)
	w.wait(`document.querySelector('tr[data-id="CANDIDATEA"] [data-state]').innerText.trim()`, `"Waiting, not connected"`)
	w.wait(`document.querySelector('tr[data-id="INTERVIEWER2"] [data-locked]').hidden`, `false`)
	w.wait(`document.querySelector("[data-registered]").innerText.trim()`, `"2 of 20"`)
	w.wait(`document.querySelector("[data-queue]").innerText.trim()`, `"0 talks, 1 waiting"`)
	w.wait(`document.activeElement === window.held && window.held.isConnected`, `true`)
	w.wait(`document.querySelector('tr[data-id="CANDIDATEB"] button[data-copy]').dataset.copy`, `"`+d.server.links.Candidate("SESSION1", "CANDIDATEB")+`"`)
	// The session ends elsewhere: the summary comes by itself, but only when nobody has his hands on the page.
	d.must("SESSION1", d.maria.by(), nextup.Close{})
	time.Sleep(6 * time.Second)
	w.wait(`document.activeElement === window.held`, `true`)
	w.script(`document.activeElement.blur()`)
	w.wait(`location.pathname`, `"/sessions/SESSION1/summary"`)
}
