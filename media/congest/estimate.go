package congest

import (
	"math"
	"time"
)

const (
	sentKept = 2048 // packets remembered, a power of two: three seconds of 600 packets/s

	leastBits = 30_000      // sound alone takes about this much
	mostBits  = 100_000_000 // more is of no use here

	startBits = 300_000 // what browsers begin with
	headroom  = 250_000 // beyond 1.5 times what arrives

	backOff       = 0.85 // of what arrives, when the delay grows
	growBegin     = 1.0  // per second: the double, until something was wrong
	growSoon      = 0.08 // per second
	growLater     = 0.30
	soon          = 3 * time.Second // after the last trouble
	later         = 5 * time.Second
	responseExtra = 100 * time.Millisecond

	lossFine  = 0.05
	lossMuch  = 0.10
	lossFloor = 150_000 // loss alone does not take the picture away, unless it is extreme
	lossWorst = 0.30
	lossEvery = 400 * time.Millisecond
	lossLeast = 25 // packets a fraction is taken of

	silenceAt = 2 * time.Second // without feedback while we send
)

// Estimate is how much the way to one browser carries, found from what it says of
// the packets it got. Everything sent on the way counts: sound, picture, packets
// sent again.
type Estimate struct {
	on    bool
	epoch time.Time
	sent  []sent
	out   rate // what was sent
	in    rate // what arrived, by the receiver's clock

	refOn  bool
	refLow uint32 // last reference time as it came
	ref    int64  // unwrapped, in ticks

	trend trend
	rtt   time.Duration // from sending to feedback, least seen lately: a little more than the round trip
	rttAt time.Time

	bits     float64 // 0: not known yet
	limited  bool
	trouble  time.Time // last sign of a full way; zero: never
	lowered  time.Time
	grown    time.Time
	capacity capacity

	losses struct {
		since      time.Time
		lost, seen int
		fraction   float64 // of the last interval
		smooth     float64
	}
	heard time.Time // last feedback
	quiet time.Time // last lowering for want of feedback
}

// sent is one packet on its way: size 0 is none, or one that has arrived.
type sent struct {
	at   uint32 // microseconds after the epoch, wraps
	seq  uint16
	size uint16 // bytes, at most 0x7fff
}

// missing marks a size of a packet that was reported lost; it may still come.
const missing = 0x8000

// Sent notes one packet with its transport-wide sequence number and its size in bytes.
func (e *Estimate) Sent(seq uint16, size int, at time.Time) {
	if !e.on {
		e.on, e.epoch, e.sent, e.heard = true, at, make([]sent, sentKept), at
	}
	e.sent[seq%sentKept] = sent{e.micros(at), seq, uint16(min(max(size, 1), missing-1))}
	e.out.add(size, at.Sub(e.epoch))
	if e.bits > 0 && at.Sub(e.heard) > silenceAt && at.Sub(e.quiet) > time.Second {
		e.quiet, e.trouble = at, at
		e.set(e.bits * 0.7)
	}
}

// Feedback takes one transport-cc feedback packet, RTCP header included. After an
// error (ErrFeedback) nothing of it has counted.
func (e *Estimate) Feedback(p []byte, now time.Time) error {
	f, err := readFeedback(p)
	if err != nil || !e.on {
		return err
	}
	e.heard = now
	base := e.reference(f.reference)
	for {
		seq, came, at, ok := f.next()
		if !ok {
			break
		}
		s := &e.sent[seq%sentKept]
		if s.size == 0 || s.seq != seq {
			continue
		}
		ago := e.micros(now) - s.at
		if ago > uint32(10*time.Second/time.Microsecond) {
			continue // of the round before
		}
		if !came {
			if s.size&missing == 0 {
				s.size |= missing
				e.losses.lost++
				e.losses.seen++
			}
			continue
		}
		size := int(s.size &^ missing)
		if s.size&missing != 0 {
			e.losses.lost = max(e.losses.lost-1, 0)
		} else {
			e.losses.seen++
		}
		s.size = 0
		arrived := time.Duration(base+at) * tick
		e.in.add(size, arrived)
		e.roundTrip(time.Duration(ago)*time.Microsecond, now)
		e.trend.add(float64(now.Sub(e.epoch).Microseconds()-int64(ago))/1000, float64(arrived.Microseconds())/1000)
	}
	e.lose(now)
	e.judge(now)
	return nil
}

// reference unwraps the 24 bits of a reference time and gives ticks.
func (e *Estimate) reference(low uint32) int64 {
	if !e.refOn {
		e.refOn, e.ref = true, 1<<24 // any, with room to go back
	} else {
		d := int32((low-e.refLow)<<8) >> 8
		e.ref += int64(d)
	}
	e.refLow = low
	return e.ref * refTicks
}

// roundTrip keeps the least time from sending to feedback, and forgets it after 10 s.
func (e *Estimate) roundTrip(d time.Duration, now time.Time) {
	if e.rtt == 0 || d < e.rtt || now.Sub(e.rttAt) > 10*time.Second {
		e.rtt, e.rttAt = d, now
	}
}

// lose closes an interval of the loss when enough has been heard.
func (e *Estimate) lose(now time.Time) {
	l := &e.losses
	if l.since.IsZero() {
		l.since = now
	}
	if l.seen < lossLeast || now.Sub(l.since) < lossEvery {
		return
	}
	l.fraction = float64(l.lost) / float64(l.seen)
	l.smooth += (l.fraction - l.smooth) * 0.3
	l.lost, l.seen, l.since = 0, 0, now
	if l.fraction <= lossMuch {
		return
	}
	e.trouble = now
	if e.bits == 0 {
		return
	}
	least := float64(lossFloor)
	if l.fraction > lossWorst {
		least = leastBits
	}
	e.set(min(e.bits, max(e.bits*(1-0.5*l.fraction), least)))
}

// judge sets the estimate after one feedback packet.
func (e *Estimate) judge(now time.Time) {
	in, ok := e.in.bits()
	if !ok {
		return
	}
	out, _ := e.out.bits()
	dt := min(now.Sub(e.grown), time.Second).Seconds()
	e.grown = now
	if e.trend.usage == over {
		e.overused(in, out, now)
		return
	}
	if e.bits == 0 {
		e.set(max(startBits, 1.5*in))
		return
	}
	if e.trend.usage == under || e.losses.fraction > lossFine {
		return // a queue is being drained, or the way is full: stay
	}
	e.capacity.outgrown(in)
	top := 1.5*in + headroom
	e.limited = e.bits >= top
	if e.limited {
		return
	}
	grown := e.bits
	switch calm := now.Sub(e.trouble); {
	case e.trouble.IsZero():
		grown *= 1 + growBegin*dt
	case e.capacity.near(e.bits) && calm < later:
		grown += e.step() * dt
	case e.capacity.near(e.bits) || calm < soon:
		grown *= 1 + growSoon*dt
	default:
		grown *= 1 + growLater*dt
	}
	e.set(max(e.bits, min(grown, top)))
}

// step is how much to grow a second where the way was full: about a packet each
// response time.
func (e *Estimate) step() float64 {
	frame := e.bits / 30
	packet := frame / math.Ceil(frame/(8*1200))
	return max(4000, packet/(e.rtt+responseExtra).Seconds())
}

// overused lowers the estimate below what arrives, at most once a round trip.
func (e *Estimate) overused(in, out float64, now time.Time) {
	e.trouble = now
	wait := min(max(e.rtt, 10*time.Millisecond), 200*time.Millisecond)
	if now.Sub(e.lowered) < wait && in > e.bits/2 {
		return
	}
	e.lowered = now
	to := backOff * in
	if e.bits == 0 {
		e.set(max(to, leastBits))
		return
	}
	if out < 0.6*e.bits {
		// What arrives says little about the way when little is sent.
		to = max(to, backOff*e.bits)
	} else {
		e.capacity.found(in)
	}
	e.set(min(e.bits, to))
}

func (e *Estimate) set(bits float64) {
	e.bits = min(max(bits, leastBits), mostBits)
}

// Bits is the rate the way carries, in bit/s; 0: not known yet.
func (e *Estimate) Bits() int { return int(e.bits) }

// Limited says that the estimate is as high as what is sent can show: the way may
// carry more, and only sending more would tell.
func (e *Estimate) Limited() bool { return e.limited }

// Calm is how long nothing has been wrong with the way, since the first packet if nothing ever was.
func (e *Estimate) Calm(now time.Time) time.Duration {
	if !e.on {
		return 0
	}
	if e.trouble.IsZero() {
		return now.Sub(e.epoch)
	}
	return now.Sub(e.trouble)
}

// Loss is the smoothed fraction of packets lost, 0 to 1.
func (e *Estimate) Loss() float64 { return e.losses.smooth }

// micros wraps after 71 minutes; differences do not.
func (e *Estimate) micros(t time.Time) uint32 { return uint32(t.Sub(e.epoch).Microseconds()) }
