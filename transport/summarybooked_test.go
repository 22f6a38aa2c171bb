package transport

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nextup"
)

// K4: the summary's fairness record shows chosen times, and being met by one's time is
// in turn: on the page, in the table and in the file, in each language.
func TestSummaryShowsChosenTimes(t *testing.T) {
	d := newDesks(t)
	now := time.Now()
	book := func(id nextup.CandidateID, at time.Time) {
		d.must("SESSION1", nextup.TheClock, nextup.Book{Candidate: id, At: at})
	}
	for _, id := range []nextup.CandidateID{"CANDIDATEA", "CANDIDATEB", "CANDIDATEC"} {
		d.candidate(id, "Name of "+string(id))
	}
	book("CANDIDATEB", now)
	book("CANDIDATEC", now.Add(-10*time.Minute))
	for _, id := range []nextup.CandidateID{"CANDIDATEA", "CANDIDATEC", "CANDIDATEB"} {
		d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, nextup.CheckIn{Device: "DEVICE01"})
		d.there(id.Person())
	}
	ina := nextup.Actor{Role: nextup.RoleInterviewer, ID: string(d.first)}
	d.there(d.first.Person())
	d.must("SESSION1", ina, nextup.Enter{Device: "DEVICE02"})
	var met []nextup.CandidateID
	for range 3 {
		i, _ := d.state().Interviewer(d.first)
		d.must("SESSION1", ina, nextup.Next{After: i.Last})
		i, _ = d.state().Interviewer(d.first)
		met = append(met, i.Offer.Candidate)
		d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: string(i.Offer.Candidate)}, nextup.Acknowledge{Offer: i.Last})
		d.must("SESSION1", ina, nextup.End{Offer: i.Last})
	}
	if met[0] != "CANDIDATEB" || met[1] != "CANDIDATEA" || met[2] != "CANDIDATEC" {
		t.Fatalf("met %v", met)
	}
	d.must("SESSION1", ina, nextup.Submit{Offer: 3})
	d.must("SESSION1", d.maria.by(), nextup.Close{})

	c := d.signedIn("maria@example.test")
	zone := d.state().Settings.Zone
	clock := func(at time.Time) string { return in(at, zone).Format("15:04") }
	for lang, want := range map[string]struct{ head, late, rule, moved string }{
		"en": {"Chosen time", "came too late for it", "A chosen time is a promised place", "not in turn"},
		"sv": {"Vald tid", "kom för sent till den", "En vald tid är en utlovad plats", "inte i turordning"},
		"nb": {"Valgt tid", "kom for sent til den", "En valgt tid er en lovet plass", "ikke etter tur"},
	} {
		c.Jar.SetCookies(mustURL(t, d.http.URL), []*http.Cookie{{Name: languageCookie, Value: lang, Path: "/"}})
		page := parse(t, d.get(c, "/sessions/SESSION1/summary")).one("section", "aria-labelledby", "fair")
		var rows []string
		for _, tr := range page.one("tbody", "").all("tr") {
			rows = append(rows, strings.Join(strings.Fields(tr.text()), " "))
		}
		if len(rows) != 3 || !strings.HasPrefix(rows[0], "1Name of CANDIDATEB"+clock(now)) ||
			!strings.HasPrefix(rows[1], "2Name of CANDIDATEA2") || !strings.HasPrefix(rows[2], "3Name of CANDIDATEC"+clock(now.Add(-10*time.Minute))+" "+want.late) {
			t.Errorf("%s: %q", lang, rows)
		}
		if all := page.text(); !strings.Contains(all, want.head) || !strings.Contains(all, want.rule) || strings.Contains(all, want.moved) {
			t.Errorf("%s: %s", lang, all)
		}
		table := readCSV(t, d.get(c, "/sessions/SESSION1/summary.csv").body)
		column := -1
		for i, head := range table[0] {
			if head == want.head {
				column = i
			}
		}
		if column < 0 || table[1][column] != in(now, zone).Format("2006-01-02 15:04") || table[2][column] != "" {
			t.Errorf("%s: column %d of %q", lang, column, table)
		}
		file := strings.Join(pdfText(t, []byte(d.get(c, "/sessions/SESSION1/summary.pdf").body)), "")
		file = strings.Join(strings.Fields(file), " ")
		for _, words := range []string{want.head, want.late, want.rule, clock(now)} {
			if !strings.Contains(file, words) {
				t.Errorf("%s: the file lacks %q", lang, words)
			}
		}
	}
}

// A session of its own knows nothing of chosen times.
func TestSummaryWithoutChosenTimes(t *testing.T) {
	d := newDesks(t)
	d.submit(d.first, d.held(d.first, "CANDIDATEA", "Anna", 3, ""))
	page := d.get(d.signedIn("maria@example.test"), "/sessions/SESSION1/summary").body
	if strings.Contains(page, "summary.col.booked") || strings.Contains(page, "summary.fairBooked") {
		t.Error("the summary speaks of chosen times")
	}
}

// Who took part and was removed since keeps reading the summary, and changes nothing.
func TestRemovedInterviewerReadsSummary(t *testing.T) {
	d := newDesks(t)
	browser, at := d.letIn(d.first)
	other, elsewhere := d.letIn(d.second)
	offer := d.held(d.first, "CANDIDATEA", "Anna", 3, "")
	d.submit(d.first, offer)
	third := nextup.InterviewerID("INTERVIEWER3")
	d.must("SESSION1", d.maria.by(), nextup.Configure{Settings: d.state().Settings, Interviewers: []nextup.InterviewerID{third}})
	if i, _ := d.state().Interviewer(d.first); !i.Removed {
		t.Fatal("not removed")
	}
	door := d.get(browser, at)
	if door.StatusCode != http.StatusGone || len(parse(t, door).all("a", "href", at+"/summary")) != 1 {
		t.Errorf("%d, no way to the summary: %s", door.StatusCode, door.body)
	}
	page := d.get(browser, at+"/summary")
	if page.StatusCode != http.StatusOK || !strings.Contains(page.body, "Anna") || strings.Contains(page.body, at+"/correct") {
		t.Errorf("%d: %s", page.StatusCode, page.body)
	}
	if g := d.get(browser, at+"/correct/"+offerText(offer)); g.StatusCode != http.StatusForbidden {
		t.Errorf("correcting: %d", g.StatusCode)
	}
	if g := d.get(other, elsewhere+"/summary"); g.StatusCode != http.StatusForbidden {
		t.Errorf("who took no part: %d", g.StatusCode)
	}
	if g := d.get(other, elsewhere); len(parse(t, g).all("a", "href", elsewhere+"/summary")) != 0 {
		t.Error("who took no part is shown the way")
	}
	if g := d.get(d.browser(), at+"/summary"); g.StatusCode != http.StatusForbidden {
		t.Errorf("without PIN: %d", g.StatusCode)
	}
}
