package media

import (
	"github.com/prometheus/client_golang/prometheus"

	"nextup"
)

// Metric reads one of the server's figures.
func Metric(s *Server, name string) float64 {
	r := prometheus.NewRegistry()
	r.MustRegister(s)
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
