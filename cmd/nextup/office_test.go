package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"nextup/transport"
)

// house is the whole program in this process, joined as serve joins it, with a mail
// server that keeps what it gets.
type house struct {
	t    *testing.T
	main *Main
	base string
	data string
	log  *lockedLog

	ahead atomic.Int64 // of the real time is the clock of package transport

	mu   sync.Mutex
	mail []received
}

// received is a letter as it arrived.
type received struct{ to, subject, text string }

type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newHouse(t *testing.T, change ...func(*Settings)) *house {
	t.Helper()
	h := &house{t: t, data: t.TempDir(), log: &lockedLog{}}
	post, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postman{h: h}, nil }))
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		_ = server.Serve(post)
	}()
	s := Settings{
		Listen: fmt.Sprintf("127.0.0.1:%d", freeTCP(t)), Data: h.data, SMTP: "smtp://" + post.Addr().String(), MailFrom: "no-reply@example.org",
		MediaHost: "127.0.0.1", MediaPort: freeUDP(t), TURNPort: freeUDP(t),
		TrustedProxy: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, // visitors have addresses of their own
	}
	for _, f := range change {
		f(&s)
	}
	c, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	c.now = func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
	if h.main, err = open(t.Context(), c, slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), false); err != nil {
		t.Fatal(err)
	}
	h.base = c.base.String()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ran := make(chan error, 1)
	go func() { ran <- h.main.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		h.main.Close()
		_ = server.Close()
		<-posted
		if t.Failed() {
			t.Logf("the log:\n%s", h.log)
		}
	})
	return h
}

func (h *house) visitor() *visitor { return newVisitor(h.t, h.base) }

// found makes the organisation and gives back its recruiter signed in.
func (h *house) found() *visitor {
	h.t.Helper()
	link, _, err := transport.NewSetUpLink(h.t.Context(), rows{h.main.Store}, h.main.Settings.base, time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	v := h.visitor()
	p := v.get(link).form("/setup/")
	p.set("organisation", "Nordkaj Lager").set("name", recruiterName).set("email", recruiterMail).set("password", recruiterPassword)
	if after := p.send(""); after.url.Path != "/sessions" {
		h.t.Fatalf("the set-up led to %s (%d): %s", after.url.Path, after.status, after.text())
	}
	return v
}

// postman is a connection to the mail server.
type postman struct {
	h  *house
	to string
}

func (p *postman) Reset()                               {}
func (p *postman) Logout() error                        { return nil }
func (p *postman) Mail(string, *smtp.MailOptions) error { return nil }
func (p *postman) Rcpt(to string, _ *smtp.RcptOptions) error {
	p.to = to
	return nil
}

func (p *postman) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	// Quoted-printable, over all parts at once: enough to find words and links.
	plain := strings.ReplaceAll(string(body), "=\r\n", "")
	plain = regexp.MustCompile(`=[0-9A-F]{2}`).ReplaceAllStringFunc(plain, func(code string) string {
		b, _ := hex.DecodeString(code[1:])
		return string(b)
	})
	p.h.mu.Lock()
	defer p.h.mu.Unlock()
	p.h.mail = append(p.h.mail, received{p.to, m.Header.Get("Subject"), plain})
	return nil
}

// letters are those that one address got.
func (h *house) letters(to string) (all []received) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.mail {
		if strings.EqualFold(m.to, to) {
			all = append(all, m)
		}
	}
	return all
}

// letter waits for the n-th letter to an address.
func (h *house) letter(to string, n int) received {
	h.t.Helper()
	if !poll(30*time.Second, func() bool { return len(h.letters(to)) >= n }) {
		h.t.Fatalf("%d letters to %s, want %d", len(h.letters(to)), to, n)
	}
	return h.letters(to)[n-1]
}

// link is what a letter leads to.
func (h *house) link(l received, path string) string {
	h.t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(h.base) + path + `[\w.-]*`).FindString(l.text)
	if found == "" {
		h.t.Fatalf("no link to %s in the letter: %s", path, l.text)
	}
	return found
}

// invites asks a colleague in and lets him make his account.
func (h *house) invites(by *visitor, name, email string) *visitor {
	h.t.Helper()
	before := len(h.letters(email))
	if p := by.get("/colleagues").form("/colleagues/invite").set("email", email).send(""); p.status != http.StatusOK {
		h.t.Fatalf("inviting: %d %s", p.status, p.text())
	}
	v := h.visitor()
	p := v.get(h.link(h.letter(email, before+1), "/join/")).form("/join/").set("name", name).set("password", recruiterPassword).send("")
	if p.url.Path != "/sessions" {
		h.t.Fatalf("joining led to %s (%d): %s", p.url.Path, p.status, p.text())
	}
	return v
}

// signsIn tries to; it says where that led.
func (v *visitor) signsIn(email, password string) *sheet {
	v.t.Helper()
	return v.get("/sign-in").form("/sign-in").set("email", email).set("password", password).send("")
}

// onDisk says in which files of the database a word is.
func (h *house) onDisk(word string) (where []string) {
	h.t.Helper()
	files, err := filepath.Glob(filepath.Join(h.data, "nextup.db*"))
	if err != nil || len(files) == 0 {
		h.t.Fatalf("no database: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			h.t.Fatal(err)
		}
		if strings.Contains(string(b), word) {
			where = append(where, filepath.Base(f))
		}
	}
	return where
}

// values makes a form's values from pairs.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}
