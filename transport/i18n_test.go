package transport

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/web"
)

var placeholder = regexp.MustCompile(`\{\w+\}`)

// forms of a plural must name the same things, but "one" may leave the count out.
func placeholders(text string) []string {
	p := placeholder.FindAllString(text, -1)
	slices.Sort(p)
	return slices.Compact(p)
}

func TestEveryTextInEveryLanguage(t *testing.T) {
	c, err := readCatalogues(web.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.clash {
		t.Errorf("two files give different words: %s", key)
	}
	all := map[string]bool{}
	for _, lang := range languages {
		if len(c.byLang[lang]) < 100 {
			t.Errorf("%s has %d texts only", lang, len(c.byLang[lang]))
		}
		for key, words := range c.byLang[lang] {
			all[key] = true
			if strings.TrimSpace(words) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
		}
	}
	for key := range all {
		want := placeholders(c.byLang["en"][key])
		for _, lang := range languages {
			words, ok := c.byLang[lang][key]
			if !ok {
				t.Errorf("%s has no %s", lang, key)
				continue
			}
			if got := placeholders(words); !slices.Equal(got, want) && !strings.HasSuffix(key, ".one") {
				t.Errorf("%s: %s names %v, English names %v", lang, key, got, want)
			}
			if base, plural := strings.CutSuffix(key, ".one"); plural && c.byLang[lang][base+".other"] == "" {
				t.Errorf("%s: %s has no .other", lang, key)
			}
		}
	}
}

// codes reads the constants of nextup's error.go, so that a new one cannot be forgotten here.
func codes(t *testing.T) []nextup.Code {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []nextup.Code
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Names) != 1 || !strings.HasPrefix(v.Names[0].Name, "Code") || len(v.Values) != 1 {
			return true
		}
		if lit, ok := v.Values[0].(*ast.BasicLit); ok {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, nextup.Code(s))
		}
		return true
	})
	if len(list) < 27 || !slices.Contains(list, nextup.CodeTooMany) {
		t.Fatalf("found only %v", list)
	}
	return list
}

func TestEveryRefusalHasTextAndStatus(t *testing.T) {
	c, err := readCatalogues(web.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range append(codes(t), codeTooLarge, codeFault) {
		if statuses[code] < 400 {
			t.Errorf("%s has no status", code)
		}
		for _, lang := range languages {
			if c.byLang[lang]["error."+string(code)] == "" {
				t.Errorf("%s: no text for error.%s", lang, code)
			}
		}
	}
}

// Every text that a page or a script names in so many words exists.
func TestTextsThatAreNamedExist(t *testing.T) {
	c, err := readCatalogues(web.Files)
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:\{\{-?\s*(?:t|text)\s+|\((?:t|text)\s+|data-i18n="|\bt\(|\bplural\(|\bsay\([^,()]+,\s*)"([a-z][\w]*\.[\w.]+)"`)
	found := 0
	err = fs.WalkDir(web.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || (!strings.HasPrefix(name, "pages/") && !strings.HasPrefix(name, "js/")) {
			return err
		}
		b, err := fs.ReadFile(web.Files, name)
		if err != nil {
			return err
		}
		if name == "pages/layout.html" { // its opening comment has examples
			_, rest, _ := strings.Cut(string(b), "*/}}")
			b = []byte(rest)
		}
		for _, m := range named.FindAllSubmatch(b, -1) {
			key := string(m[1])
			found++
			_, plain := c.byLang["en"][key]
			_, counted := c.byLang["en"][key+".other"]
			if !plain && !counted {
				t.Errorf("%s names %s, which does not exist", name, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 50 {
		t.Errorf("only %d texts found: does the expression still fit the pages?", found)
	}
}

func TestPluralsAndPlaceholders(t *testing.T) {
	c, err := readCatalogues(web.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"sv", "common.minutes", []any{"count", 1}, "1 minut"},
		{"sv", "common.minutes", []any{"count", 0}, "0 minuter"},
		{"nb", "common.minutes", []any{"count", 2}, "2 minutter"},
		{"en", "common.minutes", []any{"count", 1}, "1 minute"},
		{"en", "pin.hello", []any{"name", "{count}<b>"}, "Hello {count}<b>. Enter your PIN code"}, // what is put in is not looked at
	} {
		got, err := c.text(v.lang, v.key, v.args...)
		if err != nil || got != v.want {
			t.Errorf("%s %s: %q, %v, want %q", v.lang, v.key, got, err, v.want)
		}
	}
	if _, err := c.text("en", "no.such.key"); err == nil {
		t.Error("an unknown key passed")
	}
	if _, err := c.text("en", "pin.hello", "name"); err == nil {
		t.Error("half a pair passed")
	}
}

func TestTimesInWords(t *testing.T) {
	c, err := readCatalogues(web.Files)
	if err != nil {
		t.Fatal(err)
	}
	at := in(time.Date(2026, 11, 24, 12, 5, 0, 0, time.UTC), "Europe/Stockholm")
	for _, v := range []struct{ lang, format, want string }{
		{"sv", "full", "tisdag 24 november 2026, 13:05"},
		{"en", "full", "Tuesday 24 November 2026, 13:05"},
		{"nb", "full", "tirsdag 24. november 2026, 13:05"},
		{"en", "clock", "13:05"},
		{"sv", "date", "tisdag 24 november"},
		{"nb", "date", "tirsdag 24. november"},
	} {
		got, err := c.when(v.lang, at, v.format)
		if err != nil || got != v.want {
			t.Errorf("%s %s: %q, %v, want %q", v.lang, v.format, got, err, v.want)
		}
	}
	if city(at) != "Stockholm" || offset(at) != "UTC+1" || offset(in(at, "America/St_Johns")) != "UTC−3:30" || city(in(at, "America/New_York")) != "New York" {
		t.Error(city(at), offset(at), offset(in(at, "America/St_Johns")))
	}
	summer := in(time.Date(2027, 7, 1, 12, 0, 0, 0, time.UTC), "Europe/Oslo")
	if offset(summer) != "UTC+2" {
		t.Error(offset(summer))
	}
}

func TestLanguageOfAReader(t *testing.T) {
	x := newSite(t)
	for _, v := range []struct{ cookie, own, accept, want string }{
		{"", "", "", "en"},
		{"", "", "sv-SE,sv;q=0.9,en;q=0.8", "sv"},
		{"", "", "nb-NO", "nb"},
		{"", "", "no", "nb"},
		{"", "", "nn-NO,nn", "nb"},
		{"", "", "de-DE,fr", "en"},
		{"", "", "fr,sv;q=0.5", "sv"},
		{"", "", ";;;=", "en"},
		{"", "nb", "sv", "nb"},
		{"sv", "nb", "en", "sv"},
		{"xx", "nb", "en", "nb"},
		{"", "xx", "sv", "sv"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", v.accept)
		if v.cookie != "" {
			r.AddCookie(&http.Cookie{Name: languageCookie, Value: v.cookie})
		}
		if got := x.server.language(r, v.own); got != v.want {
			t.Errorf("%+v: %s", v, got)
		}
	}
}

func TestLanguageSwitchStaysHere(t *testing.T) {
	x := newSite(t)
	for next, want := range map[string]string{
		"/s/abc?x=1":           "/s/abc?x=1",
		"":                     "/",
		"//evil.test":          "/",
		"/\\evil.test":         "/",
		"https://evil.test/":   "/",
		"javascript:alert(1)":  "/",
		"evil.test":            "/",
		"/a\r\nSet-Cookie: x":  "/",
		"/\t/evil.test":        "/",
		"///evil.test":         "/",
		"/c/x#//evil":          "/c/x",
		"/%2f/evil.test":       "/%2f/evil.test",
		"http:/evil":           "/",
		"/@evil.test":          "/@evil.test",
		"\x00/evil":            "/",
		"/i/t?next=//evil.org": "/i/t?next=//evil.org",
	} {
		g := x.post(x.browser(), "/language", url.Values{"lang": {"sv"}, "next": {next}})
		if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != want {
			t.Errorf("%q: %d %q, want %q", next, g.StatusCode, g.Header.Get("Location"), want)
		}
	}
	if g := x.post(x.browser(), "/language", url.Values{"lang": {"de"}}); g.StatusCode != http.StatusUnprocessableEntity {
		t.Error("German:", g.StatusCode)
	}
	c := x.browser()
	x.post(c, "/language", url.Values{"lang": {"nb"}, "next": {"/"}})
	if g := x.get(c, "/help"); !strings.Contains(g.body, `<html lang="nb"`) {
		t.Error("the choice was not kept")
	}
}

// Nobody writes words into a page or script that cannot be switched.
func TestCataloguesAreServedWhole(t *testing.T) {
	x := newSite(t)
	for _, lang := range languages {
		at, err := x.server.assets.url("i18n/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		g := x.get(x.browser(), at)
		if g.StatusCode != http.StatusOK || !strings.Contains(g.body, `"error.unknown"`) || !strings.Contains(g.body, `"layout.skip"`) {
			t.Errorf("%s: %d, %d bytes", lang, g.StatusCode, len(g.body))
		}
	}
	if _, err := os.Stat("../web/i18n"); err != nil {
		t.Fatal(err)
	}
}
