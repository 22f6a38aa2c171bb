package media

import (
	"net"
	"time"
)

// Take takes over a connection, plain or out of TLS, that speaks TURN or ICE-TCP.
// It returns at once. Whatever else the connection speaks, it is closed.
func (s *Server) Take(c net.Conn) {
	s.streams.serve(c, func(st *stream) {
		_ = st.SetReadDeadline(time.Now().Add(streamTime))
		head, err := st.r.Peek(beginning)
		if err != nil {
			return
		}
		switch speaks(head) {
		case turnStream:
			s.turn.serve(st)
		case iceStream:
			s.serveICE(st)
		}
	})
}

// listenTCP opens the relay's own TCP port, for where nobody calls Take.
func (s *Server) listenTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if isClosed(err) {
			return
		}
		if err != nil { // out of descriptors, or a connection gone already
			time.Sleep(50 * time.Millisecond)
			continue
		}
		s.Take(c)
	}
}
