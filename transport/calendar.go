package transport

import (
	"net/http"

	"nextup"
	"nextup/transport/mail"
)

// candidateCalendar answers with a candidate's calendar entry as a file to download
// (RFC 5546, PUBLISH). It is the same entry as the one in his mails, so whoever has
// both has it once.
func (s *Server) candidateCalendar(w http.ResponseWriter, r *http.Request) error {
	id, who, err := s.links.openCandidate(r.PathValue("token"))
	if err != nil {
		return err
	}
	n, err := s.look(r, id)
	if err != nil {
		return err
	}
	c, ok := n.State.Candidates[who]
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if err := linkOver(n, who); err != nil {
		return err
	}
	if a, err := s.appointment(r.Context(), n, who); err != nil {
		return err
	} else if a != nil && a.Start != "" { // his entry is the round's: one for good, whatever day it moves to
		http.Redirect(w, r, a.Calendar, http.StatusSeeOther)
		return nil
	}
	l, err := s.letter(r.Context(), n, nextup.Mail{Kind: nextup.MailConfirmation, Person: who.Person()})
	if err != nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	l.Language = s.language(r, l.Language)
	method := mail.MethodPublish
	if n.State.Phase == nextup.PhaseCancelled || c.Status == nextup.StatusWithdrawn {
		method = mail.MethodCancel
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; method="+string(method)+"; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="nextup.ics"`)
	h.Set("Content-Language", l.Language)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(l.Calendar(method, s.Now()))
	return nil
}
