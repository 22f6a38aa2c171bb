package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"nextup"
)

// Board is everything there is of a job, at one moment. CodeUnknown.
func (s *Store) Board(ctx context.Context, id nextup.JobID) (nextup.Board, error) {
	return s.board(ctx, `j.id = ?`, id, "")
}

// BoardOf is the board of an applicant's job, with the messages to him only: his page
// asks for it every few seconds. CodeUnknown.
func (s *Store) BoardOf(ctx context.Context, id nextup.ApplicantID) (nextup.Board, error) {
	return s.board(ctx, `j.id = (SELECT job FROM applicants WHERE id = ?)`, id, id)
}

// board reads the job of a condition, with the messages to one applicant; "" to all.
func (s *Store) board(ctx context.Context, where string, arg any, to nextup.ApplicantID) (b nextup.Board, err error) {
	moment, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return b, fmt.Errorf("store: board: %w", err)
	}
	defer func() { _ = moment.Rollback() }()
	jobs, err := list(ctx, moment, func(row scanner) (nextup.Job, error) { return readJob(row) },
		`SELECT `+jobColumns+` FROM jobs j WHERE `+where, arg)
	switch {
	case err != nil:
		return b, err
	case len(jobs) == 0:
		return b, nextup.Refuse(nextup.CodeUnknown)
	}
	b.Job = jobs[0]
	id := b.Job.ID
	if b.Applicants, err = list(ctx, moment, readApplicant, `SELECT `+applicantColumns+` FROM applicants WHERE job = ? ORDER BY added, id`, id); err != nil {
		return b, err
	}
	if b.Messages, err = list(ctx, moment, readMessage, `SELECT m.id, m.round, m.applicant, m.kind, m.subject, m.body, m.language, m.at, m.author
		FROM messages m JOIN rounds r ON r.id = m.round WHERE r.job = ?1 AND (?2 = '' OR m.applicant = ?2) ORDER BY m.at DESC, m.rowid DESC`, id, to); err != nil {
		return b, err
	}
	rounds, err := list(ctx, moment, readRound, `SELECT `+roundColumns+` FROM rounds WHERE job = ? ORDER BY number`, id)
	if err != nil {
		return b, err
	}
	for _, r := range rounds {
		rb, err := roundBoard(ctx, moment, r)
		if err != nil {
			return b, err
		}
		b.Rounds = append(b.Rounds, rb)
	}
	return b, nil
}

func roundBoard(ctx context.Context, moment *sql.Tx, r nextup.Round) (rb nextup.RoundBoard, err error) {
	rb.Round = r
	if rb.Days, err = list(ctx, moment, readDay, `SELECT date, video <> 0, address, session, dropped FROM days WHERE round = ? ORDER BY date`, r.ID); err != nil {
		return rb, err
	}
	if rb.Slots, err = list(ctx, moment, readSlot, `SELECT id, date, start, length, seats, removed FROM slots WHERE round = ? ORDER BY start, id`, r.ID); err != nil {
		return rb, err
	}
	entries, err := list(ctx, moment, readEntry, `SELECT e.applicant, e.added, e.invited, e.opened, e.reminded, e.none_fits, e.departed,
			coalesce(b.uid, ''), coalesce(b.sequence, 0), coalesce(b.slot, ''), coalesce(b.was, ''), coalesce(b.at, 0), coalesce(b.role, '')
		FROM entries e LEFT JOIN bookings b ON b.round = e.round AND b.applicant = e.applicant
		WHERE e.round = ? ORDER BY e.added, e.applicant`, r.ID)
	for _, e := range entries {
		if e.departed.IsZero() {
			rb.Entries = append(rb.Entries, e.Entry)
		} else {
			rb.Left = append(rb.Left, e.Entry)
		}
	}
	return rb, err
}

const roundColumns = `id, job, number, name, length, pause, day_from, day_until, seats, cut_off, created, closed, revision`

func readRound(row scanner) (r nextup.Round, err error) {
	var created, closed int64
	err = row.Scan(&r.ID, &r.Job, &r.Number, &r.Name, &r.Frame.Length, &r.Frame.Pause, &r.Frame.From, &r.Frame.Until, &r.Frame.Seats,
		&r.CutOff, &created, &closed, &r.Revision)
	r.Created, r.Closed = instant(created), instant(closed)
	return r, err
}

func readDay(row scanner) (d nextup.Day, err error) {
	var dropped int64
	err = row.Scan(&d.Date, &d.Place.Video, &d.Place.Address, &d.Session, &dropped)
	d.Dropped = instant(dropped)
	return d, err
}

func readSlot(row scanner) (s nextup.Slot, err error) {
	var start, removed int64
	err = row.Scan(&s.ID, &s.Date, &start, &s.Length, &s.Seats, &removed)
	s.Start, s.Removed = instant(start), instant(removed)
	return s, err
}

// entry is an entry, and since when it is none any more.
type entry struct {
	nextup.Entry
	departed time.Time
}

func readEntry(row scanner) (e entry, err error) {
	var added, invited, opened, reminded, none, departed, at int64
	b := &e.Booking
	err = row.Scan(&e.Applicant, &added, &invited, &opened, &reminded, &none, &departed,
		&b.UID, &b.Sequence, &b.Slot, &b.Was, &at, &b.By)
	e.Added, e.Invited, e.Opened = instant(added), instant(invited), instant(opened)
	e.Reminded, e.NoneFits, e.departed = instant(reminded), instant(none), instant(departed)
	b.At = instant(at)
	return e, err
}

func readMessage(row scanner) (m nextup.Message, err error) {
	var at int64
	err = row.Scan(&m.ID, &m.Round, &m.Applicant, &m.Kind, &m.Subject, &m.Body, &m.Language, &at, &m.By)
	m.At = instant(at)
	return m, err
}
