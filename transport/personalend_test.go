package transport

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nextup"
)

// S0-23: each dead end has a page of its own with its words and somebody to ask, in
// the reader's language.
func TestS0_23_DeadEnds(t *testing.T) {
	var late time.Duration // how far the server's clock is ahead
	x := newRecruitment(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(late) } })
	fresh := func(n int) (nextup.JobID, nextup.RoundID, []nextup.ApplicantID, []nextup.Slot) {
		late = 0
		return x.invited(n)
	}
	week := time.Until(x.first)
	for _, v := range []struct {
		state  string // in the key of the page's words
		status int
		make   func() nextup.ApplicantID
	}{
		{"full", http.StatusOK, func() nextup.ApplicantID {
			_, round, who, slots := fresh(6)
			for i, s := range slots {
				x.booked(round, who[i], s.ID)
			}
			return who[5]
		}},
		{"closed", http.StatusOK, func() nextup.ApplicantID {
			_, round, who, _ := fresh(1)
			x.ok(x.db.CloseRound(t.Context(), round, time.Now()))
			return who[0]
		}},
		{"late", http.StatusOK, func() nextup.ApplicantID {
			_, _, who, _ := fresh(1)
			late = week + 14*time.Hour + 30*time.Minute
			return who[0]
		}},
		{"past", http.StatusOK, func() nextup.ApplicantID {
			_, _, who, _ := fresh(1)
			late = week + 72*time.Hour
			return who[0]
		}},
		{"over", http.StatusOK, func() nextup.ApplicantID {
			_, round, who, slots := fresh(1)
			x.booked(round, who[0], slots[0].ID)
			late = week + 72*time.Hour
			return who[0]
		}},
		{"removed", http.StatusGone, func() nextup.ApplicantID {
			job, _, who, _ := fresh(1)
			x.ok(x.db.RemoveApplicants(t.Context(), job, who, time.Now(), false))
			return who[0]
		}},
		{"erased", http.StatusGone, func() nextup.ApplicantID {
			_, _, who, _ := fresh(1)
			x.ok(x.db.EraseApplicant(t.Context(), who[0], time.Now()))
			return who[0]
		}},
		{"shut", http.StatusOK, func() nextup.ApplicantID {
			job, _, who, _ := fresh(1)
			x.ok(x.db.CloseJob(t.Context(), job, time.Now()))
			return who[0]
		}},
		{"nothing", http.StatusOK, func() nextup.ApplicantID {
			late = 0
			job, who := x.newJob(1)
			x.newRound(job, who...)
			return who[0]
		}},
	} {
		t.Run("S0-23 "+v.state, func(t *testing.T) {
			a := x.applicant(v.make())
			seen := map[string]bool{}
			for _, lang := range languages {
				a.c.Jar.SetCookies(mustURL(t, x.http.URL), []*http.Cookie{{Name: languageCookie, Value: lang, Path: "/"}})
				g := a.page("")
				text := words(t, g)
				head := x.server.Text(lang, "personal.end."+v.state)
				if g.StatusCode != v.status || parse(t, g).one("h1").text() != head || !strings.Contains(text, x.server.Text(lang, "personal.end."+v.state+".text")) {
					t.Errorf("%s: %d %s", lang, g.StatusCode, text)
				}
				if !strings.Contains(text, "Maria, 040-12 34 56") || !strings.Contains(text, x.maria.Email) {
					t.Errorf("%s: nobody to ask: %s", lang, text)
				}
				if len(timesOf(t, g)) > 0 {
					t.Errorf("%s: times are offered", lang)
				}
				seen[head] = true
			}
			if len(seen) != len(languages) {
				t.Errorf("not in every language: %v", seen)
			}
		})
	}

	t.Run("S0-23 cancelled by the recruiter", func(t *testing.T) {
		_, round, who, slots := fresh(1)
		x.booked(round, who[0], slots[0].ID)
		_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: who[0], From: slots[0].ID, By: nextup.RoleRecruiter, At: time.Now()})
		x.ok(err)
		g := x.applicant(who[0]).page("")
		if text := words(t, g); !strings.Contains(text, "09:00 is cancelled") || !strings.Contains(text, "The employer has cancelled this time. Choose another one.") || len(timesOf(t, g)) != 5 {
			t.Error(text)
		}
	})

	t.Run("S0-23 past the cut-off with a time", func(t *testing.T) {
		_, round, who, slots := fresh(1)
		x.booked(round, who[0], slots[4].ID)
		a := x.applicant(who[0])
		cancel := a.page("?do=cancel")
		late = week + 24*time.Hour
		if text := words(t, a.page("")); !strings.Contains(text, "It is too late to change or cancel here.") || !strings.Contains(text, "The interview is confirmed") || strings.Contains(text, "Cancel the interview") {
			t.Error(text)
		}
		if g := a.sendForm(cancel, "/cancel"); g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "Your time has not been changed") {
			t.Error(g.StatusCode, words(t, g))
		}
		if e, _ := x.boardOf(round).Rounds[0].Entry(who[0]); e.Booking.Slot != slots[4].ID {
			t.Errorf("%+v", e.Booking)
		}
	})

	t.Run("S0-23 confirming what is not there any more", func(t *testing.T) {
		_, round, who, slots := fresh(2)
		a := x.applicant(who[0])
		open := a.page("")
		x.booked(round, who[1], slots[0].ID)
		for i, s := range slots[1:] {
			if i < 3 {
				continue
			}
			p := nextup.Plan{Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Days: []nextup.DayPlan{x.dayOf(0, video, 9, 10, 11), x.dayOf(1, room, 13)}}
			rb, _ := x.boardOf(round).Round(round)
			x.ok(x.db.SavePlan(t.Context(), round, p, rb.Round.Revision, nil, NewID, time.Now(), true))
			if g := a.sendForm(open, "/confirm", "slot", string(s.ID)); g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "14:00 is no longer offered") || len(timesOf(t, g)) != 3 {
				t.Error(g.StatusCode, words(t, g))
			}
		}
		x.ok(x.db.CloseRound(t.Context(), round, time.Now()))
		if g := a.sendForm(open, "/confirm", "slot", string(slots[1].ID)); g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "Nothing was booked") {
			t.Error(g.StatusCode, words(t, g))
		}
		x.ok(x.db.RemoveApplicants(t.Context(), x.boardOf(round).Job.ID, who[:1], time.Now(), false))
		if g := a.sendForm(open, "/confirm", "slot", string(slots[1].ID)); g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "You are no longer in these interviews") {
			t.Error(g.StatusCode, words(t, g))
		}
	})

	t.Run("S0-23 a link that never was", func(t *testing.T) {
		_, _, who, _ := fresh(1)
		a := x.applicant(who[0])
		for _, path := range []string{"/p/NOBODY.AAAAAAAAAAAAAAAAAAAAAA", a.link[:len(a.link)-2] + "AA", "/p/x"} {
			if g := a.get(a.c, path); g.StatusCode != http.StatusNotFound {
				t.Error(path, g.StatusCode)
			}
		}
	})
}
