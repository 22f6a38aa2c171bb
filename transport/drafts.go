package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"nextup"
)

// Draft is a form that was saved and is not published: the next version of a
// published session, or a copy that has no date yet and so is no session.
type Draft struct {
	Session      nextup.SessionID
	Organisation nextup.OrganisationID
	Owner        nextup.RecruiterID
	Form         []byte // the form as JSON
	Version      int    // the session's change it was filled in from; 0 for a new session
	Revision     int    // raised by each save
	Author       nextup.RecruiterID
	At           time.Time
}

// Drafts keeps what is saved and not published.
type Drafts interface {
	// Draft finds a session's draft.
	Draft(ctx context.Context, id nextup.SessionID) (Draft, bool, error)
	// DraftsOf lists an organisation's drafts.
	DraftsOf(ctx context.Context, o nextup.OrganisationID) ([]Draft, error)
	// SaveDraft keeps a draft in place of the one with the same Revision (0: of none).
	// CodeStale: somebody has saved another one since; it is returned too.
	SaveDraft(ctx context.Context, d Draft) (Draft, error)
	// DropDraft removes a draft if it still has this revision.
	DropDraft(ctx context.Context, id nextup.SessionID, revision int) error
}

// draftOf is a session's draft as a form. ok is false if there is none.
func (s *Server) draftOf(ctx context.Context, id nextup.SessionID) (f sessionForm, d Draft, ok bool, err error) {
	if d, ok, err = s.Office.Draft(ctx, id); err != nil || !ok {
		return f, d, false, err
	}
	if err := json.Unmarshal(d.Form, &f); err != nil {
		return f, d, false, fmt.Errorf("transport: draft: %w", err)
	}
	f.Command, f.Version, f.Revision = NewID(), d.Version, d.Revision
	return f, d, true, nil
}

// saveDraft keeps a form in place of the draft it was filled in from. CodeStale:
// somebody has saved another one since.
func (s *Server) saveDraft(ctx context.Context, who Account, id nextup.SessionID, owner nextup.RecruiterID, f sessionForm) (Draft, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return Draft{}, err
	}
	return s.Office.SaveDraft(ctx, Draft{
		Session: id, Organisation: who.Organisation, Owner: owner, Form: b,
		Version: f.Version, Revision: f.Revision, Author: who.ID, At: s.Now(),
	})
}

// undated is a copy that is no session yet. Another recruiter's is CodeUnknown.
func (s *Server) undated(ctx context.Context, who Account, id nextup.SessionID) (sessionForm, Draft, error) {
	f, d, ok, err := s.draftOf(ctx, id)
	switch {
	case err != nil:
		return f, d, err
	case !ok || d.Organisation != who.Organisation || d.Owner != who.ID || d.Version != 0:
		return f, d, nextup.Refuse(nextup.CodeUnknown)
	}
	f.New = string(id)
	return f, d, nil
}

// dropDraft removes a draft that has been published. It is of help only: one that
// stays says nothing new and is removed when somebody looks at it.
func (s *Server) dropDraft(ctx context.Context, id nextup.SessionID, revision int) {
	if err := s.Office.DropDraft(ctx, id, revision); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.Warn("draft not removed", "error", err)
	}
}
