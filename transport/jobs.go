package transport

import (
	"net/http"
	"slices"
	"time"

	"nextup"
)

// jobsView is what jobs.html shows.
type jobsView struct {
	Rows    []jobRow
	Archive bool // those put away are shown
	Away    int  // how many are put away
	Said    string
	Nothing bool // there has never been any
}

// jobRow is one job in the list.
type jobRow struct {
	JobLine
	Upcoming time.Time // the next appointment in the job's zone; zero: none
}

// jobsSaid are the buttons whose effect the list confirms.
var jobsSaid = map[string]bool{"closed": true, "opened": true}

// jobs lists the jobs that the recruiter may open.
func (s *Server) jobs(w http.ResponseWriter, r *http.Request, who Account) error {
	if s.Jobs == nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	all, err := s.Jobs.JobsOf(r.Context(), who.Organisation, who.ID)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := jobsView{Archive: q.Has("closed"), Nothing: len(all) == 0}
	if jobsSaid[q.Get("done")] {
		v.Said = "jobs.said." + q.Get("done")
	}
	for _, j := range all {
		if j.Closed.IsZero() == v.Archive {
			v.Away++
			continue
		}
		row := jobRow{JobLine: j}
		if !j.Next.IsZero() {
			row.Upcoming = in(j.Next, j.Zone)
		}
		v.Rows = append(v.Rows, row)
	}
	// Those with an appointment first, the next one on top; then as they came, the newest first.
	slices.SortStableFunc(v.Rows, func(a, b jobRow) int {
		switch {
		case a.Next.IsZero() && b.Next.IsZero():
			return 0
		case a.Next.IsZero():
			return 1
		case b.Next.IsZero():
			return -1
		}
		return a.Next.Compare(b.Next)
	})
	return s.desk(w, r, http.StatusOK, who, "jobs.html", "/jobs", Page{View: v})
}

// closeJob puts a job away.
func (s *Server) closeJob(w http.ResponseWriter, r *http.Request, _ Account, b nextup.Board) error {
	if err := s.Jobs.CloseJob(r.Context(), b.Job.ID, s.Now()); err != nil {
		return err
	}
	http.Redirect(w, r, "/jobs?done=closed", http.StatusSeeOther)
	return nil
}

// openJob takes a job up again.
func (s *Server) openJob(w http.ResponseWriter, r *http.Request, _ Account, b nextup.Board) error {
	if err := s.Jobs.CloseJob(r.Context(), b.Job.ID, time.Time{}); err != nil {
		return err
	}
	http.Redirect(w, r, "/jobs?done=opened", http.StatusSeeOther)
	return nil
}
