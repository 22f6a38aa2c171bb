package store

import (
	"context"

	"nextup"
)

// EraseJobContact erases how a job's applicants could be reached.
func (s *Store) EraseJobContact(ctx context.Context, id nextup.JobID) (Erased, error) {
	return do(ctx, s.writer, func(t *tx) (e Erased, err error) {
		return e, t.step(&e.Contacts, `UPDATE applicants SET email = '', email_key = '', phone = '' WHERE job = ? AND (email <> '' OR phone <> '')`, id)
	})
}

// EraseJobRecord erases everything of a job that names applicants or was written to
// them. That there was somebody, and which times were held, stays.
func (s *Store) EraseJobRecord(ctx context.Context, id nextup.JobID) (Erased, error) {
	const rounds = `(SELECT id FROM rounds WHERE job = ?)`
	return do(ctx, s.writer, func(t *tx) (e Erased, err error) {
		err = first(
			func() error {
				return t.step(&e.People, `UPDATE applicants SET name = '', email = '', email_key = '', phone = '', erased = 1 WHERE job = ? AND erased = 0`, id)
			},
			func() error { return t.step(&e.Texts, `DELETE FROM messages WHERE round IN `+rounds, id) },
			func() error { return t.step(&e.Letters, `DELETE FROM round_outbox WHERE round IN `+rounds, id) },
		)
		return e, err
	})
}

// NamingJobs lists the jobs of an organisation that hold anybody's name, address or
// messages: those that a purge must look at.
func (s *Store) NamingJobs(ctx context.Context, o nextup.OrganisationID) ([]nextup.JobID, error) {
	return list(ctx, s.read, one[nextup.JobID], `SELECT id FROM jobs j WHERE organisation = ? AND (
			EXISTS (SELECT 1 FROM applicants WHERE job = j.id AND erased = 0)
			OR EXISTS (SELECT 1 FROM rounds r JOIN messages m ON m.round = r.id WHERE r.job = j.id)
			OR EXISTS (SELECT 1 FROM rounds r JOIN round_outbox m ON m.round = r.id WHERE r.job = j.id))
		ORDER BY created, id`, o)
}
