package congest

import (
	"container/heap"
	"math/rand/v2"
	"testing"
	"time"
)

// link is a way through the network in virtual time: a bottleneck with a queue,
// then a delay that may vary, and loss. Nothing sleeps.
type link struct {
	rate   func(at time.Duration) float64 // bit/s
	queue  int                            // bytes the bottleneck holds
	delay  time.Duration                  // one way
	jitter func(r *rand.Rand, at time.Duration) time.Duration
	loss   float64
}

// run is a sender, the way, and a receiver that makes feedback as browsers do.
type run struct {
	t    *testing.T
	e    Estimate
	a    Arrivals
	link link
	rand *rand.Rand
	zero time.Time

	want func(at time.Duration, estimate float64) float64 // bit/s the source sends

	now     time.Duration
	seq     uint16
	free    time.Duration // when the bottleneck is idle
	lastIn  time.Duration
	events  events
	order   int
	sent    int
	dropped int
	queued  time.Duration // longest wait in the bottleneck since taken

	bits func(at time.Duration, bits int) // called every 100 ms; may be nil
}

type event struct {
	at    time.Duration
	order int
	do    func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].order < e[j].order
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any     { x := (*e)[len(*e)-1]; *e = (*e)[:len(*e)-1]; return x }

func (r *run) after(d time.Duration, do func()) {
	r.order++
	heap.Push(&r.events, event{r.now + max(d, 0), r.order, do})
}

func (r *run) clock() time.Time { return r.zero.Add(r.now) }

// packet sends one.
func (r *run) packet(size int) {
	seq := r.seq
	r.seq++
	r.sent++
	r.e.Sent(seq, size, r.clock())
	if r.rand.Float64() < r.link.loss {
		return
	}
	bits := r.link.rate(r.now)
	wait := max(r.free-r.now, 0)
	if wait.Seconds()*bits/8 > float64(r.link.queue) {
		r.dropped++
		return
	}
	r.queued = max(r.queued, wait)
	r.free = r.now + wait + time.Duration(float64(size)*8/bits*1e9)
	d := r.free - r.now + r.link.delay
	if r.link.jitter != nil {
		d += r.link.jitter(r.rand, r.now)
	}
	// A radio delays, but keeps the order.
	r.lastIn = max(r.lastIn, r.now+d)
	r.after(r.lastIn-r.now, func() { r.a.Add(seq, r.clock()) })
}

// until runs to the given time.
func (r *run) until(end time.Duration) {
	for r.events.Len() > 0 && r.events[0].at <= end {
		e := heap.Pop(&r.events).(event)
		r.now = e.at
		e.do()
	}
	r.now = end
}

// start makes a run: sound of 50 packets a second, a picture of 30 frames a
// second with a large one now and then, and feedback every 100 ms.
func start(t *testing.T, l link, want func(time.Duration, float64) float64) *run {
	if l.queue == 0 {
		l.queue = 40_000
	}
	r := &run{t: t, link: l, rand: rand.New(rand.NewPCG(1, 2)), zero: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), want: want}
	r.seq = 65_000 // wraps early
	told := 0.0    // what the source has been told: later than we know it
	var sound, picture, feedback func()
	sound = func() {
		r.packet(100)
		r.after(20*time.Millisecond, sound)
	}
	frames := 0
	picture = func() {
		bits := r.want(r.now, told) - 40_000 // the sound's part
		size := int(bits / 30 / 8)
		if frames++; frames%150 == 0 {
			size *= 3 // a key frame
		}
		i := 0
		for size > 0 {
			n := min(size, 1180)
			size -= n
			// Browsers space the packets of a frame a little.
			r.after(time.Duration(i)*1500*time.Microsecond, func() { r.packet(n + 20) })
			i++
		}
		r.after(time.Second/30, picture)
	}
	feedback = func() {
		for {
			p := r.a.Feedback(nil, 1, 2)
			if len(p) == 0 {
				break
			}
			r.after(r.link.delay, func() {
				if err := r.e.Feedback(p, r.clock()); err != nil {
					t.Errorf("own feedback: %v", err)
				}
				bits := float64(r.e.Bits())
				r.after(50*time.Millisecond, func() { told = bits })
			})
		}
		if r.bits != nil {
			r.bits(r.now, r.e.Bits())
		}
		r.after(100*time.Millisecond, feedback)
	}
	r.after(0, sound)
	r.after(0, picture)
	r.after(100*time.Millisecond, feedback)
	return r
}

// greedy is a source that sends as much as it is allowed, up to most.
func greedy(most float64) func(time.Duration, float64) float64 {
	return func(_ time.Duration, told float64) float64 {
		if told == 0 {
			told = startBits
		}
		return min(told, most)
	}
}

func always(bits float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return bits }
}
