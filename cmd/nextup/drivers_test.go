package main

import (
	"bytes"
	_ "embed"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The browsers are driven by code of ours, so that code is tested first, on
// pages made for it.

//go:embed testdata/drivers.js
var driversJS string

const driversPage = `<!doctype html><html lang="en"><title>Drivers</title>
<style>#covered { position: absolute; left: 20px; top: 400px } #cover { position: absolute; left: 0; top: 380px; width: 200px; height: 80px; background: gray }</style>
<h1>Drivers</h1>
<label>Name <input id="name" value="old"></label> <textarea id="words"></textarea>
<input id="day" type="date"> <select id="language"><option value="sv">svenska<option value="nb">norsk</select>
<label for="agree">I agree</label><input type="checkbox" id="agree">
<button id="press">Press</button> <button id="late" disabled>Late</button> <button id="start">Start</button>
<button id="covered">Covered</button><div id="cover"></div>
<p id="said"></p>
<video id="far" autoplay playsinline></video>
<div style="height: 3000px"></div><button id="low">Low</button>
<script type="module" src="/drivers.js"></script>`

func driversServer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "+
			"media-src 'self' blob: mediastream:; img-src 'self'; require-trusted-types-for 'script'")
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(driversPage))
		case "/drivers.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(driversJS))
		case "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// each runs a test in every browser there is.
func each(t *testing.T, test func(*testing.T, browser)) {
	t.Run("Chromium", func(t *testing.T) { test(t, chromium(t)) })
	t.Run("Firefox", func(t *testing.T) { test(t, firefox(t)) })
}

func TestDriverActsLikeAPerson(t *testing.T) {
	url := driversServer(t)
	each(t, func(t *testing.T, b browser) {
		asa := &person{name: "Åsa"}
		p := show(t, b, asa)
		p.Open(url)
		p.Type("#name", "Åsa Öberg")
		p.Type("#words", "two\nlines")
		p.Type("#day", "2026-11-24")
		p.Type("#language", "nb")
		p.Click("label[for=agree]")
		p.Click("#low") // far below
		p.Click("#press")
		p.Click("#late") // enabled after a while
		if got, want := p.Text("#said"), "agree low press trusted late"; got != want {
			t.Errorf("the page noticed %q, want %q", got, want)
		}
		var held []string
		p.Eval(`["name", "words", "day", "language"].map((id) => document.getElementById(id).value)`, &held)
		if got, want := strings.Join(held, "|"), "Åsa Öberg|two\nlines|2026-11-24|nb"; got != want {
			t.Errorf("the fields hold %q, want %q", got, want)
		}
		if err := p.click("#covered", 300*time.Millisecond); err == nil {
			t.Error("a button under something else was clicked")
		}
		if err := p.wait(`1 === 2`, 50*time.Millisecond); err == nil {
			t.Error("waiting for what never comes ended well")
		}
		if err := p.try(`nowhere.at.all`, nil); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("an exception became %v", err)
		}
		shot := filepath.Join(t.TempDir(), "page.png")
		p.Size(600, 500)
		p.Shot(shot)
		raw, err := os.ReadFile(shot)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || picture.Width != 600 || picture.Height != 500 {
			t.Errorf("the picture is %dx%d, %v", picture.Width, picture.Height, err)
		}

		// The same person keeps what his browser stores; a stranger has nothing of it.
		p.Eval(`(localStorage.setItem("mine", "yes"), document.cookie = "c=1")`, nil)
		again, stranger := show(t, b, asa), show(t, b, &person{name: "stranger", phone: true})
		for _, x := range []struct {
			tab  *tab
			want string
		}{{again, "yes c=1"}, {stranger, "null "}} {
			x.tab.Open(url)
			var got string
			x.tab.Eval(`localStorage.getItem("mine") + " " + document.cookie`, &got)
			if got != x.want {
				t.Errorf("%s finds %q stored, want %q", x.tab.name, got, x.want)
			}
		}
		var width int
		stranger.Eval(`innerWidth`, &width)
		if width > 1000 {
			t.Errorf("a phone is %d wide", width)
		}
	})
}

func TestDriverHearsComplaints(t *testing.T) {
	url := driversServer(t)
	each(t, func(t *testing.T, b browser) {
		for name, x := range map[string]struct{ js, complaint string }{
			"console":   {`console.error("it broke", {why: 1})`, "it broke"},
			"exception": {`setTimeout(() => { throw new Error("thrown late"); })`, "thrown late"},
			"rejection": {`void Promise.reject(new Error("not caught"))`, "not caught"},
			"policy":    {`(() => { const s = document.createElement("img"); s.src = "http://127.0.0.1:1/x.png"; document.body.append(s); })()`, "img-src"},
			"types":     {`(() => { try { document.body.innerHTML = "<b>x</b>"; } catch {} })()`, "require-trusted-types-for"},
			"missing":   {`fetch("/missing").then(() => 1)`, "404"},
		} {
			t.Run(name, func(t *testing.T) {
				p := show(t, b, &person{name: name})
				p.Open(url)
				if said := p.page.complaints(); len(said) > 0 {
					t.Fatalf("a sound page complained: %q", said)
				}
				p.Eval(x.js, nil)
				if !poll(5*time.Second, func() bool {
					return strings.Contains(strings.Join(p.page.complaints(), "\n"), x.complaint)
				}) {
					t.Errorf("complaints are %q, want %q", p.page.complaints(), x.complaint)
				}
				p.Allow(".")
			})
		}
	})
}

// A camera of one colour and a microphone of one pitch arrive through a real
// connection as just that, and are nobody else's.
func TestDriverTellsWhosePicture(t *testing.T) {
	url := driversServer(t)
	each(t, func(t *testing.T, b browser) {
		for _, who := range []*person{
			{name: "red", camera: &red, tone: 440},
			{name: "blue", camera: &blue, tone: 1200},
		} {
			if _, one := b.(*bidi); one {
				who.tone = firefoxTone
			}
			p := show(t, b, who)
			p.Open(url)
			if _, seen := p.Colour("#far"); seen {
				t.Error("a picture is seen before there is one")
			}
			p.Click("#start")
			p.SeesColour("#far", *who.camera, patience)
			p.Hears("#far", who.tone, patience)
			if got, _ := p.Colour("#far"); got.like(green) || got.like(violet) {
				t.Errorf("%s is taken for somebody else: %v", who.name, got)
			}
			before := p.Media().Decoded
			if !poll(patience, func() bool { return p.Media().Decoded > before+3 }) {
				t.Errorf("%s: the picture does not move", who.name)
			}
		}
		no := show(t, b, &person{name: "denied", denied: true})
		no.Open(url)
		no.Click("#start")
		no.Sees("NotAllowedError", patience)
	})
}

// A browser's own file camera plays a film of ours.
func TestDriverCameraFile(t *testing.T) {
	url := driversServer(t)
	p := show(t, chromiumFilming(t, film(t, green)), &person{name: "green"})
	p.Open(url)
	p.Click("#start")
	p.SeesColour("#far", green, patience)
}

func TestColoursAreFarApart(t *testing.T) {
	all := []colour{red, green, blue, yellow, violet, teal, {}, {255, 255, 255}, {128, 128, 128}}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.far(b) < 90 {
				t.Errorf("%v and %v can be mistaken for each other: %.0f", a, b, a.far(b))
			}
		}
	}
}
