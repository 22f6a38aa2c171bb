package congest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"pgregory.net/rapid"
)

// came is a packet that a feedback speaks of.
type came struct {
	seq uint16
	at  int64 // ticks, -1: did not come
}

// theirs reads feedback with pion/rtcp, a parser we have not written.
func theirs(t interface{ Fatalf(string, ...any) }, p []byte) []came {
	var cc rtcp.TransportLayerCC
	if err := cc.Unmarshal(p); err != nil {
		t.Fatalf("pion does not read it: %v\n%x", err, p)
	}
	var list []came
	at := int64(cc.ReferenceTime) * refTicks
	deltas := cc.RecvDeltas
	one := func(symbol uint16) {
		if len(list) == int(cc.PacketStatusCount) {
			return
		}
		c := came{cc.BaseSequenceNumber + uint16(len(list)), -1}
		if symbol != rtcp.TypeTCCPacketNotReceived {
			at += deltas[0].Delta / 250
			deltas = deltas[1:]
			c.at = at
		}
		list = append(list, c)
	}
	for _, chunk := range cc.PacketChunks {
		switch chunk := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range chunk.RunLength {
				one(chunk.PacketStatusSymbol)
			}
		case *rtcp.StatusVectorChunk:
			for _, s := range chunk.SymbolList {
				one(s)
			}
		}
	}
	if len(list) != int(cc.PacketStatusCount) || len(deltas) != 0 {
		t.Fatalf("%d of %d packets, %d deltas left", len(list), cc.PacketStatusCount, len(deltas))
	}
	return list
}

// ours reads feedback with our own parser.
func ours(t interface{ Fatalf(string, ...any) }, p []byte) []came {
	f, err := readFeedback(p)
	if err != nil {
		t.Fatalf("%v\n%x", err, p)
	}
	var list []came
	for {
		seq, ok, at, more := f.next()
		if !more {
			return list
		}
		c := came{seq, -1}
		if ok {
			c.at = at + int64(f.reference)*refTicks
		}
		list = append(list, c)
	}
}

func all(a *Arrivals) [][]byte {
	var list [][]byte
	for {
		p := a.Feedback(nil, 0x11223344, 0x55667788)
		if len(p) == 0 {
			return list
		}
		list = append(list, p)
	}
}

// TestFeedbackBytes holds the bytes of each kind of chunk and delta.
func TestFeedbackBytes(t *testing.T) {
	type add struct {
		seq uint16
		at  time.Duration
	}
	for _, c := range []struct {
		name string
		adds []add
		want string // after the SSRCs
	}{
		{"one", []add{{7, 0}}, "0007 0001 000001 00 2001 00" + "01"},
		{"a run", []add{{1, 0}, {2, 250 * time.Microsecond}, {3, 10 * ms}}, "0001 0003 000001 00 2003 00 01 27" + "000003"},
		{"a hole", []add{{65534, 0}, {0, 1 * ms}}, "fffe 0003 000001 00 a800 00 04"},
		{"large", []add{{1, 0}, {2, 64 * ms}}, "0001 0002 000001 00 d800 00 0100" + "000003"},
		{"overtaken", []add{{2, 0}, {1, 10 * ms}, {3, 20 * ms}}, "0001 0003 000001 00 d900 28 ffd8 50" + "0002"},
		{"a run of holes", []add{{1, 0}, {30, 1 * ms}}, "0001 001e 000001 00 a000 000f 2001 00 04"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a Arrivals
			zero := time.Unix(100, 0)
			for _, x := range c.adds {
				a.Add(x.seq, zero.Add(x.at))
			}
			p := a.Feedback([]byte("before"), 0x11223344, 0x55667788)
			p = bytes.TrimPrefix(p, []byte("before"))
			if got, want := hex.EncodeToString(p[12:]), c.want; got != stripped(want) {
				t.Errorf("%s, want %s", got, stripped(want))
			}
			theirs(t, p)
			if again := a.Feedback(nil, 1, 2); again != nil {
				t.Errorf("the same again: %x", again)
			}
		})
	}
}

func stripped(s string) string {
	return string(bytes.ReplaceAll([]byte(s), []byte(" "), nil))
}

// TestFeedbackRound holds that what was added is what is read, by our parser and
// by pion's, whatever the order, the gaps and the time between reports.
func TestFeedbackRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a Arrivals
		now := time.Unix(1_700_000_000, 0)
		seq := rapid.Uint16().Draw(t, "first")
		var zero time.Time // a unit of reference time before the first packet
		count := uint8(0)
		added, heard := map[uint16]int64{}, map[uint16]int64{}
		for range rapid.IntRange(1, 8).Draw(t, "reports") {
			for range rapid.IntRange(0, 60).Draw(t, "packets") {
				switch rapid.IntRange(0, 9).Draw(t, "what") {
				case 0:
					seq += uint16(rapid.IntRange(2, 40).Draw(t, "gap"))
				case 1:
					now = now.Add(time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "pause")))
				default:
					seq++
				}
				now = now.Add(time.Duration(rapid.Int64Range(0, int64(30*ms)).Draw(t, "step")))
				n := seq - uint16(rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 5}).Draw(t, "late"))
				if _, twice := added[n]; !twice && (len(added) > 0 || n == seq) {
					if len(added) == 0 {
						zero = now.Add(-refTicks * tick)
					}
					added[n] = int64(now.Sub(zero) / tick)
				}
				if _, ok := added[n]; ok {
					a.Add(n, now)
				}
			}
			for _, p := range all(&a) {
				if len(p) > feedbackRoom+4 || len(p)%4 != 0 {
					t.Fatalf("%d bytes", len(p))
				}
				if p[19] != count {
					t.Fatalf("number %d, want %d", p[19], count)
				}
				count++
				list := ours(t, p)
				for i, c := range theirs(t, p) {
					if list[i] != c {
						t.Fatalf("we read %v, pion %v", list[i], c)
					}
					if c.at >= 0 {
						heard[c.seq] = c.at
					} else if at, ok := added[c.seq]; ok {
						t.Fatalf("%d came at %d and is reported missing", c.seq, at)
					}
				}
			}
			for n, at := range added {
				if heard[n] != at {
					t.Fatalf("%d came at %d, reported at %d", n, at, heard[n])
				}
			}
		}
	})
}

// TestFeedbackLong: what one packet cannot hold is in the next ones; a span
// beyond memory is cut, never wrong.
func TestFeedbackLong(t *testing.T) {
	var a Arrivals
	now := time.Unix(1000, 0)
	for i := range 1000 {
		now = now.Add(100 * ms) // large deltas
		a.Add(uint16(i), now)
	}
	n := 0
	packets := all(&a)
	for _, p := range packets {
		for i, c := range theirs(t, p) {
			if c.at < 0 {
				t.Fatalf("packet %d of %d is missing", i, n)
			}
			n++
		}
	}
	if n != 1000 || len(packets) < 2 {
		t.Errorf("%d packets in %d reports", n, len(packets))
	}
	a.Add(1000, now)
	a.Add(12_000, now.Add(ms))
	packets = all(&a)
	last := theirs(t, packets[len(packets)-1])
	if c := last[len(last)-1]; c.seq != 12_000 || c.at < 0 {
		t.Errorf("the newest is not in it: %v", c)
	}
	a.Add(1000, now.Add(2*ms)) // too old
	if p := a.Feedback(nil, 1, 2); p != nil {
		t.Errorf("of an old one: %x", p)
	}
	// 24 bits of reference time are 12 days.
	now = now.Add(13 * 24 * time.Hour)
	a.Add(12_001, now)
	a.Add(12_002, now.Add(ms))
	packets = all(&a)
	list := theirs(t, packets[len(packets)-1])
	if len(list) != 2 || list[1].at-list[0].at != 4 {
		t.Errorf("after 13 days: %v", list)
	}
}

// TestReferenceWraps: time goes on where the 24 bits begin again.
func TestReferenceWraps(t *testing.T) {
	var e Estimate
	before := e.reference(1<<24 - 1)
	if after := e.reference(2); after-before != 3*refTicks {
		t.Errorf("%d ticks from one to the next", after-before)
	}
	if back := e.reference(1<<24 - 1); back != before {
		t.Error("it does not go back")
	}
}

// TestFeedbackRefused: each way of being wrong is an error and changes nothing.
func TestFeedbackRefused(t *testing.T) {
	good := func() []byte {
		var a Arrivals
		for i := range 40 {
			a.Add(uint16(i*3), time.Unix(5, int64(i)*int64(70*ms)))
		}
		return a.Feedback(nil, 1, 2)
	}
	for name, spoil := range map[string]func(p []byte) []byte{
		"nothing":        func([]byte) []byte { return nil },
		"short":          func(p []byte) []byte { return p[:19] },
		"version":        func(p []byte) []byte { p[0] &= 0x3f; return p },
		"another format": func(p []byte) []byte { p[0] = p[0]&0xe0 | 1; return p },
		"another type":   func(p []byte) []byte { p[1] = 206; return p },
		"length":         func(p []byte) []byte { p[2] = 0xff; return p },
		"cut":            func(p []byte) []byte { p = p[:24]; p[3] = 5; p[0] &= 0xdf; return p },
		"no packets":     func(p []byte) []byte { p[14], p[15] = 0, 0; return p },
		"too many":       func(p []byte) []byte { p[14] = 0xff; return p },
		"more":           func(p []byte) []byte { p[15] += 60; return p },
		"empty run":      func(p []byte) []byte { p[20], p[21] = 0, 0; return p },
		"reserved":       func(p []byte) []byte { p[20], p[21] = 0x60, 3; return p },
		"all padding":    func(p []byte) []byte { p[0] |= 0x20; p[len(p)-1] = 255; return p },
		"no padding":     func(p []byte) []byte { p[0] |= 0x20; p[len(p)-1] = 0; return p },
	} {
		var e Estimate
		e.Sent(0, 100, time.Unix(5, 0))
		if err := e.Feedback(spoil(good()), time.Unix(6, 0)); !errors.Is(err, ErrFeedback) {
			t.Errorf("%s: %v", name, err)
		}
		if e.sent[0].size != 100 || e.refOn {
			t.Errorf("%s: something of it counted", name)
		}
	}
}

// FuzzFeedback: any bytes are either an error or feedback that pion reads the
// same way.
func FuzzFeedback(f *testing.F) {
	var a Arrivals
	for i := range 60 {
		a.Add(uint16(65500+i+i%3), time.Unix(5, int64(i)*int64(i)*int64(ms)))
		if i%20 == 19 {
			for _, p := range all(&a) {
				f.Add(p)
			}
		}
	}
	f.Add([]byte{0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 3, 0, 0, 1, 0, 0xd9, 0, 1, 2})
	f.Fuzz(func(t *testing.T, p []byte) {
		var e Estimate
		now := time.Unix(100, 0)
		for i := range 100 {
			e.Sent(uint16(65500+i), 1000, now.Add(time.Duration(i)*5*ms))
		}
		now = now.Add(time.Second)
		if err := e.Feedback(p, now); err != nil {
			if !errors.Is(err, ErrFeedback) {
				t.Fatal(err)
			}
			return
		}
		if b := e.Bits(); b < 0 || b > mostBits {
			t.Fatalf("%d bit/s", b)
		}
		ours(t, p)
	})
}
