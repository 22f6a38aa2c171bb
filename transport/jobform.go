package transport

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"nextup"
)

// jobForm is a job's form as it was typed.
type jobForm struct {
	New      string // the ID that a new job will have; "" when one is edited
	Revision int    // what it was filled in from
	Base     prints // digests of that

	Title, Text, Contact, Zone string

	Errors faults
}

// jobFormView is what jobform.html shows.
type jobFormView struct {
	jobForm
	Action  string
	Back    string
	Zones   zoneView
	Fixed   bool // times exist: the zone stays
	Refused *fieldError
	Theirs  []jobTheirs // what somebody else has saved since
}

// jobTheirs is one field that somebody else has changed meanwhile.
type jobTheirs struct {
	Label string // catalogue key
	Saved string
	Both  bool // it was changed here too, and stays as typed
}

// Fault is the error of a field, nil if it has none.
func (f jobForm) Fault(field string) *faultView { return newFault(field, f.Errors[field]) }

// jobFields are the fields of the form, in its order.
var jobFields = []struct {
	key string
	at  func(*jobForm) *string
}{
	{"title", func(f *jobForm) *string { return &f.Title }},
	{"text", func(f *jobForm) *string { return &f.Text }},
	{"contact", func(f *jobForm) *string { return &f.Contact }},
	{"zone", func(f *jobForm) *string { return &f.Zone }},
}

// print is a digest of a field, whatever the browser did to its line ends.
func (f jobForm) print(at func(*jobForm) *string) string {
	words := strings.TrimSpace(strings.ReplaceAll(*at(&f), "\r\n", "\n"))
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:8])
}

func (f jobForm) prints() prints {
	p := prints{}
	for _, d := range jobFields {
		p[d.key] = f.print(d.at)
	}
	return p
}

// jobFormOf is the form of a job as it is kept.
func jobFormOf(j nextup.Job) jobForm {
	f := jobForm{Revision: j.Revision, Title: j.Title, Text: j.Text, Contact: j.Contact, Zone: j.Zone}
	f.Base = f.prints()
	return f
}

// readJobForm reads what was typed.
func readJobForm(v url.Values) jobForm {
	f := jobForm{
		New: v.Get("new"), Title: v.Get("title"), Text: v.Get("text"), Contact: v.Get("contact"), Zone: v.Get("zone"),
		Base: readPrints(v.Get("base")), Errors: faults{},
	}
	f.Revision, _ = strconv.Atoi(v.Get("revision"))
	return f
}

// check says what cannot stay, and gives the job as it would be kept.
func (f *jobForm) check(j nextup.Job) nextup.Job {
	f.Errors = faults{}
	j.Title = f.Errors.line("title", f.Title, maxTitle, true)
	j.Text = f.Errors.block("text", f.Text, maxJob)
	j.Contact = f.Errors.line("contact", f.Contact, maxContact, false)
	if j.Zone = f.Zone; !zoneExists(f.Zone) {
		f.Errors.add("zone", "form.error.zone", 0)
	}
	return j
}

// meet brings the form together with what somebody else has saved since: what only
// the other one changed is taken over, what both changed stays as typed.
func (f *jobForm) meet(kept jobForm) (all []jobTheirs) {
	for _, d := range jobFields {
		now, typed, base := kept.print(d.at), f.print(d.at), f.Base[d.key]
		switch {
		case now == typed, now == base:
		case typed == base:
			*d.at(f) = *d.at(&kept)
			all = append(all, jobTheirs{Label: "jobform." + d.key, Saved: *d.at(&kept)})
		default:
			all = append(all, jobTheirs{Label: "jobform." + d.key, Saved: *d.at(&kept), Both: true})
		}
	}
	f.Revision, f.Base = kept.Revision, kept.Base
	return all
}

// newJob shows an empty form.
func (s *Server) newJob(w http.ResponseWriter, r *http.Request, who Account) error {
	if s.Jobs == nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return s.jobFormPage(w, r, http.StatusOK, who, jobFormView{jobForm: jobForm{New: NewID(), Zone: defaultZone}})
}

// createJob makes a job. The same form sent twice makes one.
func (s *Server) createJob(w http.ResponseWriter, r *http.Request, who Account) error {
	if s.Jobs == nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	f := readJobForm(r.PostForm)
	f.Revision = 0
	if !knownID(f.New) {
		f.New = NewID()
	}
	j := f.check(nextup.Job{ID: nextup.JobID(f.New), Organisation: who.Organisation, Owner: who.ID, Created: s.Now()})
	if len(f.Errors) > 0 {
		return s.jobFormPage(w, r, http.StatusUnprocessableEntity, who, jobFormView{jobForm: f})
	}
	err := s.Jobs.SaveJob(r.Context(), j, 0)
	if errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
		// It was made by this very form before: shown from the browser's history, or pressed twice.
		b, e := s.Jobs.Board(r.Context(), j.ID)
		if e == nil && b.Job.Owner == who.ID && b.Job.Organisation == who.Organisation {
			http.Redirect(w, r, "/jobs/"+string(j.ID), http.StatusSeeOther)
			return nil
		}
	}
	if err != nil {
		return s.jobFormRefused(w, r, who, jobFormView{jobForm: f}, err)
	}
	http.Redirect(w, r, "/jobs/"+string(j.ID)+"/applicants", http.StatusSeeOther)
	return nil
}

// zoneFixed says whether a job's zone stays: its rounds have days, and a day is one of a zone.
func zoneFixed(b nextup.Board) bool {
	for _, rb := range b.Rounds {
		if len(rb.Slots) > 0 {
			return true
		}
	}
	return false
}

// editJob shows a job's form.
func (s *Server) editJob(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	return s.jobFormPage(w, r, http.StatusOK, who, jobFormView{jobForm: jobFormOf(b.Job), Back: "/jobs/" + string(b.Job.ID), Fixed: zoneFixed(b)})
}

// changeJob saves a job's form.
func (s *Server) changeJob(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := jobFormView{jobForm: readJobForm(r.PostForm), Back: "/jobs/" + string(b.Job.ID), Fixed: zoneFixed(b)}
	v.New = ""
	if v.Fixed {
		v.Zone = b.Job.Zone
	}
	if v.Revision != b.Job.Revision {
		if v.Theirs = v.meet(jobFormOf(b.Job)); len(v.Theirs) > 0 {
			v.Refused = &fieldError{Key: "form.stale"}
			return s.jobFormPage(w, r, http.StatusConflict, who, v)
		}
	}
	j := v.check(b.Job)
	if len(v.Errors) > 0 {
		return s.jobFormPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	err := s.Jobs.SaveJob(r.Context(), j, v.Revision)
	if errors.Is(err, nextup.Refuse(nextup.CodeStale)) { // between our look and our word
		now, e := s.Jobs.Board(r.Context(), b.Job.ID)
		if e != nil {
			return e
		}
		v.Theirs, v.Refused = v.meet(jobFormOf(now.Job)), &fieldError{Key: "form.stale"}
		return s.jobFormPage(w, r, http.StatusConflict, who, v)
	}
	if err != nil {
		return s.jobFormRefused(w, r, who, v, err)
	}
	http.Redirect(w, r, v.Back+"?done=saved", http.StatusSeeOther)
	return nil
}

// jobFormRefused shows the form again, as typed, with why it was not taken.
func (s *Server) jobFormRefused(w http.ResponseWriter, r *http.Request, who Account, v jobFormView, err error) error {
	e, status, sure := refusal(err)
	if !sure {
		s.Log.Error("job not saved", "route", r.Pattern, "error", err)
	}
	v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	return s.jobFormPage(w, r, status, who, v)
}

func (s *Server) jobFormPage(w http.ResponseWriter, r *http.Request, status int, who Account, v jobFormView) error {
	v.Action = "/jobs/new"
	if v.Back != "" {
		v.Action = v.Back + "/edit"
	} else {
		v.Back = "/jobs"
	}
	v.Zones = newZones(v.Zone)
	return s.desk(w, r, status, who, "jobform.html", "/jobs", Page{Path: v.Action, View: v})
}
