package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// AddRound makes the next round of its job and gives it its number. CodeUnknown: no
// such job. CodeStale: there is a round with this ID.
func (s *Store) AddRound(ctx context.Context, r nextup.Round) (nextup.Round, error) {
	return do(ctx, s.writer, func(t *tx) (nextup.Round, error) {
		r.Revision = 1
		_, err := t.row(`INSERT INTO rounds (`+roundColumns+`)
			SELECT ?, ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM rounds WHERE job = ? RETURNING number`,
			[]any{
				r.ID, r.Job, r.Name, r.Frame.Length, r.Frame.Pause, r.Frame.From, r.Frame.Until, r.Frame.Seats,
				r.CutOff, nanos(r.Created), nanos(r.Closed), r.Revision, r.Job,
			}, &r.Number)
		switch {
		case sqlite.Orphan(err):
			return nextup.Round{}, nextup.Refuse(nextup.CodeUnknown)
		case sqlite.Unique(err):
			return nextup.Round{}, nextup.Refuse(nextup.CodeStale)
		case err != nil:
			return nextup.Round{}, fmt.Errorf("store: round: %w", err)
		}
		return r, nil
	})
}

// RenameRound gives it a name; "" takes it away. CodeUnknown.
func (s *Store) RenameRound(ctx context.Context, id nextup.RoundID, name string) error {
	return change(ctx, s.writer, func(t *tx) error {
		if err := t.known(`UPDATE rounds SET name = ? WHERE id = ?`, name, id); err != nil {
			return err
		}
		return t.behind(s.now(), `round = ? AND session <> ''`, id)
	})
}

// CloseRound ends the choosing; a zero time opens it again. CodeUnknown.
func (s *Store) CloseRound(ctx context.Context, id nextup.RoundID, at time.Time) error {
	return s.known(ctx, `UPDATE rounds SET closed = ? WHERE id = ?`, nanos(at), id)
}

// EnterRound registers applicants in a round; those in it already stay as they are,
// those who were taken out of it begin anew. CodeNotOffered: not of this job, or removed.
func (s *Store) EnterRound(ctx context.Context, id nextup.RoundID, who []nextup.ApplicantID, at time.Time) error {
	return change(ctx, s.writer, func(t *tx) error {
		for _, a := range who {
			var mayEnter bool
			_, err := t.row(`SELECT 1 FROM applicants a JOIN rounds r ON r.job = a.job WHERE a.id = ? AND r.id = ? AND a.removed = 0`, []any{a, id}, &mayEnter)
			switch {
			case err != nil:
				return fmt.Errorf("store: enter: %w", err)
			case !mayEnter:
				return nextup.Refuse(nextup.CodeNotOffered)
			}
			if _, err := t.exec(`INSERT INTO entries (round, applicant, added, invited, opened, reminded, none_fits, departed) VALUES (?, ?, ?, 0, 0, 0, 0, 0)
				ON CONFLICT (round, applicant) DO UPDATE SET added = excluded.added, invited = 0, opened = 0, reminded = 0, none_fits = 0, departed = 0
				WHERE departed <> 0`, id, a, nanos(at)); err != nil {
				return fmt.Errorf("store: enter: %w", err)
			}
		}
		return nil
	})
}

// LeaveRound takes applicants out of it; the times they have are cancelled by whoever
// did it, with a letter if notify. Who has had his interview, or was not in it, is left as he is.
func (s *Store) LeaveRound(ctx context.Context, id nextup.RoundID, who []nextup.ApplicantID, by nextup.Role, at time.Time, notify bool) error {
	return change(ctx, s.writer, func(t *tx) error {
		for _, a := range who {
			if err := t.cancel(at, by, notify, `b.round = ? AND b.applicant = ? AND x.start > ?`, id, a, nanos(at)); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE entries SET departed = ? WHERE round = ? AND applicant = ? AND departed = 0
				AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.round = entries.round AND b.applicant = entries.applicant AND b.slot IS NOT NULL)`,
				nanos(at), id, a); err != nil {
				return fmt.Errorf("store: leave: %w", err)
			}
		}
		return nil
	})
}
