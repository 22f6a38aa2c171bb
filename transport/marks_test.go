package transport

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"nextup"
)

// K12: a question can be left out on purpose, which is not the same as not rated;
// nothing else can.
func TestMarksOfTheRoom(t *testing.T) {
	x := newSite(t)
	asa := x.candidate("CANDIDATE1", "Åsa Öberg")
	c, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, asa)), "device-of-asa")
	c.say(`{"do":"presence","visible":true,"checked":true,"devices":{"camera":"ok","microphone":"ok","network":"ok"}}`)
	c.command("check_in", "")
	in, room := x.letIn(x.first)
	k, _ := x.connect(in, room, "device-of-the-first")
	k.command("enter", "")
	k.command("next", `,"after":0,"endTalk":false`)
	c.command("acknowledge", `,"offer":1`)
	x.must(x.session, nextup.TheClock, nextup.Tick{})
	if _, ok := x.state().Talk(1); !ok {
		t.Fatal("no talk began")
	}
	mark := func(item string, rating int) map[string]any {
		return k.command("assess", fmt.Sprintf(`,"offer":1,"item":%q,"rating":%d,"note":"","revision":0`, item, rating))
	}
	t.Run("S3-16 a question was not asked", func(t *testing.T) {
		if r := mark("q:q1", nextup.NotAsked); r["ok"] != true {
			t.Errorf("not asked is refused: %v", r)
		}
	})
	t.Run("S3-19 only a question can be left out", func(t *testing.T) {
		for _, item := range []string{"t:t1", "overall", "note"} {
			if r := mark(item, nextup.NotAsked); r["error"] != "invalid" {
				t.Errorf("%s as not asked: %v", item, r)
			}
		}
		if r := mark("q:q2", -2); r["error"] != "invalid" {
			t.Errorf("-2: %v", r)
		}
	})
	t.Run("S3-19 the sheet has the recruiter's words for the figures", func(t *testing.T) {
		x.mu.Lock()
		x.sessions[x.session].texts[nextup.AnchorText(5)] = "Kör truck varje dag"
		x.mu.Unlock()
		var s Sheet
		if g := x.get(in, room+"/sheet"); g.StatusCode != http.StatusOK {
			t.Fatal(g.StatusCode)
		} else if err := json.Unmarshal([]byte(g.body), &s); err != nil {
			t.Fatal(err)
		}
		if len(s.Anchors) != 5 || s.Anchors[4] != "Kör truck varje dag" || s.Anchors[0] != "" || s.Zone != "Europe/Stockholm" {
			t.Errorf("%+v", s)
		}
	})
}
