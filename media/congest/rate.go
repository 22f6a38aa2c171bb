package congest

import "time"

const (
	rateStep  = 50 * time.Millisecond
	rateSteps = 10 // half a second
)

// rate is how much came by in the last half second.
type rate struct {
	on    bool
	step  int64 // number of the newest step
	first int64 // and of the first one ever, or after a long pause
	bytes [rateSteps]int
}

// add counts bytes at a time since any fixed point, which may go back a little.
func (r *rate) add(bytes int, at time.Duration) {
	step := int64(at / rateStep)
	if !r.on || step >= r.step+4*rateSteps || step < r.step-4*rateSteps {
		*r = rate{on: true, step: step, first: step}
	}
	for r.step < step {
		r.step++
		r.bytes[r.step%rateSteps] = 0
	}
	if step <= r.step-rateSteps {
		return
	}
	r.bytes[step%rateSteps] += bytes
}

// bits is the rate per second; ok is false while less than half of the window is known.
func (r *rate) bits() (bits float64, ok bool) {
	if !r.on || r.step-r.first < rateSteps/2 {
		return 0, false
	}
	// The newest step is not over; it counts as half.
	steps := min(r.step-r.first, rateSteps-1)
	sum := 0
	for _, b := range r.bytes {
		sum += b
	}
	return float64(sum) * 8 / ((float64(steps) + 0.5) * rateStep.Seconds()), true
}
