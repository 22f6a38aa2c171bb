package transport

import (
	"net/http"
	"slices"
	"time"

	"nextup"
)

// leaveView is what roundleave.html shows: who can be taken out of a round.
type leaveView struct {
	Title   string
	Round   nextup.Round
	Path    string
	People  []leaveRow
	Notify  bool
	SMTP    bool
	Fault   *faultView
	Refused *fieldError
}

// leaveRow is one applicant of the round.
type leaveRow struct {
	ID          nextup.ApplicantID
	Name, Email string
	State       stateView
	Start       time.Time // of the time that he would lose; zero: none to come
	Chosen      bool      // ticked
}

// leaveRoundPage asks before people are taken out of a round.
func (s *Server) leaveRoundPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	v := s.newLeave(b, rb, readIDs(r.URL.Query().Get("who")))
	return s.leavePage(w, r, http.StatusOK, who, v)
}

func (s *Server) leavePage(w http.ResponseWriter, r *http.Request, status int, who Account, v leaveView) error {
	return s.desk(w, r, status, who, "roundleave.html", "/jobs", Page{Path: v.Path + "/leave", View: v})
}

func (s *Server) newLeave(b nextup.Board, rb nextup.RoundBoard, chosen []nextup.ApplicantID) leaveView {
	v := leaveView{Title: b.Job.Title, Round: rb.Round, Path: roundAt(b.Job.ID, rb.Round.ID), Notify: true, SMTP: s.SMTP}
	for _, e := range byName(b, b.Standing(rb)) {
		a, _ := b.Applicant(e.Applicant)
		row := leaveRow{ID: a.ID, Name: a.Name, Email: a.Email, State: entryStates[e.State()], Chosen: slices.Contains(chosen, a.ID)}
		if slot, ok := rb.Slot(e.Booking.Slot); ok && slot.Start.After(s.Now()) {
			row.Start = in(slot.Start, b.Job.Zone)
		}
		v.People = append(v.People, row)
	}
	return v
}

// leaveRound takes people out of the round. Pressed twice it finds nobody left, which
// is what was wanted.
func (s *Server) leaveRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	var chosen []nextup.ApplicantID
	for _, id := range r.PostForm["who"] {
		chosen = append(chosen, nextup.ApplicantID(id))
	}
	v := s.newLeave(b, rb, chosen)
	v.Notify = r.PostForm.Get("notify") != ""
	if len(chosen) == 0 {
		v.Fault = newFault("who", &fieldError{Key: "rounds.leave.nobody"})
		return s.leavePage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	var still []nextup.ApplicantID
	for _, id := range chosen {
		if _, ok := rb.Entry(id); ok {
			still = append(still, id)
		}
	}
	var err error
	if len(still) > 0 {
		err = s.Jobs.LeaveRound(r.Context(), rb.Round.ID, still, nextup.RoleRecruiter, s.Now(), v.Notify)
	}
	if err != nil {
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("round not left", "error", err)
		}
		v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
		return s.leavePage(w, r, status, who, v)
	}
	if b, rb, err = s.roundAgain(r.Context(), b, rb); err != nil {
		return err
	}
	out := 0 // who has had his interview is not
	for _, e := range rb.Left {
		if slices.Contains(chosen, e.Applicant) {
			out++
		}
	}
	if out == 0 {
		v = s.newLeave(b, rb, chosen)
		v.Notify, v.Refused = r.PostForm.Get("notify") != "", &fieldError{Key: "rounds.leave.over"}
		return s.leavePage(w, r, http.StatusConflict, who, v)
	}
	return s.roundDone(w, r, who, b, rb, "left", out, nil)
}
