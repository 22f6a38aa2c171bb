package transport

import (
	"math"
	"time"

	"nextup"
)

// command makes a browser's figures ours. What no figure of ours can hold becomes one
// that the machine refuses.
func (m *measuredMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Measure{By: c.role, Offer: m.Offer, Figures: nextup.TalkFigures{
		Measured: span(m.Seconds, time.Second),
		LossUp:   whole(m.LossUp * 1000), LossDown: whole(m.LossDown * 1000),
		RTT: span(m.RTT, time.Millisecond), Up: whole(m.Up), Down: whole(m.Down),
		Freezes: m.Freezes, Frozen: span(m.Frozen, time.Millisecond),
		First: span(max(m.First, -1), time.Millisecond), Way: m.Way,
	}}, nil, nil
}

// span is so many units, at most a hundred years.
func span(n float64, unit time.Duration) time.Duration {
	const most = 100 * 365 * 24 * time.Hour
	return time.Duration(min(max(math.Round(n*float64(unit)), -float64(most)), float64(most)))
}

// whole is a number to the next whole one, within 32 bits.
func whole(n float64) int { return int(min(max(math.Round(n), math.MinInt32), math.MaxInt32)) }
