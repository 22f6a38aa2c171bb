package transport

import (
	"context"
	"net/http"

	"nextup"
)

// A session of a round's day is planned in the round: its times, its end and its title
// are shown here, and changed there.

// roundPath is the page of the round whose day a session is; "" for a session of its own.
func (s *Server) roundPath(ctx context.Context, n nextup.Snapshot) (string, error) {
	if s.Jobs == nil || n.State.Settings.Round == "" {
		return "", nil
	}
	job, round, _, ok, err := s.Jobs.DayOf(ctx, n.ID)
	if err != nil || !ok {
		return "", err
	}
	return roundAt(job, round), nil
}

// lock puts back what the round says, whatever was typed. It is read-only on the page;
// and the round may have changed it since.
func (f *sessionForm) lock(n nextup.Snapshot, who Account) {
	if n.State.Settings.Round == "" {
		return
	}
	is := formOf(n, who)
	f.Title, f.Date, f.Clock, f.Zone = is.Title, is.Date, is.Clock, is.Zone
	f.Length, f.Talk, f.Pause = is.Length, is.Talk, is.Pause
}

// resend sends somebody's link again. Who chose a time has it in the letter about that.
func (s *Server) resend(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	id := nextup.CandidateID(r.PostForm.Get("candidate"))
	if done, err := s.repeatAppointed(r.Context(), n, id); done {
		back := "/sessions/" + string(n.ID)
		if r.PostForm.Get("back") != "" {
			back += "/candidates/" + string(id)
		}
		return s.answer(w, r, who, n, back, "resend", err)
	} else if err != nil {
		return err
	}
	return s.carryOut(w, r, who, n, "resend", nextup.Order{Command: resendCommand(r.PostForm)})
}
