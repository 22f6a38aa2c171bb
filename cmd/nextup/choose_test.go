package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"

	"nextup"
	"nextup/transport"
)

// choosing is a job with applicants who are invited to a round of three times by video
// and two in a room, a week ahead in Oslo.
type choosing struct {
	t     *testing.T
	m     *Main
	round nextup.RoundID
	who   []nextup.ApplicantID
	slots []nextup.Slot
}

func newChoosing(t *testing.T, applicants int) *choosing {
	t.Helper()
	c := &choosing{t: t, m: inside(t, t.TempDir())}
	c.m.seed(t, 1, nil) // founds the employer
	ctx, now := t.Context(), time.Now()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	job := nextup.Job{
		ID: nextup.JobID(transport.NewID()), Organisation: "seeded-organisation", Owner: "seeded-recruiter", Title: "Lagermedarbeider",
		Contact: "Ingrid Dahl, 22 33 44 55", Zone: zone.String(), Created: now,
	}
	ok(c.m.Store.SaveJob(ctx, job, 0))
	var list []nextup.Applicant
	for i := range applicants {
		c.who = append(c.who, nextup.ApplicantID(transport.NewID()))
		list = append(list, nextup.Applicant{
			ID: c.who[i], Job: job.ID, Name: fmt.Sprintf("Kari %d", i), Email: fmt.Sprintf("kari%d@example.org", i), Language: "en", Added: now,
		})
	}
	_, err = c.m.Store.AddApplicants(ctx, job.ID, list)
	ok(err)
	r, err := c.m.Store.AddRound(ctx, nextup.Round{ID: nextup.RoundID(transport.NewID()), Job: job.ID, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: now})
	ok(err)
	c.round = r.ID
	ok(c.m.Store.EnterRound(ctx, r.ID, c.who, now))
	day := func(n int, place nextup.Place, hours ...int) nextup.DayPlan {
		y, m, d := now.In(zone).AddDate(0, 0, n).Date()
		plan := nextup.DayPlan{Date: time.Date(y, m, d, 0, 0, 0, 0, zone).Format(time.DateOnly), Place: place}
		for _, h := range hours {
			plan.Starts = append(plan.Starts, time.Date(y, m, d, h, 0, 0, 0, zone))
		}
		return plan
	}
	days := []nextup.DayPlan{day(7, nextup.Place{Video: true}, 9, 10, 11), day(8, nextup.Place{Address: "Storgata 12, Moss"}, 13, 14)}
	ok(c.m.Store.SavePlan(ctx, r.ID, nextup.Plan{Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Days: days}, r.Revision, nil, transport.NewID, now, false))
	var words []nextup.Message
	for i, id := range c.who {
		words = append(words, nextup.Message{
			ID: nextup.MessageID(transport.NewID()), Round: r.ID, Applicant: id, Kind: nextup.MailChoose, Subject: "Welcome to an interview",
			Body: fmt.Sprintf("Hello Kari %d,\n\nplease choose the time that suits you.", i), Language: "en", At: now, By: "seeded-recruiter",
		})
	}
	ok(c.m.Store.Send(ctx, words))
	for _, s := range c.board().Slots {
		c.slots = append(c.slots, s)
	}
	return c
}

// board is the round as it is kept.
func (c *choosing) board() nextup.RoundBoard {
	c.t.Helper()
	b, err := c.m.Store.BoardOf(context.Background(), c.who[0])
	if err != nil {
		c.t.Fatal(err)
	}
	r, _ := b.Round(c.round)
	return r
}

// entry is where an applicant stands.
func (c *choosing) entry(n int) nextup.Entry {
	c.t.Helper()
	e, _ := c.board().Entry(c.who[n])
	return e
}

// takes gives an applicant a time without a browser.
func (c *choosing) takes(n, slot int) {
	c.t.Helper()
	_, err := c.m.Store.Book(context.Background(), nextup.Claim{
		Round: c.round, Applicant: c.who[n], Slot: c.slots[slot].ID, From: c.entry(n).Booking.Slot, By: nextup.RoleCandidate, At: time.Now(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// keys are those of a keyboard that the page of an applicant is worked with.
var keys = map[string]input.DispatchKeyEventParams{
	"Tab":       {Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9},
	"Escape":    {Key: "Escape", Code: "Escape", WindowsVirtualKeyCode: 27},
	"Enter":     {Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: "\r"},
	"Space":     {Key: " ", Code: "Space", WindowsVirtualKeyCode: 32, Text: " "},
	"ArrowDown": {Key: "ArrowDown", Code: "ArrowDown", WindowsVirtualKeyCode: 40},
}

// Hit presses a key of the keyboard, as a person does: the browser does with it what it does.
func (b *tab) Hit(key string) {
	b.t.Helper()
	k := keys[key]
	k.Type = input.DispatchKeyEventTypeKeyDown
	device(b, input.DispatchKeyEvent, k)
	k.Type, k.Text = input.DispatchKeyEventTypeKeyUp, ""
	device(b, input.DispatchKeyEvent, k)
}

// TabTo goes with Tab until an element has the focus, and sees that it can be seen there.
func (b *tab) TabTo(selector string) {
	b.t.Helper()
	for range 60 {
		b.Hit("Tab")
		var there bool
		if b.Eval(`document.activeElement?.matches(`+quote(selector)+`) ?? false`, &there); there {
			b.WaitFor(`(() => {
				const r = document.activeElement.getBoundingClientRect();
				const on = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
				return on !== null && (document.activeElement.contains(on) || on.contains(document.activeElement));
			})()`, patience)
			return
		}
	}
	b.t.Fatalf("%s: the keyboard does not come to %s", b.name, selector)
}

// An applicant on a phone in New York, with nothing but a keyboard: he chooses,
// confirms, changes and cancels, while others take and give back times.
func TestChoose(t *testing.T) {
	beside(t, looks)
	c := newChoosing(t, 4)
	kari := show(t, chromium(t), &person{name: "kari", phone: true})
	kari.In("America/New_York")
	kari.Open(c.m.Links.Applicant(c.who[0]))
	radio := func(n int) string { return `input[value="` + string(c.slots[n].ID) + `"]` }
	offered := func(b *tab, n int, there bool) {
		t.Helper()
		b.WaitFor(fmt.Sprintf(`(document.querySelector(%s) !== null) === %v`, quote(radio(n)), there), patience)
	}

	t.Run("S0-15 free times by day with his own time beside", func(t *testing.T) {
		within(t, kari)
		kari.Reads("personal.ownNote")
		there := c.slots[0].Start
		york, err := time.LoadLocation("America/New_York")
		if err != nil {
			t.Fatal(err)
		}
		kari.Sees("please choose the time that suits you", patience)
		kari.Sees("Hello Kari 0,", patience)
		if text := kari.Text(`label:has(` + radio(0) + `)`); !strings.Contains(text, "09:00 to 09:45") || !strings.Contains(text, there.In(york).Format("15:04")+" where you are") {
			t.Errorf("the first time reads %q", text)
		}
		if e := c.entry(0); !e.Opened.IsZero() {
			t.Error("looking at the page is no answer")
		}
	})

	t.Run("S0-16 chosen and confirmed with the keyboard", func(t *testing.T) {
		within(t, kari)
		kari.TabTo(`input[name=slot]`)
		kari.Hit("Space")
		kari.Hit("ArrowDown")
		kari.WaitFor(`document.querySelector(`+quote(radio(1))+`).checked`, patience)
		kari.WaitFor(`document.querySelector("[data-chosen]").innerText.includes("10:00")`, patience)
		if e := c.entry(0); e.Booking.UID != "" {
			t.Errorf("selecting books: %+v", e.Booking)
		}
		poll(patience, func() bool { return !c.entry(0).Opened.IsZero() })
		if e := c.entry(0); e.State() != nextup.EntryOpened {
			t.Errorf("a key does not count as opened: %s", e.State())
		}
		kari.TabTo(`[data-act=confirm]`)
		kari.Hit("Enter")
		kari.Reads("personal.booked.head")
		kari.Reads("personal.span", "from", "10:00", "to", "10:45")
		if e := c.entry(0); e.Booking.Slot != c.slots[1].ID {
			t.Errorf("%+v", e.Booking)
		}
	})

	other := show(t, chromium(t), &person{name: "other", phone: true})
	other.Open(c.m.Links.Applicant(c.who[1]))
	offered(other, 1, false)

	t.Run("S0-22 changed: another one's open page offers the old time", func(t *testing.T) {
		within(t, kari, other)
		kari.TabTo(`[data-act=change]`)
		kari.Hit("Enter")
		kari.Reads("personal.change.head")
		glance(t, kari, "change")
		kari.Size(390, 844)
		kari.Eval(`document.querySelector(`+quote(radio(2))+`).focus()`, nil)
		kari.Hit("Space")
		c.takes(2, 2) // just then
		kari.Sees(word("en", "personal.live.rest"), patience)
		offered(kari, 2, false)
		kari.WaitFor(`document.querySelector("[role=status]").textContent.includes("11:00 was just taken") && document.querySelector("[data-act=confirm]").getAttribute("aria-disabled") === "true"`, patience)
		kari.Eval(`document.querySelector(`+quote(radio(3))+`).focus()`, nil)
		kari.Hit("Space")
		c.takes(3, 0)
		offered(kari, 0, false)
		kari.WaitFor(`document.querySelector(`+quote(radio(3))+`).checked`, patience) // what is chosen stays so
		other.Eval(`window.stays = true`, nil)
		kari.TabTo(`[data-act=confirm]`)
		kari.Hit("Enter")
		kari.Reads("personal.booked.head")
		kari.Sees("Storgata 12, Moss", patience)
		offered(other, 1, true)
		other.WaitFor(`window.stays === true`, patience) // without a reload
	})

	t.Run("S0-18 taken between choosing and confirming", func(t *testing.T) {
		within(t, other)
		other.Allow(`409`)
		other.Eval(`void (window.fetch = () => new Promise(() => {}))`, nil) // its page hears of nothing any more
		other.Eval(`document.querySelector(`+quote(radio(1))+`).focus()`, nil)
		other.Hit("Space")
		c.takes(3, 1)
		other.TabTo(`[data-act=confirm]`)
		other.Hit("Enter")
		other.Reads("personal.choose.again")
		other.Sees("10:00 "+word("en", "personal.notice.taken"), patience)
		offered(other, 1, false)
		offered(other, 4, true)
		glance(t, other, "taken")
		other.WaitFor(`location.pathname.split("/").length === 3`, patience) // a reload does not send it again
	})

	t.Run("S0-22 cancelled with the keyboard", func(t *testing.T) {
		within(t, kari)
		kari.TabTo(`[data-act=cancel]`)
		kari.Hit("Enter")
		kari.Reads("personal.cancel.text")
		glance(t, kari, "cancel")
		kari.Size(390, 844)
		kari.TabTo(`[data-act=cancel-yes]`)
		kari.Hit("Enter")
		kari.Reads("personal.notice.cancelled")
		if e := c.entry(0); e.State() != nextup.EntryCancel || e.Booking.Sequence != 2 {
			t.Errorf("%s %+v", e.State(), e.Booking)
		}
	})

	t.Run("S0-23 the round is closed while he looks", func(t *testing.T) {
		within(t, kari)
		if err := c.m.Store.CloseRound(context.Background(), c.round, time.Now()); err != nil {
			t.Fatal(err)
		}
		kari.Reads("personal.end.closed.text")
		kari.Sees("Ingrid Dahl, 22 33 44 55", patience)
	})
}
