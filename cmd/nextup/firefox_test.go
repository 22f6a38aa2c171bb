package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// firefox is the one Firefox that all tests of this binary share, driven over
// WebDriver BiDi, which it speaks itself: no other program is needed.
func firefox(t testing.TB) browser {
	t.Helper()
	path := find(t, "NEXTUP_FIREFOX", "firefox-esr", "firefox")
	shared.Lock()
	defer shared.Unlock()
	if shared.firefox == nil {
		f, err := startFirefox(path)
		if err != nil {
			t.Fatalf("firefox: %v", err)
		}
		shared.firefox = f
	}
	return shared.firefox
}

// firefoxPrefs let pretended devices, sound and connections to this very machine
// work without questions, and keep Firefox from calling home.
const firefoxPrefs = `user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.navigator.audio.fake_frequency", 660);
user_pref("media.peerconnection.ice.loopback", true);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("intl.accept_languages", "en");
user_pref("intl.locale.requested", "en-US");
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("browser.region.update.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("dom.min_background_timeout_value", 10);
user_pref("dom.timeout.enable_budget_timer_throttling", false);
user_pref("widget.windows.window_occlusion_tracking.enabled", false);
user_pref("remote.active-protocols", 1);
`

// firefoxTone is the pitch of every microphone in Firefox: it has one for all, and
// without a sound card it can make no other.
const firefoxTone = 660

// bidi is one Firefox and the connection to it.
type bidi struct {
	socket *websocket.Conn
	ctx    context.Context
	stop   func()

	mu    sync.Mutex
	last  int64
	wait  map[int64]chan bidiMessage
	pages map[string]*bidiPage // by browsing context
	ended error
}

// bidiMessage is an answer (ID) or an event (Method).
type bidiMessage struct {
	ID      int64           `json:"id"`
	Type    string          `json:"type"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

var bidiAddress = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

func startFirefox(path string) (*bidi, error) {
	dir, err := os.MkdirTemp("", "nextup-firefox-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", dir, "--remote-debugging-port=0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir, "MOZ_DISABLE_AUTO_SAFE_MODE=1", "MOZ_CRASHREPORTER_DISABLE=1")
	ownGroup(cmd)
	said, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		_ = os.RemoveAll(dir)
		return nil, err
	}
	stop := func() {
		cancel()
		killGroup(cmd)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			if m := bidiAddress.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		_, _ = io.Copy(io.Discard, said) // a line too long to scan must not block it
	}()
	b := &bidi{ctx: ctx, stop: stop, wait: map[int64]chan bidiMessage{}, pages: map[string]*bidiPage{}}
	select {
	case at := <-address:
		b.socket, _, err = websocket.Dial(ctx, at+"/session", nil)
	case <-time.After(time.Minute):
		err = errors.New("it did not say where it listens within a minute")
	}
	if err != nil {
		stop()
		return nil, err
	}
	b.socket.SetReadLimit(64 << 20)
	go b.read()
	err = b.call("session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	if err == nil {
		err = b.call("session.subscribe", map[string]any{"events": []string{"log.entryAdded", "network.responseCompleted", "network.fetchError"}}, nil)
	}
	if err != nil {
		stop()
		return nil, err
	}
	return b, nil
}

func (b *bidi) close() { b.stop() }

func (b *bidi) read() {
	for {
		var m bidiMessage
		err := wsjson.Read(b.ctx, b.socket, &m)
		b.mu.Lock()
		if err != nil {
			b.ended = fmt.Errorf("firefox: %w", err)
			for id, answer := range b.wait {
				close(answer)
				delete(b.wait, id)
			}
			b.mu.Unlock()
			return
		}
		if m.Method != "" {
			b.event(m)
		} else if answer, ok := b.wait[m.ID]; ok {
			delete(b.wait, m.ID)
			answer <- m
		}
		b.mu.Unlock()
	}
}

// call sends one command and waits for its answer.
func (b *bidi) call(method string, params, out any) error {
	answer := make(chan bidiMessage, 1)
	b.mu.Lock()
	if b.ended != nil {
		b.mu.Unlock()
		return b.ended
	}
	b.last++
	id := b.last
	b.wait[id] = answer
	b.mu.Unlock()
	if err := wsjson.Write(b.ctx, b.socket, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return err
	}
	select {
	case m, ok := <-answer:
		if !ok {
			return b.ended
		}
		if m.Type == "error" {
			return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		}
		if out != nil {
			return json.Unmarshal(m.Result, out)
		}
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("%s: no answer within a minute", method)
	}
}

// event notes what a page complains of; b.mu is held.
func (b *bidi) event(m bidiMessage) {
	var e struct {
		Level    string `json:"level"`
		Text     string `json:"text"`
		Type     string `json:"type"`
		Context  string `json:"context"` // of a request
		Source   struct{ Context string }
		Error    string `json:"errorText"`
		Request  struct{ URL string }
		Response struct{ Status int }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p, ok := b.pages[max(e.Source.Context, e.Context)]
	if !ok {
		return
	}
	switch {
	case m.Method == "log.entryAdded" && e.Level == "error":
		p.said = append(p.said, e.Type+": "+e.Text)
	case m.Method == "network.responseCompleted" && e.Response.Status >= 400:
		p.said = append(p.said, fmt.Sprintf("network: status of %d %s", e.Response.Status, e.Request.URL))
	case m.Method == "network.fetchError" && e.Error != "NS_BINDING_ABORTED": // a page that was left
		p.said = append(p.said, "network: "+e.Error+" "+e.Request.URL)
	}
}

func (b *bidi) open(p *person) (page, error) {
	if p.tone != 0 && p.tone != firefoxTone {
		return nil, fmt.Errorf("a microphone in Firefox hears %d Hz, not %v", firefoxTone, p.tone)
	}
	who, known := p.in[b].(string)
	if !known {
		var made struct{ UserContext string }
		if err := b.call("browser.createUserContext", map[string]any{}, &made); err != nil {
			return nil, err
		}
		who = made.UserContext
		if p.in == nil {
			p.in = map[browser]any{}
		}
		p.in[b] = who
	}
	var made struct{ Context string }
	if err := b.call("browsingContext.create", map[string]any{"type": "window", "userContext": who}, &made); err != nil {
		return nil, err
	}
	pg := &bidiPage{b: b, context: made.Context}
	b.mu.Lock()
	b.pages[made.Context] = pg
	b.mu.Unlock()
	err := b.call("script.addPreloadScript", map[string]any{
		"functionDeclaration": "() => {" + p.script(true) + "}", "contexts": []string{made.Context},
	}, nil)
	if err != nil {
		pg.close()
		return nil, err
	}
	return pg, nil
}

type bidiPage struct {
	b       *bidi
	context string
	said    []string // guarded by b.mu
}

func (p *bidiPage) goTo(url string) error {
	return p.b.call("browsingContext.navigate", map[string]any{"context": p.context, "url": url, "wait": "complete"}, nil)
}

func (p *bidiPage) eval(js string) ([]byte, error) {
	var r struct {
		Type   string
		Result struct{ Value string }
		Thrown struct{ Text string } `json:"exceptionDetails"`
	}
	err := p.b.call("script.evaluate", map[string]any{
		"expression":   "(async () => JSON.stringify(await (" + js + ")) ?? 'null')()",
		"awaitPromise": true, "target": map[string]any{"context": p.context},
	}, &r)
	if err == nil && r.Type == "exception" {
		err = errors.New(r.Thrown.Text)
	}
	return []byte(r.Result.Value), err
}

// actions plays what a person's hand does.
func (p *bidiPage) actions(kind string, steps ...map[string]any) error {
	return p.b.call("input.performActions", map[string]any{
		"context": p.context, "actions": []any{map[string]any{"type": kind, "id": kind, "actions": steps}},
	}, nil)
}

func (p *bidiPage) click(x, y float64) error {
	return p.actions("pointer",
		map[string]any{"type": "pointerMove", "x": int(x), "y": int(y)},
		map[string]any{"type": "pointerDown", "button": 0},
		map[string]any{"type": "pointerUp", "button": 0})
}

func (p *bidiPage) insert(text string) error {
	var steps []map[string]any
	for _, r := range text {
		key := string(r)
		if r == '\n' {
			key = "\uE006" // Enter
		}
		steps = append(steps, map[string]any{"type": "keyDown", "value": key}, map[string]any{"type": "keyUp", "value": key})
	}
	if len(steps) == 0 {
		steps = append(steps, map[string]any{"type": "keyDown", "value": "\uE017"}, map[string]any{"type": "keyUp", "value": "\uE017"}) // Delete
	}
	return p.actions("key", steps...)
}

func (p *bidiPage) resize(width, height int) error {
	return p.b.call("browsingContext.setViewport", map[string]any{
		"context": p.context, "viewport": map[string]any{"width": width, "height": height},
	}, nil)
}

func (p *bidiPage) picture() ([]byte, error) {
	var r struct{ Data string }
	if err := p.b.call("browsingContext.captureScreenshot", map[string]any{"context": p.context}, &r); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(r.Data)
}

func (p *bidiPage) complaints() []string {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return append([]string(nil), p.said...)
}

func (p *bidiPage) close() {
	p.b.mu.Lock()
	delete(p.b.pages, p.context)
	p.b.mu.Unlock()
	_ = p.b.call("browsingContext.close", map[string]any{"context": p.context}, nil)
}
