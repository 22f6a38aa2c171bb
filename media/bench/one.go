//go:build linux

package bench

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"nextup/media/congest"
)

// The load of one peer: about 1 Mbit/s in 150 packets a second.
const (
	framesEvery = 40 * time.Millisecond
	framePieces = 4
	pieceSize   = 1200 // bytes of a whole RTP packet of video, before encryption
	soundsEvery = 20 * time.Millisecond
	soundSize   = 112
	twccEvery   = 100 * time.Millisecond
	reportEvery = time.Second
)

// What is negotiated (offer.go says it).
const (
	soundPT, picturePT, rtxPT = 111, 96, 97
	twccID                    = 3
)

// pretend is the share of video packets that a peer does not send at first, and
// of those it pretends not to have received, so that what repairs losses is at
// work: one in so many.
const pretend = 500

// sentKept is how many video packets can be sent again, a power of two: 5 seconds.
const sentKept = 512

var be = binary.BigEndian

// one is one peer. It belongs to the crowd's loop once it is connected.
type one struct {
	crowd *crowd
	id    int
	local netip.Addr
	to    netip.AddrPort
	ready bool

	dec, enc *srtp.Context
	ssrc     [2]uint32 // sound, picture
	seq      [2]uint16
	ts       [2]uint32
	sent     [2]uint32 // packets
	octets   [2]uint32
	rtxSeq   uint16
	twcc     uint16
	frame    uint16
	key      bool // the next frame is a key frame
	kept     [sentKept]piece

	down     [2]inbound
	arrivals congest.Arrivals
	missing  map[uint16]bool // pretended lost and not come again yet
	arrived  bool            // transport-wide numbers come
}

// inbound is a stream that comes down.
type inbound struct {
	ssrc      uint32
	reception congest.Reception
	report    uint32 // the middle of the last sender report's time, and when it came
	at        time.Time
}

// piece is what is needed to make a video packet again.
type piece struct {
	seq    uint16
	ts     uint32
	marker bool
	first  bool
	key    bool
	frame  uint16
	stamp  int64
}

func newOne(c *crowd, id int) *one {
	o := &one{crowd: c, id: id, local: address(id), key: true, missing: map[uint16]bool{}}
	o.ssrc = [2]uint32{uint32(id)*10 + 1001, uint32(id)*10 + 1002}
	o.seq = [2]uint16{uint16(id * 7), uint16(id * 13)}
	return o
}

func (o *one) rtx() uint32 { return o.ssrc[1] + 1 }

// head writes an RTP header with the transport-wide number.
func (o *one) head(pt uint8, marker bool, seq uint16, ts, ssrc uint32) []byte {
	if marker {
		pt |= 0x80
	}
	b := append(o.crowd.conn.Buf(), 0x90, pt)
	b = be.AppendUint16(b, seq)
	b = be.AppendUint32(b, ts)
	b = be.AppendUint32(b, ssrc)
	b = append(b, 0xbe, 0xde, 0, 1, twccID<<4|1) // RFC 8285 section 4.2
	b = be.AppendUint16(b, o.twcc)
	o.twcc++
	return append(b, 0)
}

// finish fills the packet up, encrypts and queues it.
func (o *one) finish(b []byte, size int) {
	b = b[:size]
	if e, err := o.enc.EncryptRTP(b[:0], b, &o.crowd.head); err == nil {
		o.crowd.conn.Send(e, o.to, o.local)
	}
}

// sound sends 20 ms of it. After the payload's first byte, as in a picture's
// packets, is when it was sent.
func (o *one) sound(now time.Time) {
	b := o.head(soundPT, false, o.seq[0], o.ts[0], o.ssrc[0])
	o.seq[0]++
	o.ts[0] += 960
	o.sent[0]++
	o.octets[0] += soundSize - 20
	o.crowd.stats.Sent[0]++
	b = append(b, 0x78)
	b = be.AppendUint64(b, uint64(now.UnixNano()))
	o.finish(b, soundSize)
}

// picture sends one frame.
func (o *one) picture(now time.Time) {
	for i := range framePieces {
		p := piece{o.seq[1], o.ts[1], i == framePieces-1, i == 0, o.key, o.frame, now.UnixNano()}
		o.kept[p.seq%sentKept] = p
		o.seq[1]++
		o.sent[1]++
		o.octets[1] += pieceSize - 20
		o.crowd.stats.Sent[1]++
		if o.crowd.repairs && i > 0 && rand.IntN(pretend) == 0 {
			o.crowd.stats.Withheld++
			continue
		}
		o.video(o.head(picturePT, p.marker, p.seq, p.ts, o.ssrc[1]), p, pieceSize)
	}
	o.key = false
	o.frame++
	o.ts[1] += uint32(framesEvery * 90000 / time.Second)
}

// video writes the payload of a VP8 packet (RFC 7741) and sends it.
func (o *one) video(b []byte, p piece, size int) {
	descriptor := byte(0x80)
	if p.first {
		descriptor |= 0x10
	}
	b = append(b, descriptor, 0x80, 0x80|byte(p.frame>>8)&0x7f, byte(p.frame))
	switch {
	case p.first && p.key:
		b = append(b, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01) // 640 x 360
	case p.first:
		b = append(b, 0x11, 0, 0)
	}
	b = append(b, mark...)
	b = be.AppendUint64(b, uint64(p.stamp))
	o.finish(b, size)
}

// mark stands before the time in a picture's packet.
var mark = []byte("sent at:")

// again answers a request for a packet, as RTX (RFC 4588).
func (o *one) again(seq uint16) {
	p := o.kept[seq%sentKept]
	if p.seq != seq || p.stamp == 0 {
		return
	}
	b := o.head(rtxPT, p.marker, o.rtxSeq, p.ts, o.rtx())
	o.rtxSeq++
	o.video(be.AppendUint16(b, p.seq), p, pieceSize+2)
	o.crowd.stats.Again++
}

// media takes one packet from the server, or from the other peer.
func (o *one) media(b []byte, now time.Time) {
	if o.dec == nil || len(b) < 12 {
		return
	}
	s := &o.crowd.stats
	if b[1] >= 192 && b[1] <= 223 {
		d, err := o.dec.DecryptRTCP(b[:0], b, nil)
		if err != nil {
			s.Bad++
			return
		}
		s.Reports++
		o.heard(d, now)
		return
	}
	d, err := o.dec.DecryptRTP(b[:0], b, &o.crowd.head)
	if err != nil {
		s.Bad++
		return
	}
	h := &o.crowd.head
	s.Packets++
	if x := h.GetExtension(twccID); len(x) == 2 && o.crowd.signal != "" {
		o.arrivals.Add(be.Uint16(x), now)
		o.arrived = true
	}
	payload := d[headerSize(h):]
	seq := h.SequenceNumber
	switch h.PayloadType {
	case soundPT:
		o.count(0, h, now)
		if len(payload) >= 9 {
			s.came(0, now.UnixNano()-int64(be.Uint64(payload[1:])))
		}
	case picturePT:
		if o.crowd.repairs && rand.IntN(pretend) == 0 && o.down[1].ssrc != 0 {
			s.Ignored++
			o.missing[seq] = true
			o.askAgain(h.SSRC, seq)
			return
		}
		o.count(1, h, now)
		if at := stamp(payload); at != 0 {
			s.came(1, now.UnixNano()-at)
		}
	case rtxPT:
		if len(payload) < 2 {
			return
		}
		s.Repaired++
		if seq := be.Uint16(payload); o.missing[seq] {
			delete(o.missing, seq)
		}
		s.Came[1]++ // later than others, so its time says nothing
	}
}

func headerSize(h *rtp.Header) int { return h.MarshalSize() }

// stamp finds when a picture's packet was sent. The server may have made its
// descriptor another size.
func stamp(payload []byte) int64 {
	p := payload[:min(len(payload), 40)]
	if i := bytes.Index(p, mark); i >= 0 && len(p) >= i+16 {
		return int64(be.Uint64(p[i+8:]))
	}
	return 0
}

func (o *one) count(k int, h *rtp.Header, now time.Time) {
	in := &o.down[k]
	if in.ssrc != h.SSRC {
		*in = inbound{ssrc: h.SSRC}
	}
	in.reception.Add(h.SequenceNumber, h.Timestamp, now)
}

// heard does what the server wants: packets again, key frames.
func (o *one) heard(b []byte, now time.Time) {
	for len(b) >= 12 {
		n := 4 * (int(be.Uint16(b[2:])) + 1)
		if n > len(b) {
			return
		}
		switch {
		case b[1] == 200 && n >= 28:
			for i := range o.down {
				if in := &o.down[i]; in.ssrc == be.Uint32(b[4:]) {
					in.report, in.at = be.Uint32(b[10:]), now
				}
			}
		case b[1] == 205 && b[0]&31 == 1: // NACK
			for w := b[12:n]; len(w) >= 4; w = w[4:] {
				first, more := be.Uint16(w), be.Uint16(w[2:])
				o.again(first)
				for i := range uint16(16) {
					if more>>i&1 != 0 {
						o.again(first + 1 + i)
					}
				}
			}
		case b[1] == 205 && b[0]&31 == 15:
			o.crowd.stats.Feedbacks++
		case b[1] == 206 && (b[0]&31 == 1 || b[0]&31 == 4): // PLI, FIR
			o.key = true
			o.crowd.stats.KeyAsks++
		}
		b = b[n:]
	}
}

func (o *one) sendRTCP(b []byte) {
	if e, err := o.enc.EncryptRTCP(b[:0], b, nil); err == nil {
		o.crowd.conn.Send(e, o.to, o.local)
	}
}

// askAgain sends a NACK for one packet.
func (o *one) askAgain(ssrc uint32, seq uint16) {
	b := append(o.crowd.conn.Buf(), 0x81, 205, 0, 3)
	b = be.AppendUint32(b, o.ssrc[0])
	b = be.AppendUint32(b, ssrc)
	o.sendRTCP(be.AppendUint16(be.AppendUint16(b, seq), 0))
}

// feedback says what came (transport-cc).
func (o *one) feedback() {
	if !o.arrived {
		return
	}
	if b := o.arrivals.Feedback(o.crowd.conn.Buf(), o.ssrc[0], o.down[1].ssrc); len(b) > 0 {
		o.sendRTCP(b)
	}
}

// report says what was sent and what came: two sender reports, the blocks about
// what comes in the first.
func (o *one) report(now time.Time) {
	b := o.crowd.conn.Buf()
	for k := range o.ssrc {
		at := len(b)
		b = append(b, 0x80, 200, 0, 0)
		b = be.AppendUint32(b, o.ssrc[k])
		b = be.AppendUint64(b, uint64(now.Unix()+2208988800)<<32|uint64(now.Nanosecond())<<32/1e9)
		b = be.AppendUint32(b, o.ts[k])
		b = be.AppendUint32(b, o.sent[k])
		b = be.AppendUint32(b, o.octets[k])
		if k == 0 {
			for i := range o.down {
				if r, ok := o.down[i].reception.Report(); ok {
					b[at]++
					b = o.down[i].block(b, r, now)
				}
			}
		}
		be.PutUint16(b[at+2:], uint16((len(b)-at)/4-1))
	}
	o.sendRTCP(b)
}

// block writes a reception report block (RFC 3550 section 6.4.1).
func (in *inbound) block(b []byte, r congest.Block, now time.Time) []byte {
	b = be.AppendUint32(b, in.ssrc)
	b = be.AppendUint32(b, uint32(r.Fraction)<<24|uint32(r.Lost)&0xffffff)
	b = be.AppendUint32(b, r.Highest)
	b = be.AppendUint32(b, r.Jitter)
	b = be.AppendUint32(b, in.report)
	since := uint32(0)
	if in.report != 0 {
		since = uint32(now.Sub(in.at) * 65536 / time.Second)
	}
	return be.AppendUint32(b, since)
}
