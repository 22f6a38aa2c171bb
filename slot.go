package nextup

import "time"

// Which times of a day can be offered. Times are proposed as a clock on the wall
// shows them where the interviews are held; how long they last is real minutes.

// Limits of a frame.
const (
	MinTalk  = 5 * time.Minute
	MaxTalk  = 8 * time.Hour
	MaxPause = 4 * time.Hour
	wholeDay = 24 * time.Hour
)

// Check says which field of the frame cannot be, if any: "length", "pause", "from",
// "until" or "seats".
func (f Frame) Check() error {
	whole := func(d time.Duration) bool { return d%time.Minute == 0 }
	switch {
	case f.Length < MinTalk || f.Length > MaxTalk || !whole(f.Length):
		return Invalid("length")
	case f.Pause < 0 || f.Pause > MaxPause || !whole(f.Pause):
		return Invalid("pause")
	case f.From < 0 || f.From >= wholeDay || !whole(f.From):
		return Invalid("from")
	case f.Until > wholeDay || !whole(f.Until) || f.Until < f.From+f.Length:
		return Invalid("until") // not even one fits
	case f.Seats < 1 || f.Seats > MaxSeats:
		return Invalid("seats")
	}
	return nil
}

// Propose lists the times of a date ("2026-12-01") that a frame gives in a zone: from
// its beginning on, one after the other, none that ends after its end. A time that the
// clock skips in spring is not proposed, nor one that would begin before the one before
// it is over; a time that comes twice in autumn is the first of the two. CodeInvalid
// names a field of the frame, "date" or "zone".
func Propose(date string, f Frame, zone string) ([]time.Time, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	end, _, err := Wall(date, f.Until, zone)
	if err != nil {
		return nil, err
	}
	var list []time.Time
	var free time.Time // from when on the next may begin
	for clock := f.From; clock+f.Length <= f.Until; clock += f.Length + f.Pause {
		at, shown, err := Wall(date, clock, zone)
		if err != nil {
			return nil, err
		}
		if shown && !at.Before(free) && !at.Add(f.Length).After(end) {
			list = append(list, at)
			free = at.Add(f.Length + f.Pause)
		}
	}
	return list, nil
}

// Wall is when a clock in the zone shows a time of day on a date, the first time it
// does; 24 hours is the beginning of the next day. shown is false for a time that is
// skipped when the clocks go forward: at is then the moment they do. CodeInvalid:
// "date" or "zone".
func Wall(date string, clock time.Duration, zone string) (at time.Time, shown bool, err error) {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return at, false, Invalid("zone")
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return at, false, Invalid("date")
	}
	wall := day.Add(clock) // as if the zone were UTC
	before := utcOffset(wall.Add(-wholeDay).In(loc))
	for _, o := range [...]time.Duration{before, utcOffset(wall.Add(wholeDay).In(loc))} {
		t := wall.Add(-o)
		if utcOffset(t.In(loc)) == o && (!shown || t.Before(at)) {
			at, shown = t.In(loc), true
		}
	}
	if !shown {
		at, _ = wall.Add(-before).In(loc).ZoneBounds()
	}
	return at, shown, nil
}

func utcOffset(at time.Time) time.Duration {
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}

// ClockChange says whether the clocks of a zone are changed on a date: at the time of
// day from they are put to the time of day to. ok is false if they are not.
func ClockChange(date, zone string) (from, to time.Duration, ok bool) {
	begin, _, err := Wall(date, 0, zone)
	if err != nil {
		return 0, 0, false
	}
	end, _, err := Wall(date, wholeDay, zone)
	if err != nil {
		return 0, 0, false
	}
	// A day that begins with the change has it at its very beginning.
	_, change := begin.Add(-time.Nanosecond).ZoneBounds()
	if change.IsZero() || !change.Before(end) {
		return 0, 0, false
	}
	was, is := utcOffset(change.Add(-time.Nanosecond)), utcOffset(change)
	if was == is {
		return 0, 0, false // another name, the same time
	}
	day, _ := time.Parse(time.DateOnly, date) // Wall has read it
	return change.UTC().Add(was).Sub(day), change.UTC().Add(is).Sub(day), true
}
