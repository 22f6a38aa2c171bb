package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// Recruiter is somebody with an account, for tests.
func Recruiter(id nextup.RecruiterID, email string) store.Recruiter {
	return store.Recruiter{ID: id, Name: "Name of " + string(id), Email: email, Language: "nb", PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"}
}

func founding(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	is := func(founded bool) {
		t.Helper()
		if ok, err := s.Founded(ctx); ok != founded || err != nil {
			t.Fatalf("founded is %v, %v", ok, err)
		}
	}
	is(false)
	_, err := s.OrganisationName(ctx, "o")
	want(t, err, store.ErrUnknown)
	first := Recruiter("r", "Kari.Østby@example.org")
	must(t, s.Found(ctx, "o", "Ømsund kommune", first))
	is(true)
	want(t, s.Found(ctx, "o2", "Another", Recruiter("r2", "other@example.org")), store.ErrFounded)
	name, err := s.OrganisationName(ctx, "o")
	must(t, err)
	if name != "Ømsund kommune" {
		t.Errorf("name is %q", name)
	}
	_, err = s.OrganisationName(ctx, "o2")
	want(t, err, store.ErrUnknown)

	first.Organisation = "o"
	byEmail, ok, err := s.RecruiterByEmail(ctx, " kari.ØSTBY@example.org")
	must(t, err)
	if !ok || byEmail != first {
		t.Errorf("by e-mail: %v, %v", byEmail, ok)
	}
	byID, ok, err := s.Recruiter(ctx, "r")
	must(t, err)
	if !ok || byID != first {
		t.Errorf("by ID: %v, %v", byID, ok)
	}
	if r, ok, err := s.Recruiter(ctx, "r2"); ok || err != nil {
		t.Errorf("found %v, %v", r, err)
	}
	if r, ok, err := s.RecruiterByEmail(ctx, ""); ok || err != nil {
		t.Errorf("found %v, %v", r, err)
	}
}

func foundingRace(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	must(t, s.SetSetup(ctx, "hash", time.Now().Add(time.Hour)))
	var won atomic.Int32
	together(20, func(i int) {
		id := nextup.OrganisationID(fmt.Sprintf("o%d", i))
		r := Recruiter(nextup.RecruiterID(fmt.Sprintf("r%d", i)), fmt.Sprintf("r%d@example.org", i))
		var err error
		if i%2 == 0 {
			err = s.Found(ctx, id, "Name", r)
		} else {
			err = s.UseSetup(ctx, "hash", id, "Name", r)
		}
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, store.ErrFounded) && !errors.Is(err, store.ErrSetup):
			t.Errorf("found: %v", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d founded, want 1", won.Load())
	}
}

func setup(t *testing.T, open Opener) {
	now := began
	ctx, s := context.Background(), fresh(t, open, store.Options{Now: func() time.Time { return now }})
	works := func(hash string, wanted bool) {
		t.Helper()
		for range 2 { // looking does not use it up
			if ok, err := s.CheckSetup(ctx, hash); ok != wanted || err != nil {
				t.Fatalf("link %q works: %v, %v", hash, ok, err)
			}
		}
	}
	r := Recruiter("r", "r@example.org")
	works("", false)
	works("one", false)
	want(t, s.UseSetup(ctx, "", "o", "Name", r), store.ErrSetup)
	must(t, s.SetSetup(ctx, "one", now.Add(time.Minute)))
	works("one", true)
	must(t, s.SetSetup(ctx, "two", now.Add(time.Minute)))
	works("one", false)
	works("two", true)
	want(t, s.UseSetup(ctx, "one", "o", "Name", r), store.ErrSetup)
	now = now.Add(time.Minute)
	works("two", false)
	want(t, s.UseSetup(ctx, "two", "o", "Name", r), store.ErrSetup)
	must(t, s.SetSetup(ctx, "three", now.Add(time.Minute)))
	must(t, s.UseSetup(ctx, "three", "o", "Name", r))
	works("three", false)
	want(t, s.UseSetup(ctx, "three", "o", "Name", r), store.ErrSetup)
	want(t, s.SetSetup(ctx, "four", now.Add(time.Minute)), store.ErrFounded)
	works("four", false)
	if got, ok, err := s.Recruiter(ctx, "r"); !ok || got.Organisation != "o" || err != nil {
		t.Errorf("recruiter is %v, %v, %v", got, ok, err)
	}
}

func sessions(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	create := func(id nextup.SessionID, o nextup.OrganisationID, at time.Time, title string) {
		t.Helper()
		b := Created(id)
		b.Events[0].At = at
		b.Events[0].Event = nextup.Created{Organisation: o, Owner: "r"}
		b.Texts = nil
		if title != "" {
			b.Texts = []nextup.Text{{ID: nextup.TitleText, Body: title}, {ID: nextup.JobText, Body: "job"}}
		}
		must(t, s.Append(ctx, b))
	}
	create("older", "o", began, "Baker")
	create("newer", "o", began.Add(time.Nanosecond), "")
	create("theirs", "p", began, "Cook")
	must(t, s.SaveText(ctx, "older", nextup.Text{ID: nextup.TitleText, Body: "Head baker"}))
	got, err := s.Sessions(ctx, "o")
	must(t, err)
	wanted := []store.SessionRow{
		{ID: "newer", Owner: "r", Created: began.Add(time.Nanosecond)},
		{ID: "older", Owner: "r", Title: "Head baker", Created: began},
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("got %v, want %v", got, wanted)
	}
	if got, err := s.Sessions(ctx, ""); len(got) != 0 || err != nil {
		t.Errorf("nobody's sessions: %v, %v", got, err)
	}
}

func logins(t *testing.T, open Opener) {
	now := began
	ctx, s := context.Background(), fresh(t, open, store.Options{Now: func() time.Time { return now }})
	l := s.Logins()
	is := func(token string, data []byte) {
		t.Helper()
		got, ok, err := l.Find(token)
		must(t, err)
		withCtx, okCtx, err := l.FindCtx(ctx, token)
		must(t, err)
		if ok != okCtx || !bytes.Equal(got, withCtx) {
			t.Fatal("Find and FindCtx disagree")
		}
		if ok != (data != nil) || !bytes.Equal(got, data) {
			t.Fatalf("login %q has %q, %v, want %q", token, got, ok, data)
		}
	}
	is("a", nil)
	must(t, l.Commit("a", []byte("one\x00"), now.Add(time.Minute)))
	must(t, l.CommitCtx(ctx, "b", []byte{}, now.Add(time.Hour)))
	is("a", []byte("one\x00"))
	is("b", []byte{})
	must(t, l.Commit("a", []byte("two"), now.Add(time.Minute)))
	is("a", []byte("two"))
	now = now.Add(time.Minute)
	is("a", nil)
	is("b", []byte{})
	must(t, l.Delete("b"))
	must(t, l.DeleteCtx(ctx, "b")) // again
	is("b", nil)
}

func outbox(t *testing.T, open Opener) {
	now := began
	ctx, s := context.Background(), fresh(t, open, store.Options{Now: func() time.Time { return now }})
	begun(t, s, "s")
	begun(t, s, "other")
	two := registered("s", 1, "c", "c@example.org")
	two.Mails = append(two.Mails, nextup.Mail{Kind: nextup.MailInvitation, Person: "i"})
	must(t, s.Append(ctx, two))
	now = now.Add(time.Second)
	must(t, s.Append(ctx, registered("other", 1, "d", "d@example.org")))

	pending := func(at time.Time, people ...nextup.PersonID) []store.OutboxRow {
		t.Helper()
		rows, err := s.PendingMail(ctx, at, 10)
		must(t, err)
		var got []nextup.PersonID
		for _, r := range rows {
			got = append(got, r.Person)
		}
		if !slices.Equal(got, people) {
			t.Fatalf("pending are %v, want %v", got, people)
		}
		return rows
	}
	rows := pending(now, "c", "i", "d")
	c, i, d := rows[0], rows[1], rows[2]
	if c.Session != "s" || c.Kind != nextup.MailConfirmation || !c.Created.Equal(began) || c.State != store.MailPending || c.Attempts != 0 || c.Cause != "" {
		t.Errorf("letter is %+v", c)
	}
	if len(c.MessageID) < 20 || c.MessageID == i.MessageID || i.Kind != nextup.MailInvitation {
		t.Errorf("letters are %+v and %+v", c, i)
	}
	if one, err := s.PendingMail(ctx, now, 1); err != nil || len(one) != 1 || one[0].ID != c.ID {
		t.Errorf("the first is %v, %v", one, err)
	}

	must(t, s.MailSent(ctx, c.ID, now))
	must(t, s.MailSent(ctx, c.ID, now.Add(time.Hour))) // told twice
	must(t, s.MailFailed(ctx, c.ID, "late bounce", now, true))
	must(t, s.MailFailed(ctx, i.ID, "421 try later", now.Add(time.Minute), false))
	must(t, s.MailFailed(ctx, d.ID, "550 no", now, true))
	pending(now)
	if again := pending(now.Add(time.Minute), "i"); again[0].MessageID != i.MessageID || again[0].Attempts != 1 || again[0].Cause != "421 try later" {
		t.Errorf("letter is %+v", again[0])
	}
	must(t, s.MailSent(ctx, i.ID, now.Add(time.Minute)))
	for _, err := range []error{s.MailSent(ctx, 999, now), s.MailFailed(ctx, 999, "", now, false), s.MailFailed(ctx, 999, "", now, true)} {
		want(t, err, store.ErrUnknown)
	}

	list, err := s.Outbox(ctx, "s")
	must(t, err)
	wanted := []store.OutboxRow{i, c}
	wanted[0].State, wanted[0].Attempts, wanted[0].Next, wanted[0].Done = store.MailSent, 2, now.Add(time.Minute), now.Add(time.Minute)
	wanted[1].State, wanted[1].Attempts, wanted[1].Done = store.MailSent, 1, now
	if !reflect.DeepEqual(list, wanted) {
		t.Errorf("outbox is\n %+v, want\n %+v", list, wanted)
	}
	list, err = s.Outbox(ctx, "s", "other", "nobody's")
	must(t, err)
	if len(list) != 3 || list[0].ID != d.ID || list[0].State != store.MailFailed || list[0].Cause != "550 no" {
		t.Errorf("outbox is %+v", list)
	}
	if list, err := s.Outbox(ctx); len(list) != 0 || err != nil {
		t.Errorf("of no sessions: %v, %v", list, err)
	}
}
