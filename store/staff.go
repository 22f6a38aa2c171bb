package store

import (
	"context"
	"errors"
	"fmt"

	"nextup"
)

// ErrLast says that nobody would be left who can sign in.
var ErrLast = errors.New("store: the last account")

// Organisation is an employer.
type Organisation struct {
	ID     nextup.OrganisationID
	Name   string
	Shared bool // everybody with an account sees every session
}

// Organisation finds an employer. ErrUnknown: no such one.
func (s *Store) Organisation(ctx context.Context, id nextup.OrganisationID) (Organisation, error) {
	o := Organisation{ID: id}
	ok, err := scan(s.read.QueryRowContext(ctx, `SELECT name, shared FROM organisations WHERE id = ?`, id), &o.Name, &o.Shared)
	switch {
	case err != nil:
		return Organisation{}, fmt.Errorf("store: organisation: %w", err)
	case !ok:
		return Organisation{}, ErrUnknown
	}
	return o, nil
}

// SaveOrganisation keeps name and sharing.
func (s *Store) SaveOrganisation(ctx context.Context, o Organisation) error {
	return s.one(ctx, `UPDATE organisations SET name = ?, shared = ? WHERE id = ?`, o.Name, o.Shared, o.ID)
}

// Recruiters lists everybody with an account, by name.
func (s *Store) Recruiters(ctx context.Context, o nextup.OrganisationID) ([]Recruiter, error) {
	return list(ctx, s.read, func(row scanner) (r Recruiter, err error) {
		return r, row.Scan(r.columns()...)
	}, `SELECT `+recruiterColumns+` FROM recruiters WHERE organisation = ? ORDER BY disabled <> 0, name COLLATE NOCASE, id`, o)
}

// Rename keeps somebody's own name and language. ErrUnknown: no such account.
func (s *Store) Rename(ctx context.Context, id nextup.RecruiterID, name, language string) error {
	return s.one(ctx, `UPDATE recruiters SET name = ?, language = ? WHERE id = ?`, name, language, id)
}

// SetPassword keeps a password's hash and ends all logins.
func (s *Store) SetPassword(ctx context.Context, id nextup.RecruiterID, hash string) (Recruiter, error) {
	return do(ctx, s.writer, func(t *tx) (Recruiter, error) { return t.password(id, hash) })
}

func (t *tx) password(id nextup.RecruiterID, hash string) (r Recruiter, err error) {
	if _, err = t.exec(`UPDATE recruiters SET password = ?, generation = generation + 1 WHERE id = ?`, hash, id); err != nil {
		return Recruiter{}, fmt.Errorf("store: password: %w", err)
	}
	ok, err := t.row(`SELECT `+recruiterColumns+` FROM recruiters WHERE id = ?`, []any{id}, r.columns()...)
	switch {
	case err != nil:
		return Recruiter{}, fmt.Errorf("store: password: %w", err)
	case !ok:
		return Recruiter{}, ErrUnknown
	}
	return r, nil
}

// EndLogins ends all logins of an account.
func (s *Store) EndLogins(ctx context.Context, id nextup.RecruiterID) (Recruiter, error) {
	return do(ctx, s.writer, func(t *tx) (Recruiter, error) {
		var hash string
		if _, err := t.row(`SELECT password FROM recruiters WHERE id = ?`, []any{id}, &hash); err != nil {
			return Recruiter{}, fmt.Errorf("store: end logins: %w", err)
		}
		return t.password(id, hash)
	})
}

// Disable ends all logins of an account and lets nobody sign in with it. Links to
// a new password die too. ErrLast: nobody would be left. ErrUnknown: no such
// account in this organisation.
func (s *Store) Disable(ctx context.Context, o nextup.OrganisationID, id nextup.RecruiterID) error {
	now := nanos(s.now())
	return change(ctx, s.writer, func(t *tx) error {
		var others int
		if _, err := t.row(`SELECT count(*) FROM recruiters WHERE organisation = ? AND id <> ? AND disabled = 0`, []any{o, id}, &others); err != nil {
			return fmt.Errorf("store: disable: %w", err)
		}
		if others == 0 {
			return ErrLast
		}
		n, err := t.exec(`UPDATE recruiters SET disabled = ?, generation = generation + 1 WHERE organisation = ? AND id = ?`, now, o, id)
		switch {
		case err != nil:
			return fmt.Errorf("store: disable: %w", err)
		case n == 0:
			return ErrUnknown
		}
		if _, err = t.exec(`UPDATE tickets SET used = ? WHERE recruiter = ? AND kind = 'reset' AND used = 0`, now, id); err != nil {
			return fmt.Errorf("store: disable: %w", err)
		}
		return nil
	})
}

// Enable lets somebody sign in again.
func (s *Store) Enable(ctx context.Context, o nextup.OrganisationID, id nextup.RecruiterID) error {
	return s.one(ctx, `UPDATE recruiters SET disabled = 0 WHERE organisation = ? AND id = ?`, o, id)
}

// one changes one row. ErrUnknown: there is none.
func (s *Store) one(ctx context.Context, update string, args ...any) error {
	return change(ctx, s.writer, func(t *tx) error {
		n, err := t.exec(update, args...)
		switch {
		case err != nil:
			return fmt.Errorf("store: %w", err)
		case n == 0:
			return ErrUnknown
		}
		return nil
	})
}
