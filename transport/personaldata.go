package transport

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"nextup"
)

// ApplicantData is all that is stored of one applicant for one job, as his page shows
// it and as it is handed out as a file. What the interviewers of an interview by video
// keep is on that interview's own page; the file names it.
type ApplicantData struct {
	Made         time.Time          `json:"made"`
	Organisation string             `json:"organisation"`
	Job          string             `json:"job"`
	Zone         string             `json:"zone"`
	Name         string             `json:"name"`
	Email        string             `json:"email"`
	Phone        string             `json:"phone,omitempty"`
	Language     string             `json:"language"`
	Added        time.Time          `json:"added"`
	Rounds       []ApplicantRound   `json:"rounds"`
	Messages     []ApplicantMessage `json:"messages"`
	Letters      []OwnLetter        `json:"letters"`
	Interviews   []string           `json:"interviews"` // addresses of his pages about interviews by video
}

// ApplicantRound is where he stands in one round.
type ApplicantRound struct {
	Name     string     `json:"round"`
	State    string     `json:"state"`
	Added    time.Time  `json:"added"`
	Invited  *time.Time `json:"invited,omitempty"`
	Reminded *time.Time `json:"reminded,omitempty"`
	Opened   *time.Time `json:"opened,omitempty"`
	NoneFits *time.Time `json:"noTimeFits,omitempty"`
	Start    *time.Time `json:"start,omitempty"` // of the time he has
	End      *time.Time `json:"end,omitempty"`
	Place    string     `json:"place,omitempty"` // "video" or an address
	Before   *time.Time `json:"before,omitempty"`
	Changes  int        `json:"changes"` // of his time

	Round nextup.Round `json:"-"` // to withdraw from
	Leave bool         `json:"-"` // he can
}

// ApplicantMessage is what the recruiter wrote to him.
type ApplicantMessage struct {
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
	Sent    time.Time `json:"sent"`
}

// applicantRecord gathers what is stored of an applicant. Of the board nothing is
// read but his own rows.
func (s *Server) applicantRecord(ctx context.Context, b nextup.Board, v nextup.ApplicantView, lang string) (ApplicantData, error) {
	a, zone := v.Applicant, b.Job.Zone
	local := func(at time.Time) time.Time { return in(at, zone).Truncate(time.Second) }
	perhaps := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		at = local(at)
		return &at
	}
	d := ApplicantData{
		Made: local(s.Now()), Job: b.Job.Title, Zone: zone, Name: a.Name, Email: a.Email, Phone: a.Phone, Language: a.Language, Added: local(a.Added),
		Rounds: []ApplicantRound{}, Messages: []ApplicantMessage{}, Letters: []OwnLetter{}, Interviews: []string{},
	}
	var err error
	if d.Organisation, err = s.Store.OrganisationName(ctx, b.Job.Organisation); err != nil {
		return ApplicantData{}, err
	}
	for _, r := range b.Rounds {
		e, in := r.Entry(a.ID)
		if !in {
			continue
		}
		one := ApplicantRound{
			Name: s.roundName(lang, r.Round), State: string(e.State()), Added: local(e.Added), Invited: perhaps(e.Invited), Reminded: perhaps(e.Reminded),
			Opened: perhaps(e.Opened), NoneFits: perhaps(e.NoneFits), Changes: e.Booking.Sequence, Round: r.Round, Leave: true,
		}
		if slot, ok := r.Slot(e.Booking.Slot); ok {
			one.Start, one.End = perhaps(slot.Start), perhaps(slot.End())
			day, _ := r.Day(slot.Date)
			one.Place = day.Place.Address
			if day.Place.Video {
				one.Place = "video"
			}
			one.Leave = s.Now().Before(slot.Start)
		}
		if was, ok := r.Slot(e.Booking.Was); ok {
			one.Before = perhaps(was.Start)
		}
		d.Rounds = append(d.Rounds, one)
	}
	for _, m := range v.Messages {
		d.Messages = append(d.Messages, ApplicantMessage{m.Subject, m.Body, local(m.At)})
	}
	posted, err := s.Jobs.RoundPosted(ctx, b.Job.ID)
	if err != nil {
		return ApplicantData{}, err
	}
	for _, p := range slices.Backward(posted) {
		if p.Person == nextup.PersonID(a.ID) {
			d.Letters = append(d.Letters, OwnLetter{string(p.Kind), local(p.Created), string(p.State)})
		}
	}
	interviews, err := s.interviewsOf(ctx, b, a)
	if err != nil {
		return ApplicantData{}, err
	}
	for _, i := range interviews {
		d.Interviews = append(d.Interviews, s.links.Candidate(i.session, i.candidate)+"/data")
	}
	return d, nil
}

// ownInterview is one session in which an applicant stands.
type ownInterview struct {
	session   nextup.SessionID
	candidate nextup.CandidateID
}

// interviewsOf are the sessions of a job's days in which an applicant is a candidate:
// under his own ID, or as somebody who signed up there with his address before. Those
// of days that are not by video any more are among them.
func (s *Server) interviewsOf(ctx context.Context, b nextup.Board, a nextup.Applicant) (list []ownInterview, err error) {
	sessions, err := s.Jobs.SessionsOfJob(ctx, b.Job.ID)
	if err != nil {
		return nil, err
	}
	for _, session := range sessions {
		n, err := s.daySession(ctx, session) // one that is gone keeps nothing
		if err != nil {
			return nil, err
		}
		id := nameAgain(a.ID, len(erasedAs(n.State, a.ID)))
		if _, his := n.State.Candidates[id]; !his && a.Email != "" && n.State.Phase != "" {
			known, ok, err := s.Store.FindCandidate(ctx, session, a.Email)
			if err != nil {
				return nil, err
			}
			if ok {
				id = known
			}
		}
		if c, ok := n.State.Candidates[id]; ok && !c.Erased {
			list = append(list, ownInterview{session, id})
		}
	}
	return list, nil
}

// eraseWholly erases an applicant with what the sessions of his interviews by video
// keep of him. The sessions come first: as long as he is there, it can be tried again.
func (s *Server) eraseWholly(ctx context.Context, b nextup.Board, a nextup.Applicant) error {
	interviews, err := s.interviewsOf(ctx, b, a)
	if err != nil {
		return err
	}
	for _, i := range interviews {
		by := nextup.Actor{Role: nextup.RoleCandidate, ID: string(i.candidate)}
		if _, err := s.Sessions.Do(ctx, i.session, nextup.Order{ID: newCommand(), By: by, Command: nextup.EraseMe{}}); err != nil {
			return err
		}
	}
	if err := s.Jobs.EraseApplicant(ctx, a.ID, s.Now()); err != nil {
		return err
	}
	s.settleSoon()
	s.scrubNow(ctx)
	return nil
}

// applicantDataView is what personaldata.html shows.
type applicantDataView struct {
	ApplicantData
	Back     string
	Privacy  string
	Host     string
	HostMail string
	Contact  string
	Typed    nextup.Applicant  // as kept, or as typed if something was wrong
	Errors   map[string]string // by field: a catalogue key
	Saved    bool
	Unsure   string // "erase" or a round's ID: pressed without saying that he is sure
}

// applicantData shows an applicant what is stored about him.
func (s *Server) applicantData(w http.ResponseWriter, r *http.Request) error {
	b, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	return s.applicantDataPage(w, r, http.StatusOK, b, v, applicantDataView{Typed: v.Applicant, Saved: r.URL.Query().Get("done") == "saved"})
}

func (s *Server) applicantDataPage(w http.ResponseWriter, r *http.Request, status int, b nextup.Board, v nextup.ApplicantView, x applicantDataView) error {
	x.Back = "/p/" + s.links.applicant(v.Applicant.ID)
	if v.Standing == nextup.LinkErased || v.Standing == nextup.LinkOver {
		return s.personalPage(w, r, v, personalPage{Status: http.StatusGone})
	}
	lang := s.language(r, v.Applicant.Language)
	var err error
	if x.ApplicantData, err = s.applicantRecord(r.Context(), b, v, lang); err != nil {
		return err
	}
	var ask personalView
	if err := s.askWhom(r.Context(), b.Job, &ask); err != nil {
		return err
	}
	x.Host, x.HostMail, x.Contact, x.Privacy = ask.Host, ask.HostMail, b.Job.Contact, "/privacy"
	return s.render(w, r, status, "personaldata.html", Page{Lang: lang, Path: x.Back + "/data", Home: x.Back, View: x})
}

// applicantDataFile hands it out as a file.
func (s *Server) applicantDataFile(w http.ResponseWriter, r *http.Request) error {
	b, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	if v.Standing == nextup.LinkErased || v.Standing == nextup.LinkOver {
		return s.personalPage(w, r, v, personalPage{Status: http.StatusGone})
	}
	d, err := s.applicantRecord(r.Context(), b, v, s.language(r, v.Applicant.Language))
	if err != nil {
		return err
	}
	return dataFile(w, d)
}

// correctApplicant keeps what an applicant corrects of himself. His address is not
// among it: whether another one can be kept depends on who else has applied, and that
// is nothing he may learn. The recruiter corrects it.
func (s *Server) correctApplicant(w http.ResponseWriter, r *http.Request) error {
	b, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	a, faults := v.Applicant, map[string]string{}
	if v.Standing == nextup.LinkErased || v.Standing == nextup.LinkOver {
		return s.personalPage(w, r, v, personalPage{Status: http.StatusGone})
	}
	var ok bool
	if a.Name, ok = typedName(r.PostForm.Get("name")); !ok {
		a.Name, faults["name"] = strings.ToValidUTF8(r.PostForm.Get("name"), "\ufffd"), "signup.error.name"
	}
	if a.Phone, ok = typedPhone(r.PostForm.Get("phone")); !ok {
		faults["phone"] = "signup.error.phone"
	}
	if lang := r.PostForm.Get("language"); knownLanguage(lang) {
		a.Language = lang
	}
	if len(faults) > 0 {
		return s.applicantDataPage(w, r, http.StatusUnprocessableEntity, b, v, applicantDataView{Typed: a, Errors: faults})
	}
	if err := s.Jobs.CorrectApplicant(r.Context(), a); err != nil {
		return err
	}
	s.settleSoon() // his name stands in the interview by video too
	http.Redirect(w, r, "/p/"+s.links.applicant(a.ID)+"/data?done=saved", http.StatusSeeOther)
	return nil
}

// eraseApplicant erases an applicant at his own wish, at once, with what the sessions
// of his interviews by video keep of him.
func (s *Server) eraseApplicant(w http.ResponseWriter, r *http.Request) error {
	b, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	here := "/p/" + s.links.applicant(v.Applicant.ID)
	if v.Standing == nextup.LinkErased {
		http.Redirect(w, r, here, http.StatusSeeOther)
		return nil
	}
	if r.PostForm.Get("sure") != "yes" {
		return s.applicantDataPage(w, r, http.StatusUnprocessableEntity, b, v, applicantDataView{Typed: v.Applicant, Unsure: "erase"})
	}
	if err := s.eraseWholly(r.Context(), b, v.Applicant); err != nil {
		return err
	}
	http.Redirect(w, r, here, http.StatusSeeOther)
	return nil
}

// leaveInterviews takes an applicant out of a round at his own wish; a time he has is
// free for others at once.
func (s *Server) leaveInterviews(w http.ResponseWriter, r *http.Request) error {
	b, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	round := nextup.RoundID(r.PostForm.Get("round"))
	here := "/p/" + s.links.applicant(v.Applicant.ID)
	rb, ok := b.Round(round)
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if _, in := rb.Entry(v.Applicant.ID); !in { // pressed twice
		http.Redirect(w, r, here+"?done=left", http.StatusSeeOther)
		return nil
	}
	if r.PostForm.Get("sure") != "yes" {
		return s.applicantDataPage(w, r, http.StatusUnprocessableEntity, b, v, applicantDataView{Typed: v.Applicant, Unsure: string(round)})
	}
	if err := s.Jobs.LeaveRound(r.Context(), round, []nextup.ApplicantID{v.Applicant.ID}, nextup.RoleCandidate, s.Now(), true); err != nil {
		return err
	}
	s.settleSoon()
	http.Redirect(w, r, here+"?done=left", http.StatusSeeOther)
	return nil
}
