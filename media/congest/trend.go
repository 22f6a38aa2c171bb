package congest

// Times in this file are milliseconds.
const (
	groupSpan   = 5   // packets sent within it belong together
	burstGap    = 5   // packets that arrive so close behind, faster than sent, too
	burstSpan   = 100 // but not for longer than this
	trendWindow = 20  // groups the slope is taken over
	smoothing   = 0.9 // of the accumulated delay
	trendGain   = 4.0
	trendCount  = 60 // groups after which the slope has its full weight

	thresholdStart = 12.5
	thresholdMin   = 6.0
	thresholdMax   = 600.0
	thresholdUp    = 0.0087 // how fast it follows, per millisecond
	thresholdDown  = 0.039
	overuseFor     = 10.0 // a slope must last so long to count
)

// usage is what the delay says of the way.
type usage uint8

const (
	normal usage = iota
	over         // a queue grows
	under        // a queue is drained
)

// trend finds out whether the delay grows: the slope of the smoothed one-way
// delay over groups of packets, as libwebrtc's trend-line estimator does in
// place of the draft's Kalman filter.
type trend struct {
	group, before group
	backwards     int

	n           int // groups ever, up to 1000
	accumulated float64
	smoothed    float64
	base        float64
	xs, ys      [trendWindow]float64
	at, len     int
	slope       float64

	threshold float64
	updated   float64
	lasted    float64 // how long the slope has been above; below zero: it is not
	times     int
	usage     usage
}

// group is what was sent in one go.
type group struct {
	ok             bool
	first, sent    float64
	began, arrived float64
}

// add takes one packet in the order of sending.
func (t *trend) add(sent, arrived float64) {
	g := &t.group
	switch {
	case !g.ok:
		*g = group{true, sent, sent, arrived, arrived}
		return
	case sent < g.first:
		return
	case sent-g.first <= groupSpan || t.burst(sent, arrived):
		g.sent, g.arrived = max(g.sent, sent), max(g.arrived, arrived)
		return
	}
	if t.before.ok {
		ds, da := g.sent-t.before.sent, g.arrived-t.before.arrived
		switch {
		case da < 0: // groups have overtaken each other
			if t.backwards++; t.backwards >= 3 {
				*t = trend{threshold: t.threshold, usage: normal}
				t.group = group{true, sent, sent, arrived, arrived}
			}
			return
		case da-ds > 3000: // the clock of the receiver has jumped, or it slept
			*t = trend{threshold: t.threshold, usage: normal}
			t.group = group{true, sent, sent, arrived, arrived}
			return
		}
		t.backwards = 0
		t.delta(da-ds, ds, g.arrived)
	}
	t.before = *g
	*g = group{true, sent, sent, arrived, arrived}
}

// burst says whether the packet came with the group before it, out of a queue on
// the way that lets many go at once.
func (t *trend) burst(sent, arrived float64) bool {
	g := &t.group
	da, ds := arrived-g.arrived, sent-g.sent
	return ds == 0 || da-ds < 0 && da <= burstGap && arrived-g.began < burstSpan
}

// delta is one step of the one-way delay from a group to the next.
func (t *trend) delta(d, sent, arrived float64) {
	if t.n == 0 {
		t.base = arrived
	}
	t.n = min(t.n+1, 1000)
	t.accumulated += d
	t.smoothed = smoothing*t.smoothed + (1-smoothing)*t.accumulated
	t.xs[t.at], t.ys[t.at] = arrived-t.base, t.smoothed
	t.at = (t.at + 1) % trendWindow
	t.len = min(t.len+1, trendWindow)
	slope := t.slope
	if t.len == trendWindow {
		slope = t.fit(slope)
	}
	t.judge(slope, sent, arrived)
	t.slope = slope
}

// fit is the slope of the line of least squares.
func (t *trend) fit(otherwise float64) float64 {
	var mx, my float64
	for i := range t.xs {
		mx += t.xs[i]
		my += t.ys[i]
	}
	mx, my = mx/trendWindow, my/trendWindow
	var a, b float64
	for i := range t.xs {
		a += (t.xs[i] - mx) * (t.ys[i] - my)
		b += (t.xs[i] - mx) * (t.xs[i] - mx)
	}
	if b == 0 {
		return otherwise
	}
	return a / b
}

func (t *trend) judge(slope, sent, now float64) {
	if t.threshold == 0 {
		t.threshold, t.lasted = thresholdStart, -1
	}
	m := float64(min(t.n, trendCount)) * slope * trendGain
	switch {
	case t.n < 2:
		t.usage = normal
	case m > t.threshold:
		if t.lasted < 0 {
			t.lasted = sent / 2
		} else {
			t.lasted += sent
		}
		t.times++
		if t.lasted > overuseFor && t.times > 1 && slope >= t.slope {
			t.lasted, t.times = 0, 0
			t.usage = over
		}
	case m < -t.threshold:
		t.lasted, t.times, t.usage = -1, 0, under
	default:
		t.lasted, t.times, t.usage = -1, 0, normal
	}
	t.adapt(m, now)
}

// adapt makes the threshold follow the jitter of the way, so that neither radio
// nor a stream that fills its queue as we do blinds it.
func (t *trend) adapt(m, now float64) {
	if t.updated == 0 {
		t.updated = now
	}
	if m < 0 {
		m = -m
	}
	if m > t.threshold+15 { // a jump, not jitter
		t.updated = now
		return
	}
	k := thresholdUp
	if m < t.threshold {
		k = thresholdDown
	}
	dt := min(now-t.updated, 100)
	t.threshold = min(max(t.threshold+k*(m-t.threshold)*dt, thresholdMin), thresholdMax)
	t.updated = now
}
