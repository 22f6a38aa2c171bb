package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nextup"
)

func figures(seconds int) nextup.TalkFigures {
	return nextup.TalkFigures{Measured: time.Duration(seconds) * time.Second, Up: 100, Down: 100, First: 300 * time.Millisecond, Way: nextup.WayUDP}
}

func (l *lobby) measured(offer nextup.OfferID) map[nextup.InterviewerID]nextup.TalkFigures {
	l.Helper()
	t, _ := l.state(l.id).Talk(offer)
	got := map[nextup.InterviewerID]nextup.TalkFigures{}
	for _, m := range t.Measured {
		got[m.Interviewer] = m.Figures
	}
	return got
}

// What the browsers say of a talk is kept once, after its end: the last word of one
// that has one, and the latest known of one that went without a word.
func TestFiguresOfATalk(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		offer := l.talk()
		mine := func(seconds int) nextup.Measure {
			return nextup.Measure{By: nextup.RoleCandidate, Offer: offer, Figures: figures(seconds)}
		}
		theirs := func(seconds int) nextup.Measure {
			return nextup.Measure{By: nextup.RoleInterviewer, Offer: offer, Figures: figures(seconds)}
		}
		before := w.state("a").Version
		time.Sleep(30 * time.Second)
		l.do("a", cand("c1"), mine(10))
		l.do("a", cand("c1"), mine(20))
		l.do("a", cand("c1"), mine(4)) // the page was reloaded
		l.do("a", cand("c1"), mine(9))
		l.do("a", iv("i1"), theirs(20))
		if v := w.state("a").Version; v != before {
			t.Errorf("figures of a running talk are in the stream: %d events", v-before)
		}
		l.do("a", iv("i1"), nextup.End{Offer: offer})
		l.do("a", iv("i1"), theirs(25)) // the candidate's page was closed
		synctest.Wait()
		if got := l.measured(offer); len(got) != 1 || got["i1"] != figures(25) {
			t.Errorf("at the end: %+v", got)
		}
		time.Sleep(measureWait)
		settle()
		got := l.measured(offer)
		if want := figures(29); len(got) != 2 || got[""].Measured != want.Measured || got["i1"] != figures(25) {
			t.Errorf("a while later: %+v", got)
		}
		l.do("a", cand("c1"), mine(40)) // too late to matter
		if now := l.measured(offer); now[""] != got[""] {
			t.Errorf("kept twice: %+v", now)
		}
		// one actor's loss of memory changes nothing of what is kept
		l.kill(nil)
		settle()
		if now := l.measured(offer); len(now) != 2 {
			t.Errorf("after a crash: %+v", now)
		}
		registry := prometheus.NewRegistry()
		registry.MustRegister(w.s)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		counted := 0.0
		for _, f := range families {
			for _, m := range f.GetMetric() {
				for _, p := range m.GetLabel() {
					switch p.GetValue() {
					case "candidate", "interviewer", "up", "down", "udp":
					default:
						t.Errorf("%s has the label %s=%q", f.GetName(), p.GetName(), p.GetValue())
					}
				}
				if f.GetName() == "nextup_talk_connections_total" {
					counted += m.GetCounter().GetValue()
				}
			}
		}
		if counted != 2 {
			t.Errorf("%v connections counted, want 2", counted)
		}
	})
}

// Nonsense, and words of others' talks, are refused and not remembered.
func TestFiguresThatCannotBe(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		offer := l.talk()
		bad := figures(1)
		bad.LossUp = 2000
		if _, err := w.try("a", cand("c1"), nextup.Measure{By: nextup.RoleCandidate, Offer: offer, Figures: bad}); code(err) != nextup.CodeInvalid {
			t.Errorf("nonsense: %v", err)
		}
		if _, err := w.try("a", cand("c2"), nextup.Measure{By: nextup.RoleCandidate, Offer: offer, Figures: figures(1)}); code(err) != nextup.CodeNoTalk {
			t.Errorf("another's talk: %v", err)
		}
		l.do("a", iv("i1"), nextup.End{Offer: offer})
		time.Sleep(2 * measureWait)
		settle()
		if got := l.measured(offer); len(got) != 0 {
			t.Errorf("kept: %+v", got)
		}
	})
}
