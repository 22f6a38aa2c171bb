package media

import (
	"testing"
	"time"
)

// TestOverloadPace: pictures are thrown away for what lasts, not for a moment; they
// come back soon after a single overload, and ever more slowly when what came
// back was too much each time.
func TestOverloadPace(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	look := func(o *overload, waiting int, d time.Duration) {
		for end := now.Add(d); now.Before(end); {
			now = now.Add(tick)
			o.look(waiting, 1000, o.dropped, now)
		}
	}
	t.Run("moments", func(t *testing.T) {
		var o overload
		look(&o, 0, time.Second)
		for range 100 {
			look(&o, 900, 3*tick)
			look(&o, 0, 20*tick)
		}
		if o.step != 0 {
			t.Errorf("%d steps for moments", o.step)
		}
	})
	t.Run("one overload", func(t *testing.T) {
		var o overload
		look(&o, 0, time.Second)
		look(&o, 900, time.Second)
		most := o.step
		if most < shedSteps/8 {
			t.Errorf("%d steps after a second", most)
		}
		look(&o, 0, time.Duration(most+1)*2*shedDown)
		if o.step != 0 {
			t.Errorf("%d of %d steps left", o.step, most)
		}
	})
	t.Run("a lasting one", func(t *testing.T) {
		var o overload
		look(&o, 0, time.Second)
		// Half of the pictures are too much.
		back := func(d time.Duration) (n int) {
			for end := now.Add(d); now.Before(end); {
				was, waiting := o.step, 0
				if o.step < shedSteps/2 {
					waiting = 900
				}
				look(&o, waiting, tick)
				if o.step < was {
					n++
				}
			}
			return n
		}
		n := back(2 * time.Minute)
		if o.step < shedSteps/2-1 || o.step > shedSteps/2+shedSteps/16 {
			t.Errorf("at step %d, want about %d", o.step, shedSteps/2)
		}
		if n > 120 {
			t.Errorf("given back %d times in two minutes", n)
		}
		look(&o, 0, time.Minute)
		if o.step != 0 {
			t.Errorf("at step %d a minute after it", o.step)
		}
	})
}
