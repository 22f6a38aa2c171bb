package nextup

import "time"

// Booking is an applicant's one appointment in a round. The row outlives the
// appointment: its UID and SEQUENCE are those of one calendar entry for good (RFC
// 5545, sections 3.8.4.7 and 3.8.7.4), raised in the transaction of the change.
type Booking struct {
	UID      string // without the host: random
	Sequence int
	Slot     SlotID    // "" : cancelled
	Was      SlotID    // the one before; "" none
	At       time.Time // of the last change
	By       Role      // who made it: RoleCandidate himself, RoleRecruiter for him
}

// Claim asks for a slot for an applicant, as the first or instead of another.
type Claim struct {
	Round     RoundID
	Applicant ApplicantID
	Slot      SlotID
	From      SlotID // what he has now, as the one who asks knows it; "" nothing. Otherwise: CodeStale
	By        Role   // RoleRecruiter is not bound by invitation, cut-off and closing
	At        time.Time
	Notify    bool // write to the applicant; always true for his own
	Late      bool // to give a time back after the cut-off: he has left the lobby
}

// Message is what a recruiter wrote to one applicant, as he reads it. It is kept for
// his personal page until he is erased.
type Message struct {
	ID        MessageID
	Round     RoundID
	Applicant ApplicantID
	Kind      MailKind // MailChoose or MailChooseAgain
	Subject   string
	Body      string // plain paragraphs
	Language  string
	At        time.Time
	By        RecruiterID
}
