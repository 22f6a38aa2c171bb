package media

import (
	"slices"
	"time"
)

// viewer is one outgoing track of a browser: a slot's sound or picture. It is
// negotiated once and outlives its sources; which one it shows is changed with
// view. It belongs to the lane.
type viewer struct {
	leg    *leg
	kind   kind
	top    *source // what is shown: a sound, or the best layer of a picture
	source *source // what is forwarded of it; nil while a picture is paused
	next   *source // the layer to go on with at its next key frame, or nil
	most   float64 // bit/s that the one who sends it may send, for our sake; 0: not known

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

// view changes what is shown: a sound, or the best layer of a picture; nil shows
// nothing. When it returns, nothing of the old one is forwarded any more, not even again.
func (v *viewer) view(top *source, now time.Time) {
	if v.top == top {
		return
	}
	v.forward(nil, now)
	v.top, v.most = top, 0
	v.rewrite.end()
	if top == nil {
		v.history.free()
		return
	}
	v.history.clear()
	if v.kind == picture {
		v.leg.share(now)
	} else {
		v.forward(top, now)
	}
}

// forward changes the layer that is forwarded; nil pauses the picture. Of the same
// person, what was sent can still be sent again.
func (v *viewer) forward(s *source, now time.Time) {
	if v.come(s) && s != nil {
		s.begin(v, now)
	}
}

// come is forward without what is kept. It says whether anything changed.
func (v *viewer) come(s *source) bool {
	v.wait(nil)
	if v.source == s {
		return false
	}
	if v.source != nil {
		v.source.remove(v)
	}
	v.source = s
	v.rewrite.end()
	if s != nil {
		s.viewers = append(s.viewers, v)
	}
	return true
}

// wait makes the viewer go on with another layer at its next key frame, and with
// the present one until then; nil waits for none.
func (v *viewer) wait(s *source) {
	if v.next != nil {
		v.next.joining = slices.DeleteFunc(v.next.joining, func(o *viewer) bool { return o == v })
	}
	if v.next = s; s != nil {
		s.joining = append(s.joining, v)
	}
}

// prefer is the layer that the way carries; nil is none.
func (v *viewer) prefer(s *source, now time.Time) {
	switch {
	case s == v.source:
		v.wait(nil)
	case s == nil || v.source == nil || v.waiting():
		v.forward(s, now)
	case s.rank > v.source.rank && s.kept.fresh(now) || !v.source.comes(now):
		v.forward(s, now) // less at once, with what is kept of it
	case s != v.next:
		v.wait(s)
		s.key(now)
	}
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
