package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// Opener opens the store in a folder: an empty one, or one that was used before.
type Opener func(t testing.TB, dir string, o store.Options) *store.Store

// Run holds a store to the contract.
func Run(t *testing.T, open Opener) {
	for _, part := range []struct {
		name string
		test func(*testing.T, Opener)
	}{
		{"every event comes back as it was", everyEvent},
		{"a batch that is out of order is refused", outOfOrder},
		{"the loser of a version leaves nothing", loserLeavesNothing},
		{"one of a hundred writers wins each version", hundredWriters},
		{"a conflict does not fail its neighbours", neighbours},
		{"a batch without events keeps its rows", rowsOnly},
		{"due", due},
		{"an address has one place in a session", onePlace},
		{"who withdrew is found again", foundAgain},
		{"texts", texts},
		{"who is erased leaves no row", erased},
		{"a session changes hands", handed},
		{"rows hold any words", anyWords},
		{"assessments", assessments},
		{"corrections of assessments are kept", corrections},
		{"corrections go with the person and the record", correctionsErased},
		{"an assessment is saved once by parallel writers", assessmentRace},
		{"founding", founding},
		{"founding happens once", foundingRace},
		{"set-up link", setup},
		{"sessions of an organisation", sessions},
		{"logins", logins},
		{"outbox", outbox},
		{"drafts", drafts},
		{"a draft is saved once by parallel writers", draftRace},
		{"jobs", jobs},
		{"S0-24 a job with applicants, rounds, slots and bookings is there after reopening", boardReopened},
		{"applicants", applicants},
		{"who is erased of a job leaves no words", applicantErased},
		{"messages", messages},
		{"S0-20 who lost his time and is asked again has not answered", askedAnew},
		{"S0-14 nobody is asked to choose where the round or the job is closed", sentWhenClosed},
		{"plans", plans},
		{"moved slots", moves},
		{"bookings", bookings},
		{"bookings that are refused", bookingRefusals},
		{"bookings at once", bookingRace},
		{"what sessions of days have to be told", promises},
		{"everything is there after reopening", reopen},
		{"writes share commits", groups},
		{"nothing after the context's end", contextEnded},
		{"nothing after closing", afterClosing},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open) })
	}
}

// fresh opens a store in a folder of its own, closed when the test ends.
func fresh(t testing.TB, open Opener, o store.Options) *store.Store {
	t.Helper()
	s := open(t, t.TempDir(), o)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// began is a time that nobody takes for now.
var began = time.Date(2026, 11, 24, 12, 0, 0, 123456789, time.UTC)

// by numbers the events of a batch.
func by(actor nextup.Actor, expected int, events ...nextup.Event) []nextup.Recorded {
	list := make([]nextup.Recorded, len(events))
	for i, e := range events {
		list[i] = nextup.Recorded{
			Version: expected + 1 + i,
			At:      began.Add(time.Duration(expected+i) * time.Second),
			By:      actor,
			Command: nextup.CommandID(fmt.Sprintf("command-%d", expected)),
			Event:   e,
		}
	}
	return list
}

// Created is a batch that opens a session, for tests that need one to write to.
func Created(id nextup.SessionID) nextup.Batch {
	owner := nextup.Actor{Role: nextup.RoleRecruiter, ID: "recruiter-1"}
	return nextup.Batch{
		Session: id,
		Events:  by(owner, 0, nextup.Created{Organisation: "organisation-1", Owner: "recruiter-1"}),
		Texts:   []nextup.Text{{ID: nextup.TitleText, Body: "Title of " + string(id)}},
	}
}

// begun opens a session.
func begun(t testing.TB, s *store.Store, id nextup.SessionID) {
	t.Helper()
	if err := s.Append(context.Background(), Created(id)); err != nil {
		t.Fatalf("create %s: %v", id, err)
	}
}

// registered is a batch with one candidate.
func registered(id nextup.SessionID, expected int, candidate, email string) nextup.Batch {
	return nextup.Batch{
		Session:  id,
		Expected: expected,
		Events:   by(nextup.Actor{Role: nextup.RoleVisitor}, expected, nextup.Registered{Candidate: nextup.CandidateID(candidate)}),
		People:   []nextup.Person{{ID: nextup.PersonID(candidate), Role: nextup.RoleCandidate, Name: "Name of " + candidate, Email: email, Language: "sv"}},
		Mails:    []nextup.Mail{{Kind: nextup.MailConfirmation, Person: nextup.PersonID(candidate)}},
	}
}

func version(t testing.TB, s *store.Store, id nextup.SessionID) int {
	t.Helper()
	stream, err := s.Load(context.Background(), id)
	if err != nil {
		t.Fatalf("load %s: %v", id, err)
	}
	return len(stream)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// together runs n functions that start as nearly at once as goroutines can.
func together(n int, run func(i int)) {
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-gate
			run(i)
		})
	}
	close(gate)
	all.Wait()
}
