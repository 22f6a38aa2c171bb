package media

import "time"

// viewer is one outgoing track of a browser: a slot's sound or picture. It is
// negotiated once and outlives its sources; which one it shows is changed with
// view. It belongs to the lane.
type viewer struct {
	leg    *leg
	kind   kind
	source *source

	downward
	rtxSeq  uint16
	rewrite rewriter
	history history
	packets uint32
	octets  uint32

	lostDown uint64 // packets, as the browser says
}

func newViewer(g *leg, k kind) *viewer {
	v := &viewer{leg: g, kind: k}
	v.rewrite.clock = k.clock()
	return v
}

// describe takes what was negotiated. Nothing sent before may be sent again with
// another header under the same number, so a change is a new beginning.
func (v *viewer) describe(d downward) {
	if v.downward != d {
		v.downward = d
		v.rewrite.end()
		v.history.clear()
	}
}

// view changes the source; nil shows nothing. When it returns, nothing of the
// old source is forwarded any more, not even again.
func (v *viewer) view(s *source, now time.Time) {
	if v.source == s {
		return
	}
	if v.source != nil {
		v.source.remove(v)
	}
	v.source = s
	v.rewrite.end()
	if s == nil {
		v.history.free()
		return
	}
	v.history.clear()
	s.add(v, now)
}

// after is the timestamp after which everything is of the present source; ok is
// false when nothing has been sent before it.
func (v *viewer) after() (ts uint32, ok bool) { return v.rewrite.ts, v.rewrite.sent }

// waiting says whether the source has not begun yet for this viewer.
func (v *viewer) waiting() bool { return !v.rewrite.on }

// send rewrites and sends one packet.
func (v *viewer) send(p *packet, now time.Time) {
	if v.ssrc == 0 || !v.leg.ready() {
		return
	}
	h, ok := v.rewrite.next(p.head, now)
	if !ok || !v.history.fresh(h.seq, v.rewrite.seq) { // too early or too late for us, or sent again by the source for nothing
		return
	}
	id, wide := v.ids.twcc, v.leg.nextWide()
	b := v.leg.open(v.pt, p.marker, h, v.ssrc, id, wide)
	at := len(b)
	if v.kind == picture && len(p.payload) > 0 {
		b = v.rewrite.vp8(b, p.payload, p.vp8)
	} else {
		b = append(b, p.payload...)
	}
	v.history.add(h.seq, h.ts, p.marker, b[at:], wide)
	v.packets++
	v.octets += uint32(len(b) - at)
	if v.leg.seal(b, id, wide, now) {
		v.leg.lane.count.forwarded++
	}
}

// again resends one lost packet, as RTX (RFC 4588) where the browser takes it.
// Without RTX it is byte by byte the packet it was, because it has the same key and counter.
func (v *viewer) again(seq uint16, now time.Time) {
	if v.ssrc == 0 || !v.leg.ready() {
		return
	}
	p := v.history.again(seq, now)
	if p == nil {
		return
	}
	id, wide := v.ids.twcc, p.wide
	var b []byte
	if v.rtx != 0 {
		wide = v.leg.nextWide()
		b = v.leg.open(v.rtxPT, p.marker, head{v.rtxSeq, p.ts}, v.rtx, id, wide)
		v.rtxSeq++
		b = be.AppendUint16(b, p.seq)
	} else {
		b = v.leg.open(v.pt, p.marker, p.head, v.ssrc, id, wide)
	}
	if v.leg.seal(append(b, p.payload...), id, wide, now) {
		v.leg.lane.count.resent++
	}
}
