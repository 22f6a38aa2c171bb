package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"nextup"
)

// routePatterns reads routes.go, so that a new route is in these tests by itself.
func routePatterns(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile(`\("((?:GET |POST )?/[^"]*)", s\.`).FindAllSubmatch(b, -1) {
		list = append(list, string(m[1]))
	}
	if len(list) < 20 {
		t.Fatalf("only %d routes found", len(list))
	}
	return list
}

// filled is a pattern's method and a path for it, with real links where there are any.
func (x *site) filled(pattern string, candidate nextup.CandidateID) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	path = strings.TrimSuffix(path, "{$}")
	for prefix, link := range map[string]string{
		"/s/{token}": x.server.links.SignUp(x.session), "/c/{token}": x.server.links.Candidate(x.session, candidate),
		"/i/{token}": x.server.links.Interviewer(x.session, x.first, 1),
	} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			path = pathOf(link) + rest
		}
	}
	path = strings.NewReplacer("{hash}", x.server.assets.hash, "{path...}", "css/tokens.css", "{token}", "TOKEN", "{id}", string(x.session)).Replace(path)
	return method, path
}

func TestHeadersOnEveryRoute(t *testing.T) {
	x := newSite(t)
	candidate := x.candidate("CANDIDATE1", "Åsa")
	room, _ := x.letIn(x.first)
	for _, pattern := range append(routePatterns(t), "GET /nowhere", "POST /nowhere", "GET /a/wrong/css/none.css", "DELETE /help") {
		method, at := x.filled(pattern, candidate)
		for _, c := range []*http.Client{x.browser(), room} {
			r, err := http.NewRequest(method, x.http.URL+at, nil)
			if err != nil {
				t.Fatal(err)
			}
			g := x.send(c, r)
			h := g.Header
			csp := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' ws://" +
				x.http.Listener.Addr().String() + "; media-src 'self' blob: mediastream:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
			if h.Get("Content-Security-Policy") != csp || len(h.Values("Content-Security-Policy")) != 1 {
				t.Errorf("%s: CSP %q", pattern, h.Values("Content-Security-Policy"))
			}
			if h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", pattern, h)
			}
			camera := strings.Contains(h.Get("Permissions-Policy"), "camera=(self)")
			if camera != (strings.HasPrefix(at, "/c/") || strings.HasPrefix(at, "/i/")) || h.Get("Permissions-Policy") == "" {
				t.Errorf("%s: Permissions-Policy %q", pattern, h.Get("Permissions-Policy"))
			}
			if h.Get("Strict-Transport-Security") != "" {
				t.Errorf("%s: HSTS over plain HTTP", pattern)
			}
			if !strings.HasPrefix(at, "/a/") && g.StatusCode == http.StatusOK && h.Get("Cache-Control") != "no-store" && len(g.body) > 0 {
				t.Errorf("%s may be kept: %q", pattern, h.Get("Cache-Control"))
			}
			if g.StatusCode >= 500 {
				t.Errorf("%s: %d", pattern, g.StatusCode)
			}
		}
	}
}

func TestSecureHeadersUnderTLS(t *testing.T) {
	w := newWorld()
	s, err := New(Config{Sessions: w, Media: w, Store: w, Key: make([]byte, 32), BaseURL: &url.URL{Scheme: "https", Host: "jobs.example"}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "https://jobs.example/help", nil)
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, r)
	if !strings.HasPrefix(rec.Header().Get("Strict-Transport-Security"), "max-age=") || !strings.Contains(rec.Header().Get("Content-Security-Policy"), "connect-src 'self' wss://jobs.example;") {
		t.Error(rec.Header())
	}
	r = httptest.NewRequest(http.MethodPost, "https://jobs.example/language", strings.NewReader("lang=sv"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec = httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, r)
	if c := rec.Result().Cookies(); len(c) != 1 || !c[0].Secure || c[0].SameSite != http.SameSiteLaxMode {
		t.Error(c)
	}
}

// Links are made from the base URL; another Host is refused whatever else it says.
func TestHostPoisoning(t *testing.T) {
	x := newSite(t)
	host := x.http.Listener.Addr().String()
	port := host[strings.LastIndexByte(host, ':'):]
	at := pathOf(x.server.links.SignUp(x.session))
	for host, want := range map[string]int{
		host: 200, "localhost" + port: 200, "LocalHost" + port: 200, "[::1]" + port: 200,
		"evil.test": 421, "evil.test" + port: 421, "localhost": 421, "localhost:1": 421, "127.0.0.1.evil.test" + port: 421, "127.0.0.2" + port: 421, "": 400,
	} {
		r, err := http.NewRequest(http.MethodGet, x.http.URL+at, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if host == "" {
			continue // Go's client sends none
		}
		r.Header.Set("X-Forwarded-Host", "evil.test")
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("Forwarded", "host=evil.test")
		g := x.send(x.browser(), r)
		if g.StatusCode != want {
			t.Errorf("Host %q: %d, want %d", host, g.StatusCode, want)
		}
		all := g.body + fmt.Sprint(g.Header)
		if strings.Contains(all, "evil.test") {
			t.Errorf("Host %q came back", host)
		}
	}
	w := newWorld()
	s, err := New(Config{Sessions: w, Media: w, Store: w, Key: make([]byte, 32), BaseURL: &url.URL{Scheme: "https", Host: "jobs.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{"jobs.example": 200, "jobs.example:443": 200, "JOBS.example": 200, "localhost": 421, "127.0.0.1": 421, "jobs.example.": 421, "jobs.example:80": 421} {
		r := httptest.NewRequest(http.MethodGet, "https://jobs.example/help", nil)
		r.Host = host
		rec := httptest.NewRecorder()
		s.Handler().ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("Host %q: %d, want %d", host, rec.Code, want)
		}
	}
}

// Scanners follow links, some with scripts: GET and HEAD of anything, by anybody, change nothing.
func TestGETAndHEADChangeNothing(t *testing.T) {
	x := newSite(t)
	candidate := x.candidate("CANDIDATE1", "Åsa")
	room, _ := x.letIn(x.first)
	before, orders := x.state().Version, len(x.orders)
	for _, pattern := range routePatterns(t) {
		_, at := x.filled(pattern, candidate)
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, c := range []*http.Client{x.browser(), room} {
				for _, query := range []string{"", "?pin=" + x.server.links.PIN(x.session, x.first, 1) + "&interest=yes&name=A&email=a@example.test&lang=sv"} {
					r, err := http.NewRequest(method, x.http.URL+at+query, nil)
					if err != nil {
						t.Fatal(err)
					}
					g := x.send(c, r)
					if method == http.MethodHead && g.body != "" {
						t.Errorf("HEAD %s has a body", at)
					}
					if strings.HasPrefix(at, "/c/") || strings.HasPrefix(at, "/i/") || strings.HasPrefix(at, "/s/") {
						if len(g.Cookies()) != 0 {
							t.Errorf("%s %s set a cookie", method, pattern)
						}
					}
				}
			}
		}
	}
	if x.state().Version != before || len(x.orders) != orders || x.saved != 0 || len(x.asked()) != 0 {
		t.Errorf("something was changed: %d orders", len(x.orders)-orders)
	}
}

func TestForeignFormsAreRefused(t *testing.T) {
	x := newSite(t)
	candidate := x.candidate("CANDIDATE1", "Åsa")
	orders := len(x.orders)
	for _, pattern := range routePatterns(t) {
		method, at := x.filled(pattern, candidate)
		if method != http.MethodPost {
			continue
		}
		for _, h := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Origin": {"http://evil.test"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}},
			{"Origin": {"null"}},
		} {
			if len(h) == 1 && h.Get("Origin") == "null" && faceless(&http.Request{Header: h, URL: &url.URL{Path: at}}) {
				continue // see TestOldBrowsersCanSignUp
			}
			r, err := http.NewRequest(method, x.http.URL+at, strings.NewReader("a=b"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = h.Clone()
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if g := x.send(x.browser(), r); g.StatusCode != http.StatusForbidden {
				t.Errorf("%s %v: %d", pattern, h, g.StatusCode)
			}
		}
	}
	if len(x.orders) != orders {
		t.Error("something was done")
	}
}

// Browsers that send no Sec-Fetch-Site say "Origin: null" under our Referrer-Policy.
func TestOldBrowsersCanSignUp(t *testing.T) {
	x := newSite(t)
	for at, want := range map[string]int{
		pathOf(x.server.links.SignUp(x.session)):                                                    http.StatusOK,
		pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa"))) + "/withdraw": http.StatusSeeOther,
		"/sign-in": http.StatusForbidden, "/sessions/new": http.StatusForbidden, "/sign-out": http.StatusForbidden,
	} {
		form := url.Values{"name": {"Åsa"}, "email": {"a@example.test"}, "language": {"sv"}}
		r, err := http.NewRequest(http.MethodPost, x.http.URL+at, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null")
		if g := x.send(x.browser(), r); g.StatusCode != want {
			t.Errorf("%s: %d, want %d", at, g.StatusCode, want)
		}
	}
}

func TestSignUp(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.SignUp(x.session))
	c := x.browser()
	page := x.get(c, at).body
	for _, want := range []string{"Warehouse worker", "Malmö stad", "<strong>boxes</strong>", "10 minutes", "Stockholm time", "are not recorded"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	form := url.Values{"name": {"  Åsa   <b>Öberg "}, "email": {"Asa@Example.test"}, "language": {"nb"}}
	first := x.post(c, at, form)
	if first.StatusCode != http.StatusOK || !strings.Contains(first.body, "Asa@Example.test") || strings.Contains(first.body, "<b>Öberg") {
		t.Fatal(first.StatusCode)
	}
	s := x.state()
	if len(s.Registered) != 1 {
		t.Fatal(s.Registered)
	}
	id := s.Registered[0]
	if p := x.sessions[x.session].people[id.Person()]; p.Name != "Åsa <b>Öberg" || p.Email != "Asa@Example.test" || p.Language != "nb" || p.Role != nextup.RoleCandidate {
		t.Error(p)
	}
	if strings.Contains(first.body, "demonstration") {
		t.Error("the real thing calls itself a demonstration")
	}
	// Nothing in the answer is the way in: that is in the mail only.
	if strings.Contains(first.body, string(id)) || strings.Contains(first.body, "/c/") {
		t.Error("the answer holds the personal link")
	}
	// The same address, whatever its spelling: the same answer, one more mail, nothing changed.
	form.Set("name", "Somebody Else")
	again := x.post(c, at, form)
	if again.StatusCode != first.StatusCode || again.body != first.body {
		t.Error("the second answer differs")
	}
	if p := x.sessions[x.session].people[id.Person()]; p.Name != "Åsa <b>Öberg" || len(x.state().Registered) != 1 {
		t.Error("a stranger changed a registration:", p)
	}
	for range 5 {
		if g := x.post(c, at, form); g.body != first.body {
			t.Error("the answer tells how many mails there were")
		}
	}
	if mails := len(x.sessions[x.session].mails); mails > 5 { // two invitations and three confirmations
		t.Errorf("%d mails", mails)
	}
	// One who withdrew and comes back is the same person.
	if g := x.post(c, pathOf(x.server.links.Candidate(x.session, id))+"/withdraw", nil); g.StatusCode != http.StatusSeeOther {
		t.Error(g.StatusCode)
	}
	if g := x.post(c, at, form); g.StatusCode != http.StatusOK || len(x.state().Registered) != 1 || x.state().Candidates[id].Status != nextup.StatusRegistered {
		t.Error(g.StatusCode, x.state().Candidates)
	}
}

func TestDemonstrationSaysThatNoMailIsSent(t *testing.T) {
	x := newSite(t, func(c *Config) { c.Demo = true })
	g := x.post(x.browser(), pathOf(x.server.links.SignUp(x.session)), url.Values{"name": {"Åsa"}, "email": {"a@example.test"}, "language": {"en"}})
	if g.StatusCode != http.StatusOK || !strings.Contains(g.body, "no mail is sent") {
		t.Error(g.StatusCode)
	}
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.SignUp(x.session))
	orders := len(x.orders)
	for _, v := range []struct{ name, email, marked string }{
		{"", "a@example.test", "name-error"},
		{strings.Repeat("å", 101), "a@example.test", "name-error"},
		{"Åsa\x00Öberg", "a@example.test", "name-error"},
		{"Åsa\u202eÖberg", "a@example.test", "name-error"},
		{"Åsa\u200bÖberg", "a@example.test", "name-error"},
		{"Kept Name", "", "email-error"},
		{"Kept Name", "nobody", "email-error"},
		{"Kept Name", "root@localhost", "email-error"},
		{"Kept Name", "a@[127.0.0.1]", "email-error"},
		{"Kept Name", "a@b.test, c@d.test", "email-error"},
		{"Kept Name", "a@b.test\r\nBcc: c@d.test", "email-error"},
		{"Kept Name", "Name <a@b.test>", "email-error"},
		{"Kept Name", strings.Repeat("a", 250) + "@b.test", "email-error"},
	} {
		g := x.post(x.browser(), at, url.Values{"name": {v.name}, "email": {v.email}, "language": {"sv"}})
		if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, `id="`+v.marked+`"`) {
			t.Errorf("%q %q: %d", v.name, v.email, g.StatusCode)
		}
		if v.name == "Kept Name" && !strings.Contains(g.body, `value="Kept Name"`) || v.marked == "name-error" && !strings.Contains(g.body, `value="a@example.test"`) {
			t.Errorf("%q %q: what was typed is gone", v.name, v.email)
		}
		if !strings.Contains(g.body, `value="sv" lang="sv" selected`) {
			t.Error("the language is gone")
		}
	}
	if len(x.orders) != orders {
		t.Error("something was registered")
	}
	if g := x.post(x.browser(), at, url.Values{"name": {strings.Repeat("a", bodyLimit+1)}}); g.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge form: %d", g.StatusCode)
	}
}

func TestSessionsThatTakeNobody(t *testing.T) {
	x := newSite(t)
	by := nextup.Actor{Role: nextup.RoleRecruiter, ID: "RECRUITER"}
	form := func(email string) url.Values {
		return url.Values{"name": {"Åsa"}, "email": {email}, "language": {"en"}}
	}
	x.open("FULL", time.Now().Add(time.Hour), 1)
	full := pathOf(x.server.links.SignUp("FULL"))
	x.post(x.browser(), full, form("in@example.test"))
	// A full session answers alike, whether the address has a place or not.
	known, unknown := x.post(x.browser(), full, form("in@example.test")), x.post(x.browser(), full, form("no@example.test"))
	if known.StatusCode != unknown.StatusCode || strings.ReplaceAll(known.body, "in@", "") != strings.ReplaceAll(unknown.body, "no@", "") || !strings.Contains(known.body, "Every place is taken") {
		t.Error(known.StatusCode, unknown.StatusCode)
	}
	// Who has a place gets his link again; who has none sees the same answer.
	x.mu.Lock()
	mails := len(x.sessions["FULL"].mails)
	x.mu.Unlock()
	a := x.post(x.browser(), full, url.Values{"again": {"1"}, "email": {"in@example.test"}})
	b := x.post(x.browser(), full, url.Values{"again": {"1"}, "email": {"no@example.test"}})
	if a.StatusCode != 200 || strings.ReplaceAll(a.body, "in@", "") != strings.ReplaceAll(b.body, "no@", "") {
		t.Error(a.StatusCode, b.StatusCode)
	}
	if got := len(x.sessions["FULL"].mails) - mails; got != 1 {
		t.Errorf("%d mails", got)
	}

	x.open("CANCELLED", time.Now().Add(time.Hour), 5)
	x.must("CANCELLED", by, nextup.Cancel{})
	x.open("CLOSED", time.Now(), 5)
	x.must("CLOSED", by, nextup.Close{})
	x.must("DRAFT", by, nextup.Create{Organisation: "O", Owner: "R", Settings: x.state().Settings}, nextup.Text{ID: nextup.TitleText, Body: "Secret plan"})
	for id, want := range map[nextup.SessionID]string{"CANCELLED": "are cancelled", "CLOSED": "are over", "DRAFT": "has not opened yet"} {
		at := pathOf(x.server.links.SignUp(id))
		for _, g := range []got{x.get(x.browser(), at), x.post(x.browser(), at, form("a@example.test")), x.post(x.browser(), at, url.Values{"again": {"1"}, "email": {"a@example.test"}})} {
			if !strings.Contains(g.body, want) || strings.Contains(g.body, "Secret plan") || strings.Contains(g.body, `id="name"`) {
				t.Errorf("%s: %d, does not say %q", id, g.StatusCode, want)
			}
		}
	}
	if g := x.get(x.browser(), pathOf(x.server.links.SignUp("NOWHERE"))); g.StatusCode != http.StatusNotFound {
		t.Error(g.StatusCode)
	}
}

func TestTenPlacesForAHundred(t *testing.T) {
	x := newSite(t)
	x.server.limits.signUp = newBuckets(1000, 1000)
	x.open("TEN", time.Now().Add(time.Hour), 10)
	at := pathOf(x.server.links.SignUp("TEN"))
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			// every address twice, at the same time
			body := strings.NewReader(url.Values{"name": {"N"}, "email": {fmt.Sprintf("n%d@example.test", n/2)}, "language": {"en"}}.Encode())
			resp, err := http.Post(x.http.URL+at, "application/x-www-form-urlencoded", body)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusConflict {
				t.Error(resp.StatusCode)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, id := range x.sessions["TEN"].state.Registered {
		email := x.sessions["TEN"].people[id.Person()].Email
		if seen[email] {
			t.Error("twice:", email)
		}
		seen[email] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d registered", len(seen))
	}
}

// Candidates read nothing of questions, traits, notes or other candidates; the
// same words are found in the interviewer's traffic, so the search can find them.
func TestCandidatesTraffic(t *testing.T) {
	x := newSite(t)
	one, two := x.candidate("CANDIDATE1", "Åsa Öberg"), x.candidate("CANDIDATE2", "PlantedOther")
	var candidate, interviewer strings.Builder
	at := pathOf(x.server.links.Candidate(x.session, one))
	k, _ := x.connect(x.browser(), at, "deviceC1")
	k.heard = &candidate
	k.command("check_in", "")
	k.say(`{"do":"presence","visible":true,"checked":true}`)
	k.command("confirm", "") // answered after the presence was taken in
	other, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, two)), "deviceC2")
	other.command("check_in", "")
	browser, room := x.letIn(x.first)
	i, _ := x.connect(browser, room, "deviceI1")
	i.heard = &interviewer
	i.command("enter", "")
	i.command("skip", `,"candidate":"CANDIDATE1","preset":"other","words":"PlantedReason"`)
	i.command("undo_skip", `,"candidate":"CANDIDATE1"`)
	i.command("next", `,"after":0`)
	k.command("acknowledge", `,"offer":1`)
	i.command("assess", `,"offer":1,"item":"note","note":"PlantedNote"`)
	i.command("assess", `,"offer":1,"item":"note","note":"late","revision":0`)
	i.command("end", `,"offer":1`)
	k.command("respond", `,"interest":"no","comment":"mine"`)
	for _, p := range []string{at, pathOf(x.server.links.SignUp(x.session)), at + "/live", at + "/sheet", at + "/assessments?offer=1", at + "/summary"} {
		g := x.get(x.browser(), p)
		candidate.WriteString(g.body + fmt.Sprint(g.Header))
	}
	for _, p := range []string{room, room + "/sheet", room + "/assessments?offer=1"} {
		interviewer.WriteString(x.get(browser, p).body)
	}
	for _, word := range append(planted, "PlantedOther", "CANDIDATE2") {
		if strings.Contains(candidate.String(), word) {
			t.Errorf("a candidate can read %s", word)
		}
		if word != "PlantedReason" && !strings.Contains(interviewer.String(), word) {
			t.Errorf("not even the interviewer can read %s: does the search work?", word)
		}
	}
	if !strings.Contains(candidate.String(), "Name of INTERVIEWER1") {
		t.Error("the candidate's traffic was not heard")
	}
	// What a view may hold is a closed list of types: numbers, choices, his interviewers' names, what is said to all.
	seen := map[string]bool{}
	view := reflect.TypeFor[nextup.CandidateView]()
	for n := range view.NumField() {
		f := view.Field(n)
		if f.Type.Kind() == reflect.String {
			seen[f.Name] = true
		}
		if f.Type == reflect.TypeFor[[]string]() && f.Name == "Panel" || f.Type == reflect.TypeFor[[]nextup.Mate]() && f.Name == "People" {
			continue // his interviewers
		}
		if k := f.Type.Kind(); k == reflect.Slice || k == reflect.Map || k == reflect.Interface {
			t.Errorf("CandidateView.%s is a list", f.Name)
		}
	}
	if fmt.Sprint(seen) != "map[Booked:true For:true Interest:true Line:true Moment:true With:true]" {
		t.Errorf("CandidateView holds the texts %v", seen)
	}
}

func TestBootData(t *testing.T) {
	x := newSite(t)
	id := x.candidate("CANDIDATE1", `Åsa </script><script>alert(1)</script> "Öberg"`)
	at := pathOf(x.server.links.Candidate(x.session, id))
	var c CandidateBoot
	boot(t, x.get(x.browser(), at).body, &c)
	if c.Role != "candidate" || c.Name != `Åsa </script><script>alert(1)</script> "Öberg"` || c.FirstName != "Åsa" || c.Title != "Warehouse worker" || c.Zone != "Europe/Stockholm" ||
		c.LengthMinutes != 60 || c.TalkMinutes != 10 || c.Live != at+"/live" || len(c.Catalogues) != 3 {
		t.Errorf("%+v", c)
	}
	if _, err := time.Parse(time.RFC3339, c.Start); err != nil {
		t.Error(err)
	}
	if g := x.get(x.browser(), c.Catalogues["nb"]); g.StatusCode != http.StatusOK {
		t.Error(g.StatusCode)
	}
	browser, room := x.letIn(x.first)
	var i InterviewerBoot
	boot(t, x.get(browser, room).body, &i)
	if i.Role != "interviewer" || i.Live != room+"/live" || i.Sheet != room+"/sheet" || i.Assessments != room+"/assessments" || i.Summary != room+"/summary" {
		t.Errorf("%+v", i)
	}
}

// boot reads the boot data as a browser does: up to the first </script>.
func boot(t *testing.T, page string, v any) {
	t.Helper()
	_, rest, ok := strings.Cut(page, `id="boot">`)
	if !ok {
		t.Fatal("no boot data")
	}
	text, _, _ := strings.Cut(rest, "</script")
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func TestPagesInEveryLanguage(t *testing.T) {
	x := newSite(t)
	id := x.candidate("CANDIDATE1", "Åsa")
	browser, room := x.letIn(x.first)
	for _, lang := range languages {
		for _, at := range []string{"/help", "/nowhere", pathOf(x.server.links.SignUp(x.session)), pathOf(x.server.links.Candidate(x.session, id)), room} {
			r, err := http.NewRequest(http.MethodGet, x.http.URL+at, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.AddCookie(&http.Cookie{Name: languageCookie, Value: lang})
			g := x.send(browser, r)
			if !strings.Contains(g.body, `<html lang="`+lang+`"`) || g.Header.Get("Content-Language") != lang {
				t.Errorf("%s in %s: %d", at, lang, g.StatusCode)
			}
			if m := regexp.MustCompile(` (style|on[a-z]+)=|<script>|javascript:`).FindString(g.body); m != "" {
				t.Errorf("%s: %q is refused by the policy", at, m)
			}
			for _, m := range regexp.MustCompile(`(?:src|href)="(/a/[^"#]+)`).FindAllStringSubmatch(g.body, -1) {
				if a := x.get(browser, m[1]); a.StatusCode != http.StatusOK {
					t.Errorf("%s loads %s: %d", at, m[1], a.StatusCode)
				}
			}
		}
	}
}

func TestAssets(t *testing.T) {
	x := newSite(t)
	at, err := x.server.assets.url("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	g := x.get(x.browser(), at) // Go's client asks for gzip and unpacks it
	if g.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || !g.Uncompressed || !strings.Contains(g.body, "--spark") || g.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Error(g.Header)
	}
	r, _ := http.NewRequest(http.MethodGet, x.http.URL+at, nil)
	r.Header.Set("Accept-Encoding", "identity, gzip;q=0")
	if plain := x.send(x.browser(), r); plain.body != g.body || plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Error(plain.Header)
	}
	if old := x.get(x.browser(), strings.Replace(at, x.server.assets.hash, "before", 1)); old.StatusCode != http.StatusOK || old.Header.Get("Cache-Control") != "no-store" {
		t.Error("a page from before an update:", old.StatusCode, old.Header.Get("Cache-Control"))
	}
	// Nothing but what browsers load.
	for _, p := range []string{"pages/layout.html", "mails/confirmation.txt", "i18n/front.sv.json", "embed.go", "js/tsconfig.json", "../routes.go", "js/", "vendor/inter/LICENSE"} {
		if g := x.get(x.browser(), "/a/"+x.server.assets.hash+"/"+p); g.StatusCode == http.StatusOK {
			t.Errorf("%s is served", p)
		}
	}
	// Pages hold secrets beside what a stranger chose: never compressed (BREACH).
	r, _ = http.NewRequest(http.MethodGet, x.http.URL+"/help", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if page := x.send(x.browser(), r); page.Header.Get("Content-Encoding") != "" {
		t.Error("a page is compressed")
	}
	again, err := readAssets(x.server.Files, x.server.texts)
	if err != nil || again.hash != x.server.assets.hash {
		t.Error("the hash is not the content's")
	}
}

// One line a request, without anybody in it.
func TestLogHoldsNothingPersonal(t *testing.T) {
	x := newSite(t)
	c := x.browser()
	x.post(c, pathOf(x.server.links.SignUp(x.session)), url.Values{"name": {"CanaryName"}, "email": {"canary@example.test"}, "language": {"en"}})
	id := x.state().Registered[0]
	x.get(c, pathOf(x.server.links.Candidate(x.session, id))+"?q=CanaryQuery")
	x.get(c, "/CanaryPath")
	x.letIn(x.first)
	r, _ := http.NewRequest("CANARY", x.http.URL+"/", nil)
	x.send(c, r)
	k, _ := x.connect(c, pathOf(x.server.links.Candidate(x.session, id)), "deviceCanary")
	k.say("CanaryFrame")
	k.closed()
	x.logLock.Lock()
	defer x.logLock.Unlock()
	text := x.log.String()
	if !strings.Contains(text, "GET /c/{token}") || !strings.Contains(text, "method=other") {
		t.Error("the requests are not in the log:", text)
	}
	for _, word := range []string{"anary", string(id), "SESSION1.", "127.0.0.1", x.server.links.PIN(x.session, x.first, 1)} {
		if strings.Contains(text, word) {
			t.Errorf("the log holds %q: %s", word, text)
		}
	}
}

func TestPanicEndsOneRequest(t *testing.T) {
	x := newSite(t)
	h := x.server.wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	r := httptest.NewRequest(http.MethodGet, x.http.URL+"/", nil)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if rec.Code != http.StatusInternalServerError || rec.Header().Get("Content-Security-Policy") == "" || strings.Contains(rec.Body.String(), "boom") {
		t.Error(rec.Code, rec.Header(), rec.Body.String())
	}
}

func TestClientAddress(t *testing.T) {
	s := &Server{Config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}}
	for _, v := range []struct{ remote, forwarded, want string }{
		{"203.0.113.7:1234", "", "203.0.113.7"},
		{"203.0.113.7:1234", "198.51.100.1", "203.0.113.7"}, // nobody trusts it
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "1.2.3.4, 198.51.100.1", "198.51.100.1"}, // the left part is the client's own invention
		{"10.0.0.1:1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"[::1]:1", "2001:db8::1", "2001:db8::1"},
		{"10.0.0.1:1", "nonsense", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = v.remote
		if v.forwarded != "" {
			r.Header.Set("X-Forwarded-For", v.forwarded)
		}
		if got := s.client(r).String(); got != v.want {
			t.Errorf("%+v: %s", v, got)
		}
	}
}

func TestLimitsByAddress(t *testing.T) {
	b := newBuckets(1, 3)
	now := time.Unix(1000, 0)
	one, neighbour, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("2001:db8:0:1::1")
	for n, v := range []struct {
		who  netip.Addr
		at   time.Time
		want bool
	}{
		{one, now, true}, {neighbour, now, true}, {one, now, true}, {one, now, false}, {neighbour, now, false}, // one network
		{other, now, true}, {one, now.Add(time.Second), true}, {one, now.Add(time.Second), false}, {netip.Addr{}, now, true},
	} {
		if got := b.allow(v.who, v.at); got != v.want {
			t.Errorf("%d: %v", n, got)
		}
	}
	b.allow(netip.MustParseAddr("192.0.2.1"), now.Add(time.Hour))
	if len(b.by) != 1 {
		t.Errorf("%d addresses are remembered", len(b.by))
	}
	x := newSite(t)
	x.server.limits.signUp = newBuckets(0.0001, 1)
	at := pathOf(x.server.links.SignUp(x.session))
	form := url.Values{"name": {"Kept Name"}, "email": {"a@example.test"}, "language": {"en"}}
	x.post(x.browser(), at, form)
	form.Set("email", "b@example.test")
	if g := x.post(x.browser(), at, form); g.StatusCode != http.StatusTooManyRequests || !strings.Contains(g.body, `value="Kept Name"`) || !strings.Contains(g.body, "Too many tries") {
		t.Error(g.StatusCode)
	}
}

func TestJobTextIsSafe(t *testing.T) {
	for typed, want := range map[string]string{
		"# Big\n\nLift **boxes**": "<h3>Big</h3>\n<p>Lift <strong>boxes</strong></p>\n",
		"one\ntwo":                "<p>one<br>\ntwo</p>\n",
		"<h1 class=x style='color:red'>Pasted</h1>":   "<h3>Pasted</h3>",
		"<script>alert(1)</script>after":              "after",
		"<b onclick=alert(1)>bold</b>":                "<p><b>bold</b></p>\n",
		"[x](javascript:alert(1))":                    "<p>x</p>\n",
		"<a href='jav&#x09;ascript:alert(1)'>x</a>":   "<p>x</p>\n",
		"![x](https://evil.test/pixel.gif)":           "<p></p>\n",
		"<img src=x onerror=alert(1)>":                "",
		"<svg onload=alert(1)><circle/></svg>end":     "<p>end</p>",
		"<iframe src=//evil.test></iframe>":           "",
		"<form action=//evil.test><input></form>text": "text",
		"<style>*{display:none}</style>text":          "text",
		"<div id=boot>x</div>":                        "<div>x</div>",
		"[nextup](https://example.test/a)":            `<p><a href="https://example.test/a" rel="nofollow noreferrer noopener" target="_blank">nextup</a></p>` + "\n",
		"mail me: a@example.test":                     `<p>mail me: <a href="mailto:a@example.test" rel="nofollow noreferrer">a@example.test</a></p>` + "\n",
		"<a href=/sign-out>x</a>":                     "<p>x</p>\n",
		"":                                            "",
	} {
		got, err := markdown(typed)
		if err != nil || strings.TrimSpace(string(got)) != strings.TrimSpace(want) {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestNewRefusesHalfAConfiguration(t *testing.T) {
	w := newWorld()
	whole := Config{Sessions: w, Media: w, Store: w, Key: make([]byte, 32), BaseURL: &url.URL{Scheme: "http", Host: "localhost:8080"}}
	for what, change := range map[string]func(*Config){
		"no sessions":    func(c *Config) { c.Sessions = nil },
		"no media":       func(c *Config) { c.Media = nil },
		"no store":       func(c *Config) { c.Store = nil },
		"a short key":    func(c *Config) { c.Key = []byte("short") },
		"no base URL":    func(c *Config) { c.BaseURL = nil },
		"another scheme": func(c *Config) { c.BaseURL = &url.URL{Scheme: "ftp", Host: "a"} },
		"a path":         func(c *Config) { c.BaseURL = &url.URL{Scheme: "http", Host: "a", Path: "/x"} },
	} {
		c := whole
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: started", what)
		}
	}
	s, err := New(whole)
	if err != nil {
		t.Fatal(err)
	}
	if h := s.HTTP(); h.ReadHeaderTimeout != 5*time.Second || h.MaxHeaderBytes != 16<<10 || h.ReadTimeout == 0 || h.IdleTimeout == 0 {
		t.Error("no limits")
	}
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
