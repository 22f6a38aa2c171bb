package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// evidence is what a killed server left on the disk.
type evidence struct {
	events      []nextup.Recorded
	people      []nextup.Person
	texts       []nextup.Text
	assessments []nextup.Assessment
}

// readEvidence reads a copy of the data folder, so that the next start finds it as
// the crash left it.
func readEvidence(t testing.TB, data string, id nextup.SessionID) (e evidence) {
	t.Helper()
	dir := t.TempDir()
	files, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "-shm") {
			continue // the next start makes it anew
		}
		b, err := os.ReadFile(filepath.Join(data, f.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f.Name()), b, fs.FileMode(0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	s, err := store.Open(ctx, dir, store.Options{})
	if err != nil {
		t.Fatalf("the database does not open any more: %v", err)
	}
	if e.events, err = s.Load(ctx, id); err == nil {
		if e.people, e.texts, err = s.Rows(ctx, id); err == nil {
			e.assessments, err = s.Assessments(ctx, id)
		}
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	sound(t, dir)
	_ = os.RemoveAll(dir)
	return e
}

// sound asks SQLite whether the database is whole.
func sound(t testing.TB, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "nextup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var says string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&says); err != nil || says != "ok" {
		t.Errorf("the database is damaged: %s %v", says, err)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Error("rows point to rows that are not there")
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}

// check compares what people were told with what is on the disk.
func (w *town) check(t testing.TB, when string) {
	t.Helper()
	e := readEvidence(t, w.s.data, w.session.id)
	fail := func(format string, args ...any) { t.Helper(); t.Errorf(when+": "+format, args...) }

	// The stream only grows.
	if len(e.events) < len(w.durable) {
		fail("%d events were there, %d are left", len(w.durable), len(e.events))
		return
	}
	for i, old := range w.durable {
		if !sameEvent(old, e.events[i]) {
			fail("event %d was %+v and is %+v", i+1, old, e.events[i])
			return
		}
	}
	for _, r := range e.events[len(w.durable):] {
		if r.Version != len(w.states) {
			fail("event %d has version %d", len(w.states), r.Version)
			return
		}
		if resumed, ok := r.Event.(nextup.TalkResumed); ok {
			fail("a restart moved the deadline of talk %d by %v", resumed.Offer, resumed.Gap)
		}
		w.states = append(w.states, nextup.Evolve(w.states[len(w.states)-1], r))
	}
	w.durable = e.events
	now := w.states[len(w.states)-1]

	if w.ledger.version > now.Version {
		fail("somebody was shown version %d, and %d is on the disk", w.ledger.version, now.Version)
	}
	w.commands(e, fail)
	w.views(fail)
	w.assessments(e, fail)
	w.registrations(e, now, fail)
}

// commands: what was acknowledged is there, once; what was refused is not.
func (w *town) commands(e evidence, fail func(string, ...any)) {
	at := map[nextup.CommandID][]int{}
	for i, r := range e.events {
		if r.Command != "" {
			at[r.Command] = append(at[r.Command], i)
		}
	}
	words := map[nextup.TextID]string{}
	for _, x := range e.texts {
		words[x.ID] = x.Body
	}
	for _, g := range w.ledger.given {
		if g.command == nil {
			continue
		}
		places := at[g.kept()]
		for i, p := range places {
			if r := e.events[p]; r.By != g.by {
				fail("%s of %s is kept as %s's", g.do, g.by.ID, r.By.ID)
			}
			if p != places[0]+i || !e.events[p].At.Equal(e.events[places[0]].At) {
				fail("%s of %s had its effect twice: events %v", g.do, g.by.ID, places)
				break
			}
		}
		switch {
		case !g.done: // it may be there or not
		case !g.answer.OK && len(places) > 0:
			fail("%s of %s was refused (%s) and is kept", g.do, g.by.ID, g.answer.Err)
		case g.answer.OK && len(places) == 0 && !w.asksNothing(g):
			fail("%s of %s was acknowledged and is lost (known version %d, fields %v)", g.do, g.by.ID, g.known, g.fields)
		case g.answer.OK && g.do == "skip":
			if id := nextup.TextID("reason:" + string(g.kept())); words[id] != g.fields["words"] {
				fail("the reason of a skip reads %q, not %q", words[id], g.fields["words"])
			}
		}
	}
}

// asksNothing says whether a command could be acknowledged without an event: at
// some moment since its giver knew the session, it asked for what was so already.
func (w *town) asksNothing(g *given) bool {
	here := nextup.Presence{}
	for _, s := range w.states[len(w.states)-1:] {
		for id := range s.Candidates {
			here[id.Person()] = nextup.Seen{Connected: true, Visible: true, Checked: true}
		}
		for _, i := range s.Interviewers {
			here[i.ID.Person()] = nextup.Seen{Connected: true}
		}
	}
	for v := g.known; v < len(w.states); v++ {
		at := time.Now()
		if v < len(w.durable) {
			at = w.durable[v].At
		}
		if events, err := nextup.Decide(w.states[v], here, at, g.by, g.command); err == nil && len(events) == 0 {
			return true
		}
	}
	return false
}

// views: what anybody was shown is what the stream says at that version.
func (w *town) views(fail func(string, ...any)) {
	for _, x := range w.ledger.shown {
		var v struct{ Version int }
		if err := json.Unmarshal(x.view, &v); err != nil || v.Version >= len(w.states) {
			fail("a view that cannot be: %s %v", x.view, err)
			continue
		}
		s := w.states[v.Version]
		var wrong string
		if x.to.Role == nextup.RoleCandidate {
			wrong = wrongForCandidate(s, nextup.CandidateID(x.to.ID), x)
		} else {
			wrong = wrongForInterviewer(s, nextup.InterviewerID(x.to.ID), x)
		}
		if wrong != "" {
			fail("%s was shown at version %d: %s; the view was %s", x.to.ID, v.Version, wrong, x.view)
		}
		w.compared++
	}
	w.ledger.shown = nil
}

// late is how much older than its arrival a view may be.
const late = 2 * time.Second

// deadline says whether a view's remaining time fits the deadline on the disk.
func deadline(x shown, left int64, at time.Time) string {
	off := x.at.Add(time.Duration(left) * time.Millisecond).Sub(at)
	if off < -50*time.Millisecond || off > late {
		return fmt.Sprintf("a deadline %v off", off)
	}
	return ""
}

func wrongForCandidate(s nextup.Session, id nextup.CandidateID, x shown) string {
	var v nextup.CandidateView
	if err := json.Unmarshal(x.view, &v); err != nil {
		return err.Error()
	}
	c := s.Candidates[id]
	want := map[nextup.Moment]nextup.Status{
		nextup.MomentRegistered: nextup.StatusRegistered, nextup.MomentWaiting: nextup.StatusWaiting,
		nextup.MomentCalled: nextup.StatusCalled, nextup.MomentAdmitted: nextup.StatusTalking,
		nextup.MomentCountdown: nextup.StatusTalking, nextup.MomentTalk: nextup.StatusTalking,
		nextup.MomentAfter: nextup.StatusDone, nextup.MomentNoShow: nextup.StatusNoShow,
	}[v.Moment]
	switch {
	case c.Status != want:
		return fmt.Sprintf("%s, and he is %s", v.Moment, c.Status)
	case v.Offer != c.Offer && c.Status != nextup.StatusDone:
		return fmt.Sprintf("offer %d, and it is %d", v.Offer, c.Offer)
	case v.OnHold != c.OnHold && c.Status == nextup.StatusWaiting:
		return "a wrong hold"
	case v.Interest != c.Interest:
		return fmt.Sprintf("interest %q, and it is %q", v.Interest, c.Interest)
	}
	if before, ok := s.Before(id); ok && before != v.Before {
		return fmt.Sprintf("%d before, and there are %d", v.Before, before)
	}
	if t, ok := s.Talk(c.Offer); ok && v.Moment == nextup.MomentTalk {
		return deadline(x, v.Left, t.EndsAt)
	}
	return ""
}

func wrongForInterviewer(s nextup.Session, id nextup.InterviewerID, x shown) string {
	var v nextup.InterviewerView
	if err := json.Unmarshal(x.view, &v); err != nil {
		return err.Error()
	}
	ids := func(rows []nextup.QueueRow) (list []nextup.CandidateID) {
		for _, r := range rows {
			list = append(list, r.ID)
		}
		return list
	}
	i, _ := s.Interviewer(id)
	switch {
	case !slices.Equal(ids(v.Queue), s.Waiting()):
		return fmt.Sprintf("the queue %v, and it is %v", ids(v.Queue), s.Waiting())
	case v.You.Last != i.Last:
		return fmt.Sprintf("last offer %d, and it is %d", v.You.Last, i.Last)
	case v.You.State == nextup.WorkTalk && v.You.Offer != i.Talk:
		return fmt.Sprintf("talk %d, and it is %d", v.You.Offer, i.Talk)
	case v.You.State == nextup.WorkWriteUp && v.You.Offer != i.WriteUp:
		return fmt.Sprintf("write-up %d, and it is %d", v.You.Offer, i.WriteUp)
	case (v.You.State == nextup.WorkPaused) != (i.Paused && i.Talk == 0 && i.WriteUp == 0 && i.Offer.ID == 0):
		return "a wrong pause"
	}
	if t, ok := s.Talk(i.Talk); ok && v.You.State == nextup.WorkTalk {
		return deadline(x, v.You.Left, t.EndsAt)
	}
	return ""
}

// assessments: every note has its acknowledged revision, or that of one that was
// on its way.
func (w *town) assessments(e evidence, fail func(string, ...any)) {
	type key struct {
		interviewer nextup.InterviewerID
		mark
	}
	is := map[key]nextup.Assessment{}
	for _, a := range e.assessments {
		is[key{a.Interviewer, mark{a.Offer, a.Item}}] = a
	}
	for _, r := range w.every {
		for at, m := range r.marks {
			a := is[key{nextup.InterviewerID(r.who.ID), at}]
			if a.Revision == m.revision && a.Rating == m.rating && a.Note == m.note {
				continue
			}
			onItsWay := slices.ContainsFunc(r.open, func(g *given) bool {
				return g.do == "assess" && g.fields["offer"] == at.offer && g.fields["item"] == at.item &&
					a.Revision == m.revision+1 && a.Note == g.fields["note"] && a.Rating == g.fields["rating"]
			})
			if !onItsWay {
				fail("%s of talk %d: kept is revision %d (%d, %q), acknowledged %d (%d, %q)",
					at.item, at.offer, a.Revision, a.Rating, a.Note, m.revision, m.rating, m.note)
			}
		}
	}
	for _, g := range w.ledger.given {
		if g.do == "assess" && g.done && !g.answer.OK {
			fail("a note was refused: %s", g.answer.Err)
		}
	}
}

// registrations: who was told that he is signed up, is, and nobody is twice.
func (w *town) registrations(e evidence, now nextup.Session, fail func(string, ...any)) {
	by := map[string]int{}
	for _, p := range e.people {
		if p.Role == nextup.RoleCandidate {
			by[p.Email]++
			if _, ok := now.Candidates[nextup.CandidateID(p.ID)]; !ok {
				fail("the row of %s belongs to nobody", p.Name)
			}
		}
	}
	for name, answered := range w.asked {
		n := by[mailOf(name)]
		if n > 1 || n == 0 && answered {
			fail("%s signed up (answered: %v) and is there %d times", name, answered, n)
		}
	}
	if len(now.Registered) != len(by) {
		fail("%d registered, %d rows", len(now.Registered), len(by))
	}
}
