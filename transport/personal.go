package transport

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"nextup"
)

// The personal page of an applicant: what he was written, the times that he can
// choose among, the one he has. It works without scripts, opening it changes
// nothing, and whatever it shows is made from his own view of the board.

// applicantOf finds whom a personal link is for, with what he may know.
func (s *Server) applicantOf(r *http.Request) (nextup.Board, nextup.ApplicantView, error) {
	id, err := s.openPersonal(r)
	if err != nil {
		return nextup.Board{}, nextup.ApplicantView{}, err
	}
	b, err := s.Jobs.BoardOf(r.Context(), id)
	if err != nil {
		return nextup.Board{}, nextup.ApplicantView{}, err
	}
	if err := s.applicantLinkOver(r.Context(), b); err != nil {
		return nextup.Board{}, nextup.ApplicantView{}, err
	}
	v, ok := b.ViewOfApplicant(id, s.Now())
	if !ok {
		return nextup.Board{}, nextup.ApplicantView{}, errLink
	}
	return b, v, nil
}

// openPersonal is the applicant that the address names.
func (s *Server) openPersonal(r *http.Request) (nextup.ApplicantID, error) {
	if s.Jobs == nil {
		return "", errLink
	}
	return s.links.openApplicant(r.PathValue("token"))
}

// chosenRound is the round that the page is about: the one asked for, else the one
// that waits for him. ok is false when there is none.
func chosenRound(v nextup.ApplicantView, asked string) (c nextup.Choice, ok bool) {
	if c, ok := v.Choice(nextup.RoundID(asked)); ok {
		return c, true
	}
	if len(v.Choices) == 0 {
		return nextup.Choice{}, false
	}
	return v.Choices[0], true
}

// personal shows the page.
func (s *Server) personal(w http.ResponseWriter, r *http.Request) error {
	_, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p := personalPage{Ask: q.Get("do"), Done: q.Get("done"), Round: q.Get("round"), Status: http.StatusOK}
	return s.personalPage(w, r, v, p)
}

// personalPage is what a request wants of the page besides what is true.
type personalPage struct {
	Status int
	Round  string // the round it is about; "" the one that waits for him
	Ask    string // "change" or "cancel": the step before it is done
	Done   string // what has just been done
	Fault  personalNotice
	Slot   nextup.SlotID // what he had chosen
}

// refusedChoice shows what became of a choice that was refused: how it is now, with
// the reason, and with all that can still be chosen.
func (s *Server) refusedChoice(w http.ResponseWriter, r *http.Request, refusal error, wanted nextup.SlotID) error {
	var why *nextup.Error
	if !errors.As(refusal, &why) {
		return refusal
	}
	switch why.Code {
	case nextup.CodeSlotTaken, nextup.CodeSlotGone, nextup.CodeRoundClosed, nextup.CodeCutOff, nextup.CodeNotOffered, nextup.CodeStale, nextup.CodeInvalid:
	default:
		return refusal
	}
	b, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	round := r.PostForm.Get("round")
	c, ok := v.Choice(nextup.RoundID(round))
	if ok && c.Own.Slot.ID == wanted && why.Code != nextup.CodeInvalid { // pressed twice, or in two windows: it is done
		http.Redirect(w, r, s.personalHere(v, c), http.StatusSeeOther)
		return nil
	}
	p := personalPage{Status: statuses[why.Code], Round: round, Slot: wanted, Fault: s.faultNotice(b, c, why.Code, wanted)}
	if ok && c.Own.Slot.ID != "" && wanted != "" && len(c.Days) > 0 {
		p.Ask = "change"
	}
	return s.personalPage(w, r, v, p)
}

// personalHere is the address of his page about a round.
func (s *Server) personalHere(v nextup.ApplicantView, c nextup.Choice) string {
	here := "/p/" + s.links.applicant(v.Applicant.ID)
	if len(v.Choices) > 1 {
		here += "?round=" + url.QueryEscape(string(c.Round.ID))
	}
	return here
}

// personalPage shows the page with what a request wants of it.
func (s *Server) personalPage(w http.ResponseWriter, r *http.Request, v nextup.ApplicantView, p personalPage) error {
	lang := s.language(r, v.Applicant.Language)
	view, err := s.newPersonal(r.Context(), v, p)
	if err != nil {
		return err
	}
	status := p.Status
	if status == http.StatusOK && dead(v.Standing) {
		status = http.StatusGone
	}
	page := Page{Lang: lang, Home: view.Here, View: view}
	if r.Method == http.MethodPost {
		page.Path = cmp.Or(view.Page, view.Here) // a form's address has no page to come back to
	}
	return s.render(w, r, status, "personal.html", page)
}

// dead says whether a link shows nothing any more but why.
func dead(l nextup.LinkState) bool {
	return l == nextup.LinkErased || l == nextup.LinkRemoved || l == nextup.LinkOver
}
