package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) slots(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) saveSlots(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) proposals(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) slotPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) moveSlot(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
