package transport

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nextup"
)

// standby signs somebody up in a session himself.
func (x *recruitment) standby(session nextup.SessionID, email string) nextup.CandidateID {
	x.t.Helper()
	at := pathOf(x.server.links.SignUp(session))
	if g := x.post(x.browser(), at, url.Values{"name": {"Stand By"}, "email": {email}, "language": {"en"}}); g.StatusCode != http.StatusOK {
		x.t.Fatalf("%d %s", g.StatusCode, g.body)
	}
	id, ok, err := x.FindCandidate(x.t.Context(), session, email)
	if err != nil || !ok {
		x.t.Fatalf("not signed up: %v", err)
	}
	return id
}

// S0-19: who signs up for a round's day does not become an applicant by saying that he
// has that one's address: it is proven by a letter, and stays.
func TestS0_19_AnAddressIsNotTaken(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(2)
	x.settled()
	session := x.onDay(round, 0).ID
	me := x.standby(session, "stranger@example.test")
	here := pathOf(x.server.links.Candidate(session, me))
	if page := x.get(x.browser(), here+"/details").body; strings.Contains(page, `name="email"`) || !strings.Contains(page, "stranger@example.test") {
		t.Errorf("the address can be typed: %s", page)
	}
	for _, email := range []string{"nobody@example.test", "applicant1@example.test"} {
		g := x.post(x.browser(), here+"/details", url.Values{"name": {"Mallory"}, "email": {email}, "language": {"en"}})
		if g.StatusCode != http.StatusUnprocessableEntity || strings.Contains(g.body, email) {
			t.Errorf("%s: %d %s", email, g.StatusCode, g.body)
		}
	}
	if p := x.onDay(round, 0).People[me.Person()]; p.Email != "stranger@example.test" || p.Name != "Stand By" {
		t.Errorf("his row is %+v", p)
	}
	if g := x.post(x.browser(), here+"/details", url.Values{"name": {"Mallory"}, "phone": {"040-12 34 56"}, "language": {"sv"}}); g.StatusCode != http.StatusSeeOther {
		t.Errorf("his name: %d %s", g.StatusCode, g.body)
	}
	if p := x.onDay(round, 0).People[me.Person()]; p.Email != "stranger@example.test" || p.Name != "Mallory" || p.Phone != "040-12 34 56" || p.Language != "sv" {
		t.Errorf("his row is %+v", p)
	}
	x.booked(round, who[0], slots[0].ID)
	x.settled()
	for _, path := range []string{"", "/data", "/details"} {
		if page := x.get(x.browser(), here+path).body; strings.Contains(page, "/p/") {
			t.Errorf("%s leads to an applicant's page: %s", path, page)
		}
	}
	if c := x.onDay(round, 0).State.Candidates; c[who[0].Candidate()].Booked.IsZero() || !c[me].Booked.IsZero() {
		t.Errorf("the time is another's: %+v", c)
	}
	// He who has the time is told where his address is corrected.
	booked := x.get(x.browser(), pathOf(x.server.links.Candidate(session, who[0].Candidate()))+"/details").body
	if !strings.Contains(booked, pathOf(x.server.links.Applicant(who[0]))) || strings.Contains(booked, `name="email"`) {
		t.Errorf("his own details: %s", booked)
	}
}

// scrubbing counts how often erased words were taken off the disk.
type scrubbing struct {
	Privacy
	times *int
}

func (s scrubbing) Scrub(context.Context) error { *s.times++; return nil }

// S0-23: who is erased from the job is erased from all sessions its days have or had,
// whoever erases him, and from the disk.
func TestS0_23_ErasedFromEverySession(t *testing.T) {
	for _, by := range []string{"recruiter", "himself"} {
		t.Run(by, func(t *testing.T) {
			x := newRecruitment(t)
			job, round, who, slots := x.invited(3)
			x.booked(round, who[0], slots[0].ID)
			x.settled()
			first := x.onDay(round, 0).ID
			standby := x.standby(first, "applicant2@example.test")
			x.plan(round, 1, x.dayOf(0, room, 9, 10, 11), x.dayOf(1, room, 13, 14))
			x.settled()
			if n := x.onDay(round, 0); n.ID != first || n.State.Phase != nextup.PhaseCancelled {
				t.Fatalf("the day at an address lost its session: %+v", n.State)
			}
			x.plan(round, 1, x.dayOf(0, video, 9, 10, 11), x.dayOf(1, room, 13, 14))
			x.settled()
			second := x.onDay(round, 0).ID
			if second == first || x.onDay(round, 0).State.Phase != nextup.PhasePublished {
				t.Fatalf("no new session: %+v", x.onDay(round, 0).State)
			}
			scrubs := 0
			x.server.Privacy = scrubbing{times: &scrubs}
			erase := func(id nextup.ApplicantID) {
				t.Helper()
				c, at := x.her, "/jobs/"+string(job)+"/applicants/"+string(id)+"/erase"
				if by == "himself" {
					c, at = x.browser(), pathOf(x.server.links.Applicant(id))+"/data/erase"
				}
				if g := x.post(c, at, url.Values{"sure": {"yes"}}); g.StatusCode != http.StatusSeeOther {
					t.Fatalf("%d %s", g.StatusCode, g.body)
				}
			}
			gone := func(session nextup.SessionID, id nextup.CandidateID) {
				t.Helper()
				n, err := x.Look(t.Context(), session)
				x.ok(err)
				if p, named := n.People[id.Person()]; named || !n.State.Candidates[id].Erased {
					t.Errorf("of %s there is left %+v, %+v", id, p, n.State.Candidates[id])
				}
			}
			erase(who[0])
			gone(first, who[0].Candidate())
			gone(second, who[0].Candidate())
			if scrubs != 1 {
				t.Errorf("scrubbed %d times", scrubs)
			}
			erase(who[1])
			gone(first, standby)
			x.settled()
			if c := x.onDay(round, 0).State; len(c.Registered) != 1 {
				t.Errorf("somebody came back: %v", c.Registered)
			}

			// One who was erased when the program stopped is completed by the next look.
			x.booked(round, who[2], slots[1].ID)
			x.settled()
			x.ok(x.db.EraseApplicant(t.Context(), who[2], x.server.Now()))
			scrubs = 0
			x.settled()
			gone(second, who[2].Candidate())
			if scrubs != 1 {
				t.Errorf("after the next look scrubbed %d times", scrubs)
			}
		})
	}
}
