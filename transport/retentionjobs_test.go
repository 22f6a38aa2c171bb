package transport

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
)

// What a job keeps of people goes by the organisation's clocks, and what has a future
// stays.
func TestJobsArePurged(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(3)
	x.booked(round, who[0], slots[0].ID)
	keep := nextup.Retention{Contact: 14, Record: 60, Log: 90}
	ended := slots[len(slots)-1].End()
	purged := func(at time.Time) Receipt {
		t.Helper()
		r := Receipt{At: at}
		x.ok(x.server.purgeJobs(t.Context(), x.maria.Organisation, keep, &r))
		return r
	}
	people := func(f func(nextup.Applicant) string) (all []string) {
		for _, a := range x.boardOf(round).Applicants {
			all = append(all, f(a))
		}
		slices.Sort(all)
		return all
	}
	if r := purged(ended.Add(14*day24 - time.Second)); r.Jobs != 0 || r.Erased != (Erased{}) {
		t.Errorf("before its time: %+v", r)
	}
	if r := purged(ended.Add(14 * day24)); r.Jobs != 1 || r.Contacts != 3 || r.People != 0 {
		t.Errorf("contact data: %+v", r)
	}
	if got := people(func(a nextup.Applicant) string { return a.Email + a.Phone }); strings.Join(got, "") != "" {
		t.Errorf("still reached at %q", got)
	}
	if got := people(func(a nextup.Applicant) string { return a.Name }); got[0] != "Applicant 1" || len(x.boardOf(round).Messages) != 3 {
		t.Errorf("names %q and %d messages go later", got, len(x.boardOf(round).Messages))
	}
	if r := purged(ended.Add(60*day24 - time.Second)); r.Jobs != 0 {
		t.Errorf("between the clocks: %+v", r)
	}
	if r := purged(ended.Add(60 * day24)); r.Jobs != 1 || r.People != 3 || r.Texts != 3 || r.Letters != 4 {
		t.Errorf("the record: %+v", r)
	}
	b := x.boardOf(round)
	if got := people(func(a nextup.Applicant) string { return a.Name }); strings.Join(got, "") != "" || len(b.Messages) != 0 {
		t.Errorf("names %q, %d messages", got, len(b.Messages))
	}
	if e, _ := b.Rounds[0].Entry(who[0]); e.Booking.Slot != slots[0].ID || b.Job.Title == "" || !b.Applicants[0].Erased {
		t.Errorf("what the job was is gone too: %+v", b)
	}
	if r := purged(ended.Add(900 * day24)); r.Jobs != 0 {
		t.Errorf("it is looked at again: %+v", r)
	}
}

const day24 = 24 * time.Hour

// An applicant's link ends with his contact data, and works until then.
func TestApplicantsLinksEnd(t *testing.T) {
	var ahead atomic.Int64
	x := newRecruitment(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	_, round, who, slots := x.invited(1)
	b := x.booked(round, who[0], slots[0].ID)
	link := pathOf(x.server.links.Applicant(who[0]))
	calendar := link + "/" + string(round) + "/calendar.ics"
	for _, v := range []struct {
		days   int
		status int
	}{{0, http.StatusOK}, {20, http.StatusOK}, {23, http.StatusGone}} { // the last time is after 8 days, 14 more are usual
		ahead.Store(int64(v.days) * int64(day24))
		for _, at := range []string{link, calendar} {
			if g := x.get(x.browser(), at); g.StatusCode != v.status {
				t.Errorf("%s after %d days: %d, want %d", at, v.days, g.StatusCode, v.status)
			}
		}
	}
	if g := x.get(x.browser(), link+"/"+string(round)+"/join"); g.StatusCode != http.StatusGone {
		t.Errorf("S0-25 the way into the interview: %d", g.StatusCode)
	}
	if b.Slot == "" {
		t.Error("there was nothing to see")
	}
}
