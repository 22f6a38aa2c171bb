package transport

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nextup"
)

// told is a page's text, in one line.
func told(t *testing.T, g got) string {
	t.Helper()
	return strings.Join(strings.Fields(parse(t, g).one("main").text()), " ")
}

// madeJob is the job that a redirect leads to.
func (x *recruitment) madeJob(g got) nextup.JobID {
	x.t.Helper()
	at := strings.TrimPrefix(g.Header.Get("Location"), "/jobs/")
	id, _, _ := strings.Cut(at, "/")
	if g.StatusCode != http.StatusSeeOther || !knownID(id) {
		x.t.Fatalf("%d to %q: %s", g.StatusCode, g.Header.Get("Location"), told(x.t, g))
	}
	return nextup.JobID(id)
}

func (x *recruitment) board(id nextup.JobID) nextup.Board {
	x.t.Helper()
	b, err := x.db.Board(x.t.Context(), id)
	x.ok(err)
	return b
}

// A job is made, found in the list, changed, put away and taken up again.
func TestJobs(t *testing.T) {
	x := newRecruitment(t)
	if g := x.get(x.her, "/jobs"); g.StatusCode != http.StatusOK || len(parse(t, g).all("a", "data-act", "new-job")) != 1 {
		t.Fatalf("empty list: %d %s", g.StatusCode, told(t, g))
	}
	form := parse(t, x.get(x.her, "/jobs/new")).one("form", "action", "/jobs/new").fields("")
	if g := x.post(x.her, "/jobs/new", form); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, `id="title-fault"`) {
		t.Errorf("without a title: %d", g.StatusCode)
	}
	full := with(form, "title", "Lagerarbetare", "text", "Lyfta **lådor**", "contact", "Maria 040-1", "zone", "Europe/Oslo")
	id := x.madeJob(x.post(x.her, "/jobs/new", full))
	if again := x.madeJob(x.post(x.her, "/jobs/new", full)); again != id {
		t.Errorf("the same form made another job")
	}
	j := x.board(id).Job
	if j.Title != "Lagerarbetare" || j.Text != "Lyfta **lådor**" || j.Contact != "Maria 040-1" || j.Zone != "Europe/Oslo" || j.Owner != x.maria.ID {
		t.Errorf("kept %+v", j)
	}
	if g := x.get(x.her, "/jobs"); len(parse(t, g).all("article", "data-job", string(id))) != 1 {
		t.Errorf("not in the list: %s", told(t, g))
	}
	if g := x.get(x.her, "/jobs/"+string(id)); !strings.Contains(g.body, "<strong>lådor</strong>") {
		t.Errorf("the job's text: %s", told(t, g))
	}
	if g := x.get(x.signedIn("sven@elsewhere.test"), "/jobs/"+string(id)); g.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else's: %d", g.StatusCode)
	}
	at := "/jobs/" + string(id)
	if g := x.post(x.her, at+"/close", nil); g.StatusCode != http.StatusSeeOther {
		t.Errorf("close: %d", g.StatusCode)
	}
	if g := x.get(x.her, "/jobs"); len(parse(t, g).all("article", "data-job", string(id))) != 0 {
		t.Error("a closed job is in the list")
	}
	if g := x.get(x.her, "/jobs?closed=1"); len(parse(t, g).all("article", "data-job", string(id))) != 1 {
		t.Error("a closed job is nowhere")
	}
	x.post(x.her, at+"/open", nil)
	if !x.board(id).Job.Closed.IsZero() {
		t.Error("still closed")
	}
}

// Two people edit a job: what only the other one changed is taken over, what both
// changed stays as typed and is shown beside the other's.
func TestJobEditedByTwo(t *testing.T) {
	x := newRecruitment(t)
	id, _ := x.newJob(0)
	at := "/jobs/" + string(id) + "/edit"
	mine := parse(t, x.get(x.her, at)).one("form", "action", at).fields("")
	if g := x.post(x.her, at, with(mine, "title", "Theirs", "contact", "Their number")); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("first: %d %s", g.StatusCode, told(t, g))
	}
	g := x.post(x.her, at, with(mine, "title", "Mine"))
	if g.StatusCode != http.StatusConflict {
		t.Fatalf("second: %d", g.StatusCode)
	}
	form := parse(t, g).one("form", "action", at).fields("")
	if form.Get("title") != "Mine" || form.Get("contact") != "Their number" || !strings.Contains(told(t, g), "Theirs") {
		t.Errorf("shown %v: %s", form, told(t, g))
	}
	if j := x.board(id).Job; j.Title != "Theirs" {
		t.Errorf("kept %q before it was meant", j.Title)
	}
	if g := x.post(x.her, at, form); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("once more: %d %s", g.StatusCode, told(t, g))
	}
	if j := x.board(id).Job; j.Title != "Mine" || j.Contact != "Their number" || j.Text != "Lift **boxes**" {
		t.Errorf("kept %+v", j)
	}
	// Days are days of a zone: with times it stays.
	round := x.newRound(id)
	x.plan(round, 1, x.dayOf(0, video, 9))
	form = parse(t, x.get(x.her, at)).one("form", "action", at).fields("")
	x.post(x.her, at, with(form, "zone", "America/New_York"))
	if j := x.board(id).Job; j.Zone != "Europe/Stockholm" {
		t.Errorf("zone %s", j.Zone)
	}
}

// S0-01: three applicants, from the overview to the message step; nobody hears of it before.
func TestS0_01_InviteFromTheOverview(t *testing.T) {
	x := newRecruitment(t)
	id, who := x.newJob(3)
	at := "/jobs/" + string(id)
	form := url.Values{"to": {string(who[0]), string(who[1]), string(who[2])}, "round": {"new"}, "new": {NewID()}, "name": {""}, "do": {"slots"}}
	g := x.post(x.her, at+"/rounds", form)
	b := x.board(id)
	if len(b.Rounds) != 1 || len(b.Rounds[0].Entries) != 3 {
		t.Fatalf("%d: %+v", g.StatusCode, b.Rounds)
	}
	round := b.Rounds[0].Round
	if want := roundAt(id, round.ID) + "/slots" + toQuery("?", who); g.Header.Get("Location") != want {
		t.Errorf("leads to %q, want %q", g.Header.Get("Location"), want)
	}
	if posted, err := (jobShelves{x.db}).RoundPosted(t.Context(), id); err != nil || len(posted) != 0 {
		t.Errorf("letters %v, %v", posted, err)
	}
	// Pressed twice: one round.
	x.post(x.her, at+"/rounds", form)
	if b := x.board(id); len(b.Rounds) != 1 {
		t.Errorf("%d rounds", len(b.Rounds))
	}
	x.plan(round.ID, 1, x.dayOf(0, video, 9, 10, 11))
	g = x.post(x.her, at+"/rounds", with(form, "round", string(round.ID), "do", "message"))
	if want := roundAt(id, round.ID) + "/message" + toQuery("?", who); g.Header.Get("Location") != want {
		t.Errorf("leads to %q, want %q", g.Header.Get("Location"), want)
	}
	x.invite(round.ID, who...)
	x.booked(round.ID, who[1], x.slotAt(round.ID, 0))
	page := parse(t, x.get(x.her, at))
	for i, want := range []string{"standing.invited", "standing.chosen", "standing.invited"} {
		if row := page.one("tr", "data-applicant", string(who[i])); row.attr("data-standing") != want {
			t.Errorf("applicant %d: %s", i, row.text())
		}
	}
}

// slotAt is the nth slot of a round.
func (x *recruitment) slotAt(round nextup.RoundID, n int) nextup.SlotID {
	x.t.Helper()
	rb, _ := x.boardOf(round).Round(round)
	return rb.Slots[n].ID
}

// S0-02: a round without times cannot be chosen from. The button says why and where
// times are made, on the overview's form as on the single applicant's page.
func TestS0_02_NoSlotsNoInvitation(t *testing.T) {
	x := newRecruitment(t)
	id, who := x.newJob(2)
	round := x.newRound(id, who[0])
	at := "/jobs/" + string(id)
	slots := roundAt(id, round) + "/slots"
	page := parse(t, x.get(x.her, at+"/applicants/"+string(who[0])))
	b := page.one("button", "data-act", "invite")
	if b.attr("aria-disabled") != "true" || b.attr("type") != "button" {
		t.Errorf("the button can be pressed: %v", b.Attr)
	}
	why := page.one("p", "id", b.attr("aria-describedby"))
	if len(why.all("a", "href", slots+"?to="+string(who[0]))) != 1 || !strings.Contains(why.text(), "no times") {
		t.Errorf("the reason: %s", why.text())
	}
	// Sent all the same, it is refused with the reason, and what was ticked stays.
	g := x.post(x.her, at+"/rounds", url.Values{"to": {string(who[1])}, "round": {string(round)}, "do": {"message"}})
	page = parse(t, g)
	if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page.one("p", "id", "do-fault").text(), "no times") {
		t.Errorf("%d %s", g.StatusCode, told(t, g))
	}
	form := page.one("form", "data-invite", "").fields("")
	if form.Get("to") != string(who[1]) || form.Get("round") != string(round) {
		t.Errorf("kept %v", form)
	}
	if rb, _ := x.boardOf(round).Round(round); len(rb.Entries) != 1 {
		t.Errorf("entered all the same: %+v", rb.Entries)
	}
	// With times the same button leads to the message.
	x.plan(round, 1, x.dayOf(0, video, 9))
	page = parse(t, x.get(x.her, at+"/applicants/"+string(who[0])))
	if b := page.one("button", "data-act", "invite"); b.attr("aria-disabled") != "" || b.attr("value") != "message" {
		t.Errorf("with times: %v", b.Attr)
	}
}

// S0-03: from the single candidate and from the overview, both lead to the same
// message step with the right recipients.
func TestS0_03_FromTheCandidateAndTheOverview(t *testing.T) {
	x := newRecruitment(t)
	id, round, who, _ := x.invited(3)
	at := "/jobs/" + string(id)
	press := func(form url.Values) string {
		t.Helper()
		g := x.post(x.her, at+"/rounds", form)
		if g.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", g.StatusCode, told(t, g))
		}
		return g.Header.Get("Location")
	}
	message := roundAt(id, round) + "/message?to="
	page := parse(t, x.get(x.her, at+"/applicants/"+string(who[1])))
	invite := page.one("article", "data-round-row", string(round)).one("form")
	if got := press(invite.fields("message")); got != message+string(who[1]) {
		t.Errorf("from the candidate: %q", got)
	}
	overview := parse(t, x.get(x.her, at+"?to="+string(who[0])+","+string(who[2]))).one("form", "data-invite", "")
	form := overview.fields("message")
	if got := press(form); got != message+string(who[0])+","+string(who[2]) {
		t.Errorf("from the overview: %q, form %v", got, form)
	}
	// Somebody who is new is entered on the way.
	added, err := x.db.AddApplicants(t.Context(), id, []nextup.Applicant{{ID: "NEWCOMER", Job: id, Name: "New", Email: "new@example.test", Language: "en", Added: time.Now()}})
	if err != nil || len(added) != 0 {
		t.Fatal(added, err)
	}
	page = parse(t, x.get(x.her, at+"/applicants/NEWCOMER"))
	if got := press(page.one("article", "data-round-row", string(round)).one("form").fields("message")); got != message+"NEWCOMER" {
		t.Errorf("the newcomer: %q", got)
	}
	if rb, _ := x.boardOf(round).Round(round); len(rb.Entries) != 4 {
		t.Errorf("%d in the round", len(rb.Entries))
	}
}

// Many applicants: one finds them by words and by where they stand, without scripts too.
func TestJobFinder(t *testing.T) {
	x := newRecruitment(t)
	id, who := x.newJob(25)
	round := x.newRound(id, who[:5]...)
	x.plan(round, 1, x.dayOf(0, video, 9))
	x.invite(round, who[0], who[1])
	at := "/jobs/" + string(id)
	count := func(query string) int {
		t.Helper()
		return len(parse(t, x.get(x.her, at+query)).one("tbody").all("tr"))
	}
	for query, want := range map[string]int{
		"": 25, "?q=applicant+7": 2, "?q=applicant24@": 1, "?standing=invited": 2, "?standing=added": 3, "?standing=new&q=applicant+2": 7, "?q=nobody": 0,
	} {
		if got := count(query); got != want {
			t.Errorf("%q: %d, want %d", query, got, want)
		}
	}
	// A round that is closed for choosing takes nobody to the message.
	x.ok(x.db.CloseRound(t.Context(), round, time.Now()))
	g := x.post(x.her, at+"/rounds", url.Values{"to": {string(who[9])}, "round": {string(round)}, "do": {"message"}})
	if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(told(t, g), "closed for choosing") {
		t.Errorf("a closed round: %d", g.StatusCode)
	}
}
