package nextup

import (
	"slices"
	"time"
)

// A chosen time is a promised place in the one queue.

// The window of a promised place.
const (
	PromiseBefore = 5 * time.Minute // before his time it opens
	PromiseAfter  = 5 * time.Minute // after his time, by when he must have checked in
)

// Promise is what became of the place that a chosen time promises.
type Promise string

// What can become of it.
const (
	PromiseAhead  Promise = ""       // its window has not opened, or he came too late, or there is none
	PromiseStands Promise = "stands" // he stands before those without a time
	PromiseOver   Promise = "over"   // he was served, or moved down by hand: he has no more of it
)

// promiseAt is when a candidate who has checked in moves before those without a time;
// ok is false if he does not, or has. Who came back from a talk stands before them anyway.
func (c Candidate) promiseAt() (at time.Time, ok bool) {
	if c.Booked.IsZero() || c.Promise != PromiseAhead || c.First || c.CheckedIn.After(c.Booked.Add(PromiseAfter)) {
		return time.Time{}, false
	}
	return c.Booked.Add(-PromiseBefore), true
}

// late says whether he comes, or would come, too late for his time.
func (c Candidate) late(now time.Time) bool {
	in := c.CheckedIn
	if in.IsZero() {
		in = now
	}
	return !c.Booked.IsZero() && in.After(c.Booked.Add(PromiseAfter))
}

// sooner says whether one of two promised places comes before the other: by the chosen
// time, then by check-in.
func (c Candidate) sooner(than Candidate) bool {
	if !c.Booked.Equal(than.Booked) {
		return c.Booked.Before(than.Booked)
	}
	return !c.CheckedIn.After(than.CheckedIn)
}

// promisedPlace is where in an order that he is not in a candidate goes whose time has
// come: behind those who came back from a talk, and behind those whose time came before
// his. One who was moved down by hand is passed only where that left him among these.
func (s Session) promisedPlace(order []CandidateID, c Candidate) int {
	at := s.behindFirst(order)
	for n, id := range order[at:] {
		o := s.Candidates[id]
		if o.Status == StatusDone {
			continue
		}
		if o.Promise == PromiseAhead || !o.sooner(c) {
			return at + n
		}
	}
	return len(order)
}

// behindPromised is the place behind all who stand before those that only checked in.
func (s Session) behindPromised(order []CandidateID) int {
	first := s.behindFirst(order)
	for at := len(order) - 1; at >= first; at-- {
		if s.Candidates[order[at]].Promise == PromiseStands {
			return at + 1
		}
	}
	return first
}

// undoPromised is who a candidate stands before once his skip is undone who stood by
// his promise before it: others' times may have come meanwhile. He never moves down.
func (s Session) undoPromised(c Candidate, before CandidateID) CandidateID {
	rest := without(slices.Clone(s.Order), c.ID)
	at := s.promisedPlace(rest, c)
	if at > slices.Index(s.Order, c.ID) || at == len(rest) {
		return before
	}
	return rest[at]
}

// promise moves everybody whose time has come.
func (d *decision) promise() {
	if d.Phase != PhasePublished {
		return
	}
	var due []Candidate
	for _, id := range d.Order {
		c := d.Candidates[id]
		if at, ok := c.promiseAt(); ok && c.Status == StatusWaiting && !d.now.Before(at) {
			due = append(due, c)
		}
	}
	for _, c := range due {
		d.emit(Promised{c.ID})
	}
}

// promised puts a candidate where his time puts him.
func (s *Session) promised(r Recorded, id CandidateID) {
	s.leavePlace(id)
	rest := without(slices.Clone(s.Order), id)
	s.Order = slices.Insert(rest, s.promisedPlace(rest, s.Candidates[id]), id)
	s.candidate(id, func(c *Candidate) {
		c.unskip()
		c.Promise, c.PromisedAt = PromiseStands, r.At
	})
}

// book notes a chosen time. Its window opens anew: who stood before others for the
// sake of another time goes back to where checking in put him.
func (s *Session) book(e Booked) {
	c, ok := s.Candidates[e.Candidate]
	if !ok {
		return
	}
	if c.Promise == PromiseStands {
		s.leavePlace(c.ID)
		rest := without(slices.Clone(s.Order), c.ID)
		s.Order = slices.Insert(rest, s.checkedInPlace(rest, c), c.ID)
	}
	s.candidate(c.ID, func(c *Candidate) {
		c.unskip()
		c.Booked, c.Promise, c.PromisedAt = e.At, PromiseAhead, time.Time{}
		if slices.ContainsFunc(s.Talks, func(t Talk) bool { return t.Candidate == c.ID }) && c.Status != StatusRegistered {
			c.Promise = PromiseOver // served already
		}
	})
}

// checkedInPlace is where in an order that he is not in checking in puts a candidate.
func (s Session) checkedInPlace(order []CandidateID, c Candidate) int {
	from := s.behindPromised(order)
	for n, id := range order[from:] {
		o := s.Candidates[id]
		later := o.CheckedIn.After(c.CheckedIn)
		if s.Settings.byRegistration() {
			later = slices.Index(s.Registered, id) > slices.Index(s.Registered, c.ID)
		}
		if later && o.Status != StatusDone {
			return from + n
		}
	}
	return len(order)
}

// appointed does what the round of a session's day wants of it.
func (d *decision) appointed(c Command) error {
	switch c := c.(type) {
	case Book:
		return d.book(c)
	case Release:
		d.takeBack(c.Candidate)
	case Arrange:
		return d.arrange(c)
	case Drop:
		d.drop()
	}
	return nil
}

func (d *decision) book(c Book) error {
	if err := d.open(); err != nil {
		return err
	}
	if c.Candidate == "" || c.At.IsZero() {
		return Invalid("at")
	}
	known, ok := d.Candidates[c.Candidate]
	switch {
	case known.Erased:
		return Refuse(CodeUnknown)
	case ok && known.Status != StatusWithdrawn:
	case slices.ContainsFunc(d.Talks, func(t Talk) bool { return t.Candidate == c.Candidate }):
		return Refuse(CodeTaken) // he left for good, and what was said of him stays
	case d.over():
		return Refuse(CodeClosed)
	default:
		d.emit(Registered{c.Candidate})
	}
	if !d.Candidates[c.Candidate].Booked.Equal(c.At) {
		d.emit(Booked(c))
	}
	return nil
}

// takeBack ends what a chosen time gave: the time and, unless he talks or has talked,
// the place.
func (d *decision) takeBack(id CandidateID) {
	c, ok := d.Candidates[id]
	if !ok || c.Booked.IsZero() {
		return
	}
	d.emit(Booked{Candidate: id})
	if d.Phase != PhasePublished {
		return
	}
	i := d.offered(id)
	switch {
	case c.Status == StatusWithdrawn || c.Status == StatusDone || c.Status == StatusNotReached:
	case c.Recalled: // he has talked: only the new call ends
		d.lose(i, func(o Offer) Event { return CalledOff{id, o.ID} })
	case i >= 0 && d.Interviewers[i].Offer.ID == 0: // in a talk
	case slices.ContainsFunc(d.Talks, func(t Talk) bool { return t.Candidate == id }): // handed over
	case i >= 0:
		d.lose(i, func(Offer) Event { return Withdrawn{id} })
	default:
		d.emit(Withdrawn{id})
	}
}

// arrange fits the times to those of the round's day.
func (d *decision) arrange(c Arrange) error {
	if d.Phase == PhaseClosed || d.Phase == PhaseCancelled {
		return d.open()
	}
	to := d.Settings
	to.Start, to.Length, to.Talk, to.Pause, to.Places = c.Start, c.Length, c.Talk, c.Pause, c.Places
	if len(d.Talks) > 0 {
		to.Start, to.Length = d.Settings.Start, c.Start.Add(c.Length).Sub(d.Settings.Start)
	}
	if err := to.Check(); err != nil {
		return err
	}
	same := !to.concerns(d.Settings)
	if same && to.Pause == d.Settings.Pause && to.Places == d.Settings.Places {
		return nil
	}
	if !to.Start.Equal(d.Settings.Start) && d.now.Before(to.Start) {
		d.endOffers() // nobody is called before the start
	}
	d.emit(Changed{Settings: to, Notify: !same && d.Phase == PhasePublished})
	return nil
}

// drop calls the session off. Where somebody has talked it comes to its end by itself.
func (d *decision) drop() {
	if len(d.Talks) > 0 || d.Phase == PhaseClosed || d.Phase == PhaseCancelled {
		return
	}
	d.endOffers()
	d.emit(Cancelled{Notify: d.Phase == PhasePublished})
}
