package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// newInterviewer makes the desk of one interviewer at work.
func newInterviewer(s *System, id nextup.InterviewerID) actor.Actor {
	return &desk{
		system: s,
		who:    id.Person(),
		holder: func(s nextup.Session, id nextup.PersonID) nextup.DeviceID {
			i, _ := s.Interviewer(nextup.InterviewerID(id))
			return i.Device
		},
		moment: func(s nextup.Session, id nextup.PersonID) any {
			i, _ := s.Interviewer(nextup.InterviewerID(id))
			t, _ := s.Talk(i.Talk)
			return [...]any{i, t.EndsAt, s.Phase, s.Edited}
		},
		view: func(n nextup.Snapshot, id nextup.PersonID, d nextup.DeviceID) nextup.View {
			return n.ViewOfInterviewer(nextup.InterviewerID(id), d)
		},
	}
}
