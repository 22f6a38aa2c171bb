package nextup

import "fmt"

// Code names one reason for a refusal. The texts people read are in web/i18n
// under "error.<code>"; a test holds every code to a text in every language.
type Code string

// The reasons for which a command can be refused.
const (
	CodeForbidden   Code = "forbidden"    // this role may not do that
	CodeUnknown     Code = "unknown"      // no such session, person or talk here
	CodeInvalid     Code = "invalid"      // a value outside its range; Field names it
	CodeStale       Code = "stale"        // decided on an older view than the present one
	CodeFull        Code = "full"         // every place is taken
	CodeTaken       Code = "taken"        // this address is registered already
	CodeNotOpen     Code = "not_open"     // the lobby is not open yet
	CodeNotStarted  Code = "not_started"  // nobody is called before the start
	CodeNotReleased Code = "not_released" // the session is still a draft
	CodeClosed      Code = "closed"       // the session is over
	CodeCancelled   Code = "cancelled"    // the session was cancelled
	CodeNobody      Code = "nobody"       // nobody in the queue can be taken right now
	CodeBusy        Code = "busy"         // this interviewer already has a call or talk
	CodeNotWaiting  Code = "not_waiting"  // the candidate does not wait any more
	CodeAway        Code = "away"         // the candidate is not connected
	CodeNoTalk      Code = "no_talk"      // there is no such running talk
	CodeRunning     Code = "running"      // a talk runs; it must be ended first
	CodeReason      Code = "reason"       // a deviation from turn order needs a reason
	CodePIN         Code = "pin"          // wrong PIN; Left says how many tries remain
	CodeLocked      Code = "locked"       // too many wrong PINs; the recruiter renews it
	CodeRemoved     Code = "removed"      // this interviewer was removed
	CodeElsewhere   Code = "elsewhere"    // another device holds the place
	CodePlaces      Code = "places"       // fewer places than people registered; Left says how many
	CodePast        Code = "past"         // the start lies in the past
	CodeStarted     Code = "started"      // start and zone are locked after the first talk
	CodeUnavailable Code = "unavailable"  // not decided: the store did not answer; try again
	CodeTooMany     Code = "too_many"     // too many tries or mails; wait
	CodeReserved    Code = "reserved"     // handed over to a colleague; nobody else may take him
	CodeRecused     Code = "recused"      // a conflict of interest keeps the two apart
	CodeNotWorking  Code = "not_working"  // this colleague takes nobody right now
	CodePanelFull   Code = "panel_full"   // as many interviewers as one talk may have
	CodeNoRoom      Code = "no_room"      // the server carries as many talks as it can
	CodeNotInvited  Code = "not_invited"  // no invitation to this talk, or not any more
	CodeNotLead     Code = "not_lead"     // only who leads the talk may do that
	CodeOrder       Code = "order_locked" // turn order is locked once somebody has checked in
	CodeNotClosed   Code = "not_closed"   // only a session that is over can be taken up again
	CodeRound       Code = "round"        // times and end of a round's day are the round's business

	CodeSlotTaken   Code = "slot_taken"   // somebody else confirmed this time first
	CodeSlotGone    Code = "slot_gone"    // this time is not offered any more
	CodeRoundClosed Code = "round_closed" // nobody chooses in this round any more
	CodeCutOff      Code = "cut_off"      // too close to the interview to choose, change or cancel
	CodeNotOffered  Code = "not_offered"  // this applicant is not in this round, or was removed
	CodeBooked      Code = "booked"       // a time with bookings would go; Left says how many
)

// Error is a refusal. It never carries personal data.
type Error struct {
	Code  Code
	Field string // for CodeInvalid: the field's name in the form
	Left  int    // for CodePIN: tries left; for CodePlaces: people registered
}

// Error implements error for logs; people read the catalogue's text.
func (e *Error) Error() string {
	if e.Field != "" {
		return fmt.Sprintf("refused: %s (%s)", e.Code, e.Field)
	}
	return "refused: " + string(e.Code)
}

// Is makes errors.Is compare by code alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Refuse makes the error for a code.
func Refuse(c Code) *Error { return &Error{Code: c} }

// Invalid says that one field has a value outside its range.
func Invalid(field string) *Error { return &Error{Code: CodeInvalid, Field: field} }
