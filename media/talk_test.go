package media_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

// Two people of a talk see and hear each other; a third sees nothing; before
// Show and after Clear nobody does.
func TestWhoSeesWhom(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	a := join(t, s, "a", c[0], nil)
	b := join(t, s, "b", c[1], nil)
	third := join(t, s, "x", c[2], nil)
	a.Attach()
	b.Attach()
	third.Attach()
	s.Prepare(session, 1, "a", "b")
	time.Sleep(500 * time.Millisecond)
	for name, p := range map[string]interface{ got() int }{"a": count{a}, "b": count{b}, "x": count{third}} {
		if n := p.got(); n != 0 {
			t.Errorf("%s got %d packets before Show", name, n)
		}
	}
	s.Show(session, 1, "a", "b")
	eventually(t, "a sees b", func() bool {
		return a.Slot(0).Video.Clips["ola-nordmann"] > 20 && a.Slot(0).Audio.Clips["ola-nordmann"] > 20
	})
	eventually(t, "b sees a", func() bool { return b.Slot(0).Video.Clips["asa-oberg"] > 20 && b.Slot(0).Audio.Clips["asa-oberg"] > 20 })
	s.Show(session, 1, "a", "b") // again: nothing changes
	s.Clear(session, 1)
	time.Sleep(20 * time.Millisecond) // what was on its way
	before := [2]int{count{a}.got(), count{b}.got()}
	time.Sleep(500 * time.Millisecond)
	if after := [2]int{count{a}.got(), count{b}.got()}; after != before {
		t.Errorf("packets after Clear: %v, then %v", before, after)
	}
	if n := (count{third}).got(); n != 0 {
		t.Errorf("a stranger got %d packets", n)
	}
	for _, p := range []count{{a}, {b}} {
		v := p.Slot(0)
		if v.Video.Unknown+v.Audio.Unknown > 0 || len(v.Video.Clips) != 1 || v.Video.Gaps+v.Video.Backwards > 0 {
			t.Errorf("not clean: %+v", v)
		}
	}
}

// One interviewer sees one candidate after the other: one stream without a
// jump, the old one neither sees nor is seen any more, a renewed Show changes
// nothing, and no negotiation takes place.
func TestNextCandidate(t *testing.T) {
	var offers atomic.Int32
	s := start(t, nil)
	c := clips(t)
	count := func(o *mediatest.Options) {
		signal := o.Signal
		o.Signal = func(ctx context.Context, offer string) (string, error) {
			offers.Add(1)
			return signal(ctx, offer)
		}
	}
	i := join(t, s, "i", c[0], count)
	i.Attach()
	names := []nextup.PersonID{"a", "b", "c"}
	var peers []*mediatest.Peer
	for k, name := range names {
		p := join(t, s, name, c[1+k], count)
		p.Attach()
		peers = append(peers, p)
	}
	for k, name := range names {
		talk := nextup.OfferID(k + 1)
		s.Prepare(session, talk, name)
		time.Sleep(150 * time.Millisecond)
		s.Show(session, talk, "i", name)
		before := i.Slot(0).Video.Clips
		eventually(t, "the picture of "+c[1+k].Name, func() bool { return i.Slot(0).Video.Clips[c[1+k].Name] > 8 })
		eventually(t, string(name)+" sees the interviewer", func() bool { return peers[k].Slot(0).Video.Clips[c[0].Name] > 8 })
		s.Show(session, talk, "i", name)
		after := i.Slot(0).Video.Clips
		for j, other := range c[1:] {
			if j != k && after[other.Name] > before[other.Name]+1 { // one may have been on its way
				t.Errorf("talk %d: %d pictures of %s", talk, after[other.Name]-before[other.Name], other.Name)
			}
		}
		if k == 1 {
			s.Clear(session, talk) // the others end by being replaced
		}
	}
	old := peers[0].Slot(0).Video.Packets
	time.Sleep(300 * time.Millisecond)
	if n := peers[0].Slot(0).Video.Packets; n != old {
		t.Errorf("the first candidate still gets packets: %d", n-old)
	}
	v := i.Slot(0)
	for kind, st := range map[string]mediatest.Stream{"video": v.Video, "audio": v.Audio} {
		if st.Gaps+st.Backwards+st.Pictures+st.Unknown > 0 || st.SSRCs != 1 {
			t.Errorf("%s is not one stream: %+v", kind, st)
		}
	}
	if n := offers.Load(); n != 4 {
		t.Errorf("%d offers for 4 people", n)
	}
}

// Whoever reconnects in a talk is back without a new Show, in his slot.
func TestReconnect(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	a := join(t, s, "a", c[0], nil)
	b := join(t, s, "b", c[1], nil)
	third := join(t, s, "c", c[2], nil)
	for _, p := range []*mediatest.Peer{a, b, third} {
		p.Attach()
	}
	s.Show(session, 1, "a", "b", "c")
	eventually(t, "all see all", func() bool {
		return a.Slot(0).Video.Frames > 5 && a.Slot(1).Video.Frames > 5 && b.Slot(0).Video.Frames > 5 && third.Slot(1).Video.Frames > 5
	})
	again := join(t, s, "b", c[3], nil) // the old peer is still there, as after a crash
	again.Attach()
	eventually(t, "a sees the new b where the old was", func() bool { return a.Slot(0).Video.Clips[c[3].Name] > 5 })
	eventually(t, "the new b sees a and c", func() bool {
		return again.Slot(0).Video.Clips[c[0].Name] > 5 && again.Slot(1).Video.Clips[c[2].Name] > 5
	})
	eventually(t, "the old b is closed", func() bool { return b.Err() != nil })
	if v := a.Slot(0).Video; v.Gaps+v.Backwards > 0 || v.SSRCs != 1 {
		t.Errorf("not one stream: %+v", v)
	}
	if n := a.Slot(1).Video.Clips[c[3].Name]; n > 0 {
		t.Errorf("%d pictures in a foreign slot", n)
	}
}

// An ICE restart of the same connection goes on with the same tracks.
func TestRestart(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	a, b := join(t, s, "a", c[0], nil), join(t, s, "b", c[1], nil)
	a.Attach()
	b.Attach()
	s.Show(session, 1, "a", "b")
	eventually(t, "both see", func() bool { return a.Slot(0).Video.Frames > 5 && b.Slot(0).Video.Frames > 5 })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range 3 {
		if err := a.Restart(ctx); err != nil {
			t.Fatal(err)
		}
		now := [2]int{a.Slot(0).Video.Frames, b.Slot(0).Video.Frames}
		eventually(t, "pictures after the restart", func() bool {
			return a.Slot(0).Video.Frames > now[0]+10 && b.Slot(0).Video.Frames > now[1]+10
		})
	}
	if v := b.Slot(0).Video; v.SSRCs != 1 || v.Unknown > 0 {
		t.Errorf("not one stream: %+v", v)
	}
}

// What is lost on the way up is asked for and put in its place; what is lost on
// the way down is sent again from what the viewer remembers.
func TestLoss(t *testing.T) {
	for name, change := range map[string][2]func(*mediatest.Options){
		"up":   {func(o *mediatest.Options) { o.LoseUp = 10 }, nil},
		"down": {nil, func(o *mediatest.Options) { o.LoseDown = 10 }},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			c := clips(t)
			a, b := join(t, s, "a", c[0], change[0]), join(t, s, "b", nil, change[1])
			a.Attach()
			s.Show(session, 1, "a", "b")
			eventually(t, "much was sent again", func() bool {
				v := b.Slot(0).Video
				return v.Again >= 8 && v.Packets >= 120
			})
			v := b.Slot(0).Video
			if v.Unknown > 0 || v.Missing > 2 {
				t.Errorf("%+v", v)
			}
			eventually(t, "and pictures go on", func() bool { return b.Slot(0).Video.Frames > v.Frames+10 })
			if n := media.Metric(s, "nextup_media_resent_packets_total"); name == "down" && n < 8 {
				t.Errorf("%v packets resent", n)
			}
		})
	}
}

// Show begins with the kept packets: at once, with a key frame, without asking for another.
func TestShowBeginsAtOnce(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	a, b := join(t, s, "a", c[0], nil), join(t, s, "b", nil, nil)
	a.Attach()
	time.Sleep(200 * time.Millisecond) // his key frame has gone by
	s.Prepare(session, 1, "a", "b")
	eventually(t, "a key frame is asked for", func() bool { return a.Asked() > 0 })
	time.Sleep(600 * time.Millisecond)
	asked, shown := a.Asked(), time.Now()
	s.Show(session, 1, "a", "b")
	eventually(t, "a whole key frame", func() bool { return b.Slot(0).Video.KeyFrames > 0 })
	v := b.Slot(0).Video
	if wait := v.First.Sub(shown); wait > 30*time.Millisecond && !testing.Short() { // short runs share the machine
		t.Errorf("first packet after %v", wait)
	}
	if n := a.Asked() - asked; n > 0 {
		t.Errorf("%d key frames asked for at Show", n)
	}
}

// A stage nobody renews closes by itself; renewing keeps it.
func TestStageExpires(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	s := start(t, func(c *media.Config) { c.Now = func() time.Time { return time.Unix(0, clock.Load()) } })
	c := clips(t)
	a, b := join(t, s, "a", c[0], nil), join(t, s, "b", nil, nil)
	a.Attach()
	s.Show(session, 1, "a", "b")
	eventually(t, "b sees a", func() bool { return b.Slot(0).Video.Frames > 5 })
	for range 2 {
		clock.Add(int64(50 * time.Second))
		s.Show(session, 1, "a", "b")
	}
	time.Sleep(1200 * time.Millisecond)
	n := b.Slot(0).Video.Frames
	eventually(t, "b sees a after renewals", func() bool { return b.Slot(0).Video.Frames > n })
	clock.Add(int64(61 * time.Second))
	eventually(t, "silence", func() bool {
		n := b.Slot(0).Video.Packets
		time.Sleep(300 * time.Millisecond)
		return b.Slot(0).Video.Packets == n
	})
}

// A full statement: who is not named any more is out, both ways, and back when named.
func TestPanelComesAndGoes(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	names := []nextup.PersonID{"a", "b", "c"}
	var p []*mediatest.Peer
	for i, n := range names {
		p = append(p, join(t, s, n, c[i], nil))
		p[i].Attach()
	}
	frames := func(i, slot, who int) int { return p[i].Slot(slot).Video.Clips[c[who].Name] }
	s.Show(session, 1, "a", "b", "c")
	eventually(t, "c sees a and b", func() bool { return frames(2, 0, 0) > 5 && frames(2, 1, 1) > 5 })
	s.Show(session, 1, "b", "c")
	time.Sleep(20 * time.Millisecond)
	out, seen, moved := (count{p[0]}).got(), frames(2, 0, 0), frames(2, 0, 1)
	now := frames(2, 1, 1)
	eventually(t, "c still sees b", func() bool { return frames(2, 1, 1) > now+10 })
	if (count{p[0]}).got() != out || frames(2, 0, 0) != seen || frames(2, 0, 1) != moved {
		t.Error("whoever left is still part of it, or somebody moved to his slot")
	}
	s.Show(session, 1, "c", "a", "b")
	eventually(t, "a is back", func() bool { return frames(2, 0, 0) > seen+5 && frames(0, 0, 2)+frames(0, 1, 2) > 10 })
}

// Text reaches the others of a shown talk and nobody else.
func TestText(t *testing.T) {
	s := start(t, nil)
	a, b, x := join(t, s, "a", nil, nil), join(t, s, "b", nil, nil), join(t, s, "x", nil, nil)
	for _, p := range []*mediatest.Peer{a, b, x} {
		eventually(t, "the channel is open", func() bool { return p.Say("nobody hears this") == nil })
	}
	s.Show(session, 1, "a", "b")
	eventually(t, "b is told who is in his slot", func() bool { return slices.Contains(b.Texts(), `{"type":"slot","slot":0,"person":"a"}`) })
	long := strings.Repeat("x", 5000)
	_ = a.Say(long)
	_ = x.Say("let me in")
	_ = a.Say(`tack "så" mycket`)
	eventually(t, "b reads a", func() bool {
		return slices.Contains(b.Texts(), `{"type":"text","from":"a","text":"tack \"så\" mycket"}`)
	})
	for name, p := range map[string]*mediatest.Peer{"a": a, "b": b, "x": x} {
		for _, m := range p.Texts() {
			if strings.Contains(m, "nobody") || strings.Contains(m, "xxx") || strings.Contains(m, "let me in") || name == "x" {
				t.Errorf("%s read %q", name, m)
			}
		}
	}
	s.Clear(session, 1)
	eventually(t, "b is told that it is over", func() bool { return b.Texts()[len(b.Texts())-1] == `{"type":"slot","slot":0,"person":""}` })
}

// Hang closes the current connection only, and tells nobody; a browser that goes
// away by itself is reported.
func TestHangAndGone(t *testing.T) {
	gone := make(chan nextup.PersonID, 10)
	s := start(t, func(c *media.Config) { c.Gone = func(_ nextup.SessionID, p nextup.PersonID) { gone <- p } })
	signal := func(connection string) func(*mediatest.Options) {
		return func(o *mediatest.Options) {
			o.Signal = func(ctx context.Context, offer string) (string, error) {
				return s.Answer(ctx, session, "a", connection, offer)
			}
		}
	}
	a := join(t, s, "a", nil, signal("first"))
	s.Hang(session, "a", "another")
	time.Sleep(50 * time.Millisecond)
	if a.Err() != nil {
		t.Error("hung up by a foreign connection")
	}
	s.Hang(session, "a", "first")
	eventually(t, "closed", func() bool { return a.Err() != nil })
	b := join(t, s, "b", nil, nil)
	_ = b.Close()
	select {
	case p := <-gone:
		if p != "b" {
			t.Errorf("%s is reported gone", p)
		}
	case <-time.After(10 * time.Second):
		t.Error("never told that b is gone")
	}
}

// An offer that is not a browser's of ours is refused with a reason, and makes no peer.
func TestOfferRefused(t *testing.T) {
	s := start(t, nil)
	good := make(chan string, 1)
	join(t, s, "a", nil, func(o *mediatest.Options) {
		signal := o.Signal
		o.Signal = func(ctx context.Context, offer string) (string, error) {
			good <- offer
			return signal(ctx, offer)
		}
	})
	offer := <-good
	for name, bad := range map[string]string{
		"empty":          "",
		"not SDP":        "hello",
		"huge":           offer + strings.Repeat("a=x\r\n", 20000),
		"both ways":      strings.Replace(offer, "a=sendonly", "a=sendrecv", 1),
		"two videos up":  strings.Replace(offer, "a=recvonly", "a=sendonly", 1),
		"simulcast":      strings.Replace(offer, "a=sendonly", "a=sendonly\r\na=simulcast:send q;h", 1),
		"no fingerprint": strings.ReplaceAll(offer, "a=fingerprint", "a=finger"),
		"another answer": strings.ReplaceAll(offer, "a=group:BUNDLE", "a=x:"),
	} {
		_, err := s.Answer(t.Context(), session, "b", "1", bad)
		if name == "another answer" {
			continue // taken or not, it must not break anything
		}
		if !errors.Is(err, media.ErrOffer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What one browser is told holds no address of another browser, and an offer
// cannot make the server knock at a machine it names.
func TestNoAddressLeaks(t *testing.T) {
	knock, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer knock.Close()
	s := start(t, func(c *media.Config) { c.Public = []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	var answer string
	_, err = mediatest.Dial(ctx, mediatest.Options{Signal: func(ctx context.Context, offer string) (string, error) {
		var kept []string
		for _, line := range strings.Split(offer, "\r\n") {
			if !strings.HasPrefix(line, "a=candidate") {
				kept = append(kept, line)
			} else {
				kept = append(kept, "a=candidate:1 1 udp 2130706431 127.0.0.1 "+fmt.Sprint(knock.LocalAddr().(*net.UDPAddr).Port)+" typ host")
			}
		}
		var err error
		answer, err = s.Answer(ctx, session, "a", "1", strings.Join(kept, "\r\n"))
		return strings.ReplaceAll(answer, "127.0.0.1", "127.0.0.2"), err // so the client does not come either
	}})
	if err == nil {
		t.Error("connected to nowhere")
	}
	_ = knock.SetReadDeadline(time.Now())
	if n, _, err := knock.ReadFrom(make([]byte, 1500)); err == nil {
		t.Errorf("%d bytes sent to an address that an offer named", n)
	}
	for _, line := range strings.Split(answer, "\r\n") {
		if strings.HasPrefix(line, "a=candidate") && !strings.Contains(line, " "+s.UDPAddr().Addr().String()+" ") {
			t.Errorf("a foreign address in the answer: %s", line)
		}
	}
}
