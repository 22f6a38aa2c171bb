package actors

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"nextup"
)

// A place change reaches a candidate at most four times a second; his own moment
// at once.
func TestCoalescing(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 3)
		settle()
		seen, begun := l.candidates[2].seen(), time.Now()
		for range 50 { // a hundred commands in two seconds, each moving somebody else
			l.do("a", cand("c1"), nextup.Hold{})
			time.Sleep(20 * time.Millisecond)
			l.do("a", cand("c1"), nextup.Resume{})
			time.Sleep(20 * time.Millisecond)
		}
		most := int(time.Since(begun)/viewEvery) + 1
		if n := l.candidates[2].seen() - seen; n > most || n < most/2 {
			t.Errorf("%d views in %v, want at most %d", n, time.Since(begun), most)
		}
		begun = time.Now()
		l.do("a", cand("c3"), nextup.Hold{})
		synctest.Wait()
		if !l.candidates[2].candidate().OnHold || time.Since(begun) != 0 {
			t.Errorf("own moment not seen at once: %+v", l.candidates[2].candidate())
		}
	})
}

// The latest view wins; a line that never reads is cut and nobody else notices.
func TestSlowReader(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 3)
		l.candidates[0].line.Close()
		stuck, err := w.s.Attach(context.Background(), "a", nextup.Attachment{Who: cand("c1"), Device: "phone"})
		if err != nil {
			t.Fatal(err)
		}
		settle()
		l.do("a", cand("c1"), nextup.Hold{})
		synctest.Wait()
		if v := (<-stuck.Views()).(nextup.CandidateView); !v.OnHold {
			t.Errorf("an older view: %+v", v)
		}
		l.do("a", cand("c1"), nextup.Resume{}) // lies there from now on
		for range 12 {
			time.Sleep(cutAfter / 10)
			l.do("a", cand("c2"), nextup.Hold{})
			l.do("a", cand("c2"), nextup.Resume{})
		}
		settle()
		if n, _ := w.s.Look(context.Background(), "a"); n.Presence["c1"].Connected || !n.Presence["c2"].Connected {
			t.Errorf("c1 %+v, c2 %+v", n.Presence["c1"], n.Presence["c2"])
		}
		<-stuck.Views() // the last one
		if _, open := <-stuck.Views(); open {
			t.Error("views stay open")
		}
		stuck.Close()
		stuck.Close()
		if v := l.candidates[2].candidate(); v.Version != l.state("a").Version {
			t.Errorf("a neighbour has version %d of %d", v.Version, l.state("a").Version)
		}
	})
}

// Closing at any moment leaves nobody behind who is not there.
func TestCloseAtOnce(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		l.candidates[0].line.Close()
		for range 50 {
			c := w.attach("a", cand("c1"), "phone")
			c.line.Close()
			go c.line.Close()
			<-c.done
		}
		for n := range 10 {
			c := w.attach("a", cand("c1"), "phone")
			if n%2 == 0 {
				l.kill(nil)
			} else {
				l.kill(person(""))
			}
			c.line.Close()
			settle()
		}
		if n, _ := w.s.Look(context.Background(), "a"); n.Presence["c1"].Connected {
			t.Error("somebody counts as here without a line")
		}
	})
}

// The place is one device's: orders from the other are refused, only the
// holder's line counts, and Continue moves it.
func TestSecondDevice(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 1)
		laptop := w.attach("a", cand("c1"), "laptop")
		settle()
		send := func(device nextup.DeviceID, cmd nextup.Command) error {
			o := w.order(cand("c1"), cmd)
			o.Device = device
			_, err := w.s.Do(context.Background(), "a", o)
			return err
		}
		if v := laptop.candidate(); v.Moment != nextup.MomentElsewhere {
			t.Errorf("laptop sees %+v", v)
		}
		if err := send("laptop", nextup.Hold{}); code(err) != nextup.CodeElsewhere {
			t.Errorf("from the laptop: %v", err)
		}
		l.candidates[0].line.Close()
		settle()
		if n, _ := w.s.Look(context.Background(), "a"); n.Presence["c1"].Connected {
			t.Error("the laptop's line counts")
		}
		// At once after the Continue, while it is being kept: the phone has lost.
		w.j.hook(func(nextup.Batch) error { time.Sleep(100 * time.Millisecond); return nil }, nil)
		moved := make(chan error, 1)
		go func() { moved <- send("laptop", nextup.Continue{Device: "laptop"}) }()
		synctest.Wait()
		if err := send("phone", nextup.Hold{}); code(err) != nextup.CodeElsewhere {
			t.Errorf("from the phone: %v", err)
		}
		if err := <-moved; err != nil {
			t.Error(err)
		}
		settle()
		if n, _ := w.s.Look(context.Background(), "a"); !n.Presence["c1"].Connected {
			t.Error("the laptop's line does not count")
		}
		if v := laptop.candidate(); v.Moment != nextup.MomentWaiting {
			t.Errorf("laptop sees %+v", v)
		}
		if err := send("laptop", nextup.Hold{}); err != nil {
			t.Error(err)
		}
	})
}

// Close waits for everything; what is on its way to the disk is answered.
func TestClose(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		w.j.hook(func(nextup.Batch) error { time.Sleep(time.Second); return nil }, nil)
		var answers [2]chan error
		for n, id := range []nextup.CandidateID{"c1", "c2"} {
			o := w.order(cand(id), nextup.Hold{})
			answers[n] = make(chan error, 1)
			go func() {
				_, err := w.s.Do(context.Background(), "a", o)
				answers[n] <- err
			}()
			synctest.Wait()
		}
		begun := time.Now()
		w.end()
		if took := time.Since(begun); took != time.Second {
			t.Errorf("closed after %v, want the append's second", took)
		}
		if err := <-answers[0]; err != nil {
			t.Errorf("in hand: %v", err)
		}
		if err := <-answers[1]; code(err) != nextup.CodeUnavailable {
			t.Errorf("waiting: %v", err)
		}
		if n := count[nextup.Held](w.j, "a"); n != 1 {
			t.Errorf("held %d", n)
		}
		for _, c := range append(l.candidates, l.interviewers...) {
			<-c.done // every line is closed
		}
		begun = time.Now()
		if _, err := w.try("a", cand("c2"), nextup.Hold{}); code(err) != nextup.CodeUnavailable {
			t.Errorf("Do after Close: %v", err)
		}
		if _, err := w.s.Attach(context.Background(), "a", nextup.Attachment{Who: cand("c1")}); code(err) != nextup.CodeUnavailable {
			t.Errorf("Attach after Close: %v", err)
		}
		if time.Since(begun) != 0 {
			t.Error("refused late")
		}
		l.candidates[0].line.Report(nextup.Report{})
		w.end() // again
	})
}

// In real time a large lobby's views are sent in slices; everybody gets the newest.
func TestLargeLobby(t *testing.T) {
	w := newWorld(t)
	defer w.end()
	l := w.lobby("a", 1, 150)
	waitReady(t, l)
	for range 20 {
		l.do("a", cand("c1"), nextup.Hold{})
		l.do("a", cand("c1"), nextup.Resume{})
	}
	version := l.state("a").Version
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		late := 0
		for _, c := range l.candidates {
			if c.candidate().Version != version {
				late++
			}
		}
		if late == 0 {
			return
		}
		if time.Since(begun) > freshEvery/2 {
			t.Fatalf("%d have an older view", late)
		}
	}
}
