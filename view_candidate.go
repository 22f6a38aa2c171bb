package nextup

import (
	"slices"
	"time"
)

// ViewOfCandidate makes the view of one candidate on one device.
func (n Snapshot) ViewOfCandidate(id CandidateID, device DeviceID) CandidateView {
	s, c := n.State, n.State.Candidates[id]
	v := CandidateView{
		Version: s.Version, Interest: c.Interest,
		Opens: ms(s.Settings.Opens().Sub(n.Now)), Starts: ms(s.Settings.Start.Sub(n.Now)),
	}
	talked := slices.ContainsFunc(s.Talks, func(t Talk) bool { return t.Candidate == id && !t.Ended.IsZero() })
	if s.Phase == PhasePublished {
		v.Line = n.Texts[LineText]
	}
	if !c.Booked.IsZero() {
		v.Booked, v.Due = n.wall(c.Booked), ms(c.Booked.Sub(n.Now))
		v.Promised, v.Late = c.Promise == PromiseStands, c.late(n.Now)
	}
	switch {
	case c.Status == StatusWithdrawn:
		v.Moment = MomentWithdrawn
	case s.Phase == PhaseCancelled:
		v.Moment = MomentCancelled
	case c.Status == StatusDone:
		v.Moment = MomentAfter
	case c.Status == StatusNotReached:
		v.Moment = MomentNotReached
		if talked { // handed back by an abandoned talk
			v.Moment = MomentAfter
		}
	case c.Status == StatusNoShow && s.Phase == PhasePublished:
		v.Moment = MomentNoShow
	case s.Phase == PhaseClosed && c.Status != StatusTalking:
		v.Moment = MomentClosed
	case c.Status == StatusRegistered:
		v.Moment = MomentRegistered
	case c.Device != device:
		v.Moment = MomentElsewhere
	case c.Status == StatusWaiting:
		n.waiting(&v, c)
	default:
		n.offered(&v, c)
	}
	return v
}

func (n Snapshot) waiting(v *CandidateView, c Candidate) {
	s := n.State
	v.Moment, v.OnHold, v.Missed = MomentWaiting, c.OnHold, n.Now.Before(c.RestUntil)
	if c.For != "" {
		v.For = n.People[c.For.Person()].Name
	}
	queue := n.lined
	if queue == nil {
		queue = s.lineUp(n.Presence, n.Now)
	}
	v.Before, v.Working = queue.before[c.ID], queue.working
	if w, ok := queue.wait[c.ID]; ok {
		v.Wait = &Range{int(w.Min.Minutes()), int(w.Max.Minutes())}
	}
	// the front of the line keeps its media connection warm
	v.Warm = v.Before < 2*s.Active()+3
	v.StillYou = v.Before <= v.Working && v.Working > 0 && !c.OnHold && v.Starts <= 0 &&
		n.Now.Sub(c.Confirmed) >= ConfirmTime-time.Minute
}

func (n Snapshot) offered(v *CandidateView, c Candidate) {
	s := n.State
	i := s.offered(c.ID)
	if i < 0 {
		return
	}
	w := s.Interviewers[i]
	v.Offer, v.Warm, v.With = c.Offer, true, n.People[w.ID.Person()].Name
	if t, ok := s.Talk(w.Talk); ok {
		v.Moment = MomentTalk
		v.Left, v.Length = ms(t.EndsAt.Sub(n.Now)), ms(t.EndsAt.Sub(t.Started))
		v.Lost = ms(t.deserted(n.Presence, n.Now))
		for _, other := range t.Members {
			v.People = append(v.People, n.mate(other, other == t.Lead()))
			if other != w.ID {
				v.Panel = append(v.Panel, n.People[other.Person()].Name)
			}
		}
		return
	}
	v.Left = ms(max(0, w.Offer.Until.Sub(n.Now)))
	switch w.Offer.Stage {
	case StageCalled:
		v.Moment, v.Length = MomentCalled, ms(s.Settings.Answer)
	case StageAdmitted:
		v.Moment = MomentAdmitted
	case StageCountdown:
		v.Moment, v.Length = MomentCountdown, ms(s.Settings.Countdown)
	}
}
