package transport

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"nextup"
)

// Assessments keeps interviewers' marks.
type Assessments interface {
	// SaveAssessment keeps one mark. a.Revision is the one its writer saw; the answer
	// has the next. CodeStale, with what is kept: somebody saved since.
	SaveAssessment(ctx context.Context, a nextup.Assessment) (nextup.Assessment, error)
	// CorrectAssessment is SaveAssessment for one that was submitted already: what it
	// replaces is kept too.
	CorrectAssessment(ctx context.Context, a nextup.Assessment, at time.Time) (nextup.Assessment, error)
	// Assessments reads all marks of a session.
	Assessments(ctx context.Context, s nextup.SessionID) ([]nextup.Assessment, error)
	// Corrections reads what was replaced in submitted assessments of a session.
	Corrections(ctx context.Context, s nextup.SessionID) ([]nextup.Correction, error)
}

// Mark is one kept mark as the room reads it.
type Mark struct {
	Item     string `json:"item"`
	Rating   int    `json:"rating"`
	Note     string `json:"note"`
	Revision int    `json:"revision"`
}

// assessments answers with the interviewer's own marks of one talk.
func (s *Server) assessments(w http.ResponseWriter, r *http.Request) error {
	g, err := s.letIn(r)
	if err != nil {
		return err
	}
	offer, err := strconv.Atoi(r.URL.Query().Get("offer"))
	if err != nil {
		return nextup.Invalid("offer")
	}
	if t, ok := g.snapshot.State.Talk(nextup.OfferID(offer)); !ok || !t.Took(g.id) {
		return nextup.Refuse(nextup.CodeNoTalk)
	}
	all, err := s.Store.Assessments(r.Context(), g.snapshot.ID)
	if err != nil {
		return err
	}
	v := struct {
		Items []Mark `json:"items"`
	}{[]Mark{}}
	for _, a := range all {
		if a.Offer == nextup.OfferID(offer) && a.Interviewer == g.id {
			v.Items = append(v.Items, Mark{a.Item, a.Rating, a.Note, a.Revision})
		}
	}
	return s.json(w, http.StatusOK, v)
}
