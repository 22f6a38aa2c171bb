package nextup

import (
	"fmt"
	"testing"
	"time"
)

func TestForecast(t *testing.T) {
	begins := func(w *world) string {
		text := ""
		at := w.state.play(w.presence, w.now, 0, 0, everybody).begin
		for _, id := range w.state.Waiting() {
			if d, ok := at[id]; ok {
				text += fmt.Sprintf("%s %s ", id, d)
			} else {
				text += fmt.Sprintf("%s never ", id)
			}
		}
		return text
	}
	pause := func(d time.Duration) Settings {
		s := plain()
		s.Pause, s.Countdown = d, 0
		return s
	}
	t.Run("running talks, pauses and write-ups count", func(t *testing.T) {
		w := lobby(t, pause(2*time.Minute), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d", "e")
		w.talk(t, "ina")
		w.now = w.now.Add(4 * time.Minute)
		w.talk(t, "ola")
		expect(t, "both talk", begins(w), "c 8m0s d 12m0s e 20m0s ")
		w.must(t, interviewer("ina"), End{Offer: 1})
		expect(t, "one writes up", begins(w), "c 2m0s d 12m0s e 14m0s ")
		w.must(t, interviewer("ola"), Extend{2, 5 * time.Minute})
		expect(t, "extended", begins(w), "c 2m0s d 14m0s e 17m0s ")
		w.must(t, interviewer("ina"), Pause{})
		expect(t, "one pauses", begins(w), "c 17m0s d 29m0s e 41m0s ")
		w.now = w.now.Add(30 * time.Minute)
		expect(t, "in overrun it could end now", begins(w), "c 2m0s d 14m0s e 26m0s ")
	})
	t.Run("on hold takes nobody's time", func(t *testing.T) {
		w := lobby(t, pause(0), []InterviewerID{"ina"}, "a", "b", "c")
		w.must(t, candidate("a"), Hold{})
		expect(t, "begins", begins(w), "a 0s b 0s c 10m0s ")
	})
	t.Run("who is reserved waits for the one, who is recused for the others", func(t *testing.T) {
		w := lobby(t, pause(0), []InterviewerID{"ina", "ola"}, "a", "b", "c")
		w.talk(t, "ina")
		w.talk(t, "ola")
		w.now = w.now.Add(2 * time.Minute)
		w.must(t, interviewer("ina"), HandOver{1, "ola", ""})
		expect(t, "reserved", begins(w), "a 8m0s c 0s ")
		w.must(t, interviewer("ina"), Recuse{"c", Reason{Preset: PresetConflict}})
		expect(t, "recused", begins(w), "a 8m0s c 18m0s ")
		w.must(t, interviewer("ola"), Recuse{"c", Reason{Preset: PresetConflict}})
		expect(t, "recused by all", begins(w), "a 8m0s c never ")
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		expect(t, "nothing honest can be said", n.ViewOfCandidate("c", "phone").Wait, nil)
	})
	t.Run("who has left widens the range", func(t *testing.T) {
		w := lobby(t, pause(0), []InterviewerID{"ina"}, "a", "b", "c", "d", "e")
		sees := func() Range {
			return *Snapshot{State: w.state, Presence: w.presence, Now: w.now}.ViewOfCandidate("e", "phone").Wait
		}
		expect(t, "everybody there", sees(), Range{30, 45})
		w.disconnect("b")
		w.disconnect("c")
		expect(t, "two gone", sees(), Range{15, 45})
	})
	t.Run("waiting for an interviewer", func(t *testing.T) {
		w := lobby(t, pause(0), []InterviewerID{"ina"}, "a")
		w.must(t, interviewer("ina"), Pause{})
		v := Snapshot{State: w.state, Presence: w.presence, Now: w.now}.ViewOfCandidate("a", "phone")
		expect(t, "working", v.Working, 0)
		expect(t, "wait", v.Wait, nil)
	})
	t.Run("S3-61 an extension shows what it means for those who wait", func(t *testing.T) {
		w := lobby(t, pause(0), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d", "e", "f")
		w.talk(t, "ina")
		w.now = w.now.Add(4 * time.Minute)
		w.talk(t, "ola")
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		// ina: a to 6, c to 16, e to 26; ola: b to 10, d to 20, f to 30
		v := n.ViewOfInterviewer("ina", "laptop")
		same(t, "ina", v.You.Costs, Cost{2, 2, ms(30 * time.Minute)}, Cost{5, 4, ms(31 * time.Minute)})
		same(t, "colleagues see none", v.Colleagues[0].Costs)
		v = n.ViewOfInterviewer("ola", "laptop")
		same(t, "ola", v.You.Costs, Cost{2, 2, ms(32 * time.Minute)}, Cost{5, 2, ms(35 * time.Minute)})
		expect(t, "forecast", *v.Reached, Forecast{Waiting: 4, Reached: 4, Last: ms(30 * time.Minute)})
		s := w.state.Settings
		s.Length = 22 * time.Minute
		w.must(t, recruiter, Configure{Settings: s, Interviewers: []InterviewerID{"ina", "ola"}})
		v = Snapshot{State: w.state, Presence: w.presence, Now: w.now}.ViewOfInterviewer("ina", "laptop")
		expect(t, "with less time", *v.Reached, Forecast{Waiting: 4, Reached: 3, Last: ms(30 * time.Minute)})
	})
	t.Run("a range that is shown stays until it is wrong", func(t *testing.T) {
		m := func(a, b int) Wait { return Wait{time.Duration(a) * time.Minute, time.Duration(b) * time.Minute} }
		for _, c := range []struct{ shown, fresh, want Wait }{
			{m(20, 30), m(20, 30), m(20, 30)},
			{m(20, 30), m(15, 25), m(20, 30)}, // its middle is still promised
			{m(20, 30), m(25, 35), m(20, 30)},
			{m(20, 30), m(10, 20), m(10, 20)},
			{m(20, 30), m(30, 45), m(30, 45)},
			{m(0, 5), m(0, 0), m(0, 0)}, // now is now
			{m(0, 0), m(0, 5), m(0, 5)},
			{m(0, 60), m(25, 35), m(25, 35)}, // too wide for what is known
		} {
			expect(t, fmt.Sprint(c.shown, " then ", c.fresh), c.shown.steady(c.fresh), c.want)
		}
	})
	t.Run("no candidate's range jitters over a session", func(t *testing.T) {
		w := lobby(t, pause(time.Minute), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d", "e", "f", "g", "h")
		w.talk(t, "ina")
		w.talk(t, "ola")
		var shown Snapshot
		changes, fresh, last, lastFresh := 0, 0, Range{}, Wait{}
		for range 120 { // every five seconds for ten minutes
			w.now = w.now.Add(5 * time.Second)
			shown = Snapshot{State: w.state, Presence: w.presence, Now: w.now}.LineUp(shown)
			r := *shown.ViewOfCandidate("h", "phone").Wait
			if r != last {
				changes++
				last = r
			}
			if f, _ := w.state.Expect(w.presence, w.now, "h"); f != lastFresh {
				fresh++
				lastFresh = f
			}
			at := w.state.play(w.presence, w.now, 0, 0, everybody).begin["h"]
			if lo, hi := time.Duration(r.Min-5)*time.Minute, time.Duration(r.Max+5)*time.Minute; at < lo || at > hi {
				t.Fatalf("%d-%d is shown, %s is expected", r.Min, r.Max, at)
			}
		}
		if changes >= fresh || changes > 4 {
			t.Errorf("%d ranges shown of %d worked out", changes, fresh)
		}
	})
}
