package transport

import (
	"context"
	"crypto/rand"
	"errors"
	"html/template"
	"net/http"
	"time"

	"nextup"
)

// Registrations finds who has registered. The address itself is unique in a
// session: a second row with it is refused with CodeTaken by Sessions.Do.
type Registrations interface {
	// FindCandidate finds who registered in a session with an address, in whatever
	// spelling; somebody who withdrew is found too.
	FindCandidate(ctx context.Context, s nextup.SessionID, email string) (nextup.CandidateID, bool, error)
	// EmailKey is what all spellings of one address have in common.
	EmailKey(email string) string
}

// Event is what everybody may know of a session, on several pages.
type Event struct {
	Title        string
	Organisation string
	Start        time.Time // in the session's zone
	End          time.Time // in the session's zone
	Length       time.Duration
	Talk         time.Duration
	Job          template.HTML // safe; empty if there is none
	Ad           string        // web address of the job ad; empty if there is none
	Contact      string        // telephone or words for who has no working device; may be empty
}

// SignUpView is signup.html: the job, when it is, and the form.
type SignUpView struct {
	Event
	Action string            // where the forms post to
	State  string            // "open", "full", "draft", "closed" or "cancelled"; the form only when open
	Typed  SignUpForm        // what was typed, kept
	Errors map[string]string // by field: a catalogue key
	Notice string            // address of the privacy notice; empty if there is none to read
	Old    bool              // the browser will not do for the interview itself

	Preview *PreviewView // shown to the recruiter, who cannot send it; nil for candidates
}

// SignUpForm is what a candidate types.
type SignUpForm struct {
	Name     string
	Email    string
	Phone    string
	Needs    string // adjustments or an interpreter wished for
	Language string

	Kept string // catalogue key of why the address is not changed here; empty: it can be typed
	Own  string // address of the page where he is an applicant; empty: he has none, or it changes nothing
}

// SignedUpView is signedup.html, the same whether the address was new or not.
type SignedUpView struct {
	Event
	Email string // as typed, to be checked by eye
	Again string // the form's address, to correct a mistake
	Demo  bool   // nothing is really sent
}

// signUp shows the public page of a session.
func (s *Server) signUp(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.signUpSession(r)
	if err != nil {
		return err
	}
	return s.signUpPage(w, r, http.StatusOK, id, n, SignUpForm{}, nil)
}

func (s *Server) signUpSession(r *http.Request) (nextup.SessionID, nextup.Snapshot, error) {
	id, err := s.links.openSignUp(r.PathValue("token"))
	if err != nil {
		return "", nextup.Snapshot{}, err
	}
	n, err := s.look(r, id)
	return id, n, err
}

func (s *Server) signUpPage(w http.ResponseWriter, r *http.Request, status int, id nextup.SessionID, n nextup.Snapshot, typed SignUpForm, faults map[string]string) error {
	v, err := s.newSignUp(r, id, n, typed, faults)
	if err != nil {
		return err
	}
	return s.render(w, r, status, "signup.html", Page{Path: v.Action, Home: v.Action, View: v})
}

// newSignUp is what the public page shows; the recruiter's preview shows the same.
func (s *Server) newSignUp(r *http.Request, id nextup.SessionID, n nextup.Snapshot, typed SignUpForm, faults map[string]string) (SignUpView, error) {
	event, err := s.event(r.Context(), n)
	if err != nil {
		return SignUpView{}, err
	}
	v := SignUpView{Event: event, Action: "/s/" + s.links.signUp(id), State: signUpState(n.State), Typed: typed, Errors: faults}
	if v.Typed.Language == "" {
		v.Typed.Language = s.language(r, "")
	}
	v.Old, v.Notice = readBrowser(r.UserAgent()).Old, "/privacy/"+s.links.signUp(id)
	if v.State == "draft" { // nothing of a draft is shown to anybody
		v.Event = Event{}
	}
	return v, nil
}

// signUpState says whether anybody can register now.
func signUpState(s nextup.Session) string {
	switch {
	case s.Phase == nextup.PhaseDraft:
		return "draft"
	case s.Phase == nextup.PhaseClosed:
		return "closed"
	case s.Phase == nextup.PhaseCancelled:
		return "cancelled"
	case s.Taken() >= s.Settings.Places:
		return "full"
	}
	return "open"
}

// event is what a page tells about a session.
func (s *Server) event(ctx context.Context, n nextup.Snapshot) (Event, error) {
	set := n.State.Settings
	e := Event{
		Title: n.Texts[nextup.TitleText], Length: set.Length, Talk: set.Talk,
		Start: in(set.Start, set.Zone), End: in(set.End(), set.Zone),
	}
	var err error
	if e.Organisation, err = s.Store.OrganisationName(ctx, n.State.Organisation); err != nil {
		return Event{}, err
	}
	e.Ad, e.Contact = webAddress(n.Texts[nextup.AdText]), n.Texts[nextup.ContactText]
	e.Job, err = markdown(n.Texts[nextup.JobText])
	return e, err
}

// register takes a place, or sends the confirmation of one that is taken with the
// same address. Both look the same to whoever typed it: the personal link goes to
// the address and nowhere else.
func (s *Server) register(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.signUpSession(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	typed := readSignUp(r)
	again := r.PostForm.Has("again") // only the link once more, also when every place is taken
	who, needs, faults := typed.person()
	if again {
		for field := range faults {
			if field != "email" {
				delete(faults, field)
			}
		}
	}
	email := who.Email
	if !knownLanguage(who.Language) {
		typed.Language = s.language(r, "")
		who.Language = typed.Language
	}
	if state := signUpState(n.State); state != "open" && (!again || state != "full") {
		// Also to an address that has a place: a full session answers everybody alike.
		return s.signUpPage(w, r, http.StatusConflict, id, n, typed, nil)
	}
	if len(faults) > 0 {
		return s.signUpPage(w, r, http.StatusUnprocessableEntity, id, n, typed, faults)
	}
	if !s.limits.signUp.allow(s.client(r), s.Now()) {
		return s.signUpPage(w, r, http.StatusTooManyRequests, id, n, typed, map[string]string{"": "error.too_many"})
	}
	if again {
		err = s.repeat(r.Context(), id, email)
	} else {
		who.Notice = s.noticeVersion()
		err = s.takePlace(r.Context(), id, who, needs)
	}
	var refused *nextup.Error
	switch {
	case errors.As(err, &refused):
		_, status, _ := refusal(err)
		if n, err = s.look(r, id); err != nil { // what the page shows must be what refused
			return err
		}
		return s.signUpPage(w, r, status, id, n, typed, map[string]string{"": "error." + string(refused.Code)})
	case err != nil:
		return err
	}
	event, err := s.event(r.Context(), n)
	if err != nil {
		return err
	}
	action := "/s/" + s.links.signUp(id)
	return s.render(w, r, http.StatusOK, "signedup.html", Page{Path: action, Home: action, View: SignedUpView{event, email, action, s.Demo}})
}

// takePlace registers somebody, or repeats the confirmation. Two forms with one
// address at the same time meet in the store, which takes one row only; the other
// becomes a repetition.
func (s *Server) takePlace(ctx context.Context, id nextup.SessionID, who nextup.Person, needs string) error {
	for range 2 {
		known, ok, err := s.Store.FindCandidate(ctx, id, who.Email)
		if err != nil {
			return err
		}
		if !ok {
			known = nextup.CandidateID(rand.Text())
		}
		visitor := nextup.Actor{Role: nextup.RoleVisitor}
		who.ID = known.Person()
		var texts []nextup.Text
		if needs != "" || ok { // an empty one takes the place of what he once wrote
			texts = []nextup.Text{{ID: nextup.NeedsText(known), Body: needs}}
		}
		// Somebody who withdrew registers again under his old ID. One who has his
		// place is refused with CodeTaken, before the row could be changed.
		_, err = s.Sessions.Do(ctx, id, nextup.Order{
			ID: newCommand(), By: visitor, Command: nextup.Register{Candidate: known}, People: []nextup.Person{who}, Texts: texts,
		})
		if !errors.Is(err, nextup.Refuse(nextup.CodeTaken)) {
			return err
		}
		if !ok {
			continue // another form with this address was first: now it is found
		}
		return s.again(ctx, id, known)
	}
	return nextup.Refuse(nextup.CodeUnavailable)
}

// repeat sends the confirmation again if the address has a place, and does
// nothing if it has not.
func (s *Server) repeat(ctx context.Context, id nextup.SessionID, email string) error {
	known, ok, err := s.Store.FindCandidate(ctx, id, email)
	if err != nil || !ok {
		return err
	}
	return s.again(ctx, id, known)
}

// again repeats a confirmation. That somebody has had his mails for today, or has
// withdrawn, is not told: the answer would say that the address is known.
func (s *Server) again(ctx context.Context, id nextup.SessionID, known nextup.CandidateID) error {
	n, err := s.Sessions.Look(ctx, id)
	if err != nil {
		return err
	}
	done, err := s.repeatAppointed(ctx, n, known)
	if errors.Is(err, nextup.Refuse(nextup.CodeTooMany)) {
		return nil
	}
	if done || err != nil {
		return err
	}
	_, err = s.Sessions.Do(ctx, id, nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.RegisterAgain{Candidate: known},
	})
	if errors.Is(err, nextup.Refuse(nextup.CodeTooMany)) || errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) {
		return nil
	}
	return err
}

// formFault tells a form that is too large from one that cannot be read.
func formFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return nextup.Invalid("form")
}
