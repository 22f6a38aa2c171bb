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

// correctionsErased holds that what was corrected goes with the person it is about,
// and with the record.
func correctionsErased(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	for _, id := range []nextup.SessionID{"s", "other"} {
		must(t, s.Append(ctx, Created(id)))
		must(t, s.Append(ctx, nextup.Batch{
			Session: id, Expected: 1, People: []nextup.Person{{ID: "a", Role: nextup.RoleCandidate, Name: "A"}},
			Events: by(nextup.TheClock, 1, nextup.Admitted{Offer: 1, Interviewer: "i", Candidate: "a"}, nextup.Admitted{Offer: 2, Interviewer: "i", Candidate: "b"}),
		}))
		for _, o := range []nextup.OfferID{1, 2} {
			mark := nextup.Assessment{Session: id, Offer: o, Interviewer: "i", Item: "q:1", Rating: 2, Note: "first words"}
			_, err := s.SaveAssessment(ctx, mark)
			must(t, err)
			mark.Rating, mark.Note, mark.Revision = 4, "second words", 1
			_, err = s.CorrectAssessment(ctx, mark, time.Now())
			must(t, err)
		}
	}
	read := func(id nextup.SessionID) (list []string) {
		t.Helper()
		all, err := s.Corrections(ctx, id)
		must(t, err)
		for _, c := range all {
			list = append(list, fmt.Sprintf("%d %d%s", c.Offer, c.Rating, c.Note))
		}
		return list
	}
	must(t, s.Append(ctx, nextup.Batch{
		Session: "s", Expected: 3, Erased: []nextup.PersonID{"a"}, Events: by(nextup.TheClock, 3, nextup.Erased{Candidate: "a"}),
	}))
	if got := read("s"); !slices.Equal(got, []string{"1 2", "2 2first words"}) {
		t.Errorf("after a was erased there are %q", got)
	}
	if _, err := s.EraseRecord(ctx, "s"); err != nil {
		t.Fatal(err)
	}
	if got := read("s"); got != nil {
		t.Errorf("after the record was erased there are %q", got)
	}
	if got := read("other"); !slices.Equal(got, []string{"1 2first words", "2 2first words"}) {
		t.Errorf("another session has %q", got)
	}
}
