package nextup

import (
	"errors"
	"strconv"
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
	Phone    string // a candidate's; optional
	Notice   int    // version of the privacy notice shown at sign-up; 0 none
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
	// AdText is the web address of the ad; shown as a link, never fetched.
	AdText TextID = "ad"
	// ContactText is what a candidate without a working device can do: a telephone number or words.
	ContactText TextID = "contact"
	// LineText is what is said to everybody waiting; empty is nothing.
	LineText TextID = "line"
)

// AnchorText names the recruiter's words for a rating of 1 to 5; an empty one means
// the standard words.
func AnchorText(rating int) TextID { return TextID("anchor:" + strconv.Itoa(rating)) }

// NeedsText names what a candidate wrote of adjustments or an interpreter.
func NeedsText(id CandidateID) TextID { return TextID("needs:" + string(id)) }

// CommentText names what a candidate wrote about his interest in the job.
func CommentText(id CandidateID) TextID { return TextID("comment:" + string(id)) }

// LinkText names the recruiter's link to a candidate's application or CV: https only.
func LinkText(id CandidateID) TextID { return TextID("link:" + string(id)) }

// Mail is one letter to be written and sent: what to whom, never the words. The
// words are made from the rows when it is sent, so nothing is left to erase.
type Mail struct {
	Kind   MailKind
	Person PersonID
	Text   TextID // the recruiter's words in a notice; "" none
}

// MailKind says which letter.
type MailKind string

// The letters.
const (
	MailConfirmation MailKind = "confirmation" // to a candidate: the personal link
	MailInvitation   MailKind = "invitation"   // to an interviewer: link and PIN
	MailChange       MailKind = "change"       // time or length moved; calendar REQUEST
	MailCancellation MailKind = "cancellation" // called off; calendar CANCEL
	MailWithdrawal   MailKind = "withdrawal"   // confirms a withdrawal; calendar CANCEL
	MailReminder     MailKind = "reminder"     // the day before, with the check link
	MailSignUp       MailKind = "sign_up"      // the sign-up link to somebody the recruiter invited

	// to applicants, about a round
	MailChoose      MailKind = "choose"       // the recruiter asks to choose a time
	MailChooseAgain MailKind = "choose_again" // asks once more
	MailBooked      MailKind = "booked"       // a time is confirmed; calendar REQUEST
	MailMoved       MailKind = "moved"        // time or place changed; calendar REQUEST
	MailUnbooked    MailKind = "unbooked"     // the time is given back or taken away; calendar CANCEL
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
	Erased   []PersonID // whose rows go
	Unsaid   []TextID   // texts that go
	Due      time.Time  // the state's next deadline; zero means none
}

// NotAsked as the rating of a question says that it was left out on purpose; 0 only
// that nothing was noted.
const NotAsked = -1

// Assessment is one interviewer's marks for one talk. It is a row, not an event.
type Assessment struct {
	Session     SessionID
	Offer       OfferID
	Interviewer InterviewerID
	Item        string // "q:"+QuestionID, "t:"+TraitID, "overall" or "note"
	Rating      int    // 1 to 5; overall 1 no, 2 maybe, 3 interesting; 0 not rated; a question also NotAsked
	Note        string
	Revision    int // raised by each change
}
