package nextup_test

import (
	"testing"
	"time"

	"nextup"
)

func TestEntryState(t *testing.T) {
	hour := func(n int) time.Time { return time.Date(2026, 11, 25, n, 0, 0, 0, time.UTC) }
	gaveBack := nextup.Booking{Was: "slot", At: hour(5)}
	for _, v := range []struct {
		name string
		e    nextup.Entry
		want nextup.EntryState
	}{
		{"added", nextup.Entry{Added: hour(1)}, nextup.EntryAdded},
		{"invited", nextup.Entry{Added: hour(1), Invited: hour(2)}, nextup.EntryInvited},
		{"invited and opened", nextup.Entry{Added: hour(1), Invited: hour(2), Opened: hour(3)}, nextup.EntryOpened},
		{"none fits", nextup.Entry{Added: hour(1), Invited: hour(2), Opened: hour(3), NoneFits: hour(3)}, nextup.EntryNoneFits},
		{"chosen", nextup.Entry{Added: hour(1), Invited: hour(2), Booking: nextup.Booking{Slot: "slot", At: hour(3)}}, nextup.EntryChosen},
		{"chosen, another than before, and reminded of it", nextup.Entry{Invited: hour(2), Reminded: hour(6), Booking: nextup.Booking{Slot: "slot", Was: "other", At: hour(3)}}, nextup.EntryChosen},
		{"gave it back", nextup.Entry{Added: hour(1), Invited: hour(2), Opened: hour(3), Booking: gaveBack}, nextup.EntryCancel},
		{"was reminded before that", nextup.Entry{Added: hour(1), Invited: hour(2), Reminded: hour(4), Booking: gaveBack}, nextup.EntryCancel},
		{"reminded at that very moment", nextup.Entry{Added: hour(1), Invited: hour(2), Reminded: hour(5), Booking: gaveBack}, nextup.EntryCancel},
		{"S0-20 asked again since: not answered", nextup.Entry{Added: hour(1), Invited: hour(2), Reminded: hour(6), Booking: gaveBack}, nextup.EntryInvited},
		{"S0-20 asked again, and has seen it", nextup.Entry{Added: hour(1), Invited: hour(2), Reminded: hour(6), Opened: hour(7), Booking: gaveBack}, nextup.EntryOpened},
		{"S0-20 asked again, and none fits", nextup.Entry{Added: hour(1), Invited: hour(2), Reminded: hour(6), NoneFits: hour(7), Booking: gaveBack}, nextup.EntryNoneFits},
		{"S0-20 booked by the recruiter, gave it back, then first invited", nextup.Entry{Added: hour(1), Invited: hour(6), Booking: gaveBack}, nextup.EntryInvited},
		{"S0-20 left the round and came back: not asked yet", nextup.Entry{Added: hour(6), Booking: gaveBack}, nextup.EntryAdded},
	} {
		if got := v.e.State(); got != v.want {
			t.Errorf("%s: %s, want %s", v.name, got, v.want)
		}
	}
}
