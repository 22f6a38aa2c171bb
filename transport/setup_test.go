package transport

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// setUpLink is a fresh link's path on a site without accounts.
func (d *desks) setUpLink() string {
	d.t.Helper()
	d.office.accounts = nil
	link, expires, err := NewSetUpLink(d.t.Context(), d.office, d.server.BaseURL, time.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	if left := time.Until(expires); left <= 0 || left > SetUpTime {
		d.t.Errorf("expires in %v", left)
	}
	if !strings.HasPrefix(link, d.http.URL+"/setup/") {
		d.t.Fatalf("link %q", link)
	}
	token := strings.TrimPrefix(link, d.http.URL+"/setup/")
	if strings.Contains(d.office.setUp, token) || len(token) < 26 {
		d.t.Errorf("kept %q of token %q", d.office.setUp, token)
	}
	return pathOf(link)
}

var rightSetUp = url.Values{
	"organisation": {"Malmö stad"}, "name": {"Åsa Öberg"}, "email": {"asa@example.test"}, "password": {"en mening jag minns"},
}

func TestSetUpOnce(t *testing.T) {
	d := newDesks(t)
	link := d.setUpLink()
	c := d.browser()
	for range 3 { // mail scanners open links, and so do people
		if g := d.get(c, link); g.StatusCode != http.StatusOK {
			t.Fatalf("%d", g.StatusCode)
		}
	}
	g := d.post(c, link, rightSetUp)
	if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != "/sessions" {
		t.Fatalf("%d %s", g.StatusCode, g.body)
	}
	if g := d.get(c, "/sessions"); g.StatusCode != http.StatusOK || !strings.Contains(g.body, "Åsa Öberg") {
		t.Errorf("not signed in: %d", g.StatusCode)
	}
	if d.office.founded != "Malmö stad" || len(d.office.accounts) != 1 {
		t.Errorf("founded %q with %d accounts", d.office.founded, len(d.office.accounts))
	}
	a := d.office.accounts[0]
	if a.Email != "asa@example.test" || a.Organisation == "" || a.ID == "" || strings.Contains(a.PasswordHash, "mening") {
		t.Errorf("account %+v", a)
	}
	// The second use finds nothing, and neither does any other link: the same neutral page.
	used, made := d.post(d.browser(), link, rightSetUp), d.get(d.browser(), "/setup/ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	odd := d.get(d.browser(), "/setup/x")
	for _, g := range []got{used, made, odd} {
		if g.StatusCode != http.StatusNotFound || parse(t, g).one("main").text() != parse(t, made).one("main").text() {
			t.Errorf("%d", g.StatusCode)
		}
	}
	if len(d.office.accounts) != 1 {
		t.Errorf("%d accounts", len(d.office.accounts))
	}
}

// T38: of many first comers one founds the organisation.
func TestSetUpRace(t *testing.T) {
	d := newDesks(t, func(c *Config) {})
	d.server.limits.login = newBuckets(1000, 1000)
	link := d.setUpLink()
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for range 6 {
		wg.Go(func() {
			g := d.post(d.browser(), link, rightSetUp)
			mu.Lock()
			defer mu.Unlock()
			answers[g.StatusCode]++
		})
	}
	wg.Wait()
	if answers[http.StatusSeeOther] != 1 || answers[http.StatusNotFound] != 5 || len(d.office.accounts) != 1 {
		t.Errorf("answers %v, %d accounts", answers, len(d.office.accounts))
	}
}

func TestSetUpExpired(t *testing.T) {
	d := newDesks(t)
	link := d.setUpLink()
	d.office.expires = time.Now().Add(-time.Second)
	if g := d.get(d.browser(), link); g.StatusCode != http.StatusNotFound {
		t.Errorf("get: %d", g.StatusCode)
	}
	if g := d.post(d.browser(), link, rightSetUp); g.StatusCode != http.StatusNotFound {
		t.Errorf("post: %d", g.StatusCode)
	}
}

func TestSetUpFieldsAndWhatWasTyped(t *testing.T) {
	d := newDesks(t)
	d.server.limits.login = newBuckets(1000, 1000)
	link := d.setUpLink()
	for field, bad := range map[string][]string{
		"organisation": {"", strings.Repeat("x", 101), "a\x00b"},
		"name":         {"  ", "a\u202eb", "a\nb"},
		"email":        {"", "asa", "root@localhost", "a@b.se, c@d.se"},
		"password":     {"", "elva tecken", strings.Repeat("x", 257)},
	} {
		for _, typed := range bad {
			form := url.Values{}
			for k, v := range rightSetUp {
				form[k] = v
			}
			form.Set(field, typed)
			g := d.post(d.browser(), link, form)
			page := parse(t, g)
			if g.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s %.20q: %d", field, typed, g.StatusCode)
				continue
			}
			input := page.one("input", "id", field)
			if input.attr("aria-invalid") != "true" || !strings.Contains(input.attr("aria-describedby"), field+"-fault") {
				t.Errorf("%s %.20q: the field does not say that it is wrong", field, typed)
			}
			if page.one("", "id", field+"-fault").text() == "" {
				t.Errorf("%s: no words", field)
			}
			for other := range rightSetUp {
				v := page.one("input", "id", other).attr("value")
				if want := form.Get(other); other != "password" && other != field && v != want {
					t.Errorf("%s lost: %q", other, v)
				} else if other == "password" && v != "" {
					t.Error("the password comes back")
				}
			}
		}
	}
	if len(d.office.accounts) != 0 {
		t.Error("an account was made")
	}
	// Twelve characters of any kind will do: there are no rules of composition.
	form := url.Values{}
	for k, v := range rightSetUp {
		form[k] = v
	}
	form.Set("password", "åååååååååååå")
	if g := d.post(d.browser(), link, form); g.StatusCode != http.StatusSeeOther {
		t.Errorf("twelve letters: %d", g.StatusCode)
	}
}
