package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// going is a session at work: Johan talks with Åsa, Ola and Jane wait, Ali did not
// come, Maija is registered, Elif withdrew.
func (d *desks) going() {
	d.t.Helper()
	for i, p := range []struct{ name, lang, needs, phone string }{
		{"Åsa Öberg", "sv", "", "070-123 45 67"},
		{"Ola Nordmann", "nb", "Tegnspråktolk", ""},
		{"Jane Okafor", "en", "", ""},
		{"Ali Hassan", "sv", "", ""},
		{"Maija Niemelä", "en", "", ""},
		{"Elif Yılmaz", "sv", "", ""},
	} {
		id := nextup.CandidateID(fmt.Sprint("CANDIDATE", i+1))
		o := nextup.Order{
			ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: id},
			People: []nextup.Person{{ID: id.Person(), Role: nextup.RoleCandidate, Name: p.name, Email: fmt.Sprintf("c%d@example.test", i+1), Language: p.lang, Phone: p.phone}},
		}
		if p.needs != "" {
			o.Texts = []nextup.Text{{ID: nextup.NeedsText(id), Body: p.needs}}
		}
		if _, err := d.Do(context.Background(), d.session, o); err != nil {
			d.t.Fatal(err)
		}
	}
	for _, id := range []string{"CANDIDATE1", "CANDIDATE2", "CANDIDATE3", "CANDIDATE4"} {
		d.must(d.session, as(nextup.RoleCandidate, id), nextup.CheckIn{Device: nextup.DeviceID("device" + id)})
		d.seen(nextup.PersonID(id), nextup.Seen{Connected: true, Visible: true, Checked: true, Since: time.Now()})
	}
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE6"), nextup.Withdraw{})
	d.seen("INTERVIEWER1", nextup.Seen{Connected: true, Visible: true, Since: time.Now()})
	d.must(d.session, as(nextup.RoleInterviewer, "INTERVIEWER1"), nextup.Enter{Device: "deviceI1"})
	d.must(d.session, as(nextup.RoleInterviewer, "INTERVIEWER1"), nextup.Next{})
	w, _ := d.state().Interviewer("INTERVIEWER1")
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE1"), nextup.Acknowledge{Offer: w.Offer.ID})
	d.must(d.session, nextup.TheClock, nextup.Tick{})
}

func as(role nextup.Role, id string) nextup.Actor { return nextup.Actor{Role: role, ID: id} }

// seen says how somebody's connection stands.
func (d *desks) seen(p nextup.PersonID, s nextup.Seen) {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	d.sessions[d.session].presence[p] = s
}

// noShow makes a candidate one who did not come, as the clock does.
func (d *desks) noShow(id nextup.CandidateID) {
	d.t.Helper()
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	s := d.sessions[d.session]
	s.state = nextup.Evolve(s.state, nextup.Recorded{Version: s.state.Version + 1, At: time.Now(), By: nextup.TheClock, Event: nextup.NoShow{Candidate: id}})
}

func (d *desks) now(c *http.Client) (v overviewNow) {
	d.t.Helper()
	g := d.get(c, "/sessions/"+string(d.session)+"/now")
	if err := json.Unmarshal([]byte(g.body), &v); err != nil {
		d.t.Fatal(err)
	}
	return v
}

func names(rows []waitNow) (all []string) {
	for _, r := range rows {
		all = append(all, r.Name)
	}
	return all
}

// The recruiter follows the session: who talks with whom, who waits in which order,
// who did not come, who is done, when it will be over.
func TestS3_37_LiveBoard(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	if page := parse(t, d.get(c, "/sessions/SESSION1")); len(page.all("div", "data-board", "")) != 1 {
		t.Error("a running session has no board")
	}
	d.going()
	d.noShow("CANDIDATE4")
	b := d.now(c).Board
	if b == nil {
		t.Fatal("no board")
	}
	if b.Waiting != 2 || b.Talking != 1 || b.Done != 0 || b.Registered != 5 || b.Tested != 4 {
		t.Errorf("%+v", b)
	}
	if !slices.Equal(names(b.Queue), []string{"Ola Nordmann", "Jane Okafor"}) || !slices.Equal(names(b.Missing), []string{"Ali Hassan"}) {
		t.Errorf("queue %v, missing %v", names(b.Queue), names(b.Missing))
	}
	if b.Queue[0].Needs != "Tegnspråktolk" || b.Work[0].With != "Åsa Öberg" || b.Work[0].Since == "" || b.Work[0].Left != 10 || b.Work[1].With != "" {
		t.Errorf("%+v %+v", b.Queue[0], b.Work)
	}
	if last, err := time.Parse(time.RFC3339, b.Last); err != nil || last.Before(time.Now().Add(20*time.Minute)) || b.Unreached != 0 || b.Late != 0 || b.Nobody {
		t.Errorf("ends at %q: %+v", b.Last, b)
	}
	// Asked again, nothing has changed, and nothing is sent; then something has.
	g := d.get(c, "/sessions/SESSION1/now")
	ask := func() got {
		r, err := http.NewRequest(http.MethodGet, d.http.URL+"/sessions/SESSION1/now", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("If-None-Match", g.Header.Get("ETag"))
		return d.send(c, r)
	}
	if again := ask(); again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("asked again: %d %s", again.StatusCode, again.body)
	}
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE3"), nextup.Hold{})
	if again := ask(); again.StatusCode != http.StatusOK {
		t.Errorf("after a change: %d", again.StatusCode)
	}

	// A wrong no-show is put right, in his old place.
	if g := d.post(c, "/sessions/SESSION1/reinstate", url.Values{"candidate": {"CANDIDATE4"}}); g.Header.Get("Location") != "/sessions/SESSION1?done=reinstate" {
		t.Fatalf("reinstate: %d %s", g.StatusCode, g.Header.Get("Location"))
	}
	if b = d.now(c).Board; len(b.Missing) != 0 || len(b.Queue) != 3 {
		t.Errorf("reinstated: %v %v", names(b.Queue), names(b.Missing))
	}
}

// A line to everybody who waits: shown to them at once, to the recruiter as it
// stands, and taken away.
func TestAnnouncement(t *testing.T) {
	d := newDesks(t)
	d.going()
	c := d.signedIn("maria@example.test")
	line := func() string {
		n, err := d.Look(context.Background(), d.session)
		if err != nil {
			t.Fatal(err)
		}
		return n.ViewOfCandidate("CANDIDATE2", "deviceCANDIDATE2").Line
	}
	if g := d.post(c, "/sessions/SESSION1/announce", url.Values{"line": {"  Vi är tio\r\nminuter <b>sena</b> "}}); g.StatusCode != http.StatusSeeOther {
		t.Fatal(g.StatusCode)
	}
	if got := line(); got != "Vi är tio minuter <b>sena</b>" {
		t.Errorf("the waiting read %q", got)
	}
	page := parse(t, d.get(c, "/sessions/SESSION1?done=announce"))
	if got := page.one("q", "data-line", "").text(); got != "Vi är tio minuter <b>sena</b>" {
		t.Errorf("shown as %q", got)
	}
	long := strings.Repeat("å", maxLine+1)
	g := d.post(c, "/sessions/SESSION1/announce", url.Values{"line": {long}})
	if g.StatusCode != http.StatusUnprocessableEntity || parse(t, g).one("input", "id", "line").attr("value") != long || line() != "Vi är tio minuter <b>sena</b>" {
		t.Errorf("too long: %d", g.StatusCode)
	}
	d.post(c, "/sessions/SESSION1/announce", url.Values{"line": {"whatever stands there"}, "clear": {"1"}})
	if got := line(); got != "" {
		t.Errorf("taken away, the waiting read %q", got)
	}
}

// S3-64: who still waits at the end is told, and the recruiter sees who was not
// reached; taken up again until a new end, they wait in their order.
func TestS3_64_NotReachedAndReopened(t *testing.T) {
	d := newDesks(t)
	d.going()
	c := d.signedIn("maria@example.test")
	d.must(d.session, as(nextup.RoleInterviewer, "INTERVIEWER1"), nextup.End{Offer: 1})
	if says := parse(t, d.get(c, "/sessions/SESSION1")).one("form", "action", "/sessions/SESSION1/close").text(); !strings.Contains(says, "3 are waiting") {
		t.Errorf("before closing: %q", says)
	}
	if g := d.post(c, "/sessions/SESSION1/close", nil); g.StatusCode != http.StatusSeeOther {
		t.Fatal(g.StatusCode)
	}
	v := d.now(c)
	if v.State != "closed" || v.Board.NotReached != 3 {
		t.Errorf("%s, %d not reached", v.State, v.Board.NotReached)
	}
	for _, id := range []string{"CANDIDATE2", "CANDIDATE3"} {
		row := parse(t, d.get(c, "/sessions/SESSION1")).one("tr", "data-id", id)
		if !strings.Contains(row.text(), "Not reached") {
			t.Errorf("%s: %q", id, row.text())
		}
	}
	zone, _ := time.LoadLocation("Europe/Stockholm")
	at := "/sessions/SESSION1/reopen"
	for _, x := range []struct{ date, clock string }{{"", ""}, {"2026-13-01", "10:00"}, {"2020-01-01", "10:00"}, {time.Now().AddDate(0, 0, 3).In(zone).Format(time.DateOnly), "10:00"}} {
		g := d.post(c, at, url.Values{"date": {x.date}, "clock": {x.clock}})
		page := parse(t, g)
		if g.StatusCode != http.StatusUnprocessableEntity || page.one("input", "id", "reopen-date").attr("value") != x.date || len(page.one("details", "id", "reopen").all("p", "id", "reopen-fault")) != 1 {
			t.Errorf("%v: %d", x, g.StatusCode)
		}
	}
	ends := time.Now().Add(2 * time.Hour).In(zone).Truncate(time.Minute)
	g := d.post(c, at, url.Values{"date": {ends.Format(time.DateOnly)}, "clock": {ends.Format("15:04")}})
	if g.Header.Get("Location") != "/sessions/SESSION1?done=reopen" {
		t.Fatalf("%d %s", g.StatusCode, g.body)
	}
	v = d.now(c)
	if v.State != "running" || !slices.Equal(names(v.Board.Queue), []string{"Ola Nordmann", "Jane Okafor", "Ali Hassan"}) || v.Board.Ends != ends.Format(time.RFC3339) {
		t.Errorf("%s until %s: %v", v.State, v.Board.Ends, names(v.Board.Queue))
	}
}

// S3-38: an interviewer is added while the session runs and takes the next candidate;
// removed, he gets no more.
func TestS3_38_AddInterviewerWhileRunning(t *testing.T) {
	d := newDesks(t)
	d.going()
	c := d.signedIn("maria@example.test")
	at := "/sessions/SESSION1/interviewers"
	for _, x := range []struct{ name, email, marked string }{
		{"", "i3@example.test", "seat-name-fault"}, {"Ingrid", "nowhere", "seat-email-fault"}, {"Ingrid", "interviewer1@example.test", "seat-email-fault"},
	} {
		g := d.post(c, at, url.Values{"name": {x.name}, "email": {x.email}})
		page := parse(t, g)
		if g.StatusCode != http.StatusUnprocessableEntity || len(page.all("p", "id", x.marked)) != 1 || page.one("input", "id", "seat-email").attr("value") != x.email {
			t.Errorf("%v: %d", x, g.StatusCode)
		}
	}
	if g := d.post(c, at, url.Values{"name": {"Ingrid Dahl"}, "email": {"i3@example.test"}}); g.Header.Get("Location") != "/sessions/SESSION1?done=add" {
		t.Fatalf("%d %s", g.StatusCode, g.body)
	}
	s := d.state()
	third := s.Interviewers[2].ID
	if len(s.Interviewers) != 3 || !slices.Contains(d.sessions["SESSION1"].mails, nextup.Mail{Kind: nextup.MailInvitation, Person: third.Person()}) {
		t.Fatal("no third interviewer, or no mail to him")
	}
	// S3-39: with nothing but what the mail holds, in a clean browser.
	l, err := d.server.Letter(context.Background(), "SESSION1", nextup.Mail{Kind: nextup.MailInvitation, Person: third.Person()})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("S3-39 an interviewer without an account", func(t *testing.T) {
		clean := d.browser()
		if g := d.post(clean, pathOf(l.Link), url.Values{"pin": {l.PIN}}); g.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d", g.StatusCode)
		}
		k, _ := d.connect(clean, pathOf(l.Link), "deviceI3")
		k.command("enter", "")
		k.command("next", `,"after":0`)
		if w, _ := d.state().Interviewer(third); w.Offer.Candidate != "CANDIDATE2" {
			t.Errorf("he was offered %q", w.Offer.Candidate)
		}
	})
	// Two who change the list at once lose nothing of each other's.
	stale, err := d.Look(context.Background(), "SESSION1")
	if err != nil {
		t.Fatal(err)
	}
	d.must("SESSION1", d.maria.by(), nextup.Configure{Settings: s.Settings, Interviewers: []nextup.InterviewerID{"INTERVIEWER1", "INTERVIEWER2", third, "INTERVIEWER4"}, Version: d.state().Edited})
	r, _ := http.NewRequest(http.MethodPost, "/", nil)
	err = d.server.reseat(r, d.maria, stale, nil, func(ids []nextup.InterviewerID) []nextup.InterviewerID { return append(ids, "INTERVIEWER5") })
	if err != nil || d.state().Active() != 5 {
		t.Errorf("%d interviewers, %v", d.state().Active(), err)
	}
	if g := d.post(c, at+"/remove", url.Values{"interviewer": {string(third)}}); g.StatusCode != http.StatusSeeOther {
		t.Errorf("remove: %d", g.StatusCode)
	}
	if w, _ := d.state().Interviewer(third); !w.Removed {
		t.Error("still there")
	}
	for _, i := range []string{"INTERVIEWER2", "INTERVIEWER4", "INTERVIEWER5"} {
		d.post(c, at+"/remove", url.Values{"interviewer": {i}})
	}
	if g := d.post(c, at+"/remove", url.Values{"interviewer": {"INTERVIEWER1"}}); g.StatusCode != http.StatusConflict || !strings.Contains(g.body, "at least one interviewer") || d.state().Active() != 1 {
		t.Errorf("the last one: %d", g.StatusCode)
	}
}

// S3-40, S3-41: one interviewer's page: link and PIN to copy, send again, renew, why
// the link is locked; his name and address corrected, which renews a link that went
// elsewhere; leave to read the summary given and taken back.
func TestS3_41_InterviewersPage(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	at := "/sessions/SESSION1/interviewers/INTERVIEWER2"
	l := d.server.links
	shows := func() string {
		t.Helper()
		page := parse(t, d.get(c, at))
		var copies []string
		for _, b := range page.all("button") {
			if b.has("data-copy") {
				copies = append(copies, b.attr("data-copy"))
			}
		}
		w, _ := d.state().Interviewer("INTERVIEWER2")
		if want := []string{l.Interviewer("SESSION1", "INTERVIEWER2", w.Generation), spaced(l.PIN("SESSION1", "INTERVIEWER2", w.Generation))}; !slices.Equal(copies, want) {
			t.Errorf("copies %v, want %v", copies, want)
		}
		return page.one("main").text()
	}
	if says := shows(); strings.Contains(says, "locked") || !strings.Contains(says, "10 minutes") {
		t.Errorf("says %q", says)
	}
	for range nextup.MaxWrongPINs {
		d.must("SESSION1", as(nextup.RoleVisitor, ""), nextup.TryPIN{Interviewer: "INTERVIEWER2"})
	}
	if says := shows(); !strings.Contains(says, "locked after five wrong PIN codes") {
		t.Errorf("locked, it says %q", says)
	}
	if g := d.post(c, "/sessions/SESSION1/renew", url.Values{"interviewer": {"INTERVIEWER2"}, "back": {"1"}}); g.Header.Get("Location") != at+"?done=renew" {
		t.Errorf("renew leads to %s", g.Header.Get("Location"))
	}
	if says := shows(); strings.Contains(says, "locked") {
		t.Error("still locked")
	}
	mails := func() int { d.world.mu.Lock(); defer d.world.mu.Unlock(); return len(d.sessions["SESSION1"].mails) }
	before := mails()
	d.post(c, "/sessions/SESSION1/resend", url.Values{"interviewer": {"INTERVIEWER2"}, "back": {"1"}})
	if mails() != before+1 {
		t.Error("no mail is sent again")
	}
	generation := func() int { w, _ := d.state().Interviewer("INTERVIEWER2"); return w.Generation }
	was := generation()
	correct := func(name, email string) got {
		return d.post(c, "/sessions/SESSION1/interviewers/correct", url.Values{"interviewer": {"INTERVIEWER2"}, "name": {name}, "email": {email}})
	}
	if g := correct("Johan Ek", "INTERVIEWER2@example.test"); g.StatusCode != http.StatusSeeOther || generation() != was {
		t.Errorf("a new name alone: %d, link %d", g.StatusCode, generation())
	}
	if g := correct("Johan Ek", "johan@example.test"); g.StatusCode != http.StatusSeeOther || generation() != was+1 {
		t.Errorf("a new address: %d, link %d", g.StatusCode, generation())
	}
	if g := correct("Johan Ek", "INTERVIEWER1@example.test"); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, "seat-email-fault") {
		t.Errorf("a colleague's address: %d", g.StatusCode)
	}
	d.post(c, "/sessions/SESSION1/grant", url.Values{"interviewer": {"INTERVIEWER2"}, "back": {"1"}})
	if w, _ := d.state().Interviewer("INTERVIEWER2"); !w.Summary || !strings.Contains(shows(), "May read the whole summary") {
		t.Error("not granted")
	}
	d.post(c, "/sessions/SESSION1/revoke", url.Values{"interviewer": {"INTERVIEWER2"}, "back": {"1"}})
	if w, _ := d.state().Interviewer("INTERVIEWER2"); w.Summary {
		t.Error("not revoked")
	}
}

// S3-42: one candidate's page: the personal link to copy though no mail arrives, what
// became of each mail and what to do, the link to the application, and erasure.
func TestS3_42_CandidatesPage(t *testing.T) {
	d := newDesks(t, func(c *Config) { c.SMTP = true })
	d.going()
	c := d.signedIn("maria@example.test")
	at := "/sessions/SESSION1/candidates/CANDIDATE2"
	d.office.posted = []Posted{{ID: 99, Session: "SESSION1", Kind: nextup.MailConfirmation, Person: "CANDIDATE2", Created: time.Now(), State: PostFailed, Cause: "no_address 550 5.1.1", Done: time.Now()}}
	page := parse(t, d.get(c, at))
	says := page.one("main").text()
	for _, want := range []string{"Ola Nordmann", "c2@example.test", "Tegnspråktolk", "Did not arrive", "The address does not exist (550 5.1.1)", "copy the link and send it another way", "10 minutes"} {
		if !strings.Contains(says, want) {
			t.Errorf("does not say %q: %q", want, says)
		}
	}
	if link := page.one("span", "data-link", "own").text(); link != d.server.links.Candidate("SESSION1", "CANDIDATE2") {
		t.Errorf("the link is %q", link)
	}
	if says := parse(t, d.get(c, "/sessions/SESSION1/candidates/CANDIDATE1")).one("main").text(); !strings.Contains(says, "070-123 45 67") || !strings.Contains(says, "Name of INTERVIEWER1") {
		t.Errorf("telephone or talk missing: %q", says)
	}
	if g := d.get(d.signedIn("sven@elsewhere.test"), at); g.StatusCode != http.StatusNotFound || strings.Contains(g.body, "Ola") {
		t.Errorf("a stranger: %d", g.StatusCode)
	}

	// The link to the application: https only, shown to interviewers, never to the candidate.
	for _, bad := range []string{"http://example.test/cv", "javascript:alert(1)", "https://", "https://user:pw@example.test/", "https://example.test/a b", "cv.pdf", "https://example.test/\u202ecv"} {
		g := d.post(c, "/sessions/SESSION1/link", url.Values{"candidate": {"CANDIDATE2"}, "file": {bad}})
		if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, "file-fault") {
			t.Errorf("%q: %d", bad, g.StatusCode)
		}
	}
	if g := d.post(c, "/sessions/SESSION1/link", url.Values{"candidate": {"CANDIDATE2"}, "file": {" https://example.test/cv?id=7 "}}); g.Header.Get("Location") != at+"?done=link" {
		t.Fatalf("%d", g.StatusCode)
	}
	n, err := d.Look(context.Background(), "SESSION1")
	if err != nil {
		t.Fatal(err)
	}
	if v := n.ViewOfInterviewer("INTERVIEWER2", ""); v.Queue[0].Link != "https://example.test/cv?id=7" {
		t.Errorf("interviewers see %q", v.Queue[0].Link)
	}
	if a := parse(t, d.get(c, at)).one("a", "href", "https://example.test/cv?id=7"); a.attr("rel") != "noreferrer noopener" {
		t.Error("the link tells where it was found")
	}
	if g := d.get(d.browser(), pathOf(d.server.links.Candidate("SESSION1", "CANDIDATE2"))); strings.Contains(g.body, "cv?id=7") {
		t.Error("the candidate reads it")
	}

	// Erased: nobody any more, the place is free.
	taken := d.state().Taken()
	if g := d.post(c, "/sessions/SESSION1/erase", url.Values{"candidate": {"CANDIDATE2"}}); g.Header.Get("Location") != "/sessions/SESSION1?done=erase" {
		t.Fatalf("%d %s", g.StatusCode, g.Header.Get("Location"))
	}
	if d.state().Taken() != taken-1 || len(parse(t, d.get(c, "/sessions/SESSION1")).all("tr", "data-id", "CANDIDATE2")) != 0 {
		t.Error("still in the list, or the place is not free")
	}
	if g := d.get(c, at); g.StatusCode != http.StatusNotFound {
		t.Errorf("the erased one's page: %d", g.StatusCode)
	}
}

// S3-35: a candidate withdraws; the recruiter sees it and the place is free.
func TestS3_35_RecruiterSeesAWithdrawal(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	d.candidate("CANDIDATE1", "Åsa Öberg")
	of := func() string {
		return parse(t, d.get(c, "/sessions/SESSION1")).one("span", "data-registered", "").text()
	}
	if got := of(); got != "1 of 20" {
		t.Error(got)
	}
	d.post(d.browser(), pathOf(d.server.links.Candidate("SESSION1", "CANDIDATE1"))+"/withdraw", nil)
	if row := parse(t, d.get(c, "/sessions/SESSION1")).one("tr", "data-id", "CANDIDATE1"); of() != "0 of 20" || !strings.Contains(row.text(), "Withdrew") {
		t.Errorf("%s, %q", of(), row.text())
	}
}
