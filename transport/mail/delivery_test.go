package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"nextup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// post is a real mail server with opinions.
type post struct {
	*smtp.Server
	port int

	mu     sync.Mutex
	got    []string              // whole messages
	to     []string              // their recipients
	tries  map[string]int        // by recipient
	rcpt   func(to string) error // what RCPT is told
	data   func(to string) error // what DATA is told, after reading it
	before func(to string)       // before DATA is read
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{tries: map[string]int{}}
	p.Server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &letterbox{post: p}, nil }))
	p.Domain, p.ErrorLog = "mail.test", slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.Serve(l)
	}()
	t.Cleanup(func() {
		_ = p.Close()
		<-done
	})
	return p
}

type letterbox struct {
	*post
	rcptTo string
}

func (b *letterbox) Reset()                               {}
func (b *letterbox) Logout() error                        { return nil }
func (b *letterbox) Mail(string, *smtp.MailOptions) error { return nil }
func (b *letterbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	b.mu.Lock()
	b.tries[to]++
	rcpt := b.post.rcpt
	b.mu.Unlock()
	b.rcptTo = to
	if rcpt != nil {
		return rcpt(to)
	}
	return nil
}

func (b *letterbox) Data(r io.Reader) error {
	b.mu.Lock()
	before, data := b.post.before, b.post.data
	b.mu.Unlock()
	if before != nil {
		before(b.rcptTo)
	}
	words, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if data != nil {
		if err := data(b.rcptTo); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got, b.to = append(b.got, string(words)), append(b.to, b.rcptTo)
	return nil
}

func (p *post) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.to)
}

func (p *post) tried(to string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries[to]
}

// shelf is an outbox in memory, by the store's rules.
type shelf struct {
	mu    sync.Mutex
	rows  []*row
	deaf  bool // takes no outcome
	reads int
}

type row struct {
	Pending
	to    string
	state string // "pending", "sent", "failed"
	next  time.Time
	cause string
}

func (s *shelf) add(to ...string) *shelf {
	for _, a := range to {
		id := int64(len(s.rows) + 1)
		s.rows = append(s.rows, &row{to: a, state: "pending", Pending: Pending{
			ID: id, Session: "SESSION1", Kind: nextup.MailInvitation, Person: nextup.PersonID(a), Created: start, MessageID: fmt.Sprintf("row%d", id),
		}})
	}
	return s
}

func (s *shelf) PendingMail(_ context.Context, now time.Time, limit int) (due []Pending, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	for _, r := range s.rows {
		if r.state == "pending" && !r.next.After(now) && len(due) < limit {
			due = append(due, r.Pending)
		}
	}
	return due, nil
}

func (s *shelf) MailSent(_ context.Context, id int64, _ time.Time) error {
	return s.change(id, func(r *row) { r.state, r.cause = "sent", "" })
}

func (s *shelf) MailFailed(_ context.Context, id int64, cause string, next time.Time, final bool) error {
	return s.change(id, func(r *row) {
		if r.cause = cause; final {
			r.state = "failed"
			return
		}
		r.next = next
	})
}

func (s *shelf) change(id int64, f func(*row)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deaf {
		return errors.New("disk full")
	}
	r := s.rows[id-1]
	r.Attempts++
	f(r)
	return nil
}

func (s *shelf) state(id int64) (state, cause string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[id-1].state, s.rows[id-1].cause
}

func (s *shelf) attempts(id int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[id-1].Attempts
}

// clock is a clock that is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

var start = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type letters map[nextup.PersonID]error // what is told of a person; nil or missing: a letter

func (l letters) Letter(_ context.Context, _ nextup.SessionID, m nextup.Mail) (Letter, error) {
	if err := l[m.Person]; err != nil {
		return Letter{}, err
	}
	one := aLetter()
	one.Kind, one.To = m.Kind, string(m.Person)
	return one, nil
}

// deliver runs a delivery until the test ends.
func deliver(t *testing.T, s *shelf, to *SMTP, change ...func(*Delivery)) *clock {
	t.Helper()
	c := &clock{at: start}
	d := &Delivery{Outbox: s, Letters: letters{}, Sender: aSender, SMTP: to, Poll: 5 * time.Millisecond, Now: c.now, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(d)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("Run did not end")
		}
	})
	return c
}

func (p *post) client() *SMTP {
	return &SMTP{Host: "127.0.0.1", Port: p.port, TLS: Opportunistic, Timeout: 5 * time.Second}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); !is(); time.Sleep(3 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func in(s *shelf, id int64, state string) func() bool {
	return func() bool { got, _ := s.state(id); return got == state }
}

func TestDeliveryAccepted(t *testing.T) {
	p, s := newPost(t), new(shelf).add("ingrid@example.se", "johan@example.se")
	deliver(t, s, p.client())
	eventually(t, "both sent", func() bool { return in(s, 1, "sent")() && in(s, 2, "sent")() })
	time.Sleep(50 * time.Millisecond) // a few rounds more
	if got := p.received(); len(got) != 2 || !slices.Contains(got, "ingrid@example.se") || !slices.Contains(got, "johan@example.se") {
		t.Errorf("received %v, want each once", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(p.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	if id := m.Header.Get("Message-ID"); id != "<row1@nextup.example>" && id != "<row2@nextup.example>" {
		t.Errorf("Message-ID %q", id)
	}
}

func TestDeliveryTriesAgainAfter4xx(t *testing.T) {
	p, s := newPost(t), new(shelf).add("ingrid@example.se", "johan@example.se")
	p.rcpt = func(to string) error {
		if to == "ingrid@example.se" && p.tried(to) < 3 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted ingrid@example.se"}
		}
		return nil
	}
	c := deliver(t, s, p.client())
	eventually(t, "a failed try", func() bool { _, cause := s.state(1); return cause != "" })
	eventually(t, "the other one is not held up", in(s, 2, "sent"))
	if _, cause := s.state(1); cause != "later 451 4.7.1" {
		t.Errorf("cause %q; the server's words must not be in it", cause)
	}
	time.Sleep(50 * time.Millisecond)
	if n := p.tried("ingrid@example.se"); n != 1 {
		t.Fatalf("%d tries before the minute was over", n)
	}
	c.add(time.Minute)
	eventually(t, "a second try", func() bool { return s.attempts(1) == 2 })
	c.add(time.Minute)
	time.Sleep(50 * time.Millisecond)
	if n := p.tried("ingrid@example.se"); n != 2 {
		t.Fatalf("%d tries; the second wait is two minutes", n)
	}
	c.add(time.Minute)
	eventually(t, "sent in the end", in(s, 1, "sent"))
	if _, cause := s.state(1); cause != "" {
		t.Errorf("cause %q after success", cause)
	}
}

func TestDeliveryGivesUpAfter5xx(t *testing.T) {
	p, s := newPost(t), new(shelf).add("nobody@example.se", "full@example.se")
	p.rcpt = func(to string) error {
		if to == "nobody@example.se" {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user nobody@example.se"}
		}
		return nil
	}
	p.data = func(string) error {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "looks like spam"}
	}
	c := deliver(t, s, p.client())
	eventually(t, "given up", func() bool { return in(s, 1, "failed")() && in(s, 2, "failed")() })
	if _, cause := s.state(1); cause != "no_address 550 5.1.1" {
		t.Errorf("cause %q", cause)
	}
	if _, cause := s.state(2); cause != "refused 554 5.7.0" {
		t.Errorf("cause %q", cause)
	}
	c.add(24 * time.Hour)
	time.Sleep(50 * time.Millisecond)
	if n := p.tried("nobody@example.se"); n != 1 {
		t.Errorf("%d tries of a refused letter", n)
	}
}

// A server that says yes and dies, or a client that is cut right after: the letter
// counts as sent.
func TestDeliveryYesIsYes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		say("220 mail.test")
		body := false
		for r := bufio.NewScanner(c); r.Scan(); {
			switch line := r.Text(); {
			case body && line == ".":
				say("250 2.0.0 taken")
				return // dies before RSET and QUIT
			case body:
			case strings.HasPrefix(line, "EHLO"):
				say("250 mail.test")
			case line == "DATA":
				body = true
				say("354 go on")
			default:
				say("250 ok")
			}
		}
	}()
	s := new(shelf).add("ingrid@example.se")
	deliver(t, s, &SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: Opportunistic, Timeout: 5 * time.Second})
	eventually(t, "sent", in(s, 1, "sent"))
	_ = l.Close()
	<-done
}

func TestDeliverySlowServerHoldsUpNobodyElse(t *testing.T) {
	p, s := newPost(t), new(shelf).add("slow@example.se", "ingrid@example.se", "johan@example.se")
	release := make(chan struct{})
	defer close(release)
	p.before = func(to string) {
		if to == "slow@example.se" {
			<-release
		}
	}
	to := p.client()
	to.Timeout = 300 * time.Millisecond
	c := deliver(t, s, to)
	eventually(t, "the others are sent", func() bool { return in(s, 2, "sent")() && in(s, 3, "sent")() })
	eventually(t, "the slow one timed out", func() bool { _, cause := s.state(1); return cause == "later" })
	if st, _ := s.state(1); st != "pending" {
		t.Errorf("state %q: a timeout is no refusal", st)
	}
	_ = c
}

func TestDeliveryServerDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	s := new(shelf).add("ingrid@example.se")
	c := deliver(t, s, &SMTP{Host: "127.0.0.1", Port: port, TLS: Opportunistic, Timeout: time.Second})
	eventually(t, "a failed try", func() bool { _, cause := s.state(1); return cause == CauseUnreachable })
	if st, _ := s.state(1); st != "pending" {
		t.Fatalf("state %q", st)
	}
	// Three days later it is given up; before that it is not.
	for c.now().Before(start.Add(65 * time.Hour)) {
		before := s.attempts(1)
		c.add(6 * time.Hour)
		eventually(t, "another try", func() bool { return s.attempts(1) > before })
	}
	if st, _ := s.state(1); st != "pending" {
		t.Fatalf("given up after %v", c.now().Sub(start))
	}
	c.add(6 * time.Hour)
	eventually(t, "given up", in(s, 1, "failed"))
	if _, cause := s.state(1); cause != CauseExpired {
		t.Errorf("cause %q", cause)
	}
}

func TestWaits(t *testing.T) {
	var got []time.Duration
	for n := range 11 {
		got = append(got, wait(n))
	}
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360}
	for i := range want {
		if got[i] != want[i]*time.Minute {
			t.Fatalf("waits %v", got)
		}
	}
}

func TestDeliveryWithoutServerKeeps(t *testing.T) {
	s := new(shelf).add("ingrid@example.se")
	deliver(t, s, nil)
	eventually(t, "kept", in(s, 1, "failed"))
	if _, cause := s.state(1); cause != CauseKept {
		t.Errorf("cause %q", cause)
	}
}

func TestDeliveryOutdated(t *testing.T) {
	p, s := newPost(t), new(shelf).add("gone@example.se", "ill@example.se", "root@localhost")
	c := deliver(t, s, p.client(), func(d *Delivery) {
		d.Letters = letters{"gone@example.se": ErrOutdated, "ill@example.se": errors.New("the store is away")}
	})
	eventually(t, "outdated", in(s, 1, "failed"))
	if _, cause := s.state(1); cause != CauseOutdated {
		t.Errorf("cause %q", cause)
	}
	eventually(t, "a later try", func() bool { _, cause := s.state(2); return cause == CauseLater })
	if st, _ := s.state(2); st != "pending" {
		t.Errorf("a letter whose rows cannot be read now is %q", st)
	}
	eventually(t, "no address", in(s, 3, "failed"))
	if _, cause := s.state(3); cause != CauseNoAddress {
		t.Errorf("cause %q", cause)
	}
	if got := p.received(); len(got) != 0 {
		t.Errorf("sent %v", got)
	}
	_ = c
}

// While the outbox takes no outcome, a letter that was sent is not sent again.
func TestDeliveryOutcomeIsRepeatedNotTheLetter(t *testing.T) {
	p, s := newPost(t), new(shelf).add("ingrid@example.se")
	s.deaf = true
	deliver(t, s, p.client())
	eventually(t, "received", func() bool { return len(p.received()) == 1 })
	reads := func() int { s.mu.Lock(); defer s.mu.Unlock(); return s.reads }
	for n := reads(); reads() < n+10; {
		time.Sleep(2 * time.Millisecond)
	}
	if n := len(p.received()); n != 1 {
		t.Fatalf("sent %d times", n)
	}
	s.mu.Lock()
	s.deaf = false
	s.mu.Unlock()
	eventually(t, "sent", in(s, 1, "sent"))
	if n := len(p.received()); n != 1 {
		t.Fatalf("sent %d times", n)
	}
}

// stale is an outbox whose list is old by the time it arrives.
type stale struct {
	*shelf
	meanwhile func()
}

func (s stale) PendingMail(ctx context.Context, now time.Time, limit int) ([]Pending, error) {
	due, err := s.shelf.PendingMail(ctx, now, limit)
	s.meanwhile()
	return due, err
}

// A letter that ends while an older list of letters is on its way is not sent a
// second time because that list still names it.
func TestDeliveryOlderListSendsNothingTwice(t *testing.T) {
	p, s := newPost(t), new(shelf).add("ingrid@example.se")
	release := make(chan struct{})
	p.before = func(string) { <-release }
	var once sync.Once
	deliver(t, s, p.client(), func(d *Delivery) {
		d.Outbox = stale{s, func() {
			if p.tried("ingrid@example.se") == 0 {
				return
			}
			// The letter is with the server and in this list. Now it ends, before the list is worked through.
			once.Do(func() { close(release) })
			for st, _ := s.state(1); st != "sent"; st, _ = s.state(1) {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(20 * time.Millisecond) // the outcome has been taken note of
		}}
	})
	eventually(t, "sent", in(s, 1, "sent"))
	time.Sleep(200 * time.Millisecond)
	if n := len(p.received()); n != 1 {
		t.Errorf("received %d times", n)
	}
}

// Stopping does not wait for a server that says nothing.
func TestDeliveryStopsAtOnce(t *testing.T) {
	p, s := newPost(t), new(shelf).add("slow@example.se")
	reached, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	p.before = func(string) {
		close(reached)
		<-release
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Delivery{Outbox: s, Letters: letters{}, Sender: aSender, SMTP: p.client(), Poll: 5 * time.Millisecond, Now: (&clock{at: start}).now, Log: slog.New(slog.DiscardHandler)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	<-reached
	cancel()
	select {
	case <-done:
	case <-time.After(3 * time.Second):
		t.Fatal("still running after 3 s")
	}
	if st, cause := s.state(1); st != "pending" || cause != "" {
		t.Errorf("%s %q: a cut attempt is tried again by the next start", st, cause)
	}
}

// STARTTLS required means: nothing is sent in the clear.
func TestSTARTTLS(t *testing.T) {
	plain := newPost(t)
	m, err := aSender.Message(aLetter(), "row1", start)
	if err != nil {
		t.Fatal(err)
	}
	to := plain.client()
	to.TLS = STARTTLS
	var refusal *Refusal
	if err := to.Send(t.Context(), m); !errors.As(err, &refusal) || refusal.Final || refusal.Cause != CauseUnreachable {
		t.Errorf("got %v", err)
	}
	if len(plain.received()) != 0 {
		t.Error("sent in the clear")
	}

	cert, pool := certificate(t)
	secure := newPost(t)
	secure.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	to = secure.client()
	to.TLS, to.Config = STARTTLS, &tls.Config{RootCAs: pool}
	if err := to.Send(t.Context(), m); err != nil {
		t.Fatal(errors.Unwrap(err))
	}
	if len(secure.received()) != 1 {
		t.Error("not received over STARTTLS")
	}
	to.Config = nil // this certificate is nobody's
	if err := to.Send(t.Context(), m); err == nil {
		t.Error("sent to a server that cannot prove who it is")
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestParseSMTP(t *testing.T) {
	for address, want := range map[string]SMTP{
		"smtp://mail.example.se":                     {Host: "mail.example.se", Port: 587, TLS: STARTTLS},
		"smtp://u:p@mail.example.se:2525":            {Host: "mail.example.se", Port: 2525, User: "u", Password: "p", TLS: STARTTLS},
		"smtps://mail.example.se":                    {Host: "mail.example.se", Port: 465, TLS: ImplicitTLS},
		"smtp://localhost":                           {Host: "localhost", Port: 25, TLS: Opportunistic},
		"smtp://127.0.0.1:1025":                      {Host: "127.0.0.1", Port: 1025, TLS: Opportunistic},
		"smtp://relay.internal:25?tls=optional":      {Host: "relay.internal", Port: 25, TLS: Opportunistic},
		"smtps://user%40example.se:s%3Ae@m.test:465": {Host: "m.test", Port: 465, User: "user@example.se", Password: "s:e", TLS: ImplicitTLS},
	} {
		got, err := ParseSMTP(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got.Host != want.Host || got.Port != want.Port || got.User != want.User || got.Password != want.Password || got.TLS != want.TLS {
			t.Errorf("%s: %+v", address, *got)
		}
	}
	for _, address := range []string{"", "mail.example.se", "http://mail.example.se", "smtp://", "smtp://m:99999", "smtp://m?tls=none", "smtps://m?tls=optional", "smtp://u:sekret@m:x"} {
		if _, err := ParseSMTP(address); err == nil {
			t.Errorf("%q is taken", address)
		} else if strings.Contains(err.Error(), "sekret") {
			t.Errorf("the password is in %q", err)
		}
	}
}
