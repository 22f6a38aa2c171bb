package store

import (
	"context"
	"fmt"
	"sync"
	"time"
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
			err := s.Scrub(ctx)
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
		return s.Scrub(ctx)
	case pages.Left >= copyFrom:
		_, err = s.db.Copy(ctx)
	}
	return err
}

// Scrub takes words that were erased or replaced off the disk: in the database
// they are overwritten at once, but the -wal file still holds the pages they were
// on. It happens by itself when nobody writes for a while; call it to be sure.
// A reader in the middle of a long query makes it fail with an error that is
// ErrUnavailable; try again.
func (s *Store) Scrub(ctx context.Context) error {
	if _, err := s.db.Copy(ctx); err != nil {
		return err
	}
	// Between two groups: a busy writer would not let go of its lock otherwise.
	s.writer.turn.Lock()
	defer s.writer.turn.Unlock()
	done, err := s.db.Truncate(ctx)
	if err == nil && !done {
		err = fmt.Errorf("%w: a long query needs the -wal file", ErrUnavailable)
	}
	return err
}
