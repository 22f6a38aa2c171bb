package transport

import (
	"context"
	"net/http"
	"time"
	"unicode/utf8"

	"nextup"
)

// Staff is what the pages about colleagues and one's own account need of the
// database. An Account that is given back is what is kept now.
type Staff interface {
	// Organisation finds the employer.
	Organisation(ctx context.Context, o nextup.OrganisationID) (Organisation, error)
	// SaveOrganisation keeps what may be changed of it.
	SaveOrganisation(ctx context.Context, o Organisation) error
	// Recruiters lists everybody with an account.
	Recruiters(ctx context.Context, o nextup.OrganisationID) ([]Account, error)
	// Owned lists the sessions that belong to somebody, his own and those handed over.
	Owned(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]nextup.SessionID, error)
	// Rename keeps somebody's own name and language.
	Rename(ctx context.Context, id nextup.RecruiterID, name, language string) error
	// SetPassword keeps a password's hash and ends all logins.
	SetPassword(ctx context.Context, id nextup.RecruiterID, hash string) (Account, error)
	// EndLogins ends all logins of an account.
	EndLogins(ctx context.Context, id nextup.RecruiterID) (Account, error)
	// Disable ends all logins and lets nobody sign in. codeLast: nobody would be left.
	Disable(ctx context.Context, o nextup.OrganisationID, id nextup.RecruiterID) error
	// Enable lets somebody sign in again.
	Enable(ctx context.Context, o nextup.OrganisationID, id nextup.RecruiterID) error
	Tickets
}

// Tickets are links by letter that work once.
type Tickets interface {
	// Invite asks for a letter to a future colleague. One who has an account gets
	// another letter. CodeTooMany: the address has had its letters for today.
	Invite(ctx context.Context, t Ticket) error
	// AskReset asks for a letter to the account with this address; without one, nothing.
	AskReset(ctx context.Context, t Ticket) error
	// Ticket finds one that still works.
	Ticket(ctx context.Context, id string) (Ticket, bool, error)
	// Invitations lists those that still work, the newest first.
	Invitations(ctx context.Context, o nextup.OrganisationID) ([]Invited, error)
	// TakeBack makes an invitation's link dead.
	TakeBack(ctx context.Context, o nextup.OrganisationID, id string) error
	// Join uses an invitation up and makes the account; its address is the
	// invitation's. codeUsed: the link is dead. codeAccountTaken: the address has an account.
	Join(ctx context.Context, ticket string, a Account) (Account, error)
	// Reset uses a link up, keeps the hash and ends all logins. codeUsed: the link is dead.
	Reset(ctx context.Context, ticket, hash string) (Account, error)
}

// Organisation is the employer.
type Organisation struct {
	ID     nextup.OrganisationID
	Name   string
	Shared bool // everybody with an account sees every session
}

// TicketKind says what a link that works once is for.
type TicketKind string

// The kinds.
const (
	TicketJoin  TicketKind = "join"  // to open an account
	TicketKnown TicketKind = "known" // an invitation to an address that has one: says so, and is no way in
	TicketReset TicketKind = "reset" // to choose a new password
)

// Ticket is one link by letter.
type Ticket struct {
	ID           string // the link is derived from it
	Kind         TicketKind
	Organisation nextup.OrganisationID
	Asker        nextup.RecruiterID // who invites
	Recruiter    nextup.RecruiterID // whose account it is about
	Email        string
	Language     string
	Created      time.Time
	Expires      time.Time
}

// Invited is an invitation with what became of its letter.
type Invited struct {
	Ticket
	State    PostState
	Attempts int
	Done     time.Time
	Cause    string
}

// Refusals about accounts.
const (
	codeLast         nextup.Code = "last_account"  // nobody would be left who can sign in
	codeUsed         nextup.Code = "link_used"     // used, taken back or too old
	codeAccountTaken nextup.Code = "account_taken" // the address has an account
)

// Refusals that a Staff gives.
var (
	ErrLast         = nextup.Refuse(codeLast)
	ErrUsed         = nextup.Refuse(codeUsed)
	ErrAccountTaken = nextup.Refuse(codeAccountTaken)
)

func init() {
	statuses[codeLast] = http.StatusConflict
	statuses[codeUsed] = http.StatusGone
	statuses[codeAccountTaken] = http.StatusConflict
}

// staffed is a page that needs Staff.
func (s *Server) staffed(h recruiterPage) recruiterPage {
	return func(w http.ResponseWriter, r *http.Request, who Account) error {
		if s.Staff == nil {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		return h(w, r, who)
	}
}

// mayOpen says whether a session is somebody's to open: his own, one that was
// handed over to him, or any when the organisation shares all.
func (s *Server) mayOpen(ctx context.Context, st nextup.Session, who Account) (bool, error) {
	return s.mayOpenOf(ctx, st.Organisation, st.Owner, who)
}

// mayOpenOf is mayOpen for anything that belongs to an organisation and a recruiter.
func (s *Server) mayOpenOf(ctx context.Context, of nextup.OrganisationID, owner nextup.RecruiterID, who Account) (bool, error) {
	switch {
	case who.Organisation == "" || of != who.Organisation:
		return false, nil
	case owner == who.ID:
		return true, nil
	case s.Staff == nil:
		return false, nil
	}
	o, err := s.Staff.Organisation(ctx, who.Organisation)
	return err == nil && o.Shared, err
}

// accountView is what account.html shows.
type accountView struct {
	Name     string
	Email    string
	Language string
	Wrong    bool // the current password is
	Many     bool // too many tries
	Errors   faults
	Said     string // key of what was done
	Min      int    // characters of a password
}

// Fault is a field's fault for the page.
func (v accountView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

func (s *Server) account(w http.ResponseWriter, r *http.Request, who Account) error {
	v := accountView{}
	if said := r.URL.Query().Get("done"); said == "own" || said == "password" || said == "others" {
		v.Said = "account.done." + said
	}
	return s.accountPage(w, r, http.StatusOK, who, v)
}

func (s *Server) accountPage(w http.ResponseWriter, r *http.Request, status int, who Account, v accountView) error {
	if v.Name == "" && v.Errors["name"] == nil {
		v.Name = who.Name
	}
	v.Email, v.Min = who.Email, minPassword
	if v.Language == "" {
		v.Language = who.Language
	}
	return s.desk(w, r, status, who, "account.html", "/account", Page{Path: "/account", View: v})
}

// saveAccount keeps one's own name and language.
func (s *Server) saveAccount(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := accountView{Errors: faults{}}
	v.Name = v.Errors.line("name", r.PostForm.Get("name"), maxName, true)
	if v.Language = r.PostForm.Get("language"); !knownLanguage(v.Language) {
		v.Language = who.Language
	}
	if len(v.Errors) > 0 {
		return s.accountPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	if err := s.Staff.Rename(r.Context(), who.ID, v.Name, v.Language); err != nil {
		return err
	}
	if v.Language != who.Language { // the switch in the top bar would else win over it
		s.keepLanguage(w, v.Language)
	}
	http.Redirect(w, r, "/account?done=own", http.StatusSeeOther)
	return nil
}

// changePassword needs the current one: somebody may have left his desk.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	now := s.Now()
	if !s.limits.login.allow(s.client(r), now) || !s.recruiting.guesses.allow(who.Email, now) {
		w.Header().Set("Retry-After", "30")
		return s.accountPage(w, r, http.StatusTooManyRequests, who, accountView{Many: true})
	}
	v := accountView{Errors: faults{}}
	password := r.PostForm.Get("new")
	v.Errors.password("new", password)
	ctx := r.Context()
	right, err := s.recruiting.hashing.matches(ctx, who.PasswordHash, r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	if v.Wrong = !right; v.Wrong || len(v.Errors) > 0 {
		return s.accountPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	hash, err := s.recruiting.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	if who, err = s.Staff.SetPassword(ctx, who.ID, hash); err != nil {
		return err
	}
	s.recruiting.guesses.forget(who.Email)
	return s.letRecruiterIn(w, r, who, "/account?done=password")
}

// endOthers ends one's logins in other browsers.
func (s *Server) endOthers(w http.ResponseWriter, r *http.Request, who Account) error {
	who, err := s.Staff.EndLogins(r.Context(), who.ID)
	if err != nil {
		return err
	}
	return s.letRecruiterIn(w, r, who, "/account?done=others")
}

// password checks a new password: long enough, and short enough to be worked on.
func (f faults) password(field, typed string) {
	switch n := utf8.RuneCountInString(typed); {
	case n < minPassword:
		f.add(field, "form.error.passwordShort", minPassword)
	case n > maxPassword || !utf8.ValidString(typed):
		f.add(field, "form.error.passwordLong", maxPassword)
	}
}
