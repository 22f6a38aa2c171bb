package mediatest

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Path is a network between browsers and one UDP port that a test can cut, mend
// and make lossy. Browsers find it through what Answer does to an answer.
type Path struct {
	to     *net.UDPAddr
	in     *net.UDPConn
	cut    atomic.Bool
	lose   atomic.Int64 // every n-th datagram; 0 none
	count  atomic.Int64
	narrow atomic.Int64 // bit/s to the browsers; 0 no bound
	wait   sync.WaitGroup

	disorder disorder

	mu  sync.Mutex
	out map[netip.AddrPort]*net.UDPConn // for each browser its own way on
}

// NewPath opens a path to a port on this machine.
func NewPath(to netip.AddrPort) (*Path, error) {
	in, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	p := &Path{to: net.UDPAddrFromAddrPort(to), in: in, out: map[netip.AddrPort]*net.UDPConn{}}
	p.wait.Go(p.run)
	return p, nil
}

// Cut lets nothing through any more, Mend does again.
func (p *Path) Cut() { p.cut.Store(true) }

// Mend ends a cut.
func (p *Path) Mend() { p.cut.Store(false) }

// Lose loses every n-th datagram from now on, both ways; 0 loses none.
func (p *Path) Lose(n int) { p.lose.Store(int64(n)) }

// Narrow makes the way to the browsers carry no more than this many bit/s from now
// on, with a queue of about a second of 300 kbit/s before it; 0 is as much as comes.
func (p *Path) Narrow(bits int) {
	p.narrow.Store(int64(bits))
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, out := range p.out {
		_ = out.SetReadBuffer(narrowQueue) // the socket is the queue
	}
}

// narrowQueue is a socket's buffer as the system counts it, about twice what is in the packets.
const narrowQueue = 64 << 10

// Port is where browsers find the path, on 127.0.0.1.
func (p *Path) Port() int { return p.in.LocalAddr().(*net.UDPAddr).Port }

var candidateLine = regexp.MustCompile(`(?m)^(a=candidate:\S+ \d udp \d+) \S+ \d+ (typ host.*)$`)

// Answer makes a server's answer name the path instead of the server.
func (p *Path) Answer(sdp string) string {
	return candidateLine.ReplaceAllString(sdp, "${1} 127.0.0.1 "+strconv.Itoa(p.Port())+" ${2}")
}

var anyCandidate = regexp.MustCompile(`(?m)^a=candidate:.*\r?\n`)

// Offer takes a browser's own addresses out of its offer, so that the server knows no other way to it.
func (p *Path) Offer(sdp string) string { return anyCandidate.ReplaceAllString(sdp, "") }

func (p *Path) run() {
	b := make([]byte, 2000)
	ways := map[netip.AddrPort]*passage{}
	for {
		n, from, err := p.in.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		if p.lost() {
			continue
		}
		if ways[from] == nil {
			out := p.way(from)
			if out == nil {
				continue
			}
			ways[from] = &passage{disorder: &p.disorder, up: true, send: func(b []byte) { _, _ = out.Write(b) }}
		}
		ways[from].pass(b[:n])
	}
}

// lost says whether the next datagram is.
func (p *Path) lost() bool {
	every := p.lose.Load()
	return p.cut.Load() || every > 0 && p.count.Add(1)%every == 0
}

// way is a browser's own socket towards the server.
func (p *Path) way(from netip.AddrPort) *net.UDPConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out == nil {
		return nil
	}
	if out := p.out[from]; out != nil {
		return out
	}
	out, err := net.DialUDP("udp4", nil, p.to)
	if err != nil {
		return nil
	}
	p.out[from] = out
	if p.narrow.Load() > 0 {
		_ = out.SetReadBuffer(narrowQueue)
	}
	p.wait.Go(func() {
		b := make([]byte, 2000)
		down := passage{disorder: &p.disorder, send: func(b []byte) { _, _ = p.in.WriteToUDPAddrPort(b, from) }}
		var free time.Time // when the last packet has left
		for {
			n, err := out.Read(b)
			if err != nil {
				return
			}
			if bits := p.narrow.Load(); bits > 0 {
				now := time.Now()
				if free.Before(now) {
					free = now
				}
				free = free.Add(time.Duration(n) * 8 * time.Second / time.Duration(bits))
				time.Sleep(free.Sub(now))
			}
			if !p.lost() {
				down.pass(b[:n])
			}
		}
	})
	return out
}

// Close ends the path.
func (p *Path) Close() {
	_ = p.in.Close()
	p.mu.Lock()
	for _, out := range p.out {
		_ = out.Close()
	}
	p.out = nil
	p.mu.Unlock()
	p.wait.Wait()
}
