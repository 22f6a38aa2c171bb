package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport"
)

// TestLettersToApplicants: the program as it is served sends what the database has
// written to applicants, and the links in it lead where they say.
func TestLettersToApplicants(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole program")
	}
	beside(t, waits)
	h := newHouse(t)
	h.found()
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	maria, there, err := h.main.Store.RecruiterByEmail(ctx, recruiterMail)
	if err != nil || !there {
		t.Fatalf("%v, %v", there, err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	ok(err)
	now := time.Now().In(zone)
	start := time.Date(now.Year(), now.Month(), now.Day()+10, 9, 0, 0, 0, zone)
	job := nextup.Job{ID: nextup.JobID(transport.NewID()), Organisation: maria.Organisation, Owner: maria.ID, Title: "Truckförare", Zone: zone.String(), Created: now}
	ok(h.main.Store.SaveJob(ctx, job, 0))
	amina := nextup.Applicant{ID: nextup.ApplicantID(transport.NewID()), Job: job.ID, Name: "Amina Yusuf", Email: "amina@example.org", Language: "sv", Added: now}
	_, err = h.main.Store.AddApplicants(ctx, job.ID, []nextup.Applicant{amina})
	ok(err)
	round, err := h.main.Store.AddRound(ctx, nextup.Round{
		ID: nextup.RoundID(transport.NewID()), Job: job.ID, Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Created: now,
	})
	ok(err)
	ok(h.main.Store.EnterRound(ctx, round.ID, []nextup.ApplicantID{amina.ID}, now))
	plan := nextup.Plan{Frame: nextup.DefaultFrame, CutOff: nextup.DefaultCutOff, Days: []nextup.DayPlan{
		{Date: start.Format(time.DateOnly), Place: nextup.Place{Address: "Storgatan 1"}, Starts: []time.Time{start}},
	}}
	ok(h.main.Store.SavePlan(ctx, round.ID, plan, 1, nil, transport.NewID, now, true))
	ok(h.main.Store.Send(ctx, []nextup.Message{{
		ID: nextup.MessageID(transport.NewID()), Round: round.ID, Applicant: amina.ID, Kind: nextup.MailChoose,
		Subject: "Welcome", Body: "Hej Amina Yusuf!", Language: "sv", At: now, By: maria.ID,
	}}))
	asked := h.letter(amina.Email, 1)
	if asked.subject != "Welcome" || !strings.Contains(asked.text, "Hej Amina Yusuf!") {
		t.Errorf("S0-15: %q\n%s", asked.subject, asked.text)
	}
	page := h.link(asked, "/p/")
	file := page + "/" + string(round.ID) + "/calendar.ics"
	if g := h.visitor().get(file); g.status != http.StatusNotFound {
		t.Errorf("a calendar file before there is a time: %d", g.status)
	}
	board, err := h.main.Store.BoardOf(ctx, amina.ID)
	ok(err)
	_, err = h.main.Store.Book(ctx, nextup.Claim{Round: round.ID, Applicant: amina.ID, Slot: board.Rounds[0].Slots[0].ID, By: nextup.RoleCandidate, At: time.Now()})
	ok(err)
	booked := h.letter(amina.Email, 2)
	for _, want := range []string{"Storgatan 1", "09:00 till 09:45", page, "text/calendar", "method=REQUEST"} {
		if !strings.Contains(booked.text, want) {
			t.Errorf("S0-17: %q is not in the confirmation:\n%s", want, booked.text)
		}
	}
	if g := h.visitor().get(file); g.status != http.StatusOK || !strings.Contains(string(g.body), "METHOD:PUBLISH") {
		t.Errorf("S0-17: the calendar file: %d", g.status)
	}
	if log := h.log.String(); strings.Contains(log, "Amina") || strings.Contains(log, amina.Email) {
		t.Error("an applicant is named in the log")
	}
}
