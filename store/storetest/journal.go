package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

func everyEvent(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	first := nextup.Event(nextup.Created{})
	var others []nextup.Event
	for _, e := range store.Names() {
		if _, ok := e.(nextup.Created); !ok {
			others = append(others, e, Sample(e, 2)) // empty, and full
		}
	}
	slices.SortFunc(others, func(a, b nextup.Event) int {
		return strings.Compare(fmt.Sprintf("%T%v", a, a), fmt.Sprintf("%T%v", b, b))
	})
	full := append([]nextup.Event{Sample(first, 1)}, others...)
	kept := by(nextup.Actor{Role: nextup.RoleInterviewer, ID: "i-1"}, 0, full...)
	kept[1].By, kept[1].Command = nextup.TheClock, ""
	// In several batches, as it happens in life.
	for at := 0; at < len(kept); {
		end := min(at+7, len(kept))
		must(t, s.Append(ctx, nextup.Batch{Session: "s", Expected: at, Events: kept[at:end]}))
		at = end
	}
	got, err := s.Load(ctx, "s")
	must(t, err)
	if len(got) != len(kept) {
		t.Fatalf("got %d events, want %d", len(got), len(kept))
	}
	for i := range kept {
		if !reflect.DeepEqual(got[i], kept[i]) {
			t.Errorf("event %d:\n got %#v\nwant %#v", i+1, got[i], kept[i])
		}
	}
	// A session whose Created is empty, and no session at all.
	must(t, s.Append(ctx, nextup.Batch{Session: "empty", Events: by(nextup.TheClock, 0, first)}))
	if n := version(t, s, "empty"); n != 1 {
		t.Errorf("stream has %d events, want 1", n)
	}
	if n := version(t, s, "nobody's"); n != 0 {
		t.Errorf("a session that never was has %d events", n)
	}
}

func outOfOrder(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	clock := nextup.TheClock
	begun(t, s, "s")
	gap := by(clock, 1, nextup.Published{}, nextup.Closed{})
	gap[1].Version = 4
	timeless := by(clock, 1, nextup.Published{})
	timeless[0].At = time.Time{}
	for name, b := range map[string]nextup.Batch{
		"gap":            {Session: "s", Expected: 1, Events: gap},
		"other version":  {Session: "s", Expected: 1, Events: by(clock, 2, nextup.Published{})},
		"created twice":  {Session: "s", Expected: 1, Events: by(clock, 1, nextup.Created{})},
		"begun wrongly":  {Session: "new", Events: by(clock, 0, nextup.Published{})},
		"without a time": {Session: "s", Expected: 1, Events: timeless},
		"nil event":      {Session: "s", Expected: 1, Events: by(clock, 1, nil)},
		"pointer":        {Session: "s", Expected: 1, Events: by(clock, 1, &nextup.Published{})},
		"no such stream": {Session: "new", Texts: []nextup.Text{{ID: "x", Body: "y"}}},
	} {
		err := s.Append(ctx, b)
		if err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got error %v, want a refusal", name, err)
		}
	}
	want(t, s.Append(ctx, nextup.Batch{Session: "new", Expected: 7, Events: by(clock, 7, nextup.Published{})}), store.ErrConflict)
	want(t, s.Append(ctx, Created("s")), store.ErrConflict)
	if a, b := version(t, s, "s"), version(t, s, "new"); a != 1 || b != 0 {
		t.Errorf("streams have %d and %d events, want 1 and 0", a, b)
	}
}

func loserLeavesNothing(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	must(t, s.Append(ctx, registered("s", 1, "winner", "w@example.org")))
	loser := registered("s", 1, "loser", "l@example.org")
	loser.Texts = []nextup.Text{{ID: "left", Body: "behind"}, {ID: nextup.TitleText, Body: "overwritten"}}
	loser.Due = began
	want(t, s.Append(ctx, loser), store.ErrConflict)
	// So does one whose events are right and whose person is not.
	taken := registered("s", 2, "loser", "W@Example.org ")
	taken.Texts, taken.Due = loser.Texts, loser.Due
	want(t, s.Append(ctx, taken), store.ErrTaken)

	if n := version(t, s, "s"); n != 2 {
		t.Errorf("stream has %d events, want 2", n)
	}
	people, words, err := s.Rows(ctx, "s")
	must(t, err)
	if len(people) != 1 || people[0].ID != "winner" {
		t.Errorf("people are %v, want the winner", people)
	}
	if len(words) != 1 || words[0].Body != "Title of s" {
		t.Errorf("texts are %v, want the title as it was", words)
	}
	letters, err := s.Outbox(ctx, "s")
	must(t, err)
	if len(letters) != 1 || letters[0].Person != "winner" {
		t.Errorf("letters are %v, want the winner's", letters)
	}
	late, err := s.Due(ctx, began.Add(time.Hour))
	must(t, err)
	if len(late) != 0 {
		t.Errorf("due are %v, want none", late)
	}
}

func hundredWriters(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	const writers, rounds = 100, 10
	for round := range rounds {
		var won atomic.Int32
		var winner atomic.Value
		together(writers, func(i int) {
			who := fmt.Sprintf("c%d-%d", round, i)
			switch err := s.Append(ctx, registered("s", 1+round, who, who+"@example.org")); {
			case err == nil:
				won.Add(1)
				winner.Store(nextup.CandidateID(who))
			case !errors.Is(err, store.ErrConflict):
				t.Errorf("loser got %v, want %v", err, store.ErrConflict)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("version %d: %d writers won, want 1", 2+round, won.Load())
		}
		stream, err := s.Load(ctx, "s")
		must(t, err)
		if len(stream) != 2+round || stream[1+round].Event != (nextup.Registered{Candidate: winner.Load().(nextup.CandidateID)}) {
			t.Fatalf("stream ends with %v, want the winner %v", stream[len(stream)-1], winner.Load())
		}
	}
	people, _, err := s.Rows(ctx, "s")
	must(t, err)
	letters, err := s.Outbox(ctx, "s")
	must(t, err)
	if len(people) != rounds || len(letters) != rounds {
		t.Errorf("%d people and %d letters, want %d of each", len(people), len(letters), rounds)
	}
}

// neighbours: writers of many sessions, every other one bound to lose, so that
// winners and losers share groups.
func neighbours(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	const n = 64
	name := func(i int) nextup.SessionID { return nextup.SessionID(fmt.Sprintf("s%02d", i)) }
	together(n, func(i int) {
		if err := s.Append(ctx, Created(name(i))); err != nil {
			t.Errorf("create: %v", err)
		}
	})
	before := s.Counts()
	errs := make([]error, n)
	together(n, func(i int) {
		b := registered(name(i), 1, "c", "c@example.org")
		if i%2 == 1 {
			b = registered(name(i), 0, "c", "c@example.org")
			b.Events = by(nextup.TheClock, 0, nextup.Created{})
		}
		errs[i] = s.Append(ctx, b)
	})
	after := s.Counts()
	for i, err := range errs {
		switch {
		case i%2 == 0 && err != nil:
			t.Errorf("%s: %v", name(i), err)
		case i%2 == 1 && !errors.Is(err, store.ErrConflict):
			t.Errorf("%s: got %v, want %v", name(i), err, store.ErrConflict)
		}
		if got := version(t, s, name(i)); got != 2-i%2 {
			t.Errorf("%s has %d events, want %d", name(i), got, 2-i%2)
		}
	}
	if commits := after.Commits - before.Commits; commits >= n/2 {
		t.Errorf("%d writes took %d commits: they did not share groups, so this test saw nothing", n, commits)
	}
}

func rowsOnly(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	must(t, s.Append(ctx, nextup.Batch{Session: "s", Expected: 1, Texts: []nextup.Text{{ID: "q", Body: "why"}}}))
	want(t, s.Append(ctx, nextup.Batch{Session: "s", Expected: 2, Texts: []nextup.Text{{ID: "q", Body: "lost"}}}), store.ErrConflict)
	_, words, err := s.Rows(ctx, "s")
	must(t, err)
	if !slices.Contains(words, nextup.Text{ID: "q", Body: "why"}) {
		t.Errorf("texts are %v", words)
	}
}

func due(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	set := func(id nextup.SessionID, expected int, at time.Time) {
		t.Helper()
		b := Created(id)
		if expected > 0 {
			b = nextup.Batch{Session: id, Expected: expected, Events: by(nextup.TheClock, expected, nextup.Published{})}
		}
		b.Due = at
		must(t, s.Append(ctx, b))
	}
	is := func(before time.Time, ids ...nextup.SessionID) {
		t.Helper()
		got, err := s.Due(ctx, before)
		must(t, err)
		if !slices.Equal(got, ids) {
			t.Fatalf("due before %v are %v, want %v", before, got, ids)
		}
	}
	later := func(n int) time.Time { return began.Add(time.Duration(n) * time.Nanosecond) }
	set("late", 0, later(3))
	set("early", 0, later(1))
	set("never", 0, time.Time{})
	is(began)
	is(later(1), "early")
	is(later(2), "early")
	is(later(3), "early", "late")
	set("early", 1, later(4)) // each append sets it anew
	set("late", 1, time.Time{})
	set("never", 1, later(2).In(time.FixedZone("far", 9*3600))) // an instant, whatever the zone
	is(later(9), "never", "early")
}

func reopen(t *testing.T, open Opener) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir, store.Options{})
	must(t, s.Found(ctx, "o", "Name", Recruiter("r", "r@example.org")))
	begun(t, s, "s")
	must(t, s.Append(ctx, registered("s", 1, "c", "c@example.org")))
	_, err := s.SaveAssessment(ctx, nextup.Assessment{Session: "s", Offer: 1, Interviewer: "i", Item: "note", Note: "good"})
	must(t, err)
	stream, err := s.Load(ctx, "s")
	must(t, err)
	letters, err := s.Outbox(ctx, "s")
	must(t, err)
	must(t, s.Close())
	must(t, s.Close()) // once more does no harm

	s = open(t, dir, store.Options{})
	defer s.Close()
	again, err := s.Load(ctx, "s")
	must(t, err)
	if !reflect.DeepEqual(again, stream) || len(again) != 2 {
		t.Errorf("stream is %v, was %v", again, stream)
	}
	pending, err := s.PendingMail(ctx, began, 10)
	must(t, err)
	if !reflect.DeepEqual(pending, letters) || len(pending) != 1 {
		t.Errorf("letters are %v, were %v", pending, letters)
	}
	marks, err := s.Assessments(ctx, "s")
	must(t, err)
	if len(marks) != 1 || marks[0].Note != "good" || marks[0].Revision != 1 {
		t.Errorf("assessments are %v", marks)
	}
	if ok, err := s.Founded(ctx); !ok || err != nil {
		t.Errorf("founded: %v, %v", ok, err)
	}
	want(t, s.Append(ctx, registered("s", 1, "d", "d@example.org")), store.ErrConflict)
	must(t, s.Append(ctx, registered("s", 2, "d", "d@example.org")))
}

func groups(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	const writers, each = 64, 20
	before := s.Counts()
	together(writers, func(i int) {
		id := nextup.SessionID(fmt.Sprintf("s%d", i))
		if err := s.Append(ctx, Created(id)); err != nil {
			t.Errorf("create: %v", err)
		}
		for v := 1; v < each; v++ {
			if err := s.Append(ctx, nextup.Batch{Session: id, Expected: v, Events: by(nextup.TheClock, v, nextup.Confirmed{Candidate: "c"})}); err != nil {
				t.Errorf("append: %v", err)
			}
		}
	})
	after := s.Counts()
	writes, commits := after.Writes-before.Writes, after.Commits-before.Commits
	if writes != writers*each {
		t.Errorf("%d writes, want %d", writes, writers*each)
	}
	if commits*4 > writes {
		t.Errorf("%d writes took %d commits, want a quarter at most", writes, commits)
	}
	t.Logf("%d writes in %d commits", writes, commits)
	for i := range writers {
		if n := version(t, s, nextup.SessionID(fmt.Sprintf("s%d", i))); n != each {
			t.Errorf("session %d has %d events, want %d", i, n, each)
		}
	}
}

func contextEnded(t *testing.T, open Opener) {
	s := fresh(t, open, store.Options{})
	begun(t, s, "s")
	ended, end := context.WithCancel(context.Background())
	end()
	err := s.Append(ended, registered("s", 1, "c", "c@example.org"))
	want(t, err, context.Canceled)
	if errors.Is(err, store.ErrUnavailable) {
		t.Errorf("%v: the outcome is known, nothing was written", err)
	}
	if n := version(t, s, "s"); n != 1 {
		t.Fatalf("stream has %d events, want 1", n)
	}
	// Contexts that end somewhere on the way: who got no error is there, who was
	// told "not written" is not, and the rest is one or the other, whole.
	const n = 200
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			ctx, end := context.WithTimeout(context.Background(), time.Duration(i*20)*time.Microsecond)
			defer end()
			b := Created(nextup.SessionID(fmt.Sprintf("x%d", i)))
			b.Mails = []nextup.Mail{{Kind: nextup.MailInvitation, Person: "i"}}
			errs[i] = s.Append(ctx, b)
		})
	}
	all.Wait()
	begun(t, s, "last") // behind every write that is still on its way
	for i, err := range errs {
		id := nextup.SessionID(fmt.Sprintf("x%d", i))
		letters, e := s.Outbox(context.Background(), id)
		must(t, e)
		events := version(t, s, id)
		if events != len(letters) {
			t.Errorf("%s: %d events and %d letters", id, events, len(letters))
		}
		switch {
		case err == nil && events != 1:
			t.Errorf("%s: acknowledged and not there", id)
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("%s: %v", id, err)
		case err != nil && !errors.Is(err, store.ErrUnavailable) && events != 0:
			t.Errorf("%s: there in spite of %v", id, err)
		}
	}
}

func afterClosing(t *testing.T, open Opener) {
	ctx, s := context.Background(), open(t, t.TempDir(), store.Options{})
	// Close lets through what is waiting: each of these is kept or says no.
	const n = 50
	dir := t.TempDir()
	busy := open(t, dir, store.Options{})
	errs := make([]error, n)
	together(n+1, func(i int) {
		if i == n {
			if err := busy.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			return
		}
		errs[i] = busy.Append(ctx, Created(nextup.SessionID(fmt.Sprintf("x%d", i))))
	})
	again := open(t, dir, store.Options{})
	defer again.Close()
	for i, err := range errs {
		if err != nil && !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("got %v, want %v", err, store.ErrUnavailable)
		}
		if n := version(t, again, nextup.SessionID(fmt.Sprintf("x%d", i))); n == 0 && err == nil {
			t.Errorf("x%d: acknowledged and not there", i)
		}
	}

	must(t, s.Close())
	want(t, s.Append(ctx, Created("s")), store.ErrUnavailable)
	want(t, s.Scrub(ctx), store.ErrUnavailable)
	select {
	case <-s.Failed():
		t.Error("closing is no failure")
	default:
	}
	if _, err := s.Load(ctx, "s"); err == nil {
		t.Error("a closed store can be read")
	}
}
