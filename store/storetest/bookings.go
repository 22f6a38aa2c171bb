package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"nextup"
)

// bookings holds what an applicant's choice does: who wins, and what else happens in
// the same transaction.
func bookings(t *testing.T, open Opener) {
	x := recruits(t, open, 3)
	slots := x.slots(1, video(on(monday, 9, 10)), video(on(tuesday, 9)))
	x.settled()

	first := x.books("a0", slots[0])
	if first.UID == "" || first.Sequence != 0 || first.Slot != slots[0] || first.Was != "" || first.By != nextup.RoleCandidate || !first.At.Equal(began) {
		t.Errorf("booked %+v", first)
	}
	x.wrote(0, "booked a0")
	if got := x.behind(); !slices.Equal(got, []string{monday}) {
		t.Errorf("behind are %v", got)
	}
	if e, _ := x.rb().Entry("a0"); e.State() != nextup.EntryChosen || e.Opened.IsZero() {
		t.Errorf("he stands as %+v", e)
	}

	t.Run("the same again changes nothing", func(t *testing.T) {
		for _, from := range []nextup.SlotID{"", slots[0]} {
			if again, err := x.Book(x.ctx(), x.himself("a0", from, slots[0])); err != nil || again != first {
				t.Errorf("%+v, %v", again, err)
			}
		}
		x.wrote(1)
	})
	t.Run("S0-22 a change frees the old time at once and is the same calendar entry", func(t *testing.T) {
		x.settled()
		b := x.books("a0", slots[2])
		if b.UID != first.UID || b.Sequence != 1 || b.Slot != slots[2] || b.Was != slots[0] {
			t.Errorf("changed to %+v", b)
		}
		x.wrote(1, "moved a0")
		if got := x.behind(); !slices.Equal(got, []string{monday, tuesday}) {
			t.Errorf("behind are %v: both days have to be told", got)
		}
		if b := x.books("a1", slots[0]); b.UID == first.UID || b.Sequence != 0 {
			t.Errorf("the freed one went as %+v", b)
		}
		x.wrote(2, "booked a1")
	})
	t.Run("S0-22 who cancels frees the time and can choose again", func(t *testing.T) {
		x.settled()
		b, err := x.Unbook(x.ctx(), x.himself("a0", slots[2], ""))
		must(t, err)
		if b.UID != first.UID || b.Sequence != 2 || b.Slot != "" || b.Was != slots[2] {
			t.Errorf("cancelled to %+v", b)
		}
		if e, _ := x.rb().Entry("a0"); e.State() != nextup.EntryCancel {
			t.Errorf("he is %s", e.State())
		}
		x.wrote(3, "unbooked a0")
		if got := x.behind(); !slices.Equal(got, []string{tuesday}) {
			t.Errorf("behind are %v", got)
		}
		if _, err = x.Unbook(x.ctx(), x.himself("a0", slots[2], "")); !errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
			t.Errorf("twice: %v", err)
		}
		x.books("a2", slots[2])
		if b := x.books("a0", slots[1]); b.UID != first.UID || b.Sequence != 3 || b.Was != slots[2] {
			t.Errorf("chosen again as %+v", b)
		}
		x.wrote(4, "booked a2", "booked a0")
	})
	t.Run("a recruiter's change is quiet if he says so", func(t *testing.T) {
		c := x.himself("a0", slots[1], "")
		c.By = nextup.RoleRecruiter
		b, err := x.Unbook(x.ctx(), c)
		must(t, err)
		c.From, c.Slot = "", slots[1]
		if b, err = x.Book(x.ctx(), c); err != nil || b.By != nextup.RoleRecruiter {
			t.Errorf("%+v, %v", b, err)
		}
		x.wrote(6)
	})
}

// bookingRefusals holds each reason for which a time is not given, and that nothing is
// written then.
func bookingRefusals(t *testing.T, open Opener) {
	x := recruits(t, open, 6)
	must(t, x.EnterRound(x.ctx(), round, who(6), began))
	_, err := x.AddApplicants(x.ctx(), job, []nextup.Applicant{{ID: "uninvited"}, {ID: "outside"}})
	must(t, err)
	must(t, x.EnterRound(x.ctx(), round, []nextup.ApplicantID{"uninvited"}, began))
	slots := x.slots(1, on(monday, 9, 10, 11, 12), on(tuesday, 9))
	free, taken, mine, removed := slots[0], slots[1], slots[2], slots[3]
	x.books("a1", taken)
	x.books("a2", mine)
	must(t, x.save(planned(1, on(monday, 9, 10, 11), on(tuesday, 9))))
	must(t, x.RemoveApplicants(x.ctx(), job, []nextup.ApplicantID{"a3"}, began, false))
	must(t, x.LeaveRound(x.ctx(), round, []nextup.ApplicantID{"a4"}, nextup.RoleRecruiter, began, false))
	x.job("other", 0)
	x.round("other", "elsewhere")

	start := at(monday, 9)
	before := func(d time.Duration) time.Time { return start.Add(-d) }
	recruiter := nextup.RoleRecruiter
	cut := nextup.DefaultCutOff
	for _, v := range []struct {
		what   string
		code   nextup.Code // "" : no refusal
		change func(*nextup.Claim)
	}{
		{"taken", nextup.CodeSlotTaken, func(c *nextup.Claim) { c.Slot = taken }},
		{"taken, for a recruiter", nextup.CodeSlotTaken, func(c *nextup.Claim) { c.Slot, c.By = taken, recruiter }},
		{"removed", nextup.CodeSlotGone, func(c *nextup.Claim) { c.Slot = removed }},
		{"no such slot", nextup.CodeSlotGone, func(c *nextup.Claim) { c.Slot = "none" }},
		{"another round's", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Round = "elsewhere" }},
		{"begun, for a recruiter", nextup.CodeSlotGone, func(c *nextup.Claim) { c.By, c.At = recruiter, start }},
		{"begun", nextup.CodeSlotGone, func(c *nextup.Claim) { c.At = start }},
		{"at the cut-off", nextup.CodeCutOff, func(c *nextup.Claim) { c.At = before(cut) }},
		{"not in the round", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Applicant = "outside" }},
		{"not in the round, for a recruiter", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Applicant, c.By = "outside", recruiter }},
		{"not invited", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Applicant = "uninvited" }},
		{"removed from the job", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Applicant = "a3" }},
		{"removed from the job, for a recruiter", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Applicant, c.By = "a3", recruiter }},
		{"taken out of the round", nextup.CodeNotOffered, func(c *nextup.Claim) { c.Applicant = "a4" }},
		{"he has none any more", nextup.CodeStale, func(c *nextup.Claim) { c.From = mine }},
		{"he has one by now", nextup.CodeStale, func(c *nextup.Claim) { c.Applicant = "a2" }},
		{"he has another by now", nextup.CodeStale, func(c *nextup.Claim) { c.Applicant, c.From = "a2", taken }},
		{"the one he has is too near", nextup.CodeCutOff, func(c *nextup.Claim) {
			c.Applicant, c.From, c.Slot, c.At = "a2", mine, slots[4], at(monday, 11).Add(-cut)
		}},
	} {
		c := x.himself("a0", "", free)
		v.change(&c)
		posted := len(x.letters())
		_, err := x.Book(x.ctx(), c)
		if !errors.Is(err, nextup.Refuse(v.code)) {
			t.Errorf("%s: %v, want %s", v.what, err, v.code)
		}
		if n := len(x.letters()); n != posted {
			t.Errorf("%s: refused, and wrote %d letters", v.what, n-posted)
		}
	}
	if b := x.booking("a2"); b.Slot != mine || b.Sequence != 0 {
		t.Errorf("a refusal changed %+v", b)
	}

	t.Run("S0-22 giving back after the cut-off", func(t *testing.T) {
		c := x.himself("a2", mine, "")
		c.At = at(monday, 11).Add(-cut)
		_, err := x.Unbook(x.ctx(), c)
		want(t, err, nextup.Refuse(nextup.CodeCutOff))
		for _, from := range []nextup.SlotID{"", free} {
			c.From = from
			_, err = x.Unbook(x.ctx(), c)
			want(t, err, nextup.Refuse(nextup.CodeStale))
		}
		c.From, c.Late = mine, true // he has left the lobby
		_, err = x.Unbook(x.ctx(), c)
		must(t, err)
		c.From, c.Slot, c.By, c.Late = "", mine, nextup.RoleRecruiter, false
		_, err = x.Book(x.ctx(), c) // a recruiter may, until it begins
		must(t, err)
		c.From, c.Slot = mine, ""
		_, err = x.Unbook(x.ctx(), c)
		must(t, err)
	})
	t.Run("closed round and job", func(t *testing.T) {
		refused := func() {
			t.Helper()
			_, err := x.Book(x.ctx(), x.himself("a0", "", free))
			want(t, err, nextup.Refuse(nextup.CodeRoundClosed))
			want(t, x.NoneFits(x.ctx(), round, "a0", began), nextup.Refuse(nextup.CodeRoundClosed))
		}
		must(t, x.CloseRound(x.ctx(), round, began))
		refused()
		_, err := x.Unbook(x.ctx(), x.himself("a1", taken, "")) // giving back is still his right
		must(t, err)
		must(t, x.CloseRound(x.ctx(), round, time.Time{}))
		must(t, x.CloseJob(x.ctx(), job, began))
		refused()
		c := x.himself("a1", "", free)
		c.By = recruiter
		_, err = x.Book(x.ctx(), c)
		must(t, err)
		must(t, x.CloseJob(x.ctx(), job, time.Time{}))
		x.books("a0", taken)
	})
	t.Run("none fits", func(t *testing.T) {
		for a, code := range map[nextup.ApplicantID]nextup.Code{
			"a0": nextup.CodeStale, "uninvited": nextup.CodeNotOffered, "outside": nextup.CodeNotOffered, "a3": nextup.CodeNotOffered, "a4": nextup.CodeNotOffered,
		} {
			if err := x.NoneFits(x.ctx(), round, a, began); !errors.Is(err, nextup.Refuse(code)) {
				t.Errorf("%s: %v, want %s", a, err, code)
			}
		}
		must(t, x.NoneFits(x.ctx(), round, "a5", began))
		if e, _ := x.rb().Entry("a5"); e.State() != nextup.EntryNoneFits || e.Opened.IsZero() {
			t.Errorf("he is %+v", e)
		}
		x.books("a5", slots[4])
		if e, _ := x.rb().Entry("a5"); e.State() != nextup.EntryChosen || !e.NoneFits.IsZero() {
			t.Errorf("he is %+v", e)
		}
	})
}

// bookingRace holds that a slot is never given to more people than it has seats,
// however many ask at once.
func bookingRace(t *testing.T, open Opener) {
	const people = 50
	for _, v := range []struct{ seats, rounds int }{{1, 20}, {3, 10}, {nextup.MaxSeats, 5}} {
		name := "S0-18 50 ask at once for one slot with one seat"
		if v.seats > 1 {
			name = fmt.Sprintf("S0-18 50 ask at once for one slot with %d seats", v.seats)
		}
		t.Run(name, func(t *testing.T) {
			x := recruits(t, open, people)
			for n := range v.rounds {
				hour := 1 + n%20
				date := at(monday, 24*(n/20)).Format(time.DateOnly)
				slot := x.slots(v.seats, on(date, hour))[0]
				var mu sync.Mutex
				won, taken := 0, 0
				together(people, func(i int) {
					_, err := x.Book(x.ctx(), x.himself(who(people)[i], "", slot))
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						won++
					case errors.Is(err, nextup.Refuse(nextup.CodeSlotTaken)):
						taken++
					default:
						t.Errorf("neither won nor taken: %v", err)
					}
				})
				if won != v.seats || taken != people-v.seats {
					t.Fatalf("round %d: %d won and %d were told it is taken, of %d for %d seats", n, won, taken, people, v.seats)
				}
				if got := len(x.rb().Booked(slot)); got != v.seats {
					t.Fatalf("round %d: %d have it, want %d", n, got, v.seats)
				}
				for _, a := range x.rb().Booked(slot) {
					_, err := x.Unbook(x.ctx(), x.himself(a, slot, ""))
					must(t, err)
				}
				must(t, x.save(planned(1)))
			}
		})
	}
	t.Run("S0-18 two times of one applicant at once: he gets one", func(t *testing.T) {
		x := recruits(t, open, 1)
		slots := x.slots(1, on(monday, 8, 9, 10, 11))
		var mu sync.Mutex
		won := 0
		together(len(slots), func(i int) {
			if _, err := x.Book(x.ctx(), x.himself("a0", "", slots[i])); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			} else if !errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
				t.Errorf("%v", err)
			}
		})
		if won != 1 {
			t.Errorf("%d times", won)
		}
	})
}
