package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// visitor is a browser without scripts: it opens pages, fills in the forms that
// are really there and follows where they lead. All that it is sent is on its tape.
type visitor struct {
	t    testing.TB
	base string
	http *http.Client
	from string // its address, as a proxy names it
	tape tape
	seen func(view json.RawMessage, at time.Time) // called for each view; may be nil
}

var visitors atomic.Uint32

func (s *server) visitor() *visitor {
	s.t.Helper()
	return newVisitor(s.t, s.base)
}

func newVisitor(t testing.TB, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	n := visitors.Add(1)
	v := &visitor{t: t, base: base, from: fmt.Sprintf("198.51.%d.%d", 100+n/250%100, 1+n%250)}
	v.http = &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{
		DisableCompression: true, // the tape is read in plain
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &taped{conn, &v.tape}, nil
		},
	}}
	t.Cleanup(v.http.CloseIdleConnections)
	return v
}

// tape is every byte that a visitor was sent.
type tape struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (t *tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes.String()
}

type taped struct {
	net.Conn
	tape *tape
}

func (c *taped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.tape.mu.Lock()
	c.tape.bytes.Write(b[:n])
	c.tape.mu.Unlock()
	return n, err
}

// sheet is a page as it arrived.
type sheet struct {
	v      *visitor
	url    *url.URL
	status int
	body   []byte
}

func (v *visitor) get(address string) *sheet {
	v.t.Helper()
	p, err := v.ask(http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatalf("GET %s: %v", brief(address), err)
	}
	return p
}

// ask is get and post for those who expect a failure.
func (v *visitor) ask(method, address string, values url.Values) (*sheet, error) {
	if !strings.HasPrefix(address, "http") {
		address = v.base + address
	}
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(values.Encode())
	}
	r, err := http.NewRequest(method, address, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Forwarded-For", v.from)
	r.Header.Set("Accept-Language", "en")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", v.base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	p := &sheet{v: v, url: answer.Request.URL, status: answer.StatusCode}
	p.body, err = io.ReadAll(answer.Body)
	return p, err
}

// brief is an address without its host, short enough for a message.
func brief(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(u.Path) < 4 {
		return address
	}
	return u.Path[:min(len(u.Path), 24)]
}

// text is what a person reads on the page.
func (p *sheet) text() string {
	root, err := html.Parse(bytes.NewReader(p.body))
	if err != nil {
		return string(p.body)
	}
	var out strings.Builder
	walk(root, func(n *html.Node) bool {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "svg" || n.Data == "head") {
			return false
		}
		if n.Type == html.TextNode {
			if words := strings.TrimSpace(n.Data); words != "" {
				out.WriteString(words + "\n")
			}
		}
		if n.Type == html.ElementNode && (n.Data == "input" || n.Data == "textarea") && attribute(n, "readonly") != "" {
			out.WriteString(attribute(n, "value") + "\n")
		}
		return true
	})
	return out.String()
}

// walk visits a node and, where visit says so, what is in it.
func walk(n *html.Node, visit func(*html.Node) bool) {
	if !visit(n) {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return cmpValue(a.Val, name)
		}
	}
	return ""
}

// cmpValue makes an attribute without a value look set.
func cmpValue(value, name string) string {
	if value == "" && (name == "readonly" || name == "checked" || name == "selected" || name == "disabled") {
		return name
	}
	return value
}

// filled is a form with what it holds now.
type filled struct {
	page   *sheet
	action string
	values url.Values
}

// form finds the form that posts to an address with this in it and reads its
// fields as a browser would.
func (p *sheet) form(action string) *filled {
	p.v.t.Helper()
	root, err := html.Parse(bytes.NewReader(p.body))
	if err != nil {
		p.v.t.Fatal(err)
	}
	var found *filled
	walk(root, func(n *html.Node) bool {
		if found != nil || n.Type != html.ElementNode || n.Data != "form" {
			return found == nil
		}
		// A form without an action posts to its own page.
		to := attribute(n, "action")
		if to == "" {
			to = p.url.Path
		}
		if strings.ToLower(attribute(n, "method")) != "post" || !strings.Contains(to, action) {
			return true
		}
		found = &filled{page: p, action: to, values: url.Values{}}
		readFields(n, found.values)
		return false
	})
	if found == nil {
		p.v.t.Fatalf("%s (%d) has no form for %s: %s", brief(p.url.String()), p.status, action, p.text())
	}
	return found
}

func readFields(form *html.Node, into url.Values) {
	walk(form, func(n *html.Node) bool {
		if n.Type != html.ElementNode {
			return true
		}
		if n.Data == "template" {
			return false
		}
		name := attribute(n, "name")
		if name == "" || attribute(n, "disabled") != "" {
			return n.Data != "select"
		}
		switch n.Data {
		case "input":
			switch kind := attribute(n, "type"); kind {
			case "submit", "button", "image", "reset", "file":
			case "checkbox", "radio":
				if attribute(n, "checked") != "" {
					into.Add(name, or(attribute(n, "value"), "on"))
				}
			default:
				into.Add(name, attribute(n, "value"))
			}
		case "textarea":
			var text strings.Builder
			walk(n, func(c *html.Node) bool {
				if c.Type == html.TextNode {
					text.WriteString(c.Data)
				}
				return true
			})
			into.Add(name, text.String())
		case "select":
			var chosen string
			first := true
			walk(n, func(c *html.Node) bool {
				if c.Type == html.ElementNode && c.Data == "option" && (first || attribute(c, "selected") != "") {
					chosen, first = attribute(c, "value"), false
				}
				return true
			})
			into.Add(name, chosen)
			return false
		}
		return true
	})
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// set fills in a field that must be there.
func (f *filled) set(name, value string) *filled {
	f.page.v.t.Helper()
	if !f.values.Has(name) {
		f.page.v.t.Fatalf("the form for %s has no field %q", brief(f.action), name)
	}
	f.values.Set(name, value)
	return f
}

// add adds one more of a repeated field, as the page's script does.
func (f *filled) add(name, value string) *filled {
	f.values.Add(name, value)
	return f
}

// rows fills in the rows of a list that the form repeats.
func (f *filled) rows(name string, texts []string) *filled {
	f.page.v.t.Helper()
	if !f.values.Has(name) {
		f.page.v.t.Fatalf("the form for %s has no rows %q", brief(f.action), name)
	}
	f.values[name] = slices.Clone(texts)
	f.values[name+"_id"] = make([]string, len(texts))
	return f
}

// send posts the form; button is the value of the pressed button named "do".
func (f *filled) send(button string) *sheet {
	f.page.v.t.Helper()
	p, err := f.trySend(button)
	if err != nil {
		f.page.v.t.Fatalf("POST %s: %v", brief(f.action), err)
	}
	return p
}

func (f *filled) trySend(button string) (*sheet, error) {
	if button != "" {
		f.values.Set("do", button)
	}
	return f.page.v.ask(http.MethodPost, f.page.url.ResolveReference(&url.URL{Path: f.action}).String(), f.values)
}

// json reads a JSON answer.
func (v *visitor) json(address string, into any) {
	v.t.Helper()
	p := v.get(address)
	if p.status != http.StatusOK {
		v.t.Fatalf("%s answers %d", brief(address), p.status)
	}
	if err := json.Unmarshal(p.body, into); err != nil {
		v.t.Fatal(err)
	}
}
