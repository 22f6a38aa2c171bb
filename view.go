package nextup

import "time"

// Snapshot is everything a view is made from, at one moment.
type Snapshot struct {
	ID       SessionID
	State    Session
	Presence Presence
	People   map[PersonID]Person
	Texts    map[TextID]string
	Now      time.Time

	lined *lineUp        // by LineUp
	zone  *time.Location // the session's, once loaded: the library reads its file each time
}

// LineUp works the queue out once; views of many candidates made from the result
// do not each do it again. Waits shown by an earlier one stay as long as they are
// not wrong.
func (n Snapshot) LineUp(shown Snapshot) Snapshot {
	n = n.zoned()
	n.lined = n.State.lineUp(n.Presence, n.Now)
	n.lined.steady(shown.lined)
	return n
}

func (n Snapshot) zoned() Snapshot {
	if n.zone == nil {
		n.zone = time.UTC // Settings.Check refuses a zone that there is not
		if loc, err := time.LoadLocation(n.State.Settings.Zone); err == nil {
			n.zone = loc
		}
	}
	return n
}

// wall is an instant as a clock in the session's zone shows it: "10:20".
func (n Snapshot) wall(at time.Time) string { return at.In(n.zoned().zone).Format("15:04") }

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
	People   []Mate   `json:"people,omitempty"` // the interviewers in the talk, the lead first: whose picture is whose
	For      string   `json:"for,omitempty"`    // waits for this colleague after a hand-over
	Line     string   `json:"line,omitempty"`   // what the recruiter says to everybody waiting
	Lost     int64    `json:"lost,omitempty"`   // ms since the interviewer's connection was lost
	Interest Interest `json:"interest,omitempty"`
	Booked   string   `json:"booked,omitempty"`   // the time he has chosen, "10:20" on a clock in the session's zone
	Due      int64    `json:"due,omitempty"`      // ms until it; negative is past
	Promised bool     `json:"promised,omitempty"` // it has come: he stands before those without one
	Late     bool     `json:"late,omitempty"`     // came too late for it: he stands by check-in like everybody
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
	Reads      bool          `json:"reads,omitempty"` // the summary is open to him
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
	Tested   bool        `json:"tested,omitempty"`   // devices were checked before the lobby opened
	Phone    string      `json:"phone,omitempty"`    // his telephone number
	Needs    string      `json:"needs,omitempty"`    // adjustments or an interpreter he asked for
	Link     string      `json:"link,omitempty"`     // to his application or CV
	Recused  bool        `json:"recused,omitempty"`  // never offered to the reader
	For      *Mate       `json:"for,omitempty"`      // reserved for this colleague
	From     string      `json:"from,omitempty"`     // who handed him over; only for the colleague
	Note     string      `json:"note,omitempty"`     // the words with it; only for the colleague
	Booked   string      `json:"booked,omitempty"`   // the time he has chosen, "10:20" on a clock in the session's zone
	Promised bool        `json:"promised,omitempty"` // it has come: he stands before those without one
}

func (CandidateView) view()   {}
func (InterviewerView) view() {}

func ms(d time.Duration) int64 { return d.Milliseconds() }
