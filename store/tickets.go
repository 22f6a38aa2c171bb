package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"nextup"
)

// TicketKind says what a link that works once is for.
type TicketKind string

// The kinds.
const (
	TicketJoin   TicketKind = "join"   // to open an account
	TicketKnown  TicketKind = "known"  // an invitation to an address that has an account: a letter that says so
	TicketReset  TicketKind = "reset"  // to choose a new password
	TicketNobody TicketKind = "nobody" // a reset for an address without an account: as much work, and no letter
)

// Ticket is one link by letter.
type Ticket struct {
	ID           string // the link is derived from it
	Kind         TicketKind
	Organisation nextup.OrganisationID
	Asker        nextup.RecruiterID // who invites
	Recruiter    nextup.RecruiterID // whose account it is about; "" while there is none
	Email        string
	Language     string
	Created      time.Time
	Expires      time.Time
	Used         time.Time // or taken back; zero: not yet
}

// lettersADay is how many letters of one kind an address gets in 24 hours.
const lettersADay = 3

// ErrTooMany says that an address has had its letters for today.
var ErrTooMany = fmt.Errorf("store: too many letters to this address")

const ticketColumns = `id, kind, organisation, asker, recruiter, email, language, created, expires, used`

func readTicket(row scanner) (x Ticket, err error) {
	var created, expires, used int64
	err = row.Scan(&x.ID, &x.Kind, &x.Organisation, &x.Asker, &x.Recruiter, &x.Email, &x.Language, &created, &expires, &used)
	x.Created, x.Expires, x.Used = instant(created), instant(expires), instant(used)
	return x, err
}

// Invite asks for a letter to somebody who shall have an account. An address that
// has one gets another letter and nothing changes; whoever invites cannot tell. An
// older invitation to the same address is taken back. ErrTooMany: not today.
func (s *Store) Invite(ctx context.Context, x Ticket) error {
	key := emailKey(x.Email)
	return change(ctx, s.writer, func(t *tx) error {
		var sent int
		if _, err := t.row(`SELECT count(*) FROM tickets WHERE email_key = ? AND kind IN ('join', 'known') AND created > ?`,
			[]any{key, nanos(x.Created.Add(-24 * time.Hour))}, &sent); err != nil {
			return fmt.Errorf("store: invite: %w", err)
		}
		if sent >= lettersADay {
			return ErrTooMany
		}
		x.Kind, x.Recruiter = TicketJoin, ""
		known, err := t.row(`SELECT id FROM recruiters WHERE email_key = ?`, []any{key}, &x.Recruiter)
		if err != nil {
			return fmt.Errorf("store: invite: %w", err)
		}
		if known {
			x.Kind = TicketKnown
		}
		if _, err := t.exec(`UPDATE tickets SET used = ? WHERE email_key = ? AND organisation = ? AND kind IN ('join', 'known') AND used = 0`,
			nanos(x.Created), key, x.Organisation); err != nil {
			return fmt.Errorf("store: invite: %w", err)
		}
		return t.ticket(x, MailPending)
	})
}

// AskReset asks for a letter with a new-password link, if the address has an
// account that is not disabled. If not, as much is written, with nobody in it.
func (s *Store) AskReset(ctx context.Context, x Ticket) error {
	key := emailKey(x.Email)
	return change(ctx, s.writer, func(t *tx) error {
		x.Kind, x.Recruiter, x.Email = TicketNobody, "", ""
		var sent int
		known, err := t.row(`SELECT r.id, r.language, (SELECT count(*) FROM tickets WHERE recruiter = r.id AND kind = 'reset' AND created > ?)
			FROM recruiters r WHERE r.email_key = ? AND r.disabled = 0`,
			[]any{nanos(x.Created.Add(-24 * time.Hour)), key}, &x.Recruiter, &x.Language, &sent)
		if err != nil {
			return fmt.Errorf("store: reset: %w", err)
		}
		if known && sent < lettersADay {
			x.Kind = TicketReset
			return t.ticket(x, MailPending)
		}
		x.Recruiter, x.Language = "", ""
		return t.ticket(x, MailFailed)
	})
}

// ticket keeps a ticket and its letter.
func (t *tx) ticket(x Ticket, state MailState) error {
	_, err := t.exec(`INSERT INTO tickets (id, kind, organisation, asker, recruiter, email, email_key, language, created, expires, used)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		x.ID, x.Kind, x.Organisation, x.Asker, x.Recruiter, x.Email, emailKey(x.Email), x.Language, nanos(x.Created), nanos(x.Expires))
	if err == nil {
		_, err = t.exec(`INSERT INTO account_outbox (ticket, created, message_id, state, attempts, next, done, cause) VALUES (?, ?, ?, ?, 0, 0, 0, '')`,
			x.ID, nanos(x.Created), rand.Text(), state)
	}
	if err != nil {
		return fmt.Errorf("store: ticket: %w", err)
	}
	return nil
}

// Ticket finds a ticket that still works: not used and not expired.
func (s *Store) Ticket(ctx context.Context, id string) (Ticket, bool, error) {
	all, err := list(ctx, s.read, readTicket, `SELECT `+ticketColumns+` FROM tickets WHERE id = ? AND used = 0 AND expires > ?`, id, nanos(s.now()))
	if err != nil || len(all) == 0 {
		return Ticket{}, false, err
	}
	return all[0], true, nil
}

// Invited is an invitation that has not been taken up, with what became of its letter.
type Invited struct {
	Ticket
	State    MailState
	Attempts int
	Done     time.Time
	Cause    string
}

// Invitations lists an organisation's invitations that still work, the newest first.
func (s *Store) Invitations(ctx context.Context, o nextup.OrganisationID) ([]Invited, error) {
	return list(ctx, s.read, func(row scanner) (x Invited, err error) {
		var created, expires, used, done int64
		err = row.Scan(&x.ID, &x.Kind, &x.Organisation, &x.Asker, &x.Recruiter, &x.Email, &x.Language, &created, &expires, &used,
			&x.State, &x.Attempts, &done, &x.Cause)
		x.Created, x.Expires, x.Used, x.Done = instant(created), instant(expires), instant(used), instant(done)
		return x, err
	}, `SELECT x.id, x.kind, x.organisation, x.asker, x.recruiter, x.email, x.language, x.created, x.expires, x.used, b.state, b.attempts, b.done, b.cause
		FROM tickets x JOIN account_outbox b ON b.ticket = x.id
		WHERE x.organisation = ? AND x.kind IN ('join', 'known') AND x.used = 0 AND x.expires > ? ORDER BY x.created DESC, x.id`, o, nanos(s.now()))
}

// TakeBack makes an invitation's link dead. One that is not there is no error.
func (s *Store) TakeBack(ctx context.Context, o nextup.OrganisationID, id string) error {
	now := nanos(s.now())
	return change(ctx, s.writer, func(t *tx) error {
		_, err := t.exec(`UPDATE tickets SET used = ?, email = '', email_key = '' WHERE id = ? AND organisation = ? AND kind IN ('join', 'known') AND used = 0`, now, id, o)
		if err != nil {
			return fmt.Errorf("store: take back: %w", err)
		}
		return nil
	})
}

// Join uses an invitation up and makes the account, both or neither. The address
// and the organisation are the invitation's. ErrUnknown: it does not work any
// more. ErrTaken: the address has got an account meanwhile.
func (s *Store) Join(ctx context.Context, ticket string, r Recruiter) (Recruiter, error) {
	now := nanos(s.now())
	return do(ctx, s.writer, func(t *tx) (Recruiter, error) {
		there, err := t.row(`SELECT organisation, email FROM tickets WHERE id = ? AND kind = 'join' AND used = 0 AND expires > ?`,
			[]any{ticket, now}, &r.Organisation, &r.Email)
		switch {
		case err != nil:
			return Recruiter{}, fmt.Errorf("store: join: %w", err)
		case !there:
			return Recruiter{}, ErrUnknown
		}
		// The address is the account's from now on.
		if _, err := t.exec(`UPDATE tickets SET used = ?, email = '', email_key = '' WHERE id = ?`, now, ticket); err != nil {
			return Recruiter{}, fmt.Errorf("store: join: %w", err)
		}
		return r, t.recruiter(r)
	})
}

// Reset uses a new-password link up, keeps the password's hash and ends all logins
// of the account. ErrUnknown: the link does not work any more.
func (s *Store) Reset(ctx context.Context, ticket, hash string) (Recruiter, error) {
	now := nanos(s.now())
	return do(ctx, s.writer, func(t *tx) (r Recruiter, err error) {
		there, err := t.row(`SELECT r.id FROM tickets x JOIN recruiters r ON r.id = x.recruiter
			WHERE x.id = ? AND x.kind = 'reset' AND x.used = 0 AND x.expires > ? AND r.disabled = 0`, []any{ticket, now}, &r.ID)
		switch {
		case err != nil:
			return Recruiter{}, fmt.Errorf("store: reset: %w", err)
		case !there:
			return Recruiter{}, ErrUnknown
		}
		// Other links to the same account die too.
		if _, err = t.exec(`UPDATE tickets SET used = ? WHERE recruiter = ? AND kind = 'reset' AND used = 0`, now, r.ID); err != nil {
			return Recruiter{}, fmt.Errorf("store: reset: %w", err)
		}
		return t.password(r.ID, hash)
	})
}

// PendingAccountMail lists letters about accounts whose time has come at now. The
// letter's Person is its ticket.
func (s *Store) PendingAccountMail(ctx context.Context, now time.Time, limit int) ([]OutboxRow, error) {
	return list(ctx, s.read, func(row scanner) (r OutboxRow, err error) {
		var created int64
		err = row.Scan(&r.ID, &r.Kind, &r.Person, &created, &r.MessageID, &r.Attempts)
		r.Created, r.State = instant(created), MailPending
		return r, err
	}, `SELECT b.id, x.kind, x.id, b.created, b.message_id, b.attempts FROM account_outbox b JOIN tickets x ON x.id = b.ticket
		WHERE b.state = 'pending' AND b.next <= ? ORDER BY b.next, b.id LIMIT ?`, nanos(now), limit)
}

// AccountMailSent says that a letter was handed over. One whose ticket has gone
// meanwhile is no error.
func (s *Store) AccountMailSent(ctx context.Context, id int64, at time.Time) error {
	return s.accountMail(ctx, `UPDATE account_outbox SET state = 'sent', attempts = attempts + 1, done = ?, cause = '' WHERE id = ? AND state <> 'sent'`, nanos(at), id)
}

// AccountMailFailed is MailFailed for letters about accounts.
func (s *Store) AccountMailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error {
	if final {
		return s.accountMail(ctx, `UPDATE account_outbox SET state = 'failed', attempts = attempts + 1, cause = ?, done = ? WHERE id = ? AND state = 'pending'`, cause, nanos(next), id)
	}
	return s.accountMail(ctx, `UPDATE account_outbox SET attempts = attempts + 1, cause = ?, next = ? WHERE id = ? AND state = 'pending'`, cause, nanos(next), id)
}

func (s *Store) accountMail(ctx context.Context, update string, args ...any) error {
	return change(ctx, s.writer, func(t *tx) error {
		if _, err := t.exec(update, args...); err != nil {
			return fmt.Errorf("store: account outbox: %w", err)
		}
		return nil
	})
}
