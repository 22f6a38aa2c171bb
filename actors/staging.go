package actors

import (
	"slices"

	"nextup"
)

// staged is what the stage was told of one talk.
type staged struct {
	people [1 + nextup.MaxPanel]nextup.PersonID // the lead first, the candidate last; then nobody
	shown  bool
	stale  bool // by an earlier activation: stated again
}

func stagedWith(candidate nextup.CandidateID, interviewers ...nextup.InterviewerID) (st staged) {
	for n, i := range interviewers {
		st.people[n] = i.Person()
	}
	st.people[len(interviewers)] = candidate.Person()
	return st
}

// there are the people, in order.
func (st staged) there() []nextup.PersonID {
	n := slices.Index(st.people[:], "")
	if n < 0 {
		n = len(st.people)
	}
	return st.people[:n]
}

func (st staged) state(stage Stage, id nextup.SessionID, talk nextup.OfferID) {
	if st.shown {
		stage.Show(id, talk, st.there()...)
	} else {
		stage.Prepare(id, talk, st.there()...)
	}
}

// stages is what the stage should show of a state: admitted candidates are
// prepared and seen by nobody, talks are shown.
func stages(s nextup.Session) map[nextup.OfferID]staged {
	want := map[nextup.OfferID]staged{}
	for _, i := range s.Interviewers {
		if o := i.Offer; o.Stage == nextup.StageAdmitted || o.Stage == nextup.StageCountdown {
			want[o.ID] = stagedWith(o.Candidate, i.ID)
		}
		if t, ok := s.Talk(i.Talk); ok && want[t.Offer] == (staged{}) {
			st := stagedWith(t.Candidate, t.Members...)
			st.shown = true
			want[t.Offer] = st
		}
	}
	return want
}

// stage states the difference: ended talks first, so that nobody is ever in two.
func (s *session) stage() {
	want := stages(s.state)
	for _, id := range sorted(s.staged) {
		if _, ok := want[id]; !ok {
			s.system.stage.Clear(s.id, id)
		}
	}
	for _, id := range sorted(want) {
		if s.staged[id] != want[id] {
			want[id].state(s.system.stage, s.id, id)
		}
	}
	s.staged = want
}

func sorted(m map[nextup.OfferID]staged) []nextup.OfferID {
	ids := make([]nextup.OfferID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
