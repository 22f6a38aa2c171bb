package transport

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"nextup"
)

// The pages of a round's session say whose times they are and lead there; nothing that
// is typed into them moves what applicants have chosen.
func TestPagesOfARoundsDay(t *testing.T) {
	x := newRecruitment(t)
	job, round, who, slots := x.invited(1)
	x.booked(round, who[0], slots[1].ID)
	x.settled()
	n := x.onDay(round, 0)
	here, there := "/sessions/"+string(n.ID), "/jobs/"+string(job)+"/rounds/"+string(round)
	t.Run("K4 overview, form and the page before removing lead to the round", func(t *testing.T) {
		for path, wants := range map[string][]string{
			here:             {there, "data-booked", slots[1].Start.In(x.zone).Format("15:04")},
			here + "/edit":   {there, "data-planned", "readonly"},
			here + "/remove": {there, "data-planned"},
		} {
			g := x.get(x.her, path)
			for _, want := range wants {
				if g.StatusCode != http.StatusOK || !strings.Contains(g.body, want) {
					t.Errorf("%s: %d, no %q", path, g.StatusCode, want)
				}
			}
			if strings.Contains(g.body, here+`/cancel"`) {
				t.Errorf("%s offers to cancel", path)
			}
		}
	})
	t.Run("K4 times that are typed are the round's again; questions are kept", func(t *testing.T) {
		form := url.Values{
			"title": {"Mine"}, "date": {"2030-01-01"}, "clock": {"03:00"}, "zone": {"America/New_York"}, "length": {"600"}, "talk": {"7"}, "pause": {"9"},
			"places": {"3"}, "lobby": {"30"}, "answer": {"30"}, "countdown": {"3"}, "order": {"check_in"}, "question": {"Why you?"}, "question_id": {""},
			"interviewer_id": {string(x.maria.asInterviewer())}, "interviewer_name": {x.maria.Name}, "interviewer_email": {x.maria.Email},
			"version": {strconv.Itoa(n.State.Edited)}, "command": {NewID()}, "do": {"publish"},
		}
		if g := x.post(x.her, here+"/edit", form); g.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		g := x.get(x.her, here+"/changes")
		if !strings.Contains(g.body, "Why you?") || strings.Contains(g.body, "Mine") || strings.Contains(g.body, "New_York") {
			t.Errorf("what would be published: %s", g.body)
		}
	})
	t.Run("K4 it is not removed or cancelled, whoever asks", func(t *testing.T) {
		for _, path := range []string{"/remove", "/cancel"} {
			x.post(x.her, here+path, url.Values{"notify": {"no"}})
		}
		if is := x.onDay(round, 0).State; is.Phase != nextup.PhasePublished || is.Removed {
			t.Errorf("it is %s", is.Phase)
		}
	})
	t.Run("S0-20 sending his link again repeats the letter about his time", func(t *testing.T) {
		before := len(x.letters(job, who[0]))
		if g := x.post(x.her, here+"/resend", url.Values{"candidate": {string(who[0])}}); g.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		if got := x.letters(job, who[0]); len(got) != before+1 || got[0] != nextup.MailBooked {
			t.Errorf("letters %v", got)
		}
	})
	t.Run("S0-25 the candidate's data page says where the rest is", func(t *testing.T) {
		g := x.get(x.browser(), pathOf(x.server.links.Candidate(n.ID, who[0].Candidate()))+"/data")
		if !strings.Contains(g.body, pathOf(x.server.links.Applicant(who[0]))+"/data") {
			t.Error("it does not")
		}
	})
}
