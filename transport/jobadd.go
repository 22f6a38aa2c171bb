package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"nextup"
	"nextup/transport/mail"
)

// jobAddView is what jobadd.html shows: one person by hand, and a list with what
// would become of it.
type jobAddView struct {
	Job   nextup.JobID
	Title string
	Langs []string
	Max   int
	Added *nextup.Applicant // who was just added by hand
	Old   bool              // he was here already

	One      applicantForm
	Typed    string // the list, as pasted
	Language string // of those whose line names none
	Fault    *faultView
	Preview  *pastePreview // nil: nothing has been read yet
}

// pastePreview is what a list would become.
type pastePreview struct {
	Seen    string // digest of what is previewed: nothing else is added
	Rows    []pasteRow
	Wrong   []pastedLine
	Columns string // headings whose columns are not used
	New     int
	Known   int // in the job already
	Back    int // of them, removed ones who come back
	Twice   int // lines that name somebody a second time
	Guessed int // names made of addresses
}

// People counts who would be in the job afterwards because of the list.
func (p pastePreview) People() int { return len(p.Rows) }

// pasteRow is one person of the list.
type pasteRow struct {
	pastedLine
	Lang  string // of his letters
	State string // "new", "known" or "back"
	Was   string // what he is called here; "" if he is new
}

// applicantForm is one person's fields as they were typed.
type applicantForm struct {
	Name, Email, Phone, Language string
	Errors                       faults
}

// Fault is the error of a field, nil if it has none.
func (f applicantForm) Fault(field string) *faultView { return newFault(field, f.Errors[field]) }

func readApplicantForm(v url.Values) applicantForm {
	return applicantForm{Name: v.Get("name"), Email: v.Get("email"), Phone: v.Get("phone"), Language: v.Get("language")}
}

// check gives the person as he would be kept.
func (f *applicantForm) check() (a nextup.Applicant) {
	f.Errors = faults{}
	a.Name = f.Errors.line("name", f.Name, maxName, true)
	email, err := mail.ParseAddress(f.Email)
	switch {
	case strings.TrimSpace(f.Email) == "":
		f.Errors.add("email", "form.error.empty", 0)
	case err != nil:
		f.Errors.add("email", "form.error.email", 0)
	}
	a.Email = email
	a.Phone = f.Errors.line("phone", f.Phone, maxPhone, false)
	if a.Language = f.Language; !knownLanguage(f.Language) {
		f.Errors.add("language", "error.invalid", 0)
	}
	return a
}

func (s *Server) newJobAdd(r *http.Request, who Account, b nextup.Board) jobAddView {
	lang := s.language(r, who.Language)
	return jobAddView{Job: b.Job.ID, Title: b.Job.Title, Langs: languages, Max: maxPasted, Language: lang, One: applicantForm{Language: lang}}
}

// addApplicants shows where applicants are added.
func (s *Server) addApplicants(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	v := s.newJobAdd(r, who, b)
	if a, ok := b.Applicant(nextup.ApplicantID(r.URL.Query().Get("added"))); ok && !a.Erased {
		v.Added, v.Old = &a, r.URL.Query().Has("known")
	}
	return s.jobAddPage(w, r, http.StatusOK, who, v)
}

func (s *Server) jobAddPage(w http.ResponseWriter, r *http.Request, status int, who Account, v jobAddView) error {
	return s.desk(w, r, status, who, "jobadd.html", "/jobs", Page{Path: "/jobs/" + string(v.Job) + "/applicants", View: v})
}

// saveApplicants adds one person by hand, shows what a list would become, or adds
// those of the list that was shown.
func (s *Server) saveApplicants(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	if err := r.ParseMultipartForm(bodyLimit); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return formFault(err)
	}
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	if r.PostForm.Get("do") == "one" {
		return s.addOne(w, r, who, b)
	}
	v := s.newJobAdd(r, who, b)
	v.Typed = strings.ToValidUTF8(r.PostForm.Get("list"), "\uFFFD")
	if lang := r.PostForm.Get("language"); knownLanguage(lang) {
		v.Language = lang
	}
	file, e := fileOf(r)
	if e != nil {
		v.Fault = newFault("file", e)
		return s.jobAddPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	if file != "" {
		if strings.TrimSpace(v.Typed) != "" {
			v.Typed = strings.TrimRight(v.Typed, "\r\n") + "\n"
		}
		v.Typed += file
	}
	list := parseApplicants(v.Typed)
	right := list.Right()
	switch {
	case len(list.Lines) == 0:
		v.Fault = newFault("list", &fieldError{Key: "jobadd.empty"})
	case len(list.Lines) > maxPasted:
		v.Fault = newFault("list", &fieldError{"jobadd.many", maxPasted})
	}
	if v.Fault != nil {
		return s.jobAddPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	v.Preview = newPastePreview(b, list, right, v)
	if r.PostForm.Get("do") != "add" {
		return s.jobAddPage(w, r, http.StatusOK, who, v)
	}
	switch {
	case r.PostForm.Get("seen") != v.Preview.Seen: // it was changed after it was shown
		v.Fault = newFault("list", &fieldError{Key: "jobadd.changed"})
	case len(v.Preview.Wrong) > 0 && !r.PostForm.Has("without"):
		v.Fault = newFault("list", &fieldError{"jobadd.wrong", len(v.Preview.Wrong)})
	case len(right) == 0:
		v.Fault = newFault("list", &fieldError{Key: "jobadd.nobody"})
	}
	if v.Fault != nil {
		return s.jobAddPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	ids, known, err := s.addAll(r.Context(), b.Job.ID, right, v.Language)
	if err != nil {
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("applicants not added", "error", err)
		}
		v.Fault = newFault("list", &fieldError{"error." + string(e.Code), e.Left})
		return s.jobAddPage(w, r, status, who, v)
	}
	q := url.Values{"done": {"added"}, "n": {strconv.Itoa(len(ids) - known)}}
	if known > 0 {
		q.Set("known", strconv.Itoa(known))
	}
	http.Redirect(w, r, "/jobs/"+string(b.Job.ID)+"?"+q.Encode()+toQuery("&", ids), http.StatusSeeOther)
	return nil
}

// addAll adds people in one transaction and gives the IDs that they have.
func (s *Server) addAll(ctx context.Context, job nextup.JobID, right []pastedLine, language string) (ids []nextup.ApplicantID, known int, err error) {
	now := s.Now()
	list := make([]nextup.Applicant, 0, len(right))
	for i, l := range right {
		a := nextup.Applicant{
			ID: nextup.ApplicantID(NewID()), Job: job, Name: l.Name, Email: l.Email, Phone: l.Phone, Language: l.Language,
			Added: now.Add(time.Duration(i) * time.Microsecond), // they stay in the order of the list
		}
		if a.Language == "" {
			a.Language = language
		}
		list = append(list, a)
		ids = append(ids, a.ID)
	}
	merged, err := s.Jobs.AddApplicants(ctx, job, list)
	if err != nil {
		return nil, 0, err
	}
	for i, id := range merged {
		ids[i] = id
	}
	return ids, len(merged), nil
}

// fileOf is the text of the file that came with the form, "" if there is none.
func fileOf(r *http.Request) (string, *fieldError) {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return "", nil
	}
	f, err := r.MultipartForm.File["file"][0].Open()
	if err != nil {
		return "", &fieldError{Key: "jobadd.file.wrong"}
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(f)
	if err != nil {
		return "", &fieldError{Key: "jobadd.file.wrong"}
	}
	text, ok := fileText(b)
	if !ok {
		return "", &fieldError{Key: "jobadd.file.wrong"}
	}
	return text, nil
}

// newPastePreview compares a list with who is in the job.
func newPastePreview(b nextup.Board, list pasted, right []pastedLine, v jobAddView) *pastePreview {
	sum := sha256.Sum256([]byte(v.Language + "\x00" + strings.TrimRight(strings.ReplaceAll(v.Typed, "\r\n", "\n"), "\n")))
	p := &pastePreview{
		Seen: hex.EncodeToString(sum[:10]), Wrong: list.Faults(), Columns: strings.Join(list.Columns, ", "), Twice: list.Twice(),
	}
	by := map[string]nextup.Applicant{}
	for _, a := range b.Applicants {
		if a.Email != "" {
			by[strings.ToLower(a.Email)] = a
		}
	}
	for _, l := range right {
		row := pasteRow{pastedLine: l, Lang: l.Language, State: "new"}
		if row.Lang == "" {
			row.Lang = v.Language
		}
		a, there := by[strings.ToLower(l.Email)]
		switch {
		case !there:
			p.New++
			if l.Guessed {
				p.Guessed++
			}
		case !a.Removed.IsZero():
			row.State, row.Was = "back", a.Name
			p.Known++
			p.Back++
		default:
			row.State, row.Was = "known", a.Name
			p.Known++
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// addOne adds one person who was typed by hand.
func (s *Server) addOne(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board) error {
	v := s.newJobAdd(r, who, b)
	v.One = readApplicantForm(r.PostForm)
	a := v.One.check()
	if len(v.One.Errors) > 0 {
		return s.jobAddPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	ids, known, err := s.addAll(r.Context(), b.Job.ID, []pastedLine{{Name: a.Name, Email: a.Email, Phone: a.Phone, Language: a.Language}}, a.Language)
	if err != nil {
		e, status, sure := refusal(err)
		if !sure {
			s.Log.Error("applicant not added", "error", err)
		}
		v.One.Errors.add("email", "error."+string(e.Code), e.Left)
		return s.jobAddPage(w, r, status, who, v)
	}
	at := "/jobs/" + string(b.Job.ID) + "/applicants?added=" + string(ids[0])
	if known > 0 {
		at += "&known=1"
	}
	http.Redirect(w, r, at, http.StatusSeeOther)
	return nil
}

// maxTo is how many people an address names; more would make it longer than servers
// and browsers like, and the next page then finds them by itself.
const maxTo = 200

// toQuery names people in an address: "&to=A,B"; nothing if there are none or too many.
func toQuery(before string, ids []nextup.ApplicantID) string {
	if len(ids) == 0 || len(ids) > maxTo {
		return ""
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return before + "to=" + strings.Join(words, ",")
}

// toOf reads the people whom an address or a form names: "to" once with commas or
// many times. Only those who are in the job count, each once, in the job's order.
func toOf(v url.Values, b nextup.Board) (ids []nextup.ApplicantID) {
	named := map[nextup.ApplicantID]bool{}
	for _, list := range v["to"] {
		for id := range strings.SplitSeq(list, ",") {
			if utf8.ValidString(id) {
				named[nextup.ApplicantID(id)] = true
			}
		}
	}
	for _, a := range b.Applicants {
		if named[a.ID] && a.Removed.IsZero() && !a.Erased {
			ids = append(ids, a.ID)
		}
	}
	return ids
}
