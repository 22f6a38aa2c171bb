package transport

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"nextup"
)

// live.go lets sockets in; socket.go is one socket's life; negotiate.go and
// command.go are what it may ask for. Whether somebody may connect follows from
// his link (and an interviewer's cookie), read again at each connection, and from
// the Origin: a websocket is an upgrade of a GET, which CrossOriginProtection
// lets through.

// party is who is at the other end of a socket.
type party struct {
	session nextup.SessionID
	actor   nextup.Actor
	// allowed is asked again while the socket lives: an error ends it.
	allowed func(context.Context) error
	// finishing says whether only what ends the work in hand is taken any more; nil: never.
	finishing func(context.Context) bool
}

func (p party) person() nextup.PersonID { return nextup.PersonID(p.actor.ID) }

// candidateLive connects a candidate's page.
func (s *Server) candidateLive(w http.ResponseWriter, r *http.Request) error {
	id, n, err := s.candidateOf(r)
	if err != nil {
		return err
	}
	return s.live(w, r, party{
		session: n.ID, actor: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)},
		allowed: func(ctx context.Context) error {
			n, err := s.Sessions.Look(ctx, n.ID)
			if err != nil {
				return nil // not known is not forbidden; his commands will say
			}
			return linkOver(n, id)
		},
	})
}

// interviewerLive connects an interviewer's page.
func (s *Server) interviewerLive(w http.ResponseWriter, r *http.Request) error {
	g, err := s.letIn(r)
	if err != nil {
		return err
	}
	return s.live(w, r, party{
		session: g.snapshot.ID, actor: g.actor(),
		allowed: func(ctx context.Context) error {
			n, err := s.Sessions.Look(ctx, g.snapshot.ID)
			if err != nil {
				return nil // not known is not forbidden; his commands will say
			}
			now := g
			now.state, _ = n.State.Interviewer(g.id)
			if now.current() != "" {
				return nextup.Refuse(nextup.CodeForbidden)
			}
			return nil
		},
		finishing: func(ctx context.Context) bool {
			n, err := s.Sessions.Look(ctx, g.snapshot.ID)
			if err != nil {
				return false // not known; the command will not be decided either
			}
			now := g
			now.state, _ = n.State.Interviewer(g.id)
			return now.renewed()
		},
	})
}

// live upgrades a request and stays until the socket has ended.
func (s *Server) live(w http.ResponseWriter, r *http.Request, who party) error {
	if !s.origin(r) {
		return nextup.Refuse(nextup.CodeForbidden)
	}
	if !s.limits.socket.allow(s.client(r), s.Now()) {
		return nextup.Refuse(nextup.CodeTooMany)
	}
	if !s.lines.begin() {
		return nextup.Refuse(nextup.CodeUnavailable)
	}
	defer s.lines.end()
	conn, err := websocket.Accept(smallBuffer{w}, r, &websocket.AcceptOptions{
		// Checked above, and more strictly: a request without Origin passes the library's check.
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return nil // Accept has answered
	}
	conn.SetReadLimit(maxOffer)
	newSocket(s, conn, who).run()
	return nil
}

// smallBuffer gives the connection a small send buffer. The kernel would else take
// megabytes for a reader that has stalled before a write blocks and shows it.
type smallBuffer struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (w smallBuffer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	inner := conn
	if t, ok := inner.(interface{ NetConn() net.Conn }); ok {
		inner = t.NetConn()
	}
	if t, ok := inner.(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(32 << 10) // without it a stalled reader is only noticed later
	}
	return conn, rw, nil
}

// How a socket is ended.
type closing struct {
	code   websocket.StatusCode
	reason string
}

var (
	closeStopping  = closing{websocket.StatusGoingAway, "server stops"}
	closeRefused   = closing{websocket.StatusPolicyViolation, "refused"}
	closeTooBig    = closing{websocket.StatusMessageTooBig, "message too big"}
	closeSlow      = closing{4000, "too slow"}
	closeElsewhere = closing{4001, "elsewhere"}
	closeTooMany   = closing{4008, "too many messages"}
)

const (
	helloTime  = 5 * time.Second  // until hello
	writeTime  = 5 * time.Second  // for one frame to leave
	beatTime   = 15 * time.Second // between beats, and between pings
	pongTime   = 10 * time.Second // for a ping's answer
	askTime    = 10 * time.Second // for Sessions and Media to answer
	partTime   = time.Second      // from a removed interviewer's last view to the end, for answers under way
	maxReplies = 64               // waiting to be sent
	maxAsking  = 64               // commands waiting to be decided
)

// unavailable makes whatever went wrong inside into a refusal that may be tried again.
func (s *Server) unavailable(what string, err error) *nextup.Error {
	var refused *nextup.Error
	if errors.As(err, &refused) {
		return refused
	}
	s.Log.Error("socket: "+what, "error", err)
	return nextup.Refuse(nextup.CodeUnavailable)
}
