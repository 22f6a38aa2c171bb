package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// Recruiter is a person with an account.
type Recruiter struct {
	ID           nextup.RecruiterID
	Organisation nextup.OrganisationID
	Name         string
	Email        string // unique in whatever spelling
	Language     string // "sv", "en" or "nb"
	PasswordHash string // argon2id in PHC form; the store never sees a password
	Generation   int    // of logins; one of an older generation has ended
	Disabled     bool
}

// SessionRow is a session in its organisation's list.
type SessionRow struct {
	ID      nextup.SessionID
	Owner   nextup.RecruiterID
	Title   string
	Created time.Time
}

// Found makes the organisation and its first recruiter, whose Organisation is
// set by it. ErrFounded: there is an organisation already.
func (s *Store) Found(ctx context.Context, id nextup.OrganisationID, name string, first Recruiter) error {
	return change(ctx, s.writer, func(t *tx) error { return t.found(id, name, first) })
}

func (t *tx) found(id nextup.OrganisationID, name string, first Recruiter) error {
	// One statement looks and writes: two at once cannot both find nothing.
	n, err := t.exec(`INSERT INTO organisations (id, name) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM organisations)`, id, name)
	if err != nil {
		return fmt.Errorf("store: found: %w", err)
	}
	if n == 0 {
		return ErrFounded
	}
	first.Organisation = id
	return t.recruiter(first)
}

func (t *tx) recruiter(r Recruiter) error {
	_, err := t.exec(`INSERT INTO recruiters (id, organisation, name, email, email_key, language, password) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Organisation, r.Name, r.Email, emailKey(r.Email), r.Language, r.PasswordHash)
	switch {
	case sqlite.Unique(err):
		return ErrTaken
	case sqlite.Orphan(err):
		return ErrUnknown
	case err != nil:
		return fmt.Errorf("store: recruiter: %w", err)
	}
	return nil
}

// Founded says whether there is an organisation.
func (s *Store) Founded(ctx context.Context) (bool, error) {
	var one int
	ok, err := scan(s.read.QueryRowContext(ctx, `SELECT 1 FROM organisations LIMIT 1`), &one)
	if err != nil {
		return false, fmt.Errorf("store: founded: %w", err)
	}
	return ok, nil
}

// OrganisationName is the name an organisation shows to candidates. ErrUnknown:
// no such organisation.
func (s *Store) OrganisationName(ctx context.Context, id nextup.OrganisationID) (string, error) {
	var name string
	ok, err := scan(s.read.QueryRowContext(ctx, `SELECT name FROM organisations WHERE id = ?`, id), &name)
	switch {
	case err != nil:
		return "", fmt.Errorf("store: organisation: %w", err)
	case !ok:
		return "", ErrUnknown
	}
	return name, nil
}

// RecruiterByEmail finds an account by its address, in whatever spelling.
func (s *Store) RecruiterByEmail(ctx context.Context, email string) (Recruiter, bool, error) {
	return s.recruiter(ctx, `email_key = ?`, emailKey(email))
}

// Recruiter finds an account.
func (s *Store) Recruiter(ctx context.Context, id nextup.RecruiterID) (Recruiter, bool, error) {
	return s.recruiter(ctx, `id = ?`, id)
}

const recruiterColumns = `id, organisation, name, email, language, password, generation, disabled <> 0`

func (r *Recruiter) columns() []any {
	return []any{&r.ID, &r.Organisation, &r.Name, &r.Email, &r.Language, &r.PasswordHash, &r.Generation, &r.Disabled}
}

func (s *Store) recruiter(ctx context.Context, where string, arg any) (Recruiter, bool, error) {
	var r Recruiter
	ok, err := scan(s.read.QueryRowContext(ctx,
		`SELECT `+recruiterColumns+` FROM recruiters WHERE `+where, arg),
		r.columns()...)
	if err != nil {
		return Recruiter{}, false, fmt.Errorf("store: recruiter: %w", err)
	}
	return r, ok, nil
}

// Sessions lists an organisation's sessions, the newest first.
func (s *Store) Sessions(ctx context.Context, id nextup.OrganisationID) ([]SessionRow, error) {
	return list(ctx, s.read, func(row scanner) (r SessionRow, err error) {
		var created int64
		err = row.Scan(&r.ID, &r.Owner, &r.Title, &created)
		r.Created = instant(created)
		return r, err
	}, `SELECT s.id, s.owner, coalesce(t.body, ''), s.created
		FROM sessions s LEFT JOIN texts t ON t.session = s.id AND t.id = ?
		WHERE s.organisation = ? ORDER BY s.created DESC, s.id`, nextup.TitleText, id)
}

// OnlyOrganisation is the organisation of this database, "" before it is founded.
func (s *Store) OnlyOrganisation(ctx context.Context) (nextup.OrganisationID, error) {
	var id nextup.OrganisationID
	if _, err := scan(s.read.QueryRowContext(ctx, `SELECT id FROM organisations LIMIT 1`), &id); err != nil {
		return "", fmt.Errorf("store: organisation: %w", err)
	}
	return id, nil
}
