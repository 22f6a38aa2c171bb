package media

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/srtp/v3"
)

// rig is a lane with legs whose keys and descriptions are made by hand: what the
// lane does to packets, without pion and without browsers.
type rig struct {
	t    testing.TB
	lane *lane
	n    int // legs
}

// end is the far end of a leg: a socket and the other side's keys.
type end struct {
	r       *rig
	leg     *leg
	conn    *net.UDPConn
	addr    netip.AddrPort
	out, in *srtp.Context
	wait    sync.WaitGroup

	mu   sync.Mutex
	got  [][]byte // datagrams
	seen int
}

const (
	rigOpus, rigVP8, rigRTX = 111, 96, 97
	rigTWCC, rigLevel       = 3, 4
)

// ssrcs of an end's streams up and down.
func (e *end) up(k kind, rtx bool) uint32 { return e.ssrc(1000, int(k)*2, rtx) }

func (e *end) down(k kind, slot int, rtx bool) uint32 {
	return e.ssrc(2000, (int(k)*Slots+slot)*2, rtx)
}

func (e *end) ssrc(base, n int, rtx bool) uint32 {
	if rtx {
		n++
	}
	return uint32(int(e.addr.Port())*10000 + base + n)
}

func newRig(t testing.TB) *rig {
	l, err := openLane(netip.MustParseAddrPort("127.0.0.1:0"), nil, slog.New(slog.DiscardHandler), newMetrics())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.close() })
	return &rig{t: t, lane: l}
}

// join makes a leg; rtx says whether it takes RTX on the way down.
func (r *rig) join(rtx bool) *end {
	r.t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		r.t.Fatal(err)
	}
	_ = c.SetReadBuffer(4 << 20)
	e := &end{r: r, conn: c, addr: c.LocalAddr().(*net.UDPAddr).AddrPort(), leg: newLeg(r.lane, slog.New(slog.DiscardHandler))}
	key := func() (ours, theirs *srtp.Context) {
		k, s := make([]byte, 16), make([]byte, 12)
		for i := range k {
			k[i] = byte(rand.Uint32())
		}
		a, err := srtp.CreateContext(k, s, srtp.ProtectionProfileAeadAes128Gcm)
		if err != nil {
			r.t.Fatal(err)
		}
		b, err := srtp.CreateContext(k, s, srtp.ProtectionProfileAeadAes128Gcm, srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
		if err != nil {
			r.t.Fatal(err)
		}
		return a, b
	}
	var dec, enc *srtp.Context
	e.out, dec = key()
	enc, e.in = key()
	d := &description{}
	ids := extensions{twcc: rigTWCC, level: rigLevel}
	for k := range kinds {
		pt, rtxPT := uint8(rigOpus), uint8(0)
		if k == picture {
			pt, rtxPT = rigVP8, rigRTX
		}
		d.up[k] = upward{ssrc: e.up(k, false), pt: pt, rtxPT: rtxPT, ids: ids}
		if k == picture {
			d.up[k].rtx, d.up[k].nack = e.up(k, true), true
		}
		for i := range Slots {
			d.down[k][i] = downward{ssrc: e.down(k, i, false), pt: pt, ids: ids}
			if k == picture && rtx {
				d.down[k][i].rtx, d.down[k][i].rtxPT = e.down(k, i, true), rtxPT
			}
		}
	}
	r.n++
	ic, err := legMux{e.leg}.GetConn(fmt.Sprint("f", r.n), net.UDPAddrFromAddrPort(r.lane.doors[0].announced))
	if err != nil {
		r.t.Fatal(err)
	}
	e.leg.enter()
	r.lane.do(func(now time.Time) {
		ic.(*iceConn).prove(e.addr, true)
		e.leg.dec, e.leg.enc = dec, enc
		e.leg.describe(d, now)
	})
	e.leg.choose(ic.(*iceConn), e.addr)
	r.lane.on(func() {})
	e.wait.Go(func() {
		b := make([]byte, 2048)
		for {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			e.mu.Lock()
			e.got = append(e.got, append([]byte(nil), b[:n]...))
			e.mu.Unlock()
		}
	})
	r.t.Cleanup(func() { _ = c.Close(); e.wait.Wait() })
	return e
}

// rtp makes one encrypted packet of this end.
func (e *end) rtp(ssrc uint32, pt uint8, seq uint16, ts uint32, wide uint16, payload []byte) []byte {
	b := []byte{0x90, pt, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, rigTWCC<<4 | 1, byte(wide >> 8), byte(wide), 0}
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[4:], ts)
	binary.BigEndian.PutUint32(b[8:], ssrc)
	s, err := e.out.EncryptRTP(nil, append(b, payload...), nil)
	if err != nil {
		e.r.t.Fatal(err)
	}
	return s
}

// rtcp encrypts a compound packet of this end.
func (e *end) rtcp(b []byte) []byte {
	s, err := e.out.EncryptRTCP(nil, b, nil)
	if err != nil {
		e.r.t.Fatal(err)
	}
	return s
}

// give hands datagrams to the lane as if they had come together in one batch.
func (e *end) give(all ...[]byte) {
	e.r.lane.on(func() {
		for _, b := range all {
			e.r.lane.datagram(append(make([]byte, 0, 2048), b...), e.addr, netip.Addr{})
		}
	})
}

// fresh are the datagrams that came since the last call.
func (e *end) fresh() [][]byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := e.got[e.seen:]
	e.seen = len(e.got)
	return out
}

// sees points a slot at another end, or at nobody.
func (e *end) sees(slot int, who *end) {
	e.r.lane.on(func() {
		for k := range kinds {
			var s *source
			if who != nil {
				s = who.leg.sources[k]
			}
			e.leg.viewers[k][slot].view(s, e.r.lane.now)
		}
	})
}

func (e *end) staged() *end {
	e.r.lane.on(func() {
		for _, s := range e.leg.sources {
			s.stage(true, e.r.lane.now)
		}
	})
	return e
}

// camera makes VP8 packets in order: frames of three packets, a key frame now and then.
type camera struct {
	e       *end
	seq     uint16
	wide    uint16
	ts      uint32
	picture uint16
	part    int
	frames  int
}

// shot is one packet, encrypted and plain.
type shot struct{ wire, plain []byte }

// next is one packet.
func (c *camera) next() shot {
	if c.part == 0 {
		c.ts += 3000
		c.picture++
		c.frames++
	}
	p := []byte{0x80, 0x80, 0x80 | byte(c.picture>>8)&0x7f, byte(c.picture), 0x11}
	if c.part == 0 {
		p[0] |= 0x10
		if c.frames%30 == 1 {
			p[4] = 0x10
		}
	}
	pt := uint8(rigVP8)
	if c.part == 2 {
		pt |= 0x80
	}
	p = append(p, fmt.Sprintf("%d/%d/%d", c.e.addr.Port(), c.frames, c.part)...)
	c.part = (c.part + 1) % 3
	c.seq++
	c.wide++
	return shot{c.e.rtp(c.e.up(picture, false), pt, c.seq, c.ts, c.wide, p), append(binary.BigEndian.AppendUint16(nil, c.seq), p...)}
}

// again is a packet sent before, as RTX.
func (c *camera) again(s shot, rtxSeq uint16) []byte {
	c.wide++
	ts := binary.BigEndian.Uint32(s.wire[4:])
	return c.e.rtp(c.e.up(picture, true), rigRTX|s.wire[1]&0x80, rtxSeq, ts, c.wide, s.plain)
}

// onWire checks what one end received: a key and a counter never serve two
// different packets, and everything can be decrypted.
type onWire struct {
	rtp    map[[2]uint64]string // ssrc, unwrapped sequence number
	rtcp   map[[2]uint64]bool   // ssrc, index
	high   map[uint32]uint64
	counts map[uint32]int
	again  int
}

func newOnWire() *onWire {
	return &onWire{rtp: map[[2]uint64]string{}, rtcp: map[[2]uint64]bool{}, high: map[uint32]uint64{}, counts: map[uint32]int{}}
}

// look takes datagrams as they came and gives the plain RTP packets that are new.
func (w *onWire) look(e *end, all [][]byte) (plain [][]byte) {
	t := e.r.t
	t.Helper()
	for _, b := range all {
		if len(b) < 12 || b[0]>>6 != 2 {
			continue // STUN
		}
		if b[1] >= 192 && b[1] <= 223 {
			k := [2]uint64{uint64(binary.BigEndian.Uint32(b[4:])), uint64(binary.BigEndian.Uint32(b[len(b)-4:]))}
			if w.rtcp[k] {
				t.Fatalf("SRTCP index %x twice", k)
			}
			w.rtcp[k] = true
			if _, err := e.in.DecryptRTCP(nil, b, nil); err != nil {
				t.Fatalf("SRTCP: %v", err)
			}
			continue
		}
		ssrc, seq := binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint16(b[2:])
		high, ok := w.high[ssrc]
		if !ok {
			high = 1<<32 | uint64(seq)
		}
		n := high + uint64(int64(int16(seq-uint16(high))))
		w.high[ssrc] = max(high, n)
		k := [2]uint64{uint64(ssrc), n}
		if was, twice := w.rtp[k]; twice {
			if was != string(b) {
				t.Fatalf("SSRC %d, packet %d: one key and counter for two packets", ssrc, n)
			}
			w.again++
			continue
		}
		w.rtp[k] = string(b)
		w.counts[ssrc]++
		p, err := e.in.DecryptRTP(nil, b, nil)
		if err != nil {
			t.Fatalf("SSRC %d, packet %d: %v", ssrc, n, err)
		}
		plain = append(plain, p)
	}
	return plain
}

// Whatever the network and the browsers do (loss, reordering, duplication,
// bursts, packets sent again in both ways, sequence numbers that wrap, sources
// that change), a viewer never gets two packets with one key and counter, and can
// decrypt all of them: numbers go on without a jump, over the rollover too.
func TestNeverTheSameCounterTwice(t *testing.T) {
	for _, rtx := range []bool{true, false} {
		t.Run(fmt.Sprint("RTX ", rtx), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			r := newRig(t)
			viewer := r.join(rtx).staged()
			var cameras []*camera
			for i := range 2 {
				cameras = append(cameras, &camera{e: r.join(true).staged(), seq: uint16(64000 + i*500), picture: 0x7ff0})
			}
			w := newOnWire()
			var late [2][]shot
			var rtxSeq [2]uint16
			rounds := 1500
			if testing.Short() {
				rounds = 400
			}
			for round := range rounds {
				for i, c := range cameras {
					var batch [][]byte
					for range 8 {
						b := c.next()
						switch random.IntN(12) {
						case 0: // lost for good
						case 1: // lost and sent again much later, or twice
							late[i] = append(late[i], b)
						case 2: // twice
							batch = append(batch, b.wire, b.wire)
						case 3: // the other way round
							batch = append([][]byte{b.wire}, batch...)
						case 4: // asked for again though it came
							late[i] = append(late[i], b)
							batch = append(batch, b.wire)
						default:
							batch = append(batch, b.wire)
						}
					}
					if len(late[i]) > 0 && random.IntN(3) == 0 {
						n := random.IntN(len(late[i]))
						b := late[i][n]
						late[i] = append(late[i][:n:n], late[i][n+1:]...)
						if random.IntN(2) == 0 {
							batch = append(batch, b.wire)
						} else {
							rtxSeq[i]++
							batch = append(batch, c.again(b, rtxSeq[i]))
						}
					}
					c.e.give(batch...)
				}
				if random.IntN(20) == 0 {
					viewer.sees(0, []*end{cameras[0].e, cameras[1].e, nil}[random.IntN(3)])
				}
				if round%4 == 0 { // asks for packets again, some of which it has
					nack := binary.BigEndian.AppendUint32([]byte{0x81, rtcpRTP, 0, 4, 0, 0, 0, 9}, viewer.down(picture, 0, false))
					high := uint16(w.high[viewer.down(picture, 0, false)])
					for range 2 {
						nack = binary.BigEndian.AppendUint16(nack, high-uint16(random.IntN(300)))
						nack = binary.BigEndian.AppendUint16(nack, uint16(random.Uint32()))
					}
					viewer.give(viewer.rtcp(nack))
					time.Sleep(time.Millisecond)
				}
				w.look(viewer, viewer.fresh())
			}
			eventuallyQuiet(viewer, w)
			n := w.counts[viewer.down(picture, 0, false)]
			if n < rounds*2 {
				t.Errorf("%d packets came: this shows nothing", n)
			}
			if rtx && w.counts[viewer.down(picture, 0, true)] == 0 || !rtx && w.again == 0 {
				t.Error("nothing was sent again: this shows nothing")
			}
			if roll := w.high[viewer.down(picture, 0, false)]>>16 - 1<<16; !testing.Short() && roll == 0 {
				t.Error("the sequence number never wrapped")
			}
		})
	}
}

// eventuallyQuiet takes what is still on its way.
func eventuallyQuiet(e *end, w *onWire) {
	for range 20 {
		time.Sleep(5 * time.Millisecond)
		w.look(e, e.fresh())
	}
}
