package transport

import (
	"net/http"

	"nextup"
)

func (s *Server) bookingCalendar(w http.ResponseWriter, r *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}
