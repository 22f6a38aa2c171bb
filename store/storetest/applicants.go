package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// jobs holds what jobs, applicants and rounds are made of.
func jobs(t *testing.T, open Opener) {
	x := recruits(t, open, 0)
	full := nextup.Job{
		ID: "full", Organisation: "o", Owner: "r", Title: "Ö'); DROP TABLE jobs; --", Text: "**x**", Contact: "040", Zone: "Europe/Oslo",
		Created: began.Add(time.Hour), Closed: began.Add(2 * time.Hour),
	}
	must(t, x.SaveJob(x.ctx(), full, 0))
	full.Revision = 1
	if b, err := x.Board(x.ctx(), "full"); err != nil || !reflect.DeepEqual(b.Job, full) || len(b.Rounds)+len(b.Applicants) != 0 {
		t.Errorf("kept %+v, %v, want %+v", b, err, full)
	}
	want(t, x.SaveJob(x.ctx(), full, 0), nextup.Refuse(nextup.CodeStale))
	full.Title = "New"
	must(t, x.SaveJob(x.ctx(), full, 1))
	want(t, x.SaveJob(x.ctx(), full, 1), nextup.Refuse(nextup.CodeStale))
	_, err := x.Board(x.ctx(), "none")
	want(t, err, nextup.Refuse(nextup.CodeUnknown))
	_, err = x.BoardOf(x.ctx(), "nobody")
	want(t, err, nextup.Refuse(nextup.CodeUnknown))
	want(t, x.CloseJob(x.ctx(), "none", began), nextup.Refuse(nextup.CodeUnknown))
	want(t, x.CloseRound(x.ctx(), "none", began), nextup.Refuse(nextup.CodeUnknown))
	want(t, x.RenameRound(x.ctx(), "none", "n"), nextup.Refuse(nextup.CodeUnknown))
	_, err = x.AddRound(x.ctx(), nextup.Round{ID: "r0", Job: "none", Created: began})
	want(t, err, nextup.Refuse(nextup.CodeUnknown))
	_, err = x.AddApplicants(x.ctx(), "none", []nextup.Applicant{{ID: "z"}})
	want(t, err, nextup.Refuse(nextup.CodeUnknown))

	t.Run("S0-24 rounds are numbered, and everything of a job is found from it", func(t *testing.T) {
		together(8, func(i int) {
			if _, err := x.AddRound(x.ctx(), nextup.Round{ID: nextup.RoundID(fmt.Sprint("r", i)), Job: "full", Name: "N", Frame: nextup.DefaultFrame, CutOff: time.Hour, Created: began}); err != nil {
				t.Error(err)
			}
		})
		b, err := x.Board(x.ctx(), "full")
		must(t, err)
		for i, r := range b.Rounds {
			if r.Round.Number != i+1 || r.Round.Revision != 1 || r.Round.Frame != nextup.DefaultFrame || r.Round.CutOff != time.Hour || r.Round.Name != "N" {
				t.Errorf("round %d is %+v", i, r.Round)
			}
		}
		if len(b.Rounds) != 8 {
			t.Errorf("%d rounds", len(b.Rounds))
		}
	})
	t.Run("a round's ID is not another job's as well", func(t *testing.T) {
		_, err := x.AddRound(x.ctx(), nextup.Round{ID: "r0", Job: job, Created: began})
		want(t, err, nextup.Refuse(nextup.CodeStale))
	})
	t.Run("the list", func(t *testing.T) {
		x.job("mine", 4)
		x.round("mine", "mine1")
		x.ask("mine1", "a0", "a1", "a2")
		p := planned(1, on(monday, 9, 10))
		must(t, x.SavePlan(x.ctx(), "mine1", p, 1, nil, x.newID, began, true))
		b, err := x.BoardOf(x.ctx(), "a0")
		must(t, err)
		_, err = x.Book(x.ctx(), nextup.Claim{Round: "mine1", Applicant: "a0", Slot: b.Rounds[0].Slots[1].ID, By: nextup.RoleCandidate, At: began})
		must(t, err)
		must(t, x.NoneFits(x.ctx(), "mine1", "a1", began))
		must(t, x.RemoveApplicants(x.ctx(), "mine", []nextup.ApplicantID{"a3"}, began, true))
		must(t, x.SaveJob(x.ctx(), nextup.Job{ID: "theirs", Organisation: "o", Owner: "other", Title: "T", Created: began}, 0))
		lines, err := x.JobsOf(x.ctx(), "o", "r")
		must(t, err)
		if len(lines) != 3 || lines[0].ID != "full" || lines[0].Rounds != 8 {
			t.Fatalf("lines %+v", lines)
		}
		i := slices.IndexFunc(lines, func(l store.JobLine) bool { return l.ID == "mine" })
		if l := lines[i]; l.Applicants != 3 || l.Rounds != 1 || l.Booked != 1 || l.Waiting != 1 || !l.Next.Equal(at(monday, 10)) {
			t.Errorf("the line is %+v", l)
		}
	})
	t.Run("jobs change hands", func(t *testing.T) {
		must(t, x.TransferJobs(x.ctx(), "o", "r", "heir"))
		if own, err := x.JobsOwned(x.ctx(), "o", "r"); err != nil || own != nil {
			t.Errorf("still his: %v, %v", own, err)
		}
		if own, err := x.JobsOwned(x.ctx(), "o", "heir"); err != nil || len(own) != 3 {
			t.Errorf("the heir has %v, %v", own, err)
		}
		if own, err := x.JobsOwned(x.ctx(), "o", "other"); err != nil || len(own) != 1 {
			t.Errorf("the other one has %v, %v", own, err)
		}
	})
}

// applicants holds who is whom.
func applicants(t *testing.T, open Opener) {
	x := recruits(t, open, 2)
	slots := x.slots(1, on(monday, 9, 10), on(tuesday, 9))

	t.Run("S0-24 an address that is there is merged, in whatever spelling", func(t *testing.T) {
		merged, err := x.AddApplicants(x.ctx(), job, []nextup.Applicant{
			{ID: "b0", Name: "Bo", Email: "bo@example.org", Added: began},
			{ID: "b1", Name: "Other", Email: " A0@Example.org", Phone: "1", Added: began},
			{ID: "b2", Name: "Bo again", Email: "BO@example.org", Phone: "2", Language: "nb", Added: began},
			{ID: "b3", Name: "No address", Added: began},
			{ID: "b4", Name: "None either", Added: began},
		})
		must(t, err)
		if !reflect.DeepEqual(merged, map[int]nextup.ApplicantID{1: "a0", 2: "b0"}) {
			t.Errorf("merged %v", merged)
		}
		b := x.board()
		if len(b.Applicants) != 5 {
			t.Errorf("%d applicants", len(b.Applicants))
		}
		if a, _ := b.Applicant("a0"); a.Name != "Name a0" || a.Phone != "1" || a.Email != "a0@example.org" || a.Language != "sv" {
			t.Errorf("merged to %+v", a)
		}
		if a, _ := b.Applicant("b0"); a.Name != "Bo" || a.Phone != "2" || a.Language != "nb" {
			t.Errorf("merged to %+v", a)
		}
	})
	t.Run("all or none", func(t *testing.T) {
		_, err := x.AddApplicants(x.ctx(), job, []nextup.Applicant{{ID: "c0", Name: "New", Email: "new@example.org"}, {ID: "a0", Name: "An ID twice", Email: "twice@example.org"}})
		if err == nil {
			t.Fatal("an ID was taken twice")
		}
		if _, there := x.board().Applicant("c0"); there {
			t.Error("the first one was added")
		}
	})
	t.Run("corrections", func(t *testing.T) {
		a := nextup.Applicant{ID: "a1", Name: "Ny", Email: "A0@example.org", Phone: "3", Language: "en"}
		want(t, x.CorrectApplicant(x.ctx(), a), nextup.Refuse(nextup.CodeTaken))
		a.Email = "ny@example.org"
		must(t, x.CorrectApplicant(x.ctx(), a))
		if got, _ := x.board().Applicant("a1"); got.Name != "Ny" || got.Email != "ny@example.org" || got.Phone != "3" || got.Language != "en" {
			t.Errorf("corrected to %+v", got)
		}
		a.ID = "nobody"
		want(t, x.CorrectApplicant(x.ctx(), a), nextup.Refuse(nextup.CodeUnknown))
	})
	t.Run("S0-23 who is removed loses the time he has, and is told", func(t *testing.T) {
		x.books("a0", slots[0])
		must(t, x.RemoveApplicants(x.ctx(), job, []nextup.ApplicantID{"a0"}, began, true))
		must(t, x.RemoveApplicants(x.ctx(), job, []nextup.ApplicantID{"a0"}, began.Add(time.Hour), true))
		x.wrote(0, "booked a0", "unbooked a0")
		if a, _ := x.board().Applicant("a0"); !a.Removed.Equal(began) {
			t.Errorf("he is %+v", a)
		}
		want(t, x.RemoveApplicants(x.ctx(), "mine", []nextup.ApplicantID{"a0"}, began, true), nextup.Refuse(nextup.CodeUnknown))
		x.books("a1", slots[0])
		if _, err := x.AddApplicants(x.ctx(), job, []nextup.Applicant{{ID: "d", Email: "a0@example.org"}}); err != nil {
			t.Fatal(err)
		}
		if a, _ := x.board().Applicant("a0"); !a.Removed.IsZero() {
			t.Error("added anew, he is removed still")
		}
		x.books("a0", slots[1])
	})
	t.Run("who leaves a round keeps what his calendar needs", func(t *testing.T) {
		n, b := len(x.letters()), x.booking("a0")
		must(t, x.LeaveRound(x.ctx(), round, []nextup.ApplicantID{"a0", "nobody"}, nextup.RoleRecruiter, began, true))
		x.wrote(n, "unbooked a0")
		if _, in := x.rb().Entry("a0"); in || x.booking("a0").UID != b.UID || x.booking("a0").Sequence != b.Sequence+1 {
			t.Errorf("in it %v, entry %+v", in, x.booking("a0"))
		}
		x.ask(round, "a0")
		if e, in := x.rb().Entry("a0"); !in || e.Invited.IsZero() || e.Booking.UID != b.UID {
			t.Errorf("back as %+v", e)
		}
		want(t, x.EnterRound(x.ctx(), round, []nextup.ApplicantID{"nobody"}, began), nextup.Refuse(nextup.CodeNotOffered))
		x.books("a0", slots[2])
		must(t, x.LeaveRound(x.ctx(), round, []nextup.ApplicantID{"a0"}, nextup.RoleRecruiter, at(tuesday, 12), true)) // he has been interviewed
		if e, in := x.rb().Entry("a0"); !in || e.Booking.Slot != slots[2] {
			t.Errorf("who was interviewed is %+v, %v", e, in)
		}
		must(t, x.RemoveApplicants(x.ctx(), job, []nextup.ApplicantID{"a0"}, at(tuesday, 12), true))
		x.wrote(n+1, "booked a0")
	})
}

// messages holds what is sent to whom.
func messages(t *testing.T, open Opener) {
	x := recruits(t, open, 3)
	must(t, x.LeaveRound(x.ctx(), round, []nextup.ApplicantID{"a2"}, nextup.RoleRecruiter, began, true))
	m := nextup.Message{ID: "m1", Round: round, Applicant: "a0", Kind: nextup.MailChooseAgain, Subject: "Ämne", Body: "En\n\nTvå", Language: "nb", At: began.Add(time.Hour), By: "r"}
	must(t, x.NoneFits(x.ctx(), round, "a0", began))
	must(t, x.Opened(x.ctx(), "a0", began.Add(time.Minute)))
	must(t, x.Send(x.ctx(), []nextup.Message{m}))
	b := x.board()
	if len(b.Messages) != 4 || b.Messages[0] != m {
		t.Errorf("messages %+v", b.Messages)
	}
	e, _ := b.Rounds[0].Entry("a0")
	if !e.Reminded.Equal(m.At) || !e.Invited.Equal(began) || !e.NoneFits.IsZero() || !e.Opened.Equal(began) {
		t.Errorf("the entry is %+v", e)
	}
	posted, err := x.RoundPosted(x.ctx(), job)
	must(t, err)
	if p := posted[0]; p.Kind != nextup.MailChooseAgain || p.Message != "m1" || p.Round != round || p.Person != "a0" || p.State != "pending" || !p.Created.Equal(m.At) {
		t.Errorf("the letter is %+v", p)
	}
	t.Run("all or none", func(t *testing.T) {
		ok, gone := m, m
		ok.ID, gone.ID, gone.Applicant = "m2", "m3", "a2"
		want(t, x.Send(x.ctx(), []nextup.Message{ok, gone}), nextup.Refuse(nextup.CodeNotOffered))
		if n := len(x.board().Messages); n != 4 {
			t.Errorf("%d messages", n)
		}
	})
	t.Run("again, three a day", func(t *testing.T) {
		now := began.Add(2 * time.Hour)
		must(t, x.Repeat(x.ctx(), round, "a0", now))
		must(t, x.Repeat(x.ctx(), round, "a0", now))
		want(t, x.Repeat(x.ctx(), round, "a0", now), nextup.Refuse(nextup.CodeTooMany))
		must(t, x.Repeat(x.ctx(), round, "a0", now.Add(25*time.Hour)))
		x.wrote(0, "choose_again a0", "choose_again a0", "choose_again a0", "choose_again a0")
		slot := x.slots(1, on(monday, 9))[0]
		x.books("a0", slot)
		must(t, x.Repeat(x.ctx(), round, "a0", now))
		x.wrote(4, "booked a0", "booked a0")
		want(t, x.Repeat(x.ctx(), round, "a2", now), nextup.Refuse(nextup.CodeNotOffered))
	})
	t.Run("delivery", func(t *testing.T) {
		pending, err := x.PendingRoundMail(x.ctx(), began.Add(48*time.Hour), 2)
		must(t, err)
		if len(pending) != 2 || pending[0].ID >= pending[1].ID || pending[0].MessageID == pending[1].MessageID {
			t.Fatalf("pending %+v", pending)
		}
		id, later := pending[0].ID, began.Add(72*time.Hour)
		must(t, x.RoundMailFailed(x.ctx(), id, "busy", later, false))
		if next, err := x.PendingRoundMail(x.ctx(), later.Add(-1), 1); err != nil || next[0].ID == id {
			t.Errorf("tried too early: %+v, %v", next, err)
		}
		must(t, x.RoundMailSent(x.ctx(), id, later))
		must(t, x.RoundMailFailed(x.ctx(), id, "late answer", later, true))
		must(t, x.RoundMailFailed(x.ctx(), pending[1].ID, "no such mailbox", later, true))
		posted, err := x.RoundPosted(x.ctx(), job)
		must(t, err)
		for _, p := range posted {
			if p.ID == id && (p.State != "sent" || p.Attempts != 2 || p.Cause != "" || !p.Done.Equal(later)) {
				t.Errorf("sent %+v", p)
			}
			if p.ID == pending[1].ID && (p.State != "failed" || p.Cause != "no such mailbox") {
				t.Errorf("failed %+v", p)
			}
		}
		must(t, x.RoundMailSent(x.ctx(), 999, later)) // gone with its applicant
	})
}

// applicantErased holds that nobody can tell any more who it was.
func applicantErased(t *testing.T, open Opener) {
	x := recruits(t, open, 2)
	slots := x.slots(1, on(monday, 9))
	x.books("a0", slots[0])
	must(t, x.EraseApplicant(x.ctx(), "a0", began))
	b := x.board()
	a, _ := b.Applicant("a0")
	if a.Name+a.Email+a.Phone != "" || !a.Erased || a.Removed.IsZero() {
		t.Errorf("left %+v", a)
	}
	if len(b.Messages) != 1 || b.Messages[0].Applicant != "a1" {
		t.Errorf("messages %+v", b.Messages)
	}
	posted, err := x.RoundPosted(x.ctx(), job)
	must(t, err)
	if len(posted) != 1 || posted[0].Person != "a1" {
		t.Errorf("letters %+v", posted)
	}
	x.books("a1", slots[0])
	want(t, x.EraseApplicant(x.ctx(), "nobody", began), nextup.Refuse(nextup.CodeUnknown))
	want(t, x.CorrectApplicant(x.ctx(), nextup.Applicant{ID: "a0", Name: "Back"}), nextup.Refuse(nextup.CodeUnknown))
	if merged, err := x.AddApplicants(x.ctx(), job, []nextup.Applicant{{ID: "new", Name: "N", Email: "a0@example.org"}}); err != nil || len(merged) != 0 {
		t.Errorf("his address is known still: %v, %v", merged, err)
	}
}
