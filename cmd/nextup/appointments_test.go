package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport"
)

// Times that applicants chose, from the letter to the summary: the calendar's address
// leads into the lobby; early, late and missing merge by the rule, and each is met with
// his own picture and voice.
func TestAppointments(t *testing.T) {
	c := chromium(t)
	t.Parallel() // most of it is waiting
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

	journey.begin("S0-01, S0-14, S0-15: a round with times by video, one of them just past, and letters that ask to choose")
	now := time.Now()
	job := nextup.Job{ID: nextup.JobID(transport.NewID()), Organisation: account.Organisation, Owner: account.ID, Title: "Lagerarbetare", Zone: "Europe/Stockholm", Created: now}
	ok(store.SaveJob(ctx, job, 0))
	who := map[string]nextup.ApplicantID{}
	var people []nextup.Applicant
	var ids []nextup.ApplicantID
	for _, name := range []string{asa.name, ola.name, jane.name, ali} {
		id := nextup.ApplicantID(transport.NewID())
		who[name], ids = id, append(ids, id)
		people = append(people, nextup.Applicant{ID: id, Job: job.ID, Name: name, Email: mailOf(name), Language: "en", Added: now})
	}
	_, err = store.AddApplicants(ctx, job.ID, people)
	ok(err)
	frame := nextup.Frame{Length: 10 * time.Minute, From: 9 * time.Hour, Until: 16 * time.Hour, Seats: 1}
	round, err := store.AddRound(ctx, nextup.Round{ID: nextup.RoundID(transport.NewID()), Job: job.ID, Frame: frame, Created: now})
	ok(err)
	ok(store.EnterRound(ctx, round.ID, ids, now))
	zone, err := time.LoadLocation(job.Zone)
	ok(err)
	begin := now.Add(45 * time.Second).Truncate(time.Second)
	past, early := begin.Add(-20*time.Minute), begin.Add(40*time.Minute)
	earlier := now.Add(-time.Hour) // when the plan was made, and Jane chose
	ok(store.SavePlan(ctx, round.ID, nextup.Plan{Frame: frame, Days: []nextup.DayPlan{{
		Date: begin.In(zone).Format(time.DateOnly), Place: nextup.Place{Video: true}, Starts: []time.Time{past, begin, begin.Add(time.Second), early},
	}}}, round.Revision, nil, transport.NewID, earlier, false))
	var messages []nextup.Message
	for _, id := range ids {
		messages = append(messages, nextup.Message{
			ID: nextup.MessageID(transport.NewID()), Round: round.ID, Applicant: id, Kind: nextup.MailChoose,
			Subject: "Welcome", Body: "Hello {name}", Language: "en", At: earlier, By: account.ID,
		})
	}
	ok(store.Send(ctx, messages))
	board := func() nextup.RoundBoard {
		t.Helper()
		b, err := store.Board(ctx, job.ID)
		ok(err)
		return b.Rounds[0]
	}
	slots := board().Slots
	choose := func(name string, slot int, at time.Time) {
		t.Helper()
		_, err := store.Book(ctx, nextup.Claim{Round: round.ID, Applicant: who[name], Slot: slots[slot].ID, By: nextup.RoleCandidate, At: at})
		ok(err)
	}
	choose(jane.name, 0, earlier)
	choose(ola.name, 1, now)
	choose(ali, 2, now)

	journey.begin("S0-16, S0-17: Åsa opens the letter's link, chooses and confirms")
	tabs := map[*person]*tab{asa: show(t, c, asa)}
	letter := h.letter(mailOf(asa.name), 1)
	tabs[asa].Open(h.link(letter, "/p/"))
	tabs[asa].Click(`input[value="` + string(slots[3].ID) + `"]`)
	tabs[asa].Click(`[data-act=confirm]`)
	tabs[asa].Reads("personal.booked.head")
	if e, _ := board().Entry(who[asa.name]); e.Booking.Slot != slots[3].ID {
		t.Fatalf("the database has %+v", e.Booking)
	}

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
		if b == nil {
			b = show(t, c, p)
			tabs[p] = b
		}
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
	iv := show(t, c, maria)
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
