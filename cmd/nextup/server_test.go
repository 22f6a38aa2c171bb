package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"nextup/transport"
)

// server is the real program running in a process of its own, on free ports and
// with a data folder that is gone after the test.
type server struct {
	t       testing.TB
	binary  string
	data    string
	args    []string
	env     []string // beside the test's own environment
	base    string   // as people reach it
	address string   // where it listens
	under   []string

	cmd  *exec.Cmd
	gone chan struct{}

	mu    sync.Mutex
	setUp string // the link that the first start printed
	said  bytes.Buffer
}

// newServer prepares a server; start starts it.
func newServer(t testing.TB, more ...string) *server {
	t.Helper()
	s := &server{t: t, binary: program(t), data: filepath.Join(t.TempDir(), "data")}
	http, media, turn := freeTCP(t), freeUDP(t), freeUDP(t)
	s.address = fmt.Sprintf("127.0.0.1:%d", http)
	s.base = fmt.Sprintf("http://localhost:%d", http)
	s.args = append([]string{
		"serve", "--listen", s.address, "--data", s.data,
		"--media-port", fmt.Sprint(media), "--turn-port", fmt.Sprint(turn),
		// Everybody in a test comes from this machine; this lets them be told apart as by a proxy.
		"--trusted-proxy", "127.0.0.1/32",
	}, more...)
	t.Cleanup(func() {
		s.kill9()
		if t.Failed() {
			t.Logf("the server said:\n%s", s.log())
		}
	})
	return s
}

func startServer(t testing.TB, more ...string) *server {
	t.Helper()
	s := newServer(t, more...)
	s.start()
	return s
}

var setUpLink = regexp.MustCompile(`http\S+/setup/\S+`)

// start runs the program, under another one if s.under names it, and waits until
// it answers.
func (s *server) start() {
	s.t.Helper()
	s.launch()
	if !s.ready(30 * time.Second) {
		s.kill9()
		s.t.Fatalf("the server does not answer; it said:\n%s", s.log())
	}
}

// launch starts the process without waiting for an answer.
func (s *server) launch() {
	s.t.Helper()
	line := append(append(append([]string{}, s.under...), s.binary), s.args...)
	s.cmd = exec.Command(line[0], line[1:]...)
	s.cmd.Env = append(os.Environ(), s.env...)
	ownGroup(s.cmd)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd.Stderr = &lockedWriter{&s.mu, &s.said}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	cmd, gone := s.cmd, make(chan struct{})
	s.gone = gone
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			s.mu.Lock()
			fmt.Fprintln(&s.said, lines.Text())
			if link := setUpLink.FindString(lines.Text()); link != "" {
				s.setUp = link
			}
			s.mu.Unlock()
		}
		_ = cmd.Wait()
		close(gone)
	}()
}

// ready waits until the server answers; false if it ended or the time is over.
func (s *server) ready(limit time.Duration) bool {
	client := http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	return poll(limit, func() bool {
		if s.ended() {
			return true
		}
		r, err := client.Get(s.base + "/help")
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		return r.StatusCode == http.StatusOK
	}) && !s.ended()
}

func (s *server) ended() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// kill9 ends the process as a power switch would and waits until it is gone.
func (s *server) kill9() {
	if s.cmd == nil {
		return
	}
	if !s.ended() {
		killGroup(s.cmd)
	}
	<-s.gone
}

// stop asks the process to end and checks that it does so in time and in order.
func (s *server) stop() {
	s.t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.gone:
	case <-time.After(30 * time.Second):
		s.t.Fatal("the server does not stop")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the server stopped with %d; it said:\n%s", code, s.log())
	}
}

func (s *server) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// links makes any person's link, from the key in the data folder.
func (s *server) links() transport.Links {
	s.t.Helper()
	key, err := readKey(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	base, err := url.Parse(s.base)
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := transport.NewLinks(derive(key, "links"), base)
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

type lockedWriter struct {
	mu *sync.Mutex
	to io.Writer
}

func (w *lockedWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(b)
}

// freeTCP is a port that nobody listens on now.
func freeTCP(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// freeUDP is a port that is free for both UDP and TCP.
func freeUDP(t testing.TB) int {
	t.Helper()
	for range 100 {
		p, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := p.LocalAddr().(*net.UDPAddr).Port
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		_ = p.Close()
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// recruiter is the first account, signed in.
const (
	recruiterName     = "Maria Lindqvist"
	recruiterMail     = "maria@example.org"
	recruiterPassword = "en lång mening som ingen gissar"
)

// found opens the set-up link, makes the organisation and gives back its recruiter
// signed in.
func (s *server) found() *visitor {
	s.t.Helper()
	var link string
	if !poll(10*time.Second, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		link = s.setUp
		return link != ""
	}) {
		s.t.Fatalf("the first start printed no set-up link:\n%s", s.log())
	}
	v := s.visitor()
	p := v.get(link).form("/setup/")
	p.set("organisation", "Nordkaj Lager").set("name", recruiterName).set("email", recruiterMail).set("password", recruiterPassword)
	if after := p.send(""); !strings.HasSuffix(after.url.Path, "/sessions") {
		s.t.Fatalf("the set-up led to %s (%d): %s", after.url.Path, after.status, after.text())
	}
	return v
}

// signIn signs the recruiter in on another browser.
func (s *server) signIn() *visitor {
	s.t.Helper()
	v := s.visitor()
	after := v.get(s.base+"/sign-in").form("/sign-in").set("email", recruiterMail).set("password", recruiterPassword).send("")
	if !strings.HasSuffix(after.url.Path, "/sessions") {
		s.t.Fatalf("signing in led to %s (%d): %s", after.url.Path, after.status, after.text())
	}
	return v
}

// event is a published session as its recruiter sees it.
type event struct {
	id           string
	path         string // of the overview
	signUp       string // the candidates' link
	interviewers []invited
}

// invited is an interviewer's link and PIN.
type invited struct{ name, link, pin string }

// plan is what a recruiter types into the form for a session.
type plan struct {
	title, job        string
	begins            time.Duration // from now
	length, talk      int           // minutes
	places            int
	answer            int // seconds that somebody called has; 0 for what the form proposes
	questions, traits []string
	interviewers      []string // names, beside the recruiter himself
	countdown         string   // seconds; as the form has it if ""
}

// publish creates and publishes a session with the real form. It has begun a
// minute ago unless the plan says otherwise, so talks can be held at once.
func (v *visitor) publish(p plan) event {
	v.t.Helper()
	if p.begins == 0 {
		p.begins = -time.Minute
	}
	start := time.Now().Add(p.begins).UTC()
	f := v.get(v.base + "/sessions/new").form("/sessions/new")
	f.set("title", cmp.Or(p.title, "Lagerarbetare")).set("job", cmp.Or(p.job, "Ett jobb."))
	f.set("date", start.Format(time.DateOnly)).set("clock", start.Format("15:04")).set("zone", "Etc/UTC")
	f.set("length", fmt.Sprint(cmp.Or(p.length, 240))).set("talk", fmt.Sprint(cmp.Or(p.talk, 10))).set("pause", "0")
	f.set("places", fmt.Sprint(cmp.Or(p.places, 50)))
	if p.countdown != "" {
		f.set("countdown", p.countdown)
	}
	if p.answer > 0 {
		f.set("answer", fmt.Sprint(p.answer))
	}
	f.rows("question", p.questions).rows("trait", p.traits)
	for _, name := range p.interviewers {
		f.add("interviewer_id", "").add("interviewer_name", name).add("interviewer_email", mailOf(name))
	}
	after := f.send("publish")
	if after.status != http.StatusOK || !strings.HasPrefix(after.url.Path, "/sessions/") || strings.HasSuffix(after.url.Path, "/new") {
		v.t.Fatalf("creating a session led to %s (%d): %s", after.url.Path, after.status, after.text())
	}
	e := event{path: after.url.Path, id: strings.TrimPrefix(after.url.Path, "/sessions/")}
	html := string(after.body)
	if e.signUp = regexp.MustCompile(regexp.QuoteMeta(v.base) + `/s/[\w.-]+`).FindString(html); e.signUp == "" {
		v.t.Fatalf("the overview shows no link for candidates: %s", after.text())
	}
	links := unique(regexp.MustCompile(regexp.QuoteMeta(v.base)+`/i/[\w.-]+`).FindAllString(html, -1))
	pins := regexp.MustCompile(`\b\d{3} \d{3}\b`).FindAllString(after.text(), -1)
	names := append([]string{recruiterName}, p.interviewers...)
	if len(links) != len(names) || len(pins) != len(names) {
		v.t.Fatalf("the overview shows %d links and %d PINs for %d interviewers: %s", len(links), len(pins), len(names), after.text())
	}
	for i, name := range names {
		e.interviewers = append(e.interviewers, invited{name, links[i], strings.ReplaceAll(pins[i], " ", "")})
	}
	return e
}

// letter is a mail in the built-in outbox.
type letter struct{ to, text string }

// letters reads the outbox page of a recruiter.
func (v *visitor) letters() []letter {
	v.t.Helper()
	return readOutbox(v.get(v.base + "/outbox?all=1"))
}

// signUp registers a candidate with the real form.
func (v *visitor) signUp(e event, name, language string) {
	v.t.Helper()
	after := v.get(e.signUp).form("/s/").set("name", name).set("email", mailOf(name)).set("language", language).send("")
	if after.status != http.StatusOK || !strings.Contains(after.text(), mailOf(name)) {
		v.t.Fatalf("signing %s up led to %s (%d): %s", name, after.url.Path, after.status, after.text())
	}
}

var personalLink = regexp.MustCompile(`https?://[^\s"<]+/c/[\w.-]+`)

// personalLink is the link in a candidate's mail.
func (v *visitor) personalLink(name string) string {
	v.t.Helper()
	var link string
	if !poll(10*time.Second, func() bool {
		for _, l := range v.letters() {
			if strings.Contains(l.to, mailOf(name)) {
				if link = personalLink.FindString(l.text); link != "" {
					return true
				}
			}
		}
		return false
	}) {
		v.t.Fatalf("no mail with a personal link for %s in the outbox", name)
	}
	return link
}

// enter gives an interviewer's PIN.
func (v *visitor) enter(i invited) {
	v.t.Helper()
	after := v.get(i.link).form("/i/").set("pin", i.pin).send("")
	if after.status != http.StatusOK || !strings.Contains(string(after.body), `id="boot"`) {
		v.t.Fatalf("%s was not let in (%d): %s", i.name, after.status, after.text())
	}
}

func mailOf(name string) string {
	return strings.NewReplacer(" ", ".", "å", "a", "ä", "a", "ö", "o", "ø", "o", "æ", "a").Replace(strings.ToLower(name)) + "@example.org"
}

func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// readOutbox takes the letters off the outbox page.
func readOutbox(p *sheet) (all []letter) {
	root, err := html.Parse(bytes.NewReader(p.body))
	if err != nil {
		return nil
	}
	words := func(n *html.Node) string {
		var b strings.Builder
		walk(n, func(c *html.Node) bool {
			if c.Type == html.TextNode {
				b.WriteString(c.Data)
			}
			return true
		})
		return b.String()
	}
	walk(root, func(n *html.Node) bool {
		if n.Type != html.ElementNode || n.Data != "article" || attribute(n, "data-letter") == "" {
			return true
		}
		var l letter
		walk(n, func(c *html.Node) bool {
			if c.Type == html.ElementNode && c.Data == "pre" {
				l.text = words(c)
				return false
			}
			if c.Type == html.TextNode {
				l.to += c.Data + " "
			}
			return true
		})
		all = append(all, l)
		return false
	})
	return all
}
