package transport

import (
	"context"
	"net/http"
	"strings"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// ResetTime is how long a link to a new password works.
const ResetTime = time.Hour

// ticketLink is where a letter about an account leads. The link is derived from
// the ticket's ID with the key and is in no database.
func (s *Server) ticketLink(t Ticket) string {
	switch t.Kind {
	case TicketJoin:
		return s.links.base + "/join/" + s.links.seal("join", t.ID)
	case TicketReset:
		return s.links.base + "/reset/" + s.links.seal("reset", t.ID)
	}
	return s.links.base + "/sign-in"
}

// ticketOf finds the ticket of a link. A link that was never made is the neutral
// 404; one that was and is dead says so to whoever has it.
func (s *Server) ticketOf(r *http.Request, kind TicketKind) (Ticket, error) {
	parts, err := s.links.open(r.PathValue("token"), string(kind), 1)
	if err != nil {
		return Ticket{}, err
	}
	if s.Staff == nil {
		return Ticket{}, nextup.Refuse(nextup.CodeUnknown)
	}
	t, ok, err := s.Staff.Ticket(r.Context(), parts[0])
	switch {
	case err != nil:
		return Ticket{}, err
	case !ok || t.Kind != kind:
		return Ticket{}, ErrUsed
	}
	return t, nil
}

// accountLetters is a Server as the delivery of letters about accounts sees it.
type accountLetters struct{ s *Server }

// AccountLetters looks up what letters about accounts say.
func (s *Server) AccountLetters() mail.Letters { return accountLetters{s} }

// Letter implements mail.Letters; the letter's Person is a ticket.
func (a accountLetters) Letter(ctx context.Context, _ nextup.SessionID, m nextup.Mail) (mail.Letter, error) {
	t, ok, err := a.s.Staff.Ticket(ctx, string(m.Person))
	switch {
	case err != nil:
		return mail.Letter{}, err
	case !ok:
		return mail.Letter{}, mail.ErrOutdated
	}
	return a.s.accountLetter(ctx, t)
}

// accountLetter writes a letter from the rows as they are now.
func (s *Server) accountLetter(ctx context.Context, t Ticket) (mail.Letter, error) {
	l := mail.Letter{To: t.Email, Language: t.Language, Link: s.ticketLink(t), Support: s.supportLine(t.Language)}
	organisation := t.Organisation
	if t.Asker != "" {
		asker, ok, err := s.Office.Account(ctx, t.Asker)
		if err != nil {
			return mail.Letter{}, err
		}
		if !ok || asker.Disabled {
			return mail.Letter{}, mail.ErrOutdated // nobody invites for somebody who has left
		}
		l.Host, l.ReplyTo = asker.Name, asker.Email
	}
	switch t.Kind {
	case TicketJoin:
		l.Kind = mail.AccountJoin
	case TicketKnown, TicketReset:
		l.Kind = mail.AccountKnown
		a, ok, err := s.Office.Account(ctx, t.Recruiter)
		if err != nil {
			return mail.Letter{}, err
		}
		if !ok {
			return mail.Letter{}, mail.ErrOutdated
		}
		if t.Kind == TicketReset {
			l.Kind, organisation = mail.AccountReset, a.Organisation
			l.To, l.Name, l.Language = a.Email, a.Name, a.Language
			l.Support = s.supportLine(a.Language)
		}
	default:
		return mail.Letter{}, mail.ErrOutdated
	}
	var err error
	l.Organisation, err = s.Store.OrganisationName(ctx, organisation)
	return l, err
}

// forgotView is what forgot.html shows.
type forgotView struct {
	Email  string
	Errors faults
	Many   bool
	Sent   bool
	SMTP   bool
}

// Fault is a field's fault for the page.
func (v forgotView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

func (s *Server) forgot(w http.ResponseWriter, r *http.Request) error {
	if s.Staff == nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return s.render(w, r, http.StatusOK, "forgot.html", Page{View: forgotView{SMTP: s.SMTP}})
}

// askReset sends a link to a new password. The answer is the same whether the
// address has an account or not, and so is what is done: one write.
func (s *Server) askReset(w http.ResponseWriter, r *http.Request) error {
	if s.Staff == nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := forgotView{Email: strings.TrimSpace(clip(r.PostForm.Get("email"), 300)), Errors: faults{}, SMTP: s.SMTP}
	page := func(status int) error {
		return s.render(w, r, status, "forgot.html", Page{Path: "/forgot", View: v})
	}
	email, err := mail.ParseAddress(v.Email)
	if err != nil {
		v.Errors.add("email", "form.error.email", 0)
		return page(http.StatusUnprocessableEntity)
	}
	now := s.Now()
	if !s.limits.login.allow(s.client(r), now) || !s.recruiting.asks.allow(email, now) {
		v.Many = true
		w.Header().Set("Retry-After", "30")
		return page(http.StatusTooManyRequests)
	}
	if err := s.Staff.AskReset(r.Context(), Ticket{ID: NewID(), Email: email, Created: now, Expires: now.Add(ResetTime)}); err != nil {
		return err
	}
	v.Sent = true
	return page(http.StatusOK)
}

// newPasswordView is what reset.html and join.html show.
type newPasswordView struct {
	Organisation string
	Email        string
	Name         string
	Errors       faults
	Min          int // characters
}

// Fault is a field's fault for the page.
func (v newPasswordView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

// resetForm shows the form; opening the link does not use it up.
func (s *Server) resetForm(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.ticketOf(r, TicketReset); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "reset.html", Page{View: newPasswordView{Min: minPassword}})
}

// reset keeps the new password, ends all logins and signs in here.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) error {
	if !s.limits.login.allow(s.client(r), s.Now()) {
		return nextup.Refuse(nextup.CodeTooMany)
	}
	t, err := s.ticketOf(r, TicketReset)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := newPasswordView{Errors: faults{}, Min: minPassword}
	v.Errors.password("password", r.PostForm.Get("password"))
	if len(v.Errors) > 0 {
		return s.render(w, r, http.StatusUnprocessableEntity, "reset.html", Page{View: v})
	}
	hash, err := s.recruiting.hashing.hash(r.Context(), r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	who, err := s.Staff.Reset(r.Context(), t.ID, hash)
	if err != nil {
		return err
	}
	s.recruiting.guesses.forget(who.Email)
	return s.letRecruiterIn(w, r, who, "/sessions")
}

// joinForm shows the form; opening the link does not use it up.
func (s *Server) joinForm(w http.ResponseWriter, r *http.Request) error {
	return s.joinPage(w, r, http.StatusOK, newPasswordView{})
}

func (s *Server) joinPage(w http.ResponseWriter, r *http.Request, status int, v newPasswordView) error {
	t, err := s.ticketOf(r, TicketJoin)
	if err != nil {
		return err
	}
	v.Email, v.Min = t.Email, minPassword
	if v.Organisation, err = s.Store.OrganisationName(r.Context(), t.Organisation); err != nil {
		return err
	}
	return s.render(w, r, status, "join.html", Page{Lang: t.Language, View: v})
}

// join makes the account and signs in.
func (s *Server) join(w http.ResponseWriter, r *http.Request) error {
	if !s.limits.login.allow(s.client(r), s.Now()) {
		return nextup.Refuse(nextup.CodeTooMany)
	}
	t, err := s.ticketOf(r, TicketJoin)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := newPasswordView{Errors: faults{}}
	v.Name = v.Errors.line("name", r.PostForm.Get("name"), maxName, true)
	v.Errors.password("password", r.PostForm.Get("password"))
	if len(v.Errors) > 0 {
		return s.joinPage(w, r, http.StatusUnprocessableEntity, v)
	}
	hash, err := s.recruiting.hashing.hash(r.Context(), r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	who, err := s.Staff.Join(r.Context(), t.ID, Account{
		ID: nextup.RecruiterID(NewID()), Name: v.Name, Language: s.language(r, t.Language), PasswordHash: hash,
	})
	if err != nil {
		return err
	}
	return s.letRecruiterIn(w, r, who, "/sessions")
}
