package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"
)

// mtu is the largest datagram taken, in bytes.
const mtu = 1600

// virtualRange holds the addresses that relayed browsers have inside this
// process. It is reserved (RFC 1112 section 4), so nothing on a network has
// such an address; a datagram that claims one is dropped.
var virtualRange = netip.MustParsePrefix("240.0.0.0/4")

// mux is the one UDP port: the doors (a socket per announced address) and who
// the datagrams coming in are for. It is the ice.UDPMux of every peer.
//
// A connectivity check (STUN request) goes to the peer whose name fragment it
// carries, everything else to the peer that has proved its address by a
// check. So an ICE restart from the same address finds the new fragment,
// and datagrams from unproved addresses reach nobody.
type mux struct {
	doors   []*door
	log     *slog.Logger
	metrics *metrics
	wait    sync.WaitGroup

	mu     sync.RWMutex
	names  map[place]*leg // by our name fragment
	proved map[from]*leg
	relays map[netip.AddrPort]*relay // by virtual address
	closed bool
}

// place is a peer's name fragment at one door.
type place struct {
	door *door
	name string
}

// from is a remote address seen at one door.
type from struct {
	door *door
	addr netip.AddrPort
}

// door is one socket and the address by which browsers know it.
type door struct {
	conn      *net.UDPConn
	announced netip.AddrPort
}

// listen opens the port. Without a public address an unspecified one opens a
// door at each address of this machine, so that answers leave from where they were asked.
func listen(at netip.AddrPort, public netip.Addr, log *slog.Logger, m *metrics) (*mux, error) {
	x := &mux{
		log: log, metrics: m,
		names: map[place]*leg{}, proved: map[from]*leg{}, relays: map[netip.AddrPort]*relay{},
	}
	addrs := []netip.Addr{at.Addr()}
	if at.Addr().IsUnspecified() && !public.IsValid() {
		var err error
		if addrs, err = localAddrs(at.Addr().Is4()); err != nil {
			return nil, err
		}
	}
	port := at.Port()
	for attempt := 0; ; attempt++ {
		err := x.open(addrs, port, public)
		if err == nil {
			break
		}
		for _, d := range x.doors {
			_ = d.conn.Close()
		}
		x.doors = nil
		if port != 0 || attempt == 20 {
			return nil, fmt.Errorf("media: open UDP port: %w", err)
		}
	}
	for _, d := range x.doors {
		x.wait.Go(func() { x.serve(d) })
	}
	return x, nil
}

func (x *mux) open(addrs []netip.Addr, port uint16, public netip.Addr) error {
	for _, a := range addrs {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, port)))
		if err != nil {
			return err
		}
		_ = c.SetReadBuffer(4 << 20)
		_ = c.SetWriteBuffer(4 << 20)
		port = c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		known := a
		if public.IsValid() {
			known = public
		}
		x.doors = append(x.doors, &door{c, netip.AddrPortFrom(known.Unmap(), port)})
	}
	return nil
}

// localAddrs lists the addresses of this machine that a browser could reach: no
// link-local ones, loopback last.
func localAddrs(only4 bool) ([]netip.Addr, error) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("media: list addresses: %w", err)
	}
	var outer, loop []netip.Addr
	for _, n := range list {
		p, err := netip.ParsePrefix(n.String())
		a := p.Addr().Unmap()
		switch {
		case err != nil || a.IsLinkLocalUnicast() || a.IsMulticast() || only4 && !a.Is4():
		case a.IsLoopback():
			loop = append(loop, a)
		default:
			outer = append(outer, a)
		}
	}
	if len(outer)+len(loop) == 0 {
		return nil, errors.New("media: this machine has no address")
	}
	return append(outer, loop...), nil
}

// announced lists the addresses told to browsers.
func (x *mux) announced() []netip.AddrPort {
	var all []netip.AddrPort
	for _, d := range x.doors {
		all = append(all, d.announced)
	}
	return all
}

// door finds the door with this announced address.
func (x *mux) door(a netip.AddrPort) *door {
	for _, d := range x.doors {
		if d.announced == a {
			return d
		}
	}
	return nil
}

// serve reads one door until it closes.
func (x *mux) serve(d *door) {
	b := make([]byte, mtu)
	for {
		n, a, err := d.conn.ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP answer to something sent; the socket is good
		}
		a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
		if !virtualRange.Contains(a.Addr()) {
			x.packet(d, b[:n], a)
		}
	}
}

// packet hands one datagram to the peer it is for. b is copied.
func (x *mux) packet(d *door, b []byte, a netip.AddrPort) {
	defer func() {
		if r := recover(); r != nil {
			x.log.Error("datagram dropped", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	if len(b) == 0 {
		return
	}
	x.mu.RLock()
	var l *leg
	if name, ok := checkFor(b); ok {
		l = x.names[place{d, name}]
	} else {
		l = x.proved[from{d, a}]
	}
	x.mu.RUnlock()
	if l != nil {
		l.push(b, a)
	}
}

// send writes one datagram, to a socket or to a relay.
func (x *mux) send(d *door, b []byte, a netip.AddrPort) error {
	if virtualRange.Contains(a.Addr()) {
		x.mu.RLock()
		r := x.relays[a]
		x.mu.RUnlock()
		if r != nil {
			r.deliver(b, d.announced)
		}
		return nil
	}
	_, err := d.conn.WriteToUDPAddrPort(b, a)
	return err
}

// GetConn is a peer's way in and out at one door (ice.UDPMux).
func (x *mux) GetConn(name string, a net.Addr) (net.PacketConn, error) {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return nil, fmt.Errorf("media: no door at %v", a)
	}
	at := u.AddrPort()
	d := x.door(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()))
	if d == nil {
		return nil, fmt.Errorf("media: no door at %v", a)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil, net.ErrClosed
	}
	p := place{d, name}
	if x.names[p] != nil {
		return nil, fmt.Errorf("media: name fragment %q is taken", name)
	}
	l := &leg{mux: x, place: p, in: make(chan *datagram, legQueue), done: make(chan struct{})}
	x.names[p] = l
	return l, nil
}

// RemoveConnByUfrag ends a peer's legs with this name fragment (ice.UDPMux).
func (x *mux) RemoveConnByUfrag(name string) {
	for _, d := range x.doors {
		x.mu.RLock()
		l := x.names[place{d, name}]
		x.mu.RUnlock()
		if l != nil {
			_ = l.Close()
		}
	}
}

// GetListenAddresses is what the answer lists as candidates (ice.UDPMux).
func (x *mux) GetListenAddresses() []net.Addr {
	var all []net.Addr
	for _, d := range x.doors {
		all = append(all, net.UDPAddrFromAddrPort(d.announced))
	}
	return all
}

// Close gives the port back.
func (x *mux) Close() error {
	x.mu.Lock()
	x.closed = true
	legs := make([]*leg, 0, len(x.names))
	for _, l := range x.names {
		legs = append(legs, l)
	}
	x.mu.Unlock()
	for _, l := range legs {
		_ = l.Close()
	}
	for _, d := range x.doors {
		_ = d.conn.Close()
	}
	x.wait.Wait()
	return nil
}

const (
	// legQueue is how many datagrams wait for one peer's reader; more are dropped.
	legQueue = 256
	// legAddrs is how many addresses one peer may send from. Browsers have a few.
	legAddrs = 32
)

// leg is one peer at one door: the net.PacketConn that pion/ice reads and writes.
type leg struct {
	mux  *mux
	in   chan *datagram
	done chan struct{}
	once sync.Once
	place
	addrs []netip.AddrPort // proved ones; under mux.mu
}

type datagram struct {
	n    int
	from netip.AddrPort
	b    [mtu]byte
}

var datagrams = sync.Pool{New: func() any { return new(datagram) }}

// push queues a copy and never waits.
func (l *leg) push(b []byte, a netip.AddrPort) {
	p := datagrams.Get().(*datagram)
	p.n, p.from = copy(p.b[:], b), a
	select {
	case l.in <- p:
	default:
		datagrams.Put(p)
		l.mux.metrics.dropped.Inc()
	}
}

// ReadFromAddrPort gives the next datagram, or io.EOF after Close.
func (l *leg) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case p := <-l.in:
		n, a := copy(b, p.b[:p.n]), p.from
		datagrams.Put(p)
		return n, a, nil
	case <-l.done:
		return 0, netip.AddrPort{}, io.EOF
	}
}

// ReadFrom is ReadFromAddrPort for those who want a net.Addr.
func (l *leg) ReadFrom(b []byte) (int, net.Addr, error) {
	n, a, err := l.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(a), nil
}

// WriteToAddrPort sends one datagram. What pion sends tells who is who: it
// answers a check with success only after verifying it, so from then on the
// address is this peer's, whoever had it before. An address it checks itself
// is his as long as nobody has it.
func (l *leg) WriteToAddrPort(b []byte, a netip.AddrPort) (int, error) {
	select {
	case <-l.done:
		return 0, io.ErrClosedPipe
	default:
	}
	if len(b) >= 20 && b[0] < 4 {
		switch binary.BigEndian.Uint16(b) {
		case 0x0101: // binding success
			l.prove(a, true)
		case 0x0001: // binding request
			l.prove(a, false)
		}
	}
	if err := l.mux.send(l.door, b, a); err != nil {
		return 0, err
	}
	return len(b), nil
}

// WriteTo is WriteToAddrPort for those who have a net.Addr.
func (l *leg) WriteTo(b []byte, a net.Addr) (int, error) {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return 0, fmt.Errorf("media: cannot send to %v", a)
	}
	at := u.AddrPort()
	return l.WriteToAddrPort(b, netip.AddrPortFrom(at.Addr().Unmap(), at.Port()))
}

func (l *leg) prove(a netip.AddrPort, proved bool) {
	k := from{l.door, a}
	l.mux.mu.RLock()
	is := l.mux.proved[k]
	l.mux.mu.RUnlock()
	if is == l || is != nil && !proved {
		return
	}
	l.mux.mu.Lock()
	defer l.mux.mu.Unlock()
	if l.mux.names[l.place] != l {
		return // closed meanwhile
	}
	if len(l.addrs) >= legAddrs {
		if l.mux.proved[from{l.door, l.addrs[0]}] == l {
			delete(l.mux.proved, from{l.door, l.addrs[0]})
		}
		l.addrs = l.addrs[1:]
	}
	l.mux.proved[k] = l
	l.addrs = append(l.addrs, a)
}

// LocalAddr is the announced address.
func (l *leg) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(l.door.announced) }

// Close wakes the reader and forgets the addresses.
func (l *leg) Close() error {
	l.once.Do(func() {
		l.mux.mu.Lock()
		defer l.mux.mu.Unlock()
		if l.mux.names[l.place] == l {
			delete(l.mux.names, l.place)
		}
		for _, a := range l.addrs {
			if k := (from{l.door, a}); l.mux.proved[k] == l {
				delete(l.mux.proved, k)
			}
		}
		close(l.done)
	})
	return nil
}

// SetDeadline does nothing: Close is what ends a read.
func (l *leg) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (l *leg) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: a write never waits for the peer.
func (l *leg) SetWriteDeadline(time.Time) error { return nil }

// checkFor says whether b is a connectivity check, and our name fragment in it:
// the part of USERNAME before the colon (RFC 8445 section 7.2.2).
func checkFor(b []byte) (name string, ok bool) {
	if len(b) < 20 || binary.BigEndian.Uint16(b) != 0x0001 || binary.BigEndian.Uint32(b[4:]) != 0x2112a442 {
		return "", false
	}
	end := 20 + int(binary.BigEndian.Uint16(b[2:]))
	if end > len(b) {
		return "", true
	}
	for i := 20; i+4 <= end; {
		kind, n := binary.BigEndian.Uint16(b[i:]), int(binary.BigEndian.Uint16(b[i+2:]))
		i += 4
		if i+n > end {
			return "", true
		}
		if kind == 0x0006 {
			for j, c := range b[i : i+n] {
				if c == ':' {
					return string(b[i : i+j]), true
				}
			}
			return "", true
		}
		i += (n + 3) &^ 3
	}
	return "", true
}
