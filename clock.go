package nextup

import (
	"slices"
	"time"
)

// What time brings about, and when.

// tick does what deadlines ask for. It looks at the clock itself, so a late or a
// doubled timer does no harm.
func (d *decision) tick() {
	if d.Phase != PhasePublished {
		return
	}
	if !d.Remind.IsZero() && !d.now.Before(d.Remind) {
		d.emit(Reminded{})
	}
	for i := range d.Interviewers {
		o := d.Interviewers[i].Offer
		if o.ID == 0 || d.now.Before(o.Until) {
			continue
		}
		switch o.Stage {
		case StageAdmitted:
			d.lose(i, func(o Offer) Event { return Lapsed{o.Candidate, o.ID} })
		case StageCountdown:
			d.start(i)
		case StageCalled:
			if c := d.Candidates[o.Candidate]; c.Misses+1 >= MaxMisses && !c.Recalled {
				d.lose(i, func(o Offer) Event { return NoShow{o.Candidate, o.ID} })
			} else {
				d.lose(i, func(o Offer) Event { return Missed{o.Candidate, o.ID} })
			}
		}
	}
	for _, t := range slices.Clone(d.Talks) {
		if at, ok := t.empty(d.presence); ok && !d.now.Before(at) {
			d.emit(TalkEnded{t.Offer})
		}
		for _, id := range t.Members {
			if at, ok := t.missing(d.presence, id); ok && !d.now.Before(at) {
				d.emit(PanelLeft{t.Offer, id})
			}
		}
	}
	for _, id := range d.Waiting() {
		if at, ok := d.lapses(d.presence, id); ok && !d.now.Before(at) {
			d.emit(HandOverLapsed{id})
		}
		if d.unseen(d.presence, d.now, id.Person()) >= UnseenTime {
			d.emit(NoShow{Candidate: id})
		}
	}
	for _, w := range d.Interviewers {
		if w.WriteUp != 0 && d.presence.gone(w.ID.Person(), d.now) >= UnseenTime {
			d.emit(WrittenUp{w.ID, w.WriteUp})
		}
	}
}

// lapses is when a reservation ends by itself: its time is up, or the colleague has
// left. ok is false without one.
func (s Session) lapses(p Presence, id CandidateID) (at time.Time, ok bool) {
	c := s.Candidates[id]
	if c.For == "" {
		return time.Time{}, false
	}
	at = c.ForUntil
	if seen := p[c.For.Person()]; !seen.Connected && !seen.Since.IsZero() {
		if left := seen.Since.Add(LostTime); left.Before(at) {
			at = left
		}
	}
	return at, true
}

// unseen is how long somebody who waits has not been connected; what was before the
// session was taken up again does not count.
func (s Session) unseen(p Presence, now time.Time, id PersonID) time.Duration {
	gone := p.gone(id, now)
	if !s.Reopened.IsZero() {
		gone = min(gone, now.Sub(s.Reopened))
	}
	return gone
}

// Deadline is when Tick could next matter, zero for never. It is an absolute
// time made from the state, so no timer has to survive a restart.
func Deadline(s Session, p Presence) time.Time {
	if s.Phase != PhasePublished {
		return time.Time{}
	}
	var at time.Time
	soonest := func(t time.Time, ok bool) {
		if ok && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	unseen := func(id PersonID, from time.Time) {
		if seen := p[id]; !seen.Connected && !seen.Since.IsZero() {
			if seen.Since.After(from) {
				from = seen.Since
			}
			soonest(from.Add(UnseenTime), true)
		}
	}
	soonest(s.Remind, !s.Remind.IsZero())
	for _, i := range s.Interviewers {
		soonest(i.Offer.Until, i.Offer.ID != 0)
		if i.WriteUp != 0 {
			unseen(i.ID.Person(), time.Time{})
		}
		if t, ok := s.Talk(i.Talk); ok {
			soonest(t.empty(p))
			soonest(t.missing(p, i.ID))
		}
	}
	for _, id := range s.Order {
		if s.Candidates[id].Status == StatusWaiting {
			unseen(id.Person(), s.Reopened)
			soonest(s.lapses(p, id))
			soonest(s.Candidates[id].promiseAt())
		}
	}
	if !s.busy() {
		soonest(s.Settings.End(), true)
	}
	return at
}
