package transport

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"nextup"
)

// jobApplicantView is what jobapplicant.html shows: one applicant, to the recruiter.
type jobApplicantView struct {
	nextup.Applicant
	Title    string // of the job
	Closed   bool   // the job is put away
	Link     string // his personal page
	Typed    applicantForm
	Langs    []string
	Rounds   []applicantRound
	New      string // the ID that a new round will have
	Messages []messageRow
	Letters  []letterRow
	SMTP     bool
	Said     string
}

// applicantRound is one round as it concerns the applicant.
type applicantRound struct {
	jobRoundRow
	In      bool
	State   stateView
	At      time.Time // his interview, in the job's zone; zero: none
	Ends    time.Time
	Held    bool // it is over
	Place   nextup.Place
	Session nextup.SessionID // of the day, for video; "" none
}

// messageRow is one message to him.
type messageRow struct {
	nextup.Message
	When time.Time // in the job's zone
}

// applicantSaid are the buttons whose effect the page confirms.
var applicantSaid = map[string]bool{"saved": true, "resend": true, "moved": true, "cancelled": true, "booked": true}

// jobApplicant shows one applicant.
func (s *Server) jobApplicant(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	a, err := ofApplicant(r, b)
	if err != nil {
		return err
	}
	v, err := s.newJobApplicant(r, b, a)
	if err != nil {
		return err
	}
	if done := r.URL.Query().Get("done"); applicantSaid[done] {
		v.Said = "jobapplicant.said." + done
	}
	return s.jobApplicantPage(w, r, http.StatusOK, who, v)
}

// ofApplicant finds the applicant of the address. Who was erased is nobody.
func ofApplicant(r *http.Request, b nextup.Board) (nextup.Applicant, error) {
	a, ok := b.Applicant(nextup.ApplicantID(r.PathValue("applicant")))
	if !ok || a.Erased {
		return nextup.Applicant{}, nextup.Refuse(nextup.CodeUnknown)
	}
	return a, nil
}

func (s *Server) newJobApplicant(r *http.Request, b nextup.Board, a nextup.Applicant) (jobApplicantView, error) {
	now := s.Now()
	v := jobApplicantView{
		Applicant: a, Title: b.Job.Title, Closed: !b.Job.Closed.IsZero(), Link: s.links.Applicant(a.ID), Langs: languages, New: NewID(), SMTP: s.SMTP,
		Typed: applicantForm{Name: a.Name, Email: a.Email, Phone: a.Phone, Language: a.Language},
	}
	for _, rb := range b.Rounds {
		row := applicantRound{jobRoundRow: newJobRoundRow(b, rb, now)}
		e, ok := rb.Entry(a.ID)
		row.In = ok
		if ok {
			row.State = entryStates[e.State()]
		}
		if slot, ok := rb.Slot(e.Booking.Slot); ok {
			row.At, row.Ends = in(slot.Start, b.Job.Zone), in(slot.End(), b.Job.Zone)
			if row.Held = now.After(slot.End()); row.Held {
				row.State = stateView{"standing.held", "check", ""}
			}
			if day, ok := rb.Day(slot.Date); ok {
				row.Place = day.Place
				if day.Place.Video {
					row.Session = day.Session
				}
			}
		}
		v.Rounds = append(v.Rounds, row)
	}
	for _, m := range b.Messages {
		if m.Applicant == a.ID {
			v.Messages = append(v.Messages, messageRow{m, in(m.At, b.Job.Zone)})
		}
	}
	posts, err := s.Jobs.RoundPosted(r.Context(), b.Job.ID)
	if err != nil {
		return v, err
	}
	for _, p := range posts {
		if p.Person == nextup.PersonID(a.ID) {
			d := newDelivery(p.Posted, s.SMTP)
			d.At = in(d.At, b.Job.Zone)
			v.Letters = append(v.Letters, letterRow{p.Kind, in(p.Created, b.Job.Zone), d})
		}
	}
	return v, nil
}

func (s *Server) jobApplicantPage(w http.ResponseWriter, r *http.Request, status int, who Account, v jobApplicantView) error {
	return s.desk(w, r, status, who, "jobapplicant.html", "/jobs", Page{Path: applicantPage(v.Applicant), View: v})
}

// changeApplicant corrects an applicant's details.
func (s *Server) changeApplicant(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	a, err := ofApplicant(r, b)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	typed := readApplicantForm(r.PostForm)
	now := typed.check()
	now.ID, now.Job, now.Added, now.Removed = a.ID, a.Job, a.Added, a.Removed
	status := http.StatusUnprocessableEntity
	if len(typed.Errors) == 0 {
		err := s.Jobs.CorrectApplicant(r.Context(), now)
		if err == nil {
			s.settleSoon()
			http.Redirect(w, r, applicantPage(a)+"?done=saved", http.StatusSeeOther)
			return nil
		}
		e, code, sure := refusal(err)
		if !sure {
			s.Log.Error("applicant not corrected", "error", err)
		}
		status = code
		if errors.Is(err, nextup.Refuse(nextup.CodeTaken)) {
			typed.Errors.add("email", "jobapplicant.taken", 0)
		} else {
			typed.Errors.add("name", "error."+string(e.Code), e.Left)
		}
	}
	v, err := s.newJobApplicant(r, b, a)
	if err != nil {
		return err
	}
	v.Typed = typed
	return s.jobApplicantPage(w, r, status, who, v)
}

// eraseJobApplicant erases everything that names an applicant, in his interviews too.
func (s *Server) eraseJobApplicant(w http.ResponseWriter, r *http.Request, _ Account, b nextup.Board) error {
	a, err := ofApplicant(r, b)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	if strings.TrimSpace(r.PostForm.Get("sure")) == "" {
		return nextup.Invalid("sure")
	}
	if err := s.eraseWholly(r.Context(), b, a); err != nil {
		return err
	}
	http.Redirect(w, r, "/jobs/"+string(b.Job.ID)+"?done=erased&n=1", http.StatusSeeOther)
	return nil
}
