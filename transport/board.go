package transport

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"nextup"
)

// boardNow is what goes on in a session, as its recruiter follows it: who waits, who
// talks with whom, who is done, who is missing, and when it will be over.
type boardNow struct {
	Waiting    int       `json:"waiting"`
	Talking    int       `json:"talking"`
	Done       int       `json:"done"`
	NotReached int       `json:"notReached"`
	Places     int       `json:"places"`
	Registered int       `json:"registered"`     // who have a place
	Tested     int       `json:"tested"`         // of them, who have tried their devices
	Line       string    `json:"line,omitempty"` // what is said to everybody waiting
	Ends       string    `json:"ends"`           // planned, RFC 3339
	Last       string    `json:"last,omitempty"` // when the last talk is expected to end; "" if nothing honest can be said
	Late       int       `json:"late,omitempty"` // minutes that is after the planned end
	Unreached  int       `json:"unreached"`      // of the waiting, whose talk would begin after the planned end
	Nobody     bool      `json:"nobody"`         // no interviewer works
	Work       []workNow `json:"work"`
	Queue      []waitNow `json:"queue"`   // in turn order
	Missing    []waitNow `json:"missing"` // no-shows
}

// workNow is one interviewer at work.
type workNow struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Initials string    `json:"initials"`
	Tone     string    `json:"tone"`
	State    stateView `json:"state"`
	With     string    `json:"with,omitempty"`   // the candidate's name
	Others   string    `json:"others,omitempty"` // the rest of the panel
	Page     string    `json:"page,omitempty"`   // the candidate's
	Since    string    `json:"since,omitempty"`  // RFC 3339
	Left     int       `json:"left"`             // whole minutes; negative is overrun
}

// waitNow is one candidate in the queue, or missing.
type waitNow struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Page     string    `json:"page"`
	State    stateView `json:"state"`
	Waited   int       `json:"waited"`             // whole minutes since check-in
	Booked   string    `json:"booked,omitempty"`   // the time he chose, "10:20"
	Promised bool      `json:"promised,omitempty"` // it has come: he stands before those without one
	For      string    `json:"for,omitempty"`      // reserved for this interviewer
	Needs    string    `json:"needs,omitempty"`
	Phone    string    `json:"phone,omitempty"`
}

// live says whether there is anything on the board: from the lobby's opening to the
// last write-up, and afterwards what was left undone.
func live(n nextup.Snapshot) bool {
	st := n.State
	return st.Phase == nextup.PhasePublished && !n.Now.Before(st.Settings.Opens()) ||
		st.Phase == nextup.PhaseClosed
}

// newBoard works the board out.
func newBoard(n nextup.Snapshot) *boardNow {
	st := n.State
	view := n.ViewOfInterviewer("", "") // nobody's own: all interviewers are colleagues
	page := func(id nextup.CandidateID) string { return "/sessions/" + string(n.ID) + "/candidates/" + string(id) }
	b := &boardNow{
		Places: st.Settings.Places, Registered: st.Taken(), Line: n.Texts[nextup.LineText],
		Ends: in(st.Settings.End(), st.Settings.Zone).Format(time.RFC3339),
		Work: []workNow{}, Queue: []waitNow{}, Missing: []waitNow{}, Nobody: true,
	}
	for _, c := range st.Candidates {
		switch c.Status {
		case nextup.StatusTalking:
			b.Talking++
		case nextup.StatusDone:
			b.Done++
		case nextup.StatusNotReached:
			b.NotReached++
		}
		if c.Status != nextup.StatusWithdrawn && (!c.Tested.IsZero() || n.Presence[c.ID.Person()].Checked) {
			b.Tested++
		}
	}
	if f := view.Reached; f != nil {
		b.Unreached = f.Waiting - f.Reached
		if f.Last > 0 {
			last := n.Now.Add(time.Duration(f.Last) * time.Millisecond)
			b.Last = in(last, st.Settings.Zone).Format(time.RFC3339)
			b.Late = max(0, int(last.Sub(st.Settings.End()).Round(time.Minute)/time.Minute))
		}
	}
	for k, i := range st.Interviewers {
		if i.Working() && n.Presence[i.ID.Person()].Connected {
			b.Nobody = false
		}
		if i.Removed && i.Talk == 0 {
			continue
		}
		name := n.People[i.ID.Person()].Name
		w := workNow{ID: string(i.ID), Name: name, Initials: initials(name), Tone: tone(k), State: interviewerState(n, i)}
		if t, ok := st.Talk(i.Talk); ok {
			w.With, w.Page = n.People[t.Candidate.Person()].Name, page(t.Candidate)
			w.Since = in(t.Started, st.Settings.Zone).Format(time.RFC3339)
			w.Left = minutesLeft(t.EndsAt.Sub(n.Now))
			var others []string
			for _, m := range t.Members {
				if m != i.ID {
					others = append(others, n.People[m.Person()].Name)
				}
			}
			w.Others = strings.Join(others, ", ")
		} else if i.Offer.ID != 0 {
			w.With, w.Page = n.People[i.Offer.Candidate.Person()].Name, page(i.Offer.Candidate)
		}
		b.Work = append(b.Work, w)
	}
	row := func(q nextup.QueueRow) waitNow {
		w := waitNow{
			ID: string(q.ID), Name: q.Name, Page: page(q.ID), State: candidateState(n, st.Candidates[q.ID]),
			Waited: int(q.Waited / 60000), Needs: n.Texts[nextup.NeedsText(q.ID)], Phone: n.People[q.ID.Person()].Phone,
			Booked: q.Booked, Promised: q.Promised,
		}
		if q.For != nil {
			w.For = q.For.Name
		}
		return w
	}
	for _, q := range view.Queue {
		b.Queue = append(b.Queue, row(q))
	}
	for _, q := range view.Missing {
		b.Missing = append(b.Missing, row(q))
	}
	b.Waiting = len(b.Queue)
	return b
}

// minutesLeft counts up: 30 seconds left is one minute, 30 seconds over is none.
func minutesLeft(left time.Duration) int {
	if left > 0 {
		return int((left + time.Minute - time.Second) / time.Minute)
	}
	return int(left / time.Minute)
}

// overviewNow is the answer for overview.js: what changes while people look.
type overviewNow struct {
	State        string         `json:"state"`
	Registered   int            `json:"registered"`
	Waiting      int            `json:"waiting"`
	Talking      int            `json:"talking"`
	Interviewers []personNow    `json:"interviewers"`
	Candidates   []candidateNow `json:"candidates"`
	Board        *boardNow      `json:"board,omitempty"`
}

type personNow struct {
	ID     string    `json:"id"`
	State  stateView `json:"state"`
	Locked bool      `json:"locked"`
	Sent   *sentNow  `json:"sent,omitempty"`
}

type candidateNow struct {
	personNow
	Name       string `json:"name"`
	Page       string `json:"page"`
	Language   string `json:"language"`
	Registered string `json:"registered"` // RFC 3339
	Link       string `json:"link"`
	Tested     bool   `json:"tested"`
	Gone       bool   `json:"gone"`
}

type sentNow struct {
	stateView
	Cause string `json:"cause,omitempty"`
	Codes string `json:"codes,omitempty"`
}

// overviewNow answers with what may have changed. It is asked every other second, so
// it says so when nothing has (RFC 9110, section 13.1.2).
func (s *Server) overviewNow(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := s.newOverview(r, n, who)
	if err != nil {
		return err
	}
	body, err := json.Marshal(v.now(n))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-store") // the tag is the page's own business; nothing is kept elsewhere
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
	return nil
}

// now is the part of the overview that changes while people look.
func (v overviewView) now(n nextup.Snapshot) overviewNow {
	now := overviewNow{
		State: v.State, Registered: v.Registered, Waiting: v.Waiting, Talking: v.Talking,
		Interviewers: []personNow{}, Candidates: []candidateNow{},
	}
	if live(n) {
		now.Board = newBoard(n)
	}
	for _, i := range v.Interviewers {
		now.Interviewers = append(now.Interviewers, personNow{string(i.ID), i.State, i.Locked, newSentNow(i.Sent)})
	}
	for _, c := range v.Candidates {
		now.Candidates = append(now.Candidates, candidateNow{
			personNow: personNow{string(c.ID), c.State, false, newSentNow(c.Sent)},
			Name:      c.Name, Page: c.Page, Language: c.Language, Registered: c.Registered.Format(time.RFC3339), Link: c.Link,
			Tested: c.Tested, Gone: c.Gone,
		})
	}
	return now
}

func newSentNow(d *deliveryView) *sentNow {
	if d == nil {
		return nil
	}
	return &sentNow{stateView{d.Key, d.Icon, d.Tone}, d.Cause, d.Codes}
}
