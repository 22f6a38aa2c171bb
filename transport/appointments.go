package transport

import (
	"context"
	"sync"
	"time"

	"nextup"
)

// The times of a round's video day are promised in the queue of a quick interview.
// What is booked is decided by the database (Jobs); the session is told afterwards,
// here. Telling it is idempotent: each time all that should be so is compared with
// what is so, and only the difference becomes commands. So a crash between a booking
// and its session loses nothing: the next look completes it.

// How the telling is paced.
const (
	settleEvery = 5 * time.Second  // it is looked without anybody asking
	settleTime  = 10 * time.Second // one day may take this long; the others wait no longer
	settleAgain = 5 * time.Minute  // at most this long between two tries of a day that fails
)

// settling is what is shared by all who tell sessions what was booked.
type settling struct {
	nudge chan struct{} // somebody has changed something
	mu    sync.Mutex
	days  map[dayKey]chan struct{} // one teller at a time for each day: an older look must not undo a newer one
}

// dayKey names a day of a round.
type dayKey struct {
	round nextup.RoundID
	date  string
}

func newSettling() *settling {
	return &settling{nudge: make(chan struct{}, 1), days: map[dayKey]chan struct{}{}}
}

// lock waits for the other tellers of a day.
func (t *settling) lock(ctx context.Context, k dayKey) (unlock func(), err error) {
	t.mu.Lock()
	turn, ok := t.days[k]
	if !ok {
		turn = make(chan struct{}, 1)
		t.days[k] = turn
	}
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// settleSoon has the sessions told of what was just changed. It never waits.
func (s *Server) settleSoon() {
	select {
	case s.settling.nudge <- struct{}{}:
	default: // somebody has asked already
	}
}

// Settling tells the sessions of rounds' days what was booked, until ctx ends. A day
// that cannot be told is tried again, less and less often; the others do not wait for it.
func (s *Server) Settling(ctx context.Context) {
	if s.Jobs == nil {
		return
	}
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	tries := retries{}
	for {
		s.settleAll(ctx, tries)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.settling.nudge:
		}
	}
}

// settleAll tells all sessions that are behind.
func (s *Server) settleAll(ctx context.Context, tries retries) {
	days, err := s.Jobs.Unsettled(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("rounds' days not read", "error", err)
		}
		return
	}
	tries.keep(days)
	for _, d := range days {
		if !tries.due(d, s.Now()) {
			continue
		}
		err := s.settleWithin(ctx, d)
		if ctx.Err() != nil {
			return
		}
		tries.note(d, s.Now(), err)
		if err != nil {
			s.Log.Error("session of a round's day not told", "round", d.Round, "date", d.Date, "error", err)
		}
	}
}

func (s *Server) settleWithin(ctx context.Context, d UnsettledDay) error {
	ctx, done := context.WithTimeout(ctx, settleTime)
	defer done()
	return s.settle(ctx, d)
}

// retries remembers which days could not be told, and when to try again.
type retries map[dayKey]retry

type retry struct {
	revision int
	count    int
	next     time.Time
}

func keyOf(d UnsettledDay) dayKey { return dayKey{d.Round, d.Date} }

// due says whether a day is to be tried now: one that has changed since is.
func (t retries) due(d UnsettledDay, now time.Time) bool {
	r, failed := t[keyOf(d)]
	return !failed || r.revision != d.Revision || !now.Before(r.next)
}

// note keeps what became of a try.
func (t retries) note(d UnsettledDay, now time.Time, err error) {
	k := keyOf(d)
	if err == nil {
		delete(t, k)
		return
	}
	r := t[k]
	if r.revision != d.Revision {
		r = retry{revision: d.Revision}
	}
	wait := min(settleEvery<<min(r.count, 10), settleAgain)
	t[k] = retry{d.Revision, r.count + 1, now.Add(wait)}
}

// keep forgets the days that are not behind any more.
func (t retries) keep(days []UnsettledDay) {
	behind := map[dayKey]bool{}
	for _, d := range days {
		behind[keyOf(d)] = true
	}
	for k := range t {
		if !behind[k] {
			delete(t, k)
		}
	}
}

// settle makes a day's session what the round says.
func (s *Server) settle(ctx context.Context, d UnsettledDay) error {
	unlock, err := s.settling.lock(ctx, keyOf(d))
	if err != nil {
		return err
	}
	defer unlock()
	_, err = s.Jobs.Board(ctx, d.Job)
	return err
}
