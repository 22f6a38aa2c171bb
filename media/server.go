package media

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"nextup"
)

// What the exported calls may answer.
var (
	// ErrClosed means the server is closed.
	ErrClosed = errors.New("media: server is closed")
	// ErrOffer means the browser's offer cannot be used; the text after it says why.
	ErrOffer = errors.New("media: offer refused")
)

// Config is all a Server needs to know.
type Config struct {
	// UDP is the one address and port for media. Port 0 takes any free one. An
	// unspecified address (0.0.0.0 or ::) means every address of this machine.
	UDP netip.AddrPort
	// TURN is the one address and port of the relay, for UDP and TCP alike.
	// Port 0 takes any free one.
	TURN netip.AddrPort
	// Public is the address announced to browsers, for media and relay. Zero
	// announces what UDP binds: with an unspecified address all local ones,
	// loopback included.
	Public netip.Addr
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
}

// Server is an SFU and a TURN relay on one port each. All methods may be called
// from any goroutine.
type Server struct {
	config Config
	mu     sync.Mutex
}

// New binds the ports and starts serving. Nothing is sent to anybody before Show.
func New(config Config) (*Server, error) { return nil, errors.New("media: not yet") }

// Close ends every peer and relay and gives the ports back.
func (s *Server) Close() error { return nil }

// UDPAddr is the bound media address with the port that was really taken.
func (s *Server) UDPAddr() netip.AddrPort { return netip.AddrPort{} }

// TURNAddr is the bound relay address with the port that was really taken.
func (s *Server) TURNAddr() netip.AddrPort { return netip.AddrPort{} }

// Answer negotiates one browser: it takes a complete offer (all m-lines, see
// the package comment) and gives a complete answer, so one round trip is all.
//
// The same connection again is a renegotiation or ICE restart of the same
// peer. A new connection of the same person replaces his old peer, which is
// closed; what he was part of goes on with the new one without a new Show. An
// error wrapping ErrOffer is the caller's fault.
func (s *Server) Answer(ctx context.Context, session nextup.SessionID, person nextup.PersonID, connection, offer string) (answer string, err error) {
	return "", ErrClosed
}

// Hang closes the person's peer if connection still is the current one. His
// place on a stage stays: a later Answer fills it again.
func (s *Server) Hang(session nextup.SessionID, person nextup.PersonID, connection string) {}

// Relay gives the browser what it needs to use our TURN server: credentials for
// this person, good for new allocations until expires. A running allocation
// outlives them. Ask only for people who may use media at all.
func (s *Server) Relay(person nextup.PersonID) (urls []string, username, credential string, expires time.Time) {
	return nil, "", "", time.Time{}
}

// Prepare receives and keeps what these people send (the packets since the last
// key frame) and forwards nothing. It is a full statement: whoever was part of
// this talk and is not named any more is let go. Repeating it renews the stage.
func (s *Server) Prepare(session nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {}

// Show lets everyone in people see and hear everyone else, starting from the
// kept packets, and nobody else. It is a full statement, idempotent, and must
// be repeated (every 20 s) because a stage nobody renews for 60 s closes. A
// person is in at most one talk: Show moves him here from any other.
func (s *Server) Show(session nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID) {}

// Clear ends the talk's media at once: when it returns no packet of it is forwarded any more.
func (s *Server) Clear(session nextup.SessionID, talk nextup.OfferID) {}
