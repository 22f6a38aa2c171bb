package transport

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"nextup"
)

// sessionsView is what list.html shows: one page of the list, by what goes on.
type sessionsView struct {
	Running []sessionRow
	Coming  []sessionRow
	Done    []sessionRow

	Query     string
	Archive   bool // those put away are shown
	Away      int  // how many are put away and, of a search, are found there
	Found     int  // how many there are on all pages
	Page      int  // from 1
	Pages     int
	Prev      string // addresses; empty: none
	Next      string
	Elsewhere string // the archive, or back from it, with the same search
	Said      string // key of what the last button did
	Nothing   bool   // there has never been any
}

// None says that nothing is shown.
func (v sessionsView) None() bool { return len(v.Running)+len(v.Coming)+len(v.Done) == 0 }

// sessionRow is one session in the list.
type sessionRow struct {
	ID          nextup.SessionID
	Title       string
	Phase       nextup.Phase
	State       string // "draft", "published", "running", "over", "closed", "cancelled"
	Start, End  time.Time
	Undated     bool // a copy that has no date yet and is no session
	Talk        int  // minutes
	Single      bool
	Names       string // interviewers other than the reader
	You         bool   // the reader interviews
	Registered  int
	Places      int
	Fill        int // per cent of the places
	Capacity    int
	Over        bool // more registered than fit
	Tested      int  // have tried their devices
	Talking     int
	Waiting     int
	Held        int // talks held
	Undelivered int
	Unpublished bool // there is a draft with changes
	Archived    bool
	Round       string // address of the round whose day it is; "": none
	Once        string // makes the copy that this row's button makes one of its kind
}

// WeekdayKey is the catalogue key of the day's short name.
func (r sessionRow) WeekdayKey() string {
	return "format.wd." + strconv.Itoa((int(r.Start.Weekday())+6)%7+1)
}

// MonthKey is the catalogue key of the month's short name.
func (r sessionRow) MonthKey() string { return "format.mon." + strconv.Itoa(int(r.Start.Month())) }

// Day is the day of the month.
func (r sessionRow) Day() int { return r.Start.Day() }

// CanEdit says whether it may still be changed.
func (r sessionRow) CanEdit() bool { return r.rank() != 2 }

// rank puts what goes on before what is to come before what is done.
func (r sessionRow) rank() int {
	switch r.State {
	case "running", "over":
		return 0
	case "draft", "published":
		return 1
	}
	return 2
}

// compareRows sorts the list: going on, coming with the next first and those
// without a date before them, done with the latest first.
func compareRows(a, b sessionRow) int {
	if a.rank() != b.rank() {
		return cmp.Compare(a.rank(), b.rank())
	}
	if a.Undated != b.Undated {
		if a.Undated {
			return -1
		}
		return 1
	}
	start := a.Start.Compare(b.Start)
	if a.rank() == 2 {
		start = -start
	}
	return cmp.Or(start, strings.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
}

// matches says whether every word looked for is in the title or in an interviewer's name.
func (r sessionRow) matches(words []string, who Account) bool {
	in := r.Title + " " + r.Names
	if r.You {
		in += " " + who.Name
	}
	in = strings.ToLower(in)
	for _, w := range words {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}

const rowsShown = 25 // on one page of the list

// listSaid are the buttons whose effect the list confirms.
var listSaid = map[string]bool{"draft": true, "remove": true, "archive": true, "unarchive": true}

// list shows the recruiter's own sessions.
func (s *Server) list(w http.ResponseWriter, r *http.Request, who Account) error {
	all, err := s.listRows(r.Context(), who)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := sessionsView{Query: clip(strings.TrimSpace(q.Get("q")), 200), Archive: q.Has("archive"), Nothing: len(all) == 0}
	if listSaid[q.Get("done")] {
		v.Said = "list.said." + q.Get("done")
	}
	words := strings.Fields(strings.ToLower(v.Query))
	shown := all[:0]
	for _, row := range all {
		switch {
		case !row.matches(words, who):
		case row.Archived != v.Archive:
			v.Away++
		default:
			shown = append(shown, row)
		}
	}
	v.Found = len(shown)
	v.Pages = max(1, (len(shown)+rowsShown-1)/rowsShown)
	v.Page, _ = strconv.Atoi(q.Get("page"))
	v.Page = min(max(1, v.Page), v.Pages)
	if v.Page > 1 {
		v.Prev = v.address(v.Archive, v.Page-1)
	}
	if v.Page < v.Pages {
		v.Next = v.address(v.Archive, v.Page+1)
	}
	v.Elsewhere = v.address(!v.Archive, 1)
	shown = shown[(v.Page-1)*rowsShown : min(v.Page*rowsShown, len(shown))]
	if err := s.undelivered(r.Context(), shown); err != nil {
		return err
	}
	for _, row := range shown {
		row.Once = NewID()
		switch row.rank() {
		case 0:
			v.Running = append(v.Running, row)
		case 1:
			v.Coming = append(v.Coming, row)
		default:
			v.Done = append(v.Done, row)
		}
	}
	return s.desk(w, r, http.StatusOK, who, "list.html", "/sessions", Page{View: v})
}

// address is that of another page of the list.
func (v sessionsView) address(archive bool, page int) string {
	q := url.Values{}
	if v.Query != "" {
		q.Set("q", v.Query)
	}
	if archive {
		q.Set("archive", "1")
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/sessions"
	}
	return "/sessions?" + q.Encode()
}

// listRows are all rows of somebody's list, sorted.
func (s *Server) listRows(ctx context.Context, who Account) ([]sessionRow, error) {
	ids, err := s.Office.SessionsOf(ctx, who.Organisation, who.ID)
	if err != nil {
		return nil, err
	}
	rows, err := s.sessionRows(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	drafts, err := s.Office.DraftsOf(ctx, who.Organisation)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		i := slices.IndexFunc(rows, func(r sessionRow) bool { return r.ID == d.Session })
		switch {
		case i >= 0:
			rows[i].Unpublished = rows[i].Phase == nextup.PhasePublished
		case d.Version == 0 && d.Owner == who.ID && !slices.Contains(ids, d.Session):
			var f sessionForm
			if err := json.Unmarshal(d.Form, &f); err != nil {
				return nil, err
			}
			f.see(who)
			rows = append(rows, undatedRow(f, d))
		}
	}
	slices.SortFunc(rows, compareRows)
	return rows, nil
}

// undelivered counts the letters that did not arrive.
func (s *Server) undelivered(ctx context.Context, rows []sessionRow) error {
	ids := make([]nextup.SessionID, 0, len(rows))
	for _, r := range rows {
		if !r.Undated {
			ids = append(ids, r.ID)
		}
	}
	posted, err := s.Office.Posted(ctx, ids...)
	if err != nil {
		return err
	}
	failed := map[nextup.SessionID]int{}
	for session, letters := range latest(posted) {
		for _, p := range letters {
			if newDelivery(p, s.SMTP).Failed() {
				failed[session]++
			}
		}
	}
	for i := range rows {
		rows[i].Undelivered = failed[rows[i].ID]
	}
	return nil
}

// sessionRows looks at the sessions, a few at a time. One that cannot be looked
// at fails the page: a list with a hole would be a lie.
func (s *Server) sessionRows(ctx context.Context, who Account, ids []nextup.SessionID) ([]sessionRow, error) {
	rows := make([]sessionRow, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, id := range ids {
		g.Go(func() error {
			n, err := s.Sessions.Look(ctx, id)
			if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) {
				return nil
			}
			if err == nil && n.State.Organisation == who.Organisation && !n.State.Removed {
				rows[i] = newSessionRow(n, who)
				rows[i].Round, err = s.roundPath(ctx, n)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(r sessionRow) bool { return r.ID == "" }), nil
}

func newSessionRow(n nextup.Snapshot, who Account) sessionRow {
	st, set := n.State, n.State.Settings
	row := sessionRow{
		ID: n.ID, Title: n.Texts[nextup.TitleText], Phase: st.Phase, State: sessionState(st, n.Now),
		Start: in(set.Start, set.Zone), End: in(set.End(), set.Zone), Talk: int(set.Talk / time.Minute),
		Single:     set.Talk == set.Length,
		Registered: st.Taken(), Places: set.Places, Capacity: set.Capacity(st.Active()),
		Waiting: len(st.Waiting()), Archived: st.Archived,
	}
	row.Fill = min(100, 100*row.Registered/max(1, row.Places))
	row.Over = row.Registered > row.Capacity
	for _, c := range st.Candidates {
		if c.Status != nextup.StatusWithdrawn && !c.Tested.IsZero() {
			row.Tested++
		}
	}
	for _, i := range st.Interviewers {
		switch {
		case i.Removed:
		case i.ID == who.asInterviewer():
			row.You = true
		case row.Names == "":
			row.Names = n.People[i.ID.Person()].Name
		default:
			row.Names += ", " + n.People[i.ID.Person()].Name
		}
		if i.Talk != 0 {
			row.Talking++
		}
	}
	for _, t := range st.Talks {
		if !t.Ended.IsZero() {
			row.Held++
		}
	}
	return row
}

// undatedRow is the row of a copy that has no date yet.
func undatedRow(f sessionForm, d Draft) sessionRow {
	row := sessionRow{ID: d.Session, Title: strings.TrimSpace(f.Title), State: string(nextup.PhaseDraft), Undated: true}
	for _, p := range f.Interviewers {
		switch name := strings.TrimSpace(p.Name); {
		case p.You:
			row.You = true
		case name == "":
		case row.Names == "":
			row.Names = name
		default:
			row.Names += ", " + name
		}
	}
	return row
}

// sessionState is the phase with the time in it: "over" is past its planned end
// and not closed yet.
func sessionState(st nextup.Session, now time.Time) string {
	switch {
	case st.Phase != nextup.PhasePublished:
		return string(st.Phase)
	case now.After(st.Settings.End()):
		return "over"
	case st.Started(now):
		return "running"
	}
	return string(nextup.PhasePublished)
}
