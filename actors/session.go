package actors

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// session is the one place where a quick interview is decided and kept.
type session struct {
	system *System
	id     nextup.SessionID
	gone   chan struct{} // closed when the actor and its children have stopped

	state  nextup.Session
	people map[nextup.PersonID]nextup.Person // replaced, never changed: snapshots share them
	texts  map[nextup.TextID]string

	presence nextup.Presence
	shared   nextup.Presence // the copy in the latest snapshot
	changed  bool            // presence differs from shared
	since    time.Time       // this activation

	busy    bool      // an append is on its way
	inHand  *order    // whose append it is
	waiting []*order  // orders that came meanwhile
	used    time.Time // last order or line, for idleness
	history commands

	queue        *actor.PID
	interviewers map[nextup.InterviewerID]*actor.PID
	staged       map[nextup.OfferID]staged

	generation int // of the deadline timer
	deadline   *time.Timer
	renewal    *time.Timer
	spreading  *time.Timer
}

func (s *session) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		s.start(c)
	case *actor.Restarting:
		s.system.restarting(s.id)
		s.stop()
	case *actor.Stopping:
		s.system.inactive(s.id)
		s.stop()
	case *actor.Stopped:
		close(s.gone)
	case *order:
		s.used = time.Now()
		if s.busy {
			s.waiting = append(s.waiting, m)
		} else {
			s.decide(c, m)
		}
	case *kept:
		s.kept(c, m)
	case *present:
		s.present(c, m)
	case *spread:
		s.publish(c)
	case *attach:
		s.attach(c, m.line)
	case *started:
		s.childUp(c, m.who)
	case *look:
		m.reply <- lookAnswer{now: s.snapshot()}
	case *refresh:
		s.loadRows(c, m.reply)
	case *loaded:
		if m.err == nil {
			s.setRows(m.people, m.texts)
			s.publish(c)
		}
		m.reply <- m.err
	case *tick:
		if m.generation == s.generation || m.generation == 0 {
			s.clock(c, nextup.Tick{})
		}
	case *renew:
		s.renew(c)
	case *crash:
		panic("crash asked for")
	}
}

// start folds the stream. It repeats no effect: what the stage shows is stated
// anew at the end, from the state.
func (s *session) start(c actor.Context) {
	ctx, cancel := context.WithTimeout(context.Background(), appendTime)
	defer cancel()
	events, err := s.system.journal.Load(ctx, s.id)
	if err != nil {
		s.system.log.Error("load", "session", s.id, "err", err)
		c.Stop(c.Self())
		return
	}
	people, texts, err := s.system.journal.Rows(ctx, s.id)
	if err != nil {
		s.system.log.Error("load rows", "session", s.id, "err", err)
		c.Stop(c.Self())
		return
	}
	s.state = nextup.Evolve(nextup.Session{}, events...)
	s.history = remember(events)
	s.setRows(people, texts)
	s.since, s.used = s.system.clock.Now(), time.Now()
	// nobody has been seen yet; the count of who is unseen begins now
	s.presence = nextup.Presence{}
	for _, id := range s.state.Order {
		s.presence[id.Person()] = nextup.Seen{Since: s.since}
	}
	for _, i := range s.state.Interviewers {
		s.presence[i.ID.Person()] = nextup.Seen{Since: s.since}
	}
	s.changed = true
	s.staged = map[nextup.OfferID]staged{}
	s.interviewers = map[nextup.InterviewerID]*actor.PID{}
	s.queue = c.Spawn(actor.PropsFromProducer(func() actor.Actor { return newQueue(s.system) }))
	s.act(c)
	s.renewal = s.later(c, renewEvery, &renew{})
}

func (s *session) stop() {
	for _, t := range []*time.Timer{s.deadline, s.renewal, s.spreading} {
		if t != nil {
			t.Stop()
		}
	}
	for _, o := range append(s.waiting, s.inHand) {
		if o != nil {
			respond(o.reply, answer{again: true})
		}
	}
	s.waiting, s.inHand = nil, nil
}

// decide is the whole way in: known already, decide, keep. What follows once it
// is kept stands in kept.
func (s *session) decide(c actor.Context, o *order) {
	if past, ok := s.history.find(o.ID); ok {
		if past.err != nil {
			respond(o.reply, answer{err: past.err})
		} else {
			respond(o.reply, answer{receipt: nextup.Receipt{Events: past.events, State: s.state}})
		}
		return
	}
	now := s.system.clock.Now()
	events, err := nextup.Decide(s.state, s.presence, now, o.By, o.Command)
	if err != nil {
		s.history.refused(o.ID, err)
		respond(o.reply, answer{err: err})
		return
	}
	if len(events) == 0 && len(o.Texts) == 0 && len(o.People) == 0 {
		respond(o.reply, answer{receipt: nextup.Receipt{State: s.state}})
		s.arm(c)
		return
	}
	batch := nextup.Batch{Session: s.id, Expected: s.state.Version, People: o.People, Texts: o.Texts}
	for i, e := range events {
		batch.Events = append(batch.Events, nextup.Recorded{
			Version: s.state.Version + 1 + i, At: now, By: o.By, Command: o.ID, Event: e,
		})
	}
	after := nextup.Evolve(s.state, batch.Events...)
	batch.Mails = nextup.MailsFor(after, events)
	batch.Due = nextup.Deadline(after, s.presence)
	s.busy, s.inHand = true, o
	root, self := s.system.root, c.Self()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), appendTime)
		defer cancel()
		root.Send(self, &kept{after, batch, s.system.journal.Append(ctx, batch)})
	}()
}

// kept goes on once the store has answered.
func (s *session) kept(c actor.Context, m *kept) {
	if !s.busy {
		return // from before a restart
	}
	o := s.inHand
	s.busy, s.inHand = false, nil
	var refusal *nextup.Error
	switch {
	case m.err == nil:
		s.state = m.after
		s.history.add(m.batch.Events)
		s.addRows(m.batch.People, m.batch.Texts)
		s.act(c)
		respond(o.reply, answer{receipt: nextup.Receipt{Events: m.batch.Events, State: s.state}})
	case errors.As(m.err, &refusal): // a row was refused; nothing is kept
		respond(o.reply, answer{err: refusal})
	default:
		// Lost to another writer, or unknown. This state is worth nothing any more.
		s.system.log.Warn("append", "session", s.id, "err", m.err)
		respond(o.reply, answer{again: true})
		c.Stop(c.Self())
		return
	}
	for len(s.waiting) > 0 && !s.busy {
		o, s.waiting = s.waiting[0], s.waiting[1:]
		s.decide(c, o)
	}
}

// act does everything that follows from a committed state.
func (s *session) act(c actor.Context) {
	s.stage()
	for _, i := range s.state.Interviewers {
		if _, ok := s.interviewers[i.ID]; !ok {
			s.interviewers[i.ID] = c.Spawn(actor.PropsFromProducer(func() actor.Actor { return newInterviewer(s.system, i.ID) }))
		}
		if _, ok := s.presence[i.ID.Person()]; !ok {
			s.presence[i.ID.Person()], s.changed = nextup.Seen{Since: s.system.clock.Now()}, true
		}
	}
	s.system.active(s.id, c.Self(), s.queue, s.interviewers)
	s.publish(c)
	s.arm(c)
}

// publish sends the committed state and the presence of the moment down.
func (s *session) publish(c actor.Context) {
	if s.spreading != nil {
		s.spreading.Stop()
		s.spreading = nil
	}
	m := &published{s.snapshot()}
	c.Send(s.queue, m)
	for _, pid := range s.interviewers {
		c.Send(pid, m)
	}
}

func (s *session) snapshot() nextup.Snapshot {
	if s.changed {
		s.shared, s.changed = maps.Clone(s.presence), false
	}
	return nextup.Snapshot{
		ID: s.id, State: s.state, Presence: s.shared, People: s.people, Texts: s.texts, Now: s.system.clock.Now(),
	}
}

// present takes a presence. It is soft, so it never waits for an append.
func (s *session) present(c actor.Context, m *present) {
	was := s.presence[m.who]
	s.presence[m.who], s.changed = m.seen, true
	if m.seen.Connected && !was.Connected {
		back := nextup.Return{Person: m.who}
		if was.Since.After(s.since) { // we saw it go; after a start we did not
			back.Gone = m.seen.Since.Sub(was.Since)
		}
		s.clock(c, back)
	}
	s.arm(c)
	if s.spreading == nil {
		s.spreading = s.later(c, spreadTime, &spread{})
	}
}

// clock gives a command of the clock.
func (s *session) clock(c actor.Context, cmd nextup.Command) {
	o := &order{Order: nextup.Order{By: nextup.TheClock, Command: cmd}}
	if s.busy {
		s.waiting = append(s.waiting, o)
	} else {
		s.decide(c, o)
	}
}

// arm sets the timer to the state's deadline.
func (s *session) arm(c actor.Context) {
	s.generation++
	if s.deadline != nil {
		s.deadline.Stop()
		s.deadline = nil
	}
	at := nextup.Deadline(s.state, s.presence)
	if at.IsZero() || s.busy {
		return
	}
	wait := max(at.Sub(s.system.clock.Now()), 0)
	s.deadline = s.later(c, wait, &tick{s.generation})
}

// later sends this actor a message; the timer never touches the actor itself.
func (s *session) later(c actor.Context, wait time.Duration, m any) *time.Timer {
	root, self := s.system.root, c.Self()
	return time.AfterFunc(wait, func() { root.Send(self, m) })
}

func (s *session) renew(c actor.Context) {
	for id, st := range s.staged {
		st.state(s.system.stage, s.id, id)
	}
	if !s.system.attended(s.id) && !s.busy && len(s.staged) == 0 && (time.Since(s.used) > idleTime || s.state.Version == 0) {
		c.Stop(c.Self()) // idle: the stream has it all
		return
	}
	s.renewal = s.later(c, renewEvery, &renew{})
}

func (s *session) attach(c actor.Context, l *line) {
	s.used = time.Now()
	if pid := s.desk(l.who); pid != nil {
		c.Send(pid, &attach{l})
	} else {
		go l.Close()
	}
}

// childUp brings a child that came up what it needs: the state and its lines.
func (s *session) childUp(c actor.Context, who nextup.PersonID) {
	pid := s.queue
	if who != "" {
		pid = s.interviewers[nextup.InterviewerID(who)]
	}
	c.Send(pid, &published{s.snapshot()})
	for _, l := range s.system.attachedTo(s.id) {
		if (who == "" && l.who.Role == nextup.RoleCandidate) || (who != "" && l.person() == who) {
			c.Send(pid, &attach{l})
		}
	}
}

func (s *session) desk(who nextup.Actor) *actor.PID {
	if who.Role == nextup.RoleCandidate {
		return s.queue
	}
	return s.interviewers[nextup.InterviewerID(who.ID)]
}

func (s *session) loadRows(c actor.Context, reply chan<- error) {
	root, self := s.system.root, c.Self()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), appendTime)
		defer cancel()
		people, texts, err := s.system.journal.Rows(ctx, s.id)
		root.Send(self, &loaded{people, texts, err, reply})
	}()
}

func (s *session) setRows(people []nextup.Person, texts []nextup.Text) {
	s.people, s.texts = map[nextup.PersonID]nextup.Person{}, map[nextup.TextID]string{}
	for _, p := range people {
		s.people[p.ID] = p
	}
	for _, t := range texts {
		s.texts[t.ID] = t.Body
	}
}

func (s *session) addRows(people []nextup.Person, texts []nextup.Text) {
	if len(people) > 0 {
		s.people = maps.Clone(s.people)
	}
	for _, p := range people {
		s.people[p.ID] = p
	}
	if len(texts) > 0 {
		s.texts = maps.Clone(s.texts)
	}
	for _, t := range texts {
		s.texts[t.ID] = t.Body
	}
}

func respond(to chan<- answer, a answer) {
	if to != nil {
		to <- a // buffered for exactly one answer
	}
}
