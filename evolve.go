package nextup

import (
	"slices"
	"time"
)

// Evolve applies what happened and returns the new state; s stays as it was. It
// asks nothing and cannot fail: whoever calls it has kept the events already.
func Evolve(s Session, events ...Recorded) Session {
	if len(events) == 0 {
		return s
	}
	s = s.clone()
	for _, r := range events {
		s.apply(r)
		s.Version = r.Version
	}
	return s
}

func (s *Session) apply(r Recorded) {
	switch e := r.Event.(type) {
	case Created:
		s.Organisation, s.Owner, s.Settings = e.Organisation, e.Owner, e.Settings
		s.Phase, s.Candidates, s.Edited = PhaseDraft, map[CandidateID]Candidate{}, r.Version
	case Changed:
		s.Settings, s.Edited = e.Settings, r.Version
	case Published:
		s.Phase = PhasePublished
	case Cancelled:
		s.Phase, s.ClosedAt = PhaseCancelled, r.At
	case Closed:
		s.Phase, s.ClosedAt = PhaseClosed, r.At
		for _, id := range s.Order {
			if s.Candidates[id].Status == StatusWaiting {
				s.candidate(id, func(c *Candidate) { c.Status, c.OnHold = StatusNotReached, false })
			}
		}

	case InterviewerAdded:
		s.Edited = r.Version
		if i := s.interviewer(e.Interviewer); i >= 0 {
			s.Interviewers[i].Removed = false
			return
		}
		s.Interviewers = append(s.Interviewers, Interviewer{ID: e.Interviewer, Generation: 1})
	case InterviewerRemoved:
		s.Edited = r.Version
		s.work(e.Interviewer, func(i *Interviewer) { i.Removed = true })
	case LinkRenewed:
		s.work(e.Interviewer, func(i *Interviewer) { i.Generation, i.WrongPINs = e.Generation, 0 })
	case InvitationRepeated:
	case PINRefused:
		s.work(e.Interviewer, func(i *Interviewer) { i.WrongPINs++ })
	case PINAccepted:
		s.work(e.Interviewer, func(i *Interviewer) { i.WrongPINs = 0 })
	case Entered:
		s.work(e.Interviewer, func(i *Interviewer) { i.Device = e.Device })
	case Paused:
		s.work(e.Interviewer, func(i *Interviewer) { i.Paused = true })
	case Unpaused:
		s.work(e.Interviewer, func(i *Interviewer) { i.Paused = false })

	case Registered:
		if _, again := s.Candidates[e.Candidate]; !again {
			s.Registered = append(s.Registered, e.Candidate)
		}
		s.Candidates[e.Candidate] = Candidate{ID: e.Candidate, Status: StatusRegistered, Registered: r.At, Mails: []time.Time{r.At}}
	case RegistrationRepeated:
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Mails = append(slices.Clone(c.Mails), r.At)
			c.Mails = c.Mails[max(0, len(c.Mails)-mailsPerDay):]
		})
	case Withdrawn:
		s.free(e.Candidate)
		s.leavePlace(e.Candidate)
		s.Order = without(s.Order, e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) { c.Status, c.Offer, c.OnHold = StatusWithdrawn, 0, false })
	case CheckedIn:
		s.Order = append(s.Order, e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Status, c.CheckedIn, c.Confirmed, c.Device = StatusWaiting, r.At, r.At, e.Device
		})
	case Continued:
		s.candidate(e.Candidate, func(c *Candidate) { c.Device, c.Confirmed, c.RestUntil = e.Device, r.At, time.Time{} })
	case Confirmed:
		s.candidate(e.Candidate, func(c *Candidate) { c.Confirmed, c.RestUntil = r.At, time.Time{} })
	case Held:
		s.free(e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Status, c.OnHold, c.Offer, c.Confirmed = StatusWaiting, true, 0, r.At
			if e.Offer != 0 { // "Wait" is an answer too
				c.Misses = 0
			}
		})
	case Resumed:
		s.candidate(e.Candidate, func(c *Candidate) { c.OnHold, c.Confirmed, c.RestUntil = false, r.At, time.Time{} })
	case Skipped:
		before := s.follower(e.Candidate)
		s.move(e.Candidate, e.Before)
		s.candidate(e.Candidate, func(c *Candidate) { c.Skipped, c.SkipBefore, c.SkippedAt = true, before, r.Version })
		s.deviate(r, DeviationSkip, e.Candidate, e.Reason)
	case SkipUndone:
		s.move(e.Candidate, e.Before)
		s.candidate(e.Candidate, func(c *Candidate) { c.Skipped, c.SkipBefore, c.SkippedAt = false, "", 0 })
		s.deviate(r, DeviationUndo, e.Candidate, Reason{})

	case Called:
		s.offer(r, e.Interviewer, Offer{ID: e.Offer, Candidate: e.Candidate, Stage: StageCalled, Until: e.AnswerBy, Taken: e.Taken}, StatusCalled, e.Reason)
	case Admitted:
		s.offer(r, e.Interviewer, Offer{ID: e.Offer, Candidate: e.Candidate, Stage: StageAdmitted, Until: e.AckBy, Taken: e.Taken}, StatusTalking, e.Reason)
	case Acknowledged:
		for i := range s.Interviewers {
			if o := &s.Interviewers[i].Offer; o.ID == e.Offer {
				o.Stage, o.Until = StageCountdown, e.StartsAt
			}
		}
	case Missed:
		s.back(e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) { c.Misses++; c.RestUntil = r.At.Add(RestTime) })
	case NoShow:
		s.back(e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Status, c.OnHold, c.Unseen = StatusNoShow, false, e.Offer == 0
			if e.Offer != 0 {
				c.Misses++
			}
		})
		s.deviate(r, DeviationNoShow, e.Candidate, Reason{})
	case NoShowCorrected:
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Status, c.Misses, c.Unseen, c.RestUntil = StatusWaiting, 0, false, time.Time{}
		})
		s.deviate(r, DeviationCorrected, e.Candidate, Reason{})
	case CalledOff:
		s.back(e.Candidate)
	case Lapsed:
		s.back(e.Candidate)
	case TalkStarted:
		for i := range s.Interviewers {
			w := &s.Interviewers[i]
			if w.Offer.ID != e.Offer {
				continue
			}
			c := s.Candidates[w.Offer.Candidate]
			s.Talks = append(s.Talks, Talk{
				Offer: e.Offer, Candidate: c.ID, Interviewer: w.ID, CheckedIn: c.CheckedIn,
				Started: r.At, Resumed: r.At, EndsAt: e.EndsAt,
			})
			slices.SortFunc(s.Talks, func(a, b Talk) int { return int(a.Offer - b.Offer) })
			w.Talk, w.Offer = e.Offer, Offer{}
		}
	case TalkExtended:
		s.converse(e.Offer, func(t *Talk) { t.EndsAt = t.EndsAt.Add(e.More) })
	case TalkResumed:
		s.converse(e.Offer, func(t *Talk) { t.EndsAt, t.Resumed = t.EndsAt.Add(e.Gap), r.At })
	case TalkEnded:
		s.finish(r, e.Offer)
	case TalkAbandoned:
		s.finish(r, e.Offer)
		s.converse(e.Offer, func(t *Talk) {
			t.Abandoned = true
			s.leavePlace(t.Candidate)
			s.move(t.Candidate, s.Order[0])
			s.candidate(t.Candidate, func(c *Candidate) { c.Status, c.Confirmed = StatusWaiting, r.At })
		})
	case WrittenUp:
		s.work(e.Interviewer, func(i *Interviewer) { i.WriteUp = 0 })
		s.converse(e.Offer, func(t *Talk) {
			if e.Interviewer == t.Interviewer {
				t.WrittenUp = r.At
			} else {
				t.Written = append(slices.Clone(t.Written), e.Interviewer)
			}
		})
	case Responded:
		s.candidate(e.Candidate, func(c *Candidate) { c.Interest = e.Interest })
	}
}

// offer opens an offer to an interviewer.
func (s *Session) offer(r Recorded, to InterviewerID, o Offer, status Status, why Reason) {
	answered := s.Candidates[o.Candidate].Status == StatusCalled // the same person, now admitted
	s.free(o.Candidate)
	s.LastOffer = max(s.LastOffer, o.ID)
	s.work(to, func(i *Interviewer) {
		i.Offer, i.Last = o, o.ID
		if r.By.Role == RoleInterviewer { // a new press; otherwise an open one is passed on
			i.Tried = nil
		}
		if !slices.Contains(i.Tried, o.Candidate) {
			i.Tried = append(slices.Clone(i.Tried), o.Candidate)
		}
	})
	s.candidate(o.Candidate, func(c *Candidate) {
		c.Status, c.Offer, c.OnHold, c.Unseen, c.RestUntil = status, o.ID, false, false, time.Time{}
	})
	if o.Taken && !answered {
		s.deviate(r, DeviationTake, o.Candidate, why)
	}
}

// back returns a called or admitted candidate to where he was, his place kept: to
// the waiting, or to the no-shows if he was called again by hand.
func (s *Session) back(id CandidateID) {
	s.free(id)
	s.candidate(id, func(c *Candidate) {
		c.Status, c.Offer = StatusWaiting, 0
		if c.Misses >= MaxMisses {
			c.Status = StatusNoShow
		}
	})
}

// free closes the open offer that holds the candidate, and ends his talk.
func (s *Session) free(id CandidateID) {
	for i := range s.Interviewers {
		if s.Interviewers[i].Offer.Candidate == id {
			s.Interviewers[i].Offer = Offer{}
		}
	}
}

// finish ends a talk and puts its interviewer to writing up.
func (s *Session) finish(r Recorded, id OfferID) {
	s.converse(id, func(t *Talk) {
		t.Ended, t.EndedBy = r.At, r.By.Role
		s.work(t.Interviewer, func(i *Interviewer) { i.Talk, i.WriteUp = 0, id })
		s.candidate(t.Candidate, func(c *Candidate) {
			c.Status, c.Offer, c.Misses = StatusDone, 0, 0
			c.Skipped, c.SkipBefore, c.SkippedAt = false, "", 0
		})
	})
}

func (s *Session) work(id InterviewerID, change func(*Interviewer)) {
	if i := s.interviewer(id); i >= 0 {
		change(&s.Interviewers[i])
	}
}

func (s *Session) candidate(id CandidateID, change func(*Candidate)) {
	if c, ok := s.Candidates[id]; ok {
		change(&c)
		s.Candidates[id] = c
	}
}

func (s *Session) converse(id OfferID, change func(*Talk)) {
	if i := s.talk(id); i >= 0 {
		change(&s.Talks[i])
	}
}

func (s *Session) deviate(r Recorded, kind DeviationKind, id CandidateID, why Reason) {
	s.Deviations = append(s.Deviations, Deviation{At: r.At, By: r.By, Kind: kind, Candidate: id, Reason: why})
}

func without[T comparable](list []T, v T) []T {
	return slices.DeleteFunc(list, func(x T) bool { return x == v })
}
