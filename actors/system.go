package actors

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// System is the only door to the actors. All methods may be called at once.
type System struct {
	actors  *actor.ActorSystem
	root    *actor.RootContext
	journal Journal
	stage   Stage
	clock   anchored
	log     *slog.Logger
	done    chan struct{}
	swept   sync.WaitGroup

	mu     sync.Mutex // protects following
	closed bool
	live   map[nextup.SessionID]*live
	lines  map[nextup.SessionID]map[*line]bool
}

// live is where a session's actors are.
type live struct {
	session      *actor.PID
	queue        *actor.PID
	interviewers map[nextup.InterviewerID]*actor.PID
	gone         chan struct{} // closed when all of them have stopped
}

// New makes a system on one machine. Close ends it.
func New(j Journal, st Stage, log *slog.Logger) *System {
	s := &System{
		journal: j, stage: st, clock: newClock(), log: log, done: make(chan struct{}),
		live: map[nextup.SessionID]*live{}, lines: map[nextup.SessionID]map[*line]bool{},
	}
	// The library logs messages whole at some levels; they hold personal data.
	quiet := slog.New(slog.DiscardHandler)
	s.actors = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return quiet }))
	s.root = s.actors.Root
	s.swept.Go(s.sweep)
	return s
}

// Close stops every session and waits for it. Nothing is lost: what was
// acknowledged is in the journal.
func (s *System) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	stopping := slices.Collect(maps.Values(s.live))
	var lines []*line
	for _, of := range s.lines {
		for l := range of {
			lines = append(lines, l)
		}
	}
	s.mu.Unlock()
	close(s.done)
	s.swept.Wait()
	for _, l := range lines {
		l.Close()
	}
	for _, l := range stopping {
		s.root.Stop(l.session)
	}
	for _, l := range stopping {
		select {
		case <-l.gone:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Do decides a command and answers once its effect is durable. A refusal is a
// *nextup.Error; CodeUnavailable means that nobody knows, and the same command
// with the same ID may be sent again.
func (s *System) Do(ctx context.Context, id nextup.SessionID, o nextup.Order) (nextup.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		reply := make(chan answer, 1)
		pid, err := s.door(id, o.By)
		if err != nil {
			return nextup.Receipt{}, err
		}
		s.root.Send(pid, &order{o, reply})
		select {
		case a := <-reply:
			if !a.again {
				return a.receipt, a.err
			}
		case <-time.After(tryTime):
			// A stopping actor loses what lies in its mailbox. Asking twice is
			// safe: the command's ID tells.
		case <-ctx.Done():
			return nextup.Receipt{}, nextup.Refuse(nextup.CodeUnavailable)
		}
		select { // the session starts again from the stream
		case <-time.After(wait):
		case <-ctx.Done():
			return nextup.Receipt{}, nextup.Refuse(nextup.CodeUnavailable)
		}
	}
}

// Look is everything there is to show of a session now.
func (s *System) Look(ctx context.Context, id nextup.SessionID) (nextup.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	reply := make(chan lookAnswer, 1)
	pid, err := s.activate(id)
	if err != nil {
		return nextup.Snapshot{}, err
	}
	s.root.Send(pid, &look{reply})
	select {
	case a := <-reply:
		if a.err == nil && a.now.State.Phase == "" {
			a.err = nextup.Refuse(nextup.CodeUnknown)
		}
		return a.now, a.err
	case <-ctx.Done():
		return nextup.Snapshot{}, nextup.Refuse(nextup.CodeUnavailable)
	}
}

// Refresh loads names and texts again.
func (s *System) Refresh(ctx context.Context, id nextup.SessionID) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	reply := make(chan error, 1)
	pid, err := s.activate(id)
	if err != nil {
		return err
	}
	s.root.Send(pid, &refresh{reply})
	select {
	case err := <-reply:
		return err
	case <-ctx.Done():
		return nextup.Refuse(nextup.CodeUnavailable)
	}
}

// Attach connects one browser of a candidate or interviewer.
func (s *System) Attach(ctx context.Context, id nextup.SessionID, a nextup.Attachment) (nextup.Line, error) {
	now, err := s.Look(ctx, id)
	if err != nil {
		return nil, err
	}
	switch a.Who.Role {
	case nextup.RoleCandidate:
		if _, ok := now.State.Candidates[nextup.CandidateID(a.Who.ID)]; !ok {
			return nil, nextup.Refuse(nextup.CodeUnknown)
		}
	case nextup.RoleInterviewer:
		if _, ok := now.State.Interviewer(nextup.InterviewerID(a.Who.ID)); !ok {
			return nil, nextup.Refuse(nextup.CodeUnknown)
		}
	default:
		return nil, nextup.Refuse(nextup.CodeForbidden)
	}
	l := &line{system: s, session: id, who: a.Who, device: a.Device, views: make(chan nextup.View, 1)}
	l.pid = s.root.Spawn(actor.PropsFromProducer(func() actor.Actor { return &conn{line: l} }))
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.root.Stop(l.pid)
		return nil, nextup.Refuse(nextup.CodeUnavailable)
	}
	if s.lines[id] == nil {
		s.lines[id] = map[*line]bool{}
	}
	s.lines[id][l] = true
	s.mu.Unlock()
	pid, err := s.activate(id)
	if err != nil {
		l.Close()
		return nil, err
	}
	s.root.Send(pid, &attach{l})
	return l, nil
}

// door is where a command goes in: its person's actor, or the session's.
func (s *System) door(id nextup.SessionID, by nextup.Actor) (*actor.PID, error) {
	pid, err := s.activate(id)
	if err != nil {
		return nil, err
	}
	if own := s.personal(id, by); own != nil {
		return own, nil
	}
	return pid, nil
}

// personal is the actor of a person, nil if he has none or it is not live.
func (s *System) personal(id nextup.SessionID, who nextup.Actor) *actor.PID {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.live[id]
	switch {
	case l == nil:
		return nil
	case who.Role == nextup.RoleCandidate:
		return l.queue
	case who.Role == nextup.RoleInterviewer:
		return l.interviewers[nextup.InterviewerID(who.ID)]
	}
	return nil
}

// activate finds a session's actor or starts it.
func (s *System) activate(id nextup.SessionID) (*actor.PID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nextup.Refuse(nextup.CodeUnavailable)
	}
	if l := s.live[id]; l != nil {
		return l.session, nil
	}
	gone := make(chan struct{})
	pid := s.root.Spawn(actor.PropsFromProducer(func() actor.Actor { return &session{system: s, id: id, gone: gone} }))
	s.live[id] = &live{session: pid, gone: gone}
	return pid, nil
}

// active is told by a session where its children are.
func (s *System) active(id nextup.SessionID, self, queue *actor.PID, interviewers map[nextup.InterviewerID]*actor.PID) {
	s.mu.Lock()
	known := s.live[id]
	if known == nil || !known.session.Equal(self) { // another activation has taken over
		s.mu.Unlock()
		return
	}
	fresh := known.queue == nil
	s.live[id] = &live{self, queue, maps.Clone(interviewers), known.gone}
	s.mu.Unlock()
	if fresh { // lines outlive a session's actor
		for _, l := range s.attachedTo(id) {
			s.root.Send(self, &attach{l})
		}
	}
}

// restarting is told by a session that starts anew after a panic: its children go.
func (s *System) restarting(id nextup.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.live[id]; l != nil {
		s.live[id] = &live{session: l.session, gone: l.gone}
	}
}

// inactive is told by a session that stops.
func (s *System) inactive(id nextup.SessionID) {
	s.mu.Lock()
	delete(s.live, id)
	again := !s.closed && len(s.lines[id]) > 0
	s.mu.Unlock()
	if again { // somebody is connected: start again at once
		_, _ = s.activate(id)
	}
}

func (s *System) attachedTo(id nextup.SessionID) []*line {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*line, 0, len(s.lines[id]))
	for l := range s.lines[id] {
		list = append(list, l)
	}
	return list
}

func (s *System) attended(id nextup.SessionID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines[id]) > 0
}

func (s *System) forget(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lines[l.session], l)
	if len(s.lines[l.session]) == 0 {
		delete(s.lines, l.session)
	}
}

// sweep wakes sessions whose deadline has passed and that nobody speaks to.
func (s *System) sweep() {
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-every.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), appendTime)
		due, err := s.journal.Due(ctx, s.clock.Now())
		cancel()
		if err != nil {
			s.log.Error("sweep", "err", err)
			continue
		}
		for _, id := range due {
			if pid, err := s.activate(id); err == nil {
				s.root.Send(pid, &tick{})
			}
		}
	}
}
