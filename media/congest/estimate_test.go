package congest

import (
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

// wifi is a radio: mostly quick, sometimes it holds everything for a moment.
func wifi(r *rand.Rand, _ time.Duration) time.Duration {
	d := time.Duration(r.ExpFloat64() * float64(4*ms))
	if r.Float64() < 0.01 {
		d += time.Duration(r.Float64() * float64(40*ms))
	}
	return min(d, 80*ms)
}

// TestEstimate lets sources that follow the estimate run over ways of all kinds and
// holds where it ends, and that the way's queue stays short.
func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		name     string
		link     link
		most     float64 // what the source would send at best
		settle   time.Duration
		from, to float64       // bounds of the mean after it has settled
		queue    time.Duration // longest wait in the bottleneck after that
	}{
		{"wide", link{rate: always(20e6), delay: 20 * ms}, 1.5e6, 10 * time.Second, 1.5e6, 3e6, 20 * ms},
		{"300 kbit/s", link{rate: always(300e3), delay: 20 * ms}, 1.5e6, 10 * time.Second, 230e3, 310e3, 350 * ms},
		{"300 kbit/s, 100 ms round trip", link{rate: always(300e3), delay: 50 * ms}, 1.5e6, 10 * time.Second, 230e3, 310e3, 350 * ms},
		{"1 Mbit/s, 100 ms round trip", link{rate: always(1e6), delay: 50 * ms}, 2.5e6, 15 * time.Second, 700e3, 1.05e6, 300 * ms},
		{"2.5 % loss", link{rate: always(20e6), delay: 20 * ms, loss: 0.025}, 1.5e6, 15 * time.Second, 1.3e6, 3e6, 20 * ms},
		{"2.5 % loss and 500 kbit/s", link{rate: always(500e3), delay: 20 * ms, loss: 0.025}, 1.5e6, 15 * time.Second, 330e3, 520e3, 300 * ms},
		{"Wi-Fi", link{rate: always(20e6), delay: 10 * ms, jitter: wifi}, 1.5e6, 20 * time.Second, 900e3, 3e6, 20 * ms},
		{"Wi-Fi and 800 kbit/s", link{rate: always(800e3), delay: 10 * ms, jitter: wifi}, 1.5e6, 20 * time.Second, 480e3, 850e3, 400 * ms},
		{"no queue to speak of", link{rate: always(400e3), queue: 4000, delay: 20 * ms}, 1.5e6, 15 * time.Second, 260e3, 480e3, 100 * ms},
		{"100 kbit/s", link{rate: always(100e3), queue: 20_000, delay: 20 * ms}, 1.5e6, 15 * time.Second, 60e3, 110e3, 800 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, c.link, greedy(c.most))
			r.until(c.settle)
			r.queued = 0
			sum, n, least, most := 0.0, 0, 1e9, 0.0
			r.bits = func(_ time.Duration, bits int) {
				sum += float64(bits)
				n++
				least, most = min(least, float64(bits)), max(most, float64(bits))
			}
			sent, dropped := r.sent, r.dropped
			r.until(c.settle + 60*time.Second)
			mean := sum / float64(n)
			t.Logf("mean %.0f (%.0f to %.0f), queue %v, dropped %.1f %%, loss %.3f", mean, least, most, r.queued,
				100*float64(r.dropped-dropped)/float64(r.sent-sent), r.e.Loss())
			if mean < c.from || mean > c.to {
				t.Errorf("estimate is %.0f bit/s on average, want %.0f to %.0f", mean, c.from, c.to)
			}
			if r.queued > c.queue {
				t.Errorf("packets waited %v, want at most %v", r.queued, c.queue)
			}
		})
	}
}

// TestEstimateChanges holds how fast the estimate follows a way that changes.
func TestEstimateChanges(t *testing.T) {
	change := func(at time.Duration) float64 {
		switch {
		case at < 20*time.Second:
			return 1.5e6
		case at < 40*time.Second:
			return 300e3
		}
		return 1.5e6
	}
	for _, delay := range []time.Duration{10 * ms, 50 * ms} {
		t.Run(delay.String(), func(t *testing.T) {
			r := start(t, link{rate: change, queue: 60_000, delay: delay}, greedy(1.2e6))
			var down, up time.Duration
			r.bits = func(at time.Duration, bits int) {
				if at > 20*time.Second && down == 0 && bits < 310e3 {
					down = at - 20*time.Second
				}
				if at > 40*time.Second && up == 0 && bits > 900e3 {
					up = at - 40*time.Second
				}
			}
			r.until(20 * time.Second)
			if r.e.Bits() < 900e3 {
				t.Errorf("before: %d bit/s", r.e.Bits())
			}
			r.until(60 * time.Second)
			t.Logf("down after %v, up after %v", down, up)
			if down == 0 || down > 3*time.Second {
				t.Errorf("took %v to notice a narrow way", down)
			}
			if up == 0 || up > 12*time.Second {
				t.Errorf("took %v to notice that the way is wide again", up)
			}
		})
	}
}

// TestEstimateLittleSent: a source that sends little neither inflates the
// estimate nor lets it shrink.
func TestEstimateLittleSent(t *testing.T) {
	const little = 150e3
	r := start(t, link{rate: always(20e6), delay: 20 * ms, jitter: wifi}, func(at time.Duration, told float64) float64 {
		if at < 20*time.Second || at > 320*time.Second {
			return little
		}
		return greedy(1.5e6)(at, told)
	})
	r.until(20 * time.Second)
	if b := r.e.Bits(); b < little || b > 1.5*1.3*little+headroom { // key frames are peaks
		t.Errorf("with %.0f bit/s sent it says %d", little, b)
	}
	if !r.e.Limited() {
		t.Error("it should say that more may fit")
	}
	r.until(320 * time.Second)
	full := r.e.Bits()
	if full < 1e6 {
		t.Errorf("with much sent it says %d", full)
	}
	r.until(620 * time.Second)
	if b := r.e.Bits(); b < full*7/10 || b > full*11/10 {
		t.Errorf("five quiet minutes changed it from %d to %d", full, b)
	}
}

// TestEstimateNoFeedback: what is sent into nothing lowers the estimate.
func TestEstimateNoFeedback(t *testing.T) {
	r := start(t, link{rate: always(5e6), delay: 20 * ms}, greedy(1e6))
	r.until(10 * time.Second)
	before := r.e.Bits()
	r.link.loss = 1
	r.until(16 * time.Second)
	if b := r.e.Bits(); b > before/2 {
		t.Errorf("six seconds of nothing: %d after %d", b, before)
	}
	r.link.loss = 0
	r.until(26 * time.Second)
	if b := r.e.Bits(); b < before*8/10 {
		t.Errorf("ten seconds later: %d after %d", b, before)
	}
}

// TestEstimateUnknown: nothing is claimed before anything is known.
func TestEstimateUnknown(t *testing.T) {
	var e Estimate
	now := time.Unix(0, 0)
	if e.Bits() != 0 || e.Loss() != 0 || e.Calm(now) != 0 {
		t.Error("a new estimate knows something")
	}
	var a Arrivals
	a.Add(1, now)
	if err := e.Feedback(a.Feedback(nil, 1, 2), now); err != nil || e.Bits() != 0 {
		t.Error("feedback of nothing sent", err, e.Bits())
	}
	e.Sent(1, 1000, now)
	if e.Bits() != 0 {
		t.Error("sending is no proof")
	}
}

// TestEstimateLies: feedback of packets never sent, or heard of before, changes nothing.
func TestEstimateLies(t *testing.T) {
	r := start(t, link{rate: always(5e6), delay: 20 * ms}, greedy(1e6))
	r.until(10 * time.Second)
	before := r.e.Bits()
	var a Arrivals
	for i := range 1000 {
		a.Add(r.seq+2000+uint16(i), r.clock().Add(time.Duration(i)*time.Millisecond))
	}
	for {
		p := a.Feedback(nil, 1, 2)
		if len(p) == 0 {
			break
		}
		if err := r.e.Feedback(p, r.clock()); err != nil {
			t.Fatal(err)
		}
	}
	if b := r.e.Bits(); b > before*11/10 {
		t.Errorf("from %d to %d by lies", before, b)
	}
}

func TestEstimateAllocates(t *testing.T) {
	var (
		e   Estimate
		a   Arrivals
		seq uint16
		buf = make([]byte, 0, 1500)
		now = time.Unix(1000, 0)
	)
	e.Sent(seq, 1, now)
	a.Add(seq, now)
	if n := testing.AllocsPerRun(1000, func() {
		for range 50 {
			seq++
			now = now.Add(2 * ms)
			e.Sent(seq, 1200, now)
			a.Add(seq, now)
		}
		if err := e.Feedback(a.Feedback(buf, 1, 2), now); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
