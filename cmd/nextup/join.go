package main

import (
	"context"
	"errors"
	"time"

	"nextup"
	"nextup/media"
	"nextup/store"
	"nextup/transport"
	"nextup/transport/mail"
)

// journal is the store as package actors wants it: what the store refuses
// becomes a word of the root package.
type journal struct{ *store.Store }

func (j journal) Append(ctx context.Context, b nextup.Batch) error {
	err := j.Store.Append(ctx, b)
	switch {
	case errors.Is(err, store.ErrConflict):
		return nextup.ErrConflict
	case errors.Is(err, store.ErrTaken):
		return nextup.Refuse(nextup.CodeTaken)
	}
	return err
}

// rows is the store as package transport wants it.
type rows struct{ *store.Store }

func (r rows) SaveAssessment(ctx context.Context, a nextup.Assessment) (nextup.Assessment, error) {
	kept, err := r.Store.SaveAssessment(ctx, a)
	if errors.Is(err, store.ErrConflict) {
		err = nextup.Refuse(nextup.CodeStale)
	}
	return kept, err
}

func (r rows) CorrectAssessment(ctx context.Context, a nextup.Assessment, at time.Time) (nextup.Assessment, error) {
	kept, err := r.Store.CorrectAssessment(ctx, a, at)
	if errors.Is(err, store.ErrConflict) {
		err = nextup.Refuse(nextup.CodeStale)
	}
	return kept, err
}

func (r rows) UseSetup(ctx context.Context, tokenHash string, o nextup.OrganisationID, name string, first transport.Account) (bool, error) {
	err := r.Store.UseSetup(ctx, tokenHash, o, name, store.Recruiter(first))
	if errors.Is(err, store.ErrSetup) || errors.Is(err, store.ErrFounded) {
		return false, nil
	}
	return err == nil, err
}

func (r rows) AccountByEmail(ctx context.Context, email string) (transport.Account, bool, error) {
	a, ok, err := r.RecruiterByEmail(ctx, email)
	return transport.Account(a), ok, err
}

func (r rows) Account(ctx context.Context, id nextup.RecruiterID) (transport.Account, bool, error) {
	a, ok, err := r.Recruiter(ctx, id)
	return transport.Account(a), ok, err
}

func (r rows) SessionsOf(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]nextup.SessionID, error) {
	all, err := r.Sessions(ctx, o)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	org, err := r.Store.Organisation(ctx, o)
	var own []nextup.SessionID
	for _, s := range all {
		if s.Owner == by || org.Shared {
			own = append(own, s.ID)
		}
	}
	return own, err
}

func (r rows) Posted(ctx context.Context, sessions ...nextup.SessionID) ([]transport.Posted, error) {
	letters, err := r.Outbox(ctx, sessions...)
	posted := make([]transport.Posted, len(letters))
	for i, l := range letters {
		posted[i] = transport.Posted{
			ID: l.ID, Session: l.Session, Kind: l.Kind, Person: l.Person, Text: l.Text, Created: l.Created,
			State: transport.PostState(l.State), Attempts: l.Attempts, Next: l.Next, Done: l.Done, Cause: l.Cause,
		}
	}
	return posted, err
}

func (r rows) Draft(ctx context.Context, id nextup.SessionID) (transport.Draft, bool, error) {
	d, ok, err := r.Store.Draft(ctx, id)
	return transport.Draft(d), ok, err
}

func (r rows) DraftsOf(ctx context.Context, o nextup.OrganisationID) ([]transport.Draft, error) {
	all, err := r.Drafts(ctx, o)
	drafts := make([]transport.Draft, len(all))
	for i, d := range all {
		drafts[i] = transport.Draft(d)
	}
	return drafts, err
}

func (r rows) SaveDraft(ctx context.Context, d transport.Draft) (transport.Draft, error) {
	kept, err := r.Store.SaveDraft(ctx, store.Draft(d))
	if errors.Is(err, store.ErrConflict) {
		err = nextup.Refuse(nextup.CodeStale)
	}
	return transport.Draft(kept), err
}

// sounds is the media server as package transport wants it.
type sounds struct{ *media.Server }

func (s sounds) Answer(ctx context.Context, id nextup.SessionID, p nextup.PersonID, connection, offer string) (string, error) {
	answer, err := s.Server.Answer(ctx, id, p, connection, offer)
	if errors.Is(err, media.ErrOffer) {
		err = nextup.Invalid("sdp")
	}
	return answer, err
}

// outbox is the store as package mail wants it.
type outbox struct{ *store.Store }

func (o outbox) PendingMail(ctx context.Context, now time.Time, limit int) ([]mail.Pending, error) {
	letters, err := o.Store.PendingMail(ctx, now, limit)
	pending := make([]mail.Pending, len(letters))
	for i, l := range letters {
		pending[i] = mail.Pending{
			ID: l.ID, Session: l.Session, Kind: l.Kind, Person: l.Person, Text: l.Text,
			Created: l.Created, MessageID: l.MessageID, Attempts: l.Attempts,
		}
	}
	return pending, err
}
