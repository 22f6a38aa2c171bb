package media

import (
	"time"
)

// Bounds of what one source keeps since its last key frame. A picture older
// than that is not worth sending: asking for a new key frame is faster.
const (
	keptPackets = 400
	keptBytes   = 600 << 10
	keptAge     = 2 * time.Second
)

// kept holds a source's video packets since its last key frame, so that a viewer can
// begin with a picture at once instead of asking and waiting. Its buffers are used again.
type kept struct {
	packets []packet
	n       int
	bytes   int
	began   time.Time
}

// packet is one RTP packet as received: its own header fields and payload.
type packet struct {
	head
	marker  bool
	payload []byte
	vp8     vp8
}

// add keeps a packet if it continues, or begins, a key frame's run.
func (k *kept) add(p *packet, now time.Time) {
	switch {
	case p.vp8.key:
		if k.n > 0 && k.packets[0].ts == p.ts {
			break // the same key frame received again
		}
		k.clear()
		k.began = now
	case k.n == 0:
		return
	case k.n >= keptPackets || k.bytes+len(p.payload) > keptBytes || now.Sub(k.began) > keptAge:
		k.free() // in a talk the next key frame is far, and this is much memory
		return
	}
	if k.n == len(k.packets) {
		k.packets = append(k.packets, packet{})
	}
	q := &k.packets[k.n]
	buffer := append(q.payload[:0], p.payload...)
	*q = *p
	q.payload = buffer
	k.n++
	k.bytes += len(buffer)
}

// fresh says whether what is kept may be shown.
func (k *kept) fresh(now time.Time) bool { return k.n > 0 && now.Sub(k.began) <= keptAge }

// stamps lists the distinct timestamps of what is kept, in order of arrival.
func (k *kept) stamps() []uint32 {
	var ts []uint32
	for i := range k.packets[:k.n] {
		t := k.packets[i].ts
		known := false
		for j := len(ts) - 1; j >= 0 && !known; j-- {
			known = ts[j] == t
		}
		if !known {
			ts = append(ts, t)
		}
	}
	return ts
}

// clear forgets the packets and keeps the buffers.
func (k *kept) clear() { k.n, k.bytes = 0, 0 }

// free gives the buffers back too.
func (k *kept) free() { *k = kept{} }
