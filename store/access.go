package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nextup"
)

// Access says that somebody opened what names people.
type Access struct {
	At      time.Time
	Session nextup.SessionID
	By      nextup.Actor
	What    string // a word of package transport's
}

// accessOnce is how long the same person opening the same again counts as once.
const accessOnce = 10 * time.Minute

// Accessed keeps an access. The same one again within ten minutes is not kept
// twice: a page that looks again by itself would fill the record. ErrUnknown: no
// such session.
func (s *Store) Accessed(ctx context.Context, a Access) error {
	args := []any{a.Session, a.By.Role, a.By.ID, a.What, nanos(a.At.Add(-accessOnce))}
	const again = `SELECT 1 FROM accesses WHERE session = ? AND role = ? AND actor = ? AND what = ? AND at > ?`
	var one int
	if there, err := scan(s.read.QueryRowContext(ctx, again, args...), &one); err != nil || there {
		if err != nil {
			return fmt.Errorf("store: access: %w", err)
		}
		return nil // most of the time nothing is written
	}
	return change(ctx, s.writer, func(t *tx) error {
		there, err := t.row(again, args, &one)
		if err != nil || there {
			return err
		}
		n, err := t.exec(`INSERT INTO accesses (at, session, role, actor, what) SELECT ?, id, ?, ?, ? FROM sessions WHERE id = ?`,
			nanos(a.At), a.By.Role, a.By.ID, a.What, a.Session)
		switch {
		case err != nil:
			return fmt.Errorf("store: access: %w", err)
		case n == 0:
			return ErrUnknown
		}
		return nil
	})
}

// Accesses lists who opened what of these sessions, the newest first, at most
// limit; of no sessions, none.
func (s *Store) Accesses(ctx context.Context, limit int, sessions ...nextup.SessionID) ([]Access, error) {
	if len(sessions) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(sessions)+1)
	for _, id := range sessions {
		args = append(args, id)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(sessions)), ", ")
	return list(ctx, s.read, func(row scanner) (a Access, err error) {
		var at int64
		err = row.Scan(&at, &a.Session, &a.By.Role, &a.By.ID, &a.What)
		a.At = instant(at)
		return a, err
	}, `SELECT at, session, role, actor, what FROM accesses WHERE session IN (`+marks+`) ORDER BY at DESC, id DESC LIMIT ?`, append(args, limit)...)
}
