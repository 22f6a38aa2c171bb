package transport

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"nextup"
)

// slotView is what slotmove.html shows: one time, who has it, and the ways to move or
// remove it.
type slotView struct {
	roundHead
	ID      nextup.SlotID
	At      time.Time
	End     time.Time
	Seats   int
	Place   nextup.Place
	People  []bookedView
	Removes bool // the way to remove it is open
	Gone    bool // removed already
	Over    bool // it has begun
	Date    string
	Clock   string
	Days    []time.Time // those of the round to come, noon
	Notify  bool
	Errors  faults
	Refused *fieldError
}

// bookedView is somebody who has the time.
type bookedView struct {
	ID   nextup.ApplicantID
	Name string
	Page string
}

// Fault is the error of a field, nil if it has none.
func (v slotView) Fault(field string) *faultView { return newFault(field, v.Errors[field]) }

// slotPage shows one time.
func (s *Server) slotPage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	v, ok := newSlotView(b, rb, nextup.SlotID(r.PathValue("slot")), s.Now())
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return s.showSlot(w, r, http.StatusOK, who, v)
}

func (s *Server) showSlot(w http.ResponseWriter, r *http.Request, status int, who Account, v slotView) error {
	return s.desk(w, r, status, who, "slotmove.html", "/jobs", Page{Path: v.Self, View: v})
}

func newSlotView(b nextup.Board, rb nextup.RoundBoard, id nextup.SlotID, now time.Time) (v slotView, ok bool) {
	slot, ok := rb.Slot(id)
	if !ok {
		return v, false
	}
	v = slotView{
		roundHead: headOf(b, rb, nil), ID: id, At: in(slot.Start, b.Job.Zone), End: in(slot.End(), b.Job.Zone), Seats: slot.Seats,
		Gone: !slot.Removed.IsZero(), Over: !slot.Start.After(now), Notify: true, Errors: faults{},
	}
	v.Self = v.Back + "/slots/" + string(id)
	d, _ := rb.Day(slot.Date)
	v.Place, v.Date, v.Clock = d.Place, slot.Date, v.At.Format("15:04")
	for _, who := range rb.Booked(id) {
		a, _ := b.Applicant(who)
		v.People = append(v.People, bookedView{who, a.Name, "/jobs/" + string(b.Job.ID) + "/applicants/" + string(who)})
	}
	for _, d := range rb.Days {
		if d.Dropped.IsZero() && d.Date >= in(now, b.Job.Zone).Format(time.DateOnly) {
			v.Days = append(v.Days, noon(d.Date, b.Job.Zone))
		}
	}
	return v, true
}

// asked says whether everybody who has the time was on the page where it was asked
// about.
func (v slotView) asked(shown []string) bool {
	return !slices.ContainsFunc(v.People, func(p bookedView) bool { return !slices.Contains(shown, string(p.ID)) })
}

// moveSlot gives the time another day or time of day, or removes it. Who has it keeps
// it, or is told that it is gone: all of them were shown to whoever decides that.
func (s *Server) moveSlot(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	id, now := nextup.SlotID(r.PathValue("slot")), in(s.Now(), b.Job.Zone)
	v, ok := newSlotView(b, rb, id, now)
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if v.Gone || v.Over {
		return s.showSlot(w, r, http.StatusConflict, who, v)
	}
	if v.Removes = r.PostForm.Get("do") == "remove"; !v.Removes {
		v.Date, v.Clock = r.PostForm.Get("date"), r.PostForm.Get("clock")
	}
	if !v.asked(r.PostForm["who"]) {
		v.Refused = &fieldError{Key: "slots.one.changed"}
		return s.showSlot(w, r, http.StatusConflict, who, v)
	}
	v.Notify = r.PostForm.Get("notify") != ""
	var err error
	if v.Removes {
		var drop []nextup.SlotID
		if len(v.People) > 0 {
			drop = []nextup.SlotID{id}
		}
		err = s.Jobs.SavePlan(r.Context(), rb.Round.ID, planWithout(rb, id), rb.Round.Revision, drop, NewID, now, v.Notify)
	} else {
		at := v.check(rb, b.Job.Zone, now)
		if len(v.Errors) > 0 {
			return s.showSlot(w, r, http.StatusUnprocessableEntity, who, v)
		}
		if slot, _ := rb.Slot(id); slot.Start.Equal(at) {
			http.Redirect(w, r, v.Back, http.StatusSeeOther) // nothing to do
			return nil
		}
		err = s.Jobs.MoveSlot(r.Context(), rb.Round.ID, id, v.Date, at, now, v.Notify)
	}
	if errors.Is(err, nextup.Refuse(nextup.CodeSlotTaken)) {
		v.Errors.add("clock", "slots.error.taken", 0)
		return s.showSlot(w, r, http.StatusConflict, who, v)
	}
	if errors.Is(err, nextup.Refuse(nextup.CodeBooked)) { // just now
		if b, rb, err = s.roundAgain(r.Context(), b, rb); err != nil {
			return err
		}
		if v, ok = newSlotView(b, rb, id, now); !ok {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		v.Removes, v.Refused = true, &fieldError{Key: "slots.one.changed"}
		return s.showSlot(w, r, http.StatusConflict, who, v)
	}
	if err != nil {
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("time not moved", "error", err)
		}
		v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
		return s.showSlot(w, r, status, who, v)
	}
	s.settleSoon()
	http.Redirect(w, r, v.Back+"?saved=1", http.StatusSeeOther)
	return nil
}

// check reads the typed day and time of day; what is wrong is noted at its field.
func (v *slotView) check(rb nextup.RoundBoard, zone string, now time.Time) time.Time {
	slot, _ := rb.Slot(v.ID)
	v.Date = strings.TrimSpace(v.Date)
	clock := v.Clock
	if d, ok := timeOfDay(clock); ok {
		clock = clockOf(d)
	}
	at, err := nextup.LocalTime(v.Date, clock, zone)
	_, noDay := time.Parse(time.DateOnly, v.Date)
	switch {
	case noDay != nil:
		v.Errors.add("date", "slots.error.date", 0)
	case errors.Is(err, nextup.ErrGap):
		v.Errors.add("clock", "slots.error.gap", 0)
	case err != nil:
		v.Errors.add("clock", "slots.error.clock", 0)
	case !at.After(now):
		v.Errors.add("date", "slots.error.pastTime", 0)
	case at.After(now.AddDate(planAhead, 0, 0)):
		v.Errors.add("date", "slots.error.far", planAhead)
	case slices.ContainsFunc(rb.Slots, func(o nextup.Slot) bool {
		return o.ID != v.ID && o.Removed.IsZero() && at.Before(o.End()) && o.Start.Before(at.Add(slot.Length))
	}):
		v.Errors.add("clock", "slots.error.overlap", 0)
	}
	return at
}

// planWithout is what is saved of a round, without one of its times.
func planWithout(rb nextup.RoundBoard, id nextup.SlotID) nextup.Plan {
	p := nextup.Plan{Frame: rb.Round.Frame, CutOff: rb.Round.CutOff}
	for _, s := range rb.Slots {
		if s.Removed.IsZero() && s.ID != id {
			keepStart(&p, rb, s)
		}
	}
	return p
}
