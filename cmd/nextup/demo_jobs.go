package main

import (
	"context"
	"fmt"
	"time"

	"nextup"
	"nextup/transport"
)

// The demonstration's job: applicants who are asked to choose a time, one who has, and
// days by video whose times stand in a queue of their own.

// applied are its applicants.
var applied = []struct{ name, email, language string }{
	{"Amina Yusuf", "amina@example.org", "sv"},
	{"Lars Berg", "lars@example.org", "nb"},
	{"Ewa Nowak", "ewa@example.org", "en"},
	{"Oskar Lind", "oskar@example.org", "sv"},
}

// recruitFor makes the job and gives back where its recruiter and an applicant who has
// not answered begin.
func (m *Main) recruitFor(ctx context.Context, organisation nextup.OrganisationID, owner nextup.RecruiterID, now time.Time) (round, applicant string, err error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return "", "", err
	}
	now = now.In(zone)
	job := nextup.Job{
		ID: nextup.JobID(transport.NewID()), Organisation: organisation, Owner: owner, Title: "Truckförare, kvällsskift",
		Text: demoJob, Contact: demoName + ", 040-12 34 56", Zone: zone.String(), Created: now,
	}
	if err := m.Store.SaveJob(ctx, job, 0); err != nil {
		return "", "", err
	}
	people := make([]nextup.Applicant, len(applied))
	ids := make([]nextup.ApplicantID, len(applied))
	for i, a := range applied {
		ids[i] = nextup.ApplicantID(transport.NewID())
		people[i] = nextup.Applicant{ID: ids[i], Job: job.ID, Name: a.name, Email: a.email, Language: a.language, Added: now}
	}
	if _, err := m.Store.AddApplicants(ctx, job.ID, people); err != nil {
		return "", "", err
	}
	r := nextup.Round{ID: nextup.RoundID(transport.NewID()), Job: job.ID, Frame: nextup.DefaultFrame, CutOff: time.Hour, Created: now}
	r.Frame.Length, r.Frame.Pause = 20*time.Minute, 10*time.Minute
	if r, err = m.Store.AddRound(ctx, r); err != nil {
		return "", "", err
	}
	if err := m.Store.EnterRound(ctx, r.ID, ids, now); err != nil {
		return "", "", err
	}
	plan := nextup.Plan{Frame: r.Frame, CutOff: r.CutOff, Days: demoDays(now)}
	if err := m.Store.SavePlan(ctx, r.ID, plan, r.Revision, nil, transport.NewID, now, false); err != nil {
		return "", "", err
	}
	var words []nextup.Message
	for i, id := range ids {
		words = append(words, nextup.Message{
			ID: nextup.MessageID(transport.NewID()), Round: r.ID, Applicant: id, Kind: nextup.MailChoose, Language: applied[i].language, At: now, By: owner,
			Subject: demoInvitation[applied[i].language].subject, Body: fmt.Sprintf(demoInvitation[applied[i].language].body, applied[i].name),
		})
	}
	if err := m.Store.Send(ctx, words); err != nil {
		return "", "", err
	}
	b, err := m.Store.Board(ctx, job.ID)
	if err != nil {
		return "", "", err
	}
	slots := b.Rounds[0].Slots
	_, err = m.Store.Book(ctx, nextup.Claim{
		Round: r.ID, Applicant: ids[0], Slot: slots[len(slots)-2].ID, By: nextup.RoleCandidate, At: now, Notify: true,
	})
	return m.Settings.base.JoinPath("jobs", string(job.ID), "rounds", string(r.ID)).String(), m.Links.Applicant(ids[1]), err
}

// demoDays are times tomorrow and, while the day is young enough, today.
func demoDays(now time.Time) []nextup.DayPlan {
	day := func(from time.Time, n int) nextup.DayPlan {
		d := nextup.DayPlan{Date: from.Format(time.DateOnly), Place: nextup.Place{Video: true}}
		for i := range n {
			d.Starts = append(d.Starts, from.Add(time.Duration(i)*30*time.Minute))
		}
		return d
	}
	soon := now.Truncate(30 * time.Minute).Add(2 * time.Hour)
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 9, 0, 0, 0, now.Location())
	days := []nextup.DayPlan{day(tomorrow, 4)}
	if soon.Day() == now.Day() && soon.Hour() < 22 {
		days = append([]nextup.DayPlan{day(soon, 3)}, days...)
	}
	return days
}

var demoInvitation = map[string]struct{ subject, body string }{
	"sv": {"Välkommen på intervju", "Hej %s!\n\nVi vill gärna träffa dig. Välj den tid som passar dig bäst."},
	"nb": {"Velkommen til intervju", "Hei %s!\n\nVi vil gjerne møte deg. Velg tiden som passer deg best."},
	"en": {"Welcome to an interview", "Hello %s,\n\nwe would like to meet you. Please choose the time that suits you best."},
}
