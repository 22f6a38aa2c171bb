package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// rows are the titles on a page of the list, from the top.
func listed(page tree) (titles []string) {
	for _, e := range page.all("") {
		if (e.Data == "h2" && strings.HasPrefix(e.attr("id"), "run-")) || (e.Data == "h3" && len(e.all("a")) == 1) {
			titles = append(titles, e.text())
		}
	}
	return titles
}

// on is a day so many days from now, as the form has it.
func on(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }

func TestS3_09_List(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	publish := func(title string, days int, more ...string) nextup.SessionID {
		t.Helper()
		return d.made(d.post(c, "/sessions/new", with(d.fresh(c), append([]string{"title", title, "date", on(days), "do", "publish"}, more...)...))).ID
	}
	later := publish("Later", 9)
	publish("Sooner", 3)
	draft := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "title", "A draft", "date", on(5), "do", "save"))).ID
	done := publish("Done", 2)
	d.must(done, d.maria.by(), nextup.Close{})

	t.Run("S3-09 state, date, registered of places, and the actions", func(t *testing.T) {
		d.candidate("CANDIDATE1", "Somebody") // in SESSION1, which runs
		page := parse(t, d.get(c, "/sessions"))
		if got := listed(page); !slices.Equal(got, []string{"Warehouse worker", "Sooner", "A draft", "Later", "Done"}) {
			t.Errorf("order is %q", got)
		}
		if says := page.one("section", "data-session", "SESSION1").text(); !strings.Contains(says, "1 registered of 20") {
			t.Errorf("running: %q", says)
		}
		row := page.one("article", "data-session-row", string(later))
		day := time.Now().AddDate(0, 0, 9)
		if says := row.text(); !strings.Contains(says, fmt.Sprint(day.Day())) || !strings.Contains(says, "13:00 to 14:00") || !strings.Contains(says, "0 registered of 6") {
			t.Errorf("coming: %q", says)
		}
		for _, id := range []nextup.SessionID{"SESSION1", later, draft} {
			at := "/sessions/" + string(id)
			if len(page.all("a", "href", at+"/edit")) != 1 || len(page.all("form", "action", at+"/copy")) != 1 || len(page.all("a", "href", at+"/remove")) != 1 {
				t.Errorf("%s: an action is missing", id)
			}
		}
		// Each is a link or button with the session's name in it, so keys and screen readers reach it.
		for _, e := range page.all("", "data-act", "") {
			t.Errorf("an action without a name: %s", e.text())
		}
		for _, act := range []string{"change", "copy", "remove"} {
			for _, e := range page.all("", "data-act", act) {
				if (e.Data != "a" && e.Data != "button") || len(strings.Fields(e.text())) < 2 {
					t.Errorf("%s: <%s> %q", act, e.Data, e.text())
				}
			}
		}
	})
	t.Run("S3-09 archive and back", func(t *testing.T) {
		at := "/sessions/" + string(done)
		if g := d.post(c, at+"/archive", nil); g.Header.Get("Location") != "/sessions?done=archive" {
			t.Fatalf("%d %q", g.StatusCode, g.Header.Get("Location"))
		}
		page := parse(t, d.get(c, "/sessions?done=archive"))
		if slices.Contains(listed(page), "Done") || !strings.Contains(page.one("main").text(), "1 in the archive") {
			t.Errorf("still listed: %q", listed(page))
		}
		if got := listed(parse(t, d.get(c, "/sessions?archive=1"))); !slices.Equal(got, []string{"Done"}) {
			t.Errorf("archive has %q", got)
		}
		d.post(c, at+"/unarchive", nil)
		if !slices.Contains(listed(parse(t, d.get(c, "/sessions"))), "Done") {
			t.Error("not brought back")
		}
		if g := d.post(c, "/sessions/"+string(later)+"/archive", nil); g.StatusCode != http.StatusConflict {
			t.Errorf("archiving one that is to come: %d", g.StatusCode)
		}
	})
	t.Run("S3-09 search by title and interviewer", func(t *testing.T) {
		for q, want := range map[string][]string{
			"soon": {"Sooner"}, "LATER": {"Later"}, "interviewer2": {"Warehouse worker"}, "a draft": {"A draft"}, "ware interviewer1": {"Warehouse worker"}, "nothing": nil, "lindqvist soon": {"Sooner"},
		} {
			page := parse(t, d.get(c, "/sessions?q="+url.QueryEscape(q)))
			if got := listed(page); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", q, got, want)
			}
			if page.one("input", "id", "q").attr("value") != q {
				t.Errorf("%s: the words are gone", q)
			}
		}
	})
	t.Run("S3-09 hundreds are paged", func(t *testing.T) {
		for i := range 60 {
			publish(fmt.Sprintf("Many %02d", i), 20+i)
		}
		first, third := parse(t, d.get(c, "/sessions")), parse(t, d.get(c, "/sessions?page=3"))
		if got := listed(first); len(got) != rowsShown || got[0] != "Warehouse worker" || !strings.Contains(first.one("nav", "class", "row row--split pager").text(), "Page 1 of 3") {
			t.Errorf("first page: %d %q", len(got), got)
		}
		if got := listed(third); len(got) != 65-2*rowsShown || got[len(got)-1] != "Done" {
			t.Errorf("third page: %q", got)
		}
		if len(first.all("a", "rel", "next")) != 1 || len(first.all("a", "rel", "prev")) != 0 || len(third.all("a", "rel", "prev")) != 1 || len(third.all("a", "rel", "next")) != 0 {
			t.Error("no way between the pages")
		}
		if g := d.get(c, "/sessions?page=99"); g.StatusCode != http.StatusOK || len(listed(parse(t, g))) == 0 {
			t.Errorf("a page beyond the last: %d", g.StatusCode)
		}
	})
	t.Run("somebody else's is not there", func(t *testing.T) {
		sven := d.signedIn("sven@elsewhere.test")
		if got := listed(parse(t, d.get(sven, "/sessions"))); len(got) != 0 {
			t.Errorf("sees %q", got)
		}
		for _, path := range []string{"/remove", "/copy", "/archive", "/discard", "/changes"} {
			if g := d.post(sven, "/sessions/SESSION1"+path, nil); g.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, g.StatusCode)
			}
		}
	})
}

// S3-20: a duplicate in the list with everything that can be used again and
// nothing of what happened.
func TestS3_20_Copy(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	f := with(d.fresh(c), "title", "Lager", "job", "Ett **jobb**", "ad", "https://example.se/annons", "contact", "040-12 34 56",
		"length", "90", "talk", "15", "pause", "5", "places", "7", "order", "registration", "lobby", "45", "answer", "20", "countdown", "0", "do", "publish")
	f["question"], f["question_id"] = []string{"En?", "Två?"}, []string{"", ""}
	f["trait"], f["trait_id"] = []string{"Noggrann"}, []string{""}
	f["anchor"] = []string{"Svagt", "", "", "", "Toppen"}
	f["interviewer_id"] = append(f["interviewer_id"], "")
	f["interviewer_name"] = append(f["interviewer_name"], "Johan Ek")
	f["interviewer_email"] = append(f["interviewer_email"], "johan@example.test")
	source := d.made(d.post(c, "/sessions/new", f))
	d.must(source.ID, d.maria.by(), nextup.RenewLink{Interviewer: source.State.Interviewers[1].ID})
	press := parse(t, d.get(c, "/sessions")).one("form", "action", "/sessions/"+string(source.ID)+"/copy").fields("")
	g := d.post(c, "/sessions/"+string(source.ID)+"/copy", press)
	edit := g.Header.Get("Location")
	if again := d.post(c, "/sessions/"+string(source.ID)+"/copy", press); again.Header.Get("Location") != edit || len(d.office.drafts) != 1 {
		t.Errorf("a double click makes %d copies", len(d.office.drafts))
	}
	page := parse(t, d.get(c, edit))
	copied := page.one("form", "action", "/sessions/new").fields("publish")
	for _, name := range []string{"title", "job", "ad", "contact", "clock", "zone", "length", "talk", "pause", "places", "order", "lobby", "answer", "countdown"} {
		if copied.Get(name) != f.Get(name) {
			t.Errorf("%s is %q, was %q", name, copied.Get(name), f.Get(name))
		}
	}
	for _, name := range []string{"question", "trait", "anchor", "interviewer_name", "interviewer_email"} {
		if !slices.Equal(copied[name], f[name]) {
			t.Errorf("%s is %q, was %q", name, copied[name], f[name])
		}
	}
	if copied.Get("date") != "" || !page.one("input", "id", "date").has("autofocus") {
		t.Errorf("the date is %q", copied.Get("date"))
	}
	at := strings.TrimSuffix(edit, "/edit")
	row := parse(t, d.get(c, "/sessions")).one("article", "data-session-row", strings.TrimPrefix(at, "/sessions/")).text()
	if !strings.Contains(row, "Lager") || !strings.Contains(row, "No date") || !strings.Contains(row, "Johan Ek") {
		t.Errorf("row: %q", row)
	}

	// It can be put by, gone on with, and must get a date to be published.
	if g := d.post(c, "/sessions/new", with(copied, "title", "Lager igen", "do", "save")); g.Header.Get("Location") != "/sessions?done=draft" {
		t.Fatalf("put by: %d %q", g.StatusCode, g.Header.Get("Location"))
	}
	copied = parse(t, d.get(c, edit)).one("form", "action", "/sessions/new").fields("publish")
	if g := d.post(c, "/sessions/new", copied); g.StatusCode != http.StatusUnprocessableEntity || parse(t, g).one("", "id", "date-fault").text() != "Choose a date." {
		t.Errorf("without a date: %d", g.StatusCode)
	}
	n := d.made(d.post(c, "/sessions/new", with(copied, "date", on(4))))
	if n.ID == source.ID || n.Texts[nextup.TitleText] != "Lager igen" || len(d.office.drafts) != 0 {
		t.Errorf("made %s %q, %d drafts left", n.ID, n.Texts[nextup.TitleText], len(d.office.drafts))
	}
	if n.State.Taken() != 0 || len(n.State.Candidates) != 0 || n.State.Settings.Questions[0] == source.State.Settings.Questions[0] {
		t.Error("something of what happened was copied")
	}
	johan, there := n.State.Interviewers[1], source.State.Interviewers[1]
	if johan.ID == there.ID || johan.Generation != 1 || d.server.links.PIN(n.ID, johan.ID, 1) == d.server.links.PIN(source.ID, there.ID, there.Generation) {
		t.Error("link or PIN were copied")
	}
	if n.State.Interviewers[0].ID != d.maria.asInterviewer() {
		t.Error("the recruiter is no interviewer of the copy")
	}
	// Nobody else sees a copy that is not published, and it can be removed.
	other := d.post(c, "/sessions/"+string(source.ID)+"/copy", nil).Header.Get("Location")
	if g := d.get(d.signedIn("sven@elsewhere.test"), other); g.StatusCode != http.StatusNotFound {
		t.Errorf("a stranger sees it: %d", g.StatusCode)
	}
	remove := strings.TrimSuffix(other, "/edit") + "/remove"
	if says := parse(t, d.get(c, remove)).one("main").text(); !strings.Contains(says, "nobody needs to be told") {
		t.Errorf("removing: %q", says)
	}
	if d.post(c, remove, nil); len(d.office.drafts) != 0 {
		t.Error("not removed")
	}
}

// S3-10, S3-11: what goes is named, who is registered is counted and told, and old
// links say so.
func TestS3_10_Remove(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	coming := func(registered int) (nextup.SessionID, string) {
		t.Helper()
		id := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "title", "Coming", "do", "publish"))).ID
		for i := range registered {
			d.registers(id, nextup.CandidateID(fmt.Sprintf("%s%d", "CANDIDATE", i)))
		}
		return id, "/sessions/" + string(id) + "/remove"
	}
	mails := func(id nextup.SessionID, kind nextup.MailKind) (n int) {
		for _, m := range d.sessions[id].mails {
			if m.Kind == kind {
				n++
			}
		}
		return n
	}
	t.Run("S3-10 the confirmation names how many are registered", func(t *testing.T) {
		id, at := coming(3)
		page := parse(t, d.get(c, at))
		if says := page.one("main").text(); !strings.Contains(says, "3 candidates are registered") || !strings.Contains(says, "cancelled first") {
			t.Errorf("says %q", says)
		}
		if g := d.get(c, at); g.StatusCode != http.StatusOK || d.sessions[id].state.Phase != nextup.PhasePublished {
			t.Error("looking did something")
		}
		g := d.post(c, at, page.one("form", "action", at).fields(""))
		if g.Header.Get("Location") != "/sessions?done=remove" || !d.sessions[id].state.Removed || d.sessions[id].state.Phase != nextup.PhaseCancelled {
			t.Fatalf("%d %q", g.StatusCode, g.Header.Get("Location"))
		}
		if mails(id, nextup.MailCancellation) < 3 {
			t.Errorf("%d are told", mails(id, nextup.MailCancellation))
		}
		if slices.Contains(listed(parse(t, d.get(c, "/sessions"))), "Coming") || d.get(c, "/sessions/"+string(id)).StatusCode != http.StatusNotFound {
			t.Error("still there")
		}
		if g := d.post(c, at, nil); g.StatusCode != http.StatusSeeOther {
			t.Errorf("pressed twice: %d", g.StatusCode)
		}
		if g := d.get(d.browser(), pathOf(d.server.links.SignUp(id))); g.StatusCode != http.StatusOK || !strings.Contains(strings.ToLower(parse(t, g).one("main").text()), "cancelled") {
			t.Errorf("the old link to sign up: %d %q", g.StatusCode, parse(t, g).one("main").text())
		}
		n, _ := d.Look(t.Context(), id)
		if g := d.get(d.browser(), pathOf(d.server.links.Candidate(id, "CANDIDATE0"))); g.StatusCode != http.StatusOK || n.ViewOfCandidate("CANDIDATE0", "").Moment != nextup.MomentCancelled {
			t.Errorf("the old personal link: %d, %s", g.StatusCode, n.ViewOfCandidate("CANDIDATE0", "").Moment)
		}
	})
	t.Run("S3-11 unticked, nothing is sent", func(t *testing.T) {
		id, at := coming(2)
		page := parse(t, d.get(c, at))
		f := page.one("form", "action", at).fields("")
		f.Del("notice_send")
		if says := page.one("", "data-notice", "").text(); !strings.Contains(says, "yourself") {
			t.Errorf("says %q", says)
		}
		d.post(c, at, f)
		if !d.sessions[id].state.Removed || mails(id, nextup.MailCancellation) != 0 {
			t.Errorf("%d mails", mails(id, nextup.MailCancellation))
		}
	})
	t.Run("S3-10 a draft and one that is over go without a mail", func(t *testing.T) {
		draft := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "do", "save"))).ID
		over, _ := coming(2)
		d.must(over, d.maria.by(), nextup.Close{})
		for _, id := range []nextup.SessionID{draft, over} {
			before := len(d.sessions[id].mails)
			at := "/sessions/" + string(id) + "/remove"
			page := parse(t, d.get(c, at))
			if len(page.all("", "data-notice", "")) != 0 {
				t.Error("asks whom to tell")
			}
			d.post(c, at, page.one("form", "action", at).fields(""))
			if !d.sessions[id].state.Removed || len(d.sessions[id].mails) != before {
				t.Errorf("removed %v, %d new mails", d.sessions[id].state.Removed, len(d.sessions[id].mails)-before)
			}
		}
		if g := d.get(d.browser(), pathOf(d.server.links.Candidate(over, "CANDIDATE1"))); g.StatusCode != http.StatusOK {
			t.Errorf("the link of one that is over: %d", g.StatusCode)
		}
	})
	t.Run("S3-10 one with talks must be closed first", func(t *testing.T) {
		d.inTalk("CANDIDATEA")
		page := parse(t, d.get(c, "/sessions/SESSION1/remove"))
		if says := page.one("main").text(); !strings.Contains(says, "Close it first") || len(page.all("form", "action", "/sessions/SESSION1/remove")) != 0 {
			t.Errorf("says %q", says)
		}
		if g := d.post(c, "/sessions/SESSION1/remove", nil); g.StatusCode != http.StatusConflict || d.state().Removed {
			t.Errorf("%d", g.StatusCode)
		}
	})
}
