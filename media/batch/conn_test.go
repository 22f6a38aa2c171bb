package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// each runs a test with every engine this system has.
func each(t *testing.T, test func(t *testing.T, with func(c *Conn) (engine, error))) {
	t.Run("fastest", func(t *testing.T) { test(t, fastest) })
	t.Run("plain", func(t *testing.T) { test(t, newPlain) })
}

var (
	local4     = netip.MustParseAddr("127.0.0.1")
	local6     = netip.MustParseAddr("::1")
	everywhere = netip.AddrPortFrom(netip.IPv6Unspecified(), 0)
)

// open listens for the time of a test. A read that waits for nothing fails the
// test instead of hanging it.
func open(t *testing.T, at netip.AddrPort, with func(c *Conn) (engine, error)) *Conn {
	t.Helper()
	c, err := listen(at, with)
	if err != nil {
		if at.Addr().Is6() && !at.Addr().IsUnspecified() {
			t.Skip("no IPv6 here:", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// dial is somebody else's socket.
func dial(t *testing.T, at netip.Addr) *net.UDPConn {
	t.Helper()
	u, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 0)))
	if err != nil {
		if at.Is6() {
			t.Skip("no IPv6 here:", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	_ = u.SetDeadline(time.Now().Add(time.Minute))
	_ = u.SetReadBuffer(sockBuffer)
	return u
}

func write(t *testing.T, u *net.UDPConn, b []byte, to netip.AddrPort) {
	t.Helper()
	if _, err := u.WriteToUDPAddrPort(b, to); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, u *net.UDPConn) ([]byte, netip.AddrPort) {
	t.Helper()
	b := make([]byte, 1<<16)
	n, from, err := u.ReadFromUDPAddrPort(b)
	if err != nil {
		t.Fatal(err)
	}
	return b[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
}

// TestAddresses: a socket on every address answers both families, from the
// address that was asked, and tells no address as IPv4 within IPv6.
func TestAddresses(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		for _, at := range []netip.AddrPort{everywhere, netip.AddrPortFrom(netip.IPv4Unspecified(), 0), {}} {
			c := open(t, at, with)
			if !c.Addr().Addr().IsUnspecified() || c.Addr().Port() == 0 {
				t.Fatalf("bound to %v", c.Addr())
			}
			asked := []netip.Addr{local4, local6}
			if _, linux := c.io.(*plain); !linux && other4(t) {
				asked = append(asked, netip.MustParseAddr("127.0.0.2"))
			}
			for _, a := range asked {
				t.Run(fmt.Sprint(at.Addr(), " asked at ", a), func(t *testing.T) {
					from := local4
					if a.Is6() {
						from = local6
					}
					echo(t, c, dial(t, from), netip.AddrPortFrom(a, c.Addr().Port()))
				})
			}
		}
		for _, a := range []netip.Addr{local4, local6, netip.MustParseAddr("::ffff:127.0.0.1")} {
			t.Run("bound to "+a.String(), func(t *testing.T) {
				c := open(t, netip.AddrPortFrom(a, 0), with)
				if c.Addr().Addr() != a.Unmap() {
					t.Fatalf("bound to %v", c.Addr())
				}
				echo(t, c, dial(t, a.Unmap()), c.Addr())
			})
		}
	})
}

// other4 says whether all of 127.0.0.0/8 is this machine.
func other4(t *testing.T) bool {
	u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Log("127.0.0.2 is not here:", err)
		return false
	}
	_ = u.Close()
	return true
}

// echo asks at an address and holds that the answers come back from it.
func echo(t *testing.T, c *Conn, u *net.UDPConn, at netip.AddrPort) {
	t.Helper()
	write(t, u, []byte("asked"), at)
	var from netip.AddrPort
	var local netip.Addr
	err := c.Recv(nil, func(b []byte, f netip.AddrPort, l netip.Addr) {
		if string(b) != "asked" {
			t.Errorf("received %q", b)
		}
		from, local = f, l
		c.Send(append(b, " and answered"...), f, l)
		c.Send(append(c.Buf(), "once more"...), netip.AddrPortFrom(netip.AddrFrom16(f.Addr().As16()), f.Port()), l)
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Flush()
	if want := u.LocalAddr().(*net.UDPAddr).AddrPort(); from.Addr() != want.Addr().Unmap() || from.Port() != want.Port() {
		t.Errorf("from %v, want %v", from, want)
	}
	if _, simple := c.io.(*plain); local != at.Addr() && !(simple && c.everywhere() && !local.IsValid()) {
		t.Errorf("sent to %v, told %v", at.Addr(), local)
	}
	if err := c.WriteNow([]byte("at once"), from, local); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"asked and answered", "once more", "at once"} {
		b, f := read(t, u)
		if string(b) != want || f != at {
			t.Errorf("%q from %v, want %q from %v", b, f, want, at)
		}
	}
}

// TestMany: more datagrams than fit in a batch or in the queue arrive whole and
// in order, whether they are sent from received memory or from Buf, and their
// sizes are their own where many leave as one.
func TestMany(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		a, b := open(t, everywhere, with), open(t, everywhere, with)
		const count = 3000
		to := netip.AddrPortFrom(local4, b.Addr().Port())
		size := func(i int) int {
			if i%7 == 3 || i%1000 == 0 {
				return 4 + i%100
			}
			return 1200
		}
		// b sends everything back to a, changed.
		var wait sync.WaitGroup
		wait.Go(func() {
			for n := 0; n < count; {
				err := b.Recv(nil, func(p []byte, from netip.AddrPort, local netip.Addr) {
					n++
					if n%3 == 0 {
						p = append(b.Buf(), p...)
					}
					p[len(p)-1] ^= 0xff
					b.Send(p, from, local)
				})
				b.Flush()
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		sent, back := 0, 0
		for back < count {
			// In portions of 500, so that no kernel's buffer overflows.
			for ; sent < count && sent < back+500; sent++ {
				p := a.Buf()[:size(sent)]
				binary.BigEndian.PutUint32(p, uint32(sent))
				p[len(p)-1] = byte(sent)
				a.Send(p, to, netip.Addr{})
			}
			a.Flush()
			err := a.Recv(nil, func(p []byte, from netip.AddrPort, _ netip.Addr) {
				want := binary.BigEndian.AppendUint32(nil, uint32(back))
				if len(p) != size(back) {
					t.Fatalf("the %dth has %d bytes, want %d", back, len(p), size(back))
				}
				if size(back) > 4 && binary.BigEndian.Uint32(p) != uint32(back) {
					t.Fatalf("%x instead of %x", p[:4], want)
				}
				if p[len(p)-1] != byte(back)^0xff {
					t.Fatalf("the %dth ends in %x", back, p[len(p)-1])
				}
				if from != to {
					t.Fatalf("from %v", from)
				}
				back++
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		wait.Wait()
		for _, c := range []*Conn{a, b} {
			if n := c.Counts(); n.In != count || n.Out != count || n.Failed+n.Stalled+n.Oversize != 0 {
				t.Errorf("%+v", n)
			}
		}
	})
}

// TestOdd: empty and too large datagrams are left out, and what comes after them
// is not.
func TestOdd(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, netip.AddrPortFrom(local4, 0), with)
		u := dial(t, local4)
		for _, size := range []int{0, 1, packetSize, packetSize + 1, 9000, 2} {
			write(t, u, make([]byte, size), c.Addr())
		}
		var got []int
		for len(got) < 3 {
			err := c.Recv(nil, func(b []byte, _ netip.AddrPort, _ netip.Addr) {
				got = append(got, len(b))
				if cap(b) != packetSize {
					t.Errorf("room for %d", cap(b))
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint([]int{1, packetSize, 2}) {
			t.Errorf("received %v", got)
		}
		if n := c.Counts(); n.Oversize != 2 || n.In != 3 {
			t.Errorf("%+v", n)
		}
	})
}

// TestFailed: what cannot be sent is dropped, and what stands before and behind
// it in the queue is sent.
func TestFailed(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, netip.AddrPortFrom(local4, 0), with)
		u := dial(t, local4)
		good := u.LocalAddr().(*net.UDPAddr).AddrPort()
		send := func(what string, to netip.AddrPort) { c.Send(append(c.Buf(), what...), to, netip.Addr{}) }
		send("first", good)
		send("to IPv6 from a socket without", netip.AddrPortFrom(local6, 9))
		send("second", good)
		send("", good)
		send("to nowhere", netip.AddrPort{})
		send("to no port", netip.AddrPortFrom(local4, 0))
		c.Send(make([]byte, packetSize+1), good, netip.Addr{})
		send("third", good)
		c.Flush()
		for _, want := range []string{"first", "second", "third"} {
			if b, _ := read(t, u); string(b) != want {
				t.Errorf("%q, want %q", b, want)
			}
		}
		if n := c.Counts(); n.Failed != 5 || n.Out != 3 {
			t.Errorf("%+v", n)
		}
		if err := c.WriteNow([]byte("x"), netip.AddrPortFrom(local6, 9), netip.Addr{}); err == nil {
			t.Error("no error")
		}
	})
}

// TestRefused: that somebody has gone (an ICMP message comes back) ends nothing.
func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, netip.AddrPortFrom(local4, 0), with)
		gone := dial(t, local4)
		_ = gone.Close()
		u := dial(t, local4)
		for range 3 {
			c.Send(append(c.Buf(), "gone"...), gone.LocalAddr().(*net.UDPAddr).AddrPort(), netip.Addr{})
			c.Send(append(c.Buf(), "here"...), u.LocalAddr().(*net.UDPAddr).AddrPort(), netip.Addr{})
			c.Flush()
		}
		for range 3 {
			read(t, u)
		}
		echo(t, c, u, c.Addr())
	})
}

// TestWake: the bell ends a Recv that waits and one that comes later, from any
// goroutine, and what was announced is always looked at.
func TestWake(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, netip.AddrPortFrom(local4, 0), with)
		c.Wake()
		looked := 0
		never := func([]byte, netip.AddrPort, netip.Addr) { t.Error("a datagram") }
		if err := c.Recv(func() { looked++ }, never); err != nil || looked != 1 {
			t.Fatal(err, looked)
		}
		const ringers, rings = 4, 500
		box := make(chan int, ringers*rings)
		var wait sync.WaitGroup
		for range ringers {
			wait.Go(func() {
				for i := range rings {
					box <- i
					c.Wake()
				}
			})
		}
		for n := 0; n < ringers*rings; {
			err := c.Recv(func() {
				for len(box) > 0 {
					<-box
					n++
				}
			}, never)
			if err != nil {
				t.Fatal(err)
			}
		}
		wait.Wait()

		// A bell between datagrams loses none of them.
		u := dial(t, local4)
		write(t, u, []byte("one"), c.Addr())
		c.Wake()
		for n := 0; n == 0; {
			if err := c.Recv(nil, func([]byte, netip.AddrPort, netip.Addr) { n++ }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestUntil: Recv ends at its time, a bell is not lost to a time that is set, and
// a time that has been served is gone.
func TestUntil(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, netip.AddrPortFrom(local4, 0), with)
		never := func([]byte, netip.AddrPort, netip.Addr) { t.Error("a datagram") }
		at := time.Now().Add(20 * time.Millisecond)
		for time.Now().Before(at) {
			c.Until(at)
			if err := c.Recv(nil, never); err != nil {
				t.Fatal(err)
			}
		}
		c.Wake()
		c.Until(time.Now().Add(time.Hour))
		looked := 0
		if err := c.Recv(func() { looked++ }, never); err != nil || looked != 1 {
			t.Fatal(err, looked)
		}
		u := dial(t, local4)
		write(t, u, []byte("one"), c.Addr())
		if err := c.Recv(nil, func([]byte, netip.AddrPort, netip.Addr) { looked++ }); err != nil || looked != 2 {
			t.Fatal(err, looked)
		}
	})
}

// TestClose: it ends a Recv that waits and every later call.
func TestClose(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, netip.AddrPortFrom(local4, 0), with)
		ready, done := make(chan struct{}), make(chan error)
		go func() {
			c.Wake()
			_ = c.Recv(func() { close(ready) }, nil)
			done <- c.Recv(nil, nil)
		}()
		<-ready
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		c.Wake()
		c.Send(append(c.Buf(), 'x'), c.Addr(), netip.Addr{})
		c.Flush()
		if err := c.WriteNow([]byte("x"), c.Addr(), netip.Addr{}); err == nil {
			t.Error("written after Close")
		}
		if err := c.Recv(nil, nil); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		_ = c.Queue()
	})
}

// TestTogether: Recv, WriteNow, Wake and Queue at the same time, for the race
// detector.
func TestTogether(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, everywhere, with)
		u := dial(t, local4)
		at := netip.AddrPortFrom(local4, c.Addr().Port())
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				for range 300 {
					_ = c.WriteNow([]byte("now"), u.LocalAddr().(*net.UDPAddr).AddrPort(), local4)
					c.Wake()
					_ = c.Queue()
				}
			})
		}
		wait.Go(func() {
			for range 300 {
				write(t, u, []byte("ask"), at)
				for {
					if b, _ := read(t, u); string(b) == "ask" {
						break
					}
				}
			}
			_ = c.Close()
		})
		for {
			err := c.Recv(nil, func(b []byte, from netip.AddrPort, local netip.Addr) { c.Send(b, from, local) })
			c.Flush()
			if err != nil {
				break
			}
		}
		wait.Wait()
	})
}

// TestNoGarbage: forwarding allocates nothing.
func TestNoGarbage(t *testing.T) {
	each(t, func(t *testing.T, with func(c *Conn) (engine, error)) {
		c := open(t, everywhere, with)
		d := open(t, everywhere, with)
		to := netip.AddrPortFrom(local4, d.Addr().Port())
		sum := 0
		f := func(b []byte, from netip.AddrPort, local netip.Addr) { sum += len(b) }
		allocs := testing.AllocsPerRun(200, func() {
			for range 8 {
				c.Send(c.Buf()[:1000], to, local4)
			}
			c.Flush()
			for sum = 0; sum < 8000; {
				_ = d.Recv(nil, f)
			}
		})
		if allocs > 0 {
			t.Errorf("%v allocations for 8 datagrams", allocs)
		}
	})
}
