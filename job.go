package nextup

import (
	"slices"
	"time"
)

// Job is something that people have applied for: applicants, and the rounds of
// interviews with them. It is rows, not events: what two people can want at the
// same moment (a slot) is decided by the database in one statement.
type Job struct {
	ID           JobID
	Organisation OrganisationID
	Owner        RecruiterID
	Title        string
	Text         string // about the job, Markdown; may be empty
	Contact      string // whom an applicant can ask: a telephone number or words; may be empty
	Zone         string // IANA name; rounds are planned in it
	Created      time.Time
	Closed       time.Time // put away; zero: open
	Revision     int       // raised by each save, from 1
}

// Applicant is one person who applied for a job. He has no account: his personal
// link is derived from his ID.
type Applicant struct {
	ID       ApplicantID
	Job      JobID
	Name     string
	Email    string // unique within the job, in whatever spelling; "" once erased
	Phone    string
	Language string // "sv", "en" or "nb": that of his letters
	Added    time.Time
	Removed  time.Time // his link says so from then on; zero: not
	Erased   bool      // his rows are gone; only that there was somebody is known
}

// Board is everything there is of a job, at one moment. Every page is made from it,
// as views of a session are made from its Snapshot.
type Board struct {
	Job        Job
	Applicants []Applicant // by time of adding, removed ones too
	Rounds     []RoundBoard
	Messages   []Message // newest first
}

// RoundBoard is one round with its days, times and people.
type RoundBoard struct {
	Round   Round
	Days    []Day   // by date
	Slots   []Slot  // by start, then ID; removed ones too
	Entries []Entry // by time of adding
	Left    []Entry // those who were taken out of it: what their calendars have of it
}

// Applicant finds an applicant by ID.
func (b Board) Applicant(id ApplicantID) (Applicant, bool) {
	i := slices.IndexFunc(b.Applicants, func(a Applicant) bool { return a.ID == id })
	if i < 0 {
		return Applicant{}, false
	}
	return b.Applicants[i], true
}

// Round finds a round by ID.
func (b Board) Round(id RoundID) (RoundBoard, bool) {
	i := slices.IndexFunc(b.Rounds, func(r RoundBoard) bool { return r.Round.ID == id })
	if i < 0 {
		return RoundBoard{}, false
	}
	return b.Rounds[i], true
}

// Day finds a day of the round by its date.
func (r RoundBoard) Day(date string) (Day, bool) {
	i := slices.IndexFunc(r.Days, func(d Day) bool { return d.Date == date })
	if i < 0 {
		return Day{}, false
	}
	return r.Days[i], true
}

// Slot finds a time by ID, removed or not.
func (r RoundBoard) Slot(id SlotID) (Slot, bool) {
	i := slices.IndexFunc(r.Slots, func(s Slot) bool { return s.ID == id })
	if i < 0 {
		return Slot{}, false
	}
	return r.Slots[i], true
}

// Entry finds an applicant's entry in the round.
func (r RoundBoard) Entry(id ApplicantID) (Entry, bool) {
	i := slices.IndexFunc(r.Entries, func(e Entry) bool { return e.Applicant == id })
	if i < 0 {
		return Entry{}, false
	}
	return r.Entries[i], true
}
