package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// Load reads a stream from its first event on; it is empty if there is no such session.
func (s *Store) Load(ctx context.Context, id nextup.SessionID) ([]nextup.Recorded, error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT version, at, role, actor, command, name, payload FROM events WHERE stream = ? ORDER BY version`, id)
	if err != nil {
		return nil, fmt.Errorf("store: load: %w", err)
	}
	defer rows.Close()
	var stream []nextup.Recorded
	for rows.Next() {
		var (
			r       nextup.Recorded
			at      int64
			name    string
			payload []byte
		)
		if err := rows.Scan(&r.Version, &at, &r.By.Role, &r.By.ID, &r.Command, &name, &payload); err != nil {
			return nil, fmt.Errorf("store: load: %w", err)
		}
		if r.Version != len(stream)+1 {
			return nil, fmt.Errorf("store: stream %s has a gap before version %d", id, r.Version)
		}
		r.At = instant(at)
		if r.Event, err = decode(name, payload); err != nil {
			return nil, fmt.Errorf("stream %s, version %d: %w", id, r.Version, err)
		}
		stream = append(stream, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: load: %w", err)
	}
	return stream, nil
}

// Append keeps a decision: its events, people, texts and letters and the
// session's next deadline, all or nothing. It returns nil only when they are on
// the disk.
//
// ErrConflict: the stream is not at b.Expected any more. ErrTaken: a person's
// address has a place in this session under another ID. With both nothing was
// written. An error that is ErrUnavailable leaves the outcome open: reload.
//
// The first event of a stream must be Created; it makes the session's row too.
// A batch without events is allowed: it keeps its rows if the version is right.
func (s *Store) Append(ctx context.Context, b nextup.Batch) error {
	lines, err := encodeBatch(b)
	if err != nil {
		return err
	}
	letters := make([]string, len(b.Mails))
	for i := range letters {
		letters[i] = rand.Text()
	}
	now := s.now()
	return change(ctx, s.writer, func(t *tx) error {
		if err := t.head(b); err != nil {
			return err
		}
		for _, line := range lines {
			_, err := t.exec(`INSERT INTO events (stream, version, at, role, actor, command, name, payload)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, line...)
			if sqlite.Unique(err) {
				return ErrConflict
			}
			if err != nil {
				return fmt.Errorf("store: append: %w", err)
			}
		}
		for _, p := range b.People {
			if err := t.person(b.Session, p); err != nil {
				return err
			}
		}
		for _, x := range b.Texts {
			if err := t.text(b.Session, x); err != nil {
				return err
			}
		}
		for _, id := range b.Erased {
			if err := t.erasePerson(b.Session, id); err != nil {
				return err
			}
		}
		for _, id := range b.Unsaid {
			if err := t.eraseText(b.Session, id); err != nil {
				return err
			}
		}
		for i, m := range b.Mails {
			if err := t.letter(b.Session, m, letters[i], now); err != nil {
				return err
			}
		}
		return nil
	})
}

// head checks the fence and sets the session's row.
func (t *tx) head(b nextup.Batch) error {
	var version int
	if _, err := t.row(`SELECT coalesce(max(version), 0) FROM events WHERE stream = ?`, []any{b.Session}, &version); err != nil {
		return fmt.Errorf("store: append: %w", err)
	}
	if version != b.Expected {
		return ErrConflict
	}
	if version == 0 && len(b.Events) > 0 {
		created := b.Events[0].Event.(nextup.Created) // encodeBatch saw to that
		if _, err := t.exec(`INSERT INTO sessions (id, organisation, owner, created) VALUES (?, ?, ?, ?)`,
			b.Session, created.Organisation, created.Owner, nanos(b.Events[0].At)); err != nil {
			return fmt.Errorf("store: append: %w", err)
		}
	}
	for _, r := range b.Events {
		if to, ok := r.Event.(nextup.Transferred); ok {
			if _, err := t.exec(`UPDATE sessions SET owner = ? WHERE id = ?`, to.Owner, b.Session); err != nil {
				return fmt.Errorf("store: append: %w", err)
			}
			if _, err := t.exec(`UPDATE drafts SET owner = ? WHERE session = ?`, to.Owner, b.Session); err != nil {
				return fmt.Errorf("store: append: %w", err)
			}
		}
	}
	var due any
	if !b.Due.IsZero() {
		due = nanos(b.Due)
	}
	n, err := t.exec(`UPDATE sessions SET due = ? WHERE id = ?`, due, b.Session)
	if err != nil {
		return fmt.Errorf("store: append: %w", err)
	}
	if n == 0 {
		return ErrUnknown
	}
	return nil
}

// encodeBatch makes the events' rows, in the caller's goroutine so that the
// writer need not, and refuses what can never be kept.
func encodeBatch(b nextup.Batch) ([][]any, error) {
	lines := make([][]any, len(b.Events))
	for i, r := range b.Events {
		if r.Version != b.Expected+1+i {
			return nil, fmt.Errorf("store: event %d of the batch has version %d, expected %d", i, r.Version, b.Expected+1+i)
		}
		if _, first := r.Event.(nextup.Created); first != (r.Version == 1) {
			return nil, fmt.Errorf("store: version %d is %T; Created is the first event of a stream and no other", r.Version, r.Event)
		}
		if r.At.IsZero() {
			return nil, errors.New("store: an event without a time")
		}
		name, payload, err := encode(r.Event)
		if err != nil {
			return nil, err
		}
		lines[i] = []any{b.Session, r.Version, nanos(r.At), r.By.Role, r.By.ID, r.Command, name, string(payload)}
	}
	return lines, nil
}

// Due lists the sessions whose next deadline is not after before, the most
// overdue first. Each Append sets the deadline anew.
func (s *Store) Due(ctx context.Context, before time.Time) ([]nextup.SessionID, error) {
	return list(ctx, s.read, func(row scanner) (id nextup.SessionID, err error) {
		return id, row.Scan(&id)
	}, `SELECT id FROM sessions WHERE due <= ? ORDER BY due, id`, nanos(before))
}
