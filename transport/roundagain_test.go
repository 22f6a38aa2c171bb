package transport

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"nextup"
)

// TestRoundAsksAgain is asking those who had a time and have none any more.
func TestRoundAsksAgain(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(3)
	at := x.at(round)
	gaveBack := func(id nextup.ApplicantID) {
		t.Helper()
		b := x.booked(round, id, slots[0].ID)
		_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: id, From: b.Slot, By: nextup.RoleCandidate, At: time.Now(), Late: true})
		x.ok(err)
	}
	t.Run("S0-20 who was asked anew after losing a time is reminded with the others", func(t *testing.T) {
		x.ok(x.db.Opened(t.Context(), who[0], time.Now()))
		gaveBack(who[0])
		says(t, rowOf(t, x.get(x.her, at).body, who[0]), "Time cancelled", "Invite again")
		f := form(t, x.get(x.her, at+"/message?again=1&to="+string(who[0])).body)
		if g := x.post(x.her, at+"/message", f); g.Header.Get("Location") != at+"?done=sent&n=1" {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		page := x.get(x.her, at).body
		says(t, rowOf(t, page, who[0]), "Invited, not opened", "kind=remind&amp;to="+string(who[0]))
		says(t, page, "Remind 3 people")
		if to := ticked(x.get(x.her, at+"/message?kind=remind").body); len(to) != 3 {
			t.Errorf("preset: %v", to)
		}
		x.ok(x.db.Opened(t.Context(), who[0], time.Now()))
		says(t, rowOf(t, x.get(x.her, at).body, who[0]), "Opened, not answered")
	})
	t.Run("S0-20 who left with a time and came back is to be invited", func(t *testing.T) {
		x.booked(round, who[1], slots[1].ID)
		if g := x.post(x.her, at+"/leave", url.Values{"who": {string(who[1])}}); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode)
		}
		x.ok(x.db.EnterRound(t.Context(), round, who[1:2], time.Now()))
		page := x.get(x.her, at).body
		says(t, rowOf(t, page, who[1]), "Not invited yet")
		says(t, page, `data-act="ask" href="`+at+`/message"`)
		if to := ticked(x.get(x.her, at+"/message").body); len(to) != 1 || to[0] != string(who[1]) {
			t.Errorf("preset: %v", to)
		}
	})
	t.Run("S0-14 nobody is invited to a closed job, and is told why", func(t *testing.T) {
		old := form(t, x.get(x.her, at+"/message").body)
		x.ok(x.db.CloseJob(t.Context(), job, time.Now()))
		n := len(x.boardOf(round).Messages)
		says(t, x.get(x.her, at+"/message").body, "The job is closed", `aria-disabled="true"`, `href="/jobs/`+string(job)+`"`)
		g := x.post(x.her, at+"/message", old)
		if g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("sent: %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		says(t, g.body, "The job is closed")
		g = x.post(x.her, "/jobs/"+string(job)+"/rounds", url.Values{"to": {string(who[2])}, "round": {string(round)}, "do": {"message"}})
		if g.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("from the job: %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		says(t, g.body, "This job is closed. Open it again first.")
		if got := len(x.boardOf(round).Messages); got != n {
			t.Errorf("%d messages were kept", got-n)
		}
	})
}
