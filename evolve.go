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
	if r.By.Role == RoleInterviewer { // he acts, so he has read what came back to him
		s.work(InterviewerID(r.By.ID), func(i *Interviewer) { i.Told = nil })
	}
	switch e := r.Event.(type) {
	case Created:
		s.Organisation, s.Owner, s.Settings = e.Organisation, e.Owner, e.Settings
		s.Phase, s.Candidates, s.Edited = PhaseDraft, map[CandidateID]Candidate{}, r.Version
	case Changed:
		s.change(r, e.Settings)
	case Published:
		s.Phase = PhasePublished
		s.remind(r.At)
	case Cancelled:
		s.Phase, s.ClosedAt = PhaseCancelled, r.At
		s.Sequence++
	case Archived:
		s.Archived = true
	case Unarchived:
		s.Archived = false
	case Removed:
		s.Removed = true
	case Transferred:
		s.Owner = e.Owner
	case Announced:
		s.Announced = r.Version
	case Invited:
		s.Invited = append(slices.Clone(s.Invited), e.Person)
	case Reminded:
		s.Remind, s.Reminded = time.Time{}, r.At
	case Closed:
		s.Phase, s.ClosedAt = PhaseClosed, r.At
		for _, id := range s.Order {
			if s.Candidates[id].Status == StatusWaiting {
				s.candidate(id, func(c *Candidate) {
					c.Status, c.OnHold = StatusNotReached, false
					c.unreserve()
				})
			}
		}
	case Reopened:
		s.Phase, s.ClosedAt, s.Reopened = PhasePublished, time.Time{}, r.At
		s.Archived = false
		s.Settings.Length = e.Ends.Sub(s.Settings.Start)
		s.Sequence++
		for _, id := range s.Order {
			if s.Candidates[id].Status == StatusNotReached {
				s.candidate(id, func(c *Candidate) { c.Status = StatusWaiting })
			}
		}
		s.deviate(r, DeviationReopen, "", Reason{})

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
	case SummaryGranted:
		s.work(e.Interviewer, func(i *Interviewer) { i.Summary = true })
	case SummaryRevoked:
		s.work(e.Interviewer, func(i *Interviewer) { i.Summary = false })
	case Recused:
		s.work(e.Interviewer, func(i *Interviewer) { i.Recused = append(slices.Clone(i.Recused), e.Candidate) })
		s.deviate(r, DeviationRecuse, e.Candidate, e.Reason)
	case Paused:
		s.work(e.Interviewer, func(i *Interviewer) { i.Paused = true })
	case Unpaused:
		s.work(e.Interviewer, func(i *Interviewer) { i.Paused = false })

	case Registered:
		s.Registered = append(without(s.Registered, e.Candidate), e.Candidate) // again: after the others
		s.Candidates[e.Candidate] = Candidate{ID: e.Candidate, Status: StatusRegistered, Registered: r.At, Mails: []time.Time{r.At}}
	case RegistrationRepeated:
		s.mailed(r, e.Candidate)
	case Tested:
		s.candidate(e.Candidate, func(c *Candidate) { c.Tested, c.Devices = r.At, e.Devices })
	case Corrected:
		if e.Resend {
			s.mailed(r, e.Candidate)
		}
	case Linked:
	case Erased:
		s.candidate(e.Candidate, func(c *Candidate) { c.Erased, c.Devices = true, Devices{} })
	case Withdrawn:
		s.free(e.Candidate)
		s.leavePlace(e.Candidate)
		s.Order = without(s.Order, e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Status, c.Offer, c.OnHold, c.Recalled, c.First = StatusWithdrawn, 0, false, false, false
			c.Promise = PromiseAhead
			c.unreserve()
		})
	case CheckedIn:
		s.Order = slices.Insert(s.Order, s.placeOf(e.Candidate), e.Candidate)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.Status, c.CheckedIn, c.Confirmed, c.Device = StatusWaiting, r.At, r.At, e.Device
		})
	case Booked:
		s.book(e)
	case Promised:
		s.promised(r, e.Candidate)
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
			c.recalled()
		})
	case Resumed:
		s.candidate(e.Candidate, func(c *Candidate) { c.OnHold, c.Confirmed, c.RestUntil = false, r.At, time.Time{} })
	case Skipped:
		before := s.follower(e.Candidate)
		s.move(e.Candidate, e.Before)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.SkippedBy = Standing{c.First, c.Promise == PromiseStands}
			c.Skipped, c.SkipBefore, c.SkippedAt, c.First = true, before, r.Version, false
			if c.Promise == PromiseStands {
				c.Promise = PromiseOver
			}
		})
		s.deviate(r, DeviationSkip, e.Candidate, e.Reason)
	case SkipUndone:
		s.move(e.Candidate, e.Before)
		s.candidate(e.Candidate, func(c *Candidate) {
			c.First = c.First || c.SkippedBy.First
			if c.SkippedBy.Promised {
				c.Promise = PromiseStands
			}
			c.unskip()
		})
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
		s.comeBack(e.Candidate, false)
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
				Offer: e.Offer, Candidate: c.ID, Interviewer: w.ID, Members: []InterviewerID{w.ID}, CheckedIn: c.CheckedIn,
				Offered: w.Offer.Made, Started: r.At, Resumed: r.At, EndsAt: e.EndsAt,
			})
			slices.SortFunc(s.Talks, func(a, b Talk) int { return int(a.Offer - b.Offer) })
			w.Talk, w.Offer = e.Offer, Offer{}
			s.candidate(c.ID, func(c *Candidate) {
				c.Recalled, c.First = false, false
				c.unreserve()
				if !c.Booked.IsZero() {
					c.Promise = PromiseOver
				}
			})
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
			s.candidate(t.Candidate, func(c *Candidate) { c.Status, c.Confirmed, c.First = StatusWaiting, r.At, true })
		})
	case HandedOver:
		s.handOver(r, e)
	case HandOverDeclined:
		s.comeBack(e.Candidate, true)
	case HandOverLapsed:
		s.comeBack(e.Candidate, false)
	case PanelInvited:
		s.converse(e.Offer, func(t *Talk) { t.Invited = append(slices.Clone(t.Invited), e.Interviewer) })
	case PanelDeclined:
		s.converse(e.Offer, func(t *Talk) { t.Invited = without(slices.Clone(t.Invited), e.Interviewer) })
	case PanelJoined:
		s.join(e.Offer, e.Interviewer)
	case PanelLeft:
		s.work(e.Interviewer, func(i *Interviewer) { i.Talk, i.WriteUp = 0, e.Offer })
		s.converse(e.Offer, func(t *Talk) { t.Members = without(slices.Clone(t.Members), e.Interviewer) })
	case WrittenUp:
		s.work(e.Interviewer, func(i *Interviewer) { i.WriteUp = 0 })
		s.converse(e.Offer, func(t *Talk) {
			if e.Interviewer == t.Interviewer {
				t.WrittenUp = r.At
			} else {
				t.Written = append(slices.Clone(t.Written), e.Interviewer)
			}
		})
	case TalkMeasured:
		s.converse(e.Offer, func(t *Talk) { t.Measured = append(slices.Clone(t.Measured), Measured{e.Interviewer, e.Figures}) })
	case Responded:
		s.candidate(e.Candidate, func(c *Candidate) { c.Interest = e.Interest })
	}
}

// offer opens an offer to an interviewer.
func (s *Session) offer(r Recorded, to InterviewerID, o Offer, status Status, why Reason) {
	was := s.Candidates[o.Candidate].Status
	goesOn := was == StatusCalled || was == StatusTalking // the same person, now admitted or called
	unasked := false
	o.Made = r.At
	if i := s.offered(o.Candidate); goesOn && i >= 0 {
		unasked, o.Made = s.Interviewers[i].Offer.Unasked, s.Interviewers[i].Offer.Made
	}
	s.free(o.Candidate)
	s.LastOffer = max(s.LastOffer, o.ID)
	s.work(to, func(i *Interviewer) {
		if goesOn {
			o.Unasked = unasked
		} else { // who was handed somebody has pressed nothing
			o.Unasked = r.By.Role == RoleInterviewer && r.By.ID != string(to)
		}
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
		c.Recalled = c.Recalled || was == StatusDone
	})
	switch {
	case !o.Taken || goesOn:
	case s.Candidates[o.Candidate].For == to: // the hand-over is on record, and he was handed it
	case was == StatusDone:
		s.deviate(r, DeviationRecall, o.Candidate, why)
	default:
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
		c.recalled()
	})
}

// recalled returns one who was called again after his talk to those who are done.
func (c *Candidate) recalled() {
	if c.Recalled {
		c.Status, c.OnHold, c.Recalled, c.Misses = StatusDone, false, false, 0
	}
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
		for _, member := range t.Members {
			s.work(member, func(i *Interviewer) { i.Talk, i.WriteUp = 0, id })
		}
		t.Members, t.Invited = nil, nil
		s.candidate(t.Candidate, func(c *Candidate) {
			c.Status, c.Offer, c.Misses = StatusDone, 0, 0
			c.unskip()
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
	s.written(id, why.Text)
}

func without[T comparable](list []T, v T) []T {
	return slices.DeleteFunc(list, func(x T) bool { return x == v })
}

// change replaces the settings. What people have in their calendars follows.
func (s *Session) change(r Recorded, to Settings) {
	before := s.Settings
	s.Settings, s.Edited = to, r.Version
	if s.Phase != PhasePublished {
		return
	}
	if to.concerns(before) {
		s.Sequence++
	}
	if !to.Start.Equal(before.Start) {
		s.remind(r.At)
	}
}

// remind sets when everybody registered is reminded; with less than a day to go
// their confirmation is still fresh.
func (s *Session) remind(now time.Time) {
	s.Remind = s.Settings.Start.Add(-RemindBefore)
	if !s.Remind.After(now) {
		s.Remind = time.Time{}
	}
}

func (s *Session) mailed(r Recorded, id CandidateID) {
	s.candidate(id, func(c *Candidate) {
		c.Mails = append(slices.Clone(c.Mails), r.At)
		c.Mails = c.Mails[max(0, len(c.Mails)-mailsPerDay):]
	})
}

// written notes that a text says something about a candidate: it goes when he does.
func (s *Session) written(id CandidateID, text TextID) {
	if text != "" {
		s.candidate(id, func(c *Candidate) { c.Words = append(slices.Clone(c.Words), text) })
	}
}

// handOver ends the talk and puts its candidate before everybody who waits for
// anybody, behind those who came back from a talk before him.
func (s *Session) handOver(r Recorded, e HandedOver) {
	from := InterviewerID(r.By.ID)
	s.finish(r, e.Offer)
	s.converse(e.Offer, func(t *Talk) { t.HandedOver = e.To })
	s.leavePlace(e.Candidate)
	if rest := without(slices.Clone(s.Order), e.Candidate); len(rest) > 0 {
		before := CandidateID("")
		if at := s.behindFirst(rest); at < len(rest) {
			before = rest[at]
		}
		s.move(e.Candidate, before)
	}
	s.candidate(e.Candidate, func(c *Candidate) {
		c.Status, c.Confirmed, c.First = StatusWaiting, r.At, true
		c.For, c.ForUntil, c.HandedTo, c.From, c.Note = e.To, e.Until, e.To, from, e.Note
	})
	s.written(e.Candidate, e.Note)
	s.deviate(r, DeviationHandOver, e.Candidate, Reason{})
}

// comeBack frees a candidate who was reserved for a colleague and tells the sender.
func (s *Session) comeBack(id CandidateID, declined bool) {
	c := s.Candidates[id]
	if c.For == "" {
		return
	}
	s.work(c.From, func(i *Interviewer) {
		i.Told = append(slices.Clone(i.Told), Told{Candidate: id, To: c.For, Declined: declined})
	})
	s.candidate(id, func(c *Candidate) {
		c.unreserve()
		c.HandedTo, c.From, c.Note = "", "", ""
	})
}

// unskip forgets the last skip: there is nothing to undo any more.
func (c *Candidate) unskip() {
	c.Skipped, c.SkipBefore, c.SkippedAt, c.SkippedBy = false, "", 0, Standing{}
}

func (c *Candidate) unreserve() { c.For, c.ForUntil = "", time.Time{} }

// join takes an interviewer into a talk; who comes a second time writes up anew.
func (s *Session) join(offer OfferID, id InterviewerID) {
	s.work(id, func(i *Interviewer) { i.Talk = offer })
	s.converse(offer, func(t *Talk) {
		t.Invited = without(slices.Clone(t.Invited), id)
		t.Members = append(slices.Clone(t.Members), id)
		t.Written = without(slices.Clone(t.Written), id)
		if id == t.Interviewer {
			t.WrittenUp = time.Time{}
		} else if !slices.Contains(t.Panel, id) {
			t.Panel = append(slices.Clone(t.Panel), id)
		}
	})
}
