package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"nextup"
)

// CandidateBoot is the boot data of lobby.html; see PROTOCOL.md.
type CandidateBoot struct {
	Role          nextup.Role       `json:"role"`
	Name          string            `json:"name"`
	FirstName     string            `json:"firstName"`
	Title         string            `json:"title"`
	Start         string            `json:"start"` // RFC 3339
	Zone          string            `json:"zone"`
	LengthMinutes int               `json:"lengthMinutes"`
	TalkMinutes   int               `json:"talkMinutes"`
	City          string            `json:"city"`         // of the zone, as people say it
	Offset        string            `json:"offset"`       // of the zone at the start, such as "GMT+1"
	Interviewers  []string          `json:"interviewers"` // names of those who may meet him
	Contact       string            `json:"contact"`      // whom to call without a working device; may be empty
	Ad            string            `json:"ad"`           // web address of the job ad; may be empty
	Link          string            `json:"link"`         // his own, whole
	Live          string            `json:"live"`
	Details       string            `json:"details"`  // path of his registration
	Calendar      string            `json:"calendar"` // path of the calendar file
	Respond       string            `json:"respond"`  // path that takes an answer as a form
	Interest      nextup.Interest   `json:"interest"`
	Comment       string            `json:"comment"`
	Catalogues    map[string]string `json:"catalogues"`
	// Appointment is there for who chose a time of his own on a round's day.
	Appointment *AppointmentBoot `json:"appointment,omitempty"`
}

// LobbyView is lobby.html, the candidate's personal page: what is there without
// scripts. Of others it names only those who may interview him.
type LobbyView struct {
	Event
	Name      string
	FirstName string
	Email     string
	State     string    // the moment the page starts with, as in CandidateView
	Booked    time.Time // the time he chose, in the session's zone; zero: none
	QR        qrView    // his link, for another device
	Advice    Advice
	Unfit
}

// Respondable is whether the job was interesting, to be answered without scripts.
type Respondable struct {
	Respond  string          // form address; empty before the first talk has ended
	Interest nextup.Interest // as answered; empty if not
	Comment  string
}

// candidateOf finds whom a personal link is for.
func (s *Server) candidateOf(r *http.Request) (nextup.CandidateID, nextup.Snapshot, error) {
	session, id, err := s.links.openCandidate(r.PathValue("token"))
	if err != nil {
		return "", nextup.Snapshot{}, err
	}
	n, err := s.look(r, session)
	if err != nil {
		return "", nextup.Snapshot{}, err
	}
	if _, ok := n.State.Candidates[id]; !ok {
		return "", nextup.Snapshot{}, errLink
	}
	if err := linkOver(n, id); err != nil {
		return "", nextup.Snapshot{}, err
	}
	return id, n, nil
}

// candidate shows the personal page: device check, lobby, talk and after.
func (s *Server) candidate(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	event, err := s.event(r.Context(), n)
	if err != nil {
		return err
	}
	who, c, set := n.People[id.Person()], n.State.Candidates[id], n.State.Settings
	here, link := "/c/"+s.links.candidate(n.ID, id), s.links.Candidate(n.ID, id)
	unfit := Unfit{Link: link, Details: here + "/details", Contact: event.Contact, Respondable: s.respondable(n, id)}
	page := Page{Lang: s.language(r, who.Language), Path: here, Home: here}
	if tooOld(r) {
		page.View = OldView{Title: event.Title, Candidate: true, Unfit: unfit}
		return s.render(w, r, http.StatusOK, "old.html", page)
	}
	code, err := newQR(link)
	if err != nil {
		return err
	}
	// The page starts with what holds on every device; which one has the place, its socket says.
	view := n.ViewOfCandidate(id, c.Device)
	v := LobbyView{
		Event: event, Name: who.Name, FirstName: firstName(who.Name), Email: who.Email, State: string(view.Moment),
		QR: code, Advice: advice(r, link), Unfit: unfit,
	}
	if at, ok := bookedTime(n.State, id); ok {
		v.Booked = in(at, set.Zone)
	}
	appointment, err := s.appointment(r.Context(), n, id)
	if err != nil {
		return err
	}
	page.View = v
	page.Boot = CandidateBoot{
		Role: nextup.RoleCandidate, Name: who.Name, FirstName: v.FirstName, Title: event.Title,
		Start: event.Start.Format(time.RFC3339), Zone: set.Zone, City: city(event.Start), Offset: offset(event.Start),
		LengthMinutes: int(set.Length / time.Minute), TalkMinutes: int(set.Talk / time.Minute),
		Interviewers: interviewerNames(n), Contact: event.Contact, Ad: event.Ad, Link: link,
		Live: here + "/live", Details: unfit.Details, Calendar: here + "/calendar.ics", Respond: here + "/respond",
		Interest: unfit.Interest, Comment: unfit.Comment, Catalogues: s.catalogues(), Appointment: appointment,
	}
	return s.render(w, r, http.StatusOK, "lobby.html", page)
}

// respondable is what a candidate has answered, and where to answer.
func (s *Server) respondable(n nextup.Snapshot, id nextup.CandidateID) Respondable {
	r := Respondable{Interest: n.State.Candidates[id].Interest, Comment: n.Texts[commentText(id)]}
	for _, t := range n.State.Talks {
		if t.Candidate == id && !t.Ended.IsZero() {
			r.Respond = "/c/" + s.links.candidate(n.ID, id) + "/respond"
		}
	}
	return r
}

// interviewerNames are those who interview in a session.
func interviewerNames(n nextup.Snapshot) []string {
	names := []string{}
	for _, i := range n.State.Interviewers {
		if name := n.People[i.ID.Person()].Name; !i.Removed && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// catalogues are the addresses of all texts, by language.
func (s *Server) catalogues() map[string]string {
	m := map[string]string{}
	for _, lang := range languages {
		m[lang], _ = s.assets.url("i18n/" + lang + ".json") // readAssets made them all
	}
	return m
}

// withdraw gives the place back, from a form.
func (s *Server) withdraw(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, Command: nextup.Withdraw{},
	})
	if err != nil {
		return err
	}
	s.leftSession(r.Context(), n)
	http.Redirect(w, r, "/c/"+s.links.candidate(n.ID, id), http.StatusSeeOther)
	return nil
}

// respond keeps whether the job was interesting, from a form.
func (s *Server) respond(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	var comment *string
	if r.PostForm.Has("comment") {
		words, ok := typedWords(r.PostForm.Get("comment"))
		if !ok {
			return nextup.Invalid("comment")
		}
		comment = &words
	}
	o := nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)},
		Command: nextup.Respond{Interest: nextup.Interest(r.PostForm.Get("interest"))},
	}
	if err := s.keepResponse(r.Context(), n.ID, id, o, comment); err != nil {
		return err
	}
	http.Redirect(w, r, "/c/"+s.links.candidate(n.ID, id), http.StatusSeeOther)
	return nil
}

// commentText is the row of a candidate's own words on the job.
func commentText(id nextup.CandidateID) nextup.TextID { return nextup.CommentText(id) }

// keepResponse gives a Respond command; comment nil leaves the words as they are.
func (s *Server) keepResponse(ctx context.Context, session nextup.SessionID, id nextup.CandidateID, o nextup.Order, comment *string) error {
	if comment != nil {
		o.Texts = []nextup.Text{{ID: commentText(id), Body: *comment}}
	}
	receipt, err := s.Sessions.Do(ctx, session, o)
	if err != nil || comment == nil || len(receipt.Events) > 0 {
		return err
	}
	// The same answer as before has no effect, so its words were not kept with it.
	if err := s.Store.SaveText(ctx, session, o.Texts[0]); err != nil {
		return errors.Join(nextup.Refuse(nextup.CodeUnavailable), err)
	}
	return s.Sessions.Refresh(ctx, session)
}
