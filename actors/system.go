package actors

import (
	"context"
	"crypto/rand"
	"log/slog"
	"runtime/debug"
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
	open    context.Context // ends when Close begins
	closing context.CancelFunc
	running sync.WaitGroup // sessions, lines, what they wait for, and the sweep
	ended   chan struct{}  // closed when all of it has ended
	metrics *metrics
	room    room

	mu     sync.Mutex // protects following
	closed bool
	live   map[nextup.SessionID]live
	lines  map[nextup.SessionID]map[*line]bool
	shown  map[nextup.SessionID]map[nextup.OfferID]staged // by sessions that stopped
}

// live is where a session's actors are. It is replaced, never changed.
type live struct {
	session *actor.PID
	desks   map[nextup.PersonID]*actor.PID // interviewers; "" is the queue
}

// New makes a system on one machine. Close ends it.
func New(j Journal, st Stage, log *slog.Logger) *System {
	s := &System{
		journal: j, stage: st, clock: newClock(), log: log, ended: make(chan struct{}),
		room:  room{of: map[nextup.SessionID]int{}},
		live:  map[nextup.SessionID]live{},
		lines: map[nextup.SessionID]map[*line]bool{},
		shown: map[nextup.SessionID]map[nextup.OfferID]staged{},
	}
	s.metrics = newMetrics(s.room.taken)
	s.open, s.closing = context.WithCancel(context.Background())
	// The library logs messages whole at some levels; they hold personal data.
	quiet := slog.New(slog.DiscardHandler)
	s.actors = actor.NewActorSystem(
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return quiet }),
		// a dead letter starts a goroutine that lives this long
		actor.WithDeadLetterThrottleInterval(time.Millisecond),
	)
	s.root = s.actors.Root
	s.running.Go(s.sweep)
	return s
}

// Close stops every session and waits for it. Nothing is lost: what was
// acknowledged is in the journal, and what is on its way there is answered.
func (s *System) Close(ctx context.Context) error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	var sessions []*actor.PID
	var lines []*line
	for _, l := range s.live {
		sessions = append(sessions, l.session)
	}
	for _, of := range s.lines {
		for l := range of {
			lines = append(lines, l)
		}
	}
	s.mu.Unlock()
	if first {
		s.closing()
		for _, l := range lines {
			l.Close()
		}
		for _, pid := range sessions {
			s.root.Send(pid, &leave{})
		}
		go func() {
			s.running.Wait()
			close(s.ended)
		}()
	}
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Do decides a command and answers once its effect is durable. A refusal is a
// *nextup.Error; CodeUnavailable means that nobody knows, and the same command
// with the same ID may be sent again.
func (s *System) Do(ctx context.Context, id nextup.SessionID, o nextup.Order) (nextup.Receipt, error) {
	if o.ID == "" { // without one, asking twice would not be safe
		o.ID = nextup.CommandID(rand.Text())
	}
	return ask(ctx, s, func() (*actor.PID, error) { return s.door(id, o.By) },
		func(reply chan<- answer[nextup.Receipt]) any { return &order{o, reply} })
}

// Look is everything there is to show of a session now; CodeUnknown if there is none.
func (s *System) Look(ctx context.Context, id nextup.SessionID) (nextup.Snapshot, error) {
	return ask(ctx, s, func() (*actor.PID, error) { return s.activate(id) },
		func(reply chan<- answer[nextup.Snapshot]) any { return &look{reply} })
}

// Refresh loads names and texts again.
func (s *System) Refresh(ctx context.Context, id nextup.SessionID) error {
	_, err := ask(ctx, s, func() (*actor.PID, error) { return s.activate(id) },
		func(reply chan<- answer[struct{}]) any { return &refresh{reply} })
	return err
}

// Attach connects one browser of a candidate or interviewer. The line lives
// until it is closed or cut.
func (s *System) Attach(ctx context.Context, id nextup.SessionID, a nextup.Attachment) (nextup.Line, error) {
	_, err := ask(ctx, s, func() (*actor.PID, error) { return s.activate(id) },
		func(reply chan<- answer[struct{}]) any { return &known{a.Who, reply} })
	if err != nil {
		return nil, err
	}
	l := &line{system: s, session: id, who: a.Who, device: a.Device, views: make(chan nextup.View, 1)}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, nextup.Refuse(nextup.CodeUnavailable)
	}
	s.running.Add(1)
	l.pid = s.root.Spawn(actor.PropsFromProducer(func() actor.Actor { return &conn{line: l} }))
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

// ask sends a question until it is answered. Asking twice is safe: a command's
// ID tells, and the rest changes nothing.
func ask[T any](ctx context.Context, s *System, door func() (*actor.PID, error), question func(chan<- answer[T]) any) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var none T
	for wait := retryMin; ; wait = min(2*wait, retryMax) {
		reply := make(chan answer[T], 1)
		pid, err := door()
		if err != nil {
			return none, err
		}
		s.root.Send(pid, question(reply))
		try := time.NewTimer(tryTime)
		select {
		case a := <-reply:
			try.Stop()
			if !a.again {
				return a.value, a.err
			}
		case <-try.C: // an actor that stops loses what lies in its mailbox
		case <-s.ended:
		case <-ctx.Done():
			try.Stop()
			return none, nextup.Refuse(nextup.CodeUnavailable)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return none, nextup.Refuse(nextup.CodeUnavailable)
		}
	}
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
	switch who.Role {
	case nextup.RoleCandidate:
		return s.live[id].desks[""]
	case nextup.RoleInterviewer:
		return s.live[id].desks[nextup.PersonID(who.ID)]
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
	if l, ok := s.live[id]; ok {
		return l.session, nil
	}
	s.running.Add(1)
	pid := s.root.Spawn(actor.PropsFromProducer(func() actor.Actor { return &session{system: s, id: id} }))
	s.live[id] = live{session: pid}
	return pid, nil
}

// desks is told by a session where its desks are: nil when they go.
func (s *System) desks(id nextup.SessionID, session *actor.PID, desks map[nextup.PersonID]*actor.PID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.live[id]; ok {
		s.live[id] = live{session, desks}
	}
}

// inactive is told by a session that has stopped. Who is still connected to it
// waits for the next command or sweep: it may have failed over and over.
func (s *System) inactive(id nextup.SessionID) {
	s.mu.Lock()
	delete(s.live, id)
	s.mu.Unlock()
	s.running.Done()
}

// leaves keeps what a stopping session has on the stage, for its next
// activation to clear what has ended meanwhile.
func (s *System) leaves(id nextup.SessionID, st map[nextup.OfferID]staged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(st) > 0 {
		s.shown[id] = st
	}
}

func (s *System) left(id nextup.SessionID) map[nextup.OfferID]staged {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.shown[id]
	delete(s.shown, id)
	return st
}

// attachedTo lists the lines of one desk of a session; "" is the queue's.
func (s *System) attachedTo(id nextup.SessionID, desk nextup.PersonID) []*line {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*line
	for l := range s.lines[id] {
		if (desk == "" && l.who.Role == nextup.RoleCandidate) ||
			(desk != "" && l.who.Role == nextup.RoleInterviewer && l.person() == desk) {
			list = append(list, l)
		}
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

// sweep wakes sessions whose deadline has passed and that nobody speaks to, and
// those that stopped under their people.
func (s *System) sweep() {
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		select {
		case <-s.open.Done():
			return
		case <-every.C:
		}
		due, err := s.due()
		if err != nil {
			s.log.Error("sweep", "err", err)
		}
		s.mu.Lock()
		for id := range s.lines {
			if _, ok := s.live[id]; !ok {
				due = append(due, id)
			}
		}
		s.mu.Unlock()
		for _, id := range due {
			if pid, err := s.activate(id); err == nil {
				s.root.Send(pid, &tick{})
			}
		}
	}
}

func (s *System) due() (ids []nextup.SessionID, err error) {
	defer rescue(&err)
	ctx, cancel := context.WithTimeout(s.open, appendTime)
	defer cancel()
	return s.journal.Due(ctx, s.clock.Now())
}

// witness logs a panic and lets it go on: the library starts the actor again
// and says nothing.
func (s *System) witness(actor, id string) {
	if r := recover(); r != nil {
		s.log.Error("actor failed", "actor", actor, "id", id, "panic", r, "stack", string(debug.Stack()))
		panic(r)
	}
}
