package actors

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"nextup"
)

// S3-36: interviewers press Next in the same instant, a thousand times over: never
// the same person, nobody passed over, the order kept.
func TestActors(t *testing.T) {
	t.Run("S3-36", func(t *testing.T) {
		const rounds, people = 1000, 7
		w := newWorld(t)
		defer w.end()
		l := w.lobby("a", 3, people)
		waitReady(t, l)
		last := [3]nextup.OfferID{}
		for round := range rounds {
			waiting := l.state("a").Waiting()
			n := 2 + round%2
			var receipts [3]nextup.Receipt
			var errs [3]error
			ready, done := make(chan struct{}), sync.WaitGroup{}
			for i := range n {
				o := nextup.Order{
					ID: nextup.CommandID(fmt.Sprintf("next-%d-%d", round, i)), By: iv(iid(i + 1)),
					Command: nextup.Next{After: last[i]},
				}
				done.Go(func() {
					<-ready
					receipts[i], errs[i] = w.s.Do(context.Background(), "a", o)
				})
			}
			close(ready)
			done.Wait()
			taken := map[nextup.CandidateID]bool{}
			for i := range n {
				if errs[i] != nil || len(receipts[i].Events) != 1 {
					t.Fatalf("round %d: %v %v", round, receipts[i].Events, errs[i])
				}
				a, ok := receipts[i].Events[0].Event.(nextup.Admitted)
				if !ok || taken[a.Candidate] {
					t.Fatalf("round %d: %+v, taken %v", round, receipts[i].Events[0].Event, taken)
				}
				taken[a.Candidate], last[i] = true, a.Offer
			}
			for _, c := range waiting[:n] {
				if !taken[c] {
					t.Fatalf("round %d: took %v, waiting were %v", round, taken, waiting)
				}
			}
			for i := range n {
				w.do("a", iv(iid(i+1)), nextup.CallOff{Offer: last[i]})
			}
		}
		if n := count[nextup.Admitted](w.j, "a"); n != rounds*5/2 {
			t.Errorf("%d admissions", n)
		}
		if s := w.j.state("a"); len(s.Waiting()) != people || s.Waiting()[0] != "c1" {
			t.Errorf("order in the end: %v", s.Waiting())
		}
	})
}
