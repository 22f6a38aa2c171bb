package actors

import (
	"github.com/prometheus/client_golang/prometheus"

	"nextup"
)

// metrics are what an operator may know of the talks: figures of connections, nobody's
// names and no sessions. The side is candidate or interviewer.
type metrics struct {
	rtt, loss, rate, frozen, first *prometheus.HistogramVec
	freezes                        *prometheus.CounterVec
	ways                           *prometheus.CounterVec
	refused                        prometheus.Counter
	running                        prometheus.GaugeFunc
}

func newMetrics(running func() int) *metrics {
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "nextup", Subsystem: "talk", Name: name, Help: help, Buckets: buckets,
		}, labels)
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "nextup", Subsystem: "talk", Name: name, Help: help}, labels)
	}
	return &metrics{
		rtt:     histogram("round_trip_seconds", "Mean round trip between browser and server in a talk.", []float64{.01, .025, .05, .1, .2, .3, .5, .7, 1, 2}, "side"),
		loss:    histogram("loss_ratio", "Share of a talk's packets that did not arrive.", []float64{.001, .003, .01, .02, .03, .05, .08, .15, .3}, "side", "direction"),
		rate:    histogram("rate_bits_per_second", "Mean of what a browser sent or received in a talk.", prometheus.ExponentialBuckets(32_000, 2, 8), "side", "direction"),
		frozen:  histogram("frozen_seconds", "How long pictures stood still in a talk.", []float64{.1, .5, 1, 2, 5, 10, 20, 60}, "side"),
		first:   histogram("first_picture_seconds", "From a talk's beginning to the first picture.", []float64{.05, .1, .15, .25, .5, 1, 2, 3, 5, 10}, "side"),
		freezes: counter("freezes_total", "Times that a picture stood still in talks.", "side"),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "nextup", Subsystem: "talk", Name: "refused_total", Help: "Talks that were not begun because the server was full.",
		}),
		running: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "nextup", Subsystem: "talk", Name: "running", Help: "Talks that run or are on their way.",
		}, func() float64 { return float64(running()) }),
		ways: counter("connections_total", "Connections of people in talks, by the way they took.", "side", "way"),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.rtt, m.loss, m.rate, m.frozen, m.first, m.freezes, m.ways, m.refused, m.running}
}

// measured adds the figures among events that are kept.
func (m *metrics) measured(events []nextup.Recorded) {
	for _, r := range events {
		e, ok := r.Event.(nextup.TalkMeasured)
		if !ok {
			continue
		}
		side := string(nextup.RoleCandidate)
		if e.Interviewer != "" {
			side = string(nextup.RoleInterviewer)
		}
		f := e.Figures
		way := string(f.Way)
		if way == "" {
			way = "none"
		}
		m.ways.WithLabelValues(side, way).Inc()
		if f.Measured == 0 {
			continue // there was nothing to count
		}
		m.loss.WithLabelValues(side, "up").Observe(float64(f.LossUp) / 1000)
		m.loss.WithLabelValues(side, "down").Observe(float64(f.LossDown) / 1000)
		m.rate.WithLabelValues(side, "up").Observe(float64(f.Up) * 1000)
		m.rate.WithLabelValues(side, "down").Observe(float64(f.Down) * 1000)
		m.frozen.WithLabelValues(side).Observe(f.Frozen.Seconds())
		m.freezes.WithLabelValues(side).Add(float64(f.Freezes))
		if f.RTT > 0 {
			m.rtt.WithLabelValues(side).Observe(f.RTT.Seconds())
		}
		if f.First >= 0 {
			m.first.WithLabelValues(side).Observe(f.First.Seconds())
		}
	}
}

// Describe makes the system a prometheus.Collector.
func (s *System) Describe(c chan<- *prometheus.Desc) {
	for _, m := range s.metrics.all() {
		m.Describe(c)
	}
}

// Collect makes the system a prometheus.Collector.
func (s *System) Collect(c chan<- prometheus.Metric) {
	for _, m := range s.metrics.all() {
		m.Collect(c)
	}
}
