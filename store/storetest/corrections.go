package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

func corrections(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	begun(t, s, "other")
	at := func(n int) time.Time { return time.Date(2026, 11, 24, 14, n, 0, 0, time.UTC) }
	mark := nextup.Assessment{Session: "s", Offer: 3, Interviewer: "i", Item: "overall", Rating: 3}
	save := func(rating int, note string) {
		t.Helper()
		mark.Rating, mark.Note = rating, note
		got, err := s.SaveAssessment(ctx, mark)
		must(t, err)
		mark.Revision = got.Revision
	}
	correct := func(n, rating int, note string) {
		t.Helper()
		mark.Rating, mark.Note = rating, note
		got, err := s.CorrectAssessment(ctx, mark, at(n))
		must(t, err)
		mark.Revision = got.Revision
	}
	read := func() (list []string) {
		t.Helper()
		all, err := s.Corrections(ctx, "s")
		must(t, err)
		for _, c := range all {
			list = append(list, fmt.Sprintf("%s %d %s %s r%d: %d %s", c.Session, c.Offer, c.Item, c.At.Format("15:04"), c.Revision, c.Rating, c.Note))
		}
		return list
	}
	save(3, "first words")
	save(2, "typed on")
	if got := read(); got != nil {
		t.Fatalf("what is typed before submission is kept as a correction: %v", got)
	}
	correct(1, 1, "typed on")
	correct(2, 1, "typed on") // the same once more corrects nothing
	correct(3, 1, "other words")
	stale := mark
	stale.Revision, stale.Note = 1, "stale"
	there, err := s.CorrectAssessment(ctx, stale, at(4))
	want(t, err, store.ErrConflict)
	if there.Note != "other words" {
		t.Errorf("told %v is there", there)
	}
	mark = nextup.Assessment{Session: "s", Offer: 3, Interviewer: "i", Item: "t:1"}
	correct(5, 4, "") // there was none before
	must(t, func() error {
		_, err := s.CorrectAssessment(ctx, nextup.Assessment{Session: "other", Offer: 3, Interviewer: "i", Item: "t:1", Rating: 1}, at(6))
		return err
	}())
	if got, expected := read(), []string{
		"s 3 overall 14:01 r2: 2 typed on", "s 3 overall 14:03 r3: 1 typed on", "s 3 t:1 14:05 r0: 0 ",
	}; !slices.Equal(got, expected) {
		t.Errorf("corrections are %q, want %q", got, expected)
	}
	_, err = s.CorrectAssessment(ctx, nextup.Assessment{Session: "nobody's", Item: "note", Note: "x"}, at(7))
	want(t, err, store.ErrUnknown)
}
