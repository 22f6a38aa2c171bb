package media_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v4"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

// turnClient is somebody with credentials and any TURN client he likes.
func turnClient(t *testing.T, s *media.Server, username, credential, transport string) *turn.Client {
	t.Helper()
	at := s.TURNAddr().String()
	var c net.PacketConn
	switch transport {
	case "tcp":
		conn, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		c = turn.NewSTUNConn(conn)
	case "taken":
		c = turn.NewSTUNConn(takenBy(t, s))
	default:
		at = s.UDPAddr().String()
		var err error
		if c, err = net.ListenPacket("udp4", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: at, STUNServerAddr: at, Conn: c,
		Username: username, Password: credential, LoggerFactory: silent{}, RTO: 100 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		_ = c.Close()
	})
	return client
}

type silent struct{}

func (silent) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("", logging.LogLevelDisabled, io.Discard)
}

// A client with good credentials, trying to reach anything but the media port:
// not one packet arrives anywhere, whichever way he sends.
func TestRelayReachesNothingElse(t *testing.T) {
	s := start(t, nil)
	_, username, credential, _ := s.Relay("mallory")
	// Victims: real sockets, other services of this very machine among them.
	var hits atomic.Int64
	var wait sync.WaitGroup
	var targets []string
	var victims []net.PacketConn
	t.Cleanup(func() {
		for _, c := range victims {
			_ = c.Close()
		}
		wait.Wait()
	})
	for _, at := range []string{"127.0.0.1:0", "127.0.0.2:0", "[::1]:0", "0.0.0.0:0"} {
		c, err := net.ListenPacket("udp", at)
		if err != nil {
			t.Logf("no victim at %s: %v", at, err)
			continue
		}
		victims = append(victims, c)
		a := c.LocalAddr().(*net.UDPAddr).AddrPort()
		wait.Go(func() {
			b := make([]byte, 1500)
			for {
				if _, _, err := c.ReadFrom(b); err != nil {
					return
				}
				hits.Add(1)
			}
		})
		targets = append(targets, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()).String())
		if a.Addr().Unmap().Is4() {
			port := strconv.Itoa(int(a.Port()))
			targets = append(targets, "[::ffff:127.0.0.1]:"+port, "[::ffff:7f00:2]:"+port, "[64:ff9b::7f00:1]:"+port, "0.0.0.0:"+port, "127.255.255.254:"+port)
			for _, own := range ownAddrs(t) {
				targets = append(targets, netip.AddrPortFrom(own, a.Port()).String())
			}
		}
	}
	mediaPort := strconv.Itoa(int(s.UDPAddr().Port()))
	for _, special := range []string{ // IANA special-purpose ranges
		"0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.2", "127.1.2.3", "169.254.169.254", "172.16.0.1", "192.0.0.1", "192.0.2.1", "192.31.196.1",
		"192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.2", "255.255.255.255", "8.8.8.8",
		"::", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd00::1", "fe80::1", "ff02::1",
	} {
		targets = append(targets, net.JoinHostPort(special, mediaPort), net.JoinHostPort(special, "53"))
	}
	targets = append(targets, s.TURNAddr().String())

	other := turnClient(t, s, username, credential, "udp")
	theirs, err := other.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	wait.Go(func() {
		b := make([]byte, 1500)
		for {
			if _, _, err := theirs.ReadFrom(b); err != nil {
				return
			}
			hits.Add(1)
		}
	})
	targets = append(targets, theirs.LocalAddr().String())
	for _, transport := range []string{"udp", "tcp", "taken"} {
		t.Run(transport, func(t *testing.T) {
			client := turnClient(t, s, username, credential, transport)
			relay, err := client.Allocate()
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			for _, to := range targets {
				a, err := net.ResolveUDPAddr("udp", to)
				if err != nil {
					t.Fatal(err)
				}
				permitted := client.CreatePermission(a) == nil
				if same := a.AddrPort().Addr().Unmap() == s.UDPAddr().Addr(); permitted != same {
					t.Errorf("permission for %s: %v", to, permitted)
				}
				for range 5 { // Send indications first, ChannelData once a channel is bound
					_, _ = relay.WriteTo([]byte("hello?"), a)
					if permitted {
						time.Sleep(10 * time.Millisecond)
					}
				}
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	if n := hits.Load(); n > 0 {
		t.Errorf("%d packets arrived", n)
	}
}

func ownAddrs(t *testing.T) (own []netip.Addr) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if p, err := netip.ParsePrefix(n.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			own = append(own, p.Addr())
		}
	}
	return own
}

// A talk through the relay only, over UDP and over TCP.
func TestRelayPath(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s := start(t, nil)
			c := clips(t)
			a := join(t, s, "a", c[0], relayed(s, "a", transport))
			b := join(t, s, "b", c[1], nil)
			pair, err := a.Connection().SCTP().Transport().ICETransport().GetSelectedCandidatePair()
			if err != nil || pair.Local.Typ.String() != "relay" {
				t.Fatalf("not relayed: %v %v", pair, err)
			}
			a.Attach()
			b.Attach()
			s.Show(session, 1, "a", "b")
			eventually(t, "both see and hear", func() bool {
				x, y := a.Slot(0), b.Slot(0)
				return x.Video.Clips[c[1].Name] > 20 && y.Video.Clips[c[0].Name] > 20 && x.Audio.Frames > 20 && y.Audio.Frames > 20
			})
			if v := b.Slot(0).Video; v.Gaps > 0 {
				t.Errorf("lost in the relay: %+v", v)
			}
		})
	}
}

// Credentials are good for new allocations for minutes; a running allocation
// does not end with them.
func TestRelayExpiry(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	s := start(t, func(c *media.Config) { c.Now = func() time.Time { return time.Unix(0, clock.Load()) } })
	urls, username, credential, expires := s.Relay("a")
	if d := expires.Sub(time.Unix(0, clock.Load())); d < time.Minute || d > 15*time.Minute || len(urls) != 2 {
		t.Fatalf("good for %v, at %v", d, urls)
	}
	client := turnClient(t, s, username, credential, "udp")
	relay, err := client.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	at := net.UDPAddrFromAddrPort(s.UDPAddr())
	clock.Store(expires.Add(time.Second).UnixNano())
	if err := client.CreatePermission(at); err != nil {
		t.Errorf("permission of a running allocation: %v", err)
	}
	if _, err := relay.WriteTo([]byte("x"), at); err != nil {
		t.Errorf("sending on a running allocation: %v", err)
	}
	time.Sleep(50 * time.Millisecond) // the channel is bound meanwhile
	if _, err := turnClient(t, s, username, credential, "udp").Allocate(); err == nil {
		t.Error("a new allocation with credentials that grew old")
	}
	if n := media.Allocations(s); n != 1 {
		t.Fatalf("%d allocations", n)
	}
	if err := relay.Close(); err != nil { // a Refresh with lifetime 0
		t.Error(err)
	}
	eventually(t, "the Refresh is taken", func() bool { return media.Allocations(s) == 0 })
	if _, err := client.Allocate(); err == nil {
		t.Error("a new allocation from the old address with credentials that grew old")
	}
	_, username, credential, _ = s.Relay("a")
	for name, bad := range map[string][2]string{
		"another person's name": {strings.Replace(username, ":a", ":b", 1), credential},
		"a later expiry":        {"9999999999:a", credential},
		"no expiry":             {"a", credential},
		"no person":             {strings.TrimSuffix(username, "a"), credential},
		"a guess":               {username, "guess"},
		"empty":                 {"", ""},
	} {
		if name == "empty" {
			continue // pion's client refuses by itself
		}
		if _, err := turnClient(t, s, bad[0], bad[1], "udp").Allocate(); err == nil {
			t.Errorf("%s: allocated", name)
		}
	}
	fresh, err := turnClient(t, s, username, credential, "tcp").Allocate()
	if err != nil {
		t.Fatalf("fresh credentials: %v", err)
	}
	_ = fresh.Close()
}

// One person has at most eight allocations: one more ends his oldest, nobody else's.
func TestRelayQuota(t *testing.T) {
	s := start(t, nil)
	allocate := func(person nextup.PersonID, transport string) net.PacketConn {
		_, username, credential, _ := s.Relay(person)
		relay, err := turnClient(t, s, username, credential, transport).Allocate()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = relay.Close() })
		return relay
	}
	allocate("b", "udp")
	for i := range 20 {
		allocate("a", []string{"udp", "tcp", "taken"}[i%3])
		want := min(i+1, 16) + 1
		eventually(t, fmt.Sprintf("%d allocations after %d", want, i+1), func() bool { return media.Allocations(s) == want })
	}
	if n := media.AllocationsOf(s, "b"); n != 1 {
		t.Errorf("somebody else has %d left", n)
	}
	if n := media.AllocationsOf(s, "a"); n != 16 {
		t.Errorf("he has %d", n)
	}
}

// A viewer that stops reading stalls nobody: neither the one he sees nor the others.
func TestStalledViewer(t *testing.T) {
	if testing.Short() {
		t.Skip("counts on a machine that is not busy with others")
	}
	s := start(t, nil)
	c := clips(t)
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var stalled atomic.Bool
	var wait sync.WaitGroup
	end := make(chan struct{})
	wait.Go(func() {
		for {
			client, err := proxy.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", s.TURNAddr().String())
			if err != nil {
				return
			}
			_ = server.(*net.TCPConn).SetReadBuffer(4096)
			wait.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
			wait.Go(func() {
				b := make([]byte, 4096)
				for {
					if stalled.Load() {
						<-end
					}
					n, err := server.Read(b)
					if err != nil {
						_ = client.Close()
						return
					}
					_, _ = client.Write(b[:n])
				}
			})
		}
	})
	t.Cleanup(func() { _ = proxy.Close(); wait.Wait() })
	slow := join(t, s, "slow", nil, func(o *mediatest.Options) {
		relayed(s, "slow", "tcp")(o)
		o.ICEServers[0].URLs = []string{"turn:" + proxy.Addr().String() + "?transport=tcp"}
	})
	t.Cleanup(func() { close(end) })
	a, b := join(t, s, "a", c[0], nil), join(t, s, "b", c[1], nil)
	a.Attach()
	b.Attach()
	s.Show(session, 1, "a", "b", "slow")
	eventually(t, "all see", func() bool { return slow.Slot(0).Video.Frames > 5 && b.Slot(0).Video.Frames > 5 })
	stalled.Store(true)
	before, from, dropped := b.Slot(0).Video.Frames, time.Now(), media.Metric(s, "nextup_media_dropped_packets_total")
	var worst time.Duration
	for time.Since(from) < 4*time.Second {
		time.Sleep(20 * time.Millisecond)
		worst = max(worst, time.Since(b.Slot(0).Video.Last))
	}
	if n := b.Slot(0).Video.Frames - before; n < 70 {
		t.Errorf("%d frames of 80 beside a stalled viewer", n)
	}
	if media.Metric(s, "nextup_media_dropped_packets_total") == dropped {
		t.Error("nothing was dropped: the viewer did not stall, so this shows nothing")
	}
	if worst > 500*time.Millisecond {
		t.Errorf("a pause of %v beside a stalled viewer", worst)
	}
}

// TURN over a connection that somebody else accepted, however the network cuts it.
func TestTakeTURN(t *testing.T) {
	s := start(t, func(c *media.Config) { c.TLS = "nextup.example:443" })
	urls, username, credential, _ := s.Relay("a")
	if want := "turns:nextup.example:443?transport=tcp"; urls[len(urls)-1] != want {
		t.Errorf("%v, want %s among them", urls, want)
	}
	for name, cut := range map[string]func(net.Conn) net.Conn{
		"as it comes":  func(c net.Conn) net.Conn { return c },
		"byte by byte": func(c net.Conn) net.Conn { return dribble{c} },
	} {
		t.Run(name, func(t *testing.T) {
			conn := takenBy(t, s)
			client, err := turn.NewClient(&turn.ClientConfig{
				TURNServerAddr: s.TURNAddr().String(), Conn: turn.NewSTUNConn(cut(conn)), Username: username, Password: credential, LoggerFactory: silent{},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if err := client.Listen(); err != nil {
				t.Fatal(err)
			}
			relay, err := client.Allocate()
			if err != nil {
				t.Fatal(err)
			}
			if err := relay.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	for name, begin := range map[string]string{"HTTP": "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "zeros": strings.Repeat("\x00", 40), "noise": strings.Repeat("\x80\x17", 20)} {
		t.Run(name+" is closed", func(t *testing.T) {
			c := takenBy(t, s)
			_, _ = io.WriteString(c, begin)
			_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
			if _, err := c.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
				t.Errorf("not closed: %v", err)
			}
		})
	}
}

// takenBy is the client's end of a connection that the server was given.
func takenBy(t *testing.T, s *media.Server) net.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	there, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.Take(there)
	return c
}

// dribble writes byte by byte.
type dribble struct{ net.Conn }

func (d dribble) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := d.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(b), nil
}
