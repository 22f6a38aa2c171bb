package nextup

import "slices"

// ViewOfInterviewer makes the view of one interviewer on one device.
func (n Snapshot) ViewOfInterviewer(id InterviewerID, device DeviceID) InterviewerView {
	n = n.zoned()
	s := n.State
	v := InterviewerView{
		Version: s.Version, Sheet: s.Edited, Phase: s.Phase,
		Starts: ms(s.Settings.Start.Sub(n.Now)), Ends: ms(s.Settings.End().Sub(n.Now)),
		Colleagues: []Work{}, Queue: []QueueRow{}, Missing: []QueueRow{}, Registered: []QueueRow{}, Finished: []QueueRow{},
		NextUp: s.upNext(id, n.Presence, n.Now), Line: n.Texts[LineText], Reached: s.forecast(n.Presence, n.Now),
	}
	for _, i := range s.Interviewers {
		if i.ID == id {
			v.You, v.Removed = n.work(i, id), i.Removed
			v.Elsewhere = i.Device != "" && i.Device != device
			v.Invites, v.Told = n.invites(id), n.told(i)
			if i.Talk != 0 {
				v.You.Costs = s.costs(n.Presence, n.Now, i.Talk)
			}
		} else if !i.Removed {
			v.Colleagues = append(v.Colleagues, n.work(i, id))
		}
	}
	v.Reads = s.MayRead(id)
	if v.Removed { // only his last talk is his business any more
		v.NextUp, v.Colleagues, v.Invites, v.Told, v.Line, v.Reached = "", []Work{}, nil, nil, "", nil
		return v
	}
	for _, c := range s.Order {
		switch s.Candidates[c].Status {
		case StatusWaiting:
			v.Queue = append(v.Queue, n.row(c, id))
		case StatusNoShow:
			v.Missing = append(v.Missing, n.row(c, id))
		case StatusDone:
			v.Done++
			v.Finished = append(v.Finished, n.row(c, id))
		}
	}
	for _, c := range s.Registered {
		if s.Candidates[c].Status == StatusRegistered {
			v.Registered = append(v.Registered, n.row(c, id))
		}
	}
	return v
}

// work is what one interviewer is doing, as another reads it.
func (n Snapshot) work(i Interviewer, reader InterviewerID) Work {
	s := n.State
	w := Work{ID: i.ID, Name: n.People[i.ID.Person()].Name, Connected: n.Presence[i.ID.Person()].Connected, Last: i.Last}
	with := func(id CandidateID) *QueueRow {
		r := n.row(id, reader)
		return &r
	}
	switch t, talks := s.Talk(max(i.Talk, i.WriteUp)); {
	case i.Offer.ID != 0:
		w.State, w.Stage, w.Offer, w.Candidate = WorkCalling, i.Offer.Stage, i.Offer.ID, with(i.Offer.Candidate)
		w.Left = ms(max(0, i.Offer.Until.Sub(n.Now)))
		if i.Offer.Stage == StageCalled {
			w.Length = ms(s.Settings.Answer)
		} else {
			w.Length = ms(s.Settings.Countdown)
		}
	case i.Talk != 0 && talks:
		w.State, w.Offer, w.Candidate = WorkTalk, t.Offer, with(t.Candidate)
		w.Left, w.Length = ms(t.EndsAt.Sub(n.Now)), ms(t.EndsAt.Sub(t.Started))
		w.Lost = ms(n.Presence.gone(t.Candidate.Person(), n.Now))
		w.Lead = t.Lead() == i.ID
		if len(t.Members) > 1 {
			for _, other := range t.Members {
				w.Panel = append(w.Panel, n.mate(other, other == t.Lead()))
			}
		}
	case i.WriteUp != 0 && talks:
		w.State, w.Offer, w.Candidate = WorkWriteUp, t.Offer, with(t.Candidate)
		w.Left, w.Length = ms(t.Ended.Add(s.Settings.Pause).Sub(n.Now)), ms(s.Settings.Pause)
		w.Talked = ms(t.Ended.Sub(t.Started))
	case i.Paused:
		w.State = WorkPaused
	case !w.Connected || i.Device == "":
		w.State = WorkAway
	default:
		w.State = WorkFree
	}
	return w
}

func (n Snapshot) mate(id InterviewerID, lead bool) Mate {
	return Mate{ID: id, Name: n.People[id.Person()].Name, Lead: lead, Connected: n.Presence[id.Person()].Connected}
}

// invites are the talks an interviewer is asked to join.
func (n Snapshot) invites(id InterviewerID) (list []PanelInvite) {
	for _, i := range n.State.Interviewers {
		t, ok := n.State.Talk(i.Talk)
		if !ok || t.Lead() != i.ID || !slices.Contains(t.Invited, id) {
			continue
		}
		row := n.row(t.Candidate, id)
		list = append(list, PanelInvite{
			Offer: t.Offer, From: n.People[i.ID.Person()].Name, Candidate: &row, Left: ms(t.EndsAt.Sub(n.Now)),
		})
	}
	return list
}

// told are an interviewer's hand-overs that came back.
func (n Snapshot) told(i Interviewer) (list []ToldRow) {
	for _, t := range i.Told {
		row := ToldRow{Candidate: t.Candidate, Name: n.People[t.Candidate.Person()].Name, To: n.People[t.To.Person()].Name, Why: "lapsed"}
		if t.Declined {
			row.Why = "declined"
		}
		list = append(list, row)
	}
	return list
}

// row is a candidate as an interviewer reads of him. The words of a hand-over are
// for the one it is made to.
func (n Snapshot) row(id CandidateID, reader InterviewerID) QueueRow {
	c, seen, who := n.State.Candidates[id], n.Presence[id.Person()], n.People[id.Person()]
	r := QueueRow{
		ID: id, Name: who.Name, Language: who.Language, Phone: who.Phone, Skipped: c.Skipped,
		Devices: seen.Devices, Tested: !c.Tested.IsZero(), Recused: n.State.recused(reader, id),
		Needs: n.Texts[NeedsText(id)], Link: n.Texts[LinkText(id)],
	}
	if r.Devices == (Devices{}) {
		r.Devices = c.Devices // as checked before the day
	}
	if !c.Booked.IsZero() {
		r.Booked, r.Promised = n.wall(c.Booked), c.Promise == PromiseStands
	}
	if c.For != "" {
		to := n.mate(c.For, false)
		r.For = &to
	}
	if c.HandedTo == reader && reader != "" {
		r.From, r.Note = n.People[c.From.Person()].Name, n.Texts[c.Note]
	}
	if c.CheckedIn.IsZero() {
		r.At = ms(n.Now.Sub(c.Registered))
		return r
	}
	r.Waited = ms(n.Now.Sub(c.CheckedIn))
	away := n.Presence.gone(id.Person(), n.Now)
	switch {
	case c.OnHold:
		r.State = RowHold
	case away >= GreyTime:
		r.State, r.Away = RowAway, ms(away)
	case n.Now.Before(c.RestUntil):
		r.State = RowMissed
	case n.State.Ready(n.Presence, n.Now, id):
		r.State = RowReady
	default:
		r.State = RowHere
	}
	return r
}
