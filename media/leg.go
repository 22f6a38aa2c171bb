package media

import (
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/srtp/v3"

	"nextup/media/congest"
)

// kind is sound or picture.
type kind uint8

const (
	sound kind = iota
	picture
	kinds
)

func (k kind) String() string { return [kinds]string{"audio", "video"}[k] }

// clock is how many RTP timestamp ticks a second has.
func (k kind) clock() uint32 { return [kinds]uint32{48000, 90000}[k] }

// rtcpSenders is how many SSRCs a peer may report from. Browsers have a few.
const rtcpSenders = 64

// leg is one peer's transport on its lane, with what comes up from it (sources)
// and what goes down to it (viewers). It belongs to one lane for life.
type leg struct {
	lane     *lane
	log      *slog.Logger
	keys     keys
	selected atomic.Bool // an address to send to is known

	mux   sync.Mutex
	conns []*iceConn

	// The lane's own.
	gone     bool
	dec, enc *srtp.Context
	to       path // where to send; zero until ICE has chosen
	via      *feed
	local    netip.Addr
	sources  [kinds + layersAtMost - 1]*source // sound, picture, and from there on the lesser layers of the picture
	viewers  [kinds][Slots]*viewer
	in       []inbound
	senders  []uint32 // that have sent reports
	number   int      // for shedding
	media    bucket
	warned   time.Time

	arrivals congest.Arrivals // transport-wide numbers of what came up
	level    congest.Level
	estimate *congest.Estimate // of the way down; made when the first packet is sent
	wide     uint16            // the next transport-wide number down
	rtt      time.Duration
	fedBack  time.Time
	looked   time.Time
	chooser  chooser           // of the layers it is sent
	told     congest.Restraint // to send no more, for others' sake
	reported time.Time

	up, down Flow
	asked    uint64 // packets of the way up asked for again
	mended   uint64 // and come again
}

// inbound is one SSRC that a peer sends.
type inbound struct {
	ssrc   uint32
	rtx    bool
	source *source
}

func newLeg(l *lane, log *slog.Logger) *leg {
	g := &leg{lane: l, log: log}
	for i := range g.sources {
		g.sources[i] = newSource(g, min(kind(i), picture))
		g.sources[i].rank = max(i-int(picture), 0)
	}
	for k := range kinds {
		for i := range Slots {
			g.viewers[k][i] = newViewer(g, k)
		}
	}
	return g
}

// enter makes the leg one of its lane's.
func (g *leg) enter() {
	g.lane.do(func(time.Time) {
		g.number = g.lane.serial % shedSteps
		g.lane.serial++
		g.lane.legs[g] = struct{}{}
	})
}

// leave takes the leg out of its lane: nothing is forwarded from or to it any more.
func (g *leg) leave() {
	for _, c := range g.iceConns() {
		_ = c.Close()
	}
	g.lane.do(func(time.Time) {
		g.gone = true
		for k := range kinds {
			for _, v := range g.viewers[k] {
				v.view(nil, g.lane.now)
			}
		}
		for _, s := range g.sources {
			for _, v := range slices.Concat(s.viewers, s.joining) {
				v.view(nil, g.lane.now)
			}
			s.stage(false, g.lane.now)
		}
		g.dec, g.enc, g.via, g.to = nil, nil, nil, path{}
		delete(g.lane.legs, g)
	})
}

func (g *leg) iceConns() []*iceConn {
	g.mux.Lock()
	defer g.mux.Unlock()
	return slices.Clone(g.conns)
}

func (g *leg) forget(c *iceConn) {
	g.mux.Lock()
	defer g.mux.Unlock()
	g.conns = slices.DeleteFunc(g.conns, func(o *iceConn) bool { return o == c })
}

// choose says where media is sent from now on: a path that a check of our own has proved.
func (g *leg) choose(c *iceConn, to netip.AddrPort) {
	g.selected.Store(true)
	g.lane.do(func(now time.Time) {
		if g.gone {
			return
		}
		g.to, g.via, g.local = path{to, c.name.door}, g.lane.feeds[to], c.local()
		// What was lost while the old way died says nothing of the new one, and would hold the picture back for long.
		g.estimate, g.chooser = nil, chooser{}
		g.start(now)
	})
}

// chosen takes pion's word for the pair of addresses in use.
func (g *leg) chosen(announced, to netip.AddrPort) {
	all := g.iceConns()
	for i := len(all) - 1; i >= 0; i-- { // the newest first: after an ICE restart there are two at a door
		if all[i].door().announced == announced {
			g.choose(all[i], to)
			return
		}
	}
}

// secure installs the keys of a complete handshake.
func (g *leg) secure() error {
	in, out, err := g.keys.contexts()
	if err != nil {
		return err
	}
	g.lane.do(func(now time.Time) {
		if g.gone {
			return
		}
		g.dec, g.enc = in, out
		g.start(now)
	})
	return nil
}

// ready says whether packets can be sent.
func (g *leg) ready() bool {
	return g.enc != nil && g.to.remote.IsValid() && (g.via != nil || !isVirtual(g.to.remote.Addr()))
}

// start lets viewers begin that have waited for the connection.
func (g *leg) start(now time.Time) {
	if !g.ready() {
		return
	}
	for k := range kinds {
		for _, v := range g.viewers[k] {
			if v.source != nil && v.waiting() {
				v.source.begin(v, now)
			}
		}
	}
}

// describe takes what was negotiated.
func (g *leg) describe(d *description, now time.Time) {
	g.in = g.in[:0]
	for i, s := range g.sources {
		s.describe(d.layer(i), now)
		if s.ssrc != 0 {
			g.in = append(g.in, inbound{s.ssrc, false, s})
		}
		if s.up.rtx != 0 {
			g.in = append(g.in, inbound{s.up.rtx, true, s})
		}
	}
	for k := range kinds {
		for i, v := range g.viewers[k] {
			v.describe(d.down[k][i])
		}
	}
	g.start(now)
}

// receive is one SRTP or SRTCP packet of this peer. It may change b.
func (g *leg) receive(b []byte, now time.Time) {
	if g.dec == nil || len(b) < 12 {
		g.lane.count.dropped++
		return
	}
	if !g.media.allow(len(b), mediaRate, mediaBurst, now) {
		g.lane.count.dropped++
		g.warn("a peer sends too much, the rest is dropped", now)
		return
	}
	if b[1] >= 192 && b[1] <= 223 { // RFC 5761 section 4
		g.rtcp(b, now)
	} else {
		g.rtp(b, now)
	}
}

// find gives the stream of a packet's SSRC. One that was not declared is a
// source's by its payload type, if that source is not known yet, or a layer's by
// the name it bears (RFC 8852).
func (g *leg) find(b []byte, pt uint8) (in inbound, known bool) {
	ssrc := be.Uint32(b[8:])
	for i := range g.in {
		if g.in[i].ssrc == ssrc {
			return g.in[i], true
		}
	}
	for _, s := range g.sources {
		switch {
		case s.up.rid != "":
			if s.up.pt == pt && string(readExtension(b, s.up.ids.rid)) == s.up.rid {
				return inbound{ssrc, false, s}, false
			}
			if s.up.rtxPT == pt && s.up.rtxPT != 0 && string(readExtension(b, s.up.ids.repaired)) == s.up.rid {
				return inbound{ssrc, true, s}, false
			}
		case s.ssrc == 0 && s.up.pt != 0 && s.up.pt == pt:
			return inbound{ssrc, false, s}, false
		case s.up.rtx == 0 && s.up.rtxPT != 0 && s.up.rtxPT == pt:
			return inbound{ssrc, true, s}, false
		}
	}
	return inbound{}, false
}

// rtp decrypts one packet and gives it to its source.
func (g *leg) rtp(b []byte, now time.Time) {
	l := g.lane
	pt := b[1] & 0x7f
	in, known := g.find(b, pt)
	if in.source == nil || in.rtx && pt != in.source.up.rtxPT || !in.rtx && pt != in.source.up.pt {
		l.count.refused++
		g.warn("a peer sends a stream or codec that was not negotiated", now)
		return
	}
	if in.source.kind == picture && g.shed() {
		l.count.shed++
		in.source.cut = true
		return
	}
	size := len(b)
	d, err := g.dec.DecryptRTP(b[:0], b, &l.in)
	if err != nil {
		l.count.dropped++ // not his, or one that came already
		return
	}
	if !known {
		g.discover(in)
	}
	h, payload, ok := readRTP(d)
	if !ok {
		l.count.dropped++
		return
	}
	if in.rtx { // RFC 4588 section 4: the first two bytes are the sequence number it had
		if len(payload) < 2 {
			g.probe(d, in.source, size, now)
			return
		}
		h.seq, payload = be.Uint16(payload), payload[2:]
	}
	g.up.Packets++
	g.up.Bytes += uint64(size)
	if x := readExtension(d, in.source.up.ids.twcc); len(x) == 2 {
		g.arrivals.Add(be.Uint16(x), now)
	}
	if in.source.kind == sound {
		if x := readExtension(d, in.source.up.ids.level); len(x) == 1 {
			g.level.Add(x[0], now)
		}
	}
	p := packet{head: h, marker: b[1]&0x80 != 0, payload: payload}
	in.source.receive(&p, in.rtx, now)
}

// discover takes a stream that was not declared and has proved to be the peer's. A
// layer may begin again with another SSRC.
func (g *leg) discover(in inbound) {
	g.in = slices.DeleteFunc(g.in, func(o inbound) bool { return o.source == in.source && o.rtx == in.rtx })
	g.in = append(g.in, in)
	s := in.source
	if in.rtx {
		s.up.rtx = in.ssrc
		return
	}
	if s.ssrc != 0 {
		s.seqOn = false
		s.anew()
	}
	s.ssrc = in.ssrc
}

// probe is a packet without content that the browser sends to measure the way.
func (g *leg) probe(d []byte, s *source, size int, now time.Time) {
	g.up.Packets++
	g.up.Bytes += uint64(size)
	if x := readExtension(d, s.up.ids.twcc); len(x) == 2 {
		g.arrivals.Add(be.Uint16(x), now)
	}
}

// warn logs what an operator may want to know of a peer, now and then. Writing
// to the log may wait, and the lane must not.
func (g *leg) warn(what string, now time.Time) {
	if g.warned.IsZero() || now.Sub(g.warned) > time.Minute {
		g.warned = now
		go g.log.Warn(what)
	}
}

// readRTP gives what is rewritten of a packet's header and the payload without
// padding (RFC 3550 section 5.1).
func readRTP(b []byte) (h head, payload []byte, ok bool) {
	if len(b) < 12 || b[0]>>6 != 2 {
		return h, nil, false
	}
	size := 12 + 4*int(b[0]&15)
	if b[0]&0x10 != 0 {
		if len(b) < size+4 {
			return h, nil, false
		}
		size += 4 + 4*int(be.Uint16(b[size+2:]))
	}
	if len(b) < size {
		return h, nil, false
	}
	payload = b[size:]
	if b[0]&0x20 != 0 && len(payload) > 0 {
		pad := int(payload[len(payload)-1])
		if pad == 0 || pad > len(payload) {
			return h, nil, false
		}
		payload = payload[:len(payload)-pad]
	}
	return head{be.Uint16(b[2:]), be.Uint32(b[4:])}, payload, true
}

// open gives room for one packet to send, with its header. id is that of the
// transport-wide number wide, 0 for none.
func (g *leg) open(pt uint8, marker bool, h head, ssrc uint32, id uint8, wide uint16) []byte {
	if marker {
		pt |= 0x80
	}
	first := byte(0x80)
	if id != 0 {
		first |= 0x10
	}
	b := append(g.lane.conn.Buf(), first, pt)
	b = be.AppendUint16(b, h.seq)
	b = be.AppendUint32(b, h.ts)
	b = be.AppendUint32(b, ssrc)
	if id != 0 {
		b = append(b, 0xbe, 0xde, 0, 1, id<<4|1, byte(wide>>8), byte(wide), 0)
	}
	return b
}

// nextWide gives the next transport-wide number.
func (g *leg) nextWide() uint16 {
	g.wide++
	return g.wide
}

// seal encrypts an RTP packet in place and queues it.
func (g *leg) seal(b []byte, id uint8, wide uint16, now time.Time) bool {
	e, err := g.enc.EncryptRTP(b[:0], b, &g.lane.out)
	if err != nil {
		return false
	}
	g.send(e)
	g.down.Packets++
	g.down.Bytes += uint64(len(e))
	if id != 0 {
		if g.estimate == nil {
			g.estimate = &congest.Estimate{}
		}
		g.estimate.Sent(wide, len(e), now)
	}
	return true
}

// sealRTCP does the same with a compound RTCP packet.
func (g *leg) sealRTCP(b []byte) {
	if !g.ready() {
		return
	}
	if e, err := g.enc.EncryptRTCP(b[:0], b, nil); err == nil {
		g.send(e)
	}
}

func (g *leg) send(b []byte) {
	l := g.lane
	if g.via != nil {
		g.via.out(b, l.doors[g.to.door].announced)
		return
	}
	l.conn.Send(b, g.to.remote, g.local)
}
