package media_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

// Five people, the most a talk can hold: one after the other comes and goes, and
// what those who stay send each other goes on as if nothing had happened. Who is
// not part of it sends to nobody and gets nothing.
func TestPanelOfFive(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	names := []nextup.PersonID{"a", "b", "c", "d", "e"}
	var p []*mediatest.Peer
	for i, n := range names {
		p = append(p, join(t, s, n, c[i], nil))
		p[i].Attach()
	}
	// where is the slot in which viewer sees who, or -1.
	where := func(viewer, who int) int {
		for i := range mediatest.Slots {
			v := p[viewer].Slot(i).Video
			if v.Clips[c[who].Name] > 0 && time.Since(v.Last) < time.Second {
				return i
			}
		}
		return -1
	}
	whole := func(what string, slot, viewer int) {
		t.Helper()
		st := p[viewer].Slot(slot)
		for kind, v := range map[string]mediatest.Stream{"picture": st.Video, "sound": st.Audio} {
			if v.Missing > 0 || v.SSRCs != 1 || v.Backwards > v.Again || v.Pictures > v.Again || v.Unknown > 0 {
				t.Errorf("%s: the %s of a and b for each other was touched: %+v", what, kind, v)
			}
		}
	}
	// on waits until both of the first two see new pictures of each other, in the same slot and one run of numbers.
	on := func(what string) {
		t.Helper()
		before := [2]int{p[0].Slot(0).Video.Clips[c[1].Name], p[1].Slot(0).Video.Clips[c[0].Name]}
		eventually(t, what+": a and b see each other", func() bool {
			return p[0].Slot(0).Video.Clips[c[1].Name] > before[0]+10 && p[1].Slot(0).Video.Clips[c[0].Name] > before[1]+10
		})
		whole(what, 0, 0)
		whole(what, 0, 1)
	}
	s.Show(session, 1, names[:2]...)
	on("two")
	for n := 3; n <= 5; n++ {
		for i := n - 1; i < 5; i++ {
			if got := (count{p[i]}).got(); got != 0 {
				t.Errorf("%s is not part of it yet and got %d packets", names[i], got)
			}
		}
		s.Prepare(session, 2, names[n-1]) // as for somebody who is about to come
		s.Show(session, 1, names[:n]...)
		on(fmt.Sprint(n, " people"))
		for viewer := range n {
			for who := range n {
				if who != viewer {
					eventually(t, fmt.Sprint(names[viewer], " sees ", names[who]), func() bool { return where(viewer, who) >= 0 })
				}
			}
		}
	}
	// They go in the order they came in.
	for _, rest := range [][]int{{0, 1, 3, 4}, {0, 1, 4}, {0, 1}} {
		var people []nextup.PersonID
		for _, i := range rest {
			people = append(people, names[i])
		}
		s.Show(session, 1, people...)
		time.Sleep(30 * time.Millisecond) // what was on its way
		out := map[int]int{}
		for i := range p {
			if !slices.Contains(rest, i) {
				out[i] = count{p[i]}.got()
			}
		}
		on(fmt.Sprint(people))
		for i, was := range out {
			if got := (count{p[i]}).got(); got != was {
				t.Errorf("%s has gone and got %d packets more", names[i], got-was)
			}
		}
	}
	last := [2]int{p[0].Slot(1).Video.Packets, p[0].Slot(2).Video.Packets}
	on("two again")
	if now := [2]int{p[0].Slot(1).Video.Packets, p[0].Slot(2).Video.Packets}; now != last {
		t.Errorf("slots of those who went still fill: %v, %v", last, now)
	}
}

// What somebody says of his camera, microphone and network reaches those who see
// him, also the one who comes later; one who asks for sound only gets no picture.
func TestStateAndSoundOnly(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	a, b, x := join(t, s, "a", c[0], nil), join(t, s, "b", c[1], nil), join(t, s, "x", c[2], nil)
	for _, p := range []*mediatest.Peer{a, b, x} {
		p.Attach()
		eventually(t, "the channels are open", func() bool { return p.State(`{"camera":"on","microphone":"on"}`) == nil })
	}
	s.Show(session, 1, "a", "b")
	eventually(t, "b sees a", func() bool { return b.Slot(0).Video.Frames > 10 })
	_ = a.State(`{"camera":"poor","microphone":"off","take":2}`)
	poor := `"person":"a","state":{"camera":"poor","microphone":"off","take":2}}`
	eventually(t, "b is told", func() bool {
		return slices.Contains(b.Texts(), `{"type":"state","slot":0,`+poor)
	})
	for _, bad := range []string{"x", `{"camera":"<b>","microphone":"on"}`, `{"camera":"on","microphone":"on","take":9}`, strings.Repeat(" ", 600) + `{"camera":"off","microphone":"off"}`} {
		_ = a.State(bad)
	}
	_ = b.State(`{"camera":"on","microphone":"on","blind":true}`)
	eventually(t, "no more pictures for b", func() bool {
		was := b.Slot(0)
		time.Sleep(300 * time.Millisecond)
		now := b.Slot(0)
		return now.Video.Packets == was.Video.Packets && now.Audio.Packets > was.Audio.Packets
	})
	s.Show(session, 1, "a", "b", "x")
	eventually(t, "x is told how a does", func() bool {
		return slices.ContainsFunc(x.Texts(), func(m string) bool { return strings.Contains(m, poor) })
	})
	eventually(t, "b hears x", func() bool { return b.Slot(1).Audio.Frames > 10 })
	if n := b.Slot(1).Video.Packets; n != 0 {
		t.Errorf("b asked for sound only and got %d packets of the newcomer's picture", n)
	}
	eventually(t, "a sees b all the while", func() bool { return a.Slot(0).Video.Clips[c[1].Name] > 20 })
	frames := b.Slot(0).Video.Clips[c[0].Name]
	_ = b.State(`{"camera":"on","microphone":"on"}`)
	eventually(t, "pictures again", func() bool {
		return b.Slot(0).Video.Clips[c[0].Name] > frames+10 && b.Slot(1).Video.Clips[c[2].Name] > 10
	})
	if v := b.Slot(0).Video; v.SSRCs != 1 || v.Missing > 0 || v.Backwards > v.Again {
		t.Errorf("not one stream: %+v", v)
	}
	for _, m := range b.Texts() {
		if strings.Contains(m, "<b>") || strings.Contains(m, `"take":9`) {
			t.Errorf("passed on: %s", m)
		}
	}
	s.Clear(session, 1)
	n := len(x.Texts())
	_ = a.State(`{"camera":"off","microphone":"off"}`)
	s.Show(session, 2, "a", "b")
	eventually(t, "b is told in the next talk", func() bool { return strings.Contains(b.Texts()[len(b.Texts())-1], `"camera":"off"`) })
	for _, m := range x.Texts()[n:] {
		if strings.Contains(m, `"person":"a"`) {
			t.Errorf("x is no more part of it and is told %s", m)
		}
	}
}

// The way to the server can be measured before anything of camera or microphone
// is sent, and cannot be used without end.
func TestEcho(t *testing.T) {
	s := start(t, nil)
	a := join(t, s, "a", nil, nil)
	echo := func(n, size int) int {
		unordered, none := false, uint16(0)
		ch, err := a.Connection().CreateDataChannel("echo", &webrtc.DataChannelInit{Ordered: &unordered, MaxRetransmits: &none})
		if err != nil {
			t.Fatal(err)
		}
		defer ch.Close()
		var mu sync.Mutex
		back := 0
		ch.OnMessage(func(m webrtc.DataChannelMessage) {
			mu.Lock()
			defer mu.Unlock()
			if len(m.Data) == size {
				back++
			}
		})
		eventually(t, "the channel opens", func() bool { return ch.ReadyState() == webrtc.DataChannelStateOpen })
		for range n {
			_ = ch.Send(make([]byte, size))
			time.Sleep(2 * time.Millisecond)
		}
		time.Sleep(300 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		return back
	}
	if back := echo(100, 1000); back < 90 {
		t.Errorf("%d of 100 came back", back)
	}
	if back := echo(10, 2000); back != 0 {
		t.Errorf("%d too big ones came back", back)
	}
	if back := echo(900, 1200); back > 450 {
		t.Errorf("%d kB came back within a minute", (back*1200)>>10)
	}
}

// A network that was gone until both sides had given it up: an ICE restart on the
// same connection brings picture and sound back, in one run.
func TestRestartFromFailed(t *testing.T) {
	gone := make(chan nextup.PersonID, 10)
	s := start(t, func(c *media.Config) {
		media.Impatient(c)
		c.Gone = func(_ nextup.SessionID, p nextup.PersonID) { gone <- p }
	})
	path, err := mediatest.NewPath(netip.AddrPortFrom(loopback.Addr(), s.UDPAddr().Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer path.Close()
	c := clips(t)
	a := join(t, s, "a", c[0], func(o *mediatest.Options) {
		signal := o.Signal
		o.Impatient = true
		o.Signal = func(ctx context.Context, offer string) (string, error) {
			answer, err := signal(ctx, path.Offer(offer))
			return path.Answer(answer), err
		}
	})
	b := join(t, s, "b", c[1], nil)
	a.Attach()
	b.Attach()
	s.Show(session, 1, "a", "b")
	sees := func(p *mediatest.Peer, who int, more int) func() bool {
		return func() bool {
			return p.Slot(0).Video.Clips[c[who].Name] > more && p.Slot(0).Audio.Clips[c[who].Name] > more
		}
	}
	eventually(t, "they see each other", func() bool { return sees(a, 1, 10)() && sees(b, 0, 10)() })
	path.Cut()
	eventually(t, "a gives up", func() bool { return a.Connection().ICEConnectionState() == webrtc.ICEConnectionStateFailed })
	select {
	case p := <-gone:
		if p != "a" {
			t.Fatalf("the server gave up %s", p)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server never gave up a")
	}
	path.Mend()
	seen := [2]int{a.Slot(0).Video.Clips[c[1].Name], b.Slot(0).Video.Clips[c[0].Name]}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := a.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "they see each other again", func() bool { return sees(a, 1, seen[0]+10)() && sees(b, 0, seen[1]+10)() })
	for name, v := range map[string]mediatest.Stream{"a": a.Slot(0).Video, "b": b.Slot(0).Video} {
		if v.SSRCs != 1 || v.Unknown > 0 {
			t.Errorf("%s: not one stream: %+v", name, v)
		}
	}
}
