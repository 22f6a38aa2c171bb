package transport

import (
	"net/http"
	"strings"
	"testing"

	"nextup"
)

// Who was let in by a link that has been renewed since finishes his talk and its
// write-up, also over a reload, and can do nothing else with it.
func TestS3_41_ARenewedLinkLetsTheTalkFinish(t *testing.T) {
	x := newSite(t)
	waiting := x.candidate("CANDIDATE2", "Waiter")
	k, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa"))), "deviceC1")
	k.command("check_in", "")
	k.say(`{"do":"presence","visible":true,"checked":true}`)
	k.command("confirm", "")
	w, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, waiting)), "deviceC2")
	w.command("check_in", "")
	browser, room := x.letIn(x.first)
	i, _ := x.connect(browser, room, "deviceI1")
	i.command("enter", "")
	i.command("next", `,"after":0`)
	k.command("acknowledge", `,"offer":1`)
	x.must(x.session, nextup.Actor{Role: nextup.RoleRecruiter, ID: "R"}, nextup.RenewLink{Interviewer: x.first})

	if g := x.get(x.browser(), room); g.StatusCode != http.StatusGone || !strings.Contains(g.body, "has been replaced") {
		t.Error("the old link lets somebody else in:", g.StatusCode)
	}
	if g := x.get(browser, room); g.StatusCode != http.StatusOK {
		t.Error("he cannot reload:", g.StatusCode)
	}
	i, _ = x.connect(browser, room, "deviceI1")
	refused := func(what string, a map[string]any) {
		t.Helper()
		if a["error"] != "forbidden" {
			t.Errorf("%s: %v", what, a)
		}
	}
	taken := func(what string, a map[string]any) {
		t.Helper()
		if a["ok"] != true {
			t.Errorf("%s: %v", what, a)
		}
	}
	refused("next", i.command("next", `,"after":1,"endTalk":true`))
	refused("skip", i.command("skip", `,"candidate":"CANDIDATE2","preset":"knows"`))
	taken("extend", i.command("extend", `,"offer":1,"minutes":1`))
	taken("end", i.command("end", `,"offer":1`))
	taken("mark", i.command("assess", `,"offer":1,"item":"overall","rating":2,"note":"","revision":0`))
	refused("next", i.command("next", `,"after":1`))
	taken("submit", i.command("submit", `,"offer":1`))
	refused("next", i.command("next", `,"after":1`))
	if g := x.get(browser, room); g.StatusCode != http.StatusGone {
		t.Error("the old link lives on:", g.StatusCode)
	}
}
