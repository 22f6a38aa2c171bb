package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"nextup"
	"nextup/store"
	"nextup/transport"
)

// Strikes presses a real key where the focus is, as a keyboard does.
func (b *tab) Strikes(key string) {
	b.t.Helper()
	codes := map[string]int64{
		"Enter": 13, "Space": 32, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36,
		"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
	}
	e := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key, WindowsVirtualKeyCode: codes[key]}
	switch key {
	case "Enter":
		e.Text = "\r"
	case "Space":
		e.Key, e.Text = " ", " "
	}
	up := e
	up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
	for _, e := range []input.DispatchKeyEventParams{e, up} {
		if _, err := limited(b.page.(*chromePage), func(ctx context.Context) (cdp.Empty, error) {
			return chromedp.Call(ctx, input.DispatchKeyEvent, e)
		}); err != nil {
			b.t.Fatalf("%s: key %s: %v", b.name, key, err)
		}
	}
}

// Sets gives a field a value as a picker does.
func (b *tab) Sets(selector, value string) {
	b.t.Helper()
	b.Eval(`(() => { const e = document.querySelector(`+quote(selector)+`); e.value = `+quote(value)+`; e.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
}

// Agrees answers yes to what the browser itself asks, and fails if it asks nothing.
func (b *tab) Agrees() {
	b.t.Helper()
	if !poll(long, func() bool {
		_, err := limited(b.page.(*chromePage), func(ctx context.Context) (cdp.Empty, error) {
			return chromedp.Call(ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
		})
		return err == nil
	}) {
		b.t.Fatalf("%s: the browser does not ask before the page is left", b.name)
	}
}

// recruiting makes a job with applicants in a round that has no times yet. The
// recruiter can sign in.
func (m *Main) recruiting(t testing.TB, applicants int) (nextup.JobID, nextup.RoundID, []nextup.ApplicantID) {
	t.Helper()
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hash, err := transport.HashPassword(ctx, recruiterPassword)
	ok(err)
	first := store.Recruiter{ID: nextup.RecruiterID(transport.NewID()), Name: recruiterName, Email: recruiterMail, Language: "en", PasswordHash: hash}
	organisation := nextup.OrganisationID(transport.NewID())
	ok(m.Store.Found(ctx, organisation, "Nordkaj Lager", first))
	job := nextup.Job{
		ID: nextup.JobID(transport.NewID()), Organisation: organisation, Owner: first.ID, Title: "Lagermedarbetare", Zone: "Europe/Stockholm", Created: time.Now(),
	}
	ok(m.Store.SaveJob(ctx, job, 0))
	var list []nextup.Applicant
	var ids []nextup.ApplicantID
	for n := range applicants {
		ids = append(ids, nextup.ApplicantID(transport.NewID()))
		list = append(list, nextup.Applicant{
			ID: ids[n], Job: job.ID, Name: []string{"Åsa Öberg", "Ola Nordmann", "Kari Hansen", "Ali Hassan", "Jane Okafor"}[n%5],
			Email: fmt.Sprintf("applicant%d@example.org", n), Language: "sv", Added: time.Now(),
		})
	}
	_, err = m.Store.AddApplicants(ctx, job.ID, list)
	ok(err)
	r, err := m.Store.AddRound(ctx, nextup.Round{
		ID: nextup.RoundID(transport.NewID()), Job: job.ID, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: time.Now(),
	})
	ok(err)
	ok(m.Store.EnterRound(ctx, r.ID, ids, time.Now()))
	return job.ID, r.ID, ids
}

// The page on which a recruiter makes the times of a round, by mouse and by keyboard.
func TestSlots(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	beside(t, looks)
	c := chromium(t)
	m := inside(t, t.TempDir())
	job, round, who := m.recruiting(t, 5)
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	date := func(day int) string {
		return time.Date(now.Year(), now.Month()+1, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	base := m.Settings.base.String()
	path := "/jobs/" + string(job) + "/rounds/" + string(round)
	b := show(t, c, &person{name: recruiterName})
	b.Allow(`status of 4\d\d`) // what is asked about first, and the round's own page
	b.SignsIn(base)
	b.Open(base + path + "/slots")
	b.Speak("en")
	step := parts{t: t}
	defer step.end()

	day := func(n int) string { return `[data-act=day][data-date="` + date(n) + `"]` }
	row := func(n int) string { return `[data-day="` + date(n) + `"]` }
	// times waits until a day shows these times, chosen ones with a check.
	times := func(n int, want string) {
		t.Helper()
		b.WaitFor(`[...document.querySelectorAll(`+quote(row(n)+" .times:not(.times--kept) button")+`)].map((e) => e.querySelector(".num").textContent
			+ (e.getAttribute("aria-pressed") === "true" && e.querySelector("use").getAttribute("href").endsWith("#check") ? "✓" : "")).join(" ") === `+quote(want), long)
	}
	focused := func(want string) {
		t.Helper()
		b.WaitFor(`document.activeElement?.dataset?.date === `+quote(want), long)
	}

	step.begin("S0-07 three days apart by mouse; past days cannot be chosen; weekends and holidays are marked")
	b.Has(`[data-calendar] .month`)
	glance(t, b, "slots empty")
	b.Size(1280, 800)
	b.WaitFor(`[...document.querySelectorAll("[data-act=day]")].every((e) => e.disabled === (e.dataset.date < `+quote(now.Format(time.DateOnly))+`))`, long)
	b.Has(`.month .today button`)
	b.Click(`[data-act=month-next]`)
	for _, n := range []int{8, 17, 24} {
		b.Click(day(n))
		b.Has(day(n) + `[aria-pressed=true]`)
		b.Has(row(n))
	}
	b.WaitFor(`[...document.querySelectorAll("[data-act=day]")].every((e) => [0, 6].includes(new Date(e.dataset.date).getUTCDay()) === e.parentElement.classList.contains("we"))`, long)
	christmas := fmt.Sprintf("%d-12-25", now.AddDate(0, 0, 30).Year())
	b.Sets("#date", christmas)
	b.Click(`[data-act=add-date]`) // the second way
	b.Has(`.hol [data-date="` + christmas + `"][aria-pressed=true][aria-label*="Christmas Day (Sweden and Norway)"]`)
	b.Has(`[data-day="` + christmas + `"]`)
	b.Click(`[data-day="` + christmas + `"] [data-act=remove-day]`)
	b.Sets("#date", now.AddDate(0, 0, -1).Format(time.DateOnly))
	b.Click(`[data-act=add-date]`)
	b.Has(`#date[aria-invalid=true]`)

	step.begin("S0-07 the same by keyboard")
	b.Sets("#date", date(8))
	b.Eval(`document.querySelector("#date").focus()`, nil)
	b.Strikes("Enter") // chosen already: its month is shown
	b.Lacks(`#date[aria-invalid=true]`)
	for _, n := range []int{24, 17, 8} {
		b.Click(day(n))
	}
	b.Lacks(`[data-day]`)
	focused(date(8))
	b.Strikes("Enter")
	for range 9 {
		b.Strikes("ArrowRight")
	}
	focused(date(17))
	b.Strikes("Space")
	b.Strikes("ArrowDown")
	b.Strikes("Enter")
	b.Strikes("ArrowUp")
	b.Strikes("Home")
	b.WaitFor(`new Date(document.activeElement.dataset.date).getUTCDay() === 1`, long)
	b.Strikes("End")
	b.WaitFor(`new Date(document.activeElement.dataset.date).getUTCDay() === 0`, long)
	b.Strikes("PageDown")
	b.WaitFor(`document.activeElement.dataset.date.slice(0, 7) > `+quote(date(28)[:7]), long)
	b.Strikes("PageUp")
	b.WaitFor(`document.querySelectorAll("[data-day]").length === 3 && document.querySelectorAll("[data-act=day][tabindex='0']").length === 1`, long)
	b.Click(`[data-act=done]`)
	b.WaitFor(`document.activeElement.id === "times"`, long)

	step.begin("S0-08 times are proposed by day; a changed frame proposes anew and keeps what was chosen")
	b.Sets("#until", "12:00")
	for _, n := range []int{8, 17, 24} {
		times(n, "09:00 10:00 11:00")
	}
	b.Click(row(8) + ` .times button:nth-child(2)`)
	b.Sets("#length", "30")
	times(8, "09:00 09:45 10:30 11:15")
	b.Has(row(8) + ` .times--kept button[aria-pressed=true]`)
	b.Sets("#length", "0")
	b.Has(`#length[aria-invalid=true]`)
	b.Sets("#length", "45")
	b.Lacks(`#length[aria-invalid=true]`)
	times(8, "09:00 10:00✓ 11:00")

	step.begin("S0-09 times are chosen by a press, all of a day at once; the sum says whether they suffice")
	b.Click(row(8) + ` .times button:nth-child(1)`)
	times(8, "09:00✓ 10:00✓ 11:00")
	b.Sees("2 times for 5 applicants", long)
	b.Sees("3 too few", long)
	b.Click(row(17) + ` [data-act=all]`)
	times(17, "09:00✓ 10:00✓ 11:00✓")
	b.Click(row(17) + ` [data-act=all]`)
	times(17, "09:00 10:00 11:00")
	b.Click(row(17) + ` [data-act=all]`)
	b.Sets("#seats", "2")
	b.Sees("2 at the same time", long)
	b.Sees("5 times with 10 places for 5 applicants", long)
	b.Sets("#seats", "1")
	b.Sees("5 times for 5 applicants", long)

	step.begin("S0-10 a place for each day")
	b.Click(row(8) + ` label:has([data-act=address])`)
	b.Type(row(8)+` [data-act=place]`, "Storgatan 12, Malmö")
	b.Click(row(24) + ` [data-act=remove-day]`)
	b.Lacks(row(24))
	look(t, b, "slots")
	b.Size(1280, 800)

	step.begin("S0-11 unsaved changes are warned of, survive a reload, and are saved")
	b.Click(`.crumb`)
	b.Has(`dialog[open]`)
	b.Click(`[data-act=stay]`)
	b.Lacks(`dialog[open]`)
	b.At(path + "/slots")
	b.Eval(`void setTimeout(() => location.reload())`, nil)
	b.Agrees() // the browser asks too
	b.Has(`[data-restored]`)
	times(8, "09:00✓ 10:00✓ 11:00")
	times(17, "09:00✓ 10:00✓ 11:00✓")
	b.Click(`[data-act=save]`)
	b.WaitFor(`location.search.includes("saved=1")`, long)
	all, err := m.Store.Board(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range all.Rounds[0].Slots {
		d, _ := all.Rounds[0].Day(s.Date)
		got = append(got, s.Start.In(zone).Format("02 15:04 ")+d.Place.Address)
	}
	want := []string{"08 09:00 Storgatan 12, Malmö", "08 10:00 Storgatan 12, Malmö", "17 09:00 ", "17 10:00 ", "17 11:00 "}
	if !slices.Equal(got, want) {
		t.Errorf("saved %q, want %q", got, want)
	}
	b.Open(base + path + "/slots")
	b.Has(row(8))
	b.Lacks(`[data-restored]`)

	step.begin("S0-21 a booked time is asked about by name before it goes")
	slot := all.Rounds[0].Slots[0]
	if _, err := m.Store.Book(t.Context(), nextup.Claim{Round: round, Applicant: who[0], Slot: slot.ID, By: nextup.RoleRecruiter, At: time.Now(), Notify: true}); err != nil {
		t.Fatal(err)
	}
	b.Open(base + path + "/slots/" + string(slot.ID))
	b.Sees("Åsa Öberg", long)
	glance(t, b, "a slot")
	b.Size(1280, 800)
	b.Open(base + path + "/slots")
	b.Has(row(8) + ` button[aria-pressed=true]`)
	b.Sees("1 booked", long)
	b.Click(row(8) + ` .times button:nth-child(1)`)
	b.Sees("You are asked first", long)
	b.Click(`[data-act=save]`)
	b.Sees("Åsa Öberg", long)
	glance(t, b, "slots that are booked")
	b.Click(`[data-act=confirm]`)
	b.WaitFor(`location.search.includes("saved=1")`, long)
	if all, err = m.Store.Board(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if e, _ := all.Rounds[0].Entry(who[0]); e.Booking.Slot != "" || !strings.EqualFold(string(e.State()), string(nextup.EntryCancel)) {
		t.Errorf("%+v", e)
	}
}
