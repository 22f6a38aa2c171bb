package media_test

import (
	"context"
	"net/netip"
	"testing"

	"nextup/media"
	"nextup/media/mediatest"
)

// through makes a peer reach the server by a path of the test's own.
func through(t *testing.T, s *media.Server) (*mediatest.Path, func(*mediatest.Options)) {
	t.Helper()
	p, err := mediatest.NewPath(netip.AddrPortFrom(loopback.Addr(), s.UDPAddr().Port()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, func(o *mediatest.Options) {
		signal := o.Signal
		o.Signal = func(ctx context.Context, offer string) (string, error) {
			answer, err := signal(ctx, p.Offer(offer))
			return p.Answer(answer), err
		}
	}
}

// In a panel everybody gets the layer that his way carries: the wide one gets
// the best, the narrow one the small one, from the same sender and at the same
// time, and without a jump when it changes.
func TestLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("a quarter of a minute")
	}
	s := start(t, nil)
	c := clips(t)
	path, narrow := through(t, s)
	a := join(t, s, "a", c[0], func(o *mediatest.Options) { o.Low = c[3].Keys() })
	b := join(t, s, "b", c[1], func(o *mediatest.Options) { o.Low = c[4].Keys() })
	x := join(t, s, "x", c[2], narrow)
	for _, p := range []*mediatest.Peer{a, b, x} {
		p.Attach()
	}
	s.Show(session, 1, "a", "b", "x")
	// where in a viewer's slots a's picture is.
	of := func(p *mediatest.Peer) mediatest.Stream {
		for i := range mediatest.Slots {
			if v := p.Slot(i).Video; v.Clips[c[0].Name]+v.Clips[c[3].Name] > 0 {
				return v
			}
		}
		return mediatest.Stream{}
	}
	high := func(p *mediatest.Peer) int { return of(p).Clips[c[0].Name] }
	low := func(p *mediatest.Peer) int { return of(p).Clips[c[3].Name] }
	eventually(t, "b has the best of a", func() bool { return high(b) > 20 })
	eventually(t, "x has the best of a", func() bool { return high(x) > 20 })
	path.Narrow(380_000) // less than the best of one and the small one of the other
	small := low(x)
	eventually(t, "x gets the small layer", func() bool { return low(x) > small+6 })
	small = low(x)
	was, best := high(x), high(b)
	eventually(t, "x gets more of the small layer", func() bool { return low(x) > small+6 })
	if n := high(x); n > was+5 {
		t.Errorf("x got %d pictures more of the best layer", n-was)
	}
	if n := high(b); n <= best {
		t.Error("b gets no more of the best layer")
	}
	a.Layers(false, true)
	was = low(b)
	eventually(t, "b gets the small layer when the best one stops", func() bool { return low(b) > was+5 })
	a.Layers(true, true)
	was = high(b)
	eventually(t, "b gets the best one again", func() bool { return high(b) > was+20 })
	if v := of(x); v.SSRCs != 1 || v.Backwards > v.Again || v.Unknown > 0 {
		t.Errorf("the change is seen: %+v", v)
	}
	if v := of(b); v.SSRCs != 1 || v.Backwards > v.Again || v.Unknown > 0 {
		t.Errorf("b sees the change: %+v", v)
	}
	if n := media.Metric(s, "nextup_media_leaked_packets_total"); n != 0 {
		t.Errorf("%v packets of pion's own", n)
	}
}
