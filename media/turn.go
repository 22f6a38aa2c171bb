package media

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v4"

	"nextup"
)

const (
	realm = "nextup"
	// relayLife is how long handed-out credentials are good for new allocations.
	relayLife = 10 * time.Minute
	// relayAtMost is how many allocations one person may have; one more ends the oldest.
	relayAtMost = 8
	// relayQueue is how many packets wait for one TURN client; more are dropped.
	relayQueue = 256
	// relayPorts is where the port numbers shown to TURN clients begin.
	relayPorts = 49152
	// Bounds for TURN over TCP.
	tcpAtMost = 2048
	tcpIdle   = 3 * time.Minute
	tcpStall  = 10 * time.Second
	tcpBuffer = 64 << 10 // bytes the kernel holds for one client: more would only be late
)

// turnServer is a TURN server (RFC 8656) that cannot reach anything but this
// process's own media port. Three locks on one door, each enough by itself:
//
//   - a permission is granted for the announced media addresses only;
//   - the "socket" of an allocation is no socket but an object whose packets go
//     into a lane in memory, and only if their address and port are the media port's;
//   - TCP relays (RFC 6062) are refused.
type turnServer struct {
	lanes   []*lane
	secret  []byte
	now     func() time.Time
	log     *slog.Logger
	metrics *metrics
	addr    netip.AddrPort
	server  *turn.Server
	tcp     *tcpListener
	taken   *taken
	more    *tcpListener // over taken

	mu    sync.Mutex
	live  map[string][]allocation      // by client address
	of    map[nextup.PersonID][]*relay // oldest first
	shown map[uint16]*relay            // by shown port
	port  uint16
}

// allocation is one client's relay.
type allocation struct {
	person   nextup.PersonID
	username string
	relay    *relay
}

func listenTURN(at netip.AddrPort, lanes []*lane, secret []byte, now func() time.Time, log *slog.Logger, m *metrics) (*turnServer, error) {
	t := &turnServer{
		lanes: lanes, secret: secret, now: now, log: log, metrics: m,
		live: map[string][]allocation{}, of: map[nextup.PersonID][]*relay{}, shown: map[uint16]*relay{},
	}
	var udp net.PacketConn
	var tcp net.Listener
	for attempt := 0; ; attempt++ {
		u, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
		if err != nil {
			return nil, fmt.Errorf("media: open TURN port: %w", err)
		}
		bound := u.LocalAddr().(*net.UDPAddr).AddrPort()
		t.addr = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
		l, err := net.Listen("tcp", netip.AddrPortFrom(at.Addr(), bound.Port()).String())
		if err == nil {
			udp, tcp = u, l
			break
		}
		_ = u.Close()
		if at.Port() != 0 || attempt == 20 {
			return nil, fmt.Errorf("media: open TURN port: %w", err)
		}
	}
	t.tcp = &tcpListener{Listener: tcp, open: map[net.Conn]bool{}}
	t.taken = newTaken(tcp.Addr())
	t.more = &tcpListener{Listener: t.taken, open: map[net.Conn]bool{}}
	var err error
	t.server, err = turn.NewServer(turn.ServerConfig{
		Realm:         realm,
		AuthHandler:   t.key,
		QuotaHandler:  func(username, _ string, _ net.Addr) bool { return t.inTime(username) },
		LoggerFactory: logFactory{log},
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(src, _ net.Addr, _, username, _ string, relayed net.Addr, _ int) {
				t.created(src, username, relayed)
			},
			OnAllocationDeleted: func(src, _ net.Addr, _, _, _ string) { t.deleted(src) },
		},
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: udp, RelayAddressGenerator: t, PermissionHandler: t.permit}},
		ListenerConfigs: []turn.ListenerConfig{
			{Listener: t.tcp, RelayAddressGenerator: t, PermissionHandler: t.permit},
			{Listener: t.more, RelayAddressGenerator: t, PermissionHandler: t.permit},
		},
	})
	if err != nil {
		_ = udp.Close()
		_ = tcp.Close()
		return nil, fmt.Errorf("media: TURN: %w", err)
	}
	return t, nil
}

func (t *turnServer) close() error {
	err := t.server.Close()
	t.tcp.hangUp()
	t.more.hangUp()
	t.mu.Lock()
	var all []*relay
	for _, r := range t.shown {
		all = append(all, r)
	}
	t.mu.Unlock()
	for _, r := range all {
		_ = r.Close()
	}
	return err
}

// credentials signs "expiry:person" (the TURN REST scheme of draft-uberti-behave-turn-rest).
func (t *turnServer) credentials(person nextup.PersonID) (username, credential string, expires time.Time) {
	expires = t.now().Add(relayLife).Truncate(time.Second)
	username = strconv.FormatInt(expires.Unix(), 10) + ":" + string(person)
	return username, t.sign(username), expires
}

func (t *turnServer) sign(username string) string {
	h := hmac.New(sha256.New, t.secret)
	h.Write([]byte("turn\x00" + username))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// key is the long-term credential for one request. pion asks for every kind of
// request, so time is judged here only for a client without an allocation:
// the refreshes of a running talk must not fail because its credentials grew old.
func (t *turnServer) key(username, realm string, src net.Addr) ([]byte, bool) {
	if _, _, ok := parseUsername(username); !ok {
		return nil, false
	}
	if !t.inTime(username) && !t.has(src, username) {
		return nil, false
	}
	return turn.GenerateAuthKey(username, realm, t.sign(username)), true
}

func (t *turnServer) inTime(username string) bool {
	expires, _, ok := parseUsername(username)
	return ok && t.now().Before(expires)
}

func parseUsername(username string) (expires time.Time, person nextup.PersonID, ok bool) {
	at, who, found := strings.Cut(username, ":")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if !found || err != nil || who == "" {
		return time.Time{}, "", false
	}
	return time.Unix(seconds, 0), nextup.PersonID(who), true
}

// permit is the first lock. pion shows it the address without the port.
func (t *turnServer) permit(_ net.Addr, ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	if !ok {
		return false
	}
	return slices.ContainsFunc(t.lanes[0].doors, func(d door) bool { return d.announced.Addr() == a.Unmap() })
}

func clientKey(a net.Addr) string { return a.Network() + " " + a.String() }

func (t *turnServer) has(src net.Addr, username string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.live[clientKey(src)] {
		if a.username == username {
			return true
		}
	}
	return false
}

func (t *turnServer) created(src net.Addr, username string, relayed net.Addr) {
	u, ok := relayed.(*net.UDPAddr)
	if !ok {
		return
	}
	_, person, _ := parseUsername(username)
	t.mu.Lock()
	r := t.shown[uint16(u.Port)]
	if r == nil {
		t.mu.Unlock()
		return
	}
	k := clientKey(src)
	t.live[k] = append(t.live[k], allocation{person, username, r})
	t.of[person] = append(t.of[person], r)
	var oldest *relay
	if len(t.of[person]) > relayAtMost {
		oldest = t.of[person][0]
		t.of[person] = slices.Delete(t.of[person], 0, 1)
	}
	t.mu.Unlock()
	t.metrics.allocations.Inc()
	if oldest != nil {
		t.log.Info("too many relay allocations, oldest ended", "person", person)
		_ = oldest.Close() // its reader ends and pion deletes the allocation
	}
}

// deleted forgets what has been closed at this client address.
func (t *turnServer) deleted(src net.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := clientKey(src)
	list := t.live[k][:0]
	for _, a := range t.live[k] {
		if a.relay.isClosed() {
			t.metrics.allocations.Dec()
			mine := slices.DeleteFunc(t.of[a.person], func(r *relay) bool { return r == a.relay })
			if t.of[a.person] = mine; len(mine) == 0 {
				delete(t.of, a.person)
			}
		} else {
			list = append(list, a)
		}
	}
	if t.live[k] = list; len(list) == 0 {
		delete(t.live, k)
	}
}

// Validate has nothing to check (turn.RelayAddressGenerator).
func (t *turnServer) Validate() error { return nil }

// AllocateConn refuses TCP relays: the third lock.
func (t *turnServer) AllocateConn(string, int) (net.Conn, net.Addr, error) {
	return nil, nil, errors.New("media: no TCP relays")
}

// AllocatePacketConn makes a relay that lives in memory. The client is shown
// its virtual address: what a client is told and what the media server sees it
// come from must be the same, or browsers take the path for an unknown one.
func (t *turnServer) AllocatePacketConn(_ string, want int) (net.PacketConn, net.Addr, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	port := uint16(want)
	if want <= 0 || want > 65535 || t.shown[port] != nil {
		for tries := 0; ; tries++ {
			if tries > 65535-relayPorts {
				return nil, nil, errors.New("media: no relay is free")
			}
			t.port = relayPorts + (t.port+1-relayPorts)%(65535-relayPorts)
			if t.shown[t.port] == nil {
				port = t.port
				break
			}
		}
	}
	r := &relay{
		turn: t, port: port, virtual: netip.AddrPortFrom(newVirtual().Addr(), port),
		in: make(chan *datagram, relayQueue), done: make(chan struct{}), attached: map[*lane]bool{},
	}
	t.shown[port] = r
	return r, net.UDPAddrFromAddrPort(r.virtual), nil
}

// relay is the inside end of one allocation: pion/turn takes it for a UDP socket.
type relay struct {
	turn    *turnServer
	port    uint16 // shown to the client
	virtual netip.AddrPort
	in      chan *datagram
	done    chan struct{}
	once    sync.Once

	mu       sync.Mutex
	attached map[*lane]bool // where the client has sent to; nil once closed
}

// deliver queues a packet for the client and never waits.
func (r *relay) deliver(b []byte, announced netip.AddrPort) {
	p := datagrams.Get().(*datagram)
	p.n, p.from = copy(p.b[:], b), announced
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
// the media port vanishes.
func (r *relay) WriteTo(b []byte, to net.Addr) (int, error) {
	if at, ok := udpAddr(to); ok && !r.isClosed() {
		for _, l := range r.turn.lanes {
			if !slices.ContainsFunc(l.doors, func(d door) bool { return d.announced == at }) {
				continue
			}
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
	if r.attached != nil && !r.attached[l] {
		r.attached[l] = true
		l.attachAs(r.virtual, WayRelay, r.deliver)
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
		r.mu.Unlock()
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

// tcpListener bounds TURN over TCP: so many connections, none idle for long,
// none that stalls its writer for long; and it can end them all.
type tcpListener struct {
	net.Listener
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

// Accept waits for a connection there is room for.
func (l *tcpListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil, err
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // out of descriptors, or a connection gone already
			continue
		}
		l.mu.Lock()
		if l.closed || len(l.open) >= tcpAtMost {
			l.mu.Unlock()
			_ = c.Close()
			continue
		}
		if c, ok := c.(*net.TCPConn); ok {
			_ = c.SetWriteBuffer(tcpBuffer)
		}
		t := &tcpConn{c, l}
		l.open[t] = true
		l.mu.Unlock()
		return t, nil
	}
}

func (l *tcpListener) hangUp() {
	l.mu.Lock()
	l.closed = true
	var all []net.Conn
	for c := range l.open {
		all = append(all, c)
	}
	l.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

type tcpConn struct {
	net.Conn
	list *tcpListener
}

func (c *tcpConn) Read(b []byte) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(tcpIdle))
	return c.Conn.Read(b)
}

func (c *tcpConn) Write(b []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(tcpStall))
	n, err := c.Conn.Write(b)
	if err != nil {
		_ = c.Close() // a frame cut in the middle cannot be mended
	}
	return n, err
}

func (c *tcpConn) Close() error {
	c.list.mu.Lock()
	delete(c.list.open, c)
	c.list.mu.Unlock()
	return c.Conn.Close()
}

var _ logging.LoggerFactory = logFactory{}
