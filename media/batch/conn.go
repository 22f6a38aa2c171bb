package batch

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"
)

const (
	// packetSize is the largest datagram that is taken or made. Browsers stay
	// below 1,500 bytes; larger ones are dropped whole, never cut.
	packetSize = 2048
	// sockBuffer is asked of the kernel in each direction, in bytes: about 40 ms
	// of a gigabit. The kernel gives less where its limits say so.
	sockBuffer = 4 << 20
	// outMost is how many datagrams are queued before they are sent unasked.
	outMost = 256
	// faultsMost is how many reads may fail one after the other before Recv gives
	// up. Single ones are other hosts' doing (an ICMP message that came back).
	faultsMost = 100
)

// Counts is what a Conn has done since it was made.
type Counts struct {
	Recvs uint64 // system calls that brought something
	Sends uint64 // system calls that sent something
	In    uint64 // datagrams received
	Out   uint64 // datagrams handed to the kernel
	// Runs is how many times several datagrams left as one (UDP_SEGMENT).
	Runs uint64
	// Oversize is datagrams larger than 2,048 bytes, dropped on arrival.
	Oversize uint64
	// Failed is datagrams the kernel refused: no route, no such local address.
	Failed uint64
	// Stalled is datagrams dropped because the network took nothing for 5 ms.
	Stalled uint64
}

// Queue is what waits in the kernel to be received.
type Queue struct {
	Waiting, Room int    // bytes as the kernel counts them (with its overhead), of how many
	Dropped       uint64 // datagrams lost for want of room since the socket was made; wraps at 2^32
}

// Conn is one UDP socket. WriteNow, Wake, Addr, Queue and Close may be called
// from any goroutine, everything else from the one that calls Recv.
type Conn struct {
	udp   *net.UDPConn
	at    netip.AddrPort
	io    engine
	woken atomic.Bool
	until time.Time // the deadline that is set, zero for none

	free []byte // of Buf
	used int

	counts Counts
}

// engine moves datagrams. Addresses it is given and gives may be IPv4 or IPv6,
// never IPv4 within IPv6.
type engine interface {
	// recv is Recv. If it may not wait and there is nothing, it calls before only.
	recv(wait bool, before func(), f func(b []byte, from netip.AddrPort, local netip.Addr)) error
	send(b []byte, to netip.AddrPort, local netip.Addr)
	flush()
	writeNow(b []byte, to netip.AddrPort, local netip.Addr) error
	queue() Queue
	runs(on bool) bool
}

// Listen opens a socket with 4 MB of buffer each way. On an unspecified address
// (or none: the zero netip.Addr), IPv4's too, it takes both families where the
// machine has both. Port 0 is any free port.
func Listen(at netip.AddrPort) (*Conn, error) {
	return listen(at, fastest)
}

func listen(at netip.AddrPort, with func(c *Conn) (engine, error)) (*Conn, error) {
	network, ip := "udp", net.IP(nil)
	if a := at.Addr().Unmap(); a.IsValid() && !a.IsUnspecified() {
		network, ip = "udp6", a.AsSlice()
		if a.Is4() {
			network = "udp4"
		}
	}
	udp, err := net.ListenUDP(network, &net.UDPAddr{IP: ip, Port: int(at.Port()), Zone: at.Addr().Zone()})
	if err != nil {
		return nil, err
	}
	// Less room than asked for is no error; the first burst shows it in Queue.
	_ = udp.SetReadBuffer(sockBuffer)
	_ = udp.SetWriteBuffer(sockBuffer)
	bound := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	c := &Conn{
		udp:  udp,
		at:   netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port()),
		free: make([]byte, outMost*packetSize),
	}
	c.io, err = with(c)
	if err != nil {
		_ = udp.Close()
		return nil, err
	}
	return c, nil
}

// Addr is where the socket is bound; the address is unspecified if it was asked
// for so, the port is the real one.
func (c *Conn) Addr() netip.AddrPort { return c.at }

// everywhere says whether the socket is bound to no particular address.
func (c *Conn) everywhere() bool { return c.at.Addr().IsUnspecified() }

// Recv waits until there are datagrams, until Wake or until the time of Until,
// then calls before, if not nil, once, and f for each datagram that has come, in
// the order they came, the empty ones left out. local is the address it was sent
// to, the zero Addr where the system does not tell (not Linux, socket on the
// unspecified address). b may be changed, and appended to up to its capacity,
// until the next Recv. After Close the error is net.ErrClosed.
func (c *Conn) Recv(before func(), f func(b []byte, from netip.AddrPort, local netip.Addr)) error {
	for faults, wait := 0, true; ; {
		err := c.io.recv(wait, before, f)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			// The bell is taken down before what it announces is looked at, so
			// that nothing announced from now on can be missed. Then what has come
			// is taken, so that one who is woken all the time receives as well.
			c.until = time.Time{}
			_ = c.udp.SetReadDeadline(c.until)
			c.woken.Store(false)
			wait = false
			continue
		case errors.Is(err, net.ErrClosed):
			return net.ErrClosed
		}
		if faults++; faults == faultsMost {
			return err
		}
	}
}

var past = time.Unix(1, 0)

// Wake makes the Recv that runs, or else the next one, return at once.
func (c *Conn) Wake() {
	if c.woken.CompareAndSwap(false, true) {
		_ = c.udp.SetReadDeadline(past)
	}
}

// Until makes Recv return at t at the latest. It holds for one return without
// datagrams; setting the same time again costs nothing.
func (c *Conn) Until(t time.Time) {
	if t.Equal(c.until) {
		return
	}
	c.until = t
	_ = c.udp.SetReadDeadline(t)
	if c.woken.Load() {
		_ = c.udp.SetReadDeadline(past)
	}
}

// Buf is an empty slice with room for one datagram. It holds until the datagram
// sent from it has left: make one, send it, then make the next.
func (c *Conn) Buf() []byte {
	if c.used == outMost {
		c.Flush()
	}
	b := c.free[c.used*packetSize : c.used*packetSize : (c.used+1)*packetSize]
	c.used++
	return b
}

// Send queues b, from this Recv or from Buf, for the next Flush. It leaves from
// local if that is valid, else from the address the kernel chooses. Datagrams to
// one address leave in the order they were queued.
func (c *Conn) Send(b []byte, to netip.AddrPort, local netip.Addr) {
	if len(b) == 0 || len(b) > packetSize || !to.IsValid() {
		c.counts.Failed++
		return
	}
	c.io.send(b, to, local)
}

// Flush sends what is queued. What cannot be sent is dropped and counted.
func (c *Conn) Flush() {
	c.io.flush()
	c.used = 0
}

// WriteNow sends b at once, before anything queued. It never waits.
func (c *Conn) WriteNow(b []byte, to netip.AddrPort, local netip.Addr) error {
	return c.io.writeNow(b, to, local)
}

// Runs says whether datagrams of one size to one address may leave as one message
// (UDP_SEGMENT), which is so from the start where the kernel can, and answers
// whether they will.
func (c *Conn) Runs(on bool) bool { return c.io.runs(on) }

// Counts is what has been done so far.
func (c *Conn) Counts() Counts { return c.counts }

// Queue is what waits in the kernel now: zero where the system does not tell.
func (c *Conn) Queue() Queue { return c.io.queue() }

// Close ends a Recv that waits and all later calls.
func (c *Conn) Close() error { return c.udp.Close() }
