package nextup

import (
	"slices"
	"time"
)

// Way is how a browser reached the media server.
type Way string

// The ways; empty is not known.
const (
	WayUDP   Way = "udp"
	WayTCP   Way = "tcp"
	WayRelay Way = "relay"
)

// TalkFigures are what one person's connection did in a talk, as his browser counted it.
// They name nobody and hold no words.
type TalkFigures struct {
	Measured time.Duration `json:"measured"`           // for how long anything could be counted
	LossUp   int           `json:"lossUp,omitempty"`   // of a thousand packets sent, how many did not arrive
	LossDown int           `json:"lossDown,omitempty"` // and of those for him
	RTT      time.Duration `json:"rtt,omitempty"`      // the mean round trip to the server; 0 not known
	Up       int           `json:"up,omitempty"`       // kbit/s sent, the mean
	Down     int           `json:"down,omitempty"`     // kbit/s received
	Freezes  int           `json:"freezes,omitempty"`  // how often a picture of the others stood still
	Frozen   time.Duration `json:"frozen,omitempty"`   // for how long, all pictures together
	// First is from the talk's beginning to the first picture; negative: none was seen.
	First time.Duration `json:"first"`
	Way   Way           `json:"way,omitempty"`
}

// Measured are the figures of one who was in a talk; Interviewer is empty for the candidate.
type Measured struct {
	Interviewer InterviewerID
	Figures     TalkFigures
}

// Bounds of what figures may say.
const (
	longestMeasured = 24 * time.Hour
	longestRTT      = time.Minute
	fastestRate     = 10_000_000 // kbit/s
	freezesPerS     = 20         // of all pictures together
	measureSlack    = time.Minute
)

// Check names the first of the figures that cannot be, by its field on the wire; ""
// if all can.
func (f TalkFigures) Check() string {
	within := func(d, most time.Duration) bool { return d >= 0 && d <= most }
	seconds := f.Measured.Seconds() + 2 // the last look may lie a little behind
	switch {
	case !within(f.Measured, longestMeasured):
		return "seconds"
	case f.LossUp < 0 || f.LossUp > 1000:
		return "lossUp"
	case f.LossDown < 0 || f.LossDown > 1000:
		return "lossDown"
	case !within(f.RTT, longestRTT):
		return "rtt"
	case f.Up < 0 || f.Up > fastestRate:
		return "up"
	case f.Down < 0 || f.Down > fastestRate:
		return "down"
	case f.Freezes < 0 || float64(f.Freezes) > freezesPerS*seconds:
		return "freezes"
	case !within(f.Frozen, time.Duration(MaxPanel*seconds*float64(time.Second))):
		return "frozen"
	case f.First > longestMeasured:
		return "first"
	case f.Way != "" && f.Way != WayUDP && f.Way != WayTCP && f.Way != WayRelay:
		return "way"
	}
	return ""
}

// And are the figures of both together: next began anew where f had ended, after a
// reload of the page or on another device.
func (f TalkFigures) And(next TalkFigures) TalkFigures {
	a, b := f.Measured.Seconds(), next.Measured.Seconds()
	mean := func(x, y float64) float64 {
		if a+b == 0 {
			return 0
		}
		return (x*a + y*b) / (a + b)
	}
	sum := TalkFigures{
		Measured: f.Measured + next.Measured,
		LossUp:   int(mean(float64(f.LossUp), float64(next.LossUp)) + 0.5),
		LossDown: int(mean(float64(f.LossDown), float64(next.LossDown)) + 0.5),
		Up:       int(mean(float64(f.Up), float64(next.Up)) + 0.5),
		Down:     int(mean(float64(f.Down), float64(next.Down)) + 0.5),
		Freezes:  f.Freezes + next.Freezes,
		Frozen:   f.Frozen + next.Frozen,
		RTT:      time.Duration(mean(float64(f.RTT), float64(next.RTT))),
		First:    f.First,
		Way:      next.Way,
	}
	switch { // what was not known weighs nothing
	case f.RTT == 0:
		sum.RTT = next.RTT
	case next.RTT == 0:
		sum.RTT = f.RTT
	}
	if f.First < 0 {
		sum.First = next.First
	}
	if next.Way == "" {
		sum.Way = f.Way
	}
	return sum
}

// Grade is how a connection was, all in all.
type Grade string

// The grades.
const (
	GradeGood Grade = "good"
	GradeWeak Grade = "weak" // it could be noticed
	GradePoor Grade = "poor" // it hampered the talk
)

// Standing still for less than this, all together, or a part of the time less than
// the share after it, was no hindrance.
const (
	weakFrozen, poorFrozen           = 2 * time.Second, 5 * time.Second
	weakFrozenShare, poorFrozenShare = 0.02, 0.05
	weakLoss, poorLoss               = 30, 80 // of a thousand
	weakRTT, poorRTT                 = 300 * time.Millisecond, 700 * time.Millisecond
	weakFirst, poorFirst             = 3 * time.Second, 10 * time.Second
	weakGap, poorGap                 = 10 * time.Second, 30 * time.Second
)

// Verdict is what figures say of a connection in a talk.
type Verdict struct {
	Grade Grade
	// Gap is how long of the talk nothing could be measured: there was no connection,
	// or the page slept. Zero when that is too little to speak of or not known.
	Gap time.Duration
}

// Judge says how a connection was; of is how long its owner was in the talk, 0 not known.
func (f TalkFigures) Judge(of time.Duration) Verdict {
	var v Verdict
	if gap := of - f.Measured; of > 0 && gap >= weakGap {
		v.Gap = gap
	}
	share := 0.0
	if f.Measured > 0 {
		share = f.Frozen.Seconds() / f.Measured.Seconds()
	}
	loss := max(f.LossUp, f.LossDown)
	switch {
	case loss >= poorLoss, f.RTT >= poorRTT, f.First >= poorFirst, v.Gap >= poorGap,
		f.Frozen >= poorFrozen && share >= poorFrozenShare:
		v.Grade = GradePoor
	case loss >= weakLoss, f.RTT >= weakRTT, f.First >= weakFirst, v.Gap > 0,
		f.Frozen >= weakFrozen && share >= weakFrozenShare:
		v.Grade = GradeWeak
	default:
		v.Grade = GradeGood
	}
	return v
}

// measure takes figures of the one who gives the command: none while his talk runs, for
// they are not whole yet, and once when it is over for him.
func (d *decision) measure(cmd Measure) error {
	if field := cmd.Figures.Check(); field != "" {
		return Invalid(field)
	}
	t, ok := d.Talk(cmd.Offer)
	if !ok || !t.had(d.by) || d.Candidates[t.Candidate].Erased {
		return Refuse(CodeNoTalk)
	}
	until := d.now
	if !t.Ended.IsZero() {
		until = t.Ended
	}
	if cmd.Figures.Measured > until.Sub(t.Started)+measureSlack {
		return Invalid("seconds")
	}
	switch {
	case t.Running(d.by), t.MeasuredBy(d.by):
		return nil
	case !t.Ended.IsZero() && d.now.Sub(t.Ended) > MeasureTime:
		return Refuse(CodeStale)
	}
	d.emit(TalkMeasured{t.Offer, t.measurer(d.by), cmd.Figures})
	return nil
}

// had says whether somebody is or was in the talk.
func (t Talk) had(who Actor) bool {
	if who.Role == RoleCandidate {
		return t.Candidate == CandidateID(who.ID)
	}
	return t.Took(InterviewerID(who.ID))
}

// measurer is whose figures somebody's are, as in Measured.
func (t Talk) measurer(who Actor) InterviewerID {
	if who.Role == RoleCandidate {
		return ""
	}
	return InterviewerID(who.ID)
}

// MeasuredBy says whether somebody's figures of the talk are kept.
func (t Talk) MeasuredBy(who Actor) bool {
	by := t.measurer(who)
	return slices.ContainsFunc(t.Measured, func(m Measured) bool { return m.Interviewer == by })
}

// Running says whether the talk goes on for somebody.
func (t Talk) Running(who Actor) bool {
	if !t.Ended.IsZero() {
		return false
	}
	return who.Role == RoleCandidate && t.Candidate == CandidateID(who.ID) ||
		who.Role == RoleInterviewer && slices.Contains(t.Members, InterviewerID(who.ID))
}
