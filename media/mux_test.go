package media

import (
	"encoding/binary"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

func openMux(t *testing.T) *mux {
	t.Helper()
	x, err := listen(netip.MustParseAddrPort("127.0.0.1:0"), netip.Addr{}, slog.New(slog.DiscardHandler), newMetrics())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func check(t testing.TB, username string) []byte {
	t.Helper()
	m, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(username))
	if err != nil {
		t.Fatal(err)
	}
	return m.Raw
}

// queued is how many datagrams wait for a leg.
func queued(l net.PacketConn) int { return len(l.(*leg).in) }

// A check finds its peer by name, whatever its address; anything else by an
// address that a check has proved, and the newest proof counts.
func TestMuxDispatch(t *testing.T) {
	x := openMux(t)
	d := x.doors[0]
	at := net.UDPAddrFromAddrPort(d.announced)
	one, err := x.GetConn("one", at)
	if err != nil {
		t.Fatal(err)
	}
	two, err := x.GetConn("two", at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.GetConn("two", at); err == nil {
		t.Error("a name fragment was given twice")
	}
	a := netip.MustParseAddrPort("127.0.0.1:9")
	dtls := []byte{22, 254, 253, 0}
	x.packet(d, dtls, a)
	if queued(one)+queued(two) != 0 {
		t.Error("a datagram from an unproved address reached somebody")
	}
	x.packet(d, check(t, "one:them"), a)
	x.packet(d, check(t, "two:them"), a)
	x.packet(d, check(t, "three:them"), a)
	x.packet(d, check(t, "one"), a)
	if queued(one) != 1 || queued(two) != 1 {
		t.Errorf("checks: %d and %d", queued(one), queued(two))
	}
	success := make([]byte, 20)
	binary.BigEndian.PutUint16(success, 0x0101)
	for i, l := range []net.PacketConn{one, two} { // an ICE restart from the same address
		if _, err := l.WriteTo(success, net.UDPAddrFromAddrPort(a)); err != nil {
			t.Fatal(err)
		}
		x.packet(d, dtls, a)
		if queued(l) != 2 {
			t.Errorf("leg %d does not get what comes from its address", i)
		}
	}
	if queued(one) != 2 {
		t.Error("the older fragment still gets it")
	}
	_ = two.Close()
	x.packet(d, dtls, a)
	if _, _, err := two.ReadFrom(make([]byte, 10)); err == nil {
		_, _, err = two.ReadFrom(make([]byte, 10))
		_ = err // what was queued may still be read
	}
	if len(x.proved) != 0 || len(x.names) != 1 {
		t.Errorf("left behind: %v %v", x.proved, x.names)
	}
	x.RemoveConnByUfrag("one")
	if len(x.names) != 0 {
		t.Errorf("left behind: %v", x.names)
	}
}

// A peer that is not read loses its own datagrams only.
func TestMuxFullQueue(t *testing.T) {
	x := openMux(t)
	d := x.doors[0]
	l, err := x.GetConn("one", net.UDPAddrFromAddrPort(d.announced))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 2 * legQueue {
			x.packet(d, check(t, "one:x"), netip.MustParseAddrPort("127.0.0.1:9"))
		}
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("a full queue blocks the port")
	}
	if queued(l) != legQueue {
		t.Errorf("%d queued", queued(l))
	}
}

// The second lock of the relay alone: its "socket" reaches the media port only.
func TestRelaySocket(t *testing.T) {
	x := openMux(t)
	turn, err := listenTURN(netip.MustParseAddrPort("127.0.0.1:0"), x, []byte("secret"), time.Now, x.log, x.metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer turn.close()
	d := x.doors[0]
	l, err := x.GetConn("one", net.UDPAddrFromAddrPort(d.announced))
	if err != nil {
		t.Fatal(err)
	}
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
	port := d.announced.Port()
	for _, to := range []netip.AddrPort{
		netip.AddrPortFrom(d.announced.Addr(), port+1), netip.AddrPortFrom(d.announced.Addr(), turn.addr.Port()),
		netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), port), netip.AddrPortFrom(netip.MustParseAddr("0.0.0.0"), port),
		netip.AddrPortFrom(netip.MustParseAddr("::1"), port), otherShown.(*net.UDPAddr).AddrPort(), shown.(*net.UDPAddr).AddrPort(),
	} {
		_, _ = r.WriteTo(b, net.UDPAddrFromAddrPort(to))
	}
	if n := queued(l) + len(other.(*relay).in) + len(r.(*relay).in); n != 0 {
		t.Fatalf("%d packets went somewhere", n)
	}
	_, _ = r.WriteTo(b, net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom16(d.announced.Addr().As16()), port))) // mapped form
	if queued(l) != 1 {
		t.Fatal("the media port is not reached")
	}
	if _, err := l.WriteTo([]byte{22, 1}, shown); err != nil || len(r.(*relay).in) != 1 || len(other.(*relay).in) != 0 {
		t.Fatal("the way back is not there")
	}
	_ = r.Close()
	_ = r.Close()
	_, _ = r.WriteTo(b, net.UDPAddrFromAddrPort(d.announced))
	if _, _, err := r.ReadFrom(make([]byte, 10)); queued(l) != 1 || err == nil && len(r.(*relay).in) > 0 {
		t.Error("a closed relay still carries")
	}
	if _, _, err := turn.AllocateConn("tcp", 0); err == nil {
		t.Error("a TCP relay")
	}
	_ = other.Close()
	if len(x.relays)+len(turn.shown) != 0 {
		t.Error("left behind")
	}
}

func FuzzCheckFor(f *testing.F) {
	f.Add(check(f, "one:two"))
	f.Fuzz(func(t *testing.T, b []byte) {
		name, ok := checkFor(b)
		if !ok && name != "" {
			t.Fatal(name)
		}
	})
}
