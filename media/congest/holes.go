package congest

import (
	"encoding/binary"
	"time"
)

const (
	holesKept  = 128                    // missing packets of a stream remembered; more is for a key frame
	holesGap   = 512                    // a jump further than this is another beginning
	holeAge    = time.Second            // then it is too late to be played
	holeTries  = 4                      // times each is asked for
	holeWait   = 5 * time.Millisecond   // for one that is only late
	holePause  = 20 * time.Millisecond  // least time between two requests for one
	holeNoRTT  = 100 * time.Millisecond // taken for the round trip while it is not known
	holeRTTMax = 500 * time.Millisecond
)

// Holes knows what is missing of one stream and when to ask for it.
type Holes struct {
	on    bool
	epoch time.Time
	high  uint16
	n     int
	holes [holesKept]hole // oldest first
}

// hole is a missing packet; times are microseconds after the epoch.
type hole struct {
	seq   uint16
	tries uint8
	since uint32
	asked uint32
}

// Add notes that a packet came, in time, late, or sent again.
func (h *Holes) Add(seq uint16, now time.Time) {
	if !h.on {
		h.on, h.epoch, h.high, h.n = true, now, seq, 0
		return
	}
	d := int(int16(seq - h.high))
	switch {
	case d == 0:
	case d > holesGap || d < -holesGap:
		h.high, h.n = seq, 0
	case d > 0:
		since := h.micros(now)
		missing := d - 1
		if missing > holesKept {
			missing = holesKept
		}
		if over := h.n + missing - holesKept; over > 0 {
			copy(h.holes[:], h.holes[over:h.n])
			h.n -= over
		}
		for i := missing; i > 0; i-- {
			h.holes[h.n] = hole{seq: seq - uint16(i), since: since}
			h.n++
		}
		h.high = seq
	default:
		for i := range h.holes[:h.n] {
			if h.holes[i].seq == seq {
				copy(h.holes[i:], h.holes[i+1:h.n])
				h.n--
				break
			}
		}
	}
}

// Due appends what is to be asked for now: each at most four times, again after
// about a round trip (0: not known), never what is older than a second.
func (h *Holes) Due(dst []uint16, now time.Time, rtt time.Duration) []uint16 {
	if h.n == 0 {
		return dst
	}
	if rtt <= 0 {
		rtt = holeNoRTT
	}
	pause := uint32(max(holePause, min(rtt+rtt/8, holeRTTMax)) / time.Microsecond)
	at, kept := h.micros(now), 0
	for _, x := range h.holes[:h.n] {
		if at-x.since > uint32(holeAge/time.Microsecond) {
			continue
		}
		due := at-x.since >= uint32(holeWait/time.Microsecond)
		if x.tries > 0 {
			due = at-x.asked >= pause
		}
		if due {
			if x.tries == holeTries {
				continue
			}
			x.tries++
			x.asked = at
			dst = append(dst, x.seq)
		}
		h.holes[kept] = x
		kept++
	}
	h.n = kept
	return dst
}

// Open is how many packets are missing and still worth asking for.
func (h *Holes) Open() int { return h.n }

// Reset forgets everything; the next packet is a new beginning.
func (h *Holes) Reset() { h.on, h.n = false, 0 }

// micros wraps after 71 minutes; differences do not.
func (h *Holes) micros(t time.Time) uint32 { return uint32(t.Sub(h.epoch).Microseconds()) }

// NACK appends one generic NACK (RFC 4585 section 6.2.1) for the sequence
// numbers, which are in order as Due gives them; dst as it is if there are none.
func NACK(dst []byte, sender, media uint32, missing []uint16) []byte {
	if len(missing) == 0 {
		return dst
	}
	start := len(dst)
	dst = append(dst, 0x80|1, 205, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, sender)
	dst = binary.BigEndian.AppendUint32(dst, media)
	for i := 0; i < len(missing); {
		first, following := missing[i], uint16(0)
		i++
		for i < len(missing) {
			d := missing[i] - first
			if d == 0 || d > 16 {
				break
			}
			following |= 1 << (d - 1)
			i++
		}
		dst = binary.BigEndian.AppendUint16(dst, first)
		dst = binary.BigEndian.AppendUint16(dst, following)
	}
	binary.BigEndian.PutUint16(dst[start+2:], uint16((len(dst)-start)/4-1))
	return dst
}
