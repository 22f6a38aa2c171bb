package transport

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nextup"
)

// S0-21: nobody loses a time, or is moved, who was not shown to the recruiter that
// decided it.
func TestS0_21_WhoBookedMeanwhileIsAskedAbout(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(2)
	x.plan(round, 2, x.dayOf(0, video, 9, 10, 11), x.dayOf(1, room, 13, 14)) // two seats each
	path := x.slotsOf(job, round).path + "/slots/" + string(slots[0].ID)
	shown := func(page got) (ids []string) {
		t.Helper()
		for _, in := range parse(t, page).all("input", "name", "who") {
			ids = append(ids, in.attr("value"))
		}
		return ids[:len(ids)/2] // both forms carry them
	}
	remove := func(ids []string) url.Values {
		return url.Values{"do": {"remove"}, "notify": {"1"}, "who": ids}
	}
	move := func(ids []string) url.Values {
		return url.Values{"do": {"move"}, "date": {x.dayOf(0, video).Date}, "clock": {"15:30"}, "notify": {"1"}, "who": ids}
	}
	ids := shown(x.get(x.her, path))
	if len(ids) != 0 {
		t.Fatalf("shown: %v", ids)
	}
	for n, id := range who { // nobody was shown, then one of two
		booked := x.booked(round, id, slots[0].ID)
		for _, form := range []url.Values{remove(ids), move(ids)} {
			g := x.post(x.her, path, form)
			if g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "Somebody has booked the time") {
				t.Errorf("%s: %d to %s", form.Get("do"), g.StatusCode, g.Header.Get("Location"))
			}
			if form.Get("do") == "move" && !strings.Contains(g.body, `value="15:30"`) {
				t.Error("what was typed is gone")
			}
			if got := shown(g); len(got) != n+1 {
				t.Fatalf("shown then: %v", got)
			}
		}
		if e, slot := x.entry(round, id); e.Booking != booked || !slot.Start.Equal(slots[0].Start) {
			t.Errorf("%+v, had %+v", e.Booking, booked)
		}
		ids = append(ids, string(id))
	}
	// Who has given it back meanwhile is no reason to ask.
	_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: who[0], From: slots[0].ID, By: nextup.RoleCandidate, At: time.Now()})
	x.ok(err)
	if g := x.post(x.her, path, remove(ids)); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", g.StatusCode, words(t, g))
	}
	if e, _ := x.entry(round, who[1]); e.Booking.Slot != "" {
		t.Errorf("%+v", e.Booking)
	}
}

// S0-21: a day that is out of the plan is not proposed, and has no place of its own.
func TestS0_21_ADroppedDayHasNoPlace(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(1)
	x.booked(round, who[0], slots[0].ID)
	x.plan(round, 1, x.dayOf(0, video, 9, 10, 11)) // the day in the room is dropped
	path := x.slotsOf(job, round).path + "/slots/" + string(slots[0].ID)
	page := x.get(x.her, path)
	if days := parse(t, page).all("option", "value", x.dayOf(1, room).Date); len(days) != 0 {
		t.Error("a dropped day is proposed")
	}
	form := url.Values{"do": {"move"}, "date": {x.dayOf(1, room).Date}, "clock": {"09:00"}, "notify": {"1"}, "who": {string(who[0])}}
	if g := x.post(x.her, path, form); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", g.StatusCode, words(t, g))
	}
	rb, _ := x.boardOf(round).Round(round)
	if d, _ := rb.Day(x.dayOf(1, room).Date); d.Place != video || !d.Dropped.IsZero() {
		t.Errorf("moved to %+v", d)
	}
	// A day of the plan keeps its own place.
	x.plan(round, 1, x.dayOf(0, video, 10), x.dayOf(1, video, 9), x.dayOf(2, room, 9))
	form.Set("date", x.dayOf(2, room).Date)
	form.Set("clock", "11:00")
	if g := x.post(x.her, path, form); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", g.StatusCode, words(t, g))
	}
	rb, _ = x.boardOf(round).Round(round)
	if d, _ := rb.Day(x.dayOf(2, room).Date); d.Place != room {
		t.Errorf("moved to %+v", d)
	}
}
