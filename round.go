package nextup

import "time"

// Limits of a round.
const (
	MaxSeats  = 20 // interviews at the same time
	MaxDays   = 60 // of one round
	MaxCutOff = 14 * 24 * time.Hour
	// DefaultCutOff is until when before his interview an applicant may change or cancel.
	DefaultCutOff = 24 * time.Hour
)

// Round is one round of interviews for a job.
type Round struct {
	ID       RoundID
	Job      JobID
	Number   int    // from 1, in order of making
	Name     string // "" : "Interview round N" in the reader's language
	Frame    Frame
	CutOff   time.Duration // before the start; until then an applicant may choose, change and cancel
	Created  time.Time
	Closed   time.Time // nobody chooses any more; bookings stand; zero: open
	Revision int       // raised by each save of the plan, from 1; 1 is a round without slots
}

// Frame is what times are proposed from: the rules of a day. From and Until are
// times of day on a clock, as the time since midnight on it.
type Frame struct {
	Length time.Duration // of each interview
	Pause  time.Duration // between two
	From   time.Duration // the first begins
	Until  time.Duration // the last has ended
	Seats  int           // interviews at the same time: how many applicants may choose one slot
}

// DefaultFrame is what a new round begins with.
var DefaultFrame = Frame{Length: 45 * time.Minute, Pause: 15 * time.Minute, From: 9 * time.Hour, Until: 16 * time.Hour, Seats: 1}

// Place is where the interviews of a day are held: by video, or at an address.
type Place struct {
	Video   bool
	Address string // "" while nobody has said
}

// Day is one day of a round.
type Day struct {
	Date    string // "2026-12-01"
	Place   Place
	Session SessionID // in whose queue the times of a video day are promised; "" before it is made
	Dropped time.Time // not in the plan any more, kept for those who had a time on it; zero: it is
}

// Slot is one time of a round that can be chosen.
type Slot struct {
	ID      SlotID
	Date    string // its day's
	Start   time.Time
	Length  time.Duration
	Seats   int
	Removed time.Time // zero: not
}

// End is when its interview is over.
func (s Slot) End() time.Time { return s.Start.Add(s.Length) }

// Entry is an applicant in a round.
type Entry struct {
	Applicant ApplicantID
	Added     time.Time
	Invited   time.Time // the first invitation to choose; zero: none
	Opened    time.Time // he did something on his page after it, or after he was asked anew when he had lost a time; zero: not
	Reminded  time.Time // the last reminder
	NoneFits  time.Time // he said that no time fits; zero: not, or he has chosen or was asked anew since
	Booking   Booking   // zero if he never had one
}

// EntryState is where an applicant stands in a round, in the words of the table.
type EntryState string

// The states of an entry.
const (
	EntryAdded    EntryState = "added"     // not invited
	EntryInvited  EntryState = "invited"   // not answered
	EntryOpened   EntryState = "opened"    // seen, not answered
	EntryNoneFits EntryState = "none_fits" // answered that no time fits
	EntryChosen   EntryState = "chosen"
	EntryCancel   EntryState = "cancelled" // had a time and gave it back, or it was taken from him, and was not asked since
)

// State says where the applicant stands.
func (e Entry) State() EntryState {
	switch {
	case e.Booking.Slot != "":
		return EntryChosen
	case !e.NoneFits.IsZero():
		return EntryNoneFits
	case e.Booking.Was != "" && !e.asked().After(e.Booking.At):
		return EntryCancel
	case e.Invited.IsZero():
		return EntryAdded
	case e.Opened.IsZero():
		return EntryInvited
	}
	return EntryOpened
}

// asked is when the applicant was last asked to choose, or put into the round: what he
// had before is not his answer to that.
func (e Entry) asked() time.Time {
	last := e.Added
	for _, t := range []time.Time{e.Invited, e.Reminded} {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// Plan is what the page of slots saves: the frame and, by day, which starts can be chosen.
type Plan struct {
	Frame  Frame
	CutOff time.Duration
	Days   []DayPlan
}

// DayPlan is one day of a plan. A start that is a slot already stays that slot, with
// its bookings, its length and its seats (raised to the frame's if that is more).
type DayPlan struct {
	Date   string
	Place  Place
	Starts []time.Time
}
