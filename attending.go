package nextup

import (
	"slices"
	"time"
)

// What visitors and candidates may do.

func (d *decision) visitor(c Command) error {
	switch c := c.(type) {
	case Register:
		if err := d.open(); err != nil {
			return err
		}
		if known, ok := d.Candidates[c.Candidate]; ok {
			if known.Status != StatusWithdrawn || known.Erased || slices.ContainsFunc(d.Talks, func(t Talk) bool { return t.Candidate == c.Candidate }) {
				return Refuse(CodeTaken)
			}
		}
		if d.over() {
			return Refuse(CodeClosed)
		}
		if d.Taken() >= d.Settings.Places {
			return Refuse(CodeFull)
		}
		d.emit(Registered{c.Candidate})
	case RegisterAgain:
		if err := d.open(); err != nil {
			return err
		}
		return d.repeat(c.Candidate)
	case TryPIN:
		i, ok := d.Interviewer(c.Interviewer)
		switch {
		case !ok || i.Removed:
			return Refuse(CodeUnknown)
		case i.Locked():
			return Refuse(CodeLocked)
		case c.Right:
			d.emit(PINAccepted{i.ID})
		default:
			d.emit(PINRefused{i.ID})
		}
	}
	return nil
}

// repeat sends a candidate's confirmation again, a few times a day.
func (d *decision) repeat(id CandidateID) error {
	c, ok := d.Candidates[id]
	if !ok || c.Status == StatusWithdrawn {
		return Refuse(CodeUnknown)
	}
	if !d.mayMail(c) {
		return Refuse(CodeTooMany)
	}
	d.emit(RegistrationRepeated{id})
	return nil
}

func (d *decision) mayMail(c Candidate) bool {
	return len(c.Mails) < mailsPerDay || d.now.Sub(c.Mails[len(c.Mails)-mailsPerDay]) >= 24*time.Hour
}

func (d *decision) candidateAsks(cmd Command) error {
	c, ok := d.Candidates[CandidateID(d.by.ID)]
	if !ok {
		return Refuse(CodeUnknown)
	}
	switch cmd := cmd.(type) { // also after the end
	case EraseMe:
		return d.erase(c)
	case Respond:
		return d.respond(c, cmd)
	case Measure:
		return d.measure(cmd)
	case Leave:
		t, ok := d.Talk(cmd.Offer)
		if !ok || t.Candidate != c.ID || !t.Ended.IsZero() {
			return Refuse(CodeNoTalk)
		}
		d.emit(TalkEnded{t.Offer})
		return nil
	}
	if err := d.open(); err != nil {
		return err
	}
	switch cmd := cmd.(type) {
	case Test:
		return d.test(c, cmd)
	case Correct:
		switch {
		case c.Status == StatusWithdrawn:
			return Refuse(CodeUnknown)
		case cmd.Resend && !d.mayMail(c):
			return Refuse(CodeTooMany)
		}
		d.emit(Corrected{c.ID, cmd.Resend})
	case CheckIn:
		return d.checkIn(c, cmd)
	case Continue:
		if c.CheckedIn.IsZero() || c.Status == StatusWithdrawn {
			return Refuse(CodeNotWaiting)
		}
		if c.Device != cmd.Device {
			d.emit(Continued{c.ID, cmd.Device})
		}
	case Confirm:
		if c.Status == StatusWaiting && (!c.RestUntil.IsZero() || d.now.Sub(c.Confirmed) >= time.Minute) {
			d.emit(Confirmed{c.ID})
		}
	case Hold:
		return d.hold(c)
	case Resume:
		if c.Status != StatusWaiting {
			return Refuse(CodeNotWaiting)
		}
		if c.OnHold {
			d.emit(Resumed{c.ID})
		}
	case Acknowledge:
		return d.acknowledge(c, cmd.Offer)
	case CallMe:
		return d.callMe(c, cmd.Offer)
	case Answer:
		return d.answer(c, cmd.Offer)
	case Withdraw:
		return d.withdraw(c)
	case Requeue:
		t, ok := d.Talk(cmd.Offer)
		if !ok || t.Candidate != c.ID || !t.Ended.IsZero() {
			return Refuse(CodeNoTalk)
		}
		if t.deserted(d.presence, d.now) < LostTime {
			return Refuse(CodeStale)
		}
		d.emit(TalkAbandoned{t.Offer})
	}
	return nil
}

func (d *decision) respond(c Candidate, cmd Respond) error {
	if cmd.Interest != InterestYes && cmd.Interest != InterestNo && cmd.Interest != InterestSkip {
		return Invalid("interest")
	}
	if c.Erased || !slices.ContainsFunc(d.Talks, func(t Talk) bool { return t.Candidate == c.ID && !t.Ended.IsZero() }) {
		return Refuse(CodeNoTalk)
	}
	if c.Interest != cmd.Interest {
		d.emit(Responded{c.ID, cmd.Interest})
	}
	return nil
}

// test keeps what the device check said before the lobby opened. In the lobby it is
// presence, which is never kept.
func (d *decision) test(c Candidate, cmd Test) error {
	for _, s := range []DeviceState{cmd.Devices.Camera, cmd.Devices.Microphone, cmd.Devices.Network} {
		if s != "" && s != DeviceOK && s != DeviceOff && s != DeviceFailed {
			return Invalid("devices")
		}
	}
	if c.Status == StatusRegistered && (c.Tested.IsZero() || c.Devices != cmd.Devices) {
		d.emit(Tested{c.ID, cmd.Devices})
	}
	return nil
}

func (d *decision) checkIn(c Candidate, cmd CheckIn) error {
	switch c.Status {
	case StatusRegistered:
	case StatusWithdrawn:
		return Refuse(CodeUnknown)
	default:
		if c.Device != cmd.Device {
			return Refuse(CodeElsewhere)
		}
		return nil
	}
	if d.now.Before(d.Settings.Opens()) {
		return Refuse(CodeNotOpen)
	}
	if d.over() {
		return Refuse(CodeClosed)
	}
	d.emit(CheckedIn{c.ID, cmd.Device})
	return nil
}

func (d *decision) hold(c Candidate) error {
	i := d.offered(c.ID)
	switch {
	case c.Status == StatusWaiting:
		if !c.OnHold {
			d.emit(Held{Candidate: c.ID})
		}
	case i >= 0 && d.Interviewers[i].Offer.ID != 0:
		d.lose(i, func(o Offer) Event { return Held{c.ID, o.ID} })
	default:
		return Refuse(CodeNotWaiting)
	}
	return nil
}

func (d *decision) acknowledge(c Candidate, offer OfferID) error {
	i := d.offered(c.ID)
	if i < 0 || c.Offer != offer {
		return Refuse(CodeStale)
	}
	if d.Interviewers[i].Offer.Stage != StageAdmitted {
		return nil // known already
	}
	d.emit(Acknowledged{offer, d.now.Add(d.Settings.Countdown)})
	d.start(i)
	return nil
}

// callMe makes a call of an admission, under a new number.
func (d *decision) callMe(c Candidate, offer OfferID) error {
	i := d.offered(c.ID)
	if i < 0 || c.Offer != offer {
		return Refuse(CodeStale)
	}
	o := d.Interviewers[i].Offer
	if o.Stage != StageAdmitted {
		return nil // called already, or he was there in time
	}
	d.emit(Called{Offer: d.LastOffer + 1, Interviewer: d.Interviewers[i].ID, Candidate: c.ID, AnswerBy: d.now.Add(d.Settings.Answer), Taken: o.Taken})
	return nil
}

// answer says yes to a call: admitted under a new number, and acknowledged.
func (d *decision) answer(c Candidate, offer OfferID) error {
	i := d.offered(c.ID)
	if i < 0 || c.Offer != offer {
		return Refuse(CodeStale)
	}
	o := d.Interviewers[i].Offer
	if o.Stage != StageCalled {
		return nil
	}
	id := d.LastOffer + 1
	d.emit(Admitted{Offer: id, Interviewer: d.Interviewers[i].ID, Candidate: c.ID, AckBy: d.now.Add(AckTime), Taken: o.Taken})
	d.emit(Acknowledged{id, d.now.Add(d.Settings.Countdown)})
	d.start(i)
	return nil
}

func (d *decision) withdraw(c Candidate) error {
	switch c.Status {
	case StatusDone, StatusNotReached:
		return Refuse(CodeNotWaiting)
	case StatusWithdrawn:
		return nil
	}
	i := d.offered(c.ID)
	if i >= 0 && d.Interviewers[i].Offer.ID != 0 {
		d.lose(i, func(Offer) Event { return Withdrawn{c.ID} })
		return nil
	}
	if i >= 0 {
		d.emit(TalkEnded{d.Interviewers[i].Talk})
	}
	d.emit(Withdrawn{c.ID})
	return nil
}
