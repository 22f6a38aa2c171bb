package media

import "time"

// keyPace is the least time between two requests for a key frame (PLI) to one source.
const keyPace = 200 * time.Millisecond

// vp8 is what the forwarder must know of one VP8 RTP payload (RFC 7741 section
// 4.2). Offsets count from the start of the payload; 0 means absent.
type vp8 struct {
	size    int  // bytes of the payload descriptor
	start   bool // first packet of a frame
	key     bool // first packet of a key frame
	bits    int  // width of the picture id: 0 (absent), 7 or 15
	picture uint16
	pictAt  int
	tl0     uint8
	tl0At   int
}

// parseVP8 reads the descriptor. ok is false when the payload is cut short or
// empty; such a packet carries no picture.
func parseVP8(p []byte) (d vp8, ok bool) {
	if len(p) < 2 {
		return d, false
	}
	first, i := p[0], 1
	if first&0x80 != 0 { // X: extension byte
		x := p[1]
		i = 2
		if x&0x80 != 0 { // I: picture id
			if i >= len(p) {
				return d, false
			}
			d.pictAt, d.bits, d.picture = i, 7, uint16(p[i]&0x7f)
			if p[i]&0x80 != 0 { // M: 15 bits
				if i+1 >= len(p) {
					return d, false
				}
				d.bits, d.picture = 15, uint16(p[i]&0x7f)<<8|uint16(p[i+1])
				i++
			}
			i++
		}
		if x&0x40 != 0 { // L: TL0PICIDX
			if i >= len(p) {
				return d, false
			}
			d.tl0At, d.tl0 = i, p[i]
			i++
		}
		if x&0x30 != 0 { // T or K
			i++
		}
	}
	if i >= len(p) {
		return d, false
	}
	d.size = i
	d.start = first&0x10 != 0 && first&0x0f == 0 // S, partition 0
	d.key = d.start && p[i]&1 == 0               // inverse key frame flag, RFC 6386 section 9.1
	return d, true
}

// pace lets one through per interval.
type pace struct {
	every time.Duration
	last  time.Time
}

func (p *pace) allow(now time.Time) bool {
	if !p.last.IsZero() && now.Sub(p.last) < p.every {
		return false
	}
	p.last = now
	return true
}
