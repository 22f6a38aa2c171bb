package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// candidateMoment is what a candidate must see at once when it changes; a place
// in the queue is not among it.
type candidateMoment struct {
	status   nextup.Status
	offer    nextup.OfferID
	onHold   bool
	device   nextup.DeviceID
	interest nextup.Interest
	stage    nextup.Stage
	ends     time.Time
	phase    nextup.Phase
	said     int // version of the last announcement
	waitsFor nextup.InterviewerID
	talking  string // who is in his talk
}

func momentOfCandidate(s nextup.Session, id nextup.PersonID) candidateMoment {
	c := s.Candidates[nextup.CandidateID(id)]
	m := candidateMoment{
		status: c.Status, offer: c.Offer, onHold: c.OnHold, device: c.Device, interest: c.Interest, phase: s.Phase,
		said: s.Announced, waitsFor: c.For,
	}
	if c.Offer == 0 {
		return m
	}
	t, _ := s.Talk(c.Offer)
	m.ends, m.talking = t.EndsAt, joined(t.Members)
	for _, i := range s.Interviewers {
		if i.Offer.ID == c.Offer {
			m.stage = i.Offer.Stage
		}
	}
	return m
}

// newQueue makes the live lobby of a session: the desk of all its candidates.
func newQueue(s *System) actor.Actor {
	return &desk{
		system: s,
		holder: func(s nextup.Session, id nextup.PersonID) nextup.DeviceID {
			return s.Candidates[nextup.CandidateID(id)].Device
		},
		urgent: func(before, now nextup.Session, id nextup.PersonID) bool {
			return momentOfCandidate(before, id) != momentOfCandidate(now, id)
		},
		view: func(n nextup.Snapshot, id nextup.PersonID, d nextup.DeviceID) nextup.View {
			return n.ViewOfCandidate(nextup.CandidateID(id), d)
		},
	}
}
