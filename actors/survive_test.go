package actors

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"nextup"
)

func person(id nextup.PersonID) *nextup.PersonID { return &id }

// D-02: kill and reload one session's actor: the others do not notice.
func TestD_02(t *testing.T) {
	bubble(t, func(w *world) {
		a, b := w.lobby("a", 1, 3), w.lobby("b", 1, 3)
		offer := a.talk()
		b.talk()
		before, _ := a.state("a").Talk(offer)
		aSeen, bSeen, loads := a.candidates[1].seen(), b.candidates[1].seen(), w.j.loads
		shown := len(w.st.of("show", "a"))
		a.kill(nil)
		settle()

		if w.j.loads != loads+1 {
			t.Errorf("%d loads, want one more than %d", w.j.loads, loads)
		}
		if n := b.candidates[1].seen(); n != bSeen {
			t.Errorf("the other session's candidate was sent %d views more", n-bSeen)
		}
		if a.candidates[1].seen() == aSeen {
			t.Error("no view came back")
		}
		if v := a.candidates[0].candidate(); v.Moment != nextup.MomentTalk || v.Left <= 0 {
			t.Errorf("candidate in the talk sees %+v", v)
		}
		if v := a.interviewers[0].interviewer(); v.You.State != nextup.WorkTalk || !v.You.Connected {
			t.Errorf("interviewer sees %+v", v.You)
		}
		if n := len(w.st.of("show", "a")); n != shown+1 {
			t.Errorf("stage stated %d times more, want once", n-shown)
		}
		if n := len(w.st.of("clear", "a")); n != 0 {
			t.Errorf("%d pictures cut", n)
		}
		if after, _ := a.state("a").Talk(offer); !after.EndsAt.Equal(before.EndsAt) {
			t.Errorf("deadline %v, was %v", after.EndsAt, before.EndsAt)
		}
		// Presence is rebuilt from the lines: the next one is admitted, not called.
		a.do("a", iv("i1"), nextup.End{Offer: offer})
		r := a.do("a", iv("i1"), nextup.Next{After: offer})
		if i, _ := r.State.Interviewer("i1"); i.Offer.Candidate != "c2" || i.Offer.Stage != nextup.StageAdmitted {
			t.Errorf("next is %+v", i.Offer)
		}
	})
}

// D-02: what ended while nobody was there is cleared by the next activation.
func TestD_02_ended_meanwhile(t *testing.T) {
	bubble(t, func(w *world) {
		a := w.lobby("a", 1, 1)
		offer := a.talk()
		s := w.j.state("a")
		err := w.j.keep(nextup.Batch{Session: "a", Expected: s.Version, Events: []nextup.Recorded{
			{Version: s.Version + 1, At: time.Now(), By: iv("i1"), Event: nextup.TalkEnded{Offer: offer}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		a.kill(nil)
		settle()
		if c := w.st.of("clear", "a"); len(c) != 1 || c[0].talk != offer {
			t.Errorf("cleared %v", c)
		}
	})
}

// D-03: kill a queue actor: views come back, order unchanged, talks go on.
func TestD_03(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 4)
		offer := l.talk()
		time.Sleep(time.Minute)
		gone := l.candidates[3]
		gone.line.Close()
		settle()
		before, _ := w.s.Look(context.Background(), "a")
		views := l.candidates[1].seen()
		version := before.State.Version
		l.kill(person(""))
		l.candidates[2].line.Close() // while the queue is down
		settle()

		after, _ := w.s.Look(context.Background(), "a")
		if !slices.Equal(before.State.Waiting(), after.State.Waiting()) || after.State.Version != version {
			t.Errorf("order %v, was %v; version %d, was %d", after.State.Waiting(), before.State.Waiting(), after.State.Version, version)
		}
		if l.candidates[1].seen() == views {
			t.Error("no view came back")
		}
		if v := l.candidates[1].candidate(); v.Moment != nextup.MomentWaiting || v.Before != 0 {
			t.Errorf("second candidate sees %+v", v)
		}
		if len(w.st.of("clear", "a")) != 0 {
			t.Error("the talk was cut")
		}
		for _, id := range []nextup.PersonID{"c1", "c2", "c4", "i1"} {
			if before.Presence[id] != after.Presence[id] {
				t.Errorf("%s: presence %+v, was %+v", id, after.Presence[id], before.Presence[id])
			}
		}
		if after.Presence["c3"].Connected {
			t.Error("who left while the queue was down counts as here")
		}
		if t1, _ := after.State.Talk(offer); !t1.Ended.IsZero() {
			t.Error("the talk ended")
		}
	})
}

// D-04: kill an interviewer's actor in a talk: picture and deadline go on.
func TestD_04(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 2, 2)
		offer := l.talk()
		before, _ := l.state("a").Talk(offer)
		seen, _ := w.s.Look(context.Background(), "a")
		views := l.interviewers[0].seen()
		l.kill(person("i1"))
		settle()
		if now, _ := w.s.Look(context.Background(), "a"); now.Presence["i1"] != seen.Presence["i1"] {
			t.Errorf("presence %+v, was %+v", now.Presence["i1"], seen.Presence["i1"])
		}
		if l.interviewers[0].seen() == views {
			t.Error("no view came back")
		}
		if v := l.interviewers[0].interviewer(); v.You.State != nextup.WorkTalk || v.You.Left <= 0 || !v.You.Connected {
			t.Errorf("interviewer sees %+v", v.You)
		}
		if len(w.st.of("clear", "a")) != 0 {
			t.Error("the picture was cut")
		}
		if after, _ := l.state("a").Talk(offer); !reflect.DeepEqual(after, before) {
			t.Errorf("talk %+v, was %+v", after, before)
		}
		l.do("a", iv("i1"), nextup.End{Offer: offer}) // and his commands still arrive
	})
}

// A desk that fails so often that the library gives it up is opened again.
func TestDeskGivenUp(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		settle()
		for range 12 {
			l.kill(person(""))
		}
		synctest.Wait()
		time.Sleep(mendTime)
		settle()
		views := l.candidates[0].seen()
		l.do("a", cand("c1"), nextup.Hold{})
		settle()
		if l.candidates[0].seen() == views || !l.candidates[0].candidate().OnHold {
			t.Error("the lobby stays dark")
		}
	})
}

// A session that fails over and over rests until the next sweep and comes back.
func TestSessionGivenUp(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		settle()
		for range 12 {
			l.kill(nil)
		}
		synctest.Wait()
		time.Sleep(2 * sweepEvery)
		settle()
		l.do("a", cand("c1"), nextup.Hold{})
		settle()
		if !l.candidates[0].candidate().OnHold {
			t.Error("no view came back")
		}
	})
}

// While the stream cannot be read, commands say so in time, nothing spins, and
// everything comes back by itself.
func TestStreamUnreadable(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		w.j.hookLoad(func(nextup.SessionID) error { panic("disk on fire") })
		l.kill(nil)
		settle()
		loads, begun := w.j.loads, time.Now()
		if _, err := w.try("a", cand("c1"), nextup.Hold{}); code(err) != nextup.CodeUnavailable {
			t.Errorf("answer %v", err)
		}
		if took := time.Since(begun); took > askTime+time.Second {
			t.Errorf("answered after %v", took)
		}
		if n := w.j.loads - loads; n > 15 {
			t.Errorf("%d loads in ten seconds", n)
		}
		w.j.hookLoad(nil)
		time.Sleep(mendTime)
		settle()
		if v := l.candidates[1].candidate(); v.Moment != nextup.MomentWaiting {
			t.Errorf("sees %+v", v)
		}
		l.do("a", cand("c1"), nextup.Hold{})
	})
}
