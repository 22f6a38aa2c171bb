package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"
)

// Logins keeps browsers that are signed in. It is a store for the library
// alexedwards/scs (its interfaces Store and CtxStore), which calls them sessions;
// in nextup a session is a quick interview.
type Logins struct{ s *Store }

// Logins is the store for the browsers that are signed in.
func (s *Store) Logins() Logins { return Logins{s} }

// loginKey is what is kept of a cookie: who reads the database cannot sign in with it.
func loginKey(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// FindCtx returns a login's data; an expired one is not found.
func (l Logins) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	ok, err := scan(l.s.read.QueryRowContext(ctx,
		`SELECT data FROM logins WHERE token = ? AND expiry > ?`, loginKey(token), nanos(l.s.now())), &data)
	if err != nil {
		return nil, false, fmt.Errorf("store: login: %w", err)
	}
	return data, ok, nil
}

// CommitCtx keeps a login's data until expiry.
func (l Logins) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if data == nil {
		data = []byte{}
	}
	return change(ctx, l.s.writer, func(t *tx) error {
		_, err := t.exec(`INSERT INTO logins (token, data, expiry) VALUES (?, ?, ?)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`,
			loginKey(token), data, nanos(expiry))
		if err != nil {
			return fmt.Errorf("store: login: %w", err)
		}
		return nil
	})
}

// DeleteCtx ends a login. One that is not there is no error.
func (l Logins) DeleteCtx(ctx context.Context, token string) error {
	return change(ctx, l.s.writer, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM logins WHERE token = ?`, loginKey(token)); err != nil {
			return fmt.Errorf("store: login: %w", err)
		}
		return nil
	})
}

// Find is FindCtx without a deadline.
func (l Logins) Find(token string) ([]byte, bool, error) {
	return l.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a deadline.
func (l Logins) Commit(token string, data []byte, expiry time.Time) error {
	return l.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a deadline.
func (l Logins) Delete(token string) error { return l.DeleteCtx(context.Background(), token) }

// forgetLogins removes what has expired. It writes only if there is something.
func (s *Store) forgetLogins(ctx context.Context) error {
	now := nanos(s.now())
	var one int
	some, err := scan(s.read.QueryRowContext(ctx, `SELECT 1 FROM logins WHERE expiry <= ? LIMIT 1`, now), &one)
	if err != nil || !some {
		return err
	}
	return change(ctx, s.writer, func(t *tx) error {
		_, err := t.exec(`DELETE FROM logins WHERE expiry <= ?`, now)
		return err
	})
}
