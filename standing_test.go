package nextup

import (
	"slices"
	"testing"
	"time"
)

func TestStanding(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	slot := func(id SlotID, in time.Duration, seats int) Slot {
		return Slot{ID: id, Start: now.Add(in), Length: time.Hour, Seats: seats}
	}
	gone := slot("gone", 72*time.Hour, 1)
	gone.Removed = now
	r := RoundBoard{
		Slots: []Slot{slot("over", -time.Hour, 1), slot("near", time.Hour, 1), slot("two", 48*time.Hour, 2), slot("full", 49*time.Hour, 1), gone},
		Entries: []Entry{
			{Applicant: "a", Booking: Booking{Slot: "two"}},
			{Applicant: "b", Booking: Booking{Slot: "full"}},
			{Applicant: "c", Booking: Booking{Was: "two"}},
			{Applicant: "d"},
			{Applicant: "e"},
			{Applicant: "nobody"},
		},
	}
	b := Board{Applicants: []Applicant{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d", Removed: now}, {ID: "e", Erased: true}}}
	ids := func(list []Slot) (out []SlotID) {
		for _, s := range list {
			out = append(out, s.ID)
		}
		return out
	}
	if got := ids(r.Open(now)); !slices.Equal(got, []SlotID{"near", "two"}) {
		t.Errorf("open: %v", got)
	}
	if got := ids(r.Open(now.Add(24 * time.Hour))); !slices.Equal(got, []SlotID{"two"}) {
		t.Errorf("open tomorrow: %v", got)
	}
	if got := b.Standing(r); len(got) != 3 || got[2].Applicant != "c" {
		t.Errorf("standing: %v", got)
	}
}
