package nextup

import (
	"slices"
	"time"
)

// What an interviewer may do; hand-over and panel stand in handing.go.

func (d *decision) interviewerAsks(cmd Command) error {
	i := d.interviewer(InterviewerID(d.by.ID))
	if i < 0 {
		return Refuse(CodeUnknown)
	}
	w := d.Interviewers[i]
	switch cmd := cmd.(type) { // what a removed interviewer may still do, and after the end
	case End:
		return d.end(w, cmd)
	case Measure:
		return d.measure(cmd)
	case Submit:
		if w.WriteUp != 0 && w.WriteUp == cmd.Offer {
			d.emit(WrittenUp{w.ID, w.WriteUp})
		}
		return nil
	case Extend:
		if w.Talk == 0 || w.Talk != cmd.Offer {
			return Refuse(CodeNoTalk)
		}
		if cmd.More < time.Minute || cmd.More > maxExtension {
			return Invalid("more")
		}
		d.emit(TalkExtended{w.Talk, cmd.More})
		return nil
	}
	// who was removed may still change the device for his last talk and its write-up
	_, enters := cmd.(Enter)
	if w.Removed && (!enters || w.Talk == 0 && w.WriteUp == 0) {
		return Refuse(CodeRemoved)
	}
	switch cmd := cmd.(type) {
	case Enter:
		if w.Device != cmd.Device {
			d.emit(Entered{w.ID, cmd.Device})
		}
		return nil
	}
	if err := d.open(); err != nil {
		return err
	}
	switch cmd := cmd.(type) {
	case Next:
		return d.next(i, cmd.After, cmd.EndTalk, func() (Event, error) {
			id := d.upNext(w.ID, d.presence, d.now)
			if id == "" {
				return nil, Refuse(CodeNobody)
			}
			return d.invite(w.ID, id, false, Reason{}), nil
		})
	case Take:
		return d.take(i, cmd)
	case Skip:
		return d.skip(w, cmd)
	case UndoSkip:
		c, ok := d.Candidates[cmd.Candidate]
		if !ok || c.Status != StatusWaiting {
			return Refuse(CodeNotWaiting)
		}
		if c.Skipped {
			before := d.undoBefore(c.ID)
			if c.SkippedBy.Promised {
				before = d.undoPromised(c, before)
			}
			d.emit(SkipUndone{c.ID, before})
		}
	case CorrectNoShow:
		return d.reinstate(cmd.Candidate)
	case CallOff:
		if w.Offer.ID == 0 || w.Offer.ID != cmd.Offer {
			return Refuse(CodeStale)
		}
		d.emit(CalledOff{w.Offer.Candidate, w.Offer.ID})
	case Recuse:
		return d.recuse(i, cmd)
	case Pause:
		if w.Offer.ID != 0 {
			return Refuse(CodeBusy)
		}
		if w.WriteUp != 0 {
			d.emit(WrittenUp{w.ID, w.WriteUp})
		}
		if !w.Paused {
			d.emit(Paused{w.ID})
			d.release(w.ID)
		}
	case Unpause:
		if w.Paused {
			d.emit(Unpaused{w.ID})
		}
	default:
		return d.handing(w, cmd)
	}
	return nil
}

// next frees the interviewer and makes one offer; if there is nobody to offer,
// the whole command is refused and nothing changes.
func (d *decision) next(i int, after OfferID, endTalk bool, choose func() (Event, error)) error {
	w := d.Interviewers[i]
	switch {
	case w.Last != after:
		return Refuse(CodeStale)
	case w.Offer.ID != 0:
		return Refuse(CodeBusy)
	case d.now.Before(d.Settings.Start):
		return Refuse(CodeNotStarted)
	case w.Talk != 0 && !endTalk:
		return Refuse(CodeRunning)
	}
	if w.Talk != 0 {
		d.out(w)
	}
	if up := d.Interviewers[i].WriteUp; up != 0 {
		d.emit(WrittenUp{w.ID, up})
	}
	if w.Paused {
		d.emit(Unpaused{w.ID})
	}
	offer, err := choose()
	if err != nil {
		return err
	}
	d.emit(offer)
	return nil
}

// take takes one who waits out of turn, calls a no-show again, or calls back one who
// is done.
func (d *decision) take(i int, cmd Take) error {
	if err := reasoned(cmd.Reason); err != nil {
		return err
	}
	w := d.Interviewers[i]
	return d.next(i, cmd.After, cmd.EndTalk, func() (Event, error) {
		c, ok := d.Candidates[cmd.Candidate]
		switch {
		case !ok:
			return nil, Refuse(CodeUnknown)
		case c.Status != StatusWaiting && c.Status != StatusNoShow && c.Status != StatusDone:
			return nil, Refuse(CodeNotWaiting)
		case slices.Contains(w.Recused, c.ID):
			return nil, Refuse(CodeRecused)
		case c.For != "" && c.For != w.ID:
			return nil, Refuse(CodeReserved)
		case !d.presence[c.ID.Person()].Connected:
			return nil, Refuse(CodeAway)
		}
		return d.invite(w.ID, c.ID, true, cmd.Reason), nil
	})
}

// invite is the offer of a candidate to an interviewer: admitted if ready, else
// called. Who is done expects nothing more, and is always called.
func (d *decision) invite(to InterviewerID, id CandidateID, taken bool, why Reason) Event {
	if d.Ready(d.presence, d.now, id) && d.Candidates[id].Status != StatusDone {
		return Admitted{Offer: d.LastOffer + 1, Interviewer: to, Candidate: id, AckBy: d.now.Add(AckTime), Taken: taken, Reason: why}
	}
	return Called{Offer: d.LastOffer + 1, Interviewer: to, Candidate: id, AnswerBy: d.now.Add(d.Settings.Answer), Taken: taken, Reason: why}
}

func (d *decision) skip(w Interviewer, cmd Skip) error {
	if err := reasoned(cmd.Reason); err != nil {
		return err
	}
	c, ok := d.Candidates[cmd.Candidate]
	if !ok || c.Status != StatusWaiting {
		return Refuse(CodeNotWaiting)
	}
	if c.For != "" { // his place is with the colleague
		return Refuse(CodeReserved)
	}
	before, ok := d.down(c.ID)
	if !ok {
		return Refuse(CodeNobody)
	}
	if cmd.ToEnd {
		before = ""
	}
	d.emit(Skipped{Interviewer: w.ID, Candidate: c.ID, Before: before, Reason: cmd.Reason})
	return nil
}

// recuse keeps a candidate from this interviewer for good, and ends what the two
// have with each other: an offer passes on, a talk counts as broken off.
func (d *decision) recuse(i int, cmd Recuse) error {
	if err := reasoned(cmd.Reason); err != nil {
		return err
	}
	w := d.Interviewers[i]
	c, ok := d.Candidates[cmd.Candidate]
	switch {
	case !ok:
		return Refuse(CodeUnknown)
	case c.Status == StatusWithdrawn:
		return Refuse(CodeNotWaiting)
	case slices.Contains(w.Recused, c.ID):
		return nil
	}
	d.emit(Recused{Interviewer: w.ID, Candidate: c.ID, Reason: cmd.Reason})
	for _, t := range d.Talks {
		if t.Candidate == c.ID && slices.Contains(t.Invited, w.ID) {
			d.emit(PanelDeclined{t.Offer, w.ID})
		}
	}
	t, talks := d.Talk(w.Talk)
	switch {
	case w.Offer.ID != 0 && w.Offer.Candidate == c.ID:
		d.lose(i, func(o Offer) Event { return CalledOff{o.Candidate, o.ID} })
	case talks && t.Candidate == c.ID && len(t.Members) > 1:
		d.emit(PanelLeft{t.Offer, w.ID})
	case talks && t.Candidate == c.ID:
		d.emit(TalkAbandoned{t.Offer})
	}
	if d.Candidates[c.ID].For == w.ID {
		d.emit(HandOverLapsed{c.ID})
	}
	return nil
}

func reasoned(r Reason) error {
	if !slices.Contains(Presets, r.Preset) || (r.Preset == PresetOther && r.Text == "") {
		return Refuse(CodeReason)
	}
	return nil
}
