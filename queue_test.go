package nextup

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestQueue(t *testing.T) {
	two := []InterviewerID{"ina", "ola"}
	t.Run("S3-36 two interviewers press next at once", func(t *testing.T) {
		var everybody []CandidateID
		for n := range 200 {
			everybody = append(everybody, CandidateID(fmt.Sprintf("c%03d", n)))
		}
		s := plain()
		s.Places, s.Countdown, s.Length = 200, 0, 24*time.Hour
		w := lobby(t, s, two, everybody...)
		for round := range 100 { // both decide on views of the same moment
			for n, i := range two {
				known, _ := w.state.Interviewer(i)
				kept := w.must(t, interviewer(i), Next{After: known.Last})
				var to Admitted
				for _, r := range kept {
					if e, ok := r.Event.(Admitted); ok {
						to = e
					}
				}
				if want := everybody[2*round+n]; to.Candidate != want {
					t.Fatalf("round %d: %s got %q, want %q", round, i, to.Candidate, want)
				}
			}
			for _, i := range two {
				known, _ := w.state.Interviewer(i)
				w.must(t, candidate(known.Offer.Candidate), Acknowledge{known.Offer.ID})
				w.must(t, interviewer(i), End{Offer: known.Offer.ID})
			}
		}
		expect(t, "talks", len(w.state.Talks), 200)
	})
	t.Run("D-05 D-07 three in parallel take the first three, no double and no gap", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina", "ola", "eva"}, "a", "b", "c", "d")
		for _, i := range []InterviewerID{"eva", "ina", "ola"} {
			w.must(t, interviewer(i), Next{})
		}
		expect(t, "offers", w.offers(), "ina: admitted b 2, ola: admitted c 3, eva: admitted a 1")
		expect(t, "waiting", w.waiting(), "d")
	})
	t.Run("S3-49 turn order is the order of checking in, not of registering", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		for _, c := range []CandidateID{"first", "second", "third"} {
			w.must(t, visitor, Register{c})
		}
		for _, c := range []CandidateID{"third", "first", "second"} {
			w.connect(c.Person())
			w.must(t, candidate(c), CheckIn{"phone"})
		}
		expect(t, "order", w.waiting(), "third first second")
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		expect(t, "number of third", n.ViewOfCandidate("third", "phone").Before, 0)
		expect(t, "number of second", n.ViewOfCandidate("second", "phone").Before, 2)
		for _, i := range []InterviewerID{"ina", "somebody"} {
			var rows []string
			for _, r := range n.ViewOfInterviewer(i, "laptop").Queue {
				rows = append(rows, string(r.ID))
			}
			expect(t, "as interviewers see it", strings.Join(rows, " "), "third first second")
		}
	})
	t.Run("S3-50 number 4 is taken and 1 to 3 keep their order", func(t *testing.T) {
		w := lobby(t, plain(), two, "a", "b", "c", "d", "e")
		w.refused(t, CodeReason, interviewer("ola"), Take{Candidate: "d"})
		w.refused(t, CodeReason, interviewer("ola"), Take{Candidate: "d", Reason: Reason{Preset: PresetOther}})
		w.must(t, interviewer("ola"), Take{Candidate: "d", Reason: Reason{Preset: PresetKnows}})
		expect(t, "offers", w.offers(), "ina: -, ola: admitted d 1")
		expect(t, "waiting", w.waiting(), "a b c e")
		expect(t, "record", w.state.Deviations[0], Deviation{w.now, interviewer("ola"), DeviationTake, "d", Reason{Preset: PresetKnows}})
		w.pass(AckTime) // fails: nobody else is offered, his place is kept
		expect(t, "offers", w.offers(), "ina: -, ola: -")
		expect(t, "waiting", w.waiting(), "a b c d e")
	})
	t.Run("S3-50 a taken candidate who answers is recorded once", func(t *testing.T) {
		w := lobby(t, plain(), two, "a", "b")
		w.presence["b"] = Seen{Connected: true}
		w.must(t, interviewer("ola"), Take{Candidate: "b", Reason: Reason{Preset: PresetTime}})
		expect(t, "offers", w.offers(), "ina: -, ola: called b 1")
		w.must(t, candidate("b"), Answer{1})
		expect(t, "record", len(w.state.Deviations), 1)
	})
	t.Run("S3-50 a taken candidate whose page was hidden is called, and recorded once", func(t *testing.T) {
		w := lobby(t, plain(), two, "a", "b")
		w.must(t, interviewer("ola"), Take{Candidate: "b", Reason: Reason{Preset: PresetTime}})
		expect(t, "offers", w.offers(), "ina: -, ola: admitted b 1")
		made := w.state.Interviewers[1].Offer.Made
		w.now = w.now.Add(time.Second)
		w.must(t, candidate("b"), CallMe{1})
		expect(t, "offers", w.offers(), "ina: -, ola: called b 2")
		expect(t, "made", w.state.Interviewers[1].Offer.Made, made)
		expect(t, "out of turn still", w.state.Interviewers[1].Offer.Taken, true)
		expect(t, "record", len(w.state.Deviations), 1)
	})
	t.Run("S3-51 the place is live", func(t *testing.T) {
		w := lobby(t, plain(), two, "a", "b", "c")
		before := func() int { n, _ := w.state.Before("c"); return n }
		expect(t, "at first", before(), 2)
		w.must(t, interviewer("ina"), Next{})
		expect(t, "one is taken", before(), 1)
		w.must(t, candidate("b"), Withdraw{})
		expect(t, "one left", before(), 0)
		if _, ok := w.state.Before("a"); ok {
			t.Error("a does not wait any more")
		}
	})
}

func TestSkip(t *testing.T) {
	why := Reason{Preset: PresetTrouble}
	for _, c := range []struct {
		name  string
		steps func(t *testing.T, w *world)
		want  string
	}{
		{"D-06 down one place", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", false, why})
		}, "b a c d"},
		{"D-06 to the end", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", true, why})
		}, "b c d a"},
		{"D-06 undone", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"b", true, why})
			w.must(t, interviewer("ola"), UndoSkip{"b"})
			w.must(t, interviewer("ola"), UndoSkip{"b"})
		}, "a b c d"},
		{"D-06 down past one who is being called", func(t *testing.T, w *world) {
			w.must(t, interviewer("ola"), Take{Candidate: "b", Reason: why})
			w.must(t, interviewer("ina"), Skip{"a", false, why})
			w.pass(AckTime)
		}, "b c a d"},
		{"D-06 only the last skip is undone", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", false, why})
			w.must(t, interviewer("ina"), Skip{"a", false, why})
			w.must(t, interviewer("ina"), UndoSkip{"a"})
		}, "b a c d"},
		{"D-06 undone when the one behind was skipped later", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", true, why})
			w.must(t, interviewer("ina"), Skip{"b", true, why})
			w.must(t, interviewer("ina"), UndoSkip{"a"})
			w.must(t, interviewer("ina"), UndoSkip{"b"})
		}, "a b c d"},
		{"D-06 undone the other way round", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", true, why})
			w.must(t, interviewer("ina"), Skip{"b", true, why})
			w.must(t, interviewer("ina"), UndoSkip{"b"})
			w.must(t, interviewer("ina"), UndoSkip{"a"})
		}, "a b c d"},
		{"D-06 undone when the one behind withdrew", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", true, why})
			w.must(t, candidate("b"), Withdraw{})
			w.must(t, interviewer("ina"), UndoSkip{"a"})
		}, "a c d"},
		{"D-06 nothing to undo when those who passed withdrew", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"c", false, why})
			w.must(t, candidate("d"), Withdraw{})
			w.must(t, visitor, Register{"e"})
			w.must(t, candidate("e"), CheckIn{"phone"})
			w.must(t, interviewer("ina"), UndoSkip{"c"})
		}, "a b c e"},
		{"D-06 undone after somebody new came", func(t *testing.T, w *world) {
			w.must(t, interviewer("ina"), Skip{"a", true, why})
			w.must(t, visitor, Register{"e"})
			w.must(t, candidate("e"), CheckIn{"phone"})
			w.must(t, interviewer("ina"), UndoSkip{"a"})
		}, "a b c d e"},
		{"D-06 the last cannot go down", func(t *testing.T, w *world) {
			w.refused(t, CodeNobody, interviewer("ina"), Skip{"d", true, why})
		}, "a b c d"},
		{"D-06 never without a reason", func(t *testing.T, w *world) {
			w.refused(t, CodeReason, interviewer("ina"), Skip{"a", true, Reason{}})
			w.refused(t, CodeReason, interviewer("ina"), Skip{"a", true, Reason{Preset: "made up"}})
		}, "a b c d"},
		{"D-06 not whoever does not wait", func(t *testing.T, w *world) {
			w.must(t, interviewer("ola"), Next{})
			w.refused(t, CodeNotWaiting, interviewer("ina"), Skip{"a", false, why})
			w.refused(t, CodeNotWaiting, interviewer("ina"), Skip{"nobody", false, why})
		}, "b c d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d")
			c.steps(t, w)
			expect(t, "waiting", w.waiting(), c.want)
		})
	}
}

func TestReady(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*world)
		stage  Stage
		taken  bool // whether "a" is offered at all
	}{
		{"ready is connected at once", func(*world) {}, StageAdmitted, true},
		{"a hidden page is called", func(w *world) { w.presence["a"] = Seen{Connected: true, Checked: true} }, StageCalled, true},
		{"no device check is called", func(w *world) { w.presence["a"] = Seen{Connected: true, Visible: true} }, StageCalled, true},
		{"just confirmed enough", func(w *world) { w.now = w.now.Add(ConfirmTime - 1) }, StageAdmitted, true},
		{"confirmed too long ago is called", func(w *world) { w.now = w.now.Add(ConfirmTime) }, StageCalled, true},
		{"not connected is passed over", func(w *world) { w.disconnect("a") }, StageAdmitted, false},
		{"on hold is passed over", func(w *world) { _, _ = w.do(candidate("a"), Hold{}) }, StageAdmitted, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
			c.change(w)
			w.must(t, interviewer("ina"), Next{})
			i, _ := w.state.Interviewer("ina")
			expect(t, "stage", i.Offer.Stage, c.stage)
			expect(t, "a is offered", i.Offer.Candidate == "a", c.taken)
			if !c.taken {
				expect(t, "place kept", w.waiting(), "a")
			}
		})
	}
}

func TestExpect(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d", "e")
	for _, c := range []struct {
		id       CandidateID
		min, max int
	}{{"a", 0, 0}, {"b", 0, 0}, {"c", 5, 15}, {"e", 15, 25}} {
		got, ok := w.state.Expect(w.presence, w.now, c.id)
		if !ok || got != (Wait{time.Duration(c.min) * time.Minute, time.Duration(c.max) * time.Minute}) {
			t.Errorf("%s: %v %v, want %d to %d min", c.id, got, ok, c.min, c.max)
		}
	}
	w.disconnect("ina")
	w.disconnect("ola")
	if _, ok := w.state.Expect(w.presence, w.now, "a"); ok {
		t.Error("nobody works: nothing honest can be said")
	}
	if _, ok := w.state.Expect(w.presence, w.now, "nobody"); ok {
		t.Error("nobody does not wait")
	}
}
