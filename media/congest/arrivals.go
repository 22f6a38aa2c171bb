package congest

import (
	"encoding/binary"
	"slices"
	"time"
)

const (
	tick         = 250 * time.Microsecond // unit of a delta
	refTicks     = 256                    // ticks of a unit of the reference time, 64 ms
	arrivalsKept = 1024                   // packets remembered, a power of two: two seconds of 500 packets/s
	again        = 512                    // how far back a late packet makes the report begin again
	feedbackHead = 20                     // bytes before the chunks
	feedbackRoom = 1100                   // bytes of one feedback packet at most
)

// The symbols of a packet's status (section 3.1.1 of the draft).
const (
	notReceived = iota
	smallDelta
	largeDelta
)

// Arrivals remembers when the packets of one uplink came, by their
// transport-wide sequence number, and makes the feedback.
type Arrivals struct {
	on    bool
	epoch time.Time
	high  int64 // newest, unwrapped
	next  int64 // first one of the next report
	fresh bool  // something came since the last report
	count uint8
	at    []int64 // by sequence number: ticks since epoch, 0: did not come
}

// Add notes that a packet came.
func (a *Arrivals) Add(seq uint16, at time.Time) {
	if !a.on {
		// The first packet comes at a whole reference time, one after zero.
		a.on, a.epoch, a.at = true, at.Add(-refTicks*tick), make([]int64, arrivalsKept)
		a.high = 1<<32 | int64(seq)
		a.next = a.high
	}
	n := a.high + int64(int16(seq-uint16(a.high)))
	if n <= a.high-arrivalsKept || n < a.next-again {
		return // nobody waits for it any more
	}
	if n > a.high+1 {
		for i := max(a.high+1, n-arrivalsKept+1); i < n; i++ {
			a.at[i%arrivalsKept] = 0
		}
	}
	ticks := max(int64(at.Sub(a.epoch)/tick), 1)
	if n > a.high {
		a.high = n
	} else if a.at[n%arrivalsKept] != 0 {
		return // twice the same: the first time counts
	}
	a.at[n%arrivalsKept] = ticks
	a.next = min(a.next, n)
	a.fresh = true
}

// Feedback appends one RTCP packet that says what came since the last one, of at
// most 1100 bytes and a multiple of four; dst is given back as it is if there is
// nothing to say. After a long span one packet does not hold everything: call it
// until nothing is appended, or go on at the next turn. sender and media are the
// SSRCs of the header.
func (a *Arrivals) Feedback(dst []byte, sender, media uint32) []byte {
	if !a.fresh {
		return dst
	}
	first := max(a.next, a.high-arrivalsKept+1)
	// The reference is the time of the first packet that came, rounded down.
	from := first
	for a.at[from%arrivalsKept] == 0 {
		from++ // ends: the newest came
	}
	reference := a.at[from%arrivalsKept] / refTicks
	var (
		symbols  [arrivalsKept]uint8
		n        int
		size     = feedbackHead
		last     = reference * refTicks
		received = 0 // symbols up to and with the last packet that came
	)
	for i := first; i <= a.high; i++ {
		at := a.at[i%arrivalsKept]
		if at == 0 {
			n++
			continue
		}
		d := at - last
		if d != int64(int16(d)) { // too far for a delta: the next packet has its own reference
			break
		}
		bytes, symbol := 2, uint8(largeDelta)
		if d >= 0 && d <= 0xff {
			bytes, symbol = 1, smallDelta
		}
		// Two bytes hold seven symbols at worst.
		if size+bytes+2*(n/7+1) > feedbackRoom {
			break
		}
		size += bytes
		symbols[n] = symbol
		n++
		received, last = n, at
	}
	start := len(dst)
	dst = append(dst, 0x80|15, 205, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, sender)
	dst = binary.BigEndian.AppendUint32(dst, media)
	dst = binary.BigEndian.AppendUint16(dst, uint16(first))
	dst = binary.BigEndian.AppendUint16(dst, uint16(received))
	dst = append(dst, byte(reference>>16), byte(reference>>8), byte(reference), a.count)
	dst = appendChunks(dst, symbols[:received])
	last = reference * refTicks
	for i, symbol := range symbols[:received] {
		if symbol == notReceived {
			continue
		}
		at := a.at[(first+int64(i))%arrivalsKept]
		if d := at - last; symbol == smallDelta {
			dst = append(dst, byte(d))
		} else {
			dst = binary.BigEndian.AppendUint16(dst, uint16(d))
		}
		last = at
	}
	if pad := -(len(dst) - start) & 3; pad > 0 {
		dst[start] |= 0x20
		for range pad - 1 {
			dst = append(dst, 0)
		}
		dst = append(dst, byte(pad))
	}
	binary.BigEndian.PutUint16(dst[start+2:], uint16((len(dst)-start)/4-1))
	a.count++
	a.next = first + int64(received)
	a.fresh = a.next <= a.high
	return dst
}

// appendChunks packs symbols as runs where that is shorter, else as vectors of
// 14 (nothing or a small delta) or 7 (any).
func appendChunks(dst []byte, symbols []uint8) []byte {
	for len(symbols) > 0 {
		run := 1
		for run < len(symbols) && run < 0x1fff && symbols[run] == symbols[0] {
			run++
		}
		used := min(14, len(symbols))
		wide := slices.Contains(symbols[:used], largeDelta)
		if wide {
			used = min(7, len(symbols))
		}
		var chunk uint16
		switch {
		case run >= used:
			chunk, used = uint16(symbols[0])<<13|uint16(run), run
		case wide:
			chunk = 0xc000
			for i, s := range symbols[:used] {
				chunk |= uint16(s) << (12 - 2*i)
			}
		default:
			chunk = 0x8000
			for i, s := range symbols[:used] {
				chunk |= uint16(s) << (13 - i)
			}
		}
		dst = binary.BigEndian.AppendUint16(dst, chunk)
		symbols = symbols[used:]
	}
	return dst
}
