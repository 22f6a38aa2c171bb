package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nextup"
)

// What is erased is gone from the rows; Scrub then takes what is left of it off
// the disk. Events hold identifiers only and stay: without the rows nobody can
// tell whose they were.

// Erased counts rows.
type Erased struct {
	Contacts int // people whose address and telephone went
	People   int // people whose name went
	Texts    int
	Marks    int // ratings and notes
	Letters  int
	Accesses int
}

// Sum is how many rows there were in all.
func (e Erased) Sum() int {
	return e.Contacts + e.People + e.Texts + e.Marks + e.Letters + e.Accesses
}

// step runs a statement and adds the rows it took to a count.
func (t *tx) step(count *int, query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err != nil {
		return fmt.Errorf("store: erase: %w", err)
	}
	*count += int(n)
	return nil
}

// EraseContact erases how a session's candidates could be reached: addresses,
// telephones, needs, links to their applications, and everything about people who
// were invited and never registered.
func (s *Store) EraseContact(ctx context.Context, id nextup.SessionID) (Erased, error) {
	return do(ctx, s.writer, func(t *tx) (e Erased, err error) {
		err = first(
			func() error {
				return t.step(&e.Contacts, `UPDATE people SET email = '', email_key = '', phone = ''
					WHERE session = ? AND role = 'candidate' AND (email <> '' OR phone <> '')`, id)
			},
			func() error {
				return t.step(&e.People, `DELETE FROM people WHERE session = ? AND role NOT IN ('candidate', 'interviewer', 'recruiter')`, id)
			},
			func() error {
				return t.step(&e.Texts, `DELETE FROM texts WHERE session = ? AND (id GLOB 'needs:*' OR id GLOB 'link:*')`, id)
			},
		)
		return e, err
	})
}

// EraseRecord erases everything of a session that names people or was written
// about them. keep are the texts that stay: what the session was.
func (s *Store) EraseRecord(ctx context.Context, id nextup.SessionID, keep ...nextup.TextID) (Erased, error) {
	args := []any{id}
	for _, k := range keep {
		args = append(args, k)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(keep)), ", ")
	var drafts int // what was typed and not published names interviewers
	return do(ctx, s.writer, func(t *tx) (e Erased, err error) {
		err = first(
			func() error { return t.step(&e.People, `DELETE FROM people WHERE session = ?`, id) },
			func() error {
				return t.step(&e.Texts, `DELETE FROM texts WHERE session = ? AND id NOT IN (`+marks+`)`, args...)
			},
			func() error { return t.step(&e.Marks, `DELETE FROM assessments WHERE session = ?`, id) },
			func() error { return t.step(&e.Letters, `DELETE FROM outbox WHERE session = ?`, id) },
			func() error { return t.step(&drafts, `DELETE FROM drafts WHERE session = ?`, id) },
		)
		return e, err
	})
}

// EraseLogs erases what was noted before a time: who looked, and what became of
// letters. Letters that wait to be sent stay. Tickets go when they have expired at
// now, used or not.
func (s *Store) EraseLogs(ctx context.Context, before, now time.Time) (Erased, error) {
	return do(ctx, s.writer, func(t *tx) (e Erased, err error) {
		err = first(
			func() error { return t.step(&e.Accesses, `DELETE FROM accesses WHERE at < ?`, nanos(before)) },
			func() error {
				return t.step(&e.Letters, `DELETE FROM outbox WHERE state <> 'pending' AND done < ?`, nanos(before))
			},
			func() error {
				return t.step(&e.Letters, `DELETE FROM round_outbox WHERE state <> 'pending' AND done < ?`, nanos(before))
			},
			func() error { return t.step(&e.Letters, `DELETE FROM tickets WHERE expires <= ?`, nanos(now)) },
		)
		return e, err
	})
}

// unsay erases what interviewers wrote about a candidate, and his letters; his own
// row and words go beside it (erasePerson, eraseText). Ratings stay, as numbers of
// nobody: they are part of how a choice was made and go with the record.
func (t *tx) unsay(session nextup.SessionID, id nextup.PersonID) error {
	const offers = `(SELECT json_extract(payload, '$.offer') FROM events
		WHERE stream = ? AND json_extract(payload, '$.candidate') = ? AND json_extract(payload, '$.offer') IS NOT NULL)`
	var n int
	return first(
		func() error {
			return t.step(&n, `UPDATE assessments SET note = '' WHERE session = ? AND note <> '' AND offer IN `+offers, session, session, id)
		},
		func() error { // what such a note was before it was corrected
			return t.step(&n, `UPDATE corrections SET note = '' WHERE session = ? AND note <> '' AND offer IN `+offers, session, session, id)
		},
		func() error { return t.step(&n, `DELETE FROM outbox WHERE session = ? AND person = ?`, session, id) },
	)
}

// first runs steps until one fails.
func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// Naming lists the sessions of an organisation that hold anybody's name, address
// or marks: those that a purge must look at.
func (s *Store) Naming(ctx context.Context, o nextup.OrganisationID) ([]nextup.SessionID, error) {
	return list(ctx, s.read, func(row scanner) (id nextup.SessionID, err error) {
		return id, row.Scan(&id)
	}, `SELECT id FROM sessions s WHERE organisation = ? AND (
			EXISTS (SELECT 1 FROM people WHERE session = s.id)
			OR EXISTS (SELECT 1 FROM assessments WHERE session = s.id)
			OR EXISTS (SELECT 1 FROM outbox WHERE session = s.id))
		ORDER BY created, id`, o)
}

// Receipt is what one purge erased: numbers, no names.
type Receipt struct {
	At       time.Time
	Sessions int // that something was erased of
	Jobs     int // likewise
	Erased
}

// SaveReceipt keeps a purge's receipt.
func (s *Store) SaveReceipt(ctx context.Context, r Receipt) error {
	return change(ctx, s.writer, func(t *tx) error {
		_, err := t.exec(`INSERT INTO receipts (at, sessions, jobs, contacts, people, texts, marks, letters, accesses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			nanos(r.At), r.Sessions, r.Jobs, r.Contacts, r.People, r.Texts, r.Marks, r.Letters, r.Accesses)
		if err != nil {
			return fmt.Errorf("store: receipt: %w", err)
		}
		return nil
	})
}

// Receipts lists the newest receipts first, at most limit.
func (s *Store) Receipts(ctx context.Context, limit int) ([]Receipt, error) {
	return list(ctx, s.read, func(row scanner) (r Receipt, err error) {
		var at int64
		err = row.Scan(&at, &r.Sessions, &r.Jobs, &r.Contacts, &r.People, &r.Texts, &r.Marks, &r.Letters, &r.Accesses)
		r.At = instant(at)
		return r, err
	}, `SELECT at, sessions, jobs, contacts, people, texts, marks, letters, accesses FROM receipts ORDER BY at DESC, id DESC LIMIT ?`, limit)
}
