package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) addApplicants(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) saveApplicants(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) removeApplicantsPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) removeApplicants(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) jobApplicant(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) changeApplicant(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) eraseJobApplicant(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
