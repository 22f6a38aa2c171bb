package transport

import (
	"slices"
	"time"

	"nextup"
)

// What saving the times of a round would take from applicants: asked about before.

// confirmView is what slotsdrop.html shows.
type confirmView struct {
	Lost   []lossView
	Placed []placedView
	People int
	Fields [][2]string // the form, to be sent once more
}

// lossView is a booked time that would go.
type lossView struct {
	ID    nextup.SlotID
	At    time.Time
	Names []string
}

// placedView is a day with bookings whose place would change.
type placedView struct {
	Date     string
	Day      time.Time
	Old, New nextup.Place
	Names    []string
}

// losses compares a plan with what is booked.
func losses(b nextup.Board, rb nextup.RoundBoard, p nextup.Plan, now time.Time) *confirmView {
	c := &confirmView{}
	moved := map[string][]nextup.ApplicantID{}
	for _, s := range rb.Slots {
		if !s.Removed.IsZero() || len(rb.Booked(s.ID)) == 0 {
			continue
		}
		i := slices.IndexFunc(p.Days, func(d nextup.DayPlan) bool {
			return d.Date == s.Date && slices.ContainsFunc(d.Starts, s.Start.Equal)
		})
		if i < 0 {
			c.Lost = append(c.Lost, lossView{s.ID, in(s.Start, b.Job.Zone), namesOf(b, rb.Booked(s.ID))})
			c.People += len(rb.Booked(s.ID))
			continue
		}
		if d, _ := rb.Day(s.Date); d.Place != p.Days[i].Place && s.Start.After(now) {
			moved[s.Date] = append(moved[s.Date], rb.Booked(s.ID)...)
		}
	}
	for _, d := range p.Days {
		if ids := moved[d.Date]; len(ids) > 0 {
			old, _ := rb.Day(d.Date)
			c.Placed = append(c.Placed, placedView{d.Date, noon(d.Date, b.Job.Zone), old.Place, d.Place, namesOf(b, ids)})
			c.People += len(ids)
		}
	}
	return c
}

func (c *confirmView) none() bool { return len(c.Lost) == 0 && len(c.Placed) == 0 }

// more says whether there is anything that has not been agreed to.
func (c *confirmView) more(drop []nextup.SlotID, placed []string) bool {
	return slices.ContainsFunc(c.Lost, func(l lossView) bool { return !slices.Contains(drop, l.ID) }) ||
		slices.ContainsFunc(c.Placed, func(p placedView) bool { return !slices.Contains(placed, p.Date) })
}

func askedAbout(ids []string) (list []nextup.SlotID) {
	for _, id := range ids {
		if knownID(id) {
			list = append(list, nextup.SlotID(id))
		}
	}
	return list
}

// namesOf are the names of applicants.
func namesOf(b nextup.Board, ids []nextup.ApplicantID) (list []string) {
	for _, id := range ids {
		a, _ := b.Applicant(id)
		list = append(list, a.Name)
	}
	return list
}
