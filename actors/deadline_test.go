package actors

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"nextup"
)

// within sleeps to just before a deadline, and just past it.
func within(d time.Duration, before, after func()) {
	time.Sleep(d - 10*time.Millisecond)
	synctest.Wait()
	before()
	time.Sleep(20 * time.Millisecond)
	synctest.Wait()
	after()
}

func (l *lobby) offered(i nextup.InterviewerID) nextup.Offer {
	w, _ := l.state(l.id).Interviewer(i)
	return w.Offer
}

func TestUnacknowledgedAdmissionLapses(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		l.do("a", iv("i1"), nextup.Next{})
		within(nextup.AckTime, func() {
			if o := l.offered("i1"); o.Candidate != "c1" || count[nextup.Lapsed](w.j, "a") != 0 {
				t.Errorf("before: %+v", o)
			}
		}, func() {
			if o := l.offered("i1"); o.Candidate != "c2" || o.ID != 2 || count[nextup.Lapsed](w.j, "a") != 1 {
				t.Errorf("after: %+v", o)
			}
			if c := w.st.of("clear", "a"); len(c) != 1 || c[0].talk != 1 {
				t.Errorf("cleared %v", c)
			}
		})
	})
}

func TestCallRingsOut(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		l.candidates[0].line.Report(nextup.Report{}) // hidden
		settle()
		l.do("a", iv("i1"), nextup.Next{})
		within(nextup.DefaultAnswer, func() {
			if o := l.offered("i1"); o.Stage != nextup.StageCalled {
				t.Errorf("before: %+v", o)
			}
		}, func() {
			if c := l.state("a").Candidates["c1"]; c.Status != nextup.StatusWaiting || c.Misses != 1 {
				t.Errorf("after: %+v", c)
			}
		})
		if len(w.st.calls) != 0 {
			t.Errorf("a call is no picture: %v", w.st.calls)
		}
		time.Sleep(nextup.RestTime)
		l.do("a", iv("i1"), nextup.Next{After: 1})
		l.kill(nil) // the deadline is the state's
		within(nextup.DefaultAnswer, func() {
			if c := l.state("a").Candidates["c1"]; c.Status != nextup.StatusCalled {
				t.Errorf("before the second: %+v", c)
			}
		}, func() {
			if c := l.state("a").Candidates["c1"]; c.Status != nextup.StatusNoShow {
				t.Errorf("after the second: %+v", c)
			}
		})
	})
}

// At the countdown's zero, and not before, the two are shown to each other.
func TestCountdownStartsTalk(t *testing.T) {
	for _, restart := range []bool{false, true} {
		bubble(t, func(w *world) {
			l := w.lobby("a", 1, 1)
			settle()
			l.do("a", iv("i1"), nextup.Next{})
			if p := w.st.of("prepare", "a"); len(p) != 1 || p[0].talk != 1 {
				t.Fatalf("prepared %v", p)
			}
			l.do("a", cand("c1"), nextup.Acknowledge{Offer: 1})
			zero := l.offered("i1").Until
			if restart {
				time.Sleep(time.Second)
				l.kill(nil)
				synctest.Wait()
			}
			within(time.Until(zero), func() {
				if n := len(w.st.of("show", "a")); n != 0 {
					t.Errorf("shown before zero: %v", w.st.calls)
				}
			}, func() {
				show := w.st.of("show", "a")
				if len(show) != 1 || show[0].at.Before(zero) || show[0].at.Sub(zero) > time.Millisecond {
					t.Errorf("zero at %v, shown %v", zero, show)
				}
				if talk, ok := l.state("a").Talk(1); !ok || talk.EndsAt.Sub(talk.Started) != 10*time.Minute {
					t.Errorf("talk %+v", talk)
				}
			})
			time.Sleep(time.Minute)
			if n := len(w.st.of("show", "a")); n < 3 {
				t.Errorf("stage renewed %d times in a minute", n-1)
			}
		})
	}
}

func TestUnseenIsNoShow(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		l.candidates[0].line.Close()
		synctest.Wait()
		within(nextup.UnseenTime, func() {
			if c := l.state("a").Candidates["c1"]; c.Status != nextup.StatusWaiting {
				t.Errorf("before: %+v", c)
			}
		}, func() {
			if c := l.state("a").Candidates["c1"]; c.Status != nextup.StatusNoShow {
				t.Errorf("after: %+v", c)
			}
		})
		w.attach("a", cand("c1"), "phone")
		settle()
		if v := l.state("a").Waiting(); len(v) != 2 || v[0] != "c1" {
			t.Errorf("waiting %v, want his place back", v)
		}
	})
}

// Everybody has gone, nobody speaks: the session still ends by itself. Also when
// the process was started anew in between and nobody came back.
func TestClosesByItself(t *testing.T) {
	for _, restart := range []bool{false, true} {
		bubble(t, func(w *world) {
			l := w.lobby("a", 1, 1)
			settle()
			time.Sleep(30 * time.Minute)
			if restart {
				w.end()
				w.s = New(w.j, w.st, quiet)
			} else {
				l.candidates[0].line.Close()
				l.interviewers[0].line.Close()
			}
			time.Sleep(29 * time.Minute)
			if s := w.j.state("a"); s.Phase != nextup.PhasePublished || s.Candidates["c1"].Status != nextup.StatusNoShow {
				t.Errorf("restart %v: before the end %s, c1 %s", restart, s.Phase, s.Candidates["c1"].Status)
			}
			time.Sleep(2 * time.Minute)
			if s := w.j.state("a"); s.Phase != nextup.PhaseClosed {
				t.Errorf("restart %v: after the end %s", restart, s.Phase)
			}
		})
	}
}

// A session that nobody needs leaves memory, and the sweep wakes it when due.
func TestIdleAndSweep(t *testing.T) {
	bubble(t, func(w *world) {
		w.create("a", 1)
		if _, err := w.s.Look(context.Background(), "none"); code(err) != nextup.CodeUnknown {
			t.Errorf("unknown session: %v", err)
		}
		time.Sleep(idleTime + 2*renewEvery)
		w.s.mu.Lock()
		live := len(w.s.live)
		w.s.mu.Unlock()
		if live != 0 {
			t.Errorf("%d sessions live", live)
		}
		time.Sleep(time.Hour - idleTime)
		if s := w.j.state("a"); s.Phase != nextup.PhaseClosed {
			t.Errorf("phase %s", s.Phase)
		}
	})
}

// A lost connection in a talk is given back once, at most a minute; a restart
// gives back nothing.
func TestLostConnection(t *testing.T) {
	for _, c := range []struct {
		name    string
		gone    time.Duration
		restart bool
		want    time.Duration
	}{
		{"short", 20 * time.Second, false, 20 * time.Second},
		{"long", 3 * time.Minute, false, time.Minute},
		{"restart", 20 * time.Second, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(w *world) {
				l := w.lobby("a", 1, 1)
				offer := l.talk()
				time.Sleep(4 * time.Minute)
				before, _ := l.state("a").Talk(offer)
				l.candidates[0].line.Close()
				settle()
				if v := l.interviewers[0].interviewer().You; v.Lost < 0 || v.Connected == false {
					t.Errorf("interviewer sees %+v", v)
				}
				time.Sleep(c.gone - viewEvery - 2*spreadTime)
				if c.restart {
					l.kill(nil)
					settle()
				}
				w.attach("a", cand("c1"), "phone")
				second := w.attach("a", cand("c1"), "phone") // the same browser, reconnecting twice
				settle()
				second.line.Close()
				settle()
				after, _ := l.state("a").Talk(offer)
				if got := after.EndsAt.Sub(before.EndsAt).Round(time.Second); got != c.want {
					t.Errorf("given back %v, want %v", got, c.want)
				}
				if n := count[nextup.TalkResumed](w.j, "a"); n > 1 {
					t.Errorf("given back %d times", n)
				}
			})
		})
	}
}
