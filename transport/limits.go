package transport

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits hold back whoever tries too often, by client address. They are generous:
// a whole school may share one address. The hard limits (five PINs, three mails a
// day) are the machine's and survive restarts.
type limits struct {
	signUp *buckets // sign-ups
	pin    *buckets // tries of an interviewer's PIN
	login  *buckets // passwords of recruiters
	socket *buckets // new live connections
}

func newLimits() limits {
	return limits{
		signUp: newBuckets(2, 300),
		pin:    newBuckets(rate.Every(3*time.Second), 20),
		login:  newBuckets(rate.Every(6*time.Second), 10),
		socket: newBuckets(500, 10_000),
	}
}

// buckets is one token bucket for each client address.
type buckets struct {
	every rate.Limit
	burst int

	mu    sync.Mutex
	by    map[netip.Prefix]*rate.Limiter
	swept time.Time
}

func newBuckets(every rate.Limit, burst int) *buckets {
	return &buckets{every: every, burst: burst, by: map[netip.Prefix]*rate.Limiter{}}
}

// allow takes one token; false means wait.
func (b *buckets) allow(client netip.Addr, now time.Time) bool {
	key := network(client)
	b.mu.Lock()
	l, ok := b.by[key]
	if !ok {
		b.sweep(now)
		l = rate.NewLimiter(b.every, b.burst)
		b.by[key] = l
	}
	b.mu.Unlock()
	return l.AllowN(now, 1)
}

// sweep forgets addresses whose bucket is full again: a new one would be the same.
func (b *buckets) sweep(now time.Time) {
	if now.Sub(b.swept) < time.Minute {
		return
	}
	b.swept = now
	for key, l := range b.by {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.by, key)
		}
	}
}

// network is what one person can change his address within: a /64 of IPv6.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil { // the zero address
		return netip.Prefix{}
	}
	return p
}

// client is the address a request comes from. X-Forwarded-For is believed only
// as far as trusted proxies wrote it: read from the right, the first address that
// is no trusted proxy is the client.
func (s *Server) client(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(chain) {
		if !s.trusted(at) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		at = next
	}
	return at.Unmap()
}

func (s *Server) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(s.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}
