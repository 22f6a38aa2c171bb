package nextup

import (
	"fmt"
	"testing"
	"time"
)

// decent are figures of a talk in which nothing was wrong.
func decent(of time.Duration) TalkFigures {
	return TalkFigures{Measured: of, RTT: 20 * time.Millisecond, Up: 800, Down: 900, First: 400 * time.Millisecond, Way: WayUDP}
}

func TestMeasure(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b")
	expect(t, "in talk", w.talk(t, "ina"), "a")
	offer := w.state.Talks[0].Offer
	mine := Measure{By: RoleCandidate, Offer: offer, Figures: decent(30 * time.Second)}
	theirs := Measure{By: RoleInterviewer, Offer: offer, Figures: decent(25 * time.Second)}
	w.pass(30 * time.Second)

	t.Run("a running talk is not whole yet", func(t *testing.T) {
		expect(t, "events", len(w.must(t, candidate("a"), mine)), 0)
		expect(t, "events", len(w.must(t, interviewer("ina"), theirs)), 0)
	})
	t.Run("nobody measures for another", func(t *testing.T) {
		w.refused(t, CodeForbidden, candidate("a"), theirs)
		w.refused(t, CodeForbidden, visitor, mine)
		w.refused(t, CodeForbidden, recruiter, Measure{By: RoleRecruiter, Offer: offer})
		w.refused(t, CodeNoTalk, candidate("b"), mine)
		w.refused(t, CodeNoTalk, interviewer("ola"), theirs)
		w.refused(t, CodeNoTalk, candidate("a"), Measure{By: RoleCandidate, Offer: offer + 1, Figures: mine.Figures})
	})
	t.Run("nonsense is refused", func(t *testing.T) {
		for field, spoil := range map[string]func(*TalkFigures){
			"seconds":  func(f *TalkFigures) { f.Measured = 5 * time.Minute }, // longer than the talk
			"lossUp":   func(f *TalkFigures) { f.LossUp = 1001 },
			"lossDown": func(f *TalkFigures) { f.LossDown = -1 },
			"rtt":      func(f *TalkFigures) { f.RTT = -1 },
			"up":       func(f *TalkFigures) { f.Up = 1 << 40 },
			"down":     func(f *TalkFigures) { f.Down = -1 },
			"freezes":  func(f *TalkFigures) { f.Freezes = 1000 },
			"frozen":   func(f *TalkFigures) { f.Frozen = time.Hour },
			"first":    func(f *TalkFigures) { f.First = 48 * time.Hour },
			"way":      func(f *TalkFigures) { f.Way = "pigeon" },
		} {
			cmd := mine
			spoil(&cmd.Figures)
			_, err := w.do(candidate("a"), cmd)
			expect(t, field, fmt.Sprint(err), Invalid(field).Error())
		}
	})
	w.must(t, interviewer("ina"), End{Offer: offer})
	t.Run("each side once, when the talk is over", func(t *testing.T) {
		expect(t, "events", len(w.must(t, candidate("a"), mine)), 1)
		expect(t, "again", len(w.must(t, candidate("a"), mine)), 0)
		w.pass(MeasureTime)
		expect(t, "the other side, a minute later", len(w.must(t, interviewer("ina"), theirs)), 1)
		expect(t, "measured", len(w.state.Talks[0].Measured), 2)
		expect(t, "whose", w.state.Talks[0].Measured[0], Measured{"", mine.Figures})
		expect(t, "whose", w.state.Talks[0].Measured[1], Measured{"ina", theirs.Figures})
	})
	t.Run("later than a minute is too late", func(t *testing.T) {
		expect(t, "in talk", w.talk(t, "ola"), "b")
		second := w.state.Talks[1].Offer
		w.must(t, candidate("b"), Leave{second})
		w.pass(MeasureTime + time.Millisecond)
		w.refused(t, CodeStale, candidate("b"), Measure{By: RoleCandidate, Offer: second, Figures: decent(0)})
		expect(t, "measured", len(w.state.Talks[1].Measured), 0)
	})
	t.Run("who is erased is measured no more", func(t *testing.T) {
		w.must(t, recruiter, EraseCandidate{"a"})
		w.refused(t, CodeNoTalk, candidate("a"), mine)
	})
}

func TestMeasureInAPanel(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a")
	w.talk(t, "ina")
	offer := w.state.Talks[0].Offer
	w.must(t, interviewer("ina"), InvitePanel{offer, "ola"})
	w.must(t, interviewer("ola"), JoinPanel{offer})
	w.pass(20 * time.Second)
	w.must(t, interviewer("ina"), End{Offer: offer})
	ina := Measure{By: RoleInterviewer, Offer: offer, Figures: decent(20 * time.Second)}
	expect(t, "one who has left the talk that goes on", len(w.must(t, interviewer("ina"), ina)), 1)
	expect(t, "one who is in it", len(w.must(t, interviewer("ola"), ina)), 0)
	w.must(t, interviewer("ola"), End{Offer: offer})
	expect(t, "and once it is over for him too", len(w.must(t, interviewer("ola"), ina)), 1)
}

// The last talk of a session closes it in the same commit; its figures still come.
func TestMeasureAfterTheSessionsEnd(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina"}, "a")
	w.talk(t, "ina")
	offer := w.state.Talks[0].Offer
	w.pass(70 * time.Minute)
	w.must(t, candidate("a"), Leave{offer})
	w.must(t, interviewer("ina"), Submit{offer})
	expect(t, "phase", w.state.Phase, PhaseClosed)
	expect(t, "events", len(w.must(t, candidate("a"), Measure{By: RoleCandidate, Offer: offer, Figures: decent(time.Minute)})), 1)
}

func TestJudgeFigures(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*TalkFigures)
		of     time.Duration
		want   Verdict
	}{
		{"nothing wrong", func(*TalkFigures) {}, 5 * time.Minute, Verdict{Grade: GradeGood}},
		{"it froze twice, four seconds of five minutes", func(f *TalkFigures) { f.Freezes, f.Frozen = 2, 4*time.Second }, 0, Verdict{Grade: GradeGood}},
		{"four seconds of one minute", func(f *TalkFigures) { f.Measured, f.Freezes, f.Frozen = time.Minute, 2, 4*time.Second }, 0, Verdict{Grade: GradeWeak}},
		{"a blink", func(f *TalkFigures) { f.Freezes, f.Frozen = 1, time.Second }, 0, Verdict{Grade: GradeGood}},
		{"it stood still for a fifth of the time", func(f *TalkFigures) { f.Freezes, f.Frozen = 9, time.Minute }, 0, Verdict{Grade: GradePoor}},
		{"some loss", func(f *TalkFigures) { f.LossDown = 30 }, 0, Verdict{Grade: GradeWeak}},
		{"much loss", func(f *TalkFigures) { f.LossUp = 80 }, 0, Verdict{Grade: GradePoor}},
		{"a long way", func(f *TalkFigures) { f.RTT = 300 * time.Millisecond }, 0, Verdict{Grade: GradeWeak}},
		{"too long a way", func(f *TalkFigures) { f.RTT = time.Second }, 0, Verdict{Grade: GradePoor}},
		{"the picture came late", func(f *TalkFigures) { f.First = 4 * time.Second }, 0, Verdict{Grade: GradeWeak}},
		{"no picture, by choice or not", func(f *TalkFigures) { f.First = -1 }, 0, Verdict{Grade: GradeGood}},
		{"away for a while", func(*TalkFigures) {}, 5*time.Minute + 15*time.Second, Verdict{GradeWeak, 15 * time.Second}},
		{"away for long", func(*TalkFigures) {}, 7 * time.Minute, Verdict{GradePoor, 2 * time.Minute}},
		{"never there", func(f *TalkFigures) { *f = TalkFigures{First: -1} }, time.Minute, Verdict{GradePoor, time.Minute}},
	} {
		f := decent(5 * time.Minute)
		c.change(&f)
		expect(t, c.name, f.Judge(c.of), c.want)
	}
}

// A page that was reloaded counts from nothing again.
func TestFiguresOfTwoPages(t *testing.T) {
	first := TalkFigures{Measured: 30 * time.Second, LossDown: 40, RTT: 100 * time.Millisecond, Up: 100, Down: 200, Freezes: 1, Frozen: time.Second, First: 2 * time.Second, Way: WayTCP}
	second := TalkFigures{Measured: 10 * time.Second, RTT: 20 * time.Millisecond, Up: 500, Down: 600, Freezes: 2, Frozen: 500 * time.Millisecond, First: 300 * time.Millisecond, Way: WayUDP}
	expect(t, "both", first.And(second), TalkFigures{
		Measured: 40 * time.Second, LossDown: 30, RTT: 80 * time.Millisecond, Up: 200, Down: 300,
		Freezes: 3, Frozen: 1500 * time.Millisecond, First: 2 * time.Second, Way: WayUDP,
	})
	none := TalkFigures{First: -1}
	expect(t, "nothing before", none.And(second), second)
	expect(t, "nothing after", first.And(none), first)
	expect(t, "nothing at all", none.And(none), none)
}
