package nextup

import (
	"cmp"
	"slices"
	"time"
)

// ApplicantView is all that an applicant may know of his job's board. Whatever his
// page shows or is sent is made from it, so nothing of another applicant can get
// there: neither who has a time nor how many could still be chosen.
type ApplicantView struct {
	Job       Job
	Applicant Applicant
	Standing  LinkState
	Choices   []Choice  // of the rounds that concern him, the one to show first at the front
	Messages  []Message // to him, the newest first
}

// LinkState is whether an applicant's link still leads anywhere.
type LinkState string

// The states of a link.
const (
	LinkHere    LinkState = "here"
	LinkRemoved LinkState = "removed" // the recruiter took him out of the job
	LinkErased  LinkState = "erased"  // his data is gone
	LinkOver    LinkState = "ended"   // his address was erased when its time was over: the link ends with it
	LinkShut    LinkState = "shut"    // the job was put away, and he has no appointment
	LinkNothing LinkState = "nothing" // nobody has invited him to anything yet
)

// Choice is one round as one applicant sees it.
type Choice struct {
	Round     Round
	Moment    ChoiceMoment
	Days      []FreeDay   // what he can choose now, by date; the time he has is not among them
	Own       Appointment // zero: none
	Lost      Slot        // the time that was his and is not any more; zero: none since he last chose
	By        Role        // who made the last change to his time: RoleCandidate himself, RoleRecruiter; "" nobody yet
	NoneFits  bool        // he said that no time fits
	Opened    bool        // he has been here since he was invited
	MayChoose bool        // he may choose a time, or another one
	MayCancel bool        // he may give his time back
	Until     time.Time   // until then he may change or cancel; zero without a time of his own
}

// ChoiceMoment says which of its pages a choice is.
type ChoiceMoment string

// The moments of a choice.
const (
	ChoiceOpen   ChoiceMoment = "open"   // there are times to choose among, he has none
	ChoiceFull   ChoiceMoment = "full"   // every time to come is taken
	ChoiceLate   ChoiceMoment = "late"   // what is left is nearer than the cut-off
	ChoicePast   ChoiceMoment = "past"   // no time is to come
	ChoiceClosed ChoiceMoment = "closed" // nobody chooses any more
	ChoiceBooked ChoiceMoment = "booked" // he has a time
	ChoiceOver   ChoiceMoment = "over"   // he had his interview's time
)

// Appointment is an applicant's own time with its place.
type Appointment struct {
	Slot  Slot
	Place Place
}

// FreeDay is a day with the times that an applicant can choose.
type FreeDay struct {
	Date  string // "2026-12-01"
	Place Place
	Times []FreeTime // by start
}

// FreeTime is one time that he can choose, without a word on how many others can.
type FreeTime struct {
	Slot   SlotID
	Start  time.Time
	Length time.Duration
}

// End is when its interview would be over.
func (t FreeTime) End() time.Time { return t.Start.Add(t.Length) }

// Choice finds a round of his by ID.
func (v ApplicantView) Choice(id RoundID) (Choice, bool) {
	i := slices.IndexFunc(v.Choices, func(c Choice) bool { return c.Round.ID == id })
	if i < 0 {
		return Choice{}, false
	}
	return v.Choices[i], true
}

// ViewOfApplicant is the board as one applicant may see it; ok is false if he was
// never one of the job's.
func (b Board) ViewOfApplicant(id ApplicantID, now time.Time) (v ApplicantView, ok bool) {
	a, ok := b.Applicant(id)
	if !ok {
		return ApplicantView{}, false
	}
	v = ApplicantView{Job: b.Job, Applicant: a, Standing: LinkHere}
	switch {
	case a.Erased:
		v.Standing = LinkErased
		return v, true
	case a.Email == "":
		v.Standing = LinkOver
		return v, true
	case !a.Removed.IsZero():
		v.Standing = LinkRemoved
		return v, true
	}
	for _, r := range b.Rounds {
		if e, in := r.Entry(id); in && (!e.Invited.IsZero() || e.Booking.Slot != "") {
			v.Choices = append(v.Choices, r.choiceOf(e, !b.Job.Closed.IsZero(), now))
		}
	}
	slices.SortStableFunc(v.Choices, func(x, y Choice) int {
		if c := cmp.Compare(x.urgency(), y.urgency()); c != 0 {
			return c
		}
		if x.Moment == ChoiceBooked && y.Moment == ChoiceBooked {
			return x.Own.Slot.Start.Compare(y.Own.Slot.Start)
		}
		return cmp.Compare(y.Round.Number, x.Round.Number)
	})
	for _, m := range b.Messages {
		if m.Applicant == id {
			v.Messages = append(v.Messages, m)
		}
	}
	upcoming := slices.ContainsFunc(v.Choices, func(c Choice) bool { return c.Own.Slot.ID != "" })
	switch {
	case !b.Job.Closed.IsZero() && !upcoming:
		v.Standing = LinkShut
	case len(v.Choices) == 0:
		v.Standing = LinkNothing
	}
	return v, true
}

// urgency puts what waits for him first, then what he has, then what is over.
func (c Choice) urgency() int {
	switch c.Moment {
	case ChoiceOpen:
		return 0
	case ChoiceBooked:
		return 1
	case ChoiceFull, ChoiceLate:
		return 2
	}
	return 3
}

// choiceOf is the round as the applicant of an entry sees it. shut: the job was put away.
func (r RoundBoard) choiceOf(e Entry, shut bool, now time.Time) Choice {
	closed := shut || !r.Round.Closed.IsZero()
	c := Choice{Round: r.Round, By: e.Booking.By, NoneFits: !e.NoneFits.IsZero(), Opened: !e.Opened.IsZero()}
	own, has := r.Slot(e.Booking.Slot)
	if has {
		c.Own = r.appointment(own)
		c.Until = own.Start.Add(-r.Round.CutOff)
		c.MayCancel = now.Before(c.Until)
	} else if was, ok := r.Slot(e.Booking.Was); ok {
		c.Lost = was
	}
	c.MayChoose = !closed && !e.Invited.IsZero() && (!has || c.MayCancel)
	coming, free := r.free(e.Booking.Slot, now)
	if c.MayChoose {
		c.Days = free
	}
	switch {
	case has && !now.Before(own.End()):
		c.Moment = ChoiceOver
	case has:
		c.Moment = ChoiceBooked
	case closed:
		c.Moment = ChoiceClosed
	case len(free) > 0:
		c.Moment = ChoiceOpen
	case coming == 0:
		c.Moment = ChoicePast
	case coming > r.late(now):
		c.Moment = ChoiceFull
	default:
		c.Moment = ChoiceLate
	}
	return c
}

// Choosable says whether applicants may still choose a slot at a moment, as far as
// the clock is concerned: it was not removed and the cut-off is not past.
func (r RoundBoard) Choosable(s Slot, now time.Time) bool {
	return s.Removed.IsZero() && now.Before(s.Start.Add(-r.Round.CutOff))
}

// free lists the times that can be chosen, without one's own, and counts those to come.
func (r RoundBoard) free(own SlotID, now time.Time) (coming int, days []FreeDay) {
	taken := map[SlotID]int{}
	for _, e := range r.Entries {
		taken[e.Booking.Slot]++
	}
	for _, s := range r.Slots {
		if s.Removed.IsZero() && now.Before(s.Start) {
			coming++
		}
		if s.ID == own || !r.Choosable(s, now) || taken[s.ID] >= s.Seats {
			continue
		}
		i := slices.IndexFunc(days, func(d FreeDay) bool { return d.Date == s.Date })
		if i < 0 {
			i = len(days)
			days = append(days, FreeDay{Date: s.Date, Place: r.appointment(s).Place})
		}
		days[i].Times = append(days[i].Times, FreeTime{s.ID, s.Start, s.Length})
	}
	slices.SortFunc(days, func(x, y FreeDay) int { return cmp.Compare(x.Date, y.Date) })
	for _, d := range days {
		slices.SortStableFunc(d.Times, func(x, y FreeTime) int { return x.Start.Compare(y.Start) })
	}
	return coming, days
}

// late counts the times to come that the cut-off keeps from applicants.
func (r RoundBoard) late(now time.Time) (n int) {
	for _, s := range r.Slots {
		if s.Removed.IsZero() && now.Before(s.Start) && !r.Choosable(s, now) {
			n++
		}
	}
	return n
}

func (r RoundBoard) appointment(s Slot) Appointment {
	d, _ := r.Day(s.Date)
	return Appointment{Slot: s, Place: d.Place}
}
