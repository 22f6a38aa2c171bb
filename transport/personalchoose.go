package transport

import (
	"net/http"
	"net/url"

	"nextup"
)

// claimOf is what a form of the personal page asks for. The round is the form's; that
// he is in it is the database's to say, in the statement that decides.
func (s *Server) claimOf(r *http.Request) (nextup.Claim, error) {
	id, err := s.openPersonal(r)
	if err != nil {
		return nextup.Claim{}, err
	}
	if err := r.ParseForm(); err != nil {
		return nextup.Claim{}, formFault(err)
	}
	f := r.PostForm
	for _, field := range []string{"round", "slot", "from"} {
		if v := f.Get(field); v != "" && !knownID(v) {
			return nextup.Claim{}, nextup.Refuse(nextup.CodeUnknown)
		}
	}
	return nextup.Claim{
		Round: nextup.RoundID(f.Get("round")), Applicant: id, Slot: nextup.SlotID(f.Get("slot")), From: nextup.SlotID(f.Get("from")),
		By: nextup.RoleCandidate, At: s.Now(), Notify: true,
	}, nil
}

// confirmInterview books the chosen time. Pressing twice, in two windows or after
// going back does it once.
func (s *Server) confirmInterview(w http.ResponseWriter, r *http.Request) error {
	claim, err := s.claimOf(r)
	if err != nil {
		return err
	}
	if claim.Slot == "" { // without scripts, nothing was chosen
		return s.refusedChoice(w, r, nextup.Invalid("slot"), "")
	}
	if claim.Slot == claim.From { // the time he has: nothing to do
		http.Redirect(w, r, s.backTo(claim, ""), http.StatusSeeOther)
		return nil
	}
	if _, err := s.Jobs.Book(r.Context(), claim); err != nil {
		return s.refusedChoice(w, r, err, claim.Slot)
	}
	s.settleSoon()
	http.Redirect(w, r, s.backTo(claim, ""), http.StatusSeeOther)
	return nil
}

// cancelInterview gives his time back.
func (s *Server) cancelInterview(w http.ResponseWriter, r *http.Request) error {
	claim, err := s.claimOf(r)
	if err != nil {
		return err
	}
	claim.Slot = ""
	if _, err := s.Jobs.Unbook(r.Context(), claim); err != nil {
		return s.refusedChoice(w, r, err, "")
	}
	s.settleSoon()
	http.Redirect(w, r, s.backTo(claim, "cancelled"), http.StatusSeeOther)
	return nil
}

// noneFits tells the recruiter that no time fits him.
func (s *Server) noneFits(w http.ResponseWriter, r *http.Request) error {
	claim, err := s.claimOf(r)
	if err != nil {
		return err
	}
	if err := s.Jobs.NoneFits(r.Context(), claim.Round, claim.Applicant, claim.At); err != nil {
		return s.refusedChoice(w, r, err, "")
	}
	http.Redirect(w, r, s.backTo(claim, "none"), http.StatusSeeOther)
	return nil
}

// personalOpened notes that somebody, and no mail scanner, has opened the page: the
// script says so at the first press, key or touch.
func (s *Server) personalOpened(w http.ResponseWriter, r *http.Request) error {
	id, err := s.openPersonal(r)
	if err != nil {
		return err
	}
	if err := s.Jobs.Opened(r.Context(), id, s.Now()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// backTo is his page after something was done.
func (s *Server) backTo(c nextup.Claim, done string) string {
	q := url.Values{"round": {string(c.Round)}}
	if done != "" {
		q.Set("done", done)
	}
	return "/p/" + s.links.applicant(c.Applicant) + "?" + q.Encode()
}
