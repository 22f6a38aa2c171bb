package media

import (
	"encoding/binary"
	"time"
)

// A viewer outlives its sources: the browser sees one stream whose sequence
// numbers, timestamps and VP8 picture ids never jump back, whoever is shown.
// rewriter is that arithmetic and nothing else: no locks, no clock of its own.
//
// What must stay true over a switch from one source to the next:
//   - the first packet of the new source has the sequence number after the
//     highest one sent, and its distances to its neighbours are kept, so that a
//     real loss stays visible and can be asked for again;
//   - every timestamp of the new source is later than every one of the old;
//   - the picture id and TL0PICIDX go on by one.
type rewriter struct {
	clock uint32 // timestamp ticks per second

	sent     bool // a packet has been sent, so the fields below mean something
	seq      uint16
	ts       uint32
	at       time.Time // when ts was sent
	picture  uint16
	tl0      uint8
	pictured bool // a picture id has been sent

	on     bool // a source has begun
	first  int64
	high   int64 // highest sequence number of the source, unwrapped
	dSeq   uint16
	dTS    uint32
	dPict  uint16
	dTL0   uint8
	inPict uint16 // highest picture id of the source, widened to 15 bits
	pictOn bool
	kept   []stamp
}

// stamp maps a timestamp of a kept frame to the one it is sent with.
type stamp struct{ in, out uint32 }

// head is what is rewritten of a packet.
type head struct {
	seq uint16
	ts  uint32
}

// keptStep is how far apart kept frames are sent, as a fraction of a second: a
// millisecond. They are old pictures that only serve to decode the newest one;
// with their own distances the browser would play them at leisure and be late
// for the rest of the talk.
const keptStep = 1000

// keptFor is for how many packets after a switch a late packet of a kept frame is still expected.
const keptFor = 2048

// begin points the rewriter at a new source whose first packet is given. kept
// lists the distinct timestamps of the packets that will be passed at once, in
// order, that of the first packet included; it may be nil.
func (r *rewriter) begin(first head, kept []uint32, now time.Time) {
	if len(kept) == 0 {
		kept = []uint32{first.ts}
	}
	step := r.clock / keptStep
	base := first.ts
	if r.sent {
		base = r.ts + max(step, ticks(now.Sub(r.at), r.clock))
		r.dSeq = r.seq + 1 - first.seq
	} else {
		r.dSeq = 0
	}
	r.kept = r.kept[:0]
	for i, in := range kept {
		r.kept = append(r.kept, stamp{in, base + uint32(i)*step})
	}
	newest := r.kept[len(r.kept)-1]
	r.dTS = newest.out - newest.in
	r.on, r.pictOn = true, false
	r.first = 1 << 32 // any number whose low 16 bits are replaced below, far from zero
	r.first |= int64(first.seq)
	r.high = r.first
}

// end forgets the source; nothing passes until the next begin.
func (r *rewriter) end() { r.on = false }

// next gives the numbers to send a packet with. ok is false for a packet from
// before the first one, which the receiver could not place.
func (r *rewriter) next(in head, now time.Time) (out head, ok bool) {
	if !r.on {
		return out, false
	}
	n := r.high + int64(int16(in.seq-uint16(r.high)))
	if n < r.first {
		return out, false
	}
	out = head{seq: in.seq + r.dSeq, ts: r.stamp(in.ts)}
	if n > r.first+keptFor {
		r.kept = r.kept[:0]
	}
	if n >= r.high {
		r.high = n
		if !r.sent || int16(out.seq-r.seq) > 0 {
			r.seq = out.seq
		}
		if !r.sent || int32(out.ts-r.ts) > 0 {
			r.ts, r.at = out.ts, now
		}
		r.sent = true
	}
	return out, true
}

// stamp translates a timestamp of the source.
func (r *rewriter) stamp(in uint32) uint32 {
	for _, k := range r.kept {
		if k.in == in {
			return k.out
		}
	}
	return in + r.dTS
}

// vp8 appends the payload to dst with its picture id and TL0PICIDX translated.
// A 7-bit picture id becomes a 15-bit one, because another source may have sent
// a greater one before. Call it after next, for packets that next let through.
func (r *rewriter) vp8(dst, p []byte, d vp8) []byte {
	if d.bits == 0 {
		return append(dst, p...)
	}
	pict := d.picture
	if d.bits == 7 && r.pictOn { // widen to the nearest
		pict = r.inPict + uint16(int16(int8((uint8(d.picture)-uint8(r.inPict))<<1)>>1))
		pict &= 0x7fff
	}
	if !r.pictOn {
		r.pictOn, r.inPict = true, pict
		r.dPict, r.dTL0 = 0, 0
		if r.pictured {
			r.dPict = r.picture + 1 - pict
			r.dTL0 = r.tl0 + 1 - d.tl0
		}
	}
	if after15(pict, r.inPict) {
		r.inPict = pict
	}
	out := (pict + r.dPict) & 0x7fff
	if !r.pictured || after15(out, r.picture) {
		r.picture = out
	}
	at := len(dst)
	dst = append(dst, p[:d.pictAt]...)
	dst = binary.BigEndian.AppendUint16(dst, 0x8000|out)
	rest := d.pictAt + 1
	if d.bits == 15 {
		rest++
	}
	dst = append(dst, p[rest:]...)
	if d.tl0At > 0 {
		tl0 := d.tl0 + r.dTL0
		dst[at+d.tl0At+(d.pictAt+2-rest)] = tl0
		if !r.pictured || int8(tl0-r.tl0) > 0 {
			r.tl0 = tl0
		}
	}
	r.pictured = true
	return dst
}

// after15 says whether a comes after b among numbers of 15 bits.
func after15(a, b uint16) bool {
	d := (a - b) & 0x7fff
	return d != 0 && d < 0x4000
}

// ticks is d in units of the clock.
func ticks(d time.Duration, clock uint32) uint32 {
	if d <= 0 {
		return 0
	}
	return uint32(d.Microseconds() * int64(clock) / 1_000_000)
}
