package transport

import (
	"net/http"

	"nextup"
	"nextup/transport/mail"
)

// bookingCalendar answers with an applicant's appointment as a calendar file to
// download: the same entry as in his letters, so whoever has both has it once. A
// cancelled one is a file that takes the entry out again.
func (s *Server) bookingCalendar(w http.ResponseWriter, r *http.Request) error {
	id, err := s.links.openApplicant(r.PathValue("token"))
	if err != nil {
		return err
	}
	if s.Jobs == nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	b, err := s.Jobs.BoardOf(r.Context(), id)
	if err != nil {
		return err
	}
	if err := s.applicantLinkOver(r.Context(), b); err != nil {
		return err
	}
	a, _ := b.Applicant(id)
	rb, ok := b.Round(nextup.RoundID(r.PathValue("round")))
	if !ok || a.Erased {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	e, _ := everIn(rb, id)
	kind, method := nextup.MailUnbooked, mail.MethodCancel
	if _, stands := standing(rb, e); stands {
		kind, method = nextup.MailBooked, mail.MethodPublish
	}
	l, err := s.roundLetter(r.Context(), b, rb, a, kind, nextup.Message{})
	if err == mail.ErrOutdated { //nolint:errorlint // roundLetter gives it as it is
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if err != nil {
		return err
	}
	l.Language = s.language(r, l.Language)
	h := w.Header()
	h.Set("Content-Type", "text/calendar; method="+string(method)+"; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="nextup.ics"`)
	h.Set("Content-Language", l.Language)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(l.Calendar(method, s.Now()))
	return nil
}
