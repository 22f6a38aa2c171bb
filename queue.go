package nextup

import (
	"slices"
	"time"
)

// Presence is what is known right now and never kept: who is connected, and how.
// Clients rebuild it when they come back after a restart.
type Presence map[PersonID]Seen

// Seen is one person's presence. The zero value, at Since, means never seen
// since the machine started.
type Seen struct {
	Connected bool
	Since     time.Time // when Connected last changed; the machine's start at first
	Visible   bool      // the page is in front
	Checked   bool      // device check passed, or chosen to go on without
	Devices   Devices
}

// Devices is what the browser says of camera, microphone and network, for the
// interviewer to see.
type Devices struct {
	Camera     DeviceState `json:"camera,omitempty"`
	Microphone DeviceState `json:"microphone,omitempty"`
	Network    DeviceState `json:"network,omitempty"`
}

// DeviceState is how one of them does.
type DeviceState string

// The device states; empty is not known yet.
const (
	DeviceOK     DeviceState = "ok"
	DeviceOff    DeviceState = "off"    // chosen to go without
	DeviceFailed DeviceState = "failed" // denied, missing or busy
)

// gone is how long the person has not been connected.
func (p Presence) gone(id PersonID, now time.Time) time.Duration {
	seen, ok := p[id]
	if !ok || seen.Connected || seen.Since.IsZero() {
		return 0
	}
	return now.Sub(seen.Since)
}

// Waiting lists the candidates who wait, first to last, on hold or not. It is
// the one order that every view shows.
func (s Session) Waiting() []CandidateID {
	var list []CandidateID
	for _, id := range s.Order {
		if s.Candidates[id].Status == StatusWaiting {
			list = append(list, id)
		}
	}
	return list
}

// Before counts who stands before a candidate: everybody called or waiting with
// an earlier place. ok is false for one who does not wait.
func (s Session) Before(id CandidateID) (n int, ok bool) {
	for _, o := range s.Order {
		if o == id {
			return n, s.Candidates[id].Status == StatusWaiting
		}
		if st := s.Candidates[o].Status; st == StatusWaiting || st == StatusCalled {
			n++
		}
	}
	return 0, false
}

// Eligible says whether Next may offer the candidate to an interviewer ("": to one
// like any other): waiting, connected, not on hold, not resting after a miss, not
// reserved for a colleague and not recused.
func (s Session) Eligible(to InterviewerID, p Presence, now time.Time, id CandidateID) bool {
	c := s.Candidates[id]
	if c.Status != StatusWaiting || c.OnHold || !p[id.Person()].Connected || now.Before(c.RestUntil) {
		return false
	}
	return (c.For == "" || c.For == to) && !s.recused(to, id)
}

func (s Session) recused(by InterviewerID, id CandidateID) bool {
	i := s.interviewer(by)
	return i >= 0 && slices.Contains(s.Interviewers[i].Recused, id)
}

// Ready says whether the candidate is connected at once rather than called:
// device check passed, page in front, and an act on the page within ConfirmTime.
func (s Session) Ready(p Presence, now time.Time, id CandidateID) bool {
	c, seen := s.Candidates[id], p[id.Person()]
	return seen.Connected && seen.Visible && seen.Checked && !c.OnHold && now.Before(c.Confirmed.Add(ConfirmTime))
}

// upNext is whom Next offers to an interviewer: the first eligible candidate other
// than some, those first who were handed over to him. It is "" if there is none.
func (s Session) upNext(to InterviewerID, p Presence, now time.Time, except ...CandidateID) CandidateID {
	first := CandidateID("")
	for _, id := range s.Order {
		own := to != "" && s.Candidates[id].For == to
		if (first == "" || own) && s.Eligible(to, p, now, id) && !slices.Contains(except, id) {
			if own {
				return id
			}
			first = id
		}
	}
	return first
}

// placeOf is where in the order a candidate goes who checks in: at the end or, by
// registration, before the first who registered later. Those who came back from a
// talk and those whose time has come stand before everybody else.
func (s Session) placeOf(id CandidateID) int {
	if !s.Settings.byRegistration() {
		return len(s.Order)
	}
	registered := make(map[CandidateID]int, len(s.Registered))
	for at, r := range s.Registered {
		registered[r] = at
	}
	from := s.behindPromised(s.Order)
	for at, o := range s.Order[from:] {
		if registered[o] > registered[id] {
			return from + at
		}
	}
	return len(s.Order)
}

// behindFirst is the place behind the last of those who came back from a talk and
// wait; 0 if there is none.
func (s Session) behindFirst(order []CandidateID) int {
	for at := len(order) - 1; at >= 0; at-- {
		if c := s.Candidates[order[at]]; c.First && c.Status != StatusDone {
			return at + 1
		}
	}
	return 0
}

// first is who stands first in turn order among those who wait; "" if nobody does.
func (s Session) first() CandidateID {
	for _, id := range s.Order {
		if s.Candidates[id].Status == StatusWaiting {
			return id
		}
	}
	return ""
}

// follower is who stands right behind in turn order, "" at the end.
func (s Session) follower(id CandidateID) CandidateID {
	if i := slices.Index(s.Order, id); i >= 0 && i+1 < len(s.Order) {
		return s.Order[i+1]
	}
	return ""
}

// down is who the candidate stands before after letting one waiting person pass.
// ok is false if nobody waits behind him.
func (s Session) down(id CandidateID) (before CandidateID, ok bool) {
	for _, o := range s.Order[slices.Index(s.Order, id)+1:] {
		if s.Candidates[o].Status == StatusWaiting {
			return s.follower(o), true
		}
	}
	return "", false
}

// undoBefore is who the candidate stands before once his skip is undone. Whoever
// stood behind him may have been skipped later himself: then that one's old place
// counts. Versions rise along the way, so it ends.
func (s Session) undoBefore(id CandidateID) CandidateID {
	c := s.Candidates[id]
	if behind := s.Candidates[c.SkipBefore]; behind.Skipped && behind.SkippedAt > c.SkippedAt {
		if before := s.undoBefore(behind.ID); before != id {
			return before
		}
		return s.follower(id)
	}
	return c.SkipBefore
}

// leavePlace makes everybody whose skip would be undone to right before a
// candidate return to where that one stands instead. It comes before the candidate
// leaves the turn order, or his place in it for good. Who would return to where he
// stands himself has no skip left to undo.
func (s *Session) leavePlace(id CandidateID) {
	for _, o := range s.Order {
		c := s.Candidates[o]
		if !c.Skipped || c.SkipBefore != id {
			continue
		}
		c.SkipBefore = s.follower(id)
		if gone := s.Candidates[id]; gone.Skipped && gone.SkippedAt > c.SkippedAt {
			c.SkipBefore = s.undoBefore(id)
		}
		if c.SkipBefore == o || c.SkipBefore == "" {
			c.unskip()
		}
		s.Candidates[o] = c
	}
}

// move puts a candidate right before another in turn order, or at the end.
func (s *Session) move(id, before CandidateID) {
	if id == before || !slices.Contains(s.Order, id) {
		return
	}
	s.Order = without(s.Order, id)
	i := slices.Index(s.Order, before)
	if i < 0 {
		i = len(s.Order)
	}
	s.Order = slices.Insert(s.Order, i, id)
}
