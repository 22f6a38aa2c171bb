package transport

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Every recruiter's page renders in every language without a missing text, with
// nothing the Content-Security-Policy would refuse.
func TestRecruitersPagesInEveryLanguage(t *testing.T) {
	d := newDesks(t)
	d.office.setUp, d.office.expires = setUpHash("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), d.server.Now().Add(SetUpTime)
	maria := d.signedIn("maria@example.test")
	stranger := d.browser()
	edit := "/sessions/SESSION1/edit"
	d.made(d.post(maria, edit, with(parse(t, d.get(maria, edit)).one("form", "action", edit).fields("save"), "talk", "12", "title", "Another")))
	copied := d.post(maria, "/sessions/SESSION1/copy", nil).Header.Get("Location")
	for _, lang := range languages {
		for path, c := range map[string]*http.Client{
			"/": stranger, "/sign-in": stranger, "/setup/ABCDEFGHIJKLMNOPQRSTUVWXYZ": stranger,
			"/sessions": maria, "/sessions/new": maria, "/sessions/SESSION1": maria, "/sessions/SESSION1/edit": maria,
			"/sessions/SESSION1/changes": maria, "/sessions/SESSION1/preview": maria, "/sessions/SESSION1/remove": maria, copied: maria, "/sessions?archive=1&q=x": maria,
			"/sessions/SESSION1/summary": maria, "/outbox": maria,
		} {
			base, _ := url.Parse(d.http.URL)
			c.Jar.SetCookies(base, []*http.Cookie{{Name: languageCookie, Value: lang, Path: "/"}})
			g := d.get(c, path)
			if g.StatusCode != http.StatusOK {
				t.Errorf("%s %s: %d", lang, path, g.StatusCode)
				continue
			}
			page := parse(t, g)
			if got := page.one("html").attr("lang"); got != lang {
				t.Errorf("%s %s is in %s", lang, path, got)
			}
			if len(page.all("h1")) != 1 {
				t.Errorf("%s %s: %d h1", lang, path, len(page.all("h1")))
			}
			ids := map[string]bool{}
			for _, e := range page.all("") {
				for _, a := range e.Attr {
					if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
						t.Errorf("%s %s: <%s %s>", lang, path, e.Data, a.Key)
					}
					if a.Key == "id" {
						if ids[a.Val] {
							t.Errorf("%s %s: id %q twice", lang, path, a.Val)
						}
						ids[a.Val] = true
					}
				}
				if e.Data == "script" && e.attr("src") == "" && e.attr("type") != "application/json" {
					t.Errorf("%s %s: a script in the page", lang, path)
				}
				if e.has("data-i18n") {
					for n := range e.ChildNodes() {
						if n.Data != "" && n.FirstChild != nil {
							t.Errorf("%s %s: data-i18n=%q is no leaf", lang, path, e.attr("data-i18n"))
						}
					}
				}
			}
			for _, e := range page.all("") {
				for _, key := range []string{"aria-describedby", "aria-labelledby", "for"} {
					for id := range strings.FieldsSeq(e.attr(key)) {
						if !ids[id] {
							t.Errorf("%s %s: %s names %q, which is not there", lang, path, key, id)
						}
					}
				}
			}
		}
	}
}
