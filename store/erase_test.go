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
	"nextup/store/storetest"
)

// Words that were replaced are in no file of the database afterwards, whatever
// else lies on the same pages. Some rows stay, so that the search is seen to work.
func TestErasedWordsAreNotOnTheDisk(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir, store.Options{})
	t.Cleanup(func() { _ = s.Close() })
	const n = 400
	planted := func(kind string, i int) string { return fmt.Sprintf("planted-%s-%04d", kind, i) }
	// Lengths from one line to several pages, so that pages split and overflow.
	long := func(word string, i int) string {
		return word + string(bytes.Repeat([]byte("."), (i*i*37)%(9000))) + word
	}
	kept := func(i int) bool { return i%10 == 3 }

	if err := s.Append(ctx, storetest.Created("s")); err != nil {
		t.Fatal(err)
	}
	save := func(i int, name, email, text, note string, revision int) {
		t.Helper()
		err := s.Append(ctx, nextup.Batch{
			Session: "s", Expected: 1,
			People: []nextup.Person{{ID: nextup.PersonID(fmt.Sprint("p", i)), Role: nextup.RoleCandidate, Name: name, Email: email}},
			Texts:  []nextup.Text{{ID: nextup.TextID(fmt.Sprint("t", i)), Body: text}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveAssessment(ctx, nextup.Assessment{Session: "s", Offer: nextup.OfferID(i), Interviewer: "i", Item: "note", Note: note, Revision: revision}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		save(i, planted("name", i), planted("mail", i)+"@example.org", long(planted("text", i), i), long(planted("note", i), n-i), 0)
		if err := s.Logins().Commit(fmt.Sprint("token", i), []byte(long(planted("login", i), i)), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Scrub(ctx); err != nil { // into the database proper
		t.Fatal(err)
	}
	for i := range n {
		if kept(i) {
			continue
		}
		save(i, "", "", "", "", 1)
		if err := s.Logins().Delete(fmt.Sprint("token", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Scrub(ctx); err != nil {
		t.Fatal(err)
	}

	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("files are %v, %v, want three", files, err)
	}
	var disk []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, b...)
	}
	left := 0
	for i := range n {
		for _, kind := range []string{"name", "mail", "text", "note", "login"} {
			found := bytes.Contains(disk, []byte(planted(kind, i)))
			if kept(i) && !found {
				t.Errorf("%s was not erased and is not found: the search does not work", planted(kind, i))
			}
			if !kept(i) && found {
				left++
				if left <= 10 {
					t.Errorf("%s was erased and is still there", planted(kind, i))
				}
			}
		}
	}
	if left > 0 {
		t.Errorf("%d of %d erased words are still there", left, 5*n*9/10)
	}
}

// No secret reaches the disk in a form that could be used.
func TestCookiesAreKeptAsHashes(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, store.Options{})
	const cookie = "planted-cookie-value"
	if err := s.Logins().Commit(cookie, []byte("data-is-found"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	disk, err := os.ReadFile(filepath.Join(dir, "nextup.db"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(disk, []byte("data-is-found")) {
		t.Error("the search does not work")
	}
	if bytes.Contains(disk, []byte(cookie)) {
		t.Error("the cookie itself is in the database")
	}
}
