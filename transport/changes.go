package transport

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"nextup"
)

// changesView is what changes.html shows: what publishing a draft will change, and
// for whom.
type changesView struct {
	ID         nextup.SessionID
	Title      string
	Author     string // who saved it last
	At         time.Time
	Revision   int
	Registered int
	Groups     []changeGroup
	Notice     *noticeView // nil: nobody needs to be told
	Moved      bool        // somebody saved another draft since the page was read
}

// changeGroup is the changes that concern the same people.
type changeGroup struct {
	Who     concern
	Changes []change
}

// Empty says that the draft is what is published already.
func (v changesView) Empty() bool { return len(v.Groups) == 0 }

// unpublishedView is what overview and list tell of a draft; nil if there is none.
type unpublishedView struct {
	Author string
	At     time.Time
}

// keepChanges keeps a published session's form as its draft. Nobody else sees it
// until it is published.
func (s *Server) keepChanges(w http.ResponseWriter, r *http.Request, who Account, n nextup.Snapshot, v formView) error {
	at := "/sessions/" + string(n.ID)
	do := r.PostForm.Get("do")
	if len(changes(formOf(n, who), v.sessionForm)) == 0 { // as it is published
		s.dropDraft(r.Context(), n.ID, v.Revision)
		if do == "preview" {
			at += "/preview"
		}
		http.Redirect(w, r, at, http.StatusSeeOther)
		return nil
	}
	if _, err := s.saveDraft(r.Context(), who, n.ID, n.State.Owner, v.sessionForm); err != nil {
		return s.formRefused(w, r, who, n.State, n.ID, v, err)
	}
	switch do {
	case "publish":
		at += "/changes"
	case "preview":
		at += "/preview"
	default:
		at += "?done=draft"
	}
	http.Redirect(w, r, at, http.StatusSeeOther)
	return nil
}

// changesPage lists what is saved and not published.
func (s *Server) changesPage(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	kept, stale, err := s.keptForm(r, n, who)
	if err != nil {
		return err
	}
	if kept.Revision == 0 {
		http.Redirect(w, r, "/sessions/"+string(n.ID), http.StatusSeeOther)
		return nil
	}
	if undecided(stale) {
		http.Redirect(w, r, "/sessions/"+string(n.ID)+"/edit", http.StatusSeeOther)
		return nil
	}
	v, err := s.newChanges(r, n, who, kept)
	if err != nil {
		return err
	}
	return s.showChanges(w, r, http.StatusOK, who, v)
}

func (s *Server) showChanges(w http.ResponseWriter, r *http.Request, status int, who Account, v changesView) error {
	return s.desk(w, r, status, who, "changes.html", "/sessions", Page{Path: "/sessions/" + string(v.ID) + "/changes", View: v})
}

// undecided says whether two people changed the same field.
func undecided(all []theirs) bool {
	for _, t := range all {
		if t.Both {
			return true
		}
	}
	return false
}

func (s *Server) newChanges(r *http.Request, n nextup.Snapshot, who Account, kept sessionForm) (changesView, error) {
	v := changesView{ID: n.ID, Title: n.Texts[nextup.TitleText], Revision: kept.Revision, Registered: n.State.Taken()}
	d, ok, err := s.Office.Draft(r.Context(), n.ID)
	if err != nil {
		return v, err
	}
	if ok {
		v.At = in(d.At, n.State.Settings.Zone)
		author, _, err := s.Office.Account(r.Context(), d.Author)
		if err != nil {
			return v, err
		}
		v.Author = author.Name
	}
	for _, c := range changes(formOf(n, who), kept) {
		i := len(v.Groups) - 1
		for i >= 0 && v.Groups[i].Who != c.Who {
			i--
		}
		if i < 0 {
			v.Groups = append(v.Groups, changeGroup{Who: c.Who})
			i = len(v.Groups) - 1
		}
		v.Groups[i].Changes = append(v.Groups[i].Changes, c)
	}
	order := map[concern]int{concernsTime: 0, concernsCandidates: 1, concernsDesk: 2}
	for i := range v.Groups { // at most three
		for j := i; j > 0 && order[v.Groups[j].Who] < order[v.Groups[j-1].Who]; j-- {
			v.Groups[j], v.Groups[j-1] = v.Groups[j-1], v.Groups[j]
		}
	}
	command, ready := s.publishing(r, n, who, &kept)
	if len(kept.Errors) == 0 {
		v.Notice, err = s.newNotice(r.Context(), n, who, command, ready.texts)
	}
	return v, err
}

// publishing is the command that puts a form in force. What is wrong with the form
// is noted in it.
func (s *Server) publishing(r *http.Request, n nextup.Snapshot, who Account, f *sessionForm) (nextup.Configure, draft) {
	d := f.check(n.State.Settings, n.People, s.language(r, who.Language))
	f.allowed(n, d)
	d.reword(n)
	return nextup.Configure{Settings: d.settings, Interviewers: d.interviewers, Version: f.Version}, d
}

// publishChanges puts a draft in force.
func (s *Server) publishChanges(w http.ResponseWriter, r *http.Request, who Account) error {
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
	kept, stale, err := s.keptForm(r, n, who)
	at := "/sessions/" + string(n.ID)
	switch {
	case err != nil:
		return err
	case kept.Revision == 0: // published already: a second press
		http.Redirect(w, r, at, http.StatusSeeOther)
		return nil
	case undecided(stale):
		http.Redirect(w, r, at+"/edit", http.StatusSeeOther)
		return nil
	}
	v, err := s.newChanges(r, n, who, kept)
	if err != nil {
		return err
	}
	if strconv.Itoa(kept.Revision) != r.PostForm.Get("revision") {
		v.Moved = true
		return s.showChanges(w, r, http.StatusConflict, who, v)
	}
	choice, ok := v.Notice.read(r.PostForm)
	if !ok {
		return s.showChanges(w, r, http.StatusUnprocessableEntity, who, v)
	}
	command, d := s.publishing(r, n, who, &kept)
	if len(kept.Errors) > 0 {
		return s.formPage(w, r, http.StatusUnprocessableEntity, who, n.State, n.ID, formView{sessionForm: kept})
	}
	command.Notify, command.Text = choice.Notify, choice.Text
	_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{
		ID: formCommand(r, "changes "+string(n.ID)+" "+strconv.Itoa(kept.Version)), By: who.by(), People: d.people, Texts: append(d.texts, choice.Texts...), Command: command,
	})
	if errors.Is(err, nextup.Refuse(nextup.CodeStale)) { // somebody published in between
		http.Redirect(w, r, at+"/changes", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return s.formRefused(w, r, who, n.State, n.ID, formView{sessionForm: kept}, err)
	}
	s.dropDraft(r.Context(), n.ID, kept.Revision)
	s.renewMoved(r, who, n, d)
	http.Redirect(w, r, at+"?done=changes", http.StatusSeeOther)
	return nil
}

// discardChanges throws a draft away.
func (s *Server) discardChanges(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	revision, _ := strconv.Atoi(r.PostForm.Get("revision"))
	if err := s.Office.DropDraft(r.Context(), n.ID, revision); err != nil {
		return err
	}
	http.Redirect(w, r, "/sessions/"+string(n.ID)+"?done=discard", http.StatusSeeOther)
	return nil
}

// unpublished is what is told of a session's draft.
func (s *Server) unpublished(r *http.Request, n nextup.Snapshot) (*unpublishedView, error) {
	if n.State.Phase != nextup.PhasePublished {
		return nil, nil
	}
	d, ok, err := s.Office.Draft(r.Context(), n.ID)
	if err != nil || !ok {
		return nil, err
	}
	author, _, err := s.Office.Account(r.Context(), d.Author)
	if err != nil {
		return nil, err
	}
	return &unpublishedView{author.Name, in(d.At, n.State.Settings.Zone)}, nil
}
