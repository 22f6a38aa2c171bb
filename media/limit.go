package media

import "time"

// What one peer may send. Browsers send far less; what is more is thrown away
// before it costs anything: before it is decrypted, before pion sees it.
const (
	mediaRate  = 1 << 20 // bytes a second of media, about 8 Mbit/s
	mediaBurst = 512 << 10
	otherRate  = 400 // STUN and DTLS packets a second
	otherBurst = 400
)

// bucket lets so much through a second, and a burst at once.
type bucket struct {
	left int64 // of what is limited, times a second in nanoseconds
	last time.Time
}

// allow takes n if there is as much.
func (b *bucket) allow(n, rate, burst int, now time.Time) bool {
	const second = int64(time.Second)
	if b.last.IsZero() {
		b.left = int64(burst) * second
	} else if d := now.Sub(b.last); d > 0 {
		b.left = min(b.left+int64(min(d, time.Minute))*int64(rate), int64(burst)*second)
	}
	b.last = now
	if cost := int64(n) * second; cost <= b.left {
		b.left -= cost
		return true
	}
	return false
}

// shedSteps is in how many parts a lane's legs are divided for shedding.
const shedSteps = 64

// Overload: when the port's queue in the kernel stays full, the lane is behind.
// Then pictures are thrown away before they cost anything, of more and more legs
// while it lasts, so that sound comes through in time and as many pictures as
// possible stay; when it is over, they come back one after the other. A moment in
// which the machine did something else fills the queue too, but it is empty again
// at the next looks; that costs nobody his picture.
type overload struct {
	step    int    // legs whose number is below it lose their pictures
	dropped uint64 // by the kernel, until now
	changed time.Time
	pause   time.Duration // until the next step down
	// returned says that the last change gave a picture back: if that was too much,
	// the next one waits longer.
	returned bool

	began         time.Time // of the looks that are judged together
	looks, behind int
}

const (
	shedLook = 200 * time.Millisecond // looks are judged together over this time
	shedUp   = shedLook / 2           // at least between two steps up
	shedDown = shedLook               // at least between two steps down, at first
	shedMost = 4 * time.Second        // and at most, when what was given back was too much
)

// look looks at the port's queue; it is called once a tick.
func (o *overload) look(waiting, room int, dropped uint64, now time.Time) {
	if now.Sub(o.began) > 2*shedLook { // the first one for long
		o.began, o.looks, o.behind = now.Add(-shedLook), 0, 0
	}
	o.looks++
	if dropped != o.dropped || room > 0 && waiting > room/4 {
		o.behind++
	}
	o.dropped = dropped
	if now.Sub(o.began) < shedLook {
		return
	}
	often, never := 2*o.behind >= o.looks, o.behind == 0
	o.began, o.looks, o.behind = now, 0, 0
	switch {
	case often && now.Sub(o.changed) >= shedUp:
		if o.returned {
			o.pause = min(max(2*o.pause, 2*shedDown), shedMost)
		}
		o.step, o.changed, o.returned = min(o.step+shedSteps/16, shedSteps), now, false
	case never && o.step > 0 && now.Sub(o.changed) >= max(o.pause, shedDown):
		o.step, o.changed, o.returned = o.step-1, now, true
		o.pause = o.pause * 7 / 8 // each that went well makes the next one sooner
	case never && o.step == 0:
		o.pause = 0
	}
}

// shed says whether the leg's picture is thrown away for now.
func (g *leg) shed() bool { return g.number < g.lane.overload.step }
