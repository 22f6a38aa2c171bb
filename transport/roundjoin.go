package transport

import (
	"context"
	"net/http"
	"time"

	"nextup"
)

// joinInterview leads an applicant into the lobby of the interview he has in a round.
// The address stands in his calendar and stays right whatever day he has by now. What
// there is to say when there is no lobby for him, his personal page says.
func (s *Server) joinInterview(w http.ResponseWriter, r *http.Request) error {
	_, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	id := v.Applicant.ID
	to := "/p/" + s.links.applicant(id)
	session, candidate, ok, err := s.seatOfApplicant(r.Context(), id, nextup.RoundID(r.PathValue("round")))
	switch {
	case err != nil:
		return err
	case ok:
		to = "/c/" + s.links.candidate(session, candidate)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// seatOfApplicant finds where an applicant's interview of a round is held by video. A
// session that has not been told of it is told now; ok is false if there is none.
func (s *Server) seatOfApplicant(ctx context.Context, who nextup.ApplicantID, round nextup.RoundID) (_ nextup.SessionID, _ nextup.CandidateID, ok bool, err error) {
	for again := range 2 {
		b, err := s.Jobs.BoardOf(ctx, who)
		if err != nil {
			return "", "", false, err
		}
		p, at, has := s.planOf(b, round, who)
		if !has {
			return "", "", false, nil
		}
		n, err := s.daySession(ctx, p.day.Session)
		if err != nil {
			return "", "", false, err
		}
		id := p.seats(n)[who]
		held := n.State.Phase != "" && n.State.Phase != nextup.PhaseCancelled && !n.State.Removed
		if c := n.State.Candidates[id]; held && !c.Booked.IsZero() && (again == 1 || c.Booked.Equal(at)) {
			return n.ID, id, true, nil
		}
		if err := s.settle(ctx, UnsettledDay{Job: b.Job.ID, Round: round, Date: p.day.Date}); err != nil {
			return "", "", false, s.unavailable("settle", err)
		}
	}
	return "", "", false, nil
}

// planOf is the plan of the day by video on which somebody has a time in a round, and
// that time.
func (s *Server) planOf(b nextup.Board, round nextup.RoundID, who nextup.ApplicantID) (dayPlan, time.Time, bool) {
	rb, _ := b.Round(round)
	e, _ := rb.Entry(who)
	slot, ok := rb.Slot(e.Booking.Slot)
	if a, _ := b.Applicant(who); !ok || !a.Removed.IsZero() {
		return dayPlan{}, time.Time{}, false
	}
	day, ok := rb.Day(slot.Date)
	return newDayPlan(b, rb, day, s.Store.EmailKey), slot.Start, ok && day.Place.Video
}
