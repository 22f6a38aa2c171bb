package main

import (
	"testing"
	"time"

	"nextup"
	"nextup/transport"
)

// hiring is a job with its round, made without forms. The recruiter of seed owns it.
type hiring struct {
	t     testing.TB
	m     *Main
	job   nextup.JobID
	round nextup.RoundID
	who   []nextup.ApplicantID
	slots []nextup.Slot
	path  string // of the round's page
	first time.Time
}

// hire makes a job with these applicants; their names and languages in turn. A round
// with all of them has two times by video in a week and two in a room the day after,
// unless bare.
func (m *Main) hire(t testing.TB, bare bool, people ...string) *hiring {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	h := &hiring{t: t, m: m, job: nextup.JobID(transport.NewID()), first: time.Date(now.Year(), now.Month(), now.Day()+7, 0, 0, 0, 0, zone)}
	h.ok(m.Store.SaveJob(t.Context(), nextup.Job{
		ID: h.job, Organisation: "seeded-organisation", Owner: "seeded-recruiter", Title: "Lagerarbetare, Malmö",
		Text: "Truckkort **A**.", Contact: "Maria Lindqvist, 040-12 34 56", Zone: zone.String(), Created: now,
	}, 0))
	var list []nextup.Applicant
	for i := 0; i+1 < len(people); i += 2 {
		id := nextup.ApplicantID(transport.NewID())
		h.who = append(h.who, id)
		list = append(list, nextup.Applicant{ID: id, Job: h.job, Name: people[i], Email: mailOf(people[i]), Language: people[i+1], Added: now})
	}
	_, err = m.Store.AddApplicants(t.Context(), h.job, list)
	h.ok(err)
	r, err := m.Store.AddRound(t.Context(), nextup.Round{
		ID: nextup.RoundID(transport.NewID()), Job: h.job, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: now,
	})
	h.ok(err)
	h.round, h.path = r.ID, "/jobs/"+string(h.job)+"/rounds/"+string(r.ID)
	if bare {
		return h
	}
	h.ok(m.Store.EnterRound(t.Context(), r.ID, h.who, now))
	at := func(day, hour int) time.Time { return h.first.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour) }
	h.ok(m.Store.SavePlan(t.Context(), r.ID, nextup.Plan{Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Days: []nextup.DayPlan{
		{Date: at(0, 0).Format(time.DateOnly), Place: nextup.Place{Video: true}, Starts: []time.Time{at(0, 9), at(0, 10)}},
		{Date: at(1, 0).Format(time.DateOnly), Place: nextup.Place{Address: "Storgatan 12, Malmö"}, Starts: []time.Time{at(1, 9), at(1, 10)}},
	}}, r.Revision, nil, transport.NewID, now, false))
	h.slots = h.board().Slots
	return h
}

func (h *hiring) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// board is the round as it is kept now.
func (h *hiring) board() nextup.RoundBoard {
	h.t.Helper()
	b, err := h.m.Store.Board(h.t.Context(), h.job)
	h.ok(err)
	rb, ok := b.Round(h.round)
	if !ok {
		h.t.Fatal("the round is gone")
	}
	return rb
}

// entry is where an applicant stands.
func (h *hiring) entry(n int) nextup.Entry {
	h.t.Helper()
	e, _ := h.board().Entry(h.who[n])
	return e
}

// invite sends the message to these applicants.
func (h *hiring) invite(numbers ...int) {
	h.t.Helper()
	var list []nextup.Message
	for _, n := range numbers {
		list = append(list, nextup.Message{
			ID: nextup.MessageID(transport.NewID()), Round: h.round, Applicant: h.who[n], Kind: nextup.MailChoose, Subject: "Välkommen på intervju",
			Body: "Välj den tid som passar dig bäst.", Language: "sv", At: time.Now(), By: "seeded-recruiter",
		})
	}
	h.ok(h.m.Store.Send(h.t.Context(), list))
}

// book gives an applicant a time, as he would himself.
func (h *hiring) book(n, slot int) {
	h.t.Helper()
	_, err := h.m.Store.Book(h.t.Context(), nextup.Claim{
		Round: h.round, Applicant: h.who[n], Slot: h.slots[slot].ID, From: h.entry(n).Booking.Slot, By: nextup.RoleCandidate, At: time.Now(), Notify: true,
	})
	h.ok(err)
}

// link is an applicant's personal link.
func (h *hiring) link(n int) string { return h.m.Links.Applicant(h.who[n]) }
