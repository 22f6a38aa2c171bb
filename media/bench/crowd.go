//go:build linux

package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"

	"nextup/media/batch"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// address is a peer's own. All of 127.0.0.0/8 is this machine, so one socket can
// be many peers, told apart by where a packet was sent to.
func address(peer int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 1, byte(peer / 250), byte(1 + peer%250)})
}

func peerAt(a netip.Addr) int {
	b := a.As4()
	return int(b[2])*250 + int(b[3]) - 1
}

// Crowd says what the other process is to do.
type Crowd struct {
	Peers int
	// Signal is where offers are posted: the peer's number is appended. Without
	// it there is no handshake, the keys are the floor's.
	Signal string
	// At is where packets go without a handshake. Without it, straight to the
	// other peer of the room.
	At        netip.AddrPort
	Processor int // to run on, below 0 any
}

// Stats are counts since the last mark, over all peers. Pairs are sound and picture.
type Stats struct {
	Port      uint16 // where the crowd's socket is
	Error     string
	Sent      [2]uint64 // packets made, the withheld ones included
	Came      [2]uint64 // different packets that arrived, also those that came again
	Packets   uint64    // all media packets that arrived
	Withheld  uint64    // of Sent, kept back until asked for
	Again     uint64    // sent again because the server asked
	Ignored   uint64    // arrived, but taken for lost
	Repaired  uint64    // came again because we asked
	Reports   uint64    // RTCP packets from the server
	Feedbacks uint64    // of them transport-cc
	KeyAsks   uint64
	Bad       uint64 // not ours: decryption failed
	Behind    time.Duration
	CPU       time.Duration // of the crowd's process
	Delay     [2]Delay

	delays [2][]uint32 // microseconds
}

// Delay is from sending to receiving, in the same process.
type Delay struct{ P50, P99, Max time.Duration }

func (s *Stats) came(k int, nanoseconds int64) {
	s.Came[k]++
	s.delays[k] = append(s.delays[k], uint32(min(max(nanoseconds/1000, 0), 1<<31)))
}

func quantiles(us []uint32) Delay {
	if len(us) == 0 {
		return Delay{}
	}
	slices.Sort(us)
	at := func(q float64) time.Duration {
		return time.Duration(us[min(int(q*float64(len(us))), len(us)-1)]) * time.Microsecond
	}
	return Delay{at(0.5), at(0.99), at(1)}
}

// crowd is all peers: one socket, one loop.
type crowd struct {
	Crowd
	signal  string
	repairs bool // there is a server that repairs losses
	conn    *batch.Conn
	ones    []*one
	plan    []act
	head    rtp.Header
	stats   Stats
	ice     *ice

	mu   sync.Mutex
	todo []func()
}

// act is something a peer does in every turn of the plan.
type act struct {
	at time.Duration
	do func(o *one, turn int, now time.Time)
	o  *one
}

// turn is how long the plan is.
const turn = 200 * time.Millisecond

// RunCrowd is the other process: it takes a Crowd as JSON, then words, one a
// line, and answers each with Stats as JSON: connect, send, mark, read. It ends
// with its input.
func RunCrowd(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return errors.New("bench: no instructions")
	}
	c := &crowd{}
	if err := json.Unmarshal(lines.Bytes(), &c.Crowd); err != nil {
		return err
	}
	c.signal, c.repairs = c.Signal, c.Signal != ""
	if err := Pin(c.Processor); err != nil {
		return err
	}
	var err error
	if c.conn, err = batch.Listen(netip.AddrPortFrom(netip.IPv4Unspecified(), 0)); err != nil {
		return err
	}
	for i := range c.Peers {
		c.ones = append(c.ones, newOne(c, i))
	}
	c.makePlan()
	done := make(chan error, 1)
	go func() { done <- c.run() }()
	answer := json.NewEncoder(out)
	for lines.Scan() {
		var s Stats
		switch word := lines.Text(); word {
		case "connect":
			if err := c.connect(); err != nil {
				s.Error = err.Error()
			}
		case "send":
			c.do(c.start)
		case "mark":
			c.do(func() {
				c.stats = Stats{delays: [2][]uint32{c.stats.delays[0][:0], c.stats.delays[1][:0]}, CPU: used()}
			})
		case "read":
			c.do(func() { s = c.stats; s.delays = [2][]uint32{slices.Clone(s.delays[0]), slices.Clone(s.delays[1])} })
			s.CPU = used() - s.CPU
			for k := range s.Delay {
				s.Delay[k] = quantiles(s.delays[k])
			}
		default:
			s.Error = fmt.Sprintf("bench: what is %q?", word)
		}
		s.Port = c.conn.Addr().Port()
		if err := answer.Encode(s); err != nil {
			return err
		}
	}
	_ = c.conn.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		return err
	}
	return lines.Err()
}

// do runs f in the loop and returns when it has run.
func (c *crowd) do(f func()) {
	done := make(chan struct{})
	c.mu.Lock()
	c.todo = append(c.todo, func() { f(); close(done) })
	c.mu.Unlock()
	c.conn.Wake()
	<-done
}

// makePlan spreads what peers do evenly over a turn, the two of a room apart.
func (c *crowd) makePlan() {
	add := func(o *one, every time.Duration, do func(o *one, turn int, now time.Time)) {
		for at := every * time.Duration(o.id) / time.Duration(len(c.ones)); at < turn; at += every {
			c.plan = append(c.plan, act{at, do, o})
		}
	}
	for _, o := range c.ones {
		add(o, framesEvery, func(o *one, _ int, now time.Time) { o.picture(now) })
		add(o, soundsEvery, func(o *one, _ int, now time.Time) { o.sound(now) })
		add(o, twccEvery, func(o *one, _ int, _ time.Time) { o.feedback() })
		add(o, turn, func(o *one, n int, now time.Time) {
			if n%int(reportEvery/turn) == o.id%int(reportEvery/turn) {
				o.report(now)
			}
		})
	}
	slices.SortStableFunc(c.plan, func(a, b act) int { return int(a.at - b.at) })
}

// start lets the peers send.
func (c *crowd) start() {
	for _, o := range c.ones {
		if c.signal == "" {
			var err error
			if o.dec, o.enc, err = fixedKeys(o.id, true); err != nil {
				c.stats.Error = err.Error()
				return
			}
			if o.to = c.At; !o.to.IsValid() {
				o.to = netip.AddrPortFrom(address(o.id^1), c.conn.Addr().Port())
				_, o.enc, _ = fixedKeys(o.id, true)
				if o.dec, _, err = fixedKeys(o.id^1, false); err != nil {
					c.stats.Error = err.Error()
				}
			}
		}
		o.ready = true
	}
}

// run is the loop. Sending and receiving take turns, so that neither starves.
func (c *crowd) run() error {
	var began time.Time
	next, cycle := 0, 0
	var now time.Time
	before := func() {
		now = time.Now()
		c.mu.Lock()
		todo := c.todo
		c.todo = nil
		c.mu.Unlock()
		for _, f := range todo {
			f()
		}
	}
	received := func(b []byte, from netip.AddrPort, local netip.Addr) {
		if !local.Is4() {
			return
		}
		i := peerAt(local)
		if i < 0 || i >= len(c.ones) {
			return
		}
		if first := b[0]; first < 128 || first > 191 {
			if c.ice != nil {
				c.ice.take(i, b, from)
			}
			return
		}
		c.ones[i].media(b, now)
	}
	due := func() time.Time { return began.Add(time.Duration(cycle)*turn + c.plan[next].at) }
	for {
		if !began.IsZero() {
			c.conn.Until(due())
		}
		if err := c.conn.Recv(before, received); err != nil {
			return err
		}
		now = time.Now()
		if began.IsZero() && c.ones[0].ready {
			began = now
		}
		for n := 0; n < 64 && !began.IsZero() && !now.Before(due()); n++ {
			if late := now.Sub(due()); late > c.stats.Behind {
				c.stats.Behind = late
			}
			a := &c.plan[next]
			a.do(a.o, cycle, now)
			if next++; next == len(c.plan) {
				next, cycle = 0, cycle+1
			}
		}
		c.conn.Flush()
	}
}
