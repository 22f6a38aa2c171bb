package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// InviteTime is how long an invitation to an account works.
const InviteTime = 7 * 24 * time.Hour

// colleaguesView is what colleagues.html shows.
type colleaguesView struct {
	Organisation Organisation
	People       []colleagueRow
	Invited      []invitedColleague
	SMTP         bool
	Email        string // typed into the invitation, kept after a fault
	Language     string
	Errors       faults
	Refused      string // key of why the last button did nothing
	Said         string // key of what it did
	To           string // whom it was done to
}

// Fault is a field's fault for the page.
func (v colleaguesView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

type colleagueRow struct {
	Account
	Initials string
	Tone     string
	You      bool
}

// invitedColleague is an invitation that nobody has taken up yet.
type invitedColleague struct {
	ID      string
	Email   string
	By      string
	Expires time.Time
	State   deliveryView
	Lang    string // of Subject and Text
	Subject string
	Text    string // the letter, where no mail leaves the server
}

var colleaguesSaid = []string{"back", "shared", "closed", "opened", "handed"}

func (s *Server) colleagues(w http.ResponseWriter, r *http.Request, who Account) error {
	v := colleaguesView{}
	if said := r.URL.Query().Get("done"); slices.Contains(colleaguesSaid, said) {
		v.Said = "people.done." + said
	}
	return s.colleaguesPage(w, r, http.StatusOK, who, v)
}

func (s *Server) colleaguesPage(w http.ResponseWriter, r *http.Request, status int, who Account, v colleaguesView) error {
	ctx := r.Context()
	var err error
	if v.Organisation, err = s.Staff.Organisation(ctx, who.Organisation); err != nil {
		return err
	}
	people, err := s.Staff.Recruiters(ctx, who.Organisation)
	if err != nil {
		return err
	}
	names := map[nextup.RecruiterID]string{}
	for i, p := range people {
		names[p.ID] = p.Name
		v.People = append(v.People, colleagueRow{Account: p, Initials: initials(p.Name), Tone: tone(i), You: p.ID == who.ID})
	}
	invited, err := s.Staff.Invitations(ctx, who.Organisation)
	if err != nil {
		return err
	}
	for _, x := range invited {
		row := invitedColleague{ID: x.ID, Email: x.Email, By: names[x.Asker], Expires: x.Expires, State: newDelivery(Posted{
			Created: x.Created, State: x.State, Attempts: x.Attempts, Done: x.Done, Cause: x.Cause,
		}, s.SMTP)}
		if !s.SMTP {
			l, err := s.accountLetter(ctx, x.Ticket)
			if err == nil {
				words, err := l.Compose()
				if err != nil {
					return err
				}
				row.Lang, row.Subject, row.Text = l.Language, words.Subject, words.Text
			} else if !errors.Is(err, mail.ErrOutdated) {
				return err
			}
		}
		v.Invited = append(v.Invited, row)
	}
	v.SMTP = s.SMTP
	if v.Language == "" {
		v.Language = s.language(r, who.Language)
	}
	return s.desk(w, r, status, who, "colleagues.html", "/colleagues", Page{Path: "/colleagues", View: v})
}

// inviteColleague asks for a letter to a future colleague. Whether the address has an
// account already is not told: the answer and the list are the same.
func (s *Server) inviteColleague(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := colleaguesView{Errors: faults{}, Email: strings.TrimSpace(clip(r.PostForm.Get("email"), 300)), Language: r.PostForm.Get("language")}
	if !knownLanguage(v.Language) {
		v.Language = who.Language
	}
	email, err := mail.ParseAddress(v.Email)
	if err != nil {
		v.Errors.add("email", "form.error.email", 0)
		return s.colleaguesPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	now := s.Now()
	if !s.recruiting.asks.allow("from "+string(who.ID), now) {
		v.Refused = "error." + string(nextup.CodeTooMany)
		return s.colleaguesPage(w, r, http.StatusTooManyRequests, who, v)
	}
	err = s.Staff.Invite(r.Context(), Ticket{
		ID: NewID(), Organisation: who.Organisation, Asker: who.ID, Email: email, Language: v.Language, Created: now, Expires: now.Add(InviteTime),
	})
	if errors.Is(err, nextup.Refuse(nextup.CodeTooMany)) {
		v.Refused = "error." + string(nextup.CodeTooMany)
		return s.colleaguesPage(w, r, http.StatusTooManyRequests, who, v)
	}
	if err != nil {
		return err
	}
	v.Said, v.To, v.Email = "people.done.invited", email, ""
	if !s.SMTP {
		v.Said = "people.done.made"
	}
	// Not by a redirect: an address does not belong in an address bar or a log.
	return s.colleaguesPage(w, r, http.StatusOK, who, v)
}

// takeBack makes an invitation's link dead.
func (s *Server) takeBack(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	if err := s.Staff.TakeBack(r.Context(), who.Organisation, clip(r.PostForm.Get("invitation"), 100)); err != nil {
		return err
	}
	http.Redirect(w, r, "/colleagues?done=back", http.StatusSeeOther)
	return nil
}

// share sets who sees the sessions.
func (s *Server) share(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	o, err := s.Staff.Organisation(r.Context(), who.Organisation)
	if err != nil {
		return err
	}
	o.Shared = r.PostForm.Get("shared") == "yes"
	if err := s.Staff.SaveOrganisation(r.Context(), o); err != nil {
		return err
	}
	http.Redirect(w, r, "/colleagues?done=shared", http.StatusSeeOther)
	return nil
}

// colleagueView is what colleague.html shows: one account, to close or to open.
type colleagueView struct {
	colleagueRow
	Owns    int       // sessions
	Jobs    int       // with their applicants and rounds
	Others  []Account // who can take them over
	To      nextup.RecruiterID
	Errors  faults
	Refused string
}

// Leaves says that closing the account would leave something without an owner.
func (v colleagueView) Leaves() bool { return v.Owns+v.Jobs > 0 }

// Fault is a field's fault for the page.
func (v colleagueView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

// colleagueOf finds the account that a page is about, among the reader's colleagues.
func (s *Server) colleagueOf(r *http.Request, who Account) (colleagueView, error) {
	ctx := r.Context()
	people, err := s.Staff.Recruiters(ctx, who.Organisation)
	if err != nil {
		return colleagueView{}, err
	}
	v, found := colleagueView{Errors: faults{}}, false
	for i, p := range people {
		switch {
		case string(p.ID) == r.PathValue("id"):
			v.colleagueRow, found = colleagueRow{Account: p, Initials: initials(p.Name), Tone: tone(i), You: p.ID == who.ID}, true
		case !p.Disabled:
			v.Others = append(v.Others, p)
		}
	}
	if !found {
		return colleagueView{}, nextup.Refuse(nextup.CodeUnknown)
	}
	owned, err := s.Staff.Owned(ctx, who.Organisation, v.ID)
	v.Owns = len(owned)
	if err != nil || s.Jobs == nil {
		return v, err
	}
	jobs, err := s.Jobs.JobsOwned(ctx, who.Organisation, v.ID)
	v.Jobs = len(jobs)
	return v, err
}

func (s *Server) colleaguePage(w http.ResponseWriter, r *http.Request, status int, who Account, v colleagueView) error {
	return s.desk(w, r, status, who, "colleague.html", "/colleagues", Page{Path: "/colleagues/" + string(v.ID), View: v})
}

func (s *Server) colleague(w http.ResponseWriter, r *http.Request, who Account) error {
	v, err := s.colleagueOf(r, who)
	if err != nil {
		return err
	}
	return s.colleaguePage(w, r, http.StatusOK, who, v)
}

// closeAccount ends somebody's logins at once, then hands his sessions to a
// colleague. Whoever closes says whom: nothing may be left without an owner.
func (s *Server) closeAccount(w http.ResponseWriter, r *http.Request, who Account) error {
	return s.handing(w, r, who, "closed", func(ctx context.Context, v colleagueView) error {
		return s.Staff.Disable(ctx, who.Organisation, v.ID)
	})
}

// handOverSessions hands over what a closed account still has.
func (s *Server) handOverSessions(w http.ResponseWriter, r *http.Request, who Account) error {
	return s.handing(w, r, who, "handed", func(context.Context, colleagueView) error { return nil })
}

func (s *Server) handing(w http.ResponseWriter, r *http.Request, who Account, said string, before func(context.Context, colleagueView) error) error {
	ctx := r.Context()
	v, err := s.colleagueOf(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	heir := func() bool { return slices.ContainsFunc(v.Others, func(a Account) bool { return a.ID == v.To }) }
	refuse := func(err error) error {
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("colleague", "route", r.Pattern, "error", err)
		}
		v.Refused = "error." + string(e.Code)
		return s.colleaguePage(w, r, status, who, v)
	}
	v.To = nextup.RecruiterID(r.PostForm.Get("to"))
	if v.Leaves() && !heir() {
		if len(v.Others) == 0 {
			return refuse(ErrLast)
		}
		v.Errors.add("to", "form.error.empty", 0)
		return s.colleaguePage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	if err := before(ctx, v); err != nil {
		return refuse(err)
	}
	if s.Jobs != nil && heir() { // first, so that no more sessions of their days are made for the old owner
		if err := s.Jobs.TransferJobs(ctx, who.Organisation, v.ID, v.To); err != nil {
			return refuse(err)
		}
	}
	owned, err := s.Staff.Owned(ctx, who.Organisation, v.ID) // he may have made one until now
	if err != nil {
		return err
	}
	for _, id := range owned {
		if _, err := s.Sessions.Do(ctx, id, nextup.Order{ID: newCommand(), By: who.by(), Command: nextup.Transfer{To: v.To}}); err != nil {
			// The account is closed and some are handed over; the page offers the rest again.
			now, lookErr := s.colleagueOf(r, who)
			if lookErr != nil {
				return lookErr
			}
			now.To, v = v.To, now
			return refuse(err)
		}
	}
	if v.You { // he has closed his own
		if err := s.recruiting.logins.Destroy(ctx); err != nil {
			return err
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, "/colleagues?done="+said, http.StatusSeeOther)
	return nil
}

// openAccount lets somebody sign in again.
func (s *Server) openAccount(w http.ResponseWriter, r *http.Request, who Account) error {
	v, err := s.colleagueOf(r, who)
	if err != nil {
		return err
	}
	if err := s.Staff.Enable(r.Context(), who.Organisation, v.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/colleagues?done=opened", http.StatusSeeOther)
	return nil
}
