package transport

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"strings"
	"sync"
	syntax "text/template/parse"
	"time"
)

// Page is what a page of package web is given; web/pages/layout.html says how a
// page file is built. The zero value is a page for a stranger.
type Page struct {
	Lang    string   // "sv", "en" or "nb"; empty: the reader's choice (see language)
	Path    string   // path and query to come back to after a language switch; empty: the request's own
	Home    string   // where the logo leads; empty: "/"
	Nav     []Nav    // the main menu; empty for everybody but recruiters
	User    *User    // the signed-in recruiter; nil for everybody else
	Support *Support // whom to ask; nil: the configured one
	Boot    any      // for scripts, in <script type="application/json" id="boot">{{.Boot}}</script>; must marshal to JSON
	View    any      // the page's own
}

// Nav is one entry of the main menu.
type Nav struct {
	Href    string
	Key     string // its words in the catalogue
	Current bool
}

// User is the signed-in recruiter as the top bar shows him.
type User struct {
	Name     string
	Initials string
	Tone     string // colour of the initials: "a", "b" or "c"
}

// page is one page file in every language, made when it is first wanted. The functions
// it calls know their language, so rendering is a single Execute.
type page map[string]func() (*template.Template, error)

// readPages parses every page, and the layout and the parts that pages share. Each is
// parsed once, so that a server starts quickly; the languages have copies.
func (s *Server) readPages() (map[string]*page, error) {
	const layout, parts = "pages/layout.html", "pages/parts/*.html"
	files, err := fs.Glob(s.Files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	shared, err := s.parse(nil, layout, parts)
	if err != nil {
		return nil, err
	}
	pages := map[string]*page{}
	var faults []error
	for _, file := range files {
		if file == layout {
			continue
		}
		trees, err := s.parse(shared, file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		p := page{}
		for _, lang := range languages {
			p[lang] = sync.OnceValues(func() (*template.Template, error) { return s.pageIn(lang, trees) })
		}
		pages[path.Base(file)] = &p
	}
	return pages, errors.Join(faults...)
}

// parse reads the templates in some files, over others that they may replace.
func (s *Server) parse(over map[string]*syntax.Tree, files ...string) (map[string]*syntax.Tree, error) {
	t, err := template.New("").Funcs(s.funcs(languages[0])).ParseFS(s.Files, files...)
	if err != nil {
		return nil, fmt.Errorf("transport: page: %w", err)
	}
	trees := maps.Clone(over)
	if trees == nil {
		trees = map[string]*syntax.Tree{}
	}
	for _, t := range t.Templates() {
		if _, there := trees[t.Name()]; t.Tree == nil || there && syntax.IsEmptyTree(t.Tree.Root) {
			continue // nothing replaces nothing, as in package template
		}
		trees[t.Name()] = t.Tree
	}
	return trees, nil
}

// pageIn makes a page in one language.
func (s *Server) pageIn(lang string, trees map[string]*syntax.Tree) (*template.Template, error) {
	t := template.New("").Funcs(s.funcs(lang)).Option("missingkey=error")
	for name, tree := range trees {
		if _, err := t.AddParseTree(name, tree.Copy()); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// render writes a page. It is built in memory first: a page that fails half-way
// is never sent.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, p Page) error {
	p.Lang = s.language(r, p.Lang)
	if p.Path == "" {
		p.Path = r.URL.RequestURI()
	}
	if p.Home == "" {
		p.Home = "/"
	}
	if p.Support == nil {
		p.Support = s.Support
	}
	set, ok := s.pages[name]
	if !ok {
		return fmt.Errorf("transport: no page %s", name)
	}
	t, err := (*set)[p.Lang]()
	if err != nil {
		return fmt.Errorf("transport: page %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "page", p); err != nil {
		return fmt.Errorf("transport: page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang)
	h.Set("Cache-Control", "no-store") // personal, and words follow the language
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a reader that went away is nobody's fault
	return nil
}

// funcs are what pages may call, in one language.
func (s *Server) funcs(lang string) template.FuncMap {
	return template.FuncMap{
		"t": func(key string, args ...any) (string, error) {
			return s.texts.text(lang, key, args...)
		},
		"text": func(key string, args ...any) (template.HTML, error) {
			return s.span(lang, key, args...)
		},
		"phrase": func(p phrase) (template.HTML, error) {
			return s.span(lang, p.Key, p.Args...)
		},
		"when": func(at time.Time, format string) (template.HTML, error) {
			words, err := s.texts.when(lang, at, format)
			if err != nil {
				return "", err
			}
			return timeElement(at, format, words), nil
		},
		"zone": func(at time.Time) (template.HTML, error) {
			return s.span(lang, "time.zone", "city", city(at), "offset", offset(at))
		},
		"duration": func(d time.Duration) (template.HTML, error) {
			return s.duration(lang, d)
		},
		"icon":     s.icon,
		"asset":    s.assets.url,
		"markdown": markdown,
		"lower":    strings.ToLower,
	}
}

// span is a text that a language switch rewrites in place.
func (s *Server) span(lang, key string, args ...any) (template.HTML, error) {
	words, err := s.texts.text(lang, key, args...)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`<span data-i18n="` + template.HTMLEscapeString(key) + `"`)
	if len(args) > 0 {
		values, err := argsJSON(args)
		if err != nil {
			return "", err
		}
		b.WriteString(` data-i18n-args="` + template.HTMLEscapeString(values) + `"`)
	}
	b.WriteString(`>` + template.HTMLEscapeString(words) + `</span>`)
	return template.HTML(b.String()), nil //nolint:gosec // every part is escaped above
}

// icon is a drawing of the sprite, hidden from screen readers: a word always stands beside it.
func (s *Server) icon(name string) (template.HTML, error) {
	sprite, err := s.assets.url("icons/icons.svg")
	if err != nil {
		return "", err
	}
	href := template.HTMLEscapeString(sprite + "#" + name)
	return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + href + `"/></svg>`), nil //nolint:gosec // escaped above
}

// duration is a length of time in words: minutes below two hours, hours and minutes above.
func (s *Server) duration(lang string, d time.Duration) (template.HTML, error) {
	minutes := int(d.Round(time.Minute) / time.Minute)
	if minutes < 120 {
		return s.span(lang, "common.minutes", "count", minutes)
	}
	hours, err := s.span(lang, "time.hours", "count", minutes/60)
	if err != nil || minutes%60 == 0 {
		return hours, err
	}
	rest, err := s.span(lang, "common.minutes", "count", minutes%60)
	return hours + " " + rest, err
}
