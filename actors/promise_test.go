package actors

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"nextup"
)

// booked is a day's session in which c1 waits without a time and c2 has one in some
// time from now and waits behind him.
func (w *world) booked(in time.Duration) (*lobby, time.Time) {
	w.Helper()
	l := &lobby{world: w, id: "a"}
	s := settings()
	s.Round, s.Places = "round", 1
	w.do("a", boss, nextup.Create{Organisation: "org", Owner: "boss", Settings: s, Interviewers: []nextup.InterviewerID{"i1"}})
	w.do("a", boss, nextup.Publish{})
	at := time.Now().Add(in)
	w.do("a", nextup.Actor{Role: nextup.RoleVisitor}, nextup.Register{Candidate: "c1"})
	o := w.order(nextup.TheClock, nextup.Book{Candidate: "c2", At: at})
	o.People = []nextup.Person{{ID: "c2", Role: nextup.RoleCandidate, Name: "Bea", Email: "bea@example.test", Language: "sv"}}
	for range 2 { // the same order twice has one effect
		if _, err := w.s.Do(context.Background(), "a", o); err != nil {
			w.Fatal(err)
		}
	}
	l.interviewers = append(l.interviewers, w.attach("a", iv("i1"), "desk"))
	w.do("a", iv("i1"), nextup.Enter{Device: "desk"})
	for _, c := range []nextup.CandidateID{"c1", "c2"} {
		l.candidates = append(l.candidates, w.attach("a", cand(c), "phone"))
		w.do("a", cand(c), nextup.CheckIn{Device: "phone"})
	}
	settle()
	return l, at
}

func (l *lobby) queue() (ids []nextup.CandidateID) {
	for _, r := range l.interviewers[0].interviewer().Queue {
		ids = append(ids, r.ID)
	}
	return ids
}

// K4: at the window's start the order changes for everybody without anybody doing
// anything; also when the session was killed before it, or the process started anew.
func TestPromiseComesByItself(t *testing.T) {
	for _, c := range []struct {
		name   string
		breaks func(*lobby)
	}{
		{"K4 awake", func(*lobby) {}},
		{"K4 after a crash", func(l *lobby) { l.kill(nil) }},
		{"K4 after a restart of the process", func(l *lobby) {
			l.end()
			l.s = New(l.j, l.st, quiet)
			l.interviewers[0] = l.attach("a", iv("i1"), "desk")
			for n, c := range []nextup.CandidateID{"c1", "c2"} {
				l.candidates[n] = l.attach("a", cand(c), "phone")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(w *world) {
				l, at := w.booked(30 * time.Minute)
				if n := count[nextup.Booked](w.j, "a"); n != 1 {
					t.Errorf("booked %d times", n)
				}
				if p := w.j.people["a"]; len(p) != 1 || p[0].Name != "Bea" {
					t.Errorf("rows %v", p)
				}
				time.Sleep(10 * time.Minute)
				c.breaks(l)
				settle()
				within(time.Until(at.Add(-nextup.PromiseBefore)), func() {
					if q := l.queue(); !slices.Equal(q, []nextup.CandidateID{"c1", "c2"}) || count[nextup.Promised](w.j, "a") != 0 {
						t.Errorf("before its time: %v", q)
					}
				}, func() {
					if n := count[nextup.Promised](w.j, "a"); n != 1 {
						t.Errorf("promised %d times", n)
					}
				})
				settle()
				if q := l.queue(); !slices.Equal(q, []nextup.CandidateID{"c2", "c1"}) {
					t.Errorf("the desk shows %v", q)
				}
				if v := l.candidates[0].candidate(); v.Before != 1 || v.Booked != "" {
					t.Errorf("c1 sees %+v", v)
				}
				if v := l.candidates[1].candidate(); v.Before != 0 || !v.Promised || v.Due > nextup.PromiseBefore.Milliseconds() || v.Due < (nextup.PromiseBefore-time.Second).Milliseconds() {
					t.Errorf("c2 sees %+v", v)
				}
				l.kill(nil)
				settle()
				if q := l.queue(); !slices.Equal(q, []nextup.CandidateID{"c2", "c1"}) || count[nextup.Promised](w.j, "a") != 1 {
					t.Errorf("after another crash %v", q)
				}
				l.do("a", iv("i1"), nextup.Next{})
				if o := l.offered("i1"); o.Candidate != "c2" {
					t.Errorf("offered %+v", o)
				}
			})
		})
	}
}

// Nobody is connected to a session whose people wait with closed laptops: the sweep
// wakes it for a window like for any deadline.
func TestPromiseIsDue(t *testing.T) {
	bubble(t, func(w *world) {
		_, at := w.booked(8 * time.Minute)
		if due := w.j.due["a"]; !due.Equal(at.Add(-nextup.PromiseBefore)) {
			t.Errorf("the store wakes it at %v, the window opens at %v", due, at.Add(-nextup.PromiseBefore))
		}
		synctest.Wait()
	})
}

// K4: a person who is corrected while he has a time: rows come beside an order without
// an effect.
func TestBookKeepsRows(t *testing.T) {
	bubble(t, func(w *world) {
		_, at := w.booked(20 * time.Minute)
		o := w.order(nextup.TheClock, nextup.Book{Candidate: "c2", At: at})
		o.People = []nextup.Person{{ID: "c2", Role: nextup.RoleCandidate, Name: "Beata", Email: "bea@example.test", Language: "sv"}}
		if _, err := w.s.Do(context.Background(), "a", o); err != nil {
			t.Fatal(err)
		}
		settle()
		n, err := w.s.Look(context.Background(), "a")
		if err != nil || n.People["c2"].Name != "Beata" || count[nextup.Booked](w.j, "a") != 1 {
			t.Errorf("%v %v", n.People["c2"], err)
		}
	})
}
