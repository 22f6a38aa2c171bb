package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) joinInterview(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
