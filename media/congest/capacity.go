package congest

import "math"

// capacity is the rate at which the way was last found full, with its spread.
type capacity struct {
	bits   float64 // 0: not known
	spread float64 // variance, divided by bits
}

// found is a rate that arrived while a queue grew.
func (c *capacity) found(bits float64) {
	const slow = 0.05
	if c.bits == 0 || bits < c.low() || bits > c.high() {
		c.bits, c.spread = bits, 1000
		return
	}
	d := bits - c.bits
	c.bits += slow * d
	c.spread += slow * (d*d/c.bits - c.spread)
	c.spread = min(max(c.spread, 400), 2500)
}

// outgrown forgets the capacity once clearly more arrives.
func (c *capacity) outgrown(bits float64) {
	if c.bits > 0 && bits > c.high() {
		*c = capacity{}
	}
}

// near says whether a rate is so close that it should grow slowly.
func (c *capacity) near(bits float64) bool {
	return c.bits > 0 && bits > c.low() && bits < c.high()
}

func (c *capacity) low() float64  { return c.bits - 3*math.Sqrt(c.spread*c.bits) }
func (c *capacity) high() float64 { return c.bits + 3*math.Sqrt(c.spread*c.bits) }
