package transport

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"nextup"
)

// roundNow is round for round.js, which asks every other second: the page as it is
// now, or 304 if the reader has this very page (RFC 9110, section 13.1.2).
func (s *Server) roundNow(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	made := &kept{header: w.Header(), status: http.StatusOK}
	if err := s.round(made, r, who, b, rb); err != nil {
		return err
	}
	sum := sha256.Sum256(made.body.Bytes())
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return made.send(w)
}
