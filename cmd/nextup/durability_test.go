package main

import (
	"errors"
	"os"
	"testing"

	"nextup"
)

// Acknowledged = on disk (D-10, S3-65). The system calls of the real program show
// a whole sync of the database between every command and its acknowledgement. kill
// -9 alone would lose nothing even without it, since the system keeps what was
// written; a power cut would.
func TestDurability(t *testing.T) {
	beside(t, waits)
	trace, ids := tracedSession(t, program(t))
	if err := checkTrace(readTrace(trace), ids); err != nil {
		t.Error(err)
	}
	proved(t, "S3-65, D-10 acknowledged is on the disk")
}

// The same program with synchronous turned off must not pass.
func TestDurabilityIsNoticedMissing(t *testing.T) {
	beside(t, waits)
	open := "../../store/sqlite/open.go"
	trace, ids := tracedSession(t, program(t,
		change{open, `"synchronous(FULL)"`, `"synchronous(OFF)"`},
		change{open, `{"synchronous", "2"}`, `{"synchronous", "0"}`},
	))
	if err := checkTrace(readTrace(trace), ids); !errors.Is(err, errNotSynced) {
		t.Errorf("of a program that never syncs is found: %v", err)
	}
}

// tracedSession plays a short session and gives its trace and the commands that
// had an effect and were acknowledged.
func tracedSession(t *testing.T, path string) (trace string, ids []string) {
	s := newServer(t)
	s.binary = path
	file := s.straced(watched...)
	s.start()
	maria := s.found()
	e := maria.publish(plan{questions: []string{"Why?"}, interviewers: []string{"Johan Ek"}})
	johan, asa := s.visitor(), s.visitor()
	johan.enter(e.interviewers[1])
	asa.signUp(e, "Asa Oberg", "sv")
	jw, err := johan.connect(e.interviewers[1].link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	aw, err := asa.connect(maria.personalLink("Asa Oberg"), newDevice())
	if err != nil {
		t.Fatal(err)
	}
	if err := aw.report(); err != nil {
		t.Fatal(err)
	}
	do := func(w *wire, what string, f fields) {
		t.Helper()
		id := newName()
		if r, err := w.ask(id, what, f); err != nil || !r.OK {
			t.Fatalf("%s: %v %+v", what, err, r)
		}
		ids = append(ids, id)
	}
	do(jw, "enter", nil)
	do(aw, "check_in", nil)
	for range 5 {
		do(aw, "hold", nil)
		do(aw, "resume", nil)
	}
	do(jw, "pause", nil)
	do(jw, "unpause", nil)
	view := jw.interviewerView(t, "somebody ready", func(v nextup.InterviewerView) bool {
		return len(v.Queue) == 1 && v.Queue[0].State == nextup.RowReady
	})
	do(jw, "next", fields{"after": view.You.Last, "endTalk": false})
	c := aw.candidateView(t, "admitted", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAdmitted })
	do(aw, "acknowledge", fields{"offer": c.Offer})
	aw.candidateView(t, "the talk", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentTalk })
	for n := range 5 {
		do(jw, "assess", fields{"offer": c.Offer, "item": "note", "rating": 0, "note": "note " + string(rune('a'+n)), "revision": n})
	}
	do(jw, "extend", fields{"offer": c.Offer, "minutes": 2})
	do(jw, "end", fields{"offer": c.Offer})
	do(aw, "respond", fields{"interest": "yes"})
	do(jw, "submit", fields{"offer": c.Offer})
	// strace writes a line after the answer may have come here.
	if !poll(patience, func() bool {
		b, err := os.ReadFile(file)
		trace = string(b)
		return err != nil || !errors.Is(checkTrace(readTrace(trace), ids), errNotSeen)
	}) {
		t.Log("the trace never shows all")
	}
	s.kill9()
	return trace, ids
}
