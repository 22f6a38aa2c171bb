package mail

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"
)

const wallTime = "20060102T150405" // a local time in a calendar file (RFC 5545, section 3.3.5)

// shift is one moment at which a zone's clocks are moved.
type shift struct {
	at       time.Time
	from, to int // seconds east of UTC, before and after
	name     string
	summer   bool
}

// wall is the time of day that the clocks showed just before.
func (s shift) wall() time.Time { return s.at.UTC().Add(time.Duration(s.from) * time.Second) }

// timezone writes the rules of a zone that hold around an event, taken from Go's own
// tz data (RFC 5545, section 3.6.5). A shift that comes every year on the same
// weekday of a month becomes one rule; any other stands by itself. So does all
// that is needed to read the event right, in calendars that know no zone by name.
func timezone(zone string, from, until time.Time) *ics.VTimezone {
	loc := location(zone)
	z := ics.NewTimezone(zone)
	shifts := shiftsAround(loc, from, until)
	if len(shifts) == 0 {
		name, offset := from.In(loc).Zone()
		observe(z, shift{at: time.Unix(int64(-offset), 0), from: offset, to: offset, name: name}, "")
		return z
	}
	for len(shifts) > 0 {
		like := slices.DeleteFunc(slices.Clone(shifts), func(s shift) bool { return !alike(s, shifts[0]) })
		if rule := yearly(like); rule != "" {
			observe(z, like[0], rule)
			shifts = slices.DeleteFunc(shifts, func(s shift) bool { return alike(s, like[0]) })
			continue
		}
		observe(z, shifts[0], "")
		shifts = shifts[1:]
	}
	return z
}

// shiftsAround lists the shifts from the one in force two years before an event to
// two years after it. None: the clocks stand still there.
func shiftsAround(loc *time.Location, from, until time.Time) (all []shift) {
	end := until.AddDate(2, 0, 0)
	at := from.AddDate(-2, 0, 0).In(loc)
	if start, _ := at.ZoneBounds(); !start.IsZero() {
		at = start
	} else if _, next := at.ZoneBounds(); !next.IsZero() {
		at = next
	} else {
		return nil
	}
	for at.Before(end) {
		_, before := at.Add(-time.Second).In(loc).Zone()
		name, after := at.In(loc).Zone()
		all = append(all, shift{at, before, after, name, at.In(loc).IsDST()})
		_, next := at.In(loc).ZoneBounds()
		if next.IsZero() {
			break
		}
		at = next
	}
	return all
}

// alike says that two shifts are of one kind.
func alike(a, b shift) bool { return a.from == b.from && a.to == b.to && a.name == b.name }

// yearly is the rule of shifts that come once a year on the n-th or last weekday of
// the same month at the same time of day; "" if they do not, or if they are so few
// that it would be a guess.
func yearly(all []shift) string {
	if len(all) < 3 {
		return ""
	}
	first := all[0].wall()
	nth, last := (first.Day()-1)/7, true
	for i, s := range all {
		w := s.wall()
		if w.Year() != first.Year()+i || w.Month() != first.Month() || w.Weekday() != first.Weekday() || w.Format("150405") != first.Format("150405") {
			return ""
		}
		if (w.Day()-1)/7 != nth {
			nth = -1
		}
		last = last && w.AddDate(0, 0, 7).Month() != w.Month()
	}
	which := strconv.Itoa(nth + 1)
	switch {
	case last:
		which = "-1"
	case nth < 0:
		return ""
	}
	day := [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[first.Weekday()]
	return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%s%s", first.Month(), which, day)
}

func observe(z *ics.VTimezone, s shift, rule string) {
	var c *ics.ComponentBase
	if s.summer {
		d := &ics.Daylight{}
		z.Components = append(z.Components, d)
		c = &d.ComponentBase
	} else {
		c = &z.AddStandard().ComponentBase
	}
	c.SetProperty(ics.ComponentPropertyDtStart, s.wall().Format(wallTime))
	c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), hours(s.from))
	c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), hours(s.to))
	c.SetProperty(ics.ComponentProperty(ics.PropertyTzname), s.name)
	if rule != "" {
		c.SetProperty(ics.ComponentPropertyRrule, rule)
	}
}

// hours is an offset as +0100, with seconds where a zone has them.
func hours(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	s := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}

// location is a zone by its IANA name. Settings are checked, so there is always one.
func location(zone string) *time.Location {
	if loc, err := time.LoadLocation(zone); err == nil {
		return loc
	}
	return time.UTC
}
