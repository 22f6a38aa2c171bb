package congest

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"pgregory.net/rapid"
)

func TestHoles(t *testing.T) {
	zero := time.Unix(10, 0)
	type step struct {
		at   time.Duration
		add  []uint16
		want []uint16 // due at that time, with a round trip of 50 ms
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"nothing missing", []step{{0, []uint16{1, 2, 3}, nil}, {time.Second, nil, nil}}},
		{"one, a little later", []step{{0, []uint16{1, 3}, nil}, {6 * ms, nil, []uint16{2}}, {20 * ms, nil, nil}}},
		{"only late", []step{{0, []uint16{1, 3}, nil}, {3 * ms, []uint16{2}, nil}, {100 * ms, nil, nil}}},
		{"again after a round trip, four times", []step{
			{0, []uint16{1, 3}, nil},
			{10 * ms, nil, []uint16{2}},
			{40 * ms, nil, nil},
			{70 * ms, nil, []uint16{2}},
			{130 * ms, nil, []uint16{2}},
			{190 * ms, nil, []uint16{2}},
			{250 * ms, nil, nil},
			{900 * ms, nil, nil},
		}},
		{"sent again", []step{{0, []uint16{1, 4}, nil}, {10 * ms, nil, []uint16{2, 3}}, {30 * ms, []uint16{3}, nil}, {80 * ms, nil, []uint16{2}}}},
		{"too old", []step{{0, []uint16{1, 3}, nil}, {1100 * ms, nil, nil}}},
		{"over the wrap", []step{{0, []uint16{65534, 2}, nil}, {10 * ms, nil, []uint16{65535, 0, 1}}}},
		{"the first ones are not missing", []step{{0, []uint16{100, 99, 101}, nil}, {10 * ms, nil, nil}}},
		{"another beginning", []step{{0, []uint16{1, 3}, nil}, {ms, []uint16{9000, 9002}, nil}, {10 * ms, nil, []uint16{9001}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h Holes
			for _, s := range c.steps {
				for _, n := range s.add {
					h.Add(n, zero.Add(s.at))
				}
				if got := h.Due(nil, zero.Add(s.at), 50*ms); !slices.Equal(got, s.want) {
					t.Errorf("at %v due %v, want %v", s.at, got, s.want)
				}
			}
		})
	}
}

// TestHolesRapid: never more than four times each, never one that has come,
// never more remembered than there is room for.
func TestHolesRapid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Holes
		now := time.Unix(10, 0)
		seq := rapid.Uint16().Draw(t, "first")
		asked, has := map[uint16]int{}, map[uint16]bool{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(60*ms)).Draw(t, "time")))
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				seq += uint16(rapid.IntRange(1, 90).Draw(t, "gap"))
			case 1:
				late := seq - uint16(rapid.IntRange(0, 90).Draw(t, "late"))
				has[late] = true
				h.Add(late, now)
				continue
			default:
				seq++
			}
			has[seq] = true
			h.Add(seq, now)
			for _, n := range h.Due(nil, now, 40*ms) {
				if asked[n]++; asked[n] > holeTries {
					t.Fatalf("%d asked for %d times", n, asked[n])
				}
				if has[n] {
					t.Fatalf("%d is here", n)
				}
			}
			if h.Open() > holesKept {
				t.Fatalf("%d holes", h.Open())
			}
		}
	})
}

// TestNACK holds that pion reads what was asked for.
func TestNACK(t *testing.T) {
	if p := NACK(nil, 1, 2, nil); p != nil {
		t.Errorf("%x for nothing", p)
	}
	rapid.Check(t, func(t *rapid.T) {
		var want []uint16
		n := rapid.Uint16().Draw(t, "first")
		for range rapid.IntRange(1, 100).Draw(t, "count") {
			want = append(want, n)
			n += uint16(rapid.IntRange(1, 30).Draw(t, "step"))
		}
		var p rtcp.TransportLayerNack
		if err := p.Unmarshal(NACK(nil, 1, 2, want)); err != nil {
			t.Fatal(err)
		}
		var got []uint16
		for _, pair := range p.Nacks {
			got = append(got, pair.PacketList()...)
		}
		if p.SenderSSRC != 1 || p.MediaSSRC != 2 || !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestHolesAllocate(t *testing.T) {
	var (
		h   Holes
		seq uint16
		due = make([]uint16, 0, holesKept)
		out = make([]byte, 0, 1500)
		now = time.Unix(10, 0)
	)
	if n := testing.AllocsPerRun(1000, func() {
		seq += 2
		now = now.Add(7 * ms)
		h.Add(seq, now)
		out = NACK(out[:0], 1, 2, h.Due(due, now, 30*ms))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
