package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// erased holds that rows go in the same transaction as the event that says so, that
// nobody else's do, and that all of a person and a letter is kept until then.
func erased(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	must(t, s.Append(ctx, Created("s")))
	must(t, s.Append(ctx, Created("other")))
	a := nextup.Person{ID: "a", Role: nextup.RoleCandidate, Name: "A", Email: "a@example.org", Language: "sv", Phone: "+46 70 123", Notice: 3}
	b := nextup.Person{ID: "b", Role: nextup.RoleCandidate, Name: "B", Email: "b@example.org", Language: "nb"}
	texts := []nextup.Text{{ID: nextup.NeedsText("a"), Body: "an interpreter"}, {ID: nextup.NeedsText("b"), Body: "none"}}
	for _, id := range []nextup.SessionID{"s", "other"} {
		must(t, s.Append(ctx, nextup.Batch{
			Session: id, Expected: 1, People: []nextup.Person{a, b}, Texts: texts,
			Mails: []nextup.Mail{{Kind: nextup.MailChange, Person: "a", Text: "notice-1"}},
		}))
	}
	people, _, err := s.Rows(ctx, "s")
	must(t, err)
	if !slices.Equal(people, []nextup.Person{a, b}) {
		t.Errorf("kept %+v", people)
	}
	pending, err := s.PendingMail(ctx, time.Now(), 10)
	must(t, err)
	if len(pending) != 2 || pending[0].Text != "notice-1" {
		t.Errorf("letters %+v", pending)
	}
	gone := nextup.Batch{
		Session: "s", Expected: 1, Erased: []nextup.PersonID{"a"}, Unsaid: []nextup.TextID{nextup.NeedsText("a")},
		Events: by(nextup.TheClock, 1, nextup.Erased{Candidate: "a"}),
	}
	stale := gone
	stale.Expected = 0
	stale.Events = by(nextup.TheClock, 0, nextup.Created{})
	want(t, s.Append(ctx, stale), store.ErrConflict)
	if people, _, err = s.Rows(ctx, "s"); err != nil || len(people) != 2 {
		t.Errorf("the loser of a version erased: %+v, %v", people, err)
	}
	must(t, s.Append(ctx, gone))
	people, left, err := s.Rows(ctx, "s")
	must(t, err)
	if !slices.Equal(people, []nextup.Person{b}) || slices.Contains(left, texts[0]) || !slices.Contains(left, texts[1]) {
		t.Errorf("left %+v and %+v", people, left)
	}
	if people, left, err = s.Rows(ctx, "other"); err != nil || len(people) != 2 || !slices.Contains(left, texts[0]) {
		t.Errorf("another session lost %+v, %+v, %v", people, left, err)
	}
	if _, found, err := s.FindCandidate(ctx, "s", "a@example.org"); err != nil || found {
		t.Error("the address is found still")
	}
}

// handed holds that a session is its new owner's.
func handed(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	must(t, s.Append(ctx, nextup.Batch{Session: "s", Events: by(nextup.TheClock, 0, nextup.Created{Organisation: "org", Owner: "first"})}))
	must(t, s.Append(ctx, nextup.Batch{Session: "s", Expected: 1, Events: by(nextup.TheClock, 1, nextup.Transferred{Owner: "second"})}))
	all, err := s.Sessions(ctx, "org")
	must(t, err)
	if len(all) != 1 || all[0].Owner != "second" {
		t.Errorf("got %+v", all)
	}
}
