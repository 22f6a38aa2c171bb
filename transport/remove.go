package transport

import (
	"errors"
	"net/http"

	"nextup"
)

// removeView is what remove.html shows: what goes, who must hear of it, or why it
// cannot go yet.
type removeView struct {
	sessionRow
	Cancels bool // it is to come: it is cancelled first
	Planned bool // a round's day: its times go first, in the round
	Running bool // talks have been held and it is not closed: it must be closed first
	Notice  *noticeView
	Refused *fieldError
}

// removePage asks before a session is removed.
func (s *Server) removePage(w http.ResponseWriter, r *http.Request, who Account) error {
	v, _, _, err := s.removing(r, who)
	if err != nil {
		return err
	}
	return s.showRemove(w, r, http.StatusOK, who, v)
}

func (s *Server) showRemove(w http.ResponseWriter, r *http.Request, status int, who Account, v removeView) error {
	return s.desk(w, r, status, who, "remove.html", "/sessions", Page{Path: "/sessions/" + string(v.ID) + "/remove", View: v})
}

// removing is what a removal would do. kept is set for a copy that is no session yet.
func (s *Server) removing(r *http.Request, who Account) (v removeView, n nextup.Snapshot, kept *Draft, err error) {
	n, err = s.ownSession(r, who)
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) && identifier(r.PathValue("id")) {
		f, d, err := s.undated(r.Context(), who, nextup.SessionID(r.PathValue("id")))
		if err != nil {
			return v, n, nil, err
		}
		return removeView{sessionRow: undatedRow(f, d)}, n, &d, nil
	}
	if err != nil {
		return v, n, nil, err
	}
	v.sessionRow = newSessionRow(n, who)
	if v.Round, err = s.roundPath(r.Context(), n); err != nil {
		return v, n, nil, err
	}
	if n.State.Settings.Round != "" && n.State.Phase != nextup.PhaseClosed && n.State.Phase != nextup.PhaseCancelled {
		v.Planned = true
		return v, n, nil, nil
	}
	if n.State.Phase != nextup.PhasePublished {
		return v, n, nil, nil
	}
	if len(n.State.Talks) > 0 {
		v.Running = true
		return v, n, nil, nil
	}
	v.Cancels = true
	if n.Now.Before(n.State.Settings.End()) { // nobody waits for one that is past
		v.Notice, err = s.newNotice(r.Context(), n, who, nextup.Cancel{}, nil)
	}
	return v, n, nil, err
}

// remove takes a session from the list for good. One that is to come is cancelled
// first, and everybody registered is told unless the recruiter wants to do that.
func (s *Server) remove(w http.ResponseWriter, r *http.Request, who Account) error {
	v, n, kept, err := s.removing(r, who)
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) && identifier(r.PathValue("id")) {
		// Pressed twice: it is gone already.
		if n, e := s.Sessions.Look(r.Context(), nextup.SessionID(r.PathValue("id"))); e == nil && n.State.Removed && n.State.Organisation == who.Organisation {
			http.Redirect(w, r, "/sessions?done=remove", http.StatusSeeOther)
			return nil
		}
	}
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	if kept != nil {
		if err := s.Office.DropDraft(r.Context(), kept.Session, kept.Revision); err != nil {
			return err
		}
		http.Redirect(w, r, "/sessions?done=remove", http.StatusSeeOther)
		return nil
	}
	if v.Running || v.Planned {
		return s.showRemove(w, r, http.StatusConflict, who, v)
	}
	if v.Cancels {
		choice, ok := v.Notice.read(r.PostForm)
		if !ok {
			return s.showRemove(w, r, http.StatusUnprocessableEntity, who, v)
		}
		_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{
			ID: formCommand(r, "remove: cancel "+string(n.ID)), By: who.by(), Texts: choice.Texts,
			Command: nextup.Cancel{Notify: choice.Notify, Text: choice.Text},
		})
	}
	if err == nil {
		_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{ID: newCommand(), By: who.by(), Command: nextup.Remove{}})
	}
	if err != nil {
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("session not removed", "error", err)
		}
		if v, _, _, err = s.removing(r, who); err != nil { // what refused may have changed it
			return err
		}
		v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
		return s.showRemove(w, r, status, who, v)
	}
	if d, ok, err := s.Office.Draft(r.Context(), n.ID); err == nil && ok {
		s.dropDraft(r.Context(), n.ID, d.Revision)
	}
	http.Redirect(w, r, "/sessions?done=remove", http.StatusSeeOther)
	return nil
}

// putAway archives a session, or brings it back.
func (s *Server) putAway(name string, command nextup.Command) recruiterPage {
	return func(w http.ResponseWriter, r *http.Request, who Account) error {
		n, err := s.ownSession(r, who)
		if err != nil {
			return err
		}
		if _, err := s.Sessions.Do(r.Context(), n.ID, nextup.Order{ID: newCommand(), By: who.by(), Command: command}); err != nil {
			return err
		}
		to := "/sessions?done=" + name
		if name == "unarchive" {
			to += "&archive=1"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
}
