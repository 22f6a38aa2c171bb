package transport

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// recruitment is a site whose jobs are kept by the real database, and Maria, who is
// signed in. Everything is on days to come; Stockholm time leads.
type recruitment struct {
	*desks
	db    *store.Store
	her   *http.Client // Maria's browser
	zone  *time.Location
	first time.Time // midnight of the first day that a round has, a week from now
}

// newRecruitment starts the site with an empty database.
func newRecruitment(t *testing.T, change ...func(*Config)) *recruitment {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	d := newDesks(t, append([]func(*Config){func(c *Config) { c.Jobs = jobShelves{db} }}, change...)...)
	now := time.Now().In(zone)
	return &recruitment{
		desks: d, db: db, her: d.signedIn(d.maria.Email), zone: zone,
		first: time.Date(now.Year(), now.Month(), now.Day()+7, 0, 0, 0, 0, zone),
	}
}

// ok ends the test on an error.
func (x *recruitment) ok(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// newJob makes a job of Maria's with n applicants, Applicant 1 to n.
func (x *recruitment) newJob(n int) (nextup.JobID, []nextup.ApplicantID) {
	x.t.Helper()
	j := nextup.Job{
		ID: nextup.JobID(NewID()), Organisation: x.maria.Organisation, Owner: x.maria.ID, Title: "Warehouse worker",
		Text: "Lift **boxes**", Contact: "Maria, 040-12 34 56", Zone: x.zone.String(), Created: time.Now(),
	}
	x.ok(x.db.SaveJob(x.t.Context(), j, 0))
	list := make([]nextup.Applicant, n)
	ids := make([]nextup.ApplicantID, n)
	for i := range list {
		ids[i] = nextup.ApplicantID(NewID())
		list[i] = nextup.Applicant{
			ID: ids[i], Job: j.ID, Name: fmt.Sprintf("Applicant %d", i+1), Email: fmt.Sprintf("applicant%d@example.test", i+1),
			Language: "en", Added: time.Now(),
		}
	}
	_, err := x.db.AddApplicants(x.t.Context(), j.ID, list)
	x.ok(err)
	return j.ID, ids
}

// newRound makes the next round of a job with these people in it, not invited, and
// without slots.
func (x *recruitment) newRound(job nextup.JobID, who ...nextup.ApplicantID) nextup.RoundID {
	x.t.Helper()
	r, err := x.db.AddRound(x.t.Context(), nextup.Round{
		ID: nextup.RoundID(NewID()), Job: job, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: time.Now(),
	})
	x.ok(err)
	x.ok(x.db.EnterRound(x.t.Context(), r.ID, who, time.Now()))
	return r.ID
}

// dayOf is a day of a plan, the nth from x.first on, with slots that start at these
// hours.
func (x *recruitment) dayOf(n int, place nextup.Place, hours ...int) nextup.DayPlan {
	at := x.first.AddDate(0, 0, n)
	d := nextup.DayPlan{Date: at.Format(time.DateOnly), Place: place}
	for _, h := range hours {
		d.Starts = append(d.Starts, time.Date(at.Year(), at.Month(), at.Day(), h, 0, 0, 0, x.zone))
	}
	return d
}

// plan saves a round's slots: these days, with seats for each.
func (x *recruitment) plan(round nextup.RoundID, seats int, days ...nextup.DayPlan) []nextup.Slot {
	x.t.Helper()
	b := x.boardOf(round)
	rb, _ := b.Round(round)
	p := nextup.Plan{Frame: rb.Round.Frame, CutOff: rb.Round.CutOff, Days: days}
	p.Frame.Seats = seats
	x.ok(x.db.SavePlan(x.t.Context(), round, p, rb.Round.Revision, nil, NewID, time.Now(), true))
	rb, _ = x.boardOf(round).Round(round)
	var slots []nextup.Slot
	for _, s := range rb.Slots {
		if s.Removed.IsZero() {
			slots = append(slots, s)
		}
	}
	return slots
}

// boardOf is the board of a round's job.
func (x *recruitment) boardOf(round nextup.RoundID) nextup.Board {
	x.t.Helper()
	lines, err := x.db.JobsOf(x.t.Context(), x.maria.Organisation, x.maria.ID)
	x.ok(err)
	for _, l := range lines {
		b, err := x.db.Board(x.t.Context(), l.ID)
		x.ok(err)
		if _, ok := b.Round(round); ok {
			return b
		}
	}
	x.t.Fatalf("no round %s", round)
	return nextup.Board{}
}

// invite sends everybody the message that asks to choose.
func (x *recruitment) invite(round nextup.RoundID, who ...nextup.ApplicantID) {
	x.t.Helper()
	var list []nextup.Message
	for _, a := range who {
		list = append(list, nextup.Message{
			ID: nextup.MessageID(NewID()), Round: round, Applicant: a, Kind: nextup.MailChoose, Subject: "Choose a time",
			Body: "Welcome.\n\nPlease choose a time.", Language: "en", At: time.Now(), By: x.maria.ID,
		})
	}
	x.ok(x.db.Send(x.t.Context(), list))
}

// booked gives an applicant a slot, as the recruiter would.
func (x *recruitment) booked(round nextup.RoundID, who nextup.ApplicantID, slot nextup.SlotID) nextup.Booking {
	x.t.Helper()
	rb, _ := x.boardOf(round).Round(round)
	e, _ := rb.Entry(who)
	b, err := x.db.Book(x.t.Context(), nextup.Claim{
		Round: round, Applicant: who, Slot: slot, From: e.Booking.Slot, By: nextup.RoleRecruiter, At: time.Now(), Notify: true,
	})
	x.ok(err)
	return b
}

// video and room are the two kinds of place.
var (
	video = nextup.Place{Video: true}
	room  = nextup.Place{Address: "Storgatan 1, Malmö"}
)

// invited is all of it at once: a job with n applicants, invited to a round with three
// slots by video on its first day and two in a room on its second, one seat each.
func (x *recruitment) invited(n int) (nextup.JobID, nextup.RoundID, []nextup.ApplicantID, []nextup.Slot) {
	x.t.Helper()
	job, who := x.newJob(n)
	round := x.newRound(job, who...)
	slots := x.plan(round, 1, x.dayOf(0, video, 9, 10, 11), x.dayOf(1, room, 13, 14))
	x.invite(round, who...)
	return job, round, who, slots
}

// jobShelves is the real store behind the pages of jobs, joined as cmd joins it.
type jobShelves struct{ *store.Store }

func (s jobShelves) JobsOf(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]JobLine, error) {
	kept, err := s.Store.JobsOf(ctx, o, by)
	lines := make([]JobLine, len(kept))
	for i, l := range kept {
		lines[i] = JobLine(l)
	}
	return lines, err
}

func (s jobShelves) Unsettled(ctx context.Context) ([]UnsettledDay, error) {
	kept, err := s.Store.Unsettled(ctx)
	days := make([]UnsettledDay, len(kept))
	for i, d := range kept {
		days[i] = UnsettledDay(d)
	}
	return days, err
}

func (s jobShelves) EraseJobContact(ctx context.Context, id nextup.JobID) (Erased, error) {
	e, err := s.Store.EraseJobContact(ctx, id)
	return Erased(e), err
}

func (s jobShelves) EraseJobRecord(ctx context.Context, id nextup.JobID) (Erased, error) {
	e, err := s.Store.EraseJobRecord(ctx, id)
	return Erased(e), err
}

func (s jobShelves) RoundPosted(ctx context.Context, id nextup.JobID) ([]RoundPost, error) {
	kept, err := s.Store.RoundPosted(ctx, id)
	posted := make([]RoundPost, len(kept))
	for i, l := range kept {
		posted[i] = RoundPost{Posted: Posted{
			ID: l.ID, Kind: l.Kind, Person: l.Person, Created: l.Created,
			State: PostState(l.State), Attempts: l.Attempts, Next: l.Next, Done: l.Done, Cause: l.Cause,
		}, Round: l.Round, Message: l.Message}
	}
	return posted, err
}

// Shows that the builders build, so that whoever uses them looks for faults elsewhere.
func TestRecruitment(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(3)
	if len(slots) != 5 {
		t.Fatalf("%d slots", len(slots))
	}
	b := x.booked(round, who[1], slots[0].ID)
	if b.Slot != slots[0].ID || b.UID == "" {
		t.Errorf("booked %+v", b)
	}
	all := x.boardOf(round)
	if all.Job.ID != job || len(all.Applicants) != 3 || len(all.Messages) != 3 || len(all.Rounds[0].Days) != 2 {
		t.Errorf("board %+v", all)
	}
	for i, want := range []nextup.EntryState{nextup.EntryInvited, nextup.EntryChosen, nextup.EntryInvited} {
		if e, _ := all.Rounds[0].Entry(who[i]); e.State() != want {
			t.Errorf("applicant %d is %s, want %s", i, e.State(), want)
		}
	}
	if posted, err := (jobShelves{x.db}).RoundPosted(t.Context(), job); err != nil || len(posted) != 4 || posted[0].Kind != nextup.MailBooked {
		t.Errorf("letters %+v, %v", posted, err)
	}
}
