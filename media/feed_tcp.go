package media

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// ICE-TCP (RFC 6544). Browsers connect to the TCP port that an answer names and
// send the same packets as over UDP, in frames (RFC 4571). To the lane such a
// connection is a feed with a virtual address, so pion and the legs see no
// difference, and the server itself never connects to anybody.

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }

// serveICE carries the packets of one connection to the lane of the peer that its
// first packet, a connectivity check, names. A check for nobody ends it.
func (s *Server) serveICE(st *stream) {
	b := make([]byte, mtu)
	n, err := st.read(iceStream, b)
	if err != nil {
		return
	}
	fragment, kind := readSTUN(b[:n])
	if kind != stunCheck {
		return
	}
	l, to := s.laneOf(string(fragment))
	if l == nil {
		return
	}
	at := newVirtual()
	if to.Is6() {
		at = newVirtual6()
	}
	l.attachAs(at, WayTCP, func(b []byte, _ netip.AddrPort) {
		if len(b) > 1 && (b[0] >= 20 || b[0] == 1 && b[1] == 1) {
			st.proved.Store(true) // a check was answered with success, or more: it had the password
		}
		st.send([]byte{byte(len(b) >> 8), byte(len(b))}, b, 0)
	})
	defer l.detach(at)
	for err == nil {
		l.inject(b[:n], at, to)
		n, err = st.read(iceStream, b)
	}
}

// laneOf finds the lane where a peer with this name fragment is, and the announced
// address of a door it has there: of IPv4 if there is one, as virtual addresses are.
func (s *Server) laneOf(fragment string) (found *lane, to netip.Addr) {
	for _, l := range s.lanes {
		l.call(func(time.Time) {
			for i, d := range l.doors {
				if l.names[name{fragment, uint8(i)}] == nil {
					continue
				}
				if a := d.announced.Addr(); !to.IsValid() || a.Is4() && !to.Is4() {
					found, to = l, a
				}
			}
		})
		if found != nil {
			break
		}
	}
	return found, to
}

// tcpAddrs is where browsers reach Take: Config.TCP, or with an unspecified
// address there every announced one.
func tcpAddrs(tcp netip.AddrPort, doors []door) (all []netip.AddrPort) {
	switch {
	case tcp.Port() == 0 || !tcp.IsValid():
		return nil
	case !tcp.Addr().IsUnspecified():
		return []netip.AddrPort{netip.AddrPortFrom(tcp.Addr().Unmap(), tcp.Port())}
	}
	for _, d := range doors {
		if a := d.announced.Addr(); a.Is4() || tcp.Addr().Is6() {
			all = append(all, netip.AddrPortFrom(a, tcp.Port()))
		}
	}
	return all
}

// withTCP adds passive TCP candidates (RFC 6544 section 4.5) to an answer's first
// transport, behind the UDP ones and with a lower priority than any of them: all
// others are bundled with it. The server itself need not know of them.
func withTCP(answer string, at []netip.AddrPort) string {
	if len(at) == 0 {
		return answer
	}
	var lines strings.Builder
	for i, a := range at {
		// Type preference 90 is less than any UDP candidate's; then direction
		// preference 4 for a passive one, and who comes first (RFC 6544 section 4.2).
		priority := 90<<24 | (4<<13|(8191-i))<<8 | 255
		fmt.Fprintf(&lines, "a=candidate:tcp%d 1 tcp %d %s %d typ host tcptype passive\r\n", i+1, priority, a.Addr(), a.Port())
	}
	const end = "a=end-of-candidates\r\n"
	if i := strings.Index(answer, end); i >= 0 {
		return answer[:i] + lines.String() + answer[i:]
	}
	i := strings.LastIndex(answer, "a=candidate:")
	if i < 0 {
		return answer
	}
	i += strings.Index(answer[i:], "\n") + 1
	return answer[:i] + lines.String() + answer[i:]
}
