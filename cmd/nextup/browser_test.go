package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a page gets to do what it was asked for, where a test says
// nothing else. It is generous: two cores may carry several browsers.
const patience = 20 * time.Second

// browser is one running browser process with room for many people.
type browser interface {
	// open makes an empty page. People are strangers to each other (own cookies and
	// storage); the same person again gets one more page beside his others.
	open(p *person) (page, error)
	close()
}

// page is what one page must be able to do in every browser; tab makes the rest of it.
type page interface {
	goTo(url string) error
	// eval awaits an expression and gives its value as JSON; undefined is null.
	eval(js string) ([]byte, error)
	click(x, y float64) error // with the mouse, so it counts as a person's act
	insert(text string) error // into what has the focus
	resize(width, height int) error
	picture() ([]byte, error) // PNG of what is seen
	// complaints are errors in the console, uncaught exceptions and failed requests.
	complaints() []string
	close()
}

// person is somebody at a browser.
type person struct {
	name string
	// camera is the colour that his camera shows, tone the pitch (Hz) of what his
	// microphone hears. Without a camera he has the browser's own pretended one.
	camera *colour
	tone   float64
	denied bool // says no when asked for camera and microphone
	phone  bool // a narrow screen
	swift  bool // his camera is 640 x 360 with 30 pictures a second, not small and slow

	in map[browser]any // his cookies and storage in each browser
}

// tab is one page that one person has open. A method that cannot do its work
// fails the test, so it belongs to the test's own goroutine; try does not.
type tab struct {
	t    testing.TB
	name string
	page page

	mu      sync.Mutex
	allowed []*regexp.Regexp
}

// show opens a tab for a person. When the test ends, whatever the page complained
// of fails it, except what Allow let through.
func show(t testing.TB, b browser, p *person) *tab {
	t.Helper()
	pg, err := b.open(p)
	if err != nil {
		t.Fatalf("%s: new page: %v", p.name, err)
	}
	b2 := &tab{t: t, name: p.name, page: pg}
	t.Cleanup(b2.Close)
	if p.phone {
		b2.Size(390, 844)
	} else {
		b2.Size(1280, 800)
	}
	return b2
}

// Close looks at the complaints and closes the page.
func (b *tab) Close() {
	b.t.Helper()
	if b.page == nil {
		return
	}
	if b.t.Failed() {
		if dir := os.Getenv("NEXTUP_E2E_SHOTS"); dir != "" { // for whoever looks for the reason
			if png, err := b.page.picture(); err == nil {
				_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(b.t.Name()+"-"+b.name, "/", "_")+".png"), png, 0o600)
			}
		}
	}
	for _, c := range b.page.complaints() {
		if !b.allows(c) {
			b.t.Errorf("%s: the page complained: %s", b.name, c)
		}
	}
	b.page.close()
	b.page = nil
}

// Allow lets complaints through that match, for tests that break something on purpose.
func (b *tab) Allow(pattern string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.allowed = append(b.allowed, regexp.MustCompile(pattern))
}

func (b *tab) allows(complaint string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.allowed {
		if r.MatchString(complaint) {
			return true
		}
	}
	return false
}

// Open goes to a page and waits until it has loaded.
func (b *tab) Open(url string) {
	b.t.Helper()
	if err := b.page.goTo(url); err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
	b.WaitFor(`document.readyState === "complete"`, patience)
}

// try evaluates an expression, which may be a promise, into out; out may be nil.
func (b *tab) try(js string, out any) error {
	value, err := b.page.eval(js)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(value, out); err != nil {
		return fmt.Errorf("%s: %w", value, err)
	}
	return nil
}

// Eval is try for what must succeed.
func (b *tab) Eval(js string, out any) {
	b.t.Helper()
	if err := b.try(js, out); err != nil {
		b.t.Fatalf("%s: %s: %v", b.name, js, err)
	}
}

// WaitFor asks a condition again and again until it holds. An exception counts as
// "not yet": pages change while they are asked.
func (b *tab) WaitFor(js string, limit time.Duration) {
	b.t.Helper()
	if err := b.wait(js, limit); err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
}

func (b *tab) wait(js string, limit time.Duration) error {
	var err error
	if poll(limit, func() bool {
		var yes bool
		err = b.try("!!("+js+")", &yes)
		return err == nil && yes
	}) {
		return nil
	}
	text := "…"
	_ = b.try(`location.pathname.slice(0, 3) + ": " + document.body.innerText.slice(0, 1500)`, &text)
	return errors.Join(fmt.Errorf("not within %v: %s", limit, js), err, errors.New("the page reads: "+text))
}

// spot is a script that scrolls an element into view and says where to click it;
// null while it cannot be clicked: not there, not seen, disabled, moving or covered.
const spot = `(async (selector) => {
	const e = document.querySelector(selector);
	if (!e || e.disabled || !e.checkVisibility({visibilityProperty: true})) return null;
	e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
	const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
	await frame();
	const a = e.getBoundingClientRect();
	await frame();
	const b = e.getBoundingClientRect();
	if (a.x !== b.x || a.y !== b.y || b.width === 0 || b.height === 0) return null;
	const x = b.x + b.width / 2, y = b.y + b.height / 2;
	const top = document.elementFromPoint(x, y);
	const label = e.labels?.[0];
	if (!top || !(e.contains(top) || top.contains(e) && top.tagName === "LABEL" || label?.contains(top))) return null;
	return {x, y};
})`

// Click presses an element with the mouse, as soon as a person could.
func (b *tab) Click(selector string) {
	b.t.Helper()
	if err := b.click(selector, patience); err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
}

func (b *tab) click(selector string, limit time.Duration) error {
	var at *struct{ X, Y float64 }
	var err error
	if !poll(limit, func() bool {
		at = nil
		err = b.try(spot+"("+quote(selector)+")", &at)
		return err == nil && at != nil
	}) {
		text := "…"
		_ = b.try(`location.pathname.slice(0, 3) + ": " + document.body.innerText.slice(0, 1500)`, &text)
		return errors.Join(fmt.Errorf("cannot be clicked within %v: %s", limit, selector), err, errors.New("the page reads: "+text))
	}
	return b.page.click(at.X, at.Y)
}

// Type replaces what a field holds. Dates, times and choices are set as a whole,
// since how they are typed hangs on the browser's language.
func (b *tab) Type(selector, text string) {
	b.t.Helper()
	b.WaitFor(`document.querySelector(`+quote(selector)+`)?.checkVisibility()`, patience)
	var whole bool
	b.Eval(`(() => {
		const e = document.querySelector(`+quote(selector)+`);
		if (e.tagName !== "SELECT" && !["date", "time", "datetime-local", "range", "color", "number"].includes(e.type)) {
			e.focus();
			e.select?.();
			return false;
		}
		e.focus();
		e.value = `+quote(text)+`;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, &whole)
	if whole {
		return
	}
	if err := b.page.insert(text); err != nil {
		b.t.Fatalf("%s: typing into %s: %v", b.name, selector, err)
	}
	b.WaitFor(`document.querySelector(`+quote(selector)+`).value === `+quote(text), patience)
}

// Text is what a person reads in an element, once it is there.
func (b *tab) Text(selector string) string {
	b.t.Helper()
	b.WaitFor(`document.querySelector(`+quote(selector)+`)`, patience)
	var text string
	b.Eval(`document.querySelector(`+quote(selector)+`).innerText`, &text)
	return text
}

// Sees waits until the words stand somewhere on the page.
func (b *tab) Sees(words string, limit time.Duration) {
	b.t.Helper()
	b.WaitFor(`document.body.innerText.includes(`+quote(words)+`)`, limit)
}

// Size sets the part of the page that is seen, in CSS pixels.
func (b *tab) Size(width, height int) {
	b.t.Helper()
	if err := b.page.resize(width, height); err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
}

// Shot writes a PNG of what is seen.
func (b *tab) Shot(path string) {
	b.t.Helper()
	png, err := b.page.picture()
	if err == nil {
		err = os.WriteFile(path, png, 0o600)
	}
	if err != nil {
		b.t.Fatalf("%s: picture: %v", b.name, err)
	}
}

// poll asks until the answer is yes; false after the limit. It asks at least twice.
func poll(limit time.Duration, yes func() bool) bool {
	end := time.Now().Add(limit)
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		if yes() {
			return true
		}
		if time.Now().After(end) {
			return yes()
		}
		time.Sleep(wait) // between two questions, never instead of one
	}
}

// quote is a text as a literal in a script.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always can be written
	}
	return string(b)
}

// find looks for a browser on this machine. Without one the test is skipped, or
// fails where browsers are required.
func find(t testing.TB, variable string, names ...string) string {
	t.Helper()
	if name := os.Getenv(variable); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no "+names[0]+" on this machine ("+variable+" may name it)")
	return ""
}

// missing skips a test for lack of a tool, or fails it with NEXTUP_E2E=require.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("NEXTUP_E2E") == "require" {
		t.Fatal(why + ", and NEXTUP_E2E=require")
	}
	t.Skip(why)
}

// shared are the browsers of this test binary, started when first needed and
// closed by TestMain.
var shared struct {
	sync.Mutex
	chromium, firefox browser
}

func closeBrowsers() {
	shared.Lock()
	defer shared.Unlock()
	for _, b := range []browser{shared.chromium, shared.firefox} {
		if b != nil {
			b.close()
		}
	}
}

func TestMain(m *testing.M) {
	code := m.Run()
	closeBrowsers()
	closeBinaries()
	os.Exit(code)
}
