package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// benchRound is a round with 200 applicants, all invited, and slots on one day.
func benchRound(b *testing.B, slots int) (*store.Store, []nextup.ApplicantID, []nextup.Slot, time.Time) {
	ctx, s, now := context.Background(), benchStore(b), time.Now()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	check(s.SaveJob(ctx, nextup.Job{ID: "j", Organisation: "o", Owner: "r", Title: "T", Created: now}, 0))
	_, err := s.AddRound(ctx, nextup.Round{ID: "round", Job: "j", Frame: nextup.DefaultFrame, Created: now})
	check(err)
	who := make([]nextup.ApplicantID, 200)
	list := make([]nextup.Applicant, len(who))
	asked := make([]nextup.Message, len(who))
	for i := range who {
		who[i] = nextup.ApplicantID(fmt.Sprint("a", i))
		list[i] = nextup.Applicant{ID: who[i], Name: "N", Email: fmt.Sprintf("a%d@example.org", i), Added: now}
		asked[i] = nextup.Message{ID: nextup.MessageID(fmt.Sprint("m", i)), Round: "round", Applicant: who[i], Kind: nextup.MailChoose, At: now}
	}
	_, err = s.AddApplicants(ctx, "j", list)
	check(err)
	check(s.EnterRound(ctx, "round", who, now))
	check(s.Send(ctx, asked))
	day := nextup.DayPlan{Date: now.AddDate(0, 0, 7).Format(time.DateOnly)}
	for i := range slots {
		day.Starts = append(day.Starts, now.AddDate(0, 0, 7).Add(time.Duration(i)*time.Minute))
	}
	made := 0
	newID := func() string { made++; return fmt.Sprint("s", made) }
	check(s.SavePlan(ctx, "round", nextup.Plan{Frame: nextup.DefaultFrame, Days: []nextup.DayPlan{day}}, 1, nil, newID, now, false))
	board, err := s.Board(ctx, "j")
	check(err)
	return s, who, board.Rounds[0].Slots, now
}

// BenchmarkBook is one applicant who changes between two free slots: one sync each.
func BenchmarkBook(b *testing.B) {
	s, who, slots, now := benchRound(b, 2)
	c := nextup.Claim{Round: "round", Applicant: who[0], By: nextup.RoleCandidate, At: now}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Slot = slots[i%2].ID
		if _, err := s.Book(context.Background(), c); err != nil {
			b.Fatal(err)
		}
		c.From = c.Slot
	}
}

// BenchmarkBookContended is 64 callers, all of whom want the one slot that somebody has
// already: ns/op is the time until one is told.
func BenchmarkBookContended(b *testing.B) {
	s, who, slots, now := benchRound(b, 1)
	claim := func(a nextup.ApplicantID) nextup.Claim {
		return nextup.Claim{Round: "round", Applicant: a, Slot: slots[0].ID, By: nextup.RoleCandidate, At: now}
	}
	if _, err := s.Book(context.Background(), claim(who[0])); err != nil {
		b.Fatal(err)
	}
	var next atomic.Int32
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		a := who[1+int(next.Add(1))%(len(who)-1)]
		for pb.Next() {
			if _, err := s.Book(context.Background(), claim(a)); !errors.Is(err, nextup.Refuse(nextup.CodeSlotTaken)) {
				b.Error(err)
			}
		}
	})
}
