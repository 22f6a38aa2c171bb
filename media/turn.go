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
	// One connection of a browser makes up to five, and a restart as many beside them.
	relayAtMost = 16
	// relayQueue is how many packets wait for one TURN client; more are dropped.
	relayQueue = 256
	// relayPorts is where the port numbers shown to TURN clients begin.
	relayPorts = 49152
)

// turnServer is a TURN server (RFC 8656) that cannot reach anything but this
// process's own media ports. Three locks on one door, each enough by itself:
//
//   - a permission is granted for the announced media addresses only;
//   - the "socket" of an allocation is no socket but an object whose packets go
//     into a lane in memory, and only if their address and port are a media port's;
//   - TCP relays (RFC 6062) are refused.
//
// Clients come over UDP to the lanes' own ports (turn_lane.go), and over TCP and
// TLS as streams. pion/turn hears everything but the data of bound channels, which
// takes the short way (relay.go).
type turnServer struct {
	lanes   []*lane
	secret  []byte
	now     func() time.Time
	log     *slog.Logger
	metrics *metrics
	addr    netip.AddrPort // of the relay's own TCP port
	tcp     net.Listener
	server  *turn.Server
	streams *turnStreams
	doors   map[string]*turnDoor // by announced address

	mu    sync.Mutex
	live  map[string][]allocation      // by client address
	of    map[nextup.PersonID][]*relay // oldest first
	shown map[uint16]*relay            // by shown port
	conns map[string]*stream           // by client address and ours
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
		live: map[string][]allocation{}, of: map[nextup.PersonID][]*relay{}, shown: map[uint16]*relay{}, conns: map[string]*stream{},
		doors: map[string]*turnDoor{},
	}
	var err error
	if t.tcp, err = net.Listen("tcp", at.String()); err != nil {
		return nil, fmt.Errorf("media: open TURN port: %w", err)
	}
	bound := t.tcp.Addr().(*net.TCPAddr).AddrPort()
	t.addr = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
	t.streams = &turnStreams{at: t.tcp.Addr(), conns: make(chan net.Conn), done: make(chan struct{})}
	config := turn.ServerConfig{
		Realm:         realm,
		AuthHandler:   t.key,
		QuotaHandler:  func(username, _ string, _ net.Addr) bool { return t.inTime(username) },
		LoggerFactory: logFactory{log},
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(src, dst net.Addr, _, username, _ string, relayed net.Addr, _ int) {
				t.created(src, dst, username, relayed)
			},
			OnAllocationDeleted: func(src, _ net.Addr, _, _, _ string) { t.deleted(src) },
			OnChannelCreated: func(_, _ net.Addr, _, _, _ string, relayed, peer net.Addr, number uint16) {
				if r := t.relayOf(relayed); r != nil {
					r.bind(number, peer)
				}
			},
			OnChannelDeleted: func(_, _ net.Addr, _, _, _ string, relayed, _ net.Addr, number uint16) {
				if r := t.relayOf(relayed); r != nil {
					r.unbind(number)
				}
			},
		},
		ListenerConfigs: []turn.ListenerConfig{{Listener: t.streams, RelayAddressGenerator: t, PermissionHandler: t.permit}},
	}
	for _, l := range lanes {
		for _, d := range t.openDoors(l) {
			config.PacketConnConfigs = append(config.PacketConnConfigs, turn.PacketConnConfig{PacketConn: d, RelayAddressGenerator: t, PermissionHandler: t.permit})
		}
	}
	if t.server, err = turn.NewServer(config); err != nil {
		_ = t.tcp.Close()
		return nil, fmt.Errorf("media: TURN: %w", err)
	}
	return t, nil
}

func (t *turnServer) close() error {
	_ = t.tcp.Close()
	err := t.server.Close()
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

// relayOf finds the relay that is shown as this address.
func (t *turnServer) relayOf(shown net.Addr) *relay {
	u, ok := shown.(*net.UDPAddr)
	if !ok {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shown[uint16(u.Port)]
}

func (t *turnServer) created(src, dst net.Addr, username string, relayed net.Addr) {
	r := t.relayOf(relayed)
	if r == nil {
		return
	}
	_, person, _ := parseUsername(username)
	t.mu.Lock()
	if s := t.conns[clientKey(src)+clientKey(dst)]; s != nil {
		r.stream = s
		s.relay.Store(r)
		s.proved.Store(true)
	} else if d := t.doors[dst.String()]; d != nil {
		d.admit(src, r)
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
	r := newRelay(t, port)
	t.shown[port] = r
	return r, net.UDPAddrFromAddrPort(r.virtual), nil
}

var _ logging.LoggerFactory = logFactory{}
