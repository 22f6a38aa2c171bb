package nextup

import "time"

// Role is what somebody is in one session.
type Role string

// The roles. A visitor has only a public or an interviewer's link, the clock is
// the program itself.
const (
	RoleVisitor     Role = "visitor"
	RoleCandidate   Role = "candidate"
	RoleInterviewer Role = "interviewer"
	RoleRecruiter   Role = "recruiter"
	RoleClock       Role = "clock"
)

// Actor is who gives a command. ID is a CandidateID, InterviewerID or
// RecruiterID by role; empty for visitor and clock.
type Actor struct {
	Role Role   `json:"role"`
	ID   string `json:"id,omitempty"`
}

// TheClock is the actor of everything that happens because time passed.
var TheClock = Actor{Role: RoleClock}

// Command asks for something; it may be refused. Candidates' and interviewers'
// commands act on the one who gives them, so nobody can act for another.
//
//sumtype:decl
type Command interface{ command() Role } // the role that may give it

// Reason says why somebody left turn order: a preset or, with PresetOther, a Text row.
type Reason struct {
	Preset Preset `json:"preset,omitempty"`
	Text   TextID `json:"text,omitempty"`
}

// Preset is a ready-made reason.
type Preset string

// The presets. Other needs words.
const (
	PresetKnows    Preset = "knows"    // has extra knowledge of the candidate
	PresetLanguage Preset = "language" // speaks the candidate's language
	PresetTime     Preset = "time"     // the candidate must leave soon
	PresetTrouble  Preset = "trouble"  // technical trouble, needs a moment
	PresetWait     Preset = "wait"     // the candidate wished to wait a little
	PresetConflict Preset = "conflict" // conflict of interest
	PresetOther    Preset = "other"
)

// Presets lists all, in the order shown.
var Presets = []Preset{PresetKnows, PresetLanguage, PresetTime, PresetTrouble, PresetWait, PresetConflict, PresetOther}

// Interest is a candidate's answer after the talk.
type Interest string

// The answers. Empty means not answered.
const (
	InterestYes  Interest = "yes"
	InterestNo   Interest = "no"
	InterestSkip Interest = "skip"
)

// Recruiter.
type (
	// Create opens a session with its first interviewers.
	Create struct {
		Organisation OrganisationID
		Owner        RecruiterID
		Settings     Settings
		Interviewers []InterviewerID
	}
	// Configure replaces the settings and the set of interviewers. Version is what the
	// form was filled in from (0: whatever is there).
	Configure struct {
		Settings     Settings
		Interviewers []InterviewerID
		Version      int
		Notify       bool   // tell those concerned, if there is something to tell
		Text         TextID // the recruiter's words in that mail
	}
	// Publish lets candidates register.
	Publish struct{}
	// Cancel ends the session before its time.
	Cancel struct {
		Notify bool   // tell everybody registered
		Text   TextID // the recruiter's words in that mail
	}
	// Close ends the session for those who still wait.
	Close struct{}
	// RenewLink gives an interviewer a new link and PIN; the old ones die.
	RenewLink struct{ Interviewer InterviewerID }
	// Resend sends a candidate's or an interviewer's link again.
	Resend struct {
		Candidate   CandidateID
		Interviewer InterviewerID
	}
	// Reopen takes a closed session up again.
	Reopen struct{ Ends time.Time }
	// Archive puts the session away, Unarchive brings it back.
	Archive   struct{}
	Unarchive struct{}
	// Remove takes the session from the list for good.
	Remove struct{}
	// Transfer hands the session to a colleague.
	Transfer struct{ To RecruiterID }
	// Grant lets an interviewer read the summary, Revoke takes that back.
	Grant  struct{ Interviewer InterviewerID }
	Revoke struct{ Interviewer InterviewerID }
	// Announce replaces what is said to everybody waiting; LineText travels beside it.
	Announce struct{}
	// Invite mails the sign-up link to people whose rows travel beside it.
	Invite struct{ People []PersonID }
	// Reinstate returns a wrong no-show to his place.
	Reinstate struct{ Candidate CandidateID }
	// LinkCandidate sets the candidate's LinkText, which travels beside it.
	LinkCandidate struct{ Candidate CandidateID }
	// EraseCandidate erases what is stored of a person, and his place with it.
	EraseCandidate struct{ Candidate CandidateID }
)

// Visitor.
type (
	// Register takes a place; the person's row travels beside it.
	Register struct{ Candidate CandidateID }
	// RegisterAgain is a second sign-up with an address that has a place.
	RegisterAgain struct{ Candidate CandidateID }
	// TryPIN is one guess. Right is whether it matched; a locked link evaluates nothing.
	TryPIN struct {
		Interviewer InterviewerID
		Right       bool
	}
)

// Candidate.
type (
	// CheckIn enters the lobby.
	CheckIn struct{ Device DeviceID }
	// Continue moves the place to this device.
	Continue struct{ Device DeviceID }
	// Confirm is any act on the page.
	Confirm struct{}
	// Hold keeps the place and lets others pass; during a call or countdown it ends that.
	Hold struct{}
	// Resume ends a hold.
	Resume struct{}
	// Acknowledge says the browser has seen the admission.
	Acknowledge struct{ Offer OfferID }
	// CallMe says that the admitted one's page is not in front, which the machine did
	// not know yet: he is to be called, not let in unawares.
	CallMe struct{ Offer OfferID }
	// Answer says yes to a call.
	Answer struct{ Offer OfferID }
	// Withdraw gives the place back.
	Withdraw struct{}
	// Leave ends the talk from the candidate's side.
	Leave struct{ Offer OfferID }
	// Requeue leaves a talk whose interviewer has been gone for a minute and stands first again.
	Requeue struct{ Offer OfferID }
	// Respond answers whether the job was interesting.
	Respond struct{ Interest Interest }
	// Test is a device check on the personal page before checking in.
	Test struct{ Devices Devices }
	// Correct says that the own row, which travels beside it, was corrected. Resend asks
	// for the confirmation again, as a changed address must.
	Correct struct{ Resend bool }
	// EraseMe erases what is stored of him, and his place with it.
	EraseMe struct{}
)

// Candidate and interviewer.
type (
	// Measure says what the own connection has done in a talk so far. The first one after
	// its end is kept, up to MeasureTime later. By is the role of the one who gives it.
	Measure struct {
		By      Role
		Offer   OfferID
		Figures TalkFigures
	}
)

// Interviewer. After is the last offer this interviewer knew of himself.
type (
	// Enter starts work on this device, taking over from another.
	Enter struct{ Device DeviceID }
	// Next takes the first eligible candidate. EndTalk says the running talk may end for it.
	Next struct {
		After   OfferID
		EndTalk bool
	}
	// Take takes somebody out of turn: one who waits, a no-show again, or one who is done.
	Take struct {
		After     OfferID
		EndTalk   bool
		Candidate CandidateID
		Reason    Reason
	}
	// Skip moves somebody down one place, or to the end.
	Skip struct {
		Candidate CandidateID
		ToEnd     bool
		Reason    Reason
	}
	// UndoSkip takes the last skip of a candidate back.
	UndoSkip struct{ Candidate CandidateID }
	// CorrectNoShow returns a no-show to his place.
	CorrectNoShow struct{ Candidate CandidateID }
	// CallOff takes back the own call or admission before the talk.
	CallOff struct{ Offer OfferID }
	// Extend moves the end of the running talk.
	Extend struct {
		Offer OfferID
		More  time.Duration
	}
	// End ends the running talk for the one who gives it; the last one out ends it. All
	// ends it for the whole panel, which only the lead may.
	End struct {
		Offer OfferID
		All   bool
	}
	// Recuse says that a candidate must never be offered to this interviewer (again).
	Recuse struct {
		Candidate CandidateID
		Reason    Reason
	}
	// HandOver ends the running talk and hands its candidate to a colleague.
	HandOver struct {
		Offer OfferID
		To    InterviewerID
		Note  TextID // for the colleague's eyes
	}
	// DeclineHandOver frees a candidate who is reserved for the one who gives it.
	DeclineHandOver struct{ Candidate CandidateID }
	// InvitePanel asks a colleague into the running talk.
	InvitePanel struct {
		Offer       OfferID
		Interviewer InterviewerID
	}
	// JoinPanel goes into a talk one was invited to.
	JoinPanel struct{ Offer OfferID }
	// DeclinePanel does not.
	DeclinePanel struct{ Offer OfferID }
	// Submit ends the write-up.
	Submit struct{ Offer OfferID }
	// Pause takes nobody for now.
	Pause struct{}
	// Unpause works again.
	Unpause struct{}
)

// Clock.
type (
	// Tick asks what time has brought about.
	Tick struct{}
	// Return says that somebody's connection is back after Gone.
	Return struct {
		Person PersonID
		Gone   time.Duration
	}
	// Book notes the time that a candidate has chosen, instead of one he had, and
	// registers him if he has no place; his row travels beside it. Settings.Places does
	// not bound it: the round's slots do.
	Book struct {
		Candidate CandidateID
		At        time.Time
	}
	// Release takes a chosen time back, and the place with it. What was talked stays.
	Release struct{ Candidate CandidateID }
	// Arrange fits a session to the times of its round's day. Once a talk has been, the
	// start stays and only the end moves.
	Arrange struct {
		Start  time.Time
		Length time.Duration
		Talk   time.Duration
		Pause  time.Duration
		Places int
	}
	// Drop calls the session off: its day has no times any more.
	Drop struct{}
)

func (Create) command() Role          { return RoleRecruiter }
func (Configure) command() Role       { return RoleRecruiter }
func (Publish) command() Role         { return RoleRecruiter }
func (Cancel) command() Role          { return RoleRecruiter }
func (Close) command() Role           { return RoleRecruiter }
func (RenewLink) command() Role       { return RoleRecruiter }
func (Resend) command() Role          { return RoleRecruiter }
func (Register) command() Role        { return RoleVisitor }
func (RegisterAgain) command() Role   { return RoleVisitor }
func (TryPIN) command() Role          { return RoleVisitor }
func (CheckIn) command() Role         { return RoleCandidate }
func (Continue) command() Role        { return RoleCandidate }
func (Confirm) command() Role         { return RoleCandidate }
func (Hold) command() Role            { return RoleCandidate }
func (Resume) command() Role          { return RoleCandidate }
func (Acknowledge) command() Role     { return RoleCandidate }
func (CallMe) command() Role          { return RoleCandidate }
func (Answer) command() Role          { return RoleCandidate }
func (Withdraw) command() Role        { return RoleCandidate }
func (Leave) command() Role           { return RoleCandidate }
func (Requeue) command() Role         { return RoleCandidate }
func (Respond) command() Role         { return RoleCandidate }
func (Enter) command() Role           { return RoleInterviewer }
func (Next) command() Role            { return RoleInterviewer }
func (Take) command() Role            { return RoleInterviewer }
func (Skip) command() Role            { return RoleInterviewer }
func (UndoSkip) command() Role        { return RoleInterviewer }
func (CorrectNoShow) command() Role   { return RoleInterviewer }
func (CallOff) command() Role         { return RoleInterviewer }
func (Extend) command() Role          { return RoleInterviewer }
func (End) command() Role             { return RoleInterviewer }
func (Submit) command() Role          { return RoleInterviewer }
func (Pause) command() Role           { return RoleInterviewer }
func (Unpause) command() Role         { return RoleInterviewer }
func (Tick) command() Role            { return RoleClock }
func (Return) command() Role          { return RoleClock }
func (Book) command() Role            { return RoleClock }
func (Release) command() Role         { return RoleClock }
func (Arrange) command() Role         { return RoleClock }
func (Drop) command() Role            { return RoleClock }
func (Reopen) command() Role          { return RoleRecruiter }
func (Archive) command() Role         { return RoleRecruiter }
func (Unarchive) command() Role       { return RoleRecruiter }
func (Remove) command() Role          { return RoleRecruiter }
func (Transfer) command() Role        { return RoleRecruiter }
func (Grant) command() Role           { return RoleRecruiter }
func (Revoke) command() Role          { return RoleRecruiter }
func (Announce) command() Role        { return RoleRecruiter }
func (Invite) command() Role          { return RoleRecruiter }
func (Reinstate) command() Role       { return RoleRecruiter }
func (LinkCandidate) command() Role   { return RoleRecruiter }
func (EraseCandidate) command() Role  { return RoleRecruiter }
func (Test) command() Role            { return RoleCandidate }
func (Correct) command() Role         { return RoleCandidate }
func (EraseMe) command() Role         { return RoleCandidate }
func (Recuse) command() Role          { return RoleInterviewer }
func (HandOver) command() Role        { return RoleInterviewer }
func (DeclineHandOver) command() Role { return RoleInterviewer }
func (InvitePanel) command() Role     { return RoleInterviewer }
func (JoinPanel) command() Role       { return RoleInterviewer }
func (DeclinePanel) command() Role    { return RoleInterviewer }

// Both sides measure: nobody for the other.
func (m Measure) command() Role {
	if m.By == RoleCandidate || m.By == RoleInterviewer {
		return m.By
	}
	return ""
}
