package main

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// deaf makes a page's first text channel one that never opens, as an SCTP association
// that does not come about.
const deaf = `((Peer) => {
	__nextup.texts = [];
	let first = true;
	window.RTCPeerConnection = class extends Peer {
		createDataChannel(label, ...more) {
			if (label !== "text") return super.createDataChannel(label, ...more);
			const channel = first ? new Peer().createDataChannel(label) : super.createDataChannel(label, ...more);
			first = false;
			__nextup.texts.push(channel);
			return channel;
		}
	};
})(window.RTCPeerConnection);`

// letters are what a page held at a moment, ms since 1970.
type letters struct {
	Text string
	At   float64
}

// notesLetters makes a page remember when the text of an element changed.
func (b *tab) notesLetters(selector, what string) {
	b.t.Helper()
	b.Eval(`(() => {
		const e = document.querySelector(`+quote(selector)+`);
		const noted = (window.__letters = []);
		const note = () => noted.push({ text: e.`+what+`, at: performance.timeOrigin + performance.now() });
		if (e instanceof HTMLInputElement) e.addEventListener("input", note, { capture: true });
		else new MutationObserver(note).observe(e, { childList: true, characterData: true, subtree: true });
	})()`, nil)
}

func (b *tab) noted() (found []letters) {
	b.t.Helper()
	b.Eval(`__letters`, &found)
	return found
}

// composes types with an input method: what is being composed changes until it is committed.
func (b *tab) composes(steps []string, committed string) {
	b.t.Helper()
	p := b.page.(*chromePage)
	for _, s := range steps {
		n := int64(len([]rune(s)))
		if _, err := limited(p, func(ctx context.Context) (any, error) {
			return chromedp.Call(ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: s, SelectionStart: n, SelectionEnd: n})
		}); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := b.page.insert(committed); err != nil {
		b.t.Fatal(err)
	}
}

// enter presses the Enter key in the field that has the focus.
func (b *tab) enter() {
	b.t.Helper()
	b.Eval(`void document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))`, nil)
}

// EN 301 549, 6.2: text in real time beside voice and picture.
func realTimeText(t *testing.T, s *server, iv, a *tab) {
	const secret = "quagga zoril"
	root := map[*tab]string{iv: "#talk", a: "#call"}
	iv.Click(`#talk [data-act=text]`)
	for _, way := range [][2]*tab{{iv, a}, {a, iv}} {
		from, to := way[0], way[1]
		to.notesLetters(root[to]+" .say > span", "textContent")
		from.notesLetters(root[from]+" #rtt", "value")
		from.WaitFor(`document.querySelector("`+root[from]+` #rtt").checkVisibility()`, long)
		// Again while the machine is too busy to tell: it must be shown once that every letter takes at most half a second.
		var slow []string
		if !poll(long, func() bool {
			from.Eval(`(() => { __letters.length = 0; const f = document.querySelector("`+root[from]+` #rtt"); f.focus(); f.select(); })()`, nil)
			to.Eval(`void (__letters.length = 0)`, nil)
			for _, letter := range secret {
				if err := from.page.insert(string(letter)); err != nil {
					t.Fatal(err)
				}
			}
			to.WaitFor(`document.querySelector("`+root[to]+` .say > span").textContent === `+quote(secret), long)
			typed, shown := from.noted(), to.noted()
			slow = nil
			for _, l := range typed {
				i := slices.IndexFunc(shown, func(x letters) bool { return len(x.Text) >= len(l.Text) && strings.HasPrefix(x.Text, l.Text) })
				if i < 0 || shown[i].At-l.At > 500 {
					slow = append(slow, fmt.Sprintf("%q", l.Text))
				}
			}
			if len(typed) < len(secret) {
				t.Fatalf("%d letters were typed of %q", len(typed), secret)
			}
			return len(slow) == 0
		}) {
			t.Errorf("%s to %s: later than half a second: %v", from.name, to.name, slow)
		}
		from.enter()
		// It stands with the other's and the own lines, and is spoken whole.
		for _, b := range way {
			b.WaitFor(`[...document.querySelectorAll("`+root[b]+` .rtt__log li")].some((l) => l.checkVisibility() && l.innerText.includes(`+quote(secret)+`))`, long)
		}
		to.WaitFor(`document.querySelector("`+root[to]+` .rtt [role=status]").textContent.includes(`+quote(secret)+`)`, long)
	}

	// An input method, a paste longer than a message, and letters outside of the first plane.
	iv.Eval(`document.querySelector("#talk #rtt").focus()`, nil)
	iv.composes([]string{"n", "ni", "nih", "你"}, "你好 👍🏽")
	long1 := strings.Repeat("åäö 👍", 300)
	if err := iv.page.insert(long1); err != nil {
		t.Fatal(err)
	}
	a.WaitFor(`document.querySelector("#call .say > span").textContent.endsWith(`+quote(long1[len(long1)-60:])+`)`, long)
	iv.enter()
	a.WaitFor(`[...document.querySelectorAll("#call .rtt__log li span")].at(-1).textContent === `+quote("你好 👍🏽"+long1), long)

	// A channel that breaks while something is typed: nothing is lost.
	iv.page.insert("before ")
	a.Eval(`__nextup.texts.at(-1).close()`, nil)
	iv.page.insert("and after")
	a.WaitFor(`__nextup.texts.at(-1).readyState === "open"`, long)
	a.Eval(`document.querySelector("#call #rtt").focus()`, nil)
	a.page.insert("yes")
	iv.WaitFor(`document.querySelector("#talk .say > span").textContent === "yes"`, long)

	// Nowhere but on the two pages.
	if err := filepath.WalkDir(s.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), secret) {
			t.Errorf("%s holds what was typed", filepath.Base(path))
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if strings.Contains(s.log(), secret) {
		t.Error("the log holds what was typed")
	}
}

// goodToTalkThrough looks at what is sent and what arrives: EN 301 549, 6.5, and the
// choices for speech.
func goodToTalkThrough(t *testing.T, iv, a *tab) {
	var sound struct{ Line string }
	iv.Eval(`(async () => {
		const p = __nextup.peers.at(-1);
		const all = [...(await p.getStats()).values()];
		const out = all.find((s) => s.type === "outbound-rtp" && s.kind === "audio");
		return { line: all.find((s) => s.id === out.codecId).sdpFmtpLine };
	})()`, &sound)
	for _, want := range []string{"useinbandfec=1", "usedtx=1"} {
		if !strings.Contains(sound.Line, want) {
			t.Errorf("the sound is sent with %q, without %s", sound.Line, want)
		}
	}
	var first, second string
	iv.Eval(`__nextup.peers.at(-1).getTransceivers()[0].sender.getParameters().encodings[0].priority`, &first)
	iv.Eval(`__nextup.peers.at(-1).getTransceivers()[1].sender.getParameters().encodings[0].priority`, &second)
	if first != "high" || second != "medium" {
		t.Errorf("sound is sent with priority %q, pictures with %q", first, second)
	}
	var asked struct{ Audio, Video map[string]any }
	iv.Eval(`__nextup.wishes`, &asked)
	for _, on := range []string{"echoCancellation", "noiseSuppression", "autoGainControl"} {
		if asked.Audio[on] != true {
			t.Errorf("the microphone was asked for with %v", asked.Audio)
		}
	}

	// At least QVGA and 20 pictures a second, sound and picture within 100 ms: of what
	// comes out of the tracks at the other end.
	a.Eval(`__nextup.watch(`+quote(farOfCandidate)+`)`, nil)
	var got struct {
		Rate, Skew float64
		Lines, N   int
	}
	if !poll(long, func() bool {
		iv.Eval(`__nextup.clap()`, nil)
		a.Eval(`new Promise((done) => setTimeout(done, 500)).then(() => {
			const { flashes, beeps, frames, lines } = __nextup.found;
			const last = frames.slice(-30);
			const rate = last.length < 30 ? 0 : (29 * 1000) / (last[29] - last[0]);
			// Each flash with the beep that is nearest to it.
			const nearest = (f) => beeps.map((b) => f - b).sort((x, y) => Math.abs(x) - Math.abs(y))[0] ?? 1e6;
			const skews = flashes.map(nearest).slice(-7).sort((x, y) => x - y);
			return { rate, lines, n: skews.length, skew: skews[skews.length >> 1] ?? 1e6 };
		})`, &got)
		return got.N >= 7 && got.Rate >= 20 && math.Abs(got.Skew) <= 100 && got.Lines >= 240
	}) {
		t.Errorf("%.1f pictures a second of %d lines, the picture %.0f ms after the sound (%d looked at)", got.Rate, got.Lines, got.Skew, got.N)
	}
	t.Logf("%.1f pictures a second of %d lines, the picture %.0f ms after the sound", got.Rate, got.Lines, got.Skew)
	a.Eval(`void (__nextup.found.stop = true)`, nil)
}
