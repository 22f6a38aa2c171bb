package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) job(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) enterRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
