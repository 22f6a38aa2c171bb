package main

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"nextup"
)

// A recruiter's way from three applicants in the overview to their answers, in one
// browser: drawer, times, summary, message, and the table that follows.
func TestRounds(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	beside(t, looks)
	c := chromium(t)
	m := inside(t, t.TempDir())
	m.seed(t, 1, nil) // founds the employer
	h := m.hire(t, true, "Åsa Öberg", "sv", "Kari Hansen", "nb", "John Smith", "en")
	base, job := m.Settings.base.String(), "/jobs/"+string(h.job)
	b := show(t, c, &person{name: recruiterName})
	b.Allow(`status of 4\d\d`)
	b.SignsIn(base)
	b.Open(base + job)
	b.Speak("en")
	b.Reload() // what the server proposes is in English too
	b.Size(1280, 800)
	step := parts{t: t}
	defer step.end()

	step.begin("S0-04 ticking three opens a drawer that takes the focus and gives it back")
	for n := 1; n <= 3; n++ {
		b.Click(fmt.Sprintf(`tr[data-applicant]:nth-child(%d) input[name=to]`, n))
	}
	b.Reads("job.chosen.other", "count", "3")
	b.Click(`[data-act=invite]`)
	b.Has(`dialog[data-drawer][open]`)
	inside := `document.querySelector("dialog[data-drawer]").contains(document.activeElement)`
	b.WaitFor(inside, long)
	// Nothing behind it can be reached: what is in front of the page's own link is the drawer.
	b.WaitFor(`document.querySelector("dialog[data-drawer]").matches(":modal")`, long)
	for range 12 {
		b.Hit("Tab")
		b.WaitFor(inside+` || document.activeElement === document.body`, long) // the browser's own bar lies between
	}
	b.Hit("Escape")
	b.Lacks(`dialog[data-drawer]`)
	b.WaitFor(`document.activeElement?.dataset?.act === "invite"`, long)
	b.WaitFor(`document.querySelectorAll("input[name=to]:checked").length === 3`, long)
	b.Hit("Enter")
	b.Has(`dialog[data-drawer][open]`)
	b.Click(`#round-new`)
	b.WaitFor(`document.querySelector("#round-name").value === "Interview round 2"`, long)

	step.begin("S0-05 times are created for the new round")
	b.Click(`[data-act=slots]`)
	b.WaitFor(`location.pathname.endsWith("/slots") && document.readyState === "complete"`, long)
	b.Has(`[data-calendar] .month`)
	zone, err := time.LoadLocation("Europe/Stockholm")
	h.ok(err)
	day := time.Now().In(zone).AddDate(0, 0, 9).Format(time.DateOnly)
	b.Sets("#until", "12:00")
	b.Sets("#date", day)
	b.Click(`[data-act=add-date]`)
	row := `[data-day="` + day + `"]`
	b.Click(row + ` .times button:nth-child(1)`)
	b.Click(row + ` .times button:nth-child(2)`)
	b.Click(row + ` label:has([data-act=address])`)
	b.Type(row+` [data-act=place]`, "Storgatan 12, Malmö")
	b.Click(`[data-act=save]`)

	step.begin("S0-12 S0-13 after saving: a summary, what is missing, and one action")
	b.Has(`[data-summary]`)
	b.Reads("rounds.saved.head.other", "count", "2", "people", "3")
	b.Sees("Storgatan 12, Malmö", long)
	b.Reads("rounds.short.one", "count", "1")
	b.WaitFor(`[...document.querySelectorAll("main .ds-button:not([data-variant])")].filter((e) => e.checkVisibility()).length === 1`, long)
	b.Click(`[data-act=ask]`)

	step.begin("S0-01 S0-14 the message: recipients preset, words and preview in their languages, one sending")
	b.WaitFor(`location.pathname.endsWith("/message") && document.querySelectorAll("input[name=to]:checked").length === 3`, long)
	b.Has(`[data-short]`)
	b.Type("#body-sv", "Hej {name}!\n\nVi ses, {job}.")
	b.Click(`[data-letter=sv] summary`)
	b.Sees("Vi ses, Lagerarbetare, Malmö.", long)
	b.WaitFor(`document.querySelector("[data-letter=sv] .letter").textContent.includes("Hej Åsa Öberg!")`, long)
	b.Click(`input[name=to][data-lang=en]`)
	b.Lacks(`[data-letter=en]`)
	b.Lacks(`[data-short]`)
	b.Reads("rounds.msg.send.other", "count", "2")
	b.Click(`input[name=to][data-lang=en]`)
	b.Has(`[data-letter=en]`)
	b.Eval(`(() => { const s = document.querySelector("[data-act=send]"); s.click(); s.click(); })()`, nil) // twice, as people do
	b.Reads("rounds.done.sent.other", "count", "3")
	all, err := m.Store.Board(t.Context(), h.job)
	h.ok(err)
	if len(all.Messages) != 3 {
		t.Errorf("%d messages", len(all.Messages))
	}
	h.round = all.Rounds[1].Round.ID
	if all.Rounds[1].Round.Number != 2 {
		t.Errorf("the new round is %+v", all.Rounds[1].Round)
	}

	step.begin("S0-20 the table follows when an applicant confirms, and moves nobody's focus")
	slot := all.Rounds[1].Slots[0].ID
	state := func(n int, key string) {
		t.Helper()
		b.WaitFor(fmt.Sprintf(`document.querySelector('tr[data-key="%s"] [data-state]')?.dataset.state === %s`, h.who[n], quote(key)), long)
	}
	for n := range h.who {
		state(n, "standing.invited")
	}
	b.Eval(fmt.Sprintf(`document.querySelector('tr[data-key="%s"] [data-act=ask-one]').focus()`, h.who[1]), nil)
	asa := m.visitor(t)
	if p, err := asa.ask(http.MethodPost, h.link(0)+"/opened", url.Values{}); err != nil || p.status >= 300 {
		t.Fatalf("opened: %v", err)
	}
	state(0, "standing.opened")
	confirm := url.Values{"round": {string(h.round)}, "slot": {string(slot)}, "from": {""}}
	if p, err := asa.ask(http.MethodPost, h.link(0)+"/confirm", confirm); err != nil || p.status != http.StatusOK {
		t.Fatalf("confirm: %v", err)
	}
	state(0, "standing.chosen")
	b.Has(fmt.Sprintf(`tr[data-key="%s"] [data-act=cancel]`, h.who[0]))
	b.Reads("rounds.chosen", "count", "1", "of", "3")
	b.WaitFor(`document.querySelector("[data-heard]").textContent.includes("Åsa Öberg: Has chosen a time")`, long)
	b.WaitFor(`document.activeElement?.dataset?.act === "ask-one"`, long)
	b.Has(`#said`) // what the last button did still stands there

	step.begin("S0-20 S0-21 a time is moved and cancelled for him")
	b.Click(fmt.Sprintf(`tr[data-key="%s"] [data-act=book]`, h.who[0]))
	b.Click(`input[name=slot]`)
	b.Click(`[data-act=book]`)
	b.Reads("rounds.done.moved")
	if e := h.entry(0); e.Booking.Sequence != 1 || e.Booking.Slot == slot {
		t.Errorf("%+v", e.Booking)
	}
	b.Click(fmt.Sprintf(`tr[data-key="%s"] [data-act=cancel]`, h.who[0]))
	b.Click(`[data-act=unbook]`)
	b.Reads("rounds.done.cancelled")
	state(0, "standing.cancelled")
	if e := h.entry(0); e.State() != nextup.EntryCancel || e.Booking.Sequence != 2 {
		t.Errorf("%+v", e)
	}
	// What the page hears anew may move the row under the mouse.
	b.Press(fmt.Sprintf(`tr[data-key="%s"] details.more summary`, h.who[0]), `document.querySelector("details.more[open] [data-act=resend]")?.checkVisibility()`)
	glance(t, b, "round menu")
}
