package transport

import (
	"html/template"
	"net/http"
	"time"

	"nextup"
)

// Sheet is what an interviewer asks and rates by.
type Sheet struct {
	Sheet     int             `json:"sheet"` // version; see InterviewerView
	Title     string          `json:"title"`
	Start     string          `json:"start"` // RFC 3339; as in the boot data, which may be older
	Zone      string          `json:"zone"`
	Job       template.HTML   `json:"job"` // safe HTML
	Questions []SheetText     `json:"questions"`
	Traits    []SheetText     `json:"traits"`
	Presets   []nextup.Preset `json:"presets"` // reasons for leaving turn order
	Anchors   []string        `json:"anchors"` // the recruiter's words for 1 to 5; empty ones have none
}

// SheetText is one question or trait.
type SheetText struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// sheet answers with the questions and traits.
func (s *Server) sheet(w http.ResponseWriter, r *http.Request) error {
	g, err := s.letIn(r)
	if err != nil {
		return err
	}
	n := g.snapshot
	job, err := markdown(n.Texts[nextup.JobText])
	if err != nil {
		return err
	}
	v := Sheet{
		Sheet: n.State.Edited, Title: n.Texts[nextup.TitleText], Job: job,
		Start: n.State.Settings.Start.Format(time.RFC3339), Zone: n.State.Settings.Zone,
		Questions: []SheetText{}, Traits: []SheetText{}, Presets: nextup.Presets, Anchors: make([]string, 5),
	}
	for i := range v.Anchors {
		v.Anchors[i] = n.Texts[nextup.AnchorText(i+1)]
	}
	for _, q := range n.State.Settings.Questions {
		v.Questions = append(v.Questions, SheetText{string(q), n.Texts[nextup.TextID(q)]})
	}
	for _, t := range n.State.Settings.Traits {
		v.Traits = append(v.Traits, SheetText{string(t), n.Texts[nextup.TextID(t)]})
	}
	return s.json(w, http.StatusOK, v)
}
