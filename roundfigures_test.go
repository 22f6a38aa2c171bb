package nextup_test

import (
	"testing"
	"time"

	"nextup"
)

func TestRoundFigures(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	slot := func(id string, in time.Duration, seats int) nextup.Slot {
		return nextup.Slot{ID: nextup.SlotID(id), Start: now.Add(in), Length: 45 * time.Minute, Seats: seats}
	}
	gone := slot("gone", 72*time.Hour, 1)
	gone.Removed = now.Add(-time.Hour)
	has := func(who, slot string) nextup.Entry {
		return nextup.Entry{Applicant: nextup.ApplicantID(who), Invited: now, Booking: nextup.Booking{Slot: nextup.SlotID(slot)}}
	}
	r := nextup.RoundBoard{
		Round:   nextup.Round{CutOff: 24 * time.Hour},
		Slots:   []nextup.Slot{slot("past", -time.Hour, 1), slot("near", 2*time.Hour, 1), slot("edge", 24*time.Hour, 1), slot("far", 48*time.Hour, 3), gone},
		Entries: []nextup.Entry{has("a", "far"), has("b", "past"), {Applicant: "c", Invited: now}, {Applicant: "d"}, {Applicant: "e", Invited: now, Opened: now}},
	}
	if got := r.Figures(now); got != (nextup.Figures{Seats: 5, Free: 2}) {
		t.Errorf("open: %+v", got)
	}
	if who := r.Booked("far"); len(who) != 1 || who[0] != "a" {
		t.Errorf("far: %v", who)
	}
	if who := r.Booked(""); who != nil {
		t.Errorf("those without a time: %v", who)
	}
	r.Round.Closed = now
	if got := r.Figures(now); got != (nextup.Figures{Seats: 5}) {
		t.Errorf("closed: %+v", got)
	}
	if got := (nextup.RoundBoard{}).Figures(now); got != (nextup.Figures{}) {
		t.Errorf("empty: %+v", got)
	}
}
