package nextup

import (
	"slices"
	"time"
)

// Snapshot is everything a view is made from, at one moment.
type Snapshot struct {
	ID       SessionID
	State    Session
	Presence Presence
	People   map[PersonID]Person
	Texts    map[TextID]string
	Now      time.Time

	lined *lineUp // by LineUp
}

// LineUp works the queue out once; views of many candidates made from the result
// do not each do it again.
func (n Snapshot) LineUp() Snapshot {
	n.lined = n.State.lineUp(n.Presence, n.Now)
	return n
}

// View is what one connection is sent. Times in views are milliseconds from the
// moment of sending, never a time of day: browsers' clocks are wrong.
type View interface{ view() }

// Moment says what a candidate's page shows.
type Moment string

// The moments of a candidate.
const (
	MomentRegistered Moment = "registered" // before checking in
	MomentWaiting    Moment = "waiting"
	MomentCalled     Moment = "called"    // his turn: answer within Left
	MomentAdmitted   Moment = "admitted"  // acknowledge now
	MomentCountdown  Moment = "countdown" // seen at Left = 0
	MomentTalk       Moment = "talk"
	MomentAfter      Moment = "after"
	MomentWithdrawn  Moment = "withdrawn"
	MomentNoShow     Moment = "no_show"
	MomentNotReached Moment = "not_reached"
	MomentClosed     Moment = "closed" // over before he checked in
	MomentCancelled  Moment = "cancelled"
	MomentElsewhere  Moment = "elsewhere" // another device holds the place
)

// CandidateView is all that a candidate's browser ever learns. It names nobody
// but his interviewer, and holds no question, rating, note or other candidate.
type CandidateView struct {
	Version  int      `json:"version"`
	Moment   Moment   `json:"moment"`
	Opens    int64    `json:"opens"`            // ms until the lobby opens; <= 0 open
	Starts   int64    `json:"starts"`           // ms until the start; <= 0 started
	Before   int      `json:"before"`           // how many stand before
	Wait     *Range   `json:"wait,omitempty"`   // nil: nothing honest can be said
	Working  int      `json:"working"`          // interviewers at work
	OnHold   bool     `json:"onHold,omitempty"` // holds his place
	Missed   bool     `json:"missed,omitempty"` // did not answer the last call
	StillYou bool     `json:"stillYou,omitempty"`
	Warm     bool     `json:"warm,omitempty"` // keep the media connection up
	Offer    OfferID  `json:"offer,omitempty"`
	Left     int64    `json:"left,omitempty"`   // ms left of call, countdown or talk; negative is overrun
	Length   int64    `json:"length,omitempty"` // ms of the whole of it
	With     string   `json:"with,omitempty"`   // the interviewer's name, from the call on; in a talk who leads it
	Panel    []string `json:"panel,omitempty"`  // names of the others in the talk, in the order they joined
	For      string   `json:"for,omitempty"`    // waits for this colleague after a hand-over
	Line     string   `json:"line,omitempty"`   // what the recruiter says to everybody waiting
	Lost     int64    `json:"lost,omitempty"`   // ms since the interviewer's connection was lost
	Interest Interest `json:"interest,omitempty"`
}

// Range is a wait in minutes.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// InterviewerView is what an interviewer's browser is sent.
type InterviewerView struct {
	Version    int           `json:"version"`
	Sheet      int           `json:"sheet"` // version of the questions and traits; fetch again when it rises
	Phase      Phase         `json:"phase"`
	Starts     int64         `json:"starts"` // ms; <= 0 started
	Ends       int64         `json:"ends"`   // ms until the planned end
	Elsewhere  bool          `json:"elsewhere,omitempty"`
	Removed    bool          `json:"removed,omitempty"`
	You        Work          `json:"you"`
	Colleagues []Work        `json:"colleagues"`
	Queue      []QueueRow    `json:"queue"`      // who waits, in turn order
	Missing    []QueueRow    `json:"missing"`    // no-shows
	Registered []QueueRow    `json:"registered"` // not checked in yet
	Finished   []QueueRow    `json:"finished"`   // done; can be called again
	Done       int           `json:"done"`
	Invites    []PanelInvite `json:"invites,omitempty"` // talks I am asked to join
	Told       []ToldRow     `json:"told,omitempty"`    // my hand-overs that came back, until I next act
	Line       string        `json:"line,omitempty"`    // what is said to everybody waiting
	Reached    *Forecast     `json:"reached,omitempty"` // nil: nobody works, or nobody waits
	NextUp     CandidateID   `json:"nextUp,omitempty"`  // whom Next would take now
}

// PanelInvite is an invitation to a running talk.
type PanelInvite struct {
	Offer     OfferID   `json:"offer"`
	From      string    `json:"from"` // who leads it
	Candidate *QueueRow `json:"candidate"`
	Left      int64     `json:"left"` // ms of the talk; negative is overrun
}

// ToldRow is a hand-over that came back.
type ToldRow struct {
	Candidate CandidateID `json:"candidate"`
	Name      string      `json:"name"`
	To        string      `json:"to"`  // the colleague's name
	Why       string      `json:"why"` // "declined" or "lapsed"
}

// Forecast is how far the interviewers get at their present number and pace.
type Forecast struct {
	Waiting int   `json:"waiting"`        // who can be reached at all
	Reached int   `json:"reached"`        // of them, whose talk begins before the planned end
	Last    int64 `json:"last,omitempty"` // ms until the last talk ends
}

// Cost is what more minutes in this talk mean for those who wait.
type Cost struct {
	Minutes int   `json:"minutes"`
	Moves   int   `json:"moves"` // how many waiting people wait longer
	Last    int64 `json:"last"`  // ms until the last talk then ends
}

// Mate is one interviewer in a talk.
type Mate struct {
	ID        InterviewerID `json:"id"`
	Name      string        `json:"name"`
	Lead      bool          `json:"lead,omitempty"`
	Connected bool          `json:"connected"`
}

// WorkState is what an interviewer is doing.
type WorkState string

// The work states.
const (
	WorkAway    WorkState = "away"
	WorkFree    WorkState = "free"
	WorkCalling WorkState = "calling" // call, admission or countdown; Stage says which
	WorkTalk    WorkState = "talk"
	WorkWriteUp WorkState = "write_up"
	WorkPaused  WorkState = "paused"
)

// Work is an interviewer as colleagues and he himself see it.
type Work struct {
	ID        InterviewerID `json:"id"`
	Name      string        `json:"name"`
	State     WorkState     `json:"state"`
	Stage     Stage         `json:"stage,omitempty"`
	Connected bool          `json:"connected"`
	Offer     OfferID       `json:"offer,omitempty"` // open offer, talk or write-up
	Last      OfferID       `json:"last"`            // what Next and Take carry as "after"
	Candidate *QueueRow     `json:"candidate,omitempty"`
	Left      int64         `json:"left,omitempty"`   // ms of call, countdown, talk or pause; negative is overrun
	Length    int64         `json:"length,omitempty"` // ms of the whole of it
	Lost      int64         `json:"lost,omitempty"`   // ms since the candidate's connection was lost
	Talked    int64         `json:"talked,omitempty"` // ms the written-up talk took
	Panel     []Mate        `json:"panel,omitempty"`  // everybody in the talk if there are several, the lead first
	Lead      bool          `json:"lead,omitempty"`   // leads the talk
	Costs     []Cost        `json:"costs,omitempty"`  // of more time in this talk; only of the own one
}

// RowState is how a waiting candidate is shown.
type RowState string

// The row states.
const (
	RowReady  RowState = "ready"
	RowHere   RowState = "here" // here, not ready: will be called
	RowHold   RowState = "hold"
	RowAway   RowState = "away"
	RowMissed RowState = "missed" // did not answer, rests
)

// QueueRow is a candidate in an interviewer's view.
type QueueRow struct {
	ID       CandidateID `json:"id"`
	Name     string      `json:"name"`
	Language string      `json:"language"`
	State    RowState    `json:"state,omitempty"`
	Waited   int64       `json:"waited,omitempty"` // ms since check-in
	Away     int64       `json:"away,omitempty"`   // ms unseen
	Skipped  bool        `json:"skipped,omitempty"`
	At       int64       `json:"at,omitempty"` // ms since registration, for those not checked in
	Devices  Devices     `json:"devices"`
	Tested   bool        `json:"tested,omitempty"`  // devices were checked before the lobby opened
	Phone    string      `json:"phone,omitempty"`   // his telephone number
	Needs    string      `json:"needs,omitempty"`   // adjustments or an interpreter he asked for
	Link     string      `json:"link,omitempty"`    // to his application or CV
	Recused  bool        `json:"recused,omitempty"` // never offered to the reader
	For      *Mate       `json:"for,omitempty"`     // reserved for this colleague
	From     string      `json:"from,omitempty"`    // who handed him over; only for the colleague
	Note     string      `json:"note,omitempty"`    // the words with it; only for the colleague
}

func (CandidateView) view()   {}
func (InterviewerView) view() {}

func ms(d time.Duration) int64 { return d.Milliseconds() }

// ViewOfCandidate makes the view of one candidate on one device.
func (n Snapshot) ViewOfCandidate(id CandidateID, device DeviceID) CandidateView {
	s, c := n.State, n.State.Candidates[id]
	v := CandidateView{
		Version: s.Version, Interest: c.Interest,
		Opens: ms(s.Settings.Opens().Sub(n.Now)), Starts: ms(s.Settings.Start.Sub(n.Now)),
	}
	talked := slices.ContainsFunc(s.Talks, func(t Talk) bool { return t.Candidate == id && !t.Ended.IsZero() })
	switch {
	case c.Status == StatusWithdrawn:
		v.Moment = MomentWithdrawn
	case s.Phase == PhaseCancelled:
		v.Moment = MomentCancelled
	case c.Status == StatusDone:
		v.Moment = MomentAfter
	case c.Status == StatusNotReached:
		v.Moment = MomentNotReached
		if talked { // handed back by an abandoned talk
			v.Moment = MomentAfter
		}
	case c.Status == StatusNoShow && s.Phase == PhasePublished:
		v.Moment = MomentNoShow
	case s.Phase == PhaseClosed && c.Status != StatusTalking:
		v.Moment = MomentClosed
	case c.Status == StatusRegistered:
		v.Moment = MomentRegistered
	case c.Device != device:
		v.Moment = MomentElsewhere
	case c.Status == StatusWaiting:
		n.waiting(&v, c)
	default:
		n.offered(&v, c)
	}
	return v
}

func (n Snapshot) waiting(v *CandidateView, c Candidate) {
	s := n.State
	v.Moment, v.OnHold, v.Missed = MomentWaiting, c.OnHold, n.Now.Before(c.RestUntil)
	queue := n.lined
	if queue == nil {
		queue = s.lineUp(n.Presence, n.Now)
	}
	v.Before, v.Working = queue.before[c.ID], queue.working
	if w, ok := queue.wait[c.ID]; ok {
		v.Wait = &Range{int(w.Min.Minutes()), int(w.Max.Minutes())}
	}
	// the front of the line keeps its media connection warm
	v.Warm = v.Before < 2*s.Active()+3
	v.StillYou = v.Before <= v.Working && v.Working > 0 && !c.OnHold && v.Starts <= 0 &&
		n.Now.Sub(c.Confirmed) >= ConfirmTime-time.Minute
}

func (n Snapshot) offered(v *CandidateView, c Candidate) {
	s := n.State
	i := s.offered(c.ID)
	if i < 0 {
		return
	}
	w := s.Interviewers[i]
	v.Offer, v.Warm, v.With = c.Offer, true, n.People[w.ID.Person()].Name
	if t, ok := s.Talk(w.Talk); ok {
		v.Moment = MomentTalk
		v.Left, v.Length = ms(t.EndsAt.Sub(n.Now)), ms(t.EndsAt.Sub(t.Started))
		v.Lost = ms(n.Presence.gone(w.ID.Person(), n.Now))
		return
	}
	v.Left = ms(max(0, w.Offer.Until.Sub(n.Now)))
	switch w.Offer.Stage {
	case StageCalled:
		v.Moment, v.Length = MomentCalled, ms(s.Settings.Answer)
	case StageAdmitted:
		v.Moment = MomentAdmitted
	case StageCountdown:
		v.Moment, v.Length = MomentCountdown, ms(s.Settings.Countdown)
	}
}

// ViewOfInterviewer makes the view of one interviewer on one device.
func (n Snapshot) ViewOfInterviewer(id InterviewerID, device DeviceID) InterviewerView {
	s := n.State
	v := InterviewerView{
		Version: s.Version, Sheet: s.Edited, Phase: s.Phase,
		Starts: ms(s.Settings.Start.Sub(n.Now)), Ends: ms(s.Settings.End().Sub(n.Now)),
		Colleagues: []Work{}, Queue: []QueueRow{}, Missing: []QueueRow{}, Registered: []QueueRow{}, Finished: []QueueRow{},
		NextUp: s.upNext(n.Presence, n.Now),
	}
	for _, i := range s.Interviewers {
		if i.ID == id {
			v.You, v.Removed = n.work(i), i.Removed
			v.Elsewhere = i.Device != "" && i.Device != device
		} else if !i.Removed {
			v.Colleagues = append(v.Colleagues, n.work(i))
		}
	}
	if v.Removed { // only his last talk is his business any more
		v.NextUp, v.Colleagues = "", []Work{}
		return v
	}
	for _, c := range s.Order {
		switch s.Candidates[c].Status {
		case StatusWaiting:
			v.Queue = append(v.Queue, n.row(c))
		case StatusNoShow:
			v.Missing = append(v.Missing, n.row(c))
		case StatusDone:
			v.Done++
			v.Finished = append(v.Finished, n.row(c))
		}
	}
	for _, c := range s.Registered {
		if s.Candidates[c].Status == StatusRegistered {
			v.Registered = append(v.Registered, n.row(c))
		}
	}
	return v
}

func (n Snapshot) work(i Interviewer) Work {
	s := n.State
	w := Work{ID: i.ID, Name: n.People[i.ID.Person()].Name, Connected: n.Presence[i.ID.Person()].Connected, Last: i.Last}
	with := func(id CandidateID) *QueueRow {
		r := n.row(id)
		return &r
	}
	switch t, talks := s.Talk(max(i.Talk, i.WriteUp)); {
	case i.Offer.ID != 0:
		w.State, w.Stage, w.Offer, w.Candidate = WorkCalling, i.Offer.Stage, i.Offer.ID, with(i.Offer.Candidate)
		w.Left = ms(max(0, i.Offer.Until.Sub(n.Now)))
		if i.Offer.Stage == StageCalled {
			w.Length = ms(s.Settings.Answer)
		} else {
			w.Length = ms(s.Settings.Countdown)
		}
	case i.Talk != 0 && talks:
		w.State, w.Offer, w.Candidate = WorkTalk, t.Offer, with(t.Candidate)
		w.Left, w.Length = ms(t.EndsAt.Sub(n.Now)), ms(t.EndsAt.Sub(t.Started))
		w.Lost = ms(n.Presence.gone(t.Candidate.Person(), n.Now))
	case i.WriteUp != 0 && talks:
		w.State, w.Offer, w.Candidate = WorkWriteUp, t.Offer, with(t.Candidate)
		w.Left, w.Length = ms(t.Ended.Add(s.Settings.Pause).Sub(n.Now)), ms(s.Settings.Pause)
		w.Talked = ms(t.Ended.Sub(t.Started))
	case i.Paused:
		w.State = WorkPaused
	case !w.Connected || i.Device == "":
		w.State = WorkAway
	default:
		w.State = WorkFree
	}
	return w
}

func (n Snapshot) row(id CandidateID) QueueRow {
	c, seen, who := n.State.Candidates[id], n.Presence[id.Person()], n.People[id.Person()]
	r := QueueRow{ID: id, Name: who.Name, Language: who.Language, Skipped: c.Skipped, Devices: seen.Devices}
	if c.CheckedIn.IsZero() {
		r.At = ms(n.Now.Sub(c.Registered))
		return r
	}
	r.Waited = ms(n.Now.Sub(c.CheckedIn))
	away := n.Presence.gone(id.Person(), n.Now)
	switch {
	case c.OnHold:
		r.State = RowHold
	case away >= GreyTime:
		r.State, r.Away = RowAway, ms(away)
	case n.Now.Before(c.RestUntil):
		r.State = RowMissed
	case n.State.Ready(n.Presence, n.Now, id):
		r.State = RowReady
	default:
		r.State = RowHere
	}
	return r
}
