package transport

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nextup"
)

// S0-20: what would be dropped on its way is not called sent.
func TestS0_20_ALetterThatIsNotTrueIsNotSentAgain(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(2)
	at := x.at(round)
	x.booked(round, who[1], slots[0].ID)
	count := func() (n int) {
		for _, c := range x.mails(round) {
			n += c
		}
		return n
	}
	written := count()
	refused := func(id nextup.ApplicantID, why string) {
		t.Helper()
		g := x.post(x.her, at+"/resend", url.Values{"who": {string(id)}})
		if g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), why) {
			t.Errorf("%d to %s, want %q", g.StatusCode, g.Header.Get("Location"), why)
		}
		hides(t, rowOf(t, g.body, id), `data-act="resend"`)
		if got := count(); got != written {
			t.Errorf("%d letters were written", got-written)
		}
	}
	sent := func(id nextup.ApplicantID) {
		t.Helper()
		says(t, rowOf(t, x.get(x.her, at).body, id), `data-act="resend"`)
		g := x.post(x.her, at+"/resend", url.Values{"who": {string(id)}})
		written++
		if g.Header.Get("Location") != at+"?done=resent" || count() != written {
			t.Errorf("%d, %d letters", g.StatusCode, count())
		}
	}
	sent(who[0])
	x.ok(x.db.CloseRound(t.Context(), round, time.Now()))
	refused(who[0], "The round is closed for choosing")
	sent(who[1]) // his time stands
	x.ok(x.db.CloseRound(t.Context(), round, time.Time{}))
	x.ok(x.db.CloseJob(t.Context(), job, time.Now()))
	refused(who[0], "The job is closed")
	x.ok(x.db.CloseJob(t.Context(), job, time.Time{}))
	x.server.Now = func() time.Time { return x.first.AddDate(0, 0, 3) }
	refused(who[0], "No time can be chosen any more")
	refused(who[1], "The interview is over")
}

// S0-21: it is said how many were taken out, not how many were ticked.
func TestS0_21_WhoHadHisInterviewStaysInTheRound(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(3)
	at := x.at(round)
	x.booked(round, who[0], slots[0].ID)
	x.server.Now = func() time.Time { return slots[0].End().Add(time.Minute) }
	both := url.Values{"who": {string(who[0]), string(who[1])}}
	for range 2 {
		if g := x.post(x.her, at+"/leave", both); g.Header.Get("Location") != at+"?done=left&n=1" {
			t.Errorf("%d to %s", g.StatusCode, g.Header.Get("Location"))
		}
	}
	g := x.post(x.her, at+"/leave", url.Values{"who": {string(who[0])}})
	if g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "have already had their interview") {
		t.Errorf("%d to %s", g.StatusCode, g.Header.Get("Location"))
	}
	if x.inRound(round, who[0]).Booking.Slot != slots[0].ID {
		t.Error("he lost the time he had")
	}
}

// S0-22: who withdraws himself is told so.
func TestS0_22_WhoWithdrawsIsNotToldThatTheEmployerCancelled(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(2)
	letter := func(id nextup.ApplicantID) (own bool) {
		t.Helper()
		l, err := x.server.RoundLetters().Letter(t.Context(), nextup.SessionID(round), nextup.Mail{Kind: nextup.MailUnbooked, Person: nextup.PersonID(id)})
		x.ok(err)
		return l.Own
	}
	x.booked(round, who[0], slots[0].ID)
	a := x.applicant(who[0])
	if g := a.post(a.c, a.link+"/leave", url.Values{"round": {string(round)}, "sure": {"yes"}}); g.StatusCode != http.StatusSeeOther {
		t.Fatal(g.StatusCode)
	}
	if !letter(who[0]) {
		t.Error("he is told that the employer cancelled")
	}
	x.booked(round, who[1], slots[1].ID)
	if g := x.post(x.her, x.at(round)+"/leave", url.Values{"who": {string(who[1])}, "notify": {"1"}}); g.StatusCode != http.StatusSeeOther {
		t.Fatal(g.StatusCode)
	}
	if letter(who[1]) {
		t.Error("he is told that he did it himself")
	}
}

// S0-24: an ID that another job's round has is a refusal, not a fault.
func TestS0_24_ARoundIsOfOneJob(t *testing.T) {
	x := newRecruitment(t)
	_, round, _, _ := x.invited(1)
	other, err := x.db.JobsOf(t.Context(), x.maria.Organisation, x.maria.ID)
	x.ok(err)
	second := nextup.Job{ID: nextup.JobID(NewID()), Organisation: x.maria.Organisation, Owner: x.maria.ID, Title: "Another", Zone: x.zone.String(), Created: time.Now()}
	x.ok(x.db.SaveJob(t.Context(), second, 0))
	him := nextup.ApplicantID(NewID())
	_, err = x.db.AddApplicants(t.Context(), second.ID, []nextup.Applicant{{ID: him, Name: "N", Email: "n@example.test", Language: "en", Added: time.Now()}})
	x.ok(err)
	g := x.post(x.her, "/jobs/"+string(second.ID)+"/rounds", url.Values{"to": {string(him)}, "round": {"new"}, "new": {string(round)}, "do": {"register"}})
	if g.StatusCode != http.StatusConflict {
		t.Errorf("%d", g.StatusCode)
	}
	if b, err := x.db.Board(t.Context(), second.ID); err != nil || len(b.Rounds) != 0 || len(other) != 1 {
		t.Errorf("%+v, %v", b.Rounds, err)
	}
}
