package media

import "time"

// The kinds of RTCP packets and feedback we know (RFC 3550, RFC 4585, RFC 5104).
const (
	rtcpSR   = 200
	rtcpRR   = 201
	rtcpRTP  = 205 // transport layer feedback
	rtcpPS   = 206 // payload-specific feedback
	fmtNACK  = 1   // of rtcpRTP
	fmtPLI   = 1   // of rtcpPS
	fmtFIR   = 4   // of rtcpPS
	fmtTWCC  = 15  // of rtcpRTP: draft-holmer-rmcat-transport-wide-cc-extensions-01
	nackPart = 17  // sequence numbers in one word of a NACK
)

// rtcp takes one compound packet: what the peer says of its own streams and of ours.
func (g *leg) rtcp(b []byte, now time.Time) {
	if !g.maySend(be.Uint32(b[4:])) {
		g.lane.count.refused++
		return
	}
	d, err := g.dec.DecryptRTCP(b[:0], b, nil)
	if err != nil {
		g.lane.count.dropped++
		return
	}
	g.heard(d, now)
}

// maySend bounds how many SSRCs report, since each costs memory.
func (g *leg) maySend(ssrc uint32) bool {
	for _, s := range g.senders {
		if s == ssrc {
			return true
		}
	}
	if len(g.senders) >= rtcpSenders {
		return false
	}
	g.senders = append(g.senders, ssrc)
	return true
}

// heard goes through a decrypted compound packet. What is malformed ends it.
func (g *leg) heard(b []byte, now time.Time) {
	for len(b) >= 4 {
		n := 4 * (int(be.Uint16(b[2:])) + 1)
		if b[0]>>6 != 2 || n > len(b) {
			return
		}
		whole := b[:n]
		p, count := whole, int(b[0]&31)
		if b[0]&0x20 != 0 { // padding
			pad := int(p[n-1])
			if pad == 0 || pad > n-4 {
				return
			}
			p = p[:n-pad]
		}
		b = b[n:]
		switch {
		case p[1] == rtcpSR && len(p) >= 28:
			for _, s := range g.sources {
				if s.ssrc == be.Uint32(p[4:]) {
					s.reported(ntpTime(be.Uint64(p[8:])), be.Uint32(p[16:]), now)
				}
			}
			g.reports(p[28:], count, now)
		case p[1] == rtcpRR && len(p) >= 8:
			g.reports(p[8:], count, now)
		case p[1] == rtcpRTP && count == fmtTWCC:
			if g.estimate != nil {
				_ = g.estimate.Feedback(whole, now) // a bad one changes nothing
			}
		case p[1] == rtcpRTP && count == fmtNACK && len(p) >= 16:
			if v := g.viewer(be.Uint32(p[8:])); v != nil {
				v.lost(p[12:], now)
			}
		case p[1] == rtcpPS && count == fmtPLI && len(p) >= 12:
			g.lostPicture(be.Uint32(p[8:]), now)
		case p[1] == rtcpPS && count == fmtFIR:
			for f := p[min(12, len(p)):]; len(f) >= 8; f = f[8:] {
				g.lostPicture(be.Uint32(f), now)
			}
		}
	}
}

// reports takes what the browser says of the streams we send it (RFC 3550 section 6.4.1).
func (g *leg) reports(b []byte, count int, now time.Time) {
	for ; count > 0 && len(b) >= 24; count, b = count-1, b[24:] {
		v := g.viewer(be.Uint32(b))
		if v == nil {
			continue
		}
		v.lostDown = uint64(max(0, int32(be.Uint32(b[4:])<<8)>>8))
		if last := be.Uint32(b[16:]); last != 0 {
			// In 1/65536 s; a negative one is a clock that went back.
			if trip := int32(uint32(ntp(now)>>16) - last - be.Uint32(b[20:])); trip >= 0 && trip < 10<<16 {
				g.rtt = time.Duration(trip) * time.Second >> 16
			}
		}
	}
}

// viewer finds one by its SSRC.
func (g *leg) viewer(ssrc uint32) *viewer {
	if ssrc == 0 {
		return nil
	}
	for k := range kinds {
		for _, v := range g.viewers[k] {
			if v.ssrc == ssrc {
				return v
			}
		}
	}
	return nil
}

// lostPicture is a decoder that has lost its way.
func (g *leg) lostPicture(ssrc uint32, now time.Time) {
	if v := g.viewer(ssrc); v != nil && v.source != nil {
		v.source.key(now)
	}
}

// lost answers the words of a NACK (RFC 4585 section 6.2.1).
func (v *viewer) lost(words []byte, now time.Time) {
	left := resendPerNack
	for ; len(words) >= 4; words = words[4:] {
		seq, more := be.Uint16(words), be.Uint16(words[2:])
		for i := range uint16(nackPart) {
			if i > 0 && more>>(i-1)&1 == 0 {
				continue
			}
			if left--; left < 0 {
				return
			}
			v.again(seq+i, now)
		}
	}
}

// askKey sends a PLI.
func (g *leg) askKey(ssrc uint32) {
	b := g.feedback(rtcpPS, fmtPLI, ssrc)
	be.PutUint16(b[2:], 2)
	g.sealRTCP(b)
}

// feedback begins a feedback packet about one of the peer's streams; its length
// is still to be set. We speak as our first track.
func (g *leg) feedback(kind, format uint8, media uint32) []byte {
	b := append(g.lane.conn.Buf(), 0x80|format, kind, 0, 0)
	b = be.AppendUint32(b, g.self())
	return be.AppendUint32(b, media)
}

// report passes a sender report on.
func (v *viewer) report(at uint64, ts uint32) {
	if v.ssrc == 0 || v.waiting() || !v.leg.ready() {
		return
	}
	b := append(v.leg.lane.conn.Buf(), 0x80, rtcpSR, 0, 6)
	b = be.AppendUint32(b, v.ssrc)
	b = be.AppendUint64(b, at)
	b = be.AppendUint32(b, ts+v.rewrite.dTS)
	b = be.AppendUint32(b, v.packets)
	b = be.AppendUint32(b, v.octets)
	v.leg.sealRTCP(b)
}

// ntpEpoch is the zero of NTP timestamps in Unix seconds.
const ntpEpoch = 2208988800

// ntp gives t as a 64-bit NTP timestamp (RFC 3550 section 4).
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/1_000_000_000
}

func ntpTime(n uint64) time.Time {
	return time.Unix(int64(n>>32)-ntpEpoch, int64(n&0xffffffff*1_000_000_000>>32))
}
