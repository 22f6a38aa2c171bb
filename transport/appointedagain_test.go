package transport

import (
	"net/http"
	"net/url"
	"testing"

	"nextup"
)

// S0-25: one who has chosen a time and asks the session for his letter again, by its
// sign-up page or by the recruiter's button, gets the one about his time.
func TestS0_25_LetterOfAChosenTimeAgain(t *testing.T) {
	t.Parallel()
	x := newRecruitment(t)
	_, round, who, slots := x.invited(1)
	x.booked(round, who[0], slots[1].ID)
	settle := func() nextup.SessionID {
		rb, _ := x.boardOf(round).Round(round)
		x.ok(x.server.settle(t.Context(), UnsettledDay{Job: rb.Round.Job, Round: round, Date: slots[1].Date}))
		rb, _ = x.boardOf(round).Round(round)
		day, _ := rb.Day(slots[1].Date)
		return day.Session
	}
	session := settle()
	before := x.mails(round)[nextup.MailBooked]
	if before == 0 {
		t.Fatal("no letter about the time")
	}
	at := pathOf(x.server.links.SignUp(session))
	a, _ := x.boardOf(round).Applicant(who[0])
	if g := x.post(x.browser(), at, url.Values{"again": {"1"}, "email": {a.Email}, "lang": {"en"}}); g.StatusCode != http.StatusOK {
		t.Fatalf("the sign-up page: %d %s", g.StatusCode, g.body)
	}
	if n := x.mails(round)[nextup.MailBooked]; n != before+1 {
		t.Errorf("asked for on the sign-up page: %d letters, want %d", n, before+1)
	}
	resend := "/sessions/" + string(session) + "/resend"
	form := url.Values{"candidate": {string(who[0])}}
	if g := x.post(x.her, resend, form); g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != "/sessions/"+string(session)+"?done=resend" {
		t.Errorf("the recruiter's button: %d %s", g.StatusCode, g.Header.Get("Location"))
	}
	if n := x.mails(round)[nextup.MailBooked]; n != before+2 {
		t.Errorf("asked for by the recruiter: %d letters, want %d", n, before+2)
	}
	x.post(x.her, resend, form)
	if g := x.post(x.her, resend, form); g.StatusCode != http.StatusTooManyRequests {
		t.Errorf("too often: %d", g.StatusCode)
	}
	if g := x.post(x.browser(), at, url.Values{"again": {"1"}, "email": {a.Email}, "lang": {"en"}}); g.StatusCode != http.StatusOK {
		t.Errorf("too often, which the sign-up page does not tell: %d", g.StatusCode)
	}
	for _, m := range x.sessions[session].mails {
		if m.Kind == nextup.MailConfirmation {
			t.Error("the session wrote a confirmation of its own")
		}
	}
}
