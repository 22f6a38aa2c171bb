package transport

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// roundView is what round.html shows: one round with its people and its times.
type roundView struct {
	Title    string
	Round    nextup.Round
	JobPath  string
	Path     string
	Live     string // where round.js asks
	SMTP     bool
	Figures  nextup.Figures
	Slots    int // that stand, past ones too
	Entries  []entryRow
	Days     []dayView
	Zone     time.Time // any moment in the job's zone, to name it
	Count    entryCount
	Short    int    // times that are missing: people without one, less the free ones
	Ask      string // where the invitation is written; "" nobody can be invited
	Remind   string // where the reminder is written; "" nobody has to be reminded
	Saved    *savedView
	Said     *saidView
	Refused  *fieldError
	Renaming bool // the name was refused; it is still in the field
	Name     *faultView
	Typed    string
}

// saidView is what the last button did.
type saidView struct {
	Key   string
	Count int
}

// savedView is the summary after the times were saved.
type savedView struct {
	To   int    // who is to be invited
	Link string // to the message; "" there is nobody, or nothing to choose
	Days []dayView
}

// entryCount is how many stand where.
type entryCount struct {
	All, Chosen, Waiting, NoneFits, Cancelled, Added int
}

// Without is how many have no time.
func (c entryCount) Without() int { return c.All - c.Chosen }

// entryRow is one applicant of the round.
type entryRow struct {
	ID    nextup.ApplicantID
	Name  string
	Email string
	Page  string // all about him
	Link  string // his own page
	State stateView
	At    time.Time // since when; zero: not known
	Slot  *slotRow  // his time; nil: none
	Again time.Time // the last reminder; zero: none
	Sent  *deliveryView

	Ask    string // where a message to him is written
	AskKey string // what that is called
	Book   string // where a time is booked for him, or his moved
	Cancel string // where his time is cancelled; "" he has none to come
	Resend bool   // there is a letter that can be sent again
}

// dayView is one day with its times.
type dayView struct {
	nextup.Day
	At      time.Time // noon of the day
	Slots   []slotRow
	Seats   int
	Session string // its page, for a video day that has one
	Closed  bool   // all talks are done: Session leads to the summary
	Few     bool   // more interviews at the same time than interviewers
	Most    int    // interviews at the same time
	Crew    int    // interviewers
}

// slotRow is one time.
type slotRow struct {
	ID      nextup.SlotID
	Start   time.Time
	End     time.Time
	Place   nextup.Place
	Who     []seatRow
	Seats   int
	Free    int
	Over    bool   // it has begun
	Removed bool   // not offered any more, but somebody has it
	Page    string // where it is changed
}

// seatRow is somebody who has a seat.
type seatRow struct {
	Name, Page string
}

// round shows one round to its recruiter.
func (s *Server) round(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	v, err := s.newRound(r, b, rb)
	if err != nil {
		return err
	}
	return s.roundPage(w, r, http.StatusOK, who, v)
}

func (s *Server) roundPage(w http.ResponseWriter, r *http.Request, status int, who Account, v roundView) error {
	return s.desk(w, r, status, who, "round.html", "/jobs", Page{Path: v.Path, View: v})
}

// roundSaid are the buttons whose effect the page confirms after the redirect.
var roundSaid = map[string]bool{
	"sent": true, "reminded": true, "booked": true, "moved": true, "cancelled": true, "resent": true,
	"renamed": true, "closed": true, "opened": true, "left": true, "added": true,
}

func (s *Server) newRound(r *http.Request, b nextup.Board, rb nextup.RoundBoard) (roundView, error) {
	ctx, now := r.Context(), s.Now()
	v := roundView{
		Title: b.Job.Title, Round: rb.Round, JobPath: "/jobs/" + string(b.Job.ID), Path: roundAt(b.Job.ID, rb.Round.ID), SMTP: s.SMTP,
		Figures: rb.Figures(now), Zone: in(now, b.Job.Zone), Typed: rb.Round.Name,
	}
	posted, err := s.Jobs.RoundPosted(ctx, b.Job.ID)
	if err != nil {
		return v, err
	}
	letters := map[nextup.ApplicantID]RoundPost{}
	for _, p := range posted { // the newest first
		if _, newer := letters[nextup.ApplicantID(p.Person)]; !newer && p.Round == rb.Round.ID {
			letters[nextup.ApplicantID(p.Person)] = p
		}
	}
	for _, e := range byName(b, b.Standing(rb)) {
		row := s.newEntry(b, rb, e, now)
		if p, ok := letters[row.ID]; ok {
			d := newDelivery(p.Posted, s.SMTP)
			row.Sent, row.Resend = &d, s.noLetter(b, rb, e) == ""
		}
		v.Count.add(e)
		v.Entries = append(v.Entries, row)
	}
	if v.Days, err = s.newDays(ctx, b, rb, now); err != nil {
		return v, err
	}
	for _, d := range v.Days {
		v.Slots += len(d.Slots)
	}
	if rb.Round.Closed.IsZero() && v.Figures.Seats > 0 {
		v.Short = max(0, v.Count.Without()-v.Figures.Free)
		if v.Count.Added > 0 {
			v.Ask = v.Path + "/message"
		}
		if v.Count.Waiting > 0 {
			v.Remind = v.Path + "/message?kind=remind"
		}
	}
	q := r.URL.Query()
	v.Live = v.Path + "/now"
	if q.Has("saved") {
		v.Saved = v.saved(b, rb, q)
		v.Live += "?" + url.Values{"saved": {"1"}, "to": {q.Get("to")}}.Encode()
	}
	if done := q.Get("done"); roundSaid[done] {
		n, _ := strconv.Atoi(q.Get("n"))
		v.Said = &saidView{"rounds.done." + done, max(0, n)}
	}
	return v, nil
}

// saved is the summary after the times were saved, with those who were chosen before.
func (v roundView) saved(b nextup.Board, rb nextup.RoundBoard, q url.Values) *savedView {
	out := &savedView{Days: v.Days}
	to := q.Get("to")
	wanted := readIDs(to)
	for _, e := range b.Standing(rb) {
		if e.Booking.Slot == "" && (slices.Contains(wanted, e.Applicant) || to == "" && e.Invited.IsZero()) {
			out.To++
		}
	}
	if out.To > 0 && v.Figures.Seats > 0 && rb.Round.Closed.IsZero() {
		out.Link = v.Path + "/message"
		if to != "" {
			out.Link += "?to=" + url.QueryEscape(to)
		}
	}
	return out
}

// readIDs reads a list of applicants as an address carries it.
func readIDs(list string) (ids []nextup.ApplicantID) {
	for _, id := range strings.Split(list, ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, nextup.ApplicantID(id))
		}
	}
	return ids
}

// add counts an entry where it stands.
func (c *entryCount) add(e nextup.Entry) {
	c.All++
	switch e.State() {
	case nextup.EntryChosen:
		c.Chosen++
	case nextup.EntryNoneFits:
		c.NoneFits++
	case nextup.EntryCancel:
		c.Cancelled++
	case nextup.EntryAdded:
		c.Added++
	default:
		c.Waiting++
	}
}

// byName sorts entries as people look for somebody.
func byName(b nextup.Board, list []nextup.Entry) []nextup.Entry {
	name := func(e nextup.Entry) string {
		a, _ := b.Applicant(e.Applicant)
		return strings.ToLower(a.Name)
	}
	slices.SortStableFunc(list, func(a, b nextup.Entry) int { return strings.Compare(name(a), name(b)) })
	return list
}

// entryStates are the words, shapes and colours of where somebody stands.
var entryStates = map[nextup.EntryState]stateView{
	nextup.EntryAdded:    {"standing.added", "here", ""},
	nextup.EntryInvited:  {"standing.invited", "mail", ""},
	nextup.EntryOpened:   {"standing.opened", "eye", ""},
	nextup.EntryNoneFits: {"standing.none_fits", "warn", "wait"},
	nextup.EntryChosen:   {"standing.chosen", "ok", "ok"},
	nextup.EntryCancel:   {"standing.cancelled", "minus", "wait"},
}

func (s *Server) newEntry(b nextup.Board, rb nextup.RoundBoard, e nextup.Entry, now time.Time) entryRow {
	a, _ := b.Applicant(e.Applicant)
	zoned := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return in(t, b.Job.Zone)
	}
	path := roundAt(b.Job.ID, rb.Round.ID)
	id := url.QueryEscape(string(a.ID))
	row := entryRow{
		ID: a.ID, Name: a.Name, Email: a.Email, Page: "/jobs/" + string(b.Job.ID) + "/applicants/" + string(a.ID),
		Link: s.links.Applicant(a.ID), State: entryStates[e.State()], Again: zoned(e.Reminded),
		Book: path + "/book?who=" + id,
	}
	switch e.State() {
	case nextup.EntryAdded:
		row.At, row.Ask, row.AskKey = zoned(e.Added), path+"/message?to="+id, "rounds.invite"
	case nextup.EntryInvited:
		row.At, row.Ask, row.AskKey = zoned(e.Invited), path+"/message?kind=remind&to="+id, "rounds.remind"
	case nextup.EntryOpened:
		row.At, row.Ask, row.AskKey = zoned(e.Opened), path+"/message?kind=remind&to="+id, "rounds.remind"
	case nextup.EntryNoneFits:
		row.At, row.Ask, row.AskKey = zoned(e.NoneFits), path+"/message?again=1&to="+id, "rounds.write"
	case nextup.EntryCancel:
		row.At, row.Ask, row.AskKey = zoned(e.Booking.At), path+"/message?again=1&to="+id, "rounds.again"
	case nextup.EntryChosen:
		row.At = zoned(e.Booking.At)
		if slot, ok := rb.Slot(e.Booking.Slot); ok {
			day, _ := rb.Day(slot.Date)
			row.Slot = &slotRow{
				ID: slot.ID, Start: zoned(slot.Start), End: zoned(slot.End()), Place: day.Place, Over: !slot.Start.After(now),
			}
			if !row.Slot.Over {
				row.Cancel = path + "/book?cancel=1&who=" + id
			} else {
				row.Book = ""
			}
		}
	}
	if len(rb.Open(now)) == 0 {
		row.Book = ""
	}
	return row
}

// newDays are the days that have times, or people with times that are not offered any more.
func (s *Server) newDays(ctx context.Context, b nextup.Board, rb nextup.RoundBoard, now time.Time) (list []dayView, err error) {
	for _, d := range rb.Days {
		v := dayView{Day: d}
		if noon, err := time.Parse(time.DateOnly, d.Date); err == nil {
			y, m, day := noon.Date()
			v.At = time.Date(y, m, day, 12, 0, 0, 0, in(now, b.Job.Zone).Location())
		}
		for _, slot := range rb.Slots {
			if slot.Date != d.Date {
				continue
			}
			row := slotRow{
				ID: slot.ID, Start: in(slot.Start, b.Job.Zone), End: in(slot.End(), b.Job.Zone), Place: d.Place, Seats: slot.Seats,
				Over: !slot.Start.After(now), Removed: !slot.Removed.IsZero(), Page: roundAt(b.Job.ID, rb.Round.ID) + "/slots/" + string(slot.ID),
			}
			for _, id := range rb.Booked(slot.ID) {
				a, _ := b.Applicant(id)
				row.Who = append(row.Who, seatRow{a.Name, "/jobs/" + string(b.Job.ID) + "/applicants/" + string(id)})
			}
			row.Free = max(0, slot.Seats-len(row.Who))
			if row.Removed && len(row.Who) == 0 {
				continue
			}
			v.Seats += slot.Seats
			v.Most = max(v.Most, slot.Seats)
			v.Slots = append(v.Slots, row)
		}
		if len(v.Slots) == 0 {
			continue
		}
		if d.Place.Video && d.Session != "" {
			if err := s.staffDay(ctx, &v); err != nil {
				return nil, err
			}
		}
		list = append(list, v)
	}
	slices.SortStableFunc(list, func(a, b dayView) int { return cmp.Compare(a.Date, b.Date) })
	return list, nil
}

// staffDay looks up in the day's session who interviews.
func (s *Server) staffDay(ctx context.Context, v *dayView) error {
	n, err := s.Sessions.Look(ctx, v.Day.Session)
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) {
		return nil // not made yet
	}
	if err != nil {
		return err
	}
	if n.State.Removed || n.State.Phase == nextup.PhaseCancelled {
		return nil
	}
	v.Session, v.Closed = "/sessions/"+string(n.ID), n.State.Phase == nextup.PhaseClosed
	if v.Closed {
		v.Session += "/summary"
		return nil
	}
	for _, i := range n.State.Interviewers {
		if !i.Removed {
			v.Crew++
		}
	}
	v.Few = v.Most > v.Crew
	return nil
}

// renameRound gives the round a name, or takes it away.
func (s *Server) renameRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	f := faults{}
	typed := r.PostForm.Get("name")
	name := f.line("name", typed, maxRoundName, false)
	if f["name"] != nil {
		v, err := s.newRound(r, b, rb)
		if err != nil {
			return err
		}
		v.Renaming, v.Typed, v.Name = true, clip(visible(typed), 4*maxRoundName), newFault("name", f["name"])
		return s.roundPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	return s.roundDone(w, r, who, b, rb, "renamed", 0, s.Jobs.RenameRound(r.Context(), rb.Round.ID, name))
}

// closeRound ends the choosing; bookings stand.
func (s *Server) closeRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return s.roundDone(w, r, who, b, rb, "closed", 0, s.Jobs.CloseRound(r.Context(), rb.Round.ID, s.Now()))
}

// openRound lets people choose again.
func (s *Server) openRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return s.roundDone(w, r, who, b, rb, "opened", 0, s.Jobs.CloseRound(r.Context(), rb.Round.ID, time.Time{}))
}

// roundDone shows the round again with what was done, or why it was refused.
func (s *Server) roundDone(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard, name string, count int, err error) error {
	if err == nil {
		s.settleSoon()
		to := roundAt(b.Job.ID, rb.Round.ID) + "?done=" + name
		if count > 0 {
			to += "&n=" + strconv.Itoa(count)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	e, status, sure := refusal(err)
	if !sure {
		s.Log.Error("round", "route", r.Pattern, "error", err)
	}
	if b, rb, err = s.roundAgain(r.Context(), b, rb); err != nil {
		return err
	}
	v, err := s.newRound(r, b, rb)
	if err != nil {
		return err
	}
	v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	return s.roundPage(w, r, status, who, v)
}

// roundAgain reads a round once more: what refused may have changed it.
func (s *Server) roundAgain(ctx context.Context, b nextup.Board, rb nextup.RoundBoard) (nextup.Board, nextup.RoundBoard, error) {
	fresh, err := s.Jobs.Board(ctx, b.Job.ID)
	if err != nil {
		return b, rb, err
	}
	again, ok := fresh.Round(rb.Round.ID)
	if !ok {
		return b, rb, nextup.Refuse(nextup.CodeUnknown)
	}
	return fresh, again, nil
}
