package media

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// iceQueue is how many datagrams wait for one peer's reader in pion; more are dropped.
const iceQueue = 256

// iceAddrs is how many addresses one peer may send from at one door. Browsers have a few.
const iceAddrs = 32

// legMux is the ice.UDPMux of one peer: it shows pion the doors of the peer's
// lane and gives it a connection at each. So whose a name fragment is needs no searching.
type legMux struct{ leg *leg }

// GetConn is the peer's way in and out at one door.
func (m legMux) GetConn(fragment string, a net.Addr) (net.PacketConn, error) {
	l := m.leg.lane
	at, ok := udpAddr(a)
	if !ok {
		return nil, fmt.Errorf("media: no door at %v", a)
	}
	for i := range l.doors {
		if l.doors[i].announced != at {
			continue
		}
		c := &iceConn{leg: m.leg, name: name{fragment, uint8(i)}, in: make(chan *datagram, iceQueue), done: make(chan struct{})}
		l.do(func(time.Time) { l.names[c.name] = c })
		m.leg.mux.Lock()
		m.leg.conns = append(m.leg.conns, c)
		m.leg.mux.Unlock()
		return c, nil
	}
	return nil, fmt.Errorf("media: no door at %v", a)
}

// RemoveConnByUfrag ends the peer's connections with this name fragment.
func (m legMux) RemoveConnByUfrag(fragment string) {
	for _, c := range m.leg.iceConns() {
		if c.name.fragment == fragment {
			_ = c.Close()
		}
	}
}

// GetListenAddresses is what the answer lists as candidates.
func (m legMux) GetListenAddresses() []net.Addr {
	var all []net.Addr
	for _, d := range m.leg.lane.doors {
		all = append(all, net.UDPAddrFromAddrPort(d.announced))
	}
	return all
}

// Close does nothing: the lane outlives its peers.
func (m legMux) Close() error { return nil }

// iceConn is what pion/ice has of the network: STUN and DTLS of one peer at one
// door, and nothing else.
type iceConn struct {
	leg  *leg
	name name
	in   chan *datagram
	done chan struct{}
	once sync.Once
	seen atomic.Pointer[netip.Addr] // our address, where the door does not tell it

	// The lane's own.
	limit  bucket
	proved []netip.AddrPort // addresses in lane.paths, oldest first
}

func (c *iceConn) door() *door { return &c.leg.lane.doors[c.name.door] }

// push queues a copy and never waits. It runs on the lane.
func (c *iceConn) push(b []byte, from netip.AddrPort, local netip.Addr) {
	if len(b) > mtu || !c.limit.allow(1, otherRate, otherBurst, c.leg.lane.now) {
		c.leg.lane.count.dropped++
		return
	}
	if local.IsValid() && !c.door().local.IsValid() {
		if was := c.seen.Load(); was == nil || *was != local {
			c.seen.Store(&local)
			if c.leg.to == (path{from, c.name.door}) {
				c.leg.local = local
			}
		}
	}
	d := datagrams.Get().(*datagram)
	d.n, d.from = copy(d.b[:], b), from
	select {
	case c.in <- d:
	default:
		datagrams.Put(d)
		c.leg.lane.count.dropped++
	}
}

// local is our own address to send from; zero leaves it to the system.
func (c *iceConn) local() netip.Addr {
	if a := c.door().local; a.IsValid() {
		return a
	}
	if a := c.seen.Load(); a != nil {
		return *a
	}
	return netip.Addr{}
}

// ReadFromAddrPort gives the next datagram, or io.EOF after Close.
func (c *iceConn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case d := <-c.in:
		n, a := copy(b, d.b[:d.n]), d.from
		datagrams.Put(d)
		return n, a, nil
	case <-c.done:
		return 0, netip.AddrPort{}, io.EOF
	}
}

// ReadFrom is ReadFromAddrPort for those who want a net.Addr.
func (c *iceConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, a, err := c.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(a), nil
}

// WriteToAddrPort sends one datagram. What pion sends tells who is who: it
// answers a check with success only after verifying it, so from then on the
// address is this peer's, whoever had it before; an address it checks itself
// is his as long as nobody has it; and DTLS it sends only where a check of its
// own was answered. The lane learns it before the datagram leaves, so that no
// answer can overtake it.
func (c *iceConn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	select {
	case <-c.done:
		return 0, io.ErrClosedPipe
	default:
	}
	if len(b) == 0 {
		return 0, nil
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port()) // at an IPv6 door pion takes a feed's address for IPv6
	l := c.leg.lane
	switch first := b[0]; {
	case first >= 128 && first <= 191:
		// pion holds the same SRTP keys with counters of its own. One packet of
		// its media would use a key and a counter twice, which gives away both.
		l.metrics.leaked.Inc()
		return len(b), nil
	case first < 4 && len(b) >= 20:
		switch be.Uint16(b) {
		case 0x0101: // Binding success
			l.do(func(time.Time) { c.prove(to, true) })
		case 0x0001: // Binding request
			l.do(func(time.Time) { c.prove(to, false) })
		}
	case first >= 20 && first <= 63 && !c.leg.selected.Load():
		c.leg.choose(c, to)
	}
	if err := l.writeNow(b, to, c.door(), c.local()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// prove makes an address this peer's. It runs on the lane.
func (c *iceConn) prove(a netip.AddrPort, proved bool) {
	l, p := c.leg.lane, path{a, c.name.door}
	if was := l.paths[p]; was == c || was != nil && !proved || l.names[c.name] != c {
		return
	}
	if len(c.proved) >= iceAddrs {
		oldest := path{c.proved[0], c.name.door}
		if l.paths[oldest] == c {
			delete(l.paths, oldest)
		}
		c.proved = c.proved[1:]
	}
	l.paths[p] = c
	c.proved = append(c.proved, a)
}

// WriteTo is WriteToAddrPort for those who have a net.Addr.
func (c *iceConn) WriteTo(b []byte, a net.Addr) (int, error) {
	to, ok := udpAddr(a)
	if !ok {
		return 0, fmt.Errorf("media: cannot send to %v", a)
	}
	return c.WriteToAddrPort(b, to)
}

func udpAddr(a net.Addr) (netip.AddrPort, bool) {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}, false
	}
	at := u.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), true
}

// LocalAddr is the announced address.
func (c *iceConn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.door().announced) }

// Close wakes the reader and forgets the addresses.
func (c *iceConn) Close() error {
	c.once.Do(func() {
		close(c.done)
		c.leg.forget(c)
		l := c.leg.lane
		l.do(func(time.Time) {
			if l.names[c.name] == c {
				delete(l.names, c.name)
			}
			for _, a := range c.proved {
				if p := (path{a, c.name.door}); l.paths[p] == c {
					delete(l.paths, p)
				}
			}
		})
	})
	return nil
}

// SetDeadline does nothing: Close is what ends a read.
func (c *iceConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *iceConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: a write never waits for the peer.
func (c *iceConn) SetWriteDeadline(time.Time) error { return nil }
