package storetest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// boardReopened holds that all there is of a job is on the disk, to the last field.
func boardReopened(t *testing.T, open Opener) {
	dir := t.TempDir()
	o := store.Options{Now: func() time.Time { return began }}
	x := &recruiting{t: t, Store: open(t, dir, o)}
	x.job(job, 4)
	x.round(job, round)
	x.ask(round, who(4)...)
	slots := x.slots(2, video(on(monday, 9, 10)), on(tuesday, 9))
	x.books("a0", slots[0])
	x.books("a0", slots[2])
	x.books("a1", slots[1])
	must(t, x.NoneFits(x.ctx(), round, "a2", began.Add(time.Minute)))
	must(t, x.LeaveRound(x.ctx(), round, []nextup.ApplicantID{"a1"}, nextup.RoleRecruiter, began, true))
	must(t, x.RemoveApplicants(x.ctx(), job, []nextup.ApplicantID{"a3"}, began, true))
	must(t, x.RenameRound(x.ctx(), round, "Åter"))
	must(t, x.CloseRound(x.ctx(), round, began.Add(time.Hour)))
	must(t, x.CloseJob(x.ctx(), job, began.Add(2*time.Hour)))
	must(t, x.save(planned(1, video(on(monday, 9, 11))), slots[2]))
	if _, err := x.SetSession(x.ctx(), round, monday, "", "s"); err != nil {
		t.Fatal(err)
	}
	before := x.board()
	rb := before.Rounds[0]
	if len(before.Applicants) != 4 || len(before.Messages) != 4 || len(rb.Days) != 2 || len(rb.Slots) != 4 || len(rb.Entries) != 3 || len(rb.Left) != 1 {
		t.Fatalf("the board is %+v", before)
	}
	must(t, x.Close())
	x.Store = open(t, dir, o)
	defer func() { must(t, x.Close()) }()
	if after := x.board(); !reflect.DeepEqual(after, before) {
		t.Errorf("after reopening %+v, before %+v", after, before)
	}
	own := before
	own.Messages = slices.DeleteFunc(slices.Clone(before.Messages), func(m nextup.Message) bool { return m.Applicant != "a3" })
	if of, err := x.BoardOf(x.ctx(), "a3"); err != nil || !reflect.DeepEqual(of, own) {
		t.Errorf("the board of an applicant is %+v, %v", of, err)
	}
	if got := x.behind(); len(got) != 1 || got[0] != monday {
		t.Errorf("behind are %v", got)
	}
}
