package transport

import (
	"errors"
	"net/http"
	"time"

	"nextup"
)

// bookForView is what roundbook.html shows: the times that a recruiter can book for
// an applicant, or the question whether his is cancelled.
type bookForView struct {
	Title   string
	Round   nextup.Round
	Path    string
	Who     nextup.Applicant
	State   stateView
	Now     *slotRow // what he has
	Days    []dayView
	Slot    nextup.SlotID // chosen
	From    nextup.SlotID // what he had when the page was made
	Cancel  bool
	Notify  bool
	SMTP    bool
	Zone    time.Time
	Fault   *faultView
	Refused *fieldError
}

// bookForPage shows what can be booked for an applicant.
func (s *Server) bookForPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	q := r.URL.Query()
	v, err := s.newBookFor(b, rb, nextup.ApplicantID(q.Get("who")))
	if err != nil {
		return err
	}
	v.Cancel = q.Has("cancel") && v.Now != nil
	v.Slot = nextup.SlotID(q.Get("slot"))
	return s.bookForShow(w, r, http.StatusOK, who, v)
}

func (s *Server) bookForShow(w http.ResponseWriter, r *http.Request, status int, who Account, v bookForView) error {
	path := v.Path + "/book?who=" + string(v.Who.ID)
	if v.Cancel {
		path += "&cancel=1"
	}
	return s.desk(w, r, status, who, "roundbook.html", "/jobs", Page{Path: path, View: v})
}

func (s *Server) newBookFor(b nextup.Board, rb nextup.RoundBoard, id nextup.ApplicantID) (bookForView, error) {
	now := s.Now()
	v := bookForView{Title: b.Job.Title, Round: rb.Round, Path: roundAt(b.Job.ID, rb.Round.ID), Notify: true, SMTP: s.SMTP, Zone: in(now, b.Job.Zone)}
	e, in1 := rb.Entry(id)
	a, known := b.Applicant(id)
	if !in1 || !known || !a.Removed.IsZero() || a.Erased {
		return v, nextup.Refuse(nextup.CodeUnknown)
	}
	v.Who, v.State, v.From = a, entryStates[e.State()], e.Booking.Slot
	v.Now = s.newEntry(b, rb, e, now).Slot
	var day *dayView
	for _, slot := range rb.Open(now) {
		if slot.ID == v.From {
			continue
		}
		if day == nil || day.Date != slot.Date {
			d, _ := rb.Day(slot.Date)
			v.Days = append(v.Days, dayView{Day: d, At: in(slot.Start, b.Job.Zone)})
			day = &v.Days[len(v.Days)-1]
		}
		day.Slots = append(day.Slots, slotRow{
			ID: slot.ID, Start: in(slot.Start, b.Job.Zone), End: in(slot.End(), b.Job.Zone), Place: day.Place,
			Seats: slot.Seats, Free: slot.Seats - len(rb.Booked(slot.ID)),
		})
	}
	return v, nil
}

// bookFor books a time for an applicant, moves it, or cancels it. What a second press
// finds done already is done.
func (s *Server) bookFor(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	f := r.PostForm
	v, err := s.newBookFor(b, rb, nextup.ApplicantID(f.Get("who")))
	if err != nil {
		return err
	}
	v.Slot, v.Cancel, v.Notify = nextup.SlotID(f.Get("slot")), f.Get("do") == "cancel", f.Get("notify") != ""
	claim := nextup.Claim{
		Round: rb.Round.ID, Applicant: v.Who.ID, Slot: v.Slot, From: nextup.SlotID(f.Get("from")),
		By: nextup.RoleRecruiter, At: s.Now(), Notify: v.Notify,
	}
	done := "booked"
	switch {
	case v.Cancel && v.From == "":
		return s.roundDone(w, r, who, b, rb, "cancelled", 0, nil)
	case v.Cancel:
		done, claim.Slot = "cancelled", ""
		_, err = s.Jobs.Unbook(r.Context(), claim)
	case v.Slot == "":
		v.Fault = newFault("slot", &fieldError{Key: "rounds.book.choose"})
		return s.bookForShow(w, r, http.StatusUnprocessableEntity, who, v)
	case v.Slot == v.From:
		return s.roundDone(w, r, who, b, rb, "booked", 0, nil)
	default:
		if claim.From != "" {
			done = "moved"
		}
		_, err = s.Jobs.Book(r.Context(), claim)
	}
	if err == nil {
		return s.roundDone(w, r, who, b, rb, done, 0, nil)
	}
	return s.notBooked(w, r, who, b, rb, v, claim, done, err)
}

// notBooked says why, with the times that are left now.
func (s *Server) notBooked(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard, v bookForView, claim nextup.Claim, done string, err error) error {
	e, status, sure := refusal(err)
	if !sure {
		s.Log.Error("not booked", "route", r.Pattern, "error", err)
	}
	if b, rb, err = s.roundAgain(r.Context(), b, rb); err != nil {
		return err
	}
	if now, ok := rb.Entry(claim.Applicant); ok && now.Booking.Slot == claim.Slot && errors.Is(e, nextup.Refuse(nextup.CodeStale)) {
		return s.roundDone(w, r, who, b, rb, done, 0, nil) // another press was faster
	}
	again, err := s.newBookFor(b, rb, claim.Applicant)
	if err != nil {
		return err
	}
	again.Notify, again.Cancel = v.Notify, v.Cancel && again.Now != nil
	for _, d := range again.Days {
		for _, slot := range d.Slots {
			if slot.ID == v.Slot {
				again.Slot = v.Slot // still free: the choice stays
			}
		}
	}
	again.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	return s.bookForShow(w, r, status, who, again)
}
