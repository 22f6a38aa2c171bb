package nextup

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestSummary plays one session and looks who sees what when.
func TestSummary(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola", "eva"}, "a", "b", "c", "d")
	marks := []Assessment{
		{Offer: 1, Interviewer: "ina", Item: "t:t1", Rating: 4},
		{Offer: 1, Interviewer: "ina", Item: "q:q2", Rating: 2, Note: "hm"},
		{Offer: 1, Interviewer: "ina", Item: "q:removed", Rating: 1},
		{Offer: 1, Interviewer: "ina", Item: "q:q1", Rating: 5},
		{Offer: 1, Interviewer: "ina", Item: "overall", Rating: 3},
		{Offer: 1, Interviewer: "ina", Item: "note", Note: "good"},
		{Offer: 1, Interviewer: "ina", Item: "q:empty"},
		{Offer: 1, Interviewer: "ola", Item: "note", Note: "a colleague cannot mark it"},
		{Offer: 2, Interviewer: "ola", Item: "overall", Rating: 1},
	}
	expect(t, "first", w.talk(t, "ina"), "a")
	expect(t, "second", w.talk(t, "ola"), "b")
	seen := func(reader Actor) string {
		text := ""
		for _, r := range Summarise(w.state, marks, reader).Talks {
			text += fmt.Sprintf("%s-%s %v %d %s;", r.Interviewer, r.Candidate, r.Seen, r.Verdict, r.Interest)
		}
		return text
	}
	t.Run("S3-37 pairings and times are live", func(t *testing.T) {
		sum := Summarise(w.state, marks, interviewer("eva"))
		expect(t, "talks", len(sum.Talks), 2)
		expect(t, "ended", sum.Interviews, 0)
		expect(t, "complete", sum.Complete, false)
		expect(t, "waited", sum.Talks[0].Waited, 10*time.Minute+DefaultCountdown)
		expect(t, "no length while it runs", sum.Talks[0].Length, 0)
	})
	t.Run("S3-44 scores while talks run: own ones always", func(t *testing.T) {
		expect(t, "ina", seen(interviewer("ina")), "ina-a true 3 ;ola-b false 0 ;")
		expect(t, "ola", seen(interviewer("ola")), "ina-a false 0 ;ola-b true 1 ;")
		expect(t, "eva", seen(interviewer("eva")), "ina-a false 0 ;ola-b false 0 ;")
		expect(t, "recruiter", seen(recruiter), "ina-a false 0 ;ola-b false 0 ;")
	})
	t.Run("S3-45 a candidate or visitor gets nothing", func(t *testing.T) {
		for _, by := range []Actor{candidate("a"), visitor, {RoleCandidate, "ina"}} {
			sum := Summarise(w.state, marks, by)
			expect(t, "talks", len(sum.Talks)+len(sum.Missing)+len(sum.Deviations), 0)
		}
		expect(t, "a recruiter who interviews himself has his own scores", Summarise(w.state, marks, Actor{RoleRecruiter, "ina"}).Talks[0].Seen, true)
	})
	w.pass(5 * time.Minute)
	w.must(t, candidate("a"), Leave{1})
	w.must(t, interviewer("ola"), End{Offer: 2})
	w.must(t, candidate("a"), Respond{InterestYes})
	t.Run("S3-45 interest is not shown before all talks are done", func(t *testing.T) {
		expect(t, "ina", seen(interviewer("ina")), "ina-a true 3 ;ola-b false 0 ;")
		expect(t, "recruiter", seen(recruiter), "ina-a false 0 ;ola-b false 0 ;")
	})
	t.Run("S3-44 an interviewer who has not submitted sees no colleague's scores of that candidate", func(t *testing.T) {
		// the rule for one reader; a closed session has no open write-ups of its own
		s := w.state
		s.Phase = PhaseClosed
		s.Talks = append(slices.Clone(s.Talks), Talk{Offer: 3, Candidate: "a", Interviewer: "eva", Started: w.now, Ended: w.now})
		expect(t, "unsubmitted", Summarise(s, marks, interviewer("eva")).Talks[0].Seen, false)
		s.Talks[2].WrittenUp = w.now
		expect(t, "submitted", Summarise(s, marks, interviewer("eva")).Talks[0].Seen, true)
	})
	t.Run("an abandoned talk does not hide that he was not reached", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a")
		w.talk(t, "ina")
		w.disconnect("ina")
		w.pass(LostTime)
		w.must(t, candidate("a"), Requeue{1})
		w.must(t, recruiter, Close{})
		sum := Summarise(w.state, nil, recruiter)
		expect(t, "talks", len(sum.Talks), 1)
		if !slices.Equal(sum.Missing, []MissingRow{{"a", StatusNotReached}}) {
			t.Errorf("missing: %v", sum.Missing)
		}
	})
	w.must(t, candidate("d"), Withdraw{})
	w.must(t, recruiter, Close{})
	t.Run("S3-44 everything when all talks are done", func(t *testing.T) {
		for _, by := range []Actor{interviewer("ina"), interviewer("eva"), recruiter} {
			expect(t, by.ID, seen(by), "ina-a true 3 yes;ola-b true 1 ;")
		}
		sum := Summarise(w.state, marks, recruiter)
		expect(t, "ended", sum.Interviews, 2)
		expect(t, "complete", sum.Complete, true)
		expect(t, "length", sum.Talks[0].Length, 5*time.Minute+DefaultCountdown)
		expect(t, "note", sum.Talks[0].Note, "good")
		if want := []Mark{{"q:q1", 5, ""}, {"q:q2", 2, "hm"}, {"t:t1", 4, ""}, {"q:removed", 1, ""}}; !slices.Equal(sum.Talks[0].Marks, want) {
			t.Errorf("marks %v, want %v", sum.Talks[0].Marks, want)
		}
		if want := []MissingRow{{"c", StatusNotReached}, {"d", StatusWithdrawn}}; !slices.Equal(sum.Missing, want) {
			t.Errorf("missing %v, want %v", sum.Missing, want)
		}
	})
}
