package main

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"nextup"
)

// Interviewers who press Next in the same instant never get the same person, and
// nobody is skipped: over real websockets, 1,000 rounds, with two and with three
// interviewers. S3-36, D-05, D-07.
func TestRace(t *testing.T) {
	beside(t, waits)
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	const perSession = 10
	m := inside(t, t.TempDir())
	for n := 0; n*perSession < rounds && !t.Failed(); n++ {
		raceSession(t, m, n, 2+n%2, perSession)
	}
	proved(t, "S3-36, D-05, D-07 nobody twice, nobody passed over")
}

// raceSession plays some rounds of one session through to the last candidate.
func raceSession(t *testing.T, m *Main, n, interviewers, rounds int) {
	t.Helper()
	s := m.seed(t, interviewers, nil)
	var order []nextup.CandidateID
	waiting := map[nextup.CandidateID]*wire{}
	for c := range interviewers * rounds {
		id := m.register(t, s.id, fmt.Sprintf("Candidate %d %d", n, c))
		w, err := m.visitor(t).connect(m.Links.Candidate(s.id, id), newDevice())
		if err != nil {
			t.Fatal(err)
		}
		defer w.leave()
		if err := w.report(); err != nil {
			t.Fatal(err)
		}
		w.do(t, "check_in", nil)
		order, waiting[id] = append(order, id), w
	}
	desks := make([]*wire, interviewers)
	for i := range desks {
		who, v := s.invited(m.Links, i), m.visitor(t)
		v.enter(who)
		w, err := v.connect(who.link, newDevice())
		if err != nil {
			t.Fatal(err)
		}
		defer w.leave()
		w.do(t, "enter", nil)
		desks[i] = w
	}
	for round := range rounds {
		first := order[round*interviewers:]
		first = first[:interviewers]
		after := make([]nextup.OfferID, interviewers)
		for i, w := range desks {
			v := w.interviewerView(t, "free, with the queue up to date", func(v nextup.InterviewerView) bool {
				return v.You.State == nextup.WorkFree && len(v.Queue) == len(order)-round*interviewers &&
					!slices.ContainsFunc(v.Queue[:interviewers], func(r nextup.QueueRow) bool { return r.State != nextup.RowReady })
			})
			after[i] = v.You.Last
		}
		together(desks, func(i int, w *wire) {
			if r, err := w.ask(newName(), "next", fields{"after": after[i], "endTalk": false}); err != nil || !r.OK {
				t.Errorf("session %d, round %d: Next of interviewer %d: %v %s", n, round, i, err, r.Err)
			}
		})
		if t.Failed() {
			return
		}
		var got []nextup.CandidateID
		for i, w := range desks {
			v := w.interviewerView(t, "somebody on the way", func(v nextup.InterviewerView) bool {
				return v.You.Last > after[i] && v.You.Candidate != nil
			})
			got = append(got, v.You.Candidate.ID)
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(first))
		if !slices.Equal(got, want) {
			t.Errorf("session %d, round %d: %v came to the %d interviewers, the first in turn order were %v", n, round, got, interviewers, want)
			return
		}
		// Everybody's browser acknowledges at once, the talks begin, and end at once.
		for _, id := range first {
			w := waiting[id]
			v := w.candidateView(t, "admitted", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAdmitted })
			w.do(t, "acknowledge", fields{"offer": v.Offer})
		}
		together(desks, func(i int, w *wire) {
			v, ok := until(w, patience, func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk })
			if !ok {
				t.Errorf("session %d, round %d: no talk for interviewer %d: %+v", n, round, i, v.You)
				return
			}
			for _, what := range []string{"end", "submit"} {
				if r, err := w.ask(newName(), what, fields{"offer": v.You.Offer}); err != nil || !r.OK {
					t.Errorf("session %d, round %d: %s of interviewer %d: %v %s", n, round, what, i, err, r.Err)
				}
			}
		})
		if t.Failed() {
			return
		}
	}
	v := desks[0].interviewerView(t, "all talked with", func(v nextup.InterviewerView) bool { return v.Done == len(order) })
	if len(v.Queue)+len(v.Missing) > 0 {
		t.Errorf("session %d: all %d talked, and %d wait, %d are missing", n, v.Done, len(v.Queue), len(v.Missing))
	}
}

// together lets all begin in the same instant and waits for all.
func together(desks []*wire, do func(int, *wire)) {
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	for i, w := range desks {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-gate
			do(i, w)
		})
	}
	ready.Wait()
	close(gate)
	done.Wait()
}
