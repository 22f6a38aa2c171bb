package media

import (
	"net/netip"
	"testing"
)

func TestOwnCandidate(t *testing.T) {
	loop := map[netip.Addr]bool{netip.MustParseAddr("127.0.0.1"): true}
	lan := map[netip.Addr]bool{netip.MustParseAddr("127.0.0.1"): true, netip.MustParseAddr("192.168.1.2"): true}
	for _, c := range []struct {
		name, in string
		own      map[netip.Addr]bool
		want     bool
	}{
		{"public server keeps none", "1 1 udp 1 127.0.0.1 5000 typ host", nil, false},
		{"own address", "1 1 UDP 1 192.168.1.2 5000 typ host", lan, true},
		{"mapped own address", "1 1 udp 1 ::ffff:192.168.1.2 5000 typ host", lan, true},
		{"a neighbour", "1 1 udp 1 192.168.1.3 5000 typ host", lan, false},
		{"a relay at an own address", "1 1 udp 1 127.0.0.1 5000 typ relay raddr 0.0.0.0 rport 0", loop, false},
		{"TCP", "1 1 tcp 1 127.0.0.1 9 typ host tcptype active", loop, false},
		{"a made-up name", "1 1 udp 1 8471d28f.local 5000 typ host", loop, false},
		{"any other name", "1 1 udp 1 metadata.internal 80 typ host", loop, false},
		{"cut short", "1 1 udp 1", loop, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ownCandidate(c.in, c.own); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
