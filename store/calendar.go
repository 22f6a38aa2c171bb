package store

import (
	"crypto/rand"
	"fmt"
	"time"

	"nextup"
)

// What a change does to the calendar entries of those who have a time: their SEQUENCE
// rises, their letters are written and the sessions of their days are behind, all in
// the transaction of the change.

// seated is one appointment that a change concerns.
type seated struct {
	round     nextup.RoundID
	applicant nextup.ApplicantID
	date      string
}

// seatedWhere finds appointments; b is the booking, x its slot.
func (t *tx) seatedWhere(where string, args ...any) ([]seated, error) {
	return all(t, func(row scanner) (s seated, err error) {
		return s, row.Scan(&s.round, &s.applicant, &s.date)
	}, `SELECT b.round, b.applicant, x.date FROM bookings b JOIN slots x ON x.id = b.slot WHERE `+where+` ORDER BY b.round, b.applicant`, args...)
}

// cancel takes appointments away, with letters if notify.
func (t *tx) cancel(at time.Time, by nextup.Role, notify bool, where string, args ...any) error {
	list, err := t.seatedWhere(where, args...)
	if err != nil {
		return err
	}
	for _, s := range list {
		if err := first(
			func() error {
				return t.known(`UPDATE bookings SET was = slot, slot = NULL, seat = NULL, sequence = sequence + 1, at = ?, role = ? WHERE round = ? AND applicant = ?`,
					nanos(at), by, s.round, s.applicant)
			},
			func() error { return t.behind(at, `round = ? AND date = ?`, s.round, s.date) },
			func() error { return t.roundLetter(notify, s.round, s.applicant, nextup.MailUnbooked, "", at) },
		); err != nil {
			return err
		}
	}
	return nil
}

// moved tells appointments that their time or place is another one, with letters if
// notify.
func (t *tx) moved(at time.Time, notify bool, where string, args ...any) error {
	list, err := t.seatedWhere(where, args...)
	if err != nil {
		return err
	}
	for _, s := range list {
		if err := first(
			func() error {
				return t.known(`UPDATE bookings SET sequence = sequence + 1, at = ?, role = 'recruiter' WHERE round = ? AND applicant = ?`,
					nanos(at), s.round, s.applicant)
			},
			func() error { return t.roundLetter(notify, s.round, s.applicant, nextup.MailMoved, "", at) },
		); err != nil {
			return err
		}
	}
	return nil
}

// behind says that the sessions of days do not know yet what was changed.
func (t *tx) behind(at time.Time, where string, args ...any) error {
	_, err := t.exec(`UPDATE days SET behind = iif(revision > settled, behind, ?), revision = revision + 1 WHERE `+where,
		append([]any{nanos(at)}, args...)...)
	if err != nil {
		return fmt.Errorf("store: day: %w", err)
	}
	return nil
}

// behindSlots is behind for the days of slots; "" is none.
func (t *tx) behindSlots(at time.Time, slots ...nextup.SlotID) error {
	for _, id := range slots {
		if err := t.behind(at, `(round, date) IN (SELECT round, date FROM slots WHERE id = ?)`, id); err != nil {
			return err
		}
	}
	return nil
}

// roundLetter puts a letter about a round into its outbox, if one is to be written.
func (t *tx) roundLetter(write bool, round nextup.RoundID, to nextup.ApplicantID, kind nextup.MailKind, message nextup.MessageID, at time.Time) error {
	if !write {
		return nil
	}
	_, err := t.exec(`INSERT INTO round_outbox (round, applicant, kind, message, created, message_id, state, attempts, next, done, cause)
		VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, 0, 0, '')`, round, to, kind, message, nanos(at), rand.Text())
	if err != nil {
		return fmt.Errorf("store: round outbox: %w", err)
	}
	return nil
}
