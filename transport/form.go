package transport

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// formView is what form.html shows.
type formView struct {
	sessionForm
	Action    string // where it is sent
	Back      string // where the crumb leads
	Draft     bool   // may still be published
	Fixed     bool   // start and zone are locked: a talk has been held
	Planned   bool   // times and title are the round's whose day it is
	Round     string // address of that round; "": it has left it
	Zones     zoneView
	Capacity  capacityView
	Refused   *fieldError // the whole was refused; nil if not
	Theirs    []theirs    // what somebody else has saved since; empty if nobody has
	Copy      bool        // a copy that still lacks its date
	Unsaved   bool        // what is shown is a draft: candidates see something else
	More      bool        // the settings that few change are shown open
	Questions rowsView
	Traits    rowsView
	Seats     []seatView
	People    rowsView // around the seats
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
	Undo  *undoView // the row that was just removed; nil if none
}

// rowView is one row with its place.
type rowView struct {
	formRow
	Kind  string
	Index int // from 0, in the buttons' values
	N     int // from 1, for people
	Fault *faultView
}

func newRows(kind string, rows []formRow, limit int, undo *undoView) rowsView {
	v := rowsView{Kind: kind, Max: limit, Full: len(rows) >= limit, Blank: rowView{Kind: kind}}
	if undo != nil && undo.Kind == kind {
		v.Undo = undo
	}
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

// ByRegistration says whether the turn order is that of registering.
func (f sessionForm) ByRegistration() bool { return turnOrder(f.Order) == nextup.OrderRegistration }

// AnchorRows are the words for the ratings with their numbers.
func (f sessionForm) AnchorRows() (rows []rowView) {
	for i, a := range f.Anchors {
		rows = append(rows, rowView{formRow: formRow{Text: a}, N: i + 1})
	}
	return rows
}

// Fault is the error of a field, nil if it has none.
func (f sessionForm) Fault(field string) *faultView { return newFault(field, f.Errors[field]) }

// Fault is the error of a field, nil if it has none.
func (v setUpView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

// formBoot is what form.js is told.
type formBoot struct {
	New   bool   `json:"new"`   // the browser's zone may be chosen
	Keep  int    `json:"keep"`  // seconds between signs of life while somebody types
	Limit int    `json:"limit"` // characters of a job text
	Max   int    `json:"max"`   // questions, and traits
	Store string `json:"store"` // under which name the browser keeps what is typed
	Fresh bool   `json:"fresh"` // the page shows what is kept, not what was refused
	Made  string `json:"made"`  // the address that exists once a new session has been made
}

// newSession shows an empty form.
func (s *Server) newSession(w http.ResponseWriter, r *http.Request, who Account) error {
	return s.formPage(w, r, http.StatusOK, who, nextup.Session{}, "", formView{sessionForm: blankForm(who)})
}

// createSession makes a session of a form: a draft, or published at once. One that
// only lacks its date can be put by.
func (s *Server) createSession(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := formView{sessionForm: readForm(r.PostForm, nextup.Session{}, who)}
	id, do := nextup.SessionID(v.New), r.PostForm.Get("do")
	kept, _, err := s.undated(r.Context(), who, id)
	switch {
	case err == nil:
		kept.see(who)
		if answered, err := s.meet(w, r, who, nextup.Snapshot{}, "", &v, kept); answered || err != nil {
			return err
		}
	case errors.Is(err, nextup.Refuse(nextup.CodeUnknown)):
		v.Revision = 0
	default:
		return err
	}
	if v.press(do) {
		return s.formPage(w, r, http.StatusOK, who, nextup.Session{}, "", v)
	}
	base := nextup.Settings{LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer, Countdown: nextup.DefaultCountdown}
	d := v.check(base, nil, s.language(r, who.Language))
	if do == "save" && v.onlyUndated() {
		return s.putBy(w, r, who, v)
	}
	if len(v.Errors) > 0 {
		return s.formPage(w, r, http.StatusUnprocessableEntity, who, nextup.Session{}, "", v)
	}
	_, err = s.Sessions.Do(r.Context(), id, nextup.Order{
		ID: formCommand(r, "create"), By: who.by(), People: d.people, Texts: d.texts,
		Command: nextup.Create{Organisation: who.Organisation, Owner: who.ID, Settings: d.settings, Interviewers: d.interviewers},
	})
	if errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
		// There is a session with this ID: this form was sent before, then changed and sent again from
		// the browser's history. If it is the sender's own, it is the one to be changed.
		if n, e := s.Sessions.Look(r.Context(), id); e == nil && n.State.Owner == who.ID && n.State.Organisation == who.Organisation && !n.State.Removed {
			v.New, v.Version, v.Revision, v.Base = "", n.State.Edited, 0, printsOf(formOf(n, who))
			return s.keep(w, r, who, n, v)
		}
	}
	if err != nil {
		return s.formRefused(w, r, who, nextup.Session{}, "", v, err)
	}
	if v.Revision > 0 {
		s.dropDraft(r.Context(), id, v.Revision)
	}
	return s.afterSaving(w, r, who, id)
}

// onlyUndated says whether nothing is wrong but that day or time of day are not
// chosen yet.
func (f *sessionForm) onlyUndated() bool {
	for field := range f.Errors {
		if (field != "date" || f.Date != "") && (field != "clock" || f.Clock != "") {
			return false
		}
	}
	return len(f.Errors) > 0
}

// putBy keeps a form without a date until somebody goes on with it.
func (s *Server) putBy(w http.ResponseWriter, r *http.Request, who Account, v formView) error {
	v.Version = 0
	if _, err := s.saveDraft(r.Context(), who, nextup.SessionID(v.New), who.ID, v.sessionForm); err != nil {
		return s.formRefused(w, r, who, nextup.Session{}, "", v, err)
	}
	http.Redirect(w, r, "/sessions?done=draft", http.StatusSeeOther)
	return nil
}

// editSession shows a session's form: of the draft if there is one.
func (s *Server) editSession(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) && identifier(r.PathValue("id")) {
		f, _, err := s.undated(r.Context(), who, nextup.SessionID(r.PathValue("id")))
		if err != nil {
			return err
		}
		f.see(who)
		f.Base = printsOf(f)
		return s.formPage(w, r, http.StatusOK, who, nextup.Session{}, "", formView{sessionForm: f, Copy: true})
	}
	if err != nil {
		return err
	}
	if err := notOver(n.State); err != nil {
		return err
	}
	kept, stale, err := s.keptForm(r, n, who)
	if err != nil {
		return err
	}
	return s.formPage(w, r, http.StatusOK, who, n.State, n.ID, formView{sessionForm: kept, Theirs: stale})
}

// keptForm is what is saved of a session: its draft if there is one, else what is
// published. A draft that was begun before the last publishing is brought up to
// date; stale is what that changed, or could not decide.
func (s *Server) keptForm(r *http.Request, n nextup.Snapshot, who Account) (f sessionForm, stale []theirs, err error) {
	public := formOf(n, who)
	f, _, ok, err := s.draftOf(r.Context(), n.ID)
	if err != nil || !ok || n.State.Phase != nextup.PhasePublished {
		return public, nil, err
	}
	f.New = ""
	f.see(who)
	f.lock(n, who)
	if f.Version < n.State.Edited {
		stale = reconcile(&f, f.Ground, public)
		f.Version, f.Ground = n.State.Edited, public.Ground
	}
	f.Base = printsOf(f)
	return f, stale, nil
}

// see marks which of the interviewers is the reader.
func (f *sessionForm) see(who Account) {
	for i := range f.Interviewers {
		f.Interviewers[i].You = f.Interviewers[i].ID == string(who.asInterviewer())
	}
}

// changeSession saves a session's form.
func (s *Server) changeSession(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := notOver(n.State); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := formView{sessionForm: readForm(r.PostForm, n.State, who)}
	v.New = ""
	v.lock(n, who)
	return s.keep(w, r, who, n, v)
}

// keep does what a button of an existing session's form asks: a draft session is
// changed at once, of a published one a draft is kept that nobody else sees.
func (s *Server) keep(w http.ResponseWriter, r *http.Request, who Account, n nextup.Snapshot, v formView) error {
	kept, _, err := s.keptForm(r, n, who)
	if err != nil {
		return err
	}
	if answered, err := s.meet(w, r, who, n, n.ID, &v, kept); answered || err != nil {
		return err
	}
	if v.press(r.PostForm.Get("do")) {
		return s.formPage(w, r, http.StatusOK, who, n.State, n.ID, v)
	}
	d := v.check(n.State.Settings, n.People, s.language(r, who.Language))
	v.allowed(n, d)
	switch {
	case len(v.Errors) > 0:
		return s.formPage(w, r, http.StatusUnprocessableEntity, who, n.State, n.ID, v)
	case n.State.Phase == nextup.PhasePublished:
		return s.keepChanges(w, r, who, n, v)
	}
	_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{
		ID: formCommand(r, "configure"), By: who.by(), People: d.people, Texts: d.texts,
		Command: nextup.Configure{Settings: d.settings, Interviewers: d.interviewers, Version: v.Version},
	})
	if err != nil {
		return s.formRefused(w, r, who, n.State, n.ID, v, err)
	}
	return s.afterSaving(w, r, who, n.ID)
}

// meet settles what somebody else has saved since the form was filled in. answered:
// the form is shown again, with what changed. Saving it once more is meant.
func (s *Server) meet(w http.ResponseWriter, r *http.Request, who Account, n nextup.Snapshot, id nextup.SessionID, v *formView, kept sessionForm) (answered bool, err error) {
	do := r.PostForm.Get("do")
	if v.Revision != kept.Revision || v.Version != kept.Version {
		v.Theirs = reconcile(&v.sessionForm, v.Base, kept)
		v.Version, v.Revision, v.Base, v.Ground = kept.Version, kept.Revision, kept.Base, kept.Ground
		if len(v.Theirs) > 0 {
			v.Refused, v.Command = &fieldError{Key: "form.stale"}, NewID()
			return true, s.formPage(w, r, http.StatusConflict, who, n.State, id, *v)
		}
		return false, nil
	}
	key, taking := strings.CutPrefix(do, "theirs.")
	for _, d := range formFieldsAll {
		if !slices.Contains(r.PostForm["clash"], d.Key) {
			continue
		}
		if taking && d.Key == key {
			d.take(&v.sessionForm, kept)
		} else if d.print(kept) != d.print(v.sessionForm) {
			v.Theirs = append(v.Theirs, theirs{d, d.values(kept), d.values(v.sessionForm), true})
		}
	}
	if taking {
		return true, s.formPage(w, r, http.StatusOK, who, n.State, id, *v)
	}
	return false, nil
}

// allowed notes what the machine would refuse when the form is published.
func (f *sessionForm) allowed(n nextup.Snapshot, d draft) {
	old := n.State.Settings
	moved := !d.settings.Start.IsZero() && !d.settings.Start.Equal(old.Start)
	switch {
	case len(n.State.Talks) > 0 && (moved || d.settings.Zone != old.Zone):
		f.Errors.add("date", "error.started", 0)
	case moved && d.settings.Start.Before(n.Now.Add(-5*time.Minute)):
		f.Errors.add("date", "error.past", 0)
	}
	if len(n.State.Order) > 0 && turnOrder(string(d.settings.Order)) != turnOrder(string(old.Order)) {
		f.Errors.add("order", "error.order_locked", 0)
	}
	if taken := n.State.Taken(); f.Errors["places"] == nil && d.settings.Places < taken {
		f.Errors.add("places", "form.error.placesTaken", taken)
	}
	if e := new(nextup.Error); len(f.Errors) == 0 && errors.As(d.settings.Check(), &e) {
		field := e.Field
		if !formFields[field] {
			field = "title"
		}
		f.Errors.add(field, "error.invalid", 0)
	}
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

// afterSaving publishes if that was the button, and shows the session, or what
// candidates will see of it.
func (s *Server) afterSaving(w http.ResponseWriter, r *http.Request, who Account, id nextup.SessionID) error {
	if r.PostForm.Get("do") == "preview" {
		http.Redirect(w, r, "/sessions/"+string(id)+"/preview", http.StatusSeeOther)
		return nil
	}
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
	case e.Code == nextup.CodeOrder:
		v.Errors.add("order", "error.order_locked", 0)
	case e.Code == nextup.CodePlaces:
		v.Errors.add("places", "form.error.placesTaken", e.Left)
	case e.Code == nextup.CodeInvalid && formFields[e.Field]:
		v.Errors.add(e.Field, "form.error."+e.Field, 0)
	case e.Code == nextup.CodeStale:
		return s.formStale(w, r, who, id, v)
	default:
		v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	}
	if sure && e.Code != nextup.CodeUnavailable {
		v.Command = NewID() // what is sent next is another command
	}
	return s.formPage(w, r, status, who, known, id, v)
}

// formStale shows the form again because somebody saved between our look and our
// word.
func (s *Server) formStale(w http.ResponseWriter, r *http.Request, who Account, id nextup.SessionID, v formView) error {
	v.Refused, v.Command, v.Errors = &fieldError{Key: "form.stale"}, NewID(), faults{}
	if id == "" {
		kept, _, err := s.undated(r.Context(), who, nextup.SessionID(v.New))
		if err != nil {
			if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) {
				err = nextup.Refuse(nextup.CodeStale)
			}
			return err
		}
		v.Theirs = reconcile(&v.sessionForm, v.Base, kept)
		v.Version, v.Revision, v.Base = kept.Version, kept.Revision, printsOf(kept)
		return s.formPage(w, r, http.StatusConflict, who, nextup.Session{}, "", v)
	}
	n, err := s.Sessions.Look(r.Context(), id)
	if err != nil {
		return err
	}
	kept, _, err := s.keptForm(r, n, who)
	if err != nil {
		return err
	}
	v.Theirs = reconcile(&v.sessionForm, v.Base, kept)
	v.Version, v.Revision, v.Base, v.Ground = kept.Version, kept.Revision, kept.Base, kept.Ground
	return s.formPage(w, r, http.StatusConflict, who, n.State, id, v)
}

// formFields are those that Settings.Check names as the form does.
var formFields = map[string]bool{
	"length": true, "talk": true, "pause": true, "places": true, "zone": true, "questions": true, "traits": true,
	"answer": true, "countdown": true, "order": true,
}

// formPage shows the form. known and id are the session that is edited, empty for
// a new one.
func (s *Server) formPage(w http.ResponseWriter, r *http.Request, status int, who Account, known nextup.Session, id nextup.SessionID, v formView) error {
	v.Action, v.Back = "/sessions/new", "/sessions"
	v.Draft = known.Phase == "" || known.Phase == nextup.PhaseDraft
	v.Unsaved = !v.Draft && v.Revision > 0
	if id != "" {
		v.Action, v.Back = "/sessions/"+string(id)+"/edit", "/sessions/"+string(id)
		v.Fixed = len(known.Talks) > 0
		if known.Settings.Round != "" {
			v.Fixed, v.Planned = true, true
			var err error
			if v.Round, err = s.roundPath(r.Context(), nextup.Snapshot{ID: id, State: known}); err != nil {
				return err
			}
		}
	}
	blank := blankForm(who)
	v.More = strings.TrimSpace(v.Pause) != blank.Pause || turnOrder(v.Order) != nextup.OrderCheckIn ||
		v.Lobby != blank.Lobby || v.Answer != blank.Answer || v.Countdown != blank.Countdown || v.Anchors != blank.Anchors
	for _, field := range []string{"pause", "order", "lobby", "answer", "countdown", "anchors"} {
		v.More = v.More || v.Errors[field] != nil
	}
	v.Zones, v.Capacity = newZones(v.Zone), v.capacity()
	v.Questions = newRows("question", v.sessionForm.Questions, nextup.MaxQuestions, v.Undo)
	v.Traits = newRows("trait", v.sessionForm.Traits, nextup.MaxTraits, v.Undo)
	v.People = rowsView{Kind: "interviewer", Max: maxInterviewers}
	if v.Undo != nil && v.Undo.Kind == "interviewer" {
		v.People.Undo = v.Undo
	}
	for i, p := range v.Interviewers {
		v.Seats = append(v.Seats, seatView{p, i, i + 1, newFault("interviewer"+strconv.Itoa(i+1), p.Error)})
	}
	asKept := r.Method == http.MethodGet
	boot := formBoot{
		New: id == "" && asKept && !v.Copy, Keep: 600, Limit: maxJob, Max: nextup.MaxQuestions, Fresh: asKept,
		Store: "nextup.form." + string(who.ID) + "." + string(cmp.Or(id, "new")),
	}
	if v.New != "" {
		boot.Made = "/sessions/" + v.New
		if v.Copy || v.Revision > 0 {
			boot.Store = "nextup.form." + string(who.ID) + "." + v.New
		}
	}
	return s.desk(w, r, status, who, "form.html", "/sessions", Page{Path: v.Action, View: v, Boot: boot})
}

// ownSession is the session a recruiter's page is about. One that is not his to
// open is the neutral 404: nobody learns that it exists.
func (s *Server) ownSession(r *http.Request, who Account) (nextup.Snapshot, error) {
	id := r.PathValue("id")
	if !identifier(id) {
		return nextup.Snapshot{}, nextup.Refuse(nextup.CodeUnknown)
	}
	n, err := s.look(r, nextup.SessionID(id))
	switch {
	case err != nil:
		return nextup.Snapshot{}, err
	case n.State.Phase == "" || n.State.Removed:
		return nextup.Snapshot{}, nextup.Refuse(nextup.CodeUnknown)
	}
	if ok, err := s.mayOpen(r.Context(), n.State, who); err != nil || !ok {
		return nextup.Snapshot{}, cmp.Or(err, error(nextup.Refuse(nextup.CodeUnknown)))
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
