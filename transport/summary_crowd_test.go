package transport

import (
	"context"
	"fmt"
	"time"

	"nextup"
)

// nordic are names as they are in the north, and one that is long.
var nordic = []string{
	"Åsa Öberg", "Bjørn Æthelsen", "Øystein Ågård", "Elif Yılmaz", "Łukasz Dvořák", "Maximiliana Konstantinopolitanska-Andersson",
	"Kari Hansen", "Ali Hassan", "Tor Vik", "Jane Okafor", "Petra Nowak", "Mia Dahl",
}

// crowd makes the session one that is over: so many talks in a row among its two
// interviewers, the fourth of them with both, the fifth handed over, the third too
// long, one taken out of turn; then one more who was not reached, and one who never
// came. Everything is marked.
func (d *desks) crowd(talks int) {
	d.t.Helper()
	ctx := context.Background()
	d.mu.Lock()
	s := d.sessions["SESSION1"]
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s.state.Settings.Start, s.state.Settings.Length = start, 4*time.Hour
	add := func(i int, status nextup.Status) nextup.CandidateID {
		id := nextup.CandidateID(fmt.Sprintf("CROWD%03d", i))
		name := nordic[i%len(nordic)]
		if i >= len(nordic) {
			name += fmt.Sprintf(" %d", i)
		}
		s.people[id.Person()] = nextup.Person{ID: id.Person(), Role: nextup.RoleCandidate, Name: name, Email: fmt.Sprintf("c%d@example.test", i), Language: "sv"}
		s.state.Candidates[id] = nextup.Candidate{
			ID: id, Status: status, Registered: start.Add(-time.Hour), CheckedIn: start.Add(time.Duration(i-5) * time.Minute),
			Interest: []nextup.Interest{nextup.InterestYes, nextup.InterestNo, nextup.InterestSkip, ""}[i%4],
		}
		s.state.Registered = append(s.state.Registered, id)
		return id
	}
	who := []nextup.InterviewerID{d.first, d.second}
	free := []time.Time{start, start.Add(3 * time.Minute)}
	var marks []nextup.Assessment
	mark := func(o nextup.OfferID, i nextup.InterviewerID, item string, rating int, note string) {
		marks = append(marks, nextup.Assessment{Session: "SESSION1", Offer: o, Interviewer: i, Item: item, Rating: rating, Note: note})
	}
	for n := range talks {
		id := add(n, nextup.StatusDone)
		offer, lead := nextup.OfferID(n+1), n%2
		begun := free[lead]
		if at := s.state.Candidates[id].CheckedIn; begun.Before(at) {
			begun = at
		}
		t := nextup.Talk{
			Offer: offer, Candidate: id, Interviewer: who[lead], CheckedIn: s.state.Candidates[id].CheckedIn, Started: begun,
			EndsAt: begun.Add(10 * time.Minute), Ended: begun.Add(9 * time.Minute), EndedBy: nextup.RoleInterviewer,
		}
		in := who[lead : lead+1]
		switch n {
		case 2:
			t.Ended = t.EndsAt.Add(4 * time.Minute)
		case 3:
			t.Panel, t.Written = []nextup.InterviewerID{who[1-lead]}, []nextup.InterviewerID{who[1-lead]}
			in = []nextup.InterviewerID{who[lead], who[1-lead]}
			free[1-lead] = t.Ended
		case 5:
			s.texts["REASON5"] = "Känner henne från praktiken: =1+1"
			s.state.Deviations = append(s.state.Deviations, nextup.Deviation{
				At: begun.Add(-5 * time.Second), By: nextup.Actor{Role: nextup.RoleInterviewer, ID: string(who[lead])},
				Kind: nextup.DeviationTake, Candidate: id, Reason: nextup.Reason{Preset: nextup.PresetOther, Text: "REASON5"},
			})
		}
		t.WrittenUp = t.Ended.Add(2 * time.Minute)
		free[lead] = t.WrittenUp
		s.state.Talks = append(s.state.Talks, t)
		if n == 4 { // handed over: goes on with the colleague
			s.state.Talks[n].HandedOver = who[1-lead]
			s.state.Deviations = append(s.state.Deviations, nextup.Deviation{
				At: t.Ended, By: nextup.Actor{Role: nextup.RoleInterviewer, ID: string(who[lead])}, Kind: nextup.DeviationHandOver, Candidate: id,
			})
		}
		for k, i := range in {
			mark(offer, i, "overall", 1+(n+k)%3, "")
			mark(offer, i, "t:t1", 1+(n+2*k)%5, "")
			mark(offer, i, "q:q1", 1+(n+k)%5, "Svarade lugnt om jobbet på Østlandet och i Åmål.")
			if n%3 == 0 {
				mark(offer, i, "q:q2", nextup.NotAsked, "")
			} else {
				mark(offer, i, "q:q2", 3, "")
			}
			mark(offer, i, "note", 0, fmt.Sprintf("Åh, ÄÖØÆ ærlig. Lugn och tydlig, %s.\nKan börja i mars.", nordic[n%len(nordic)]))
		}
		if n == 4 {
			back := t
			back.Offer, back.Interviewer, back.HandedOver = nextup.OfferID(900), who[1-lead], ""
			back.Started = free[1-lead].Add(10 * time.Minute)
			back.EndsAt, back.Ended, back.WrittenUp = back.Started.Add(10*time.Minute), back.Started.Add(8*time.Minute), back.Started.Add(9*time.Minute)
			defer func() {
				d.mu.Lock()
				s.state.Talks = append(s.state.Talks, back)
				d.mu.Unlock()
			}()
			mark(900, back.Interviewer, "overall", 3, "")
		}
		if n == 0 {
			mark(offer, in[0], "q:gone", 5, "Frågan togs bort.")
			s.texts["gone"] = "Har du körkort?"
			s.texts[nextup.CommentText(id)] = "Det lät som ett bra jobb, men långt bort."
		}
	}
	add(talks, nextup.StatusNotReached)
	add(talks+1, nextup.StatusRegistered)
	s.state.Phase, s.state.ClosedAt = nextup.PhaseClosed, free[0].Add(30*time.Minute)
	s.state.Version += 100
	d.mu.Unlock()
	for _, a := range marks {
		if _, err := d.SaveAssessment(ctx, a); err != nil {
			d.t.Fatal(err)
		}
	}
}
