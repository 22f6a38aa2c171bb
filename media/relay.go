package media

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// relay is the inside end of one allocation: pion/turn takes it for a UDP socket,
// lanes for a feed. What a client sends on a channel bound to a media port, and
// what a lane sends back, does not pass through pion.
type relay struct {
	turn    *turnServer
	port    uint16 // shown to the client
	virtual netip.AddrPort
	in      chan *datagram // for pion to send on: what has no channel
	done    chan struct{}
	once    sync.Once
	bound   atomic.Pointer[[]channel] // what is bound, replaced as a whole
	stream  *stream                   // the client, if it came over TCP
	udp     atomic.Pointer[laneClient]

	mu       sync.Mutex
	attached map[*lane]bool // where the client has sent to; nil once closed
}

// channel is a channel number bound to a media port (RFC 8656 section 12).
type channel struct {
	number uint16
	peer   netip.AddrPort
	lane   *lane
	door   uint8
}

func newRelay(t *turnServer, port uint16) *relay {
	r := &relay{
		turn: t, port: port, virtual: netip.AddrPortFrom(newVirtual().Addr(), port),
		in: make(chan *datagram, relayQueue), done: make(chan struct{}), attached: map[*lane]bool{},
	}
	r.bound.Store(new([]channel))
	return r
}

// bind adds a channel if it leads to a media port; else there is none, and pion's
// own way ends at WriteTo.
func (r *relay) bind(number uint16, peer net.Addr) {
	at, ok := udpAddr(peer)
	if !ok {
		return
	}
	l, door := r.turn.laneAt(at)
	if l == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append(slices.Clone(*r.bound.Load()), channel{number, at, l, door})
	r.bound.Store(&all)
	r.attachLocked(l)
}

func (r *relay) unbind(number uint16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(*r.bound.Load()), func(c channel) bool { return c.number == number })
	r.bound.Store(&all)
}

// laneAt finds the lane and door of an announced media address and port.
func (t *turnServer) laneAt(at netip.AddrPort) (*lane, uint8) {
	for _, l := range t.lanes {
		for i, d := range l.doors {
			if d.announced == at {
				return l, uint8(i)
			}
		}
	}
	return nil, 0
}

// channelOf finds what is bound to a number.
func (r *relay) channelOf(number uint16) (channel, bool) {
	for _, c := range *r.bound.Load() {
		if c.number == number {
			return c, true
		}
	}
	return channel{}, false
}

// readChannelData gives number and data of a ChannelData message (RFC 8656 section 12.4).
func readChannelData(b []byte) (number uint16, data []byte, ok bool) {
	if len(b) < 4 || b[0] < 0x40 || b[0] > 0x4f {
		return 0, nil, false
	}
	n := int(be.Uint16(b[2:]))
	if n > len(b)-4 {
		return 0, nil, false
	}
	return be.Uint16(b), b[4 : 4+n], true
}

// data takes a ChannelData message that a client sent over a stream.
func (r *relay) data(b []byte) {
	number, data, ok := readChannelData(b)
	c, known := r.channelOf(number)
	if !ok || !known {
		r.turn.metrics.relayRefused.Inc()
		return
	}
	r.turn.metrics.relayed.Inc()
	c.lane.inject(data, r.virtual, c.peer.Addr())
}

// deliver takes what a lane sends to the client, on that lane, and never waits. It
// may change b.
func (r *relay) deliver(on *lane, b []byte, from netip.AddrPort) {
	for _, c := range *r.bound.Load() {
		if c.peer != from {
			continue
		}
		switch client := r.udp.Load(); {
		case r.stream != nil:
			head := [4]byte{byte(c.number >> 8), byte(c.number), byte(len(b) >> 8), byte(len(b))}
			r.stream.send(head[:], b, -len(b)&3)
		case client != nil:
			client.send(on, c.number, b)
		default:
			continue
		}
		r.turn.metrics.relayed.Inc()
		return
	}
	p := datagrams.Get().(*datagram)
	p.n, p.from = copy(p.b[:], b), from
	select {
	case r.in <- p:
		r.turn.metrics.relayed.Inc()
	default:
		datagrams.Put(p)
		r.turn.metrics.dropped.Inc()
	}
}

// ReadFrom is what pion/turn sends on to the client.
func (r *relay) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-r.in:
		n, a := copy(b, p.b[:p.n]), net.UDPAddrFromAddrPort(p.from)
		datagrams.Put(p)
		return n, a, nil
	case <-r.done:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo takes what the client sends: the second lock. Anything not meant for
// a media port vanishes.
func (r *relay) WriteTo(b []byte, to net.Addr) (int, error) {
	if at, ok := udpAddr(to); ok && !r.isClosed() {
		if l, _ := r.turn.laneAt(at); l != nil {
			r.turn.metrics.relayed.Inc()
			r.attach(l)
			l.inject(b, r.virtual, at.Addr())
			return len(b), nil
		}
	}
	r.turn.metrics.relayRefused.Inc()
	return len(b), nil
}

// attach makes the relay a feed of a lane, once.
func (r *relay) attach(l *lane) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attachLocked(l)
}

func (r *relay) attachLocked(l *lane) {
	if r.attached != nil && !r.attached[l] {
		r.attached[l] = true
		l.attachAs(r.virtual, WayRelay, func(b []byte, from netip.AddrPort) { r.deliver(l, b, from) })
	}
}

func (r *relay) isClosed() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// LocalAddr is the relay's address inside this process.
func (r *relay) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(r.virtual) }

// Close ends the allocation.
func (r *relay) Close() error {
	r.once.Do(func() {
		r.turn.mu.Lock()
		if r.turn.shown[r.port] == r {
			delete(r.turn.shown, r.port)
		}
		r.turn.mu.Unlock()
		r.mu.Lock()
		for l := range r.attached {
			l.detach(r.virtual)
		}
		r.attached = nil
		r.bound.Store(new([]channel))
		r.mu.Unlock()
		if c := r.udp.Load(); c != nil {
			c.leave()
		}
		if s := r.stream; s != nil {
			s.relay.CompareAndSwap(r, nil)
		}
		close(r.done)
	})
	return nil
}

// SetDeadline does nothing; neither do its two halves.
func (r *relay) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (r *relay) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (r *relay) SetWriteDeadline(time.Time) error { return nil }
