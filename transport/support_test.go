package transport

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nextup"
	"nextup/transport/mail"
)

var testSupport = &Support{
	Phone: map[string]string{"": "0771-508 508", "nb": "+47 800 00 000"},
	Mail:  map[string]string{"": "help@operator.test"},
	Text:  map[string]string{"sv": "Säg ”teknisk support”", "en": "Say “technical support”", "nb": "Si «teknisk støtte»"},
}

// supported is what the foot of a page or letter must say in a language.
var supported = map[string][]string{
	"sv": {"0771-508 508", "help@operator.test", "Säg ”teknisk support”"},
	"en": {"0771-508 508", "help@operator.test", "Say “technical support”"},
	"nb": {"+47 800 00 000", "help@operator.test", "Si «teknisk støtte»"},
}

// Whom to ask stands at the foot of every page there is, of every refusal and of
// every letter, in its language; and every page leads to help and to what is said
// on personal data.
func TestSupport(t *testing.T) {
	d := newDesks(t, func(c *Config) { c.Support = testSupport })
	candidate := d.candidate("CANDIDATE1", "Åsa")
	room, _ := d.letIn(d.first)
	desk := d.signedIn(d.maria.Email)

	foot := func(t *testing.T, what, lang string, g got) {
		t.Helper()
		page := parse(t, g)
		if got := page.one("html").attr("lang"); got != lang {
			t.Errorf("%s: the page is in %q, want %q", what, got, lang)
		}
		f := page.one("footer", "class", "help")
		if next := f.NextSibling; next != nil && next.NextSibling != nil {
			t.Errorf("%s: the foot is not the last thing on the page", what)
		}
		line := f.one("span", "class", "help__lang", "lang", lang).text()
		for _, want := range supported[lang] {
			if !strings.Contains(line, want) {
				t.Errorf("%s in %s: the foot says %q, not %q", what, lang, line, want)
			}
		}
		if len(page.all("a", "href", "/help")) == 0 {
			t.Errorf("%s: no way to the help page", what)
		}
		if len(f.all("a", "href", "/privacy")) != 1 {
			t.Errorf("%s: no way to the privacy notice", what)
		}
	}

	t.Run("S3-59 on every page", func(t *testing.T) {
		pages := 0
		for _, lang := range languages {
			for _, pattern := range routePatterns(t) {
				if method, _, ok := strings.Cut(pattern, " "); ok && method != http.MethodGet {
					continue
				}
				_, path := d.filled(pattern, candidate)
				browser := desk
				switch {
				case strings.HasPrefix(path, "/i/"):
					browser = room
				case path == "/" || path == "/sign-in":
					browser = d.browser()
				}
				d.post(browser, "/language", url.Values{"lang": {lang}, "next": {"/"}})
				g := d.get(browser, path)
				if !strings.HasPrefix(g.Header.Get("Content-Type"), "text/html") || g.StatusCode/100 == 3 {
					continue
				}
				pages++
				foot(t, pattern, lang, g)
			}
		}
		if pages < 3*20 {
			t.Errorf("only %d pages were looked at", pages)
		}
	})

	t.Run("S3-59 S3-07 on error pages, in the reader's language", func(t *testing.T) {
		c, err := readCatalogues(d.server.Files)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range languages {
			b := d.browser()
			d.post(b, "/language", url.Values{"lang": {lang}, "next": {"/"}})
			foreign, _ := http.NewRequest(http.MethodPost, d.http.URL+"/sign-in", nil)
			foreign.Header.Set("Sec-Fetch-Site", "cross-site")
			big, _ := http.NewRequest(http.MethodPost, d.http.URL+"/sign-in", strings.NewReader("email="+strings.Repeat("a", bodyLimit+1)))
			big.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for what, v := range map[string]struct {
				g      got
				status int
				key    string
			}{
				"nowhere":      {d.get(b, "/no/such/page"), http.StatusNotFound, "error.unknown"},
				"another site": {d.send(b, foreign), http.StatusForbidden, "error.forbidden"},
				"too large":    {d.send(b, big), http.StatusRequestEntityTooLarge, "error.too_large"},
			} {
				if v.g.StatusCode != v.status {
					t.Errorf("%s: %d, want %d", what, v.g.StatusCode, v.status)
					continue
				}
				foot(t, what, lang, v.g)
				if words := c.byLang[lang][v.key]; !strings.Contains(parse(t, v.g).one("main").text(), strings.Join(strings.Fields(words), " ")) {
					t.Errorf("%s in %s does not say %q", what, lang, words)
				}
			}
		}
	})

	t.Run("S3-59 in every letter", func(t *testing.T) {
		for _, lang := range languages {
			for _, kind := range []nextup.MailKind{
				nextup.MailConfirmation, nextup.MailInvitation, nextup.MailChange, nextup.MailCancellation, nextup.MailWithdrawal,
				nextup.MailReminder, nextup.MailSignUp, mail.AccountJoin, mail.AccountKnown, mail.AccountReset,
			} {
				l := mail.Letter{
					Kind: kind, To: "a@example.test", Language: lang, Organisation: "Malmö stad", Title: "Lager", Zone: "Europe/Stockholm",
					Link: "https://example.test/x", Support: d.server.supportLine(lang),
				}
				words, err := l.Compose()
				if err != nil {
					t.Errorf("%s: %v", kind, err)
					continue
				}
				for _, want := range supported[lang] {
					end := words.Text[strings.LastIndex(words.Text, "\n-- "):]
					if !strings.Contains(end, want) || !strings.Contains(html.UnescapeString(words.HTML), want) {
						t.Errorf("%s in %s does not end with %q: %q", kind, lang, want, end)
					}
				}
				if strings.Contains(words.Subject+words.Text, "mail."+strings.SplitN(string(kind), ".", 2)[0]) {
					t.Errorf("%s in %s lacks words: %s", kind, lang, words.Text)
				}
			}
		}
		// The real letters are given the line.
		n, err := d.server.Sessions.Look(t.Context(), d.session)
		if err != nil {
			t.Fatal(err)
		}
		l, err := d.server.Letter(t.Context(), n.ID, nextup.Mail{Kind: nextup.MailConfirmation, Person: candidate.Person()})
		if err != nil || !strings.Contains(l.Support, "0771-508 508") {
			t.Errorf("the confirmation's line is %q, %v", l.Support, err)
		}
	})
}

// The help page answers questions without signing in, in every language, and is
// found by its anchors without scripts.
func TestHelp(t *testing.T) {
	x := newSite(t)
	for _, lang := range languages {
		b := x.browser()
		x.post(b, "/language", url.Values{"lang": {lang}, "next": {"/"}})
		g := x.get(b, "/help")
		page := parse(t, g)
		t.Run("S3-60 questions and answers in "+lang, func(t *testing.T) {
			if g.StatusCode != http.StatusOK {
				t.Fatal(g.StatusCode)
			}
			ids := map[string]bool{}
			for _, e := range page.all("") {
				if id := e.attr("id"); id != "" {
					if ids[id] {
						t.Errorf("two elements are called %s", id)
					}
					ids[id] = true
				}
			}
			links := 0
			for _, a := range page.one("nav", "class", "contents").all("a") {
				links++
				if id, ok := strings.CutPrefix(a.attr("href"), "#"); !ok || !ids[id] {
					t.Errorf("the contents lead to %s, which is not there", a.attr("href"))
				}
			}
			if links < 40 {
				t.Errorf("only %d entries in the contents", links)
			}
			for _, section := range []string{"booking", "inviting", "technology", "editing", "during", "after"} {
				s := page.one("section", "id", section)
				if len(s.all("h3")) < 3 {
					t.Errorf("%s has %d questions", section, len(s.all("h3")))
				}
				for _, p := range s.all("p") {
					if len(p.text()) < 20 {
						t.Errorf("an answer in %s is %q", section, p.text())
					}
				}
			}
		})
	}
}
