package transport

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nextup"
)

// S3-19, S3-44: an interviewer corrects what he submitted from the summary; what it
// replaced is kept and shown with the time, from what and to what.
func TestSummaryCorrection(t *testing.T) {
	d := newDesks(t)
	o := d.held(d.first, "CANDIDATEA", "Åsa Öberg", 3, "First words")
	c, at := d.letIn(d.first)
	form := at + "/correct/" + offerText(o)
	if g := d.get(c, form); g.StatusCode != http.StatusNotFound {
		t.Errorf("before it was submitted: %d", g.StatusCode)
	}
	d.submit(d.first, o)
	if link := parse(t, d.get(c, at+"/summary")).one("a", "data-act", "correct"); link.attr("href") != form {
		t.Errorf("the summary leads to %q", link.attr("href"))
	}
	page := parse(t, d.get(c, form))
	typed := page.one("form", "action", form).fields("")
	for _, item := range []string{"overall", "q:q1", "q:q2", "t:t1"} { // what is checked, as a browser sends it
		typed.Del("rating:" + item)
		for _, radio := range page.all("input", "name", "rating:"+item) {
			if radio.has("checked") {
				typed.Set("rating:"+item, radio.attr("value"))
			}
		}
	}
	if typed.Get("rating:overall") != "3" || typed.Get("note:note") != "First words" || typed.Get("rating:t:t1") != "4" || typed.Get("rating:q:q2") != "0" {
		t.Fatalf("the form is filled with %v", typed)
	}
	typed.Set("rating:overall", "1")
	typed.Set("note:note", "Second words")
	typed.Set("rating:q:q2", "-1")
	if g := d.post(c, form, typed); g.StatusCode != http.StatusSeeOther || !strings.HasPrefix(g.Header.Get("Location"), at+"/summary") {
		t.Fatalf("%d %s", g.StatusCode, g.body)
	}
	page = parse(t, d.get(c, at+"/summary"))
	says := page.one("main").text()
	for _, want := range []string{"Second words", "Changed 3 times after it was submitted", "from Interesting to No", "from First words to Second words", "not asked"} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is missing in %q", want, says)
		}
	}

	// Another tab still has the form as it was: nothing is lost, both are shown.
	typed.Set("note:note", "Third words")
	g := d.post(c, form, typed)
	if says := parse(t, g).one("main").text(); g.StatusCode != http.StatusConflict || !strings.Contains(says, "Third words") || !strings.Contains(says, "Stands now: Second words") {
		t.Errorf("%d %q", g.StatusCode, says)
	}
	if strings.Contains(parse(t, d.get(c, at+"/summary")).one("main").text(), "Third words") {
		t.Error("what was out of date was saved")
	}

	// Nobody else corrects it, and no other mark gets in.
	other, elsewhere := d.letIn(d.second)
	maria := d.signedIn("maria@example.test")
	for path, browser := range map[string]*http.Client{elsewhere + "/correct/" + offerText(o): other, form: other, "/sessions/SESSION1/correct/" + offerText(o): maria, at + "/correct/x": c, at + "/correct/99": c} {
		if g := d.post(browser, path, typed); g.StatusCode != http.StatusNotFound && g.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, g.StatusCode)
		}
	}
	for _, wrong := range []url.Values{{"rating:overall": {"4"}}, {"rating:t:t1": {"-1"}}, {"rating:q:q1": {"six"}}, {"revision:note": {"many"}}} {
		bad := url.Values{}
		for k, v := range typed {
			bad[k] = v
		}
		for k, v := range wrong {
			bad[k] = v
		}
		if g := d.post(c, form, bad); g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", wrong, g.StatusCode)
		}
	}
	if all, _ := d.Corrections(t.Context(), "SESSION1"); len(all) != 3 {
		t.Errorf("%d corrections, want 3", len(all))
	}
}

// S3-47: who took part reads the summary with link and PIN, also one who joined; who
// did not, only when the recruiter lets him, until he no longer does; a recruiter any
// later day.
func TestS3_47_WhoReadsTheSummary(t *testing.T) {
	d := newDesks(t)
	d.submit(d.first, d.held(d.first, "CANDIDATEA", "Åsa Öberg", 3, "Calm"))
	d.must("SESSION1", d.maria.by(), nextup.Close{})
	c, at := d.letIn(d.second)
	status := func() int { return d.get(c, at+"/summary").StatusCode }
	for _, path := range []string{"/summary", "/summary/now", "/summary.pdf", "/correct/1"} {
		if g := d.get(c, at+path); g.StatusCode != http.StatusForbidden || strings.Contains(g.body, "Åsa") {
			t.Errorf("%s without having taken part: %d", path, g.StatusCode)
		}
	}
	d.must("SESSION1", d.maria.by(), nextup.Grant{Interviewer: d.second})
	if got := status(); got != http.StatusOK {
		t.Errorf("granted: %d", got)
	}
	d.must("SESSION1", d.maria.by(), nextup.Revoke{Interviewer: d.second})
	if got := status(); got != http.StatusForbidden {
		t.Errorf("taken back: %d", got)
	}
	d.mu.Lock()
	d.sessions["SESSION1"].state.Talks[0].Panel = []nextup.InterviewerID{d.second}
	d.mu.Unlock()
	if got := status(); got != http.StatusOK {
		t.Errorf("joined the talk: %d", got)
	}
	maria := d.signedIn("maria@example.test")
	d.server.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
	if g := d.get(maria, "/sessions/SESSION1/summary"); g.StatusCode != http.StatusOK || !strings.Contains(g.body, "Calm") {
		t.Errorf("the recruiter the next day: %d", g.StatusCode)
	}
	sven := d.signedIn("sven@elsewhere.test")
	for _, path := range []string{"/summary/now", "/summary.pdf", "/correct/1"} {
		if g := d.get(sven, "/sessions/SESSION1"+path); g.StatusCode != http.StatusNotFound {
			t.Errorf("a stranger's %s: %d", path, g.StatusCode)
		}
	}
}

// A page that has not changed is not sent again; when it has, it is.
func TestSummaryNow(t *testing.T) {
	d := newDesks(t)
	d.crowd(3)
	c := d.signedIn("maria@example.test")
	ask := func(tag string) got {
		r, err := http.NewRequest(http.MethodGet, d.http.URL+"/sessions/SESSION1/summary/now", nil)
		if err != nil {
			t.Fatal(err)
		}
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		return d.send(c, r)
	}
	first := ask("")
	tag := first.Header.Get("ETag")
	if first.StatusCode != http.StatusOK || tag == "" || !strings.Contains(first.body, "Øystein") {
		t.Fatalf("%d %q", first.StatusCode, tag)
	}
	if g := ask(tag); g.StatusCode != http.StatusNotModified || g.body != "" {
		t.Errorf("unchanged: %d", g.StatusCode)
	}
	if _, err := d.CorrectAssessment(t.Context(), nextup.Assessment{Session: "SESSION1", Offer: 1, Interviewer: d.first, Item: "overall", Rating: 3, Revision: 1}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if g := ask(tag); g.StatusCode != http.StatusOK || g.Header.Get("ETag") == tag {
		t.Errorf("changed: %d", g.StatusCode)
	}
}

// S3-16, S3-50, S3-64: what each was asked, how turn order was left and by whom, who
// was not reached; a talk of two has both voices.
func TestS3_50_SummaryOfACrowd(t *testing.T) {
	d := newDesks(t)
	d.crowd(12)
	maria := d.signedIn("maria@example.test")
	page := parse(t, d.get(maria, "/sessions/SESSION1/summary"))
	says := page.one("main").text()
	for _, want := range []string{
		"took Maximiliana Konstantinopolitanska-Andersson out of turn", "Känner henne från praktiken: =1+1", "handed Łukasz Dvořák over to a colleague",
		"Not reached", "4 min over time", "Left out on purpose in 4.", "taken off the list since", "Det lät som ett bra jobb, men långt bort.",
	} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is missing", want)
		}
	}
	voices := 0
	for _, body := range page.one("section", "aria-labelledby", "talks").all("tbody") {
		if th := body.all("th"); len(th) == 1 && th[0].text() == "Elif Yılmaz" {
			voices = len(body.all("tr"))
		}
	}
	if voices != 2 {
		t.Errorf("a talk of two has %d voices", voices)
	}
	if n := len(page.all("rect", "class", "talk talk--panel")); n != 2 {
		t.Errorf("the panel is drawn in %d lanes", n)
	}
	if len(page.all("rect", "class", "over")) != 1 || len(page.one("svg", "class", "gantt").all("path", "class", "pass")) != 1 {
		t.Error("overrun or hand-over is not drawn")
	}
	if got := len(page.one("table", "class", "tbl compare").all("tr")); got != 1+12+1+1 {
		t.Errorf("%d lines side by side", got)
	}
}
