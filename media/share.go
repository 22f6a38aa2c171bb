package media

import "time"

// layersAtMost is how many encodings of one picture a browser may send (simulcast).
const layersAtMost = 3

// Bounds of what a way down is asked to carry, in bit/s.
const (
	soundBits    = 50_000  // one sound with everything around it
	pictureUntil = 100_000 // with less there is only sound
	pictureFrom  = 160_000 // and from here on pictures again
)

// More than now is sent only if it would fit into this share of the estimate for
// so long; the rest is for peaks and what is sent again. Less is sent at once.
const (
	fitting    = 0.9
	moreAfter  = 5 * time.Second
	firstAfter = 1500 * time.Millisecond // the first time
)

// An estimate that only more can raise is exceeded by so much, once nothing has
// been wrong for so long.
const (
	curious      = 1.6
	curiousAfter = 8 * time.Second
)

// A rise that does not last makes the next one wait twice as long. For a while
// after one the estimate may lag behind, as long as nothing is wrong.
const (
	settles     = 10 * time.Second
	lasts       = 30 * time.Second
	wearyAtMost = 2 * time.Minute
)

// wish is one picture that a browser is to be shown: the rates of its layers in
// bit/s, the best one first. 0 is a layer that does not come.
type wish [layersAtMost]float64

// paused is the choice of no layer at all.
const paused = -1

// least is the layer that takes least, or paused if none comes.
func (w wish) least() int {
	for i := layersAtMost - 1; i >= 0; i-- {
		if w[i] > 0 {
			return i
		}
	}
	return paused
}

// better is the next better layer that comes, or paused.
func (w wish) better(than int) int {
	for i := than - 1; i >= 0; i-- {
		if w[i] > 0 {
			return i
		}
	}
	return paused
}

// share divides bits among pictures: first the smallest layer for as many as it is
// enough for, one at least, then better ones in turn. A picture of which there is
// only one layer is always sent: its source is told to send less.
func share(bits float64, wishes []wish, picks []int) {
	fair := bits / float64(max(len(wishes), 1))
	sent := false
	for i, w := range wishes {
		picks[i] = w.least()
		if picks[i] == paused {
			continue
		}
		need := w[picks[i]]
		if w.better(picks[i]) == paused {
			need = min(need, fair)
		}
		if sent && need > bits {
			picks[i] = paused
			continue
		}
		sent = true
		bits -= need
	}
	for more := true; more; {
		more = false
		for i, w := range wishes {
			if picks[i] == paused {
				continue
			}
			to := w.better(picks[i])
			if to == paused || w[to]-w[picks[i]] > bits {
				continue
			}
			bits -= w[to] - w[picks[i]]
			picks[i] = to
			more = true
		}
	}
}

// downlink is what is known of the way to one browser.
type downlink struct {
	bits    float64       // estimate; 0: not known
	limited bool          // only sending more can raise it
	calm    time.Duration // since something was wrong
	sounds  int           // sent on it
}

// chooser decides over time which layers one browser is sent. It knows no packets.
type chooser struct {
	on      [Slots]bool
	picks   [Slots]int
	starved bool
	more    time.Time     // since when more would fit; zero: it does not
	rose    time.Time     // when more was last taken
	came    time.Time     // when a picture was last added
	weary   time.Duration // how much longer to wait for the next rise
}

// choose gives the layer of each slot that has a picture to be shown.
func (c *chooser) choose(d downlink, wishes *[Slots]wish, has [Slots]bool, now time.Time) [Slots]int {
	if d.bits == 0 { // nothing is known: begin small
		for i := range has {
			c.picks[i] = wishes[i].least()
		}
		c.on, c.came = has, now
		return c.picks
	}
	fresh := false
	if c.starved = d.bits < pictureUntil || c.starved && d.bits < pictureFrom; c.starved {
		c.on, c.more = has, time.Time{}
		c.picks = [Slots]int{paused, paused, paused, paused}
		return c.picks
	}
	sounds := float64(d.sounds) * soundBits
	must := divide(d.bits-sounds, wishes, has)
	var used, had float64
	for i := range has {
		if !has[i] {
			continue
		}
		p := c.picks[i]
		if !c.on[i] || p != paused && wishes[i][p] == 0 {
			p = must[i] // new, or its layer has stopped
			fresh = fresh || !c.on[i]
		}
		c.picks[i] = p
		if p != paused {
			used += wishes[i][p]
		}
		if must[i] != paused {
			had += wishes[i][must[i]]
		}
	}
	c.on = has
	if fresh {
		c.came = now
	}
	if lately := now.Sub(c.came); lately < settles && d.calm >= lately {
		for i := range must { // the estimate does not know of the new picture yet
			if has[i] && must[i] == paused && c.picks[i] != paused {
				must[i] = wishes[i].least()
				had += wishes[i][must[i]]
			}
		}
	}
	since := now.Sub(c.rose)
	if settling := since < settles && d.calm >= since; used > had && !settling {
		c.picks, c.more = must, time.Time{}
		if since < lasts {
			c.weary = min(max(2*c.weary, moreAfter), wearyAtMost)
		}
		return c.picks
	}
	if since >= lasts && d.calm >= lasts {
		c.weary = 0
	}
	budget := d.bits*fitting - sounds
	if d.limited && d.calm >= curiousAfter+c.weary {
		budget = d.bits*curious - sounds
	}
	may := divide(budget, wishes, has)
	var would float64
	for i := range has {
		if has[i] && may[i] != paused {
			would += wishes[i][may[i]]
		}
	}
	wait := moreAfter + c.weary
	if c.rose.IsZero() {
		wait = firstAfter
	}
	switch {
	case would <= used:
		c.more = time.Time{}
	case c.more.IsZero():
		c.more = now
	case now.Sub(c.more) >= wait:
		c.picks, c.rose, c.more = may, now, time.Time{}
	}
	return c.picks
}

// divide is share for the slots that have a picture; the others are paused.
func divide(bits float64, wishes *[Slots]wish, has [Slots]bool) (picks [Slots]int) {
	var (
		list [Slots]wish
		got  [Slots]int
		n    int
	)
	for i := range has {
		picks[i] = paused
		if has[i] {
			list[n] = wishes[i]
			n++
		}
	}
	share(bits, list[:n], got[:n])
	n = 0
	for i := range has {
		if has[i] {
			picks[i] = got[n]
			n++
		}
	}
	return picks
}
