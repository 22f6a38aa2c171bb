package actors

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// line is one attached connection: the socket's end of a conn actor. What its
// browser last said lies here, so that it outlives every actor.
type line struct {
	system  *System
	session nextup.SessionID
	who     nextup.Actor
	device  nextup.DeviceID
	pid     *actor.PID
	views   chan nextup.View
	said    atomic.Pointer[nextup.Report]
	closed  atomic.Bool // no desk takes it any more
	once    sync.Once
}

func (l *line) person() nextup.PersonID { return nextup.PersonID(l.who.ID) }

// report is what the browser last said of itself.
func (l *line) report() nextup.Report {
	if r := l.said.Load(); r != nil {
		return *r
	}
	return nextup.Report{}
}

// Views implements nextup.Line.
func (l *line) Views() <-chan nextup.View { return l.views }

// Report implements nextup.Line.
func (l *line) Report(r nextup.Report) {
	l.said.Store(&r)
	if pid := l.system.personal(l.session, l.who); pid != nil {
		l.system.root.Send(pid, &reported{l})
	}
}

// Close implements nextup.Line.
func (l *line) Close() {
	l.once.Do(func() {
		// Closed comes first: a desk that has not taken the line yet never will, and
		// one that has is told below.
		l.closed.Store(true)
		l.system.forget(l)
		if pid := l.system.personal(l.session, l.who); pid != nil {
			l.system.root.Send(pid, &detach{l})
		}
		l.system.root.Poison(l.pid)
	})
}

// conn keeps the latest view for one line and cuts it when the socket does not
// take a view for cutAfter; that is found at the next push. It is the only one
// that sends on or closes views.
type conn struct {
	line    *line
	since   time.Time // the view that lies there, or one it replaced, has lain since
	version int       // of the latest view
}

func (c *conn) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *push:
		c.push(m)
	case *actor.Stopped:
		close(c.line.views)
		c.line.system.running.Done()
	}
}

func (c *conn) push(m *push) {
	if m.version < c.version {
		return // from a desk that is about to stop
	}
	c.version = m.version
	select {
	case c.line.views <- m.view:
		c.since = time.Now()
		return
	default:
	}
	if time.Since(c.since) >= cutAfter {
		go c.line.Close()
		return
	}
	select {
	case <-c.line.views: // the socket is late: the older view is worth nothing any more
	default:
		c.since = time.Now() // it took it just now
	}
	c.line.views <- m.view
}
