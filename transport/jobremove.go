package transport

import (
	"net/http"
	"strconv"
	"time"

	"nextup"
)

// jobRemoveView is what jobremove.html shows: who goes, and which interviews are
// cancelled by it.
type jobRemoveView struct {
	Job     nextup.JobID
	Title   string
	Who     []jobRemoveRow
	Booked  int  // interviews that are cancelled
	Notify  bool // those with an interview are told
	Back    string
	Nobody  bool // nobody of those named is here any more
	SMTP    bool
	Refused *fieldError
}

// jobRemoveRow is one who goes.
type jobRemoveRow struct {
	nextup.Applicant
	Bookings []time.Time // his interviews to come, in the job's zone
}

// removeApplicantsPage asks before applicants are taken out of a job.
func (s *Server) removeApplicantsPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return s.jobRemovePage(w, r, http.StatusOK, who, s.newJobRemove(b, toOf(r.URL.Query(), b)))
}

func (s *Server) newJobRemove(b nextup.Board, to []nextup.ApplicantID) jobRemoveView {
	v := jobRemoveView{Job: b.Job.ID, Title: b.Job.Title, Notify: true, Nobody: len(to) == 0, SMTP: s.SMTP, Back: "/jobs/" + string(b.Job.ID)}
	now := s.Now()
	for _, id := range to {
		a, _ := b.Applicant(id)
		row := jobRemoveRow{Applicant: a}
		for _, rb := range b.Rounds {
			e, _ := rb.Entry(id)
			if slot, ok := rb.Slot(e.Booking.Slot); ok && slot.Start.After(now) {
				row.Bookings = append(row.Bookings, in(slot.Start, b.Job.Zone))
				v.Booked++
			}
		}
		v.Who = append(v.Who, row)
	}
	if len(to) == 1 {
		v.Back = applicantPage(v.Who[0].Applicant)
	} else {
		v.Back += toQuery("?", to)
	}
	return v
}

func (s *Server) jobRemovePage(w http.ResponseWriter, r *http.Request, status int, who Account, v jobRemoveView) error {
	ids := make([]nextup.ApplicantID, len(v.Who))
	for i, row := range v.Who {
		ids[i] = row.ID
	}
	at := "/jobs/" + string(v.Job) + "/applicants/remove" + toQuery("?", ids)
	return s.desk(w, r, status, who, "jobremove.html", "/jobs", Page{Path: at, View: v})
}

// removeApplicants takes applicants out of a job.
func (s *Server) removeApplicants(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	to := toOf(r.PostForm, b)
	if len(to) > 0 {
		notify := r.PostForm.Has("notify")
		if err := s.Jobs.RemoveApplicants(r.Context(), b.Job.ID, to, s.Now(), notify); err != nil {
			e, status, sure := refusal(err)
			if !sure {
				s.Log.Error("applicants not removed", "error", err)
			}
			v := s.newJobRemove(b, to)
			v.Notify, v.Refused = notify, &fieldError{"error." + string(e.Code), e.Left}
			return s.jobRemovePage(w, r, status, who, v)
		}
		s.settleSoon()
	}
	http.Redirect(w, r, "/jobs/"+string(b.Job.ID)+"?done=removed&n="+strconv.Itoa(len(to)), http.StatusSeeOther)
	return nil
}
