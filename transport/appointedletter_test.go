package transport

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// S0-25: the session's reminder to somebody who has chosen his time there is about that
// time, and every calendar file he can get is of the one entry that he has.
func TestS0_25_SessionLettersOfAnAppointment(t *testing.T) {
	t.Parallel()
	x := newRecruitment(t)
	_, round, who, slots := x.invited(1)
	booking := x.booked(round, who[0], slots[1].ID) // 10:00; the day begins at 9:00
	rb, _ := x.boardOf(round).Round(round)
	x.ok(x.server.settle(t.Context(), UnsettledDay{Job: rb.Round.Job, Round: round, Date: slots[1].Date}))
	rb, _ = x.boardOf(round).Round(round)
	day, _ := rb.Day(slots[1].Date)
	n, err := x.Look(t.Context(), day.Session)
	x.ok(err)
	l, err := x.server.letter(t.Context(), n, nextup.Mail{Kind: nextup.MailReminder, Person: nextup.PersonID(who[0])})
	x.ok(err)
	uid := booking.UID + "@" + x.server.BaseURL.Hostname()
	if l.UID != uid || l.Sequence != booking.Sequence || !l.Start.Equal(slots[1].Start) || l.Length != slots[1].Length || l.Join != x.server.links.Join(who[0], round) {
		t.Errorf("the reminder: %+v", l)
	}
	w, err := l.Compose()
	x.ok(err)
	if !strings.Contains(w.Subject, "Reminder") || !strings.Contains(w.Subject, "10:00") || !strings.Contains(w.Text, "10:00 to 10:45") || strings.Contains(w.Text, "9:00") {
		t.Errorf("%s\n%s", w.Subject, w.Text)
	}
	g := x.get(x.browser(), pathOf(x.server.links.Candidate(day.Session, who[0].Candidate()))+"/calendar.ics")
	if g.StatusCode == http.StatusSeeOther {
		g = x.get(x.browser(), g.Header.Get("Location"))
	}
	if g.StatusCode != 200 || !strings.Contains(g.body, "UID:"+uid) || !strings.Contains(g.body, "T100000") || strings.Contains(g.body, "T090000") {
		t.Errorf("the candidate page's file: %d\n%s", g.StatusCode, g.body)
	}
	// Given back, and the session does not know it yet: nobody is reminded.
	_, err = x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: who[0], From: slots[1].ID, By: nextup.RoleCandidate, At: time.Now()})
	x.ok(err)
	if _, err := x.server.letter(t.Context(), n, nextup.Mail{Kind: nextup.MailReminder, Person: nextup.PersonID(who[0])}); !errors.Is(err, mail.ErrOutdated) {
		t.Errorf("given back: %v", err)
	}
}
