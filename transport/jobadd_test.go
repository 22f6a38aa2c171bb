package transport

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nextup"
)

// postFile sends a form with a file as a browser does.
func (x *recruitment) postFile(path string, form url.Values, name string, content []byte) got {
	x.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, list := range form {
		for _, v := range list {
			x.ok(w.WriteField(k, v))
		}
	}
	part, err := w.CreateFormFile("file", name)
	x.ok(err)
	_, err = part.Write(content)
	x.ok(err)
	x.ok(w.Close())
	r, err := http.NewRequest(http.MethodPost, x.http.URL+path, &b)
	x.ok(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return x.send(x.her, r)
}

// rowsIn counts the people of a preview.
func rowsIn(form tree) int { return len(form.one("tbody").all("tr")) }

// people is who is in a job, as "name <address>".
func (x *recruitment) people(id nextup.JobID) (all []string) {
	x.t.Helper()
	for _, a := range x.board(id).Applicants {
		if a.Removed.IsZero() {
			all = append(all, a.Name+" <"+a.Email+">")
		}
	}
	return all
}

// S0-24: twenty pasted lines become applicants: shown first, merged, errors by line,
// all or none.
func TestS0_24_PasteApplicants(t *testing.T) {
	x := newRecruitment(t)
	id, _ := x.newJob(0)
	at := "/jobs/" + string(id) + "/applicants"
	check := func(g got) tree {
		t.Helper()
		return parse(t, g).one("form", "data-paste", "")
	}
	t.Run("S0-24 twenty lines become twenty applicants", func(t *testing.T) {
		var lines []string
		for i := range 20 {
			lines = append(lines, fmt.Sprintf("Person %d, person%d@example.test", i+1, i+1))
		}
		form := check(x.post(x.her, at, url.Values{"list": {strings.Join(lines, "\r\n")}, "language": {"nb"}, "do": {"check"}}))
		if n := rowsIn(form); n != 20 || len(x.people(id)) != 0 {
			t.Fatalf("%d shown, %d kept before it was confirmed", n, len(x.people(id)))
		}
		g := x.post(x.her, at, form.fields("add"))
		b := x.board(id)
		if g.StatusCode != http.StatusSeeOther || len(b.Applicants) != 20 || b.Applicants[6].Name != "Person 7" || b.Applicants[6].Language != "nb" {
			t.Fatalf("%d: %d applicants", g.StatusCode, len(b.Applicants))
		}
		// They are ticked where one invites, and the same press again adds nobody.
		if page := parse(t, x.get(x.her, g.Header.Get("Location"))); len(page.one("form", "data-invite", "").fields("")["to"]) != 20 {
			t.Errorf("ticked %v", page.one("form", "data-invite", "").fields("")["to"])
		}
		if x.post(x.her, at, form.fields("add")); len(x.people(id)) != 20 {
			t.Errorf("%d after a second press", len(x.people(id)))
		}
	})
	t.Run("S0-24 duplicates are merged and faults listed by line", func(t *testing.T) {
		typed := "New One, new1@example.test\nnobody\nNew Again, NEW1@example.test, 070-111 22 33\nPerson 3, person3@example.test, 070-333 33 33\nX, x@\nTwo, two@example.test"
		form := check(x.post(x.her, at, url.Values{"list": {typed}, "language": {"sv"}, "do": {"check"}}))
		var wrong []string
		for _, l := range form.all("li", "data-line") {
			wrong = append(wrong, l.attr("data-line"))
		}
		if strings.Join(wrong, " ") != "2 5" || rowsIn(form) != 3 {
			t.Fatalf("wrong lines %v, %d people", wrong, rowsIn(form))
		}
		if row := form.one("tr", "data-person", "person3@example.test").text(); !strings.Contains(row, "Here already") {
			t.Errorf("somebody known: %s", row)
		}
		// Nothing is half done: with bad lines nobody is added, and what was pasted stays.
		g := x.post(x.her, at, form.fields("add"))
		if kept := check(g).fields(""); g.StatusCode != http.StatusUnprocessableEntity || len(x.people(id)) != 20 || kept.Get("list") != typed {
			t.Fatalf("%d: %d applicants, list %q", g.StatusCode, len(x.people(id)), kept.Get("list"))
		}
		// A list that was changed after it was shown is shown again.
		g = x.post(x.her, at, with(form.fields("add"), "list", "Else, else@example.test", "without", "1"))
		if g.StatusCode != http.StatusUnprocessableEntity || len(x.people(id)) != 20 {
			t.Fatalf("an unseen list: %d, %d applicants", g.StatusCode, len(x.people(id)))
		}
		g = x.post(x.her, at, with(form.fields("add"), "without", "1"))
		b := x.board(id)
		if g.StatusCode != http.StatusSeeOther || len(b.Applicants) != 22 {
			t.Fatalf("%d: %d applicants", g.StatusCode, len(b.Applicants))
		}
		for _, a := range b.Applicants {
			switch a.Email {
			case "new1@example.test":
				if a.Phone != "070-111 22 33" || a.Language != "sv" {
					t.Errorf("merged in the list: %+v", a)
				}
			case "person3@example.test":
				if a.Phone != "070-333 33 33" || a.Language != "nb" {
					t.Errorf("merged with who was here: %+v", a)
				}
			}
		}
	})
	t.Run("S0-24 a file from an older table program", func(t *testing.T) {
		g := x.postFile(at, url.Values{"language": {"sv"}, "do": {"check"}}, "lista.csv", []byte("Namn;E-post\r\n\xc5sa \xd6berg;asa@example.test\r\n"))
		form := check(g)
		if fields := form.fields(""); !strings.Contains(fields.Get("list"), "Åsa Öberg;asa@example.test") {
			t.Fatalf("%d %q", g.StatusCode, fields.Get("list"))
		}
		if g := x.post(x.her, at, form.fields("add")); g.StatusCode != http.StatusSeeOther || !strings.Contains(strings.Join(x.people(id), "\n"), "Åsa Öberg <asa@example.test>") {
			t.Errorf("%d %v", g.StatusCode, x.people(id))
		}
		if g := x.postFile(at, url.Values{"do": {"check"}}, "lista.xlsx", []byte("PK\x03\x04zip")); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(told(t, g), "save it as CSV") {
			t.Errorf("a workbook: %d", g.StatusCode)
		}
	})
	t.Run("S0-24 one by hand", func(t *testing.T) {
		g := x.post(x.her, at, url.Values{"name": {"Eva Dahl"}, "email": {"eva@"}, "phone": {"1"}, "language": {"en"}, "do": {"one"}})
		if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, `value="Eva Dahl"`) || !strings.Contains(g.body, `id="email-fault"`) {
			t.Errorf("a wrong address: %d", g.StatusCode)
		}
		g = x.post(x.her, at, url.Values{"name": {"Eva Dahl"}, "email": {"eva@example.test"}, "language": {"en"}, "do": {"one"}})
		if g.StatusCode != http.StatusSeeOther || !strings.Contains(told(t, x.get(x.her, g.Header.Get("Location"))), "Added: Eva Dahl") {
			t.Errorf("%d %q", g.StatusCode, g.Header.Get("Location"))
		}
	})
	t.Run("S0-24 who was removed comes back", func(t *testing.T) {
		b := x.board(id)
		x.ok(x.db.RemoveApplicants(t.Context(), id, []nextup.ApplicantID{b.Applicants[0].ID}, time.Now(), false))
		form := check(x.post(x.her, at, url.Values{"list": {b.Applicants[0].Email}, "language": {"en"}, "do": {"check"}}))
		if row := form.one("tr", "data-person", b.Applicants[0].Email).text(); !strings.Contains(row, "Comes back") || !strings.Contains(row, "Person 1") {
			t.Errorf("shown as %q", row)
		}
		x.post(x.her, at, form.fields("add"))
		if a, _ := x.board(id).Applicant(b.Applicants[0].ID); !a.Removed.IsZero() || a.Name != "Person 1" {
			t.Errorf("%+v", a)
		}
	})
}

// S0-04: the form behind the drawer: an existing round or a new one, which gets a name.
func TestS0_04_ChooseRound(t *testing.T) {
	x := newRecruitment(t)
	id, round, who, _ := x.invited(3)
	at := "/jobs/" + string(id)
	page := parse(t, x.get(x.her, at))
	drawer := page.one("dialog", "id", "drawer")
	if got := drawer.one("input", "value", string(round)); got.attr("name") != "round" {
		t.Errorf("the existing round: %v", got.Attr)
	}
	if label := drawer.one("input", "value", string(round)).Node.Parent; !strings.Contains(tree{t, label}.text(), "5 times, 5 free") {
		t.Errorf("its figures: %s", tree{t, label}.text())
	}
	form := page.one("form", "data-invite", "").fields("register")
	if form.Get("name") != "Interview round 2" {
		t.Errorf("the new round would be %q", form.Get("name"))
	}
	form["to"] = []string{string(who[0]), string(who[2])}
	if g := x.post(x.her, at+"/rounds", with(form, "round", "new", "name", strings.Repeat("x", maxRoundName+1))); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, `id="name-fault"`) {
		t.Errorf("a name that is too long: %d", g.StatusCode)
	}
	if g := x.post(x.her, at+"/rounds", url.Values{"round": {"new"}, "do": {"register"}}); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(told(t, g), "at least one applicant") {
		t.Errorf("nobody ticked: %d", g.StatusCode)
	}
	if g := x.post(x.her, at+"/rounds", with(form, "round", "new")); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", g.StatusCode, told(t, g))
	}
	b := x.board(id)
	if len(b.Rounds) != 2 || b.Rounds[1].Round.Number != 2 || b.Rounds[1].Round.Name != "" || len(b.Rounds[1].Entries) != 2 {
		t.Errorf("made %+v", b.Rounds[1].Round)
	}
	// The name it has by itself follows the reader's language; a typed one stays.
	if g := x.get(x.her, at); !strings.Contains(told(t, g), "Interview round 2") {
		t.Error("the new round is not on the page")
	}
	form = parse(t, x.get(x.her, at)).one("form", "data-invite", "").fields("register")
	form["to"] = []string{string(who[1])}
	x.post(x.her, at+"/rounds", with(form, "round", "new", "name", "  Test   day "))
	if b := x.board(id); len(b.Rounds) != 3 || b.Rounds[2].Round.Name != "Test day" {
		t.Errorf("named %q", b.Rounds[len(b.Rounds)-1].Round.Name)
	}
}

// S0-05: creating slots is offered for a new round and for an existing one, with or
// without slots.
func TestS0_05_CreateSlotsForTheRound(t *testing.T) {
	x := newRecruitment(t)
	id, with1, who, _ := x.invited(2)
	without := x.newRound(id)
	at := "/jobs/" + string(id)
	for name, round := range map[string]string{"with slots": string(with1), "without": string(without), "new": "new"} {
		page := parse(t, x.get(x.her, at+"?to="+string(who[0]))).one("form", "data-invite", "")
		if b := page.one("button", "data-act", "slots"); b.attr("value") != "slots" || !strings.Contains(b.text(), "Create interview slots") {
			t.Errorf("%s: %s", name, b.text())
		}
		g := x.post(x.her, at+"/rounds", with(page.fields("slots"), "round", round))
		got := g.Header.Get("Location")
		if round == "new" {
			round = string(x.board(id).Rounds[2].Round.ID)
		}
		if want := at + "/rounds/" + round + "/slots?to=" + string(who[0]); got != want {
			t.Errorf("%s: leads to %q, want %q", name, got, want)
		}
	}
}

// Details are corrected, people are removed and erased; each asks or explains first.
func TestJobApplicant(t *testing.T) {
	x := newRecruitment(t)
	id, round, who, slots := x.invited(3)
	x.booked(round, who[0], slots[0].ID)
	at := "/jobs/" + string(id) + "/applicants/"
	one := at + string(who[0])
	page := parse(t, x.get(x.her, one))
	if got := page.one("", "data-link", "applicant").text(); got != x.server.links.Applicant(who[0]) {
		t.Errorf("link %q", got)
	}
	if text := page.one("main").text(); !strings.Contains(text, "Choose a time") || !strings.Contains(text, "Has chosen a time") || !strings.Contains(text, "Mails") {
		t.Errorf("page: %s", strings.Join(strings.Fields(text), " "))
	}
	form := page.one("form", "action", one).fields("")
	if g := x.post(x.her, one, with(form, "email", "APPLICANT2@example.test")); g.StatusCode != http.StatusConflict || !strings.Contains(g.body, `id="email-fault"`) || !strings.Contains(g.body, "APPLICANT2@") {
		t.Errorf("somebody else's address: %d %s", g.StatusCode, told(t, g))
	}
	if g := x.post(x.her, one, with(form, "name", "Ada", "email", "ada@example.test", "phone", "1", "language", "sv")); g.StatusCode != http.StatusSeeOther {
		t.Errorf("corrected: %d", g.StatusCode)
	}
	if a, _ := x.board(id).Applicant(who[0]); a.Name != "Ada" || a.Email != "ada@example.test" || a.Phone != "1" || a.Language != "sv" {
		t.Errorf("kept %+v", a)
	}

	ask := x.get(x.her, at+"remove?to="+string(who[0])+","+string(who[1]))
	if text := told(t, ask); !strings.Contains(text, "Ada") || !strings.Contains(text, "The interview is cancelled:") || !strings.Contains(text, "09:00") {
		t.Errorf("asks: %s", text)
	}
	x.post(x.her, at+"remove", parse(t, ask).one("form", "action", at+"remove").fields(""))
	b := x.board(id)
	for i, gone := range []bool{true, true, false} {
		if a, _ := b.Applicant(who[i]); a.Removed.IsZero() == gone {
			t.Errorf("applicant %d: removed %v", i, a.Removed)
		}
	}
	posted, err := (jobShelves{x.db}).RoundPosted(t.Context(), id)
	if err != nil || posted[0].Kind != nextup.MailUnbooked || posted[0].Person != nextup.PersonID(who[0]) {
		t.Errorf("letters %+v, %v", posted[0], err)
	}
	if g := x.get(x.her, one); g.StatusCode != http.StatusOK || !strings.Contains(told(t, g), "Removed from the job") {
		t.Errorf("his page afterwards: %d", g.StatusCode)
	}

	if g := x.post(x.her, one+"/erase", nil); g.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("erased without being sure: %d", g.StatusCode)
	}
	x.post(x.her, one+"/erase", url.Values{"sure": {"1"}})
	if a, _ := x.board(id).Applicant(who[0]); !a.Erased || a.Name+a.Email+a.Phone != "" {
		t.Errorf("kept %+v", a)
	}
	if g := x.get(x.her, one); g.StatusCode != http.StatusNotFound {
		t.Errorf("an erased person's page: %d", g.StatusCode)
	}
}
