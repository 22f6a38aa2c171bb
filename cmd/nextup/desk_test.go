package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nextup"
)

// seat is a candidate without a browser who does what a page does by itself: he
// acknowledges when he is admitted, and answers when he is called if he is willing.
type seat struct {
	*wire
	id   nextup.CandidateID
	name string
}

// sits registers, checks in and stays.
func (m *Main) sits(t testing.TB, s nextup.SessionID, name string, willing bool) *seat {
	t.Helper()
	c := &seat{id: m.register(t, s, name), name: name}
	w, err := m.visitor(t).connect(m.Links.Candidate(s, c.id), newDevice())
	if err != nil {
		t.Fatal(err)
	}
	c.wire = w
	var gone sync.WaitGroup
	t.Cleanup(func() {
		w.leave()
		gone.Wait()
	})
	if err := w.report(); err != nil {
		t.Fatal(err)
	}
	w.do(t, "check_in", nil)
	gone.Go(func() {
		done := nextup.OfferID(0)
		for {
			v, ok := until(w, time.Hour, func(v nextup.CandidateView) bool {
				return v.Offer > done && (v.Moment == nextup.MomentAdmitted || willing && v.Moment == nextup.MomentCalled)
			})
			if !ok {
				return // the test is over
			}
			do := "acknowledge"
			if v.Moment == nextup.MomentCalled {
				do = "answer"
			} else {
				done = v.Offer
			}
			if _, err := w.ask(newName(), do, fields{"offer": v.Offer}); err != nil {
				return
			}
		}
	})
	return c
}

// desk is an interviewer without a browser, at work.
func (m *Main) desk(t testing.TB, s seeded, n int) *wire {
	t.Helper()
	v, who := m.visitor(t), s.invited(m.Links, n)
	v.enter(who)
	w, err := v.connect(who.link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.leave)
	w.do(t, "enter", nil)
	return w
}

// Key presses a key where the focus is.
func (b *tab) Key(key string) {
	b.t.Helper()
	b.Eval(`void (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", {key: `+quote(key)+`, bubbles: true, cancelable: true}))`, nil)
}

// Focused is the data-act, or else the tag, of what has the focus.
func (b *tab) Focused() (act string) {
	b.t.Helper()
	b.Eval(`document.activeElement?.dataset?.act || document.activeElement?.tagName || ""`, &act)
	return act
}

// order is the names in a queue.
func order(rows []nextup.QueueRow) (names []string) {
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return names
}

// agree waits until all desks show the same queue.
func agree(t *testing.T, desks []*wire, want ...string) {
	t.Helper()
	for _, w := range desks {
		w.interviewerView(t, fmt.Sprintf("the queue %q", want), func(v nextup.InterviewerView) bool { return slices.Equal(order(v.Queue), want) })
	}
}

// byRecruiter is the owner of seeded sessions.
var byRecruiter = nextup.Actor{Role: nextup.RoleRecruiter, ID: "seeded-recruiter"}

// The interviewer's side with one real page, two colleagues and a lobby on the
// wire: all see one queue, whatever is done to it at which desk.
func TestDesk(t *testing.T) {
	beside(t, looks)
	c := chromium(t)
	m := inside(t, t.TempDir())
	step := parts{t: t}
	defer step.end()

	step.begin("S3-48 before the start: who has signed up and who is ready; nobody can be called")
	early := m.seed(t, 2, func(s *nextup.Settings) {
		s.Start, s.LobbyOpens = time.Now().Add(20*time.Minute).UTC().Truncate(time.Second), 30*time.Minute
	})
	tested := m.register(t, early.id, "Åsa Öberg")
	m.give(t, early.id, nextup.Order{
		By:      nextup.Actor{Role: nextup.RoleCandidate, ID: string(tested)},
		Command: nextup.Test{Devices: nextup.Devices{Camera: "ok", Microphone: "ok", Network: "ok"}},
	})
	m.register(t, early.id, "Ola Nordmann")
	m.sits(t, early.id, "Kari Hansen", true)
	before := show(t, c, &person{name: interviewerName(0), camera: &violet, tone: 1200})
	before.Open(early.invited(m.Links, 0).link)
	before.GivesPIN(early.invited(m.Links, 0).pin)
	before.Sees("Kari Hansen", long)
	before.WaitFor(`[...document.querySelectorAll(".live-row")].some((r) => r.innerText.includes("Åsa Öberg") && r.innerText.includes(`+quote(word("en", "room.tested"))+`))`, long)
	before.WaitFor(`[...document.querySelectorAll(".live-row")].some((r) => r.innerText.includes("Ola Nordmann") && r.innerText.includes(`+quote(word("en", "room.notTested"))+`))`, long)
	before.WaitFor(`[...document.querySelectorAll(".live-row")].some((r) => r.innerText.includes("Kari Hansen") && r.innerText.includes(`+quote(word("en", "state.ready"))+`) && r.querySelectorAll(".light[data-light=ok]").length === 3)`, long)
	before.Reads("desk.nobodyBefore")
	before.Lacks(`[data-act=next], [data-act=skip], [data-act=take-other]`)
	early2 := m.desk(t, early, 1)
	v := early2.interviewerView(t, "one waiting", func(v nextup.InterviewerView) bool { return len(v.Queue) == 1 && v.Queue[0].State == nextup.RowReady })
	if r, err := early2.ask(newName(), "next", fields{"after": v.You.Last, "endTalk": false}); err != nil || r.OK {
		t.Errorf("Next before the start: %v, %+v", err, r)
	}
	before.Click(`[data-act=ask]`) // his own picture
	before.Has(`.checks`)
	look(t, before, "desk before the start")
	before.Close()

	step.begin("S3-49, D-05 turn order: the same at every desk and to each candidate")
	s := m.seed(t, 3, func(s *nextup.Settings) { s.Traits = []nextup.TraitID{"trait1", "trait2"} })
	names := []string{"Åsa Öberg", "Ola Nordmann", "Kari Hansen", "Ali Hassan", "Jane Okafor", "Elif Yılmaz"}
	seats := map[string]*seat{}
	for _, n := range names {
		seats[n] = m.sits(t, s.id, n, true)
	}
	asa := seats["Åsa Öberg"].id
	m.give(t, s.id, nextup.Order{
		By: byRecruiter, Command: nextup.LinkCandidate{Candidate: asa},
		Texts: []nextup.Text{{ID: nextup.LinkText(asa), Body: "https://example.org/cv/asa"}, {ID: nextup.NeedsText(asa), Body: "Teckentolk"}},
	})
	desks := []*wire{m.desk(t, s, 1), m.desk(t, s, 2)}
	me := s.invited(m.Links, 0)
	room := show(t, c, &person{name: interviewerName(0), camera: &violet, tone: 1200})
	room.Enters(me)
	agree(t, desks, names...)
	room.InOrder(names...)
	for i, n := range names {
		seats[n].candidateView(t, "his place", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentWaiting && v.Before == i })
	}

	step.begin("S3-62 states are plain to see; nothing starts by itself")
	room.Reads("room.you.free")
	room.Sees("Teckentolk", long) // what Åsa asked for
	m.give(t, s.id, nextup.Order{
		By: byRecruiter, Command: nextup.Announce{}, Texts: []nextup.Text{{ID: nextup.LineText, Body: "Vi är 15 minuter sena"}},
	})
	room.Sees("Vi är 15 minuter sena", long)
	room.Click(`[data-act=pause]`)
	room.Reads("room.you.paused")
	if got := room.Focused(); got != "unpause" {
		t.Errorf("after the break began the focus is on %q", got)
	}
	room.Click(`[data-act=unpause]`)
	room.Reads("room.you.free")
	look(t, room, "desk")

	step.begin("D-06 a skip at one desk: one down, with one press on a reason; all agree; undone; to the end")
	room.Click(`[data-act=skip]`)
	glance(t, room, "desk skip")
	room.Click(`[data-act=reason-trouble]`)
	skipped := []string{"Ola Nordmann", "Åsa Öberg", "Kari Hansen", "Ali Hassan", "Jane Okafor", "Elif Yılmaz"}
	agree(t, desks, skipped...)
	room.InOrder(skipped...)
	seats["Åsa Öberg"].candidateView(t, "one before", func(v nextup.CandidateView) bool { return v.Before == 1 })
	room.Click(`[data-act=undo]`)
	agree(t, desks, names...)
	room.Lacks(`.undo [data-act=undo]`)
	room.Click(`[data-act=skip]`)
	room.Click(`label:has([data-act=to-end])`)
	room.Click(`[data-act=reason-other]`)
	room.Type(`[data-act=reason-words]`, "Ville vänta lite")
	room.Click(`[data-act=skip-yes]`)
	last := []string{"Ola Nordmann", "Kari Hansen", "Ali Hassan", "Jane Okafor", "Elif Yılmaz", "Åsa Öberg"}
	agree(t, desks, last...)
	desks[1].do(t, "undo_skip", fields{"candidate": seats["Åsa Öberg"].id}) // at another desk
	agree(t, desks, names...)
	room.InOrder(names...)

	step.begin("keys: single letters act, not in fields, and can be turned off")
	room.Key("?")
	room.Has(`dialog .keys`)
	glance(t, room, "desk keys")
	room.Click(`label:has([data-act=keys-on])`)
	room.Click(`dialog .quiet`)
	room.Key("k")
	room.Lacks(`.pop`)
	room.Click(`[data-act=keys]`)
	room.Click(`label:has([data-act=keys-on])`)
	room.Click(`dialog .quiet`)
	room.Key("k")
	room.Has(`.pop`)
	room.Click(`[data-act=reason-other]`)
	room.Key("n") // in the field for words
	room.Key("Escape")
	room.Lacks(`.pop`)
	if got := room.Focused(); got != "skip" {
		t.Errorf("after Escape the focus is on %q", got)
	}
	if v, _, _ := latest[nextup.InterviewerView](desks[0]); len(v.Queue) != len(names) {
		t.Errorf("a letter in a field acted: %q", order(v.Queue))
	}

	step.begin("S3-36, D-07 the same queue at three desks: Next at once gives three different people, none passed over")
	room.Key("n")
	room.InTalk()
	together(desks, func(i int, w *wire) {
		v, _, _ := latest[nextup.InterviewerView](w)
		if r, err := w.ask(newName(), "next", fields{"after": v.You.Last, "endTalk": false}); err != nil || !r.OK {
			t.Errorf("Next at desk %d: %v %s", i, err, r.Err)
		}
	})
	if got := room.InTalk(); got != "Åsa Öberg" {
		t.Errorf("the first went to %s", got)
	}
	var with []string
	for _, w := range desks {
		v := w.interviewerView(t, "a talk", func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk })
		with = append(with, v.You.Candidate.Name)
	}
	slices.Sort(with)
	if !slices.Equal(with, []string{"Kari Hansen", "Ola Nordmann"}) {
		t.Errorf("the others talk with %q", with)
	}
	agree(t, desks, names[3:]...)

	step.begin("S3-16 the same questions at every desk, in one order")
	sheets := map[string]bool{}
	for n := range 3 {
		var sheet struct {
			Questions []struct{ ID, Text string } `json:"questions"`
		}
		v := m.visitor(t)
		v.enter(s.invited(m.Links, n))
		v.json(s.invited(m.Links, n).link+"/sheet", &sheet)
		sheets[fmt.Sprint(sheet.Questions)] = true
	}
	if len(sheets) != 1 {
		t.Errorf("three interviewers have %d different sheets", len(sheets))
	}

	step.begin("S3-61 more time, with what it costs shown before it is pressed")
	room.Has(`[data-act=extend]`)
	room.Has(`.facts a[data-act=application][href="https://example.org/cv/asa"]`)
	room.Sees("Vi är 15 minuter sena", long)
	room.WaitFor(`["extend", "extend-5"].every((a) => /\d+:\d\d/.test(document.querySelector("[data-act=" + a + "]").innerText))`, long) // when the last one ends
	look(t, room, "desk talk")
	left := room.Left()
	room.Key("+")
	if !poll(long, func() bool { return room.Left() > left+time.Minute }) {
		t.Errorf("two minutes more: %v were left, now %v", left, room.Left())
	}

	step.begin("S3-04, S3-19 marks are saved as typed: verdict, ratings, notes, and a question left out")
	room.Type("#n-note", "lugn")
	room.Click(`label:has([data-act="t:trait1=4"])`)
	room.Click(`label:has([data-act="overall=3"])`)
	room.Click(`[data-act="q:question1=not-asked"]`)
	talk := desks[0].interviewerView(t, "Interviewer 1 in a talk", func(v nextup.InterviewerView) bool {
		return slices.ContainsFunc(v.Colleagues, func(w nextup.Work) bool { return w.ID == s.interviewers[0] && w.State == nextup.WorkTalk })
	})
	var offer nextup.OfferID
	for _, w := range talk.Colleagues {
		if w.ID == s.interviewers[0] {
			offer = w.Offer
		}
	}
	saved := func(item string, rating int, note string) {
		t.Helper()
		var got nextup.Assessment
		if !poll(long, func() bool {
			all, err := m.Store.Assessments(t.Context(), s.id)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range all {
				if a.Offer == offer && a.Interviewer == s.interviewers[0] && a.Item == item {
					got = a
				}
			}
			return got.Rating == rating && got.Note == note
		}) {
			t.Errorf("%s is kept as %d %q, want %d %q", item, got.Rating, got.Note, rating, note)
		}
	}
	saved("note", 0, "lugn")
	saved("t:trait1", 4, "")
	saved("overall", 3, "")
	saved("q:question1", nextup.NotAsked, "")

	step.begin("S3-65 what is typed without a connection survives a reload; then the server has it")
	room.Eval(`(() => {
		window.WebSocket = class extends EventTarget { readyState = 0; send() {} close() {} };
		window.WebSocket.OPEN = 1;
		dispatchEvent(new Event("offline"));
	})()`, nil)
	room.Type("#n-note", "lugn och tydlig")
	room.Reads("assess.keptHere")
	room.Reload()
	room.Has("#n-note")
	room.WaitFor(`document.querySelector("#n-note").value === "lugn och tydlig"`, long)
	saved("note", 0, "lugn och tydlig")
	room.WaitFor(`Object.keys(localStorage).every((k) => !k.startsWith("nextup.marks"))`, long)

	step.begin("the same note on two devices: both are shown, and he chooses")
	kept, err := m.Store.SaveAssessment(t.Context(), nextup.Assessment{
		Session: s.id, Offer: offer, Interviewer: s.interviewers[0], Item: "note", Note: "från telefonen", Revision: revisionOf(t, m, s.id, offer, "note"),
	})
	if err != nil {
		t.Fatal(err, kept)
	}
	room.Type("#n-note", "från datorn")
	room.Has(`.clash`)
	room.Sees("från telefonen", long)
	look(t, room, "desk two devices")
	saved("note", 0, "från telefonen") // nothing is overwritten before he has chosen
	room.Click(`[data-act=keep-both]`)
	saved("note", 0, "från telefonen\n\nfrån datorn")
	room.Lacks(`.clash`)

	step.begin("S3-62 after a talk there is time to write; the next one comes by itself only when that was chosen")
	room.EndsTalk()
	room.Has(`#wu-note`)
	look(t, room, "desk write-up")
	room.Click(`[data-act=submit]`)
	room.Reads("room.you.free")
	room.Has(`[data-act=next]`)
	agree(t, desks, names[3:]...)
	room.Click(`[data-act=next]`)
	if got := room.InTalk(); got != "Ali Hassan" {
		t.Errorf("the next was %s", got)
	}
	room.EndsTalk()
	room.Has(`#wu-note`)
	room.Click(`label:has([data-act=auto-next])`)
	room.Click(`[data-act=submit]`)
	room.Has(`[data-act=auto-stop]`)
	room.Click(`[data-act=auto-stop]`)
	room.Lacks(`[data-act=auto-stop]`)
	room.Reads("room.you.free")
	room.Click(`[data-act=next]`)
	if got := room.InTalk(); got != "Jane Okafor" {
		t.Errorf("the next was %s", got)
	}
	room.EndsTalk()
	room.Click(`[data-act=submit]`)
	if got := room.InTalk(); got != "Elif Yılmaz" {
		t.Errorf("by itself came %s", got)
	}
	room.EndsTalk()
	room.Click(`[data-act=submit]`)
	room.Reads("room.empty") // the page between talks is drawn anew then

	step.begin("S3-50 somebody met already is met again, with a reason")
	room.Click(`details:has([data-act=recall]) summary`)
	room.Click(`li:has(p.strong):first-child [data-act=recall]`)
	room.Click(`[data-act=reason-knows]`)
	if got := room.InTalk(); !slices.Contains(names, got) {
		t.Errorf("met again: %s", got)
	}
	room.EndsTalk()
	room.Has(`#wu-note`)
	room.Click(`[data-act=submit]`)

	step.begin("the first one who comes to an empty queue is told of")
	room.Reads("room.empty")
	m.sits(t, s.id, "Maija Niemelä", true)
	room.WaitFor(`document.title.startsWith("(1)")`, long)
	room.Sees(word("en", "arrival.came", "name", "Maija Niemelä"), long)

	step.begin("S3-50 a hand-over to a colleague, with words; he declines, and the sender is told")
	for _, w := range desks {
		v, _, _ := latest[nextup.InterviewerView](w)
		w.do(t, "end", fields{"offer": v.You.Offer})
	}
	room.Click(`[data-act=next]`)
	if got := room.InTalk(); got != "Maija Niemelä" {
		t.Errorf("the next was %s", got)
	}
	maija := latestOf(t, desks[0], "Maija Niemelä")
	room.Key("h")
	room.Click(`label:has([data-act="to-` + string(s.interviewers[1]) + `"])`)
	room.Type(`[data-act=hand-words]`, "Talar finska, som du")
	look(t, room, "desk hand-over")
	room.Click(`[data-act=hand-yes]`)
	got := desks[0].interviewerView(t, "Maija with words", func(v nextup.InterviewerView) bool {
		return slices.ContainsFunc(v.Queue, func(r nextup.QueueRow) bool {
			return r.ID == maija && r.For != nil && r.For.ID == s.interviewers[1] && r.Note == "Talar finska, som du" && r.From == me.name
		})
	})
	if r := got.Queue[0]; r.ID != got.NextUp {
		t.Errorf("who was handed over is not next: %+v", r)
	}
	other := desks[1].interviewerView(t, "Maija", func(v nextup.InterviewerView) bool { return len(v.Queue) == 1 })
	if r := other.Queue[0]; r.Note != "" || r.From != "" || other.NextUp == maija {
		t.Errorf("a third one reads the words, or would get her: %+v", r)
	}
	room.Has(`#wu-note`)
	room.Click(`[data-act=submit]`)
	desks[0].do(t, "decline_hand_over", fields{"candidate": maija})
	room.Sees(word("en", "hand.back.declined", "to", "Johan", "name", "Maija Niemelä"), long)
	glance(t, room, "desk hand-over came back")

	step.begin("S3-50 a hand-over to one who is free: she comes at once, with the words")
	v = desks[0].interviewerView(t, "Maija next", func(v nextup.InterviewerView) bool { return v.NextUp == maija })
	desks[0].do(t, "next", fields{"after": v.You.Last, "endTalk": false})
	v = desks[0].interviewerView(t, "the talk", func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk })
	desks[0].do(t, "hand_over", fields{"offer": v.You.Offer, "to": s.interviewers[0], "words": "Vill jobba natt"})
	desks[0].do(t, "submit", fields{"offer": v.You.Offer})
	if got := room.InTalk(); got != "Maija Niemelä" {
		t.Errorf("handed over was Maija, the talk is with %s", got)
	}
	room.Sees(word("en", "hand.from", "name", "Johan")+": Vill jobba natt", long)

	step.begin("S3-36 a panel: a colleague is asked in, joins, leaves; the talk goes on, and ends for all")
	room.Key("i")
	room.Click(`label:has([data-act="to-` + string(s.interviewers[1]) + `"])`)
	glance(t, room, "desk invite")
	room.Click(`[data-act=invite-yes]`)
	asked := desks[0].interviewerView(t, "an invitation", func(v nextup.InterviewerView) bool { return len(v.Invites) == 1 })
	desks[0].do(t, "join_panel", fields{"offer": asked.Invites[0].Offer})
	room.Sees("Johan Ek", long)
	room.Has(`.whoin`)
	look(t, room, "desk panel")
	room.Click(`[data-act=end]`)
	room.Has(`[data-act=end-all]`)
	glance(t, room, "desk end of a panel")
	room.Click(`dialog .quiet`)
	desks[0].do(t, "end", fields{"offer": asked.Invites[0].Offer})
	room.Lacks(`.whoin`)
	room.EndsTalk()
	room.Has(`#wu-note`)
	desks[0].do(t, "submit", fields{"offer": asked.Invites[0].Offer})

	step.begin("S3-50 a hand-over to one who writes up waits for him, with its words; he declines")
	bjorn := m.sits(t, s.id, "Bjørn Æthelsen", true)
	v = desks[0].interviewerView(t, "Bjørn", func(v nextup.InterviewerView) bool { return v.NextUp == bjorn.id })
	desks[0].do(t, "next", fields{"after": v.You.Last, "endTalk": false})
	v = desks[0].interviewerView(t, "the talk", func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk })
	desks[0].do(t, "hand_over", fields{"offer": v.You.Offer, "to": s.interviewers[0], "words": "Har truckkort"})
	desks[0].do(t, "submit", fields{"offer": v.You.Offer})
	room.Reads("hand.from", "name", "Johan Ek")
	room.Sees("Har truckkort", long)
	look(t, room, "desk hand-over in")
	room.Click(`[data-act=decline]`)
	v = desks[0].interviewerView(t, "that it came back", func(v nextup.InterviewerView) bool { return len(v.Told) == 1 && v.NextUp == bjorn.id })
	if told := v.Told[0]; told.Why != "declined" || told.To != me.name {
		t.Errorf("told %+v", told)
	}
	room.Lacks(`[data-act=decline]`) // what stands below it moves up then
	room.Click(`[data-act=submit]`)

	step.begin("S3-50 asked into a colleague's talk; a conflict of interest passes the next one by")
	desks[0].do(t, "next", fields{"after": v.You.Last, "endTalk": false})
	v = desks[0].interviewerView(t, "the talk", func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk })
	room.Reads("room.you.free")
	desks[0].do(t, "invite_panel", fields{"offer": v.You.Offer, "interviewer": s.interviewers[0]})
	room.Has(`[data-act=join]`)
	look(t, room, "desk invitation")
	room.Click(`[data-act=join]`)
	if got := room.InTalk(); got != "Bjørn Æthelsen" {
		t.Errorf("joined the talk with %s", got)
	}
	room.EndsTalk() // leaves
	room.Has(`#wu-note`)
	room.Click(`[data-act=submit]`)
	desks[0].interviewerView(t, "the talk goes on", func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk && len(v.You.Panel) < 2 })
	tuva := m.sits(t, s.id, "Tuva Berg", true)
	room.Reads("between.admit", "name", "Tuva")
	room.Key("j")
	glance(t, room, "desk recuse")
	room.Click(`[data-act=reason-conflict]`)
	room.Lacks(`[data-act=next]`)
	room.Reads("room.recused")
	desks[1].interviewerView(t, "Tuva next for another", func(v nextup.InterviewerView) bool { return v.NextUp == tuva.id })
}

// revisionOf is the revision of a mark.
func revisionOf(t *testing.T, m *Main, s nextup.SessionID, offer nextup.OfferID, item string) int {
	t.Helper()
	all, err := m.Store.Assessments(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.Offer == offer && a.Item == item {
			return a.Revision
		}
	}
	return 0
}

// A lobby of two hundred: the desk shows the beginning and the rest on demand, and
// stays usable. On a phone the next one stands above the camera.
func TestDeskOfMany(t *testing.T) {
	beside(t, looks)
	c := chromium(t)
	m := inside(t, t.TempDir())
	s := m.seed(t, 1, func(s *nextup.Settings) { s.Length = 15 * time.Minute })
	for n := range 200 {
		id := m.register(t, s.id, fmt.Sprintf("Candidate %03d", n+1))
		m.give(t, s.id, nextup.Order{
			By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, Command: nextup.CheckIn{Device: nextup.DeviceID(newDevice())},
		})
	}
	room := show(t, c, &person{name: interviewerName(0), camera: &violet, tone: 1200, phone: true})
	room.Open(s.invited(m.Links, 0).link)
	room.GivesPIN(s.invited(m.Links, 0).pin)
	room.Has(`[data-act=show-all]`)
	var card, camera float64
	room.Eval(`document.querySelector(".sheet--next").getBoundingClientRect().top`, &card)
	room.Eval(`document.querySelector("[data-act=ask]").getBoundingClientRect().top`, &camera)
	if card > camera {
		t.Errorf("on a phone the card of the next one begins at %v, below the camera at %v", card, camera)
	}
	look(t, room, "desk of many")
	room.Size(1280, 800)
	room.Click(`[data-act=show-all]`)
	var rows int
	room.WaitFor(`document.querySelectorAll(".queue .live-row").length >= 199`, long)
	room.Eval(`document.querySelectorAll(".queue .live-row").length`, &rows)
	if got := room.Queue(); len(got) < 199 || !strings.HasPrefix(got[len(got)-1], "Candidate 200") {
		t.Errorf("%d rows; the queue ends with %q", rows, got[max(0, len(got)-2):])
	}
	proved(t, "D-05 two hundred in turn order")
	room.Sees("200 are waiting", long) // the planned end is near
	room.Reads("desk.endsSoonText")
}

// latestOf is the candidate of that name wherever an interviewer sees him.
func latestOf(t *testing.T, w *wire, name string) nextup.CandidateID {
	t.Helper()
	var id nextup.CandidateID
	w.interviewerView(t, name, func(v nextup.InterviewerView) bool {
		for _, c := range v.Colleagues {
			if c.Candidate != nil && c.Candidate.Name == name {
				id = c.Candidate.ID
			}
		}
		return id != ""
	})
	return id
}

// Somebody who is called and does not answer: his place is kept once, then he is a
// no-show, who can be put back in line and called again.
func TestDeskOfNoShow(t *testing.T) {
	c := chromium(t)
	beside(t, waits)
	m := inside(t, t.TempDir())
	s := m.seed(t, 1, func(s *nextup.Settings) { s.Answer = 10 * time.Second })
	jane := m.sits(t, s.id, "Jane Okafor", false)
	m.sits(t, s.id, "Elif Yılmaz", true).do(t, "hold", nil) // else Next would go on to her
	hide := func(hidden bool) {
		t.Helper()
		if err := jane.send(fields{"do": "presence", "visible": !hidden, "checked": true, "devices": fields{"camera": "ok", "microphone": "ok", "network": "ok"}}); err != nil {
			t.Fatal(err)
		}
	}
	hide(true)
	room := show(t, c, &person{name: interviewerName(0), camera: &violet, tone: 1200})
	room.Open(s.invited(m.Links, 0).link)
	room.GivesPIN(s.invited(m.Links, 0).pin)
	for n := range 2 {
		room.Reads("room.call", "name", "Jane")
		room.Click(`[data-act=next]`)
		room.Reads("room.you.calling")
		room.Has(`[data-act=call-off]`)
		jane.candidateView(t, "called", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentCalled })
		room.Lacks(`[data-act=call-off]`)
		if n == 0 {
			room.Reads("room.nobodyReady") // he rests, and keeps his place
			room.InOrder("Jane Okafor", "Elif Yılmaz")
			jane.do(t, "confirm", nil)
		}
	}
	room.Click(`details:has([data-act=call-again]) summary`)
	look(t, room, "desk no-show")
	room.Click(`[data-act=correct]`)
	room.InOrder("Jane Okafor", "Elif Yılmaz")
	proved(t, "S3-63 called twice without an answer: a no-show, put back in line")
}
