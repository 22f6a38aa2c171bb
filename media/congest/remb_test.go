package congest

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"pgregory.net/rapid"
)

// TestREMB holds that pion reads what was written, as exactly as 18 bits can be.
func TestREMB(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 200_000_000).Draw(t, "bits")
		streams := rapid.SliceOfN(rapid.Uint32(), 0, 5).Draw(t, "streams")
		var p rtcp.ReceiverEstimatedMaximumBitrate
		if err := p.Unmarshal(REMB(nil, 7, most, streams...)); err != nil {
			t.Fatal(err)
		}
		if p.SenderSSRC != 7 || !slices.Equal(p.SSRCs, streams) {
			t.Fatalf("%+v", p)
		}
		if got := int(p.Bitrate); got > most || got < most-most/100_000-1 {
			t.Fatalf("%d became %d", most, got)
		}
	})
}

func TestRestraint(t *testing.T) {
	var (
		r    Restraint
		zero = time.Unix(20, 0)
	)
	for _, c := range []struct {
		at   time.Duration
		want int
		most int // 0: nothing is told
	}{
		{0, 0, 0},                // there never was a limit
		{100 * ms, 500e3, 500e3}, // the first one
		{200 * ms, 100e3, 0},     // too soon
		{300 * ms, 400e3, 400e3},
		{600 * ms, 405e3, 0}, // nearly the same
		{700 * ms, 450e3, 450e3},
		{1600 * ms, 450e3, 0},
		{1700 * ms, 450e3, 450e3}, // it may have been lost
		{1900 * ms, 0, lifted},
		{2000 * ms, 0, 0},
		{2900 * ms, 0, lifted},
		{3900 * ms, 0, lifted},
		{4900 * ms, 0, 0},
		{6000 * ms, 200e3, 200e3},
	} {
		most, tell := r.Say(c.want, zero.Add(c.at))
		if tell != (c.most > 0) || most != c.most {
			t.Errorf("at %v, want %d: %d %v, expected %d", c.at, c.want, most, tell, c.most)
		}
	}
}
