package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) applicantData(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) applicantDataFile(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) correctApplicant(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) eraseApplicant(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
