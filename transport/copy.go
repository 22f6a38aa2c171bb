package transport

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"slices"

	"nextup"
)

// copySession makes a draft with a session's words and settings. It has no date,
// nobody is registered for it, and it is only its maker's.
func (s *Server) copySession(w http.ResponseWriter, r *http.Request, who Account) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	var f sessionForm
	n, err := s.ownSession(r, who)
	switch {
	case err == nil:
		f = formOf(n, who)
	case errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) && identifier(r.PathValue("id")):
		if f, _, err = s.undated(r.Context(), who, nextup.SessionID(r.PathValue("id"))); err != nil {
			return err
		}
	default:
		return err
	}
	f = copyOf(f, who)
	f.New = copyID(r.PathValue("id"), r.PostForm.Get("once"))
	if _, err := s.saveDraft(r.Context(), who, nextup.SessionID(f.New), who.ID, f); err != nil {
		return err
	}
	http.Redirect(w, r, "/sessions/"+f.New+"/edit", http.StatusSeeOther)
	return nil
}

// copyOf is a form with everything that can be used again. Questions, traits and
// other people get new identifiers when it is saved.
func copyOf(f sessionForm, who Account) sessionForm {
	f.Version, f.Revision, f.Base, f.Ground, f.Date = 0, 0, nil, nil, ""
	f.Questions, f.Traits, f.Interviewers = slices.Clone(f.Questions), slices.Clone(f.Traits), slices.Clone(f.Interviewers)
	for i := range f.Questions {
		f.Questions[i].ID = ""
	}
	for i := range f.Traits {
		f.Traits[i].ID = ""
	}
	for i := range f.Interviewers {
		if f.Interviewers[i].ID != string(who.asInterviewer()) {
			f.Interviewers[i].ID = ""
		}
	}
	return f
}

// copyID is the copy's identifier. The page gives each button a secret of its own,
// so that a double click makes one copy; without one each press makes another.
func copyID(of, once string) string {
	if !knownID(once) {
		return NewID()
	}
	sum := sha256.Sum256([]byte("copy\x00" + of + "\x00" + once))
	return base32.StdEncoding.EncodeToString(sum[:])[:26]
}
