package main

import (
	"context"
	"errors"
	"time"

	"nextup"
	"nextup/store"
	"nextup/transport"
	"nextup/transport/mail"
)

// staffError makes a word of package transport of what the store refuses.
func staffError(err error) error {
	switch {
	case errors.Is(err, store.ErrLast):
		return transport.ErrLast
	case errors.Is(err, store.ErrTaken):
		return transport.ErrAccountTaken
	case errors.Is(err, store.ErrTooMany):
		return nextup.Refuse(nextup.CodeTooMany)
	case errors.Is(err, store.ErrUnknown):
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return err
}

// usedError is staffError where a missing row is a dead link.
func usedError(err error) error {
	if errors.Is(err, store.ErrUnknown) {
		return transport.ErrUsed
	}
	return staffError(err)
}

func (r rows) Organisation(ctx context.Context, id nextup.OrganisationID) (transport.Organisation, error) {
	o, err := r.Store.Organisation(ctx, id)
	return transport.Organisation(o), staffError(err)
}

func (r rows) SaveOrganisation(ctx context.Context, o transport.Organisation) error {
	return staffError(r.Store.SaveOrganisation(ctx, store.Organisation(o)))
}

func (r rows) Recruiters(ctx context.Context, o nextup.OrganisationID) ([]transport.Account, error) {
	kept, err := r.Store.Recruiters(ctx, o)
	all := make([]transport.Account, len(kept))
	for i, a := range kept {
		all[i] = transport.Account(a)
	}
	return all, err
}

func (r rows) Owned(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]nextup.SessionID, error) {
	all, err := r.Sessions(ctx, o)
	var own []nextup.SessionID
	for _, s := range all {
		if s.Owner == by {
			own = append(own, s.ID)
		}
	}
	return own, err
}

func (r rows) SetPassword(ctx context.Context, id nextup.RecruiterID, hash string) (transport.Account, error) {
	a, err := r.Store.SetPassword(ctx, id, hash)
	return transport.Account(a), staffError(err)
}

func (r rows) EndLogins(ctx context.Context, id nextup.RecruiterID) (transport.Account, error) {
	a, err := r.Store.EndLogins(ctx, id)
	return transport.Account(a), staffError(err)
}

func (r rows) Disable(ctx context.Context, o nextup.OrganisationID, id nextup.RecruiterID) error {
	return staffError(r.Store.Disable(ctx, o, id))
}

func (r rows) Enable(ctx context.Context, o nextup.OrganisationID, id nextup.RecruiterID) error {
	return staffError(r.Store.Enable(ctx, o, id))
}

func keptTicket(t transport.Ticket) store.Ticket {
	return store.Ticket{
		ID: t.ID, Kind: store.TicketKind(t.Kind), Organisation: t.Organisation, Asker: t.Asker, Recruiter: t.Recruiter,
		Email: t.Email, Language: t.Language, Created: t.Created, Expires: t.Expires,
	}
}

func shownTicket(t store.Ticket) transport.Ticket {
	return transport.Ticket{
		ID: t.ID, Kind: transport.TicketKind(t.Kind), Organisation: t.Organisation, Asker: t.Asker, Recruiter: t.Recruiter,
		Email: t.Email, Language: t.Language, Created: t.Created, Expires: t.Expires,
	}
}

func (r rows) Invite(ctx context.Context, t transport.Ticket) error {
	return staffError(r.Store.Invite(ctx, keptTicket(t)))
}

func (r rows) AskReset(ctx context.Context, t transport.Ticket) error {
	return r.Store.AskReset(ctx, keptTicket(t))
}

func (r rows) Ticket(ctx context.Context, id string) (transport.Ticket, bool, error) {
	t, ok, err := r.Store.Ticket(ctx, id)
	return shownTicket(t), ok, err
}

func (r rows) Invitations(ctx context.Context, o nextup.OrganisationID) ([]transport.Invited, error) {
	kept, err := r.Store.Invitations(ctx, o)
	all := make([]transport.Invited, len(kept))
	for i, x := range kept {
		all[i] = transport.Invited{Ticket: shownTicket(x.Ticket), State: transport.PostState(x.State), Attempts: x.Attempts, Done: x.Done, Cause: x.Cause}
	}
	return all, err
}

func (r rows) Join(ctx context.Context, ticket string, a transport.Account) (transport.Account, error) {
	made, err := r.Store.Join(ctx, ticket, store.Recruiter(a))
	return transport.Account(made), usedError(err)
}

func (r rows) Reset(ctx context.Context, ticket, hash string) (transport.Account, error) {
	a, err := r.Store.Reset(ctx, ticket, hash)
	return transport.Account(a), usedError(err)
}

// accountOutbox is where letters about accounts wait, as package mail wants it. It
// is delivered by the same machinery as the sessions' letters.
type accountOutbox struct{ *store.Store }

func (o accountOutbox) PendingMail(ctx context.Context, now time.Time, limit int) ([]mail.Pending, error) {
	letters, err := o.PendingAccountMail(ctx, now, limit)
	pending := make([]mail.Pending, len(letters))
	for i, l := range letters {
		pending[i] = mail.Pending{ID: l.ID, Kind: l.Kind, Person: l.Person, Created: l.Created, MessageID: l.MessageID, Attempts: l.Attempts}
	}
	return pending, err
}

func (o accountOutbox) MailSent(ctx context.Context, id int64, at time.Time) error {
	return o.AccountMailSent(ctx, id, at)
}

func (o accountOutbox) MailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error {
	return o.AccountMailFailed(ctx, id, cause, next, final)
}
