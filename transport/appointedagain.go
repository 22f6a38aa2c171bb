package transport

import (
	"context"

	"nextup"
)

// repeatAppointed sends the letter about a chosen time again: the session has none of
// its own for such a candidate. done is false for one without a time. CodeTooMany.
func (s *Server) repeatAppointed(ctx context.Context, n nextup.Snapshot, id nextup.CandidateID) (done bool, err error) {
	if _, booked := bookedTime(n.State, id); !booked {
		return false, nil
	}
	a, ok, err := s.applicantAt(ctx, n, id)
	if err != nil || !ok {
		return false, err
	}
	return true, s.Jobs.Repeat(ctx, n.State.Settings.Round, a.ID, s.Now())
}
