package transport

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"nextup"
)

// overviewView is what overview.html shows.
type overviewView struct {
	sessionRow
	Day          time.Time
	Link         string // where candidates register
	Mail         string // mailto: with the link
	QR           qrView
	Interviewers []interviewerRow
	Candidates   []candidateRow
	Waiting      int
	Talking      int
	CanPublish   bool
	CanEdit      bool
	CanEnter     bool
	CanCancel    bool
	CanClose     bool
	CanReopen    bool
	CanSay       bool // a line may be said to those who wait
	Line         string
	Tested       int
	HasBoard     bool
	Invited      int // people who were mailed the sign-up link
	InvitedIn    int // of them, who have registered
	Reopen       reopenForm
	Add          seatForm // an interviewer to be added, as typed
	LineTyped    string
	LineFault    *faultView
	Notice       *noticeView // of cancelling; nil: nobody would hear of it
	Cancelling   bool        // that part is open
	Told         bool        // cancelled, and those concerned were written to
	Job          string      // Markdown
	SMTP         bool
	Said         string           // key of what the last button did
	Unpublished  *unpublishedView // changes that are saved and not published; nil: none
	Refused      *fieldError
	Live         string // where overview.js asks
}

// interviewerRow is one interviewer of the overview.
type interviewerRow struct {
	ID       nextup.InterviewerID
	Name     string
	Email    string
	Initials string
	Tone     string
	You      bool
	Link     string
	PIN      string // as people read it: two groups
	Locked   bool
	Removed  bool
	State    stateView
	Sent     *deliveryView // nil: no letter yet
}

// candidateRow is one candidate of the overview.
type candidateRow struct {
	ID         nextup.CandidateID
	Name       string
	Email      string
	Language   string
	Registered time.Time
	Page       string // all about him
	Link       string // his own
	Tested     bool   // has tried his devices
	Needs      bool   // asked for adjustments or an interpreter
	State      stateView
	Sent       *deliveryView
	Gone       bool      // withdrew
	Booked     time.Time // the time he chose; zero: none
}

// stateView is somebody's state: shape, word, colour.
type stateView struct {
	Key  string `json:"key"`
	Icon string `json:"icon"`
	Tone string `json:"tone"`
}

// overview shows one session to its recruiter.
func (s *Server) overview(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := s.accessed(r.Context(), who.by(), n.ID, OpenedOverview); err != nil {
		return err
	}
	v, err := s.newOverview(r, n, who)
	if err != nil {
		return err
	}
	v.Said = said(r)
	return s.overviewPage(w, r, http.StatusOK, who, n, v)
}

// said is what the button did that led to this page: the key of a sentence, or "".
func said(r *http.Request) string {
	if done := r.URL.Query().Get("done"); overviewSaid[done] {
		return "overview.done." + done
	}
	return ""
}

func (s *Server) overviewPage(w http.ResponseWriter, r *http.Request, status int, who Account, n nextup.Snapshot, v overviewView) error {
	var err error
	if v.CanCancel && v.Notice == nil {
		if v.Notice, err = s.newNotice(r.Context(), n, who, nextup.Cancel{}, nil); err != nil {
			return err
		}
	}
	return s.desk(w, r, status, who, "overview.html", "/sessions", Page{Path: "/sessions/" + string(v.ID), View: v, Boot: v.now(n)})
}

func (s *Server) newOverview(r *http.Request, n nextup.Snapshot, who Account) (overviewView, error) {
	st := n.State
	posted, err := s.Office.Posted(r.Context(), n.ID)
	if err != nil {
		return overviewView{}, err
	}
	letters := latest(posted)[n.ID]
	sent := func(id nextup.PersonID) *deliveryView {
		p, ok := letters[id]
		if !ok {
			return nil
		}
		d := newDelivery(p, s.SMTP)
		return &d
	}
	v := overviewView{sessionRow: newSessionRow(n, who), SMTP: s.SMTP, Live: "/sessions/" + string(n.ID) + "/now", Job: n.Texts[nextup.JobText]}
	v.Link = s.links.SignUp(n.ID)
	if v.QR, err = newQR(v.Link); err != nil {
		return overviewView{}, err
	}
	lang := s.language(r, who.Language)
	v.Mail = "mailto:?subject=" + mailtoText(s.Text(lang, "overview.mailSubject", "title", v.Title)) +
		"&body=" + mailtoText(s.Text(lang, "overview.mailBody", "title", v.Title)+"\n\n"+v.Link+"\n")
	if v.Unpublished, err = s.unpublished(r, n); err != nil {
		return overviewView{}, err
	}
	v.CanPublish = st.Phase == nextup.PhaseDraft
	v.CanEdit = st.Phase == nextup.PhaseDraft || st.Phase == nextup.PhasePublished
	if v.Round, err = s.roundPath(r.Context(), n); err != nil {
		return overviewView{}, err
	}
	v.CanCancel = v.CanEdit && len(st.Talks) == 0 && st.Settings.Round == ""
	v.Told = slices.ContainsFunc(posted, func(p Posted) bool { return p.Kind == nextup.MailCancellation })
	v.CanClose = st.Phase == nextup.PhasePublished && (st.Started(n.Now) || len(st.Talks) > 0)
	v.CanReopen = st.Phase == nextup.PhaseClosed
	v.CanSay = st.Phase == nextup.PhasePublished
	v.HasBoard = live(n)
	v.Line = n.Texts[nextup.LineText]
	v.LineTyped = v.Line
	v.Reopen = newReopen(n)
	for i, w := range st.Interviewers {
		row := s.newInterviewerRow(n, who, w, i)
		row.Sent = sent(w.ID.Person())
		if row.You && !w.Removed && st.Phase == nextup.PhasePublished {
			v.CanEnter = true
		}
		if w.Removed && w.Talk == 0 && w.WriteUp == 0 {
			continue
		}
		v.Interviewers = append(v.Interviewers, row)
	}
	for _, id := range st.Registered {
		if st.Candidates[id].Erased { // nobody any more
			continue
		}
		row := s.newCandidateRow(n, st.Candidates[id])
		row.Sent = sent(id.Person())
		if row.Tested && !row.Gone {
			v.Tested++
		}
		v.Candidates = append(v.Candidates, row)
	}
	for _, p := range st.Invited {
		if n.People[p].Email == "" { // erased, or invited anew
			continue
		}
		v.Invited++
		if registeredAs(n, n.People[p].Email) {
			v.InvitedIn++
		}
	}
	v.Waiting, v.Talking = v.sessionRow.Waiting, v.sessionRow.Talking
	return v, nil
}

func (s *Server) newInterviewerRow(n nextup.Snapshot, who Account, i nextup.Interviewer, place int) interviewerRow {
	p := n.People[i.ID.Person()]
	return interviewerRow{
		ID: i.ID, Name: p.Name, Email: p.Email, Initials: initials(p.Name), Tone: tone(place), You: i.ID == who.asInterviewer(),
		Link: s.links.Interviewer(n.ID, i.ID, i.Generation), PIN: spaced(s.links.PIN(n.ID, i.ID, i.Generation)),
		Locked: i.Locked(), Removed: i.Removed, State: interviewerState(n, i),
	}
}

func (s *Server) newCandidateRow(n nextup.Snapshot, c nextup.Candidate) candidateRow {
	p := n.People[c.ID.Person()]
	row := candidateRow{
		ID: c.ID, Name: p.Name, Email: p.Email, Language: p.Language, Registered: in(c.Registered, n.State.Settings.Zone),
		Page: "/sessions/" + string(n.ID) + "/candidates/" + string(c.ID), Link: s.links.Candidate(n.ID, c.ID),
		State: candidateState(n, c), Gone: c.Status == nextup.StatusWithdrawn,
		Tested: !c.Tested.IsZero() || n.Presence[c.ID.Person()].Checked, Needs: n.Texts[nextup.NeedsText(c.ID)] != "",
	}
	if at, ok := bookedTime(n.State, c.ID); ok {
		row.Booked = in(at, n.State.Settings.Zone)
	}
	return row
}

// interviewerState is what an interviewer is doing.
func interviewerState(n nextup.Snapshot, i nextup.Interviewer) stateView {
	switch {
	case i.Removed && i.Talk == 0:
		return stateView{"overview.state.removed", "minus", ""}
	case i.Talk != 0:
		return stateView{"state.inTalk", "camfill", "act"}
	case i.Offer.ID != 0:
		return stateView{"state.called", "bell", "act"}
	case i.WriteUp != 0:
		return stateView{"state.writeUp", "pen", ""}
	case i.Paused:
		return stateView{"overview.state.paused", "hold", ""}
	case n.Presence[i.ID.Person()].Connected:
		return stateView{"overview.state.here", "ok", "ok"}
	}
	return stateView{"overview.state.notHere", "away", ""}
}

// candidateState is where a candidate is.
func candidateState(n nextup.Snapshot, c nextup.Candidate) stateView {
	switch c.Status {
	case nextup.StatusWaiting:
		switch {
		case c.OnHold:
			return stateView{"state.hold", "hold", "wait"}
		case n.State.Ready(n.Presence, n.Now, c.ID):
			return stateView{"state.ready", "ok", "ok"}
		case n.Presence[c.ID.Person()].Connected:
			return stateView{"state.present", "here", ""}
		}
		return stateView{"overview.state.unseen", "away", ""}
	case nextup.StatusCalled:
		return stateView{"state.called", "bell", "act"}
	case nextup.StatusTalking:
		return stateView{"state.inTalk", "camfill", "act"}
	case nextup.StatusDone:
		return stateView{"overview.state.done", "check", "ok"}
	case nextup.StatusNoShow:
		return stateView{"state.noShow", "noshow", "wait"}
	case nextup.StatusNotReached:
		return stateView{"overview.state.notReached", "away", ""}
	case nextup.StatusWithdrawn:
		return stateView{"overview.state.withdrawn", "minus", ""}
	}
	return stateView{"overview.state.registered", "cal", ""}
}

// overviewSaid are the buttons whose effect the page confirms after the redirect.
var overviewSaid = map[string]bool{
	"changes": true, "draft": true, "discard": true,
	"publish": true, "cancel": true, "close": true, "renew": true, "resend": true, "reopen": true, "announce": true, "clear": true,
	"add": true, "remove": true, "correct": true, "grant": true, "revoke": true, "reinstate": true, "link": true, "erase": true, "invite": true,
}

// overviewDo carries out one button of the overview and shows the page again.
func (s *Server) overviewDo(name string, command func(url.Values) nextup.Command) recruiterPage {
	return func(w http.ResponseWriter, r *http.Request, who Account) error {
		n, err := s.ownSession(r, who)
		if err != nil {
			return err
		}
		if err := r.ParseForm(); err != nil {
			return formFault(err)
		}
		return s.carryOut(w, r, who, n, name, nextup.Order{Command: command(r.PostForm)})
	}
}

// carryOut gives a recruiter's command and shows the page it came from again, with
// what it did or why it was refused.
func (s *Server) carryOut(w http.ResponseWriter, r *http.Request, who Account, n nextup.Snapshot, name string, o nextup.Order) error {
	o.ID, o.By = newCommand(), who.by()
	err := s.do(r.Context(), n.ID, o)
	back := "/sessions/" + string(n.ID)
	switch i, c := r.PostForm.Get("interviewer"), r.PostForm.Get("candidate"); {
	case r.PostForm.Get("back") == "": // from the overview itself
	case identifier(i):
		back += "/interviewers/" + i
	case identifier(c) && name != "erase":
		back += "/candidates/" + c
	}
	return s.answer(w, r, who, n, back, name, err)
}

// answer leads to a page that says what was done; what was refused is said on the
// overview as it is now.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, who Account, n nextup.Snapshot, back, name string, err error) error {
	if err == nil {
		http.Redirect(w, r, back+"?done="+name, http.StatusSeeOther)
		return nil
	}
	e, status, sure := refusal(err)
	if !sure {
		s.Log.Error("overview", "route", r.Pattern, "error", err)
	}
	if n, err = s.ownSession(r, who); err != nil { // what refused may have changed it
		return err
	}
	v, err := s.newOverview(r, n, who)
	if err != nil {
		return err
	}
	v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	return s.overviewPage(w, r, status, who, n, v)
}

func publishCommand(url.Values) nextup.Command { return nextup.Publish{} }
func closeCommand(url.Values) nextup.Command   { return nextup.Close{} }

func renewCommand(v url.Values) nextup.Command {
	return nextup.RenewLink{Interviewer: nextup.InterviewerID(v.Get("interviewer"))}
}

func resendCommand(v url.Values) nextup.Command {
	return nextup.Resend{Candidate: nextup.CandidateID(v.Get("candidate")), Interviewer: nextup.InterviewerID(v.Get("interviewer"))}
}

func reinstateCommand(v url.Values) nextup.Command {
	return nextup.Reinstate{Candidate: nextup.CandidateID(v.Get("candidate"))}
}

func eraseCommand(v url.Values) nextup.Command {
	return nextup.EraseCandidate{Candidate: nextup.CandidateID(v.Get("candidate"))}
}

func grantCommand(v url.Values) nextup.Command {
	return nextup.Grant{Interviewer: nextup.InterviewerID(v.Get("interviewer"))}
}

func revokeCommand(v url.Values) nextup.Command {
	return nextup.Revoke{Interviewer: nextup.InterviewerID(v.Get("interviewer"))}
}

// cancel ends a session before its time, and tells those concerned if the recruiter
// wants that.
func (s *Server) cancel(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	notice, err := s.newNotice(r.Context(), n, who, nextup.Cancel{}, nil)
	if err != nil {
		return err
	}
	choice, ok := notice.read(r.PostForm)
	if !ok {
		v, err := s.newOverview(r, n, who)
		if err != nil {
			return err
		}
		v.Notice, v.Cancelling = notice, true
		return s.overviewPage(w, r, http.StatusUnprocessableEntity, who, n, v)
	}
	return s.carryOut(w, r, who, n, "cancel", nextup.Order{Command: nextup.Cancel{Notify: choice.Notify, Text: choice.Text}, Texts: choice.Texts})
}

// enter lets a recruiter in as an interviewer of his session. His account stands
// for the PIN.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	i, ok := n.State.Interviewer(who.asInterviewer())
	if !ok || i.Removed || n.State.Phase == nextup.PhaseDraft {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	path := "/i/" + s.links.interviewer(n.ID, i.ID, i.Generation)
	until := s.Now().Add(passTime)
	http.SetCookie(w, &http.Cookie{
		Name: passCookie, Value: s.links.pass(n.ID, i.ID, i.Generation, until), Path: path, Expires: until,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(),
	})
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// mailtoText writes a text for a mailto: address (RFC 6068): %20 and never +.
func mailtoText(s string) string {
	return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
}

// spaced writes a PIN in two groups.
func spaced(pin string) string {
	if len(pin) != 6 {
		return pin
	}
	return pin[:3] + " " + pin[3:]
}
