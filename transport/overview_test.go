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

// T14: nobody sees or changes what belongs to another organisation. Each route of
// a session answers a stranger with the same page as for one that does not exist.
func TestForeignSessionsDoNotExist(t *testing.T) {
	d := newDesks(t)
	sven := d.signedIn("sven@elsewhere.test")
	neutral := parse(t, d.get(sven, "/sessions/NOSUCHSESSION")).one("main").text()
	for _, path := range []string{"", "/now", "/qr.svg", "/edit", "/summary", "/summary.csv"} {
		g := d.get(sven, "/sessions/SESSION1"+path)
		if g.StatusCode != http.StatusNotFound || strings.Contains(g.body, "Warehouse") {
			t.Errorf("GET %s: %d", path, g.StatusCode)
		}
		if path != "/now" && parse(t, g).one("main").text() != neutral {
			t.Errorf("GET %s is not the neutral page", path)
		}
	}
	version := d.state().Version
	for _, path := range []string{"/edit", "/publish", "/cancel", "/close", "/renew", "/resend", "/enter"} {
		g := d.post(sven, "/sessions/SESSION1"+path, url.Values{"interviewer": {"INTERVIEWER1"}, "title": {"mine"}})
		if g.StatusCode != http.StatusNotFound {
			t.Errorf("POST %s: %d", path, g.StatusCode)
		}
	}
	if d.state().Version != version {
		t.Error("a stranger changed it")
	}
	if g := d.get(sven, "/sessions"); strings.Contains(g.body, "Warehouse") || strings.Contains(g.body, "SESSION1") {
		t.Error("in a stranger's list")
	}
	if g := d.get(sven, "/outbox"); strings.Contains(g.body, "Warehouse") || strings.Contains(g.body, "INTERVIEWER1") {
		t.Error("in a stranger's outbox")
	}
	for _, id := range []string{"..", "a.b", "%2e%2e", "SESSION1%00", strings.Repeat("A", 100)} {
		if g := d.get(d.signedIn("maria@example.test"), "/sessions/"+id); g.StatusCode == http.StatusOK || g.StatusCode >= 500 {
			t.Errorf("%q: %d", id, g.StatusCode)
		}
	}
}

// Without a login nothing of a recruiter's is shown or done.
func TestRecruitersPagesNeedALogin(t *testing.T) {
	d := newDesks(t)
	for _, path := range []string{"/sessions", "/sessions/new", "/sessions/SESSION1", "/sessions/SESSION1/now", "/sessions/SESSION1/edit", "/sessions/SESSION1/qr.svg", "/sessions/SESSION1/summary", "/sessions/SESSION1/summary.csv", "/outbox", "/alive"} {
		if g := d.get(d.browser(), path); g.StatusCode != http.StatusSeeOther || !strings.HasPrefix(g.Header.Get("Location"), "/sign-in") {
			t.Errorf("GET %s: %d", path, g.StatusCode)
		}
	}
	version := d.state().Version
	for _, path := range []string{"/sessions/new", "/sessions/SESSION1/edit", "/sessions/SESSION1/cancel", "/sessions/SESSION1/close", "/sessions/SESSION1/renew", "/sessions/SESSION1/resend", "/sessions/SESSION1/enter"} {
		if g := d.post(d.browser(), path, url.Values{"interviewer": {"INTERVIEWER1"}}); g.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, g.StatusCode)
		}
	}
	if d.state().Version != version {
		t.Error("changed without a login")
	}
}

// S3-25, S3-41: the candidates' link, each interviewer's link and PIN, each
// candidate's personal link, to be copied and sent again at any time.
func TestS3_41_OverviewHasLinksAndPINs(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	d.candidate("CANDIDATE1", "Åsa Öberg")
	page := parse(t, d.get(c, "/sessions/SESSION1"))
	l := d.server.links
	var copies []string
	for _, b := range page.all("button") {
		if b.has("data-copy") {
			copies = append(copies, b.attr("data-copy"))
		}
	}
	for _, want := range []string{l.SignUp("SESSION1"), l.Interviewer("SESSION1", "INTERVIEWER1", 1), l.Interviewer("SESSION1", "INTERVIEWER2", 1), l.Candidate("SESSION1", "CANDIDATE1")} {
		if !slices.Contains(copies, want) {
			t.Errorf("%s is not to be copied", want)
		}
	}
	row := page.one("tr", "data-id", "INTERVIEWER1").text()
	if pin := spaced(l.PIN("SESSION1", "INTERVIEWER1", 1)); !strings.Contains(row, pin) {
		t.Errorf("no PIN %s in %q", pin, row)
	}
	if !strings.Contains(page.one("main").text(), "10 minutes") {
		t.Error("no hint about mail that does not come")
	}
	mailto := ""
	for _, a := range page.all("a") {
		if strings.HasPrefix(a.attr("href"), "mailto:") {
			mailto = a.attr("href")
		}
	}
	u, err := url.Parse(mailto)
	if err != nil || !strings.Contains(u.Query().Get("body"), l.SignUp("SESSION1")) || strings.Contains(mailto, "+") {
		t.Errorf("mailto %q, %v", mailto, err)
	}

	// Renew: the old link and PIN die, the new ones are shown.
	if g := d.post(c, "/sessions/SESSION1/renew", url.Values{"interviewer": {"INTERVIEWER1"}}); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("renew: %d", g.StatusCode)
	}
	row = parse(t, d.get(c, "/sessions/SESSION1?done=renew")).one("tr", "data-id", "INTERVIEWER1").text()
	if !strings.Contains(row, spaced(l.PIN("SESSION1", "INTERVIEWER1", 2))) {
		t.Errorf("the new PIN is not in %q", row)
	}
	if g := d.get(d.browser(), pathOf(l.Interviewer("SESSION1", "INTERVIEWER1", 1))); g.StatusCode == http.StatusOK {
		t.Error("the old link works")
	}

	// Send again, to both kinds of people.
	mails := func() int { d.mu.Lock(); defer d.mu.Unlock(); return len(d.sessions["SESSION1"].mails) }
	before := mails()
	for _, form := range []url.Values{{"interviewer": {"INTERVIEWER2"}}, {"candidate": {"CANDIDATE1"}}} {
		if g := d.post(c, "/sessions/SESSION1/resend", form); g.StatusCode != http.StatusSeeOther {
			t.Errorf("resend %v: %d", form, g.StatusCode)
		}
	}
	if mails() != before+2 {
		t.Errorf("%d mails more", mails()-before)
	}
	g := d.post(c, "/sessions/SESSION1/resend", url.Values{"candidate": {"NOBODY"}})
	if g.StatusCode != http.StatusNotFound || len(parse(t, g).all("", "role", "alert")) != 1 {
		t.Errorf("to nobody: %d", g.StatusCode)
	}
}

// S3-40: a locked PIN is shown with its remedy.
func TestS3_40_LockedPINIsShown(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	locked := func() (shown, now bool) {
		t.Helper()
		page := parse(t, d.get(c, "/sessions/SESSION1"))
		var v overviewNow
		if err := json.Unmarshal([]byte(d.get(c, "/sessions/SESSION1/now").body), &v); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(v.Interviewers, func(p personNow) bool { return p.ID == "INTERVIEWER1" })
		return !page.one("tr", "data-id", "INTERVIEWER1").one("span", "data-locked", "").has("hidden"), v.Interviewers[i].Locked
	}
	if a, b := locked(); a || b {
		t.Fatal("locked before anything")
	}
	for range nextup.MaxWrongPINs {
		d.must("SESSION1", nextup.Actor{Role: nextup.RoleVisitor}, nextup.TryPIN{Interviewer: "INTERVIEWER1"})
	}
	if a, b := locked(); !a || !b {
		t.Errorf("shown %v, live %v", a, b)
	}
	d.post(c, "/sessions/SESSION1/renew", url.Values{"interviewer": {"INTERVIEWER1"}})
	if a, b := locked(); a || b {
		t.Error("still locked after a renewal")
	}
}

// What becomes of a mail is said in words, with the cause and the remedy.
func TestDeliveryIsShown(t *testing.T) {
	d := newDesks(t, func(c *Config) { c.SMTP = true })
	c := d.signedIn("maria@example.test")
	d.candidate("CANDIDATE1", "Åsa Öberg")
	now := time.Now()
	for _, x := range []struct {
		letter Posted
		says   string
		failed bool
	}{
		{Posted{State: PostPending}, "On its way", false},
		{Posted{State: PostPending, Attempts: 2, Cause: "later 451 4.7.1"}, "Trying again", false},
		{Posted{State: PostPending, Attempts: 1, Cause: "unreachable"}, "does not answer", false},
		{Posted{State: PostSent, Done: now}, "Sent", false},
		{Posted{State: PostFailed, Cause: "no_address 550 5.1.1", Done: now}, "The address does not exist (550 5.1.1)", true},
		{Posted{State: PostFailed, Cause: "expired", Done: now}, "three days", true},
		{Posted{State: PostFailed, Cause: "kept"}, "In the outbox", false},
		{Posted{State: PostFailed, Cause: "outdated"}, "Not needed any more", false},
		{Posted{State: PostFailed, Cause: "<b>made up</b>"}, "Did not arrive", true},
	} {
		x.letter.ID, x.letter.Session, x.letter.Kind, x.letter.Person, x.letter.Created = 99, "SESSION1", nextup.MailInvitation, "INTERVIEWER1", now
		other := x.letter
		other.Kind, other.Person, other.ID = nextup.MailConfirmation, "CANDIDATE1", 100
		d.office.posted = []Posted{x.letter, other}
		page := parse(t, d.get(c, "/sessions/SESSION1"))
		for _, id := range []string{"INTERVIEWER1", "CANDIDATE1"} {
			row := page.one("tr", "data-id", id)
			if !strings.Contains(row.text(), x.says) {
				t.Errorf("%s %s: %q lacks %q", x.letter.State, x.letter.Cause, row.text(), x.says)
			}
			if id == "INTERVIEWER1" && strings.Contains(row.text(), "Correct the address") != x.failed {
				t.Errorf("%s %s: remedy %v", x.letter.State, x.letter.Cause, !x.failed)
			}
		}
		if g := d.get(c, "/outbox"); !strings.Contains(parse(t, g).one("main").text(), x.says) {
			t.Errorf("%s %s: not in the outbox page", x.letter.State, x.letter.Cause)
		}
	}
}

func TestPublishCancelClose(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	n := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "do", "save")))
	at := "/sessions/" + string(n.ID)
	page := parse(t, d.get(c, at))
	if len(page.all("", "data-link", "sign-up")) != 0 || len(page.all("form", "action", at+"/publish")) != 1 {
		t.Error("a draft shows its link, or no button to publish")
	}
	if g := d.post(c, at+"/publish", nil); g.Header.Get("Location") != at+"?done=publish" {
		t.Fatalf("publish: %d %q", g.StatusCode, g.Header.Get("Location"))
	}
	if says := parse(t, d.get(c, at+"?done=publish")).one("main").text(); !strings.Contains(says, "Published. The candidates' link is below") {
		t.Errorf("says %q", says)
	}
	if says := parse(t, d.get(c, at+"?done=evil")).one("main").text(); strings.Contains(says, "overview.done") {
		t.Errorf("says %q", says)
	}
	// Cancelling names how many are registered and that they must be told.
	for i := range 3 {
		_, err := d.Do(context.Background(), n.ID, nextup.Order{
			ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: nextup.CandidateID(fmt.Sprint("CANDIDATE", i))},
			People: []nextup.Person{{ID: nextup.PersonID(fmt.Sprint("CANDIDATE", i)), Role: nextup.RoleCandidate, Name: "Somebody", Email: fmt.Sprint(i, "@example.test"), Language: "en"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	cancel := parse(t, d.get(c, at)).one("form", "action", at+"/cancel")
	if says := cancel.text(); !strings.Contains(says, "3 candidates are registered") || !strings.Contains(says, "cannot be undone") {
		t.Errorf("says %q", says)
	}
	if g := d.post(c, at+"/cancel", nil); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("cancel: %d", g.StatusCode)
	}
	page = parse(t, d.get(c, at))
	if says := page.one("main").text(); !strings.Contains(says, "3 were registered: tell them") || len(page.all("form", "action", at+"/cancel")) != 0 {
		t.Errorf("says %q", says)
	}
	if g := d.get(c, at+"/edit"); g.StatusCode != http.StatusGone {
		t.Errorf("editing a cancelled one: %d", g.StatusCode)
	}

	// Closing says who waits; going on is doing nothing.
	for i := range 3 {
		id := d.candidate(nextup.CandidateID(fmt.Sprint("CANDIDATE", i)), "Somebody")
		d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, nextup.CheckIn{Device: "DEVICE01"})
	}
	if says := parse(t, d.get(c, "/sessions/SESSION1")).one("form", "action", "/sessions/SESSION1/close").text(); !strings.Contains(says, "3 are waiting") || !strings.Contains(says, "To go on, do nothing") {
		t.Errorf("says %q", says)
	}
	if g := d.post(c, "/sessions/SESSION1/close", nil); g.StatusCode != http.StatusSeeOther || d.state().Phase != nextup.PhaseClosed {
		t.Errorf("close: %d %s", g.StatusCode, d.state().Phase)
	}
}

// The recruiter goes in as an interviewer with his account in place of a PIN; only
// where he is one.
func TestRecruiterEnters(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	n := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "do", "publish")))
	g := d.post(c, "/sessions/"+string(n.ID)+"/enter", nil)
	if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != pathOf(d.server.links.Interviewer(n.ID, "RECRUITER", 1)) {
		t.Fatalf("%d %q", g.StatusCode, g.Header.Get("Location"))
	}
	if room := d.get(c, g.Header.Get("Location")); room.StatusCode != http.StatusOK || len(parse(t, room).all("input", "name", "pin")) != 0 {
		t.Errorf("the room: %d", room.StatusCode)
	}
	if g := d.post(c, "/sessions/SESSION1/enter", nil); g.StatusCode != http.StatusNotFound {
		t.Errorf("where she is no interviewer: %d", g.StatusCode)
	}
	if len(parse(t, d.get(c, "/sessions/SESSION1")).all("form", "action", "/sessions/SESSION1/enter")) != 0 {
		t.Error("offered where she is no interviewer")
	}
}

// The live answer says the same as the page.
func TestOverviewNow(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	d.candidate("CANDIDATE1", "Åsa Öberg")
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: "CANDIDATE1"}, nextup.CheckIn{Device: "DEVICE01"})
	g := d.get(c, "/sessions/SESSION1/now")
	var v overviewNow
	if err := json.Unmarshal([]byte(g.body), &v); err != nil {
		t.Fatal(err)
	}
	if v.State != "running" || v.Registered != 1 || v.Waiting != 1 || v.Talking != 0 || len(v.Candidates) != 1 || len(v.Interviewers) != 2 {
		t.Errorf("%+v", v)
	}
	page := parse(t, d.get(c, "/sessions/SESSION1"))
	row := page.one("tr", "data-id", "CANDIDATE1")
	if got := v.Candidates[0]; got.Name != "Åsa Öberg" || row.one("", "data-state", "").one("span", "data-i18n", got.State.Key).text() == "" || got.Link != d.server.links.Candidate("SESSION1", "CANDIDATE1") {
		t.Errorf("%+v", got)
	}
	if main := page.one("", "data-overview", "/sessions/SESSION1/now"); main.attr("data-shown") != v.State {
		t.Errorf("the page shows %q", main.attr("data-shown"))
	}
	for _, word := range planted {
		if strings.Contains(g.body, word) {
			t.Errorf("%s in the live answer", word)
		}
	}
}

func TestQRCode(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	g := d.get(c, "/sessions/SESSION1/qr.svg")
	if g.StatusCode != http.StatusOK || g.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(g.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", g.StatusCode, g.Header)
	}
	link := d.server.links.SignUp("SESSION1")
	v, err := newQR(link)
	if err != nil || !strings.Contains(g.body, v.Path) {
		t.Fatalf("%v", err)
	}
	// Drawn again from the path, module by module, it is the code of the link.
	dark := drawPath(t, v)
	want := modules(t, link)
	for y := range want {
		for x := range want[y] {
			if dark[[2]int{x + qrQuiet, y + qrQuiet}] != want[y][x] {
				t.Fatalf("module %d,%d differs", x, y)
			}
		}
	}
	for p := range dark {
		if p[0] < qrQuiet || p[1] < qrQuiet || p[0] >= v.Size-qrQuiet || p[1] >= v.Size-qrQuiet {
			t.Fatalf("dark module %v in the quiet zone", p)
		}
	}
}

// T17: with no mail server recruiters read their own sessions' letters; what they
// read is what would be sent.
func TestOutbox(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	d.candidate("CANDIDATE1", "Åsa Öberg")
	page := parse(t, d.get(c, "/outbox"))
	says := page.one("main").text()
	for _, want := range []string{
		d.server.links.Candidate("SESSION1", "CANDIDATE1"), d.server.links.Interviewer("SESSION1", "INTERVIEWER1", 1),
		spaced(d.server.links.PIN("SESSION1", "INTERVIEWER1", 1)), "CANDIDATE1@example.test", "Malmö stad", "Maria Lindqvist",
	} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, word := range append(slices.Clone(planted), "password", "maria@example.test") {
		if strings.Contains(says, word) {
			t.Errorf("%q is in the outbox", word)
		}
	}
	// Somebody erased: the letter says nothing any more, the page still works.
	d.mu.Lock()
	delete(d.sessions["SESSION1"].people, "CANDIDATE1")
	d.mu.Unlock()
	if g := d.get(c, "/outbox"); g.StatusCode != http.StatusOK || strings.Contains(g.body, "CANDIDATE1@") {
		t.Errorf("after erasure: %d", g.StatusCode)
	}
	// With a mail server the words are not shown, only what became of them.
	with := newDesks(t, func(c *Config) { c.SMTP = true })
	with.candidate("CANDIDATE1", "Åsa Öberg")
	if g := with.get(with.signedIn("maria@example.test"), "/outbox"); strings.Contains(g.body, "/c/SESSION1") || !strings.Contains(g.body, "CANDIDATE1@example.test") {
		t.Error("words of a sent letter are shown, or the letter is not")
	}
}

// Letters that have lost their sense are not sent.
func TestOutdatedLetters(t *testing.T) {
	d := newDesks(t)
	ctx := context.Background()
	d.candidate("CANDIDATE1", "Åsa Öberg")
	d.candidate("CANDIDATE2", "Ola Nordmann")
	ask := func(k nextup.MailKind, p nextup.PersonID) error {
		_, err := d.server.Letter(ctx, "SESSION1", nextup.Mail{Kind: k, Person: p})
		return err
	}
	l, err := d.server.Letter(ctx, "SESSION1", nextup.Mail{Kind: nextup.MailConfirmation, Person: "CANDIDATE1"})
	if err != nil || l.To != "CANDIDATE1@example.test" || l.ReplyTo != "maria@example.test" || l.Organisation != "Malmö stad" || l.PIN != "" || l.Link != d.server.links.Candidate("SESSION1", "CANDIDATE1") {
		t.Errorf("%+v, %v", l, err)
	}
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: "CANDIDATE1"}, nextup.Withdraw{})
	if ask(nextup.MailConfirmation, "CANDIDATE1") == nil || ask(nextup.MailConfirmation, "CANDIDATE2") != nil {
		t.Error("withdrawn")
	}
	if ask(nextup.MailConfirmation, "NOBODY") == nil || ask(nextup.MailInvitation, "NOBODY") == nil || ask("newsletter", "CANDIDATE2") == nil {
		t.Error("somebody who is not there")
	}
	if ask(nextup.MailInvitation, "INTERVIEWER1") != nil {
		t.Error("an interviewer")
	}
	d.must("SESSION1", d.maria.by(), nextup.Cancel{})
	if ask(nextup.MailConfirmation, "CANDIDATE2") == nil || ask(nextup.MailInvitation, "INTERVIEWER1") == nil {
		t.Error("cancelled")
	}
}

// The list: what runs now is on top and can be entered; drafts, coming and done
// ones below.
func TestList(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	running := parse(t, d.get(c, "/sessions")).one("section", "data-session", "SESSION1")
	if !strings.Contains(running.text(), "Warehouse worker") {
		t.Errorf("running: %q", running.text())
	}
	coming := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "title", "Coming one", "do", "publish")))
	draft := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "title", "Draft one", "do", "save")))
	page := parse(t, d.get(c, "/sessions"))
	rows := map[string]string{}
	for _, a := range page.all("article") {
		rows[a.one("h3").text()] = a.text()
	}
	if r := rows["Coming one"]; !strings.Contains(r, "0 registered") || !strings.Contains(r, "of 6") {
		t.Errorf("coming: %q", r)
	}
	if r := rows["Draft one"]; !strings.Contains(r, "Draft") || strings.Contains(r, "Enter") {
		t.Errorf("draft: %q", r)
	}
	if len(page.all("form", "action", "/sessions/"+string(coming.ID)+"/enter")) != 1 || len(page.all("form", "action", "/sessions/"+string(draft.ID)+"/enter")) != 0 {
		t.Error("enter")
	}
	// The one filled button on the page is not Create while something runs.
	if b := page.one("a", "href", "/sessions/new"); b.attr("data-variant") != "secondary" {
		t.Error("two filled buttons")
	}
	d.must("SESSION1", d.maria.by(), nextup.Close{})
	if says := parse(t, d.get(c, "/sessions")).one("section", "aria-labelledby", "done").text(); !strings.Contains(says, "Warehouse worker") {
		t.Errorf("done: %q", says)
	}
	empty := newDesks(t)
	empty.mu.Lock()
	delete(empty.sessions, "SESSION1")
	empty.mu.Unlock()
	if says := parse(t, empty.get(empty.signedIn("maria@example.test"), "/sessions")).one("main").text(); !strings.Contains(says, "Your interviews will be here") {
		t.Errorf("empty: %q", says)
	}
}
