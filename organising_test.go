package nextup

import (
	"slices"
	"testing"
	"time"
)

func sent(after Session, kept []Recorded) []Mail {
	var events []Event
	for _, r := range kept {
		events = append(events, r.Event)
	}
	return MailsFor(after, events)
}

// letters says a mail as "kind to whom".
func letters(mails []Mail) (list []string) {
	for _, m := range mails {
		list = append(list, string(m.Kind)+" "+string(m.Person))
	}
	return list
}

func same[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestEditing(t *testing.T) {
	one := []InterviewerID{"ina"}
	t.Run("S3-14 a change while it runs touches no place, link, talk, note or answer", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b", "c", "d")
		w.talk(t, "ina")
		before := w.state
		s := plain()
		s.Talk, s.Pause, s.Length, s.Questions, s.Traits = 20*time.Minute, time.Minute, 2*time.Hour, []QuestionID{"q2", "q3"}, nil
		w.must(t, recruiter, Configure{Settings: s, Interviewers: []InterviewerID{"ina", "ola", "eva"}})
		expect(t, "the running talk's deadline", w.state.Talks[0].EndsAt, before.Talks[0].EndsAt)
		expect(t, "who waits", w.waiting(), "b c d")
		expect(t, "offers", w.offers(), "ina: talk a 1, ola: -, eva: -")
		for _, i := range before.Interviewers {
			now, _ := w.state.Interviewer(i.ID)
			expect(t, "link of "+string(i.ID), now.Generation, i.Generation)
		}
		same(t, "registered", w.state.Registered, before.Registered...)
		w.must(t, interviewer("ina"), End{Offer: 1})
		marks := []Assessment{{Offer: 1, Interviewer: "ina", Item: "q:q1", Note: "kept"}, {Offer: 1, Interviewer: "ina", Item: "t:t1", Rating: 4}}
		sum := Summarise(w.state, marks, interviewer("ina"))
		var items []string
		for _, m := range sum.Talks[0].Assessed[0].Marks {
			items = append(items, m.Item)
		}
		same(t, "answers to what was removed", items, "q:q1", "t:t1")
		w.talk(t, "ina")
		expect(t, "the next talk has the new length", w.state.Talks[1].EndsAt.Sub(w.state.Talks[1].Started), 20*time.Minute)
	})
	t.Run("S3-14 a removed interviewer's talk and write-up finish, and nobody is handed to him", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina", "ola"}, "a", "b")
		w.talk(t, "ina")
		w.must(t, recruiter, Configure{Settings: plain(), Interviewers: []InterviewerID{"ola"}})
		w.must(t, interviewer("ina"), Extend{1, time.Minute})
		w.must(t, interviewer("ina"), End{Offer: 1})
		w.refused(t, CodeRemoved, interviewer("ina"), Next{After: 1})
		w.must(t, interviewer("ina"), Submit{1})
		w.talk(t, "ola")
		w.refused(t, CodeUnknown, interviewer("ola"), HandOver{2, "ina", ""})
		w.refused(t, CodeUnknown, interviewer("ola"), InvitePanel{2, "ina"})
	})
	t.Run("S3-28 raised by two and published: they register at once with the same link", func(t *testing.T) {
		s := plain()
		s.Places = 1
		w := newWorld(t, s, "ina")
		w.must(t, visitor, Register{"a"})
		w.refused(t, CodeFull, visitor, Register{"b"})
		s.Places = 3
		w.must(t, recruiter, Configure{Settings: s, Interviewers: one})
		w.must(t, visitor, Register{"b"})
		w.must(t, visitor, Register{"c"})
		w.refused(t, CodeFull, visitor, Register{"d"})
	})
	t.Run("S3-35 withdrawn: the place is free again; corrected: nothing else moves", func(t *testing.T) {
		s := plain()
		s.Places = 2
		w := newWorld(t, s, "ina")
		w.must(t, visitor, Register{"a"})
		w.must(t, visitor, Register{"b"})
		w.refused(t, CodeFull, visitor, Register{"c"})
		before := w.state
		same(t, "corrected name", letters(sent(w.state, w.must(t, candidate("b"), Correct{}))))
		same(t, "corrected address", letters(sent(w.state, w.must(t, candidate("b"), Correct{Resend: true}))), "confirmation b")
		expect(t, "status", w.status("b"), before.Candidates["b"].Status)
		w.must(t, candidate("b"), Correct{Resend: true})
		w.refused(t, CodeTooMany, candidate("b"), Correct{Resend: true})
		same(t, "withdrawn", letters(sent(w.state, w.must(t, candidate("a"), Withdraw{}))), "withdrawal a")
		expect(t, "taken", w.state.Taken(), 1)
		w.must(t, visitor, Register{"c"})
	})
	t.Run("S3-49 the setting is locked once somebody has checked in", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		s := plain()
		s.Order = OrderRegistration
		w.must(t, recruiter, Configure{Settings: s, Interviewers: one})
		for _, c := range []CandidateID{"a", "b"} {
			w.must(t, visitor, Register{c})
		}
		w.must(t, candidate("b"), CheckIn{"phone"})
		w.must(t, candidate("a"), CheckIn{"phone"})
		expect(t, "by registration", w.waiting(), "a b")
		w.refused(t, CodeOrder, recruiter, Configure{Settings: plain(), Interviewers: one})
		s.Order = "alphabet"
		w.refused(t, CodeInvalid, recruiter, Configure{Settings: s, Interviewers: one})
	})
}

func TestNotices(t *testing.T) {
	all := []InterviewerID{"ina", "ola"}
	// a waits, b is registered, c withdrew, d is done with, e is a no-show
	settled := func(t *testing.T) *world {
		w := newWorld(t, plain(), all...)
		for _, c := range []CandidateID{"a", "b", "c", "e"} {
			w.must(t, visitor, Register{c})
		}
		w.connect("a")
		w.must(t, candidate("a"), CheckIn{"phone"})
		w.must(t, candidate("e"), CheckIn{"phone"})
		w.disconnect("e")
		w.pass(UnseenTime)
		w.must(t, candidate("c"), Withdraw{})
		return w
	}
	change := func(w *world, edit func(*Settings), notify bool) Configure {
		s := w.state.Settings
		edit(&s)
		return Configure{Settings: s, Interviewers: all, Notify: notify, Text: "text"}
	}
	t.Run("S3-12 S3-13 time, zone or length: exactly those concerned, and the calendar follows", func(t *testing.T) {
		for name, edit := range map[string]func(*Settings){
			"start":  func(s *Settings) { s.Start = s.Start.Add(time.Hour) },
			"zone":   func(s *Settings) { s.Zone = "Europe/Helsinki" },
			"length": func(s *Settings) { s.Length += time.Hour },
			"talk":   func(s *Settings) { s.Talk -= time.Minute },
		} {
			w := settled(t)
			was := w.state.Sequence
			got := sent(w.state, w.must(t, recruiter, change(w, edit, true)))
			same(t, name, letters(got), "change a", "change b", "change e", "change ina", "change ola")
			for _, m := range got {
				expect(t, "words", m.Text, "text")
			}
			expect(t, name+": sequence", w.state.Sequence, was+1)
		}
	})
	t.Run("S3-13 unticked: nobody, but the calendar's number rises", func(t *testing.T) {
		w := settled(t)
		was := w.state.Sequence
		same(t, "mails", sent(w.state, w.must(t, recruiter, change(w, func(s *Settings) { s.Length += time.Hour }, false))))
		expect(t, "sequence", w.state.Sequence, was+1)
	})
	t.Run("S3-13 nothing that concerns them: nobody, whatever is ticked", func(t *testing.T) {
		w := settled(t)
		was := w.state.Sequence
		same(t, "mails", sent(w.state, w.must(t, recruiter, change(w, func(s *Settings) { s.Places++; s.Questions = nil; s.Pause++ }, true))))
		expect(t, "sequence", w.state.Sequence, was)
	})
	t.Run("S3-13 who is added by the same change is invited, not told of a change", func(t *testing.T) {
		w := settled(t)
		c := change(w, func(s *Settings) { s.Length += time.Hour }, true)
		c.Interviewers = []InterviewerID{"ina", "eva"}
		got := letters(sent(w.state, w.must(t, recruiter, c)))
		same(t, "mails", got, "change a", "change b", "change e", "change ina", "invitation eva")
	})
	t.Run("S3-13 a draft has nobody to tell", func(t *testing.T) {
		d := newDraft(t)
		s := plain()
		s.Length += time.Hour
		same(t, "mails", sent(d.state, d.must(t, recruiter, Configure{Settings: s, Interviewers: all, Notify: true})))
		expect(t, "sequence", d.state.Sequence, 0)
	})
	t.Run("S3-11 cancelled: everybody registered, and nobody if it is unticked", func(t *testing.T) {
		w := settled(t)
		was := w.state.Sequence
		got := sent(w.state, w.must(t, recruiter, Cancel{Notify: true, Text: "text"}))
		same(t, "mails", letters(got), "cancellation a", "cancellation b", "cancellation e", "cancellation ina", "cancellation ola")
		expect(t, "words", got[0].Text, "text")
		expect(t, "sequence", w.state.Sequence, was+1)
		w = settled(t)
		same(t, "unticked", sent(w.state, w.must(t, recruiter, Cancel{})))
	})
	t.Run("reminded the day before: who is registered by then", func(t *testing.T) {
		d := newDraft(t)
		d.now = start.Add(-72 * time.Hour)
		d.must(t, recruiter, Publish{})
		for _, c := range []CandidateID{"a", "b"} {
			d.must(t, visitor, Register{c})
		}
		d.must(t, candidate("b"), Withdraw{})
		expect(t, "due", Deadline(d.state, d.presence), start.Add(-24*time.Hour))
		got := d.pass(48 * time.Hour)
		same(t, "mails", letters(sent(d.state, got)), "reminder a")
		d.must(t, visitor, Register{"c"})
		same(t, "once", letters(sent(d.state, d.pass(20*time.Hour))))
	})
	t.Run("no reminder with less than a day to go, and a new one when it is put off", func(t *testing.T) {
		w := newWorld(t, plain(), all...)
		w.must(t, visitor, Register{"a"})
		expect(t, "due", Deadline(w.state, w.presence), plain().End())
		s := plain()
		s.Start = start.Add(7 * 24 * time.Hour)
		w.must(t, recruiter, Configure{Settings: s, Interviewers: all})
		expect(t, "due", Deadline(w.state, w.presence), s.Start.Add(-24*time.Hour))
		same(t, "mails", letters(sent(w.state, w.pass(7*24*time.Hour))), "reminder a")
	})
	t.Run("nobody is reminded of what has begun", func(t *testing.T) {
		d := newDraft(t)
		d.now = start.Add(-72 * time.Hour)
		d.must(t, recruiter, Publish{})
		d.must(t, visitor, Register{"a"})
		d.now = start.Add(time.Minute) // it was off until now
		same(t, "mails", letters(sent(d.state, d.must(t, TheClock, Tick{}))))
		expect(t, "not asked again", d.state.Remind.IsZero(), true)
	})
	t.Run("S3-64 reopened: who was not reached is told, and waits again in order", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b", "c")
		w.talk(t, "ina")
		w.must(t, interviewer("ina"), End{Offer: 1})
		w.must(t, recruiter, Close{})
		was := w.state.Sequence
		got := w.must(t, recruiter, Reopen{w.now.Add(time.Hour)})
		same(t, "mails", letters(sent(w.state, got)), "change b", "change c", "change ina")
		expect(t, "waiting", w.waiting(), "b c")
		expect(t, "end", w.state.Settings.End(), w.now.Add(time.Hour))
		expect(t, "sequence", w.state.Sequence, was+1)
		expect(t, "complete", Summarise(w.state, nil, recruiter).Complete, false)
		expect(t, "next", w.talk(t, "ina"), "b")
	})
	t.Run("sign-up links go once to each", func(t *testing.T) {
		w := newWorld(t, plain(), all...)
		same(t, "mails", letters(sent(w.state, w.must(t, recruiter, Invite{[]PersonID{"v1", "v2", "v1"}}))), "sign_up v1", "sign_up v2")
		same(t, "again", letters(sent(w.state, w.must(t, recruiter, Invite{[]PersonID{"v2", "v3"}}))), "sign_up v3")
		w.refused(t, CodeInvalid, recruiter, Invite{make([]PersonID, 501)})
	})
}

// newDraft is a session that is not published.
func newDraft(t *testing.T) *world {
	w := &world{presence: Presence{}, met: map[PersonID]bool{}, now: start.Add(-96 * time.Hour)}
	w.must(t, recruiter, Create{Organisation: "org", Owner: "rec", Settings: plain(), Interviewers: []InterviewerID{"ina", "ola"}})
	return w
}

func TestOrganising(t *testing.T) {
	t.Run("archived and removed only when nothing is ahead", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		w.refused(t, CodeRunning, recruiter, Archive{})
		w.refused(t, CodeRunning, recruiter, Remove{})
		w.must(t, recruiter, Cancel{})
		w.must(t, recruiter, Archive{})
		expect(t, "archived", w.state.Archived, true)
		w.must(t, recruiter, Unarchive{})
		expect(t, "archived", w.state.Archived, false)
		w.must(t, recruiter, Remove{})
		expect(t, "links say cancelled", w.state.Phase, PhaseCancelled)
		w.refused(t, CodeUnknown, recruiter, Unarchive{})
		w.refused(t, CodeCancelled, visitor, Register{"a"})
	})
	t.Run("handed to a colleague", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		w.must(t, recruiter, Transfer{"other"})
		expect(t, "owner", w.state.Owner, "other")
		w.refused(t, CodeInvalid, recruiter, Transfer{})
	})
	t.Run("S3-47 the summary is granted and revoked", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		w.must(t, recruiter, Grant{"ina"})
		i, _ := w.state.Interviewer("ina")
		expect(t, "granted", i.Summary, true)
		w.must(t, recruiter, Revoke{"ina"})
		i, _ = w.state.Interviewer("ina")
		expect(t, "revoked", i.Summary, false)
		w.refused(t, CodeUnknown, recruiter, Grant{"nobody"})
	})
	t.Run("a line is shown to everybody waiting and to interviewers", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a")
		before := w.state.Announced
		w.must(t, recruiter, Announce{})
		expect(t, "announced", w.state.Announced > before, true)
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now, Texts: map[TextID]string{LineText: "Ten minutes late"}}
		expect(t, "candidate", n.ViewOfCandidate("a", "phone").Line, "Ten minutes late")
		expect(t, "interviewer", n.ViewOfInterviewer("ina", "laptop").Line, "Ten minutes late")
	})
	t.Run("devices are tested before the lobby opens, and shown", func(t *testing.T) {
		w := newWorld(t, plain(), "ina")
		w.must(t, visitor, Register{"a"})
		ok := Devices{Camera: DeviceOK, Microphone: DeviceOK, Network: DeviceFailed}
		w.must(t, candidate("a"), Test{ok})
		n := Snapshot{State: w.state, Presence: w.presence, Now: w.now}
		row := n.ViewOfInterviewer("ina", "laptop").Registered[0]
		expect(t, "tested", row.Tested, true)
		expect(t, "devices", row.Devices, ok)
		expect(t, "the same again", len(w.must(t, candidate("a"), Test{ok})), 0)
		w.refused(t, CodeInvalid, candidate("a"), Test{Devices{Camera: "fine"}})
	})
	t.Run("S3-63 the recruiter corrects a wrong no-show", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
		w.disconnect("a")
		w.pass(UnseenTime)
		expect(t, "status", w.status("a"), StatusNoShow)
		w.refused(t, CodeAway, recruiter, Reinstate{"a"})
		w.connect("a") // back by itself
		expect(t, "place", w.waiting(), "a b")
		for range 2 {
			w.pass(RestTime)
			seen := w.presence["a"]
			seen.Visible = false
			w.presence["a"] = seen
			if _, err := w.next("ina"); err != nil {
				t.Fatal(err)
			}
			w.pass(DefaultAnswer)
			i, _ := w.state.Interviewer("ina")
			if i.Offer.ID != 0 {
				w.must(t, interviewer("ina"), CallOff{i.Offer.ID})
			}
		}
		expect(t, "two missed", w.status("a"), StatusNoShow)
		w.must(t, recruiter, Reinstate{"a"})
		expect(t, "place", w.waiting(), "a b")
	})
	t.Run("erased: out of the queue, his rows and what was written of him gone, no letter", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
		w.must(t, interviewer("ina"), Skip{"a", true, Reason{Preset: PresetOther, Text: "words"}})
		kept := w.must(t, candidate("a"), EraseMe{})
		same(t, "mails", sent(w.state, kept))
		var events []Event
		for _, r := range kept {
			events = append(events, r.Event)
		}
		people, texts := ErasedBy(w.state, events)
		same(t, "people", people, "a")
		same(t, "texts", texts, "needs:a", "link:a", "comment:a", "words")
		expect(t, "status", w.status("a"), StatusWithdrawn)
		w.refused(t, CodeTaken, visitor, Register{"a"})
		expect(t, "again", len(w.must(t, recruiter, EraseCandidate{"a"})), 0)
		w.talk(t, "ina")
		w.must(t, recruiter, EraseCandidate{"b"})
		expect(t, "in a talk: it ends", w.offers(), "ina: -")
		expect(t, "the record stays", len(w.state.Talks), 1)
	})
	t.Run("S3-35 the right to be erased outlives the session", func(t *testing.T) {
		w := lobby(t, plain(), []InterviewerID{"ina"}, "a", "b")
		w.talk(t, "ina")
		w.must(t, interviewer("ina"), End{Offer: 1})
		w.must(t, recruiter, Close{})
		w.must(t, candidate("a"), EraseMe{})
		w.must(t, candidate("b"), EraseMe{})
		expect(t, "a's talk is counted", Summarise(w.state, nil, recruiter).Interviews, 1)
	})
}
