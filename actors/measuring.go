package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// measureWait is how long after a talk its browsers are given to say the last of
// their figures; then the latest that are known are kept.
const measureWait = 10 * time.Second

// measurer is one who is in a talk and says what his connection does.
type measurer struct {
	offer nextup.OfferID
	who   nextup.Actor
}

// reading is what is known of it. Browsers count anew after a reload, or on another
// device: what was counted before is in past.
type reading struct {
	past, last nextup.TalkFigures
	began      bool // past holds something
}

func (r reading) whole() nextup.TalkFigures {
	if !r.began {
		return r.last
	}
	return r.past.And(r.last)
}

// measure remembers what a browser says while the talk runs, for whom it never says
// more, and gives the command with all that is known. It is soft, like a presence.
func (s *session) measure(by nextup.Actor, m nextup.Measure) nextup.Measure {
	t, ok := s.state.Talk(m.Offer)
	if !ok || m.Figures.Check() != "" {
		return m // to be refused
	}
	at := measurer{m.Offer, by}
	r, known := s.measured[at]
	if !known && !t.Running(by) {
		return m
	}
	if known && m.Figures.Measured < r.last.Measured {
		r.past, r.began = r.whole(), true
	}
	r.last = m.Figures
	if t.Running(by) && r.whole().Check() == "" {
		s.measured[at] = r
	}
	m.Figures = r.whole()
	return m
}

// settle forgets what is kept by now, and has the rest kept in a while.
func (s *session) settle(c actor.Context) {
	waits := false
	for at := range s.measured {
		t, ok := s.state.Talk(at.offer)
		switch {
		case !ok || t.MeasuredBy(at.who):
			delete(s.measured, at)
		case !t.Running(at.who):
			waits = true
		}
	}
	if waits && s.timers[timerMeasure] == nil {
		s.after(c, timerMeasure, measureWait, &measured{})
	}
}

// keepMeasured keeps what those said last who are not in their talk any more.
func (s *session) keepMeasured(c actor.Context) {
	s.timers[timerMeasure] = nil
	for at, r := range s.measured {
		if t, ok := s.state.Talk(at.offer); ok && t.Running(at.who) {
			continue
		}
		delete(s.measured, at)
		s.take(c, &order{Order: nextup.Order{By: at.who, Command: nextup.Measure{By: at.who.Role, Offer: at.offer, Figures: r.whole()}}})
	}
}
