package media_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"nextup/media"
)

const firefoxPrefs = `user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.peerconnection.ice.loopback", true);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("remote.active-protocols", 1);
`

// firefox is the smallest WebDriver BiDi client that can open a page and ask it something.
type firefox struct {
	t    *testing.T
	conn *websocket.Conn
	mu   sync.Mutex
	id   int
}

func startFirefox(t *testing.T) *firefox {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser")
	}
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		if path, err = exec.LookPath("firefox"); err != nil {
			if os.Getenv("NEXTUP_E2E") == "require" {
				t.Fatal("no firefox on PATH, and NEXTUP_E2E=require")
			}
			t.Skip("no firefox on PATH")
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", dir, "--remote-debugging-port=0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir, "MOZ_DISABLE_AUTO_SAFE_MODE=1", "MOZ_CRASHREPORTER_DISABLE=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		listening := regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-read
		_ = cmd.Wait()
	})
	select {
	case url := <-found:
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		c, _, err := websocket.Dial(ctx, url+"/session", nil)
		if err != nil {
			t.Fatal(err)
		}
		c.SetReadLimit(16 << 20)
		t.Cleanup(func() { _ = c.CloseNow() })
		f := &firefox{t: t, conn: c}
		f.call("session.new", map[string]any{"capabilities": map[string]any{}}, nil)
		return f
	case <-time.After(60 * time.Second):
		t.Fatal("firefox gives no BiDi port")
		return nil
	}
}

func (f *firefox) call(method string, params, out any) {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.id++
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	if err := wsjson.Write(ctx, f.conn, map[string]any{"id": f.id, "method": method, "params": params}); err != nil {
		f.t.Fatal(err)
	}
	for {
		var r struct {
			ID      int
			Type    string
			Result  json.RawMessage
			Error   string
			Message string
		}
		if err := wsjson.Read(ctx, f.conn, &r); err != nil {
			f.t.Fatalf("%s: %v", method, err)
		}
		if r.ID != f.id {
			continue // an event
		}
		if r.Type == "error" {
			f.t.Fatalf("%s: %s: %s", method, r.Error, r.Message)
		}
		if out != nil {
			if err := json.Unmarshal(r.Result, out); err != nil {
				f.t.Fatal(err)
			}
		}
		return
	}
}

// page is one tab.
type page struct {
	*firefox
	id string
}

func (f *firefox) open(url string) page {
	f.t.Helper()
	var r struct{ Context string }
	f.call("browsingContext.create", map[string]any{"type": "tab"}, &r)
	f.call("browsingContext.navigate", map[string]any{"context": r.Context, "url": url, "wait": "complete"}, nil)
	return page{f, r.Context}
}

// until waits until an expression is true, and fails with the page's state.
func (p page) until(js string) {
	p.t.Helper()
	var r struct {
		Type   string
		Result struct{ Value string }
		Ex     struct{ Text string } `json:"exceptionDetails"`
	}
	p.call("script.evaluate", map[string]any{
		"expression": `new Promise((done) => {
			const t0 = Date.now();
			const look = async () => (await (` + js + `)) ? done("") : Date.now() - t0 < 15000 ? setTimeout(look, 20) :
				done(JSON.stringify({states: lab.states, remotes: lab.remotes, colour: lab.colour(), stats: await lab.peer?.stats()}));
			look();
		})`,
		"awaitPromise": true, "target": map[string]any{"context": p.id}, "userActivation": true,
	}, &r)
	if r.Type == "exception" || r.Result.Value != "" {
		p.t.Fatalf("never %s: %s%s", js, r.Ex.Text, r.Result.Value)
	}
}

// Firefox, too, directly and through the relay: a person is recognised at his
// first picture, an ICE restart goes on. The server listens on all addresses:
// Firefox connects to the machine's own one, not to a server that has 127.0.0.1 only.
func TestFirefox(t *testing.T) {
	f := startFirefox(t)
	c := clips(t)
	everywhere := func(c *media.Config) {
		c.UDP, c.TURN = netip.MustParseAddrPort("0.0.0.0:0"), netip.MustParseAddrPort("0.0.0.0:0")
	}
	for _, way := range []struct {
		name, query string
		config      func(*media.Config)
	}{
		{"direct", "", everywhere},
		{"relay", "&relay", everywhere},
	} {
		t.Run(way.name, func(t *testing.T) {
			s := start(t, way.config)
			b := join(t, s, "b", c[2], nil)
			b.Attach()
			s.Prepare(session, 1, "a", "b")
			f.t = t
			p := f.open(labPage(t, s, nil) + "/lab.html?person=a&connection=1&colour=red" + way.query)
			defer p.call("browsingContext.close", map[string]any{"context": p.id}, nil)
			p.until(`typeof lab === "object" && lab.connect().then(() => true)`)
			p.until(`lab.peer.state === "connected"`)
			p.until(`lab.attach().then(() => true)`)
			s.Show(session, 1, "a", "b")
			p.until(`lab.remotes.at(-1)?.active && lab.remotes.at(-1).person === "b"`)
			p.until(`lab.peer.stats().then((s) => s.slots[0].framesDecoded > 10 && s.slots[0].soundPackets > 10)`)
			eventually(t, "Firefox is seen and heard", func() bool {
				v := b.Slot(0)
				return v.Video.Frames > 5 && v.Audio.Frames > 5
			})
			if strings.Contains(way.query, "relay") {
				p.until(`lab.peer.stats().then((s) => s.relayed)`)
			}
			p.until(`lab.peer.restart().then(() => true)`)
			p.until(`lab.peer.stats().then((s) => (lab.before = s.slots[0].framesDecoded, true))`)
			p.until(`lab.peer.stats().then((s) => s.slots[0].framesDecoded > lab.before + 20)`)
			s.Clear(session, 1)
			p.until(`!lab.remotes.at(-1).active`)
		})
	}
}
