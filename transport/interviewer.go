package transport

import (
	"errors"
	"net/http"
	"time"

	"nextup"
)

const (
	passCookie = "nextup_pass"
	passTime   = 30 * 24 * time.Hour // also for the summary, weeks later
)

// PINView is pin.html.
type PINView struct {
	Event
	Name   string // what we call the interviewer
	Action string // where the form posts to
	State  string // "open", "locked", "removed" or "renewed"; the form only when open
	Wrong  bool   // the last try was
	Left   int    // tries left; all of them before the first wrong one
	Read   string // the summary's address, for one who was removed and may read it; "" otherwise
}

// InterviewerBoot is the boot data of room.html; see PROTOCOL.md.
type InterviewerBoot struct {
	Role        nextup.Role       `json:"role"`
	Me          string            `json:"me"` // the same for every link of this interviewer in this session
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Start       string            `json:"start"` // RFC 3339
	Zone        string            `json:"zone"`
	Live        string            `json:"live"`
	Sheet       string            `json:"sheet"`
	Assessments string            `json:"assessments"`
	Summary     string            `json:"summary"`
	Catalogues  map[string]string `json:"catalogues"`
}

// RoomView is room.html, the interviewer's page.
type RoomView struct {
	Event
	Name    string
	Phase   nextup.Phase
	Summary string // its address
	Unfit   Unfit  // for a browser that cannot show the page
}

// guest is an interviewer as his link names him, let in or not.
type guest struct {
	id         nextup.InterviewerID
	generation int // of the link
	state      nextup.Interviewer
	snapshot   nextup.Snapshot
	path       string // of his page
	letIn      bool   // this browser gave the PIN of this generation
}

func (g guest) actor() nextup.Actor {
	return nextup.Actor{Role: nextup.RoleInterviewer, ID: string(g.id)}
}

// current says why the link does not lead in any more, "" if it does. A removed
// interviewer still finishes his talk and its write-up; so does one who was let in
// by a link that has been renewed since, and nothing else (see finishing).
func (g guest) current() string {
	busy := g.state.Talk != 0 || g.state.WriteUp != 0
	switch {
	case g.renewed() && !(g.letIn && busy):
		return "renewed"
	case g.state.Removed && !busy:
		return "removed"
	}
	return ""
}

// renewed says whether the link is an older one.
func (g guest) renewed() bool { return g.state.Generation != g.generation }

// guestOf finds whom an interviewer's link is for.
func (s *Server) guestOf(r *http.Request) (guest, error) {
	session, id, generation, err := s.links.openInterviewer(r.PathValue("token"))
	if err != nil {
		return guest{}, err
	}
	n, err := s.look(r, session)
	if err != nil {
		return guest{}, err
	}
	i, ok := n.State.Interviewer(id)
	if !ok {
		return guest{}, errLink
	}
	g := guest{id: id, generation: generation, state: i, snapshot: n, path: "/i/" + s.links.interviewer(session, id, generation)}
	if c, err := r.Cookie(passCookie); err == nil {
		g.letIn = s.links.letIn(c.Value, session, id, generation, s.Now())
	}
	return g, nil
}

// letIn is guestOf for what only one who was let in may have. (Removed, renewed or
// without the cookie: CodeForbidden, without saying which.)
func (s *Server) letIn(r *http.Request) (guest, error) {
	g, err := s.guestOf(r)
	if err != nil {
		return guest{}, err
	}
	if !g.letIn || g.current() != "" {
		return guest{}, nextup.Refuse(nextup.CodeForbidden)
	}
	return g, nil
}

// interviewer shows the room to one who was let in, else asks for the PIN.
func (s *Server) interviewer(w http.ResponseWriter, r *http.Request) error {
	g, err := s.guestOf(r)
	if err != nil {
		return err
	}
	if why := g.current(); why != "" {
		v := PINView{State: why}
		if why == "removed" && g.letIn && g.snapshot.State.MayRead(g.id) {
			v.Read = g.path + "/summary"
		}
		return s.pinPage(w, r, http.StatusGone, g, v)
	}
	unfit := Unfit{Link: s.links.Interviewer(g.snapshot.ID, g.id, g.generation)}
	if tooOld(r) {
		return s.render(w, r, http.StatusOK, "old.html", Page{
			Path: g.path, Home: g.path, View: OldView{Title: g.snapshot.Texts[nextup.TitleText], Unfit: unfit},
		})
	}
	if !g.letIn {
		return s.pinPage(w, r, http.StatusOK, g, PINView{State: "open"})
	}
	if err := s.accessed(r.Context(), g.actor(), g.snapshot.ID, OpenedRoom); err != nil {
		return err
	}
	event, err := s.event(r.Context(), g.snapshot)
	if err != nil {
		return err
	}
	who := g.snapshot.People[g.id.Person()]
	return s.render(w, r, http.StatusOK, "room.html", Page{
		Lang: s.language(r, who.Language), Path: g.path, Home: g.path,
		View: RoomView{Event: event, Name: who.Name, Phase: g.snapshot.State.Phase, Summary: g.path + "/summary", Unfit: unfit},
		Boot: InterviewerBoot{
			Role: nextup.RoleInterviewer, Me: string(g.snapshot.ID) + "/" + string(g.id), Name: who.Name, Title: event.Title,
			Start: event.Start.Format(time.RFC3339), Zone: g.snapshot.State.Settings.Zone,
			Live: g.path + "/live", Sheet: g.path + "/sheet", Assessments: g.path + "/assessments",
			Summary: g.path + "/summary", Catalogues: s.catalogues(),
		},
	})
}

// pinPage asks for the PIN, or says why it does not.
func (s *Server) pinPage(w http.ResponseWriter, r *http.Request, status int, g guest, v PINView) error {
	event, err := s.event(r.Context(), g.snapshot)
	if err != nil {
		return err
	}
	event.Job = "" // not before he is in
	who := g.snapshot.People[g.id.Person()]
	v.Event, v.Name, v.Action = event, firstName(who.Name), g.path
	if v.State == "open" {
		if g.state.Locked() {
			v.State = "locked"
		} else if !v.Wrong {
			v.Left = nextup.MaxWrongPINs - g.state.WrongPINs
		}
	}
	return s.render(w, r, status, "pin.html", Page{Lang: s.language(r, who.Language), Path: g.path, Home: g.path, View: v})
}

// tryPIN evaluates one guess. Whether it is right is found out here, whether it
// counts is the session's decision: it takes one guess after the other, so a
// hundred at once are five.
func (s *Server) tryPIN(w http.ResponseWriter, r *http.Request) error {
	g, err := s.guestOf(r)
	if err != nil {
		return err
	}
	if why := g.current(); why != "" {
		return s.pinPage(w, r, http.StatusGone, g, PINView{State: why})
	}
	if g.state.Locked() {
		return s.pinPage(w, r, http.StatusForbidden, g, PINView{State: "locked"})
	}
	if !s.limits.pin.allow(s.client(r), s.Now()) {
		return nextup.Refuse(nextup.CodeTooMany)
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	typed := digits(r.PostForm.Get("pin"))
	if typed == "" { // nothing was guessed
		return s.pinPage(w, r, http.StatusUnprocessableEntity, g, PINView{State: "open"})
	}
	right := equal(typed, s.links.PIN(g.snapshot.ID, g.id, g.generation))
	receipt, err := s.Sessions.Do(r.Context(), g.snapshot.ID, nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.TryPIN{Interviewer: g.id, Right: right},
	})
	switch {
	case errors.Is(err, nextup.Refuse(nextup.CodeLocked)):
		return s.pinPage(w, r, http.StatusForbidden, g, PINView{State: "locked"})
	case err != nil:
		return err
	}
	after, _ := receipt.State.Interviewer(g.id)
	if !right {
		v := PINView{State: "open", Wrong: true, Left: nextup.MaxWrongPINs - after.WrongPINs}
		if after.Locked() {
			v = PINView{State: "locked"}
		}
		return s.pinPage(w, r, http.StatusForbidden, g, v)
	}
	until := s.Now().Add(passTime)
	http.SetCookie(w, &http.Cookie{
		Name: passCookie, Value: s.links.pass(g.snapshot.ID, g.id, g.generation, until), Path: g.path, Expires: until,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(),
	})
	http.Redirect(w, r, g.path, http.StatusSeeOther)
	return nil
}
