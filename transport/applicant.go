package transport

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"nextup"
)

// applicantView is what applicant.html shows: one candidate of a session, to the
// recruiter.
type applicantView struct {
	candidateRow
	Session   nextup.SessionID
	Title     string
	Phone     string
	Needs     string
	Published bool
	Waited    bool // may be put back in turn: a no-show
	Letters   []letterRow
	Talks     []talkRow
	File      string // the recruiter's link to the application, as typed
	FileFault *faultView
	Said      string
}

// applicant shows one candidate to the recruiter.
func (s *Server) applicant(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := s.newApplicant(r, n, nextup.CandidateID(r.PathValue("person")))
	if err != nil {
		return err
	}
	if err := s.accessed(r.Context(), who.by(), n.ID, OpenedOverview); err != nil {
		return err
	}
	return s.applicantPage(w, r, http.StatusOK, who, v)
}

func (s *Server) newApplicant(r *http.Request, n nextup.Snapshot, id nextup.CandidateID) (applicantView, error) {
	st := n.State
	c, ok := st.Candidates[id]
	p, known := n.People[id.Person()]
	if !ok || !known || c.Erased {
		return applicantView{}, nextup.Refuse(nextup.CodeUnknown)
	}
	posted, err := s.Office.Posted(r.Context(), n.ID)
	if err != nil {
		return applicantView{}, err
	}
	v := applicantView{
		candidateRow: s.newCandidateRow(n, c), Session: n.ID, Title: n.Texts[nextup.TitleText],
		Phone: p.Phone, Needs: n.Texts[nextup.NeedsText(id)], File: n.Texts[nextup.LinkText(id)],
		Published: st.Phase == nextup.PhasePublished, Waited: st.Phase == nextup.PhasePublished && c.Status == nextup.StatusNoShow,
		Letters: lettersTo(posted, id.Person(), st.Settings.Zone, s.SMTP), Said: said(r),
	}
	for _, t := range st.Talks {
		if t.Candidate == id {
			names := []string{n.People[t.Interviewer.Person()].Name}
			for _, m := range t.Panel {
				names = append(names, n.People[m.Person()].Name)
			}
			v.Talks = append(v.Talks, newTalkRow(n, t, strings.Join(names, ", "), ""))
		}
	}
	return v, nil
}

func (s *Server) applicantPage(w http.ResponseWriter, r *http.Request, status int, who Account, v applicantView) error {
	return s.desk(w, r, status, who, "applicant.html", "/sessions", Page{Path: "/sessions/" + string(v.Session) + "/candidates/" + string(v.ID), View: v})
}

// maxFile is how long a link to an application may be.
const maxFile = 1000

// fileLink is a link that may be kept beside a candidate: https, a host, nothing that
// hides; "" takes it away.
func fileLink(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", true
	}
	u, err := url.Parse(typed)
	ok := err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && len(typed) <= maxFile &&
		utf8.ValidString(typed) && !strings.ContainsFunc(typed, hidden) && !strings.Contains(typed, " ")
	return typed, ok
}

// linkCandidate keeps the recruiter's link to a candidate's application or CV.
func (s *Server) linkCandidate(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	id := nextup.CandidateID(r.PostForm.Get("candidate"))
	v, err := s.newApplicant(r, n, id)
	if err != nil {
		return err
	}
	link, ok := fileLink(r.PostForm.Get("file"))
	if !ok {
		v.File = visible(clip(link, maxFile))
		v.FileFault = newFault("file", &fieldError{Key: "board.file.wrong"})
		return s.applicantPage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	_, err = s.Sessions.Do(r.Context(), n.ID, nextup.Order{
		ID: newCommand(), By: who.by(), Command: nextup.LinkCandidate{Candidate: id},
		Texts: []nextup.Text{{ID: nextup.LinkText(id), Body: link}},
	})
	return s.answer(w, r, who, n, "/sessions/"+string(n.ID)+"/candidates/"+string(id), "link", err)
}
