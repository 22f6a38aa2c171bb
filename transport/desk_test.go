package transport

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/net/html"

	"nextup"
)

// office is the recruiters' part of the database, in memory.
type office struct {
	*world
	mu       sync.Mutex
	accounts []Account
	setUp    string // hash of the link
	expires  time.Time
	founded  string // name of the organisation
	posted   []Posted
	drafts   map[nextup.SessionID]Draft // see drafts_test.go
}

func (o *office) SetSetup(_ context.Context, hash string, expires time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.setUp, o.expires = hash, expires
	return nil
}

func (o *office) CheckSetup(_ context.Context, hash string) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return hash == o.setUp && time.Now().Before(o.expires), nil
}

func (o *office) UseSetup(_ context.Context, hash string, _ nextup.OrganisationID, name string, first Account) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if hash != o.setUp || !time.Now().Before(o.expires) || o.founded != "" {
		return false, nil
	}
	o.setUp, o.founded = "", name
	o.accounts = append(o.accounts, first)
	return true, nil
}

func (o *office) AccountByEmail(_ context.Context, email string) (Account, bool, error) {
	return o.account(func(a Account) bool { return strings.EqualFold(a.Email, strings.TrimSpace(email)) })
}

func (o *office) Account(_ context.Context, id nextup.RecruiterID) (Account, bool, error) {
	return o.account(func(a Account) bool { return a.ID == id })
}

func (o *office) account(is func(Account) bool) (Account, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := slices.IndexFunc(o.accounts, is); i >= 0 {
		return o.accounts[i], true, nil
	}
	return Account{}, false, nil
}

func (o *office) SessionsOf(_ context.Context, org nextup.OrganisationID, by nextup.RecruiterID) (ids []nextup.SessionID, _ error) {
	o.world.mu.Lock()
	defer o.world.mu.Unlock()
	for id, s := range o.world.sessions {
		if s.state.Organisation == org && s.state.Owner == by {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Posted tells of the letters that the world's commands called for.
func (o *office) Posted(_ context.Context, ids ...nextup.SessionID) (all []Posted, _ error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range slices.Backward(o.posted) {
		if slices.Contains(ids, p.Session) {
			all = append(all, p)
		}
	}
	o.world.mu.Lock()
	defer o.world.mu.Unlock()
	for _, id := range ids {
		s := o.world.sessions[id]
		for n, m := range slices.Backward(s.mails) {
			all = append(all, Posted{ID: int64(n + 1), Session: id, Kind: m.Kind, Person: m.Person, Created: time.Now(), State: PostPending})
		}
	}
	return all, nil
}

// desks is a site with a recruiter, Maria, and her password.
type desks struct {
	*site
	office *office
	maria  Account
}

const password = "correct horse battery"

func newDesks(t *testing.T, change ...func(*Config)) *desks {
	t.Helper()
	o := &office{}
	x := newSite(t, append([]func(*Config){func(c *Config) {
		o.world, _ = c.Sessions.(*world)
		c.Office = o
	}}, change...)...)
	// A cheap hash, so that tests are about something else; login_test.go is also about the real cost.
	salt := []byte("0123456789abcdef")
	hash := "$argon2id$v=19$m=64,t=1,p=1$" + base64.RawStdEncoding.EncodeToString(salt) + "$" +
		base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 64, 1, argonKey))
	d := &desks{site: x, office: o, maria: Account{
		ID: "RECRUITER", Organisation: "ORG", Name: "Maria Lindqvist", Email: "maria@example.test", Language: "en", PasswordHash: hash,
	}}
	o.accounts = []Account{d.maria, {
		ID: "STRANGER", Organisation: "OTHER", Name: "Sven Berg", Email: "sven@elsewhere.test", Language: "en", PasswordHash: hash,
	}}
	return d
}

// signedIn is a browser of somebody with an account.
func (d *desks) signedIn(email string) *http.Client {
	d.t.Helper()
	c := d.browser()
	if g := d.post(c, "/sign-in", url.Values{"email": {email}, "password": {password}}); g.StatusCode != http.StatusSeeOther {
		d.t.Fatalf("sign-in: %d %s", g.StatusCode, g.body)
	}
	return c
}

// page is an answer as a tree.
type tree struct {
	t *testing.T
	*html.Node
}

func parse(t *testing.T, g got) tree {
	t.Helper()
	n, err := html.Parse(strings.NewReader(g.body))
	if err != nil {
		t.Fatal(err)
	}
	return tree{t, n}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// all finds elements: a name ("" for any) and pairs of attribute and value.
func (p tree) all(name string, pairs ...string) (found []tree) {
	for n := range p.Descendants() {
		if n.Type != html.ElementNode || (name != "" && n.Data != name) {
			continue
		}
		fits := true
		for i := 0; i+1 < len(pairs); i += 2 {
			fits = fits && tree{p.t, n}.has(pairs[i]) && attr(n, pairs[i]) == pairs[i+1]
		}
		if fits {
			found = append(found, tree{p.t, n})
		}
	}
	return found
}

func (p tree) one(name string, pairs ...string) tree {
	p.t.Helper()
	found := p.all(name, pairs...)
	if len(found) != 1 {
		p.t.Fatalf("%d elements <%s %q>, want one", len(found), name, pairs)
	}
	return found[0]
}

// text is what an element says, in one line.
func (p tree) text() string {
	var b strings.Builder
	for n := range p.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "template" {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (p tree) has(key string) bool {
	return slices.ContainsFunc(p.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func (p tree) attr(key string) string { return attr(p.Node, key) }

// fields is a form as a browser would send it, pressing the button with this value.
func (p tree) fields(press string) url.Values {
	v := url.Values{}
	var inTemplate func(n *html.Node) bool
	inTemplate = func(n *html.Node) bool {
		return n != nil && (n.Data == "template" || inTemplate(n.Parent))
	}
	for _, e := range p.all("") {
		if inTemplate(e.Node.Parent) {
			continue
		}
		switch name := e.attr("name"); {
		case name == "", e.has("disabled"):
		case (e.attr("type") == "checkbox" || e.attr("type") == "radio") && !e.has("checked"):
		case e.Data == "input":
			v.Add(name, e.attr("value"))
		case e.Data == "textarea":
			words := ""
			for n := range e.ChildNodes() {
				words += n.Data
			}
			v.Add(name, words)
		case e.Data == "select":
			for _, o := range e.all("option") {
				if o.has("selected") {
					v.Add(name, o.attr("value"))
				}
			}
		}
	}
	if press != "" {
		v.Set("do", press)
	}
	return v
}
