package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nextup"
)

// fresh is the form of a new session as a browser without scripts fills it in.
func (d *desks) fresh(c *http.Client) url.Values {
	d.t.Helper()
	f := parse(d.t, d.get(c, "/sessions/new")).one("form", "action", "/sessions/new").fields("")
	f.Set("title", "Lagerarbetare, Malmö")
	f.Set("date", time.Now().AddDate(0, 0, 2).Format(time.DateOnly))
	f.Set("clock", "13:00")
	return f
}

func with(f url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range f {
		out[k] = slices.Clone(v)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// made is the session that a redirect leads to.
func (d *desks) made(g got) nextup.Snapshot {
	d.t.Helper()
	at, _, _ := strings.Cut(g.Header.Get("Location"), "?")
	at = strings.TrimSuffix(at, "/changes")
	if g.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/sessions/") {
		d.t.Fatalf("%d to %q: %s", g.StatusCode, at, parse(d.t, g).text())
	}
	n, err := d.Look(context.Background(), nextup.SessionID(strings.TrimPrefix(at, "/sessions/")))
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

// S3-02: title, date and time are enough, and the link for candidates is there at once.
func TestS3_02_CreateWithTheLeast(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	if len(parse(t, d.get(c, "/sessions")).all("a", "href", "/sessions/new")) != 1 {
		t.Error("no button on the first page")
	}
	g := d.post(c, "/sessions/new", with(d.fresh(c), "do", "publish"))
	n := d.made(g)
	st := n.State
	if st.Phase != nextup.PhasePublished || st.Organisation != "ORG" || st.Owner != "RECRUITER" || n.Texts[nextup.TitleText] != "Lagerarbetare, Malmö" {
		t.Errorf("made %+v", st)
	}
	if len(st.Interviewers) != 1 || st.Interviewers[0].ID != d.maria.asInterviewer() || n.People["RECRUITER"].Name != "Maria Lindqvist" {
		t.Errorf("the recruiter is not the first interviewer: %+v", st.Interviewers)
	}
	if !slices.Contains(mailKinds(d.sessions[n.ID].mails), nextup.MailInvitation) {
		t.Error("no invitation")
	}
	page := parse(t, d.get(c, g.Header.Get("Location")))
	link := page.one("", "data-link", "sign-up").text()
	if link != d.server.links.SignUp(n.ID) {
		t.Errorf("link %q", link)
	}
	if g := d.get(d.browser(), pathOf(link)); g.StatusCode != http.StatusOK || !strings.Contains(g.body, "Lagerarbetare") {
		t.Errorf("the link leads to %d", g.StatusCode)
	}
}

// inForce saves a published session's form, publishes it and gives what is there then.
func (d *desks) inForce(c *http.Client, edit string, f url.Values) nextup.Snapshot {
	d.t.Helper()
	d.made(d.post(c, edit, with(f, "do", "publish")))
	at := strings.TrimSuffix(edit, "/edit") + "/changes"
	return d.made(d.post(c, at, parse(d.t, d.get(c, at)).one("form", "action", at).fields("")))
}

func mailKinds(mails []nextup.Mail) (kinds []nextup.MailKind) {
	for _, m := range mails {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

// Everything there is, read back exactly.
func TestFormKeepsEverything(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	f := with(d.fresh(c), "length", "120", "talk", "12", "pause", "3", "places", "40", "zone", "Europe/Oslo", "job", "## Om jobbet\r\n\r\n- lyfta\r\n- bära", "do", "save")
	f["question"] = []string{"Vem är du?", "", "  Varför vi? "}
	f["trait"] = []string{"Noggrann"}
	f["trait_id"] = []string{""}
	f["interviewer_id"] = append(f["interviewer_id"], "", "")
	f["interviewer_name"] = append(f["interviewer_name"], "Johan Ek", "")
	f["interviewer_email"] = append(f["interviewer_email"], "johan@example.test", "")
	n := d.made(d.post(c, "/sessions/new", f))
	set := n.State.Settings
	if n.State.Phase != nextup.PhaseDraft {
		t.Errorf("phase %s", n.State.Phase)
	}
	if set.Length != 2*time.Hour || set.Talk != 12*time.Minute || set.Pause != 3*time.Minute || set.Places != 40 || set.Zone != "Europe/Oslo" {
		t.Errorf("settings %+v", set)
	}
	if got := set.Start.In(time.FixedZone("", 3600)).Format("15:04"); got != "13:00" && set.Start.Format("15:04") != "11:00" {
		t.Errorf("start %v", set.Start)
	}
	if n.Texts[nextup.JobText] != "## Om jobbet\n\n- lyfta\n- bära" {
		t.Errorf("job %q", n.Texts[nextup.JobText])
	}
	var questions []string
	for _, q := range set.Questions {
		questions = append(questions, n.Texts[nextup.TextID(q)])
	}
	if !slices.Equal(questions, []string{"Vem är du?", "Varför vi?"}) || len(set.Traits) != 1 {
		t.Errorf("questions %q, traits %v", questions, set.Traits)
	}
	if len(n.State.Interviewers) != 2 || n.People[n.State.Interviewers[1].ID.Person()].Email != "johan@example.test" {
		t.Errorf("interviewers %+v", n.State.Interviewers)
	}
	// The form of it shows what was typed, and saving it as it is changes nothing but the version.
	edit := "/sessions/" + string(n.ID) + "/edit"
	f = parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	if f.Get("clock") != "13:00" || f.Get("zone") != "Europe/Oslo" || f.Get("talk") != "12" {
		t.Errorf("form %v", f)
	}
	again := d.made(d.post(c, edit, f))
	again.State.Settings.Start = set.Start // compared above
	if fmt.Sprint(again.State.Settings) != fmt.Sprint(set) || fmt.Sprint(again.Texts) != fmt.Sprint(n.Texts) {
		t.Errorf("changed by saving it unchanged:\n%v\n%v", again.State.Settings, set)
	}
}

// Each wrong value is said beside its field, in the reader's language, and all that was typed stays.
func TestFormErrorsKeepWhatWasTyped(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	fresh := d.fresh(c)
	past := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	for _, x := range []struct {
		field, typed, fault string
		more                []string
	}{
		{field: "title", typed: ""},
		{field: "title", typed: strings.Repeat("å", maxTitle+1)},
		{field: "title", typed: "a\x07b"},
		{field: "title", typed: "a\u202eb"},
		{field: "job", typed: strings.Repeat("x", maxJob+1)},
		{field: "job", typed: "a\x00b"},
		{field: "date", typed: ""},
		{field: "date", typed: "24 november"},
		{field: "date", typed: past},
		{field: "clock", typed: "25:00"},
		{field: "clock", typed: "13"},
		{field: "clock", typed: "02:30", more: []string{"date", "2027-03-28"}}, // the clocks go forward
		{field: "zone", typed: "Mars/Olympus"},
		{field: "zone", typed: "Local"},
		{field: "length", typed: "0"},
		{field: "length", typed: "4"},
		{field: "length", typed: "1441"},
		{field: "length", typed: "en timme"},
		{field: "talk", typed: "0"},
		{field: "talk", typed: "61"},
		{field: "talk", typed: "1e1"},
		{field: "pause", typed: "-1"},
		{field: "pause", typed: "61"},
		{field: "places", typed: "0"},
		{field: "places", typed: "10001"},
		{field: "places", typed: "99999999999999999999"},
	} {
		before := len(d.sessions)
		f := with(with(fresh, x.field, x.typed, "do", "publish", "question", "Kept question"), x.more...)
		g := d.post(c, "/sessions/new", f)
		page := parse(t, g)
		if g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s %.30q: %d to %s", x.field, x.typed, g.StatusCode, g.Header.Get("Location"))
			continue
		}
		fault := page.one("", "id", x.field+"-fault")
		if fault.text() == "" || strings.Contains(fault.text(), "form.error") {
			t.Errorf("%s: says %q", x.field, fault.text())
		}
		var marked []string
		for _, e := range page.all("", "aria-invalid", "true") {
			marked = append(marked, e.attr("name"))
		}
		if !slices.Equal(marked, []string{x.field}) {
			t.Errorf("%s %.30q: marked are %v", x.field, x.typed, marked)
		}
		kept := page.one("form", "action", "/sessions/new").fields("")
		for _, name := range []string{"title", "job", "date", "clock", "length", "talk", "pause", "places", "question"} {
			if name == x.field && strings.ContainsAny(x.typed, "\x00\x07\u202e") {
				if !strings.Contains(kept.Get(name), "\ufffd") {
					t.Errorf("%s: the hidden character cannot be seen: %q", name, kept.Get(name))
				}
				continue
			}
			if got, want := kept.Get(name), f.Get(name); got != want {
				t.Errorf("%s wrong, and %s became %.40q", x.field, name, got)
			}
		}
		if len(d.sessions) != before {
			t.Errorf("%s %.30q: a session was made", x.field, x.typed)
		}
	}
	// In Swedish, for a Swedish reader.
	c.Jar.SetCookies(mustURL(t, d.http.URL), []*http.Cookie{{Name: languageCookie, Value: "sv", Path: "/"}})
	g := d.post(c, "/sessions/new", with(fresh, "title", ""))
	if got := parse(t, g).one("", "id", "title-fault").text(); got != "Fyll i det här." {
		t.Errorf("in Swedish: %q", got)
	}
}

// The hour that exists twice is the first of the two, and taken.
func TestFormTakesTheHourThatOccursTwice(t *testing.T) {
	f := sessionForm{Date: "2026-10-25", Clock: "02:30", Zone: "Europe/Stockholm", Errors: faults{}}
	var set nextup.Settings
	f.start(&set)
	if len(f.Errors) != 0 || set.Start.Format("15:04") != "00:30" {
		t.Errorf("%v %v", f.Errors, set.Start)
	}
}

// S3-15, S3-18: twenty fit, the twenty-first does not, and nothing typed is lost.
func TestS3_15_TwentyQuestions(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	for kind, row := range map[string]string{"question": "S3-15 questions", "trait": "S3-18 traits"} {
		t.Run(row, func(t *testing.T) {
			f := d.fresh(c)
			f[kind], f[kind+"_id"] = nil, nil
			for i := range 20 {
				f.Add(kind, "Item "+strconv.Itoa(i+1))
			}
			full := parse(t, d.post(c, "/sessions/new", with(f, "do", kind+".add")))
			if got := full.one("form", "action", "/sessions/new").fields("")[kind]; len(got) != 20 {
				t.Errorf("%s: %d rows after adding a twenty-first", kind, len(got))
			}
			section := full.one("section", "data-rows", kind)
			if add := section.one("button", "data-do", "add"); add.attr("aria-disabled") != "true" {
				t.Errorf("%s: the button can be pressed", kind)
			}
			if note := section.one("", "id", kind+"-full"); note.has("hidden") || !strings.Contains(note.text(), "20") {
				t.Errorf("%s: no word about it", kind)
			}
			f.Add(kind, "Item 21")
			g := d.post(c, "/sessions/new", with(f, "do", "publish"))
			page := parse(t, g)
			if g.StatusCode != http.StatusUnprocessableEntity || page.one("", "id", kind+"s-fault").text() == "" {
				t.Errorf("%s: 21 give %d", kind, g.StatusCode)
			}
			if got := page.one("form", "action", "/sessions/new").fields("")[kind]; len(got) != 21 || got[20] != "Item 21" {
				t.Errorf("%s: %d rows kept", kind, len(got))
			}
			f[kind] = f[kind][:20]
			n := d.made(d.post(c, "/sessions/new", with(f, "do", "publish")))
			if len(n.State.Settings.Questions)+len(n.State.Settings.Traits) != 20 {
				t.Errorf("%s: kept %d", kind, len(n.State.Settings.Questions)+len(n.State.Settings.Traits))
			}
		})
	}
}

// Rows are added, moved and removed without scripts; the order is the one all see.
func TestRowsWithoutScripts(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	f := d.fresh(c)
	f["question"], f["question_id"] = []string{"one", "two", "three"}, []string{"", "", ""}
	press := func(do string) []string {
		t.Helper()
		g := d.post(c, "/sessions/new", with(f, "do", do))
		if g.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", do, g.StatusCode)
		}
		page := parse(t, g)
		f = page.one("form", "action", "/sessions/new").fields("")
		if f.Get("title") != "Lagerarbetare, Malmö" || len(page.all("", "aria-invalid", "true")) != 0 {
			t.Errorf("%s: lost the title, or complained", do)
		}
		return f["question"]
	}
	for _, x := range []struct{ do, want string }{
		{"question.up.2", "one three two"},
		{"question.down.0", "three one two"},
		{"question.remove.1", "three two"},
		{"question.add", "three two "},
		{"question.up.0", "three two "},
		{"question.down.9", "three two "},
		{"question.remove.-1", "three two "},
		{"question.up.x", "three two "},
	} {
		if got := strings.Join(press(x.do), " "); got != x.want {
			t.Errorf("%s: %q, want %q", x.do, got, x.want)
		}
	}
	if press("interviewer.add"); len(f["interviewer_name"]) != 2 {
		t.Errorf("interviewers %v", f["interviewer_name"])
	}
	if press("interviewer.remove.0"); len(f["interviewer_name"]) != 1 || f["interviewer_name"][0] != "" {
		t.Errorf("interviewers %v", f["interviewer_name"])
	}
}

func TestInterviewersInTheForm(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	for what, people := range map[string][][2]string{
		"a bad address":  {{"Johan Ek", "johan@localhost"}},
		"no name":        {{"", "johan@example.test"}},
		"no address":     {{"Johan Ek", ""}},
		"one twice":      {{"Johan Ek", "johan@example.test"}, {"Johan", "JOHAN@example.test"}},
		"Maria twice":    {{"Maria", "maria@example.test"}},
		"control in it":  {{"Jo\x00han", "johan@example.test"}},
		"a longish name": {{strings.Repeat("x", 101), "johan@example.test"}},
	} {
		f := d.fresh(c)
		for _, p := range people {
			f.Add("interviewer_id", "")
			f.Add("interviewer_name", p[0])
			f.Add("interviewer_email", p[1])
		}
		g := d.post(c, "/sessions/new", with(f, "do", "publish"))
		page := parse(t, g)
		if g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, g.StatusCode)
			continue
		}
		n := strconv.Itoa(len(people) + 1)
		if page.one("", "id", "interviewer"+n+"-fault").text() == "" {
			t.Errorf("%s: no word at row %s", what, n)
		}
		kept := page.one("form", "action", "/sessions/new").fields("")
		if got := kept["interviewer_email"][len(people)]; got != people[len(people)-1][1] {
			t.Errorf("%s: %q kept", what, got)
		}
	}
	f := d.fresh(c)
	f["interviewer_id"], f["interviewer_name"], f["interviewer_email"] = nil, nil, nil
	if g := d.post(c, "/sessions/new", with(f, "do", "publish")); g.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nobody: %d", g.StatusCode)
	}
	// The recruiter may leave the interviewing to others.
	f.Add("interviewer_name", "Johan Ek")
	f.Add("interviewer_email", "johan@example.test")
	n := d.made(d.post(c, "/sessions/new", with(f, "do", "publish")))
	if len(n.State.Interviewers) != 1 || n.State.Interviewers[0].ID == d.maria.asInterviewer() {
		t.Errorf("interviewers %+v", n.State.Interviewers)
	}
}

// Identifiers that a form makes up are not believed: they can neither overwrite
// another text nor name somebody of another session.
func TestMadeUpIdentifiers(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	edit := "/sessions/SESSION1/edit"
	f := parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	f["question"] = []string{"a", "b", "c", "d"}
	f["question_id"] = []string{"title", "q1", "q1", "job"}
	f["interviewer_id"][0] = "CANDIDATE1"
	n := d.inForce(c, edit, f)
	if n.Texts[nextup.TitleText] != "Warehouse worker" || n.Texts[nextup.JobText] != "Lift **boxes**" {
		t.Errorf("overwritten: %q, %q", n.Texts[nextup.TitleText], n.Texts[nextup.JobText])
	}
	ids := n.State.Settings.Questions
	if len(ids) != 4 || ids[1] != "q1" || slices.Contains(ids, "title") || slices.Contains(ids, "job") || ids[2] == "q1" {
		t.Errorf("questions %v", ids)
	}
	if _, ok := n.State.Interviewer("CANDIDATE1"); ok {
		t.Error("an interviewer with a made-up ID")
	}
}

// S3-26, S3-27, S3-30: the figure, the warning that never blocks, the single long talk.
func TestS3_26_Capacity(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	figure := func(f url.Values) (total string, over tree, blocks int) {
		page := parse(t, d.post(c, "/sessions/new", with(f, "do", "question.add")))
		return page.one("", "data-total", "").text(), page.one("", "id", "over"), len(page.one("", "data-blocks", "").all("rect"))
	}
	f := d.fresh(c)
	if got, over, blocks := figure(with(f, "length", "60", "talk", "10", "places", "6")); got != "6" || !over.has("hidden") || blocks != 6 {
		t.Errorf("one interviewer: %s, %d blocks", got, blocks)
	}
	three := with(f, "length", "60", "talk", "10", "places", "20")
	for _, n := range []string{"Johan", "Ingrid"} {
		three.Add("interviewer_id", "")
		three.Add("interviewer_name", n)
		three.Add("interviewer_email", n+"@example.test")
	}
	if got, over, blocks := figure(three); got != "18" || over.has("hidden") || blocks != 18 {
		t.Errorf("three interviewers: %s, %d blocks", got, blocks)
	} else if says := over.text(); !strings.Contains(says, "2 more") || !strings.Contains(says, "14:10") {
		t.Errorf("says %q", says)
	}
	if got, _, _ := figure(with(f, "length", "60", "talk", "10", "pause", "5")); got != "4" { // 65 / 15
		t.Errorf("with pauses: %s", got)
	}
	if got, _, _ := figure(with(f, "length", "60", "talk", "x")); got != "0" {
		t.Errorf("without a talk length: %s", got)
	}
	t.Run("S3-27 five hundred, warned of and not refused", func(t *testing.T) {
		if _, over, _ := figure(with(three, "places", "500")); over.has("hidden") || !strings.Contains(over.text(), "482 more") {
			t.Errorf("says %q", over.text())
		}
		n := d.made(d.post(c, "/sessions/new", with(three, "places", "500", "do", "publish")))
		if n.State.Settings.Places != 500 {
			t.Errorf("places %d", n.State.Settings.Places)
		}
	})
	t.Run("S3-30 one talk as long as the session", func(t *testing.T) {
		f := with(d.fresh(c), "length", "60", "talk", "60", "places", "1")
		if got, over, _ := figure(f); got != "1" || !over.has("hidden") {
			t.Errorf("figure %s", got)
		}
		long := d.made(d.post(c, "/sessions/new", with(f, "do", "publish")))
		if long.State.Settings.Capacity(1) != 1 {
			t.Error("one long talk does not fit")
		}
	})
}

func TestCapacityPictureOfMany(t *testing.T) {
	v := newCapacity(nextup.Settings{Length: 24 * time.Hour, Talk: time.Minute}, 50)
	if v.Total != 72000 || len(v.Blocks) != maxBlockRow*maxBlockCol {
		t.Errorf("%d talks, %d blocks", v.Total, len(v.Blocks))
	}
	for _, b := range v.Blocks {
		if b.W < 1 || b.X < 0 || b.X+b.W > blocksWidth || b.Y+blockHeight > v.Height {
			t.Fatalf("block %+v outside", b)
		}
	}
	if v := newCapacity(nextup.Settings{}, 0); v.Total != 0 || len(v.Blocks) != 0 || v.Height != 0 {
		t.Errorf("nothing: %+v", v)
	}
}

// Two edit at once: the second sees what both changed side by side, what only the
// first changed is taken over, and nothing typed is lost; saving once more is meant.
func TestSecondEditorSeesTheConflict(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	edit := "/sessions/SESSION1/edit"
	first := parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	second := parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	second.Set("title", "Second was here")
	second["question"][0] = "Second's question"
	again := func(conflict got) url.Values {
		t.Helper()
		if conflict.StatusCode != http.StatusConflict {
			t.Fatalf("%d", conflict.StatusCode)
		}
		page := parse(t, conflict)
		both := page.one("", "data-theirs", "title").text()
		if !strings.Contains(both, "First was here") || !strings.Contains(both, "Second was here") {
			t.Errorf("title: %q", both)
		}
		if says := page.one("", "data-theirs", "talk").text(); !strings.Contains(says, "12") || !strings.Contains(says, "taken over") {
			t.Errorf("talk: %q", says)
		}
		if len(page.all("", "data-theirs", "")) > 2 || len(page.all("", "data-theirs", "length")) != 0 {
			t.Error("what nobody changed is shown")
		}
		f := page.one("form", "action", edit).fields("save")
		if f.Get("title") != "Second was here" || f["question"][0] != "Second's question" || f.Get("talk") != "12" {
			t.Errorf("lost: %v", f)
		}
		return f
	}
	t.Run("S3-28 two drafts", func(t *testing.T) {
		d.made(d.post(c, edit, with(first, "title", "First was here", "talk", "12")))
		f := again(d.post(c, edit, second))
		if kept, _, _, _ := d.server.draftOf(t.Context(), "SESSION1"); kept.Title != "First was here" {
			t.Error("overwritten without asking")
		}
		// One field can be taken from the other, without losing the rest.
		page := parse(t, d.post(c, edit, with(f, "do", "theirs.title")))
		taken := page.one("form", "action", edit).fields("save")
		if taken.Get("title") != "First was here" || taken["question"][0] != "Second's question" || len(page.all("", "data-theirs", "title")) != 0 {
			t.Errorf("taken: %v", taken)
		}
		d.made(d.post(c, edit, f))
		if kept, _, _, _ := d.server.draftOf(t.Context(), "SESSION1"); kept.Title != "Second was here" || kept.Talk != "12" {
			t.Errorf("saved once more: %+v", kept)
		}
	})
	t.Run("S3-28 one has been published meanwhile", func(t *testing.T) {
		d.office.drafts = nil
		d.inForce(c, edit, with(first, "title", "First was here", "talk", "12"))
		f := again(d.post(c, edit, second))
		if n := d.inForce(c, edit, f); n.Texts[nextup.TitleText] != "Second was here" || n.State.Settings.Talk != 12*time.Minute {
			t.Errorf("saved once more: %q", n.Texts[nextup.TitleText])
		}
	})
}

// A double click, or a form sent again by a nervous browser, makes one session.
func TestFormSentTwice(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	f := with(d.fresh(c), "do", "publish")
	before := len(d.sessions)
	a, b := d.made(d.post(c, "/sessions/new", f)), d.made(d.post(c, "/sessions/new", f))
	if a.ID != b.ID || len(d.sessions) != before+1 || b.State.Version != a.State.Version {
		t.Errorf("%s and %s, %d sessions", a.ID, b.ID, len(d.sessions)-before)
	}
	// The same form from the history, changed: the same session, to be published anew.
	n := d.made(d.post(c, "/sessions/new", with(f, "title", "Ändrad", "command", NewID())))
	if kept, _, _, _ := d.server.draftOf(t.Context(), a.ID); n.ID != a.ID || kept.Title != "Ändrad" || len(d.sessions) != before+1 {
		t.Errorf("%s %q", n.ID, kept.Title)
	}
	// A stranger's form cannot take it over.
	sven := d.signedIn("sven@elsewhere.test")
	g := d.post(sven, "/sessions/new", with(d.fresh(sven), "new", string(a.ID), "do", "publish"))
	if g.StatusCode != http.StatusConflict {
		t.Errorf("a stranger's: %d", g.StatusCode)
	}
}

// What the machine refuses is said in the form, and nothing is lost.
func TestFormRefusedByTheMachine(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	for i := range 3 {
		d.candidate(nextup.CandidateID(fmt.Sprintf("CANDIDATE%d", i)), "Somebody")
	}
	edit := "/sessions/SESSION1/edit"
	f := parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	g := d.post(c, edit, with(f, "places", "2"))
	if got := parse(t, g).one("", "id", "places-fault").text(); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got, "3") {
		t.Errorf("%d %q", g.StatusCode, got)
	}
	d.made(d.post(c, edit, with(f, "title", "Typed for long", "places", "3")))
	changes := "/sessions/SESSION1/changes"
	sent := parse(t, d.get(c, changes)).one("form", "action", changes).fields("")
	d.broken = nextup.Refuse(nextup.CodeUnavailable)
	g = d.post(c, changes, sent)
	page := parse(t, g)
	if g.StatusCode != http.StatusServiceUnavailable || page.one("input", "id", "title").attr("value") != "Typed for long" || len(page.all("", "role", "alert")) == 0 {
		t.Errorf("store away: %d", g.StatusCode)
	}
	d.broken = errors.New("a fault")
	g = d.post(c, changes, sent)
	if page := parse(t, g); g.StatusCode != http.StatusInternalServerError || page.one("input", "id", "title").attr("value") != "Typed for long" {
		t.Errorf("a fault: %d", g.StatusCode)
	}
	d.broken = nil
	// Somebody took a place between saving and publishing.
	d.candidate("CANDIDATE9", "Somebody")
	g = d.post(c, changes, sent)
	if got := parse(t, g).one("", "id", "places-fault").text(); !strings.Contains(got, "4") {
		t.Errorf("%d %q", g.StatusCode, got)
	}
	if n := d.inForce(c, edit, with(parse(t, g).one("form", "action", edit).fields("save"), "places", "4")); n.Texts[nextup.TitleText] != "Typed for long" {
		t.Errorf("sent again: %q", n.Texts[nextup.TitleText])
	}
}

// A corrected address gets a new link and PIN: the old ones went to somebody else.
func TestCorrectedAddressGetsANewLink(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	edit := "/sessions/SESSION1/edit"
	f := parse(t, d.get(c, edit)).one("form", "action", edit).fields("save")
	if i := slices.Index(f["interviewer_id"], "INTERVIEWER2"); i >= 0 {
		f["interviewer_email"][i] = "right@example.test"
	}
	n := d.inForce(c, edit, f)
	one, _ := n.State.Interviewer("INTERVIEWER1")
	two, _ := n.State.Interviewer("INTERVIEWER2")
	if one.Generation != 1 || two.Generation != 2 || n.People["INTERVIEWER2"].Email != "right@example.test" {
		t.Errorf("generations %d and %d", one.Generation, two.Generation)
	}
	if !slices.Contains(d.sessions["SESSION1"].mails, nextup.Mail{Kind: nextup.MailInvitation, Person: "INTERVIEWER2"}) {
		t.Error("no mail to the right address")
	}
}

// S3-21: a pasted job text is shown with its formatting, and comes out harmless.
func TestS3_21_JobTextIsShownSafely(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	job := "# Om oss\n\n<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)> [klick](javascript:alert(1)) <b onclick=x>b</b>\n\n**fet**"
	n := d.made(d.post(c, "/sessions/new", with(d.fresh(c), "job", job, "do", "publish")))
	for path, b := range map[string]*http.Client{"/sessions/" + string(n.ID): c, pathOf(d.server.links.SignUp(n.ID)): d.browser()} {
		page := parse(t, d.get(b, path))
		main := page.one("main")
		if len(main.all("img")) != 0 || len(main.all("script")) != 0 {
			t.Errorf("%s: an image or a script", path)
		}
		for _, e := range main.all("") {
			if strings.HasPrefix(strings.ToLower(e.attr("href")), "javascript:") || e.has("onclick") || e.has("onerror") {
				t.Errorf("%s: <%s %v>", path, e.Data, e.Attr)
			}
		}
		if len(main.all("strong")) == 0 {
			t.Errorf("%s: Markdown is not shown as such", path)
		}
	}
}

func TestZones(t *testing.T) {
	for _, z := range append(slices.Clone(commonZones), moreZones...) {
		if !zoneExists(z) {
			t.Errorf("%s does not exist", z)
		}
	}
	for _, z := range []string{"", "Local", "Mars/Olympus", strings.Repeat("x", 100), "../etc/passwd"} {
		if zoneExists(z) {
			t.Errorf("%q exists", z)
		}
	}
	selected := func(chosen string) (names []string) {
		v := newZones(chosen)
		for _, o := range append(v.Common, v.More...) {
			if o.Selected {
				names = append(names, o.Name)
			}
		}
		return names
	}
	for _, z := range []string{"Europe/Stockholm", "Pacific/Auckland", "America/Argentina/Buenos_Aires"} {
		if got := selected(z); !slices.Equal(got, []string{z}) {
			t.Errorf("%s: selected %v", z, got)
		}
	}
}
