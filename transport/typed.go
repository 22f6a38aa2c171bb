package transport

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fieldError is why a field cannot stay as it was typed: a catalogue key and the
// one number its text may name.
type fieldError struct {
	Key   string
	Count int
}

// faults are the errors of one form, by field. A field has one error: the first.
type faults map[string]*fieldError

func (f faults) add(field, key string, count int) {
	if f[field] == nil {
		f[field] = &fieldError{key, count}
	}
}

// line is a typed line of at most limit characters, without spaces around. What
// cannot be kept is given back as it is, to be corrected by who typed it.
func (f faults) line(field, typed string, limit int, needed bool) string {
	words := strings.TrimSpace(typed)
	switch n := utf8.RuneCountInString(words); {
	case words == "" && needed:
		f.add(field, "form.error.empty", 0)
	case n > limit:
		f.add(field, "form.error.long", limit)
	case !utf8.ValidString(words) || strings.ContainsFunc(words, hidden):
		f.add(field, "form.error.control", 0)
	}
	return visible(words)
}

// block is a typed text of several lines.
func (f faults) block(field, typed string, limit int) string {
	words := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	if utf8.RuneCountInString(words) > limit {
		f.add(field, "form.error.long", limit)
	}
	if !utf8.ValidString(words) || strings.ContainsFunc(words, func(r rune) bool { return hidden(r) && r != '\n' && r != '\t' }) {
		f.add(field, "form.error.control", 0)
	}
	return visible(words)
}

// hidden says whether a character is one that people cannot have meant to type:
// controls, and what turns the direction of the text around it.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) ||
		unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || r == utf8.RuneError
}

// visible shows hidden characters as what they are, so that they can be found and deleted.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) && r != '\n' && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, s)
}

// clip cuts what is only shown again, at a whole character.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[:limit]
	for len(s) > 0 && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
