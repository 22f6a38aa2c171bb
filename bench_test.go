package nextup

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkDecide is one press of Next with 500 people waiting.
func BenchmarkDecide(b *testing.B) {
	var everybody []CandidateID
	for n := range 500 {
		everybody = append(everybody, CandidateID(fmt.Sprintf("candidate-%d", n)))
	}
	s := plain()
	s.Places = len(everybody)
	w := lobby(b, s, []InterviewerID{"ina", "ola", "eva"}, everybody...)
	w.now = s.Start
	b.ReportAllocs()
	for b.Loop() {
		events, err := Decide(w.state, w.presence, w.now, interviewer("ina"), Next{})
		if err != nil || len(events) != 1 {
			b.Fatal(events, err)
		}
	}
}

// BenchmarkEvolve replays a stream of 2,000 events.
func BenchmarkEvolve(b *testing.B) {
	var everybody []CandidateID
	for n := range 260 {
		everybody = append(everybody, CandidateID(fmt.Sprintf("candidate-%d", n)))
	}
	s := plain()
	s.Places, s.Countdown, s.Length = len(everybody), 0, 24*time.Hour
	w := lobby(b, s, []InterviewerID{"ina"}, everybody...)
	for range everybody {
		w.talk(b, "ina")
		i, _ := w.state.Interviewer("ina")
		w.must(b, interviewer("ina"), End{Offer: i.Talk})
		w.must(b, interviewer("ina"), Submit{i.Talk})
	}
	if len(w.log) < 2000 {
		b.Fatal(len(w.log))
	}
	log := w.log[:2000]
	b.ReportAllocs()
	for b.Loop() {
		if Evolve(Session{}, log...).Version != 2000 {
			b.Fatal("not replayed")
		}
	}
}
