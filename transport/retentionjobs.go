package transport

import (
	"context"
	"errors"

	"nextup"
)

// JobPurger erases what has been kept of jobs long enough.
type JobPurger interface {
	// NamingJobs lists the jobs that hold anybody's name, address or messages.
	NamingJobs(ctx context.Context, o nextup.OrganisationID) ([]nextup.JobID, error)
	// EraseJobContact erases how a job's applicants could be reached.
	EraseJobContact(ctx context.Context, id nextup.JobID) (Erased, error)
	// EraseJobRecord erases all that names applicants or was written to them.
	EraseJobRecord(ctx context.Context, id nextup.JobID) (Erased, error)
}

// applicantLinkOver says that the links of a job's applicants lead nowhere any more;
// nil while they do. A personal link is contact data and ends with it.
func (s *Server) applicantLinkOver(ctx context.Context, b nextup.Board) error {
	now := s.Now()
	if now.Before(b.Ended()) { // most of the time; no need to read what is promised
		return nil
	}
	n, err := s.notice(ctx, b.Job.Organisation)
	if err != nil {
		return err
	}
	if contact, _ := n.Keep.DueJob(b, now); contact {
		return nextup.Refuse(codeLinkOver)
	}
	return nil
}

// purgeJobs erases what jobs have kept long enough and adds it to the receipt. What
// fails for one job does not save the others'.
func (s *Server) purgeJobs(ctx context.Context, o nextup.OrganisationID, keep nextup.Retention, r *Receipt) error {
	if s.Jobs == nil {
		return nil
	}
	ids, err := s.Jobs.NamingJobs(ctx, o)
	if err != nil {
		return err
	}
	var faults []error
	for _, id := range ids {
		gone, err := s.purgeJob(ctx, id, keep, *r)
		if err != nil {
			faults = append(faults, err)
		}
		if gone != (Erased{}) {
			r.Jobs++
			r.add(gone)
		}
	}
	return errors.Join(faults...)
}

func (s *Server) purgeJob(ctx context.Context, id nextup.JobID, keep nextup.Retention, r Receipt) (Erased, error) {
	b, err := s.Jobs.Board(ctx, id)
	if err != nil {
		return Erased{}, err
	}
	switch contact, record := keep.DueJob(b, r.At); {
	case record:
		return s.Jobs.EraseJobRecord(ctx, id)
	case contact:
		return s.Jobs.EraseJobContact(ctx, id)
	}
	return Erased{}, nil
}
