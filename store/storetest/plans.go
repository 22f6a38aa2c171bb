package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"nextup"
)

// plans holds that saving a plan loses nothing by accident.
func plans(t *testing.T, open Opener) {
	x := recruits(t, open, 4)
	slots := x.slots(1, video(on(monday, 9, 10)), on(tuesday, 9))
	rb := x.rb()
	if len(rb.Days) != 2 || !rb.Days[0].Place.Video || rb.Days[1].Place.Address != "Street 1" || rb.Round.Revision != 2 {
		t.Fatalf("kept %+v", rb)
	}
	if s := rb.Slots[0]; !s.Start.Equal(at(monday, 9)) || s.Length != nextup.DefaultFrame.Length || s.Seats != 1 || s.Date != monday {
		t.Errorf("the first slot is %+v", s)
	}
	if got := x.behind(); !slices.Equal(got, []string{monday}) {
		t.Errorf("behind are %v: the day by video", got)
	}

	t.Run("what is there stays what it is", func(t *testing.T) {
		x.books("a0", slots[0])
		p := planned(2, video(on(monday, 9, 10, 11)), on(tuesday, 9))
		p.Frame.Length = time.Hour
		must(t, x.save(p))
		rb := x.rb()
		if len(rb.Slots) != 4 || rb.Slots[0].ID != slots[0] || rb.Slots[0].Length != nextup.DefaultFrame.Length || rb.Slots[0].Seats != 2 || rb.Slots[2].Length != time.Hour {
			t.Errorf("slots %+v", rb.Slots)
		}
		if rb.Round.Frame != p.Frame {
			t.Errorf("frame %+v", rb.Round.Frame)
		}
		must(t, x.save(planned(1, video(on(monday, 9, 10, 11)), on(tuesday, 9))))
		if s := x.rb().Slots[0]; s.Seats != 2 {
			t.Errorf("%d seats: fewer than were promised", s.Seats)
		}
		if b := x.booking("a0"); b.Slot != slots[0] || b.Sequence != 0 {
			t.Errorf("his time is %+v", b)
		}
		x.wrote(1)
	})
	t.Run("of two who save, one is told", func(t *testing.T) {
		r := x.rb().Round.Revision
		p := planned(1, video(on(monday, 9, 10, 11)), on(tuesday, 9))
		must(t, x.SavePlan(x.ctx(), round, p, r, nil, x.newID, began, true))
		want(t, x.SavePlan(x.ctx(), round, planned(1), r, nil, x.newID, began, true), nextup.Refuse(nextup.CodeStale))
		want(t, x.SavePlan(x.ctx(), "none", p, 1, nil, x.newID, began, true), nextup.Refuse(nextup.CodeStale))
		if len(x.slots(1, p.Days...)) != 4 {
			t.Error("the loser wrote something")
		}
	})
	t.Run("S0-21 a slot with a booking does not go unasked, and its applicant is told", func(t *testing.T) {
		x.books("a1", slots[2])
		x.settled()
		before := x.rb()
		err := x.save(planned(1, video(on(monday, 10, 11))))
		var refused *nextup.Error
		if !errors.As(err, &refused) || refused.Code != nextup.CodeBooked || refused.Left != 2 {
			t.Fatalf("got %v, want two slots with bookings", err)
		}
		if err = x.save(planned(1, video(on(monday, 10, 11))), slots[0]); !errors.As(err, &refused) || refused.Left != 1 {
			t.Fatalf("got %v, want one that was not agreed to", err)
		}
		if now := x.rb(); now.Round.Revision != before.Round.Revision || len(now.Slots) != len(before.Slots) || len(now.Days) != 2 {
			t.Errorf("refused, and wrote %+v", now)
		}
		x.wrote(2)
		b0, b1 := x.booking("a0"), x.booking("a1")
		must(t, x.save(planned(1, video(on(monday, 10, 11))), slots[0], slots[2]))
		for a, b := range map[nextup.ApplicantID]nextup.Booking{"a0": b0, "a1": b1} {
			now := x.booking(a)
			if now.Slot != "" || now.UID != b.UID || now.Sequence != b.Sequence+1 || now.Was != b.Slot || now.By != nextup.RoleRecruiter {
				t.Errorf("%s has %+v, had %+v", a, now, b)
			}
		}
		got := x.letters()[2:]
		slices.Sort(got)
		if !slices.Equal(got, []string{"unbooked a0", "unbooked a1"}) {
			t.Errorf("letters %q", got)
		}
		rb := x.rb()
		if d, ok := rb.Day(tuesday); !ok || d.Dropped.IsZero() {
			t.Errorf("the day that went is %+v", d)
		}
		if s, _ := rb.Slot(slots[2]); s.Removed.IsZero() {
			t.Error("the slot is still offered")
		}
		must(t, x.save(planned(1, video(on(monday, 10, 11)), on(tuesday, 9)))) // the same time, offered anew
		if d, _ := x.rb().Day(tuesday); !d.Dropped.IsZero() {
			t.Error("the day is not back")
		}
		x.books("a1", x.rb().Slots[len(x.rb().Slots)-1].ID)
	})
	t.Run("S0-10 another place is told to those who have a time there", func(t *testing.T) {
		n, b := len(x.letters()), x.booking("a1")
		elsewhere := on(tuesday, 9)
		elsewhere.Place.Address = "Street 2"
		x.settled()
		must(t, x.save(planned(1, video(on(monday, 10, 11)), elsewhere)))
		x.wrote(n, "moved a1")
		if now := x.booking("a1"); now.UID != b.UID || now.Sequence != b.Sequence+1 || now.Slot != b.Slot {
			t.Errorf("his entry is %+v, was %+v", now, b)
		}
		must(t, x.save(planned(1, video(on(monday, 10, 11)), elsewhere)))
		x.wrote(n + 1)
	})
	t.Run("a plan that cannot be", func(t *testing.T) {
		want(t, x.save(planned(1, on(monday, 10, 11, 12, 12), on(tuesday, 9))), nextup.Invalid("starts"))
		past := on(began.Format(time.DateOnly), 0)
		want(t, x.save(planned(1, past, on(monday, 10, 11), on(tuesday, 9))), nextup.Refuse(nextup.CodePast))
	})
	t.Run("what has begun stays", func(t *testing.T) {
		later := at(monday, 10)
		must(t, x.SavePlan(x.ctx(), round, planned(1, on(tuesday, 9)), x.rb().Round.Revision, nil, x.newID, later, true))
		left := 0
		for _, s := range x.rb().Slots {
			if s.Date == monday && s.Removed.IsZero() {
				left++
				if !s.Start.Equal(later) {
					t.Errorf("left is %+v", s)
				}
			}
		}
		if left != 1 {
			t.Errorf("%d are left, want the one that has begun", left)
		}
		if d, _ := x.rb().Day(monday); !d.Dropped.IsZero() {
			t.Error("its day is gone")
		}
	})
}

// moves holds that a slot takes its bookings along.
func moves(t *testing.T, open Opener) {
	x := recruits(t, open, 3)
	slots := x.slots(2, video(on(monday, 9, 10)), on(tuesday, 9))
	first := x.books("a0", slots[0])
	x.books("a1", slots[0])
	x.books("a2", slots[1])
	x.settled()
	move := func(id nextup.SlotID, date string, start time.Time) error {
		return x.MoveSlot(x.ctx(), round, id, date, start, began, true)
	}
	t.Run("S0-21 a moved slot is the same calendar entry, one higher, and one letter each", func(t *testing.T) {
		r := x.rb().Round.Revision
		must(t, move(slots[0], tuesday, at(tuesday, 13)))
		for _, a := range who(2) {
			if b := x.booking(a); b.Slot != slots[0] || b.Sequence != 1 {
				t.Errorf("%s has %+v", a, b)
			}
		}
		if b := x.booking("a0"); b.UID != first.UID {
			t.Error("another UID")
		}
		x.wrote(3, "moved a0", "moved a1")
		rb := x.rb()
		if s, _ := rb.Slot(slots[0]); s.Date != tuesday || !s.Start.Equal(at(tuesday, 13)) {
			t.Errorf("moved to %+v", s)
		}
		if got := x.behind(); !slices.Equal(got, []string{monday}) || rb.Round.Revision != r+1 {
			t.Errorf("behind are %v, the plan is at %d after %d", got, rb.Round.Revision, r)
		}
	})
	t.Run("to where it is already", func(t *testing.T) {
		must(t, move(slots[0], tuesday, at(tuesday, 13)))
		x.wrote(5)
	})
	t.Run("to a new day, at the same place", func(t *testing.T) {
		must(t, move(slots[1], "2026-12-10", at("2026-12-10", 9)))
		rb := x.rb()
		if d, ok := rb.Day("2026-12-10"); !ok || !d.Place.Video || !d.Dropped.IsZero() {
			t.Errorf("the day is %+v", d)
		}
		if d, ok := rb.Day(monday); ok {
			t.Errorf("a day without a time is left: %+v", d)
		}
		x.wrote(5, "moved a2")
	})
	t.Run("refused", func(t *testing.T) {
		want(t, move(slots[0], tuesday, at(tuesday, 9)), nextup.Refuse(nextup.CodeSlotTaken))
		want(t, move(slots[0], monday, began), nextup.Refuse(nextup.CodePast))
		want(t, move("none", monday, at(monday, 12)), nextup.Refuse(nextup.CodeSlotGone))
		want(t, x.MoveSlot(x.ctx(), round, slots[0], monday, at(tuesday, 20), at(tuesday, 13), true), nextup.Refuse(nextup.CodeSlotGone))
		x.wrote(6)
	})
	t.Run("quietly", func(t *testing.T) {
		must(t, x.MoveSlot(x.ctx(), round, slots[0], tuesday, at(tuesday, 14), began, false))
		x.wrote(6)
		if b := x.booking("a0"); b.Sequence != 2 {
			t.Errorf("his entry is %+v", b)
		}
	})
}

// promises holds which days' sessions have to be told what.
func promises(t *testing.T, open Opener) {
	x := recruits(t, open, 2)
	slots := x.slots(1, video(on(monday, 9, 10)), on(tuesday, 9))
	days, err := x.Unsettled(x.ctx())
	must(t, err)
	if len(days) != 1 || days[0].Job != job || days[0].Round != round || days[0].Date != monday {
		t.Fatalf("unsettled are %+v", days)
	}
	has, err := x.SetSession(x.ctx(), round, monday, "", "s1")
	if err != nil || has != "s1" {
		t.Errorf("got %s, %v", has, err)
	}
	if has, err = x.SetSession(x.ctx(), round, monday, "", "s2"); err != nil || has != "s1" {
		t.Errorf("a second one got %s, %v", has, err)
	}
	_, err = x.SetSession(x.ctx(), round, "2030-01-01", "", "s3")
	want(t, err, nextup.Refuse(nextup.CodeUnknown))
	if j, r, date, ok, err := x.DayOf(x.ctx(), "s1"); err != nil || !ok || j != job || r != round || date != monday {
		t.Errorf("s1 is of %s %s %s, %v, %v", j, r, date, ok, err)
	}
	for _, id := range []nextup.SessionID{"s2", ""} {
		if _, _, _, ok, err := x.DayOf(x.ctx(), id); ok || err != nil {
			t.Errorf("%q is of a day, %v", id, err)
		}
	}
	x.settled()
	if has, err = x.SetSession(x.ctx(), round, monday, "s1", "s4"); err != nil || has != "s4" {
		t.Errorf("another one got %s, %v", has, err)
	}
	if all, err := x.SessionsOfJob(x.ctx(), job); err != nil || !slices.Equal(all, []nextup.SessionID{"s1", "s4"}) {
		t.Errorf("the job's sessions are %v, %v", all, err)
	}
	must(t, x.Settled(x.ctx(), round, monday, 1))
	x.books("a0", slots[0]) // while the session was told of what was before
	must(t, x.Settled(x.ctx(), round, monday, days[0].Revision))
	if got := x.behind(); !slices.Equal(got, []string{monday}) {
		t.Errorf("what came meanwhile is lost: %v", got)
	}
	x.settled()
	if got := x.behind(); got != nil {
		t.Errorf("still behind: %v", got)
	}
	must(t, x.Settled(x.ctx(), round, monday, 1))
	if got := x.behind(); got != nil {
		t.Errorf("an older look made it behind: %v", got)
	}
	for what, change := range map[string]func() error{
		"a corrected name": func() error {
			return x.CorrectApplicant(x.ctx(), nextup.Applicant{ID: "a0", Name: "N", Email: "a0@example.org", Language: "sv"})
		},
		"a renamed round":   func() error { return x.RenameRound(x.ctx(), round, "Second look") },
		"a job's new title": func() error { return x.SaveJob(x.ctx(), nextup.Job{ID: job, Title: "T", Zone: "Europe/Oslo"}, 1) },
	} {
		must(t, change())
		if got := x.behind(); !slices.Equal(got, []string{monday}) {
			t.Errorf("%s: behind are %v", what, got)
		}
		x.settled()
	}
	must(t, x.RemoveApplicants(x.ctx(), job, []nextup.ApplicantID{"a0"}, began, true))
	if got := x.behind(); !slices.Equal(got, []string{monday}) {
		t.Errorf("a removed applicant: behind are %v", got)
	}
	x.settled()
	must(t, x.save(planned(1, on(monday, 9, 10)))) // no video any more
	if got := x.behind(); !slices.Equal(got, []string{monday}) {
		t.Errorf("a day that was by video: behind are %v", got)
	}
	x.settled()
	if d, _ := x.rb().Day(monday); d.Session != "s4" { // it names people until it is another's turn
		t.Errorf("its session is %q", d.Session)
	}
}
