package transport

import (
	"html/template"
	"slices"
	"strings"
)

// Support is whom to ask for technical help, each by language; "" is for those
// that are not named. Any may be missing.
type Support struct {
	Phone map[string]string
	Mail  map[string]string
	Text  map[string]string // how to find one's way there: what to say, when it is open
}

// Empty says that nobody is named at all.
func (s Support) Empty() bool { return len(s.Phone)+len(s.Mail)+len(s.Text) == 0 }

// SupportLine is what one language says.
type SupportLine struct {
	Lang  string
	Phone string
	Mail  string
	Text  string
}

// In is what is said in a language.
func (s Support) In(lang string) SupportLine {
	pick := func(m map[string]string) string {
		if v, ok := m[lang]; ok {
			return v
		}
		return m[""]
	}
	return SupportLine{lang, pick(s.Phone), pick(s.Mail), pick(s.Text)}
}

// All is every language's line. A page holds them all and its style sheet shows the
// one of its language, so that a language switch need not ask the server.
func (s Support) All() []SupportLine {
	var all []SupportLine
	for _, lang := range languages {
		if l := s.In(lang); l.Phone+l.Mail+l.Text != "" {
			all = append(all, l)
		}
	}
	return all
}

// Dial is a telephone number as an address (RFC 3966).
func (l SupportLine) Dial() template.URL {
	//nolint:gosec // digits and plus signs only
	return template.URL("tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, l.Phone))
}

// supportLine is the line at the foot of a letter.
func (s *Server) supportLine(lang string) string {
	if s.Support == nil {
		return ""
	}
	if !knownLanguage(lang) {
		lang = languages[0]
	}
	l := s.Support.In(lang)
	var parts []string
	if l.Phone != "" {
		parts = append(parts, s.Text(lang, "layout.support", "phone", l.Phone))
	}
	if l.Mail != "" {
		parts = append(parts, l.Mail)
	}
	if l.Text != "" {
		parts = append(parts, l.Text)
	}
	return strings.Join(parts, " · ")
}

// Languages are those that every text exists in.
func Languages() []string { return slices.Clone(languages) }
