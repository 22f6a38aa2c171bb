package main

import (
	"strings"
	"testing"

	"nextup"
)

// A whole quick interview over the real wire, without a browser: set up, created,
// published, signed up for, held, written up and read in the summary. S3-02, 03,
// 25, 31, 32, 34, 36, 37, 40, 43, 48, 50, 51.
func TestSessionOverTheWire(t *testing.T) {
	beside(t, waits)
	s := startServer(t)
	maria := s.found()
	e := maria.publish(plan{
		title: "Truckförare", questions: []string{"Why here?", "Night shifts?"}, traits: []string{"Careful"},
		interviewers: []string{"Johan Ek"},
	})
	johan := s.visitor()
	johan.enter(e.interviewers[1])
	jw, err := johan.connect(e.interviewers[1].link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	jw.do(t, "enter", nil)

	names := []string{"Åsa Öberg", "Ola Nordmann", "Ali Hassan"}
	wires := map[string]*wire{}
	for _, name := range names {
		v := s.visitor()
		v.signUp(e, name, "sv")
		link := maria.personalLink(name)
		for range 3 { // S3-34: mail scanners open links
			if p := v.get(link); p.status != 200 {
				t.Fatalf("the personal page answers %d", p.status)
			}
		}
		w, err := v.connect(link, newDevice())
		if err != nil {
			t.Fatal(err)
		}
		w.candidateView(t, "registered", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentRegistered })
		if err := w.report(); err != nil {
			t.Fatal(err)
		}
		w.do(t, "check_in", nil)
		wires[name] = w
	}
	wires[names[2]].candidateView(t, "two before", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentWaiting && v.Before == 2 })

	view := jw.interviewerView(t, "three waiting", func(v nextup.InterviewerView) bool {
		return len(v.Queue) == 3 && v.Queue[0].State == nextup.RowReady && v.You.State == nextup.WorkFree
	})
	jw.do(t, "take", fields{"after": view.You.Last, "endTalk": false, "candidate": view.Queue[2].ID, "preset": "language", "words": ""})
	ali := wires[names[2]]
	seen := ali.candidateView(t, "admitted", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAdmitted })
	ali.do(t, "acknowledge", fields{"offer": seen.Offer})
	talk := ali.candidateView(t, "the talk", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentTalk })
	if talk.With != "Johan Ek" || talk.Left < 9*60_000 || talk.Left > 10*60_000 {
		t.Errorf("the talk is with %q and has %d ms left", talk.With, talk.Left)
	}
	r := jw.do(t, "assess", fields{"offer": talk.Offer, "item": "note", "rating": 0, "note": "kind and quick", "revision": 0})
	if r.Revision != 1 {
		t.Errorf("the first note has revision %d", r.Revision)
	}
	jw.do(t, "end", fields{"offer": talk.Offer})
	ali.candidateView(t, "after", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAfter })
	ali.do(t, "respond", fields{"interest": "yes"})
	jw.do(t, "submit", fields{"offer": talk.Offer})

	summary := func(while string, want, not []string) {
		text := maria.get(e.path + "/summary").text()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s the summary does not hold %q:\n%s", while, w, text)
			}
		}
		for _, w := range not {
			if strings.Contains(text, w) {
				t.Errorf("%s the summary holds %q already:\n%s", while, w, text)
			}
		}
	}
	summary("while the session runs", []string{"Ali Hassan", "Johan Ek"}, []string{"kind and quick"})
	if p := maria.get(e.path).form("/close").send(""); p.status != 200 {
		t.Fatalf("closing answers %d: %s", p.status, p.text())
	}
	summary("when all talks are done", []string{"Ali Hassan", "Johan Ek", "kind and quick", "Åsa Öberg", "Ola Nordmann"}, nil)
	for _, name := range names[:2] {
		wires[name].candidateView(t, "not reached", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentNotReached })
	}
	s.stop()
	proved(t, "S3-02, S3-03, S3-31, S3-32, S3-34, S3-36, S3-37, S3-40, S3-43, S3-48, S3-50 over the wire")
}
