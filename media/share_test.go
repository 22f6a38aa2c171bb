package media

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestShare(t *testing.T) {
	two := wish{600e3, 120e3} // two layers
	three := wish{900e3, 350e3, 110e3}
	one := wish{800e3} // a browser without simulcast
	off := wish{}      // nothing comes
	for _, c := range []struct {
		name   string
		bits   float64
		wishes []wish
		want   []int
	}{
		{"nothing to show", 1e6, nil, []int{}},
		{"room for the best", 700e3, []wish{two}, []int{0}},
		{"room for the small one", 500e3, []wish{two}, []int{1}},
		{"the small one even without room", 50e3, []wish{two}, []int{1}},
		{"the middle one", 500e3, []wish{three}, []int{1}},
		{"one layer is sent, whatever", 100e3, []wish{one}, []int{0}},
		{"the small ones first", 500e3, []wish{two, two, two}, []int{1, 1, 1}},
		{"then one better", 900e3, []wish{two, two, two}, []int{0, 1, 1}},
		{"all the best", 2e6, []wish{two, two, two}, []int{0, 0, 0}},
		{"better in turn", 900e3, []wish{three, three}, []int{1, 1}},
		{"not all", 250e3, []wish{two, two, two}, []int{1, 1, paused}},
		{"one that does not come", 700e3, []wish{off, two}, []int{paused, 0}},
		{"the best does not come", 700e3, []wish{{0, 120e3}}, []int{1}},
		{"only the best comes", 100e3, []wish{{500e3, 0}}, []int{0}},
		{"old and new browsers", 500e3, []wish{one, two}, []int{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			picks := make([]int, len(c.wishes))
			share(c.bits, c.wishes, picks)
			if !slices.Equal(picks, c.want) {
				t.Errorf("%v, want %v", picks, c.want)
			}
		})
	}
}

// TestShareRapid: a layer that does not come is never picked, and with room for
// the smallest of all, nothing is paused and the sum fits.
func TestShareRapid(t *testing.T) {
	rate := rapid.SampledFrom([]float64{0, 40e3, 120e3, 350e3, 600e3, 1.7e6})
	rapid.Check(t, func(t *rapid.T) {
		wishes := make([]wish, rapid.IntRange(0, Slots).Draw(t, "pictures"))
		var least float64
		for i := range wishes {
			for j := range wishes[i] {
				wishes[i][j] = rate.Draw(t, "rate")
			}
			if l := wishes[i].least(); l != paused {
				least += wishes[i][l]
			}
		}
		bits := rapid.Float64Range(0, 5e6).Draw(t, "bits")
		picks := make([]int, len(wishes))
		share(bits, wishes, picks)
		var sum float64
		for i, p := range picks {
			if p == paused {
				if bits >= least && wishes[i].least() != paused {
					t.Fatalf("%d is paused, though %v is enough for %v", i, bits, wishes)
				}
				continue
			}
			if wishes[i][p] == 0 {
				t.Fatalf("layer %d of %v does not come", p, wishes[i])
			}
			sum += wishes[i][p]
		}
		if bits >= least && sum > bits {
			t.Fatalf("%v of %v bits: %v of %v", sum, bits, picks, wishes)
		}
	})
}

// TestChooser plays what a way does over time.
func TestChooser(t *testing.T) {
	var (
		c      chooser
		now    = time.Unix(100, 0)
		wishes = [Slots]wish{{600e3, 120e3}, {600e3, 120e3}}
		has    = [Slots]bool{true, true}
	)
	good := func(bits float64) downlink { return downlink{bits: bits, calm: time.Second, sounds: 2} }
	bad := func(bits float64) downlink { return downlink{bits: bits, sounds: 2} }
	// run gives the picks after some time on a way.
	run := func(d downlink, d2 time.Duration) [2]int {
		var picks [Slots]int
		for end := now.Add(d2); now.Before(end); now = now.Add(100 * time.Millisecond) {
			picks = c.choose(d, &wishes, has, now)
			d.calm += 100 * time.Millisecond
		}
		return [2]int{picks[0], picks[1]}
	}
	step := func(name string, d downlink, lasts time.Duration, want [2]int) {
		t.Helper()
		if got := run(d, lasts); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	step("nothing is known", downlink{sounds: 2}, time.Second, [2]int{1, 1})
	step("room for one more, not yet", good(1000e3), time.Second, [2]int{1, 1})
	step("soon, the first time", good(1000e3), time.Second, [2]int{0, 1})
	step("room for both, not yet", good(1600e3), 4*time.Second, [2]int{0, 1})
	step("for five seconds", good(1600e3), 2*time.Second, [2]int{0, 0})
	step("a dip takes them back at once", bad(800e3), 100*time.Millisecond, [2]int{1, 1})
	step("it did not last: five seconds are not enough", good(1600e3), 9*time.Second, [2]int{1, 1})
	step("ten are", good(1600e3), 2*time.Second, [2]int{0, 0})
	step("too little for both", bad(250e3), 200*time.Millisecond, [2]int{1, paused})
	step("too little for any", bad(90e3), 200*time.Millisecond, [2]int{paused, paused})
	step("a little more is not enough", good(150e3), 20*time.Second, [2]int{paused, paused})
	step("one comes back", good(300e3), 30*time.Second, [2]int{1, paused})
	now = now.Add(time.Minute)
	step("both", good(500e3), 30*time.Second, [2]int{1, 1})
	d := good(600e3)
	d.limited = true
	step("an estimate that only more can raise is tried", d, 36*time.Second, [2]int{0, 1})
	step("it does not follow", good(600e3), 15*time.Second, [2]int{1, 1})
	step("the next time", d, 50*time.Second, [2]int{0, 1})
	step("it does", good(900e3), time.Minute, [2]int{0, 1})
	wishes[0][0] = 0
	step("the layer stops", good(2e6), 100*time.Millisecond, [2]int{1, 1})
	has[0] = false
	step("somebody leaves", good(2e6), time.Minute, [2]int{paused, 0})
	has[0] = true
	step("and comes back", good(2e6), 100*time.Millisecond, [2]int{1, 0})
}
