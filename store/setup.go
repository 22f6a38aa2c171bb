package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
)

// SetSetup makes the set-up link with this hash the only one that works, until
// expires. Only the hash of the link's secret is kept. ErrFounded: there is
// nothing left to set up.
func (s *Store) SetSetup(ctx context.Context, tokenHash string, expires time.Time) error {
	return change(ctx, s.writer, func(t *tx) error {
		n, err := t.exec(`INSERT INTO setup (id, token, expires) SELECT 1, ?, ? WHERE NOT EXISTS (SELECT 1 FROM organisations)
			ON CONFLICT (id) DO UPDATE SET token = excluded.token, expires = excluded.expires`, tokenHash, nanos(expires))
		switch {
		case err != nil:
			return fmt.Errorf("store: set-up link: %w", err)
		case n == 0:
			return ErrFounded
		}
		return nil
	})
}

// CheckSetup says whether the link works, without using it up: opening a link
// must change nothing.
func (s *Store) CheckSetup(ctx context.Context, tokenHash string) (bool, error) {
	var one int
	ok, err := scan(s.read.QueryRowContext(ctx,
		`SELECT 1 FROM setup WHERE token = ? AND expires > ?`, tokenHash, nanos(s.now())), &one)
	if err != nil {
		return false, fmt.Errorf("store: set-up link: %w", err)
	}
	return ok, nil
}

// UseSetup uses the link up and founds the organisation, both or neither: a
// failure leaves the link as it was. ErrSetup: wrong, used or expired.
// ErrFounded: there is an organisation already.
func (s *Store) UseSetup(ctx context.Context, tokenHash string, id nextup.OrganisationID, name string, first Recruiter) error {
	now := nanos(s.now())
	return change(ctx, s.writer, func(t *tx) error {
		n, err := t.exec(`DELETE FROM setup WHERE token = ? AND expires > ?`, tokenHash, now)
		switch {
		case err != nil:
			return fmt.Errorf("store: set-up link: %w", err)
		case n == 0:
			return ErrSetup
		}
		return t.found(id, name, first)
	})
}
