package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) personal(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) personalTimes(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) confirmInterview(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) cancelInterview(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) noneFits(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

func (s *Server) personalOpened(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
