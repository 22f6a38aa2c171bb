package media

import (
	"bufio"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// streamsAtMost is how many TCP connections carry media or TURN at once. Browsers
	// keep one or two beside UDP.
	streamsAtMost = 4096
	// streamTime is how long a connection may take to prove whose it is.
	streamTime = 10 * time.Second
	// streamIdle is how long a proved one may be silent.
	streamIdle = 3 * time.Minute
	// streamStall is how long a reader may take nothing.
	streamStall = 10 * time.Second
	// streamQueue is how many packets wait for one connection; more are dropped.
	streamQueue = 256
	// streamBuffer is how many bytes the kernel holds for one: more would only be late.
	streamBuffer = 64 << 10
	// streamChunk is how many bytes are read or written at a time.
	streamChunk = 8 << 10
)

// streams are the TCP connections of browsers, with or without TLS. There are so
// many at most; for one more the oldest ends that has proved nothing, else the one
// that has been silent longest.
type streams struct {
	metrics *metrics

	mu     sync.Mutex
	open   map[*stream]struct{}
	closed bool
	wait   sync.WaitGroup
}

func newStreams(m *metrics) *streams { return &streams{metrics: m, open: map[*stream]struct{}{}} }

// serve makes a stream of a connection and runs f with it, in the background; f
// ends when the stream does.
func (all *streams) serve(c net.Conn, f func(*stream)) {
	s := &stream{
		Conn: c, all: all, r: bufio.NewReaderSize(c, streamChunk), since: time.Now(),
		out: make(chan *datagram, streamQueue), done: make(chan struct{}),
	}
	s.heard.Store(s.since.UnixNano())
	if t, ok := bottom(c).(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(streamBuffer)
	}
	all.mu.Lock()
	if all.closed {
		all.mu.Unlock()
		_ = c.Close()
		return
	}
	var victim *stream
	if len(all.open) >= streamsAtMost {
		victim = all.leastMissed()
	}
	all.open[s] = struct{}{}
	all.wait.Go(func() {
		defer s.Close()
		f(s)
	})
	all.wait.Go(s.write)
	all.mu.Unlock()
	if victim != nil {
		_ = victim.Close()
	}
}

// leastMissed is who goes when there is no room. all.mu is held.
func (all *streams) leastMissed() (victim *stream) {
	for s := range all.open {
		switch {
		case victim == nil:
			victim = s
		case s.proved.Load() != victim.proved.Load():
			if victim.proved.Load() {
				victim = s
			}
		case s.heard.Load() < victim.heard.Load():
			victim = s
		}
	}
	return victim
}

// close ends all streams and waits for them.
func (all *streams) close() {
	all.mu.Lock()
	all.closed = true
	var each []*stream
	for s := range all.open {
		each = append(each, s)
	}
	all.mu.Unlock()
	for _, s := range each {
		_ = s.Close()
	}
	all.wait.Wait()
}

// bottom is the connection under all others.
func bottom(c net.Conn) net.Conn {
	for {
		over, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return c
		}
		c = over.NetConn()
	}
}

// stream is one TCP connection: packets in, packets out. Sending never waits.
type stream struct {
	net.Conn
	all    *streams
	r      *bufio.Reader
	since  time.Time
	until  time.Time // the reader's time limit
	out    chan *datagram
	done   chan struct{}
	once   sync.Once
	proved atomic.Bool  // somebody with credentials or the right key is at the other end
	heard  atomic.Int64 // when something came last, Unix nanoseconds
	key    string       // of a TURN client
	relay  atomic.Pointer[relay]
}

// read gives the next packet.
func (s *stream) read(p protocol, b []byte) (int, error) {
	now := time.Now()
	s.heard.Store(now.UnixNano())
	until := s.since.Add(streamTime)
	if s.proved.Load() {
		until = now.Add(streamIdle)
	}
	if d := until.Sub(s.until); d < 0 || d > streamIdle/4 || s.until.IsZero() {
		s.until = until
		_ = s.SetReadDeadline(until)
	}
	return readFrame(s.r, p, b)
}

// send queues a packet with what goes before and after it, and never waits.
func (s *stream) send(head, b []byte, padding int) {
	d := datagrams.Get().(*datagram)
	if len(head)+len(b)+padding > len(d.b) {
		datagrams.Put(d)
		s.all.metrics.dropped.Inc()
		return
	}
	d.n = copy(d.b[:], head)
	d.n += copy(d.b[d.n:], b)
	clear(d.b[d.n : d.n+padding])
	d.n += padding
	select {
	case s.out <- d:
	default:
		datagrams.Put(d)
		s.all.metrics.dropped.Inc()
	}
}

// write is the writing goroutine: whatever waits leaves at once. A reader that
// takes nothing is cut, for a frame cut in the middle cannot be mended.
func (s *stream) write() {
	defer s.Close()
	w := bufio.NewWriterSize(s.Conn, streamChunk)
	for {
		select {
		case <-s.done:
			return
		case d := <-s.out:
			_ = s.SetWriteDeadline(time.Now().Add(streamStall))
			for more := true; more; {
				_, err := w.Write(d.b[:d.n])
				datagrams.Put(d)
				if err != nil {
					return
				}
				select {
				case d = <-s.out:
				default:
					more = false
				}
			}
			if w.Flush() != nil {
				return
			}
		}
	}
}

// remote is the client's address.
func (s *stream) remote() netip.AddrPort {
	if a, ok := s.RemoteAddr().(*net.TCPAddr); ok {
		at := a.AddrPort()
		return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
	return netip.AddrPort{}
}

// Close ends the stream.
func (s *stream) Close() error {
	s.once.Do(func() {
		close(s.done)
		s.all.mu.Lock()
		delete(s.all.open, s)
		s.all.mu.Unlock()
		_ = s.Conn.Close()
	})
	return nil
}
