package transport

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nextup"
)

// S0-19: in all that one applicant is sent, whatever he does, there is nothing of
// another: no name, address, identifier, booking, nor how many there are.
func TestS0_19_ApplicantsDoNotSeeEachOther(t *testing.T) {
	x := newRecruitment(t)
	job, who := x.newJob(12)
	round := x.newRound(job, who...)
	slots := x.plan(round, 3, x.dayOf(0, video, 9, 10), x.dayOf(1, room, 13))
	x.invite(round, who...)
	uid := x.booked(round, who[1], slots[0].ID).UID
	x.booked(round, who[2], slots[0].ID)
	x.booked(round, who[3], slots[1].ID)
	me := x.applicant(who[0])
	var tape strings.Builder
	hear := func(g got) got {
		fmt.Fprintln(&tape, g.StatusCode, g.Header, g.body)
		return g
	}
	form := func(slot, from nextup.SlotID) url.Values {
		return url.Values{"round": {string(round)}, "slot": {string(slot)}, "from": {string(from)}}
	}
	seen := []string{"", "/times", "/data", "/data.json", "?do=change", "?do=cancel", "/" + string(round) + "/calendar.ics"}
	look := func() {
		for _, path := range seen {
			hear(me.page(path))
		}
	}
	look()
	hear(me.post(me.c, me.link+"/opened", nil))
	hear(me.post(me.c, me.link+"/none", form("", "")))
	x.booked(round, who[4], slots[0].ID) // that was its last seat
	hear(me.post(me.c, me.link+"/confirm", form(slots[0].ID, "")))
	hear(me.post(me.c, me.link+"/confirm", form(slots[1].ID, "")))
	look()
	hear(me.post(me.c, me.link+"/confirm", form(slots[2].ID, slots[1].ID)))
	hear(me.post(me.c, me.link+"/cancel", form("", slots[2].ID)))
	hear(me.post(me.c, me.link+"/details", url.Values{"name": {"Applicant 1"}, "language": {"en"}}))
	look()
	hear(me.post(me.c, me.link+"/leave", url.Values{"round": {string(round)}, "sure": {"yes"}}))
	look()
	all := tape.String()
	if !strings.Contains(all, "applicant1@example.test") || !strings.Contains(all, "10:00 to 10:45") || !strings.Contains(all, "was just taken") {
		t.Fatal("his traffic was not heard")
	}
	for i, id := range who[1:] {
		for _, secret := range []string{string(id), fmt.Sprintf("applicant%d@", i+2), fmt.Sprintf("Applicant %d<", i+2), fmt.Sprintf("Applicant %d\"", i+2)} {
			if strings.Contains(all, secret) {
				t.Errorf("he can read %q", secret)
			}
		}
	}
	for _, secret := range []string{uid, "seat", "Seats", "3 places", "12 applicants"} {
		if strings.Contains(all, secret) {
			t.Errorf("he can read %q", secret)
		}
	}

	// As long as a time can be chosen, its number of takers makes no difference to a byte.
	him := x.applicant(who[5])
	before := him.page("/times").body
	x.booked(round, who[6], slots[2].ID)
	x.booked(round, who[7], slots[2].ID)
	if after := him.page("/times").body; after != before {
		t.Errorf("another's booking shows:\n%s\n%s", before, after)
	}
	var times PersonalTimes
	d := json.NewDecoder(strings.NewReader(before))
	d.DisallowUnknownFields()
	if err := d.Decode(&times); err != nil || len(times.Days) != 2 {
		t.Errorf("%v, %+v", err, times)
	}
}

// What is stored is shown and handed out, can be corrected, and is erased at his wish.
func TestApplicantsData(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(2)
	x.booked(round, who[0], slots[3].ID)
	a := x.applicant(who[0])

	page := words(t, a.page("/data"))
	for _, want := range []string{"applicant1@example.test", "Invited to choose a time", "13:00", "Storgatan 1, Malmö", "Confirmation of a chosen time", "Withdraw from the interviews"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	g := a.page("/data.json")
	var file ApplicantData
	if err := json.Unmarshal([]byte(g.body), &file); err != nil || file.Name != "Applicant 1" || len(file.Rounds) != 1 || file.Rounds[0].Place != room.Address || len(file.Messages) != 1 || len(file.Letters) != 2 {
		t.Errorf("%v %s", err, g.body)
	}
	if !strings.Contains(g.Header.Get("Content-Disposition"), "attachment") {
		t.Error(g.Header)
	}

	form := a.page("/data")
	if bad := a.sendForm(form, "/details", "name", "", "phone", "070-CALL"); bad.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(bad.body, `value="070-CALL"`) {
		t.Errorf("%d %s", bad.StatusCode, words(t, bad))
	}
	if good := a.sendForm(form, "/details", "name", "Kari Hansen", "phone", "+47 22 33 44 55", "language", "nb"); good.StatusCode != http.StatusSeeOther {
		t.Fatal(good.StatusCode)
	}
	if kept, _ := x.boardOf(round).Applicant(who[0]); kept.Name != "Kari Hansen" || kept.Phone != "+47 22 33 44 55" || kept.Language != "nb" || kept.Email != "applicant1@example.test" {
		t.Errorf("%+v", kept)
	}

	// Withdrawing: asked first, then the time is free.
	form = a.page("/data")
	if g := a.sendForm(form, "/leave", "sure", ""); g.StatusCode != http.StatusUnprocessableEntity {
		t.Error(g.StatusCode)
	}
	for range 2 {
		if g := a.sendForm(form, "/leave", "sure", "yes"); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, words(t, g))
		}
	}
	if text := words(t, a.page("?done=left")); !strings.Contains(text, "Du har trukket deg") {
		t.Error(text)
	}
	if free := timesOf(t, x.applicant(who[1]).page("")); len(free) != 5 {
		t.Errorf("free %v", free)
	}

	// Erasing: asked first, then nothing of him is left, and the link says so.
	form = a.page("/data")
	if g := a.sendForm(form, "/data/erase", "sure", ""); g.StatusCode != http.StatusUnprocessableEntity {
		t.Error(g.StatusCode)
	}
	if g := a.sendForm(form, "/data/erase", "sure", "yes"); g.StatusCode != http.StatusSeeOther {
		t.Fatal(g.StatusCode, words(t, g))
	}
	for _, path := range []string{"", "/data", "/data.json"} {
		if g := a.page(path); g.StatusCode != http.StatusGone || strings.Contains(g.body, "Hansen") {
			t.Errorf("%s: %d", path, g.StatusCode)
		}
	}
	if kept, ok := x.boardOf(round).Applicant(who[0]); !ok || !kept.Erased || kept.Name != "" || kept.Email != "" || kept.Phone != "" {
		t.Errorf("%+v", kept)
	}
	if g := a.post(a.c, a.link+"/data/erase", url.Values{"sure": {"yes"}}); g.StatusCode != http.StatusSeeOther {
		t.Errorf("erased twice: %d", g.StatusCode)
	}
}

// What interviews by video keep is reached from his page, and goes with the rest.
func TestApplicantsInterviewIsErasedToo(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(2)
	for i, id := range who {
		x.booked(round, id, slots[i].ID)
	}
	x.ok(x.server.settle(t.Context(), UnsettledDay{Job: job, Round: round, Date: slots[0].Date}))
	day, _ := x.boardOf(round).Rounds[0].Day(slots[0].Date)
	if day.Session == "" {
		t.Fatal("the day has no session")
	}
	there := func(n int) nextup.Candidate {
		s, err := x.world.Look(t.Context(), day.Session)
		x.ok(err)
		return s.State.Candidates[who[n].Candidate()]
	}
	if there(0).ID == "" || there(1).ID == "" {
		t.Fatal("they are not in it")
	}
	a := x.applicant(who[0])
	own := parse(t, a.page("/data")).all("a", "href", x.server.links.Candidate(day.Session, who[0].Candidate())+"/data")
	if len(own) != 1 {
		t.Error("his page does not lead to his interview's")
	}
	if g := a.sendForm(a.page("/data"), "/data/erase", "sure", "yes"); g.StatusCode != http.StatusSeeOther {
		t.Fatal(g.StatusCode, words(t, g))
	}
	if !there(0).Erased || there(1).Erased {
		t.Errorf("%+v", there(0))
	}
	// His time is free again.
	if free := timesOf(t, x.applicant(who[1]).page("?do=change")); len(free) != 5 {
		t.Errorf("free %v", free)
	}
}
