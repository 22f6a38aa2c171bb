package actors

import (
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// line is one attached connection: the socket's end of a conn actor.
type line struct {
	system  *System
	session nextup.SessionID
	who     nextup.Actor
	device  nextup.DeviceID
	pid     *actor.PID
	views   chan nextup.View
	once    sync.Once
}

func (l *line) person() nextup.PersonID { return nextup.PersonID(l.who.ID) }

// Views implements nextup.Line.
func (l *line) Views() <-chan nextup.View { return l.views }

// Report implements nextup.Line.
func (l *line) Report(r nextup.Report) {
	if pid := l.system.personal(l.session, l.who); pid != nil {
		l.system.root.Send(pid, &reported{l, r})
	}
}

// Close implements nextup.Line.
func (l *line) Close() {
	l.once.Do(func() {
		l.system.forget(l)
		if pid := l.system.personal(l.session, l.who); pid != nil {
			l.system.root.Send(pid, &detach{l})
		}
		l.system.root.Poison(l.pid)
	})
}

// conn keeps the latest view for one line and cuts it when the socket does not
// take a view for cutAfter. It is the only one that sends on or closes views.
type conn struct {
	line *line
	full time.Time // since when the socket has left a view lying; zero if it has not
	dead bool
}

func (c *conn) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *push:
		c.push(m.view)
	case *cut, *actor.Stopping:
		c.close()
	}
}

func (c *conn) push(v nextup.View) {
	if c.dead {
		return
	}
	select {
	case c.line.views <- v:
		c.full = time.Time{}
		return
	default:
	}
	select {
	case <-c.line.views: // the socket is late: the older view is worth nothing any more
	default:
	}
	if now := time.Now(); c.full.IsZero() {
		c.full = now
	} else if now.Sub(c.full) > cutAfter {
		go c.line.Close()
		return
	}
	c.line.views <- v
}

func (c *conn) close() {
	if !c.dead {
		c.dead = true
		close(c.line.views)
	}
}
