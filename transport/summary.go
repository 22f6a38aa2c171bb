package transport

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"nextup"
)

// summaryView is what summary.html shows.
type summaryView struct {
	Title         string
	Start, End    time.Time // planned start, end of the last talk (planned while there is none)
	Back, CSV     string    // addresses; "" for interviewers
	Path          string
	Complete      bool
	Interviews    int
	Registered    int
	Interesting   int
	Yes, Answered int // of the candidates' interest; only when complete
	Median, Max   int // minutes waited
	InOrder       int
	Traits        []string // columns of the table; none when there are too many
	Rows          []summaryRow
	Missing       []missingRow
	Deviations    []deviationRow
	Asked         []askedRow
	Timeline      timelineView
	Sort          string
	Hidden        bool // somebody's assessment is not shown to this reader yet
}

// summaryRow is one talk.
type summaryRow struct {
	Candidate   string
	Interviewer string
	Language    string
	At          time.Time
	Minutes     int
	Running     bool
	Waited      int // minutes
	Marks       []scoreView
	Verdict     int
	Note        string
	Details     []detailRow
	Interest    nextup.Interest
	Seen        bool
	Open        bool // the write-up is not submitted yet
	Abandoned   bool // the interviewer was gone; the candidate stood first again
	offer       nextup.OfferID
	id          nextup.CandidateID
}

// scoreView is a mark from 1 to 5 as a figure and five small bars.
type scoreView struct {
	Rating int
	Bars   [5]bool
	Note   string
}

func newScore(rating int, note string) scoreView {
	v := scoreView{Rating: rating, Note: note}
	for i := range v.Bars {
		v.Bars[i] = i < rating
	}
	return v
}

// detailRow is one question or trait that was rated or noted.
type detailRow struct {
	Trait bool
	Text  string
	scoreView
}

// missingRow is somebody who registered and had no talk.
type missingRow struct {
	Name  string
	State stateView
}

// deviationRow is one entry of the fairness record.
type deviationRow struct {
	N         int
	Kind      nextup.DeviationKind
	Who       string // "" for the program itself
	Candidate string
	At        time.Time
	Preset    nextup.Preset
	Words     string
}

// askedRow says in how many talks a question left a trace.
type askedRow struct {
	N, Talks, Of int
}

const maxTraitColumns = 6

// recruiterSummary shows the recruiter what he may see: everything, once all talks
// are done.
func (s *Server) recruiterSummary(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := s.newSummary(r, n, who.by())
	if err != nil {
		return err
	}
	v.Path = "/sessions/" + string(n.ID) + "/summary"
	v.Back, v.CSV = "/sessions/"+string(n.ID), v.Path+".csv"
	return s.desk(w, r, http.StatusOK, who, "summary.html", "", Page{View: v})
}

// interviewerSummary shows an interviewer who took part what he may see.
func (s *Server) interviewerSummary(w http.ResponseWriter, r *http.Request) error {
	g, err := s.letIn(r)
	if err != nil {
		return err
	}
	n := g.snapshot
	if !slices.ContainsFunc(n.State.Talks, func(t nextup.Talk) bool { return t.Interviewer == g.id }) {
		return nextup.Refuse(nextup.CodeForbidden)
	}
	v, err := s.newSummary(r, n, g.actor())
	if err != nil {
		return err
	}
	v.Path = g.path + "/summary"
	who := n.People[g.id.Person()]
	return s.render(w, r, http.StatusOK, "summary.html", Page{Lang: who.Language, Path: v.Path, Home: g.path, View: v})
}

func (s *Server) newSummary(r *http.Request, n nextup.Snapshot, reader nextup.Actor) (summaryView, error) {
	marks, err := s.Store.Assessments(r.Context(), n.ID)
	if err != nil {
		return summaryView{}, err
	}
	st, set := n.State, n.State.Settings
	sum := nextup.Summarise(st, marks, reader)
	name := func(id nextup.PersonID) string { return n.People[id].Name }
	v := summaryView{
		Title: n.Texts[nextup.TitleText], Start: in(set.Start, set.Zone), End: in(set.End(), set.Zone),
		Complete: sum.Complete, Interviews: sum.Interviews, Registered: st.Taken(), Sort: r.URL.Query().Get("sort"),
	}
	if len(set.Traits) <= maxTraitColumns {
		for _, t := range set.Traits {
			v.Traits = append(v.Traits, n.Texts[nextup.TextID(t)])
		}
	}
	taken := map[nextup.OfferID]int{}
	v.Deviations = deviations(n, sum, taken)
	interviewer := shortNames(n)
	var waits []int
	answered := map[nextup.CandidateID]bool{}
	for _, t := range sum.Talks {
		row := summaryRow{
			Candidate: name(t.Candidate.Person()), Interviewer: interviewer[t.Interviewer], Language: n.People[t.Candidate.Person()].Language,
			At: in(t.Started, set.Zone), Minutes: roundMinutes(t.Length), Running: t.Ended.IsZero(), Waited: roundMinutes(t.Waited),
			Verdict: t.Verdict, Note: t.Note, Interest: t.Interest, Seen: t.Seen, Open: t.WrittenUp.IsZero(), Abandoned: t.Abandoned,
			offer: t.Offer, id: t.Candidate,
		}
		v.marks(&row, n, t)
		waits = append(waits, row.Waited)
		if t.Ended.After(v.End) || len(v.Rows) == 0 && !t.Ended.IsZero() {
			v.End = in(t.Ended, set.Zone)
		}
		if row.Verdict == 3 {
			v.Interesting++
		}
		if taken[t.Offer] == 0 {
			v.InOrder++
		}
		v.Hidden = v.Hidden || !row.Seen
		if c := row.Interest; (c == nextup.InterestYes || c == nextup.InterestNo) && !answered[t.Candidate] {
			answered[t.Candidate] = true
			v.Answered++
			if c == nextup.InterestYes {
				v.Yes++
			}
		}
		v.Rows = append(v.Rows, row)
	}
	if len(waits) > 0 {
		slices.Sort(waits)
		v.Median, v.Max = waits[len(waits)/2], waits[len(waits)-1]
	}
	for _, m := range sum.Missing {
		c := st.Candidates[m.Candidate]
		v.Missing = append(v.Missing, missingRow{name(m.Candidate.Person()), candidateState(n, c)})
	}
	v.Asked = asked(st, sum)
	v.Timeline = newTimeline(n, sum, taken)
	v.sort()
	return v, nil
}

// shortNames calls interviewers by their first name where only one has it.
func shortNames(n nextup.Snapshot) map[nextup.InterviewerID]string {
	count := map[string]int{}
	for _, i := range n.State.Interviewers {
		count[firstName(n.People[i.ID.Person()].Name)]++
	}
	names := map[nextup.InterviewerID]string{}
	for _, i := range n.State.Interviewers {
		full := n.People[i.ID.Person()].Name
		if names[i.ID] = firstName(full); count[names[i.ID]] > 1 {
			names[i.ID] = full
		}
	}
	return names
}

// marks puts a talk's marks into the table's columns and into the details.
func (v *summaryView) marks(row *summaryRow, n nextup.Snapshot, t nextup.TalkRow) {
	row.Marks = make([]scoreView, len(v.Traits))
	for _, m := range t.Marks {
		kind, id, _ := strings.Cut(m.Item, ":")
		score := newScore(m.Rating, m.Note)
		if kind == "t" && len(v.Traits) > 0 {
			if i := slices.Index(n.State.Settings.Traits, nextup.TraitID(id)); i >= 0 {
				row.Marks[i] = score
				if m.Note == "" {
					continue // the table says it all
				}
			}
		}
		row.Details = append(row.Details, detailRow{kind == "t", n.Texts[nextup.TextID(id)], score})
	}
}

// sort orders the talks: as they were held, by name, or by verdict. The verdict is
// what somebody chose; nothing is reckoned up.
func (v *summaryView) sort() {
	switch v.Sort {
	case "name":
		slices.SortStableFunc(v.Rows, func(a, b summaryRow) int {
			return strings.Compare(strings.ToLower(a.Candidate), strings.ToLower(b.Candidate))
		})
	case "verdict":
		slices.SortStableFunc(v.Rows, func(a, b summaryRow) int { return cmp.Compare(b.Verdict, a.Verdict) })
	default:
		v.Sort = "time"
		slices.SortStableFunc(v.Rows, func(a, b summaryRow) int { return a.At.Compare(b.At) })
	}
}

// deviations are the fairness record in order of time. taken is told which talks
// began with one: offer -> number in the list.
func deviations(n nextup.Snapshot, sum nextup.Summary, taken map[nextup.OfferID]int) []deviationRow {
	var rows []deviationRow
	for i, d := range sum.Deviations {
		row := deviationRow{
			N: i + 1, Kind: d.Kind, Candidate: n.People[d.Candidate.Person()].Name, At: in(d.At, n.State.Settings.Zone),
			Preset: d.Reason.Preset, Words: n.Texts[d.Reason.Text],
		}
		if d.By.Role == nextup.RoleInterviewer {
			row.Who = n.People[nextup.PersonID(d.By.ID)].Name
		}
		rows = append(rows, row)
		if d.Kind != nextup.DeviationTake {
			continue
		}
		for _, t := range sum.Talks { // the first talk with him after it
			if t.Candidate == d.Candidate && !t.Started.Before(d.At) {
				taken[t.Offer] = row.N
				break
			}
		}
	}
	return rows
}

// asked counts, for each question, the ended talks whose visible marks name it.
func asked(st nextup.Session, sum nextup.Summary) []askedRow {
	of := 0
	for _, t := range sum.Talks {
		if t.Seen && !t.Ended.IsZero() {
			of++
		}
	}
	if of == 0 {
		return nil
	}
	var rows []askedRow
	for i, q := range st.Settings.Questions {
		row := askedRow{N: i + 1, Of: of}
		for _, t := range sum.Talks {
			if !t.Ended.IsZero() && slices.ContainsFunc(t.Marks, func(m nextup.Mark) bool { return m.Item == "q:"+string(q) }) {
				row.Talks++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func roundMinutes(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }
