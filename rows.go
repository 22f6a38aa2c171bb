package nextup

import (
	"errors"
	"time"
)

// ErrConflict says that somebody else wrote to the stream first. Whoever gets it
// knows nothing any more and must load the stream again.
var ErrConflict = errors.New("nextup: the stream has moved on")

// Person is the erasable row behind a CandidateID or InterviewerID.
type Person struct {
	ID       PersonID
	Role     Role
	Name     string
	Email    string
	Language string // "sv", "en" or "nb"
}

// Text is an erasable row of free text, named within its session. The session's
// own texts are TitleText and JobText; a question's or trait's text has its
// QuestionID or TraitID as TextID.
type Text struct {
	ID   TextID
	Body string
}

// The session's own texts.
const (
	TitleText TextID = "title"
	JobText   TextID = "job" // Markdown
)

// Mail is one letter to be written and sent: what to whom, never the words. The
// words are made from the rows when it is sent, so nothing is left to erase.
type Mail struct {
	Kind   MailKind
	Person PersonID
}

// MailKind says which letter.
type MailKind string

// The letters.
const (
	MailConfirmation MailKind = "confirmation" // to a candidate: the personal link
	MailInvitation   MailKind = "invitation"   // to an interviewer: link and PIN
)

// Order is a command on its way: who gives it, under which ID, and the rows
// that are kept in the same transaction if it has an effect.
type Order struct {
	ID      CommandID
	By      Actor
	Device  DeviceID // it came from; empty when not from a live page
	Command Command
	People  []Person
	Texts   []Text
}

// Batch is what one decision keeps, all or nothing.
type Batch struct {
	Session  SessionID
	Expected int        // the stream's version this was decided on
	Events   []Recorded // Expected+1 onwards
	People   []Person
	Texts    []Text
	Mails    []Mail
	Due      time.Time // the state's next deadline; zero means none
}

// Assessment is one interviewer's marks for one talk. It is a row, not an event.
type Assessment struct {
	Session     SessionID
	Offer       OfferID
	Interviewer InterviewerID
	Item        string // "q:"+QuestionID, "t:"+TraitID, "overall" or "note"
	Rating      int    // 1 to 5; overall 1 no, 2 maybe, 3 interesting; 0 not rated
	Note        string
	Revision    int // raised by each change
}
