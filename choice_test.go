package nextup

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// choiceBoard is a job with two applicants, one round of three times tomorrow and
// the day after, both invited. The cut-off is a day.
func choiceBoard(now time.Time) Board {
	at := func(h int) time.Time { return now.Add(time.Duration(h) * time.Hour) }
	return Board{
		Job:        Job{ID: "J", Title: "Warehouse worker", Zone: "Europe/Oslo"},
		Applicants: []Applicant{{ID: "A", Job: "J", Name: "Kari", Email: "kari@example.test"}, {ID: "B", Job: "J", Name: "PlantedOther"}},
		Rounds: []RoundBoard{{
			Round: Round{ID: "R", Job: "J", Number: 1, CutOff: DefaultCutOff},
			Days:  []Day{{Date: "2026-12-02", Place: Place{Video: true}}, {Date: "2026-12-01", Place: Place{Address: "Storgata 12"}}},
			Slots: []Slot{
				{ID: "S2", Date: "2026-12-01", Start: at(31), Length: time.Hour, Seats: 1},
				{ID: "S1", Date: "2026-12-01", Start: at(30), Length: time.Hour, Seats: 1},
				{ID: "S3", Date: "2026-12-02", Start: at(54), Length: time.Hour, Seats: 2},
			},
			Entries: []Entry{{Applicant: "A", Invited: at(-1)}, {Applicant: "B", Invited: at(-1)}},
		}},
	}
}

// shown is a choice in one line.
func shown(v ApplicantView) string {
	if len(v.Choices) == 0 {
		return string(v.Standing)
	}
	c := v.Choices[0]
	var times []string
	for _, d := range c.Days {
		for _, x := range d.Times {
			times = append(times, string(x.Slot))
		}
	}
	s := fmt.Sprintf("%s %s [%s]", v.Standing, c.Moment, strings.Join(times, " "))
	if c.Own.Slot.ID != "" {
		s += " own " + string(c.Own.Slot.ID)
	}
	if c.MayChoose {
		s += " choose"
	}
	if c.MayCancel {
		s += " cancel"
	}
	if c.Lost.ID != "" {
		s += " lost " + string(c.Lost.ID) + " by " + string(c.By)
	}
	return s
}

func TestChoiceOfApplicant(t *testing.T) {
	now := time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)
	for _, v := range []struct {
		name   string
		change func(b *Board, r *RoundBoard)
		after  time.Duration // how much later he looks
		want   string
	}{
		{"S0-15 only free times, by day and start", func(_ *Board, r *RoundBoard) { r.Entries[1].Booking.Slot = "S1" }, 0, "here open [S2 S3] choose"},
		{"all of them", func(*Board, *RoundBoard) {}, 0, "here open [S1 S2 S3] choose"},
		{"a seat is left", func(_ *Board, r *RoundBoard) { r.Entries[1].Booking.Slot = "S3" }, 0, "here open [S1 S2 S3] choose"},
		{"a removed time", func(_ *Board, r *RoundBoard) { r.Slots[0].Removed = now }, 0, "here open [S1 S3] choose"},
		{"not invited", func(_ *Board, r *RoundBoard) { r.Entries[0].Invited = time.Time{} }, 0, "nothing"},
		{"in no round", func(_ *Board, r *RoundBoard) { r.Entries = r.Entries[1:] }, 0, "nothing"},
		{"S0-22 his own is not among the others", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking.Slot = "S1" }, 0, "here booked [S2 S3] own S1 choose cancel"},
		{"S0-22 just before the cut-off he still may", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking.Slot = "S1" }, 6*time.Hour - 1, "here booked [S2 S3] own S1 choose cancel"},
		{"S0-22 at the cut-off not", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking.Slot = "S1" }, 6 * time.Hour, "here booked [] own S1"},
		{"S0-23 past the cut-off without a time", func(_ *Board, r *RoundBoard) { r.Slots = r.Slots[:2] }, 8 * time.Hour, "here late [] choose"},
		{"a time nearer than the cut-off is not offered", func(*Board, *RoundBoard) {}, 6 * time.Hour, "here open [S2 S3] choose"},
		{"S0-23 every time taken", func(_ *Board, r *RoundBoard) {
			r.Slots = r.Slots[:2]
			r.Entries[1].Booking.Slot = "S2"
			r.Entries = append(r.Entries, Entry{Applicant: "C", Booking: Booking{Slot: "S1"}})
		}, 0, "here full [] choose"},
		{"S0-23 no time to come", func(*Board, *RoundBoard) {}, 60 * time.Hour, "here past [] choose"},
		{"S0-23 round without times", func(_ *Board, r *RoundBoard) { r.Slots = nil }, 0, "here past [] choose"},
		{"S0-23 round closed", func(_ *Board, r *RoundBoard) { r.Round.Closed = now }, 0, "here closed []"},
		{"round closed, booking stands", func(_ *Board, r *RoundBoard) { r.Round.Closed = now; r.Entries[0].Booking.Slot = "S3" }, 0, "here booked [] own S3 cancel"},
		{"S0-23 removed", func(b *Board, _ *RoundBoard) { b.Applicants[0].Removed = now }, 0, "removed"},
		{"S0-23 erased", func(b *Board, _ *RoundBoard) { b.Applicants[0].Erased = true; b.Applicants[0].Removed = now }, 0, "erased"},
		{"S0-23 his address was kept long enough", func(b *Board, _ *RoundBoard) { b.Applicants[0].Email = "" }, 0, "ended"},
		{"S0-23 job put away", func(b *Board, _ *RoundBoard) { b.Job.Closed = now }, 0, "shut closed []"},
		{"job put away, booking stands", func(b *Board, r *RoundBoard) { b.Job.Closed = now; r.Entries[0].Booking.Slot = "S3" }, 0, "here booked [] own S3 cancel"},
		{"S0-23 cancelled by the recruiter", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking = Booking{Was: "S1", By: RoleRecruiter} }, 0, "here open [S1 S2 S3] choose lost S1 by recruiter"},
		{"given back", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking = Booking{Was: "S3", By: RoleCandidate} }, 0, "here open [S1 S2 S3] choose lost S3 by candidate"},
		{"under way", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking.Slot = "S1" }, 30*time.Hour + 30*time.Minute, "here booked [] own S1"},
		{"S0-23 over", func(_ *Board, r *RoundBoard) { r.Entries[0].Booking.Slot = "S1" }, 31 * time.Hour, "here over [] own S1"},
		{"booked for him before he was invited", func(_ *Board, r *RoundBoard) { r.Entries[0] = Entry{Applicant: "A", Booking: Booking{Slot: "S1"}} }, 0, "here booked [] own S1 cancel"},
	} {
		t.Run(v.name, func(t *testing.T) {
			b := choiceBoard(now)
			v.change(&b, &b.Rounds[0])
			got, ok := b.ViewOfApplicant("A", now.Add(v.after))
			if s := shown(got); !ok || s != v.want {
				t.Errorf("%q, want %q", s, v.want)
			}
		})
	}
	if _, ok := choiceBoard(now).ViewOfApplicant("X", now); ok {
		t.Error("a stranger has a view")
	}
}

// What is to be done comes first: a choice that waits, then what he has, then what is over.
func TestChoiceOfSeveralRounds(t *testing.T) {
	now := time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)
	b := choiceBoard(now)
	first := b.Rounds[0]
	entries := func(e Entry) []Entry { return []Entry{e} }
	first.Entries = entries(Entry{Applicant: "A", Invited: now, Booking: Booking{Slot: "S3"}})
	second := first
	second.Round.ID, second.Round.Number, second.Entries = "R2", 2, entries(Entry{Applicant: "A", Invited: now, Booking: Booking{Slot: "S1"}})
	third := first
	third.Round.ID, third.Round.Number, third.Entries = "R3", 3, entries(Entry{Applicant: "A", Invited: now})
	b.Rounds = []RoundBoard{first, second, third}
	order := func(at time.Time) (s string) {
		v, _ := b.ViewOfApplicant("A", at)
		for _, c := range v.Choices {
			s += string(c.Round.ID) + " " + string(c.Moment) + ", "
		}
		return s
	}
	if got := order(now); got != "R3 open, R2 booked, R booked, " {
		t.Error(got)
	}
	if got := order(now.Add(32 * time.Hour)); got != "R booked, R3 late, R2 over, " {
		t.Error(got)
	}
}

// S0-19: not a word or number of another applicant is in the view, and it does not
// differ by how many others have chosen as long as a time can still be chosen.
func TestS0_19_ViewOfApplicantKnowsNobodyElse(t *testing.T) {
	now := time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)
	b := choiceBoard(now)
	b.Messages = []Message{{ID: "1", Applicant: "B", Body: "PlantedOther"}, {ID: "2", Applicant: "A", Body: "Hello"}}
	b.Rounds[0].Slots[2].Seats = 20
	alone, _ := b.ViewOfApplicant("A", now)
	if len(alone.Messages) != 1 {
		t.Error(alone.Messages)
	}
	b.Rounds[0].Entries[1].Booking.Slot = "S3"
	for n := range 18 {
		b.Rounds[0].Entries = append(b.Rounds[0].Entries, Entry{Applicant: ApplicantID(fmt.Sprint(n)), Booking: Booking{Slot: "S3"}})
	}
	crowded, _ := b.ViewOfApplicant("A", now)
	if x, y := fmt.Sprintf("%+v", alone), fmt.Sprintf("%+v", crowded); x != y {
		t.Errorf("others show:\n%s\n%s", x, y)
	} else if strings.Contains(x, "PlantedOther") {
		t.Errorf("another's words: %s", x)
	}
}
