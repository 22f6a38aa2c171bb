package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

const applicantColumns = `id, job, name, email, phone, language, added, removed, erased <> 0`

func readApplicant(row scanner) (a nextup.Applicant, err error) {
	var added, removed int64
	err = row.Scan(&a.ID, &a.Job, &a.Name, &a.Email, &a.Phone, &a.Language, &added, &removed, &a.Erased)
	a.Added, a.Removed = instant(added), instant(removed)
	return a, err
}

// AddApplicants adds all or none. One whose address is there already is merged with
// that one: what was empty is filled in, a removed one comes back. merged are the IDs
// of those that were there, by the index in list. CodeUnknown: no such job.
func (s *Store) AddApplicants(ctx context.Context, job nextup.JobID, list []nextup.Applicant) (map[int]nextup.ApplicantID, error) {
	return do(ctx, s.writer, func(t *tx) (map[int]nextup.ApplicantID, error) {
		merged := map[int]nextup.ApplicantID{}
		for i, a := range list {
			there, err := t.merge(job, a)
			if err != nil {
				return nil, err
			}
			if there != "" {
				merged[i] = there
				continue
			}
			_, err = t.exec(`INSERT INTO applicants (id, job, name, email, email_key, phone, language, added, removed, erased) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
				a.ID, job, a.Name, a.Email, emailKey(a.Email), a.Phone, a.Language, nanos(a.Added))
			switch {
			case sqlite.Orphan(err):
				return nil, nextup.Refuse(nextup.CodeUnknown)
			case err != nil:
				return nil, fmt.Errorf("store: applicant: %w", err)
			}
		}
		return merged, nil
	})
}

// merge fills in what is not known of the applicant with this address; "" is nobody.
func (t *tx) merge(job nextup.JobID, a nextup.Applicant) (there nextup.ApplicantID, err error) {
	key := emailKey(a.Email)
	if key == "" {
		return "", nil
	}
	ok, err := t.row(`SELECT id FROM applicants WHERE job = ? AND email_key = ? AND email_key <> ''`, []any{job, key}, &there)
	if err == nil && ok {
		_, err = t.exec(`UPDATE applicants SET name = iif(name = '', ?, name), phone = iif(phone = '', ?, phone),
			language = iif(language = '', ?, language), removed = 0 WHERE id = ?`, a.Name, a.Phone, a.Language, there)
	}
	if err != nil {
		return "", fmt.Errorf("store: applicant: %w", err)
	}
	return there, nil
}

// CorrectApplicant replaces name, address, telephone and language. CodeTaken: the
// address is another applicant's. CodeUnknown: nobody, or erased.
func (s *Store) CorrectApplicant(ctx context.Context, a nextup.Applicant) error {
	return change(ctx, s.writer, func(t *tx) error {
		err := t.known(`UPDATE applicants SET name = ?, email = ?, email_key = ?, phone = ?, language = ? WHERE id = ? AND erased = 0`,
			a.Name, a.Email, emailKey(a.Email), a.Phone, a.Language, a.ID)
		switch {
		case sqlite.Unique(err):
			return nextup.Refuse(nextup.CodeTaken)
		case err != nil:
			return err
		}
		return t.behind(s.now(), bookedDays, a.ID)
	})
}

// bookedDays are the days on which an applicant has a time.
const bookedDays = `(round, date) IN (SELECT x.round, x.date FROM bookings b JOIN slots x ON x.id = b.slot WHERE b.applicant = ?)`

// RemoveApplicants takes people out of a job: the times they have are cancelled (with
// a letter if notify), and their links say so. Those removed already are left as they
// are, and so are interviews that have begun. CodeUnknown: one is not of this job.
func (s *Store) RemoveApplicants(ctx context.Context, job nextup.JobID, ids []nextup.ApplicantID, at time.Time, notify bool) error {
	return change(ctx, s.writer, func(t *tx) error {
		for _, id := range ids {
			if err := t.known(`UPDATE applicants SET removed = iif(removed = 0, ?, removed) WHERE id = ? AND job = ?`, nanos(at), id, job); err != nil {
				return err
			}
			if err := t.cancel(at, nextup.RoleRecruiter, notify, `b.applicant = ? AND x.start > ?`, id, nanos(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

// EraseApplicant removes him and erases everything that names him; no letter is sent,
// those that wait go too. Call Scrub afterwards. CodeUnknown.
func (s *Store) EraseApplicant(ctx context.Context, id nextup.ApplicantID, at time.Time) error {
	return change(ctx, s.writer, func(t *tx) error {
		var n int
		return first(
			func() error {
				return t.known(`UPDATE applicants SET removed = iif(removed = 0, ?, removed) WHERE id = ?`, nanos(at), id)
			},
			func() error {
				return t.behind(at, `session <> '' AND round IN (SELECT round FROM entries WHERE applicant = ?)`, id)
			},
			func() error {
				return t.cancel(at, nextup.RoleRecruiter, false, `b.applicant = ? AND x.start > ?`, id, nanos(at))
			},
			func() error {
				return t.step(&n, `UPDATE applicants SET name = '', email = '', email_key = '', phone = '', erased = 1 WHERE id = ?`, id)
			},
			func() error { return t.step(&n, `DELETE FROM messages WHERE applicant = ?`, id) },
			func() error { return t.step(&n, `DELETE FROM round_outbox WHERE applicant = ?`, id) },
		)
	})
}
