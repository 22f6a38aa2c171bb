package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) jobs(w http.ResponseWriter, r *http.Request, who Account) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) newJob(w http.ResponseWriter, r *http.Request, who Account) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) createJob(w http.ResponseWriter, r *http.Request, who Account) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) editJob(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) changeJob(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) closeJob(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) openJob(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
