package actors

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"nextup"
)

// Nothing is answered, shown or staged before Append has returned; presence is
// taken meanwhile, and orders that wait are decided in order.
func TestAnsweredOnlyWhenKept(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 2, 3)
		settle()
		release := make(chan struct{})
		w.j.hook(func(nextup.Batch) error { <-release; return nil }, nil)
		views, version := l.interviewers[0].seen(), l.interviewers[0].interviewer().Version
		type done struct {
			who string
			r   nextup.Receipt
			err error
		}
		answers := make(chan done, 3)
		ask := func(by nextup.Actor, cmd nextup.Command) {
			o := w.order(by, cmd)
			go func() {
				r, err := w.s.Do(context.Background(), "a", o)
				answers <- done{by.ID, r, err}
			}()
			synctest.Wait()
		}
		ask(iv("i1"), nextup.Next{})
		ask(cand("c2"), nextup.Hold{}) // the first of the waiting: c2 is passed over below
		ask(iv("i2"), nextup.Next{})
		time.Sleep(2 * time.Second)
		if len(answers) != 0 || len(w.st.calls) != 0 {
			t.Fatalf("%d answers, %d stage calls before anything was kept", len(answers), len(w.st.calls))
		}
		// presence
		l.candidates[2].line.Report(nextup.Report{Visible: false, Checked: true})
		settle()
		if n, _ := w.s.Look(context.Background(), "a"); n.Presence["c3"].Visible || n.State.LastOffer != 0 {
			t.Errorf("c3 %+v, last offer %d", n.Presence["c3"], n.State.LastOffer)
		}
		if got := l.interviewers[0]; got.interviewer().Version != version {
			t.Errorf("version %d was shown, kept is %d", got.interviewer().Version, version)
		} else if got.seen() == views {
			t.Error("the presence that changed was not shown")
		}
		close(release)
		settle()
		var who []string
		for range 3 {
			d := <-answers
			if d.err != nil {
				t.Errorf("%s: %v", d.who, d.err)
			}
			who = append(who, d.who)
		}
		s := l.state("a")
		i1, _ := s.Interviewer("i1")
		i2, _ := s.Interviewer("i2")
		if i1.Offer.Candidate != "c1" || i2.Offer.Candidate != "c3" {
			t.Errorf("answers %v, offers %+v %+v", who, i1.Offer, i2.Offer)
		}
		if i2.Offer.Stage != nextup.StageCalled { // he was hidden when it was decided
			t.Errorf("c3 is %s", i2.Offer.Stage)
		}
	})
}

// The same command again, in every way that can happen: one effect, same answer.
func TestSameCommandTwice(t *testing.T) {
	unknown := errors.New("no answer from the disk")
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 3)
		settle()
		once := func(name string, prepare func(), between func()) {
			t.Helper()
			i, _ := w.j.state("a").Interviewer("i1")
			o := w.order(iv("i1"), nextup.Next{After: i.Last})
			if prepare != nil {
				prepare()
			}
			version := len(w.j.stream("a"))
			r1, err1 := w.s.Do(context.Background(), "a", o)
			w.j.hook(nil, nil)
			if between != nil {
				between()
			}
			r2, err2 := w.s.Do(context.Background(), "a", o)
			if err1 != nil || err2 != nil || len(r1.Events) != 1 || len(r2.Events) != 1 || r1.Events[0] != r2.Events[0] {
				t.Errorf("%s: %v %v, then %v %v", name, r1.Events, err1, r2.Events, err2)
			}
			if got := len(w.j.stream("a")); got != version+1 {
				t.Errorf("%s: %d events, want one", name, got-version)
			}
			i, _ = w.j.state("a").Interviewer("i1")
			w.do("a", iv("i1"), nextup.CallOff{Offer: i.Offer.ID})
		}
		first := func(err error, happened bool) func() {
			return func() {
				n := 0
				hook := func(nextup.Batch) error {
					if n++; n == 1 {
						return err
					}
					return nil
				}
				if happened {
					w.j.hook(nil, hook)
				} else {
					w.j.hook(hook, nil)
				}
			}
		}
		once("plain", nil, nil)
		once("after a reload", nil, func() { l.kill(nil); settle() })
		once("unknown, not happened", first(unknown, false), nil)
		once("unknown, happened", first(unknown, true), nil)
		once("conflict said, not happened", first(nextup.ErrConflict, false), nil)
		once("conflict", func() {
			s := w.j.state("a")
			if err := w.j.keep(nextup.Batch{Session: "a", Expected: s.Version, Events: []nextup.Recorded{
				{Version: s.Version + 1, At: time.Now(), By: cand("c3"), Event: nextup.Confirmed{Candidate: "c3"}},
			}}); err != nil {
				t.Fatal(err)
			}
		}, nil)
	})
}

// Journal panics are unknown outcomes, not the end of the process.
func TestJournalPanics(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		settle()
		n := 0
		w.j.hook(nil, func(nextup.Batch) error {
			if n++; n == 1 {
				panic("bad sector")
			}
			return nil
		})
		l.do("a", cand("c1"), nextup.Hold{})
		if n := count[nextup.Held](w.j, "a"); n != 1 {
			t.Errorf("held %d times", n)
		}
	})
}

func TestSameCommandAtOnce(t *testing.T) {
	bubble(t, func(w *world) {
		w.lobby("a", 1, 2)
		settle()
		w.j.hook(func(nextup.Batch) error { time.Sleep(50 * time.Millisecond); return nil }, nil)
		o := w.order(iv("i1"), nextup.Next{})
		answers := make(chan nextup.Receipt, 5)
		for range 5 {
			go func() {
				r, err := w.s.Do(context.Background(), "a", o)
				if err != nil {
					t.Error(err)
				}
				answers <- r
			}()
		}
		for range 5 {
			if r := <-answers; len(r.Events) != 1 || r.State.LastOffer != 1 {
				t.Errorf("answer %+v", r.Events)
			}
		}
		if n := count[nextup.Admitted](w.j, "a"); n != 1 {
			t.Errorf("admitted %d times", n)
		}
	})
}

// A refusal is repeated, also when the command would be accepted by now.
func TestRefusalRepeated(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		l.candidates[0].line.Close()
		settle()
		o := w.order(iv("i1"), nextup.Next{})
		_, err := w.s.Do(context.Background(), "a", o)
		w.attach("a", cand("c1"), "phone")
		settle()
		_, again := w.s.Do(context.Background(), "a", o)
		if code(err) != nextup.CodeNobody || code(again) != nextup.CodeNobody {
			t.Errorf("%v, then %v", err, again)
		}
		// a row that the store refuses
		w.j.hook(func(nextup.Batch) error { return nextup.Refuse(nextup.CodeTaken) }, nil)
		o = w.order(nextup.Actor{Role: nextup.RoleVisitor}, nextup.Register{Candidate: "new"})
		_, err = w.s.Do(context.Background(), "a", o)
		w.j.hook(nil, nil)
		_, again = w.s.Do(context.Background(), "a", o)
		if code(err) != nextup.CodeTaken || code(again) != nextup.CodeTaken {
			t.Errorf("%v, then %v", err, again)
		}
		if count[nextup.Registered](w.j, "a") != 1 {
			t.Error("a refused registration was kept")
		}
		// somebody else's command of the same ID is his own
		o.By, o.Command = cand("c1"), nextup.Hold{}
		if _, err := w.s.Do(context.Background(), "a", o); err != nil {
			t.Error(err)
		}
	})
}

// Two systems over one journal: whoever loses reloads; nothing happens twice.
func TestTwoWriters(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 2, 1)
		settle()
		other := New(w.j, &theatre{}, quiet)
		defer other.Close(context.Background())
		if _, err := other.Look(context.Background(), "a"); err != nil {
			t.Fatal(err)
		}
		w2 := &world{TB: t, j: w.j, s: other, n: 1000}
		l.do("a", cand("c1"), nextup.Hold{}) // the other does not know of it
		o := w2.order(iv("i1"), nextup.Pause{})
		r, err := other.Do(context.Background(), "a", o)
		if err != nil || !r.State.Candidates["c1"].OnHold {
			t.Errorf("decided on an old state: %v %+v", err, r.State.Candidates["c1"])
		}
		w2.do("a", cand("c1"), nextup.Resume{})
		// What the other has kept under an ID is known here too, once we have lost.
		l.do("a", iv("i2"), nextup.Pause{})
		if r, err := w.s.Do(context.Background(), "a", o); err != nil || len(r.Events) != 1 {
			t.Errorf("%v %v", r.Events, err)
		}
		l.do("a", cand("c1"), nextup.Hold{})
		var errs [2]error
		done := make(chan struct{}, 2)
		for n, sys := range []*System{w.s, other} {
			o := w.order(nextup.Actor{Role: nextup.RoleVisitor}, nextup.Register{Candidate: cid(50 + n)})
			go func() {
				_, errs[n] = sys.Do(context.Background(), "a", o)
				done <- struct{}{}
			}()
		}
		<-done
		<-done
		s := w.j.state("a")
		if errs[0] != nil || errs[1] != nil || s.Candidates["c50"].ID == "" || s.Candidates["c51"].ID == "" {
			t.Errorf("%v, registered %v", errs, s.Registered)
		}
		if h, r := count[nextup.Held](w.j, "a"), count[nextup.Resumed](w.j, "a"); h != 2 || r != 1 {
			t.Errorf("held %d, resumed %d", h, r)
		}
		for n, r := range w.j.stream("a") {
			if r.Version != n+1 {
				t.Fatalf("event %d has version %d", n, r.Version)
			}
		}
	})
}

// A store that never keeps anything is asked at a bearable pace, and the clock's
// deadline is met once it works again.
func TestStoreDown(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		l.do("a", iv("i1"), nextup.Next{})
		var tries atomic.Int32
		w.j.hook(func(nextup.Batch) error { tries.Add(1); return errors.New("disk full") }, nil)
		time.Sleep(25 * time.Second) // the admission lapses after five
		if n := tries.Load(); n == 0 || n > 25 {
			t.Errorf("%d tries in twenty seconds", n)
		}
		if _, err := w.try("a", cand("c2"), nextup.Hold{}); code(err) != nextup.CodeUnavailable {
			t.Errorf("answer %v", err)
		}
		w.j.hook(nil, nil)
		time.Sleep(2 * mendTime)
		synctest.Wait()
		if count[nextup.Lapsed](w.j, "a") != 1 {
			t.Error("nothing lapsed")
		}
	})
}

// An append that outlives a restart of its session must not pass for another's.
func TestAppendFromBeforeARestart(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		release := make(chan chan struct{}, 3)
		w.j.hook(func(nextup.Batch) error {
			wait := make(chan struct{})
			release <- wait
			<-wait
			return nil
		}, nil)
		ctx, cancel := context.WithCancel(context.Background())
		go w.s.Do(ctx, "a", w.order(cand("c1"), nextup.Hold{}))
		older := <-release
		cancel()
		l.kill(nil)
		settle()
		answer := make(chan error, 1)
		o := w.order(cand("c2"), nextup.Hold{})
		go func() {
			_, err := w.s.Do(context.Background(), "a", o)
			answer <- err
		}()
		newer := <-release
		close(older) // kept now; the newer one is not
		settle()
		if len(answer) != 0 {
			t.Error("answered before it was kept")
		}
		w.j.hook(nil, nil)
		close(newer) // loses, and is decided again
		if err := <-answer; err != nil {
			t.Error(err)
		}
		if n := count[nextup.Held](w.j, "a"); n != 2 {
			t.Errorf("held %d times", n)
		}
		if s := l.state("a"); !s.Candidates["c1"].OnHold || !s.Candidates["c2"].OnHold {
			t.Errorf("%+v", s.Candidates)
		}
	})
}
