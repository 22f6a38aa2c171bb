package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

func opened(t *testing.T) *Store {
	t.Helper()
	s, err := Open(context.Background(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func created(id nextup.SessionID) nextup.Batch {
	return nextup.Batch{Session: id, Events: []nextup.Recorded{{Version: 1, At: time.Unix(1, 0), By: nextup.TheClock, Event: nextup.Created{}}}}
}

func length(t *testing.T, s *Store, id nextup.SessionID) int {
	t.Helper()
	stream, err := s.Load(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return len(stream)
}

// queued waits until n writes wait for the writer, whose turn is held.
func (w *writer) untilQueued(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		w.mu.Lock()
		have := len(w.waiting)
		w.mu.Unlock()
		if have >= n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d writes wait, want %d", have, n)
		}
	}
}

// blocked occupies the writer with one write, so that the next ones gather into
// one group. The returned function lets it go on.
func blocked(t *testing.T, s *Store) (release func() error) {
	t.Helper()
	inside, leave, result := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		result <- change(context.Background(), s.writer, func(*tx) error {
			close(inside)
			<-leave
			return nil
		})
	}()
	<-inside
	return func() error { close(leave); return <-result }
}

func TestAWriteIsTakenBackBeforeItBegins(t *testing.T) {
	s := opened(t)
	release := blocked(t, s)
	ctx, end := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- s.Append(ctx, created("s")) }()
	s.writer.untilQueued(t, 1)
	end()
	err := <-result // although the writer is busy
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want a plain %v", err, context.Canceled)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(context.Background(), created("after")); err != nil {
		t.Fatal(err)
	}
	if n := length(t, s, "s"); n != 0 {
		t.Errorf("it was written all the same: %d events", n)
	}
}

// Any number of callers may give up while the writer is busy: who waits behind
// them still gets his turn.
func TestThoseTakenBackHideNobody(t *testing.T) {
	s := opened(t)
	release := blocked(t, s)
	ctx, end := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range 3 * groupLimit { // one wake-up may be left over
		all.Go(func() {
			if err := s.Append(ctx, created("given up")); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		})
	}
	s.writer.untilQueued(t, 3*groupLimit)
	behind := make(chan error, 1)
	go func() { behind <- s.Append(context.Background(), created("behind")) }()
	s.writer.untilQueued(t, 3*groupLimit+1)
	end()
	all.Wait()
	if err := release(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-behind:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits for ever")
	}
}

func TestAWriteThatHasBegunTakesItsCourse(t *testing.T) {
	s := opened(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	ctx, end := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() {
		result <- change(ctx, s.writer, func(t *tx) error {
			close(inside)
			<-leave
			return t.head(created("s"))
		})
	}()
	<-inside
	end()
	err := <-result
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want %v and %v", err, ErrUnavailable, context.Canceled)
	}
	close(leave)
	if err := s.SaveText(context.Background(), "s", nextup.Text{ID: "x"}); err != nil {
		t.Errorf("the session is not there: %v", err)
	}
}

// A group whose commit fails fails as a whole, and is not there.
func TestAFailedCommitLeavesTheOutcomeOpen(t *testing.T) {
	s := opened(t)
	ctx := context.Background()
	if err := s.Append(ctx, created("old")); err != nil {
		t.Fatal(err)
	}
	release := blocked(t, s)
	var all sync.WaitGroup
	errs := make([]error, 3)
	all.Go(func() { errs[0] = s.Append(ctx, created("new")) })
	all.Go(func() { errs[1] = s.Append(ctx, created("old")) }) // would be a conflict
	s.writer.untilQueued(t, 2)
	all.Go(func() {
		errs[2] = change(ctx, s.writer, func(t *tx) error {
			return t.frame(sqlite.Rollback) // takes the transaction away under everybody
		})
	})
	s.writer.untilQueued(t, 3)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	for i, err := range errs {
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrConflict) {
			t.Errorf("write %d: got %v, want %v", i, err, ErrUnavailable)
		}
	}
	if n := length(t, s, "new"); n != 0 {
		t.Errorf("%d events of the failed group are there", n)
	}
	// It was no disk that failed: the next group goes through.
	if err := s.Append(ctx, created("new")); err != nil {
		t.Error(err)
	}
}

func TestAFullDiskFailsOnlyWhatFindsNoRoom(t *testing.T) {
	s := opened(t)
	ctx := context.Background()
	if err := s.Append(ctx, created("s")); err != nil {
		t.Fatal(err)
	}
	limit := func(pragma string) {
		t.Helper()
		if err := change(ctx, s.writer, func(t *tx) error { return t.frame(pragma) }); err != nil {
			t.Fatal(err)
		}
	}
	limit("PRAGMA max_page_count = 1") // means: as many as there are
	big := nextup.Text{ID: "big", Body: string(make([]byte, 1<<20))}
	release := blocked(t, s)
	var all sync.WaitGroup
	var full, fits error
	all.Go(func() { full = s.SaveText(ctx, "s", big) })
	s.writer.untilQueued(t, 1)
	all.Go(func() { fits = s.SaveText(ctx, "s", nextup.Text{ID: "small", Body: "x"}) })
	s.writer.untilQueued(t, 2)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if full == nil {
		t.Error("a megabyte found room on a full disk")
	}
	if fits != nil && !errors.Is(fits, ErrUnavailable) {
		t.Errorf("the neighbour got %v", fits)
	}
	limit("PRAGMA max_page_count = 1000000")
	if err := s.SaveText(ctx, "s", big); err != nil {
		t.Errorf("it did not heal: %v", err)
	}
	_, texts, err := s.Rows(ctx, "s")
	if err != nil {
		t.Fatal(err)
	}
	if want := 1; fits == nil && len(texts) != want+1 || fits != nil && len(texts) != want {
		t.Errorf("%d texts after neighbour's %v", len(texts), fits)
	}
	select {
	case <-s.Failed():
		t.Error("a full disk is no reason to stop for good")
	default:
	}
}

func TestAfterADiskErrorNothingIsWritten(t *testing.T) {
	s := opened(t)
	ctx := context.Background()
	if err := s.Append(ctx, created("s")); err != nil {
		t.Fatal(err)
	}
	disk := damaged(t)
	if !sqlite.Fatal(disk) {
		t.Fatalf("%v should be fatal", disk)
	}
	if err := change(ctx, s.writer, func(*tx) error { return disk }); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want %v", err, ErrUnavailable)
	}
	select {
	case <-s.Failed():
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
	if err := s.Append(ctx, created("t")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want %v", err, ErrUnavailable)
	}
	if n := length(t, s, "s"); n != 1 {
		t.Errorf("reading gives %d events, want 1", n)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// damaged is what the driver says of a file that is no database.
func damaged(t *testing.T) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(path, []byte("this is not a database, and long enough to be looked at: "+string(make([]byte, 4096))), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec("CREATE TABLE x (y)")
	if err == nil {
		t.Fatal("a damaged file was written to")
	}
	return err
}

// Emptying, scrubbing and the group writer take turns, whatever is going on.
func TestScrubWhileWriting(t *testing.T) {
	s := opened(t)
	ctx, end := context.WithCancel(context.Background())
	if err := s.Append(ctx, created("s")); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := s.SaveText(context.Background(), "s", nextup.Text{ID: "x", Body: "y"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		if err := s.emptyWAL(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.Scrub(context.Background()); err != nil {
			t.Error(err)
		}
	}
	end()
	all.Wait()
}

func TestExpiredLoginsAreRemoved(t *testing.T) {
	now := time.Unix(1000, 0)
	s, err := Open(context.Background(), t.TempDir(), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for token, expiry := range map[string]time.Time{"old": now, "new": now.Add(1)} {
		if err := s.Logins().Commit(token, nil, expiry); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := s.forgetLogins(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	var left int
	if err := s.read.QueryRow(`SELECT count(*) FROM logins`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d logins left, %v, want 1", left, err)
	}
	if _, ok, err := s.Logins().Find("new"); !ok || err != nil {
		t.Errorf("the new one is gone: %v", err)
	}
}
