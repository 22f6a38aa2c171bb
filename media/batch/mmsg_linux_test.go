package batch

import (
	"bytes"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// runs are queues, by the sizes of their datagrams, and what they come to.
var runs = []struct {
	name  string
	sizes []int
	runs  uint64 // how many messages hold several
	calls int    // messages in all
}{
	{"equal", []int{1000, 1000, 1000, 1000}, 1, 1},
	{"a shorter one ends the run", []int{1000, 1000, 300, 1000, 1000}, 2, 2},
	{"a longer one begins another", []int{300, 1000, 1000}, 1, 2},
	{"all different, growing", []int{100, 200, 300}, 0, 3},
	{"single", []int{100}, 0, 1},
}

// segmenting opens a socket that makes runs, or skips.
func segmenting(t *testing.T) (*Conn, *mmsg) {
	c := open(t, everywhere, fastest)
	m := c.io.(*mmsg)
	if !c.Runs(true) {
		t.Skip("this kernel has no UDP_SEGMENT")
	}
	return c, m
}

// fill queues datagrams of these sizes, each filled with its number.
func fill(c *Conn, sizes []int, to netip.AddrPort) {
	for i, size := range sizes {
		c.Send(append(c.Buf(), bytes.Repeat([]byte{byte(i + 1)}, size)...), to, local4)
	}
}

// came holds that datagrams of these sizes arrive, all but some, each with its number.
func came(t *testing.T, u *net.UDPConn, sizes []int, but map[int]bool) {
	t.Helper()
	for i, size := range sizes {
		if but[i] {
			continue
		}
		if b, _ := read(t, u); !bytes.Equal(b, bytes.Repeat([]byte{byte(i + 1)}, size)) {
			t.Fatalf("the %dth has %d bytes of %d, want %d", i, len(b), b[0], size)
		}
	}
}

// TestRuns: datagrams of one size to one address leave as one message, and
// arrive as they were.
func TestRuns(t *testing.T) {
	c, m := segmenting(t)
	u := dial(t, local4)
	to := u.LocalAddr().(*net.UDPAddr).AddrPort()
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			before := c.Counts()
			fill(c, r.sizes, to)
			if m.messages != r.calls {
				t.Errorf("%d messages, want %d", m.messages, r.calls)
			}
			c.Flush()
			came(t, u, r.sizes, nil)
			if n := c.Counts(); n.Runs-before.Runs != r.runs || n.Out-before.Out != uint64(len(r.sizes)) {
				t.Errorf("%+v after %+v", n, before)
			}
		})
	}
	t.Run("two addresses", func(t *testing.T) {
		other := dial(t, local4)
		for range 4 {
			c.Send(append(c.Buf(), "to the one"...), to, local4)
			c.Send(append(c.Buf(), "to another"...), other.LocalAddr().(*net.UDPAddr).AddrPort(), local4)
		}
		c.Flush()
		for range 4 {
			if b, _ := read(t, u); string(b) != "to the one" {
				t.Errorf("%q", b)
			}
			if b, _ := read(t, other); string(b) != "to another" {
				t.Errorf("%q", b)
			}
		}
	})
	t.Run("no run is longer than the kernel takes", func(t *testing.T) {
		sizes := make([]int, 200)
		for i := range sizes {
			sizes[i] = 1200
		}
		fill(c, sizes, to)
		c.Flush()
		came(t, u, sizes, nil)
		if c.Counts().Failed > 0 {
			t.Errorf("%+v", c.Counts())
		}
	})
}

// refuse makes the kernel's answer to every run this error.
func refuse(m *mmsg, why syscall.Errno) {
	write := m.writeFn
	m.writeFn = func(fd uintptr) bool {
		all := m.messages
		defer func() { m.messages = all }()
		for i := m.sent; i < all; i++ {
			if m.out[i].h.Iovlen == 1 {
				continue
			}
			if i == m.sent {
				m.n, m.errno = 0, why
				return true
			}
			m.messages = i // the ones before it go
			break
		}
		return write(fd)
	}
}

// TestRunsRefused: what the kernel does not take as one it gets one by one, and
// nothing before or behind is lost or comes twice.
func TestRunsRefused(t *testing.T) {
	sizes := []int{100, 1000, 1000, 1000, 400, 50, 60, 60}
	t.Run("the device cannot", func(t *testing.T) {
		c, m := segmenting(t)
		u := dial(t, local4)
		refuse(m, unix.EIO)
		for range 3 {
			fill(c, sizes, u.LocalAddr().(*net.UDPAddr).AddrPort())
			c.Flush()
			came(t, u, sizes, nil)
		}
		if m.gso {
			t.Error("still tried")
		}
		if n := c.Counts(); n.Out != 3*uint64(len(sizes)) || n.Runs != 0 || n.Failed != 0 {
			t.Errorf("%+v", n)
		}
	})
	t.Run("the way to one address is too narrow", func(t *testing.T) {
		c, m := segmenting(t)
		u := dial(t, local4)
		refuse(m, unix.EINVAL)
		n := 0
		for ; m.gso && n <= refusalsMost; n++ {
			fill(c, sizes, u.LocalAddr().(*net.UDPAddr).AddrPort())
			c.Flush()
			came(t, u, sizes, nil)
		}
		if n < 2 || n > refusalsMost {
			t.Errorf("given up after %d", n)
		}
	})
	t.Run("the address itself is what is wrong", func(t *testing.T) {
		c, m := segmenting(t)
		u := dial(t, local4)
		for range 2 * refusalsMost {
			fill(c, []int{100, 100, 100}, netip.AddrPortFrom(local4, 0))
		}
		fill(c, sizes, u.LocalAddr().(*net.UDPAddr).AddrPort())
		c.Flush()
		came(t, u, sizes, nil)
		if !m.gso {
			t.Error("one bad address ended runs for all")
		}
		if n := c.Counts(); n.Failed != 6*refusalsMost || n.Out != uint64(len(sizes)) {
			t.Errorf("%+v", n)
		}
	})
}

// TestFailures: after any of the kernel's answers, each datagram that can go has
// gone exactly once.
func TestFailures(t *testing.T) {
	sizes := []int{10, 20, 30, 40}
	for _, c := range []struct {
		name    string
		answers []syscall.Errno // to the first calls; 0 sends one message
		lost    map[int]bool
		stalled uint64
	}{
		{"interrupted", []syscall.Errno{unix.EINTR, 0, unix.EINTR}, nil, 0},
		{"somebody else was not there", []syscall.Errno{unix.ECONNREFUSED, 0, unix.ECONNREFUSED}, nil, 0},
		{"not there, twice", []syscall.Errno{unix.ECONNREFUSED, unix.ECONNREFUSED}, map[int]bool{0: true}, 0},
		{"no route in the middle", []syscall.Errno{0, unix.ENETUNREACH}, map[int]bool{1: true}, 0},
		{"partly", []syscall.Errno{0, 0, 0}, nil, 0},
		{"full for a moment", []syscall.Errno{0, unix.EAGAIN}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := open(t, netip.AddrPortFrom(local4, 0), fastest)
			m := conn.io.(*mmsg)
			u := dial(t, local4)
			answers, write := c.answers, m.writeFn
			m.writeFn = func(fd uintptr) bool {
				if len(answers) == 0 {
					return write(fd)
				}
				why := answers[0]
				answers = answers[1:]
				if why != 0 {
					m.n, m.errno = -1, why
					return true
				}
				all := m.messages
				m.messages = m.sent + 1
				defer func() { m.messages = all }()
				return write(fd)
			}
			fill(conn, sizes, u.LocalAddr().(*net.UDPAddr).AddrPort())
			conn.Flush()
			came(t, u, sizes, c.lost)
			if n := conn.Counts(); n.Failed != uint64(len(c.lost)) || n.Out != uint64(len(sizes)-len(c.lost)) || n.Stalled != 0 {
				t.Errorf("%+v", n)
			}
		})
	}
	t.Run("full for long", func(t *testing.T) {
		conn := open(t, netip.AddrPortFrom(local4, 0), fastest)
		m := conn.io.(*mmsg)
		u := dial(t, local4)
		write := m.writeFn
		full := func(uintptr) bool { m.n, m.errno = -1, unix.EAGAIN; return true }
		m.writeFn = full
		wait := m.roomFn
		m.roomFn = func(uintptr) bool { return false }
		fill(conn, sizes, u.LocalAddr().(*net.UDPAddr).AddrPort())
		conn.Flush()
		if n := conn.Counts(); n.Stalled != uint64(len(sizes)) || n.Out != 0 {
			t.Errorf("%+v", n)
		}
		m.writeFn, m.roomFn = write, wait
		fill(conn, sizes, u.LocalAddr().(*net.UDPAddr).AddrPort())
		conn.Flush()
		came(t, u, sizes, nil)
	})
}

// TestQueue: what waits is told.
func TestQueue(t *testing.T) {
	c := open(t, netip.AddrPortFrom(local4, 0), fastest)
	u := dial(t, local4)
	if q := c.Queue(); q.Waiting != 0 || q.Room < 100_000 || q.Dropped != 0 {
		t.Errorf("%+v", q)
	}
	for range 10 {
		write(t, u, make([]byte, 1000), c.Addr())
	}
	if q := c.Queue(); q.Waiting < 10_000 {
		t.Errorf("%+v", q)
	}
}
