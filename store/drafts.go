package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
)

// Draft is a form that was saved and is not published: the next version of a
// session, or one that is not there yet.
type Draft struct {
	Session      nextup.SessionID
	Organisation nextup.OrganisationID
	Owner        nextup.RecruiterID
	Form         []byte // JSON; its words are the caller's
	Version      int    // the session's change it was filled in from; 0 for a new session
	Revision     int    // raised by each save
	Author       nextup.RecruiterID
	At           time.Time
}

// SaveDraft keeps a draft in place of the one with the revision d.Revision (0:
// of none); the row that is kept, and returned, has the next one.
//
// ErrConflict: somebody saved another one since; it is returned with the error.
// Saving once more what is there already succeeds, so a repeated request does no harm.
func (s *Store) SaveDraft(ctx context.Context, d Draft) (Draft, error) {
	return do(ctx, s.writer, func(t *tx) (Draft, error) {
		there := Draft{Session: d.Session}
		var form string
		var at int64
		_, err := t.row(`SELECT organisation, owner, form, version, revision, author, at FROM drafts WHERE session = ?`, []any{d.Session},
			&there.Organisation, &there.Owner, &form, &there.Version, &there.Revision, &there.Author, &at)
		if err != nil {
			return Draft{}, fmt.Errorf("store: draft: %w", err)
		}
		there.Form, there.At = []byte(form), instant(at)
		if d.Revision != there.Revision {
			if d.Revision < there.Revision && form == string(d.Form) && d.Version == there.Version {
				return there, nil
			}
			return there, ErrConflict
		}
		d.Revision++
		_, err = t.exec(`INSERT INTO drafts (session, organisation, owner, form, version, revision, author, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (session) DO UPDATE SET form = excluded.form, version = excluded.version,
				revision = excluded.revision, author = excluded.author, at = excluded.at`,
			d.Session, d.Organisation, d.Owner, string(d.Form), d.Version, d.Revision, d.Author, nanos(d.At))
		if err != nil {
			return Draft{}, fmt.Errorf("store: draft: %w", err)
		}
		return d, nil
	})
}

// Draft reads a session's draft.
func (s *Store) Draft(ctx context.Context, id nextup.SessionID) (Draft, bool, error) {
	all, err := list(ctx, s.read, readDraft, selectDrafts+` WHERE session = ?`, id)
	if err != nil || len(all) == 0 {
		return Draft{}, false, err
	}
	return all[0], true, nil
}

// Drafts reads all drafts of an organisation.
func (s *Store) Drafts(ctx context.Context, o nextup.OrganisationID) ([]Draft, error) {
	return list(ctx, s.read, readDraft, selectDrafts+` WHERE organisation = ? ORDER BY session`, o)
}

// DropDraft removes a draft if it still has this revision; one that is gone, or
// was saved anew, is left as it is.
func (s *Store) DropDraft(ctx context.Context, id nextup.SessionID, revision int) error {
	return change(ctx, s.writer, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM drafts WHERE session = ? AND revision = ?`, id, revision); err != nil {
			return fmt.Errorf("store: draft: %w", err)
		}
		return nil
	})
}

const selectDrafts = `SELECT session, organisation, owner, form, version, revision, author, at FROM drafts`

func readDraft(row scanner) (d Draft, err error) {
	var form string
	var at int64
	err = row.Scan(&d.Session, &d.Organisation, &d.Owner, &form, &d.Version, &d.Revision, &d.Author, &at)
	d.Form, d.At = []byte(form), instant(at)
	return d, err
}
