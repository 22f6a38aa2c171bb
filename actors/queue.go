package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// newQueue makes the live lobby of a session: the desk of all its candidates.
func newQueue(s *System) actor.Actor {
	return &desk{
		system: s,
		holder: func(s nextup.Session, id nextup.PersonID) nextup.DeviceID {
			return s.Candidates[nextup.CandidateID(id)].Device
		},
		moment: func(s nextup.Session, id nextup.PersonID) any {
			c := s.Candidates[nextup.CandidateID(id)]
			t, _ := s.Talk(c.Offer)
			stage := nextup.Stage("")
			for _, i := range s.Interviewers {
				if i.Offer.ID != 0 && i.Offer.ID == c.Offer {
					stage = i.Offer.Stage
				}
			}
			return [...]any{c.Status, c.Offer, c.OnHold, c.Device, c.Interest, stage, t.EndsAt, s.Phase}
		},
		view: func(n nextup.Snapshot, id nextup.PersonID, d nextup.DeviceID) nextup.View {
			return n.ViewOfCandidate(nextup.CandidateID(id), d)
		},
	}
}
