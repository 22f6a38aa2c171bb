package media

import "github.com/prometheus/client_golang/prometheus"

// metrics are this server's counters.
type metrics struct {
	forwarded, dropped, resent, keyAsks, refused, shed, leaked, relayed, relayRefused prometheus.Counter
	peers, allocations                                                                prometheus.Gauge
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "nextup", Subsystem: "media", Name: name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "nextup", Subsystem: "media", Name: name, Help: help})
	}
	return &metrics{
		forwarded:    counter("forwarded_packets_total", "RTP packets sent to viewers."),
		dropped:      counter("dropped_packets_total", "Packets dropped because a queue or a rate limit was full."),
		resent:       counter("resent_packets_total", "RTP packets sent again on request."),
		keyAsks:      counter("key_frame_requests_total", "Key frames asked for."),
		refused:      counter("refused_packets_total", "RTP and RTCP packets of streams or codecs that were not negotiated."),
		shed:         counter("shed_packets_total", "Packets of pictures thrown away because the server was overloaded."),
		leaked:       counter("leaked_packets_total", "Media packets of pion/webrtc's own that were stopped. Anything but 0 is a fault of ours."),
		relayed:      counter("relayed_packets_total", "Packets that went through TURN, both ways."),
		relayRefused: counter("relay_refused_packets_total", "Packets that TURN clients tried to send elsewhere than to this server."),
		peers:        gauge("peers", "Connected or connecting browsers."),
		allocations:  gauge("relay_allocations", "TURN allocations."),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.forwarded, m.dropped, m.resent, m.keyAsks, m.refused, m.shed, m.leaked, m.relayed, m.relayRefused, m.peers, m.allocations}
}

// Describe makes the server a prometheus.Collector.
func (s *Server) Describe(c chan<- *prometheus.Desc) {
	for _, m := range s.metrics.all() {
		m.Describe(c)
	}
}

// Collect makes the server a prometheus.Collector.
func (s *Server) Collect(c chan<- prometheus.Metric) {
	for _, m := range s.metrics.all() {
		m.Collect(c)
	}
}
