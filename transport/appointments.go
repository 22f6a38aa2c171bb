package transport

import (
	"context"
	"errors"
	"fmt"
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
	if err := s.settleLeft(ctx); err != nil && ctx.Err() == nil {
		s.Log.Error("sessions of rounds' days not looked at", "error", err)
	}
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
	p, err := s.dayPlan(ctx, d)
	if err != nil {
		return err
	}
	n, err := s.sessionOfDay(ctx, p)
	if err != nil {
		return err
	}
	if back := p.gaveBack(n); len(back) > 0 {
		if err := s.giveBack(ctx, p, back); err != nil {
			return err
		}
		if p, err = s.dayPlan(ctx, d); err != nil {
			return err
		}
		s.settleSoon() // the day has a later revision than the one that is settled here
	}
	if err := s.give(ctx, n, p.orders(n)); err != nil {
		return err
	}
	if err := s.retitle(ctx, p, n); err != nil {
		return err
	}
	if d.Revision == 0 { // looked at without being behind
		return nil
	}
	return s.Jobs.Settled(ctx, d.Round, d.Date, d.Revision)
}

// give gives a session its orders. One that is refused does not keep the others from
// theirs. A refusal that stays the same as long as the day does is noted, and the day
// is told as far as it can be; any other is returned in the end.
func (s *Server) give(ctx context.Context, n nextup.Snapshot, orders []nextup.Order) error {
	var faults []error
	erased := false
	for _, o := range orders {
		o.ID = settleCommand(n, o)
		_, err := s.Sessions.Do(ctx, n.ID, o)
		var refused *nextup.Error
		switch {
		case err == nil:
			_, erases := o.Command.(nextup.EraseMe)
			erased = erased || erases
		case !errors.As(err, &refused): // the machine or the store: no other order would fare better
			return errors.Join(append(faults, fmt.Errorf("%T: %w", o.Command, err))...)
		case passing(refused.Code):
			faults = append(faults, fmt.Errorf("%T: %w", o.Command, err))
		default:
			s.Log.Warn("session of a round's day refuses", "session", n.ID, "order", fmt.Sprintf("%T", o.Command), "error", err)
		}
	}
	if erased {
		s.scrubNow(ctx)
	}
	return errors.Join(faults...)
}

// passing says whether the same order can be taken later, though nothing of the day
// has changed.
func passing(c nextup.Code) bool {
	switch c {
	case nextup.CodeUnavailable, nextup.CodeStale, nextup.CodeRunning, nextup.CodeTooMany, nextup.CodeBusy:
		return true
	}
	return false
}

// dayPlan reads what a round says of a day.
func (s *Server) dayPlan(ctx context.Context, d UnsettledDay) (dayPlan, error) {
	b, err := s.Jobs.Board(ctx, d.Job)
	if err != nil {
		return dayPlan{}, err
	}
	rb, _ := b.Round(d.Round)
	day, ok := rb.Day(d.Date)
	if !ok {
		return dayPlan{}, nextup.Refuse(nextup.CodeUnknown)
	}
	return newDayPlan(b, rb, day, s.Store.EmailKey), nil
}

// sessionOfDay is the day's session as it is now; one that is called for and is not
// there is made. Its ID is the day's before it exists: whoever comes after a crash
// makes that one and no second.
func (s *Server) sessionOfDay(ctx context.Context, p dayPlan) (nextup.Snapshot, error) {
	n, err := s.daySession(ctx, p.day.Session)
	if err != nil || !p.makes(n) {
		return n, err
	}
	owner, ok, err := s.Office.Account(ctx, p.job.Owner)
	switch {
	case err != nil:
		return n, err
	case !ok:
		return n, errors.New("the job has no owner")
	}
	id := p.day.Session
	if id == "" || n.State.Phase != "" {
		if id, err = s.Jobs.SetSession(ctx, p.round.ID, p.day.Date, id, nextup.SessionID(NewID())); err != nil {
			return n, err
		}
	}
	if n, err = s.daySession(ctx, id); err != nil || n.State.Phase != "" {
		return n, err
	}
	earlier, err := s.earlierDay(ctx, p)
	if err != nil {
		return n, err
	}
	o := p.create(owner, s.dayTitle(p, owner.Language), earlier, n.Now)
	o.ID = nextup.CommandID("create:" + string(id))
	if _, err := s.Sessions.Do(ctx, id, o); err != nil && !errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
		return n, err
	}
	return s.daySession(ctx, id)
}

// daySession looks at a session; one that is not there is an empty one.
func (s *Server) daySession(ctx context.Context, id nextup.SessionID) (nextup.Snapshot, error) {
	if id == "" {
		return nextup.Snapshot{Now: s.Now()}, nil
	}
	n, err := s.Sessions.Look(ctx, id)
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) {
		return nextup.Snapshot{ID: id, Now: s.Now()}, nil
	}
	return n, err
}

// earlierDay is the session of the round's last day before this one that has one, or
// else of any other.
func (s *Server) earlierDay(ctx context.Context, p dayPlan) (best nextup.Snapshot, err error) {
	b, err := s.Jobs.Board(ctx, p.job.ID)
	if err != nil {
		return best, err
	}
	rb, _ := b.Round(p.round.ID)
	for _, d := range rb.Days {
		if d.Session == "" || d.Date == p.day.Date || best.ID != "" && d.Date > p.day.Date {
			continue
		}
		n, err := s.daySession(ctx, d.Session)
		if err != nil {
			return best, err
		}
		if n.State.Phase != "" {
			best = n
		}
	}
	return best, nil
}

// dayTitle is what a day's session is called.
func (s *Server) dayTitle(p dayPlan, lang string) string {
	return s.Text(lang, "appointments.title", "job", p.job.Title, "round", s.roundName(lang, p.round))
}

// retitle gives a session the words that the round and the job have at present: its
// title, what the job is and whom to ask. They are rows of their own: it is no command.
func (s *Server) retitle(ctx context.Context, p dayPlan, n nextup.Snapshot) error {
	if n.State.Phase == "" || n.State.Phase == nextup.PhaseCancelled || n.State.Removed {
		return nil
	}
	owner, ok, err := s.Office.Account(ctx, p.job.Owner)
	if err != nil || !ok {
		return err
	}
	changed := false
	for _, x := range p.words(s.dayTitle(p, owner.Language)) {
		if n.Texts[x.ID] == x.Body {
			continue
		}
		if err := s.Store.SaveText(ctx, n.ID, x); err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	return s.Sessions.Refresh(ctx, n.ID)
}

// giveBack takes the times of those who gave them up in the session out of the round,
// so that others can choose them. They have left: no cut-off holds them.
func (s *Server) giveBack(ctx context.Context, p dayPlan, list []appointment) error {
	for _, a := range list {
		_, err := s.Jobs.Unbook(ctx, nextup.Claim{
			Round: p.round.ID, Applicant: a.who.ID, From: a.slot.ID, By: nextup.RoleCandidate, At: s.Now(), Notify: true, Late: true,
		})
		if err != nil && !errors.Is(err, nextup.Refuse(nextup.CodeStale)) { // stale: he has another time by now
			return err
		}
	}
	return nil
}

// settleSession has the round told at once of what happened in the session of one of
// its days: somebody gave his place back. A failure is only noted; the loop repeats it.
func (s *Server) settleSession(ctx context.Context, id nextup.SessionID) {
	if s.Jobs == nil {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer done()
	job, round, date, ok, err := s.Jobs.DayOf(ctx, id)
	if err == nil && ok {
		err = s.settle(ctx, UnsettledDay{Job: job, Round: round, Date: date})
	}
	if err != nil {
		s.Log.Error("round of a session not told", "session", id, "error", err)
	}
}

// leftSession has the round of a session told that somebody left it, so that his time
// is free for others at once, or that somebody's row changed there.
func (s *Server) leftSession(ctx context.Context, n nextup.Snapshot) {
	if n.State.Settings.Round != "" {
		s.settleSession(ctx, n.ID)
	}
}

// settleLeft looks once, at the start, for those who left a session and whose round
// was not told of it before the last server stopped.
func (s *Server) settleLeft(ctx context.Context) error {
	if s.Privacy == nil {
		return nil
	}
	o, err := s.Privacy.OnlyOrganisation(ctx)
	if err != nil || o == "" {
		return err
	}
	ids, err := s.Privacy.Naming(ctx, o)
	if err != nil {
		return err
	}
	since := s.Now().Add(-48 * time.Hour).Format(time.DateOnly)
	for _, id := range ids {
		_, _, date, ok, err := s.Jobs.DayOf(ctx, id)
		if err != nil {
			return err
		}
		if ok && date >= since {
			s.settleSession(ctx, id)
		}
	}
	return nil
}
