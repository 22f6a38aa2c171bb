package storetest

import (
	"testing"
	"time"

	"nextup"
)

// askedAnew holds that who lost his time and is asked again is one who has not
// answered, wherever that is counted.
func askedAnew(t *testing.T, open Opener) {
	x := recruits(t, open, 2)
	slot := x.slots(1, on(monday, 9))[0]
	now := began
	after := func() time.Time { now = now.Add(time.Minute); return now }
	is := func(want nextup.EntryState, waiting int) nextup.Entry {
		t.Helper()
		e, _ := x.rb().Entry("a0")
		if e.State() != want {
			t.Errorf("he is %s, want %s: %+v", e.State(), want, e)
		}
		lines, err := x.JobsOf(x.ctx(), "o", "r")
		must(t, err)
		if lines[0].Waiting != waiting {
			t.Errorf("%d have not answered, want %d", lines[0].Waiting, waiting)
		}
		return e
	}
	send := func() {
		t.Helper()
		must(t, x.Send(x.ctx(), []nextup.Message{{ID: nextup.MessageID(x.newID()), Round: round, Applicant: "a0", Kind: nextup.MailChooseAgain, Language: "sv", At: after()}}))
	}
	giveBack := func() {
		t.Helper()
		x.books("a0", slot)
		c := x.himself("a0", slot, "")
		c.At = after()
		_, err := x.Unbook(x.ctx(), c)
		must(t, err)
	}
	is(nextup.EntryInvited, 2)
	giveBack()
	if e := is(nextup.EntryCancel, 1); e.Opened.IsZero() {
		t.Error("he was on his page")
	}
	send()
	if e := is(nextup.EntryInvited, 2); !e.Opened.IsZero() || !e.Reminded.Equal(now) {
		t.Errorf("asked anew he is %+v", e)
	}
	must(t, x.Opened(x.ctx(), "a0", after()))
	is(nextup.EntryOpened, 2)
	send() // a second reminder: he has seen the first
	is(nextup.EntryOpened, 2)
	giveBack()
	is(nextup.EntryCancel, 1)
	must(t, x.LeaveRound(x.ctx(), round, []nextup.ApplicantID{"a0"}, nextup.RoleRecruiter, after(), true))
	must(t, x.EnterRound(x.ctx(), round, []nextup.ApplicantID{"a0"}, after()))
	is(nextup.EntryAdded, 1)
	send()
	is(nextup.EntryInvited, 2)
}

// sentWhenClosed holds that nobody is asked to choose where nobody can.
func sentWhenClosed(t *testing.T, open Opener) {
	x := recruits(t, open, 1)
	x.slots(1, on(monday, 9))
	n := len(x.board().Messages)
	send := func() error {
		return x.Send(x.ctx(), []nextup.Message{{ID: nextup.MessageID(x.newID()), Round: round, Applicant: "a0", Kind: nextup.MailChooseAgain, Language: "sv", At: began}})
	}
	must(t, x.CloseJob(x.ctx(), job, began))
	want(t, send(), nextup.Refuse(nextup.CodeRoundClosed))
	must(t, x.CloseJob(x.ctx(), job, time.Time{}))
	must(t, x.CloseRound(x.ctx(), round, began))
	want(t, send(), nextup.Refuse(nextup.CodeRoundClosed))
	if got := len(x.board().Messages); got != n {
		t.Errorf("%d messages were kept", got-n)
	}
	x.wrote(0)
	must(t, x.CloseRound(x.ctx(), round, time.Time{}))
	must(t, send())
}
