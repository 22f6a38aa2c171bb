package nextup

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestSession(t *testing.T) {
	one := []InterviewerID{"ina"}
	t.Run("S3-28 the number of candidates is held and raised", func(t *testing.T) {
		s := plain()
		s.Places = 2
		w := newWorld(t, s, "ina")
		w.must(t, visitor, Register{"a"})
		w.must(t, visitor, Register{"b"})
		w.refused(t, CodeFull, visitor, Register{"c"})
		w.refused(t, CodeTaken, visitor, Register{"a"})
		s.Places = 1
		_, err := w.do(recruiter, Configure{Settings: s, Interviewers: one})
		if !reflect.DeepEqual(err, &Error{Code: CodePlaces, Field: "places", Left: 2}) {
			t.Errorf("lowering below the registered: %v", err)
		}
		s.Places = 3
		w.must(t, recruiter, Configure{Settings: s, Interviewers: one})
		w.must(t, visitor, Register{"c"})
		w.must(t, candidate("a"), Withdraw{}) // S3-35: the place is free again
		w.must(t, visitor, Register{"a"})
		w.refused(t, CodeFull, visitor, Register{"d"})
	})
	t.Run("S3-48 before the start nobody is called, before the lobby nobody checks in", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		w.must(t, visitor, Register{"a"})
		w.connect("a")
		w.now = start.Add(-DefaultLobbyOpens - time.Millisecond)
		w.refused(t, CodeNotOpen, candidate("a"), CheckIn{"phone"})
		w.now = start.Add(-DefaultLobbyOpens)
		w.must(t, candidate("a"), CheckIn{"phone"})
		w.now = start.Add(-time.Millisecond)
		w.refused(t, CodeNotStarted, interviewer("ina"), Next{})
		w.refused(t, CodeNotStarted, interviewer("ina"), Take{Candidate: "a", Reason: Reason{Preset: PresetKnows}})
		w.now = start
		w.must(t, interviewer("ina"), Next{})
	})
	t.Run("S3-34 a link opened twice takes no second place", func(t *testing.T) {
		w := lobby(t, plain(), one, "a")
		if kept := w.must(t, candidate("a"), CheckIn{"phone"}); len(kept) != 0 {
			t.Errorf("checked in twice: %v", kept)
		}
		w.refused(t, CodeElsewhere, candidate("a"), CheckIn{"tablet"})
		expect(t, "waiting", w.waiting(), "a")
	})
	t.Run("S3-40 five wrong PINs lock, a new link unlocks", func(t *testing.T) {
		w := newWorld(t, plain(), "ina", "ola")
		for range MaxWrongPINs - 1 {
			w.must(t, visitor, TryPIN{Interviewer: "ina"})
		}
		w.must(t, visitor, TryPIN{"ina", true}) // the right one begins anew
		for range MaxWrongPINs {
			w.must(t, visitor, TryPIN{Interviewer: "ina"})
		}
		w.refused(t, CodeLocked, visitor, TryPIN{"ina", true})
		w.must(t, visitor, TryPIN{"ola", true})
		w.must(t, recruiter, RenewLink{"ina"})
		i, _ := w.state.Interviewer("ina")
		expect(t, "generation", i.Generation, 2)
		w.must(t, visitor, TryPIN{"ina", true})
		w.refused(t, CodeUnknown, visitor, TryPIN{"nobody", true})
	})
	t.Run("S3-43 the answer is given after the talk, changed later, and survives the end", func(t *testing.T) {
		w := lobby(t, plain(), one, "a", "b")
		w.talk(t, "ina")
		w.refused(t, CodeNoTalk, candidate("a"), Respond{InterestYes})
		w.must(t, candidate("a"), Leave{1})
		w.refused(t, CodeInvalid, candidate("a"), Respond{"perhaps"})
		w.must(t, candidate("a"), Respond{InterestYes})
		w.refused(t, CodeNoTalk, candidate("b"), Respond{InterestYes})
		w.must(t, recruiter, Close{})
		w.must(t, candidate("a"), Respond{InterestNo})
		expect(t, "interest", w.state.Candidates["a"].Interest, InterestNo)
	})
	t.Run("S3-61 ending early, extending, never cut", func(t *testing.T) {
		w := lobby(t, plain(), one, "a", "b")
		w.talk(t, "ina")
		talk, _ := w.state.Talk(1)
		expect(t, "deadline", talk.EndsAt, start.Add(DefaultCountdown+10*time.Minute))
		w.refused(t, CodeInvalid, interviewer("ina"), Extend{1, time.Minute - 1})
		w.refused(t, CodeInvalid, interviewer("ina"), Extend{1, maxExtension + 1})
		w.refused(t, CodeNoTalk, interviewer("ina"), Extend{2, time.Minute})
		w.must(t, interviewer("ina"), Extend{1, 5 * time.Minute})
		talk, _ = w.state.Talk(1)
		expect(t, "deadline", talk.EndsAt, start.Add(DefaultCountdown+15*time.Minute))
		w.pass(30 * time.Minute)
		expect(t, "goes on", w.offers(), "ina: talk a 1")
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		expect(t, "overrun", n.ViewOfInterviewer("ina", "laptop").You.Left, (-15 * time.Minute).Milliseconds())
		w.refused(t, CodeNoTalk, interviewer("ina"), End{Offer: 7})
		w.must(t, interviewer("ina"), End{Offer: 1})
		expect(t, "status", w.status("a"), StatusDone)
	})
	t.Run("S3-62 next never starts by itself, and asks while a talk runs", func(t *testing.T) {
		w := lobby(t, plain(), one, "a", "b")
		w.talk(t, "ina")
		w.refused(t, CodeRunning, interviewer("ina"), Next{After: 1})
		w.must(t, interviewer("ina"), End{Offer: 1})
		w.pass(20 * time.Minute)
		expect(t, "writes up", w.offers(), "ina: -")
		i, _ := w.state.Interviewer("ina")
		expect(t, "write-up", i.WriteUp, OfferID(1))
		w.must(t, interviewer("ina"), Next{After: 1}) // leaving the write-up submits
		talk, _ := w.state.Talk(1)
		expect(t, "submitted", talk.WrittenUp, w.now)
	})
	t.Run("S3-62 ending the talk for the next one only if there is one", func(t *testing.T) {
		w := lobby(t, plain(), one, "a")
		w.talk(t, "ina")
		w.refused(t, CodeNobody, interviewer("ina"), Next{After: 1, EndTalk: true})
		expect(t, "goes on", w.offers(), "ina: talk a 1")
	})
	t.Run("S3-38 an interviewer added while it runs takes the next candidate", func(t *testing.T) {
		w := lobby(t, plain(), one, "a", "b")
		w.must(t, interviewer("ina"), Next{})
		w.must(t, recruiter, Configure{Settings: w.state.Settings, Interviewers: []InterviewerID{"ina", "eva", "eva"}})
		expect(t, "interviewers", len(w.state.Interviewers), 2)
		w.connect("eva")
		w.must(t, interviewer("eva"), Enter{"laptop"})
		w.must(t, interviewer("eva"), Next{})
		expect(t, "offers", w.offers(), "ina: admitted a 1, eva: admitted b 2")
	})
	t.Run("S3-12 start and zone are locked after the first talk, the rest is not", func(t *testing.T) {
		w := lobby(t, plain(), one, "a")
		w.talk(t, "ina")
		s := w.state.Settings
		s.Start = s.Start.Add(time.Hour)
		w.refused(t, CodeStarted, recruiter, Configure{Settings: s, Interviewers: one})
		s = w.state.Settings
		s.Zone = "Europe/Oslo"
		w.refused(t, CodeStarted, recruiter, Configure{Settings: s, Interviewers: one})
		s = w.state.Settings
		s.Talk, s.Questions = 5*time.Minute, []QuestionID{"q9"}
		w.must(t, recruiter, Configure{Settings: s, Interviewers: one})
		talk, _ := w.state.Talk(1)
		expect(t, "the running talk keeps its deadline", talk.EndsAt.Sub(talk.Started), 10*time.Minute)
	})
	t.Run("two people edit: the second sees the conflict", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		seen := w.state.Edited
		w.must(t, recruiter, Configure{Settings: w.state.Settings, Interviewers: one, Version: seen})
		w.refused(t, CodeStale, recruiter, Configure{Settings: w.state.Settings, Interviewers: one, Version: seen})
		w.must(t, recruiter, Configure{Settings: w.state.Settings, Interviewers: one, Version: w.state.Edited})
	})
	t.Run("a draft in the past is not published", func(t *testing.T) {
		w := &world{presence: Presence{}, met: map[PersonID]bool{}, now: start}
		w.must(t, recruiter, Create{Settings: plain()})
		w.now = plain().End()
		w.refused(t, CodePast, recruiter, Publish{})
		w.now = plain().End().Add(-time.Minute)
		w.must(t, recruiter, Publish{})
		w.refused(t, CodeStale, recruiter, Create{Settings: plain()})
	})
	t.Run("a session is not created in the past", func(t *testing.T) {
		w := &world{presence: Presence{}, met: map[PersonID]bool{}, now: start.Add(6 * time.Minute)}
		w.refused(t, CodePast, recruiter, Create{Settings: plain()})
		w.refused(t, CodeUnknown, recruiter, Publish{})
		w.refused(t, CodeUnknown, TheClock, Tick{})
	})
	t.Run("cancelled before the first talk only", func(t *testing.T) {
		w := lobby(t, plain(), one, "a")
		w.must(t, interviewer("ina"), Next{})
		w.must(t, recruiter, Cancel{})
		expect(t, "offers", w.offers(), "ina: -")
		w.refused(t, CodeCancelled, interviewer("ina"), Next{After: 1})
		w.refused(t, CodeCancelled, visitor, Register{"b"})
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		expect(t, "moment", n.ViewOfCandidate("a", "phone").Moment, MomentCancelled)
		w = lobby(t, plain(), one, "a")
		w.talk(t, "ina")
		w.refused(t, CodeStarted, recruiter, Cancel{})
	})
	t.Run("the confirmation is sent three times a day", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		w.must(t, visitor, Register{"a"})
		w.must(t, visitor, RegisterAgain{"a"})
		w.must(t, recruiter, Resend{Candidate: "a"})
		w.refused(t, CodeTooMany, visitor, RegisterAgain{"a"})
		w.refused(t, CodeUnknown, visitor, RegisterAgain{"b"})
		w.now = w.now.Add(24 * time.Hour)
		w.state.Settings.Start = w.state.Settings.Start.Add(48 * time.Hour)
		w.must(t, visitor, RegisterAgain{"a"})
		w.refused(t, CodeUnknown, recruiter, Resend{Candidate: "nobody"})
	})
	t.Run("a role gives only its own commands", func(t *testing.T) {
		w := lobby(t, plain(), one, "a")
		w.refused(t, CodeForbidden, candidate("a"), Next{})
		w.refused(t, CodeForbidden, interviewer("ina"), Close{})
		w.refused(t, CodeForbidden, recruiter, Next{})
		w.refused(t, CodeForbidden, visitor, Tick{})
		w.refused(t, CodeUnknown, candidate("nobody"), Confirm{})
		w.refused(t, CodeUnknown, interviewer("nobody"), Next{})
	})
}

func TestMissed(t *testing.T) {
	hidden := func(t *testing.T) *world {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
		w.presence["a"] = Seen{Connected: true}
		w.must(t, interviewer("ina"), Next{})
		return w
	}
	t.Run("S3-63 30 s unanswered: marked, place kept, the next one offered", func(t *testing.T) {
		w := hidden(t)
		w.pass(DefaultAnswer - 1)
		expect(t, "rings", w.offers(), "ina: called a 1")
		w.pass(1)
		expect(t, "offers", w.offers(), "ina: admitted b 2")
		expect(t, "waiting", w.waiting(), "a")
		expect(t, "misses", w.state.Candidates["a"].Misses, 1)
	})
	t.Run("S3-63 rests until he does something", func(t *testing.T) {
		for name, act := range map[string]Command{"confirm": Confirm{}, "continue": Continue{"tablet"}} {
			w := hidden(t)
			w.pass(DefaultAnswer)
			expect(t, name+": eligible while he rests", w.state.Eligible("ina", w.presence, w.now, "a"), false)
			w.must(t, candidate("a"), act)
			expect(t, name+": eligible", w.state.Eligible("ina", w.presence, w.now, "a"), true)
		}
	})
	t.Run("S3-63 rests two minutes", func(t *testing.T) {
		w := hidden(t)
		w.pass(DefaultAnswer + RestTime - 1)
		expect(t, "eligible", w.state.Eligible("ina", w.presence, w.now, "a"), false)
		w.pass(1)
		expect(t, "eligible", w.state.Eligible("ina", w.presence, w.now, "a"), true)
	})
	t.Run("S3-63 the second miss is a no-show, called again by hand, corrected", func(t *testing.T) {
		w := hidden(t)
		w.pass(DefaultAnswer)
		w.must(t, interviewer("ina"), CallOff{2})
		w.must(t, candidate("a"), Confirm{})
		w.presence["a"] = Seen{Connected: true}
		w.must(t, interviewer("ina"), Next{After: 2})
		w.pass(DefaultAnswer)
		expect(t, "status", w.status("a"), StatusNoShow)
		expect(t, "the next one is offered", w.offers(), "ina: admitted b 4")
		w.must(t, candidate("b"), Hold{})
		w.must(t, candidate("b"), Resume{})
		w.must(t, interviewer("ina"), Take{After: 4, Candidate: "a", Reason: Reason{Preset: PresetKnows}})
		expect(t, "called again", w.offers(), "ina: called a 5")
		w.must(t, interviewer("ina"), CallOff{5})
		expect(t, "taken back he is what he was", w.status("a"), StatusNoShow)
		w.must(t, interviewer("ina"), CorrectNoShow{"a"})
		expect(t, "his place", w.waiting(), "a b")
		kinds := []DeviationKind{}
		for _, d := range w.state.Deviations {
			kinds = append(kinds, d.Kind)
		}
		if !slices.Equal(kinds, []DeviationKind{DeviationNoShow, DeviationTake, DeviationCorrected}) {
			t.Errorf("record: %v", kinds)
		}
	})
	t.Run("S3-63 a lapse is no miss", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
		w.must(t, interviewer("ina"), Next{})
		w.pass(AckTime)
		expect(t, "misses", w.state.Candidates["a"].Misses, 0)
		expect(t, "place", w.waiting(), "a")
	})
	t.Run("S3-63 wait is an answer", func(t *testing.T) {
		w := hidden(t)
		w.pass(DefaultAnswer)
		w.must(t, interviewer("ina"), CallOff{2})
		w.must(t, candidate("a"), Confirm{})
		w.presence["a"] = Seen{Connected: true}
		w.must(t, interviewer("ina"), Next{After: 2})
		expect(t, "called", w.offers(), "ina: called a 3")
		w.must(t, candidate("a"), Hold{})
		expect(t, "misses", w.state.Candidates["a"].Misses, 0)
		expect(t, "status", w.status("a"), StatusWaiting)
	})
}

func TestAbandoned(t *testing.T) {
	w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b", "c")
	w.must(t, interviewer("ina"), Take{Candidate: "c", Reason: Reason{Preset: PresetKnows}})
	w.must(t, candidate("c"), Acknowledge{1})
	w.pass(DefaultCountdown)
	w.must(t, interviewer("ola"), Next{}) // "a" is admitted meanwhile
	w.refused(t, CodeStale, candidate("c"), Requeue{1})
	w.disconnect("ina")
	w.pass(LostTime - 1)
	w.refused(t, CodeStale, candidate("c"), Requeue{1})
	w.pass(1)
	w.refused(t, CodeNoTalk, candidate("b"), Requeue{1})
	w.must(t, candidate("c"), Requeue{1})
	if got := w.state.Order; !slices.Equal(got, []CandidateID{"c", "a", "b"}) {
		t.Errorf("c stands first, also before those who are called: %v", got)
	}
	w.refused(t, CodeNoTalk, candidate("c"), Requeue{1})
	expect(t, "abandoned", w.state.Talks[0].Abandoned, true)
}

func TestEnd(t *testing.T) {
	t.Run("S3-64 closed with two waiting: told, and not reached", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b", "c")
		w.talk(t, "ina")
		w.refused(t, CodeRunning, recruiter, Close{})
		w.must(t, interviewer("ina"), End{Offer: 1})
		w.must(t, recruiter, Close{})
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		for _, c := range []CandidateID{"b", "c"} {
			expect(t, "moment", n.ViewOfCandidate(c, "phone").Moment, MomentNotReached)
		}
		sum := Summarise(w.state, nil, recruiter)
		if !slices.Equal(sum.Missing, []MissingRow{{"b", StatusNotReached}, {"c", StatusNotReached}}) {
			t.Errorf("missing: %v", sum.Missing)
		}
		expect(t, "written up", w.state.Talks[0].WrittenUp, w.now)
	})
	t.Run("S3-64 closes by itself when the time is over and nothing is left", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a")
		w.talk(t, "ina")
		w.now = plain().End().Add(time.Minute)
		w.must(t, interviewer("ina"), End{Offer: 1})
		expect(t, "phase while it is written up", w.state.Phase, PhasePublished)
		w.must(t, interviewer("ina"), Submit{1})
		expect(t, "phase", w.state.Phase, PhaseClosed)
	})
	t.Run("S3-64 never before the end", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		expect(t, "deadline", Deadline(w.state, w.presence), plain().End())
		w.pass(plain().End().Sub(w.now) - 1)
		expect(t, "phase", w.state.Phase, PhasePublished)
		w.pass(1)
		expect(t, "phase", w.state.Phase, PhaseClosed)
	})
	t.Run("check-in and sign-up close at the end", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a")
		w.must(t, visitor, Register{"b"})
		w.now = plain().End()
		w.refused(t, CodeClosed, candidate("b"), CheckIn{"phone"})
		w.refused(t, CodeClosed, visitor, Register{"c"})
	})
}

func TestRestart(t *testing.T) {
	t.Run("S3-65 replaying the events gives the same state and deadlines", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d")
		w.talk(t, "ina")
		w.must(t, interviewer("ola"), Next{})
		w.must(t, interviewer("ola"), Skip{"c", false, Reason{Preset: PresetTime}})
		again := Evolve(Session{}, w.log...)
		if !reflect.DeepEqual(again, w.state) {
			t.Errorf("replayed: %+v\nlived: %+v", again, w.state)
		}
		expect(t, "deadline", Deadline(again, Presence{}), Deadline(w.state, Presence{}))
	})
	t.Run("S3-56 the place belongs to the person, not to the browser", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
		w.disconnect("a")
		w.pass(UnseenTime - 1)
		expect(t, "waiting", w.waiting(), "a b")
		w.pass(1)
		expect(t, "waiting", w.waiting(), "b")
		w.connect("a")
		expect(t, "waiting", w.waiting(), "a b")
		w.must(t, candidate("a"), Continue{"tablet"})
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		expect(t, "the old device", n.ViewOfCandidate("a", "phone").Moment, MomentElsewhere)
		expect(t, "the new one", n.ViewOfCandidate("a", "tablet").Moment, MomentWaiting)
	})
}

func TestMails(t *testing.T) {
	mails := func(w *world, kept []Recorded) []Mail { return sent(w.state, kept) }
	w := &world{presence: Presence{}, met: map[PersonID]bool{}, now: start.Add(-time.Hour)}
	same(t, "a draft writes to nobody", mails(w, w.must(t, recruiter, Create{Settings: plain(), Interviewers: []InterviewerID{"ina", "ola"}})))
	same(t, "nor does a new link in it", mails(w, w.must(t, recruiter, RenewLink{"ina"})))
	same(t, "S3-40 published: every interviewer", mails(w, w.must(t, recruiter, Publish{})), Mail{Kind: MailInvitation, Person: "ina"}, Mail{Kind: MailInvitation, Person: "ola"})
	same(t, "published twice", mails(w, w.must(t, recruiter, Publish{})))
	same(t, "S3-32 registered", mails(w, w.must(t, visitor, Register{"a"})), Mail{Kind: MailConfirmation, Person: "a"})
	same(t, "S3-33 registered again", mails(w, w.must(t, visitor, RegisterAgain{"a"})), Mail{Kind: MailConfirmation, Person: "a"})
	same(t, "added and removed", mails(w, w.must(t, recruiter, Configure{Settings: plain(), Interviewers: []InterviewerID{"ina", "eva"}})), Mail{Kind: MailInvitation, Person: "eva"})
	same(t, "S3-41 a new link", mails(w, w.must(t, recruiter, RenewLink{"ina"})), Mail{Kind: MailInvitation, Person: "ina"})
	same(t, "sent again", mails(w, w.must(t, recruiter, Resend{Interviewer: "ina"})), Mail{Kind: MailInvitation, Person: "ina"})
	same(t, "S3-13 a change of questions", mails(w, w.must(t, recruiter, Configure{Settings: w.state.Settings, Interviewers: []InterviewerID{"ina", "eva"}})))
	w.refused(t, CodeUnknown, recruiter, RenewLink{"ola"})
	w.now = start.Add(-DefaultLobbyOpens)
	w.connect("a")
	same(t, "checking in", mails(w, w.must(t, candidate("a"), CheckIn{"phone"})))
}
