package nextup

import "time"

// Event is something that happened to a session and cannot be refused any more.
// Its stored name is in store/codec.go, so a type may be renamed freely.
//
//sumtype:decl
type Event interface{ event() }

// Recorded is an event with what the machine knows about its happening.
type Recorded struct {
	Version int       // 1 for the first event of the stream
	At      time.Time // when it was decided
	By      Actor     // who made it happen
	Command CommandID // which command did; "" for the clock
	Event   Event
}

type (
	// Created opens a stream.
	Created struct {
		Organisation OrganisationID `json:"organisation"`
		Owner        RecruiterID    `json:"owner"`
		Settings     Settings       `json:"settings"`
	}
	// Changed replaces the settings.
	Changed struct {
		Settings Settings `json:"settings"`
	}
	// Published lets candidates register.
	Published struct{}
	// Cancelled ends the session before its time; old links say so.
	Cancelled struct{}
	// Closed ends the session; who still waits was not reached.
	Closed struct{}

	// InterviewerAdded gives an interviewer a link and a PIN.
	InterviewerAdded struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// InterviewerRemoved takes the right to press Next; a running talk ends as usual.
	InterviewerRemoved struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// LinkRenewed raises the generation: the old link and PIN die, a lock is lifted.
	LinkRenewed struct {
		Interviewer InterviewerID `json:"interviewer"`
		Generation  int           `json:"generation"`
	}
	// InvitationRepeated asks for the interviewer's mail once more.
	InvitationRepeated struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// PINRefused counts a wrong PIN; the fifth in a row locks the link.
	PINRefused struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// PINAccepted lets a browser in.
	PINAccepted struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// Entered gives the interviewer's place at work to a device.
	Entered struct {
		Interviewer InterviewerID `json:"interviewer"`
		Device      DeviceID      `json:"device"`
	}
	// Paused says that the interviewer takes nobody for now.
	Paused struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// Unpaused says that the interviewer works again.
	Unpaused struct {
		Interviewer InterviewerID `json:"interviewer"`
	}

	// Registered takes a place.
	Registered struct {
		Candidate CandidateID `json:"candidate"`
	}
	// RegistrationRepeated asks for the confirmation mail once more.
	RegistrationRepeated struct {
		Candidate CandidateID `json:"candidate"`
	}
	// Withdrawn frees the place.
	Withdrawn struct {
		Candidate CandidateID `json:"candidate"`
	}
	// CheckedIn puts the candidate at the end of the turn order.
	CheckedIn struct {
		Candidate CandidateID `json:"candidate"`
		Device    DeviceID    `json:"device"`
	}
	// Continued moves the candidate's place to another device.
	Continued struct {
		Candidate CandidateID `json:"candidate"`
		Device    DeviceID    `json:"device"`
	}
	// Confirmed says that the candidate did something on the page: still there.
	Confirmed struct {
		Candidate CandidateID `json:"candidate"`
	}
	// Held keeps the place and lets others pass. Offer is the call or admission it ended, if any.
	Held struct {
		Candidate CandidateID `json:"candidate"`
		Offer     OfferID     `json:"offer,omitempty"`
	}
	// Resumed ends a hold.
	Resumed struct {
		Candidate CandidateID `json:"candidate"`
	}
	// Skipped moves the candidate in turn order to stand right before another; "" is the end.
	Skipped struct {
		Interviewer InterviewerID `json:"interviewer"`
		Candidate   CandidateID   `json:"candidate"`
		Before      CandidateID   `json:"before"`
		Reason      Reason        `json:"reason"`
	}
	// SkipUndone moves the candidate back to where the skip took him from.
	SkipUndone struct {
		Candidate CandidateID `json:"candidate"`
		Before    CandidateID `json:"before"`
	}

	// Called rings for a candidate who is present but not ready.
	Called struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer"`
		Candidate   CandidateID   `json:"candidate"`
		AnswerBy    time.Time     `json:"answerBy"`
		Taken       bool          `json:"taken,omitempty"` // out of turn
		Reason      Reason        `json:"reason,omitzero"`
	}
	// Missed says that a call rang out; the place is kept.
	Missed struct {
		Candidate CandidateID `json:"candidate"`
		Offer     OfferID     `json:"offer"`
	}
	// NoShow takes the candidate out of the waiting: a second missed call (Offer) or ten minutes unseen.
	NoShow struct {
		Candidate CandidateID `json:"candidate"`
		Offer     OfferID     `json:"offer,omitempty"`
	}
	// NoShowCorrected returns the candidate to his place.
	NoShowCorrected struct {
		Candidate CandidateID `json:"candidate"`
	}
	// CalledOff takes back an interviewer's call or admission before the talk; the place is kept.
	CalledOff struct {
		Candidate CandidateID `json:"candidate"`
		Offer     OfferID     `json:"offer"`
	}
	// Admitted connects a candidate; nobody sees him before TalkStarted.
	Admitted struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer"`
		Candidate   CandidateID   `json:"candidate"`
		AckBy       time.Time     `json:"ackBy"`
		Taken       bool          `json:"taken,omitempty"`
		Reason      Reason        `json:"reason,omitzero"`
	}
	// Acknowledged says that the candidate's browser knows; the countdown runs to StartsAt.
	Acknowledged struct {
		Offer    OfferID   `json:"offer"`
		StartsAt time.Time `json:"startsAt"`
	}
	// Lapsed ends an admission that never became a talk; the place is kept, it is no miss.
	Lapsed struct {
		Candidate CandidateID `json:"candidate"`
		Offer     OfferID     `json:"offer"`
	}
	// TalkStarted shows the two to each other; the clock runs to EndsAt.
	TalkStarted struct {
		Offer  OfferID   `json:"offer"`
		EndsAt time.Time `json:"endsAt"`
	}
	// TalkExtended moves the deadline.
	TalkExtended struct {
		Offer OfferID       `json:"offer"`
		More  time.Duration `json:"more"`
	}
	// TalkResumed gives back the time that somebody's lost connection took.
	TalkResumed struct {
		Offer OfferID       `json:"offer"`
		Gap   time.Duration `json:"gap"`
	}
	// TalkEnded ends a talk; the interviewer writes up.
	TalkEnded struct {
		Offer OfferID `json:"offer"`
	}
	// TalkAbandoned ends a talk whose interviewer stayed away; the candidate stands first again.
	TalkAbandoned struct {
		Offer OfferID `json:"offer"`
	}
	// WrittenUp submits the assessment and frees the interviewer.
	WrittenUp struct {
		Interviewer InterviewerID `json:"interviewer"`
		Offer       OfferID       `json:"offer"`
	}
	// Responded is the candidate's answer to whether the job interests him.
	Responded struct {
		Candidate CandidateID `json:"candidate"`
		Interest  Interest    `json:"interest"`
	}
)

func (Created) event()              {}
func (Changed) event()              {}
func (Published) event()            {}
func (Cancelled) event()            {}
func (Closed) event()               {}
func (InterviewerAdded) event()     {}
func (InterviewerRemoved) event()   {}
func (LinkRenewed) event()          {}
func (InvitationRepeated) event()   {}
func (PINRefused) event()           {}
func (PINAccepted) event()          {}
func (Entered) event()              {}
func (Paused) event()               {}
func (Unpaused) event()             {}
func (Registered) event()           {}
func (RegistrationRepeated) event() {}
func (Withdrawn) event()            {}
func (CheckedIn) event()            {}
func (Continued) event()            {}
func (Confirmed) event()            {}
func (Held) event()                 {}
func (Resumed) event()              {}
func (Skipped) event()              {}
func (SkipUndone) event()           {}
func (Called) event()               {}
func (Missed) event()               {}
func (NoShow) event()               {}
func (NoShowCorrected) event()      {}
func (CalledOff) event()            {}
func (Admitted) event()             {}
func (Acknowledged) event()         {}
func (Lapsed) event()               {}
func (TalkStarted) event()          {}
func (TalkExtended) event()         {}
func (TalkResumed) event()          {}
func (TalkEnded) event()            {}
func (TalkAbandoned) event()        {}
func (WrittenUp) event()            {}
func (Responded) event()            {}
