package actors

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"nextup"
)

// waitReady waits in real time until everybody is known to be there.
func waitReady(t testing.TB, l *lobby) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		n, err := l.s.Look(context.Background(), l.id)
		if err != nil {
			t.Fatal(err)
		}
		here := 0
		for _, c := range append(l.candidates, l.interviewers...) {
			if s := n.Presence[nextup.PersonID(c.who.ID)]; s.Connected && s.Visible {
				here++
			}
		}
		if here == len(l.candidates)+len(l.interviewers) {
			return
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("%d are here", here)
		}
	}
}

// A command, from Do to its answer, over a journal that does nothing but keep.
func BenchmarkAcknowledged(b *testing.B) {
	for _, people := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			w := newWorld(b)
			defer w.end()
			l := w.lobby("a", 2, people)
			waitReady(b, l)
			commands := []nextup.Command{nextup.Hold{}, nextup.Resume{}}
			n := 0
			for b.Loop() {
				w.do("a", cand("c1"), commands[n%2])
				n++
			}
		})
	}
}

// From pressing Next until the stage is told to prepare.
func BenchmarkNextToPrepare(b *testing.B) {
	w := newWorld(b)
	defer w.end()
	l := w.lobby("a", 1, 10)
	waitReady(b, l)
	w.st.mu.Lock()
	w.st.on = make(chan struct{}, 4)
	w.st.mu.Unlock()
	var offer nextup.OfferID
	for b.Loop() {
		o := w.order(iv("i1"), nextup.Next{After: offer})
		answer := make(chan nextup.Receipt, 1)
		go func() {
			r, err := w.s.Do(context.Background(), "a", o)
			if err != nil {
				b.Error(err)
			}
			answer <- r
		}()
		<-w.st.on
		b.StopTimer()
		offer = (<-answer).State.LastOffer
		w.do("a", iv("i1"), nextup.CallOff{Offer: offer})
		<-w.st.on
		b.StartTimer()
	}
}

// What one line in the lobby costs, beside its socket. They have not checked in:
// what a waiting candidate costs more lies in the session's state.
func BenchmarkLineMemory(b *testing.B) {
	const people = 10000
	for b.Loop() {
		w := newWorld(b)
		w.create("a", 1)
		w.crowd("a", people)
		lines := make([]nextup.Line, 0, people)
		before := heap()
		begun := time.Now()
		for n := range people {
			l, err := w.s.Attach(context.Background(), "a", nextup.Attachment{Who: cand(cid(n)), Device: "phone"})
			if err != nil {
				b.Fatal(err)
			}
			lines = append(lines, l)
		}
		for {
			n, _ := w.s.Look(context.Background(), "a")
			if n.Presence[nextup.PersonID(cid(people-1))].Connected {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		b.ReportMetric(float64(time.Since(begun).Microseconds())/people, "µs/attach")
		time.Sleep(time.Second)
		b.ReportMetric(float64(heap()-before)/people, "B/line")
		runtime.KeepAlive(lines)
		w.end()
	}
}

// crowd registers many at once, straight in the journal.
func (w *world) crowd(id nextup.SessionID, people int) {
	w.Helper()
	b := nextup.Batch{Session: id, Expected: w.j.state(id).Version}
	for n := range people {
		b.Events = append(b.Events, nextup.Recorded{
			Version: b.Expected + 1 + n, At: time.Now(), By: nextup.Actor{Role: nextup.RoleVisitor},
			Event: nextup.Registered{Candidate: cid(n)},
		})
	}
	if err := w.j.keep(b); err != nil {
		w.Fatal(err)
	}
	w.do(id, boss, nextup.Resend{Interviewer: "i1"}) // loses, and reads all that
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// All views of a lobby, as the queue makes them for every flush.
func BenchmarkPublish(b *testing.B) {
	for _, people := range []int{100, 1000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			w := newWorld(b)
			defer w.end()
			l := w.lobby("a", 3, people)
			waitReady(b, l)
			now, err := w.s.Look(context.Background(), "a")
			if err != nil {
				b.Fatal(err)
			}
			b.Run("candidates", func(b *testing.B) {
				for b.Loop() {
					now := now.LineUp(nextup.Snapshot{})
					for n := range people {
						now.ViewOfCandidate(cid(n+1), "phone")
					}
				}
			})
			b.Run("interviewer", func(b *testing.B) {
				for b.Loop() {
					now.ViewOfInterviewer("i1", "desk")
				}
			})
		})
	}
}
