package transport

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"nextup"
)

// formField is one field of the form, or several that belong together: what two
// people who edit at once can disagree on, and what is listed before changes are
// published.
type formField struct {
	Key    string // in the form's buttons
	Label  string // catalogue key of its name
	Who    concern
	Words  bool // the values are catalogue keys
	values func(f sessionForm) []string
	take   func(mine *sessionForm, theirs sessionForm)
}

// concern says for whom a field is.
type concern string

// Whom a change concerns, from those who must be told to those who see nothing of it.
const (
	concernsTime       concern = "time"       // when candidates must be there: they are told
	concernsCandidates concern = "candidates" // they see it on their pages
	concernsDesk       concern = "desk"       // interviewers and recruiters
)

// oneField is a field of one line.
func oneField(key string, who concern, at func(f *sessionForm) *string) formField {
	return formField{
		Key: key, Label: "form." + key, Who: who,
		values: func(f sessionForm) []string { return filled(*at(&f)) },
		take:   func(mine *sessionForm, theirs sessionForm) { *at(mine) = *at(&theirs) },
	}
}

func filled(list ...string) (all []string) {
	for _, s := range list {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// formFieldsAll lists them in the order of the form.
var formFieldsAll = []formField{
	oneField("title", concernsCandidates, func(f *sessionForm) *string { return &f.Title }),
	oneField("job", concernsCandidates, func(f *sessionForm) *string { return &f.Job }),
	oneField("ad", concernsCandidates, func(f *sessionForm) *string { return &f.Ad }),
	oneField("contact", concernsCandidates, func(f *sessionForm) *string { return &f.Contact }),
	{
		Key: "when", Label: "form.when", Who: concernsTime,
		values: func(f sessionForm) []string { return filled(f.Date + " " + f.Clock + " " + f.Zone) },
		take: func(mine *sessionForm, theirs sessionForm) {
			mine.Date, mine.Clock, mine.Zone = theirs.Date, theirs.Clock, theirs.Zone
		},
	},
	oneField("length", concernsTime, func(f *sessionForm) *string { return &f.Length }),
	oneField("talk", concernsTime, func(f *sessionForm) *string { return &f.Talk }),
	oneField("places", concernsCandidates, func(f *sessionForm) *string { return &f.Places }),
	oneField("pause", concernsDesk, func(f *sessionForm) *string { return &f.Pause }),
	{
		Key: "order", Label: "form.order", Who: concernsCandidates, Words: true,
		values: func(f sessionForm) []string { return []string{"form.order." + string(turnOrder(f.Order))} },
		take:   func(mine *sessionForm, theirs sessionForm) { mine.Order = theirs.Order },
	},
	oneField("lobby", concernsCandidates, func(f *sessionForm) *string { return &f.Lobby }),
	oneField("answer", concernsDesk, func(f *sessionForm) *string { return &f.Answer }),
	oneField("countdown", concernsDesk, func(f *sessionForm) *string { return &f.Countdown }),
	{
		Key: "interviewers", Label: "form.interviewers", Who: concernsCandidates,
		values: func(f sessionForm) []string { return peopleTexts(f.Interviewers) },
		take: func(mine *sessionForm, theirs sessionForm) {
			mine.Interviewers = slices.Clone(theirs.Interviewers)
		},
	},
	{
		Key: "questions", Label: "form.questions", Who: concernsDesk,
		values: func(f sessionForm) []string { return rowTexts(f.Questions) },
		take:   func(mine *sessionForm, theirs sessionForm) { mine.Questions = slices.Clone(theirs.Questions) },
	},
	{
		Key: "traits", Label: "form.traits", Who: concernsDesk,
		values: func(f sessionForm) []string { return rowTexts(f.Traits) },
		take:   func(mine *sessionForm, theirs sessionForm) { mine.Traits = slices.Clone(theirs.Traits) },
	},
	{
		Key: "anchors", Label: "form.anchors", Who: concernsDesk,
		values: func(f sessionForm) (all []string) {
			for i, a := range f.Anchors {
				if a = strings.TrimSpace(a); a != "" {
					all = append(all, string(rune('1'+i))+" "+a)
				}
			}
			return all
		},
		take: func(mine *sessionForm, theirs sessionForm) { mine.Anchors = theirs.Anchors },
	},
}

// turnOrder is the order a form means; the zero value is checking in.
func turnOrder(typed string) nextup.TurnOrder {
	if nextup.TurnOrder(typed) == nextup.OrderRegistration {
		return nextup.OrderRegistration
	}
	return nextup.OrderCheckIn
}

func rowTexts(rows []formRow) (all []string) {
	for _, r := range rows {
		all = append(all, filled(r.Text)...)
	}
	return all
}

func peopleTexts(people []formPerson) (all []string) {
	for _, p := range people {
		if !p.empty() {
			all = append(all, strings.TrimSpace(p.Name)+", "+strings.TrimSpace(p.Email))
		}
	}
	return all
}

// prints are short digests of a form's fields, by key. The form carries those of
// what it was filled in from, so that later one can tell who changed what without
// keeping old versions.
type prints map[string]string

func printsOf(f sessionForm) prints {
	p := prints{}
	for _, field := range formFieldsAll {
		p[field.Key] = field.print(f)
	}
	return p
}

func (d formField) print(f sessionForm) string {
	sum := sha256.Sum256([]byte(strings.Join(d.values(f), "\x00")))
	return hex.EncodeToString(sum[:8])
}

func readPrints(typed string) prints {
	var p prints
	if len(typed) > 4000 || json.Unmarshal([]byte(typed), &p) != nil {
		return prints{}
	}
	return p
}

// JSON is the hidden field.
func (p prints) JSON() string {
	b, _ := json.Marshal(p) // a map of texts
	return string(b)
}

// theirs is one field that somebody else has changed meanwhile.
type theirs struct {
	formField
	Saved []string // as it is kept now
	Mine  []string // as it is in the form; only where both changed it
	Both  bool     // both changed it: mine stays until he chooses theirs
}

// reconcile brings a form that was filled in from base together with what is kept
// now. What only the other one changed is taken over; what both changed stays as
// typed and is shown beside the other's. None: nobody changed anything.
func reconcile(mine *sessionForm, base prints, kept sessionForm) (all []theirs) {
	for _, d := range formFieldsAll {
		now := d.print(kept)
		typed := d.print(*mine)
		switch {
		case now == typed, now == base[d.Key]:
			continue // the same, or mine alone
		case typed == base[d.Key]:
			d.take(mine, kept)
			all = append(all, theirs{formField: d, Saved: d.values(kept)})
		default:
			all = append(all, theirs{formField: d, Saved: d.values(kept), Mine: d.values(*mine), Both: true})
		}
	}
	return all
}

// change is one line of what publishing will change.
type change struct {
	formField
	Before, After []string
}

// shownValues are values as a page writes them.
type shownValues struct {
	Words bool // they are catalogue keys
	List  []string
}

// Old is what is published now.
func (c change) Old() shownValues { return shownValues{c.Words, c.Before} }

// New is what will be.
func (c change) New() shownValues { return shownValues{c.Words, c.After} }

// Yours is what stands in the form.
func (t theirs) Yours() shownValues { return shownValues{t.Words, t.Mine} }

// Kept is what somebody else has saved.
func (t theirs) Kept() shownValues { return shownValues{t.Words, t.Saved} }

// changes compares two forms.
func changes(before, after sessionForm) (all []change) {
	for _, d := range formFieldsAll {
		if d.print(before) != d.print(after) {
			all = append(all, change{d, d.values(before), d.values(after)})
		}
	}
	return all
}
