package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport"
)

// Times that applicants choose, the whole way: a recruiter pastes them, plans times by
// video and invites; they choose from their letters; the calendar's address leads into
// the lobby; early, late and missing merge by the rule; each is met with his own picture
// and voice; the summary tells.
func TestAppointments(t *testing.T) {
	c := chromium(t)
	beside(t, waits)
	h := newHouse(t)
	h.found()
	ctx, store := t.Context(), h.main.Store
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	account, _, err := store.RecruiterByEmail(ctx, recruiterMail)
	ok(err)
	maria := &person{name: recruiterName, camera: &violet, tone: 1200}
	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440}
	ola := &person{name: "Ola Nordmann", camera: &green, tone: 550}
	jane := &person{name: "Jane Okafor", camera: &yellow, tone: 1000}
	const ali = "Ali Hassan" // never comes
	journey := &parts{t: t}

	journey.begin("S0-24: a job, and three applicants pasted")
	zone := daylight(t)
	iv := show(t, c, maria)
	iv.SignsIn(h.base)
	iv.Open(h.base + "/jobs/new")
	iv.Type("[name=title]", "Lagerarbetare")
	iv.Eval(`document.querySelector("[name=zone]").value = `+quote(zone.String()), nil)
	iv.Click(`main form button[type=submit]`)
	iv.Has(`#list`)
	var list []string
	for _, p := range []*person{asa, ola, jane} {
		list = append(list, p.name+", "+mailOf(p.name))
	}
	iv.Type("#list", strings.Join(list, "\n"))
	iv.Click(`[data-act=check]`)
	iv.Click(`[data-act=add]`)
	iv.WaitFor(`document.querySelectorAll("input[name=to]:checked").length === 3`, long)

	journey.begin("S0-04, S0-05, S0-06, S0-10, S0-11: a round, with times of ten minutes by video from a moment on, two at each")
	iv.Click(`[data-act=invite]`)
	iv.Click(`dialog[data-drawer][open] [data-act=slots]`)
	iv.Has(`[data-calendar] .month`)
	begin := time.Now().In(zone).Add(2 * time.Minute).Truncate(time.Minute)
	for field, value := range map[string]string{
		"#length": "10", "#pause": "0", "#seats": "2", "#cutoff": "0",
		"#from": begin.Format("15:04"), "#until": begin.Add(30 * time.Minute).Format("15:04"),
	} {
		iv.Sets(field, value)
	}
	date := begin.Format(time.DateOnly)
	iv.Sets("#date", date)
	iv.Click(`[data-act=add-date]`)
	day := `[data-day="` + date + `"] `
	iv.WaitFor(`document.querySelectorAll(`+quote(day+`.times button`)+`).length === 3`, long)
	iv.Click(day + `input[value=video]`)
	for n := range 3 {
		iv.Click(fmt.Sprintf(day+`.times button:nth-child(%d)`, n+1))
	}
	iv.Click(`[data-act=save]`)

	journey.begin("S0-12, S0-14: the summary of the times, and the invitation")
	iv.Has(`[data-summary]`)
	iv.Click(`[data-act=ask]`)
	iv.WaitFor(`document.querySelectorAll("input[name=to]:checked").length === 3`, long)
	iv.Click(`[data-act=send]`)
	iv.Reads("rounds.done.sent.other", "count", "3")
	jobs, err := store.JobsOf(ctx, account.Organisation, account.ID)
	ok(err)
	board := func() nextup.RoundBoard {
		t.Helper()
		b, err := store.Board(ctx, jobs[0].ID)
		ok(err)
		return b.Rounds[0]
	}
	round, slots := board().Round, board().Slots
	all, err := store.Board(ctx, jobs[0].ID)
	ok(err)
	who := map[string]nextup.ApplicantID{}
	for _, a := range all.Applicants {
		who[a.Name] = a.ID
	}

	journey.begin("S0-15, S0-16, S0-17: each opens the letter's link, chooses and confirms")
	tabs := map[*person]*tab{}
	for p, slot := range map[*person]nextup.SlotID{ola: slots[0].ID, jane: slots[1].ID, asa: slots[2].ID} {
		b := show(t, c, p)
		b.Open(h.link(h.letter(mailOf(p.name), 1), "/p/"))
		b.Click(`input[value="` + string(slot) + `"]`)
		b.Click(`[data-act=confirm]`)
		b.Reads("personal.booked.head")
		tabs[p] = b
	}

	// Time goes by for one, and one more has the time that Ola has: Jane's time was twenty
	// minutes ago, and Ali, who was booked by the recruiter, never comes.
	earlier := time.Now().Add(-time.Hour)
	past, early := time.Now().Add(-20*time.Minute).Truncate(time.Second), slots[2].Start
	ok(store.MoveSlot(ctx, round.ID, slots[1].ID, past.In(zone).Format(time.DateOnly), past, earlier, false))
	id := nextup.ApplicantID(transport.NewID())
	_, err = store.AddApplicants(ctx, jobs[0].ID, []nextup.Applicant{{ID: id, Job: jobs[0].ID, Name: ali, Email: mailOf(ali), Language: "en", Added: earlier}})
	ok(err)
	ok(store.EnterRound(ctx, round.ID, []nextup.ApplicantID{id}, earlier))
	_, err = store.Book(ctx, nextup.Claim{Round: round.ID, Applicant: id, Slot: slots[0].ID, By: nextup.RoleRecruiter, At: earlier})
	ok(err)

	journey.begin("K4: within moments the day is a session with all of them in it")
	var n nextup.Snapshot
	if !poll(long, func() bool {
		days := board().Days
		if days[0].Session == "" {
			return false
		}
		n, err = h.main.Actors.Look(ctx, days[0].Session)
		return err == nil && len(n.State.Candidates) == 4
	}) {
		t.Fatalf("the session has %+v", n.State)
	}

	journey.begin("S0-25: the address in the calendar file leads into the lobby, which says his time")
	clock := func(at time.Time) string { return at.In(zone).Format("15:04") }
	enter := func(p *person, at time.Time, key string) {
		t.Helper()
		file := h.visitor().get(h.main.Links.Applicant(who[p.name]) + "/" + string(round.ID) + "/calendar.ics")
		if file.status != http.StatusOK {
			t.Fatalf("the calendar file: %d", file.status)
		}
		entry := strings.ReplaceAll(string(file.body), "\r\n ", "")
		found := regexp.MustCompile(`(?m)^URL:(\S+)`).FindStringSubmatch(entry)
		if found == nil {
			t.Fatalf("no address in %s", entry)
		}
		b := tabs[p]
		b.Open(found[1])
		b.At("/c/")
		b.ChecksIn()
		if key == "late" {
			b.Reads("appointments.wasTime", "time", clock(at))
		} else {
			b.Reads("appointments.yourTime", "time", clock(at))
		}
		b.Reads("appointments." + key)
	}
	enter(jane, past, "late")
	enter(asa, early, "early")
	enter(ola, begin, "promised")

	journey.begin("K4: in his window Ola stands before those who checked in earlier; the interviewer sees the times")
	first := nextup.InterviewerID(account.ID)
	iv.Enters(invited{maria.name, h.main.Links.Interviewer(n.ID, first, 1), h.main.Links.PIN(n.ID, first, 1)})
	for p, before := range map[*person]int{ola: 0, jane: 1, asa: 2} {
		tabs[p].Place(before)
	}
	iv.InOrder(ola.name, jane.name, asa.name)
	iv.Sees(word("en", "appointments.row.promised", "time", clock(begin)), long)
	iv.Sees(word("en", "appointments.row.booked", "time", clock(early)), long)

	journey.begin("K4: the one whose time it is, then the late one in the place of the missing one, then the early one")
	for _, p := range []*person{ola, jane, asa} {
		iv.WaitFor(`(() => { const b = document.querySelector("[data-act=next]"); return b && b.checkVisibility() })()`, time.Until(begin)+long)
		iv.Click(`[data-act=next]`)
		if got := iv.InTalk(); got != p.name {
			t.Fatalf("%s was met, not %s", got, p.name)
		}
		meet(t, iv, maria, tabs[p], p)
		iv.EndsTalk()
		iv.Click(`[data-act=submit]`)
	}

	journey.begin("the summary has the three; the one who did not come is named")
	desk := h.visitor()
	sign := desk.get("/sign-in").form("/sign-in").set("email", recruiterMail).set("password", recruiterPassword).send("")
	if sign.status != http.StatusOK {
		t.Fatalf("sign-in: %d", sign.status)
	}
	summary := desk.get("/sessions/" + string(n.ID) + "/summary").text()
	for _, name := range []string{ola.name, jane.name, asa.name, ali} {
		if !strings.Contains(summary, name) {
			t.Errorf("the summary does not name %s", name)
		}
	}
	journey.end()
}

// daylight is a zone where the day is neither young nor nearly over: times that begin in
// a moment are on one date.
func daylight(t *testing.T) *time.Location {
	t.Helper()
	for _, name := range []string{"Europe/Stockholm", "America/New_York", "Asia/Tokyo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if hour := time.Now().In(zone).Hour(); hour >= 1 && hour < 22 {
			return zone
		}
	}
	t.Fatal("it is night everywhere")
	return nil
}
