package transport

import (
	"net/http"

	"nextup"
)

// jobPage is a page of a job that the signed-in recruiter may open.
type jobPage func(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error

// roundPage is a page of one of its rounds.
type roundPage func(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error

// ofJob finds the job of the address. One that is somebody else's is the neutral 404.
func (s *Server) ofJob(h jobPage) recruiterPage {
	return func(w http.ResponseWriter, r *http.Request, who Account) error {
		id := r.PathValue("job")
		if s.Jobs == nil || !knownID(id) {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		b, err := s.Jobs.Board(r.Context(), nextup.JobID(id))
		if err != nil {
			return err
		}
		open, err := s.mayOpenOf(r.Context(), b.Job.Organisation, b.Job.Owner, who)
		if err != nil {
			return err
		}
		if !open {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		return h(w, r, who, b)
	}
}

// ofRound finds the round too.
func (s *Server) ofRound(h roundPage) jobPage {
	return func(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
		rb, ok := b.Round(nextup.RoundID(r.PathValue("round")))
		if !ok {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		return h(w, r, who, b, rb)
	}
}
