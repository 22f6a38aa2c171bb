package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"nextup/store/sqlite"
)

// How the background work is paced.
const (
	tendEvery   = 250 * time.Millisecond
	copyFrom    = 1000             // pages of 4 KiB in the -wal file worth copying
	emptyFrom   = 16000            // pages in it that are too many
	idleFor     = 10 * time.Second // without a commit: a good moment to empty the -wal file
	emptyEvery  = 10 * time.Minute // empty it at last even if commits keep coming
	forgetEvery = 10 * time.Minute
)

// tender copies commits from the -wal file into the database beside the writer,
// so that no commit stops for it, and removes what has expired.
type tender struct {
	end  context.CancelFunc
	done sync.WaitGroup
}

func (s *Store) tend() *tender {
	ctx, end := context.WithCancel(context.Background())
	t := &tender{end: end}
	t.done.Go(func() { s.tending(ctx) })
	return t
}

// stop ends the background work and waits until it has ended.
func (t *tender) stop() {
	t.end()
	t.done.Wait()
}

func (s *Store) tending(ctx context.Context) {
	clock := time.NewTicker(tendEvery)
	defer clock.Stop()
	var (
		seen       int64 // commits at the last look
		emptied    = s.writer.commits.Load()
		start      = time.Now()
		lastSeen   = start // when seen changed
		lastEmpty  = start
		lastForget time.Time
	)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.writer.failed:
			return // nothing may be written to that disk any more
		case <-clock.C:
		}
		now := time.Now()
		commits := s.writer.commits.Load()
		busy := commits != seen
		if busy {
			seen, lastSeen = commits, now
			s.warn(ctx, "copying the -wal file", s.copyWAL(ctx))
		}
		if commits != emptied && (now.Sub(lastSeen) >= idleFor || now.Sub(lastEmpty) >= emptyEvery) {
			err := s.emptyWAL(ctx)
			s.warn(ctx, "emptying the -wal file", err)
			if err == nil {
				emptied = commits
			}
			lastSeen, lastEmpty = now, now
		}
		if now.Sub(lastForget) >= forgetEvery {
			lastForget = now
			s.warn(ctx, "removing expired logins", s.forgetLogins(ctx))
		}
	}
}

func (s *Store) warn(ctx context.Context, what string, err error) {
	s.writer.judge(err)
	if err != nil && ctx.Err() == nil {
		s.log.Warn("store: "+what, "error", err)
	}
}

func (s *Store) copyWAL(ctx context.Context) error {
	pages, err := s.db.Pending(ctx)
	switch {
	case err != nil:
		return err
	case pages.All >= emptyFrom:
		// While commits never pause, there is always a page left to copy and the
		// file is never begun anew: it would grow without end.
		return s.emptyWAL(ctx)
	case pages.Left >= copyFrom:
		_, err = s.db.Copy(ctx)
	}
	return err
}

// emptyWAL copies everything and empties the -wal file. Some of it goes on
// between two groups of the writer: a busy one would not let go of its lock otherwise.
func (s *Store) emptyWAL(ctx context.Context) error {
	if _, err := s.db.Copy(ctx); err != nil {
		return err
	}
	return s.writer.alone(func(*sql.Conn) error { return s.truncate(ctx) })
}

func (s *Store) truncate(ctx context.Context) error {
	done, err := s.db.Truncate(ctx)
	if err == nil && !done {
		err = fmt.Errorf("%w: a long query needs the -wal file", ErrUnavailable)
	}
	return err
}

// Scrub takes words that were replaced or removed off the disk; call it after
// erasing somebody. SQLite overwrites a removed row where it lies, but copies of it
// stay behind where it lay before its page was split or merged, and in the -wal
// file. So everything that is left is written anew and the -wal file emptied.
//
// Writers wait meanwhile, about as long as copying the database takes, and it needs
// as much memory as the database is big. If a reader is in the middle of a long query
// the error is ErrUnavailable and the -wal file is as it was; try again.
func (s *Store) Scrub(ctx context.Context) error {
	return s.writer.alone(func(conn *sql.Conn) error {
		if err := sqlite.Rewrite(ctx, conn); err != nil {
			return err
		}
		return s.truncate(ctx)
	})
}
