package transport

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"nextup"
)

// Why a personal link is dead.
const (
	codeErased   nextup.Code = "data_erased" // at his own or the recruiter's wish
	codeLinkOver nextup.Code = "link_over"   // the contact data's time is over
)

func init() {
	statuses[codeErased] = http.StatusGone
	statuses[codeLinkOver] = http.StatusGone
}

// linkOver says why a candidate's link leads nowhere any more; nil while it does.
// A personal link is contact data: it ends with the address.
func linkOver(n nextup.Snapshot, id nextup.CandidateID) error {
	switch who, ok := n.People[id.Person()]; {
	case n.State.Candidates[id].Erased:
		return nextup.Refuse(codeErased)
	case !ok || who.Email == "":
		return nextup.Refuse(codeLinkOver)
	}
	return nil
}

// OwnData is all that is stored of one candidate, as his page shows it and as it is
// handed out as a file. Ratings and notes are not in it: they are the interviewers'
// words, and the recruiter gives them on request (docs/decisions/0008).
type OwnData struct {
	Made         time.Time    `json:"made"`
	Organisation string       `json:"organisation"`
	Session      string       `json:"session"`
	Start        time.Time    `json:"start"`
	Zone         string       `json:"zone"`
	Name         string       `json:"name"`
	Email        string       `json:"email"`
	Phone        string       `json:"phone,omitempty"`
	Language     string       `json:"language"`
	Needs        string       `json:"needs,omitempty"`
	Application  string       `json:"application,omitempty"` // the recruiter's link to it
	Notice       int          `json:"privacyNotice,omitempty"`
	Registered   time.Time    `json:"registered"`
	Tested       *time.Time   `json:"devicesTested,omitempty"`
	CheckedIn    *time.Time   `json:"checkedIn,omitempty"`
	Status       string       `json:"status"`
	Missed       int          `json:"missedCalls,omitempty"`
	Talks        []OwnTalk    `json:"talks"`
	Interest     string       `json:"interest,omitempty"`
	Comment      string       `json:"comment,omitempty"`
	Letters      []OwnLetter  `json:"letters"`
	NotHere      string       `json:"notIncluded"` // in words
	Erased       OwnErasement `json:"erasedAfter"`
}

// OwnTalk is one talk of his.
type OwnTalk struct {
	With    []string   `json:"with"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
}

// OwnLetter is a letter that was written to him.
type OwnLetter struct {
	Kind    string    `json:"kind"`
	Written time.Time `json:"written"`
	State   string    `json:"state"`
}

// OwnErasement is when what goes.
type OwnErasement struct {
	Contact time.Time `json:"contact"`
	Record  time.Time `json:"record"`
}

// ownData gathers what is stored of a candidate.
func (s *Server) ownData(ctx context.Context, n nextup.Snapshot, id nextup.CandidateID, lang string) (OwnData, error) {
	who, c, set := n.People[id.Person()], n.State.Candidates[id], n.State.Settings
	local := func(at time.Time) time.Time { return in(at, set.Zone) }
	perhaps := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		at = local(at)
		return &at
	}
	d := OwnData{
		Made: local(s.Now()).Truncate(time.Second), Session: n.Texts[nextup.TitleText], Start: local(set.Start), Zone: set.Zone,
		Name: who.Name, Email: who.Email, Phone: who.Phone, Language: who.Language, Notice: who.Notice,
		Needs: n.Texts[nextup.NeedsText(id)], Application: n.Texts[nextup.LinkText(id)],
		Registered: local(c.Registered), Tested: perhaps(c.Tested), CheckedIn: perhaps(c.CheckedIn), Status: string(c.Status), Missed: c.Misses,
		Talks: []OwnTalk{}, Interest: string(c.Interest), Comment: n.Texts[commentText(id)], Letters: []OwnLetter{},
		NotHere: s.Text(lang, "mydata.notes.text"),
	}
	var err error
	if d.Organisation, err = s.Store.OrganisationName(ctx, n.State.Organisation); err != nil {
		return OwnData{}, err
	}
	for _, t := range n.State.Talks {
		if t.Candidate != id {
			continue
		}
		one := OwnTalk{Started: local(t.Started), Ended: perhaps(t.Ended), With: []string{}}
		for _, i := range append([]nextup.InterviewerID{t.Interviewer}, t.Panel...) {
			if name := n.People[i.Person()].Name; name != "" {
				one.With = append(one.With, name)
			}
		}
		d.Talks = append(d.Talks, one)
	}
	slices.SortFunc(d.Talks, func(a, b OwnTalk) int { return a.Started.Compare(b.Started) })
	if s.Office != nil {
		posted, err := s.Office.Posted(ctx, n.ID)
		if err != nil {
			return OwnData{}, err
		}
		for _, p := range slices.Backward(posted) {
			if p.Person == id.Person() {
				d.Letters = append(d.Letters, OwnLetter{string(p.Kind), local(p.Created), string(p.State)})
			}
		}
	}
	notice, err := s.notice(ctx, n.State.Organisation)
	if err != nil {
		return OwnData{}, err
	}
	end := local(n.State.Ended())
	d.Erased = OwnErasement{end.AddDate(0, 0, notice.Keep.Contact), end.AddDate(0, 0, notice.Keep.Record)}
	return d, nil
}

// myDataView is what mydata.html shows.
type myDataView struct {
	OwnData
	Back      string // his personal page
	Host      string // the recruiter, who gives the rest
	HostMail  string
	Privacy   string // address of the notice he was shown
	StatusKey string
	Personal  string // his page as an applicant; "": he is none
	Unsure    bool   // he pressed "erase" without saying that he is sure
}

// myData shows a candidate what is stored about him.
func (s *Server) myData(w http.ResponseWriter, r *http.Request) error {
	return s.myDataPage(w, r, http.StatusOK, false)
}

func (s *Server) myDataPage(w http.ResponseWriter, r *http.Request, status int, unsure bool) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	who := n.People[id.Person()]
	lang := s.language(r, who.Language)
	v := myDataView{Back: "/c/" + s.links.candidate(n.ID, id), Unsure: unsure, Privacy: "/privacy/" + s.links.signUp(n.ID)}
	if v.OwnData, err = s.ownData(r.Context(), n, id, lang); err != nil {
		return err
	}
	if a, err := s.appointment(r.Context(), n, id); err != nil {
		return err
	} else if a != nil {
		v.Personal = a.Personal
	}
	v.StatusKey = "mydata.status." + cmp.Or(v.Status, string(nextup.StatusRegistered))
	if s.Office != nil {
		host, _, err := s.Office.Account(r.Context(), n.State.Owner)
		if err != nil {
			return err
		}
		v.Host, v.HostMail = host.Name, host.Email
	}
	return s.render(w, r, status, "mydata.html", Page{Lang: lang, Path: v.Back + "/data", Home: v.Back, View: v})
}

// myDataFile hands it out as a file.
func (s *Server) myDataFile(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	d, err := s.ownData(r.Context(), n, id, s.language(r, n.People[id.Person()].Language))
	if err != nil {
		return err
	}
	return dataFile(w, d)
}

// dataFile hands out somebody's data as a file.
func dataFile(w http.ResponseWriter, d any) error {
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="nextup.json"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(append(b, '\n')) // a reader that went away is nobody's fault
	return nil
}

// eraseMe erases a candidate at his own wish, at once.
func (s *Server) eraseMe(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	if r.PostForm.Get("sure") != "yes" {
		return s.myDataPage(w, r, http.StatusUnprocessableEntity, true)
	}
	by := nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}
	if err := s.do(r.Context(), n.ID, nextup.Order{ID: newCommand(), By: by, Command: nextup.EraseMe{}}); err != nil {
		return err
	}
	// The link is dead from now on, and its page says why.
	http.Redirect(w, r, "/c/"+s.links.candidate(n.ID, id), http.StatusSeeOther)
	return nil
}

// Erasing (EraseMe, EraseCandidate) is done at once. When the last step, taking the
// words off the disk, cannot be done now, the daily work does it.

// do gives a command and, when it erased somebody, takes his words off the disk.
func (s *Server) do(ctx context.Context, session nextup.SessionID, o nextup.Order) error {
	done, err := s.Sessions.Do(ctx, session, o)
	if err != nil {
		return err
	}
	switch o.Command.(type) {
	case nextup.EraseMe, nextup.EraseCandidate:
		s.leftSession(ctx, nextup.Snapshot{ID: session, State: done.State})
		s.scrubNow(ctx)
	}
	return nil
}
