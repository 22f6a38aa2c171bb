package media

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// strangersAtMost is how many STUN and TURN messages of strangers a lane takes a
	// second: whoever has an allocation is none. What they send may be forged to have
	// the answers, up to three times as long, sent to somebody else.
	strangersAtMost = 1000
	// turnQueue is how many messages wait for pion/turn at one door; more are dropped.
	turnQueue = 256
)

// TURN over UDP comes to the lanes' own ports, beside the media that comes there
// directly. The data of bound channels is handled by the lane itself: without its
// four bytes it is a packet like any other. All else is for pion/turn, which has a
// "socket" for each door of each lane.

// laneTURN is the TURN of one lane. All of it is the lane's own.
type laneTURN struct {
	turn    *turnServer
	lane    *lane
	doors   []*turnDoor
	clients map[path]*laneClient
	second  int64 // the strangers' one
	left    int
}

// openDoors makes a lane take TURN.
func (t *turnServer) openDoors(l *lane) []*turnDoor {
	x := &laneTURN{turn: t, lane: l, clients: map[path]*laneClient{}}
	for i := range l.doors {
		d := &turnDoor{x: x, door: uint8(i), in: make(chan *datagram, turnQueue), done: make(chan struct{})}
		x.doors = append(x.doors, d)
		t.doors[d.LocalAddr().String()] = d
	}
	l.call(func(time.Time) { l.relay = x.take })
	return x.doors
}

// take is a packet of a TURN client. It runs on the lane.
func (x *laneTURN) take(b []byte, from netip.AddrPort, local netip.Addr) {
	l := x.lane
	p := path{from, l.door(local, from)}
	client := x.clients[p]
	if number, data, ok := readChannelData(b); ok {
		if client == nil {
			l.count.refused++
			return
		}
		c, known := client.relay.channelOf(number)
		switch {
		case !known:
			x.turn.metrics.relayRefused.Inc()
		case c.lane == l:
			x.turn.metrics.relayed.Inc()
			l.packet(data, path{client.relay.virtual, c.door}, netip.Addr{})
		default: // a session of another lane
			x.turn.metrics.relayed.Inc()
			c.lane.inject(data, client.relay.virtual, c.peer.Addr())
		}
		return
	}
	if client == nil && !x.stranger() {
		l.count.dropped++
		return
	}
	x.doors[p.door].push(b, from, local)
}

// stranger says whether there is time for one more stranger.
func (x *laneTURN) stranger() bool {
	if now := x.lane.now.Unix(); now != x.second {
		x.second, x.left = now, strangersAtMost
	}
	x.left--
	return x.left >= 0
}

// laneClient is a client with an allocation, at its place on a lane.
type laneClient struct {
	x     *laneTURN
	at    path
	local netip.Addr
	relay *relay
}

// send gives a packet with the header of its channel to the client. It runs on the
// lane that has the packet, and may change b.
func (c *laneClient) send(on *lane, number uint16, b []byte) {
	n := len(b)
	if on != c.x.lane { // a session of another lane: not by its batch
		d := datagrams.Get().(*datagram)
		if n+4 <= len(d.b) {
			copy(d.b[4:], b)
			putChannelHeader(d.b[:], number, n)
			_ = c.x.lane.conn.WriteNow(d.b[:n+4], c.at.remote, c.local)
		}
		datagrams.Put(d)
		return
	}
	if cap(b) < n+4 || b[0] < 128 { // no room, or not the lane's own buffer
		if n+4 > mtu {
			return
		}
		b = append(on.conn.Buf(), b...)
	}
	b = b[:n+4]
	copy(b[4:], b[:n])
	putChannelHeader(b, number, n)
	on.conn.Send(b, c.at.remote, c.local)
}

func putChannelHeader(b []byte, number uint16, n int) {
	be.PutUint16(b, number)
	be.PutUint16(b[2:], uint16(n))
}

// leave forgets the client.
func (c *laneClient) leave() {
	c.x.lane.do(func(time.Time) {
		if c.x.clients[c.at] == c {
			delete(c.x.clients, c.at)
		}
	})
}

// turnDoor is one door of a lane as pion/turn sees it: a socket.
type turnDoor struct {
	x    *laneTURN
	door uint8
	in   chan *datagram
	done chan struct{}
	once sync.Once
	seen atomic.Pointer[netip.Addr] // our address, where the door does not tell it
}

// push queues a copy and never waits. It runs on the lane.
func (d *turnDoor) push(b []byte, from netip.AddrPort, local netip.Addr) {
	if len(b) > mtu {
		return
	}
	if was := d.seen.Load(); local.IsValid() && (was == nil || *was != local) {
		d.seen.Store(&local)
	}
	p := datagrams.Get().(*datagram)
	p.n, p.from = copy(p.b[:], b), from
	select {
	case d.in <- p:
	default:
		datagrams.Put(p)
		d.x.lane.count.dropped++
	}
}

// local is the address to answer from; zero leaves it to the system.
func (d *turnDoor) local() netip.Addr {
	if a := d.x.lane.doors[d.door].local; a.IsValid() {
		return a
	}
	if a := d.seen.Load(); a != nil {
		return *a
	}
	return netip.Addr{}
}

// admit makes somebody with a new allocation a client of the lane.
func (d *turnDoor) admit(src net.Addr, r *relay) {
	from, ok := udpAddr(src)
	if !ok {
		return
	}
	c := &laneClient{x: d.x, at: path{from, d.door}, local: d.local(), relay: r}
	r.udp.Store(c)
	d.x.lane.do(func(time.Time) {
		if !r.isClosed() {
			d.x.clients[c.at] = c
		}
	})
}

// ReadFrom gives the next message, or an error after Close.
func (d *turnDoor) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-d.in:
		n, a := copy(b, p.b[:p.n]), net.UDPAddrFromAddrPort(p.from)
		datagrams.Put(p)
		return n, a, nil
	case <-d.done:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo answers.
func (d *turnDoor) WriteTo(b []byte, a net.Addr) (int, error) {
	to, ok := udpAddr(a)
	if !ok {
		return 0, net.InvalidAddrError("not UDP")
	}
	if err := d.x.lane.conn.WriteNow(b, to, d.local()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// LocalAddr is the announced address.
func (d *turnDoor) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(d.x.lane.doors[d.door].announced)
}

// Close ends ReadFrom.
func (d *turnDoor) Close() error {
	d.once.Do(func() { close(d.done) })
	return nil
}

// SetDeadline does nothing; neither do its two halves.
func (d *turnDoor) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (d *turnDoor) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (d *turnDoor) SetWriteDeadline(time.Time) error { return nil }
