package nextup

// Identifiers are opaque random text made by the shell (at least 128 bits where
// they must not be guessed). They are never names or addresses, so events may hold them.
type (
	// OrganisationID names one employer.
	OrganisationID string
	// RecruiterID names one person with an account.
	RecruiterID string
	// SessionID names one quick interview and its stream of events.
	SessionID string
	// PersonID names somebody who can be seen and heard: a candidate or an interviewer.
	PersonID string
	// CandidateID names one registration in one session.
	CandidateID PersonID
	// InterviewerID names one interviewer of one session.
	InterviewerID PersonID
	// QuestionID names one question; a changed wording keeps the ID, a new question gets a new one.
	QuestionID string
	// TraitID names one trait.
	TraitID string
	// TextID points to a row of free text that can be erased without touching the events.
	TextID string
	// DeviceID names one browser on one device, made by that browser.
	DeviceID string
	// CommandID is chosen by the sender of a command; the same ID twice has one effect.
	CommandID string
)

// OfferID numbers calls and admissions of one session, from 1. A talk has the
// number of the admission that began it.
type OfferID int

// Person is the candidate as somebody who can be seen and heard.
func (id CandidateID) Person() PersonID { return PersonID(id) }

// Person is the interviewer as somebody who can be seen and heard.
func (id InterviewerID) Person() PersonID { return PersonID(id) }

// Of the interviews whose time the applicant chooses. An ApplicantID is also the
// CandidateID under which he stands in the session of a day that is held by video.
type (
	// JobID names one job that people have applied for.
	JobID string
	// ApplicantID names one applicant for one job.
	ApplicantID string
	// RoundID names one round of interviews for a job.
	RoundID string
	// SlotID names one time that can be chosen.
	SlotID string
	// MessageID names one message to one applicant.
	MessageID string
)

// Candidate is the applicant as a registration in a session.
func (id ApplicantID) Candidate() CandidateID { return CandidateID(id) }
