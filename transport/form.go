package transport

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nextup"
)

// formView is what form.html shows.
type formView struct {
	sessionForm
	Action    string // where it is sent
	Back      string // where the crumb leads
	Draft     bool   // may still be published
	Fixed     bool   // start and zone are locked: a talk has been held
	Zones     zoneView
	Capacity  capacityView
	Refused   *fieldError // the whole was refused; nil if not
	Theirs    []theirs    // what somebody else has saved since; empty if nobody has
	Questions rowsView
	Traits    rowsView
	Seats     []seatView
	Seat      seatView // for form.js to copy
}

// rowsView is one list of rows with what stands around it.
type rowsView struct {
	Kind  string // "question" or "trait"
	Rows  []rowView
	Blank rowView // for form.js to copy
	Max   int
	Full  bool
	Used  int
}

// rowView is one row with its place.
type rowView struct {
	formRow
	Kind  string
	Index int // from 0, in the buttons' values
	N     int // from 1, for people
	Fault *faultView
}

func newRows(kind string, rows []formRow, limit int) rowsView {
	v := rowsView{Kind: kind, Max: limit, Full: len(rows) >= limit, Blank: rowView{Kind: kind}}
	for i, r := range rows {
		if strings.TrimSpace(r.Text) != "" {
			v.Used++
		}
		v.Rows = append(v.Rows, rowView{r, kind, i, i + 1, newFault(kind+strconv.Itoa(i+1), r.Error)})
	}
	return v
}

// seatView is one interviewer's row with its place.
type seatView struct {
	formPerson
	Index int
	N     int
	Fault *faultView
}

// faultView is a field's error with the ID that the field names in aria-describedby.
type faultView struct {
	fieldError
	ID string
}

func newFault(field string, e *fieldError) *faultView {
	if e == nil {
		return nil
	}
	return &faultView{*e, field + "-fault"}
}

// Fault is the error of a field, nil if it has none.
func (f sessionForm) Fault(field string) *faultView { return newFault(field, f.Errors[field]) }

// Fault is the error of a field, nil if it has none.
func (v setUpView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

// theirs is one field that somebody else has changed meanwhile.
type theirs struct {
	Key   string   // the field's label
	Saved []string // as it is kept now
}

// formBoot is what form.js is told.
type formBoot struct {
	New   bool `json:"new"`   // the browser's zone may be chosen
	Keep  int  `json:"keep"`  // seconds between signs of life while somebody types
	Limit int  `json:"limit"` // characters of a job text
	Max   int  `json:"max"`   // questions, and traits
}

// newSession shows an empty form.
func (s *Server) newSession(w http.ResponseWriter, r *http.Request, who Account) error {
	return s.formPage(w, r, http.StatusOK, who, nextup.Session{}, "", formView{sessionForm: blankForm(who)})
}

// createSession makes a session of a form: a draft, or published at once.
func (s *Server) createSession(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := formView{sessionForm: readForm(r.PostForm, nextup.Session{}, who)}
	if v.press(r.PostForm.Get("do")) {
		return s.formPage(w, r, http.StatusOK, who, nextup.Session{}, "", v)
	}
	base := nextup.Settings{LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer, Countdown: nextup.DefaultCountdown}
	d := v.check(base, nil, s.language(r, who.Language))
	if len(v.Errors) > 0 {
		return s.formPage(w, r, http.StatusUnprocessableEntity, who, nextup.Session{}, "", v)
	}
	id := nextup.SessionID(v.New)
	_, err := s.Sessions.Do(r.Context(), id, nextup.Order{
		ID: formCommand(r, "create"), By: who.by(), People: d.people, Texts: d.texts,
		Command: nextup.Create{Organisation: who.Organisation, Owner: who.ID, Settings: d.settings, Interviewers: d.interviewers},
	})
	if errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
		// There is a session with this ID: this form was sent before, then changed and sent again from
		// the browser's history. If it is the sender's own, it is the one to be changed.
		if n, e := s.Sessions.Look(r.Context(), id); e == nil && n.State.Owner == who.ID {
			v.New, v.Version = "", 0
			return s.configure(w, r, who, n, v)
		}
	}
	if err != nil {
		return s.formRefused(w, r, who, nextup.Session{}, "", v, err)
	}
	return s.afterSaving(w, r, who, id)
}

// editSession shows a session's form.
func (s *Server) editSession(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := notOver(n.State); err != nil {
		return err
	}
	return s.formPage(w, r, http.StatusOK, who, n.State, n.ID, formView{sessionForm: formOf(n, who)})
}

// changeSession saves a session's form.
func (s *Server) changeSession(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := formView{sessionForm: readForm(r.PostForm, n.State, who)}
	v.New = ""
	if v.press(r.PostForm.Get("do")) {
		return s.formPage(w, r, http.StatusOK, who, n.State, n.ID, v)
	}
	return s.configure(w, r, who, n, v)
}

// configure replaces a session's settings by a form's.
func (s *Server) configure(w http.ResponseWriter, r *http.Request, who Account, n nextup.Snapshot, v formView) error {
	d := v.check(n.State.Settings, n.People, s.language(r, who.Language))
	if len(v.Errors) > 0 {
		return s.formPage(w, r, http.StatusUnprocessableEntity, who, n.State, n.ID, v)
	}
	_, err := s.Sessions.Do(r.Context(), n.ID, nextup.Order{
		ID: formCommand(r, "configure"), By: who.by(), People: d.people, Texts: d.texts,
		Command: nextup.Configure{Settings: d.settings, Interviewers: d.interviewers, Version: v.Version},
	})
	if err != nil {
		return s.formRefused(w, r, who, n.State, n.ID, v, err)
	}
	s.renewMoved(r, who, n, d)
	return s.afterSaving(w, r, who, n.ID)
}

// formCommand is the ID of a command that a form gives: the same for the same
// form with the same words, so that a double click has one effect; another when
// somebody went back in his browser and changed something.
func formCommand(r *http.Request, what string) nextup.CommandID {
	sum := sha256.Sum256([]byte(what + "\x00" + r.PostForm.Encode()))
	return nextup.CommandID(base32.StdEncoding.EncodeToString(sum[:20]))
}

// renewMoved gives interviewers whose address was corrected a new link and PIN:
// the old ones went to somebody else. It is of help only, so a failure is logged;
// the link can be renewed by hand.
func (s *Server) renewMoved(r *http.Request, who Account, n nextup.Snapshot, d draft) {
	if n.State.Phase != nextup.PhasePublished {
		return
	}
	for _, p := range d.people {
		before, ok := n.People[p.ID]
		if i, known := n.State.Interviewer(nextup.InterviewerID(p.ID)); !ok || !known || i.Removed || strings.EqualFold(before.Email, p.Email) {
			continue
		}
		_, err := s.Sessions.Do(r.Context(), n.ID, nextup.Order{
			ID: newCommand(), By: who.by(), Command: nextup.RenewLink{Interviewer: nextup.InterviewerID(p.ID)},
		})
		if err != nil {
			s.Log.Warn("link not renewed after a change of address", "error", err)
		}
	}
}

// afterSaving publishes if that was the button, and shows the session.
func (s *Server) afterSaving(w http.ResponseWriter, r *http.Request, who Account, id nextup.SessionID) error {
	if r.PostForm.Get("do") == "publish" {
		_, err := s.Sessions.Do(r.Context(), id, nextup.Order{ID: formCommand(r, "publish"), By: who.by(), Command: nextup.Publish{}})
		if err != nil {
			s.Log.Warn("not published after saving", "error", err) // the overview shows a draft with its button
		}
	}
	http.Redirect(w, r, "/sessions/"+string(id), http.StatusSeeOther)
	return nil
}

// formRefused shows the form again, as typed, with why it was not taken.
func (s *Server) formRefused(w http.ResponseWriter, r *http.Request, who Account, known nextup.Session, id nextup.SessionID, v formView, err error) error {
	e, status, sure := refusal(err)
	if !sure {
		s.Log.Error("form not saved", "route", r.Pattern, "error", err)
	}
	v.Errors = faults{}
	switch {
	case e.Code == nextup.CodePast:
		v.Errors.add("date", "error.past", 0)
	case e.Code == nextup.CodeStarted:
		v.Errors.add("date", "error.started", 0)
	case e.Code == nextup.CodePlaces:
		v.Errors.add("places", "form.error.placesTaken", e.Left)
	case e.Code == nextup.CodeInvalid && formFields[e.Field]:
		v.Errors.add(e.Field, "form.error."+e.Field, 0)
	case e.Code == nextup.CodeStale && id != "":
		n, err := s.Sessions.Look(r.Context(), id)
		if err != nil {
			return err
		}
		known = n.State
		v.Theirs = difference(v.sessionForm, formOf(n, who))
		v.Version = n.State.Edited // saving once more is meant
		v.Command = NewID()
		v.Refused = &fieldError{Key: "form.stale"}
	default:
		v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	}
	if sure && e.Code != nextup.CodeUnavailable {
		v.Command = NewID() // what is sent next is another command
	}
	return s.formPage(w, r, status, who, known, id, v)
}

// formFields are those that Settings.Check names as the form does.
var formFields = map[string]bool{
	"length": true, "talk": true, "pause": true, "places": true, "zone": true, "questions": true, "traits": true,
}

// difference lists the fields that are kept otherwise than typed.
func difference(typed, saved sessionForm) []theirs {
	var all []theirs
	differ := func(key string, mine, other []string) {
		if !slices.Equal(mine, other) {
			all = append(all, theirs{key, other})
		}
	}
	one := func(key, mine, other string) { differ(key, []string{mine}, []string{other}) }
	one("form.title", typed.Title, saved.Title)
	one("form.job", typed.Job, saved.Job)
	one("form.when", typed.Date+" "+typed.Clock+" "+typed.Zone, saved.Date+" "+saved.Clock+" "+saved.Zone)
	one("form.length", typed.Length, saved.Length)
	one("form.talk", typed.Talk, saved.Talk)
	one("form.pause", typed.Pause, saved.Pause)
	one("form.places", typed.Places, saved.Places)
	differ("form.questions", rowTexts(typed.Questions), rowTexts(saved.Questions))
	differ("form.traits", rowTexts(typed.Traits), rowTexts(saved.Traits))
	differ("form.interviewers", peopleTexts(typed.Interviewers), peopleTexts(saved.Interviewers))
	return all
}

func rowTexts(rows []formRow) (all []string) {
	for _, r := range rows {
		if t := strings.TrimSpace(r.Text); t != "" {
			all = append(all, t)
		}
	}
	return all
}

func peopleTexts(people []formPerson) (all []string) {
	for _, p := range people {
		if !p.empty() {
			all = append(all, strings.TrimSpace(p.Name)+", "+strings.TrimSpace(p.Email))
		}
	}
	return all
}

// formPage shows the form. known and id are the session that is edited, empty for
// a new one.
func (s *Server) formPage(w http.ResponseWriter, r *http.Request, status int, who Account, known nextup.Session, id nextup.SessionID, v formView) error {
	v.Action, v.Back = "/sessions/new", "/sessions"
	v.Draft = known.Phase == "" || known.Phase == nextup.PhaseDraft
	if id != "" {
		v.Action, v.Back = "/sessions/"+string(id)+"/edit", "/sessions/"+string(id)
		v.Fixed = len(known.Talks) > 0
	}
	v.Zones, v.Capacity = newZones(v.Zone), v.capacity()
	v.Questions = newRows("question", v.sessionForm.Questions, nextup.MaxQuestions)
	v.Traits = newRows("trait", v.sessionForm.Traits, nextup.MaxTraits)
	for i, p := range v.Interviewers {
		v.Seats = append(v.Seats, seatView{p, i, i + 1, newFault("interviewer"+strconv.Itoa(i+1), p.Error)})
	}
	boot := formBoot{New: id == "" && status == http.StatusOK && r.Method == http.MethodGet, Keep: 600, Limit: maxJob, Max: nextup.MaxQuestions}
	return s.desk(w, r, status, who, "form.html", "/sessions", Page{Path: v.Action, View: v, Boot: boot})
}

// ownSession is the session a recruiter's page is about. One of another
// organisation is the neutral 404: nobody learns that it exists.
func (s *Server) ownSession(r *http.Request, who Account) (nextup.Snapshot, error) {
	id := r.PathValue("id")
	if !identifier(id) {
		return nextup.Snapshot{}, nextup.Refuse(nextup.CodeUnknown)
	}
	n, err := s.look(r, nextup.SessionID(id))
	switch {
	case err != nil:
		return nextup.Snapshot{}, err
	case n.State.Phase == "" || n.State.Organisation != who.Organisation || who.Organisation == "":
		return nextup.Snapshot{}, nextup.Refuse(nextup.CodeUnknown)
	}
	return n, nil
}

// notOver refuses a session that is over.
func notOver(st nextup.Session) error {
	switch st.Phase {
	case nextup.PhaseClosed:
		return nextup.Refuse(nextup.CodeClosed)
	case nextup.PhaseCancelled:
		return nextup.Refuse(nextup.CodeCancelled)
	}
	return nil
}
