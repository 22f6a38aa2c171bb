package nextup

import (
	"slices"
	"time"
)

// Retention says how long an organisation keeps what names people: three clocks,
// in days. Those of a session begin at its end.
type Retention struct {
	Contact int // address, telephone and with them the personal link
	Record  int // names, who met whom, ratings, notes, interest
	Log     int // who opened what, delivery of letters
}

// The usual clocks. Contact data is of no use after the talks. The record is kept
// as long as somebody who was not chosen can claim that he was treated unfairly;
// two years is what Swedish employers commonly use. A record of who looked must
// outlast a holiday.
var UsualRetention = Retention{Contact: 14, Record: 730, Log: 90}

// The limits of a clock, in days.
const (
	MinKeep = 1
	MaxKeep = 3650
)

// Check refuses clocks that make no sense; the field names the clock.
func (k Retention) Check() error {
	for _, c := range []struct {
		field string
		days  int
	}{{"contact", k.Contact}, {"record", k.Record}, {"log", k.Log}} {
		if c.days < MinKeep || c.days > MaxKeep {
			return Invalid(c.field)
		}
	}
	if k.Contact > k.Record {
		return Invalid("contact") // whose name is gone cannot be written to
	}
	return nil
}

const day = 24 * time.Hour

// Due says which of a session's clocks have run out at now. They begin when it was
// over. A write-up that nobody hands in, or a talk that nobody ends, keeps nothing.
func (k Retention) Due(s Session, now time.Time) (contact, record bool) {
	end := s.Ended()
	return !now.Before(end.Add(time.Duration(k.Contact) * day)), !now.Before(end.Add(time.Duration(k.Record) * day))
}

// DueJob says which of a job's clocks have run out at now. They begin when there is
// nothing more to come of it: the end of its last interview time, or the day on which
// somebody was added or written to last, if that was later. Applicants of an open job
// for whom no time was planned yet can be reached as long as their names are kept:
// nothing has ended. The sessions of its days have clocks of their own.
func (k Retention) DueJob(b Board, now time.Time) (contact, record bool) {
	end := b.Ended()
	record = !now.Before(end.Add(time.Duration(k.Record) * day))
	if !b.planned() && b.Job.Closed.IsZero() {
		return record, record
	}
	return !now.Before(end.Add(time.Duration(k.Contact) * day)), record
}

// planned says whether there is or was any time that stands.
func (b Board) planned() bool {
	return slices.ContainsFunc(b.Rounds, func(r RoundBoard) bool {
		return slices.ContainsFunc(r.Slots, func(s Slot) bool { return s.Removed.IsZero() })
	})
}

// Ended is when a job was or will be over, as far as is known: see DueJob. Times that
// were removed were not held.
func (b Board) Ended() time.Time {
	end := b.Job.Created
	later := func(t time.Time) {
		if t.After(end) {
			end = t
		}
	}
	if !b.planned() {
		later(b.Job.Closed)
	}
	for _, a := range b.Applicants {
		later(a.Added)
	}
	for _, m := range b.Messages {
		later(m.At)
	}
	for _, r := range b.Rounds {
		for _, s := range r.Slots {
			if s.Removed.IsZero() {
				later(s.End())
			}
		}
	}
	return end
}

// Ended is when a session was or will be over: its planned end, or the end of its
// last talk if that came later.
func (s Session) Ended() time.Time {
	end := s.Settings.End()
	for _, t := range s.Talks {
		if t.Ended.After(end) {
			end = t.Ended
		}
	}
	return end
}

// SettingsTexts are the texts that say what a session is and name nobody whom it
// was about: title, job, questions and so on. They outlive the record, so that a
// session can be copied.
func (s Session) SettingsTexts() []TextID {
	keep := []TextID{TitleText, JobText, AdText, ContactText}
	for rating := 1; rating <= 5; rating++ {
		keep = append(keep, AnchorText(rating))
	}
	for _, q := range s.Settings.Questions {
		keep = append(keep, TextID(q))
	}
	for _, t := range s.Settings.Traits {
		keep = append(keep, TextID(t))
	}
	return keep
}
