package transport

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"nextup"
)

// sessionsView is what list.html shows.
type sessionsView struct {
	Running []sessionRow
	Coming  []sessionRow
	Done    []sessionRow
	More    bool // older ones are left out; ?all shows them
}

// Empty says that there is nothing yet.
func (v sessionsView) Empty() bool { return len(v.Running)+len(v.Coming)+len(v.Done) == 0 }

// sessionRow is one session in the list.
type sessionRow struct {
	ID          nextup.SessionID
	Title       string
	Phase       nextup.Phase
	State       string // "draft", "published", "running", "over", "closed", "cancelled"
	Start, End  time.Time
	Talk        int // minutes
	Single      bool
	Names       string // interviewers other than the reader
	You         bool   // the reader interviews
	Registered  int
	Places      int
	Fill        int // per cent of the places
	Capacity    int
	Over        bool // more registered than fit
	Talking     int
	Waiting     int
	Held        int // talks held
	Undelivered int
}

// WeekdayKey is the catalogue key of the day's short name.
func (r sessionRow) WeekdayKey() string {
	return "format.wd." + strconv.Itoa((int(r.Start.Weekday())+6)%7+1)
}

// MonthKey is the catalogue key of the month's short name.
func (r sessionRow) MonthKey() string { return "format.mon." + strconv.Itoa(int(r.Start.Month())) }

// Day is the day of the month.
func (r sessionRow) Day() int { return r.Start.Day() }

const doneShown = 20

// list shows the recruiter's own sessions.
func (s *Server) list(w http.ResponseWriter, r *http.Request, who Account) error {
	ids, err := s.Office.SessionsOf(r.Context(), who.Organisation, who.ID)
	if err != nil {
		return err
	}
	rows, err := s.sessionRows(r.Context(), who, ids)
	if err != nil {
		return err
	}
	posted, err := s.Office.Posted(r.Context(), ids...)
	if err != nil {
		return err
	}
	undelivered := map[nextup.SessionID]int{}
	for session, letters := range latest(posted) {
		for _, p := range letters {
			if newDelivery(p, s.SMTP).Failed() {
				undelivered[session]++
			}
		}
	}
	var v sessionsView
	for _, row := range rows {
		row.Undelivered = undelivered[row.ID]
		switch row.State {
		case "running", "over":
			v.Running = append(v.Running, row)
		case "draft", "published":
			v.Coming = append(v.Coming, row)
		default:
			v.Done = append(v.Done, row)
		}
	}
	byStart := func(a, b sessionRow) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) }
	slices.SortFunc(v.Running, byStart)
	slices.SortFunc(v.Coming, byStart)
	slices.SortFunc(v.Done, func(a, b sessionRow) int { return byStart(b, a) })
	if len(v.Done) > doneShown && !r.URL.Query().Has("all") {
		v.Done, v.More = v.Done[:doneShown], true
	}
	return s.desk(w, r, http.StatusOK, who, "list.html", "/sessions", Page{View: v})
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
			if err == nil && n.State.Organisation == who.Organisation {
				rows[i] = newSessionRow(n, who)
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
		Waiting: len(st.Waiting()),
	}
	row.Fill = min(100, 100*row.Registered/max(1, row.Places))
	row.Over = row.Registered > row.Capacity
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
