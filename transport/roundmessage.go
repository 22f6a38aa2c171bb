package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) message(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) sendMessage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
