package transport

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// registers signs somebody up for a session, without the page.
func (d *desks) registers(id nextup.SessionID, c nextup.CandidateID) {
	d.t.Helper()
	_, err := d.Do(context.Background(), id, nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: c},
		People: []nextup.Person{{ID: c.Person(), Role: nextup.RoleCandidate, Name: "Åsa Öberg", Email: string(c) + "@example.test", Language: "en"}},
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// inTalk brings a candidate of SESSION1 into a talk with the first interviewer.
func (d *desks) inTalk(id nextup.CandidateID) nextup.OfferID {
	d.t.Helper()
	d.candidate(id, "Åsa Öberg")
	one := nextup.Actor{Role: nextup.RoleInterviewer, ID: string(d.first)}
	asa := nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}
	d.must(d.session, asa, nextup.CheckIn{Device: "DEVICE01"})
	d.there(id.Person(), d.first.Person())
	d.must(d.session, one, nextup.Enter{Device: "DEVICE02"})
	d.must(d.session, one, nextup.Take{Candidate: id, Reason: nextup.Reason{Preset: nextup.PresetKnows}})
	i, _ := d.state().Interviewer(d.first)
	d.must(d.session, asa, nextup.Acknowledge{Offer: i.Last})
	if len(d.state().Talks) == 0 {
		d.t.Fatal("no talk")
	}
	return d.state().Talks[0].Offer
}

func TestChangesArePublished(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	n := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "places", "1", "job", "Ett jobb", "do", "publish")))
	at := "/sessions/" + string(n.ID)
	edit := at + "/edit"
	form := func() (f map[string][]string) {
		return parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	}
	signUp := pathOf(d.server.links.SignUp(n.ID))
	seen := func() string { return parse(t, d.get(d.browser(), signUp)).one("main").text() }
	d.registers(n.ID, "CANDIDATE1")

	t.Run("S3-29 without publishing candidates see the old version", func(t *testing.T) {
		g := d.post(c, edit, with(form(), "title", "En ny rubrik", "clock", "15:00", "talk", "12"))
		if g.Header.Get("Location") != at+"?done=draft" {
			t.Fatalf("%d %q", g.StatusCode, g.Header.Get("Location"))
		}
		if says := seen(); strings.Contains(says, "En ny rubrik") || !strings.Contains(says, "13:00") {
			t.Errorf("candidates see %q", says)
		}
		if st := d.sessions[n.ID].state; st.Settings.Talk != 10*time.Minute || st.Edited != n.State.Edited {
			t.Error("in force already")
		}
		// The recruiter sees that there is something, what it is, and how it will look.
		if says := parse(t, d.get(c, "/sessions")).one("article", "data-session-row", string(n.ID)).text(); !strings.Contains(says, "Unpublished changes") {
			t.Errorf("list: %q", says)
		}
		if says := parse(t, d.get(c, at)).one("", "data-unpublished", "").text(); !strings.Contains(says, "Maria Lindqvist") {
			t.Errorf("overview: %q", says)
		}
		if f := parse(t, d.get(c, edit)).one("form", "action", edit).fields(""); f.Get("title") != "En ny rubrik" || f.Get("clock") != "15:00" {
			t.Error("the form does not show what was saved")
		}
		preview := parse(t, d.get(c, at+"/preview")).one("main")
		if says := preview.text(); !strings.Contains(says, "En ny rubrik") || !strings.Contains(says, "15:00") || !strings.Contains(says, "Preview") {
			t.Errorf("preview: %q", says)
		}
		page := parse(t, d.get(c, at+"/changes"))
		for key, want := range map[string][2]string{"title": {"Lagerarbetare, Malmö", "En ny rubrik"}, "talk": {"10", "12"}, "when": {"13:00", "15:00"}} {
			if says := page.one("", "data-change", key).text(); !strings.Contains(says, want[0]) || !strings.Contains(says, want[1]) {
				t.Errorf("%s: %q", key, says)
			}
		}
		if len(page.all("", "data-change", "places")) != 0 {
			t.Error("what did not change is listed")
		}
	})
	t.Run("S3-29 discarded", func(t *testing.T) {
		page := parse(t, d.get(c, at+"/changes"))
		if g := d.post(c, at+"/discard", page.one("form", "action", at+"/discard").fields("")); g.Header.Get("Location") != at+"?done=discard" {
			t.Errorf("%d", g.StatusCode)
		}
		if len(d.office.drafts) != 0 || len(parse(t, d.get(c, at)).all("", "data-unpublished", "")) != 0 {
			t.Error("still there")
		}
		if g := d.get(c, at+"/changes"); g.Header.Get("Location") != at {
			t.Errorf("nothing to publish: %d", g.StatusCode)
		}
	})
	t.Run("S3-12 a new time is in force when it is published, and those registered are told", func(t *testing.T) {
		d.made(d.post(c, edit, with(form(), "clock", "16:00", "do", "publish")))
		page := parse(t, d.get(c, at+"/changes"))
		notice := page.one("", "data-notice", "").text()
		if !strings.Contains(notice, "1 candidate") {
			t.Errorf("notice: %q", notice)
		}
		send := page.one("form", "action", at+"/changes").fields("")
		if g := d.post(c, at+"/changes", send); g.Header.Get("Location") != at+"?done=changes" {
			t.Fatalf("%d %s", g.StatusCode, parse(t, g).one("main").text())
		}
		if !strings.Contains(seen(), "16:00") || !strings.Contains(parse(t, d.get(c, at)).one("main").text(), "16:00") {
			t.Error("the old time is shown")
		}
		if !slices.ContainsFunc(d.sessions[n.ID].mails, func(m nextup.Mail) bool { return m.Kind == nextup.MailChange && m.Person == "CANDIDATE1" }) {
			t.Error("nobody was told")
		}
		mails := len(d.sessions[n.ID].mails)
		if g := d.post(c, at+"/changes", send); g.StatusCode != http.StatusSeeOther || len(d.sessions[n.ID].mails) != mails {
			t.Errorf("published twice: %d, %d mails more", g.StatusCode, len(d.sessions[n.ID].mails)-mails)
		}
	})
	t.Run("S3-12 a change that concerns no candidate tells nobody", func(t *testing.T) {
		f := form()
		f["question"], f["question_id"] = []string{"En fråga?"}, []string{""}
		d.made(d.post(c, edit, with(f, "do", "publish")))
		page := parse(t, d.get(c, at+"/changes"))
		if len(page.all("", "data-notice", "")) != 0 || !strings.Contains(page.one("main").text(), "No mail is sent") {
			t.Error("asks whom to tell")
		}
		mails := len(d.sessions[n.ID].mails)
		d.post(c, at+"/changes", page.one("form", "action", at+"/changes").fields(""))
		if len(d.sessions[n.ID].mails) != mails || len(d.sessions[n.ID].state.Settings.Questions) != 1 {
			t.Error("somebody was told")
		}
	})
	t.Run("S3-28 full, raised, published: the next one registers at once with the same link", func(t *testing.T) {
		if says := seen(); !strings.Contains(says, "full") && !strings.Contains(says, "taken") {
			t.Errorf("full says %q", says)
		}
		d.inForce(c, edit, with(form(), "places", "3"))
		f := parse(t, d.get(d.browser(), signUp)).one("form", "action", signUp).fields("")
		g := d.post(d.browser(), signUp, with(f, "name", "Ola Nordmann", "email", "ola@example.test"))
		if g.StatusCode != http.StatusOK || d.sessions[n.ID].state.Taken() != 2 {
			t.Errorf("%d, %d registered: %s", g.StatusCode, d.sessions[n.ID].state.Taken(), parse(t, g).one("main").text())
		}
	})
	t.Run("S3-28 lowering below those registered is refused with the number", func(t *testing.T) {
		g := d.post(c, edit, with(form(), "places", "1"))
		if says := parse(t, g).one("", "id", "places-fault").text(); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(says, "2 are registered") {
			t.Errorf("%d %q", g.StatusCode, says)
		}
	})
	t.Run("saved again while somebody reads", func(t *testing.T) {
		d.made(d.post(c, edit, with(form(), "title", "One")))
		send := parse(t, d.get(c, at+"/changes")).one("form", "action", at+"/changes").fields("")
		d.made(d.post(c, edit, with(form(), "title", "Two")))
		g := d.post(c, at+"/changes", send)
		if g.StatusCode != http.StatusConflict || !strings.Contains(parse(t, g).one("main").text(), "saved anew") || d.sessions[n.ID].texts[nextup.TitleText] == "Two" {
			t.Errorf("%d", g.StatusCode)
		}
	})
}

// S3-29: what candidates will see can be looked at before anything is published.
func TestPreviewOfADraft(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	g := d.post(c, "/sessions/new", with(d.fresh(c), "job", "Ett **jobb**", "do", "preview"))
	at, _ := strings.CutSuffix(g.Header.Get("Location"), "/preview")
	if g.StatusCode != http.StatusSeeOther || at == "" {
		t.Fatalf("%d %q", g.StatusCode, g.Header.Get("Location"))
	}
	page := parse(t, d.get(c, at+"/preview")).one("main")
	if says := page.text(); !strings.Contains(says, "Lagerarbetare, Malmö") || !strings.Contains(says, "Only you see it now") || len(page.all("a", "href", at+"/edit")) != 1 {
		t.Errorf("says %q", says)
	}
	for _, b := range page.all("button", "type", "submit") {
		if !b.has("disabled") {
			t.Errorf("%q can be pressed", b.text())
		}
	}
	n, _ := d.Look(t.Context(), nextup.SessionID(strings.TrimPrefix(at, "/sessions/")))
	if n.State.Phase != nextup.PhaseDraft {
		t.Errorf("it is %s", n.State.Phase)
	}
	if g := d.get(d.signedIn("sven@elsewhere.test"), at+"/preview"); g.StatusCode != http.StatusNotFound {
		t.Errorf("a stranger sees it: %d", g.StatusCode)
	}
}

func TestS3_14_EditWhileTalking(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	d.candidate("CANDIDATEB", "Ola Nordmann")
	offer := d.inTalk("CANDIDATEA")
	before, _ := d.state().Talk(offer)
	edit := "/sessions/SESSION1/edit"
	page := parse(t, d.get(c, edit))
	f := page.one("form", "action", edit).fields("save")
	if !page.one("input", "id", "date").has("readonly") || !strings.Contains(page.one("main").text(), "date, time and zone are fixed") {
		t.Error("start and zone can be typed, or nobody says why not")
	}
	for _, moved := range [][]string{{"clock", "23:50"}, {"zone", "Asia/Tokyo"}} {
		if g := d.post(c, edit, with(f, moved...)); g.StatusCode != http.StatusUnprocessableEntity || parse(t, g).one("", "id", "date-fault").text() == "" {
			t.Errorf("%s: %d", moved[0], g.StatusCode)
		}
	}
	f["question"] = []string{"Quite another question", "One more"}
	f["question_id"] = []string{f["question_id"][0], ""}
	f["interviewer_id"] = append(f["interviewer_id"], "")
	f["interviewer_name"] = append(f["interviewer_name"], "Johan Ek")
	f["interviewer_email"] = append(f["interviewer_email"], "johan@example.test")
	old := d.state().Settings.Questions[0]
	n := d.inForce(c, edit, with(f, "talk", "20"))
	after, _ := n.State.Talk(offer)
	if !after.EndsAt.Equal(before.EndsAt) || !after.Ended.IsZero() {
		t.Errorf("the running talk ends %v, was to end %v", after.EndsAt, before.EndsAt)
	}
	// What was asked stays with its words; the new words are another question.
	if got := n.State.Settings.Questions; slices.Contains(got, old) || n.Texts[nextup.TextID(got[0])] != "Quite another question" || n.Texts[nextup.TextID(old)] == "Quite another question" {
		t.Errorf("questions %v, the old one says %q", got, n.Texts[nextup.TextID(old)])
	}
	if n.State.Active() != 3 {
		t.Errorf("%d interview", n.State.Active())
	}
	if g := d.get(d.browser(), pathOf(d.server.links.Candidate("SESSION1", "CANDIDATEB"))); g.StatusCode != http.StatusOK || n.State.Candidates["CANDIDATEB"].Status != nextup.StatusRegistered {
		t.Errorf("the personal link: %d", g.StatusCode)
	}
	// The spelling is corrected: it is the same question still.
	f = parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	same := f["question_id"][0]
	f["question"][0] = "Quite: another question?"
	if n = d.inForce(c, edit, f); string(n.State.Settings.Questions[0]) != same || n.Texts[nextup.TextID(same)] != "Quite: another question?" {
		t.Errorf("questions %v", n.State.Settings.Questions)
	}
}

// S3-05: another interviewer, and more fit.
func TestS3_05_MoreInterviewersMoreCandidates(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	figure := func(f map[string][]string) string {
		return parse(t, d.post(c, "/sessions/new", with(f, "do", "trait.add"))).one("", "data-total", "").text()
	}
	f := d.fresh(c)
	one := figure(f)
	f.Add("interviewer_id", "")
	f.Add("interviewer_name", "Johan Ek")
	f.Add("interviewer_email", "johan@example.test")
	if two := figure(f); one != "6" || two != "12" {
		t.Errorf("%s with one, %s with two", one, two)
	}
}

// S3-22: an ad's address is kept and shown as a link, and is nothing else.
func TestS3_22_AdAddress(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	for typed, want := range map[string]string{
		"https://example.se/annons?id=1&x=å": "https://example.se/annons?id=1&x=å",
		"http://example.se":                  "http://example.se",
		"arbetsformedlingen.se/platsbanken":  "https://arbetsformedlingen.se/platsbanken",
		"  ":                                 "",
	} {
		n := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "ad", typed, "do", "publish")))
		if got := n.Texts[nextup.AdText]; got != want {
			t.Errorf("%s became %s", typed, got)
		}
	}
	for _, typed := range []string{"javascript:alert(1)", "data:text/html,x", "https://", "en annons", "https://anna:hemligt@example.se", "//example.se", "ftp://example.se/x", "https://example.se/\"onclick", "https://localhost/x", "https://" + strings.Repeat("x", maxAd) + ".se"} {
		g := d.post(c, "/sessions/new", with(d.fresh(c), "ad", typed, "do", "publish"))
		if g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", typed, g.StatusCode)
			continue
		}
		page := parse(t, g)
		if page.one("", "id", "ad-fault").text() == "" || page.one("input", "id", "ad").attr("value") != typed {
			t.Errorf("%s: not said, or lost", typed)
		}
	}
}

// S3-15, S3-18: a row that was removed comes back where it was, without scripts too.
func TestS3_15_RemovedRowComesBack(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	for _, kind := range []string{"question", "trait"} {
		f := d.fresh(c)
		f[kind], f[kind+"_id"] = []string{"one", "two", "three"}, []string{"", "", ""}
		page := parse(t, d.post(c, "/sessions/new", with(f, "do", kind+".remove.1")))
		f = page.one("form", "action", "/sessions/new").fields("")
		if line := page.one("section", "data-rows", kind).one("", "data-undo", ""); !slices.Equal(f[kind], []string{"one", "three"}) || line.has("hidden") || !strings.Contains(line.text(), "2 is removed") {
			t.Errorf("%s: %q, says %q", kind, f[kind], line.text())
		}
		page = parse(t, d.post(c, "/sessions/new", with(f, "do", kind+".undo")))
		if f = page.one("form", "action", "/sessions/new").fields(""); !slices.Equal(f[kind], []string{"one", "two", "three"}) {
			t.Errorf("%s: came back as %q", kind, f[kind])
		}
		if !page.one("section", "data-rows", kind).one("", "data-undo", "").has("hidden") {
			t.Errorf("%s: still offered", kind)
		}
	}
}
