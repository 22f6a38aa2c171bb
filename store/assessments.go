package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// SaveAssessment keeps one mark or note. a.Revision is the revision its writer
// saw, 0 for none; the row that is kept, and returned, has the next one.
//
// ErrConflict: somebody (or another tab) saved something else since; what is
// there is returned with it. Saving once more what is there already succeeds
// whatever revision it names, so a repeated request does no harm. ErrUnknown: no
// such session.
func (s *Store) SaveAssessment(ctx context.Context, a nextup.Assessment) (nextup.Assessment, error) {
	return s.saveAssessment(ctx, a, time.Time{})
}

// CorrectAssessment is SaveAssessment for one that was submitted already: what it
// replaces is kept beside it as a correction of this time.
func (s *Store) CorrectAssessment(ctx context.Context, a nextup.Assessment, at time.Time) (nextup.Assessment, error) {
	return s.saveAssessment(ctx, a, at)
}

func (s *Store) saveAssessment(ctx context.Context, a nextup.Assessment, corrected time.Time) (nextup.Assessment, error) {
	return do(ctx, s.writer, func(t *tx) (nextup.Assessment, error) {
		there := nextup.Assessment{Session: a.Session, Offer: a.Offer, Interviewer: a.Interviewer, Item: a.Item}
		key := []any{a.Session, a.Offer, a.Interviewer, a.Item}
		_, err := t.row(`SELECT rating, note, revision FROM assessments
			WHERE session = ? AND offer = ? AND interviewer = ? AND item = ?`, key,
			&there.Rating, &there.Note, &there.Revision)
		if err != nil {
			return nextup.Assessment{}, fmt.Errorf("store: assessment: %w", err)
		}
		if a.Revision != there.Revision {
			if a.Revision < there.Revision && a.Rating == there.Rating && a.Note == there.Note {
				return there, nil
			}
			return there, ErrConflict
		}
		if !corrected.IsZero() && a.Rating == there.Rating && a.Note == there.Note {
			return there, nil // nothing is corrected
		}
		a.Revision++
		_, err = t.exec(`INSERT INTO assessments (session, offer, interviewer, item, rating, note, revision) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (session, offer, interviewer, item) DO UPDATE SET
				rating = excluded.rating, note = excluded.note, revision = excluded.revision`,
			append(slices.Clone(key), a.Rating, a.Note, a.Revision)...)
		switch {
		case sqlite.Orphan(err):
			return nextup.Assessment{}, ErrUnknown
		case err != nil:
			return nextup.Assessment{}, fmt.Errorf("store: assessment: %w", err)
		}
		if corrected.IsZero() {
			return a, nil
		}
		_, err = t.exec(`INSERT INTO corrections (session, offer, interviewer, item, revision, at, rating, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			append(slices.Clone(key), there.Revision, nanos(corrected), there.Rating, there.Note)...)
		if err != nil {
			return nextup.Assessment{}, fmt.Errorf("store: correction: %w", err)
		}
		return a, nil
	})
}

// Assessments reads all marks and notes of a session, by talk, interviewer and item.
func (s *Store) Assessments(ctx context.Context, id nextup.SessionID) ([]nextup.Assessment, error) {
	return list(ctx, s.read, func(row scanner) (a nextup.Assessment, err error) {
		return a, row.Scan(&a.Session, &a.Offer, &a.Interviewer, &a.Item, &a.Rating, &a.Note, &a.Revision)
	}, `SELECT session, offer, interviewer, item, rating, note, revision FROM assessments
		WHERE session = ? ORDER BY offer, interviewer, item`, id)
}

// Corrections reads what was replaced in a session's submitted assessments, the
// oldest first.
func (s *Store) Corrections(ctx context.Context, id nextup.SessionID) ([]nextup.Correction, error) {
	return list(ctx, s.read, func(row scanner) (c nextup.Correction, err error) {
		var at int64
		err = row.Scan(&c.Session, &c.Offer, &c.Interviewer, &c.Item, &c.Revision, &at, &c.Rating, &c.Note)
		c.At = instant(at)
		return c, err
	}, `SELECT session, offer, interviewer, item, revision, at, rating, note FROM corrections
		WHERE session = ? ORDER BY at, offer, interviewer, item, revision`, id)
}
