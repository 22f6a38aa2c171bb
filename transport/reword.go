package transport

import (
	"strings"
	"unicode"

	"nextup"
)

// reword gives questions and traits whose words changed after talks have been held
// an identity of their own: what was asked and marked before stays with the words
// it was asked with. A change of spelling, of capitals or signs, is none.
func (d *draft) reword(n nextup.Snapshot) {
	if len(n.State.Talks) == 0 {
		return
	}
	renamed := map[nextup.TextID]nextup.TextID{}
	for i, t := range d.texts {
		before, known := n.Texts[t.ID]
		if known && isItem(n.State.Settings, t.ID) && !sameWords(before, t.Body) {
			renamed[t.ID] = nextup.TextID(NewID())
			d.texts[i].ID = renamed[t.ID]
		}
	}
	for i, q := range d.settings.Questions {
		if id, ok := renamed[nextup.TextID(q)]; ok {
			d.settings.Questions[i] = nextup.QuestionID(id)
		}
	}
	for i, t := range d.settings.Traits {
		if id, ok := renamed[nextup.TextID(t)]; ok {
			d.settings.Traits[i] = nextup.TraitID(id)
		}
	}
}

// isItem says whether a text is a question or trait of these settings.
func isItem(s nextup.Settings, id nextup.TextID) bool {
	for _, q := range s.Questions {
		if nextup.TextID(q) == id {
			return true
		}
	}
	for _, t := range s.Traits {
		if nextup.TextID(t) == id {
			return true
		}
	}
	return false
}

// sameWords compares letters and digits alone.
func sameWords(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	return bare(a) == bare(b)
}
