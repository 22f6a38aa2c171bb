package media_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

// labPage serves the test page under the product's content security policy.
// A page with "path" in its query reaches the server by path alone.
func labPage(t *testing.T, s *media.Server, path *mediatest.Path) string {
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir("testdata")))
	for _, name := range []string{"peer.js", "quality.js", "silence.js", "layers.js"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "../web/js/"+name) })
	}
	mux.HandleFunc("GET /relay", func(w http.ResponseWriter, r *http.Request) {
		urls, username, credential, _ := s.Relay(nextup.PersonID(r.FormValue("person")))
		_ = json.NewEncoder(w).Encode([]map[string]any{{"urls": urls, "username": username, "credential": credential}})
	})
	mux.HandleFunc("POST /answer", func(w http.ResponseWriter, r *http.Request) {
		offer, _ := io.ReadAll(r.Body)
		q := r.URL.Query()
		if q.Has("path") {
			offer = []byte(path.Offer(string(offer)))
		}
		answer, err := s.Answer(r.Context(), session, nextup.PersonID(q.Get("person")), q.Get("connection"), string(offer))
		if q.Has("path") {
			answer = path.Answer(answer)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, answer)
	})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; media-src 'self'; require-trusted-types-for 'script'")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

// chromium starts one, or skips the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser")
	}
	var path string
	for _, n := range []string{os.Getenv("NEXTUP_CHROME"), "chromium", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(n); n != "" && err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("NEXTUP_E2E") == "require" {
			t.Fatal("no chromium on PATH, and NEXTUP_E2E=require")
		}
		t.Skip("no chromium on PATH")
	}
	options := append(append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...),
		chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("mute-audio", true),
		chromedp.WSURLReadTimeout(60*time.Second),
	)
	actx, c1 := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, c2 := chromedp.NewContext(actx)
	t.Cleanup(func() {
		c2()
		c1()
	})
	return ctx
}

// tab is one page of the lab.
type tab struct {
	t    *testing.T
	ctx  context.Context
	name string
}

func (b tab) in(t *testing.T) tab { return tab{t, b.ctx, b.name} }

func (b tab) do(js string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](js, chromedp.EvalAwaitPromise)); err != nil {
		b.t.Fatalf("%s: %s: %v", b.name, js, err)
	}
}

// until waits until an expression is true.
func (b tab) until(js string) {
	b.t.Helper()
	ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`new Promise((done) => {
		const t0 = Date.now();
		const look = async () => (await (`+js+`)) ? done(true) : Date.now() - t0 > 40000 ? done(false) : setTimeout(look, 20);
		look();
	})`, chromedp.EvalAwaitPromise))
	if err != nil || !ok {
		state, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`(async () => JSON.stringify({states: lab.states, remotes: lab.remotes, colour: lab.colour(), stats: await lab.peer?.stats(), error: lab.error}))()`, chromedp.EvalAwaitPromise))
		b.t.Fatalf("%s: never %s: %v\n%s", b.name, js, err, state)
	}
}

func (b tab) open(url string) tab {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url)); err != nil {
		b.t.Fatal(err)
	}
	b.until(`typeof lab === "object"`)
	return b
}

const (
	red   = `((c) => c[0] > 150 && c[1] < 100 && c[2] < 100)`
	green = `((c) => c[0] < 100 && c[1] > 90 && c[2] < 100)`
)

// Two tabs of a real browser through web/js/peer.js: each sees the other's
// colour, and at the moment a slot is said to show a new person, it does.
func TestChromium(t *testing.T) {
	s := start(t, nil)
	path, _ := through(t, s)
	url := labPage(t, s, path)
	first := chromium(t)
	second, cancel := chromedp.NewContext(first)
	defer cancel()
	a := tab{t, first, "a"}.open(url + "/lab.html?person=a&connection=1&colour=rgb(220,20,20)")
	b := tab{t, second, "b"}.open(url + "/lab.html?person=b&connection=1&colour=rgb(20,160,20)")
	for _, p := range []tab{a, b} {
		p.do(`lab.connect()`)
		p.until(`lab.peer.state === "connected"`)
		p.do(`lab.attach()`)
	}
	s.Prepare(session, 1, "a", "b")
	time.Sleep(700 * time.Millisecond)
	a.until(`lab.peer.stats().then((s) => s.slots[0].packets === 0 && s.slots[0].soundPackets === 0)`)
	shown := time.Now()
	s.Show(session, 1, "a", "b")
	a.until(`lab.remotes.at(-1)?.active`)
	t.Logf("Show to the first picture, seen from the test: %v", time.Since(shown))
	a.until(green + `(lab.colour())`)
	b.until(red + `(lab.colour())`)
	b.until(red + `(lab.remotes.at(-1).colour)`)
	for _, p := range []tab{a, b} {
		p.until(`lab.peer.stats().then((s) => s.slots[0].framesDecoded > 10 && s.slots[0].soundPackets > 10 && s.rtt !== null)`)
	}
	a.do(`lab.peer.say("hej på dig")`)
	b.until(`lab.texts[0] === "a: hej på dig"`)

	t.Run("ICE restart", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		a.do(`lab.peer.restart()`)
		a.do(`lab.peer.stats().then((s) => lab.before = s.slots[0].framesDecoded)`)
		a.until(`lab.peer.stats().then((s) => s.slots[0].framesDecoded > lab.before + 20)`)
		b.until(`lab.peer.state === "connected"`)
	})
	t.Run("another person in the slot", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		clip := clips(t)[3]
		c := join(t, s, "c", clip, nil)
		c.Attach()
		s.Prepare(session, 2, "c")
		a.do(`void (lab.remotes.length = 0)`)
		s.Show(session, 2, "a", "c")
		a.until(`lab.remotes.at(-1)?.active && lab.remotes.at(-1).person === "c" && lab.remotes.at(-1).colour.length`)
		a.until(`!lab.remotes[0].active`)
		a.until(`!` + green + `(lab.remotes.at(-1).colour) && lab.remotes.at(-1).colour[0] > 60`) // orange or brown
		b.until(`lab.remotes.at(-1).active === false && lab.remotes.at(-1).person === ""`)
		s.Clear(session, 2)
		a.until(`lab.remotes.at(-1).active === false`)
	})
	t.Run("layers", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		c := clips(t)
		x := join(t, s, "x", c[4], func(o *mediatest.Options) { o.Low = c[5].Keys() })
		x.Attach()
		a.open(url + "/lab.html?person=a&connection=3&noise&colour=rgb(220,20,20)")
		b.open(url + "/lab.html?person=b&connection=3&path&colour=rgb(20,160,20)")
		for _, p := range []tab{a, b} {
			p.do(`lab.connect()`)
			p.until(`lab.peer.state === "connected"`)
			p.do(`lab.attach()`)
		}
		s.Show(session, 4, "a", "b", "x")
		b.until(`lab.remotes.at(-1)?.active && lab.remotes.at(-1).person === "a"`)
		b.until(`lab.height() > 180`) // the best layer
		path.Narrow(350_000)
		b.until(`lab.height() === 180`) // is decoded
		a.until(`lab.peer.state === "connected"`)
		path.Narrow(0)
		s.Clear(session, 4)
	})
	t.Run("nothing leaves after detach", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		s.Show(session, 3, "a", "b")
		b.until(`lab.remotes.at(-1).active`)
		a.do(`lab.peer.detach()`)
		time.Sleep(300 * time.Millisecond)
		b.do(`lab.peer.stats().then((s) => lab.before = s.slots[0])`)
		time.Sleep(500 * time.Millisecond)
		b.until(`lab.peer.stats().then((s) => s.slots[0].packets === lab.before.packets && s.slots[0].soundPackets === lab.before.soundPackets)`)
		a.do(`lab.attach()`)
		b.until(`lab.peer.stats().then((s) => s.slots[0].framesDecoded > lab.before.framesDecoded + 10)`)
	})
	t.Run("through the relay", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		b.open(url + "/lab.html?person=b&connection=2&relay&colour=rgb(20,160,20)")
		b.do(`lab.connect()`)
		b.until(`lab.peer.state === "connected"`)
		b.do(`lab.attach()`)
		b.until(red + `(lab.colour())`)
		a.until(green + `(lab.colour())`)
		b.until(`lab.peer.stats().then((s) => s.relayed && s.slots[0].framesDecoded > 10)`)
	})
}
