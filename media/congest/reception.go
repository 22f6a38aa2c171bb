package congest

import "time"

// The bounds of RFC 3550 appendix A.1.
const (
	maxDropout  = 3000
	maxMisorder = 100
)

// Reception is what a receiver report says of one stream (RFC 3550 section 6.4.1
// and appendices A.1, A.3 and A.8).
type Reception struct {
	Clock uint32 // of the timestamps, per second; set before the first Add

	on       bool
	base     int64 // extended number of the first packet
	high     int64 // and of the newest
	bad      int   // one that was far off: two in a row are a new beginning
	received int64
	epoch    time.Time
	transit  uint32
	jitter   float64 // in units of the clock
	before   struct{ expected, received int64 }
	gone     struct{ expected, received int64 } // of runs that have ended
}

// Block is the part of a reception report block that the receiver measures.
type Block struct {
	Fraction uint8  // lost since the last report, of 256
	Lost     int32  // ever, at most 24 bits, less than zero with duplicates
	Highest  uint32 // extended highest sequence number
	Jitter   uint32 // in units of the clock
}

// Add notes a packet of the stream itself, not one sent again.
func (r *Reception) Add(seq uint16, ts uint32, now time.Time) {
	if !r.on {
		r.on, r.bad, r.epoch = true, -1, now
		r.begin(seq)
		r.transit = r.arrived(now) - ts
		return
	}
	d := int64(int16(seq - uint16(r.high)))
	switch {
	case d >= maxDropout || d < -maxMisorder:
		if r.bad != int(seq) {
			r.bad = int(seq + 1)
			return // may be an error; believed if the next one follows it
		}
		r.gone.expected += r.high - r.base + 1
		r.gone.received += r.received
		r.begin(seq)
		r.transit = r.arrived(now) - ts
		return
	case d > 0:
		r.high += d
	}
	r.bad = -1
	r.received++
	transit := r.arrived(now) - ts
	change := int32(transit - r.transit)
	r.transit = transit
	if change < 0 {
		change = -change
	}
	r.jitter += (float64(change) - r.jitter) / 16
}

func (r *Reception) begin(seq uint16) {
	r.high = int64(seq)
	r.base, r.received = r.high, 1
	r.bad = -1
}

// arrived is a time in units of the clock.
func (r *Reception) arrived(now time.Time) uint32 {
	return uint32(now.Sub(r.epoch).Microseconds() * int64(r.Clock) / 1e6)
}

// Lost is how many packets did not come, of how many expected ones. Packets that
// come twice may hide lost ones, as RFC 3550 has it, but lost is never below zero.
func (r *Reception) Lost() (lost, expected uint64) {
	e, got := r.sums()
	return uint64(max(e-got, 0)), uint64(e)
}

func (r *Reception) sums() (expected, received int64) {
	if !r.on {
		return 0, 0
	}
	return r.gone.expected + r.high - r.base + 1, r.gone.received + r.received
}

// Report gives the fields of the next report block; ok is false before the first
// packet. Each call begins the interval of the next fraction.
func (r *Reception) Report() (b Block, ok bool) {
	if !r.on {
		return b, false
	}
	expected, received := r.sums()
	de, dr := expected-r.before.expected, received-r.before.received
	r.before.expected, r.before.received = expected, received
	if lost := de - dr; de > 0 && lost > 0 {
		b.Fraction = uint8(min(lost<<8/de, 255))
	}
	b.Lost = int32(min(max(expected-received, -1<<23), 1<<23-1))
	b.Highest = uint32(r.high)
	b.Jitter = uint32(r.jitter)
	return b, true
}
