package media_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/webrtc/v4"

	"nextup/media"
	"nextup/media/mediatest"
)

// sharedPort is a TCP port whose connections a server is given, and how a test cuts them.
type sharedPort struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
	wait  sync.WaitGroup
}

// startShared is a server on loopback that browsers also reach over TCP.
func startShared(t testing.TB, host string, change func(*media.Config)) (*media.Server, *sharedPort) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("no %s here: %v", host, err)
	}
	p := &sharedPort{Listener: l}
	s := start(t, func(c *media.Config) {
		c.TCP = l.Addr().(*net.TCPAddr).AddrPort()
		c.UDP = netip.AddrPortFrom(c.TCP.Addr(), 0)
		c.TURN = c.UDP
		if change != nil {
			change(c)
		}
	})
	p.wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.conns = append(p.conns, c)
			p.mu.Unlock()
			s.Take(c)
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.wait.Wait()
	})
	return s, p
}

func over(networks ...webrtc.NetworkType) func(*mediatest.Options) {
	return func(o *mediatest.Options) { o.Networks = networks }
}

// talks lets two people see each other and checks that nothing is lost.
func talks(t *testing.T, s *media.Server, a, b *mediatest.Peer, c []*mediatest.Clip) {
	t.Helper()
	a.Attach()
	b.Attach()
	s.Show(session, 1, "a", "b")
	eventually(t, "both see and hear", func() bool {
		x, y := a.Slot(0), b.Slot(0)
		return x.Video.Clips[c[1].Name] > 20 && y.Video.Clips[c[0].Name] > 20 && x.Audio.Frames > 20 && y.Audio.Frames > 20
	})
	if v := b.Slot(0).Video; v.Gaps > 0 {
		t.Errorf("lost on the way: %+v", v)
	}
	if n := media.Metric(s, "nextup_media_leaked_packets_total"); n != 0 {
		t.Errorf("%v packets of pion's own", n)
	}
}

// A talk of somebody who has TCP only with somebody who has UDP, and over IPv6.
func TestICETCP(t *testing.T) {
	for _, c := range []struct {
		name, host string
		tcp, udp   webrtc.NetworkType
	}{
		{"IPv4", "127.0.0.1", webrtc.NetworkTypeTCP4, webrtc.NetworkTypeUDP4},
		{"IPv6", "::1", webrtc.NetworkTypeTCP6, webrtc.NetworkTypeUDP6},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := startShared(t, c.host, nil)
			films := clips(t)
			a, b := join(t, s, "a", films[0], over(c.tcp)), join(t, s, "b", films[1], over(c.udp))
			pair, err := a.Connection().SCTP().Transport().ICETransport().GetSelectedCandidatePair()
			if err != nil || pair.Remote.Protocol != webrtc.ICEProtocolTCP || pair.Remote.TCPType != "passive" {
				t.Fatalf("not over TCP: %v %v", pair, err)
			}
			talks(t, s, a, b, films)
		})
	}
}

// The relay is at the first lane's port: a session on another lane is reached too.
func TestRelayLanes(t *testing.T) {
	s, _ := startShared(t, "127.0.0.1", func(c *media.Config) { c.Lanes = 2 })
	films := clips(t)
	if media.LaneOf(s, session) == 0 {
		t.Fatal("the session is on the lane that the relay is on: this shows nothing")
	}
	a, b := join(t, s, "a", films[0], relayed(s, "a", "udp")), join(t, s, "b", films[1], nil)
	talks(t, s, a, b, films)
}

// What an answer says of TCP: passive candidates behind those of UDP, at the port
// that browsers are to use.
func TestAnswerTCP(t *testing.T) {
	var answer string
	s, _ := startShared(t, "127.0.0.1", func(c *media.Config) {
		c.Public = []netip.Addr{netip.MustParseAddr("127.0.0.1")}
		c.TCP = netip.AddrPortFrom(netip.IPv4Unspecified(), 443)
	})
	join(t, s, "a", nil, func(o *mediatest.Options) {
		signal := o.Signal
		o.Signal = func(ctx context.Context, offer string) (string, error) {
			var err error
			answer, err = signal(ctx, offer)
			return answer, err
		}
	})
	want := " 1 tcp 1520435199 127.0.0.1 443 typ host tcptype passive\r\n"
	first, _, _ := strings.Cut(answer[strings.Index(answer, "m="):], "\r\nm=")
	if !strings.Contains(first, want) || strings.Count(answer, " tcp ") != 1 {
		t.Errorf("not once in the first transport: %s", first)
	}
}

// Whoever sends nonsense over TCP, or takes nothing, loses his own connection and
// nothing else.
func TestTakeHostile(t *testing.T) {
	s, _ := startShared(t, "127.0.0.1", nil)
	films := clips(t)
	a, b := join(t, s, "a", films[0], over(webrtc.NetworkTypeTCP4)), join(t, s, "b", films[1], nil)
	a.Attach()
	b.Attach()
	s.Show(session, 1, "a", "b")
	check := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("nobody:x")).Raw
	frame := func(b []byte) string { return string(binary.BigEndian.AppendUint16(nil, uint16(len(b)))) + string(b) }
	for name, begin := range map[string]string{
		"a check for nobody":           frame(check),
		"a frame that never ends":      "\xff\xff" + string(check),
		"no check":                     frame(append([]byte{1, 1}, check[2:]...)),
		"a message that never ends":    "\x00\x01\xff\xfc" + string(check[4:]),
		"channel data before anything": "\x40\x01\x00\x04abcd" + string(check),
	} {
		t.Run(name, func(t *testing.T) {
			c := takenBy(t, s)
			_, _ = io.WriteString(c, begin)
			_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
			if _, err := io.Copy(io.Discard, c); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("not closed: %v", err)
			}
		})
	}
	seen := b.Slot(0).Video.Frames
	eventually(t, "the talk goes on", func() bool { return b.Slot(0).Video.Frames > seen+10 })
}
