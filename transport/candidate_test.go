package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nextup"
)

// signUpForm is what somebody types who signs up.
func signUpForm(pairs ...string) url.Values {
	f := url.Values{"name": {"Åsa Öberg"}, "email": {"asa@example.test"}, "language": {"en"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// text puts words on a session that its recruiter would have typed.
func (x *site) text(id nextup.TextID, words string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sessions[x.session].texts[id] = words
}

// A candidate's side without a browser: what stands on the pages, and what forms do.
func TestCandidate(t *testing.T) {
	x := newSite(t)
	x.text(nextup.ContactText, "Maria, 040-12 34 56")
	x.text(nextup.AdText, "https://example.org/ad")
	signUp := pathOf(x.server.links.SignUp(x.session))

	t.Run("S3-31 S3-21 when, how long, who, the job, the data", func(t *testing.T) {
		page := x.get(x.browser(), signUp).body
		for _, want := range []string{
			"Warehouse worker", "Malmö stad", "<strong>boxes</strong>", "10 minutes", "Stockholm time", "Ends at", "are not recorded",
			"https://example.org/ad", "Maria, 040-12 34 56", `href="/privacy/`, `id="phone"`, `id="needs"`, `name="email"`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(page, `type="checkbox"`) || strings.Contains(page, `type="password"`) {
			t.Error("it asks for more than it needs")
		}
	})

	var id, other nextup.CandidateID
	t.Run("S3-31 S3-03 name and address are enough, and there is no password", func(t *testing.T) {
		c := x.browser()
		g := x.post(c, signUp, signUpForm())
		if g.StatusCode != http.StatusOK || len(g.Cookies()) != 0 {
			t.Fatal(g.StatusCode, g.Cookies())
		}
		id = x.state().Registered[0]
		if p := x.sessions[x.session].people[id.Person()]; p.Phone != "" || p.Notice != 1 {
			t.Errorf("%+v", p)
		}
		at := pathOf(x.server.links.Candidate(x.session, id))
		if g := x.get(x.browser(), at); g.StatusCode != http.StatusOK || len(g.Cookies()) != 0 || !strings.Contains(g.body, `id="boot"`) {
			t.Error("the link alone does not lead in:", g.StatusCode)
		}
		g = x.post(c, signUp, signUpForm("email", "ola@example.test", "name", "Ola Nordmann", "phone", " +47 (22) 33-44.55 ", "needs", "Tegnspråktolk,\r\ntakk"))
		other = x.state().Registered[1]
		if p := x.sessions[x.session].people[other.Person()]; g.StatusCode != http.StatusOK || p.Phone != "+47 (22) 33-44.55" {
			t.Error(g.StatusCode, p)
		}
		if words := x.sessions[x.session].texts[nextup.NeedsText(other)]; words != "Tegnspråktolk,\ntakk" {
			t.Errorf("needs are kept as %q", words)
		}
	})

	t.Run("S3-31 what cannot be a number or is too long is said, and stays", func(t *testing.T) {
		for field, typed := range map[string]string{"phone": "call me", "needs": strings.Repeat("å", 1001)} {
			g := x.post(x.browser(), signUp, signUpForm("email", "new@example.test", field, typed))
			if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, `id="`+field+`-error"`) || !strings.Contains(g.body, typed) {
				t.Errorf("%s: %d", field, g.StatusCode)
			}
		}
		for typed, want := range map[string]bool{
			"": true, "112 34": true, "040-12 34 56": true, "+46 40 12 34 56": true, "0046/40123456": true,
			"1234": false, "+1234567890123456": false, "12345a": false, "1+23456": false, "javascript:12345": false,
		} {
			if _, ok := typedPhone(typed); ok != want {
				t.Errorf("%q: %v", typed, ok)
			}
		}
	})

	t.Run("S3-33 twice is one place and a second mail, told to nobody", func(t *testing.T) {
		places, mails := len(x.state().Registered), len(x.sessions[x.session].mails)
		known := x.post(x.browser(), signUp, signUpForm("email", "ASA@example.test", "name", "Somebody Else", "phone", "112 34"))
		fresh := x.post(x.browser(), signUp, signUpForm("email", "new@example.test", "name", "Somebody Else"))
		if known.StatusCode != fresh.StatusCode || strings.ReplaceAll(known.body, "ASA@", "") != strings.ReplaceAll(fresh.body, "new@", "") {
			t.Error("the answer tells whether an address is registered")
		}
		if got := len(x.state().Registered) - places; got != 1 {
			t.Errorf("%d places", got)
		}
		if got := len(x.sessions[x.session].mails) - mails; got != 2 {
			t.Errorf("%d mails", got)
		}
		if p := x.sessions[x.session].people[id.Person()]; p.Name != "Åsa Öberg" || p.Phone != "" {
			t.Error("a stranger changed a registration:", p)
		}
	})

	t.Run("S3-42 ten minutes, the spam folder, and once more", func(t *testing.T) {
		g := x.post(x.browser(), signUp, signUpForm())
		for _, want := range []string{"10 minutes", "spam", "asa@example.test", `name="again"`} {
			if !strings.Contains(g.body, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
	})

	at := pathOf(x.server.links.Candidate(x.session, id))
	t.Run("S3-34 opened three times, by scanners too", func(t *testing.T) {
		version, orders := x.state().Version, len(x.orders)
		for range 3 {
			for _, p := range []string{at, at + "/details", at + "/details?done=mailed", signUp} {
				for _, ua := range []string{"curl/8.5.0", uaChrome, uaIE} {
					if g := x.as(ua, p); g.StatusCode != http.StatusOK {
						t.Error(p, g.StatusCode)
					}
				}
			}
		}
		if x.state().Version != version || len(x.orders) != orders {
			t.Error("opening changed something")
		}
	})

	t.Run("S3-24 the session's zone is named, and his own can be told", func(t *testing.T) {
		for _, p := range []string{signUp, at} {
			if g := x.get(x.browser(), p); !strings.Contains(g.body, "Stockholm time") {
				t.Errorf("%s does not name the zone", p)
			}
		}
		if g := x.get(x.browser(), signUp); !strings.Contains(g.body, "data-own-zone=") {
			t.Error("no place for his own clock")
		}
		var b CandidateBoot
		boot(t, x.get(x.browser(), at).body, &b)
		if b.City != "Stockholm" || !strings.HasPrefix(b.Offset, "UTC+") || fmt.Sprint(b.Interviewers) != "[Name of INTERVIEWER1 Name of INTERVIEWER2]" {
			t.Errorf("%+v", b)
		}
	})

	t.Run("S3-35 corrected on the personal page", func(t *testing.T) {
		at := pathOf(x.server.links.Candidate(x.session, other))
		page := x.get(x.browser(), at+"/details")
		for _, want := range []string{`value="Ola Nordmann"`, `value="ola@example.test"`, `id="withdraw"`} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the page does not hold %q", want)
			}
		}
		mails := len(x.sessions[x.session].mails)
		g := x.post(x.browser(), at+"/details", signUpForm("email", "Ola@example.test", "name", "Ola N. Berg", "phone", "040-65 43 21", "needs", "Hörslinga", "language", "sv"))
		if g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, g.body)
		}
		who := x.sessions[x.session].people[other.Person()]
		if who.Name != "Ola N. Berg" || who.Phone != "040-65 43 21" || who.Language != "sv" || who.Notice != 1 || x.sessions[x.session].texts[nextup.NeedsText(other)] != "Hörslinga" {
			t.Errorf("%+v", who)
		}
		if got := len(x.sessions[x.session].mails) - mails; got != 0 {
			t.Errorf("%d mails for a name", got)
		}
		// A new address gets the link: what was mistyped is found out.
		g = x.post(x.browser(), at+"/details", signUpForm("name", "Ola N. Berg", "email", "ola.berg@example.test"))
		if g.StatusCode != http.StatusSeeOther || !strings.HasSuffix(g.Header.Get("Location"), "?done=mailed") {
			t.Fatal(g.StatusCode, g.Header.Get("Location"))
		}
		if got := len(x.sessions[x.session].mails) - mails; got != 1 {
			t.Errorf("%d mails for an address", got)
		}
		// Somebody else's address is not taken, and not said to be somebody's.
		g = x.post(x.browser(), at+"/details", signUpForm("email", "asa@example.test"))
		if g.StatusCode != http.StatusConflict || !strings.Contains(g.body, `id="email-error"`) || strings.Contains(g.body, "registered already") {
			t.Error(g.StatusCode)
		}
		g = x.post(x.browser(), at+"/details", signUpForm("name", "", "email", "nobody"))
		if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, `id="name-error"`) || !strings.Contains(g.body, `value="nobody"`) {
			t.Error(g.StatusCode)
		}
	})

	t.Run("S3-35 withdrawn: the place is free again", func(t *testing.T) {
		taken := x.state().Taken()
		if g := x.post(x.browser(), at+"/withdraw", nil); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode)
		}
		if x.state().Taken() != taken-1 || x.state().Candidates[id].Status != nextup.StatusWithdrawn {
			t.Error("the place is not free")
		}
		page := x.get(x.browser(), at+"/details")
		if page.StatusCode != http.StatusOK || strings.Contains(page.body, `id="withdraw"`) || strings.Contains(page.body, `id="email"`) {
			t.Error("a registration that is given back can still be changed")
		}
		if g := x.post(x.browser(), at+"/details", signUpForm("name", "Changed")); g.StatusCode == http.StatusSeeOther {
			t.Error("changed after all")
		}
	})

	t.Run("S3-01 nothing but a whole link leads anywhere", func(t *testing.T) {
		wrong := x.get(x.browser(), "/c/nobody")
		almost := at[:len(at)-1] + "A"
		if almost == at {
			almost = at[:len(at)-1] + "Q"
		}
		for _, p := range []string{
			"/", "/s/", "/c/", "/s/SESSION1", "/c/SESSION1.CANDIDATE1", signUp[:len(signUp)-1], at[:len(at)-1], almost, almost + "/details",
			"/c/" + strings.TrimPrefix(signUp, "/s/"), "/s/" + strings.TrimPrefix(at, "/c/"), "/sessions/SESSION1", "/s", "/sitemap.xml", "/robots.txt",
		} {
			g := x.get(x.browser(), p)
			if strings.Contains(g.body, "Warehouse") || strings.Contains(g.body, "Åsa") {
				t.Errorf("%s shows the session", p)
			}
			if p != "/" && g.StatusCode != http.StatusSeeOther && (g.StatusCode != http.StatusNotFound || headlineOf(g.body) != headlineOf(wrong.body)) {
				t.Errorf("%s is %d, not the neutral page", p, g.StatusCode)
			}
			if g.Header.Get("X-Robots-Tag") != "noindex, nofollow" {
				t.Errorf("%s may be listed by a search engine", p)
			}
		}
	})
}

// headlineOf is a page's first heading.
func headlineOf(page string) string {
	_, rest, _ := strings.Cut(page, "<h1>")
	h, _, _ := strings.Cut(rest, "</h1>")
	return h
}

// A page of a session that is over still says so to whoever has a link.
func TestDetailsOfAnEndedSession(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	x.must(x.session, nextup.Actor{Role: nextup.RoleRecruiter, ID: "RECRUITER"}, nextup.Cancel{})
	g := x.get(x.browser(), at+"/details")
	if g.StatusCode != http.StatusOK || strings.Contains(g.body, `id="email"`) || !strings.Contains(g.body, "no longer be changed") {
		t.Error(g.StatusCode)
	}
}
