package nextup

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// roundDay is a session of a round's day with interviewers at work, ten minutes before the
// start.
func roundDay(t testing.TB, interviewers ...InterviewerID) *world {
	t.Helper()
	s := plain()
	s.Round = "round"
	return newWorld(t, s, interviewers...)
}

// at is a time of the day that the tests play on: minutes after the start.
func at(minutes float64) time.Time { return start.Add(time.Duration(minutes * float64(time.Minute))) }

func (w *world) book(t testing.TB, id CandidateID, minutes float64) []Recorded {
	t.Helper()
	return w.must(t, TheClock, Book{id, at(minutes)})
}

// comes checks a candidate in at some time, registered if he has no time.
func (w *world) comes(t testing.TB, id CandidateID, minutes float64) {
	t.Helper()
	w.until(minutes)
	if _, ok := w.state.Candidates[id]; !ok {
		w.must(t, visitor, Register{id})
	}
	w.connect(id.Person())
	w.must(t, candidate(id), CheckIn{"phone"})
}

// until lets the time pass with its timers.
func (w *world) until(minutes float64) { w.pass(at(minutes).Sub(w.now)) }

func TestPromise(t *testing.T) {
	why := Reason{Preset: PresetWait}
	for _, c := range []struct {
		name  string
		steps func(t *testing.T, w *world)
		want  string // who waits, in turn order
	}{
		{"K4 a second before the window he stands by check-in", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.until(15 - 1.0/60)
		}, "a p"},
		{"K4 exactly five minutes before his time he moves up", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.until(15)
		}, "p a"},
		{"K4 checked in exactly five minutes after his time is in time", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 25)
		}, "p a"},
		{"K4 checked in later than that he stands by check-in", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 25+1.0/60)
			w.comes(t, "b", 26)
			w.until(40)
		}, "a p b"},
		{"K4 several stand by their times, whoever checked in first", func(t *testing.T, w *world) {
			w.book(t, "p20", 20)
			w.book(t, "p22", 22)
			w.book(t, "p18", 18)
			w.comes(t, "a", 0)
			w.comes(t, "p22", 1)
			w.comes(t, "p20", 2)
			w.comes(t, "p18", 20)
		}, "p18 p20 p22 a"},
		{"K4 at the same time the one who checked in first goes first", func(t *testing.T, w *world) {
			w.book(t, "p1", 20)
			w.book(t, "p2", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p2", 2)
			w.comes(t, "p1", 3)
			w.until(15)
		}, "p2 p1 a"},
		{"K4 a later time that opened first yields to an earlier one", func(t *testing.T, w *world) {
			w.book(t, "p10", 10)
			w.book(t, "p14", 14)
			w.comes(t, "a", 0)
			w.comes(t, "p14", 9)
			w.comes(t, "p10", 15)
		}, "p10 p14 a"},
		{"K4 on hold he moves up too and others pass", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.must(t, candidate("p"), Hold{})
			w.until(15)
			expect(t, "next", w.state.upNext("ina", w.presence, w.now), "a")
			w.must(t, candidate("p"), Resume{})
			expect(t, "next after the hold", w.state.upNext("ina", w.presence, w.now), "p")
		}, "p a"},
		{"K4 a missed call keeps the promised place", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.until(16)
			w.presence["p"] = Seen{Connected: true} // the page is hidden
			w.must(t, interviewer("ina"), Next{})
			expect(t, "offers", w.offers(), "ina: called p 1, ola: -")
			w.pass(DefaultAnswer)
		}, "p"}, // and a is offered instead
		{"K4 called before his window, missed in it: he moves up then", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "p", 0)
			w.comes(t, "a", 1)
			w.until(14.9)
			w.presence["p"] = Seen{Connected: true}
			w.must(t, interviewer("ina"), Take{Candidate: "p", Reason: why})
			w.until(15.2)
			expect(t, "offers", w.offers(), "ina: called p 1, ola: -")
			w.pass(DefaultAnswer)
		}, "p a"},
		{"K4 whoever came back from a talk stays before promised places", func(t *testing.T, w *world) {
			w.book(t, "p", 5)
			w.comes(t, "a", -1)
			w.comes(t, "b", -0.5)
			w.until(0)
			w.must(t, candidate("a"), Confirm{})
			expect(t, "in talk", w.talk(t, "ina"), "a")
			w.must(t, interviewer("ola"), Take{Candidate: "b", Reason: why})
			w.must(t, interviewer("ola"), CallOff{2})
			w.must(t, interviewer("ina"), HandOver{Offer: 1, To: "ola"})
			w.must(t, interviewer("ola"), CallOff{3})
			w.comes(t, "p", 1)
		}, "a p b"},
		{"K4 skipped to the end in the window he stays there", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "p", 0)
			w.comes(t, "a", 1)
			w.until(16)
			w.must(t, interviewer("ina"), Skip{"p", true, why})
			w.until(30)
		}, "a p"},
		{"K4 that skip undone gives the promised place back", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.book(t, "q", 22)
			w.comes(t, "p", 0)
			w.comes(t, "a", 1)
			w.until(16)
			w.must(t, interviewer("ina"), Skip{"p", true, why})
			w.comes(t, "q", 18)
			expect(t, "meanwhile", w.waiting(), "q a p")
			w.must(t, interviewer("ina"), UndoSkip{"p"})
		}, "p q a"},
		{"K4 skipped down one place he stays among those with a time", func(t *testing.T, w *world) {
			w.book(t, "p1", 20)
			w.book(t, "p2", 20)
			w.book(t, "p3", 22)
			w.comes(t, "a", 0)
			w.comes(t, "p1", 1)
			w.comes(t, "p2", 2)
			w.until(16)
			w.must(t, interviewer("ina"), Skip{"p1", false, why})
			w.comes(t, "p3", 18)
		}, "p2 p1 p3 a"},
		{"K4 skipped before the window he still moves up in it", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "p", 0)
			w.comes(t, "a", 1)
			w.must(t, interviewer("ina"), Skip{"p", true, why})
			w.until(15)
			w.must(t, interviewer("ina"), UndoSkip{"p"}) // nothing to undo any more
		}, "p a"},
		{"K4 a skip of one without a time is undone behind promised places", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.comes(t, "b", 2)
			w.must(t, interviewer("ina"), Skip{"a", false, why})
			expect(t, "skipped", w.waiting(), "p a b")
			w.must(t, interviewer("ina"), UndoSkip{"a"})
			w.must(t, interviewer("ina"), Skip{"a", true, why})
			w.until(15)
			w.must(t, interviewer("ina"), UndoSkip{"a"})
		}, "p a b"},
		{"K4 rebooked to a later time while he waits: he stands by check-in until then", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.comes(t, "b", 2)
			w.until(16)
			expect(t, "promised", w.waiting(), "p a b")
			w.book(t, "p", 40)
			expect(t, "rebooked", w.waiting(), "a p b")
			w.until(35)
		}, "p a b"},
		{"K4 rebooked to an earlier time while he waits: at once, if that has come", func(t *testing.T, w *world) {
			w.book(t, "p", 40)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.until(16)
			w.book(t, "p", 20)
		}, "p a"},
		{"K4 released while he waits: his place is gone, the others stay", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.until(16)
			w.must(t, TheClock, Release{"p"})
			expect(t, "status", w.status("p"), StatusWithdrawn)
			w.must(t, TheClock, Release{"p"})
		}, "a"},
		{"K4 released and booked again he checks in anew", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.must(t, TheClock, Release{"p"})
			w.book(t, "p", 20)
			w.comes(t, "b", 3)
			w.comes(t, "p", 4)
			w.until(10)
		}, "a b p"},
		{"K4 withdrawn in the lobby he keeps the time for the round to see", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.until(16)
			w.must(t, candidate("p"), Withdraw{})
			expect(t, "booked", w.state.Candidates["p"].Booked, at(20))
			w.must(t, TheClock, Release{"p"})
			expect(t, "booked after the release", w.state.Candidates["p"].Booked, time.Time{})
		}, "a"},
		{"K4 a no-show who is returned has his promised place", func(t *testing.T, w *world) {
			w.book(t, "p", 20)
			w.comes(t, "a", 0)
			w.comes(t, "p", 1)
			w.disconnect("p")
			w.until(11)
			expect(t, "unseen for ten minutes", w.status("p"), StatusNoShow)
			w.until(22)
			w.connect("p")
		}, "p a"},
		{"K4 who signed up before and then chose a time is one and the same", func(t *testing.T, w *world) {
			w.must(t, visitor, Register{"p"})
			w.comes(t, "a", 0)
			kept := w.book(t, "p", 20)
			expect(t, "events", len(kept), 1)
			w.comes(t, "p", 1)
			w.until(15)
		}, "p a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := roundDay(t, "ina", "ola")
			c.steps(t, w)
			expect(t, "waiting", w.waiting(), c.want)
			again := Evolve(Session{}, w.log...)
			if !reflect.DeepEqual(again, w.state) {
				t.Errorf("after a restart: %v, before it %v", again.Order, w.state.Order)
			}
		})
	}
}

func TestPromisedPlace(t *testing.T) {
	t.Run("K4 nobody is called before the start, whatever his time", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 0)
		w.comes(t, "a", -6)
		w.comes(t, "p", -5.5)
		w.until(-5)
		expect(t, "his time is near", w.waiting(), "p a")
		w.refused(t, CodeNotStarted, interviewer("ina"), Next{})
		w.until(0)
		w.must(t, interviewer("ina"), Next{})
	})
	t.Run("K4 several with one time go to several interviewers", func(t *testing.T) {
		w := roundDay(t, "ina", "ola", "eva")
		for _, id := range []CandidateID{"p1", "p2", "p3"} {
			w.book(t, id, 10)
		}
		w.comes(t, "a", 0)
		for n, id := range []CandidateID{"p3", "p1", "p2"} {
			w.comes(t, id, 6+float64(n)/10)
		}
		for _, i := range []InterviewerID{"ola", "ina", "eva"} {
			w.must(t, interviewer(i), Next{})
		}
		expect(t, "offers", w.offers(), "ina: admitted p1 2, ola: admitted p3 1, eva: admitted p2 3")
		expect(t, "waiting", w.waiting(), "a")
	})
	t.Run("S0-25 the time of one who is missing goes to the next in the same queue", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 10)
		w.book(t, "q", 20)
		w.comes(t, "a", 0)
		w.comes(t, "q", 1)
		w.until(10)
		w.must(t, interviewer("ina"), Next{}) // p is not here
		expect(t, "offers", w.offers(), "ina: called a 1")
		w.must(t, candidate("a"), Withdraw{})
		expect(t, "early, and someone is free", w.offers(), "ina: called q 2")
	})
	t.Run("K4 Next does not wait for a late timer", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 20)
		w.comes(t, "a", 0)
		w.comes(t, "p", 1)
		w.now = at(15) // without its timers
		w.must(t, interviewer("ina"), Next{})
		expect(t, "offers", w.offers(), "ina: called p 1")
	})
	t.Run("K4 the next deadline is the window of whoever is here in time", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 20)
		w.book(t, "absent", 10)
		w.book(t, "late", 1)
		w.comes(t, "p", 1)
		w.comes(t, "late", 7)
		expect(t, "deadline", clock(Deadline(w.state, w.presence)), clock(at(15)))
		w.until(15)
		expect(t, "deadline", clock(Deadline(w.state, w.presence)), "never")
	})
	t.Run("K4 by registration those whose time has come stand before the others too", func(t *testing.T) {
		s := plain()
		s.Round, s.Order = "round", OrderRegistration
		w := newWorld(t, s, "ina")
		for _, id := range []CandidateID{"a", "b"} {
			w.must(t, visitor, Register{id})
		}
		w.book(t, "p", 20)
		w.comes(t, "b", 0)
		w.comes(t, "p", 1)
		w.until(15)
		expect(t, "his time has come", w.waiting(), "p b")
		w.comes(t, "a", 16)
		expect(t, "registered first", w.waiting(), "p a b")
		w.book(t, "p", 50)
		expect(t, "another time", w.waiting(), "a b p")
	})
	t.Run("K4 being served by promise is no deviation", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 20)
		w.comes(t, "a", 0)
		w.comes(t, "p", 1)
		w.until(15)
		w.must(t, candidate("p"), Confirm{})
		expect(t, "in talk", w.talk(t, "ina"), "p")
		expect(t, "deviations", len(w.state.Deviations), 0)
	})
	t.Run("K4 served once he has no promise any more", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 10)
		w.comes(t, "p", 5)
		w.comes(t, "a", 6)
		w.talk(t, "ina")
		w.disconnect("ina")
		w.pass(LostTime)
		w.must(t, candidate("p"), Requeue{1})
		expect(t, "first for anyone", w.waiting(), "p a")
		w.must(t, interviewer("ina"), Skip{"p", true, Reason{Preset: PresetWait}})
		w.pass(time.Minute)
		expect(t, "and skipped", w.waiting(), "a p")
	})
}

func TestAppointment(t *testing.T) {
	t.Run("K4 a booking takes a place beyond the number of candidates", func(t *testing.T) {
		s := plain()
		s.Round, s.Places = "round", 1
		w := newWorld(t, s, "ina")
		w.must(t, visitor, Register{"a"})
		w.refused(t, CodeFull, visitor, Register{"b"})
		w.book(t, "p", 20)
		expect(t, "status", w.status("p"), StatusRegistered)
		expect(t, "again", len(w.book(t, "p", 20)), 0)
		expect(t, "another time", len(w.book(t, "p", 30)), 1)
		w.refused(t, CodeInvalid, TheClock, Book{"p", time.Time{}})
	})
	t.Run("K4 only the program itself books", func(t *testing.T) {
		w := roundDay(t, "ina")
		for _, by := range []Actor{recruiter, visitor, candidate("p"), interviewer("ina")} {
			for _, c := range []Command{Book{"p", at(20)}, Release{"p"}, Arrange{}, Drop{}} {
				w.refused(t, CodeForbidden, by, c)
			}
		}
	})
	t.Run("K4 released while offered: the next one is offered in the same commit", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 5)
		w.comes(t, "p", 1)
		w.comes(t, "a", 2)
		w.must(t, interviewer("ina"), Next{})
		w.must(t, TheClock, Release{"p"})
		expect(t, "offers", w.offers(), "ina: admitted a 2")
	})
	t.Run("K4 released in or after his talk: the talk stays", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 5)
		w.comes(t, "p", 1)
		w.talk(t, "ina")
		w.must(t, TheClock, Release{"p"})
		expect(t, "in talk", w.status("p"), StatusTalking)
		w.book(t, "p", 5)
		w.must(t, interviewer("ina"), End{Offer: 1})
		w.must(t, TheClock, Release{"p"})
		expect(t, "done", w.status("p"), StatusDone)
	})
	t.Run("K4 the round's times are not the recruiter's to change", func(t *testing.T) {
		w := roundDay(t, "ina")
		for _, change := range []func(*Settings){
			func(s *Settings) { s.Start = s.Start.Add(time.Hour) },
			func(s *Settings) { s.Zone = "Europe/Oslo" },
			func(s *Settings) { s.Length += time.Hour },
			func(s *Settings) { s.Talk += time.Minute },
			func(s *Settings) { s.Pause += time.Minute },
		} {
			s := w.state.Settings
			change(&s)
			w.refused(t, CodeRound, recruiter, Configure{Settings: s, Interviewers: []InterviewerID{"ina"}})
		}
		s := w.state.Settings
		s.Round, s.LobbyOpens, s.Questions = "", time.Hour, []QuestionID{"q9"}
		w.must(t, recruiter, Configure{Settings: s, Interviewers: []InterviewerID{"ina", "ola"}})
		expect(t, "round", w.state.Settings.Round, "round")
		expect(t, "lobby", w.state.Settings.LobbyOpens, time.Hour)
		w.refused(t, CodeRound, recruiter, Cancel{})
		w.refused(t, CodeRound, recruiter, Remove{})
		w.must(t, recruiter, Close{})
		w.must(t, recruiter, Remove{})
	})
	t.Run("K4 a session of its own is the recruiter's", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		s := w.state.Settings
		s.Pause, s.Round = time.Minute, "round"
		w.must(t, recruiter, Configure{Settings: s, Interviewers: []InterviewerID{"ina"}})
		expect(t, "round", w.state.Settings.Round, "")
		w.must(t, recruiter, Cancel{})
	})
	t.Run("K4 the session follows the times of its day", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 20)
		w.must(t, visitor, Register{"standby"})
		to := Arrange{Start: at(-30), Length: 2 * time.Hour, Talk: 20 * time.Minute, Pause: 5 * time.Minute, Places: 7}
		kept := w.must(t, TheClock, to)
		s := w.state.Settings
		expect(t, "start", s.Start, at(-30))
		expect(t, "end", s.End(), at(90))
		expect(t, "talk", s.Talk, 20*time.Minute)
		expect(t, "pause", s.Pause, 5*time.Minute)
		expect(t, "places", s.Places, 7)
		expect(t, "the rest is kept", len(s.Questions), 2)
		expect(t, "written to", posted(w.state, kept), "change standby, change ina")
		expect(t, "again", len(w.must(t, TheClock, to)), 0)
		to.Places = 8
		expect(t, "only places: nobody is told", posted(w.state, w.must(t, TheClock, to)), "")
		w.refused(t, CodeInvalid, TheClock, Arrange{Start: start})
	})
	t.Run("K4 after the first talk the start stays", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 5)
		w.comes(t, "p", 1)
		w.talk(t, "ina")
		w.must(t, TheClock, Arrange{Start: at(30), Length: time.Hour, Talk: 10 * time.Minute, Places: 3})
		expect(t, "start", w.state.Settings.Start, start)
		expect(t, "end", w.state.Settings.End(), at(90))
	})
	t.Run("K4 a day without times calls its session off", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.must(t, visitor, Register{"standby"})
		w.book(t, "p", 5)
		w.must(t, TheClock, Release{"p"})
		kept := w.must(t, TheClock, Drop{})
		expect(t, "phase", w.state.Phase, PhaseCancelled)
		expect(t, "written to", posted(w.state, kept), "cancellation standby, cancellation ina")
		expect(t, "again", len(w.must(t, TheClock, Drop{})), 0)
		w.refused(t, CodeCancelled, TheClock, Book{"p", at(5)})
		w.refused(t, CodeCancelled, TheClock, Arrange{Start: start, Length: time.Hour, Talk: time.Minute, Places: 1})
	})
	t.Run("K4 a day on which somebody has talked is not called off", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 5)
		w.comes(t, "p", 1)
		w.talk(t, "ina")
		expect(t, "events", len(w.must(t, TheClock, Drop{})), 0)
	})
	t.Run("K4 letters about a chosen time are the round's", func(t *testing.T) {
		w := roundDay(t, "ina")
		expect(t, "booked", posted(w.state, w.book(t, "p", 5)), "")
		expect(t, "asked for again", posted(w.state, w.must(t, visitor, RegisterAgain{"p"})), "")
		expect(t, "corrected", posted(w.state, w.must(t, candidate("p"), Correct{Resend: true})), "")
		expect(t, "withdrawn", posted(w.state, w.must(t, candidate("p"), Withdraw{})), "")
		expect(t, "booked again", posted(w.state, w.book(t, "p", 6)), "")
		expect(t, "released", posted(w.state, w.must(t, TheClock, Release{"p"})), "")
		expect(t, "without a time", posted(w.state, w.must(t, visitor, Register{"standby"})), "confirmation standby")
	})
	t.Run("K4 the day before whoever has a time is reminded as well", func(t *testing.T) {
		s := plain()
		s.Round = "round"
		w := newWorld(t, s, "ina")
		w.book(t, "p", 5)
		w.now = s.Start.Add(-RemindBefore)
		expect(t, "reminded", posted(Evolve(w.state, Recorded{At: w.now, Event: Reminded{}}), []Recorded{{Event: Reminded{}}}), "reminder p")
	})
}

// posted are the mails that events called for.
func posted(after Session, kept []Recorded) string {
	return strings.Join(letters(sent(after, kept)), ", ")
}

func TestPromiseViews(t *testing.T) {
	w := roundDay(t, "ina")
	w.book(t, "p", 20)
	w.book(t, "late", 10)
	w.comes(t, "a", 0)
	w.comes(t, "p", 1)
	look := func(id CandidateID) CandidateView {
		return Snapshot{ID: "s", State: w.state, Presence: w.presence, Now: w.now}.ViewOfCandidate(id, "phone")
	}
	t.Run("S0-25 the lobby knows his time in the session's zone", func(t *testing.T) {
		v := look("p")
		expect(t, "booked", v.Booked, "14:20") // 13:20 UTC
		expect(t, "due", v.Due, (19 * time.Minute).Milliseconds())
		expect(t, "promised", v.Promised, false)
		expect(t, "before", v.Before, 1)
	})
	t.Run("S0-25 once it has come everybody sees the same order", func(t *testing.T) {
		w.until(16)
		v := look("p")
		expect(t, "promised", v.Promised, true)
		expect(t, "before", v.Before, 0)
		expect(t, "before a", look("a").Before, 1)
		desk := Snapshot{ID: "s", State: w.state, Presence: w.presence, Now: w.now}.ViewOfInterviewer("ina", "laptop")
		expect(t, "next up", desk.NextUp, "p")
		expect(t, "row", desk.Queue[0].ID, "p")
		expect(t, "booked", desk.Queue[0].Booked, "14:20")
		expect(t, "promised", desk.Queue[0].Promised, true)
		expect(t, "not here yet", desk.Registered[0].Booked, "14:10")
	})
	t.Run("K4 who comes too late is told so", func(t *testing.T) {
		expect(t, "before he comes", look("late").Late, true)
		w.comes(t, "late", 17)
		v := look("late")
		expect(t, "late", v.Late, true)
		expect(t, "before", v.Before, 2)
		expect(t, "due", v.Due, -(7 * time.Minute).Milliseconds())
	})
	t.Run("S0-19 nobody is told of another's time", func(t *testing.T) {
		v := look("a")
		expect(t, "booked", v.Booked, "")
		expect(t, "due", v.Due, 0)
	})
}

func TestPromiseForecast(t *testing.T) {
	wait := func(t *testing.T, w *world, id CandidateID) Wait {
		t.Helper()
		got, ok := w.state.Expect(w.presence, w.now, id)
		if !ok {
			t.Fatalf("nothing can be said of %s", id)
		}
		return got
	}
	t.Run("K4 whose time comes before he is served overtakes in the forecast", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 15)
		for n, id := range []CandidateID{"a", "b", "c", "p"} { // talks of ten minutes
			w.comes(t, id, -5+float64(n))
		}
		w.until(0)
		expect(t, "a", wait(t, w, "a"), honest(0))
		expect(t, "p", wait(t, w, "p"), honest(10*time.Minute))
		expect(t, "b", wait(t, w, "b"), honest(20*time.Minute))
		expect(t, "c", wait(t, w, "c"), honest(30*time.Minute))
		expect(t, "he still stands by check-in", w.waiting(), "a b c p")
	})
	t.Run("K4 whose time comes after he is served is served before it", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 50)
		w.comes(t, "p", -5)
		w.comes(t, "a", -4)
		w.until(0)
		expect(t, "p", wait(t, w, "p"), honest(0))
		expect(t, "a", wait(t, w, "a"), honest(10*time.Minute))
	})
	t.Run("K4 at worst everybody with a time comes for it", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "absent", 10)
		w.comes(t, "a", -5)
		w.comes(t, "b", -4)
		w.until(0)
		expect(t, "a", wait(t, w, "a"), honest(0))
		expect(t, "b", wait(t, w, "b"), Wait{honest(10 * time.Minute).Min, honest(20 * time.Minute).Max})
		w.until(16)
		expect(t, "too late now", wait(t, w, "b"), honest(10*time.Minute))
		if _, ok := w.state.Expect(w.presence, w.now, "absent"); ok {
			t.Error("who is not here does not wait")
		}
	})
	t.Run("K4 playing it through changes nothing", func(t *testing.T) {
		w := roundDay(t, "ina")
		w.book(t, "p", 15)
		w.comes(t, "a", -5)
		w.comes(t, "p", -4)
		before := deep(w.state)
		w.state.lineUp(w.presence, w.now)
		w.state.forecast(w.presence, w.now)
		if !reflect.DeepEqual(before, w.state) || !slices.Equal(w.state.Waiting(), []CandidateID{"a", "p"}) {
			t.Error("the forecast moved somebody")
		}
	})
}
