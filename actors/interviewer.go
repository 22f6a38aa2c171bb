package actors

import (
	"slices"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// interviewerMoment is what an interviewer must see at once when it changes.
type interviewerMoment struct {
	known, removed, paused bool
	device                 nextup.DeviceID
	offer                  nextup.Offer
	talk, writeUp, last    nextup.OfferID
	ends                   time.Time
	phase                  nextup.Phase
	edited, said           int
	talking                string // who is in his talk, and who is asked to be
	asked                  string // into which talks he is
	handed                 string // who is reserved for him
	recused, told          int
}

func momentOfInterviewer(s nextup.Session, id nextup.PersonID) interviewerMoment {
	i, ok := s.Interviewer(nextup.InterviewerID(id))
	t, _ := s.Talk(i.Talk)
	m := interviewerMoment{
		known: ok, removed: i.Removed, paused: i.Paused, device: i.Device, offer: i.Offer,
		talk: i.Talk, writeUp: i.WriteUp, last: i.Last, ends: t.EndsAt, phase: s.Phase, edited: s.Edited,
		said: s.Announced, talking: joined(t.Members) + "/" + joined(t.Invited), recused: len(i.Recused), told: len(i.Told),
	}
	for _, other := range s.Interviewers {
		if t, ok := s.Talk(other.Talk); ok && slices.Contains(t.Invited, i.ID) {
			m.asked += strconv.Itoa(int(t.Offer)) + " "
		}
	}
	for _, id := range s.Order {
		if c := s.Candidates[id]; c.For != "" && c.For == i.ID {
			m.handed += string(id) + " "
		}
	}
	return m
}

func joined(ids []nextup.InterviewerID) (text string) {
	for _, id := range ids {
		text += string(id) + " "
	}
	return text
}

// newInterviewer makes the desk of one interviewer at work.
func newInterviewer(s *System, id nextup.InterviewerID) actor.Actor {
	return &desk{
		system: s,
		who:    id.Person(),
		holder: func(s nextup.Session, id nextup.PersonID) nextup.DeviceID {
			i, _ := s.Interviewer(nextup.InterviewerID(id))
			return i.Device
		},
		urgent: func(before, now nextup.Session, id nextup.PersonID) bool {
			return momentOfInterviewer(before, id) != momentOfInterviewer(now, id)
		},
		view: func(n nextup.Snapshot, id nextup.PersonID, d nextup.DeviceID) nextup.View {
			return n.ViewOfInterviewer(nextup.InterviewerID(id), d)
		},
	}
}
