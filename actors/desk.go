package actors

import (
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
	said   map[*line]nextup.Report
	now    nextup.Snapshot
	known  bool // a snapshot has come
	dirty  bool // somebody's view is held back
	sent   time.Time
	timers [2]*time.Timer // fresh, held
	// of the person: the device that holds the place, and the state that makes a view urgent
	holder func(nextup.Session, nextup.PersonID) nextup.DeviceID
	moment func(nextup.Session, nextup.PersonID) any
	view   func(nextup.Snapshot, nextup.PersonID, nextup.DeviceID) nextup.View
}

func (d *desk) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		d.lines, d.seen, d.said = map[nextup.PersonID][]*line{}, map[nextup.PersonID]nextup.Seen{}, map[*line]nextup.Report{}
		c.Send(c.Parent(), &started{d.who})
		d.after(c, fresh, freshEvery, &renew{})
	case *actor.Stopping, *actor.Restarting:
		for _, t := range d.timers {
			if t != nil {
				t.Stop()
			}
		}
	case *published:
		d.published(c, m.now)
	case *attach:
		d.attach(c, m.line)
	case *detach:
		d.detach(c, m.line)
	case *reported:
		d.said[m.line] = m.report
		d.look(c, m.line.person())
	case *order:
		d.order(c, m)
	case *flush:
		d.flush(c)
	case *renew: // time alone changes views: waits shorten, people turn grey
		d.flush(c)
		d.after(c, fresh, freshEvery, &renew{})
	case *crash:
		panic("crash asked for")
	}
}

// order passes a command up, unless it comes from a device that has lost the place.
func (d *desk) order(c actor.Context, m *order) {
	id := nextup.PersonID(m.By.ID)
	switch m.Command.(type) {
	case nextup.CheckIn, nextup.Continue, nextup.Enter, nextup.Respond, nextup.Withdraw: // from any device
	default:
		if h := d.holder(d.now.State, id); m.Device != "" && h != "" && h != m.Device {
			respond(m.reply, answer{err: nextup.Refuse(nextup.CodeElsewhere)})
			return
		}
	}
	c.Send(c.Parent(), m)
}

func (d *desk) attach(c actor.Context, l *line) {
	id := l.person()
	if !slices.Contains(d.lines[id], l) {
		d.lines[id] = append(d.lines[id], l)
	}
	if d.known {
		d.look(c, id)
		d.push(id)
	}
}

func (d *desk) detach(c actor.Context, l *line) {
	id := l.person()
	d.lines[id] = slices.DeleteFunc(d.lines[id], func(o *line) bool { return o == l })
	delete(d.said, l)
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
			r := d.said[l]
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
	before, knew := d.now, d.known
	d.now, d.known = now, true
	for id := range d.lines {
		if !knew || d.holder(before.State, id) != d.holder(now.State, id) {
			d.look(c, id)
		}
		if !knew || d.moment(before.State, id) != d.moment(now.State, id) {
			d.push(id)
		}
	}
	if d.dirty {
		return
	}
	d.dirty = true
	if wait := viewEvery - time.Since(d.sent); wait > 0 {
		d.after(c, held, wait, &flush{})
	} else {
		d.flush(c)
	}
}

func (d *desk) flush(actor.Context) {
	d.dirty, d.sent = false, time.Now()
	for id := range d.lines {
		d.push(id)
	}
}

func (d *desk) push(id nextup.PersonID) {
	now := d.now
	now.Now = d.system.clock.Now()
	for _, l := range d.lines[id] {
		d.system.root.Send(l.pid, &push{d.view(now, id, l.device)})
	}
}

// The timers of a desk.
const (
	fresh = iota // views change with time
	held         // views that were held back
)

// after sends the actor a message later; it never touches the actor itself.
func (d *desk) after(c actor.Context, timer int, wait time.Duration, m any) {
	self := c.Self()
	d.timers[timer] = time.AfterFunc(wait, func() { d.system.root.Send(self, m) })
}
