package media

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/prometheus/client_golang/prometheus"

	"nextup"
)

// Metric reads one of the server's figures.
func Metric(s *Server, name string) float64 { return metric(s, name) }

func metric(c prometheus.Collector, name string) float64 {
	r := prometheus.NewRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil {
		panic(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue() + f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	panic("no metric " + name)
}

// Allocations is how many TURN allocations there are.
func Allocations(s *Server) int { return s.turn.server.AllocationCount() }

// AllocationsOf is how many one person has.
func AllocationsOf(s *Server, person nextup.PersonID) int {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	return len(s.turn.of[person])
}

// BenchRewrite rewrites one packet after the other.
func BenchRewrite(b *testing.B) {
	p := make([]byte, 1200)
	copy(p, []byte{0x90, 0x80, 0x81, 0x02, 0x11})
	d, _ := parseVP8(p)
	r, now := rewriter{clock: 90000}, time.Now()
	r.begin(head{}, nil, now)
	var to []byte
	seq := uint16(0)
	for b.Loop() {
		if _, ok := r.next(head{seq, uint32(seq) * 100}, now); !ok {
			b.Fatal("dropped")
		}
		to = r.vp8(to[:0], p, d)
		seq++
	}
}

// Impatient makes a server notice within seconds that a network is gone.
func Impatient(c *Config) {
	c.engine = func(e *webrtc.SettingEngine) {
		e.SetICETimeouts(time.Second, 2*time.Second, 300*time.Millisecond)
	}
}

// LaneOf is the number of the lane that carries a session.
func LaneOf(s *Server, session nextup.SessionID) int { return slices.Index(s.lanes, s.lane(session)) }

// Legs is how many legs the lanes have.
func Legs(s *Server) int { return laned(s, func(l *lane) int { return len(l.legs) }) }

// Names is how many name fragments, addresses and feeds the lanes know.
func Names(s *Server) int {
	return laned(s, func(l *lane) int { return len(l.names) + len(l.paths) + len(l.feeds) })
}

func laned(s *Server, f func(*lane) int) (n int) {
	for _, l := range s.lanes {
		l.call(func(time.Time) { n += f(l) })
	}
	return n
}
