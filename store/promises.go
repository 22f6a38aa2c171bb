package store

import (
	"context"
	"fmt"

	"nextup"
)

// UnsettledDay is a day whose session has to be told.
type UnsettledDay struct {
	Job      nextup.JobID
	Round    nextup.RoundID
	Date     string
	Revision int
}

// Unsettled lists the days whose session is behind, those longest behind first: video
// days, and days that were.
func (s *Store) Unsettled(ctx context.Context) ([]UnsettledDay, error) {
	return list(ctx, s.read, func(row scanner) (d UnsettledDay, err error) {
		return d, row.Scan(&d.Job, &d.Round, &d.Date, &d.Revision)
	}, `SELECT r.job, d.round, d.date, d.revision FROM days d JOIN rounds r ON r.id = d.round
		WHERE d.revision > d.settled AND (d.video <> 0 OR d.session <> '') ORDER BY d.behind, d.round, d.date`)
}

// DayOf finds the day of a session; ok is false for a session of its own.
func (s *Store) DayOf(ctx context.Context, id nextup.SessionID) (job nextup.JobID, round nextup.RoundID, date string, ok bool, err error) {
	ok, err = scan(s.read.QueryRowContext(ctx, `SELECT r.job, d.round, d.date FROM days d JOIN rounds r ON r.id = d.round
		WHERE d.session = ? AND d.session <> ''`, id), &job, &round, &date)
	if err != nil {
		err = fmt.Errorf("store: day of a session: %w", err)
	}
	return job, round, date, ok, err
}

// SetSession gives a day a session instead of the one it had (was; "" none), unless it
// has another by now, and says which it has. CodeUnknown: no such day.
func (s *Store) SetSession(ctx context.Context, round nextup.RoundID, date string, was, id nextup.SessionID) (nextup.SessionID, error) {
	return do(ctx, s.writer, func(t *tx) (has nextup.SessionID, err error) {
		there, err := t.row(`UPDATE days SET session = iif(session = ?, ?, session) WHERE round = ? AND date = ? RETURNING session`, []any{was, id, round, date}, &has)
		switch {
		case err != nil:
			return "", fmt.Errorf("store: session of a day: %w", err)
		case !there:
			return "", nextup.Refuse(nextup.CodeUnknown)
		case was != "" && was != id && has == id: // what it says of people is still to be found
			if _, err := t.exec(`INSERT INTO former_sessions (session, round) VALUES (?, ?) ON CONFLICT DO NOTHING`, was, round); err != nil {
				return "", fmt.Errorf("store: session of a day: %w", err)
			}
		}
		return has, nil
	})
}

// SessionsOfJob lists the sessions that a job's days have, or had: those that were called
// off still name people.
func (s *Store) SessionsOfJob(ctx context.Context, job nextup.JobID) ([]nextup.SessionID, error) {
	return list(ctx, s.read, one[nextup.SessionID], `SELECT d.session FROM days d JOIN rounds r ON r.id = d.round WHERE r.job = ?1 AND d.session <> ''
		UNION SELECT f.session FROM former_sessions f JOIN rounds r ON r.id = f.round WHERE r.job = ?1 ORDER BY 1`, job)
}

// Settled says that the session knows the day as of a revision. A day that needs none
// any more keeps the one it had, called off or at its end, until SetSession gives it
// another.
func (s *Store) Settled(ctx context.Context, round nextup.RoundID, date string, revision int) error {
	return change(ctx, s.writer, func(t *tx) error {
		_, err := t.exec(`UPDATE days SET settled = max(settled, ?) WHERE round = ? AND date = ?`, revision, round, date)
		if err != nil {
			return fmt.Errorf("store: settled: %w", err)
		}
		return nil
	})
}
