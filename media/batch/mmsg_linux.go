package batch

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// inMost is how many datagrams one call takes at most: enough that the call
	// itself no longer counts, few enough that the first does not wait for the last.
	inMost = 64
	// segmentsMost is how many datagrams may leave as one; older kernels take 64
	// (UDP_MAX_SEGMENTS).
	segmentsMost = 64
	// runBytes is how many bytes may leave as one, less than an IP packet's 65,535.
	runBytes = 64000
	// controlWords is room for two control messages in 64-bit words, which keeps
	// them aligned: the local address and the segment size.
	controlWords = 10
	// stallMost is how long a full send buffer is waited for: longer, and all who
	// use the socket would wait for a network that takes nothing.
	stallMost = 5 * time.Millisecond
	// refusalsMost is how many runs the kernel may refuse, which it then takes one
	// by one, before no more are tried.
	refusalsMost = 64
)

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	h unix.Msghdr
	n uint32 // bytes received or sent
}

// sockaddr holds either family's address.
type sockaddr = unix.RawSockaddrInet6

// mmsg is the engine with recvmmsg and sendmmsg.
type mmsg struct {
	c     *Conn
	raw   syscall.RawConn
	six   bool // an IPv6 socket, which takes IPv4 as well
	local bool // local addresses are told and chosen
	fixed netip.Addr
	able  bool // the kernel has UDP_SEGMENT
	gso   bool
	// refused counts runs that failed whose parts then went.
	refused int

	in        [inMost]mmsghdr
	inName    [inMost]sockaddr
	inVec     [inMost]unix.Iovec
	inControl [inMost][controlWords]uint64
	inBuf     [inMost][packetSize]byte
	got       int
	zones     map[uint32]string // of link-local senders, by interface

	out        [outMost]mmsghdr
	outName    [outMost]sockaddr
	outVec     [outMost]unix.Iovec
	outControl [outMost][controlWords]uint64
	messages   int // used of out
	vecs       int // used of outVec
	sent       int // messages that are done, while flushing
	last       run

	// Of the last system call, and the calls themselves: made once, because a
	// function that is made for each call is garbage. The ones that end in Fn try
	// once or, readFn and roomFn, until it goes.
	n       int
	errno   syscall.Errno
	readFn  func(fd uintptr) bool
	lookFn  func(fd uintptr) bool
	writeFn func(fd uintptr) bool
	roomFn  func(fd uintptr) bool
	info    memInfo
}

// run is the last message queued, to which the next datagram may be added.
type run struct {
	to    netip.AddrPort
	local netip.Addr
	size  int // of each segment but the last
	bytes int
	count int
	ended bool // a shorter one was the last
}

// fastest is the best way this system has.
func fastest(c *Conn) (engine, error) { return newMMsg(c) }

func newMMsg(c *Conn) (engine, error) {
	raw, err := c.udp.SyscallConn()
	if err != nil {
		return nil, err
	}
	m := &mmsg{c: c, raw: raw, local: c.everywhere(), zones: map[uint32]string{}}
	if !m.local {
		m.fixed = c.at.Addr()
	}
	err = errors.Join(raw.Control(func(fd uintptr) { err = m.setup(int(fd)) }), err)
	if err != nil {
		return nil, err
	}
	for i := range m.in {
		m.inVec[i].Base = &m.inBuf[i][0]
		m.inVec[i].SetLen(packetSize)
		h := &m.in[i].h
		h.Name = (*byte)(unsafe.Pointer(&m.inName[i]))
		h.Iov = &m.inVec[i]
		h.SetIovlen(1)
		if m.local {
			h.Control = (*byte)(unsafe.Pointer(&m.inControl[i][0]))
		}
	}
	for i := range m.out {
		h := &m.out[i].h
		h.Name = (*byte)(unsafe.Pointer(&m.outName[i]))
	}
	m.got = inMost
	m.readFn = func(fd uintptr) bool { m.read(fd); return m.errno != unix.EAGAIN }
	m.lookFn = func(fd uintptr) bool { m.read(fd); return true }
	m.info.ask = func(fd uintptr) {
		i := &m.info
		_, _, i.errno = unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO, uintptr(unsafe.Pointer(&i.words)), uintptr(unsafe.Pointer(&i.size)), 0)
	}
	m.writeFn = func(fd uintptr) bool { m.write(fd); return true }
	m.roomFn = func(fd uintptr) bool { m.write(fd); return m.errno != unix.EAGAIN }
	return m, nil
}

// setup asks the kernel for what the engine needs of the socket.
func (m *mmsg) setup(fd int) error {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return err
	}
	m.six = domain == unix.AF_INET6
	if m.local {
		// On an IPv6 socket this tells of IPv4 datagrams as well, as ::ffff:a.b.c.d.
		level, option := unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO
		if !m.six {
			level, option = unix.IPPROTO_IP, unix.IP_PKTINFO
		}
		if err := unix.SetsockoptInt(fd, level, option, 1); err != nil {
			return err
		}
	}
	// Past the system's limit, where this process may.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, sockBuffer)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, sockBuffer)
	_, err = unix.GetsockoptInt(fd, unix.IPPROTO_UDP, unix.UDP_SEGMENT)
	m.able = err == nil
	m.gso = m.able
	return nil
}

// read takes what has come.
func (m *mmsg) read(fd uintptr) {
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&m.in[0])), inMost, unix.MSG_DONTWAIT, 0, 0)
	m.n, m.errno = int(n), errno
}

func (m *mmsg) recv(wait bool, before func(), f func(b []byte, from netip.AddrPort, local netip.Addr)) error {
	for i := range m.in[:m.got] {
		m.in[i].h.Namelen = unix.SizeofSockaddrInet6
		if m.local {
			m.in[i].h.SetControllen(controlWords * 8)
		}
	}
	m.got = 0
	read := m.readFn
	if !wait {
		read = m.lookFn
	}
	switch err := m.raw.Read(read); {
	case err != nil:
		if !wait && errors.Is(err, os.ErrDeadlineExceeded) {
			m.errno = unix.EAGAIN // woken once more already; the next call sees to it
			break
		}
		return err
	case m.errno == 0:
		m.got = m.n
		m.c.counts.Recvs++
	case wait || m.errno != unix.EAGAIN:
		return m.errno
	}
	if before != nil {
		before()
	}
	for i := range m.in[:m.got] {
		size := m.in[i].n
		switch {
		case m.in[i].h.Flags&unix.MSG_TRUNC != 0:
			m.c.counts.Oversize++
		case size > 0:
			m.c.counts.In++
			f(m.inBuf[i][:size:packetSize], m.from(i), m.to(i))
		}
	}
	return nil
}

// from is the sender of message i.
func (m *mmsg) from(i int) netip.AddrPort {
	name := &m.inName[i]
	port := (*[2]byte)(unsafe.Pointer(&name.Port))
	if !m.six {
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), binary.BigEndian.Uint16(port[:]))
	}
	a := netip.AddrFrom16(name.Addr).Unmap()
	if name.Scope_id != 0 && a.Is6() {
		a = a.WithZone(m.zone(name.Scope_id))
	}
	return netip.AddrPortFrom(a, binary.BigEndian.Uint16(port[:]))
}

// zone is an interface's number in words.
func (m *mmsg) zone(id uint32) string {
	z, ok := m.zones[id]
	if !ok {
		z = strconv.FormatUint(uint64(id), 10)
		m.zones[id] = z
	}
	return z
}

// to is the address that message i was sent to.
func (m *mmsg) to(i int) netip.Addr {
	if !m.local {
		return m.fixed
	}
	control := &m.inControl[i]
	h := (*unix.Cmsghdr)(unsafe.Pointer(control))
	data := unsafe.Add(unsafe.Pointer(control), unix.CmsgLen(0))
	switch have := int(m.in[i].h.Controllen); {
	case m.six && have >= unix.CmsgLen(unix.SizeofInet6Pktinfo) && h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO:
		return netip.AddrFrom16((*unix.Inet6Pktinfo)(data).Addr).Unmap()
	case !m.six && have >= unix.CmsgLen(unix.SizeofInet4Pktinfo) && h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO:
		return netip.AddrFrom4((*unix.Inet4Pktinfo)(data).Addr)
	}
	return netip.Addr{}
}

func (m *mmsg) send(b []byte, to netip.AddrPort, local netip.Addr) {
	if m.gso && m.join(b, to, local) {
		return
	}
	i, v := m.messages, m.vecs
	h := &m.out[i].h
	if !m.put(&m.outName[i], h, to) {
		m.c.counts.Failed++
		return
	}
	m.outVec[v].Base = &b[0]
	m.outVec[v].SetLen(len(b))
	h.Iov = &m.outVec[v]
	h.SetIovlen(1)
	h.Control = nil
	h.SetControllen(m.putLocal(&m.outControl[i], local))
	if h.Controllen > 0 {
		h.Control = (*byte)(unsafe.Pointer(&m.outControl[i][0]))
	}
	m.last = run{to: to, local: local, size: len(b), bytes: len(b), count: 1}
	m.messages++
	m.queued()
}

// queued counts one more datagram and makes room for the next.
func (m *mmsg) queued() {
	if m.vecs++; m.vecs == outMost {
		m.flush()
	}
}

// join adds b to the last message, if it goes the same way and is no larger.
func (m *mmsg) join(b []byte, to netip.AddrPort, local netip.Addr) bool {
	l := &m.last
	if m.messages == 0 || l.ended || to != l.to || local != l.local || len(b) > l.size || l.count == segmentsMost || l.bytes+len(b) > runBytes {
		return false
	}
	m.outVec[m.vecs].Base = &b[0]
	m.outVec[m.vecs].SetLen(len(b))
	i := m.messages - 1
	h := &m.out[i].h
	l.count++
	l.bytes += len(b)
	l.ended = len(b) < l.size
	h.SetIovlen(l.count)
	if l.count == 2 {
		h.SetControllen(putSegment(&m.outControl[i], int(h.Controllen), l.size))
		h.Control = (*byte)(unsafe.Pointer(&m.outControl[i][0]))
	}
	m.queued()
	return true
}

// put writes an address for the kernel; false if the socket's family has no such one.
func (m *mmsg) put(name *sockaddr, h *unix.Msghdr, to netip.AddrPort) bool {
	a := to.Addr()
	if !m.six {
		if a = a.Unmap(); !a.Is4() {
			return false
		}
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		four.Family = unix.AF_INET
		four.Addr = a.As4()
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&four.Port))[:], to.Port())
		h.Namelen = unix.SizeofSockaddrInet4
		return true
	}
	name.Family = unix.AF_INET6
	name.Addr = a.As16()
	name.Scope_id = 0
	if z := a.Zone(); z != "" {
		id, _ := strconv.ParseUint(z, 10, 32)
		name.Scope_id = uint32(id)
	}
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&name.Port))[:], to.Port())
	h.Namelen = unix.SizeofSockaddrInet6
	return true
}

// putLocal writes the control message that chooses the sender's address and
// returns its length, 0 if there is nothing to choose.
func (m *mmsg) putLocal(control *[controlWords]uint64, local netip.Addr) int {
	if !m.local || !local.IsValid() || local.IsUnspecified() {
		return 0
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(control))
	data := unsafe.Add(unsafe.Pointer(control), unix.CmsgLen(0))
	if m.six {
		h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
		h.SetLen(unix.CmsgLen(unix.SizeofInet6Pktinfo))
		*(*unix.Inet6Pktinfo)(data) = unix.Inet6Pktinfo{Addr: local.As16()}
		return unix.CmsgSpace(unix.SizeofInet6Pktinfo)
	}
	if local = local.Unmap(); !local.Is4() {
		return 0
	}
	h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
	h.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
	*(*unix.Inet4Pktinfo)(data) = unix.Inet4Pktinfo{Spec_dst: local.As4()}
	return unix.CmsgSpace(unix.SizeofInet4Pktinfo)
}

// putSegment writes the control message that makes one message several datagrams
// of size bytes, behind what control holds, and returns the whole length.
func putSegment(control *[controlWords]uint64, have, size int) int {
	at := unsafe.Add(unsafe.Pointer(control), have)
	h := (*unix.Cmsghdr)(at)
	h.Level, h.Type = unix.IPPROTO_UDP, unix.UDP_SEGMENT
	h.SetLen(unix.CmsgLen(2))
	*(*uint16)(unsafe.Add(at, unix.CmsgLen(0))) = uint16(size)
	return have + unix.CmsgSpace(2)
}

// write sends messages from sent on.
func (m *mmsg) write(fd uintptr) {
	n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&m.out[m.sent])), uintptr(m.messages-m.sent), unix.MSG_DONTWAIT, 0, 0)
	m.n, m.errno = int(n), errno
}

// flush hands all messages to the kernel. When one of many fails, sendmmsg tells
// how many went before it, and its error only at the next call.
func (m *mmsg) flush() {
	retried := false
	for m.sent = 0; m.sent < m.messages; {
		if m.raw.Write(m.writeFn) != nil {
			break
		}
		if m.errno == unix.EAGAIN && !m.wait() {
			break
		}
		switch m.errno {
		case 0:
			m.c.counts.Sends++
			for i := range m.out[m.sent : m.sent+m.n] {
				m.took(m.sent + i)
			}
			m.sent += m.n
			retried = false
		case unix.EINTR:
		case unix.ECONNREFUSED:
			// An answer to something sent before; this message was not tried.
			if retried {
				m.fail()
			}
			retried = !retried
		default:
			m.fail()
			retried = false
		}
	}
	for _, o := range m.out[m.sent:m.messages] {
		m.c.counts.Stalled += uint64(o.h.Iovlen)
	}
	m.messages, m.vecs, m.sent = 0, 0, 0
	m.last = run{}
}

// took counts message i, which has been sent.
func (m *mmsg) took(i int) {
	n := uint64(m.out[i].h.Iovlen)
	m.c.counts.Out += n
	if n > 1 {
		m.c.counts.Runs++
	}
}

// wait tries again when the send buffer has room, and says whether it had in time.
func (m *mmsg) wait() bool {
	_ = m.c.udp.SetWriteDeadline(time.Now().Add(stallMost))
	err := m.raw.Write(m.roomFn)
	_ = m.c.udp.SetWriteDeadline(time.Time{})
	return err == nil
}

// fail gives the first message up, after its datagrams have been tried one by one
// if there were several: the device may not be able to cut a run, or the way to
// this address is too narrow for its parts.
func (m *mmsg) fail() {
	o := &m.out[m.sent]
	m.sent++
	count := int(o.h.Iovlen)
	if count == 1 {
		m.c.counts.Failed++
		return
	}
	runErr := m.errno
	one := *o
	one.h.SetIovlen(1)
	one.h.SetControllen(int(one.h.Controllen) - unix.CmsgSpace(2))
	if one.h.Controllen == 0 {
		one.h.Control = nil
	}
	went := 0
	first := m.vecOf(o)
	for v := range count {
		one.h.Iov = &m.outVec[first+v]
		err := m.raw.Write(func(fd uintptr) bool {
			n, _, errno := unix.Syscall(unix.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&one.h)), unix.MSG_DONTWAIT)
			m.n, m.errno = int(n), errno
			return true
		})
		if err != nil || m.errno != 0 {
			m.c.counts.Failed++
			continue
		}
		m.c.counts.Sends++
		m.c.counts.Out++
		went++
	}
	if went == 0 {
		return
	}
	if m.refused++; runErr == unix.EIO || m.refused == refusalsMost {
		m.gso = false
	}
}

// vecOf is where in outVec a message's datagrams begin.
func (m *mmsg) vecOf(o *mmsghdr) int {
	return int((uintptr(unsafe.Pointer(o.h.Iov)) - uintptr(unsafe.Pointer(&m.outVec[0]))) / unsafe.Sizeof(m.outVec[0]))
}

// writeNow does not take the socket's write lock, which a flush that waits holds.
func (m *mmsg) writeNow(b []byte, to netip.AddrPort, local netip.Addr) error {
	if len(b) == 0 {
		return unix.EINVAL
	}
	// All in one allocation; this is not the way of media.
	w := &struct {
		h       unix.Msghdr
		name    sockaddr
		control [controlWords]uint64
		vec     unix.Iovec
	}{}
	if !m.put(&w.name, &w.h, to) {
		return unix.EAFNOSUPPORT
	}
	w.h.Name = (*byte)(unsafe.Pointer(&w.name))
	w.vec.Base = &b[0]
	w.vec.SetLen(len(b))
	w.h.Iov = &w.vec
	w.h.SetIovlen(1)
	if n := m.putLocal(&w.control, local); n > 0 {
		w.h.Control = (*byte)(unsafe.Pointer(&w.control))
		w.h.SetControllen(n)
	}
	var errno syscall.Errno
	err := m.raw.Control(func(fd uintptr) {
		for try := 0; ; try++ {
			_, _, errno = unix.Syscall(unix.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&w.h)), unix.MSG_DONTWAIT)
			// Refused is an answer to something sent before.
			if errno != unix.EINTR && (errno != unix.ECONNREFUSED || try > 0) {
				return
			}
		}
	})
	if err == nil && errno != 0 {
		err = errno
	}
	return err
}

// memInfo is what SO_MEMINFO answers: SK_MEMINFO_* of linux/sock_diag.h.
type memInfo struct {
	mu    sync.Mutex
	words [9]uint32
	size  uint32
	errno syscall.Errno
	ask   func(fd uintptr)
}

func (m *mmsg) queue() Queue {
	const waiting, room, dropped = 0, 1, 8
	i := &m.info
	i.mu.Lock()
	defer i.mu.Unlock()
	i.size = uint32(unsafe.Sizeof(i.words))
	if m.raw.Control(i.ask) != nil || i.errno != 0 {
		return Queue{}
	}
	return Queue{Waiting: int(i.words[waiting]), Room: int(i.words[room]), Dropped: uint64(i.words[dropped])}
}

func (m *mmsg) runs(on bool) bool {
	m.flush()
	m.gso, m.refused = on && m.able, 0
	return m.gso
}
