package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) round(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) roundNow(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) renameRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) closeRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) openRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) leaveRoundPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) leaveRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
