package actors

import "nextup"

// commands remembers what became of command IDs, so that the same one twice has
// one effect and the same answer. Effects are in the stream; refusals are kept
// for a while only, since repeating one changes nothing either.
type commands struct {
	effects  map[nextup.CommandID][]nextup.Recorded
	refusals map[nextup.CommandID]error
	order    []nextup.CommandID // of refusals, oldest first
}

const refusalsKept = 512

type outcome struct {
	events []nextup.Recorded
	err    error
}

func remember(events []nextup.Recorded) commands {
	c := commands{effects: map[nextup.CommandID][]nextup.Recorded{}, refusals: map[nextup.CommandID]error{}}
	c.add(events)
	return c
}

func (c *commands) add(events []nextup.Recorded) {
	for _, r := range events {
		if r.Command != "" {
			c.effects[r.Command] = append(c.effects[r.Command], r)
		}
	}
}

func (c *commands) refused(id nextup.CommandID, err error) {
	if id == "" {
		return
	}
	c.refusals[id] = err
	c.order = append(c.order, id)
	if len(c.order) > refusalsKept {
		delete(c.refusals, c.order[0])
		c.order = c.order[1:]
	}
}

func (c *commands) find(id nextup.CommandID) (outcome, bool) {
	if id == "" {
		return outcome{}, false
	}
	if events, ok := c.effects[id]; ok {
		return outcome{events: events}, true
	}
	err, ok := c.refusals[id]
	return outcome{err: err}, ok
}
