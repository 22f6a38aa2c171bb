package transport

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"nextup"
)

// timelineView is the drawing over the summary's table: a lane for each
// interviewer with his talks and write-ups, and how many waited. The table holds
// the same facts; this is for the eye.
type timelineView struct {
	Height   int
	Bottom   int
	Ticks    []tickView
	Lanes    []laneView
	Area     string // path of the waiting
	Line     string
	WaitY    int // of its word
	Most     int
	MostX    float64
	MostY    float64
	MostAt   time.Time
	Talks    int
	From, To time.Time
	Overrun  bool // some talk went on after its planned end
	Panels   bool // some talk had several interviewers
	Passes   []passView
}

// passView is a candidate on his way from one interviewer to another.
type passView struct {
	X1, X2 float64
	Y1, Y2 int
}

type tickView struct {
	X  float64
	At time.Time
}

type laneView struct {
	Name  string // shortened to its place
	Full  string
	TextY int
	Bars  []barView
}

type barView struct {
	X, W  float64
	Y     int
	TextX float64
	TextY int
	Write bool // a write-up; else a talk
	Panel bool // a talk of several interviewers
	OverX float64
	OverW float64 // what lies after the planned end; 0 if nothing
	Name  string  // "" when it would not fit
	Ring  int     // number of the deviation; 0 if none
	RingX float64
}

// Sizes of the drawing, in its own units.
const (
	timelineWidth = 1088
	timelineLeft  = 170
	timelineTop   = 32
	laneHeight    = 48
	barHeight     = 34
	waitHeight    = 42
)

func newTimeline(n nextup.Snapshot, sum nextup.Summary, taken map[nextup.OfferID]int) timelineView {
	var v timelineView
	if len(sum.Talks) == 0 {
		return v
	}
	zone := n.State.Settings.Zone
	n.Now = n.Now.Truncate(time.Minute) // what still goes on moves once a minute
	end := func(t nextup.TalkRow) time.Time {
		if t.Ended.IsZero() {
			return later(n.Now, t.Started)
		}
		return t.Ended
	}
	from, to := sum.Talks[0].Started, end(sum.Talks[0])
	for _, t := range sum.Talks {
		from, to = earlier(from, t.Started), later(to, end(t))
		for _, a := range t.Assessed {
			if wrote := writtenUp(t, a.Interviewer); !wrote.IsZero() {
				to = later(to, earlier(wrote, t.Ended.Add(2*time.Hour)))
			}
		}
	}
	step := 10 * time.Minute
	for _, longer := range []time.Duration{20 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		if to.Sub(from) <= 9*step {
			break
		}
		step = longer
	}
	from = from.Truncate(step)
	to = later(to.Add(step-1).Truncate(step), from.Add(step))
	v.From, v.To = in(from, zone), in(to, zone)
	x := func(at time.Time) float64 {
		return timelineLeft + float64(timelineWidth-timelineLeft-20)*float64(at.Sub(from))/float64(max(to.Sub(from), step))
	}
	for at := from; !at.After(to); at = at.Add(step) {
		v.Ticks = append(v.Ticks, tickView{x(at), in(at, zone)})
	}
	y := timelineTop
	last := map[nextup.CandidateID]passView{} // where each was seen last, as the beginning of a way
	begun := map[nextup.OfferID]int{}
	for _, i := range n.State.Interviewers {
		lane := laneView{Name: shortened(n.People[i.ID.Person()].Name, timelineLeft/8), Full: n.People[i.ID.Person()].Name, TextY: y + 22}
		for _, t := range sum.Talks {
			if !slices.ContainsFunc(t.Assessed, func(a nextup.Assessed) bool { return a.Interviewer == i.ID }) {
				continue
			}
			bar := barView{X: x(t.Started), W: max(3, x(end(t))-x(t.Started)), Y: y, TextX: x(t.Started) + 10, TextY: y + 22, Panel: len(t.Assessed) > 1}
			if t.Interviewer == i.ID { // the lead's lane
				v.Talks++
				begun[t.Offer] = y
				if bar.Ring = taken[t.Offer]; bar.Ring > 0 {
					bar.RingX = bar.X + bar.W - 15
				}
			}
			if wrote := writtenUp(t, i.ID); wrote.After(t.Ended) && !t.Ended.IsZero() {
				wrote = earlier(wrote, to)
				lane.Bars = append(lane.Bars, barView{Write: true, X: x(t.Ended), W: max(1, x(wrote)-x(t.Ended)), Y: y})
			}
			if over := end(t).Sub(t.EndsAt); over > 0 && t.EndsAt.After(t.Started) {
				bar.OverX = x(t.EndsAt)
				bar.OverW = max(1, bar.X+bar.W-bar.OverX)
				v.Overrun = true
			}
			v.Panels = v.Panels || bar.Panel
			if name := firstName(n.People[t.Candidate.Person()].Name); float64(len([]rune(name))*8+20) < bar.W-float64(min(bar.Ring, 1)*24) {
				bar.Name = name
			}
			lane.Bars = append(lane.Bars, bar)
		}
		if len(lane.Bars) > 0 {
			v.Lanes = append(v.Lanes, lane)
			y += laneHeight
		}
	}
	for _, t := range sum.Talks { // by offer, so by time
		to, lane := x(t.Started), begun[t.Offer]+barHeight/2
		if from, ok := last[t.Candidate]; ok && from.Y1 != lane {
			v.Passes = append(v.Passes, passView{X1: from.X1, Y1: from.Y1, X2: max(to, from.X1), Y2: lane})
		}
		last[t.Candidate] = passView{X1: x(end(t)), Y1: lane}
	}
	v.waiting(n, sum, x, y)
	return v
}

// waiting draws how many stood in the queue: from check-in to the start of the
// talk, or to the end for those who were not reached.
func (v *timelineView) waiting(n nextup.Snapshot, sum nextup.Summary, x func(time.Time) float64, y int) {
	type change struct {
		at time.Time
		by int
	}
	var changes []change
	add := func(from, to time.Time) {
		if from.IsZero() || !to.After(from) {
			return
		}
		changes = append(changes, change{later(from, v.From), 1}, change{later(to, v.From), -1})
	}
	for _, t := range sum.Talks {
		add(t.CheckedIn, t.Started)
	}
	for _, m := range sum.Missing {
		switch c := n.State.Candidates[m.Candidate]; m.Status {
		case nextup.StatusWaiting, nextup.StatusCalled:
			add(c.CheckedIn, n.Now)
		case nextup.StatusNotReached:
			add(c.CheckedIn, n.State.ClosedAt)
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(b.by, a.by)) })
	count := 0
	for _, c := range changes {
		if count += c.by; count > v.Most {
			v.Most, v.MostAt = count, c.at
		}
	}
	v.Bottom = y + 16 + waitHeight
	v.WaitY, v.Height = v.Bottom-12, v.Bottom+6
	if v.Most == 0 {
		v.Bottom = y
		v.Height = y + 6
		return
	}
	level := func(count int) float64 { return float64(v.Bottom) - waitHeight*float64(count)/float64(v.Most) }
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", timelineLeft, v.Bottom)
	count = 0
	last := 0
	for _, c := range changes {
		count += c.by
		if c.at.After(v.To) {
			break
		}
		fmt.Fprintf(&b, "H%.1fV%.1f", x(c.at), level(count))
		last = count
	}
	if last > 0 { // somebody still waits where the drawing ends
		fmt.Fprintf(&b, "H%.1f", x(v.To))
	}
	v.Line = b.String()
	v.Area = v.Line + fmt.Sprintf("V%dz", v.Bottom)
	v.MostX, v.MostY = x(v.MostAt)+4, level(v.Most)-5
	v.MostAt = in(v.MostAt, n.State.Settings.Zone)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// writtenUp is when somebody submitted his assessment of a talk. Only of who began it
// the time is known.
func writtenUp(t nextup.TalkRow, id nextup.InterviewerID) time.Time {
	if id == t.Interviewer {
		return t.WrittenUp
	}
	return time.Time{}
}

// shortened is a name in at most so many characters.
func shortened(name string, most int) string {
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return strings.TrimRight(string(runes[:most-1]), " ") + "…"
}
