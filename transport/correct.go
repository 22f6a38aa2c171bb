package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nextup"
)

// An interviewer corrects his assessment from the summary, after it was submitted.
// What it replaces is kept and shown there.

// correctView is what correct.html shows.
type correctView struct {
	Candidate string
	Action    string // where the form posts to
	Back      string // the summary, at this candidate
	Items     []correctItem
	Stale     bool   // somebody saved something else meanwhile
	Fault     string // catalogue key; "" if nothing is wrong
}

// correctItem is one mark of the form.
type correctItem struct {
	Item    string // as in nextup.Assessment
	Text    string // of the question or trait; "" for overall and note
	Trait   bool
	Removed bool
	Ratings []int // to choose among; none for the note
	Rating  int
	Note    string
	Noted   bool // it has a note
	There   *scoreView
	revise  int
}

// Revision is what the form was filled in from.
func (i correctItem) Revision() int { return i.revise }

// corrector is somebody who corrects an assessment of his own.
type corrector struct {
	n      nextup.Snapshot
	talk   nextup.Talk
	id     nextup.InterviewerID
	action string
	back   string
	show   func(status int, v correctView) error
}

// recruiterCorrect is the correction's form for a recruiter who interviewed himself.
func (s *Server) recruiterCorrect(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	at := "/sessions/" + string(n.ID)
	return s.correction(w, r, n, who.asInterviewer(), at+"/summary", func(status int, v correctView) error {
		return s.desk(w, r, status, who, "correct.html", "", Page{Path: v.Action, View: v})
	})
}

// interviewerCorrect is the correction's form for one who came with his link.
func (s *Server) interviewerCorrect(w http.ResponseWriter, r *http.Request) error {
	g, reader, err := s.reads(r)
	if err != nil {
		return err
	}
	if reader.own == "" {
		return nextup.Refuse(nextup.CodeForbidden)
	}
	return s.correction(w, r, g.snapshot, g.id, reader.path, func(status int, v correctView) error {
		return s.render(w, r, status, "correct.html", Page{Lang: reader.words, Path: v.Action, Home: g.path, View: v})
	})
}

// correction shows the form, or keeps what was typed into it.
func (s *Server) correction(w http.ResponseWriter, r *http.Request, n nextup.Snapshot, id nextup.InterviewerID, summary string, show func(int, correctView) error) error {
	offer, err := strconv.Atoi(r.PathValue("offer"))
	if err != nil {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	talk, ok := n.State.Talk(nextup.OfferID(offer))
	if !ok || !n.State.Corrects(talk.Offer, id) {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	c := corrector{
		n: n, talk: talk, id: id, show: show,
		action: strings.TrimSuffix(summary, "/summary") + "/correct/" + offerText(talk.Offer),
		back:   summary + "#c-" + string(talk.Candidate),
	}
	v, err := s.correctForm(r.Context(), c)
	if err != nil {
		return err
	}
	if r.Method != http.MethodPost {
		return show(http.StatusOK, v)
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	return s.keepCorrection(w, r, c, v)
}

// correctForm is the form as it stands now.
func (s *Server) correctForm(ctx context.Context, c corrector) (correctView, error) {
	all, err := s.Store.Assessments(ctx, c.n.ID)
	if err != nil {
		return correctView{}, err
	}
	own := map[string]nextup.Assessment{}
	var marked []string
	for _, a := range all {
		if a.Offer == c.talk.Offer && a.Interviewer == c.id {
			own[a.Item] = a
			marked = append(marked, a.Item)
		}
	}
	set := c.n.State.Settings
	v := correctView{Candidate: c.n.People[c.talk.Candidate.Person()].Name, Action: c.action, Back: c.back}
	add := func(item string, ratings []int, noted, gone bool) {
		a := own[item]
		i := correctItem{Item: item, Ratings: ratings, Noted: noted, Rating: a.Rating, Note: a.Note, Removed: gone, Trait: strings.HasPrefix(item, "t:"), revise: a.Revision}
		if strings.Contains(item, ":") {
			i.Text = itemWords(c.n, item)
		}
		v.Items = append(v.Items, i)
	}
	question, trait := []int{0, nextup.NotAsked, 1, 2, 3, 4, 5}, []int{0, 1, 2, 3, 4, 5}
	add("overall", []int{0, 3, 2, 1}, false, false)
	add("note", nil, true, false)
	for _, q := range set.Questions {
		add("q:"+string(q), question, true, false)
	}
	for _, t := range set.Traits {
		add("t:"+string(t), trait, true, false)
	}
	slices.Sort(marked)
	for _, item := range marked { // taken off the sheet since
		if slices.ContainsFunc(v.Items, func(i correctItem) bool { return i.Item == item }) {
			continue
		}
		ratings := trait
		if strings.HasPrefix(item, "q:") {
			ratings = question
		}
		add(item, ratings, true, true)
	}
	return v, nil
}

// keepCorrection keeps what differs from what stands. Where somebody else (another
// tab) was quicker, both are shown side by side and nothing is lost.
func (s *Server) keepCorrection(w http.ResponseWriter, r *http.Request, c corrector, v correctView) error {
	status := http.StatusOK
	for n := range v.Items {
		i := &v.Items[n]
		there := nextup.Assessment{Session: c.n.ID, Offer: c.talk.Offer, Interviewer: c.id, Item: i.Item, Rating: i.Rating, Note: i.Note, Revision: i.revise}
		typed := there
		if i.Ratings != nil {
			rating, err := strconv.Atoi(r.PostForm.Get("rating:" + i.Item))
			if err != nil || !slices.Contains(i.Ratings, rating) {
				return nextup.Invalid("rating")
			}
			typed.Rating = rating
		}
		if i.Noted {
			words, ok := typedWords(r.PostForm.Get("note:" + i.Item))
			if typed.Note = words; !ok {
				v.Fault, status = "error.invalid", http.StatusUnprocessableEntity
			}
		}
		revision, err := strconv.Atoi(r.PostForm.Get("revision:" + i.Item))
		if err != nil {
			return nextup.Invalid("revision")
		}
		i.Rating, i.Note = typed.Rating, typed.Note
		if typed.Rating == there.Rating && typed.Note == there.Note || v.Fault != "" {
			continue
		}
		if typed.Revision = revision; revision == there.Revision {
			there, err = s.mark(r.Context(), c.n, typed)
			if err == nil {
				i.revise = there.Revision
				continue
			}
			if !errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
				return err
			}
		}
		score := newScore(there.Rating, there.Note)
		i.There, i.revise = &score, there.Revision
		v.Stale, status = true, http.StatusConflict
	}
	if status != http.StatusOK {
		return c.show(status, v)
	}
	http.Redirect(w, r, c.back, http.StatusSeeOther)
	return nil
}

// mark keeps one mark; if its assessment was submitted before, as a correction.
func (s *Server) mark(ctx context.Context, n nextup.Snapshot, a nextup.Assessment) (nextup.Assessment, error) {
	if n.State.Corrects(a.Offer, a.Interviewer) {
		return s.Store.CorrectAssessment(ctx, a, s.Now())
	}
	return s.Store.SaveAssessment(ctx, a)
}

func newScore(rating int, note string) scoreView {
	s := scoreView{Rating: rating, Note: note}
	for i := range s.Bars {
		s.Bars[i] = i < rating
	}
	return s
}
