package media

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var epoch = time.Unix(1_700_000_000, 0)

// descriptor writes a VP8 payload: descriptor and a byte of frame.
func descriptor(bits int, picture uint16, tl0 int, key bool) []byte {
	p := []byte{0x90, 0}
	switch bits {
	case 7:
		p[1] |= 0x80
		p = append(p, byte(picture&0x7f))
	case 15:
		p[1] |= 0x80
		p = append(p, 0x80|byte(picture>>8), byte(picture))
	}
	if tl0 >= 0 {
		p[1] |= 0x40
		p = append(p, byte(tl0))
	}
	if p[1] == 0 {
		p = []byte{0x10}
	}
	if key {
		return append(p, 0x10)
	}
	return append(p, 0x11)
}

func TestParseVP8(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want vp8
		ok   bool
	}{
		{"empty", nil, vp8{}, false},
		{"descriptor only", []byte{0x10}, vp8{}, false},
		{"shortest key frame", []byte{0x10, 0x10}, vp8{size: 1, start: true, key: true}, true},
		{"inter frame", []byte{0x10, 0x11}, vp8{size: 1, start: true}, true},
		{"continuation looks like a key frame", []byte{0x00, 0x10}, vp8{size: 1}, true},
		{"second partition", []byte{0x11, 0x10}, vp8{size: 1}, true},
		{"7 bits", []byte{0x90, 0x80, 0x7f, 0x10}, vp8{size: 3, start: true, key: true, bits: 7, picture: 127, pictAt: 2}, true},
		{"15 bits", []byte{0x90, 0x80, 0xff, 0xff, 0x10}, vp8{size: 4, start: true, key: true, bits: 15, picture: 32767, pictAt: 2}, true},
		{"all there is", []byte{0x90, 0xf0, 0x81, 0x02, 0x09, 0xe0, 0x11}, vp8{size: 6, start: true, bits: 15, picture: 258, pictAt: 2, tl0: 9, tl0At: 4}, true},
		{"cut in the picture id", []byte{0x90, 0x80, 0x81}, vp8{}, false},
		{"cut before TL0PICIDX", []byte{0x90, 0xc0, 0x01}, vp8{}, false},
		{"cut before the frame", []byte{0x90, 0x10, 0x01}, vp8{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := parseVP8(c.in)
			if ok != c.ok || ok && got != c.want {
				t.Errorf("got %+v %v, want %+v %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func FuzzParseVP8(f *testing.F) {
	f.Add([]byte{0x90, 0xf0, 0x81, 0x02, 0x09, 0xe0, 0x11})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, ok := parseVP8(b)
		if ok && (d.size < 1 || d.size >= len(b) || d.pictAt >= d.size || d.tl0At >= d.size) {
			t.Fatalf("%x: %+v", b, d)
		}
		if ok {
			r := rewriter{clock: 90000}
			r.begin(head{}, nil, epoch)
			r.next(head{}, epoch)
			r.vp8(nil, b, d)
		}
	})
}

func TestRewrite(t *testing.T) {
	type in struct {
		head
		wait time.Duration
		want head
		ok   bool
	}
	type source struct {
		first head
		kept  []uint32
		in    []in
	}
	for _, c := range []struct {
		name    string
		sources []source
	}{
		{"the first source keeps its numbers", []source{
			{head{7, 1000}, nil, []in{{head{7, 1000}, 0, head{7, 1000}, true}, {head{8, 4000}, 0, head{8, 4000}, true}}},
		}},
		{"the next goes on by one and by the time passed", []source{
			{head{7, 1000}, nil, []in{{head{7, 1000}, 0, head{7, 1000}, true}}},
			{head{900, 5}, nil, []in{{head{900, 5}, time.Second, head{8, 91000}, true}, {head{901, 3005}, 0, head{9, 94000}, true}}},
		}},
		{"no time passed: still later", []source{
			{head{7, 1000}, nil, []in{{head{7, 1000}, 0, head{7, 1000}, true}}},
			{head{0, 0}, nil, []in{{head{0, 0}, 0, head{8, 1090}, true}}},
		}},
		{"sequence and timestamp wrap inside a source", []source{
			{head{65535, 4294967295}, nil, []in{{head{65535, 4294967295}, 0, head{65535, 4294967295}, true}, {head{0, 2999}, 0, head{0, 2999}, true}}},
			{head{65534, 4294967290}, nil, []in{{head{65534, 4294967290}, 0, head{1, 3089}, true}, {head{65535, 4294967290}, 0, head{2, 3089}, true}, {head{0, 4}, 0, head{3, 3099}, true}}},
		}},
		{"a loss stays a loss, a late packet finds its place", []source{
			{head{10, 0}, nil, []in{{head{10, 0}, 0, head{10, 0}, true}, {head{13, 30}, 0, head{13, 30}, true}, {head{11, 10}, 0, head{11, 10}, true}, {head{12, 20}, 0, head{12, 20}, true}}},
			{head{500, 0}, nil, []in{{head{500, 0}, 0, head{14, 120}, true}, {head{499, 0}, 0, head{}, false}, {head{502, 6}, 0, head{16, 126}, true}, {head{501, 3}, 0, head{15, 123}, true}}},
		}},
		{"kept frames are squeezed, the newest is now", []source{
			{head{1, 0}, nil, []in{{head{1, 0}, 0, head{1, 0}, true}}},
			{head{50, 1000}, []uint32{1000, 4000, 7000}, []in{
				{head{50, 1000}, 100 * time.Millisecond, head{2, 9000}, true},
				{head{51, 4000}, 0, head{3, 9090}, true},
				{head{52, 7000}, 0, head{4, 9180}, true},
				{head{53, 10000}, 0, head{5, 12180}, true}, // live: its own distance
				{head{51, 4000}, 0, head{3, 9090}, true},   // a late one of a kept frame
			}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, now := rewriter{clock: 90000}, epoch
			for i, s := range c.sources {
				for j, p := range s.in {
					now = now.Add(p.wait)
					if j == 0 {
						r.begin(s.first, s.kept, now)
					}
					if got, ok := r.next(p.head, now); got != p.want || ok != p.ok {
						t.Errorf("source %d packet %d %v: got %v %v, want %v %v", i, j, p.head, got, ok, p.want, p.ok)
					}
				}
				r.end()
				if _, ok := r.next(head{}, now); ok {
					t.Error("passed between sources")
				}
			}
		})
	}
}

func TestRewritePictureIDs(t *testing.T) {
	type in struct {
		bits     int
		pict     uint16
		tl0      int
		wantPict int // -1: none
		wantTL0  int
	}
	for _, c := range []struct {
		name    string
		sources [][]in
	}{
		{"15 bits go on by one", [][]in{
			{{15, 100, 5, 100, 5}, {15, 101, 6, 101, 6}},
			{{15, 9000, 250, 102, 7}, {15, 9001, 251, 103, 8}},
		}},
		{"wrap of both", [][]in{
			{{15, 32766, 254, 32766, 254}, {15, 32767, 255, 32767, 255}, {15, 0, 0, 0, 0}},
			{{15, 32767, 255, 1, 1}, {15, 0, 0, 2, 2}},
		}},
		{"7 bits become 15 and go on past 127", [][]in{
			{{15, 5000, -1, 5000, -1}},
			{{7, 126, -1, 5001, -1}, {7, 127, -1, 5002, -1}, {7, 0, -1, 5003, -1}, {7, 1, -1, 5004, -1}},
			{{15, 7, -1, 5005, -1}},
		}},
		{"the highest counts, not the last", [][]in{
			{{15, 10, 1, 10, 1}, {15, 12, 3, 12, 3}, {15, 11, 2, 11, 2}},
			{{15, 50, 9, 13, 4}},
		}},
		{"a source without picture ids between two with", [][]in{
			{{15, 10, -1, 10, -1}},
			{{0, 0, -1, -1, -1}},
			{{15, 900, -1, 11, -1}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rewriter{clock: 90000}
			for i, s := range c.sources {
				r.begin(head{}, nil, epoch)
				for j, p := range s {
					b := descriptor(p.bits, p.pict, p.tl0, j == 0)
					d, _ := parseVP8(b)
					r.next(head{seq: uint16(j)}, epoch)
					got, ok := parseVP8(r.vp8(nil, b, d))
					if !ok || got.key != d.key || got.start != d.start {
						t.Fatalf("source %d frame %d: %+v became %+v", i, j, d, got)
					}
					pict, tl0 := -1, -1
					if got.bits > 0 {
						pict = int(got.picture)
					}
					if got.tl0At > 0 {
						tl0 = int(got.tl0)
					}
					if pict != p.wantPict || tl0 != p.wantTL0 {
						t.Errorf("source %d frame %d: got picture %d TL0 %d, want %d %d", i, j, pict, tl0, p.wantPict, p.wantTL0)
					}
				}
				r.end()
			}
		})
	}
}

// Whatever sources follow each other, with loss, reordering and wraps, the
// browser sees one stream that never goes back over a switch.
func TestRewriteProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, now := rewriter{clock: 90000}, epoch
		var lastSeq uint16 // highest of all earlier sources
		var lastTS uint32
		var lastPict uint16
		var sent bool
		for range rapid.IntRange(1, 6).Draw(t, "sources") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "pause")))
			seq := rapid.Uint16().Draw(t, "seq")
			ts := rapid.Uint32().Draw(t, "ts")
			pict := rapid.Uint16Range(0, 0x7fff).Draw(t, "picture")
			n := rapid.IntRange(1, 60).Draw(t, "frames")
			kept := rapid.IntRange(0, min(n, 20)).Draw(t, "kept")
			var stamps []uint32
			for i := range kept {
				stamps = append(stamps, ts+uint32(i)*3000)
			}
			r.begin(head{seq, ts}, stamps, now)
			order := make([]int, n)
			for i := range order {
				order[i] = i
			}
			for i := 1; i+1 < n; i++ { // neighbours change places; the first stays first
				if rapid.IntRange(0, 4).Draw(t, "swap") == 0 {
					order[i], order[i+1] = order[i+1], order[i]
				}
			}
			highSeq, highTS, highPict := lastSeq, lastTS, lastPict
			seen := map[uint16]int{}
			tsOf := map[int]uint32{}
			for k, i := range order {
				if k > 0 && rapid.IntRange(0, 9).Draw(t, "lost") == 0 {
					continue
				}
				if i >= kept {
					now = now.Add(33 * time.Millisecond)
				}
				out, ok := r.next(head{seq + uint16(i), ts + uint32(i)*3000}, now)
				if !ok {
					t.Fatalf("packet %d dropped", i)
				}
				if sent {
					if d := int16(out.seq - lastSeq); int(d) != i+1 {
						t.Fatalf("packet %d: sequence number %d after %d", i, out.seq, lastSeq)
					}
					if int32(out.ts-lastTS) <= 0 {
						t.Fatalf("packet %d: timestamp %d not after %d", i, out.ts, lastTS)
					}
				}
				if other, twice := seen[out.seq]; twice {
					t.Fatalf("packets %d and %d both have %d", other, i, out.seq)
				}
				seen[out.seq] = i
				tsOf[i] = out.ts
				b := descriptor(15, (pict+uint16(i))&0x7fff, -1, i == 0)
				d, _ := parseVP8(b)
				got, _ := parseVP8(r.vp8(nil, b, d))
				if want := (lastPict + 1 + uint16(i)) & 0x7fff; sent && got.picture != want {
					t.Fatalf("packet %d: picture %d, want %d", i, got.picture, want)
				}
				if k == 0 || int16(out.seq-highSeq) > 0 {
					highSeq = out.seq
				}
				if k == 0 || int32(out.ts-highTS) > 0 {
					highTS = out.ts
				}
				if k == 0 || after15(got.picture, highPict) {
					highPict = got.picture
				}
			}
			for i, a := range tsOf { // frames in order, whatever the packets' order was
				for j, b := range tsOf {
					if i < j && int32(b-a) <= 0 {
						t.Fatalf("frame %d has %d, frame %d has %d", i, a, j, b)
					}
				}
			}
			lastSeq, lastTS, lastPict, sent = highSeq, highTS, highPict, true
			r.end()
		}
	})
}

func TestHistory(t *testing.T) {
	var h history
	now := epoch
	if h.again(1, now) != nil {
		t.Error("an empty history knows a packet")
	}
	for i := range 300 {
		h.add(uint16(65400+i), uint32(i), false, []byte{byte(i)}, 0)
	}
	first := uint16(65400 % 65536)
	if h.again(first, now) != nil {
		t.Error("a packet that fell out is still there")
	}
	last := uint16((65400 + 299) % 65536)
	for i := range resendAtMost {
		p := h.again(last, now)
		if p == nil || p.ts != 299 {
			t.Fatalf("resend %d: %+v", i, p)
		}
		if h.again(last, now) != nil {
			t.Error("the same packet twice at once")
		}
		now = now.Add(resendPause)
	}
	if h.again(last, now) != nil {
		t.Error("more resends than allowed")
	}
	h.clear()
	if h.again(last-1, now) != nil {
		t.Error("a cleared history knows a packet")
	}
}

func TestKept(t *testing.T) {
	frame := func(seq uint16, ts uint32, key bool) *packet {
		b := descriptor(15, 1, -1, key)
		d, _ := parseVP8(b)
		return &packet{head: head{seq, ts}, payload: b, vp8: d}
	}
	var k kept
	now := epoch
	k.add(frame(1, 0, false), now)
	if k.n != 0 {
		t.Error("kept a frame that cannot be decoded")
	}
	k.add(frame(2, 10, true), now)
	k.add(frame(3, 20, false), now)
	k.add(frame(4, 20, false), now)
	if k.n != 3 || !k.fresh(now) || fmt.Sprint(k.stamps()) != "[10 20]" {
		t.Errorf("kept %d, stamps %v", k.n, k.stamps())
	}
	if k.fresh(now.Add(keptAge + 1)) {
		t.Error("old pictures are fresh")
	}
	k.add(frame(5, 30, true), now)
	if k.n != 1 || k.packets[0].seq != 5 {
		t.Errorf("a new key frame does not begin anew: %d", k.n)
	}
	for i := range keptPackets + 1 {
		k.add(frame(uint16(6+i), 40, false), now)
	}
	if k.n != 0 {
		t.Errorf("kept more than the bound: %d", k.n)
	}
}
