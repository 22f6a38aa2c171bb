package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"nextup/media/batch"
)

const (
	// mtu is the largest datagram taken, in bytes.
	mtu = 1600
	// tick is how often a lane looks after what must be done by the clock.
	tick = 20 * time.Millisecond
	// injectAtMost is how many packets of feeds wait for the lane; more are dropped.
	injectAtMost = 2048
)

var be = binary.BigEndian

// virtualRange holds the addresses that browsers without a UDP address of their
// own have inside this process: those behind the relay and those on TCP. It is
// reserved (RFC 1112 section 4), so nothing on a network has such an address; a
// datagram that claims one is dropped.
var virtualRange = netip.MustParsePrefix("240.0.0.0/4")

// virtualRange6 is the same for doors of IPv6, where pion knows none of IPv4: the
// prefix to discard (RFC 6666).
var virtualRange6 = netip.MustParsePrefix("100::/64")

func isVirtual(a netip.Addr) bool { return virtualRange.Contains(a) || virtualRange6.Contains(a) }

// lane is one UDP port and the one goroutine through which all media of its
// peers passes: received, decrypted, rewritten, encrypted, sent, a batch at a
// time. What is marked as the lane's own is touched by that goroutine only, so
// nothing there has a lock. Everybody else speaks to it with do and call.
//
// The lane never waits for anybody and allocates nothing for a packet.
type lane struct {
	conn    *batch.Conn
	doors   []door
	log     *slog.Logger
	metrics *metrics
	// relay takes what is TURN (RFC 8656) on the media port; nil drops it. It runs
	// on the lane and must not block.
	relay func(b []byte, from netip.AddrPort, local netip.Addr)

	done chan struct{} // closed when the goroutine has ended
	rung atomic.Bool   // the doorbell has been rung and not answered

	mu       sync.Mutex
	ended    bool
	todo     []func(now time.Time)
	injected []*datagram

	// The lane's own.
	now       time.Time // taken once a batch
	names     map[name]*iceConn
	paths     map[path]*iceConn
	feeds     map[netip.AddrPort]*feed
	legs      map[*leg]struct{}
	next      time.Time // of the next tick
	count     counts
	overload  overload
	serial    int        // of the next leg
	in, out   rtp.Header // room for pion/srtp to parse into
	missing   [256]uint16
	doing     []func(now time.Time)
	carrying  []*datagram
	lastLocal netip.Addr
	lastDoor  uint8
}

// door is one address by which browsers know a lane.
type door struct {
	announced netip.AddrPort
	local     netip.Addr // the machine's own address behind it; zero if it has another one (NAT)
}

// path is a remote address and the door at which it was seen.
type path struct {
	remote netip.AddrPort
	door   uint8
}

// name is a user name fragment of ours (RFC 8445 section 5.3) at one door.
type name struct {
	fragment string
	door     uint8
}

// feed is a way in and out that is not the socket.
type feed struct {
	way string // WayTCP or WayRelay
	out func(b []byte, from netip.AddrPort)
}

// counts are what the lane adds to the metrics once a batch.
type counts struct {
	forwarded, dropped, resent, keyAsks, refused, shed int
}

// datagram is a copy of a packet on its way between the lane and another goroutine.
type datagram struct {
	n     int
	from  netip.AddrPort
	to    netip.Addr
	local netip.Addr
	b     [mtu]byte
}

var datagrams = sync.Pool{New: func() any { return new(datagram) }}

// openLane opens a port and starts its goroutine. known are the addresses that
// browsers are told instead of the machine's own ones; it may be nil.
func openLane(at netip.AddrPort, known []netip.Addr, log *slog.Logger, m *metrics) (*lane, error) {
	c, err := batch.Listen(at)
	if err != nil {
		return nil, fmt.Errorf("media: open UDP port: %w", err)
	}
	l := &lane{
		conn: c, log: log, metrics: m, done: make(chan struct{}),
		names: map[name]*iceConn{}, paths: map[path]*iceConn{}, feeds: map[netip.AddrPort]*feed{}, legs: map[*leg]struct{}{},
	}
	if l.doors, err = findDoors(c.Addr(), at.Addr(), known); err != nil {
		_ = c.Close()
		return nil, err
	}
	go l.run()
	return l, nil
}

// findDoors says by which addresses browsers know a bound port.
func findDoors(bound netip.AddrPort, asked netip.Addr, known []netip.Addr) ([]door, error) {
	own := []netip.Addr{bound.Addr().Unmap()}
	if asked.IsUnspecified() {
		var err error
		if own, err = localAddrs(asked.Is4()); err != nil {
			return nil, err
		}
	}
	announce := own
	if len(known) > 0 {
		announce = known
	}
	var doors []door
	for _, a := range announce[:min(len(announce), 255)] {
		d := door{announced: netip.AddrPortFrom(a.Unmap(), bound.Port())}
		if slices.Contains(own, a.Unmap()) {
			d.local = a.Unmap()
		}
		doors = append(doors, d)
	}
	return doors, nil
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

// do runs f on the lane, before the next batch. It never waits. After close it does nothing.
func (l *lane) do(f func(now time.Time)) {
	l.mu.Lock()
	if !l.ended {
		l.todo = append(l.todo, f)
	}
	l.mu.Unlock()
	l.ring()
}

// call runs f on the lane and returns when it has run, or when the lane has
// ended. Whatever was forwarded before has been handed to the network by then.
// Never call it from the lane.
func (l *lane) call(f func(now time.Time)) {
	done := make(chan struct{})
	l.do(func(now time.Time) {
		defer close(done)
		f(now)
	})
	select {
	case <-done:
	case <-l.done:
	}
}

// ring wakes the lane unless somebody else has.
func (l *lane) ring() {
	if !l.rung.Swap(true) {
		l.conn.Wake()
	}
}

// run is the lane's goroutine.
func (l *lane) run() {
	defer close(l.done)
	for {
		err := l.conn.Recv(l.begin, l.datagram)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			l.log.Error("media port", "error", err)
			time.Sleep(tick)
			continue
		}
		if len(l.legs) > 0 && !l.now.Before(l.next) {
			l.next = l.now.Add(tick)
			q := l.conn.Queue()
			l.overload.look(q.Waiting, q.Room, q.Dropped, l.now)
			for g := range l.legs {
				l.tick(g)
			}
		}
		l.conn.Flush()
		l.publish()
		if len(l.legs) > 0 {
			l.conn.Until(l.next)
		}
	}
}

// begin starts a batch: what others want of the lane comes first.
func (l *lane) begin() {
	l.now = time.Now()
	if !l.rung.Swap(false) {
		return
	}
	l.mu.Lock()
	l.doing, l.todo = l.todo, l.doing[:0]
	l.carrying, l.injected = l.injected, l.carrying[:0]
	l.mu.Unlock()
	if len(l.doing) > 0 {
		l.conn.Flush()
		for i, f := range l.doing {
			l.doing[i] = nil
			l.guard(func() { f(l.now) })
		}
	}
	for i, d := range l.carrying {
		l.carrying[i] = nil
		l.packet(d.b[:d.n], path{d.from, l.door(d.to, d.from)}, netip.Addr{})
		datagrams.Put(d)
	}
}

// publish adds the batch's counts to the metrics.
func (l *lane) publish() {
	c := l.count
	if c == (counts{}) {
		return
	}
	l.metrics.forwarded.Add(float64(c.forwarded))
	l.metrics.dropped.Add(float64(c.dropped))
	l.metrics.resent.Add(float64(c.resent))
	l.metrics.keyAsks.Add(float64(c.keyAsks))
	l.metrics.refused.Add(float64(c.refused))
	l.metrics.shed.Add(float64(c.shed))
	l.count = counts{}
}

// tick is the clock of one leg. It is no use of guard, because a function made
// for each leg and tick is garbage.
func (l *lane) tick(g *leg) {
	defer l.survive()
	g.tick(l.now)
}

// guard runs f and survives it.
func (l *lane) guard(f func()) {
	defer l.survive()
	f()
}

// survive is for whatever a stranger's packet could break: the packet is lost, nothing else.
func (l *lane) survive() {
	if r := recover(); r != nil {
		l.log.Error("packet dropped", "panic", r, "stack", string(debug.Stack()))
	}
}

// datagram is one packet from the socket.
func (l *lane) datagram(b []byte, from netip.AddrPort, local netip.Addr) {
	if isVirtual(from.Addr()) {
		return
	}
	l.packet(b, path{from, l.door(local, from)}, local)
}

// door finds the door by the machine's address at which a packet came in: that
// very address, or the first one of its kind.
func (l *lane) door(local netip.Addr, from netip.AddrPort) uint8 {
	if len(l.doors) == 1 {
		return 0
	}
	if local.IsValid() && local == l.lastLocal {
		return l.lastDoor
	}
	door := l.findDoor(local, from)
	if local.IsValid() {
		l.lastLocal, l.lastDoor = local, door
	}
	return door
}

func (l *lane) findDoor(local netip.Addr, from netip.AddrPort) uint8 {
	for i := range l.doors {
		if a := l.doors[i].announced.Addr(); local.IsValid() && (l.doors[i].local == local || a == local) {
			return uint8(i)
		}
	}
	v4 := from.Addr().Is4()
	if local.IsValid() {
		v4 = local.Is4()
	}
	for i := range l.doors {
		if l.doors[i].announced.Addr().Is4() == v4 {
			return uint8(i)
		}
	}
	return 0
}

// packet is told by its first byte (RFC 7983 section 7): a connectivity check
// (STUN request) goes to the peer whose name fragment it carries, everything
// else to the peer that has proved its address by a check. So an ICE restart
// from the same address finds the new fragment, and what comes from unproved
// addresses reaches nobody.
func (l *lane) packet(b []byte, p path, local netip.Addr) {
	defer l.survive()
	if len(b) == 0 {
		return
	}
	switch first := b[0]; {
	case first >= 128 && first <= 191: // RTP and RTCP
		if c := l.paths[p]; c != nil {
			c.leg.receive(b, l.now)
		} else {
			l.count.dropped++
		}
	case first >= 20 && first <= 63: // DTLS
		if c := l.paths[p]; c != nil {
			c.push(b, p.remote, local)
		}
	case first < 4: // STUN
		fragment, kind := readSTUN(b)
		switch kind {
		case stunCheck:
			if c := l.names[name{string(fragment), p.door}]; c != nil {
				c.push(b, p.remote, local)
			}
		case stunAnswer:
			if c := l.paths[p]; c != nil {
				c.push(b, p.remote, local)
			}
		case stunOther:
			if l.relay != nil && !isVirtual(p.remote.Addr()) {
				l.relay(b, p.remote, local)
			}
		}
	case first >= 64 && first <= 79: // TURN channel data
		if l.relay != nil && !isVirtual(p.remote.Addr()) {
			l.relay(b, p.remote, local)
		}
	}
}

// virtual addresses are given out one after the other, by all lanes of a process.
var virtual atomic.Uint32

// newVirtual is an address for a feed that no other one has.
func newVirtual() netip.AddrPort {
	c := virtual.Add(1)
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{240 | byte(c>>24)&7, byte(c >> 16), byte(c >> 8), byte(c)}), uint16(1024+c%64000))
}

// newVirtual6 is the same at a door of IPv6.
func newVirtual6() netip.AddrPort {
	v4 := newVirtual()
	a := virtualRange6.Addr().As16()
	b := v4.Addr().As4()
	copy(a[12:], b[:])
	return netip.AddrPortFrom(netip.AddrFrom16(a), v4.Port())
}

// attach adds a way that is not the socket (WayTCP, WayRelay): what is sent to
// the virtual address it gives goes to out. out is called on the lane with a packet that is good
// until it returns, and must never block; from is the announced address it is sent from.
func (l *lane) attach(way string, out func(b []byte, from netip.AddrPort)) netip.AddrPort {
	at := newVirtual()
	l.attachAs(at, way, out)
	return at
}

// attachAs is attach for somebody who has his virtual address already, maybe on another lane too.
func (l *lane) attachAs(at netip.AddrPort, way string, out func(b []byte, from netip.AddrPort)) {
	l.do(func(time.Time) { l.feeds[at] = &feed{way, out} })
}

// inject gives the lane a packet that came by a feed: from its virtual address,
// to one of ours. It copies, never waits, and drops when too much waits.
func (l *lane) inject(b []byte, from netip.AddrPort, to netip.Addr) {
	if len(b) > mtu {
		return
	}
	d := datagrams.Get().(*datagram)
	d.n, d.from, d.to = copy(d.b[:], b), from, to
	l.mu.Lock()
	full := l.ended || len(l.injected) >= injectAtMost
	if !full {
		l.injected = append(l.injected, d)
	}
	l.mu.Unlock()
	if full {
		datagrams.Put(d)
		l.metrics.dropped.Inc()
		return
	}
	l.ring()
}

// detach ends a feed. Its out may be called until the lane has come to it.
func (l *lane) detach(at netip.AddrPort) {
	l.do(func(time.Time) {
		delete(l.feeds, at)
		for p, c := range l.paths {
			if p.remote == at {
				delete(l.paths, p)
			}
			if c.leg.to.remote == at {
				c.leg.to, c.leg.via = path{}, nil
			}
		}
	})
}

// writeNow sends what pion wants sent, from any goroutine.
func (l *lane) writeNow(b []byte, to netip.AddrPort, d *door, local netip.Addr) error {
	if !isVirtual(to.Addr()) {
		return l.conn.WriteNow(b, to, local)
	}
	q := datagrams.Get().(*datagram)
	q.n = copy(q.b[:], b)
	l.do(func(time.Time) {
		if f := l.feeds[to]; f != nil {
			f.out(q.b[:q.n], d.announced)
		}
		datagrams.Put(q)
	})
	return nil
}

// close gives the port back.
func (l *lane) close() error {
	l.mu.Lock()
	was := l.ended
	l.ended = true
	l.mu.Unlock()
	if was {
		return nil
	}
	err := l.conn.Close()
	<-l.done
	return err
}

// What a STUN message is to us.
const (
	stunCheck  = iota // a Binding request
	stunAnswer        // anything else of the method Binding
	stunOther         // for a STUN or TURN server
	stunBad
)

// readSTUN says what a STUN message is (RFC 8489 section 5) and, of a check, our
// name fragment: the part of USERNAME before the colon (RFC 8445 section 7.2.2).
func readSTUN(b []byte) (fragment []byte, kind int) {
	if len(b) < 20 || be.Uint32(b[4:]) != 0x2112a442 {
		return nil, stunBad
	}
	switch t := be.Uint16(b); {
	case t&^0x0110 != 0x0001:
		return nil, stunOther
	case t != 0x0001:
		return nil, stunAnswer
	}
	end := 20 + int(be.Uint16(b[2:]))
	if end > len(b) {
		return nil, stunBad
	}
	for i := 20; i+4 <= end; {
		kind, n := be.Uint16(b[i:]), int(be.Uint16(b[i+2:]))
		i += 4
		if i+n > end {
			return nil, stunBad
		}
		if kind == 0x0006 {
			for j, c := range b[i : i+n] {
				if c == ':' {
					return b[i : i+j], stunCheck
				}
			}
			return nil, stunBad
		}
		i += (n + 3) &^ 3
	}
	return nil, stunOther // nobody's check: a client that asks a STUN server for its address
}
