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

// Overload: when the port's queue in the kernel fills, the lane is behind. Then
// pictures are thrown away before they cost anything, of more and more legs while
// it lasts, so that sound comes through in time and as many pictures as possible stay.
type overload struct {
	step    int    // legs whose number is below it lose their pictures
	dropped uint64 // by the kernel, until now
	changed time.Time
}

const (
	shedUp   = 2 * tick        // between two steps up
	shedDown = 2 * time.Second // between two steps down
)

// look judges the port's queue once a tick.
func (o *overload) look(waiting, room int, dropped uint64, now time.Time) {
	behind := dropped != o.dropped || room > 0 && waiting > room/4
	o.dropped = dropped
	switch {
	case behind && now.Sub(o.changed) >= shedUp:
		o.step, o.changed = min(o.step+shedSteps/16, shedSteps), now
	case !behind && o.step > 0 && now.Sub(o.changed) >= shedDown:
		o.step, o.changed = o.step-1, now
	}
}

// shed says whether the leg's picture is thrown away for now.
func (g *leg) shed() bool { return g.number < g.lane.overload.step }
