package transport

import (
	"context"
	"time"

	"nextup"
)

// Jobs is what the pages of jobs, rounds and applicants need of the database. Each
// method is one transaction; a refusal is a *nextup.Error and nothing was written.
// Whoever asks was checked before: a recruiter against Job.Organisation and Owner, an
// applicant by his link.
type Jobs interface {
	JobBook
	RoundBook
	BookingBook
	Promises
	Roundbox
	JobPurger
}

// JobBook keeps jobs and their applicants.
type JobBook interface {
	// SaveJob keeps a job as its next revision; expected 0 makes it. CodeStale: somebody
	// else saved it meanwhile.
	SaveJob(ctx context.Context, j nextup.Job, expected int) error
	// CloseJob puts a job away; a zero time takes it up again.
	CloseJob(ctx context.Context, id nextup.JobID, at time.Time) error
	// JobsOf lists the jobs that a recruiter may open, the newest first: his own, or all
	// where the organisation shares them.
	JobsOf(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]JobLine, error)
	// JobsOwned lists a recruiter's own jobs, put away or not; TransferJobs makes somebody
	// else the owner of all of them.
	JobsOwned(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]nextup.JobID, error)
	TransferJobs(ctx context.Context, o nextup.OrganisationID, from, to nextup.RecruiterID) error
	// Board is everything there is of a job. CodeUnknown.
	Board(ctx context.Context, id nextup.JobID) (nextup.Board, error)
	// BoardOf is the board of an applicant's job, with the messages to him only. CodeUnknown.
	BoardOf(ctx context.Context, id nextup.ApplicantID) (nextup.Board, error)

	// AddApplicants adds all or none. One whose address is there already is merged with
	// that one: what was empty is filled in, a removed one comes back. merged are the IDs
	// of those that were there, by the index in list.
	AddApplicants(ctx context.Context, job nextup.JobID, list []nextup.Applicant) (merged map[int]nextup.ApplicantID, err error)
	// CorrectApplicant replaces name, address, telephone and language. CodeTaken: the
	// address is another applicant's.
	CorrectApplicant(ctx context.Context, a nextup.Applicant) error
	// RemoveApplicants takes people out of a job: their bookings are cancelled (with a
	// letter if notify), and their links say so. Those removed already are left as they are.
	RemoveApplicants(ctx context.Context, job nextup.JobID, ids []nextup.ApplicantID, at time.Time, notify bool) error
	// EraseApplicant removes him and erases everything that names him; no letter is sent.
	EraseApplicant(ctx context.Context, id nextup.ApplicantID, at time.Time) error
}

// JobLine is a job in the list.
type JobLine struct {
	nextup.Job
	Applicants int // not removed
	Rounds     int
	Booked     int       // appointments that stand and are not over
	Waiting    int       // invited and not answered
	Next       time.Time // the next appointment; zero: none
}

// RoundBook keeps rounds, who is in them, and their times.
type RoundBook interface {
	// AddRound makes the next round of its job and gives it its number. CodeStale: there is
	// a round with this ID.
	AddRound(ctx context.Context, r nextup.Round) (nextup.Round, error)
	// RenameRound gives it a name; "" takes it away.
	RenameRound(ctx context.Context, id nextup.RoundID, name string) error
	// CloseRound ends the choosing; a zero time opens it again.
	CloseRound(ctx context.Context, id nextup.RoundID, at time.Time) error
	// EnterRound registers applicants in a round; those in it already stay as they are.
	EnterRound(ctx context.Context, id nextup.RoundID, who []nextup.ApplicantID, at time.Time) error
	// LeaveRound takes applicants out of it; their bookings are cancelled by whoever did
	// it, with a letter if notify. Who has had his interview stays.
	LeaveRound(ctx context.Context, id nextup.RoundID, who []nextup.ApplicantID, by nextup.Role, at time.Time, notify bool) error
	// SavePlan makes a round's slots what the plan says. CodeStale: not at expected any
	// more. CodeBooked: slots with bookings would go that are not in drop, Left says how
	// many. The bookings of those in drop are cancelled; a day whose place changes moves
	// its bookings' calendar entries. Both with letters if notify. A slot moved to another
	// seat count never falls below its bookings. IDs are made by newID.
	SavePlan(ctx context.Context, id nextup.RoundID, p nextup.Plan, expected int, drop []nextup.SlotID, newID func() string, at time.Time, notify bool) error
	// MoveSlot gives a slot another time; its bookings move with it, with letters if
	// notify. CodeSlotGone; CodeSlotTaken: the round has a slot at that time.
	MoveSlot(ctx context.Context, round nextup.RoundID, slot nextup.SlotID, date string, start time.Time, at time.Time, notify bool) error
}

// BookingBook decides who gets which time.
type BookingBook interface {
	// Book gives the applicant a seat of the slot, instead of the one he has, in one
	// statement. CodeSlotTaken, CodeSlotGone, CodeRoundClosed, CodeCutOff (of the slot he
	// has or wants), CodeNotOffered, CodeStale.
	Book(ctx context.Context, c nextup.Claim) (nextup.Booking, error)
	// Unbook gives the applicant's seat (From) back; Slot is empty. CodeCutOff, CodeStale.
	Unbook(ctx context.Context, c nextup.Claim) (nextup.Booking, error)
	// NoneFits says that no time fits him; choosing one takes it back.
	NoneFits(ctx context.Context, round nextup.RoundID, who nextup.ApplicantID, at time.Time) error
	// Opened says that he did something on his page; only the first one counts.
	Opened(ctx context.Context, who nextup.ApplicantID, at time.Time) error
}

// Promises tells which days' sessions do not know yet what was booked. A day's
// revision rises in the transaction of every change that concerns its session.
type Promises interface {
	// Unsettled lists the video days whose session is behind, those longest behind first.
	Unsettled(ctx context.Context) ([]UnsettledDay, error)
	// DayOf finds the day of a session; ok is false for a session of its own.
	DayOf(ctx context.Context, id nextup.SessionID) (job nextup.JobID, round nextup.RoundID, date string, ok bool, err error)
	// SetSession gives a day a session instead of the one it had (was; "" none, a later
	// one when that was called off), unless it has another by now, and says which it has.
	SetSession(ctx context.Context, round nextup.RoundID, date string, was, id nextup.SessionID) (nextup.SessionID, error)
	// SessionsOfJob lists the sessions that a job's days have, or had.
	SessionsOfJob(ctx context.Context, job nextup.JobID) ([]nextup.SessionID, error)
	// Settled says that the session knows the day as of a revision.
	Settled(ctx context.Context, round nextup.RoundID, date string, revision int) error
}

// UnsettledDay is a day whose session has to be told.
type UnsettledDay struct {
	Job      nextup.JobID
	Round    nextup.RoundID
	Date     string
	Revision int
}

// Roundbox sends messages and knows what became of letters about rounds.
type Roundbox interface {
	// Send keeps messages for the applicants' pages and their letters, and notes the
	// invitation or the reminder. Those who are not in the round are CodeNotOffered.
	// CodeRoundClosed: the round or its job is closed.
	Send(ctx context.Context, list []nextup.Message) error
	// Repeat writes the letter of the applicant's present state again: his latest message,
	// or his booking. CodeTooMany: three a day.
	Repeat(ctx context.Context, round nextup.RoundID, who nextup.ApplicantID, at time.Time) error
	// RoundPosted lists the letters about a job's rounds, the newest first.
	RoundPosted(ctx context.Context, id nextup.JobID) ([]RoundPost, error)
}

// RoundPost is one letter about a round with what became of it. Session and Text of
// Posted are empty, Person is the applicant.
type RoundPost struct {
	Posted
	Round   nextup.RoundID
	Message nextup.MessageID // the message it carries; "" none
}
