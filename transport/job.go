package transport

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"nextup"
)

// maxRoundName is how long a round's name may be, in characters. Fields take more, so
// that nothing pasted is cut without a word.
const maxRoundName = 100

// jobView is what job.html shows: a job with its applicants and rounds, and the
// drawer from which applicants are invited.
type jobView struct {
	Job        nextup.Job
	Applicants []jobApplicantRow
	Rounds     []jobRoundRow
	Removed    []jobApplicantRow // no applicants any more, and not erased
	Finder     bool              // enough people that one looks for them
	Query      string
	Standing   string   // only those who stand there; "" all
	Standings  []string // that there are
	Found      int
	Drawer     drawerView
	Said       string // key of what the last button did; "" nothing
	Count      int    // for Said
	Known      int    // for Said: how many were here already
}

// jobApplicantRow is one applicant in the overview.
type jobApplicantRow struct {
	nextup.Applicant
	Page     string
	Ticked   bool
	Standing standingView
}

// standingView is where an applicant stands, in his latest round.
type standingView struct {
	stateView
	In     bool // he is in a round
	Number int  // of the round
	Name   string
	At     time.Time // of his interview, in the job's zone; zero: none
	Place  nextup.Place
}

// jobRoundRow is one round with its figures.
type jobRoundRow struct {
	nextup.Round
	nextup.Figures
	Page    string
	In      int // applicants in it
	Booked  int
	Waiting int
	Shut    bool // nobody chooses any more
}

// drawerView is the drawer with its choices.
type drawerView struct {
	Rounds []jobRoundRow
	New    string // the ID that a new round will have
	Next   int    // its number
	Round  string // the chosen one: an ID, or "new"
	Name   string // of the new one, as typed
	Faults faults
}

// Fault is the error of a field, nil if it has none.
func (d drawerView) Fault(field string) *faultView { return newFault(field, d.Faults[field]) }

// roundOption is one round in the drawer.
type roundOption struct {
	jobRoundRow
	Chosen bool
}

// Options are the rounds that there are, to be chosen from.
func (d drawerView) Options() (all []roundOption) {
	for _, rr := range d.Rounds {
		all = append(all, roundOption{rr, d.Round == string(rr.ID)})
	}
	return all
}

// finderFrom is from how many applicants on one can look for them.
const finderFrom = 20

// jobSaid are the buttons whose effect the overview confirms.
var jobSaid = map[string]bool{"saved": true, "added": true, "entered": true, "removed": true, "erased": true}

// job shows a job with its applicants.
func (s *Server) job(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	v := s.newJobView(r, who, b, toOf(r.URL.Query(), b))
	q := r.URL.Query()
	if done := q.Get("done"); jobSaid[done] {
		v.Said = "job.said." + done
		v.Count, _ = strconv.Atoi(q.Get("n"))
		v.Known, _ = strconv.Atoi(q.Get("known"))
		v.Count, v.Known = min(max(0, v.Count), maxPasted), min(max(0, v.Known), maxPasted)
	}
	v.Query = clip(strings.TrimSpace(q.Get("q")), 200)
	v.Standing = clip(q.Get("standing"), 40)
	words := strings.Fields(strings.ToLower(v.Query))
	shown := v.Applicants[:0]
	for _, row := range v.Applicants {
		if row.matches(words) && (v.Standing == "" || row.Standing.word() == v.Standing) {
			shown = append(shown, row)
		}
	}
	v.Applicants, v.Found = shown, len(shown)
	return s.jobPage(w, r, http.StatusOK, who, v)
}

func (s *Server) jobPage(w http.ResponseWriter, r *http.Request, status int, who Account, v jobView) error {
	return s.desk(w, r, status, who, "job.html", "/jobs", Page{Path: "/jobs/" + string(v.Job.ID), View: v})
}

// matches says whether every word looked for is in the name or the address.
func (row jobApplicantRow) matches(words []string) bool {
	in := strings.ToLower(row.Name + " " + row.Email)
	for _, w := range words {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}

// word is the state alone, for the address.
func (v standingView) word() string { return strings.TrimPrefix(v.Key, "standing.") }

func (s *Server) newJobView(r *http.Request, who Account, b nextup.Board, ticked []nextup.ApplicantID) jobView {
	now := s.Now()
	v := jobView{Job: b.Job}
	for _, a := range b.Applicants {
		if a.Erased {
			continue
		}
		row := jobApplicantRow{Applicant: a, Page: applicantPage(a), Ticked: slices.Contains(ticked, a.ID), Standing: newStanding(b, a.ID, now)}
		if !a.Removed.IsZero() {
			v.Removed = append(v.Removed, row)
			continue
		}
		v.Applicants = append(v.Applicants, row)
		if word := row.Standing.word(); !slices.Contains(v.Standings, word) {
			v.Standings = append(v.Standings, word)
		}
	}
	slices.SortFunc(v.Standings, func(a, b string) int {
		return slices.Index(standings, a) - slices.Index(standings, b)
	})
	v.Finder = len(v.Applicants) >= finderFrom
	for _, rb := range b.Rounds {
		v.Rounds = append(v.Rounds, newJobRoundRow(b, rb, now))
	}
	v.Drawer = newDrawer(v.Rounds)
	if n := len(v.Rounds); n > 0 && !v.Rounds[n-1].Shut {
		v.Drawer.Round = string(v.Rounds[n-1].ID)
	}
	v.Drawer.Name = s.Text(s.language(r, who.Language), "round.named", "n", v.Drawer.Next)
	return v
}

func newDrawer(rounds []jobRoundRow) drawerView {
	d := drawerView{Rounds: rounds, New: NewID(), Next: 1, Round: "new"}
	for _, rr := range rounds {
		d.Next = max(d.Next, rr.Number+1)
	}
	return d
}

func newJobRoundRow(b nextup.Board, rb nextup.RoundBoard, now time.Time) jobRoundRow {
	row := jobRoundRow{
		Round: rb.Round, Figures: rb.Figures(now), Page: roundAt(b.Job.ID, rb.Round.ID), Shut: !rb.Round.Closed.IsZero(),
	}
	for _, e := range b.Standing(rb) {
		row.In++
		switch e.State() {
		case nextup.EntryChosen:
			row.Booked++
		case nextup.EntryInvited, nextup.EntryOpened:
			row.Waiting++
		case nextup.EntryAdded, nextup.EntryNoneFits, nextup.EntryCancel:
		}
	}
	return row
}

// roundAt is where a round's page is.
func roundAt(job nextup.JobID, id nextup.RoundID) string {
	return "/jobs/" + string(job) + "/rounds/" + string(id)
}

// applicantPage is where everything about an applicant is.
func applicantPage(a nextup.Applicant) string {
	return "/jobs/" + string(a.Job) + "/applicants/" + string(a.ID)
}

// standings are the states of an applicant in the order in which they are offered.
var standings = []string{"new", "added", "invited", "opened", "none_fits", "cancelled", "chosen", "held"}

// newStanding says where an applicant stands: in the latest round that he is in.
func newStanding(b nextup.Board, id nextup.ApplicantID, now time.Time) standingView {
	v := standingView{stateView: stateView{"standing.new", "person", ""}}
	for _, rb := range b.Rounds {
		e, ok := rb.Entry(id)
		if !ok {
			continue
		}
		v = standingView{In: true, Number: rb.Round.Number, Name: rb.Round.Name}
		v.stateView = entryStates[e.State()]
		if slot, ok := rb.Slot(e.Booking.Slot); ok {
			v.At = in(slot.Start, b.Job.Zone)
			if day, ok := rb.Day(slot.Date); ok {
				v.Place = day.Place
			}
			if now.After(slot.End()) {
				v.stateView = stateView{"standing.held", "check", ""}
			}
		}
	}
	return v
}

// enterRound registers the ticked applicants in a round, a new one if that was
// chosen, and goes on to its times or to the invitation. Nobody hears of it yet.
func (s *Server) enterRound(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	to, do := toOf(r.PostForm, b), r.PostForm.Get("do")
	v := s.newJobView(r, who, b, to)
	d := &v.Drawer
	d.Round, d.Faults = r.PostForm.Get("round"), faults{}
	if id := r.PostForm.Get("new"); knownID(id) {
		d.New = id
	}
	if r.PostForm.Has("name") {
		d.Name = r.PostForm.Get("name")
	}
	if d.Round == "new" { // it may have been made by this very form
		if _, there := b.Round(nextup.RoundID(d.New)); there {
			d.Round = d.New
		}
	}
	rb, known := b.Round(nextup.RoundID(d.Round))
	name := ""
	if !known && d.Round == "new" {
		name = s.newRoundName(d)
	}
	switch {
	case len(to) == 0:
		d.Faults.add("to", "job.invite.nobody", 0)
	case !known && d.Round != "new":
		d.Faults.add("round", "job.invite.round", 0)
	}
	if do == "message" {
		switch {
		case !b.Job.Closed.IsZero():
			d.Faults.add("do", "job.invite.jobClosed", 0)
		case rb.Figures(s.Now()).Seats == 0:
			d.Faults.add("do", "job.invite.noSlots", 0)
		case !rb.Round.Closed.IsZero():
			d.Faults.add("do", "job.invite.shut", 0)
		}
	}
	if len(d.Faults) > 0 {
		return s.jobPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	round := rb.Round
	if !known {
		made, err := s.makeRound(r, b, nextup.RoundID(d.New), name)
		if err != nil {
			return err
		}
		round = made
	}
	if err := s.Jobs.EnterRound(r.Context(), round.ID, to, s.Now()); err != nil {
		return err
	}
	at := roundAt(b.Job.ID, round.ID)
	switch do {
	case "slots":
		at += "/slots" + toQuery("?", to)
	case "message":
		at += "/message" + toQuery("?", to)
	default:
		at = "/jobs/" + string(b.Job.ID) + "?done=entered&n=" + strconv.Itoa(len(to))
	}
	http.Redirect(w, r, at, http.StatusSeeOther)
	return nil
}

// newRoundName is the typed name; "" if it is the one that it would have anyway,
// which then follows everybody's language.
func (s *Server) newRoundName(d *drawerView) string {
	name := strings.Join(strings.Fields(d.Name), " ")
	for _, lang := range languages {
		if strings.EqualFold(name, s.Text(lang, "round.named", "n", d.Next)) {
			return ""
		}
	}
	if utf8.RuneCountInString(name) > maxRoundName {
		d.Faults.add("name", "form.error.long", maxRoundName)
	} else if !utf8.ValidString(name) || strings.ContainsFunc(name, hidden) {
		d.Faults.add("name", "form.error.control", 0)
		d.Name = visible(d.Name)
	}
	return name
}

// makeRound makes a job's next round with the rules of the one before. A form that
// was sent twice makes one.
func (s *Server) makeRound(r *http.Request, b nextup.Board, id nextup.RoundID, name string) (nextup.Round, error) {
	round := nextup.Round{ID: id, Job: b.Job.ID, Name: name, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: s.Now()}
	if n := len(b.Rounds); n > 0 {
		round.Frame, round.CutOff = b.Rounds[n-1].Round.Frame, b.Rounds[n-1].Round.CutOff
	}
	made, err := s.Jobs.AddRound(r.Context(), round)
	if err == nil {
		return made, nil
	}
	if now, e := s.Jobs.Board(r.Context(), b.Job.ID); e == nil {
		if there, ok := now.Round(id); ok {
			return there.Round, nil
		}
	}
	return nextup.Round{}, err
}
