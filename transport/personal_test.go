package transport

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nextup"
)

// applicantAt is an applicant's browser at his personal page.
type applicantAt struct {
	*recruitment
	c    *http.Client
	link string
}

func (x *recruitment) applicant(id nextup.ApplicantID) *applicantAt {
	return &applicantAt{x, x.browser(), pathOf(x.server.links.Applicant(id))}
}

// page opens his page; more is what comes behind the link.
func (a *applicantAt) page(more string) got { a.t.Helper(); return a.get(a.c, a.link+more) }

// send fills in the form of the page that goes to an action and sends it.
func (a *applicantAt) sendForm(g got, action string, pairs ...string) got {
	a.t.Helper()
	f := parse(a.t, g).one("form", "action", a.link+action)
	values := f.fields("")
	values.Del("slot") // fields does not ask which one is checked
	return a.post(a.c, a.link+action, with(values, pairs...))
}

// times are the slots that a page offers, in its order.
func timesOf(t *testing.T, g got) (ids []nextup.SlotID) {
	t.Helper()
	for _, e := range parse(t, g).all("input", "name", "slot") {
		ids = append(ids, nextup.SlotID(e.attr("value")))
	}
	return ids
}

// in what a main says, in one line.
func words(t *testing.T, g got) string {
	t.Helper()
	if g.StatusCode == http.StatusInternalServerError {
		t.Fatal(g.body)
	}
	return strings.Join(strings.Fields(parse(t, g).one("main").text()), " ")
}

func TestChoosing(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(3)
	kari, ola := x.applicant(who[0]), x.applicant(who[1])
	x.booked(round, who[2], slots[2].ID)

	t.Run("S0-15 only free times by day, with place and zone, after the message", func(t *testing.T) {
		g := kari.page("")
		if g.StatusCode != http.StatusOK {
			t.Fatal(g.StatusCode, g.body)
		}
		if ids := timesOf(t, g); len(ids) != 4 || ids[0] != slots[0].ID || ids[3] != slots[4].ID {
			t.Errorf("offered %v", ids)
		}
		p := parse(t, g)
		if n := len(p.all("fieldset")); n != 2 {
			t.Errorf("%d days", n)
		}
		for _, want := range []string{"Please choose a time.", "Video, you get a link of your own", "Storgatan 1, Malmö", "Stockholm (Europe/Stockholm)", "Interview round 1", "Warehouse worker", "09:00 to 09:45"} {
			if !strings.Contains(words(t, g), want) {
				t.Errorf("no %q in %s", want, words(t, g))
			}
		}
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.State() != nextup.EntryInvited {
			t.Errorf("opening the page made him %s", e.State())
		}
	})

	t.Run("S0-16 selecting does not book, confirming does", func(t *testing.T) {
		g := kari.page("")
		if g := kari.sendForm(g, "/confirm"); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words(t, g), "Choose a time first") {
			t.Error(g.StatusCode, words(t, g))
		}
		done := kari.sendForm(g, "/confirm", "slot", string(slots[0].ID))
		if done.StatusCode != http.StatusSeeOther {
			t.Fatal(done.StatusCode, words(t, done))
		}
		g = kari.get(kari.c, done.Header.Get("Location"))
		for _, want := range []string{"The interview is confirmed", "09:00 to 09:45", "Stockholm time", "Add to the calendar", "Try camera and microphone now", "Maria, 040-12 34 56"} {
			if !strings.Contains(words(t, g), want) {
				t.Errorf("no %q in %s", want, words(t, g))
			}
		}
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.Booking.Slot != slots[0].ID || e.Opened.IsZero() {
			t.Errorf("%+v", e)
		}
	})

	t.Run("S0-16 confirming twice is harmless", func(t *testing.T) {
		form := url.Values{"round": {string(round)}, "slot": {string(slots[0].ID)}, "from": {""}}
		if g := kari.post(kari.c, kari.link+"/confirm", form); g.StatusCode != http.StatusSeeOther {
			t.Error(g.StatusCode, words(t, g))
		}
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.Booking.Sequence != 0 {
			t.Errorf("%+v", e)
		}
		// Another time from a page that does not know of the first.
		form.Set("slot", string(slots[1].ID))
		if g := kari.post(kari.c, kari.link+"/confirm", form); g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "09:00 is your time") {
			t.Error(g.StatusCode, words(t, g))
		}
	})

	t.Run("S0-18 just taken: what was chosen, what remains, nothing lost", func(t *testing.T) {
		g := ola.page("")
		late := x.applicant(who[1])
		if ids := timesOf(t, g); len(ids) != 3 {
			t.Fatalf("offered %v", ids)
		}
		x.ok(x.db.LeaveRound(t.Context(), round, []nextup.ApplicantID{who[2]}, nextup.RoleRecruiter, time.Now(), false))
		x.ok(x.db.EnterRound(t.Context(), round, []nextup.ApplicantID{who[2]}, time.Now()))
		x.booked(round, who[2], slots[1].ID)
		taken := late.sendForm(g, "/confirm", "slot", string(slots[1].ID))
		if taken.StatusCode != http.StatusConflict || !strings.Contains(words(t, taken), "10:00 was just taken") || !strings.Contains(words(t, taken), "Choose another time") {
			t.Error(taken.StatusCode, words(t, taken))
		}
		if ids := timesOf(t, taken); len(ids) != 3 || ids[0] != slots[2].ID {
			t.Errorf("remaining %v", ids)
		}
		if g := late.sendForm(taken, "/confirm", "slot", string(slots[2].ID)); g.StatusCode != http.StatusSeeOther {
			t.Error(g.StatusCode, words(t, g))
		}
	})

	t.Run("S0-22 changing frees the old time for others", func(t *testing.T) {
		g := kari.page("?do=change")
		marked := parse(t, g).all("fieldset")[0].text()
		if !strings.Contains(marked, "Your time") {
			t.Errorf("his own is not marked: %s", marked)
		}
		if done := kari.sendForm(g, "/confirm", "slot", string(slots[3].ID)); done.StatusCode != http.StatusSeeOther {
			t.Fatal(done.StatusCode, words(t, done))
		}
		if ids := timesOf(t, ola.page("?do=change")); ids[0] != slots[0].ID {
			t.Errorf("Ola is offered %v", ids)
		}
		if !strings.Contains(ola.page("/times").body, string(slots[0].ID)) {
			t.Error("an open page is not told")
		}
	})

	t.Run("S0-22 a change that is refused keeps the time", func(t *testing.T) {
		form := url.Values{"round": {string(round)}, "slot": {string(slots[1].ID)}, "from": {string(slots[3].ID)}}
		if g := kari.post(kari.c, kari.link+"/confirm", form); g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "You keep the time you have") {
			t.Error(g.StatusCode, words(t, g))
		}
	})

	t.Run("S0-22 cancelling asks first, and twice is harmless", func(t *testing.T) {
		g := kari.page("?do=cancel")
		if !strings.Contains(words(t, g), "Cancel the interview?") {
			t.Error(words(t, g))
		}
		for range 2 {
			done := kari.sendForm(g, "/cancel")
			if done.StatusCode != http.StatusSeeOther {
				t.Fatal(done.StatusCode, words(t, done))
			}
		}
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.State() != nextup.EntryCancel || e.Booking.Sequence != 2 {
			t.Errorf("%+v", e)
		}
		if g := kari.page("?done=cancelled"); !strings.Contains(words(t, g), "Your interview is cancelled") || len(timesOf(t, g)) != 3 {
			t.Error(words(t, g))
		}
	})

	t.Run("S0-20 none fits is told and can be taken back", func(t *testing.T) {
		if done := kari.sendForm(kari.page(""), "/none"); done.StatusCode != http.StatusSeeOther {
			t.Fatal(done.StatusCode, words(t, done))
		}
		g := kari.page("?done=none")
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.State() != nextup.EntryNoneFits || !strings.Contains(words(t, g), "You have said that no time fits") {
			t.Errorf("%s, %s", e.State(), words(t, g))
		}
		kari.sendForm(g, "/confirm", "slot", string(slots[4].ID))
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.State() != nextup.EntryChosen {
			t.Error(e.State())
		}
	})
}

// Opening the page is no answer: only what a person does tells the recruiter.
func TestS0_20_OpenedIsSaidByAPerson(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, _ := x.invited(1)
	a := x.applicant(who[0])
	for _, path := range []string{"", "?do=change", "?do=cancel&done=none", "/times", "/data", "/data.json"} {
		a.page(path)
	}
	if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); !e.Opened.IsZero() || e.Booking.UID != "" {
		t.Errorf("a GET changed something: %+v", e)
	}
	if g := a.post(a.c, a.link+"/opened", nil); g.StatusCode != http.StatusNoContent {
		t.Error(g.StatusCode)
	}
	if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.State() != nextup.EntryOpened {
		t.Error(e.State())
	}
}

// S0-17: the page of a confirmed time hands out its calendar file first, in the zone of
// the interview.
func TestS0_17_ThePageHandsOutTheCalendarFile(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(1)
	a := x.applicant(who[0])
	if done := a.sendForm(a.page(""), "/confirm", "slot", string(slots[3].ID)); done.StatusCode != http.StatusSeeOther {
		t.Fatal(done.StatusCode)
	}
	link := parse(t, a.page("")).one("a", "data-act", "calendar").attr("href")
	g := a.get(a.c, link)
	e, _ := x.boardOf(round).Rounds[0].Entry(who[0])
	if g.StatusCode != http.StatusOK || !strings.HasPrefix(g.Header.Get("Content-Type"), "text/calendar") || !strings.Contains(g.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %v", g.StatusCode, g.Header)
	}
	file := strings.ReplaceAll(g.body, "\r\n ", "")
	for _, want := range []string{"DTSTART;TZID=Europe/Stockholm:" + slots[3].Start.In(x.zone).Format("20060102T150405"), "UID:" + e.Booking.UID + "@", "SEQUENCE:0", "Storgatan 1"} {
		if !strings.Contains(file, want) {
			t.Errorf("no %q in %s", want, file)
		}
	}
}

// S0-25: from half an hour before his time the page leads into the lobby, and still
// does when queues are late.
func TestS0_25_ThePageLeadsToTheLobby(t *testing.T) {
	var ahead time.Duration
	x := newRecruitment(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(ahead) } })
	_, round, who, slots := x.invited(1)
	x.booked(round, who[0], slots[1].ID)
	a := x.applicant(who[0])
	join := a.link + "/" + string(round) + "/join"
	for _, v := range []struct {
		before time.Duration // his time
		act    string        // of the link to the lobby
	}{{24 * time.Hour, "test"}, {31 * time.Minute, "test"}, {29 * time.Minute, "join"}, {-20 * time.Minute, "join"}, {-2 * time.Hour, "join"}, {-6 * time.Hour, ""}} {
		ahead = time.Until(slots[1].Start) - v.before
		var got string
		for _, e := range parse(t, a.page("")).all("a", "href", join) {
			got += e.attr("data-act")
		}
		if got != v.act {
			t.Errorf("%v before: %q, want %q", v.before, got, v.act)
		}
	}
}

// Who is in several rounds sees the one that waits for him, and the way to the others;
// without a choice of his own the page is in his language.
func TestSeveralRoundsOfAnApplicant(t *testing.T) {
	x := newRecruitment(t)
	job, first, who, slots := x.invited(1)
	x.booked(first, who[0], slots[3].ID)
	second := x.newRound(job, who...)
	x.plan(second, 1, x.dayOf(3, video, 9))
	a := x.applicant(who[0])
	if g := a.page(""); !strings.Contains(words(t, g), "The interview is confirmed") {
		t.Error("before he is invited again:", words(t, g))
	}
	x.invite(second, who...)
	g := a.page("")
	if text := words(t, g); len(timesOf(t, g)) != 1 || !strings.Contains(text, "Interview round 2") {
		t.Error(text)
	}
	done := a.sendForm(g, "/confirm", "slot", string(timesOf(t, g)[0]))
	g = a.get(a.c, done.Header.Get("Location"))
	text := words(t, g)
	if !strings.Contains(text, "The interview is confirmed") || !strings.Contains(text, "09:00 to 09:45") || !strings.Contains(text, "Your other interview rounds Interview round 1") {
		t.Error(text)
	}
	other := a.get(a.c, parse(t, g).one("nav", "aria-labelledby", "others").all("a")[0].attr("href"))
	if text := words(t, other); !strings.Contains(text, "13:00 to 13:45") {
		t.Error(text)
	}
	kept, _ := x.boardOf(first).Applicant(who[0])
	kept.Language = "nb"
	x.ok(x.db.CorrectApplicant(t.Context(), kept))
	r, _ := http.NewRequest(http.MethodGet, x.http.URL+a.link, nil)
	r.Header.Set("Accept-Language", "sv")
	if g := x.send(x.browser(), r); g.Header.Get("Content-Language") != "nb" || !strings.Contains(words(t, g), "Intervjuet er bekreftet") {
		t.Error(g.Header.Get("Content-Language"), words(t, g))
	}
}
