package actors

import (
	"maps"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// desk is what the queue and an interviewer have in common: the lines of their
// people, the people's presence, and views sent down the lines.
type desk struct {
	system *System
	who    nextup.PersonID // whose desk; "" is the queue, for all candidates
	lines  map[nextup.PersonID][]*line
	seen   map[nextup.PersonID]nextup.Seen
	now    nextup.Snapshot
	known  bool // hello has come
	dirty  bool // somebody's view is held back
	sent   time.Time
	took   time.Duration     // the latest flush
	rest   []nextup.PersonID // whom the running flush has not reached
	timers [2]*time.Timer
	// of the person: the device that holds the place, whether a change is his own
	// and urgent, and his view
	holder func(nextup.Session, nextup.PersonID) nextup.DeviceID
	urgent func(before, now nextup.Session, id nextup.PersonID) bool
	lined  bool            // now holds the queue worked out
	shown  nextup.Snapshot // the latest that did
	view   func(nextup.Snapshot, nextup.PersonID, nextup.DeviceID) nextup.View
}

func (d *desk) Receive(c actor.Context) {
	defer d.system.witness("desk", string(d.who))
	switch m := c.Message().(type) {
	case *actor.Started:
		d.lines, d.seen = map[nextup.PersonID][]*line{}, map[nextup.PersonID]nextup.Seen{}
		c.Send(c.Parent(), &started{d.who, c.Self()})
		d.after(c, fresh, freshEvery, &renew{})
	case *actor.Stopping, *actor.Restarting:
		for _, t := range d.timers {
			if t != nil {
				t.Stop()
			}
		}
	case *hello:
		d.hello(c, m)
	case *published:
		if d.known {
			d.published(c, m.now)
		}
	case *attach:
		d.attach(c, m.line)
	case *detach:
		d.detach(c, m.line)
	case *reported:
		d.look(c, m.line.person())
	case *order:
		c.Send(c.Parent(), m)
	case *flush:
		if d.dirty {
			d.hold(c)
		}
	case *onward:
		d.onward(c)
	case *renew: // time alone changes views: waits shorten, people turn grey
		d.flush(c)
		d.after(c, fresh, freshEvery, &renew{})
	case *crash:
		panic("crash asked for")
	}
}

// hello begins with what the session knows, so that a desk that was killed
// neither resets anybody's presence nor misses who left meanwhile.
func (d *desk) hello(c actor.Context, m *hello) {
	d.now, d.known = m.now, true
	for id, seen := range m.now.Presence {
		_, candidate := m.now.State.Candidates[nextup.CandidateID(id)]
		if id == d.who || (d.who == "" && candidate) {
			d.seen[id] = seen
		}
	}
	for _, l := range m.lines {
		d.add(l)
	}
	for id := range d.lines {
		d.look(c, id)
	}
	for id := range d.seen {
		d.look(c, id)
	}
	d.flush(c)
}

func (d *desk) add(l *line) {
	id := l.person()
	if !l.closed.Load() && !slices.Contains(d.lines[id], l) {
		d.lines[id] = append(d.lines[id], l)
	}
}

func (d *desk) attach(c actor.Context, l *line) {
	d.add(l)
	if d.known {
		d.look(c, l.person())
		d.push(l.person())
	}
}

func (d *desk) detach(c actor.Context, l *line) {
	id := l.person()
	d.lines[id] = slices.DeleteFunc(d.lines[id], func(o *line) bool { return o == l })
	if len(d.lines[id]) == 0 {
		delete(d.lines, id)
	}
	d.look(c, id)
}

// look works out a person's presence and tells the session what is new. Only
// the device that holds the place counts.
func (d *desk) look(c actor.Context, id nextup.PersonID) {
	if !d.known {
		return
	}
	holder, was := d.holder(d.now.State, id), d.seen[id]
	is := nextup.Seen{Since: was.Since, Devices: was.Devices}
	for _, l := range d.lines[id] {
		if holder == "" || l.device == holder {
			r := l.report()
			is.Connected, is.Visible, is.Checked = true, is.Visible || r.Visible, is.Checked || r.Checked
			if r.Devices != (nextup.Devices{}) {
				is.Devices = r.Devices
			}
		}
	}
	if is.Connected != was.Connected {
		is.Since = d.system.clock.Now()
	}
	if is != was {
		d.seen[id] = is
		c.Send(c.Parent(), &present{id, is})
	}
}

// published takes a newer snapshot. Whose own moment changed sees it at once;
// the others (a place moved up) at most every viewEvery.
func (d *desk) published(c actor.Context, now nextup.Snapshot) {
	before := d.now.State
	d.now, d.lined = now, false
	for id := range d.lines {
		if d.holder(before, id) != d.holder(now.State, id) {
			d.look(c, id)
		}
		if d.urgent(before, now.State, id) {
			d.push(id)
		}
	}
	if !d.dirty {
		d.dirty = true
		d.hold(c)
	}
}

// hold sends the views now if it may, else later. A large lobby's views take a
// while; three quarters of the time stay free for others.
func (d *desk) hold(c actor.Context) {
	if len(d.rest) > 0 {
		return // the flush that runs holds again at its end
	}
	if wait := max(viewEvery, 4*d.took) - time.Since(d.sent); wait > 0 {
		d.after(c, held, wait, &flush{})
		return
	}
	d.flush(c)
}

// flush sends everybody's view, unless that is being done.
func (d *desk) flush(c actor.Context) {
	if !d.known || len(d.rest) > 0 {
		return
	}
	d.dirty, d.sent, d.lined = false, time.Now(), false
	d.rest = slices.AppendSeq(d.rest[:0], maps.Keys(d.lines))
	d.onward(c)
}

// onward sends views for a moment, then lets commands pass that have come
// meanwhile: an acknowledgement must not wait for a whole lobby's views.
func (d *desk) onward(c actor.Context) {
	begun := time.Now()
	for len(d.rest) > 0 {
		d.push(d.rest[len(d.rest)-1])
		d.rest = d.rest[:len(d.rest)-1]
		if len(d.rest) > 0 && time.Since(begun) > sliceTime {
			c.Send(c.Self(), &onward{})
			return
		}
	}
	d.took = time.Since(d.sent)
	if d.dirty {
		d.hold(c)
	}
}

func (d *desk) push(id nextup.PersonID) {
	if !d.lined && d.who == "" { // once for everybody whose view comes from this snapshot
		d.now.Now = d.system.clock.Now()
		d.now, d.lined = d.now.LineUp(d.shown), true
		d.shown = d.now
	}
	now := d.now
	now.Now = d.system.clock.Now()
	for _, l := range d.lines[id] {
		d.system.root.Send(l.pid, &push{d.view(now, id, l.device), now.State.Version})
	}
}

// The timers of a desk.
const (
	fresh = iota // views change with time
	held         // views that were held back
)

// after sends the actor a message later, instead of an earlier one of the same
// timer; it never touches the actor itself.
func (d *desk) after(c actor.Context, timer int, wait time.Duration, m any) {
	if t := d.timers[timer]; t != nil {
		t.Stop()
	}
	self := c.Self()
	d.timers[timer] = time.AfterFunc(wait, func() { d.system.root.Send(self, m) })
}
