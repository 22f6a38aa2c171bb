package media_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

// Joining takes one round of signalling, one of ICE and two of DTLS: the answer is
// complete, the first check is answered at once, and there is no HelloVerifyRequest.
func TestRoundTripsOfAJoin(t *testing.T) {
	s := start(t, nil)
	path, way := through(t, s)
	var mu sync.Mutex
	var offers int
	var trace []string // what passed, the same thing again left out
	path.Watch(func(up bool, b []byte) {
		what := ""
		switch {
		case b[0] < 4 && b[0] == 0 && b[1] == 1:
			what = "check"
		case b[0] == 1 && b[1] == 1:
			what = "checked"
		case b[0] == 22 && len(b) > 13 && b[3] == 0 && b[4] == 0: // a handshake message in plain text
			what = fmt.Sprint("handshake ", b[13])
		case b[0] == 20:
			what = "finished"
		default:
			return
		}
		if up {
			what = "> " + what
		} else {
			what = "< " + what
		}
		mu.Lock()
		defer mu.Unlock()
		for _, w := range trace {
			if w == what {
				return
			}
		}
		trace = append(trace, what)
	})
	join(t, s, "a", nil, func(o *mediatest.Options) {
		way(o)
		signal := o.Signal
		o.Signal = func(ctx context.Context, offer string) (string, error) {
			offers++
			answer, err := signal(ctx, offer)
			if !strings.Contains(answer, "a=candidate") || !strings.Contains(answer, "a=end-of-candidates") {
				t.Error("the answer is not complete")
			}
			return answer, err
		}
	})
	mu.Lock()
	defer mu.Unlock()
	if offers != 1 {
		t.Errorf("%d offers", offers)
	}
	order := strings.Join(trace, " ")
	if strings.Contains(order, "handshake 3") {
		t.Error("a HelloVerifyRequest costs a round trip")
	}
	at := -1
	for _, step := range []string{"> check", "< checked", "> handshake 1", "< handshake 2", "> handshake 11", "< finished"} {
		i := strings.Index(order, step)
		if i <= at {
			t.Errorf("%q is not where it should be: %s", step, order)
		}
		at = i
	}
}

var joins = flag.Int("joins", 60, "how many join and go in TestManyJoins")

// Whoever comes and goes leaves nothing behind: no goroutine, no name, no
// address, no stream; those who only asked, too.
func TestManyJoins(t *testing.T) {
	s := start(t, nil)
	offer := ""
	keep := join(t, s, "keep", nil, func(o *mediatest.Options) {
		signal := o.Signal
		o.Signal = func(ctx context.Context, sdp string) (string, error) {
			offer = sdp
			return signal(ctx, sdp)
		}
	})
	some := func(n int) {
		for i := range n {
			person := nextup.PersonID(fmt.Sprint("p", i%7))
			if _, err := s.Answer(t.Context(), session, person, fmt.Sprint(i), offer); err != nil {
				t.Fatal(err)
			}
			s.Show(session, nextup.OfferID(i%3+1), person, "keep")
			if i%2 == 0 {
				s.Hang(session, person, fmt.Sprint(i))
			}
		}
		for i := range 7 {
			for _, c := range []int{n - 1, n - 2, n - 3, n - 4, n - 5, n - 6, n - 7} {
				s.Hang(session, nextup.PersonID(fmt.Sprint("p", i)), fmt.Sprint(c))
			}
		}
		for i := range 3 {
			s.Clear(session, nextup.OfferID(i+1))
		}
	}
	some(20)
	eventually(t, "one is left", func() bool { return media.Legs(s) == 1 })
	goroutines, names := runtime.NumGoroutine(), media.Names(s)
	n := *joins
	if testing.Short() {
		n = min(n, 20)
	}
	some(n)
	for range 5 { // and some that really connect
		p := join(t, s, "real", clips(t)[0], nil)
		p.Attach()
		s.Show(session, 1, "real", "keep")
		_ = p.Close()
		eventually(t, "gone", func() bool { return media.Legs(s) == 1 })
	}
	eventually(t, "nothing is left behind", func() bool {
		return media.Legs(s) == 1 && media.Names(s) == names && runtime.NumGoroutine() <= goroutines+2
	})
	if keep.Err() != nil {
		t.Error("the one who stayed has gone, too")
	}
	if n := media.Metric(s, "nextup_media_peers"); n != 1 {
		t.Errorf("%v peers counted", n)
	}
}

// Over a network that loses, doubles and disorders datagrams, pictures go on:
// every whole one is what was sent.
func TestDisorder(t *testing.T) {
	s := start(t, nil)
	path, way := through(t, s)
	c := clips(t)
	a, b := join(t, s, "a", c[0], way), join(t, s, "b", c[1], nil)
	a.Attach()
	b.Attach()
	path.Lose(23)
	path.Twice(17)
	path.Late(13)
	s.Show(session, 1, "a", "b")
	eventually(t, "they see each other", func() bool {
		return a.Slot(0).Video.Clips[c[1].Name] > 40 && b.Slot(0).Video.Clips[c[0].Name] > 40 && b.Slot(0).Audio.Clips[c[0].Name] > 40
	})
	for name, v := range map[string]mediatest.Stream{"a": a.Slot(0).Video, "b": b.Slot(0).Video} {
		if v.SSRCs != 1 || v.Unknown > 0 {
			t.Errorf("%s: not one clean stream: %+v", name, v)
		}
	}
	f, ok := s.Figures(session, "a")
	if !ok || f.Way != media.WayUDP || f.Up.Packets == 0 || f.Down.Packets == 0 || f.Up.Again == 0 {
		t.Errorf("%+v", f)
	}
}
