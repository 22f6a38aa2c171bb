package transport

import (
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
	Back          string    // addresses; "" for interviewers
	CSV           string    // likewise
	PDF           string
	Path          string // of the page, without a query
	Live          string // where summary.js asks, with the query
	Complete      bool
	Interviews    int
	Registered    int
	Interesting   int
	Yes, Answered int // of the candidates' interest; only when complete
	Median, Max   int // minutes waited
	InOrder       int
	Traits        []string // columns of the table; none when there are too many
	Rows          []*summaryRow
	Talks         int // rows before filtering
	People        []*personView
	Tables        []compareTable
	Missing       []missingRow
	Deviations    []deviationRow
	Turns         []turnRow
	Booked        bool       // somebody in Turns had chosen a time
	Sheet         []askedRow // the questions, and traits that are no columns
	Anchors       []anchorView
	Timeline      timelineView
	Filter        summaryFilter
	items         []string
	Hidden        bool // somebody's assessment is not shown to this reader yet
}

// summaryRow is one talk.
type summaryRow struct {
	Candidate string
	Anchor    string // of what is said of him, further down; "" when nothing is
	Language  string
	At, Ended time.Time
	Minutes   int
	Over      int // minutes, of Minutes
	Running   bool
	Waited    int // minutes
	Voices    []*voiceView
	Interest  nextup.Interest
	Abandoned bool       // the interviewer was gone; the candidate stood first again
	Ring      int        // number of the deviation that it began with; 0 if none
	Sides     []sideView // what the connections did
	offer     nextup.OfferID
	id        nextup.CandidateID
}

// Key names the talk in the page.
func (r *summaryRow) Key() string { return offerText(r.offer) }

// Span is how many lines the talk takes in a table.
func (r *summaryRow) Span() int { return len(r.Voices) }

// voiceView is what one interviewer thought of one talk.
type voiceView struct {
	Interviewer string
	Own         bool
	Seen        bool
	Open        bool // not submitted yet
	Marks       []scoreView
	Verdict     int
	Note        string
	Details     []detailRow
	Changes     []changeView
	Correct     string // where he corrects it; "" when he cannot
	marks       []nextup.Mark
}

// Says tells whether there is more to read than the table holds.
func (v *voiceView) Says() bool {
	return v.Note != "" || len(v.Details) > 0 || len(v.Changes) > 0 || v.Correct != ""
}

// personView is one candidate with everything that was said.
type personView struct {
	Name     string
	Anchor   string
	Interest nextup.Interest
	Comment  string // his own words on the job
	Rows     []*summaryRow
}

// scoreView is a mark as a figure and five small bars.
type scoreView struct {
	Rating int // 1 to 5; 0 none, nextup.NotAsked left out
	Bars   [5]bool
	Note   string
	Hidden bool   // not for this reader yet
	Words  string // the recruiter's for this rating; "" the standard ones
}

// detailRow is one question or trait that was rated or noted.
type detailRow struct {
	Text    string
	Removed bool // taken off the sheet since
	scoreView
}

// changeView is one correction after submission.
type changeView struct {
	At       time.Time
	Item     string // text of the question or trait; "" for overall and note
	Kind     string // "overall", "note" or "item"
	From, To scoreView
}

// wasView is one side of a correction.
type wasView struct {
	Kind  string
	Score scoreView
}

// Was is what stood before.
func (c changeView) Was() wasView { return wasView{c.Kind, c.From} }

// Is is what took its place.
func (c changeView) Is() wasView { return wasView{c.Kind, c.To} }

// missingRow is somebody who registered and had no talk.
type missingRow struct {
	Name  string
	State stateView
}

// turnRow is one candidate's turn and when it came.
type turnRow struct {
	Name           string
	Turn, Served   int
	Waited, Talked int // minutes
	Moved          bool
	Booked         time.Time // the time he had chosen; zero: none
	Late           bool      // he came too late for it
	id             nextup.CandidateID
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

// askedRow says in how many talks a question was taken up.
type askedRow struct {
	N                    int
	Text                 string
	Trait                bool
	Removed              bool
	Taken, Left, Unknown int
	Of                   int
	item                 string
}

// anchorView is what a rating means.
type anchorView struct {
	Rating int
	Words  string // the recruiter's; "" the standard ones
}

const maxTraitColumns = 6

// summaryReader is who reads a summary, and by which door he came.
type summaryReader struct {
	by    nextup.Actor
	path  string // of the summary
	own   string // of what is his own: "" when he interviews nobody
	room  bool   // came with an interviewer's link
	words string // his language, from his row
}

// recruiterSummary shows the recruiter what he may see: everything, once all talks
// are done.
func (s *Server) recruiterSummary(w http.ResponseWriter, r *http.Request, who Account) error {
	made := &kept{header: w.Header(), status: http.StatusOK}
	n, err := s.recruiterSummaryPage(made, r, who)
	if err != nil {
		return err
	}
	if err := s.accessed(r.Context(), who.by(), n.ID, OpenedSummary); err != nil {
		return err
	}
	return made.send(w)
}

func (s *Server) recruiterSummaryPage(w http.ResponseWriter, r *http.Request, who Account) (nextup.Snapshot, error) {
	n, err := s.ownSession(r, who)
	if err != nil {
		return nextup.Snapshot{}, err
	}
	v, err := s.newSummary(r, n, deskReader(n, who))
	if err != nil {
		return nextup.Snapshot{}, err
	}
	v.Back, v.CSV = "/sessions/"+string(n.ID), v.Path+".csv"+v.Filter.query()
	return n, s.desk(w, r, http.StatusOK, who, "summary.html", "", Page{Path: v.Path + v.Filter.query(), View: v})
}

func deskReader(n nextup.Snapshot, who Account) summaryReader {
	at := "/sessions/" + string(n.ID)
	reader := summaryReader{by: who.by(), path: at + "/summary", words: who.Language}
	if _, ok := n.State.Interviewer(who.asInterviewer()); ok {
		reader.own = at + "/correct"
	}
	return reader
}

// reads is letIn for the summary: for those who took part, and those whom the
// recruiter let. Who was removed since keeps what he took part in.
func (s *Server) reads(r *http.Request) (guest, summaryReader, error) {
	g, err := s.guestOf(r)
	if err != nil {
		return guest{}, summaryReader{}, err
	}
	if !g.letIn || g.current() == "renewed" || !g.snapshot.State.MayRead(g.id) {
		return guest{}, summaryReader{}, nextup.Refuse(nextup.CodeForbidden)
	}
	reader := summaryReader{
		by: g.actor(), path: g.path + "/summary", own: g.path + "/correct", room: true,
		words: g.snapshot.People[g.id.Person()].Language,
	}
	if g.current() != "" { // his scores stay as they are
		reader.own = ""
	}
	return g, reader, nil
}

// interviewerSummary shows an interviewer who took part what he may see.
func (s *Server) interviewerSummary(w http.ResponseWriter, r *http.Request) error {
	made := &kept{header: w.Header(), status: http.StatusOK}
	g, err := s.interviewerSummaryPage(made, r)
	if err != nil {
		return err
	}
	if err := s.accessed(r.Context(), g.actor(), g.snapshot.ID, OpenedSummary); err != nil {
		return err
	}
	return made.send(w)
}

func (s *Server) interviewerSummaryPage(w http.ResponseWriter, r *http.Request) (guest, error) {
	g, reader, err := s.reads(r)
	if err != nil {
		return guest{}, err
	}
	v, err := s.newSummary(r, g.snapshot, reader)
	if err != nil {
		return guest{}, err
	}
	return g, s.render(w, r, http.StatusOK, "summary.html", Page{Lang: reader.words, Path: v.Path + v.Filter.query(), Home: g.path, View: v})
}

func (s *Server) newSummary(r *http.Request, n nextup.Snapshot, reader summaryReader) (summaryView, error) {
	marks, err := s.Store.Assessments(r.Context(), n.ID)
	if err != nil {
		return summaryView{}, err
	}
	corrections, err := s.Store.Corrections(r.Context(), n.ID)
	if err != nil {
		return summaryView{}, err
	}
	sum := nextup.Summarise(n.State, marks, reader.by)
	sum.Correct(corrections)
	v := gather(n, sum, reader)
	v.Filter = newSummaryFilter(r.URL.Query())
	v.Path, v.PDF, v.Live = reader.path, reader.path+".pdf"+v.Filter.query(), reader.path+"/now"+v.Filter.query()
	v.narrow()
	return v, nil
}

// Measured says whether anything is known of the connections of the talks that are shown.
func (v summaryView) Measured() bool {
	return slices.ContainsFunc(v.Rows, func(r *summaryRow) bool { return len(r.Sides) > 0 })
}

// gather is everything that a reader may see, as it is shown.
func gather(n nextup.Snapshot, sum nextup.Summary, reader summaryReader) summaryView {
	st, set := n.State, n.State.Settings
	name := func(id nextup.PersonID) string { return n.People[id].Name }
	v := summaryView{
		Title: n.Texts[nextup.TitleText], Start: in(set.Start, set.Zone), End: in(set.End(), set.Zone),
		Complete: sum.Complete, items: sum.Items, Interviews: sum.Interviews, Registered: st.Taken(), Talks: len(sum.Talks),
	}
	if len(set.Traits) <= maxTraitColumns {
		for _, t := range set.Traits {
			v.Traits = append(v.Traits, n.Texts[nextup.TextID(t)])
		}
	}
	for rating := 1; rating <= 5; rating++ {
		v.Anchors = append(v.Anchors, anchorView{rating, anchor(n, rating)})
	}
	taken := map[nextup.OfferID]int{}
	v.Deviations = deviations(n, sum, taken)
	var waits []int
	answered := map[nextup.CandidateID]bool{}
	for _, t := range sum.Talks {
		row := &summaryRow{
			Candidate: name(t.Candidate.Person()), Language: n.People[t.Candidate.Person()].Language,
			At: in(t.Started, set.Zone), Minutes: roundMinutes(t.Length), Over: roundMinutes(t.Overrun),
			Running: t.Ended.IsZero(), Waited: roundMinutes(t.Waited),
			Interest: t.Interest, Abandoned: t.Abandoned, Ring: taken[t.Offer], offer: t.Offer, id: t.Candidate,
			Sides: sides(n, t),
		}
		if !row.Running {
			row.Ended = in(t.Ended, set.Zone)
		}
		interesting := false
		for _, a := range t.Assessed {
			voice := v.voice(n, sum, t, a, reader)
			interesting = interesting || voice.Verdict == 3
			v.Hidden = v.Hidden || !voice.Seen
			row.Voices = append(row.Voices, voice)
		}
		waits = append(waits, row.Waited)
		if t.Ended.After(v.End) || len(v.Rows) == 0 && !t.Ended.IsZero() {
			v.End = in(t.Ended, set.Zone)
		}
		if interesting {
			v.Interesting++
		}
		if row.Ring == 0 {
			v.InOrder++
		}
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
	for _, t := range sum.Turns {
		v.Turns = append(v.Turns, turnRow{
			Name: name(t.Candidate.Person()), Turn: t.Turn, Served: t.Served,
			Waited: roundMinutes(t.Waited), Talked: roundMinutes(t.Talked), Late: t.Late, id: t.Candidate,
		})
		if !t.Booked.IsZero() {
			v.Turns[len(v.Turns)-1].Booked, v.Booked = in(t.Booked, set.Zone), true
		}
	}
	moved(v.Turns)
	v.Sheet = v.sheet(n, sum)
	v.Timeline = newTimeline(n, sum, taken)
	for _, row := range v.Rows { // the words of one candidate stand together
		i := slices.IndexFunc(v.People, func(p *personView) bool { return p.Rows[0].id == row.id })
		if i < 0 {
			i = len(v.People)
			p := &personView{Name: row.Candidate, Interest: row.Interest}
			if sum.Complete {
				p.Comment = n.Texts[nextup.CommentText(row.id)]
			}
			v.People = append(v.People, p)
		}
		v.People[i].Rows = append(v.People[i].Rows, row)
	}
	for _, p := range v.People {
		if p.Comment != "" || slices.ContainsFunc(p.Rows, func(r *summaryRow) bool { return slices.ContainsFunc(r.Voices, (*voiceView).Says) }) {
			p.Anchor = "c-" + string(p.Rows[0].id)
		}
		for _, r := range p.Rows {
			r.Anchor = p.Anchor
		}
	}
	return v
}

// voice is one interviewer's assessment of a talk: its marks in the table's columns,
// and in the details what they do not hold.
func (v *summaryView) voice(n nextup.Snapshot, sum nextup.Summary, t nextup.TalkRow, a nextup.Assessed, reader summaryReader) *voiceView {
	voice := &voiceView{
		Interviewer: n.People[a.Interviewer.Person()].Name, Own: a.Own, Seen: a.Seen, Open: !a.Submitted, Verdict: a.Verdict, Note: a.Note,
		Marks: make([]scoreView, len(v.Traits)), marks: a.Marks,
	}
	if a.Own && a.Submitted && reader.own != "" {
		voice.Correct = reader.own + "/" + offerText(t.Offer)
	}
	for _, m := range a.Marks {
		score := v.score(m)
		if i := v.column(n, m.Item); i >= 0 {
			voice.Marks[i] = score
			if m.Note == "" {
				continue // the table says it all
			}
		}
		voice.Details = append(voice.Details, detailRow{itemWords(n, m.Item), removed(sum, m.Item), score})
	}
	for _, c := range a.Changes {
		change := changeView{At: in(c.At, n.State.Settings.Zone), Kind: c.From.Item, From: v.score(c.From), To: v.score(c.To)}
		if c.From.Item != "overall" && c.From.Item != "note" {
			change.Kind, change.Item = "item", itemWords(n, c.From.Item)
		}
		voice.Changes = append(voice.Changes, change)
	}
	return voice
}

// score is a mark as it is shown.
func (v *summaryView) score(m nextup.Mark) scoreView {
	s := newScore(m.Rating, m.Note)
	if m.Rating > 0 && m.Rating <= len(v.Anchors) {
		s.Words = v.Anchors[m.Rating-1].Words
	}
	return s
}

// column is where the candidates' table shows an item, -1 if it does not.
func (v *summaryView) column(n nextup.Snapshot, item string) int {
	kind, id, _ := strings.Cut(item, ":")
	if kind != "t" || len(v.Traits) == 0 {
		return -1
	}
	return slices.Index(n.State.Settings.Traits, nextup.TraitID(id))
}

// sheet is what was to be asked, with how often it was.
func (v *summaryView) sheet(n nextup.Snapshot, sum nextup.Summary) (rows []askedRow) {
	for _, item := range sum.Items {
		if v.column(n, item) >= 0 {
			continue
		}
		row := askedRow{N: len(rows) + 1, Text: itemWords(n, item), Trait: strings.HasPrefix(item, "t:"), Removed: removed(sum, item), item: item}
		row.Taken, row.Left, row.Unknown = sum.Asked(item)
		row.Of = row.Taken + row.Left + row.Unknown
		rows = append(rows, row)
	}
	return rows
}

// itemWords is the text of a question or trait.
func itemWords(n nextup.Snapshot, item string) string {
	_, id, _ := strings.Cut(item, ":")
	return n.Texts[nextup.TextID(id)]
}

// removed says whether an item was taken off the sheet.
func removed(sum nextup.Summary, item string) bool {
	return slices.Index(sum.Items, item) >= len(sum.Items)-sum.Removed
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
		if d.By.Role == nextup.RoleInterviewer || d.By.Role == nextup.RoleRecruiter {
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

// moved marks those who were served in another order than their turns: who has
// somebody with a later turn before him, or with an earlier turn behind him.
func moved(rows []turnRow) {
	for i := range rows {
		for _, o := range rows {
			if rows[i].Served > 0 && o.Served > 0 && (o.Turn > rows[i].Turn) != (o.Served > rows[i].Served) && o.Turn != rows[i].Turn {
				rows[i].Moved = true
			}
		}
	}
}

func roundMinutes(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }
