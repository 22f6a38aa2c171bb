package actors

import (
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

	state  nextup.Session
	people map[nextup.PersonID]nextup.Person // replaced, never changed: snapshots share them
	texts  map[nextup.TextID]string
	rowed  int  // how often rows were added
	lost   bool // the stream could not be read: state is worth nothing

	presence nextup.Presence
	shared   nextup.Presence          // the copy in the latest snapshot
	changed  bool                     // presence differs from shared
	met      map[nextup.PersonID]bool // connected at some time in this activation

	busy    bool     // an append is on its way
	inHand  *order   // whose append it is, until it is answered
	races   int      // conflicts of the order in hand
	waiting []*order // orders that came meanwhile
	history commands
	used    time.Time // last order or line, for idleness
	leaving bool      // stops once the append is through
	gone    bool      // stopping or restarting: nothing is begun any more

	desks  map[nextup.PersonID]*actor.PID // interviewers; "" is the queue
	staged map[nextup.OfferID]staged

	measured map[measurer]reading // of talks that run or have just ended

	generation int       // of the deadline timer
	patience   time.Time // a deadline that has passed is not looked at before
	timers     [6]*time.Timer
}

func (s *session) Receive(c actor.Context) {
	defer s.system.witness("session", string(s.id))
	if s.gone {
		s.receiveGone(c)
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		s.start(c)
	case *actor.Restarting, *actor.Stopping:
		s.stop(c)
	case *actor.Terminated:
		s.deskDown(c, m.Who)
	case *order:
		s.used = time.Now()
		s.take(c, m)
	case *kept:
		s.kept(c, m)
	case *present:
		s.present(c, m)
	case *spread:
		s.publish(c)
		s.arm(c)
	case *attach:
		s.used = time.Now()
		if pid := s.desk(m.line.who); pid != nil {
			c.Send(pid, m)
		} // else its desk will be told of all its lines
	case *started:
		if s.desks[m.who].Equal(m.desk) {
			c.Send(m.desk, &hello{s.snapshot(), s.system.attachedTo(s.id, m.who)})
		}
	case *look:
		s.look(m)
	case *known:
		respond(m.reply, answer[struct{}]{err: s.knows(m.who), again: s.lost})
	case *refresh:
		s.refresh(c, m.reply)
	case *loaded:
		s.loaded(c, m)
	case *tick:
		// the sweep's can be skipped when the timer stands for just after
		if m.generation == s.generation || m.generation == 0 && !s.system.clock.Now().Before(s.patience) {
			s.take(c, &order{Order: nextup.Order{By: nextup.TheClock, Command: nextup.Tick{}}})
		}
	case *measured:
		s.keepMeasured(c)
	case *reload:
		if !s.busy { // else the append tells
			s.reload(c)
		}
	case *reopen:
		s.openDesks(c)
	case *renew:
		s.renew(c)
	case *leave:
		s.leaving = true
		s.again()
		if !s.busy {
			c.Stop(c.Self())
		}
	case *crash:
		panic("crash asked for")
	}
}

// receiveGone is Receive from Stopping or Restarting on, while the desks stop.
func (s *session) receiveGone(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Stopped:
		s.system.inactive(s.id)
	case *order:
		respond(m.reply, answer[nextup.Receipt]{again: true})
	case *look:
		respond(m.reply, answer[nextup.Snapshot]{again: true})
	case *known:
		respond(m.reply, answer[struct{}]{again: true})
	case *refresh:
		respond(m.reply, answer[struct{}]{again: true})
	case *loaded:
		respond(m.reply, answer[struct{}]{err: m.err})
	}
}

// start begins an activation. Nobody has been seen yet, and the count of who is
// unseen begins now. What the stage shows is stated anew, from the state.
func (s *session) start(c actor.Context) {
	s.used = time.Now()
	s.presence, s.changed, s.met = nextup.Presence{}, true, map[nextup.PersonID]bool{}
	s.history = newCommands()
	s.measured = map[measurer]reading{}
	s.desks = map[nextup.PersonID]*actor.PID{}
	s.staged = s.system.left(s.id)
	for id, st := range s.staged { // it may have ended while nobody was here
		st.stale = true
		s.staged[id] = st
	}
	s.after(c, timerRenew, renewEvery, &renew{})
	s.reload(c)
	if s.system.open.Err() != nil { // it failed while it was leaving
		c.Stop(c.Self())
	}
}

func (s *session) stop(c actor.Context) {
	s.gone = true
	for _, t := range s.timers {
		if t != nil {
			t.Stop()
		}
	}
	s.again()
	if s.inHand != nil {
		respond(s.inHand.reply, answer[nextup.Receipt]{again: true})
		s.inHand = nil
	}
	s.system.desks(s.id, c.Self(), nil)
	// Both what was stated and what may have been when something failed midway.
	st := maps.Clone(s.staged)
	if st == nil {
		st = map[nextup.OfferID]staged{}
	}
	maps.Copy(st, stages(s.state))
	s.system.leaves(s.id, st)
}

// take decides an order now or, while an append runs, after it.
func (s *session) take(c actor.Context, o *order) {
	switch {
	case s.lost || s.leaving:
		respond(o.reply, answer[nextup.Receipt]{again: true})
	case s.busy:
		s.waiting = append(s.waiting, o)
	default:
		s.decide(c, o)
		s.drain(c)
	}
}

// drain decides what has waited, in order.
func (s *session) drain(c actor.Context) {
	for len(s.waiting) > 0 && !s.busy && !s.lost {
		o := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.decide(c, o)
	}
}

// again sends everybody who waits back to ask once more.
func (s *session) again() {
	for _, o := range s.waiting {
		respond(o.reply, answer[nextup.Receipt]{again: true})
	}
	s.waiting = nil
}

// decide is the whole way in: known already, decide, keep. What follows once it
// is kept stands in kept.
func (s *session) decide(c actor.Context, o *order) {
	defer func() { // a fault of the machine is answered; the actor starts again
		if r := recover(); r != nil {
			respond(o.reply, answer[nextup.Receipt]{err: nextup.Refuse(nextup.CodeUnavailable)})
			panic(r)
		}
	}()
	if past, ok := s.history.find(o); ok {
		respond(o.reply, answer[nextup.Receipt]{value: nextup.Receipt{Events: past.events, State: s.state}, err: past.err})
		return
	}
	if elsewhere(s.state, o.Order) {
		s.refuse(o, nextup.Refuse(nextup.CodeElsewhere))
		return
	}
	now := s.system.clock.Now()
	command := o.Command
	if m, ok := command.(nextup.Measure); ok {
		command = s.measure(o.By, m)
	}
	events, err := nextup.Decide(s.state, s.presence, now, o.By, command)
	if err != nil {
		s.refuse(o, err)
		return
	}
	if len(events) == 0 && len(o.Texts) == 0 && len(o.People) == 0 {
		s.history.without(o, nil)
		respond(o.reply, answer[nextup.Receipt]{value: nextup.Receipt{State: s.state}})
		if o.Command == (nextup.Tick{}) {
			s.patience = now.Add(mendTime)
			s.arm(c)
		}
		return
	}
	batch := nextup.Batch{Session: s.id, Expected: s.state.Version, People: o.People, Texts: o.Texts}
	for i, e := range events {
		batch.Events = append(batch.Events, nextup.Recorded{
			Version: s.state.Version + 1 + i, At: now, By: o.By, Command: o.ID, Event: e,
		})
	}
	after := nextup.Evolve(s.state, batch.Events...)
	if talks := after.Talking(); o.By.Role == nextup.RoleInterviewer && talks > s.state.Talking() {
		if running, ok := s.system.room.claim(s.id, talks); !ok { // nothing has been called, nobody has moved
			s.system.log.Warn("no room for another talk", "running", running)
			s.system.metrics.refused.Inc()
			s.refuse(o, nextup.Refuse(nextup.CodeNoRoom))
			return
		}
	}
	batch.Mails = nextup.MailsFor(after, events)
	batch.Erased, batch.Unsaid = nextup.ErasedBy(after, events)
	batch.Due = due(after, now)
	s.busy, s.inHand = true, o
	s.append(c, &kept{order: o, after: after, batch: batch})
}

func (s *session) refuse(o *order, err error) {
	s.history.without(o, err)
	respond(o.reply, answer[nextup.Receipt]{err: err})
}

// kept goes on once the store has answered.
func (s *session) kept(c actor.Context, m *kept) {
	if m.order != s.inHand { // an append from before a restart: our state may lack it
		if !s.busy {
			s.reload(c)
		}
		return
	}
	s.busy = false
	var refusal *nextup.Error
	switch {
	case m.err == nil:
		s.state, s.races = m.after, 0
		s.history.add(m.batch.Events)
		s.system.metrics.measured(m.batch.Events)
		s.addRows(m.batch.People, m.batch.Texts)
		s.dropRows(m.batch.Erased, m.batch.Unsaid)
		s.act(c)
		s.answerInHand(answer[nextup.Receipt]{value: nextup.Receipt{Events: m.batch.Events, State: s.state}})
	case errors.As(m.err, &refusal) && refusal.Code != nextup.CodeUnavailable: // a row was refused; nothing is kept
		s.history.without(s.inHand, refusal)
		s.system.room.holds(s.id, s.state.Talking())
		s.answerInHand(answer[nextup.Receipt]{err: refusal})
		s.arm(c)
	case errors.Is(m.err, nextup.ErrConflict) && s.races < maxRaces:
		s.system.log.Info("another writer was first", "session", s.id)
		s.races++
		if s.reload(c) {
			o := s.inHand
			s.inHand = nil
			s.decide(c, o)
		} else {
			s.answerInHand(answer[nextup.Receipt]{again: true})
		}
	default:
		// Nobody knows. It may even be kept later, so the stream is read twice.
		s.system.log.Warn("append", "session", s.id, "err", m.err)
		s.races, s.patience = 0, s.system.clock.Now().Add(mendTime)
		if s.reload(c) {
			s.after(c, timerReload, appendTime, &reload{})
		}
		s.answerInHand(answer[nextup.Receipt]{again: true}) // its ID tells what became of it
	}
	s.drain(c)
	if s.leaving && !s.busy {
		c.Stop(c.Self())
	}
}

const maxRaces = 5

func (s *session) answerInHand(a answer[nextup.Receipt]) {
	respond(s.inHand.reply, a)
	s.inHand = nil
}

// reload folds the stream anew and acts on it. While that fails nothing is
// decided, and it is tried again.
func (s *session) reload(c actor.Context) bool {
	if err := s.fold(); err != nil {
		s.system.log.Error("load", "session", s.id, "err", err)
		s.lost = true
		s.again()
		s.after(c, timerReload, mendTime, &reload{})
		return false
	}
	s.lost = false
	// Whoever is connected is known in a moment: what is overdue waits for that.
	if soon := s.system.clock.Now().Add(spreadTime); soon.After(s.patience) {
		s.patience = soon
	}
	s.act(c)
	return true
}

// act does everything that follows from a committed state.
func (s *session) act(c actor.Context) {
	s.system.room.holds(s.id, s.state.Talking())
	s.stage()
	s.settle(c)
	s.expect()
	s.openDesks(c)
	s.publish(c)
	s.arm(c)
}

// expect begins the count for people who should be there and have not been seen.
func (s *session) expect() {
	expect := func(id nextup.PersonID) {
		if _, ok := s.presence[id]; !ok {
			s.presence[id], s.changed = nextup.Seen{Since: s.system.clock.Now()}, true
		}
	}
	for _, i := range s.state.Interviewers {
		expect(i.ID.Person())
	}
	for _, id := range s.state.Order {
		expect(id.Person())
	}
}

// openDesks starts the desks that are missing.
func (s *session) openDesks(c actor.Context) {
	before := len(s.desks)
	if s.desks[""] == nil {
		s.desks[""] = c.Spawn(actor.PropsFromProducer(func() actor.Actor { return newQueue(s.system) }))
	}
	for _, i := range s.state.Interviewers {
		if who := i.ID.Person(); s.desks[who] == nil {
			s.desks[who] = c.Spawn(actor.PropsFromProducer(func() actor.Actor { return newInterviewer(s.system, i.ID) }))
		}
	}
	if len(s.desks) != before {
		s.system.desks(s.id, c.Self(), maps.Clone(s.desks))
	}
}

// deskDown notes a desk that failed so often that the library gave it up.
func (s *session) deskDown(c actor.Context, pid *actor.PID) {
	for who, desk := range s.desks {
		if desk.Equal(pid) {
			delete(s.desks, who)
			s.system.desks(s.id, c.Self(), maps.Clone(s.desks))
			s.after(c, timerReopen, mendTime, &reopen{})
		}
	}
}

func (s *session) desk(who nextup.Actor) *actor.PID {
	if who.Role == nextup.RoleCandidate {
		return s.desks[""]
	}
	return s.desks[nextup.PersonID(who.ID)]
}

// publish sends the committed state and the presence of the moment down.
func (s *session) publish(c actor.Context) {
	if t := s.timers[timerSpread]; t != nil {
		t.Stop()
		s.timers[timerSpread] = nil
	}
	m := &published{s.snapshot()}
	for _, pid := range s.desks {
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

func (s *session) look(m *look) {
	a := answer[nextup.Snapshot]{again: s.lost}
	if s.state.Phase == "" {
		a.err = nextup.Refuse(nextup.CodeUnknown)
	} else {
		a.value = s.snapshot()
	}
	respond(m.reply, a)
}

// knows says why somebody may not have a line.
func (s *session) knows(who nextup.Actor) error {
	ok := false
	switch who.Role {
	case nextup.RoleCandidate:
		_, ok = s.state.Candidates[nextup.CandidateID(who.ID)]
	case nextup.RoleInterviewer:
		_, ok = s.state.Interviewer(nextup.InterviewerID(who.ID))
	default:
		return nextup.Refuse(nextup.CodeForbidden)
	}
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return nil
}

// present takes a presence. It is soft, so it never waits for an append.
func (s *session) present(c actor.Context, m *present) {
	was := s.presence[m.who]
	s.presence[m.who], s.changed = m.seen, true
	if m.seen.Connected && !was.Connected && s.missed(m.who) {
		back := nextup.Return{Person: m.who}
		if s.met[m.who] { // we saw it go; after a start we did not
			back.Gone = m.seen.Since.Sub(was.Since)
		}
		s.take(c, &order{Order: nextup.Order{By: nextup.TheClock, Command: back}})
	}
	if m.seen.Connected {
		s.met[m.who] = true
	}
	if s.timers[timerSpread] == nil {
		s.after(c, timerSpread, spreadTime, &spread{})
	}
}

// missed says whether a return can matter. Somebody who only waits just returns:
// a whole lobby may do so at once, and each decision looks at all of it.
func (s *session) missed(who nextup.PersonID) bool {
	c, ok := s.state.Candidates[nextup.CandidateID(who)]
	return !ok || (c.Status != nextup.StatusWaiting && c.Status != nextup.StatusRegistered)
}

// arm sets the timer to the state's deadline.
func (s *session) arm(c actor.Context) {
	s.generation++
	if t := s.timers[timerDeadline]; t != nil {
		t.Stop()
	}
	if s.busy || s.lost {
		return // what ends that arms again
	}
	at := nextup.Deadline(s.state, s.presence)
	if at.IsZero() {
		return
	}
	now := s.system.clock.Now()
	if !at.After(now) && at.Before(s.patience) {
		at = s.patience
	}
	s.after(c, timerDeadline, max(at.Sub(now), 0), &tick{s.generation})
}

// renew repeats what the stage shows, and stops a session that nobody needs:
// the stream has it all, and the journal says when to wake it.
func (s *session) renew(c actor.Context) {
	for id, st := range s.staged {
		st.state(s.system.stage, s.id, id)
	}
	idle := s.state.Version == 0 || time.Since(s.used) > idleTime
	if at := nextup.Deadline(s.state, s.presence); !at.IsZero() && at.Before(s.system.clock.Now().Add(2*idleTime)) {
		idle = false
	}
	if idle && !s.busy && len(s.staged) == 0 && !s.system.attended(s.id) {
		c.Stop(c.Self())
		return
	}
	s.after(c, timerRenew, renewEvery, &renew{})
}

// The timers of a session.
const (
	timerDeadline = iota
	timerRenew
	timerSpread
	timerReload
	timerReopen
	timerMeasure
)

// after sends this actor a message later, instead of an earlier one of the same
// timer; it never touches the actor itself.
func (s *session) after(c actor.Context, timer int, wait time.Duration, m any) {
	if t := s.timers[timer]; t != nil {
		t.Stop()
	}
	root, self := s.system.root, c.Self()
	s.timers[timer] = time.AfterFunc(wait, func() { root.Send(self, m) })
}

// due is when somebody must look at a session again even if everybody has left
// it by then, and this process too: then presence has no other trace.
func due(after nextup.Session, now time.Time) time.Time {
	unseen := nextup.Presence{}
	for _, i := range after.Interviewers {
		unseen[i.ID.Person()] = nextup.Seen{Since: now}
		if t, ok := after.Talk(i.Talk); ok { // of a panel, all
			unseen[t.Candidate.Person()] = nextup.Seen{Since: now}
		}
	}
	for _, id := range after.Order { // one who waits stands for all
		if after.Candidates[id].Status == nextup.StatusWaiting {
			unseen[id.Person()] = nextup.Seen{Since: now}
			break
		}
	}
	return nextup.Deadline(after, unseen)
}

// elsewhere says whether an order comes from a device that has lost its place.
func elsewhere(s nextup.Session, o nextup.Order) bool {
	switch o.Command.(type) {
	case nextup.CheckIn, nextup.Continue, nextup.Enter, nextup.Respond, nextup.Withdraw: // from any device
		return false
	}
	var holder nextup.DeviceID
	switch o.By.Role {
	case nextup.RoleCandidate:
		holder = s.Candidates[nextup.CandidateID(o.By.ID)].Device
	case nextup.RoleInterviewer:
		i, _ := s.Interviewer(nextup.InterviewerID(o.By.ID))
		holder = i.Device
	}
	return o.Device != "" && holder != "" && holder != o.Device
}
