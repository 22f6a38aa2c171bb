package actors

import (
	"context"
	"fmt"
	"maps"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// What a session has to do with its journal.

// fold makes the state from the stream.
func (s *session) fold() (err error) {
	defer rescue(&err)
	ctx, cancel := context.WithTimeout(context.Background(), appendTime)
	defer cancel()
	events, err := s.system.journal.Load(ctx, s.id)
	if err != nil {
		return err
	}
	people, texts, err := s.system.journal.Rows(ctx, s.id)
	if err != nil {
		return err
	}
	s.state = nextup.Evolve(nextup.Session{}, events...)
	s.history.folded(events)
	s.setRows(people, texts)
	return nil
}

// append keeps a decision; the outcome comes back as a message.
func (s *session) append(c actor.Context, m *kept) {
	root, self := s.system.root, c.Self()
	s.system.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), appendTime)
		defer cancel()
		m.err = s.keep(ctx, m.batch)
		root.Send(self, m)
	})
}

func (s *session) keep(ctx context.Context, b nextup.Batch) (err error) {
	defer rescue(&err)
	return s.system.journal.Append(ctx, b)
}

// refresh loads the rows again, beside everything else.
func (s *session) refresh(c actor.Context, reply chan<- answer[struct{}]) {
	root, self, rowed := s.system.root, c.Self(), s.rowed
	s.system.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), appendTime)
		defer cancel()
		l := &loaded{reply: reply, rowed: rowed}
		l.people, l.texts, l.err = s.rows(ctx)
		root.Send(self, l)
	})
}

func (s *session) rows(ctx context.Context) (people []nextup.Person, texts []nextup.Text, err error) {
	defer rescue(&err)
	return s.system.journal.Rows(ctx, s.id)
}

func (s *session) loaded(c actor.Context, m *loaded) {
	if m.err == nil && m.rowed != s.rowed { // read before the newest were kept
		s.refresh(c, m.reply)
		return
	}
	if m.err == nil {
		s.setRows(m.people, m.texts)
		s.publish(c)
	}
	respond(m.reply, answer[struct{}]{err: m.err})
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
	if len(people)+len(texts) > 0 {
		s.rowed++
	}
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

// dropRows forgets rows that were erased.
func (s *session) dropRows(people []nextup.PersonID, texts []nextup.TextID) {
	if len(people)+len(texts) == 0 {
		return
	}
	s.rowed++
	s.people, s.texts = maps.Clone(s.people), maps.Clone(s.texts)
	for _, id := range people {
		delete(s.people, id)
	}
	for _, id := range texts {
		delete(s.texts, id)
	}
}

// rescue turns a panic of the journal into an error: nobody knows what became of
// it, and the process lives on.
func rescue(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("journal panicked: %v", r)
	}
}
