package nextup

import (
	"maps"
	"slices"
	"time"
)

// Fixed rules of a session.
const (
	AckTime      = 5 * time.Second  // an admitted candidate's browser must answer within this
	ConfirmTime  = 5 * time.Minute  // an act on the page counts as "still there" this long
	RestTime     = 2 * time.Minute  // a missed candidate is not called again this long
	UnseenTime   = 10 * time.Minute // unseen this long while waiting: no-show
	GreyTime     = 2 * time.Minute  // unseen this long: shown as away
	LostTime     = time.Minute      // a talk waits this long for a lost connection
	MeasureTime  = time.Minute      // what a connection did in a talk is taken this long after its end
	MaxMisses    = 2                // unanswered calls until no-show
	MaxWrongPINs = 5
	MaxPanel     = 4              // interviewers in one talk
	RemindBefore = 24 * time.Hour // before the start
	maxInvited   = 500            // people invited by one command
	mailsPerDay  = 3
	maxExtension = 30 * time.Minute
)

// Phase is where a session stands in its life.
type Phase string

// The phases. Whether a published session has started is a matter of the time.
const (
	PhaseDraft     Phase = "draft"
	PhasePublished Phase = "published"
	PhaseClosed    Phase = "closed"
	PhaseCancelled Phase = "cancelled"
)

// Status says where a candidate is; he is in exactly one.
type Status string

// The statuses. Hold is a property of waiting.
const (
	StatusRegistered Status = "registered" // not checked in
	StatusWaiting    Status = "waiting"
	StatusCalled     Status = "called"
	StatusTalking    Status = "talking" // from admission on
	StatusDone       Status = "done"
	StatusWithdrawn  Status = "withdrawn"
	StatusNoShow     Status = "no_show"
	StatusNotReached Status = "not_reached"
)

// Session is the state of one quick interview: the fold of its events. It is a
// value; Evolve returns a new one and never changes the old one.
type Session struct {
	Version      int // of the last event
	Organisation OrganisationID
	Owner        RecruiterID
	Phase        Phase
	Settings     Settings
	Edited       int // version of the last change a recruiter made
	Interviewers []Interviewer
	Candidates   map[CandidateID]Candidate
	Registered   []CandidateID // everybody, by time of registration
	Order        []CandidateID // turn order of everybody who checked in; withdrawn ones leave it
	LastOffer    OfferID
	Talks        []Talk // by offer
	Deviations   []Deviation
	ClosedAt     time.Time
	Reopened     time.Time  // the last time; unseen counts from there
	Archived     bool       // put away
	Removed      bool       // gone from the list for good
	Sequence     int        // of the calendar entries (RFC 5545 SEQUENCE)
	Announced    int        // version of the last announcement
	Invited      []PersonID // mailed the sign-up link by the recruiter
	Remind       time.Time  // when to remind everybody registered; zero: never or done
	Reminded     time.Time  // when that was
}

// Interviewer is one interviewer of the session.
type Interviewer struct {
	ID         InterviewerID
	Removed    bool
	Generation int      // of link and PIN, from 1
	WrongPINs  int      // in a row; MaxWrongPINs locks
	Device     DeviceID // that works; "" before the first Enter
	Paused     bool
	Offer      Offer         // open call or admission; zero if none
	Talk       OfferID       // running talk; 0 if none
	WriteUp    OfferID       // talk being written up; 0 if none
	Last       OfferID       // the last offer made to this interviewer
	Summary    bool          // may read the summary although he held no talk
	Recused    []CandidateID // never offered to him
	Told       []Told        // hand-overs of his that came back, until he next acts
	// Tried are those offered since the last press of Next or Take. The clock passes
	// an open Next on to others, and would otherwise go round among them for ever.
	Tried []CandidateID
}

// Locked says whether too many wrong PINs were tried.
func (i Interviewer) Locked() bool { return i.WrongPINs >= MaxWrongPINs }

// Working says whether the interviewer takes candidates at all.
func (i Interviewer) Working() bool { return i.Device != "" && !i.Removed && !i.Paused }

// Stage is how far an open offer has come.
type Stage string

// The stages of an offer, before the talk.
const (
	StageCalled    Stage = "called"    // rings, until Until
	StageAdmitted  Stage = "admitted"  // waits for the browser's acknowledgement, until Until
	StageCountdown Stage = "countdown" // the talk starts at Until
)

// Offer is a candidate on the way to an interviewer whose Next is still open.
type Offer struct {
	ID        OfferID
	Candidate CandidateID
	Stage     Stage
	Until     time.Time
	Made      time.Time // when the candidate was first called or admitted for it
	Taken     bool      // out of turn: if it fails, nobody else is offered
	Unasked   bool      // handed over to somebody who had pressed nothing: likewise
}

// Candidate is one registration.
type Candidate struct {
	ID         CandidateID
	Status     Status
	Registered time.Time
	CheckedIn  time.Time
	Device     DeviceID // that holds the place
	Confirmed  time.Time
	OnHold     bool
	Misses     int
	RestUntil  time.Time   // after a miss
	Unseen     bool        // a no-show only because nobody saw him
	Offer      OfferID     // call, admission or talk; 0 if none
	Skipped    bool        // the last skip can be undone
	SkipBefore CandidateID // who stood right behind before that skip
	SkippedAt  int         // version of that skip
	SkippedBy  Standing    // by what he stood where that skip took him from
	Interest   Interest
	Mails      []time.Time   // the latest confirmation mails
	Tested     time.Time     // devices checked before the lobby opened; zero: not
	Devices    Devices       // as they were then
	Erased     bool          // his rows are gone
	Words      []TextID      // what others wrote about him in passing: reasons and notes
	First      bool          // came back from a talk and stands before all who came by themselves
	Recalled   bool          // called again although done; falls back to done
	For        InterviewerID // reserved for this colleague after a hand-over; "" nobody
	ForUntil   time.Time     // until then
	HandedTo   InterviewerID // the last hand-over that did not come back: to whom,
	From       InterviewerID // by whom
	Note       TextID        // and with which words, for HandedTo alone
	Booked     time.Time     // the time he has chosen; zero: none
	Promise    Promise       // what became of it
	PromisedAt time.Time     // when he was put before those without a time; zero: not
}

// Standing is what gives a candidate a place before those who only checked in.
type Standing struct {
	First    bool // came back from a talk
	Promised bool // his time has come
}

// Told is one hand-over that came back to its sender.
type Told struct {
	Candidate CandidateID
	To        InterviewerID
	Declined  bool // by To; else it lapsed
}

// Talk is one conversation, from its start on.
type Talk struct {
	Offer       OfferID
	Candidate   CandidateID
	Interviewer InterviewerID   // who began it
	Panel       []InterviewerID // who joined later, whether still in it or not
	Members     []InterviewerID // who is in it now, the lead first; empty once it has ended
	Invited     []InterviewerID // asked to join, not answered
	Written     []InterviewerID // of the panel, who has submitted his assessment
	CheckedIn   time.Time       // when the candidate began to wait
	Offered     time.Time       // when he was called or admitted for it
	Started     time.Time
	EndsAt      time.Time // deadline; a talk is never cut
	Resumed     time.Time // last return of a lost connection
	Ended       time.Time // zero while it runs
	WrittenUp   time.Time // zero until who began it had submitted his assessment
	EndedBy     Role
	Abandoned   bool          // its interviewer stayed away, or recused himself
	HandedOver  InterviewerID // to whom it was handed; "" nobody
	Measured    []Measured    // what the connections did, one each, as far as known
}

// Took says whether an interviewer held or joined the talk.
func (t Talk) Took(id InterviewerID) bool {
	return t.Interviewer == id || slices.Contains(t.Panel, id)
}

// Wrote says whether an interviewer has submitted his assessment of the talk.
func (t Talk) Wrote(id InterviewerID) bool {
	if id == t.Interviewer {
		return !t.WrittenUp.IsZero()
	}
	return slices.Contains(t.Written, id)
}

// Lead is who leads a running talk; "" once it has ended.
func (t Talk) Lead() InterviewerID {
	if len(t.Members) == 0 {
		return ""
	}
	return t.Members[0]
}

// DeviationKind says how turn order was left.
type DeviationKind string

// The deviations that the fairness record shows.
const (
	DeviationTake      DeviationKind = "take"
	DeviationSkip      DeviationKind = "skip"
	DeviationUndo      DeviationKind = "skip_undone"
	DeviationNoShow    DeviationKind = "no_show"
	DeviationCorrected DeviationKind = "no_show_corrected"
	DeviationRecuse    DeviationKind = "recuse"
	DeviationHandOver  DeviationKind = "hand_over"
	DeviationRecall    DeviationKind = "recall"
	DeviationReopen    DeviationKind = "reopen" // of the whole session: no candidate
)

// Deviation is one entry of the fairness record.
type Deviation struct {
	At        time.Time
	By        Actor
	Kind      DeviationKind
	Candidate CandidateID
	Reason    Reason
}

// Interviewer finds one by ID.
func (s Session) Interviewer(id InterviewerID) (Interviewer, bool) {
	i := s.interviewer(id)
	if i < 0 {
		return Interviewer{}, false
	}
	return s.Interviewers[i], true
}

func (s Session) interviewer(id InterviewerID) int {
	return slices.IndexFunc(s.Interviewers, func(i Interviewer) bool { return i.ID == id })
}

// Talk finds a talk by its offer.
func (s Session) Talk(id OfferID) (Talk, bool) {
	i := s.talk(id)
	if i < 0 {
		return Talk{}, false
	}
	return s.Talks[i], true
}

func (s Session) talk(id OfferID) int {
	i, ok := slices.BinarySearchFunc(s.Talks, id, func(t Talk, id OfferID) int { return int(t.Offer - id) })
	if !ok {
		return -1
	}
	return i
}

// offered is the interviewer to whom the candidate is offered, or who leads his
// talk; -1 if there is none.
func (s Session) offered(id CandidateID) int {
	if t, ok := s.Talk(s.Candidates[id].Offer); ok && t.Ended.IsZero() {
		return s.interviewer(t.Lead())
	}
	return slices.IndexFunc(s.Interviewers, func(i Interviewer) bool { return i.Offer.ID != 0 && i.Offer.Candidate == id })
}

// Taken is how many places are in use.
func (s Session) Taken() (n int) {
	for _, c := range s.Candidates {
		if c.Status != StatusWithdrawn {
			n++
		}
	}
	return n
}

// Talking is how many talks run or are on their way: calls and admissions count, for
// whoever is called has been promised a talk.
func (s Session) Talking() (n int) {
	for _, i := range s.Interviewers {
		if i.Offer.ID != 0 {
			n++
		}
	}
	for _, t := range s.Talks {
		if t.Ended.IsZero() {
			n++
		}
	}
	return n
}

// Active is how many interviewers are not removed.
func (s Session) Active() (n int) {
	for _, i := range s.Interviewers {
		if !i.Removed {
			n++
		}
	}
	return n
}

// Started says whether the time for talks has come.
func (s Session) Started(now time.Time) bool {
	return s.Phase == PhasePublished && !now.Before(s.Settings.Start)
}

// clone copies everything that Evolve changes in place.
func (s Session) clone() Session {
	s.Interviewers = slices.Clone(s.Interviewers)
	s.Candidates = maps.Clone(s.Candidates)
	s.Registered = slices.Clone(s.Registered)
	s.Order = slices.Clone(s.Order)
	s.Talks = slices.Clone(s.Talks)
	s.Deviations = slices.Clone(s.Deviations)
	return s
}
