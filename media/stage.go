package media

import (
	"slices"
	"time"

	"nextup"
)

// stageLife is how long a stage lives that nobody renews.
const stageLife = time.Minute

// seat is a person in a session.
type seat struct {
	session nextup.SessionID
	person  nextup.PersonID
}

type talk struct {
	session nextup.SessionID
	offer   nextup.OfferID
}

// stage is who is part of one talk, by name. The people's peers come and go
// under it; it is not touched by that.
type stage struct {
	talk   talk
	people []nextup.PersonID
	shown  bool
	until  time.Time
	slots  map[nextup.PersonID][Slots]nextup.PersonID // who sees whom where
}

// arrange gives everyone a slot in everyone else's view. Whoever is there keeps
// his slot, so nobody's picture moves when another one comes or goes.
func (s *stage) arrange() {
	old := s.slots
	s.slots = map[nextup.PersonID][Slots]nextup.PersonID{}
	if !s.shown {
		return
	}
	for _, viewer := range s.people {
		var slots [Slots]nextup.PersonID
		for i, p := range old[viewer] {
			if p != viewer && slices.Contains(s.people, p) {
				slots[i] = p
			}
		}
		for _, p := range s.people {
			if free := slices.Index(slots[:], ""); p != viewer && !slices.Contains(slots[:], p) && free >= 0 {
				slots[free] = p
			}
		}
		s.slots[viewer] = slots
	}
}

// set makes a stage what the caller states. s.mu is held.
func (s *Server) set(session nextup.SessionID, offer nextup.OfferID, shown bool, people []nextup.PersonID) {
	t := talk{session, offer}
	st := s.stages[t]
	if st == nil {
		st = &stage{talk: t}
		s.stages[t] = st
	}
	st.until = s.config.Now().Add(stageLife)
	people = slices.Clone(people)
	people = slices.DeleteFunc(people, func(p nextup.PersonID) bool { return p == "" })
	for i := 0; i < len(people); i++ { // once each, order kept
		if slices.Contains(people[:i], people[i]) {
			people = slices.Delete(people, i, i+1)
			i--
		}
	}
	gone := slices.DeleteFunc(slices.Clone(st.people), func(p nextup.PersonID) bool { return slices.Contains(people, p) })
	st.people, st.shown = people, shown
	for _, p := range people {
		at := seat{session, p}
		if other := s.on[at]; other != nil && other != st {
			other.people = slices.DeleteFunc(other.people, func(q nextup.PersonID) bool { return q == p })
			s.on[at] = st
			s.wire(other, p)
		}
		s.on[at] = st
	}
	for _, p := range gone {
		delete(s.on, seat{session, p})
	}
	s.wire(st, gone...)
}

// clear ends a stage. s.mu is held.
func (s *Server) clear(t talk) {
	st := s.stages[t]
	if st == nil {
		return
	}
	delete(s.stages, t)
	gone := st.people
	st.people = nil
	for _, p := range gone {
		delete(s.on, seat{t.session, p})
	}
	s.wire(st, gone...)
}

// wire makes the peers do what the stage says; gone are people who were part of
// it until now. First everything that must end, then what begins. s.mu is held.
func (s *Server) wire(st *stage, gone ...nextup.PersonID) {
	st.arrange()
	session := st.talk.session
	for _, p := range gone {
		if at := (seat{session, p}); s.peers[at] != nil {
			s.point(s.peers[at], [Slots]nextup.PersonID{}, true)
			if s.on[at] == nil {
				s.peers[at].stage(false)
			}
		}
	}
	for _, onlyEnd := range []bool{true, false} {
		for _, p := range st.people {
			if who := s.peers[seat{session, p}]; who != nil {
				who.stage(true)
				s.point(who, st.slots[p], onlyEnd)
			}
		}
	}
}

// point makes a peer's viewers show these people; onlyEnd leaves out whatever would begin.
func (s *Server) point(p *peer, slots [Slots]nextup.PersonID, onlyEnd bool) {
	for i, person := range slots {
		var who *peer
		if person != "" {
			who = s.peers[seat{p.id.session, person}]
		}
		sound := p.sounds[i].source.Load()
		same := who != nil && sound == who.audio
		if onlyEnd {
			if same {
				continue
			}
			who = nil
		}
		// The browser learns it first, so that it hides the old picture. One who wants
		// pictures again has an old one, too.
		if who == nil && sound != nil || who != nil && (!same || !p.blind && p.pictures[i].source.Load() != who.video) {
			m := slotMessage{Slot: i}
			if who != nil {
				m.Person, m.State = person, who.own
				if after, ok := p.pictures[i].after(); ok {
					m.After = &after
				}
			}
			p.text.slot(m)
		}
		p.show(i, who)
	}
}
