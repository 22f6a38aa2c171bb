package actors

import "nextup"

// commands remembers what became of commands, so that the same one twice has
// one effect and the same answer. Effects are in the stream; answers without an
// effect are kept for a while only.
type commands struct {
	effects map[commandKey][]nextup.Recorded
	rest    map[commandKey]error // refusals; nil: it was so already
	order   []commandKey         // of rest, oldest first
}

// commandKey keeps people apart: nobody can use up another's ID.
type commandKey struct {
	by nextup.Actor
	id nextup.CommandID
}

const restKept = 512

type outcome struct {
	events []nextup.Recorded
	err    error
}

func newCommands() commands {
	return commands{effects: map[commandKey][]nextup.Recorded{}, rest: map[commandKey]error{}}
}

// folded takes over a whole stream; what had no effect is not in it and stays.
func (c *commands) folded(events []nextup.Recorded) {
	c.effects = map[commandKey][]nextup.Recorded{}
	c.add(events)
}

func (c *commands) add(events []nextup.Recorded) {
	for _, r := range events {
		if r.Command != "" {
			k := commandKey{r.By, r.Command}
			c.effects[k] = append(c.effects[k], r)
		}
	}
}

// without remembers a command that had no effect.
func (c *commands) without(o *order, err error) {
	k := commandKey{o.By, o.ID}
	if _, ok := c.rest[k]; ok || o.ID == "" {
		return
	}
	c.rest[k] = err
	c.order = append(c.order, k)
	if len(c.order) > restKept {
		delete(c.rest, c.order[0])
		c.order = c.order[1:]
	}
}

func (c *commands) find(o *order) (outcome, bool) {
	k := commandKey{o.By, o.ID}
	if o.ID == "" {
		return outcome{}, false
	}
	if events, ok := c.effects[k]; ok {
		return outcome{events: events}, true
	}
	err, ok := c.rest[k]
	return outcome{err: err}, ok
}
