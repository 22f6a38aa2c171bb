package transport

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode"

	"nextup"
)

// Office is what the recruiters' pages need of the database.
type Office interface {
	SetUps
	Accounts
	Letterbox
	Drafts
}

// Account is a recruiter's account.
type Account struct {
	ID           nextup.RecruiterID
	Organisation nextup.OrganisationID
	Name         string
	Email        string
	Language     string // "sv", "en" or "nb"
	PasswordHash string // argon2id in PHC form
	Generation   int    // of logins; one of an older generation has ended
	Disabled     bool
}

// Accounts finds recruiters and what is theirs.
type Accounts interface {
	// AccountByEmail finds an account by its address, in whatever spelling.
	AccountByEmail(ctx context.Context, email string) (Account, bool, error)
	// Account finds an account.
	Account(ctx context.Context, id nextup.RecruiterID) (Account, bool, error)
	// SessionsOf lists the sessions that a recruiter may open, the newest first: his own, or all where the organisation shares them.
	SessionsOf(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]nextup.SessionID, error)
}

// Posted is one letter of a session with what became of it.
type Posted struct {
	ID       int64
	Session  nextup.SessionID
	Kind     nextup.MailKind
	Person   nextup.PersonID
	Text     nextup.TextID // the recruiter's words in it
	Created  time.Time
	State    PostState
	Attempts int
	Next     time.Time // the next attempt, while pending
	Done     time.Time // when sent or given up
	Cause    string    // why the last attempt failed: a word of mail.Cause…, perhaps with the server's codes
}

// PostState is what has become of a letter.
type PostState string

// The states, as they are stored.
const (
	PostPending PostState = "pending"
	PostSent    PostState = "sent"
	PostFailed  PostState = "failed"
)

// Letterbox lists what was written.
type Letterbox interface {
	// Posted lists all letters of these sessions, the newest first; of no sessions, none.
	Posted(ctx context.Context, sessions ...nextup.SessionID) ([]Posted, error)
}

// NewID is an identifier that nobody can guess: 130 random bits as text.
func NewID() string { return rand.Text() }

// knownID says whether a text can be one of NewID's.
func knownID(id string) bool {
	return len(id) == 26 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// by is the recruiter as the one who gives a command.
func (a Account) by() nextup.Actor { return nextup.Actor{Role: nextup.RoleRecruiter, ID: string(a.ID)} }

// asInterviewer is the recruiter's own entry among a session's interviewers. He
// enters it with his account, so nobody else can be meant.
func (a Account) asInterviewer() nextup.InterviewerID { return nextup.InterviewerID(a.ID) }

// initials are up to two letters for the round sign beside a name.
func initials(name string) string {
	words := strings.Fields(name)
	var out []rune
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			out = append(out, unicode.ToUpper([]rune(w)[0]))
		}
	}
	return string(out)
}

// tone is the colour of the n-th round sign.
func tone(n int) string { return string("abc"[n%3]) }
