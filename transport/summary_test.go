package transport

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// held holds a talk from the candidate's check-in to the write-up, with marks.
func (d *desks) held(i nextup.InterviewerID, c nextup.CandidateID, name string, verdict int, note string) nextup.OfferID {
	d.t.Helper()
	d.candidate(c, name)
	by := nextup.Actor{Role: nextup.RoleCandidate, ID: string(c)}
	w := nextup.Actor{Role: nextup.RoleInterviewer, ID: string(i)}
	d.must("SESSION1", by, nextup.CheckIn{Device: "DEVICE01"})
	d.there(c.Person(), i.Person())
	d.must("SESSION1", w, nextup.Enter{Device: "DEVICE02"})
	state, _ := d.state().Interviewer(i)
	d.must("SESSION1", w, nextup.Take{After: state.Last, Candidate: c, Reason: nextup.Reason{Preset: nextup.PresetKnows}})
	state, _ = d.state().Interviewer(i)
	d.must("SESSION1", by, nextup.Acknowledge{Offer: state.Last})
	d.must("SESSION1", w, nextup.End{Offer: state.Last})
	for item, mark := range map[string]nextup.Assessment{
		"overall": {Rating: verdict}, "note": {Note: note}, "t:t1": {Rating: 4}, "q:q1": {Rating: 3, Note: "answered " + name},
	} {
		mark.Session, mark.Offer, mark.Interviewer, mark.Item = "SESSION1", state.Last, i, item
		if _, err := d.SaveAssessment(context.Background(), mark); err != nil {
			d.t.Fatal(err)
		}
	}
	return state.Last
}

// there says that people are connected and ready.
func (d *desks) there(people ...nextup.PersonID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range people {
		d.sessions["SESSION1"].presence[p] = nextup.Seen{Connected: true, Since: time.Now(), Visible: true, Checked: true}
	}
}

func (d *desks) submit(i nextup.InterviewerID, o nextup.OfferID) {
	d.t.Helper()
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleInterviewer, ID: string(i)}, nextup.Submit{Offer: o})
}

// S3-37: who talked with whom, when and how long, what was thought of it, who was
// not reached, and where turn order was left; for the recruiter and for those who
// held a talk.
func TestS3_37_Summary(t *testing.T) {
	d := newDesks(t)
	maria := d.signedIn("maria@example.test")
	a := d.held(d.first, "CANDIDATEA", "Åsa Öberg", 3, "Calm and clear")
	d.submit(d.first, a)
	b := d.held(d.second, "CANDIDATEB", "Ola Nordmann", 1, "Late")
	d.submit(d.second, b)
	d.candidate("CANDIDATEC", "Kari Hansen") // never comes
	waits := d.candidate("CANDIDATED", "Elif Yılmaz")
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: string(waits)}, nextup.CheckIn{Device: "DEVICE01"})
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: "CANDIDATEA"}, nextup.Respond{Interest: nextup.InterestYes})

	row := func(page tree, name string) string {
		for _, tr := range page.one("section", "aria-labelledby", "talks").all("tr") {
			if th := tr.all("th", "scope", "row"); len(th) == 1 && th[0].text() == name {
				return tr.text()
			}
		}
		return ""
	}
	// While talks may come: pairings and times, but nobody's marks.
	page := parse(t, d.get(maria, "/sessions/SESSION1/summary"))
	for name, by := range map[string]string{"Åsa Öberg": "Name of INTERVIEWER1", "Ola Nordmann": "Name of INTERVIEWER2"} {
		if r := row(page, name); !strings.Contains(r, by) || !strings.Contains(r, "0 min") || !strings.Contains(r, "shown later") {
			t.Errorf("%s: %q", name, r)
		}
	}
	says := page.one("main").text()
	for _, want := range []string{"Kari Hansen", "Elif Yılmaz", "Name of INTERVIEWER1 took Åsa Öberg out of turn", "Has extra knowledge of the candidate"} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, never := range []string{"Calm and clear", "Late", "answered", "Job interesting?"} {
		if strings.Contains(says, never) {
			t.Errorf("%q is shown before all talks are done", never)
		}
	}
	if len(page.one("svg", "class", "gantt").all("rect", "class", "talk")) != 2 {
		t.Error("the timeline does not show two talks")
	}
	for _, th := range page.one("section", "aria-labelledby", "talks").all("th") {
		if th.attr("scope") == "" {
			t.Errorf("<th>%s</th> without scope", th.text())
		}
	}

	// An interviewer sees his own marks now, the colleague's only when all talks are done.
	c, at := d.letIn(d.first)
	says = parse(t, d.get(c, at+"/summary")).one("main").text()
	if !strings.Contains(says, "Calm and clear") || strings.Contains(says, "Late") || strings.Contains(says, "answered Ola") || !strings.Contains(says, "Ola Nordmann") {
		t.Errorf("interviewer, running: %q", says)
	}
	d.must("SESSION1", d.maria.by(), nextup.Close{})
	says = parse(t, d.get(c, at+"/summary")).one("main").text()
	if !strings.Contains(says, "Late") || !strings.Contains(says, "1 of 1") {
		t.Errorf("interviewer, closed: %q", says)
	}
	// All talks are done: everything.
	page = parse(t, d.get(maria, "/sessions/SESSION1/summary"))
	if r := row(page, "Åsa Öberg"); !strings.Contains(r, "Interesting") || !strings.Contains(r, "Yes") || !strings.Contains(r, "4") {
		t.Errorf("Åsa: %q", r)
	}
	if r := row(page, "Ola Nordmann"); !strings.Contains(r, "No answer yet") {
		t.Errorf("Ola: %q", r)
	}
	says = page.one("main").text()
	for _, want := range []string{"Calm and clear", "Late", "PlantedQuestion one", "answered Åsa Öberg", "PlantedTrait", "Elif Yılmaz Not reached", "Taken up in 2 of 2 talks.", "Taken up in 0 of 2 talks."} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is missing", want)
		}
	}
	// Sorted as asked; a made-up order is the order of time.
	order := func(sort string) (names []string) {
		for _, tr := range parse(t, d.get(maria, "/sessions/SESSION1/summary?sort="+sort)).one("section", "aria-labelledby", "talks").all("th", "scope", "row") {
			names = append(names, tr.text())
		}
		return names
	}
	if a, b, c, x := order("time"), order("name"), order("verdict"), order("evil"); !slices.Equal(a, []string{"Åsa Öberg", "Ola Nordmann"}) ||
		!slices.Equal(b, []string{"Ola Nordmann", "Åsa Öberg"}) || !slices.Equal(c, a) || !slices.Equal(x, a) {
		t.Errorf("time %v, name %v, verdict %v, made up %v", a, b, c, x)
	}
}

// The summary is for those who took part, with their cookie.
func TestSummaryIsForThoseWhoTookPart(t *testing.T) {
	d := newDesks(t)
	d.submit(d.first, d.held(d.first, "CANDIDATEA", "Åsa Öberg", 3, "Calm"))
	c, at := d.letIn(d.second) // let in, but held no talk
	if g := d.get(c, at+"/summary"); g.StatusCode != http.StatusForbidden || strings.Contains(g.body, "Åsa") {
		t.Errorf("held none: %d", g.StatusCode)
	}
	_, at = d.letIn(d.first)
	if g := d.get(d.browser(), at+"/summary"); g.StatusCode != http.StatusForbidden || strings.Contains(g.body, "Åsa") {
		t.Errorf("without the PIN: %d", g.StatusCode)
	}
	if g := d.get(c, at+"/summary"); g.StatusCode != http.StatusForbidden || strings.Contains(g.body, "Åsa") {
		t.Errorf("with another interviewer's cookie: %d", g.StatusCode)
	}
	for _, path := range []string{"/c/" + d.server.links.candidate("SESSION1", "CANDIDATEA") + "/summary", "/s/" + d.server.links.signUp("SESSION1") + "/summary"} {
		if g := d.get(d.browser(), path); g.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, g.StatusCode)
		}
	}
}

// One who still has to submit his own assessment of a candidate sees no colleague's of that candidate.
func TestSummaryHidesUntilSubmitted(t *testing.T) {
	d := newDesks(t)
	a := d.held(d.first, "CANDIDATEA", "Åsa Öberg", 3, "First's words")
	d.submit(d.first, a)
	b := d.held(d.second, "CANDIDATEB", "Ola Nordmann", 2, "Second's words")
	// The second interviewer has talked with Åsa too, and has not submitted that.
	d.mu.Lock()
	st := &d.sessions["SESSION1"].state
	extra := st.Talks[0]
	extra.Offer, extra.Interviewer, extra.WrittenUp = b+1, d.second, time.Time{}
	st.Talks = append(st.Talks, extra)
	st.Phase = nextup.PhaseClosed
	d.mu.Unlock()
	c, at := d.letIn(d.second)
	says := parse(t, d.get(c, at+"/summary")).one("main").text()
	if strings.Contains(says, "First's words") || !strings.Contains(says, "shown later") {
		t.Errorf("%q", says)
	}
	if !strings.Contains(says, "Second's words") {
		t.Error("his own are hidden from him")
	}
}

func TestSummaryOfNothing(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	if says := parse(t, d.get(c, "/sessions/SESSION1/summary")).one("main").text(); !strings.Contains(says, "No talks have been held") {
		t.Errorf("%q", says)
	}
	if g := d.get(c, "/sessions/SESSION1/summary.csv"); g.StatusCode != http.StatusOK {
		t.Errorf("csv: %d", g.StatusCode)
	}
}

func readCSV(t *testing.T, body string) [][]string {
	t.Helper()
	rest, marked := strings.CutPrefix(body, "\ufeff")
	if !marked {
		t.Error("no byte order mark: Excel would take it for another encoding")
	}
	r := csv.NewReader(strings.NewReader(rest))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// T18: no cell can be taken for a formula.
func TestSummaryCSV(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	d.submit(d.first, d.held(d.first, "CANDIDATEA", `=HYPERLINK("https://evil.example")`, 3, "+46 70 \"quoted\"; and\nlines"))
	d.candidate("CANDIDATEB", "@SUM(A1)")
	d.must("SESSION1", d.maria.by(), nextup.Close{})
	g := d.get(c, "/sessions/SESSION1/summary.csv")
	if !strings.HasPrefix(g.Header.Get("Content-Type"), "text/csv") || !strings.Contains(g.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", g.Header)
	}
	rows := readCSV(t, g.body)
	if len(rows) != 3 {
		t.Fatalf("%q", rows)
	}
	column := func(row int, head string) string {
		for i, h := range rows[0] {
			if h == head {
				return rows[row][i]
			}
		}
		t.Fatalf("no column %q in %q", head, rows[0])
		return ""
	}
	for head, want := range map[string]string{
		"Candidate": `'=HYPERLINK("https://evil.example")`, "Interviewer": "Name of INTERVIEWER1", "Overall": "Interesting",
		"Note": "'+46 70 \"quoted\"; and\nlines", "Turn": "1", "Minutes": "0", "Submitted": "Yes", "State": "Done",
		"PlantedTrait": "4", "PlantedQuestion one": "3", "PlantedQuestion one, note": "answered =HYPERLINK(\"https://evil.example\")", "PlantedQuestion two": "",
	} {
		if got := column(1, head); got != want {
			t.Errorf("%s: %q, want %q", head, got, want)
		}
	}
	if column(2, "Candidate") != "'@SUM(A1)" || column(2, "Interviewer") != "" {
		t.Errorf("%q", rows[2])
	}
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			t.Errorf("%d cells in a table of %d columns", len(row), len(rows[0]))
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "+1", "-1", "@a", "\t=1", "\r=1", "\x00=1", " =1", "plain", "'=1", "\n=1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := cell(s)
		if got != s && got != "'"+s {
			t.Fatalf("%q became %q", s, got)
		}
		if strings.IndexAny(got, "=+-@\t\r\x00") == 0 || strings.HasPrefix(strings.TrimLeft(got, " \n"), "=") {
			t.Errorf("%q stays a formula: %q", s, got)
		}
	})
}

// The drawing stays inside itself, whatever the times are.
func TestTimelineStaysInside(t *testing.T) {
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, length := range []time.Duration{0, time.Second, 10 * time.Minute, 5 * time.Hour, 80 * time.Hour} {
		n := nextup.Snapshot{Now: start.Add(100 * time.Hour), People: map[nextup.PersonID]nextup.Person{}, State: nextup.Session{
			Settings: nextup.Settings{Zone: "Europe/Stockholm"}, Interviewers: []nextup.Interviewer{{ID: "I1"}, {ID: "I2"}},
			Candidates: map[nextup.CandidateID]nextup.Candidate{}, Phase: nextup.PhaseClosed, ClosedAt: start.Add(length * 3),
		}}
		for i := range 6 {
			at := start.Add(time.Duration(i) * length / 2)
			id := nextup.CandidateID(fmt.Sprint("C", i))
			n.State.Talks = append(n.State.Talks, nextup.Talk{
				Offer: nextup.OfferID(i + 1), Candidate: id, Interviewer: nextup.InterviewerID(fmt.Sprint("I", 1+i%2)),
				CheckedIn: start.Add(-time.Hour), Started: at, Ended: at.Add(length), WrittenUp: at.Add(length * 2),
			})
			n.State.Candidates[id] = nextup.Candidate{ID: id, Status: nextup.StatusDone}
			n.People[id.Person()] = nextup.Person{Name: strings.Repeat("Långt ", i+1)}
		}
		n.State.Candidates["LAST"] = nextup.Candidate{ID: "LAST", Status: nextup.StatusNotReached, CheckedIn: start}
		n.State.Registered = []nextup.CandidateID{"LAST"}
		v := newTimeline(n, nextup.Summarise(n.State, nil, nextup.Actor{Role: nextup.RoleRecruiter}), map[nextup.OfferID]int{2: 1})
		if len(v.Lanes) != 2 || len(v.Ticks) < 2 || len(v.Ticks) > 11 || v.Most < 6 {
			t.Errorf("%v: %d lanes, %d ticks, %d waited", length, len(v.Lanes), len(v.Ticks), v.Most)
		}
		for _, l := range v.Lanes {
			for _, b := range l.Bars {
				if b.X < timelineLeft-0.1 || b.X+b.W > timelineWidth || b.Y < timelineTop || b.Y+barHeight > v.Height {
					t.Errorf("%v: bar %+v outside", length, b)
				}
				if b.Name != "" && b.TextX+float64(len([]rune(b.Name))*7) > b.X+b.W {
					t.Errorf("%v: %q does not fit", length, b.Name)
				}
			}
		}
	}
}
