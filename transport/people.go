package transport

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"nextup"
)

// Limits of what people type, in characters.
const (
	maxName  = 100
	maxWords = 4000 // notes, comments, reasons
)

// newCommand is the ID of a command that a form without scripts gives.
func newCommand() nextup.CommandID { return nextup.CommandID(rand.Text()) }

// typedName is a name as it was meant: one line, no control or formatting
// characters (which could make it read as something else). ok is false if it is
// empty, too long or holds such characters.
func typedName(typed string) (name string, ok bool) {
	name = strings.Join(strings.Fields(typed), " ")
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName {
		return name, false
	}
	return name, !strings.ContainsFunc(typed, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
			r == unicode.ReplacementChar
	})
}

// typedWords is free text as it is kept: lines end in \n, other control characters
// are gone. ok is false if it is too long; nothing is ever cut off silently.
func typedWords(typed string) (words string, ok bool) {
	words = strings.ReplaceAll(strings.ToValidUTF8(typed, "\uFFFD"), "\r\n", "\n")
	words = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, words)
	return words, utf8.RuneCountInString(words) <= maxWords
}

// firstName is what we call somebody.
func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// knownLanguage says whether there are texts in it.
func knownLanguage(lang string) bool { return slices.Contains(languages, lang) }

// look reads a session. A session that is not there is the neutral 404.
func (s *Server) look(r *http.Request, id nextup.SessionID) (nextup.Snapshot, error) {
	return s.Sessions.Look(r.Context(), id)
}

// digits is a typed PIN without what people put between the digits.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
}

// equal compares secrets in the same time wherever they differ.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
