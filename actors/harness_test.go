package actors

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"nextup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a journal with hooks; it keeps the fence like a real one.
type memory struct {
	mu      sync.Mutex
	streams map[nextup.SessionID][]nextup.Recorded
	due     map[nextup.SessionID]time.Time
	people  map[nextup.SessionID][]nextup.Person
	texts   map[nextup.SessionID][]nextup.Text
	erased  map[nextup.SessionID][]nextup.PersonID
	unsaid  map[nextup.SessionID][]nextup.TextID
	appends int
	loads   int
	// before is asked ahead of each append: an error is its outcome. after may
	// change the outcome of one that was kept.
	before func(nextup.Batch) error
	after  func(nextup.Batch) error
	onLoad func(nextup.SessionID) error
}

func newMemory() *memory {
	return &memory{
		streams: map[nextup.SessionID][]nextup.Recorded{}, due: map[nextup.SessionID]time.Time{},
		erased: map[nextup.SessionID][]nextup.PersonID{}, unsaid: map[nextup.SessionID][]nextup.TextID{},
		people: map[nextup.SessionID][]nextup.Person{}, texts: map[nextup.SessionID][]nextup.Text{},
	}
}

// hook sets the hooks; nil for none.
func (j *memory) hook(before, after func(nextup.Batch) error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.before, j.after = before, after
}

func (j *memory) hookLoad(f func(nextup.SessionID) error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.onLoad = f
}

func (j *memory) Load(_ context.Context, id nextup.SessionID) ([]nextup.Recorded, error) {
	j.mu.Lock()
	f := j.onLoad
	j.loads++
	events := slices.Clone(j.streams[id])
	j.mu.Unlock()
	if f != nil {
		if err := f(id); err != nil {
			return nil, err
		}
	}
	return events, nil
}

func (j *memory) Append(_ context.Context, b nextup.Batch) error {
	j.mu.Lock()
	before, after := j.before, j.after
	j.mu.Unlock()
	if before != nil {
		if err := before(b); err != nil {
			return err
		}
	}
	if err := j.keep(b); err != nil {
		return err
	}
	if after != nil {
		return after(b)
	}
	return nil
}

func (j *memory) keep(b nextup.Batch) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.streams[b.Session]) != b.Expected {
		return nextup.ErrConflict
	}
	j.appends++
	j.streams[b.Session] = append(j.streams[b.Session], b.Events...)
	j.due[b.Session] = b.Due
	j.people[b.Session] = append(j.people[b.Session], b.People...)
	j.texts[b.Session] = append(j.texts[b.Session], b.Texts...)
	j.erased[b.Session] = append(j.erased[b.Session], b.Erased...)
	j.unsaid[b.Session] = append(j.unsaid[b.Session], b.Unsaid...)
	j.people[b.Session] = slices.DeleteFunc(j.people[b.Session], func(p nextup.Person) bool { return slices.Contains(b.Erased, p.ID) })
	j.texts[b.Session] = slices.DeleteFunc(j.texts[b.Session], func(x nextup.Text) bool { return slices.Contains(b.Unsaid, x.ID) })
	return nil
}

func (j *memory) Due(_ context.Context, before time.Time) (ids []nextup.SessionID, _ error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for id, at := range j.due {
		if !at.IsZero() && !at.After(before) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (j *memory) Rows(_ context.Context, id nextup.SessionID) ([]nextup.Person, []nextup.Text, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.people[id]), slices.Clone(j.texts[id]), nil
}

func (j *memory) stream(id nextup.SessionID) []nextup.Recorded {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.streams[id])
}

// state folds what is kept: what a fresh start would see.
func (j *memory) state(id nextup.SessionID) nextup.Session {
	return nextup.Evolve(nextup.Session{}, j.stream(id)...)
}

// count says how many kept events are of type E.
func count[E nextup.Event](j *memory, id nextup.SessionID) (n int) {
	for _, r := range j.stream(id) {
		if _, ok := r.Event.(E); ok {
			n++
		}
	}
	return n
}

// call is one call of the stage.
type call struct {
	what    string
	session nextup.SessionID
	talk    nextup.OfferID
	people  string
	at      time.Time
}

type theatre struct {
	mu    sync.Mutex
	calls []call
	on    chan struct{} // told of every call, if there is one
}

func (t *theatre) add(what string, id nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, call{what, id, talk, strings.Trim(fmt.Sprint(people), "[]"), time.Now()})
	if t.on != nil {
		t.on <- struct{}{}
	}
}

func (t *theatre) Prepare(id nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {
	t.add("prepare", id, talk, people...)
}

func (t *theatre) Show(id nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {
	t.add("show", id, talk, people...)
}
func (t *theatre) Clear(id nextup.SessionID, talk nextup.OfferID) { t.add("clear", id, talk) }

// of lists the calls of one kind for a session.
func (t *theatre) of(what string, id nextup.SessionID) (list []call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.calls {
		if c.what == what && c.session == id {
			list = append(list, c)
		}
	}
	return list
}

// world is a system with what it stands on.
type world struct {
	testing.TB
	j  *memory
	st *theatre
	s  *System
	n  int // for command IDs
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, j: newMemory(), st: &theatre{}}
	w.s = New(w.j, w.st, quiet)
	return w
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// end closes the system; in a bubble what the library left behind ends too.
func (w *world) end() {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := w.s.Close(ctx); err != nil {
		w.Errorf("Close: %v", err)
	}
}

// bubble runs a test in fake time and closes its world.
func bubble(t *testing.T, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		f(w)
		w.end()
		time.Sleep(2 * time.Second)
	})
}

// settle lets everything happen that needs no more than a moment.
func settle() {
	time.Sleep(viewEvery + 2*spreadTime)
	synctest.Wait()
}

func (w *world) order(by nextup.Actor, cmd nextup.Command) nextup.Order {
	w.n++
	return nextup.Order{ID: nextup.CommandID(fmt.Sprint("cmd-", w.n)), By: by, Command: cmd}
}

func (w *world) try(id nextup.SessionID, by nextup.Actor, cmd nextup.Command) (nextup.Receipt, error) {
	return w.s.Do(context.Background(), id, w.order(by, cmd))
}

func (w *world) do(id nextup.SessionID, by nextup.Actor, cmd nextup.Command) nextup.Receipt {
	w.Helper()
	r, err := w.try(id, by, cmd)
	if err != nil {
		w.Fatalf("%T by %s: %v", cmd, by.ID, err)
	}
	return r
}

func (w *world) state(id nextup.SessionID) nextup.Session {
	w.Helper()
	n, err := w.s.Look(context.Background(), id)
	if err != nil {
		w.Fatalf("Look: %v", err)
	}
	return n.State
}

var boss = nextup.Actor{Role: nextup.RoleRecruiter, ID: "boss"}

func cand(id nextup.CandidateID) nextup.Actor {
	return nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}
}

func iv(id nextup.InterviewerID) nextup.Actor {
	return nextup.Actor{Role: nextup.RoleInterviewer, ID: string(id)}
}

// client is one browser: it reads its views as they come.
type client struct {
	line nextup.Line
	who  nextup.Actor
	mu   sync.Mutex
	last nextup.View
	got  []time.Time
	done chan struct{}
}

func (w *world) attach(id nextup.SessionID, who nextup.Actor, device nextup.DeviceID) *client {
	w.Helper()
	l, err := w.s.Attach(context.Background(), id, nextup.Attachment{Who: who, Device: device})
	if err != nil {
		w.Fatalf("Attach %s: %v", who.ID, err)
	}
	c := &client{line: l, who: who, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for v := range l.Views() {
			c.mu.Lock()
			c.last, c.got = v, append(c.got, time.Now())
			c.mu.Unlock()
		}
	}()
	l.Report(nextup.Report{Visible: true, Checked: true, Devices: nextup.Devices{Camera: nextup.DeviceOK}})
	return c
}

func (c *client) seen() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}

func (c *client) candidate() nextup.CandidateView {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, _ := c.last.(nextup.CandidateView)
	return v
}

func (c *client) interviewer() nextup.InterviewerView {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, _ := c.last.(nextup.InterviewerView)
	return v
}

// lobby is a published, begun session in which everybody is there and ready.
type lobby struct {
	*world
	id           nextup.SessionID
	interviewers []*client
	candidates   []*client
}

func cid(n int) nextup.CandidateID   { return nextup.CandidateID(fmt.Sprint("c", n)) }
func iid(n int) nextup.InterviewerID { return nextup.InterviewerID(fmt.Sprint("i", n)) }

func settings() nextup.Settings {
	return nextup.Settings{
		Start: time.Now(), Zone: "Europe/Stockholm", Length: time.Hour, Talk: 10 * time.Minute, Places: 10000,
		LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer, Countdown: nextup.DefaultCountdown,
	}
}

func (w *world) create(id nextup.SessionID, interviewers int) {
	w.Helper()
	create := nextup.Create{Organisation: "org", Owner: "boss", Settings: settings()}
	for i := range interviewers {
		create.Interviewers = append(create.Interviewers, iid(i+1))
	}
	w.do(id, boss, create)
	w.do(id, boss, nextup.Publish{})
}

func (w *world) lobby(id nextup.SessionID, interviewers, candidates int) *lobby {
	w.Helper()
	l := &lobby{world: w, id: id}
	w.create(id, interviewers)
	for n := range interviewers {
		l.interviewers = append(l.interviewers, w.attach(id, iv(iid(n+1)), "desk"))
		w.do(id, iv(iid(n+1)), nextup.Enter{Device: "desk"})
	}
	for n := range candidates {
		c := cid(n + 1)
		w.do(id, nextup.Actor{Role: nextup.RoleVisitor}, nextup.Register{Candidate: c})
		l.candidates = append(l.candidates, w.attach(id, cand(c), "phone"))
		w.do(id, cand(c), nextup.CheckIn{Device: "phone"})
	}
	return l
}

// talk brings the first interviewer and the first candidate into a talk.
func (l *lobby) talk() nextup.OfferID {
	l.Helper()
	settle()
	r := l.do(l.id, iv("i1"), nextup.Next{})
	offer := r.State.LastOffer
	l.do(l.id, cand("c1"), nextup.Acknowledge{Offer: offer})
	time.Sleep(nextup.DefaultCountdown)
	settle()
	if t, ok := l.state(l.id).Talk(offer); !ok || t.Candidate != "c1" {
		l.Fatalf("no talk: %+v", t)
	}
	return offer
}

// kill crashes an actor of the session: who nil is the session itself, "" the queue.
func (l *lobby) kill(who *nextup.PersonID) {
	l.s.mu.Lock()
	live := l.s.live[l.id]
	l.s.mu.Unlock()
	if who == nil {
		l.s.root.Send(live.session, &crash{})
	} else {
		l.s.root.Send(live.desks[*who], &crash{})
	}
}

func code(err error) nextup.Code {
	if e, ok := err.(*nextup.Error); ok {
		return e.Code
	}
	return nextup.Code(fmt.Sprint(err))
}
