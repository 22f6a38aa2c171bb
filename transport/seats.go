package transport

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// seatForm is the form that adds an interviewer, or corrects one, as it was typed.
type seatForm struct {
	Name, Email string
	Errors      faults
}

// Fault is the error of a field, nil if it has none.
func (f seatForm) Fault(field string) *faultView { return newFault("seat-"+field, f.Errors[field]) }

// readSeat takes a name and an address and says what is wrong with them. other is the
// session, self the one who is corrected ("" for a new one).
func readSeat(v url.Values, n nextup.Snapshot, self nextup.InterviewerID) (seatForm, bool) {
	f := seatForm{Errors: faults{}}
	f.Name = f.Errors.line("name", v.Get("name"), maxName, true)
	f.Email = strings.TrimSpace(v.Get("email"))
	if _, err := mail.ParseAddress(f.Email); err != nil {
		f.Email = visible(clip(f.Email, 254))
		f.Errors.add("email", "form.error.email", 0)
	}
	active := 0
	for _, i := range n.State.Interviewers {
		if i.Removed {
			continue
		}
		active++
		if i.ID != self && strings.EqualFold(n.People[i.ID.Person()].Email, f.Email) {
			f.Errors.add("email", "form.error.twice", 0)
		}
	}
	if self == "" && active >= maxInterviewers {
		f.Errors.add("name", "form.error.interviewers", maxInterviewers)
	}
	return f, len(f.Errors) == 0
}

// reseat replaces the interviewers of a session and leaves everything else as it is.
// When somebody else saves at the same moment it looks again, so that neither of
// the two loses anything.
func (s *Server) reseat(r *http.Request, who Account, n nextup.Snapshot, people []nextup.Person, change func([]nextup.InterviewerID) []nextup.InterviewerID) error {
	for tries := 0; ; tries++ {
		var ids []nextup.InterviewerID
		for _, i := range n.State.Interviewers {
			if !i.Removed {
				ids = append(ids, i.ID)
			}
		}
		_, err := s.Sessions.Do(r.Context(), n.ID, nextup.Order{
			ID: newCommand(), By: who.by(), People: people,
			Command: nextup.Configure{Settings: n.State.Settings, Interviewers: change(ids), Version: n.State.Edited},
		})
		if !errors.Is(err, nextup.Refuse(nextup.CodeStale)) || tries == 3 {
			return err
		}
		if n, err = s.look(r, n.ID); err != nil {
			return err
		}
	}
}

// addInterviewer gives a session one more interviewer, who gets his mail at once if
// it is published.
func (s *Server) addInterviewer(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	f, ok := readSeat(r.PostForm, n, "")
	if !ok {
		v, err := s.newOverview(r, n, who)
		if err != nil {
			return err
		}
		v.Add = f
		return s.overviewPage(w, r, http.StatusUnprocessableEntity, who, n, v)
	}
	id := nextup.InterviewerID(NewID())
	people := []nextup.Person{{ID: id.Person(), Role: nextup.RoleInterviewer, Name: f.Name, Email: f.Email, Language: s.language(r, who.Language)}}
	err = s.reseat(r, who, n, people, func(ids []nextup.InterviewerID) []nextup.InterviewerID { return append(ids, id) })
	return s.answer(w, r, who, n, "/sessions/"+string(n.ID), "add", err)
}

// removeInterviewer takes an interviewer out. His running talk and its write-up finish.
func (s *Server) removeInterviewer(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	id := nextup.InterviewerID(r.PostForm.Get("interviewer"))
	i, ok := n.State.Interviewer(id)
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	if i.Removed {
		return s.answer(w, r, who, n, "/sessions/"+string(n.ID), "remove", nil)
	}
	if n.State.Active() == 1 {
		v, err := s.newOverview(r, n, who)
		if err != nil {
			return err
		}
		v.Refused = &fieldError{Key: "board.lastInterviewer"}
		return s.overviewPage(w, r, http.StatusConflict, who, n, v)
	}
	err = s.reseat(r, who, n, nil, func(ids []nextup.InterviewerID) []nextup.InterviewerID {
		return slices.DeleteFunc(ids, func(x nextup.InterviewerID) bool { return x == id })
	})
	return s.answer(w, r, who, n, "/sessions/"+string(n.ID), "remove", err)
}

// correctInterviewer changes an interviewer's name or address. A changed address gets
// a new link and PIN: the old ones went to somebody else.
func (s *Server) correctInterviewer(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	id := nextup.InterviewerID(r.PostForm.Get("interviewer"))
	i, ok := n.State.Interviewer(id)
	if !ok || i.Removed {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	f, ok := readSeat(r.PostForm, n, id)
	if !ok {
		v, err := s.newSeat(r, who, n, i)
		if err != nil {
			return err
		}
		v.Form = f
		return s.seatPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	before := n.People[id.Person()]
	row := before
	row.Name, row.Email = f.Name, f.Email
	err = s.reseat(r, who, n, []nextup.Person{row}, func(ids []nextup.InterviewerID) []nextup.InterviewerID { return ids })
	if err == nil && !strings.EqualFold(before.Email, f.Email) && n.State.Phase == nextup.PhasePublished {
		_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{ID: newCommand(), By: who.by(), Command: nextup.RenewLink{Interviewer: id}})
	}
	return s.answer(w, r, who, n, "/sessions/"+string(n.ID)+"/interviewers/"+string(id), "correct", err)
}

// seatView is what interviewerof.html shows: one interviewer of a session.
type seatPageView struct {
	interviewerRow
	Session   nextup.SessionID
	Title     string
	Published bool
	CanEdit   bool
	Granted   bool // may read the summary without having held a talk
	Form      seatForm
	Letters   []letterRow
	Talks     []talkRow
	Said      string
	Over      bool
}

// letterRow is one mail to somebody and what has become of it.
type letterRow struct {
	Kind    nextup.MailKind
	Created time.Time
	State   deliveryView
}

// talkRow is one talk of somebody.
type talkRow struct {
	With  string
	Page  string
	At    time.Time
	Mins  int
	Going bool
}

// lettersTo are somebody's mails, the newest first.
func lettersTo(posted []Posted, p nextup.PersonID, zone string, smtp bool) (all []letterRow) {
	for _, x := range posted {
		if x.Person == p {
			d := newDelivery(x, smtp)
			d.At = in(d.At, zone)
			all = append(all, letterRow{x.Kind, in(x.Created, zone), d})
		}
	}
	return all
}

// seat shows one interviewer to the recruiter.
func (s *Server) seat(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	i, ok := n.State.Interviewer(nextup.InterviewerID(r.PathValue("person")))
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	v, err := s.newSeat(r, who, n, i)
	if err != nil {
		return err
	}
	return s.seatPage(w, r, http.StatusOK, who, v)
}

func (s *Server) newSeat(r *http.Request, who Account, n nextup.Snapshot, i nextup.Interviewer) (seatPageView, error) {
	posted, err := s.Office.Posted(r.Context(), n.ID)
	if err != nil {
		return seatPageView{}, err
	}
	st := n.State
	v := seatPageView{
		interviewerRow: s.newInterviewerRow(n, who, i, slices.IndexFunc(st.Interviewers, func(x nextup.Interviewer) bool { return x.ID == i.ID })),
		Session:        n.ID, Title: n.Texts[nextup.TitleText], Published: st.Phase == nextup.PhasePublished,
		CanEdit: (st.Phase == nextup.PhasePublished || st.Phase == nextup.PhaseDraft) && !i.Removed, Granted: i.Summary,
		Letters: lettersTo(posted, i.ID.Person(), st.Settings.Zone, s.SMTP), Over: st.Phase == nextup.PhaseClosed,
		Said: said(r),
	}
	p := n.People[i.ID.Person()]
	v.Form = seatForm{Name: p.Name, Email: p.Email}
	for _, t := range st.Talks {
		if t.Took(i.ID) {
			v.Talks = append(v.Talks, newTalkRow(n, t, n.People[t.Candidate.Person()].Name, "/sessions/"+string(n.ID)+"/candidates/"+string(t.Candidate)))
		}
	}
	return v, nil
}

func newTalkRow(n nextup.Snapshot, t nextup.Talk, with, page string) talkRow {
	row := talkRow{With: with, Page: page, At: in(t.Started, n.State.Settings.Zone), Going: t.Ended.IsZero()}
	if !row.Going {
		row.Mins = int(t.Ended.Sub(t.Started).Round(time.Minute) / time.Minute)
	}
	return row
}

func (s *Server) seatPage(w http.ResponseWriter, r *http.Request, status int, who Account, v seatPageView) error {
	return s.desk(w, r, status, who, "seat.html", "/sessions", Page{Path: "/sessions/" + string(v.Session) + "/interviewers/" + string(v.ID), View: v})
}
