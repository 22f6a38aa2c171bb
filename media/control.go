package media

import (
	"time"

	"nextup/media/congest"
)

// How often a leg's tick does what.
const (
	feedbackEvery = 3 * tick               // transport-cc feedback for what came up
	capEvery      = 200 * time.Millisecond // look whether a source must send less
	capRenew      = time.Second            // tell it again
	reportEvery   = time.Second            // receiver reports
)

// Bounds of what a picture's source is told to send at most, in bit/s.
const (
	capLeast = 60_000
	capMost  = 8_000_000 // no cap
	capSound = 48_000    // what is left for each sound on the same way
)

// ceiling is what one picture's source has been told to send at most.
type ceiling struct {
	bits int // 0: nothing
	at   time.Time
}

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
	if now.Sub(g.capped) >= capEvery {
		g.capped = now
		g.capSource(g.sources[picture], now)
	}
	if now.Sub(g.reported) >= reportEvery {
		g.reported = now
		g.receiverReport(now)
	}
}

// askAgain asks for what has not come.
func (s *source) askAgain(now time.Time) {
	if s.holes == nil || s.ssrc == 0 {
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

// capSource tells a picture's source what the weakest way to those who see it
// carries: it must not send more than they can take. A browser takes it (REMB,
// draft-alvestrand-rmcat-remb) as a limit besides what it measures itself.
func (g *leg) capSource(s *source, now time.Time) {
	if s.ssrc == 0 {
		return
	}
	bits := capMost
	for _, v := range s.viewers {
		if share := v.leg.share(); share > 0 {
			bits = min(bits, share)
		}
	}
	if g.shed() {
		bits = capLeast
	}
	bits = max(bits, capLeast)
	if s.most.bits == 0 && bits == capMost {
		return // never had to be told anything
	}
	lower := bits < s.most.bits-s.most.bits/32
	higher := bits > s.most.bits+s.most.bits/32
	if !lower && (!higher || now.Sub(s.most.at) < capEvery) && now.Sub(s.most.at) < capRenew {
		return
	}
	s.most = ceiling{bits, now}
	g.sealRTCP(appendREMB(g.lane.conn.Buf(), g.self(), s.ssrc, bits))
}

// share is what the way to this peer carries for each picture it is shown, in
// bit/s; 0: not known.
func (g *leg) share() int {
	if g.estimate == nil {
		return 0
	}
	bits, pictures := g.estimate.Bits(), 0
	if bits == 0 {
		return 0
	}
	for i := range Slots {
		if g.viewers[sound][i].source != nil {
			bits -= capSound
		}
		if g.viewers[picture][i].source != nil {
			pictures++
		}
	}
	return max(bits/max(pictures, 1), capLeast)
}

// appendREMB writes the packet of draft-alvestrand-rmcat-remb-03 section 2.2.
func appendREMB(b []byte, sender, media uint32, bits int) []byte {
	exponent := 0
	for bits>>exponent > 0x3ffff {
		exponent++
	}
	b = append(b, 0x80|fmtREMB, rtcpPS, 0, 5)
	b = be.AppendUint32(b, sender)
	b = be.AppendUint32(b, 0)
	b = append(b, "REMB"...)
	b = be.AppendUint32(b, 1<<24|uint32(exponent)<<18|uint32(bits>>exponent))
	return be.AppendUint32(b, media)
}

// self is the SSRC we speak as: our first track's.
func (g *leg) self() uint32 { return g.viewers[sound][0].ssrc }
