package mediatest

import "sync/atomic"

// disorder is what a network does besides losing: datagrams come twice, and late.
type disorder struct {
	twice, late atomic.Int64 // every n-th datagram; 0 none
	watch       atomic.Pointer[func(up bool, b []byte)]
}

// Twice delivers every n-th datagram twice from now on, both ways; 0 none.
func (p *Path) Twice(n int) { p.disorder.twice.Store(int64(n)) }

// Late holds every n-th datagram back until three more have passed it, both ways; 0 none.
func (p *Path) Late(n int) { p.disorder.late.Store(int64(n)) }

// Watch calls f with every datagram that passes, up for those to the server. f
// must not keep b, and is called from two goroutines.
func (p *Path) Watch(f func(up bool, b []byte)) { p.disorder.watch.Store(&f) }

// passage is one way through a path.
type passage struct {
	*disorder
	up    bool
	send  func(b []byte)
	count int64
	held  []byte
	wait  int // datagrams that still pass the held one
}

// pass sends one datagram on, in its own time.
func (p *passage) pass(b []byte) {
	if f := p.watch.Load(); f != nil {
		(*f)(p.up, b)
	}
	p.count++
	if n := p.late.Load(); n > 0 && p.held == nil && p.count%n == 0 {
		p.held, p.wait = append([]byte(nil), b...), 3
		return
	}
	p.send(b)
	if n := p.twice.Load(); n > 0 && p.count%n == 0 {
		p.send(b)
	}
	if p.held != nil {
		if p.wait--; p.wait <= 0 {
			p.send(p.held)
			p.held = nil
		}
	}
}
