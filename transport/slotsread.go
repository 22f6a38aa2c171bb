package transport

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// Limits of what is typed on the page of slots.
const (
	maxAddress = 200
	maxStarts  = 2000
	planAhead  = 2 // years
)

// slotsForm is the page of slots exactly as it was filled in, so that it can be shown
// again, with what was found wrong. Its text fields are what was typed.
type slotsForm struct {
	Revision int // the round's, from which it was filled in
	Length   string
	Pause    string
	From     string
	Until    string
	Seats    string
	CutOff   string // minutes
	Days     []dayForm
	Date     string // typed to be added
	Errors   faults
}

// dayForm is one day of it.
type dayForm struct {
	Date    string
	Video   bool
	Address string
	Starts  []time.Time // in order, in UTC
}

// Fault is the error of a field, nil if it has none.
func (f slotsForm) Fault(field string) *faultView { return newFault(field, f.Errors[field]) }

// slotsFormOf is what is saved of a round, from a moment on: what is past is not to be
// changed.
func slotsFormOf(rb nextup.RoundBoard, now time.Time) slotsForm {
	f := slotsForm{
		Revision: rb.Round.Revision,
		Length:   minutes(rb.Round.Frame.Length), Pause: minutes(rb.Round.Frame.Pause),
		From: clockOf(rb.Round.Frame.From), Until: clockOf(rb.Round.Frame.Until),
		Seats: strconv.Itoa(rb.Round.Frame.Seats), CutOff: minutes(rb.Round.CutOff),
	}
	for _, d := range rb.Days {
		day := dayForm{Date: d.Date, Video: d.Place.Video, Address: d.Place.Address}
		for _, s := range rb.Slots {
			if s.Date == d.Date && s.Removed.IsZero() && s.Start.After(now) {
				day.Starts = append(day.Starts, s.Start.UTC())
			}
		}
		if len(day.Starts) > 0 {
			f.Days = append(f.Days, day)
		}
	}
	return f
}

// clockOf is a time of day as fields show it; the end of a day is 24:00.
func clockOf(d time.Duration) string {
	m := int(d / time.Minute)
	return twoDigits(m/60) + ":" + twoDigits(m%60)
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// readSlots takes what was sent, as it was typed.
func readSlots(v url.Values, zone string) slotsForm {
	f := slotsForm{
		Length: v.Get("length"), Pause: v.Get("pause"), From: v.Get("from"), Until: v.Get("until"),
		Seats: v.Get("seats"), CutOff: v.Get("cutoff"), Date: v.Get("date"), Errors: faults{},
	}
	f.Revision, _ = strconv.Atoi(v.Get("revision"))
	for _, date := range v["day"] {
		if _, err := time.Parse(time.DateOnly, date); err != nil || f.day(date) != nil || len(f.Days) > nextup.MaxDays {
			continue // no page of ours sends that
		}
		f.Days = append(f.Days, dayForm{
			Date: date, Video: v.Get("place."+date) != "address", Address: v.Get("address." + date),
		})
	}
	slices.SortFunc(f.Days, func(a, b dayForm) int { return strings.Compare(a.Date, b.Date) })
	for i, typed := range v["start"] {
		at, err := time.Parse(time.RFC3339, typed)
		if err != nil || i > maxStarts {
			continue
		}
		if d := f.day(in(at, zone).Format(time.DateOnly)); d != nil && !slices.ContainsFunc(d.Starts, at.Equal) {
			d.Starts = append(d.Starts, at.UTC())
		}
	}
	for i := range f.Days {
		slices.SortFunc(f.Days[i].Starts, time.Time.Compare)
	}
	return f
}

// day is the form's day of a date, nil if it has none.
func (f *slotsForm) day(date string) *dayForm {
	i := slices.IndexFunc(f.Days, func(d dayForm) bool { return d.Date == date })
	if i < 0 {
		return nil
	}
	return &f.Days[i]
}

// addDay chooses a day. It is held where the day before it in the list is.
func (f *slotsForm) addDay(date string, now time.Time) {
	f.Errors = faults{}
	day, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil:
		f.Errors.add("date", "slots.error.date", 0)
	case date < now.Format(time.DateOnly):
		f.Errors.add("date", "slots.error.past", 0)
	case day.After(now.AddDate(planAhead, 0, 0)):
		f.Errors.add("date", "slots.error.far", planAhead)
	case len(f.Days) >= nextup.MaxDays:
		f.Errors.add("date", "slots.error.days", nextup.MaxDays)
	}
	if len(f.Errors) > 0 || f.day(date) != nil {
		return
	}
	added := dayForm{Date: date, Video: true}
	at, _ := slices.BinarySearchFunc(f.Days, date, func(d dayForm, date string) int { return strings.Compare(d.Date, date) })
	if len(f.Days) > 0 {
		near := f.Days[max(at-1, 0)]
		added.Video, added.Address = near.Video, near.Address
	}
	f.Days, f.Date = slices.Insert(f.Days, at, added), ""
}

// frame reads the rules of a day; what is wrong is noted at its field.
func (f *slotsForm) frame() nextup.Frame {
	if f.Errors == nil {
		f.Errors = faults{}
	}
	fr := nextup.Frame{
		Length: f.number("length", f.Length, int(nextup.MinTalk/time.Minute), int(nextup.MaxTalk/time.Minute)),
		Pause:  f.number("pause", f.Pause, 0, int(nextup.MaxPause/time.Minute)),
		From:   f.clock("from", f.From), Until: f.clock("until", f.Until),
		Seats: int(f.number("seats", f.Seats, 1, nextup.MaxSeats) / time.Minute),
	}
	if fr.Until == 0 {
		fr.Until = 24 * time.Hour
	}
	if len(f.Errors) == 0 && fr.Check() != nil {
		f.Errors.add("until", "slots.error.until", 0) // all else has been looked at
	}
	return fr
}

// number is a typed whole number of minutes.
func (f *slotsForm) number(field, typed string, low, high int) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < low || n > high {
		f.Errors.add(field, "slots.error."+field, high)
		return 0
	}
	return time.Duration(n) * time.Minute
}

// clock is a typed time of day.
func (f *slotsForm) clock(field, typed string) time.Duration {
	d, ok := timeOfDay(typed)
	if !ok {
		f.Errors.add(field, "slots.error.clock", 0)
	}
	return d
}

// timeOfDay reads a time of day as people type it: "09:00", "9.00", "0900", "9", "24:00".
func timeOfDay(typed string) (time.Duration, bool) {
	words := strings.ReplaceAll(strings.TrimSpace(typed), ".", ":")
	if len(words) == 4 && !strings.Contains(words, ":") {
		words = words[:2] + ":" + words[2:]
	}
	if words == "24:00" || words == "24" {
		return 24 * time.Hour, true
	}
	for _, layout := range []string{"15:04", "15"} {
		if at, err := time.Parse(layout, words); err == nil {
			return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, true
		}
	}
	return 0, false
}

// check reads the form into a plan; what is wrong is noted at its field, all at once.
// Times that are past stay in the plan whatever the form says: nothing can be changed
// about them.
func (f *slotsForm) check(rb nextup.RoundBoard, zone string, now time.Time) nextup.Plan {
	f.Errors = faults{}
	p := nextup.Plan{Frame: f.frame(), CutOff: f.number("cutoff", f.CutOff, 0, int(nextup.MaxCutOff/time.Minute))}
	if len(f.Days) > nextup.MaxDays {
		f.Errors.add("date", "slots.error.days", nextup.MaxDays)
	}
	for i := range f.Days {
		d := &f.Days[i]
		d.Address = f.Errors.line("address."+d.Date, d.Address, maxAddress, false)
		day := nextup.DayPlan{Date: d.Date, Place: nextup.Place{Video: d.Video}}
		if !d.Video {
			day.Place.Address = d.Address
		}
		var free time.Time // from when on the next may begin
		for _, at := range d.Starts {
			length := p.Frame.Length
			if s, ok := slotAt(rb, at); ok {
				length = s.Length
			} else {
				switch {
				case !at.After(now):
					f.Errors.add("day."+d.Date, "slots.error.pastTime", 0)
				case at.Second() != 0 || in(at, zone).After(now.AddDate(planAhead, 0, 2)):
					f.Errors.add("day."+d.Date, "slots.error.far", planAhead)
				}
			}
			if at.Before(free) {
				f.Errors.add("day."+d.Date, "slots.error.overlap", 0)
			}
			free = at.Add(length)
			day.Starts = append(day.Starts, at)
		}
		p.Days = append(p.Days, day)
	}
	p.Days = slices.DeleteFunc(p.Days, func(d nextup.DayPlan) bool { return len(d.Starts) == 0 })
	for _, s := range rb.Slots {
		if s.Removed.IsZero() && !s.Start.After(now) {
			keepStart(&p, rb, s)
		}
	}
	return p
}

// keepStart puts a slot into a plan that lacks it.
func keepStart(p *nextup.Plan, rb nextup.RoundBoard, s nextup.Slot) {
	i := slices.IndexFunc(p.Days, func(d nextup.DayPlan) bool { return d.Date == s.Date })
	if i < 0 {
		d, _ := rb.Day(s.Date)
		p.Days = append(p.Days, nextup.DayPlan{Date: s.Date, Place: d.Place})
		slices.SortFunc(p.Days, func(a, b nextup.DayPlan) int { return strings.Compare(a.Date, b.Date) })
		i = slices.IndexFunc(p.Days, func(d nextup.DayPlan) bool { return d.Date == s.Date })
	}
	if !slices.ContainsFunc(p.Days[i].Starts, s.Start.Equal) {
		p.Days[i].Starts = append(p.Days[i].Starts, s.Start)
		slices.SortFunc(p.Days[i].Starts, time.Time.Compare)
	}
}

// slotAt is the round's slot that begins at a moment.
func slotAt(rb nextup.RoundBoard, at time.Time) (nextup.Slot, bool) {
	i := slices.IndexFunc(rb.Slots, func(s nextup.Slot) bool { return s.Removed.IsZero() && s.Start.Equal(at) })
	if i < 0 {
		return nextup.Slot{}, false
	}
	return rb.Slots[i], true
}
