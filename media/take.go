package media

import (
	"io"
	"net"
	"sync"
	"time"
)

// takeTime is how long a connection may take to show its protocol.
const takeTime = 10 * time.Second

// Take takes over a connection, plain or out of TLS, that speaks TURN or ICE-TCP.
// It returns at once. Whatever else the connection speaks, it is closed.
func (s *Server) Take(c net.Conn) { s.turn.taken.take(c) }

// taken are connections that came through somebody else's port. It is the
// net.Listener of those that speak TURN.
type taken struct {
	at    net.Addr
	conns chan net.Conn
	done  chan struct{}

	mu      sync.Mutex
	pending map[net.Conn]bool
	closed  bool
	wait    sync.WaitGroup
}

func newTaken(at net.Addr) *taken {
	return &taken{at: at, conns: make(chan net.Conn), done: make(chan struct{}), pending: map[net.Conn]bool{}}
}

func (t *taken) take(c net.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || len(t.pending) >= tcpAtMost {
		_ = c.Close()
		return
	}
	t.pending[c] = true
	t.wait.Go(func() {
		t.sort(c)
		t.mu.Lock()
		delete(t.pending, c)
		t.mu.Unlock()
	})
}

// sort finds out what a connection speaks.
func (t *taken) sort(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(takeTime))
	head := make([]byte, beginning)
	if _, err := io.ReadFull(c, head); err != nil || speaks(head) != turnStream {
		_ = c.Close()
		return
	}
	_ = c.SetDeadline(time.Time{})
	select {
	case t.conns <- &begun{Conn: c, head: head}:
	case <-t.done:
		_ = c.Close()
	}
}

// Accept waits for the next TURN connection.
func (t *taken) Accept() (net.Conn, error) {
	select {
	case c := <-t.conns:
		return c, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and closes what has not been sorted yet.
func (t *taken) Close() error {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		close(t.done)
	}
	for c := range t.pending {
		_ = c.Close()
	}
	t.mu.Unlock()
	t.wait.Wait()
	return nil
}

// Addr is where the TURN port is.
func (t *taken) Addr() net.Addr { return t.at }

// begun is a connection whose beginning has been read.
type begun struct {
	net.Conn
	head []byte
}

// Read gives the beginning again first.
func (c *begun) Read(b []byte) (int, error) {
	if len(c.head) > 0 {
		n := copy(b, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}
