package transport

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"nextup"
)

// The summary while it is looked at: summary.js asks every few seconds for the page
// as it would be now, and is told 304 when that is what it has. Pages are made
// anew for each reader, so an ETag over what was made says whether it changed.

// recruiterSummaryNow is recruiterSummary for summary.js.
func (s *Server) recruiterSummaryNow(w http.ResponseWriter, r *http.Request, who Account) error {
	made := &kept{header: w.Header(), status: http.StatusOK}
	n, err := s.recruiterSummaryPage(made, r, who)
	if err != nil {
		return err
	}
	return s.changed(w, r, made, n.ID, who.by())
}

// interviewerSummaryNow is interviewerSummary for summary.js.
func (s *Server) interviewerSummaryNow(w http.ResponseWriter, r *http.Request) error {
	made := &kept{header: w.Header(), status: http.StatusOK}
	g, err := s.interviewerSummaryPage(made, r)
	if err != nil {
		return err
	}
	return s.changed(w, r, made, g.snapshot.ID, g.actor())
}

// changed answers with a page, or 304 if the reader has this very page.
func (s *Server) changed(w http.ResponseWriter, r *http.Request, made *kept, id nextup.SessionID, who nextup.Actor) error {
	sum := sha256.Sum256(made.body.Bytes())
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("ETag", tag)
	if made.status == http.StatusOK && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if err := s.accessed(r.Context(), who, id, OpenedSummary); err != nil {
		return err
	}
	return made.send(w)
}

// kept holds an answer back.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// send gives the answer to the one who asked.
func (k *kept) send(w http.ResponseWriter) error {
	w.WriteHeader(k.status)
	_, _ = k.body.WriteTo(w) // a reader that went away is nobody's fault
	return nil
}
