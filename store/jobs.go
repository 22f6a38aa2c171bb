package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// What the methods about jobs, rounds and bookings refuse is a *nextup.Error, since
// people read it; nothing was written then.

// SaveJob keeps a job as its next revision; expected 0 makes it. CodeStale: somebody
// else saved it meanwhile. Owner, organisation and times stay as they were made.
func (s *Store) SaveJob(ctx context.Context, j nextup.Job, expected int) error {
	return change(ctx, s.writer, func(t *tx) error {
		if expected == 0 {
			_, err := t.exec(`INSERT INTO jobs (id, organisation, owner, title, text, contact, zone, created, closed, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
				j.ID, j.Organisation, j.Owner, j.Title, j.Text, j.Contact, j.Zone, nanos(j.Created), nanos(j.Closed))
			switch {
			case sqlite.Unique(err):
				return nextup.Refuse(nextup.CodeStale)
			case err != nil:
				return fmt.Errorf("store: job: %w", err)
			}
			return nil
		}
		n, err := t.exec(`UPDATE jobs SET title = ?, text = ?, contact = ?, zone = ?, revision = revision + 1 WHERE id = ? AND revision = ?`,
			j.Title, j.Text, j.Contact, j.Zone, j.ID, expected)
		switch {
		case err != nil:
			return fmt.Errorf("store: job: %w", err)
		case n == 0:
			return nextup.Refuse(nextup.CodeStale)
		}
		// The sessions of its days say what the job is called, what it is and whom to ask.
		return t.behind(s.now(), `round IN (SELECT id FROM rounds WHERE job = ?) AND session <> ''`, j.ID)
	})
}

// CloseJob puts a job away; a zero time takes it up again. CodeUnknown.
func (s *Store) CloseJob(ctx context.Context, id nextup.JobID, at time.Time) error {
	return s.known(ctx, `UPDATE jobs SET closed = ? WHERE id = ?`, nanos(at), id)
}

// known changes one row. CodeUnknown: there is none.
func (s *Store) known(ctx context.Context, update string, args ...any) error {
	return change(ctx, s.writer, func(t *tx) error { return t.known(update, args...) })
}

func (t *tx) known(update string, args ...any) error {
	n, err := t.exec(update, args...)
	switch {
	case err != nil:
		return fmt.Errorf("store: %w", err)
	case n == 0:
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return nil
}

// JobLine is a job in the list.
type JobLine struct {
	nextup.Job
	Applicants int // not removed
	Rounds     int
	Booked     int       // appointments that stand and are not over
	Waiting    int       // invited and not answered, in rounds that are open
	Next       time.Time // the next appointment; zero: none
}

const jobColumns = `j.id, j.organisation, j.owner, j.title, j.text, j.contact, j.zone, j.created, j.closed, j.revision`

// readJob reads jobColumns and whatever comes behind them.
func readJob(row scanner, more ...any) (j nextup.Job, err error) {
	var created, closed int64
	err = row.Scan(append([]any{&j.ID, &j.Organisation, &j.Owner, &j.Title, &j.Text, &j.Contact, &j.Zone, &created, &closed, &j.Revision}, more...)...)
	j.Created, j.Closed = instant(created), instant(closed)
	return j, err
}

// JobsOf lists the jobs that a recruiter may open, the newest first: his own, or all
// where the organisation shares them.
func (s *Store) JobsOf(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]JobLine, error) {
	now := nanos(s.now())
	return list(ctx, s.read, func(row scanner) (l JobLine, err error) {
		var next int64
		l.Job, err = readJob(row, &l.Applicants, &l.Rounds, &l.Booked, &l.Waiting, &next)
		l.Next = instant(next)
		return l, err
	}, `SELECT `+jobColumns+`,
			(SELECT count(*) FROM applicants a WHERE a.job = j.id AND a.removed = 0),
			(SELECT count(*) FROM rounds r WHERE r.job = j.id),
			(SELECT count(*) FROM rounds r JOIN bookings b ON b.round = r.id JOIN slots x ON x.id = b.slot
				WHERE r.job = j.id AND x.start + x.length > ?),
			(SELECT count(*) FROM rounds r JOIN entries e ON e.round = r.id JOIN applicants a ON a.id = e.applicant
				WHERE r.job = j.id AND r.closed = 0 AND e.departed = 0 AND a.removed = 0 AND e.invited > 0 AND e.none_fits = 0
				AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.round = e.round AND b.applicant = e.applicant
					AND (b.slot IS NOT NULL OR b.at >= max(e.added, e.invited, e.reminded)))),
			coalesce((SELECT min(x.start) FROM rounds r JOIN bookings b ON b.round = r.id JOIN slots x ON x.id = b.slot
				WHERE r.job = j.id AND x.start > ?), 0)
		FROM jobs j WHERE j.organisation = ?
			AND (j.owner = ? OR EXISTS (SELECT 1 FROM organisations o WHERE o.id = j.organisation AND o.shared <> 0))
		ORDER BY j.created DESC, j.id`, now, now, o, by)
}

// JobsOwned lists the jobs of a recruiter, put away or not.
func (s *Store) JobsOwned(ctx context.Context, o nextup.OrganisationID, by nextup.RecruiterID) ([]nextup.JobID, error) {
	return list(ctx, s.read, one[nextup.JobID], `SELECT id FROM jobs WHERE organisation = ? AND owner = ? ORDER BY created, id`, o, by)
}

// TransferJobs makes somebody else the owner of all jobs of a recruiter.
func (s *Store) TransferJobs(ctx context.Context, o nextup.OrganisationID, from, to nextup.RecruiterID) error {
	return change(ctx, s.writer, func(t *tx) error {
		if _, err := t.exec(`UPDATE jobs SET owner = ? WHERE organisation = ? AND owner = ?`, to, o, from); err != nil {
			return fmt.Errorf("store: transfer: %w", err)
		}
		return nil
	})
}

// all reads a whole result as this transaction sees it.
func all[T any](t *tx, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	return list(context.Background(), t.w.conn, read, query, args...)
}

// one reads a row of one column.
func one[T any](row scanner) (v T, err error) { return v, row.Scan(&v) }
