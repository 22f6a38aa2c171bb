package media

import (
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

func testLane(t *testing.T) *lane {
	t.Helper()
	l, err := openLane(netip.MustParseAddrPort("127.0.0.1:0"), nil, slog.New(slog.DiscardHandler), newMetrics())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.close() })
	return l
}

// on runs f on the lane, after all that was injected before, and waits.
func (l *lane) on(f func()) {
	l.call(func(time.Time) {}) // commands run before what is injected
	l.call(func(time.Time) { f() })
}

func check(t testing.TB, username string) []byte {
	t.Helper()
	m, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(username))
	if err != nil {
		t.Fatal(err)
	}
	return m.Raw
}

func getConn(t *testing.T, l *lane, name string) *iceConn {
	t.Helper()
	c, err := legMux{newLeg(l, l.log)}.GetConn(name, net.UDPAddrFromAddrPort(l.doors[0].announced))
	if err != nil {
		t.Fatal(err)
	}
	return c.(*iceConn)
}

// A check finds its peer by name, whatever its address; anything else by an
// address that a check has proved, and the newest proof counts.
func TestLaneDispatch(t *testing.T) {
	l := testLane(t)
	one, two := getConn(t, l, "one"), getConn(t, l, "two")
	a := netip.MustParseAddrPort("127.0.0.1:9")
	in := func(b []byte) { l.on(func() { l.datagram(b, a, netip.Addr{}) }) }
	dtls := []byte{22, 254, 253, 0}
	in(dtls)
	if len(one.in)+len(two.in) != 0 {
		t.Error("a datagram from an unproved address reached somebody")
	}
	in(check(t, "one:them"))
	in(check(t, "two:them"))
	in(check(t, "three:them"))
	in(check(t, "one"))
	if len(one.in) != 1 || len(two.in) != 1 {
		t.Errorf("checks: %d and %d", len(one.in), len(two.in))
	}
	success := make([]byte, 20)
	binary.BigEndian.PutUint16(success, 0x0101)
	for i, c := range []*iceConn{one, two} { // an ICE restart from the same address
		if _, err := c.WriteTo(success, net.UDPAddrFromAddrPort(a)); err != nil {
			t.Fatal(err)
		}
		in(dtls)
		if len(c.in) != 2 {
			t.Errorf("connection %d does not get what comes from its address", i)
		}
	}
	if len(one.in) != 2 {
		t.Error("the older fragment still gets it")
	}
	_ = two.Close()
	in(dtls)
	if len(two.in) != 2 {
		t.Error("a closed connection gets something")
	}
	l.on(func() {
		if len(l.paths) != 0 || len(l.names) != 1 {
			t.Errorf("left behind: %v %v", l.paths, l.names)
		}
	})
	legMux{one.leg}.RemoveConnByUfrag("one")
	l.on(func() {
		if len(l.names) != 0 {
			t.Errorf("left behind: %v", l.names)
		}
	})
	if _, _, err := one.ReadFrom(make([]byte, 10)); err != nil && err != io.EOF {
		t.Error(err)
	}
}

// Media that pion would send is stopped and counted; a request of pion's own
// takes no address away from whom it belongs to.
func TestIceConnGuard(t *testing.T) {
	l := testLane(t)
	heard, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer heard.Close()
	to := heard.LocalAddr()
	c, other := getConn(t, l, "one"), getConn(t, l, "two")
	for _, first := range []byte{128, 144, 191} {
		if n, err := c.WriteTo([]byte{first, 96, 0, 1}, to); n != 4 || err != nil {
			t.Errorf("%d %v", n, err)
		}
	}
	if _, err := c.WriteTo([]byte{22, 1}, to); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	_ = heard.SetReadDeadline(time.Now().Add(10 * time.Second))
	if n, _, err := heard.ReadFrom(b); err != nil || n != 2 || b[0] != 22 {
		t.Errorf("got %x, %v", b[:n], err)
	}
	if n := metric(l.metrics.leaked, "nextup_media_leaked_packets_total"); n != 3 {
		t.Errorf("%v counted", n)
	}
	a, _ := udpAddr(to)
	request := make([]byte, 20)
	binary.BigEndian.PutUint16(request, 0x0001)
	_, _ = c.WriteTo(request, to)
	_, _ = other.WriteTo(request, to)
	l.on(func() {
		if l.paths[path{a, 0}] != c {
			t.Error("the address belongs to whoever asked last")
		}
	})
}

// A peer that is not read loses its own datagrams only.
func TestLaneFullQueue(t *testing.T) {
	l := testLane(t)
	c := getConn(t, l, "one")
	b := check(t, "one:x")
	l.on(func() {
		for range 2 * iceQueue {
			l.datagram(b, netip.MustParseAddrPort("127.0.0.1:9"), netip.Addr{})
		}
	})
	if len(c.in) != iceQueue {
		t.Errorf("%d queued", len(c.in))
	}
}

// Feeds carry packets both ways, nothing after they ended, and no packet of the
// network can claim to come from one.
func TestLaneFeed(t *testing.T) {
	l := testLane(t)
	out := make(chan string, 10)
	at := l.attach(WayTCP, func(b []byte, from netip.AddrPort) {
		if from != l.doors[0].announced {
			t.Errorf("from %v", from)
		}
		out <- string(b)
	})
	c := getConn(t, l, "one")
	l.inject(check(t, "one:x"), at, l.doors[0].announced.Addr())
	l.on(func() { l.datagram(check(t, "one:x"), at, netip.Addr{}) })
	if len(c.in) != 1 {
		t.Errorf("%d came", len(c.in))
	}
	if _, err := c.WriteToAddrPort([]byte{22, 7}, at); err != nil {
		t.Fatal(err)
	}
	if b := <-out; b != "\x16\x07" {
		t.Errorf("%x went out", b)
	}
	l.detach(at)
	_, _ = c.WriteToAddrPort([]byte{22, 8}, at)
	l.on(func() {})
	if len(out) != 0 {
		t.Error("something went out after the end")
	}
	for range 2 * injectAtMost {
		l.inject([]byte{22}, at, netip.Addr{})
	}
	l.inject(make([]byte, mtu+1), at, netip.Addr{})
	l.on(func() {})
}

// After close nothing hangs, and nothing runs.
func TestLaneClosed(t *testing.T) {
	l := testLane(t)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	ran := false
	l.do(func(time.Time) { ran = true })
	l.call(func(time.Time) { ran = true })
	l.inject([]byte{1}, netip.AddrPort{}, netip.Addr{})
	if ran {
		t.Error("a closed lane works")
	}
}

// What breaks on one packet, or in one command, breaks nothing else.
func TestLaneSurvives(t *testing.T) {
	l := testLane(t)
	l.do(func(time.Time) { panic("test") })
	l.on(func() {})
	l.relay = func([]byte, netip.AddrPort, netip.Addr) { panic("test") }
	l.on(func() { l.datagram([]byte{64, 0, 0, 0}, netip.MustParseAddrPort("127.0.0.1:9"), netip.Addr{}) })
	l.on(func() {})
}

// The second lock of the relay alone: its "socket" reaches the media port only.
func TestRelaySocket(t *testing.T) {
	l := testLane(t)
	turn, err := listenTURN(netip.MustParseAddrPort("127.0.0.1:0"), []*lane{l}, []byte("secret"), time.Now, l.log, l.metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer turn.close()
	media := l.doors[0].announced
	c := getConn(t, l, "one")
	r, shown, err := turn.AllocatePacketConn("udp4", 0)
	if err != nil {
		t.Fatal(err)
	}
	other, otherShown, err := turn.AllocatePacketConn("udp4", 0)
	if err != nil {
		t.Fatal(err)
	}
	if shown.String() == otherShown.String() || !virtualRange.Contains(shown.(*net.UDPAddr).AddrPort().Addr()) {
		t.Errorf("shown %v and %v", shown, otherShown)
	}
	b := check(t, "one:x")
	for _, to := range []netip.AddrPort{
		netip.AddrPortFrom(media.Addr(), media.Port()+1), netip.AddrPortFrom(media.Addr(), turn.addr.Port()),
		netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), media.Port()), netip.AddrPortFrom(netip.MustParseAddr("0.0.0.0"), media.Port()),
		netip.AddrPortFrom(netip.MustParseAddr("::1"), media.Port()), otherShown.(*net.UDPAddr).AddrPort(), shown.(*net.UDPAddr).AddrPort(),
	} {
		_, _ = r.WriteTo(b, net.UDPAddrFromAddrPort(to))
	}
	l.on(func() {})
	if n := len(c.in) + len(other.(*relay).in) + len(r.(*relay).in); n != 0 {
		t.Fatalf("%d packets went somewhere", n)
	}
	_, _ = r.WriteTo(b, net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom16(media.Addr().As16()), media.Port()))) // mapped form
	l.on(func() {})
	if len(c.in) != 1 {
		t.Fatal("the media port is not reached")
	}
	_, err = c.WriteTo([]byte{22, 1}, shown)
	l.on(func() {})
	if err != nil || len(r.(*relay).in) != 1 || len(other.(*relay).in) != 0 {
		t.Fatal("the way back is not there")
	}
	_ = r.Close()
	_ = r.Close()
	_, _ = r.WriteTo(b, net.UDPAddrFromAddrPort(media))
	l.on(func() {})
	if _, _, err := r.ReadFrom(make([]byte, 10)); len(c.in) != 1 || err == nil && len(r.(*relay).in) > 0 {
		t.Error("a closed relay still carries")
	}
	if _, _, err := turn.AllocateConn("tcp", 0); err == nil {
		t.Error("a TCP relay")
	}
	_ = other.Close()
	l.on(func() {
		if len(l.feeds)+len(turn.shown) != 0 {
			t.Error("left behind")
		}
	})
}

func FuzzReadSTUN(f *testing.F) {
	f.Add(check(f, "one:two"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if fragment, kind := readSTUN(b); kind != stunCheck && fragment != nil {
			t.Fatal(fragment)
		}
	})
}
