package congest

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrFeedback is a transport-cc packet that is none, or asks for too much.
var ErrFeedback = errors.New("transport-cc feedback")

// feedbackSpan is how many packets one feedback packet may speak of. Browsers
// speak of a quarter of a second; we remember no more than this.
const feedbackSpan = sentKept

// feedback reads one transport-cc packet, checked as a whole by readFeedback.
type feedback struct {
	base      uint16
	count     int
	reference uint32 // 24 bits, units of 64 ms
	number    uint8
	chunks    []byte
	deltas    []byte

	chunk uint16
	left  int // symbols left in chunk
	done  int
	at    int64
}

// readFeedback checks everything, so that a bad packet changes nothing.
func readFeedback(p []byte) (feedback, error) {
	if len(p) < feedbackHead {
		return feedback{}, fmt.Errorf("%w: %d bytes", ErrFeedback, len(p))
	}
	size := 4 * (int(binary.BigEndian.Uint16(p[2:])) + 1)
	if p[0]&0xdf != 0x80|15 || p[1] != 205 || size < feedbackHead || size > len(p) {
		return feedback{}, fmt.Errorf("%w: header", ErrFeedback)
	}
	p = p[:size]
	if p[0]&0x20 != 0 {
		pad := int(p[size-1])
		if pad == 0 || pad > size-feedbackHead {
			return feedback{}, fmt.Errorf("%w: padding", ErrFeedback)
		}
		p = p[:size-pad]
	}
	f := feedback{
		base:      binary.BigEndian.Uint16(p[12:]),
		count:     int(binary.BigEndian.Uint16(p[14:])),
		reference: uint32(p[16])<<16 | uint32(p[17])<<8 | uint32(p[18]),
		number:    p[19],
	}
	if f.count == 0 || f.count > feedbackSpan {
		return feedback{}, fmt.Errorf("%w: of %d packets", ErrFeedback, f.count)
	}
	body := p[feedbackHead:]
	chunks, need := 0, 0
	for left := f.count; left > 0; {
		if chunks+2 > len(body) {
			return feedback{}, fmt.Errorf("%w: chunks end", ErrFeedback)
		}
		chunk := binary.BigEndian.Uint16(body[chunks:])
		chunks += 2
		n := symbolsIn(chunk)
		if n == 0 {
			return feedback{}, fmt.Errorf("%w: empty run", ErrFeedback)
		}
		n = min(n, left)
		left -= n
		for i := range n {
			switch symbolOf(chunk, i) {
			case smallDelta:
				need++
			case largeDelta:
				need += 2
			case notReceived:
			default:
				return feedback{}, fmt.Errorf("%w: reserved symbol", ErrFeedback)
			}
		}
	}
	f.chunks, f.deltas = body[:chunks], body[chunks:]
	if need > len(f.deltas) {
		return feedback{}, fmt.Errorf("%w: deltas end", ErrFeedback)
	}
	return f, nil
}

// next gives the packets in order: whether each came, and when, in ticks of 250 µs
// after the reference time.
func (f *feedback) next() (seq uint16, came bool, at int64, ok bool) {
	if f.done == f.count {
		return 0, false, 0, false
	}
	if f.left == 0 {
		f.chunk = binary.BigEndian.Uint16(f.chunks)
		f.chunks = f.chunks[2:]
		f.left = symbolsIn(f.chunk)
	}
	symbol := symbolOf(f.chunk, symbolsIn(f.chunk)-f.left)
	f.left--
	seq = f.base + uint16(f.done)
	f.done++
	switch symbol {
	case smallDelta:
		f.at += int64(f.deltas[0])
		f.deltas = f.deltas[1:]
	case largeDelta:
		f.at += int64(int16(binary.BigEndian.Uint16(f.deltas)))
		f.deltas = f.deltas[2:]
	}
	return seq, symbol != notReceived, f.at, true
}

// symbolsIn is how many packets a chunk speaks of.
func symbolsIn(chunk uint16) int {
	switch chunk >> 14 {
	case 0, 1:
		return int(chunk & 0x1fff)
	case 2:
		return 14
	}
	return 7
}

// symbolOf is the i-th symbol of a chunk.
func symbolOf(chunk uint16, i int) int {
	switch chunk >> 14 {
	case 0, 1:
		return int(chunk >> 13 & 3)
	case 2:
		return int(chunk >> (13 - i) & 1)
	}
	return int(chunk >> (12 - 2*i) & 3)
}
