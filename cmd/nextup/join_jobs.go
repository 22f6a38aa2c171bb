package main

import (
	"context"
	"time"

	"nextup"
	"nextup/store"
	"nextup/transport"
	"nextup/transport/mail"
)

func (r rows) JobsOf(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]transport.JobLine, error) {
	kept, err := r.Store.JobsOf(ctx, o, by)
	lines := make([]transport.JobLine, len(kept))
	for i, l := range kept {
		lines[i] = transport.JobLine(l)
	}
	return lines, err
}

func (r rows) Unsettled(ctx context.Context) ([]transport.UnsettledDay, error) {
	kept, err := r.Store.Unsettled(ctx)
	days := make([]transport.UnsettledDay, len(kept))
	for i, d := range kept {
		days[i] = transport.UnsettledDay(d)
	}
	return days, err
}

func (r rows) RoundPosted(ctx context.Context, id nextup.JobID) ([]transport.RoundPost, error) {
	kept, err := r.Store.RoundPosted(ctx, id)
	posted := make([]transport.RoundPost, len(kept))
	for i, l := range kept {
		posted[i] = transport.RoundPost{Posted: transport.Posted{
			ID: l.ID, Kind: l.Kind, Person: l.Person, Created: l.Created,
			State: transport.PostState(l.State), Attempts: l.Attempts, Next: l.Next, Done: l.Done, Cause: l.Cause,
		}, Round: l.Round, Message: l.Message}
	}
	return posted, err
}

func (r rows) EraseJobContact(ctx context.Context, id nextup.JobID) (transport.Erased, error) {
	e, err := r.Store.EraseJobContact(ctx, id)
	return transport.Erased(e), err
}

func (r rows) EraseJobRecord(ctx context.Context, id nextup.JobID) (transport.Erased, error) {
	e, err := r.Store.EraseJobRecord(ctx, id)
	return transport.Erased(e), err
}

// roundOutbox is where letters about rounds wait, as package mail wants it: the round
// stands for the session, the applicant for the person, the message for the text.
type roundOutbox struct{ *store.Store }

func (o roundOutbox) PendingMail(ctx context.Context, now time.Time, limit int) ([]mail.Pending, error) {
	letters, err := o.PendingRoundMail(ctx, now, limit)
	pending := make([]mail.Pending, len(letters))
	for i, l := range letters {
		pending[i] = mail.Pending{
			ID: l.ID, Session: nextup.SessionID(l.Round), Kind: l.Kind, Person: l.Person, Text: nextup.TextID(l.Message),
			Created: l.Created, MessageID: l.MessageID, Attempts: l.Attempts,
		}
	}
	return pending, err
}

func (o roundOutbox) MailSent(ctx context.Context, id int64, at time.Time) error {
	return o.RoundMailSent(ctx, id, at)
}

func (o roundOutbox) MailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error {
	return o.RoundMailFailed(ctx, id, cause, next, final)
}
