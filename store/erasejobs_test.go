package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// An erased applicant's words are in no file of the database; others' are found, so
// that the search is seen to work.
func TestErasedApplicantsAreNotOnTheDisk(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir, store.Options{})
	t.Cleanup(func() { _ = s.Close() })
	const n = 120
	now := time.Now()
	planted := func(kind string, i int) string { return fmt.Sprintf("planted-%s-%04d", kind, i) }
	id := func(i int) nextup.ApplicantID { return nextup.ApplicantID(fmt.Sprintf("applicant%d", i)) }
	kept := func(i int) bool { return i%10 == 3 }
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.SaveJob(ctx, nextup.Job{ID: "j", Organisation: "o", Owner: "r", Title: "T", Created: now}, 0))
	_, err := s.AddRound(ctx, nextup.Round{ID: "round", Job: "j", Frame: nextup.DefaultFrame, Created: now})
	check(err)
	for i := range n {
		_, err := s.AddApplicants(ctx, "j", []nextup.Applicant{{
			ID: id(i), Name: planted("name", i), Email: planted("mail", i) + "@example.org", Phone: planted("phone", i), Added: now,
		}})
		check(err)
		check(s.EnterRound(ctx, "round", []nextup.ApplicantID{id(i)}, now))
		long := planted("body", i) + string(bytes.Repeat([]byte("."), (i*i*37)%9000)) + planted("body", i) // from one line to several pages
		check(s.Send(ctx, []nextup.Message{{
			ID: nextup.MessageID(fmt.Sprint("m", i)), Round: "round", Applicant: id(i), Kind: nextup.MailChoose, Subject: planted("subject", i), Body: long, At: now,
		}}))
	}
	check(s.Scrub(ctx)) // into the database proper
	for i := range n {
		if !kept(i) {
			check(s.EraseApplicant(ctx, id(i), now))
		}
	}
	check(s.Scrub(ctx))

	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("files are %v, %v, want three", files, err)
	}
	var disk []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		check(err)
		disk = append(disk, b...)
	}
	for i := range n {
		for _, kind := range []string{"name", "mail", "phone", "subject", "body"} {
			if found := bytes.Contains(disk, []byte(planted(kind, i))); found != kept(i) {
				t.Errorf("%s is on the disk: %v, kept: %v", planted(kind, i), found, kept(i))
			}
		}
	}
}

// What became of letters about rounds is a log like any other; a letter that waits is
// none yet.
func TestLogsOfRoundsAreErased(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir(), store.Options{})
	t.Cleanup(func() { _ = s.Close() })
	now := time.Unix(1_000_000, 0)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.SaveJob(ctx, nextup.Job{ID: "j", Organisation: "o", Owner: "r", Created: now}, 0))
	_, err := s.AddRound(ctx, nextup.Round{ID: "round", Job: "j", Frame: nextup.DefaultFrame, Created: now})
	check(err)
	_, err = s.AddApplicants(ctx, "j", []nextup.Applicant{{ID: "a", Added: now}})
	check(err)
	check(s.EnterRound(ctx, "round", []nextup.ApplicantID{"a"}, now))
	for _, id := range []nextup.MessageID{"sent", "failed", "new", "waits"} {
		check(s.Send(ctx, []nextup.Message{{ID: id, Round: "round", Applicant: "a", Kind: nextup.MailChoose, At: now}}))
	}
	letters, err := s.RoundPosted(ctx, "j")
	check(err)
	for _, l := range letters {
		switch l.Message {
		case "sent":
			check(s.RoundMailSent(ctx, l.ID, now))
		case "failed":
			check(s.RoundMailFailed(ctx, l.ID, "no", now, true))
		case "new":
			check(s.RoundMailSent(ctx, l.ID, now.Add(time.Hour)))
		}
	}
	e, err := s.EraseLogs(ctx, now.Add(time.Hour), now)
	check(err)
	letters, err = s.RoundPosted(ctx, "j")
	check(err)
	if e.Letters != 2 || len(letters) != 2 || letters[0].Message != "waits" || letters[1].Message != "new" {
		t.Errorf("erased %+v, left %+v", e, letters)
	}
}
