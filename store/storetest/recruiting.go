package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// recruiting is a job with one round, and what tests do with it. Its clock stands at
// began; its slots are days later.
type recruiting struct {
	t testing.TB
	*store.Store
	made int // IDs
}

const (
	job     nextup.JobID   = "job"
	round   nextup.RoundID = "round"
	monday                 = "2026-12-07"
	tuesday                = "2026-12-08"
)

// recruits opens a store with the job and n applicants a0, a1 and so on, all of them
// in the round and invited.
func recruits(t testing.TB, open Opener, n int) *recruiting {
	x := &recruiting{t: t, Store: fresh(t, open, store.Options{Now: func() time.Time { return began }})}
	x.job(job, n)
	x.round(job, round)
	x.ask(round, who(n)...)
	return x
}

// who are the first n applicants of the job.
func who(n int) []nextup.ApplicantID {
	ids := make([]nextup.ApplicantID, n)
	for i := range ids {
		ids[i] = nextup.ApplicantID(fmt.Sprintf("a%d", i))
	}
	return ids
}

func (x *recruiting) ctx() context.Context { return context.Background() }

func (x *recruiting) newID() string {
	x.made++
	return fmt.Sprintf("id%d", x.made)
}

func (x *recruiting) job(id nextup.JobID, n int) {
	x.t.Helper()
	must(x.t, x.SaveJob(x.ctx(), nextup.Job{ID: id, Organisation: "o", Owner: "r", Title: "Job", Zone: "Europe/Stockholm", Created: began}, 0))
	list := make([]nextup.Applicant, n)
	for i, a := range who(n) {
		list[i] = nextup.Applicant{ID: a, Name: "Name " + string(a), Email: string(a) + "@example.org", Language: "sv", Added: began}
	}
	_, err := x.AddApplicants(x.ctx(), id, list)
	must(x.t, err)
}

func (x *recruiting) round(of nextup.JobID, id nextup.RoundID) nextup.Round {
	x.t.Helper()
	r, err := x.AddRound(x.ctx(), nextup.Round{ID: id, Job: of, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: began})
	must(x.t, err)
	return r
}

// ask enters applicants into a round and invites them.
func (x *recruiting) ask(id nextup.RoundID, list ...nextup.ApplicantID) {
	x.t.Helper()
	must(x.t, x.EnterRound(x.ctx(), id, list, began))
	for _, a := range list {
		must(x.t, x.Send(x.ctx(), []nextup.Message{{
			ID: nextup.MessageID(x.newID()), Round: id, Applicant: a, Kind: nextup.MailChoose, Subject: "s", Body: "b", Language: "sv", At: began, By: "r",
		}}))
	}
}

// at is a time on a day.
func at(date string, hour int) time.Time {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return d.Add(time.Duration(hour) * time.Hour)
}

// on is a day of a plan, at an address.
func on(date string, hours ...int) nextup.DayPlan {
	d := nextup.DayPlan{Date: date, Place: nextup.Place{Address: "Street 1"}}
	for _, h := range hours {
		d.Starts = append(d.Starts, at(date, h))
	}
	return d
}

// planned is a plan with seats for each slot.
func planned(seats int, days ...nextup.DayPlan) nextup.Plan {
	f := nextup.DefaultFrame
	f.Seats = seats
	return nextup.Plan{Frame: f, CutOff: nextup.DefaultCutOff, Days: days}
}

// save saves a plan as the round's present one.
func (x *recruiting) save(p nextup.Plan, drop ...nextup.SlotID) error {
	return x.SavePlan(x.ctx(), round, p, x.rb().Round.Revision, drop, x.newID, began, true)
}

// slots saves a plan and says which slots there are then.
func (x *recruiting) slots(seats int, days ...nextup.DayPlan) (ids []nextup.SlotID) {
	x.t.Helper()
	must(x.t, x.save(planned(seats, days...)))
	for _, s := range x.rb().Slots {
		if s.Removed.IsZero() {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func (x *recruiting) board() nextup.Board {
	x.t.Helper()
	b, err := x.Board(x.ctx(), job)
	must(x.t, err)
	return b
}

func (x *recruiting) rb() nextup.RoundBoard {
	x.t.Helper()
	rb, ok := x.board().Round(round)
	if !ok {
		x.t.Fatal("no round")
	}
	return rb
}

// booking is an applicant's booking, whether he left the round or not.
func (x *recruiting) booking(a nextup.ApplicantID) nextup.Booking {
	x.t.Helper()
	rb := x.rb()
	all := append(rb.Entries, rb.Left...)
	i := slices.IndexFunc(all, func(e nextup.Entry) bool { return e.Applicant == a })
	if i < 0 {
		x.t.Fatalf("%s was never in the round", a)
	}
	return all[i].Booking
}

// himself is a claim of an applicant's own; late enough for nothing.
func (x *recruiting) himself(a nextup.ApplicantID, from, to nextup.SlotID) nextup.Claim {
	return nextup.Claim{Round: round, Applicant: a, Slot: to, From: from, By: nextup.RoleCandidate, At: began}
}

// books books a slot for an applicant as he would.
func (x *recruiting) books(a nextup.ApplicantID, to nextup.SlotID) nextup.Booking {
	x.t.Helper()
	b, err := x.Book(x.ctx(), x.himself(a, x.booking(a).Slot, to))
	must(x.t, err)
	return b
}

// letters lists what was written about the round, the oldest first, as "kind who";
// invitations are left out.
func (x *recruiting) letters() (list []string) {
	x.t.Helper()
	posted, err := x.RoundPosted(x.ctx(), job)
	must(x.t, err)
	for _, p := range slices.Backward(posted) {
		if p.Kind != nextup.MailChoose {
			list = append(list, string(p.Kind)+" "+string(p.Person))
		}
	}
	return list
}

// wrote fails the test unless these letters are the newest, and the only ones since
// the first n.
func (x *recruiting) wrote(n int, want ...string) {
	x.t.Helper()
	if got := x.letters(); len(got) < n || !slices.Equal(got[n:], want) {
		x.t.Fatalf("letters are %q, want %q after the first %d", got, want, n)
	}
}

// video is a day of a plan by video.
func video(d nextup.DayPlan) nextup.DayPlan {
	d.Place = nextup.Place{Video: true}
	return d
}

// settled makes nothing unsettled.
func (x *recruiting) settled() {
	x.t.Helper()
	days, err := x.Unsettled(x.ctx())
	must(x.t, err)
	for _, d := range days {
		must(x.t, x.Settled(x.ctx(), d.Round, d.Date, d.Revision))
	}
}

// behind lists the dates of days whose session is behind.
func (x *recruiting) behind() (dates []string) {
	x.t.Helper()
	days, err := x.Unsettled(x.ctx())
	must(x.t, err)
	for _, d := range days {
		dates = append(dates, d.Date)
	}
	slices.Sort(dates)
	return dates
}
