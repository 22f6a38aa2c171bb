package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"nextup/media/congest"
)

// of counts the packets that carry what an end's camera wrote.
func of(plain [][]byte, who *end) (n int) {
	for _, p := range plain {
		if bytes.Contains(p, fmt.Appendf(nil, "%d/", who.addr.Port())) {
			n++
		}
	}
	return n
}

// What one peer floods, or sends in another codec, is thrown away early and
// harms no other.
func TestFloodIsCutDown(t *testing.T) {
	r := newRig(t)
	flood, a, b := r.join(true).staged(), r.join(true).staged(), r.join(true).staged()
	flood.sees(0, a)
	b.sees(0, a)
	a.sees(0, flood)
	camera, noise := &camera{e: a, seq: 1}, &camera{e: flood, seq: 1}
	w := newOnWire()
	came := 0
	big := make([]byte, 1200)
	big[0] = 0x10
	sent := 0
	for range 100 {
		var batch [][]byte
		for range 100 { // 12 MB in all, as fast as it goes
			noise.seq++
			batch = append(batch, flood.rtp(flood.up(picture, false), rigVP8, noise.seq, 1, 0, big))
			sent += 1200
		}
		flood.give(batch...)
		a.give(camera.next().wire, camera.next().wire, camera.next().wire)
		came += of(w.look(b, b.fresh()), a)
	}
	for range 50 {
		time.Sleep(2 * time.Millisecond)
		came += of(w.look(b, b.fresh()), a)
	}
	if came != 300 {
		t.Errorf("%d of 300 packets of somebody else came", came)
	}
	var up Flow
	r.lane.on(func() { up = flood.leg.figures(r.lane.now).Up })
	if up.Bytes > 4*mediaBurst || up.Packets == 0 {
		t.Errorf("%d of %d bytes were worked on", up.Bytes, sent)
	}
	refused := metric(r.lane.metrics.refused, "nextup_media_refused_packets_total")
	a.give(a.rtp(a.up(picture, false), 102, 1, 1, 0, big), a.rtp(77, 98, 1, 1, 0, big), a.rtp(a.up(sound, false), 8, 1, 1, 0, big))
	r.lane.on(func() {})
	if n := metric(r.lane.metrics.refused, "nextup_media_refused_packets_total") - refused; n != 3 {
		t.Errorf("%v packets of other codecs and streams refused", n)
	}
}

// A flood of checks or handshakes is cut down before pion works on it.
func TestOtherFloodIsCutDown(t *testing.T) {
	l := testLane(t)
	c := getConn(t, l, "one")
	b := check(t, "one:x")
	read := 0
	for range 40 {
		l.on(func() {
			for range iceQueue {
				l.datagram(b, netip.MustParseAddrPort("127.0.0.1:9"), netip.Addr{})
			}
		})
		for len(c.in) > 0 {
			<-c.in
			read++
		}
	}
	if read < otherBurst || read > 2*otherBurst {
		t.Errorf("%d of %d came through", read, 40*iceQueue)
	}
}

// An overloaded lane drops pictures before sound, of some legs before others, and
// comes back when it is over.
func TestOverload(t *testing.T) {
	var o overload
	now := epoch
	for range 5 {
		now = now.Add(tick)
		o.look(10, 1000, 0, now)
	}
	if o.step != 0 {
		t.Fatal("sheds without need")
	}
	for range 200 {
		now = now.Add(tick)
		o.look(900, 1000, 0, now)
	}
	if o.step != shedSteps {
		t.Errorf("step %d after a long overload", o.step)
	}
	for range 100 * 60 * 3 {
		now = now.Add(tick)
		o.look(0, 1000, 0, now)
	}
	if o.step != 0 {
		t.Errorf("step %d after a long rest", o.step)
	}
	o.look(0, 1000, 7, now.Add(time.Hour)) // the kernel dropped some
	if o.step == 0 {
		t.Error("lost packets are no overload")
	}

	r := newRig(t)
	a, b := r.join(true).staged(), r.join(true).staged()
	b.sees(0, a)
	camera := &camera{e: a, seq: 1}
	r.lane.on(func() { r.lane.overload.step, r.lane.overload.changed = shedSteps, time.Now().Add(time.Hour) })
	var voice uint16
	speak := func() []byte {
		voice++
		return a.rtp(a.up(sound, false), rigOpus, voice, uint32(voice)*960, 0, []byte("voice"))
	}
	w := newOnWire()
	for range 30 {
		a.give(camera.next().wire, speak())
	}
	eventuallyQuiet(b, w)
	if w.counts[b.down(sound, 0, false)] != 30 || w.counts[b.down(picture, 0, false)] != 0 {
		t.Errorf("overloaded: %v", w.counts)
	}
	r.lane.on(func() { r.lane.overload.step, r.lane.overload.changed = 0, time.Time{} })
	for range 120 { // the next key frame is the 31st
		a.give(camera.next().wire, speak())
	}
	eventuallyQuiet(b, w)
	if n := w.counts[b.down(picture, 0, false)]; n == 0 || w.counts[b.down(sound, 0, false)] != 150 {
		t.Errorf("after it: %v", w.counts)
	}
}

// What we say to a browser: when its packets came, what of them is missing, how
// it is received; and what a viewer's network takes limits the source.
func TestFeedbackUp(t *testing.T) {
	r := newRig(t)
	a, b := r.join(true).staged(), r.join(true).staged()
	b.sees(0, a)
	camera := &camera{e: a, seq: 10}
	seen := map[string]int{}
	var asked []uint16
	var limit uint64
	look := func(e *end) {
		for _, d := range e.fresh() {
			if len(d) < 12 || d[1] < 192 || d[1] > 223 {
				continue
			}
			p, err := e.in.DecryptRTCP(nil, d, nil)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case p[1] == rtcpRTP && p[0]&31 == fmtTWCC:
				seen["transport-cc"]++
				var est congest.Estimate
				for i := range uint16(200) {
					est.Sent(i, 100, time.Now())
				}
				if err := est.Feedback(p, time.Now()); err != nil {
					t.Error(err)
				}
			case p[1] == rtcpRTP && p[0]&31 == fmtNACK:
				seen["nack"]++
				asked = append(asked, binary.BigEndian.Uint16(p[12:]))
			case p[1] == rtcpRR:
				seen["report"]++
				if binary.BigEndian.Uint32(p[8:]) != a.up(picture, false) && len(p) > 8 {
					t.Errorf("a report about %d", binary.BigEndian.Uint32(p[8:]))
				}
			case p[1] == rtcpPS && p[0]&31 == 15:
				seen["remb"]++
				x := binary.BigEndian.Uint32(p[16:])
				limit = uint64(x&0x3ffff) << (x >> 18 & 63)
			case p[1] == rtcpPS && p[0]&31 == fmtPLI:
				seen["pli"]++
			}
		}
	}
	lost := uint16(0)
	var arrivals congest.Arrivals // as b's browser notes them
	for i := 0; i < 2000 && (seen["transport-cc"] < 3 || seen["report"] == 0 || seen["nack"] == 0 || seen["remb"] == 0); i++ {
		s := camera.next()
		if i == 20 {
			lost = camera.seq
		} else {
			a.give(s.wire)
		}
		for n, d := range b.fresh() {
			// b's network is bad: of the packets only every second one comes.
			if x := readExtension(d, rigTWCC); d[1]&0x7f == rigVP8 && (i+n)%2 == 0 && len(x) == 2 {
				arrivals.Add(binary.BigEndian.Uint16(x), time.Now())
			}
		}
		if i%10 == 0 {
			if feedback := arrivals.Feedback(nil, 9, b.down(picture, 0, false)); len(feedback) > 0 {
				b.give(b.rtcp(feedback))
			}
		}
		time.Sleep(5 * time.Millisecond)
		look(a)
	}
	if seen["transport-cc"] < 3 || seen["report"] == 0 || seen["nack"] == 0 {
		t.Errorf("%v", seen)
	}
	if len(asked) > 0 && asked[0] != lost {
		t.Errorf("asked for %v, lost %d", asked, lost)
	}
	if seen["remb"] == 0 || limit == 0 || limit > 1_000_000 {
		t.Errorf("no limit for a bad network: %v, %d bit/s", seen, limit)
	}
}

// Malformed RTCP and header extensions change nothing and break nothing.
func FuzzHeard(f *testing.F) {
	f.Add([]byte{0x80, 200, 0, 6, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1})
	f.Add([]byte{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0xff, 0xff})
	f.Add([]byte{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1})
	f.Add([]byte{0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0})
	f.Add([]byte{0xa1, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4})
	var arrivals congest.Arrivals
	arrivals.Add(7, epoch)
	arrivals.Add(9, epoch.Add(time.Millisecond))
	f.Add(arrivals.Feedback(nil, 1, 1))
	r := newRig(f)
	a, b := r.join(true).staged(), r.join(true).staged()
	b.sees(0, a)
	f.Fuzz(func(t *testing.T, p []byte) {
		broke := true
		r.lane.on(func() {
			b.leg.heard(append([]byte(nil), p...), r.lane.now)
			broke = false
		})
		if broke {
			t.Fatal("panic")
		}
	})
}

// Any datagram from a proved address, through everything the lane does with it.
func FuzzPacket(f *testing.F) {
	r := newRig(f)
	a, b := r.join(true).staged(), r.join(true).staged()
	b.sees(0, a)
	c := &camera{e: a, seq: 1}
	f.Add(c.next().wire)
	f.Add([]byte{0x80, 200, 0, 1, 0, 0, 0, 1})
	f.Add([]byte{22, 254, 253})
	f.Add(check(f, "f1:x"))
	f.Fuzz(func(t *testing.T, p []byte) {
		r.lane.on(func() { r.lane.packet(append(make([]byte, 0, 2048), p...), path{a.addr, 0}, netip.Addr{}) })
	})
}

func FuzzReadRTP(f *testing.F) {
	f.Add([]byte{0x90, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x31, 0, 7, 0, 1, 2, 3}, uint8(3))
	f.Add([]byte{0xb0, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x10, 0, 0, 1, 3, 2, 0, 7, 1, 2, 3, 2}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, id uint8) {
		_, payload, ok := readRTP(b)
		if !ok {
			return
		}
		if len(payload) > len(b)-12 {
			t.Fatal("more payload than packet")
		}
		if x := readExtension(b, id&15); len(x) > 255 {
			t.Fatal(len(x))
		}
	})
}

// What is no RTP packet is refused as a whole.
func TestReadRTPRefuses(t *testing.T) {
	head := []byte{0x90, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}
	for name, b := range map[string][]byte{
		"short": head[:11], "another version": {0x40, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1},
		"sources cut short": {0x82, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0}, "extension cut short": append(append([]byte(nil), head...), 0xbe, 0xde, 0, 9),
		"padding longer than all": {0xa0, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9}, "padding of nothing": {0xa0, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0},
	} {
		if _, _, ok := readRTP(b); ok {
			t.Errorf("%s: taken", name)
		}
	}
}
