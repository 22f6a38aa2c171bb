package media

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"nextup"
)

// sweepEvery is how often stages are looked through for ones not renewed.
const sweepEvery = time.Second

// What the exported calls may answer.
var (
	// ErrClosed means the server is closed.
	ErrClosed = errors.New("media: server is closed")
	// ErrOffer means the browser's offer cannot be used; the text after it says why.
	ErrOffer = errors.New("media: offer refused")
)

// Config is all a Server needs to know.
type Config struct {
	// UDP is the address and port for media. Port 0 takes any free one. An
	// unspecified address (0.0.0.0 or ::) means every address of this machine.
	UDP netip.AddrPort
	// Lanes is how many ports and goroutines carry media: lane i has port UDP+i.
	// A session's peers share one. 0 is one: it carries more than a hundred talks of
	// two, and only its port has to be open.
	Lanes int
	// TURN is the address and TCP port of the relay, for where nobody calls Take.
	// Over UDP it is at the media port. Port 0 takes any free one.
	TURN netip.AddrPort
	// TCP is where browsers reach the port whose connections are given to Take: an
	// unspecified address means every announced one. Zero: nobody calls Take, or
	// browsers do not reach it.
	TCP netip.AddrPort
	// TLS is host and port by which browsers reach the port whose connections are
	// given to Take, if that port speaks TLS: the way through networks that let
	// nothing else out. Empty: it does not.
	TLS string
	// Public are the addresses announced to browsers, for media and relay, at most
	// one IPv4 and one IPv6. None announces what UDP binds: with an unspecified
	// address all local ones, loopback included.
	Public []netip.Addr
	// Secret is the key under which relay credentials are signed. It must be
	// the same after a restart for handed-out credentials to stay good.
	Secret []byte
	// Log takes what an operator should see; nil discards.
	Log *slog.Logger
	// Now is the clock for credentials and stages; nil is time.Now.
	Now func() time.Time
	// Gone, if set, is told that a person's current peer was lost without Hang
	// (failed or closed by the other side). A hint only: it comes late, maybe
	// twice, from any goroutine, and must not block.
	Gone func(session nextup.SessionID, person nextup.PersonID)

	engine func(*webrtc.SettingEngine) // for tests that have no time to wait
}

// Server is an SFU and a TURN relay. All methods may be called
// from any goroutine.
type Server struct {
	config  Config
	metrics *metrics
	setup   *setup
	lanes   []*lane
	turn    *turnServer
	streams *streams
	tcp     []netip.AddrPort    // where browsers reach Take
	own     map[netip.Addr]bool // this machine's addresses, if it announces them
	stop    chan struct{}
	wait    sync.WaitGroup

	mu     sync.Mutex // who is who and who sees whom; never held while pion negotiates
	closed bool
	peers  map[seat]*peer // the current ones
	stages map[talk]*stage
	on     map[seat]*stage // where each person is
}

// New binds the ports and starts serving. Nothing is sent to anybody before Show.
func New(config Config) (*Server, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if len(config.Secret) < 16 {
		return nil, errors.New("media: Secret must have at least 16 bytes")
	}
	config.Public = slices.Clone(config.Public)
	for i, a := range config.Public {
		config.Public[i] = a.Unmap()
	}
	s := &Server{
		config: config, metrics: newMetrics(),
		peers: map[seat]*peer{}, stages: map[talk]*stage{}, on: map[seat]*stage{}, own: map[netip.Addr]bool{},
		stop: make(chan struct{}),
	}
	var err error
	if s.setup, err = newSetup(config.Log, config.engine); err != nil {
		return nil, err
	}
	if s.lanes, err = openLanes(config, s.metrics); err != nil {
		return nil, err
	}
	if s.turn, err = listenTURN(config.TURN, s.lanes, config.Secret, config.Now, config.Log, s.metrics); err != nil {
		closeLanes(s.lanes)
		return nil, err
	}
	s.streams = newStreams(s.metrics)
	s.tcp = tcpAddrs(config.TCP, s.lanes[0].doors)
	if len(config.Public) == 0 {
		for _, d := range s.lanes[0].doors {
			s.own[d.announced.Addr()] = true
		}
	}
	s.wait.Go(s.sweep)
	s.wait.Go(func() { s.listenTCP(s.turn.tcp) })
	return s, nil
}

// openLanes opens the lanes' ports: from Config.UDP's on one after the other, or any free ones.
func openLanes(config Config, m *metrics) (all []*lane, err error) {
	n := max(1, config.Lanes)
	for i := range n {
		at := config.UDP
		if at.Port() != 0 {
			at = netip.AddrPortFrom(at.Addr(), at.Port()+uint16(i))
		}
		l, err := openLane(at, config.Public, config.Log, m)
		if err != nil {
			closeLanes(all)
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func closeLanes(all []*lane) (err error) {
	for _, l := range all {
		err = errors.Join(err, l.close())
	}
	return err
}

// lane is where all peers of a session are, so that no packet goes from one lane to another.
func (s *Server) lane(session nextup.SessionID) *lane {
	h := fnv.New32a()
	_, _ = h.Write([]byte(session))
	return s.lanes[h.Sum32()%uint32(len(s.lanes))]
}

// sweep closes stages that nobody renews.
func (s *Server) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			s.expire()
		}
	}
}

func (s *Server) expire() {
	now := s.config.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for t, st := range s.stages {
		if !now.Before(st.until) {
			s.config.Log.Warn("stage not renewed, closed", "session", t.session, "talk", t.offer)
			s.clear(t)
		}
	}
}

// Close ends every peer and relay and gives the ports back.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.stop)
	for t := range s.stages {
		s.clear(t)
	}
	for _, p := range s.peers {
		s.end(p)
	}
	s.peers = map[seat]*peer{}
	s.mu.Unlock()
	_ = s.turn.tcp.Close()
	s.wait.Wait()
	s.streams.close()
	return errors.Join(s.turn.close(), closeLanes(s.lanes))
}

// end silences a peer at once and closes it in the background. s.mu is held.
func (s *Server) end(p *peer) {
	p.hush()
	s.wait.Go(p.close)
}

// UDPAddr is the first media address browsers are told, with the port that was
// really taken. Further lanes have ports of their own.
func (s *Server) UDPAddr() netip.AddrPort { return s.lanes[0].doors[0].announced }

// TURNAddr is the bound relay address with the port that was really taken.
func (s *Server) TURNAddr() netip.AddrPort { return s.turn.addr }

// Answer negotiates one browser: it takes a complete offer (all m-lines, see
// the package comment) and gives a complete answer, so one round trip is all.
//
// The same connection again is a renegotiation or ICE restart of the same
// peer, unless the offer's DTLS fingerprint tells that the browser has begun
// anew. A new connection of the same person replaces his old peer, which is
// closed; what he was part of goes on with the new one without a new Show. An
// error wrapping ErrOffer is the caller's fault.
func (s *Server) Answer(ctx context.Context, session nextup.SessionID, person nextup.PersonID, connection, offer string) (answer string, err error) {
	clean, print, err := readOffer(offer, s.own)
	if err != nil {
		return "", err
	}
	at := seat{session, person}
	s.mu.Lock()
	closed, p := s.closed, s.peers[at]
	s.mu.Unlock()
	if closed {
		return "", ErrClosed
	}
	if p != nil && p.connection == connection && p.print == print {
		answer, err = p.answer(ctx, clean)
		return withTCP(answer, s.tcp), err
	}
	log := s.config.Log.With("session", session, "person", person)
	p, err = newPeer(s.setup, s.lane(session), at, connection, print, log)
	if err != nil {
		return "", fmt.Errorf("media: new peer: %w", err)
	}
	p.changed, p.said, p.stated = s.changed, s.said, s.stated
	if answer, err = p.answer(ctx, clean); err != nil {
		p.close()
		return "", err
	}
	if !s.take(p) {
		p.close()
		return "", ErrClosed
	}
	return withTCP(answer, s.tcp), nil
}

// take makes p its person's current peer.
func (s *Server) take(p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if old := s.peers[p.id]; old != nil {
		s.end(old)
	} else {
		s.metrics.peers.Inc()
	}
	s.peers[p.id] = p
	if st := s.on[p.id]; st != nil {
		s.wire(st)
	}
	return true
}

// changed hears of a peer's connection.
func (s *Server) changed(p *peer, state webrtc.PeerConnectionState) {
	p.log.Debug("peer", "state", state.String(), "connection", p.connection)
	lost := state == webrtc.PeerConnectionStateFailed || state == webrtc.PeerConnectionStateClosed
	if !lost {
		return
	}
	s.mu.Lock()
	current := s.peers[p.id] == p
	if current && state == webrtc.PeerConnectionStateClosed {
		s.drop(p)
	}
	s.mu.Unlock()
	if current && s.config.Gone != nil {
		s.config.Gone(p.id.session, p.id.person)
	}
}

// drop takes a current peer out; whoever saw it sees nothing. s.mu is held.
func (s *Server) drop(p *peer) {
	delete(s.peers, p.id)
	s.metrics.peers.Dec()
	s.end(p)
	if st := s.on[p.id]; st != nil {
		s.wire(st)
	}
}

// said relays text to the others of a shown talk.
func (s *Server) said(p *peer, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.on[p.id]
	if st == nil || !st.shown || s.peers[p.id] != p {
		return
	}
	for _, person := range st.people {
		if q := s.peers[seat{p.id.session, person}]; q != nil && q != p {
			q.text.pass(p.id.person, text)
		}
	}
}

// Hang closes the person's peer if connection still is the current one. His
// place on a stage stays: a later Answer fills it again.
func (s *Server) Hang(session nextup.SessionID, person nextup.PersonID, connection string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.peers[seat{session, person}]; p != nil && p.connection == connection {
		s.drop(p)
	}
}

// Relay gives the browser what it needs to use our TURN server: credentials for
// this person, good for new allocations until expires. A running allocation
// outlives them. Ask only for people who may use media at all.
func (s *Server) Relay(person nextup.PersonID) (urls []string, username, credential string, expires time.Time) {
	username, credential, expires = s.turn.credentials(person)
	hosts := s.relayHosts()
	for _, a := range hosts {
		urls = append(urls, "turn:"+netip.AddrPortFrom(a, s.lanes[0].conn.Addr().Port()).String()+"?transport=udp")
	}
	for _, a := range hosts {
		urls = append(urls, "turn:"+netip.AddrPortFrom(a, s.turn.addr.Port()).String()+"?transport=tcp")
	}
	if s.config.TLS != "" {
		urls = append(urls, "turns:"+s.config.TLS+"?transport=tcp")
	}
	return urls, username, credential, expires
}

// relayHosts is where browsers find the relay: the public addresses or the bound
// one; on a machine with neither its first outer one of each kind, loopback if it has none.
func (s *Server) relayHosts() (hosts []netip.Addr) {
	if len(s.config.Public) > 0 {
		return s.config.Public
	}
	if bound := s.turn.addr.Addr(); !bound.IsUnspecified() {
		return []netip.Addr{bound}
	}
	for _, d := range s.lanes[0].doors { // loopback last
		a := d.announced.Addr()
		same := func(b netip.Addr) bool { return a.IsLoopback() || a.Is4() == b.Is4() }
		if !slices.ContainsFunc(hosts, same) {
			hosts = append(hosts, a)
		}
	}
	return hosts
}

// Prepare receives and keeps what these people send (the packets since the last
// key frame) and forwards nothing. It is a full statement: whoever was part of
// this talk and is not named any more is let go. Repeating it renews the stage.
func (s *Server) Prepare(session nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {
	s.state(session, talk, false, people)
}

// Show lets everyone in people see and hear everyone else, starting from the
// kept packets, and nobody else. It is a full statement, idempotent, and must
// be repeated (every 20 s) because a stage nobody renews for 60 s closes. A
// person is in at most one talk: Show moves him here from any other.
func (s *Server) Show(session nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {
	s.state(session, talk, true, people)
}

func (s *Server) state(session nextup.SessionID, talk nextup.OfferID, shown bool, people []nextup.PersonID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.set(session, talk, shown, people)
	}
}

// Clear ends the talk's media at once: when it returns no packet of it is forwarded any more.
func (s *Server) Clear(session nextup.SessionID, offer nextup.OfferID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear(talk{session, offer})
}
