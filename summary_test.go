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
		{Offer: 1, Interviewer: "ina", Item: "t:t1", Rating: 4, Revision: 1},
		{Offer: 1, Interviewer: "ina", Item: "q:q2", Rating: 2, Note: "hm", Revision: 1},
		{Offer: 1, Interviewer: "ina", Item: "q:removed", Rating: 1, Revision: 1},
		{Offer: 1, Interviewer: "ina", Item: "q:q1", Rating: 5, Revision: 1},
		{Offer: 1, Interviewer: "ina", Item: "overall", Rating: 3, Revision: 1},
		{Offer: 1, Interviewer: "ina", Item: "note", Note: "good", Revision: 1},
		{Offer: 1, Interviewer: "ina", Item: "q:empty", Revision: 1},
		{Offer: 1, Interviewer: "eva", Item: "note", Note: "one who was not in it cannot mark it", Revision: 1},
		{Offer: 2, Interviewer: "ola", Item: "overall", Rating: 1, Revision: 1},
		{Offer: 2, Interviewer: "ola", Item: "q:q1", Rating: NotAsked, Revision: 1},
	}
	expect(t, "first", w.talk(t, "ina"), "a")
	expect(t, "second", w.talk(t, "ola"), "b")
	seen := func(reader Actor) string {
		text := ""
		for _, r := range Summarise(w.state, marks, reader).Talks {
			for _, a := range r.Assessed {
				text += fmt.Sprintf("%s-%s %v %d %s;", a.Interviewer, r.Candidate, a.Seen, a.Verdict, r.Interest)
			}
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
			expect(t, "talks", len(sum.Talks)+len(sum.Missing)+len(sum.Deviations)+len(sum.Turns), 0)
		}
		expect(t, "a recruiter who interviews himself has his own scores", Summarise(w.state, marks, Actor{RoleRecruiter, "ina"}).Talks[0].Assessed[0].Seen, true)
	})
	t.Run("S3-47 who took part may read", func(t *testing.T) {
		for id, may := range map[InterviewerID]bool{"ina": true, "ola": true, "eva": false, "nobody": false, "": false} {
			expect(t, string(id), w.state.MayRead(id), may)
		}
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
		blind := func(by Actor) bool { return !Summarise(s, marks, by).Talks[0].Assessed[0].Seen }
		expect(t, "unsubmitted", blind(interviewer("eva")), true)
		expect(t, "a recruiter who has it to submit", blind(Actor{RoleRecruiter, "eva"}), true)
		expect(t, "a recruiter who has none", blind(recruiter), false)
		s.Talks[2].WrittenUp = w.now
		expect(t, "submitted", blind(interviewer("eva")), false)
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
		expect(t, "note", sum.Talks[0].Assessed[0].Note, "good")
		if want := []MissingRow{{"c", StatusNotReached}, {"d", StatusWithdrawn}}; !slices.Equal(sum.Missing, want) {
			t.Errorf("missing %v, want %v", sum.Missing, want)
		}
	})
	t.Run("S3-14 marks of removed questions stay, after the others", func(t *testing.T) {
		sum := Summarise(w.state, marks, recruiter)
		if want := []Mark{{"q:q1", 5, ""}, {"q:q2", 2, "hm"}, {"t:t1", 4, ""}, {"q:removed", 1, ""}}; !slices.Equal(sum.Talks[0].Assessed[0].Marks, want) {
			t.Errorf("marks %v, want %v", sum.Talks[0].Assessed[0].Marks, want)
		}
		if last := sum.Items[len(sum.Items)-1]; last != "q:removed" || sum.Removed != 1 {
			t.Errorf("items %v, removed %d", sum.Items, sum.Removed)
		}
	})
	t.Run("S3-16 who was asked what", func(t *testing.T) {
		sum := Summarise(w.state, marks, recruiter)
		for item, want := range map[string]string{"q:q1": "1 1 0", "q:q2": "1 0 1", "t:t1": "1 0 1", "q:nobody": "0 0 2"} {
			taken, left, unknown := sum.Asked(item)
			expect(t, item, fmt.Sprint(taken, left, unknown), want)
		}
		taken, left, unknown := Summarise(w.state, marks, visitor).Asked("q:q1")
		expect(t, "nobody's business", taken+left+unknown, 0)
	})
}

// What was changed after submission is told, oldest first, each time from what to what.
func TestSummaryChanges(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a")
	w.talk(t, "ina")
	w.must(t, interviewer("ina"), End{Offer: 1})
	expect(t, "not before it was submitted", w.state.Corrects(1, "ina"), false)
	w.must(t, interviewer("ina"), Submit{1})
	expect(t, "corrects", w.state.Corrects(1, "ina"), true)
	expect(t, "not a colleague", w.state.Corrects(1, "ola"), false)
	expect(t, "not an unknown talk", w.state.Corrects(9, "ina"), false)
	at := func(minutes int) time.Time { return w.now.Add(time.Duration(minutes) * time.Minute) }
	mark := func(item string, rating int, note string, revision int) Assessment {
		return Assessment{Offer: 1, Interviewer: "ina", Item: item, Rating: rating, Note: note, Revision: revision}
	}
	marks := []Assessment{mark("overall", 1, "", 3), mark("note", 0, "now", 2), mark("t:t1", 5, "", 1)}
	replaced := []Correction{
		{mark("overall", 3, "", 1), at(1)},
		{mark("overall", 2, "", 2), at(5)},
		{mark("note", 0, "then", 1), at(3)},
		{mark("t:t1", 0, "", 0), at(4)},
		{Assessment{Offer: 1, Interviewer: "ola", Item: "note", Note: "his own"}, at(2)},
	}
	told := func(by Actor) (list []string) {
		sum := Summarise(w.state, marks, by)
		sum.Correct(replaced)
		for _, c := range sum.Talks[0].Assessed[0].Changes {
			list = append(list, fmt.Sprintf("%s %d%s to %d%s", c.From.Item, c.From.Rating, c.From.Note, c.To.Rating, c.To.Note))
			expect(t, "the same item", c.To.Item, c.From.Item)
		}
		return list
	}
	want := []string{"overall 3 to 2", "note 0then to 0now", "t:t1 0 to 5", "overall 2 to 1"}
	if got := told(interviewer("ina")); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := told(recruiter); got != nil {
		t.Errorf("while talks may come a recruiter sees %q", got)
	}
	w.must(t, recruiter, Close{})
	if got := told(recruiter); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// K7: the agreed turn order beside what happened.
func TestSummaryTurns(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b", "c", "d")
	w.must(t, interviewer("ina"), Take{Candidate: "c", Reason: Reason{Preset: PresetKnows}})
	o := w.state.LastOffer
	w.must(t, candidate("c"), Acknowledge{o})
	w.pass(DefaultCountdown)
	w.pass(4 * time.Minute)
	w.must(t, interviewer("ina"), End{Offer: o})
	w.must(t, interviewer("ina"), Submit{o})
	expect(t, "then in turn", w.talk(t, "ina"), "a")
	w.must(t, candidate("d"), Withdraw{})
	w.must(t, interviewer("ina"), End{Offer: w.state.LastOffer})
	w.must(t, interviewer("ina"), Submit{w.state.LastOffer})
	w.must(t, recruiter, Close{})
	var got []string
	for _, r := range Summarise(w.state, nil, recruiter).Turns {
		got = append(got, fmt.Sprintf("%s %d %d", r.Candidate, r.Turn, r.Served))
		if c := w.state.Candidates[r.Candidate]; r.Served == 0 && c.Status == StatusNotReached {
			expect(t, "waited to the end", r.Waited, w.state.ClosedAt.Sub(c.CheckedIn))
		}
	}
	if want := []string{"a 1 2", "b 2 0", "c 3 1", "d 4 0"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if c := Summarise(w.state, nil, recruiter).Turns[2]; c.Talked != 4*time.Minute || c.Waited <= 0 {
		t.Errorf("%+v", c)
	}
}

// K4: by chosen times the agreed order is another than that of checking in, and who was
// met by it was met in turn.
func TestSummaryBooked(t *testing.T) {
	w := roundDay(t, "ina")
	w.book(t, "p", 20)
	w.book(t, "q", 18)
	w.book(t, "late", 1)
	for n, id := range []CandidateID{"a", "b", "p", "q"} {
		w.comes(t, id, float64(n)/10)
	}
	w.comes(t, "late", 7)
	for range 5 { // a at 7, before any time has come; then q and p, b and late
		i, _ := w.state.Interviewer("ina")
		w.must(t, interviewer("ina"), Next{After: i.Last, EndTalk: true})
		i, _ = w.state.Interviewer("ina")
		for _, id := range []CandidateID{"a", "b", "p", "q", "late"} {
			if _, err := w.do(candidate(id), Answer{i.Last}); err == nil {
				break
			}
		}
		i, _ = w.state.Interviewer("ina")
		if i.Offer.ID != 0 {
			w.must(t, candidate(i.Offer.Candidate), Acknowledge{i.Offer.ID})
		}
		w.pass(8 * time.Minute)
	}
	var got []string
	for _, r := range Summarise(w.state, nil, recruiter).Turns {
		text := fmt.Sprintf("%s %d %d", r.Candidate, r.Turn, r.Served)
		if !r.Booked.IsZero() {
			text += " booked " + clock(r.Booked)
		}
		if r.Late {
			text += " late"
		}
		got = append(got, text)
	}
	want := []string{"a 1 1", "q 2 2 booked 13:18:00", "p 3 3 booked 13:20:00", "b 4 4", "late 5 5 booked 13:01:00 late"}
	same(t, "turns", got, want...)
	expect(t, "deviations", len(w.state.Deviations), 0)
}

// Who is handed a candidate and takes him up leaves no turn order: the hand-over is on
// record.
func TestAcceptedHandOverIsInTurn(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b", "c")
	w.talk(t, "ina")
	w.talk(t, "ola")
	w.must(t, interviewer("ina"), HandOver{Offer: 1, To: "ola"})
	w.must(t, interviewer("ola"), Take{After: 2, EndTalk: true, Candidate: "a", Reason: Reason{Preset: PresetKnows}})
	expect(t, "offers", w.offers(), "ina: -, ola: admitted a 3")
	w.pass(AckTime) // he asked for a, so nobody else is offered
	expect(t, "offers after it lapsed", w.offers(), "ina: -, ola: -")
	var kinds []DeviationKind
	for _, d := range w.state.Deviations {
		kinds = append(kinds, d.Kind)
	}
	same(t, "deviations", kinds, DeviationHandOver)
	w.must(t, interviewer("ola"), Take{After: 3, Candidate: "c", Reason: Reason{Preset: PresetKnows}})
	expect(t, "out of turn is on record", w.state.Deviations[len(w.state.Deviations)-1].Kind, DeviationTake)
}
