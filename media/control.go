package media

import (
	"time"

	"nextup/media/congest"
)

// How often a leg's tick does what.
const (
	feedbackEvery = 5 * tick               // transport-cc feedback for what came up
	lookEvery     = 200 * time.Millisecond // look what the way down carries
	reportEvery   = time.Second            // receiver reports
)

// tick is what a leg must do by the clock.
func (g *leg) tick(now time.Time) {
	if !g.ready() {
		return
	}
	for _, s := range g.sources {
		s.askAgain(now)
	}
	if now.Sub(g.fedBack) >= feedbackEvery {
		g.fedBack = now
		g.feedBack()
	}
	if now.Sub(g.looked) >= lookEvery {
		g.looked = now
		g.share(now)
		g.restrain(now)
	}
	if now.Sub(g.reported) >= reportEvery {
		g.reported = now
		g.receiverReport(now)
	}
}

// askAgain asks for what has not come.
func (s *source) askAgain(now time.Time) {
	if s.holes == nil || s.ssrc == 0 || !s.up.nack {
		return
	}
	if missing := s.holes.Due(s.leg.lane.missing[:0], now, s.leg.rtt); len(missing) > 0 {
		s.leg.asked += uint64(len(missing))
		s.leg.sealRTCP(congest.NACK(s.leg.lane.conn.Buf(), s.leg.self(), s.ssrc, missing))
	}
}

// feedBack tells the browser when its packets came, by which it measures the way up.
func (g *leg) feedBack() {
	media := g.sources[picture].ssrc
	if media == 0 {
		media = g.sources[sound].ssrc
	}
	for range 4 {
		b := g.arrivals.Feedback(g.lane.conn.Buf(), g.self(), media)
		if len(b) == 0 {
			return
		}
		g.sealRTCP(b)
	}
}

// receiverReport is what we say of the streams that come up (RFC 3550 section 6.4.2).
func (g *leg) receiverReport(now time.Time) {
	b := append(g.lane.conn.Buf(), 0x80, rtcpRR, 0, 0)
	b = be.AppendUint32(b, g.self())
	for _, s := range g.sources {
		block, ok := s.reception.Report()
		if !ok || s.ssrc == 0 {
			continue
		}
		b[0]++
		b = be.AppendUint32(b, s.ssrc)
		b = be.AppendUint32(b, uint32(block.Fraction)<<24|uint32(block.Lost)&0xffffff)
		b = be.AppendUint32(b, block.Highest)
		b = be.AppendUint32(b, block.Jitter)
		b = be.AppendUint32(b, s.report.middle)
		var since uint32 // in 1/65536 s
		if s.report.middle != 0 {
			since = uint32(now.Sub(s.report.came).Microseconds() * 65536 / 1_000_000)
		}
		b = be.AppendUint32(b, since)
	}
	if b[0] == 0x80 {
		return
	}
	be.PutUint16(b[2:], uint16(len(b)/4-1))
	g.sealRTCP(b)
}

// self is the SSRC we speak as: our first track's.
func (g *leg) self() uint32 { return g.viewers[sound][0].ssrc }
