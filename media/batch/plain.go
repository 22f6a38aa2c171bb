package batch

import (
	"net/netip"
)

// plain reads and writes one datagram a call, with what every system has.
type plain struct {
	c  *Conn
	in [packetSize + 1]byte // one more, to tell a datagram that fits from one that was cut
}

func newPlain(c *Conn) (engine, error) { return &plain{c: c}, nil }

func (p *plain) recv(wait bool, before func(), f func(b []byte, from netip.AddrPort, local netip.Addr)) error {
	if !wait { // there is no portable way to look without waiting; the next call reads
		if before != nil {
			before()
		}
		return nil
	}
	n, from, err := p.c.udp.ReadFromUDPAddrPort(p.in[:])
	if err != nil {
		return err
	}
	p.c.counts.Recvs++
	if before != nil {
		before()
	}
	switch {
	case n > packetSize:
		p.c.counts.Oversize++
	case n > 0:
		p.c.counts.In++
		f(p.in[:n:packetSize], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), p.local())
	}
	return nil
}

// local is where a datagram was sent to, as far as is known without asking.
func (p *plain) local() netip.Addr {
	if p.c.everywhere() {
		return netip.Addr{}
	}
	return p.c.at.Addr()
}

// send does not queue: without a call for many, waiting would gain nothing.
func (p *plain) send(b []byte, to netip.AddrPort, _ netip.Addr) {
	n, err := p.c.udp.WriteToUDPAddrPort(b, to)
	if err != nil || n != len(b) {
		p.c.counts.Failed++
		return
	}
	p.c.counts.Sends++
	p.c.counts.Out++
}

func (p *plain) flush() {}

func (p *plain) writeNow(b []byte, to netip.AddrPort, _ netip.Addr) error {
	_, err := p.c.udp.WriteToUDPAddrPort(b, to)
	return err
}

func (p *plain) queue() Queue { return Queue{} }

func (p *plain) runs(bool) bool { return false }
