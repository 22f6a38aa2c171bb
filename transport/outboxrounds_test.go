package transport

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"nextup"
)

// With no mail server the recruiter reads the letters to applicants in the outbox and
// hands them on: whole, with the link, and only as long as they are true.
func TestOutboxOfRounds(t *testing.T) {
	t.Parallel()
	x := newRecruitment(t)
	job, round, who, slots := x.invited(2)
	x.booked(round, who[0], slots[0].ID)
	letters := func() (all []tree) {
		t.Helper()
		g := x.get(x.her, "/outbox")
		if g.StatusCode != 200 {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		for _, a := range parse(t, g).all("article") {
			if strings.HasPrefix(attr(a.Node, "data-letter"), "round-") {
				all = append(all, a)
			}
		}
		return all
	}
	words := func(a tree) string {
		var b strings.Builder
		for _, pre := range a.all("pre") {
			for n := range pre.Descendants() { // its lines as they are
				if n.Type == html.TextNode {
					b.WriteString(n.Data)
				}
			}
		}
		return b.String()
	}
	t.Run("S0-15 the letters can be read and handed on", func(t *testing.T) {
		all := letters()
		if len(all) != 3 {
			t.Fatalf("%d letters, want two invitations and a confirmation", len(all))
		}
		booked := words(all[0])
		if link := x.server.links.Applicant(who[0]); !strings.Contains(booked, "\n"+link+"\n") || !strings.Contains(booked, "09:00 to 09:45") {
			t.Errorf("the confirmation:\n%s", booked)
		}
		if found := all[0].all("a", "href", "/jobs/"+string(job)+"/rounds/"+string(round)); len(found) != 1 {
			t.Error("no way to the round")
		}
		if found := all[0].all("a", "href", "/jobs/"+string(job)+"/applicants/"+string(who[0])); len(found) != 1 {
			t.Error("no way to the applicant")
		}
		if !strings.Contains(all[0].text(), "Confirmation of a chosen time") || !strings.Contains(all[2].text(), "Invitation to choose a time") {
			t.Errorf("kinds: %s / %s", all[0].text(), all[2].text())
		}
		// He has chosen, so the one that asked him is over; the other's still asks.
		asked := words(all[1]) + words(all[2])
		if strings.Contains(asked, x.server.links.Applicant(who[0])) || !strings.Contains(asked, x.server.links.Applicant(who[1])) {
			t.Errorf("invitations:\n%s", asked)
		}
	})
	t.Run("S0-21 a confirmation of a time that is gone is not handed on", func(t *testing.T) {
		_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: who[0], From: slots[0].ID, By: nextup.RoleCandidate, At: time.Now()})
		x.ok(err)
		all := letters()
		if len(all) != 4 || !strings.Contains(words(all[0]), "You have cancelled your interview") || words(all[1]) != "" {
			t.Errorf("%d letters: %s / %s", len(all), words(all[0]), words(all[1]))
		}
	})
	t.Run("nobody else's", func(t *testing.T) {
		c := x.browser()
		x.post(c, "/sign-in", url.Values{"email": {"sven@elsewhere.test"}, "password": {password}})
		if g := x.get(c, "/outbox"); g.StatusCode != 200 || strings.Contains(g.body, "Applicant 1") || strings.Contains(g.body, string(round)) {
			t.Errorf("%d: a stranger reads Maria's letters", g.StatusCode)
		}
	})
	t.Run("erased", func(t *testing.T) {
		x.ok(x.db.EraseApplicant(t.Context(), who[0], time.Now()))
		if g := x.get(x.her, "/outbox"); g.StatusCode != 200 || strings.Contains(g.body, "Applicant 1") || strings.Contains(g.body, "applicant1@") {
			t.Errorf("%d: somebody erased is in the outbox", g.StatusCode)
		}
	})
}

// The page shows the newest letters of both kinds.
func TestOutboxNewest(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 11, 20, 8, m, 0, 0, time.UTC) }
	posted := []Posted{{ID: 1, Created: at(9)}, {ID: 2, Created: at(5)}, {ID: 3, Created: at(1)}}
	rounds := []postedOfRound{{RoundPost: RoundPost{Posted: Posted{ID: 4, Created: at(8)}}}, {RoundPost: RoundPost{Posted: Posted{ID: 5, Created: at(2)}}}}
	for _, c := range []struct {
		n, a, b int
		more    bool
	}{{0, 0, 0, true}, {1, 1, 0, true}, {2, 1, 1, true}, {3, 2, 1, true}, {4, 2, 2, true}, {5, 3, 2, false}, {9, 3, 2, false}} {
		if a, b, more := newest(posted, rounds, c.n); len(a) != c.a || len(b) != c.b || more != c.more {
			t.Errorf("%d: %d and %d, more %v", c.n, len(a), len(b), more)
		}
	}
}
