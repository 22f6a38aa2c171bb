package transport

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"nextup"
	"nextup/transport/mail"
)

// What a candidate says of himself: at sign-up, and later on his registration's own
// page, where he corrects it or gives his place back. That page works without
// scripts, and opening it changes nothing.

// Limits of a candidate's fields, in characters.
const (
	maxPhone = 40
	maxNeeds = 1000
)

// readSignUp is what was typed, as it was typed.
func readSignUp(r *http.Request) SignUpForm {
	return SignUpForm{
		Name: r.PostForm.Get("name"), Email: strings.TrimSpace(r.PostForm.Get("email")), Phone: strings.TrimSpace(r.PostForm.Get("phone")),
		Needs: r.PostForm.Get("needs"), Language: r.PostForm.Get("language"),
	}
}

// person makes a row of what was typed; faults are catalogue keys by field.
func (f SignUpForm) person() (who nextup.Person, needs string, faults map[string]string) {
	faults = map[string]string{}
	who = nextup.Person{Role: nextup.RoleCandidate, Language: f.Language}
	var ok bool
	if who.Name, ok = typedName(f.Name); !ok {
		faults["name"] = "signup.error.name"
	}
	var err error
	if who.Email, err = mail.ParseAddress(f.Email); err != nil {
		faults["email"] = "signup.error.email"
	}
	if who.Phone, ok = typedPhone(f.Phone); !ok {
		faults["phone"] = "signup.error.phone"
	}
	needs, ok = typedWords(strings.TrimSpace(f.Needs))
	if !ok || utf8.RuneCountInString(needs) > maxNeeds {
		faults["needs"] = "signup.error.needs"
	}
	return who, needs, faults
}

// typedPhone is a telephone number as people write them: 5 to 15 digits (E.164
// allows 15), perhaps with a plus before and marks between. Empty is no number.
func typedPhone(typed string) (phone string, ok bool) {
	phone = strings.Join(strings.Fields(typed), " ")
	if phone == "" {
		return "", true
	}
	n := len(digits(phone))
	strange := strings.ContainsFunc(strings.TrimPrefix(phone, "+"), func(r rune) bool {
		return (r < '0' || r > '9') && !strings.ContainsRune(" -().–/", r)
	})
	return phone, n >= 5 && n <= 15 && utf8.RuneCountInString(phone) <= maxPhone && !strange
}

// webAddress is a link that may be followed from a page, "" if it is none.
func webAddress(typed string) string {
	u, err := url.Parse(strings.TrimSpace(typed))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// DetailsView is details.html, a candidate's registration.
type DetailsView struct {
	Event
	Action   string            // where the corrections are posted to
	Back     string            // his personal page
	Withdraw string            // form address; empty when there is nothing to withdraw from
	Open     bool              // it can still be corrected
	Typed    SignUpForm        // as kept, or as typed if something was wrong
	Errors   map[string]string // by field: a catalogue key
	Saved    string            // catalogue key of what was just done; empty if nothing was
}

// details shows a candidate what he gave when he signed up.
func (s *Server) details(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	who := n.People[id.Person()]
	saved := map[string]string{"saved": "details.saved", "mailed": "details.mailed"}[r.URL.Query().Get("done")]
	typed := SignUpForm{Name: who.Name, Email: who.Email, Phone: who.Phone, Needs: n.Texts[nextup.NeedsText(id)], Language: who.Language}
	return s.detailsPage(w, r, http.StatusOK, id, n, DetailsView{Typed: typed, Saved: saved})
}

func (s *Server) detailsPage(w http.ResponseWriter, r *http.Request, status int, id nextup.CandidateID, n nextup.Snapshot, v DetailsView) error {
	event, err := s.event(r.Context(), n)
	if err != nil {
		return err
	}
	back := "/c/" + s.links.candidate(n.ID, id)
	c := n.State.Candidates[id]
	v.Event, v.Back, v.Action = event, back, back+"/details"
	if v.Typed.Kept, v.Typed.Own, err = s.keptAddress(r.Context(), n, id); err != nil {
		return err
	}
	if v.Typed.Kept != "" {
		v.Typed.Email = n.People[id.Person()].Email
	}
	v.Open = n.State.Phase == nextup.PhasePublished && c.Status != nextup.StatusWithdrawn
	switch c.Status {
	case nextup.StatusRegistered, nextup.StatusWaiting, nextup.StatusCalled, nextup.StatusTalking, nextup.StatusNoShow:
		if v.Open {
			v.Withdraw = back + "/withdraw"
		}
	}
	return s.render(w, r, status, "details.html", Page{
		Lang: s.language(r, n.People[id.Person()].Language), Path: v.Action, Home: back, View: v,
	})
}

// correct keeps what a candidate corrects. A new address gets the confirmation,
// so that he sees whether it is right.
func (s *Server) correct(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	before := n.People[id.Person()]
	typed := readSignUp(r)
	kept := n.State.Settings.Round != "" && before.Email != ""
	if kept && typed.Email == "" { // the form does not ask for it
		typed.Email = before.Email
	}
	who, needs, faults := typed.person()
	if kept && typed.Email != before.Email {
		faults["email"] = "details.error.kept"
	}
	if !knownLanguage(who.Language) {
		who.Language = before.Language
	}
	who.ID, who.Notice = id.Person(), before.Notice
	if len(faults) > 0 {
		return s.detailsPage(w, r, http.StatusUnprocessableEntity, id, n, DetailsView{Typed: typed, Errors: faults})
	}
	moved := !strings.EqualFold(who.Email, before.Email)
	_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, Command: nextup.Correct{Resend: moved},
		People: []nextup.Person{who}, Texts: []nextup.Text{{ID: nextup.NeedsText(id), Body: needs}},
	})
	if err == nil {
		if err = s.correctAppointed(r.Context(), n, id, who); err != nil {
			s.leftSession(r.Context(), n) // his row here is the applicant's again
		}
	}
	var refused *nextup.Error
	switch {
	case errors.Is(err, nextup.Refuse(nextup.CodeTaken)):
		// That somebody has it is not said: it may be anybody's address.
		return s.detailsPage(w, r, http.StatusConflict, id, n, DetailsView{Typed: typed, Errors: map[string]string{"email": "details.error.email"}})
	case errors.As(err, &refused):
		_, status, _ := refusal(err)
		return s.detailsPage(w, r, status, id, n, DetailsView{Typed: typed, Errors: map[string]string{"": "error." + string(refused.Code)}})
	case err != nil:
		return err
	}
	done := "saved"
	if moved {
		done = "mailed"
	}
	http.Redirect(w, r, "/c/"+s.links.candidate(n.ID, id)+"/details?done="+done, http.StatusSeeOther)
	return nil
}
