package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nextup"
)

// MailState is what has become of a letter.
type MailState string

// The states. A failed letter is not tried again.
const (
	MailPending MailState = "pending"
	MailSent    MailState = "sent"
	MailFailed  MailState = "failed"
)

// OutboxRow is one letter to be sent, or sent. Its words are made from the
// session's rows each time.
type OutboxRow struct {
	ID        int64 // in the order of writing
	Session   nextup.SessionID
	Kind      nextup.MailKind
	Person    nextup.PersonID
	Text      nextup.TextID // the recruiter's words in it; "" none
	Created   time.Time
	MessageID string // random and the same at each attempt; the part before the @
	State     MailState
	Attempts  int       // ended ones
	Next      time.Time // not before; zero: at once
	Done      time.Time // when sent or given up; zero while pending
	Cause     string    // why the last attempt failed, without personal data
}

const outboxColumns = `id, session, kind, person, text, created, message_id, state, attempts, next, done, cause`

func readOutbox(row scanner) (r OutboxRow, err error) {
	var created, next, done int64
	err = row.Scan(&r.ID, &r.Session, &r.Kind, &r.Person, &r.Text, &created, &r.MessageID, &r.State, &r.Attempts, &next, &done, &r.Cause)
	r.Created, r.Next, r.Done = instant(created), instant(next), instant(done)
	return r, err
}

// PendingMail lists letters whose time has come at now, the longest due first.
func (s *Store) PendingMail(ctx context.Context, now time.Time, limit int) ([]OutboxRow, error) {
	return list(ctx, s.read, readOutbox, `SELECT `+outboxColumns+` FROM outbox
		WHERE state = 'pending' AND next <= ? ORDER BY next, id LIMIT ?`, nanos(now), limit)
}

// MailSent says that a letter was handed over. ErrUnknown: no such letter.
func (s *Store) MailSent(ctx context.Context, id int64, at time.Time) error {
	return s.mail(ctx, `UPDATE outbox SET state = 'sent', attempts = attempts + 1, done = ?, cause = '' WHERE id = ? AND state <> 'sent'`, nanos(at), id)
}

// MailFailed says why an attempt failed; cause must not hold personal data (a
// server's answer often repeats the address). The letter is tried again at next,
// or given up at that time if final. A letter that is sent or given up stays as
// it is. ErrUnknown: no such letter.
func (s *Store) MailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error {
	if final {
		return s.mail(ctx, `UPDATE outbox SET state = 'failed', attempts = attempts + 1, cause = ?, done = ? WHERE id = ? AND state = 'pending'`, cause, nanos(next), id)
	}
	return s.mail(ctx, `UPDATE outbox SET attempts = attempts + 1, cause = ?, next = ? WHERE id = ? AND state = 'pending'`, cause, nanos(next), id)
}

// mail runs an update whose last argument is the letter's ID.
func (s *Store) mail(ctx context.Context, update string, args ...any) error {
	return change(ctx, s.writer, func(t *tx) error {
		n, err := t.exec(update, args...)
		if err != nil {
			return fmt.Errorf("store: outbox: %w", err)
		}
		if n > 0 {
			return nil
		}
		var one int
		there, err := t.row(`SELECT 1 FROM outbox WHERE id = ?`, args[len(args)-1:], &one)
		switch {
		case err != nil:
			return fmt.Errorf("store: outbox: %w", err)
		case !there:
			return ErrUnknown
		}
		return nil
	})
}

// Outbox lists all letters of these sessions, the newest first; of no sessions,
// none.
func (s *Store) Outbox(ctx context.Context, sessions ...nextup.SessionID) ([]OutboxRow, error) {
	if len(sessions) == 0 {
		return nil, nil
	}
	args := make([]any, len(sessions))
	for i, id := range sessions {
		args[i] = id
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")
	return list(ctx, s.read, readOutbox, `SELECT `+outboxColumns+` FROM outbox WHERE session IN (`+marks+`) ORDER BY id DESC`, args...)
}

// letter puts one letter into the outbox.
func (t *tx) letter(session nextup.SessionID, m nextup.Mail, messageID string, now time.Time) error {
	_, err := t.exec(`INSERT INTO outbox (session, kind, person, text, created, message_id, state, attempts, next, done, cause)
		VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, 0, 0, '')`, session, m.Kind, m.Person, m.Text, nanos(now), messageID)
	if err != nil {
		return fmt.Errorf("store: outbox: %w", err)
	}
	return nil
}
