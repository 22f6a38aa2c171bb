package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"time"
)

const (
	// tellTime is how long somebody who connects may take to say what he speaks:
	// the first byte, the TLS handshake and the first byte after it.
	tellTime = 10 * time.Second
	// tellAtMost is how many may be at it at once.
	tellAtMost = 1024
	// tellPatience is how long one may take when others wait for his place. Whoever
	// means it is done in a few round trips.
	tellPatience = 2 * time.Second
)

// onePort is one TCP port for everything: pages and websockets over HTTPS, the
// relay over TLS or not, and ICE-TCP. Who connects is sorted by his first byte
// and, after the TLS handshake, by the first byte inside.
//
// Whoever says nothing is cut after a while. So many may be undecided at a time;
// if they are more, the longest undecided one makes room for the next. So somebody
// who opens thousands of silent connections loses them and delays nobody for long.
type onePort struct {
	listener net.Listener
	tls      *tls.Config    // nil: this port speaks no TLS
	media    func(net.Conn) // takes over a connection that speaks TURN or ICE-TCP
	pages    *handover      // HTTP
	astray   *handover      // plain HTTP although this port speaks TLS
	limit    time.Duration  // tellTime
	atMost   int            // tellAtMost
	patience time.Duration  // tellPatience

	mu        sync.Mutex
	undecided []undecided // oldest first
	freed     chan struct{}
	closed    bool
	wait      sync.WaitGroup
}

type undecided struct {
	conn  net.Conn
	since time.Time
}

// share makes a port of a listener. With a TLS configuration it speaks TLS.
func share(l net.Listener, config *tls.Config, media func(net.Conn)) *onePort {
	s := &onePort{
		listener: l, tls: config, media: media, pages: newHandover(l.Addr()), astray: newHandover(l.Addr()),
		limit: tellTime, atMost: tellAtMost, patience: tellPatience, freed: make(chan struct{}, 1),
	}
	s.wait.Go(s.accept)
	return s
}

// accept takes connections until the listener is closed.
func (s *onePort) accept() {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, or a connection gone already
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if !s.admit(c) {
			_ = c.Close()
			return
		}
		s.wait.Go(func() {
			defer s.decided(c)
			s.sort(c)
		})
	}
}

// admit waits for a place among the undecided; false when the port is closed.
func (s *onePort) admit(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed && len(s.undecided) >= s.atMost {
		oldest := s.undecided[0]
		left := s.patience - time.Since(oldest.since)
		if left <= 0 {
			s.undecided = s.undecided[1:]
			_ = oldest.conn.Close()
			break
		}
		s.mu.Unlock()
		enough := time.NewTimer(left)
		select {
		case <-s.freed:
		case <-enough.C:
		}
		enough.Stop()
		s.mu.Lock()
	}
	s.undecided = append(s.undecided, undecided{c, time.Now()})
	return !s.closed
}

func (s *onePort) decided(c net.Conn) {
	s.mu.Lock()
	s.undecided = slices.DeleteFunc(s.undecided, func(u undecided) bool { return u.conn == c })
	s.mu.Unlock()
	select {
	case s.freed <- struct{}{}:
	default:
	}
}

// sort finds out what a connection speaks and hands it to who understands that.
func (s *onePort) sort(c net.Conn) {
	until := time.Now().Add(s.limit)
	if c.SetDeadline(until) != nil {
		_ = c.Close()
		return
	}
	first, err := readByte(c)
	if err != nil {
		_ = c.Close()
		return
	}
	plain := &begun{Conn: c, head: []byte{first}}
	switch what := hears(first); {
	case what == speaksMedia:
		s.hand(plain, s.media)
	case what == speaksTLS && s.tls != nil:
		s.sortTLS(plain, until)
	case what == speaksTLS:
		_ = c.Close() // TLS where none is spoken: no answer would be understood
	case s.tls != nil:
		s.hand(plain, s.astray.give)
	default:
		s.hand(plain, s.pages.give)
	}
}

func (s *onePort) sortTLS(plain *begun, until time.Time) {
	c := tls.Server(plain, s.tls)
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	if c.HandshakeContext(ctx) != nil {
		_ = c.Close()
		return
	}
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		s.hand(c, s.pages.give) // as it is: net/http serves HTTP/2 on nothing else
		return
	}
	first, err := readByte(c) // ends here too whoever asks for a certificate only (tls-alpn-01)
	if err != nil {
		_ = c.Close()
		return
	}
	inner := &begunTLS{begun{Conn: c, head: []byte{first}}, c}
	if hears(first) == speaksMedia {
		s.hand(inner, s.media)
	} else {
		s.hand(inner, s.pages.give)
	}
}

// hand gives a connection away, without the time limit.
func (s *onePort) hand(c net.Conn, to func(net.Conn)) {
	if c.SetDeadline(time.Time{}) != nil {
		_ = c.Close()
		return
	}
	to(c)
}

// Close ends the port and whoever is undecided. What was handed on goes on.
func (s *onePort) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, u := range s.undecided {
		_ = u.conn.Close()
	}
	s.mu.Unlock()
	err := s.listener.Close()
	select {
	case s.freed <- struct{}{}:
	default:
	}
	_ = s.pages.Close()
	_ = s.astray.Close()
	s.wait.Wait()
	return err
}

func readByte(c net.Conn) (byte, error) {
	var b [1]byte
	for {
		n, err := c.Read(b[:])
		if n == 1 {
			return b[0], nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// begun is a connection of which the beginning was read already.
type begun struct {
	net.Conn
	head []byte
}

func (c *begun) Read(b []byte) (int, error) {
	if len(c.head) > 0 && len(b) > 0 {
		n := copy(b, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// NetConn is the connection underneath, as of a tls.Conn.
func (c *begun) NetConn() net.Conn { return c.Conn }

// CloseWrite says that nothing more comes; net/http does so before it closes.
func (c *begun) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// begunTLS is one out of TLS; net/http asks it for that.
type begunTLS struct {
	begun
	tls *tls.Conn
}

func (c *begunTLS) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }

// handover is a net.Listener that gives on connections which somebody else accepted.
type handover struct {
	at    net.Addr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newHandover(at net.Addr) *handover {
	return &handover{at: at, conns: make(chan net.Conn), done: make(chan struct{})}
}

// give waits until it is accepted; a closed one closes it.
func (h *handover) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		_ = c.Close()
	}
}

// Accept waits for the next one.
func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (h *handover) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

// Addr is the shared port's.
func (h *handover) Addr() net.Addr { return h.at }
