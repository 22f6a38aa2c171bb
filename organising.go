package nextup

import "slices"

// What a recruiter does for and with the people of a session.

func (d *decision) organise(c Command) error {
	switch c := c.(type) {
	case RenewLink:
		i, ok := d.Interviewer(c.Interviewer)
		if !ok || i.Removed {
			return Refuse(CodeUnknown)
		}
		d.emit(LinkRenewed{i.ID, i.Generation + 1})
	case Resend:
		if err := d.open(); err != nil {
			return err
		}
		if i, ok := d.Interviewer(c.Interviewer); ok && !i.Removed {
			d.emit(InvitationRepeated{i.ID})
			return nil
		}
		return d.repeat(c.Candidate)
	case Grant:
		i, ok := d.Interviewer(c.Interviewer)
		if !ok {
			return Refuse(CodeUnknown)
		}
		if !i.Summary {
			d.emit(SummaryGranted{i.ID})
		}
	case Revoke:
		i, ok := d.Interviewer(c.Interviewer)
		if !ok {
			return Refuse(CodeUnknown)
		}
		if i.Summary {
			d.emit(SummaryRevoked{i.ID})
		}
	case Invite:
		return d.mailSignUp(c)
	case Reinstate:
		if err := d.open(); err != nil {
			return err
		}
		return d.reinstate(c.Candidate)
	case LinkCandidate:
		if known, ok := d.Candidates[c.Candidate]; !ok || known.Erased {
			return Refuse(CodeUnknown)
		}
		d.emit(Linked(c))
	case EraseCandidate:
		known, ok := d.Candidates[c.Candidate]
		if !ok {
			return Refuse(CodeUnknown)
		}
		return d.erase(known)
	}
	return nil
}

// mailSignUp mails the sign-up link to those who were not mailed it before.
func (d *decision) mailSignUp(c Invite) error {
	if err := d.open(); err != nil {
		return err
	}
	if d.over() {
		return Refuse(CodeClosed)
	}
	if len(c.People) > maxInvited || slices.Contains(c.People, "") {
		return Invalid("people")
	}
	for _, id := range c.People {
		if !slices.Contains(d.Invited, id) {
			d.emit(Invited{id})
		}
	}
	return nil
}

// reinstate returns a no-show to his place, unless the clock would take it back at once.
func (d *decision) reinstate(id CandidateID) error {
	c, ok := d.Candidates[id]
	if !ok {
		return Refuse(CodeUnknown)
	}
	if c.Status != StatusNoShow {
		return nil
	}
	if d.unseen(d.presence, d.now, id.Person()) >= UnseenTime {
		return Refuse(CodeAway)
	}
	d.emit(NoShowCorrected{id})
	return nil
}

// erase takes a person out of a session: out of talk and queue first, then his rows.
// What he did stays, as choices of nobody.
func (d *decision) erase(c Candidate) error {
	if c.Erased {
		return nil
	}
	switch c.Status {
	case StatusDone, StatusNotReached, StatusWithdrawn:
	default:
		if err := d.withdraw(c); err != nil {
			return err
		}
	}
	d.emit(Erased{c.ID})
	return nil
}

// ErasedBy says whose rows and which texts events take with them, in the state they
// led to: what somebody said of himself, and what others wrote about him in passing.
func ErasedBy(after Session, events []Event) (people []PersonID, texts []TextID) {
	for _, e := range events {
		gone, ok := e.(Erased)
		if !ok {
			continue
		}
		id := gone.Candidate
		people = append(people, id.Person())
		texts = append(texts, NeedsText(id), LinkText(id), CommentText(id))
		texts = append(texts, after.Candidates[id].Words...)
	}
	return people, texts
}
