package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
)

// Send keeps messages for the applicants' pages and their letters, and notes the
// invitation or the reminder. All or none: CodeNotOffered, somebody is not in the round;
// CodeRoundClosed: the round or its job is closed, nobody could choose.
func (s *Store) Send(ctx context.Context, list []nextup.Message) error {
	return change(ctx, s.writer, func(t *tx) error {
		for _, m := range list {
			if err := t.send(m); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) send(m nextup.Message) error {
	shut, err := t.row(`SELECT 1 FROM rounds r JOIN jobs j ON j.id = r.job WHERE r.id = ? AND r.closed + j.closed <> 0`, []any{m.Round}, new(int))
	switch {
	case err != nil:
		return fmt.Errorf("store: send: %w", err)
	case shut:
		return nextup.Refuse(nextup.CodeRoundClosed)
	}
	// Whoever was invited already is reminded, whatever the message calls itself. He is
	// asked anew, so that an older "none fits" is not his answer to it; nor, if he has
	// lost his time since he was last asked, is that he was on his page before.
	n, err := t.exec(`UPDATE entries SET reminded = iif(invited > 0 OR ?1 = 'choose_again', ?2, reminded), invited = iif(invited = 0, ?2, invited), none_fits = 0,
			opened = iif(EXISTS (SELECT 1 FROM bookings b WHERE b.round = ?3 AND b.applicant = ?4 AND b.slot IS NULL AND b.at >= max(added, invited, reminded)), 0, opened)
		WHERE round = ?3 AND applicant = ?4 AND departed = 0 AND EXISTS (SELECT 1 FROM applicants a WHERE a.id = ?4 AND a.removed = 0)`,
		m.Kind, nanos(m.At), m.Round, m.Applicant)
	switch {
	case err != nil:
		return fmt.Errorf("store: send: %w", err)
	case n == 0:
		return nextup.Refuse(nextup.CodeNotOffered)
	}
	if _, err := t.exec(`INSERT INTO messages (id, round, applicant, kind, subject, body, language, at, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, m.Round, m.Applicant, m.Kind, m.Subject, m.Body, m.Language, nanos(m.At), m.By); err != nil {
		return fmt.Errorf("store: send: %w", err)
	}
	return t.roundLetter(true, m.Round, m.Applicant, m.Kind, m.ID, m.At)
}

// Repeat writes the letter of the applicant's present state again: his booking, or his
// latest message, or that his time is gone. CodeTooMany: three of a kind a day.
// CodeNotOffered: not in the round, or nothing was ever written to him.
func (s *Store) Repeat(ctx context.Context, round nextup.RoundID, who nextup.ApplicantID, at time.Time) error {
	return change(ctx, s.writer, func(t *tx) error {
		kind, message, err := t.present(round, who)
		if err != nil {
			return err
		}
		var sent int
		if _, err := t.row(`SELECT count(*) FROM round_outbox WHERE round = ? AND applicant = ? AND kind = ? AND created > ?`,
			[]any{round, who, kind, nanos(at.Add(-24 * time.Hour))}, &sent); err != nil {
			return fmt.Errorf("store: repeat: %w", err)
		}
		if sent >= lettersADay {
			return nextup.Refuse(nextup.CodeTooMany)
		}
		return t.roundLetter(true, round, who, kind, message, at)
	})
}

// present is the letter that says how it stands with an applicant now.
func (t *tx) present(round nextup.RoundID, who nextup.ApplicantID) (kind nextup.MailKind, message nextup.MessageID, err error) {
	var slot, was nextup.SlotID
	in, err := t.row(`SELECT coalesce(b.slot, ''), coalesce(b.was, '') FROM entries e JOIN applicants a ON a.id = e.applicant AND a.removed = 0
		LEFT JOIN bookings b ON b.round = e.round AND b.applicant = e.applicant
		WHERE e.round = ? AND e.applicant = ? AND e.departed = 0`, []any{round, who}, &slot, &was)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("store: repeat: %w", err)
	case !in:
		return "", "", nextup.Refuse(nextup.CodeNotOffered)
	case slot != "":
		return nextup.MailBooked, "", nil
	}
	there, err := t.row(`SELECT kind, id FROM messages WHERE round = ? AND applicant = ? ORDER BY at DESC, rowid DESC LIMIT 1`, []any{round, who}, &kind, &message)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("store: repeat: %w", err)
	case there:
		return kind, message, nil
	case was != "":
		return nextup.MailUnbooked, "", nil
	}
	return "", "", nextup.Refuse(nextup.CodeNotOffered)
}

// RoundPost is one letter about a round. Person of the row is the applicant, Session
// and Text are empty.
type RoundPost struct {
	OutboxRow
	Round   nextup.RoundID
	Message nextup.MessageID // the message it carries; "" none
}

const roundPostColumns = `o.id, o.round, o.applicant, o.kind, o.message, o.created, o.message_id, o.state, o.attempts, o.next, o.done, o.cause`

func readRoundPost(row scanner) (p RoundPost, err error) {
	var created, next, done int64
	err = row.Scan(&p.ID, &p.Round, &p.Person, &p.Kind, &p.Message, &created, &p.MessageID, &p.State, &p.Attempts, &next, &done, &p.Cause)
	p.Created, p.Next, p.Done = instant(created), instant(next), instant(done)
	return p, err
}

// RoundPosted lists the letters about a job's rounds, the newest first.
func (s *Store) RoundPosted(ctx context.Context, id nextup.JobID) ([]RoundPost, error) {
	return list(ctx, s.read, readRoundPost, `SELECT `+roundPostColumns+` FROM round_outbox o JOIN rounds r ON r.id = o.round
		WHERE r.job = ? ORDER BY o.id DESC`, id)
}

// PendingRoundMail lists letters about rounds whose time has come at now, the longest
// due first.
func (s *Store) PendingRoundMail(ctx context.Context, now time.Time, limit int) ([]RoundPost, error) {
	return list(ctx, s.read, readRoundPost, `SELECT `+roundPostColumns+` FROM round_outbox o
		WHERE o.state = 'pending' AND o.next <= ? ORDER BY o.next, o.id LIMIT ?`, nanos(now), limit)
}

// RoundMailSent says that a letter was handed over. One that has gone meanwhile, with
// the applicant it was to, is no error.
func (s *Store) RoundMailSent(ctx context.Context, id int64, at time.Time) error {
	return s.accountMail(ctx, `UPDATE round_outbox SET state = 'sent', attempts = attempts + 1, done = ?, cause = '' WHERE id = ? AND state <> 'sent'`, nanos(at), id)
}

// RoundMailFailed is MailFailed for letters about rounds.
func (s *Store) RoundMailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error {
	if final {
		return s.accountMail(ctx, `UPDATE round_outbox SET state = 'failed', attempts = attempts + 1, cause = ?, done = ? WHERE id = ? AND state = 'pending'`, cause, nanos(next), id)
	}
	return s.accountMail(ctx, `UPDATE round_outbox SET attempts = attempts + 1, cause = ?, next = ? WHERE id = ? AND state = 'pending'`, cause, nanos(next), id)
}
