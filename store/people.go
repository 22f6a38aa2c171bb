package store

import (
	"context"
	"fmt"

	"nextup"
	"nextup/store/sqlite"
)

// Rows reads a session's people and texts as they are at one moment, by ID.
func (s *Store) Rows(ctx context.Context, id nextup.SessionID) ([]nextup.Person, []nextup.Text, error) {
	moment, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("store: rows: %w", err)
	}
	defer func() { _ = moment.Rollback() }()
	people, err := list(ctx, moment, func(row scanner) (p nextup.Person, err error) {
		return p, row.Scan(&p.ID, &p.Role, &p.Name, &p.Email, &p.Language, &p.Phone, &p.Notice)
	}, `SELECT id, role, name, email, language, phone, notice FROM people WHERE session = ? ORDER BY id`, id)
	if err != nil {
		return nil, nil, err
	}
	texts, err := list(ctx, moment, func(row scanner) (x nextup.Text, err error) {
		return x, row.Scan(&x.ID, &x.Body)
	}, `SELECT id, body FROM texts WHERE session = ? ORDER BY id`, id)
	if err != nil {
		return nil, nil, err
	}
	return people, texts, nil
}

// FindCandidate finds who registered in a session with an address, in whatever
// spelling. Somebody who withdrew is found too: signing up again, he is the same
// person with the same row and link.
func (s *Store) FindCandidate(ctx context.Context, id nextup.SessionID, email string) (nextup.CandidateID, bool, error) {
	var found nextup.CandidateID
	key := emailKey(email)
	if key == "" {
		return "", false, nil
	}
	ok, err := scan(s.read.QueryRowContext(ctx,
		`SELECT id FROM people WHERE session = ? AND email_key = ? AND role = 'candidate' AND email_key <> ''`, id, key), &found)
	if err != nil {
		return "", false, fmt.Errorf("store: find candidate: %w", err)
	}
	return found, ok, nil
}

// SaveText keeps a text outside of any event, a correction for instance; the
// words it replaces are overwritten. ErrUnknown: no such session.
func (s *Store) SaveText(ctx context.Context, id nextup.SessionID, x nextup.Text) error {
	return change(ctx, s.writer, func(t *tx) error { return t.text(id, x) })
}

// person keeps a person's row, in place of an older one with the same ID.
func (t *tx) person(session nextup.SessionID, p nextup.Person) error {
	_, err := t.exec(`INSERT INTO people (session, id, role, name, email, email_key, language, phone, notice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (session, id) DO UPDATE SET
			role = excluded.role, name = excluded.name, email = excluded.email,
			email_key = excluded.email_key, language = excluded.language,
			phone = excluded.phone, notice = excluded.notice`,
		session, p.ID, p.Role, p.Name, p.Email, emailKey(p.Email), p.Language, p.Phone, p.Notice)
	switch {
	case sqlite.Unique(err):
		return ErrTaken
	case sqlite.Orphan(err):
		return ErrUnknown
	case err != nil:
		return fmt.Errorf("store: person: %w", err)
	}
	return nil
}

func (t *tx) text(session nextup.SessionID, x nextup.Text) error {
	_, err := t.exec(`INSERT INTO texts (session, id, body) VALUES (?, ?, ?)
		ON CONFLICT (session, id) DO UPDATE SET body = excluded.body`, session, x.ID, x.Body)
	switch {
	case sqlite.Orphan(err):
		return ErrUnknown
	case err != nil:
		return fmt.Errorf("store: text: %w", err)
	}
	return nil
}

// erasePerson takes a person's row away; letters to him that are still to be sent
// have nobody to go to and are dropped when their turn comes.
func (t *tx) erasePerson(session nextup.SessionID, id nextup.PersonID) error {
	if _, err := t.exec(`DELETE FROM people WHERE session = ? AND id = ?`, session, id); err != nil {
		return fmt.Errorf("store: erase person: %w", err)
	}
	return t.unsay(session, id)
}

func (t *tx) eraseText(session nextup.SessionID, id nextup.TextID) error {
	if _, err := t.exec(`DELETE FROM texts WHERE session = ? AND id = ?`, session, id); err != nil {
		return fmt.Errorf("store: erase text: %w", err)
	}
	return nil
}
