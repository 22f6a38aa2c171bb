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

// shown is what a peer's slot shows: whose sound, and whether his picture too.
type shown struct {
	who     *peer
	picture bool
}

// change is a slot that shall show something else.
type change struct {
	p    *peer
	slot int
	to   shown
}

// wire makes the peers do what the stage says; gone are people who were part of
// it until now. s.mu is held.
func (s *Server) wire(st *stage, gone ...nextup.PersonID) {
	st.arrange()
	session := st.talk.session
	var all []change
	for _, person := range gone {
		if p := s.peers[seat{session, person}]; p != nil {
			all = s.differ(all, p, [Slots]nextup.PersonID{})
		}
	}
	for _, person := range st.people {
		if p := s.peers[seat{session, person}]; p != nil {
			p.stage(true)
			all = s.differ(all, p, st.slots[person])
		}
	}
	s.apply(all)
	for _, person := range gone {
		if at := (seat{session, person}); s.peers[at] != nil && s.on[at] == nil {
			s.peers[at].stage(false)
		}
	}
}

// differ adds the slots of a peer that must change to show these people.
func (s *Server) differ(all []change, p *peer, slots [Slots]nextup.PersonID) []change {
	for i, person := range slots {
		var to shown
		if person != "" {
			if to.who = s.peers[seat{p.id.session, person}]; to.who != nil {
				to.picture = !p.blind
			}
		}
		if to != p.showing[i] {
			all = append(all, change{p, i, to})
		}
	}
	return all
}

// apply makes the changes: first everything ends that must, then the rest
// begins. When it returns, nothing is forwarded any more to a slot that shows
// somebody else now. The browser learns each first, so that it hides the old picture.
func (s *Server) apply(all []change) {
	if len(all) == 0 {
		return
	}
	l := all[0].p.leg.lane // one for a whole session
	for _, c := range all {
		if was := c.p.showing[c.slot]; was.who != nil && was.who != c.to.who {
			c.p.text.slot(slotMessage{Slot: c.slot})
		}
	}
	after := make([]*uint32, len(all))
	l.call(func(now time.Time) {
		for i, c := range all {
			was, v := c.p.showing[c.slot], c.p.leg.viewers[picture][c.slot]
			if was.who != c.to.who {
				c.p.leg.viewers[sound][c.slot].view(nil, now)
			}
			v.view(nil, now)
			if ts, ok := v.after(); ok {
				after[i] = &ts
			}
		}
	})
	for i, c := range all {
		// One who wants pictures again has an old one, too.
		if who, was := c.to.who, c.p.showing[c.slot]; who != nil && (who != was.who || c.to.picture) {
			c.p.text.slot(slotMessage{Slot: c.slot, Person: who.id.person, State: who.own, After: after[i]})
		}
		c.p.showing[c.slot] = c.to
	}
	l.do(func(now time.Time) {
		for _, c := range all {
			if c.to.who == nil || c.p.leg.gone || c.to.who.leg.gone {
				continue
			}
			c.p.leg.viewers[sound][c.slot].view(c.to.who.leg.sources[sound], now)
			if c.to.picture {
				c.p.leg.viewers[picture][c.slot].view(c.to.who.leg.sources[picture], now)
			}
		}
	})
}
