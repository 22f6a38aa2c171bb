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
	// Changed replaces the settings. Notify says that those concerned are told by mail,
	// with the recruiter's words in Text; it is set only when there is something to tell.
	Changed struct {
		Settings Settings `json:"settings"`
		Notify   bool     `json:"notify,omitempty"`
		Text     TextID   `json:"text,omitempty"`
	}
	// Published lets candidates register.
	Published struct{}
	// Cancelled ends the session before its time; old links say so. Notify says that
	// everybody registered is told, with the recruiter's words in Text.
	Cancelled struct {
		Notify bool   `json:"notify,omitempty"`
		Text   TextID `json:"text,omitempty"`
	}
	// Closed ends the session; who still waits was not reached.
	Closed struct{}
	// Reopened takes a closed session up again until Ends; who was not reached waits again.
	Reopened struct {
		Ends time.Time `json:"ends"`
	}
	// Archived puts a session away that is not needed in the list.
	Archived struct{}
	// Unarchived brings it back.
	Unarchived struct{}
	// Removed takes the session from the list for good; links say cancelled or over.
	Removed struct{}
	// Transferred hands the session to a colleague.
	Transferred struct {
		Owner RecruiterID `json:"owner"`
	}
	// Announced says that LineText was replaced; its row travels beside.
	Announced struct{}
	// Invited asks for a mail with the sign-up link to somebody whose row is a visitor's.
	Invited struct {
		Person PersonID `json:"person"`
	}
	// Reminded is the day before: everybody registered is reminded.
	Reminded struct{}

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
	// SummaryGranted lets an interviewer read the summary although he held no talk.
	SummaryGranted struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// SummaryRevoked takes that back.
	SummaryRevoked struct {
		Interviewer InterviewerID `json:"interviewer"`
	}
	// Recused says that a candidate is never offered to this interviewer again.
	Recused struct {
		Interviewer InterviewerID `json:"interviewer"`
		Candidate   CandidateID   `json:"candidate"`
		Reason      Reason        `json:"reason"`
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
	// Tested says that the devices were checked on the personal page before the lobby opened.
	Tested struct {
		Candidate CandidateID `json:"candidate"`
		Devices   Devices     `json:"devices"`
	}
	// Corrected says that name, telephone or address changed; the row travels beside.
	// Resend asks for the confirmation at the new address.
	Corrected struct {
		Candidate CandidateID `json:"candidate"`
		Resend    bool        `json:"resend,omitempty"`
	}
	// Erased says that the candidate's rows are gone, and his place with them.
	Erased struct {
		Candidate CandidateID `json:"candidate"`
	}
	// Linked says that the recruiter set LinkText of the candidate; the row travels beside.
	Linked struct {
		Candidate CandidateID `json:"candidate"`
	}
	// CheckedIn puts the candidate in his place in turn order.
	CheckedIn struct {
		Candidate CandidateID `json:"candidate"`
		Device    DeviceID    `json:"device"`
	}
	// Booked says which time the candidate has chosen; a zero one says that he has none
	// any more.
	Booked struct {
		Candidate CandidateID `json:"candidate"`
		At        time.Time   `json:"at,omitzero"`
	}
	// Promised puts the candidate before those without a time: his own has come, and he
	// is here.
	Promised struct {
		Candidate CandidateID `json:"candidate"`
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
	// HandedOver ends a talk; the candidate is reserved for a colleague until Until, and
	// stands before those who wait for anybody.
	HandedOver struct {
		Offer     OfferID       `json:"offer"`
		To        InterviewerID `json:"to"`
		Candidate CandidateID   `json:"candidate"`
		Until     time.Time     `json:"until"`
		Note      TextID        `json:"note,omitempty"` // for the colleague's eyes only
	}
	// HandOverDeclined frees the candidate for anybody: the colleague will not take him.
	HandOverDeclined struct {
		Candidate   CandidateID   `json:"candidate"`
		Interviewer InterviewerID `json:"interviewer"`
	}
	// HandOverLapsed frees the candidate for anybody: the colleague cannot take him.
	HandOverLapsed struct {
		Candidate CandidateID `json:"candidate"`
	}
	// PanelInvited asks a colleague into a running talk.
	PanelInvited struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer"`
	}
	// PanelDeclined says that he does not come.
	PanelDeclined struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer"`
	}
	// PanelJoined shows him to everybody in the talk, and them to him.
	PanelJoined struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer"`
	}
	// PanelLeft takes one out of a talk that goes on; the lead passes on. He writes up.
	PanelLeft struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer"`
	}
	// WrittenUp submits the assessment and frees the interviewer.
	WrittenUp struct {
		Interviewer InterviewerID `json:"interviewer"`
		Offer       OfferID       `json:"offer"`
	}
	// TalkMeasured is what the connection of one who was in a talk did in it; Interviewer
	// is empty for the candidate's.
	TalkMeasured struct {
		Offer       OfferID       `json:"offer"`
		Interviewer InterviewerID `json:"interviewer,omitempty"`
		Figures     TalkFigures   `json:"figures"`
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
func (Booked) event()               {}
func (Promised) event()             {}
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
func (TalkMeasured) event()         {}
func (Reopened) event()             {}
func (Archived) event()             {}
func (Unarchived) event()           {}
func (Removed) event()              {}
func (Transferred) event()          {}
func (Announced) event()            {}
func (Invited) event()              {}
func (Reminded) event()             {}
func (SummaryGranted) event()       {}
func (SummaryRevoked) event()       {}
func (Recused) event()              {}
func (Tested) event()               {}
func (Corrected) event()            {}
func (Erased) event()               {}
func (Linked) event()               {}
func (HandedOver) event()           {}
func (HandOverDeclined) event()     {}
func (HandOverLapsed) event()       {}
func (PanelInvited) event()         {}
func (PanelDeclined) event()        {}
func (PanelJoined) event()          {}
func (PanelLeft) event()            {}
