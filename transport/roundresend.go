package transport

import (
	"net/http"

	"nextup"
)

// resendRound sends an applicant the letter of how things are for him once more. One
// that would be dropped, because it is true no longer, is refused with the reason.
func (s *Server) resendRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	e, ok := rb.Entry(nextup.ApplicantID(r.PostForm.Get("who")))
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if why := s.noLetter(b, rb, e); why != "" {
		v, err := s.newRound(r, b, rb)
		if err != nil {
			return err
		}
		v.Refused = &fieldError{Key: why}
		return s.roundPage(w, r, http.StatusConflict, who, v)
	}
	return s.roundDone(w, r, who, b, rb, "resent", 0, s.Jobs.Repeat(r.Context(), rb.Round.ID, e.Applicant, s.Now()))
}

// noLetter is the key of why an applicant's letter cannot be sent again: the delivery
// would drop it. "" is that it can, or that there is none, which the database says.
func (s *Server) noLetter(b nextup.Board, rb nextup.RoundBoard, e nextup.Entry) string {
	a, _ := b.Applicant(e.Applicant)
	if a.Email == "" {
		return "rounds.msg.noAddress"
	}
	kind := presentLetter(b, rb, e)
	switch {
	case kind == "", wantedOfRound(b.Job, rb, a, kind, s.Now()):
		return ""
	case kind != nextup.MailChoose && kind != nextup.MailChooseAgain:
		return "rounds.resend.over"
	case !b.Job.Closed.IsZero():
		return "rounds.msg.jobClosed"
	case !rb.Round.Closed.IsZero():
		return "rounds.msg.closed"
	}
	return "rounds.msg.noneFree"
}

// presentLetter is the letter that says how it stands with an applicant now, as
// Roundbox.Repeat chooses it; "" none.
func presentLetter(b nextup.Board, rb nextup.RoundBoard, e nextup.Entry) nextup.MailKind {
	if e.Booking.Slot != "" {
		return nextup.MailBooked
	}
	for _, m := range b.Messages { // the newest first
		if m.Round == rb.Round.ID && m.Applicant == e.Applicant {
			return m.Kind
		}
	}
	if e.Booking.Was != "" {
		return nextup.MailUnbooked
	}
	return ""
}
