package media

import (
	"time"

	"nextup"
)

// The ways a peer can be connected.
const (
	WayUDP   = "udp"
	WayTCP   = "tcp"
	WayRelay = "relay"
)

// Figures are how one person's connection does. Counts are since it was made.
type Figures struct {
	// Up is what comes from the browser, Down is what is sent to it: sound and
	// picture together, packets sent again included.
	Up, Down Flow
	// Estimate is what the way down to the browser carries, in bit/s; 0: not known.
	Estimate int
	// RTT is the round trip between server and browser; 0: not known.
	RTT time.Duration
	// Way is WayUDP, WayTCP or WayRelay; empty while not connected.
	Way string
	// Speaking says that the person speaks. Silent is for how long his microphone
	// has given nothing at all; 0 before the first packet.
	Speaking bool
	Silent   time.Duration
	// Shed says that the server is overloaded and throws this person's picture away.
	Shed bool
}

// Flow is what has passed one way.
type Flow struct {
	Packets, Bytes uint64
	// Lost is how many packets did not come. For Up, a packet that was sent again and came does not count.
	Lost uint64
	// Again is how many packets were asked for again.
	Again uint64
}

// Figures gives how a person's connection does; ok is false when there is none.
func (s *Server) Figures(session nextup.SessionID, person nextup.PersonID) (f Figures, ok bool) {
	s.mu.Lock()
	p := s.peers[seat{session, person}]
	s.mu.Unlock()
	if p == nil {
		return f, false
	}
	p.leg.lane.call(func(now time.Time) {
		f, ok = p.leg.figures(now), true
	})
	return f, ok
}

func (g *leg) figures(now time.Time) Figures {
	f := Figures{Up: g.up, Down: g.down, RTT: g.rtt}
	for _, s := range g.sources {
		lost, _ := s.reception.Lost()
		f.Up.Lost += lost
	}
	f.Up.Lost -= min(f.Up.Lost, g.mended)
	f.Up.Again = g.asked
	for k := range kinds {
		for _, v := range g.viewers[k] {
			f.Down.Lost += v.lostDown
		}
	}
	if g.estimate != nil {
		f.Estimate = g.estimate.Bits()
	}
	if g.ready() {
		f.Way = WayUDP
		if g.via != nil {
			f.Way = g.via.way
		}
	}
	f.Speaking, f.Silent = g.level.Speaking(now), g.level.Silent(now)
	f.Shed = g.shed()
	return f
}
