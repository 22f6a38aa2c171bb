package transport

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"nextup"
)

// at is the address of a round's page.
func (x *recruitment) at(round nextup.RoundID) string {
	x.t.Helper()
	return "/jobs/" + string(x.boardOf(round).Job.ID) + "/rounds/" + string(round)
}

// inRound is an applicant's entry as it is kept now.
func (x *recruitment) inRound(round nextup.RoundID, who nextup.ApplicantID) nextup.Entry {
	x.t.Helper()
	rb, _ := x.boardOf(round).Round(round)
	e, ok := rb.Entry(who)
	if !ok {
		x.t.Fatalf("%s is not in the round", who)
	}
	return e
}

// mails counts the letters about a job's rounds, by kind.
func (x *recruitment) mails(round nextup.RoundID) map[nextup.MailKind]int {
	x.t.Helper()
	posted, err := (jobShelves{x.db}).RoundPosted(x.t.Context(), x.boardOf(round).Job.ID)
	x.ok(err)
	count := map[nextup.MailKind]int{}
	for _, p := range posted {
		count[p.Kind]++
	}
	return count
}

// speaks changes an applicant's language.
func (x *recruitment) speaks(round nextup.RoundID, who nextup.ApplicantID, name, lang string) {
	x.t.Helper()
	a, _ := x.boardOf(round).Applicant(who)
	a.Name, a.Language = name, lang
	x.ok(x.db.CorrectApplicant(x.t.Context(), a))
}

// rowOf is the part of a round's page on one applicant.
func rowOf(t *testing.T, page string, who nextup.ApplicantID) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<tr data-key="`+string(who)+`"`)
	if !ok {
		t.Fatalf("no row of %s in:\n%s", who, page)
	}
	row, _, _ := strings.Cut(rest, "</tr>")
	return row
}

// says fails unless the page holds all of these.
func says(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

// hides fails if the page holds any of these.
func hides(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(page, w) {
			t.Errorf("the page says %q", w)
		}
	}
}

// field is the value of a form's input, or the words of its textarea.
func field(t *testing.T, page, name string) string {
	t.Helper()
	if m := regexp.MustCompile(`<input[^>]* name="` + name + `"[^>]* value="([^"]*)"`).FindStringSubmatch(page); m != nil {
		return html.UnescapeString(m[1])
	}
	if m := regexp.MustCompile(`(?s)<textarea[^>]* name="` + name + `"[^>]*>(.*?)</textarea>`).FindStringSubmatch(page); m != nil {
		return html.UnescapeString(m[1])
	}
	t.Fatalf("no field %s", name)
	return ""
}

// ticked are the recipients that a message page has preset.
func ticked(page string) (list []string) {
	for _, m := range regexp.MustCompile(`name="to" value="(\w+)"[^>]* checked`).FindAllStringSubmatch(page, -1) {
		list = append(list, m[1])
	}
	return list
}

// form is a message page's form as a browser would send it.
func form(t *testing.T, page string) url.Values {
	t.Helper()
	f := url.Values{"form": {field(t, page, "form")}, "to": ticked(page)}
	if strings.Contains(page, `name="kind" value="remind"`) {
		f.Set("kind", "remind")
	}
	for _, l := range languages {
		if strings.Contains(page, `name="body_`+l+`"`) {
			f.Set("subject_"+l, field(t, page, "subject_"+l))
			f.Set("body_"+l, field(t, page, "body_"+l))
		}
	}
	return f
}

func TestRoundInvites(t *testing.T) {
	t.Run("S0-01 S0-14 three applicants get one message each, in their own language", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(3)
		round := x.newRound(job, who...)
		x.plan(round, 1, x.dayOf(0, video, 9, 10, 11))
		x.speaks(round, who[0], "Åsa <Öberg>", "sv")
		x.speaks(round, who[1], "Kari Hansen", "nb")
		at := x.at(round)

		page := x.get(x.her, at).body
		says(t, page, `data-act="ask" href="`+at+`/message"`, "Interview round 1", "Not invited yet")
		message := x.get(x.her, at+"/message").body
		if to := ticked(message); len(to) != 3 {
			t.Fatalf("preset: %v", to)
		}
		says(t, message, "Åsa &lt;Öberg&gt;", `data-lang="sv"`, "Välkommen på intervju", "Velkommen til intervju", "Welcome to an interview",
			"Hej Åsa &lt;Öberg&gt;!", "Hei Kari Hansen!", x.server.links.Applicant(who[0]))
		f := form(t, message)
		if got := f.Get("body_sv"); !strings.Contains(got, "{name}") || !strings.Contains(got, "{job}") || !strings.Contains(got, x.maria.Name) {
			t.Errorf("proposed words: %q", got)
		}
		f.Set("body_sv", "Hej {name}!\r\n\r\nVi ses på {job}.")
		g := x.post(x.her, at+"/message", f)
		if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != at+"?done=sent&n=3" {
			t.Fatalf("%d to %s: %s", g.StatusCode, g.Header.Get("Location"), g.body)
		}
		says(t, x.get(x.her, at+"?done=sent&n=3").body, "Sent to 3 people", "Invited, not opened")
		b := x.boardOf(round)
		if len(b.Messages) != 3 {
			t.Fatalf("%d messages", len(b.Messages))
		}
		for _, m := range b.Messages {
			if m.Applicant == who[0] && (m.Body != "Hej Åsa <Öberg>!\n\nVi ses på Warehouse worker." || m.Language != "sv" || m.Kind != nextup.MailChoose || m.By != x.maria.ID) {
				t.Errorf("message %+v", m)
			}
		}
		// The same press twice is one sending.
		again := x.post(x.her, at+"/message", f)
		if again.StatusCode != http.StatusSeeOther || len(x.boardOf(round).Messages) != 3 || x.mails(round)[nextup.MailChoose] != 3 {
			t.Errorf("twice: %d, %d messages, %v", again.StatusCode, len(x.boardOf(round).Messages), x.mails(round))
		}
		// Those who were invited get it again only on purpose.
		if to := ticked(x.get(x.her, at+"/message").body); len(to) != 0 {
			t.Errorf("preset again: %v", to)
		}
		if to := ticked(x.get(x.her, at+"/message?to="+string(who[1])).body); len(to) != 0 {
			t.Errorf("preset of one invited before: %v", to)
		}
		if to := ticked(x.get(x.her, at+"/message?again=1&to="+string(who[1])).body); len(to) != 1 || to[0] != string(who[1]) {
			t.Errorf("on purpose: %v", to)
		}
	})

	t.Run("S0-03 the interview page leads to the message, for one and for all", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(3)
		round := x.newRound(job, who...)
		x.plan(round, 1, x.dayOf(0, room, 9, 10, 11))
		at := x.at(round)
		page := x.get(x.her, at).body
		for _, a := range who {
			says(t, rowOf(t, page, a), `href="`+at+"/message?to="+string(a)+`"`)
		}
		one := x.get(x.her, at+"/message?to="+string(who[2])).body
		if to := ticked(one); len(to) != 1 || to[0] != string(who[2]) {
			t.Errorf("preset: %v", to)
		}
		some := x.get(x.her, at+"/message?to="+string(who[2])+","+string(who[0])+",NOBODY").body
		if to := ticked(some); len(to) != 2 {
			t.Errorf("preset: %v", to)
		}
	})

	t.Run("S0-02 a round without times refuses with the reason and the way", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(2)
		round := x.newRound(job, who...)
		at := x.at(round)
		page := x.get(x.her, at).body
		says(t, page, `data-act="times" href="`+at+`/slots"`, "No times to choose among yet")
		hides(t, page, `data-act="ask"`, `data-act="ask-one"`)
		message := x.get(x.her, at+"/message").body
		says(t, message, "There are no times to choose among yet", `href="`+at+`/slots"`, `aria-disabled="true"`)
		if g := x.post(x.her, at+"/message", form(t, message)); g.StatusCode != http.StatusUnprocessableEntity || len(x.boardOf(round).Messages) != 0 {
			t.Errorf("%d, %d messages", g.StatusCode, len(x.boardOf(round).Messages))
		}
	})

	t.Run("S0-12 the summary names days, places and figures, and leads to the message", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(3)
		round := x.newRound(job, who...)
		x.plan(round, 1, x.dayOf(0, video, 9, 10), x.dayOf(3, room, 13))
		at := x.at(round)
		page := x.get(x.her, at+"?saved=1&to="+string(who[0])+","+string(who[1])).body
		_, summary, ok := strings.Cut(page, "data-summary")
		if !ok {
			t.Fatal("no summary")
		}
		summary, _, _ = strings.Cut(summary, "</section>")
		says(t, summary, "3 times, 3 applicants in the round", "2 times", "1 time<", "Video", "Storgatan 1, Malmö", "Send invitation to choose time", "To 2 people")
		want := at + "/message?to=" + string(who[0]) + "%2C" + string(who[1])
		says(t, summary, `href="`+want+`"`)
		hides(t, summary, "too few")
		if strings.Count(page, `data-act="ask"`) != 1 {
			t.Error("the invitation is offered more than once")
		}
		if to := ticked(x.get(x.her, want).body); len(to) != 2 {
			t.Errorf("preset: %v", to)
		}
	})

	t.Run("S0-13 three times for five applicants warns and does not block", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(5)
		round := x.newRound(job, who...)
		x.plan(round, 1, x.dayOf(0, video, 9, 10, 11))
		at := x.at(round)
		for _, page := range []string{at, at + "?saved=1"} {
			says(t, x.get(x.her, page).body, "2 times too few", "You can send the invitation all the same", `data-act="ask"`)
		}
		message := x.get(x.her, at+"/message").body
		says(t, message, "Only 3 times are free")
		if regexp.MustCompile(`data-short[^>]* hidden`).MatchString(message) {
			t.Error("the warning is hidden")
		}
		if g := x.post(x.her, at+"/message", form(t, message)); g.StatusCode != http.StatusSeeOther {
			t.Errorf("%d: %s", g.StatusCode, g.body)
		}
		if n := len(x.boardOf(round).Messages); n != 5 {
			t.Errorf("%d messages", n)
		}
		// Enough for those who are left: no warning.
		three := x.get(x.her, at+"/message?again=1&to="+string(who[0])).body
		if !regexp.MustCompile(`data-short[^>]* hidden`).MatchString(three) {
			t.Error("warned of one for three times")
		}
	})

	t.Run("S0-14 what cannot be sent keeps what was typed", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(1)
		round := x.newRound(job, who...)
		x.plan(round, 1, x.dayOf(0, video, 9))
		at := x.at(round)
		fresh := form(t, x.get(x.her, at+"/message").body)
		for name, try := range map[string]struct {
			change func(url.Values)
			want   string
		}{
			"no subject":    {func(f url.Values) { f.Set("subject_en", " ") }, "Fill this in."},
			"no words":      {func(f url.Values) { f.Set("body_en", "") }, "Fill this in."},
			"too long":      {func(f url.Values) { f.Set("body_en", strings.Repeat("kept ", 1001)) }, "At most 5000 characters"},
			"unknown place": {func(f url.Values) { f.Set("body_en", "Dear {navn}, kept") }, "stand in braces"},
			"nobody":        {func(f url.Values) { f.Del("to"); f.Set("body_en", "kept words") }, "Tick at least one person."},
			"a stranger":    {func(f url.Values) { f.Set("to", NewID()) }, "Tick at least one person."},
			"hidden signs":  {func(f url.Values) { f.Set("subject_en", "a\u202eb") }, "cannot be seen"},
		} {
			f := url.Values{}
			for k, v := range fresh {
				f[k] = append([]string(nil), v...)
			}
			try.change(f)
			g := x.post(x.her, at+"/message", f)
			if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, try.want) {
				t.Errorf("%s: %d, without %q", name, g.StatusCode, try.want)
				continue
			}
			if got := field(t, g.body, "body_en"); got != strings.TrimSpace(strings.ReplaceAll(f.Get("body_en"), "\r\n", "\n")) {
				t.Errorf("%s: the words are %q", name, got)
			}
			if field(t, g.body, "form") != fresh.Get("form") {
				t.Errorf("%s: another form", name)
			}
		}
		if n := len(x.boardOf(round).Messages); n != 0 {
			t.Errorf("%d messages were sent", n)
		}
	})
}

func TestRoundFollows(t *testing.T) {
	t.Run("S0-20 the table follows each answer, and says when nothing changed", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, slots := x.invited(4)
		at := x.at(round)
		first := x.get(x.her, at+"/now")
		tag := first.Header.Get("ETag")
		same := func() int {
			r, err := http.NewRequest(http.MethodGet, x.http.URL+at+"/now", nil)
			x.ok(err)
			r.Header.Set("If-None-Match", tag)
			return x.send(x.her, r).StatusCode
		}
		if tag == "" || same() != http.StatusNotModified {
			t.Error("an unchanged page is sent again")
		}
		x.ok(x.db.Opened(t.Context(), who[0], time.Now()))
		_, err := x.db.Book(t.Context(), nextup.Claim{Round: round, Applicant: who[1], Slot: slots[3].ID, By: nextup.RoleCandidate, At: time.Now(), Notify: true})
		x.ok(err)
		x.ok(x.db.NoneFits(t.Context(), round, who[2], time.Now()))
		if same() != http.StatusOK {
			t.Error("a changed page is not sent")
		}
		page := x.get(x.her, at+"/now").body
		says(t, rowOf(t, page, who[0]), "Opened, not answered", "kind=remind&amp;to="+string(who[0]))
		says(t, rowOf(t, page, who[1]), "Has chosen a time", "13:00", "Storgatan 1, Malmö", `data-act="cancel"`, ">Move<")
		says(t, rowOf(t, page, who[2]), "No time fits")
		says(t, rowOf(t, page, who[3]), "Invited, not opened")
		says(t, page, "1 of 4 have chosen", "5 times to come, 4 free", "Remind 2 people")
		_, day, _ := strings.Cut(page, `data-key="`+string(slots[3].ID)+`"`)
		day, _, _ = strings.Cut(day, "</li>")
		says(t, day, "Applicant 2", "13:00")
	})

	t.Run("S0-20 reminding asks all who have not answered, or one", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, slots := x.invited(4)
		x.booked(round, who[0], slots[0].ID)
		x.ok(x.db.Opened(t.Context(), who[1], time.Now()))
		at := x.at(round)
		message := x.get(x.her, at+"/message?kind=remind").body
		if to := ticked(message); len(to) != 3 {
			t.Fatalf("preset: %v", to)
		}
		says(t, message, "Reminder: choose a time", "You have not chosen a time")
		one := form(t, x.get(x.her, at+"/message?kind=remind&to="+string(who[1])).body)
		if to := one["to"]; len(to) != 1 {
			t.Fatalf("preset: %v", to)
		}
		if g := x.post(x.her, at+"/message", one); g.Header.Get("Location") != at+"?done=reminded&n=1" {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		if x.inRound(round, who[1]).Reminded.IsZero() || !x.inRound(round, who[2]).Reminded.IsZero() || x.mails(round)[nextup.MailChooseAgain] != 1 {
			t.Errorf("%+v, %v", x.inRound(round, who[1]), x.mails(round))
		}
		says(t, rowOf(t, x.get(x.her, at).body, who[1]), "Reminded")
		// Who has a time meanwhile gets none, whatever an old form says.
		two := form(t, x.get(x.her, at+"/message?kind=remind").body)
		x.booked(round, who[2], slots[1].ID)
		if g := x.post(x.her, at+"/message", two); g.Header.Get("Location") != at+"?done=reminded&n=2" || !x.inRound(round, who[2]).Reminded.IsZero() {
			t.Errorf("%s, %+v", g.Header.Get("Location"), x.inRound(round, who[2]))
		}
	})

	t.Run("S0-20 S0-21 booking on behalf, moving and cancelling", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, slots := x.invited(2)
		at := x.at(round)
		page := x.get(x.her, at+"/book?who="+string(who[0])).body
		says(t, page, "Book a time for Applicant 1", `value="`+string(slots[0].ID)+`"`, `value="`+string(slots[4].ID)+`"`, `name="notify" value="1" checked`)
		f := url.Values{"who": {string(who[0])}, "from": {""}, "notify": {"1"}}
		if g := x.post(x.her, at+"/book", f); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, "Choose one of the times.") {
			t.Errorf("nothing chosen: %d", g.StatusCode)
		}
		f.Set("slot", string(slots[0].ID))
		for range 2 { // pressed twice
			if g := x.post(x.her, at+"/book", f); g.Header.Get("Location") != at+"?done=booked" {
				t.Fatalf("%d %s", g.StatusCode, g.body)
			}
		}
		first := x.inRound(round, who[0]).Booking
		if first.Slot != slots[0].ID || first.Sequence != 0 || first.By != nextup.RoleRecruiter || x.mails(round)[nextup.MailBooked] != 1 {
			t.Fatalf("%+v, %v", first, x.mails(round))
		}
		// Taken by another: told so, with the times that are left, and the tick as it was.
		other := url.Values{"who": {string(who[1])}, "from": {""}, "slot": {string(slots[0].ID)}}
		g := x.post(x.her, at+"/book", other)
		says(t, g.body, "That time was just taken", `value="`+string(slots[1].ID)+`"`)
		hides(t, g.body, `value="`+string(slots[0].ID)+`"`, `name="notify" value="1" checked`)
		if g.StatusCode != http.StatusConflict {
			t.Errorf("taken: %d", g.StatusCode)
		}
		// Moved: one entry in the calendar, raised once, one letter; without the tick none.
		says(t, x.get(x.her, at+"/book?who="+string(who[0])).body, "Move Applicant 1 to another time", `name="from" value="`+string(slots[0].ID)+`"`)
		f.Set("from", string(slots[0].ID))
		f.Set("slot", string(slots[3].ID))
		if g := x.post(x.her, at+"/book", f); g.Header.Get("Location") != at+"?done=moved" {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		moved := x.inRound(round, who[0]).Booking
		if moved.UID != first.UID || moved.Sequence != 1 || moved.Slot != slots[3].ID || x.mails(round)[nextup.MailMoved] != 1 {
			t.Errorf("%+v, %v", moved, x.mails(round))
		}
		f.Del("notify")
		f.Set("from", string(slots[3].ID))
		f.Set("slot", string(slots[4].ID))
		x.post(x.her, at+"/book", f)
		if x.mails(round)[nextup.MailMoved] != 1 || x.inRound(round, who[0]).Booking.Sequence != 2 {
			t.Errorf("without a letter: %v, %+v", x.mails(round), x.inRound(round, who[0]).Booking)
		}
		// An old page: the applicant has another time by now.
		f.Set("from", string(slots[0].ID))
		f.Set("slot", string(slots[1].ID))
		if g := x.post(x.her, at+"/book", f); g.StatusCode != http.StatusConflict || x.inRound(round, who[0]).Booking.Slot != slots[4].ID {
			t.Errorf("stale: %d", g.StatusCode)
		}
		// Cancelled: asked first, the calendar's entry goes, the time is free for others.
		says(t, x.get(x.her, at+"/book?cancel=1&who="+string(who[0])).body, "Cancel the time of Applicant 1?", `name="do" value="cancel"`)
		gone := url.Values{"who": {string(who[0])}, "from": {string(slots[4].ID)}, "do": {"cancel"}, "notify": {"1"}}
		for range 2 {
			if g := x.post(x.her, at+"/book", gone); g.Header.Get("Location") != at+"?done=cancelled" {
				t.Fatalf("%d %s", g.StatusCode, g.body)
			}
		}
		last := x.inRound(round, who[0]).Booking
		if last.UID != first.UID || last.Sequence != 3 || last.Slot != "" || x.mails(round)[nextup.MailUnbooked] != 1 {
			t.Errorf("%+v, %v", last, x.mails(round))
		}
		says(t, rowOf(t, x.get(x.her, at).body, who[0]), "Time cancelled", "Invite again")
		other.Set("slot", string(slots[4].ID))
		if g := x.post(x.her, at+"/book", other); g.Header.Get("Location") != at+"?done=booked" {
			t.Errorf("the time that was given back: %d", g.StatusCode)
		}
	})

	t.Run("S0-20 sending the letter again", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, _ := x.invited(1)
		at := x.at(round)
		f := url.Values{"who": {string(who[0])}}
		for range 2 {
			if g := x.post(x.her, at+"/resend", f); g.Header.Get("Location") != at+"?done=resent" {
				t.Fatalf("%d", g.StatusCode)
			}
		}
		if n := x.mails(round)[nextup.MailChoose]; n != 3 {
			t.Errorf("%d letters", n)
		}
		if g := x.post(x.her, at+"/resend", f); g.StatusCode != http.StatusTooManyRequests || !strings.Contains(g.body, `role="alert"`) {
			t.Errorf("a fourth: %d", g.StatusCode)
		}
		if g := x.post(x.her, at+"/resend", url.Values{"who": {NewID()}}); g.StatusCode != http.StatusNotFound {
			t.Errorf("a stranger: %d", g.StatusCode)
		}
	})
}

func TestRoundIsManaged(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(3)
	at := x.at(round)

	t.Run("a name, and none again", func(t *testing.T) {
		if g := x.post(x.her, at+"/name", url.Values{"name": {"Second talk"}}); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode)
		}
		says(t, x.get(x.her, at).body, "<h1>Second talk</h1>")
		long := strings.Repeat("n", maxRoundName+1)
		g := x.post(x.her, at+"/name", url.Values{"name": {long}})
		if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(g.body, long) {
			t.Errorf("too long: %d", g.StatusCode)
		}
		x.post(x.her, at+"/name", url.Values{"name": {""}})
		says(t, x.get(x.her, at).body, "Interview round 1")
	})
	t.Run("closed and opened", func(t *testing.T) {
		x.post(x.her, at+"/close", nil)
		page := x.get(x.her, at).body
		says(t, page, "Closed for choosing", `action="`+at+`/open"`)
		hides(t, page, `data-act="ask-one"`, `data-act="remind"`)
		says(t, x.get(x.her, at+"/message").body, "closed for choosing", `aria-disabled="true"`)
		// The recruiter still books.
		if g := x.post(x.her, at+"/book", url.Values{"who": {string(who[1])}, "from": {""}, "slot": {string(slots[1].ID)}}); g.Header.Get("Location") != at+"?done=booked" {
			t.Errorf("%d", g.StatusCode)
		}
		x.post(x.her, at+"/open", nil)
		says(t, x.get(x.her, at).body, "Times can be chosen")
	})
	t.Run("leaving asks, cancels and tells", func(t *testing.T) {
		x.booked(round, who[0], slots[0].ID)
		page := x.get(x.her, at+"/leave?who="+string(who[0])).body
		says(t, page, "Loses the time")
		if n := strings.Count(page, " checked"); n != 2 { // he, and the letter
			t.Errorf("%d boxes are ticked", n)
		}
		if g := x.post(x.her, at+"/leave", url.Values{"notify": {"1"}}); g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("nobody: %d", g.StatusCode)
		}
		for range 2 {
			if g := x.post(x.her, at+"/leave", url.Values{"notify": {"1"}, "who": {string(who[0])}}); g.Header.Get("Location") != at+"?done=left&n=1" {
				t.Fatalf("%d", g.StatusCode)
			}
		}
		if x.mails(round)[nextup.MailUnbooked] != 1 {
			t.Errorf("letters: %v", x.mails(round))
		}
		page = x.get(x.her, at).body
		if strings.Contains(page, `<tr data-key="`+string(who[0])) {
			t.Error("still in the table")
		}
		if g := x.get(x.her, at+"/book?who="+string(who[0])); g.StatusCode != http.StatusNotFound {
			t.Errorf("a time for one who left: %d", g.StatusCode)
		}
	})
	t.Run("nobody else's", func(t *testing.T) {
		stranger := x.signedIn("sven@elsewhere.test")
		for _, path := range []string{"", "/now", "/leave", "/book?who=" + string(who[1]), "/message"} {
			if g := x.get(stranger, at+path); g.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, g.StatusCode)
			}
		}
		if g := x.post(stranger, at+"/close", nil); g.StatusCode != http.StatusNotFound {
			t.Errorf("close: %d", g.StatusCode)
		}
	})
}

func TestRoundOfAVideoDay(t *testing.T) {
	x := newRecruitment(t)
	job, who := x.newJob(3)
	round := x.newRound(job, who...)
	slots := x.plan(round, 2, x.dayOf(0, video, 9, 10), x.dayOf(1, room, 9))
	at := x.at(round)
	hides(t, x.get(x.her, at).body, "/sessions/SESSION", "interviewing so far")
	x.ok(x.server.settle(t.Context(), UnsettledDay{Job: job, Round: round, Date: slots[0].Date}))
	rb, _ := x.boardOf(round).Round(round)
	day, _ := rb.Day(slots[0].Date)
	if day.Session == "" {
		t.Fatal("the day has no session")
	}
	page := x.get(x.her, at).body
	says(t, page, `href="/sessions/`+string(day.Session)+`"`, "2 interviews at the same time, but only 1 interviewing so far.", `href="/sessions/`+string(day.Session)+`#add"`, "2 of 2 free")
	if n := strings.Count(page, "interviewing so far"); n != 1 {
		t.Errorf("%d days are warned of", n)
	}
	// Both seats of a time show who has them, and then it is offered no more.
	x.booked(round, who[0], slots[0].ID)
	x.booked(round, who[1], slots[0].ID)
	_, slot, _ := strings.Cut(x.get(x.her, at).body, `<li data-key="`+string(slots[0].ID)+`"`)
	slot, _, _ = strings.Cut(slot, "</li>")
	says(t, slot, "Applicant 1", "Applicant 2")
	hides(t, slot, "free")
	hides(t, x.get(x.her, at+"/book?who="+string(who[2])).body, `value="`+string(slots[0].ID)+`"`)
	says(t, x.get(x.her, at+"/book?who="+string(who[0])).body, "Cancel the time instead")
}
