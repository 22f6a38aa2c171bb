package transport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"nextup"
)

// languages are those that every text exists in. The first one is shown to
// somebody who asks for none of them.
var languages = []string{"en", "sv", "nb"}

const languageCookie = "nextup_lang" // scripts write it too (web/js/i18n.js)

// catalogues are all texts: for each language one flat map from key to words.
type catalogues struct {
	byLang map[string]map[string]string
	clash  []string // keys that two files of one language give different words
}

// readCatalogues merges the files of each language: "i18n/sv.json" and
// "i18n/candidate.sv.json" are both Swedish, the last part of the name says so.
func readCatalogues(files fs.FS) (*catalogues, error) {
	c := &catalogues{byLang: map[string]map[string]string{}}
	for _, l := range languages {
		c.byLang[l] = map[string]string{}
	}
	names, err := fs.Glob(files, "i18n/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		parts := strings.Split(strings.TrimSuffix(path.Base(name), ".json"), ".")
		all, ok := c.byLang[parts[len(parts)-1]]
		if !ok {
			return nil, fmt.Errorf("transport: %s: the name must end in a language", name)
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var some map[string]string
		if err := json.Unmarshal(b, &some); err != nil {
			return nil, fmt.Errorf("transport: %s: %w", name, err)
		}
		for key, words := range some {
			if before, there := all[key]; there && before != words {
				c.clash = append(c.clash, name+": "+key)
			}
			all[key] = words
		}
	}
	return c, nil
}

var errText = errors.New("transport: no such text")

// text is the words of a key with its {placeholders} filled; args are pairs of
// name and value. With a "count" the plural form of the language is taken:
// key.one, key.other. An unknown key is an error, so that a page which names one
// fails in a test and not in front of somebody.
func (c *catalogues) text(lang, key string, args ...any) (string, error) {
	if len(args)%2 != 0 {
		return "", fmt.Errorf("transport: text %s: arguments come in pairs", key)
	}
	all := c.byLang[lang]
	for i := 0; i < len(args); i += 2 {
		if args[i] == "count" {
			if n, ok := args[i+1].(int); ok {
				if form := key + "." + pluralForm(lang, n); all[form] != "" {
					key = form
				}
			}
		}
	}
	words, ok := all[key]
	if !ok {
		return "", fmt.Errorf("%w: %s in %s", errText, key, lang)
	}
	if len(args) == 0 {
		return words, nil
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i < len(args); i += 2 {
		pairs = append(pairs, "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1]))
	}
	// One pass: what is put in is never searched for placeholders.
	return strings.NewReplacer(pairs...).Replace(words), nil
}

// pluralForm is the CLDR plural category of a whole number.
func pluralForm(lang string, n int) string {
	if n < 0 {
		n = -n
	}
	if plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0) == plural.One {
		return "one"
	}
	return "other"
}

// argsJSON is text's arguments as scripts read them.
func argsJSON(args []any) (string, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	b, err := json.Marshal(m)
	return string(b), err
}

// Text is a catalogue's words, for mails; see web/i18n. An unknown key is returned as it is.
func (s *Server) Text(lang, key string, args ...any) string {
	words, err := s.texts.text(lang, key, args...)
	if err != nil {
		return key
	}
	return words
}

// matcher picks the best of our languages; "no" and "nn" get "nb", "da" gets it too rather than English.
var matcher = language.NewMatcher([]language.Tag{language.English, language.Swedish, language.MustParse("nb")})

// language is what the reader gets: what he chose on any page (the cookie), else
// his own (own, from his row; may be empty), else what his browser asks for.
func (s *Server) language(r *http.Request, own string) string {
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(languages, c.Value) {
		return c.Value
	}
	if slices.Contains(languages, own) {
		return own
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return languages[0]
	}
	_, i, sure := matcher.Match(tags...)
	if sure == language.No {
		return languages[0]
	}
	return languages[i]
}

// chooseLanguage is the language switch of somebody without scripts.
func (s *Server) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	lang := r.PostFormValue("lang")
	if !slices.Contains(languages, lang) {
		return nextup.Invalid("lang")
	}
	s.keepLanguage(w, lang)
	http.Redirect(w, r, here(r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}

// keepLanguage remembers a choice in the browser.
func (s *Server) keepLanguage(w http.ResponseWriter, lang string) {
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
		SameSite: http.SameSiteLaxMode, Secure: s.secure(),
	})
}

// here is a path on this server to go to, or "/" if next would lead away from it.
func here(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "":
		return "/"
	case !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t"):
		return "/"
	}
	return u.RequestURI()
}
