package nextup

import "slices"

// Handing a candidate over, and talks of several interviewers.

func (d *decision) handing(w Interviewer, cmd Command) error {
	switch cmd := cmd.(type) {
	case HandOver:
		return d.handOver(w, cmd)
	case DeclineHandOver:
		c, ok := d.Candidates[cmd.Candidate]
		if !ok || c.For != w.ID {
			return Refuse(CodeStale)
		}
		if w.Offer.ID != 0 && w.Offer.Candidate == c.ID {
			d.emit(CalledOff{c.ID, w.Offer.ID})
		}
		d.emit(HandOverDeclined{c.ID, w.ID})
	case InvitePanel:
		return d.invitePanel(w, cmd)
	case JoinPanel:
		return d.joinPanel(w, cmd)
	case DeclinePanel:
		if t, ok := d.Talk(cmd.Offer); ok && slices.Contains(t.Invited, w.ID) {
			d.emit(PanelDeclined{t.Offer, w.ID})
		}
	}
	return nil
}

// handOver ends the talk and reserves its candidate for a colleague; if that one is
// free they are connected in the same commit.
func (d *decision) handOver(w Interviewer, cmd HandOver) error {
	t, ok := d.Talk(w.Talk)
	if !ok || t.Offer != cmd.Offer {
		return Refuse(CodeNoTalk)
	}
	to, ok := d.Interviewer(cmd.To)
	switch {
	case t.Lead() != w.ID:
		return Refuse(CodeNotLead)
	case cmd.To == w.ID:
		return Invalid("to")
	case !ok || to.Removed:
		return Refuse(CodeUnknown)
	case slices.Contains(to.Recused, t.Candidate):
		return Refuse(CodeRecused)
	case !to.Working() || !d.presence[to.ID.Person()].Connected:
		return Refuse(CodeNotWorking)
	}
	d.emit(HandedOver{
		Offer: t.Offer, To: to.ID, Candidate: t.Candidate, Note: cmd.Note,
		Until: d.now.Add(d.Settings.Talk + d.Settings.Pause),
	})
	to, _ = d.Interviewer(to.ID) // he may have been in the same talk
	if to.Offer.ID == 0 && to.Talk == 0 && to.WriteUp == 0 && d.Eligible(to.ID, d.presence, d.now, t.Candidate) {
		d.emit(d.invite(to.ID, t.Candidate, false, Reason{}))
	}
	return nil
}

// release frees everybody who waits for an interviewer in particular.
func (d *decision) release(id InterviewerID) {
	for _, c := range d.Waiting() {
		if d.Candidates[c].For == id {
			d.emit(HandOverLapsed{c})
		}
	}
}

// setFree is release for one who leaves for good: nor is he expected in any talk.
func (d *decision) setFree(id InterviewerID) {
	d.release(id)
	for _, t := range d.Talks {
		if slices.Contains(t.Invited, id) {
			d.emit(PanelDeclined{t.Offer, id})
		}
	}
}

func (d *decision) invitePanel(w Interviewer, cmd InvitePanel) error {
	t, ok := d.Talk(w.Talk)
	if !ok || t.Offer != cmd.Offer {
		return Refuse(CodeNoTalk)
	}
	to, ok := d.Interviewer(cmd.Interviewer)
	switch {
	case !ok || to.Removed:
		return Refuse(CodeUnknown)
	case slices.Contains(t.Members, to.ID) || slices.Contains(t.Invited, to.ID):
		return nil
	case slices.Contains(to.Recused, t.Candidate):
		return Refuse(CodeRecused)
	case len(t.Members)+len(t.Invited) >= MaxPanel:
		return Refuse(CodePanelFull)
	}
	d.emit(PanelInvited{t.Offer, to.ID})
	return nil
}

func (d *decision) joinPanel(w Interviewer, cmd JoinPanel) error {
	t, ok := d.Talk(cmd.Offer)
	switch {
	case !ok || !t.Ended.IsZero():
		return Refuse(CodeNoTalk)
	case w.Talk == t.Offer:
		return nil
	case !slices.Contains(t.Invited, w.ID):
		return Refuse(CodeNotInvited)
	case w.Offer.ID != 0:
		return Refuse(CodeBusy)
	case w.Talk != 0:
		return Refuse(CodeRunning)
	}
	if w.WriteUp != 0 {
		d.emit(WrittenUp{w.ID, w.WriteUp})
	}
	d.emit(PanelJoined{t.Offer, w.ID})
	return nil
}

// end is End: for the whole panel if the lead says so, else one leaves.
func (d *decision) end(w Interviewer, cmd End) error {
	t, ok := d.Talk(w.Talk)
	switch {
	case !ok || t.Offer != cmd.Offer:
		return Refuse(CodeNoTalk)
	case !cmd.All:
		d.out(w)
	case t.Lead() != w.ID:
		return Refuse(CodeNotLead)
	default:
		d.emit(TalkEnded{t.Offer})
	}
	return nil
}

// out takes an interviewer out of his talk; the last one ends it.
func (d *decision) out(w Interviewer) {
	if t, _ := d.Talk(w.Talk); len(t.Members) > 1 {
		d.emit(PanelLeft{w.Talk, w.ID})
	} else {
		d.emit(TalkEnded{w.Talk})
	}
}
