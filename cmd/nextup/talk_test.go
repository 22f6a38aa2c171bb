package main

import (
	"testing"
)

// duo is one interviewer and one candidate in a lobby, ready to meet.
type duo struct {
	event         event
	iv, c         *tab
	interviewer   *person
	candidate     *person
	recruiter     *visitor
	personalLink  string
	interviewLink invited
}

// pair sets a session up without browsers, and brings two people into it with them.
// before runs in both tabs' pages before anything of ours does.
func pair(t *testing.T, s *server, p plan, of, ofCandidate browser, interviewer, candidate *person, before string) duo {
	t.Helper()
	maria := s.found()
	e := maria.publish(p)
	d := duo{event: e, interviewer: interviewer, candidate: candidate, recruiter: maria, interviewLink: e.interviewers[0]}
	s.visitor().signUp(e, candidate.name, "en")
	d.personalLink = maria.personalLink(candidate.name)
	d.c, d.iv = show(t, ofCandidate, candidate), show(t, of, interviewer)
	for _, b := range []*tab{d.c, d.iv} {
		if before != "" {
			b.Preload(before)
		}
	}
	d.c.Open(d.personalLink)
	d.c.ChecksIn()
	d.iv.Enters(d.interviewLink)
	return d
}

// Meet presses Next and waits until the two see and hear each other.
func (d duo) Meet(t *testing.T) {
	t.Helper()
	d.c.Reads("lobby.ready")
	d.iv.Click(`[data-act=next]`)
	if got := d.iv.InTalk(); got != d.candidate.name {
		t.Fatalf("the talk is with %s", got)
	}
	meet(t, d.iv, d.interviewer, d.c, d.candidate)
}

// A talk between the two browsers, each way round.
func TestTalkAcrossBrowsers(t *testing.T) {
	c, f := chromium(t), firefox(t)
	t.Run("interviewer in Firefox", func(t *testing.T) {
		pair(t, startServer(t), plan{}, f, c,
			&person{name: "Maria", camera: &violet, tone: firefoxTone}, &person{name: "Ali Hassan", camera: &blue, tone: 800}, "").Meet(t)
	})
	t.Run("candidate in Firefox", func(t *testing.T) {
		pair(t, startServer(t), plan{}, c, f,
			&person{name: "Maria", camera: &violet, tone: 1200}, &person{name: "Ali Hassan", camera: &blue, tone: firefoxTone}, "").Meet(t)
	})
}
