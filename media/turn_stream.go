package media

import (
	"net"
	"sync"
)

// turnStreams is what pion/turn takes for the listener of TURN over TCP and TLS.
type turnStreams struct {
	at    net.Addr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// serve gives a stream to pion/turn and returns when it has ended.
func (t *turnServer) serve(s *stream) {
	s.key = clientKey(s.RemoteAddr()) + clientKey(s.LocalAddr())
	t.mu.Lock()
	t.conns[s.key] = s
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		if t.conns[s.key] == s {
			delete(t.conns, s.key)
		}
		t.mu.Unlock()
	}()
	select {
	case t.streams.conns <- turnConn{s}:
		<-s.done
	case <-t.streams.done:
	}
}

// Accept waits for the next one.
func (l *turnStreams) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (l *turnStreams) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is the relay's own TCP port.
func (l *turnStreams) Addr() net.Addr { return l.at }

// turnConn is a stream as pion/turn sees it: one message at a time, and no
// channel data, which takes the short way.
type turnConn struct{ *stream }

// Read gives one STUN message.
func (c turnConn) Read(b []byte) (int, error) {
	for {
		n, err := c.stream.read(turnStream, b)
		if err != nil {
			return 0, err
		}
		if b[0] < 0x40 {
			return n, nil
		}
		if r := c.stream.relay.Load(); r != nil {
			r.data(b[:n])
		}
	}
}

// Write queues one message, or drops it if the client does not read.
func (c turnConn) Write(b []byte) (int, error) {
	c.stream.send(nil, b, 0)
	return len(b), nil
}
