package transport

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"nextup"
)

// slotsView is what slots.html shows.
type slotsView struct {
	slotsForm
	roundHead
	Action  string
	Rows    []dayRow
	CutOffs []cutOffView
	Today   string
	Last    string // the last date that can be chosen
	Now     time.Time
	Sum     sumView
	Gone    int          // times that are over; they stay as they are
	Stale   bool         // somebody else saved meanwhile
	Theirs  []savedDay   // what is saved now, if so
	Refused *fieldError  // the whole was refused
	Confirm *confirmView // what saving would take from people; nil: nothing
}

// roundHead is what the pages of a round's times have in common.
type roundHead struct {
	Job   string
	Round nextup.Round
	City  string // whose clock leads
	Back  string // the round's page
	Self  string // this page, with who is to be invited afterwards
}

// dayRow is one day as the page shows it without scripts.
type dayRow struct {
	dayForm
	Day    time.Time // noon
	Seats  int       // the frame's
	Times  []timeRow
	Kept   []timeRow // chosen, but not among those that the frame gives
	Change *turnView
	Near   int // chosen, but nearer than the cut-off: applicants are not offered them
	Fault  *faultView
	Wrong  *faultView // of the address
}

// timeRow is one time that can be chosen.
type timeRow struct {
	At      time.Time
	Value   string // of the moment, in UTC
	Chosen  bool
	Minutes int // if it is not as long as the frame's; else 0
	Seats   int
	Booked  int
	Near    bool // nearer than the cut-off
}

// turnView tells that the clocks are changed on a day, between two times of it.
type turnView struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// cutOffView is one choice of the cut-off.
type cutOffView struct {
	Value    int // minutes
	Key      string
	Count    int
	Selected bool
}

// sumView is what the bar at the bottom says.
type sumView struct {
	Times  int
	Room   int // applicants that these times have room for
	People int // who need one
	Short  int
}

// savedDay is a day in words: what is saved now.
type savedDay struct {
	Day     time.Time
	Video   bool
	Address string
	Times   []time.Time
}

// slotsBoot is what slots.js is told.
type slotsBoot struct {
	Round     nextup.RoundID      `json:"round"`
	Zone      string              `json:"zone"`
	Proposals string              `json:"proposals"` // where times are proposed
	Today     string              `json:"today"`
	Last      string              `json:"last"`
	Max       int                 `json:"max"`    // days
	People    int                 `json:"people"` // who need a time
	Revision  int                 `json:"revision"`
	Saved     int                 `json:"saved"` // the round's revision now
	Fresh     bool                `json:"fresh"` // the page shows what is saved
	Days      []dayBoot           `json:"days"`
	Slots     []slotBoot          `json:"slots"`
	Holidays  map[string][]string `json:"holidays"` // by date: catalogue keys of names and of where
}

// dayBoot is one day of the form.
type dayBoot struct {
	Date    string     `json:"date"`
	Video   bool       `json:"video"`
	Address string     `json:"address"`
	Chosen  []string   `json:"chosen"`
	Times   []string   `json:"times"`
	Change  *turnView  `json:"change"`
	Fault   *fieldBoot `json:"fault"`
	Wrong   *fieldBoot `json:"wrong"`
}

// fieldBoot is an error beside a field.
type fieldBoot struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
}

// slotBoot is a time that is saved.
type slotBoot struct {
	At      string `json:"at"`
	Minutes int    `json:"minutes"`
	Seats   int    `json:"seats"`
	Booked  int    `json:"booked"`
}

const stampLayout = "2006-01-02T15:04:05Z"

func stamp(at time.Time) string { return at.UTC().Format(stampLayout) }

// slots shows the times of a round to be chosen.
func (s *Server) slots(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	return s.slotsPage(w, r, http.StatusOK, who, b, rb, slotsView{slotsForm: slotsFormOf(rb, s.Now())})
}

// saveSlots saves them; without scripts the same form is worked with by its buttons.
func (s *Server) saveSlots(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	now := in(s.Now(), b.Job.Zone)
	v := slotsView{slotsForm: readSlots(r.PostForm, b.Job.Zone)}
	if do := r.PostForm.Get("do"); do != "save" {
		v.press(do, b.Job.Zone, now)
		return s.slotsPage(w, r, http.StatusOK, who, b, rb, v)
	}
	p := v.check(rb, b.Job.Zone, now)
	if len(v.Errors) > 0 {
		return s.slotsPage(w, r, http.StatusUnprocessableEntity, who, b, rb, v)
	}
	if v.Revision != rb.Round.Revision {
		return s.slotsStale(w, r, who, b, rb, v)
	}
	drop := askedAbout(r.PostForm["drop"])
	if c := losses(b, rb, p, now); c.more(drop, r.PostForm["placed"]) {
		v.Confirm = c
		return s.slotsPage(w, r, http.StatusConflict, who, b, rb, v)
	}
	notify := r.PostForm.Get("asked") == "" || r.PostForm.Get("notify") != ""
	err := s.Jobs.SavePlan(r.Context(), rb.Round.ID, p, v.Revision, drop, NewID, now, notify)
	switch {
	case errors.Is(err, nextup.Refuse(nextup.CodeStale)), errors.Is(err, nextup.Refuse(nextup.CodeBooked)):
		// Somebody was faster: look again.
		if b, rb, err = s.boardAgain(r, rb.Round.ID, b.Job.ID); err != nil {
			return err
		}
		if v.Revision != rb.Round.Revision {
			return s.slotsStale(w, r, who, b, rb, v)
		}
		if v.Confirm = losses(b, rb, p, now); v.Confirm.none() {
			v.Confirm, v.Refused = nil, &fieldError{Key: "error.stale"}
		}
		return s.slotsPage(w, r, http.StatusConflict, who, b, rb, v)
	case err != nil:
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("times not saved", "error", err)
		}
		v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
		return s.slotsPage(w, r, status, who, b, rb, v)
	}
	s.settleSoon()
	http.Redirect(w, r, withRecipients(roundAt(b.Job.ID, rb.Round.ID)+"?saved=1", r.URL.Query()), http.StatusSeeOther)
	return nil
}

// boardAgain reads everything anew.
func (s *Server) boardAgain(r *http.Request, round nextup.RoundID, job nextup.JobID) (nextup.Board, nextup.RoundBoard, error) {
	b, err := s.Jobs.Board(r.Context(), job)
	if err != nil {
		return b, nextup.RoundBoard{}, err
	}
	rb, ok := b.Round(round)
	if !ok {
		return b, rb, nextup.Refuse(nextup.CodeUnknown)
	}
	return b, rb, nil
}

// slotsStale shows what somebody else has saved beside what was filled in. Saving once
// more means it.
func (s *Server) slotsStale(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard, v slotsView) error {
	v.Revision, v.Stale = rb.Round.Revision, true
	for _, d := range rb.Days {
		day := savedDay{Day: noon(d.Date, b.Job.Zone), Video: d.Place.Video, Address: d.Place.Address}
		for _, slot := range rb.Slots {
			if slot.Date == d.Date && slot.Removed.IsZero() {
				day.Times = append(day.Times, in(slot.Start, b.Job.Zone))
			}
		}
		if len(day.Times) > 0 {
			v.Theirs = append(v.Theirs, day)
		}
	}
	return s.slotsPage(w, r, http.StatusConflict, who, b, rb, v)
}

// press does what a button of the form asks for, where no script does it.
func (v *slotsView) press(do, zone string, now time.Time) {
	verb, date, _ := strings.Cut(do, ".")
	d := v.day(date)
	switch {
	case verb == "day":
		v.addDay(v.Date, now)
	case verb == "propose":
		v.frame()
	case d == nil:
	case verb == "remove":
		v.Days = slices.DeleteFunc(v.Days, func(o dayForm) bool { return o.Date == date })
	case verb == "same":
		for i := range v.Days {
			v.Days[i].Video, v.Days[i].Address = d.Video, d.Address
		}
	case verb == "all":
		list, err := nextup.Propose(date, v.frame(), zone)
		if err != nil {
			return
		}
		for _, at := range list {
			if at.After(now) && !slices.ContainsFunc(d.Starts, at.Equal) {
				d.Starts = append(d.Starts, at.UTC())
			}
		}
		slices.SortFunc(d.Starts, time.Time.Compare)
	}
}

func (s *Server) slotsPage(w http.ResponseWriter, r *http.Request, status int, who Account, b nextup.Board, rb nextup.RoundBoard, v slotsView) error {
	zone := b.Job.Zone
	v.Now = in(s.Now(), zone)
	v.Today, v.Last = v.Now.Format(time.DateOnly), v.Now.AddDate(planAhead, 0, 0).Format(time.DateOnly)
	v.roundHead = headOf(b, rb, r.URL.Query())
	v.Action = v.Self
	v.CutOffs = cutOffs(v.CutOff)
	faults := v.Errors
	frame, cutOff := v.frame(), v.number("cutoff", v.CutOff, 0, int(nextup.MaxCutOff/time.Minute))
	v.Errors = faults // what is shown has been looked at already, or is new
	v.Rows = v.rows(rb, frame, cutOff, zone, v.Now)
	v.Sum = v.sum(b, rb, v.Now)
	for _, slot := range rb.Slots {
		if slot.Removed.IsZero() && !slot.Start.After(v.Now) {
			v.Gone++
		}
	}
	p := Page{Path: v.Self, View: v}
	if v.Confirm != nil {
		v.Confirm.Fields = carried(r.PostForm, "do", "drop", "placed", "asked", "notify")
		p.View = v
		return s.desk(w, r, status, who, "slotsdrop.html", "/jobs", p)
	}
	p.Boot = v.boot(b, rb, status == http.StatusOK && r.Method == http.MethodGet)
	return s.desk(w, r, status, who, "slots.html", "/jobs", p)
}

// rows are the days with the times that the frame gives them.
func (v *slotsView) rows(rb nextup.RoundBoard, frame nextup.Frame, cutOff time.Duration, zone string, now time.Time) (list []dayRow) {
	for _, d := range v.Days {
		row := dayRow{
			dayForm: d, Day: noon(d.Date, zone), Seats: frame.Seats, Change: changeOf(d.Date, frame, zone),
			Fault: newFault("day."+d.Date, v.Errors["day."+d.Date]), Wrong: newFault("address."+d.Date, v.Errors["address."+d.Date]),
		}
		proposed, _ := nextup.Propose(d.Date, frame, zone) // a frame that cannot be proposes nothing
		proposed = slices.DeleteFunc(proposed, func(at time.Time) bool { return !at.After(now) })
		of := func(at time.Time, chosen bool) timeRow {
			t := timeRow{At: in(at, zone), Value: stamp(at), Chosen: chosen, Seats: frame.Seats, Near: at.Add(-cutOff).Before(now)}
			if slot, ok := slotAt(rb, at); ok {
				t.Seats, t.Booked = max(slot.Seats, frame.Seats), len(rb.Booked(slot.ID))
				if slot.Length != frame.Length {
					t.Minutes = int(slot.Length / time.Minute)
				}
			}
			return t
		}
		for _, at := range proposed {
			row.Times = append(row.Times, of(at, slices.ContainsFunc(d.Starts, at.Equal)))
		}
		for _, at := range d.Starts {
			if !slices.ContainsFunc(proposed, at.Equal) {
				row.Kept = append(row.Kept, of(at, true))
			}
		}
		for _, t := range slices.Concat(row.Times, row.Kept) {
			if t.Chosen && t.Near && t.Booked < t.Seats {
				row.Near++
			}
		}
		list = append(list, row)
	}
	return list
}

// sum counts the times to come against those who need one.
func (v *slotsView) sum(b nextup.Board, rb nextup.RoundBoard, now time.Time) sumView {
	s := sumView{People: inNeed(b, rb, now)}
	for _, row := range v.Rows {
		for _, t := range slices.Concat(row.Times, row.Kept) {
			if t.Chosen {
				s.Times++
				if s.Room += t.Booked; !t.Near {
					s.Room += max(0, t.Seats-t.Booked)
				}
			}
		}
	}
	s.Short = max(0, s.People-s.Room)
	return s
}

// inNeed is how many applicants of a round have not had their interview yet.
func inNeed(b nextup.Board, rb nextup.RoundBoard, now time.Time) (n int) {
	for _, e := range b.Standing(rb) {
		if slot, ok := rb.Slot(e.Booking.Slot); !ok || slot.Start.After(now) {
			n++
		}
	}
	return n
}

func (v *slotsView) boot(b nextup.Board, rb nextup.RoundBoard, fresh bool) slotsBoot {
	boot := slotsBoot{
		Round: rb.Round.ID, Zone: b.Job.Zone, Proposals: v.Back + "/proposals", Today: v.Today, Last: v.Last,
		Max: nextup.MaxDays, People: v.Sum.People, Revision: v.Revision, Saved: rb.Round.Revision, Fresh: fresh,
		Days: []dayBoot{}, Slots: []slotBoot{}, Holidays: holidaysFrom(v.Now.Year(), v.Now.Year()+planAhead),
	}
	for _, row := range v.Rows {
		d := dayBoot{
			Date: row.Date, Video: row.Video, Address: row.Address, Chosen: []string{}, Times: []string{}, Change: row.Change,
			Fault: bootFault(row.Fault), Wrong: bootFault(row.Wrong),
		}
		for _, t := range row.Times {
			d.Times = append(d.Times, t.Value)
		}
		for _, at := range row.Starts {
			d.Chosen = append(d.Chosen, stamp(at))
		}
		boot.Days = append(boot.Days, d)
	}
	for _, slot := range rb.Slots {
		if slot.Removed.IsZero() && slot.Start.After(v.Now) {
			boot.Slots = append(boot.Slots, slotBoot{At: stamp(slot.Start), Minutes: int(slot.Length / time.Minute), Seats: slot.Seats, Booked: len(rb.Booked(slot.ID))})
		}
	}
	return boot
}

func bootFault(f *faultView) *fieldBoot {
	if f == nil {
		return nil
	}
	return &fieldBoot{f.Key, f.Count}
}

// proposals answers the page's script: the times of days by a frame that is typed.
func (s *Server) proposals(w http.ResponseWriter, r *http.Request, _ Account, b nextup.Board, _ nextup.RoundBoard) error {
	v := r.URL.Query()
	f := slotsForm{Length: v.Get("length"), Pause: v.Get("pause"), From: v.Get("from"), Until: v.Get("until"), Seats: v.Get("seats")}
	frame := f.frame()
	answer := struct {
		Faults map[string]fieldBoot `json:"faults"`
		Days   []dayBoot            `json:"days"`
	}{map[string]fieldBoot{}, []dayBoot{}}
	for field, e := range f.Errors {
		answer.Faults[field] = fieldBoot{e.Key, e.Count}
	}
	dates, now := v["date"], s.Now()
	for _, date := range dates[:min(len(dates), nextup.MaxDays)] {
		if len(f.Errors) > 0 {
			break
		}
		list, err := nextup.Propose(date, frame, b.Job.Zone)
		if err != nil {
			continue
		}
		d := dayBoot{Date: date, Times: []string{}, Chosen: []string{}, Change: changeOf(date, frame, b.Job.Zone)}
		for _, at := range list {
			if at.After(now) {
				d.Times = append(d.Times, stamp(at))
			}
		}
		answer.Days = append(answer.Days, d)
	}
	return s.json(w, http.StatusOK, answer)
}

// changeOf tells of a change of the clocks inside the frame.
func changeOf(date string, f nextup.Frame, zone string) *turnView {
	from, to, ok := nextup.ClockChange(date, zone)
	if !ok || max(from, to) <= f.From || min(from, to) >= f.Until {
		return nil
	}
	return &turnView{clockOf(from), clockOf(to)}
}

// cutOffs are the choices, with the present one among them whatever it is.
func cutOffs(chosen string) (list []cutOffView) {
	minutes := []int{0, 60, 2 * 60, 4 * 60, 12 * 60, 24 * 60, 2 * 24 * 60, 3 * 24 * 60, 7 * 24 * 60, 14 * 24 * 60}
	var f slotsForm
	f.Errors = faults{}
	if n := int(f.number("cutoff", chosen, 0, int(nextup.MaxCutOff/time.Minute)) / time.Minute); len(f.Errors) == 0 {
		if at, there := slices.BinarySearch(minutes, n); !there {
			minutes = slices.Insert(minutes, at, n)
		}
		for _, m := range minutes {
			c := cutOffView{Value: m, Selected: m == n}
			switch {
			case m == 0:
				c.Key = "slots.cutoff.start"
			case m%(24*60) == 0:
				c.Key, c.Count = "slots.cutoff.days", m/(24*60)
			case m%60 == 0:
				c.Key, c.Count = "slots.cutoff.hours", m/60
			default:
				c.Key, c.Count = "slots.cutoff.minutes", m
			}
			list = append(list, c)
		}
		return list
	}
	return cutOffs("1440")
}

// holidaysFrom lists the days off of some years by date: where, then which.
func holidaysFrom(first, last int) map[string][]string {
	all := map[string][]string{}
	for year := first; year <= last; year++ {
		se, no := nextup.Holidays(nextup.Sweden, year), nextup.Holidays(nextup.Norway, year)
		for date, h := range se {
			where := "slots.in.se"
			if no[date] == h {
				where = "slots.in.both"
			}
			all[date] = append(all[date], where, "holiday."+string(h))
		}
		for date, h := range no {
			if se[date] != h {
				all[date] = append(all[date], "slots.in.no", "holiday."+string(h))
			}
		}
	}
	return all
}

// noon is the middle of a day, for words about the day.
func noon(date, zone string) time.Time {
	at, _, err := nextup.Wall(date, 12*time.Hour, zone)
	if err != nil {
		return time.Time{}
	}
	return at
}

func headOf(b nextup.Board, rb nextup.RoundBoard, q url.Values) roundHead {
	back := roundAt(b.Job.ID, rb.Round.ID)
	return roundHead{
		Job: b.Job.Title, Round: rb.Round, City: city(in(rb.Round.Created, b.Job.Zone)), Back: back, Self: withRecipients(back+"/slots", q),
	}
}

// withRecipients keeps in an address who is to be invited afterwards.
func withRecipients(path string, q url.Values) string {
	var list []string
	for _, to := range q["to"] {
		for id := range strings.SplitSeq(to, ",") {
			if knownID(id) && !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	if len(list) == 0 {
		return path
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "to=" + strings.Join(list, ",")
}

// carried are a form's fields for a page between it and its saving.
func carried(v url.Values, not ...string) (list [][2]string) {
	for name, values := range v {
		if !slices.Contains(not, name) {
			for _, one := range values {
				list = append(list, [2]string{name, one})
			}
		}
	}
	slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return list
}
