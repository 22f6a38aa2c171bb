package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) bookForPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) bookFor(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) resendRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
