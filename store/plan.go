package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// SavePlan makes a round's slots what the plan says. A slot whose start is still in it
// stays that slot; one that has begun stays whatever the plan says. CodeStale: not at
// expected any more. CodeBooked: slots with bookings would go that are not in drop,
// Left says how many. CodePast: a new start has passed. The bookings of those in drop
// are cancelled; a day whose place changes moves its bookings' calendar entries. Both
// with letters if notify. IDs are made by newID.
func (s *Store) SavePlan(ctx context.Context, id nextup.RoundID, p nextup.Plan, expected int, drop []nextup.SlotID,
	newID func() string, at time.Time, notify bool,
) error {
	return change(ctx, s.writer, func(t *tx) error {
		n, err := t.exec(`UPDATE rounds SET length = ?, pause = ?, day_from = ?, day_until = ?, seats = ?, cut_off = ?, revision = revision + 1
			WHERE id = ? AND revision = ?`,
			p.Frame.Length, p.Frame.Pause, p.Frame.From, p.Frame.Until, p.Frame.Seats, p.CutOff, id, expected)
		switch {
		case err != nil:
			return fmt.Errorf("store: plan: %w", err)
		case n == 0:
			return nextup.Refuse(nextup.CodeStale)
		}
		plan := planning{tx: t, round: id, frame: p.Frame, newID: newID, at: at, notify: notify, left: map[int64]nextup.Slot{}}
		slots, err := all(t, readSlot, `SELECT id, date, start, length, seats, removed FROM slots WHERE round = ? AND removed = 0`, id)
		if err != nil {
			return err
		}
		for _, x := range slots {
			plan.left[nanos(x.Start)] = x
		}
		for _, d := range p.Days {
			if err := plan.day(d); err != nil {
				return err
			}
		}
		return plan.clear(p, drop)
	})
}

// planning is one plan on its way into the rows.
type planning struct {
	*tx
	round  nextup.RoundID
	frame  nextup.Frame
	newID  func() string
	at     time.Time
	notify bool
	left   map[int64]nextup.Slot // slots that no day of the plan has asked for yet, by start
}

// day makes a day and its slots what the plan says.
func (p *planning) day(d nextup.DayPlan) error {
	if err := p.place(d); err != nil {
		return err
	}
	for _, start := range d.Starts {
		x, there := p.left[nanos(start)]
		if there {
			delete(p.left, nanos(start))
			if _, err := p.exec(`UPDATE slots SET date = ?, seats = max(seats, ?) WHERE id = ?`, d.Date, p.frame.Seats, x.ID); err != nil {
				return fmt.Errorf("store: slot: %w", err)
			}
			continue
		}
		if !start.After(p.at) {
			return nextup.Refuse(nextup.CodePast)
		}
		_, err := p.exec(`INSERT INTO slots (id, round, date, start, length, seats, removed) VALUES (?, ?, ?, ?, ?, ?, 0)`,
			p.newID(), p.round, d.Date, nanos(start), p.frame.Length, p.frame.Seats)
		switch {
		case sqlite.Unique(err):
			return nextup.Invalid("starts") // twice in the plan
		case err != nil:
			return fmt.Errorf("store: slot: %w", err)
		}
	}
	return p.behind(p.at, `round = ? AND date = ?`, p.round, d.Date)
}

// place keeps where a day's interviews are. Another place is news for those who have
// a time there.
func (p *planning) place(d nextup.DayPlan) error {
	var old nextup.Place
	there, err := p.row(`SELECT video <> 0, address FROM days WHERE round = ? AND date = ?`, []any{p.round, d.Date}, &old.Video, &old.Address)
	if err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	if !there {
		return p.newDay(p.round, d.Date, d.Place, p.at)
	}
	if _, err := p.exec(`UPDATE days SET video = ?, address = ?, dropped = 0 WHERE round = ? AND date = ?`, d.Place.Video, d.Place.Address, p.round, d.Date); err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	if old == d.Place {
		return nil
	}
	return p.moved(p.at, p.notify, `x.round = ? AND x.date = ? AND x.start > ?`, p.round, d.Date, nanos(p.at))
}

// newDay makes a day; its session, if it needs one, does not know it yet.
func (t *tx) newDay(round nextup.RoundID, date string, at nextup.Place, now time.Time) error {
	_, err := t.exec(`INSERT INTO days (round, date, video, address, session, dropped, revision, settled, behind) VALUES (?, ?, ?, ?, '', 0, 1, 0, ?)`,
		round, date, at.Video, at.Address, nanos(now))
	if err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	return nil
}

// clear removes what the plan does not have: slots, then days.
func (p *planning) clear(plan nextup.Plan, drop []nextup.SlotID) error {
	refused := 0
	for _, x := range p.left {
		if !x.Start.After(p.at) {
			continue
		}
		var booked int
		if _, err := p.row(`SELECT count(*) FROM bookings WHERE slot = ?`, []any{x.ID}, &booked); err != nil {
			return fmt.Errorf("store: slot: %w", err)
		}
		if booked > 0 && !slices.Contains(drop, x.ID) {
			refused++
			continue
		}
		if err := p.removeSlot(x); err != nil {
			return err
		}
	}
	if refused > 0 {
		return &nextup.Error{Code: nextup.CodeBooked, Left: refused}
	}
	days, err := all(p.tx, one[string], `SELECT date FROM days WHERE round = ? AND dropped = 0`, p.round)
	if err != nil {
		return err
	}
	for _, date := range days {
		if slices.ContainsFunc(plan.Days, func(d nextup.DayPlan) bool { return d.Date == date }) {
			continue
		}
		if err := p.dropDay(p.round, date, p.at); err != nil {
			return err
		}
	}
	return nil
}

func (p *planning) removeSlot(x nextup.Slot) error {
	return first(
		func() error { return p.cancel(p.at, nextup.RoleRecruiter, p.notify, `b.slot = ?`, x.ID) },
		func() error { return p.known(`UPDATE slots SET removed = ? WHERE id = ?`, nanos(p.at), x.ID) },
		func() error { return p.behind(p.at, `round = ? AND date = ?`, p.round, x.Date) },
	)
}

// dropDay takes a day out of the plan, unless one of its interviews has begun. One
// that never had a time leaves nothing.
func (t *tx) dropDay(round nextup.RoundID, date string, at time.Time) error {
	if _, err := t.exec(`DELETE FROM days WHERE round = ? AND date = ? AND session = ''
		AND NOT EXISTS (SELECT 1 FROM slots x WHERE x.round = days.round AND x.date = days.date)`, round, date); err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	if _, err := t.exec(`UPDATE days SET dropped = ? WHERE round = ? AND date = ?
		AND NOT EXISTS (SELECT 1 FROM slots x WHERE x.round = days.round AND x.date = days.date AND x.removed = 0)`, nanos(at), round, date); err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	return t.behind(at, `round = ? AND date = ?`, round, date)
}

// MoveSlot gives a slot another time, on a day of the round or on a new one at the
// same place; its bookings move with it, with letters if notify. CodeSlotGone: removed,
// or begun. CodeSlotTaken: the round has a slot at that time. CodePast.
func (s *Store) MoveSlot(ctx context.Context, round nextup.RoundID, slot nextup.SlotID, date string, start time.Time, at time.Time, notify bool) error {
	return change(ctx, s.writer, func(t *tx) error {
		if !start.After(at) {
			return nextup.Refuse(nextup.CodePast)
		}
		slots, err := all(t, readSlot, `SELECT id, date, start, length, seats, removed FROM slots WHERE id = ? AND round = ? AND removed = 0 AND start > ?`,
			slot, round, nanos(at))
		switch {
		case err != nil:
			return err
		case len(slots) == 0:
			return nextup.Refuse(nextup.CodeSlotGone)
		}
		old := slots[0]
		if old.Start.Equal(start) && old.Date == date {
			return nil
		}
		if err := t.ready(round, old.Date, date, at); err != nil {
			return err
		}
		_, err = t.exec(`UPDATE slots SET date = ?, start = ? WHERE id = ?`, date, nanos(start), slot)
		switch {
		case sqlite.Unique(err):
			return nextup.Refuse(nextup.CodeSlotTaken)
		case err != nil:
			return fmt.Errorf("store: move: %w", err)
		}
		return first(
			func() error { return t.moved(at, notify, `b.slot = ?`, slot) },
			func() error { return t.behind(at, `round = ? AND date IN (?, ?)`, round, old.Date, date) },
			func() error { return t.known(`UPDATE rounds SET revision = revision + 1 WHERE id = ?`, round) },
			func() error {
				if date == old.Date {
					return nil
				}
				return t.dropDay(round, old.Date, at) // if that was its last time
			},
		)
	})
}

// ready makes sure that a slot can be moved to a day: a new one, and one that was out of
// the plan, is where the old one is.
func (t *tx) ready(round nextup.RoundID, from, to string, at time.Time) error {
	n, err := t.exec(`UPDATE days SET (video, address) = (SELECT f.video, f.address FROM days f
			WHERE f.round = days.round AND f.date = iif(days.dropped = 0, days.date, ?3)), dropped = 0
		WHERE round = ?1 AND date = ?2`, round, to, from)
	if err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	if n > 0 {
		return nil
	}
	var p nextup.Place
	if _, err := t.row(`SELECT video <> 0, address FROM days WHERE round = ? AND date = ?`, []any{round, from}, &p.Video, &p.Address); err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	return t.newDay(round, to, p, at)
}
