package nextup

import "time"

// Offers, the start of a talk, and connections that are lost in it.

// lose ends an open offer with an event and, if the interviewer pressed Next,
// offers him the next eligible person in the same commit.
func (d *decision) lose(i int, how func(Offer) Event) {
	w := d.Interviewers[i]
	lost := w.Offer
	d.emit(how(lost))
	if lost.Taken || lost.Unasked || d.Phase != PhasePublished || w.Removed || !d.presence[w.ID.Person()].Connected {
		return
	}
	// Nobody is offered twice by the same press of Next; recusing is as good as another.
	tried := w.Tried
	if d.by == (Actor{RoleInterviewer, string(w.ID)}) {
		tried = nil
	}
	next := d.upNext(w.ID, d.presence, d.now, tried...)
	if next != "" {
		d.emit(d.invite(w.ID, next, false, Reason{}))
	}
}

// start begins the talk if the countdown is over: with both there, or not at all.
func (d *decision) start(i int) {
	w := d.Interviewers[i]
	if w.Offer.Stage != StageCountdown || d.now.Before(w.Offer.Until) {
		return
	}
	lapse := func(o Offer) Event { return Lapsed{o.Candidate, o.ID} }
	if !d.presence[w.Offer.Candidate.Person()].Connected || !d.presence[w.ID.Person()].Connected {
		d.lose(i, lapse)
		return
	}
	d.emit(TalkStarted{w.Offer.ID, d.now.Add(d.Settings.Talk)})
}

// returned gives back the time that a talk stood still: its candidate was gone, or
// its only interviewer. A panel talks on without one of its members.
func (d *decision) returned(c Return) {
	if cand, ok := d.Candidates[CandidateID(c.Person)]; ok && cand.Status == StatusNoShow && cand.Unseen && d.Phase == PhasePublished {
		d.emit(NoShowCorrected{cand.ID})
	}
	for _, t := range d.Talks {
		alone := len(t.Members) == 1 && t.Lead().Person() == c.Person
		if !t.Ended.IsZero() || t.Candidate.Person() != c.Person && !alone {
			continue
		}
		// both may be gone at once: time since the last return is given back once only
		gap := min(c.Gone, LostTime, d.now.Sub(t.Resumed))
		if gap >= 500*time.Millisecond {
			d.emit(TalkResumed{t.Offer, gap})
		}
	}
}

// deserted is how long the candidate has had nobody to talk to.
func (t Talk) deserted(p Presence, now time.Time) time.Duration {
	if len(t.Members) == 0 {
		return 0
	}
	least := p.gone(t.Members[0].Person(), now)
	for _, id := range t.Members[1:] {
		least = min(least, p.gone(id.Person(), now))
	}
	return least
}

// empty is when a running talk ends because nobody came back: it would otherwise
// keep the session open for ever. ok is false while somebody is there.
func (t Talk) empty(p Presence) (at time.Time, ok bool) {
	if len(t.Members) == 0 {
		return time.Time{}, false
	}
	latest := func(id PersonID) bool {
		seen := p[id]
		if seen.Since.After(at) {
			at = seen.Since
		}
		return !seen.Connected && !seen.Since.IsZero()
	}
	gone := latest(t.Candidate.Person())
	for _, id := range t.Members {
		gone = latest(id.Person()) && gone
	}
	return at.Add(UnseenTime), gone
}

// missing is when one of a panel is taken out of the talk that others go on with.
// ok is false if he is there, or if nobody else is.
func (t Talk) missing(p Presence, id InterviewerID) (at time.Time, ok bool) {
	seen := p[id.Person()]
	if seen.Connected || seen.Since.IsZero() {
		return time.Time{}, false
	}
	for _, other := range t.Members {
		if p[other.Person()].Connected {
			return seen.Since.Add(UnseenTime), true
		}
	}
	return time.Time{}, false
}
