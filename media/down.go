package media

import (
	"time"

	"nextup/media/congest"
)

const (
	// leastRestraint is the least that anybody is told to send at most, in bit/s: sound and a small picture.
	leastRestraint = 120_000
	// spare is how much of an estimate a sender may use; the rest is for what is sent again.
	spare = 0.95
)

// share gives every picture the layer that the way carries.
func (g *leg) share(now time.Time) {
	var (
		wishes [Slots]wish
		has    [Slots]bool
		d      downlink
	)
	if e := g.estimate; e != nil {
		d.bits, d.limited, d.calm = float64(e.Bits()), e.Limited(), e.Calm(now)
	}
	for i, v := range g.viewers[picture] {
		if v.top != nil && v.top.leg.gone {
			v.view(nil, now)
		}
		if has[i] = v.top != nil; has[i] {
			wishes[i] = v.top.leg.wish(now)
		}
		if g.viewers[sound][i].top != nil {
			d.sounds++
		}
	}
	picks := g.chooser.choose(d, &wishes, has, now)
	room, single := d.bits*fitting-float64(d.sounds)*soundBits, 0
	for i, v := range g.viewers[picture] {
		switch {
		case !has[i]:
			continue
		case picks[i] == paused:
			v.prefer(nil, now)
		default:
			v.prefer(v.top.leg.sources[int(picture)+picks[i]], now)
		}
		if len(v.top.up.layers) > 1 && picks[i] != paused {
			room -= wishes[i][picks[i]]
		} else {
			single++
		}
	}
	for i, v := range g.viewers[picture] {
		switch {
		case !has[i]:
		case d.bits == 0:
			v.most = 0
		case d.sounds <= 1:
			v.most = max(d.bits*spare, leastRestraint)
		default:
			v.most = max(room/float64(max(single, 1))+soundBits, leastRestraint)
		}
	}
}

// wish is what the layers of the peer's picture take. One that nobody sends at all
// is waited for in the best layer.
func (g *leg) wish(now time.Time) (w wish) {
	some := false
	for i, s := range g.sources[picture:] {
		if s.comes(now) {
			w[i] = max(s.meter.bits, 1)
			some = true
		}
	}
	if !some {
		w[0] = 1
	}
	return w
}

// restrain tells the peer how much it may send: as much as its one viewer's way
// takes. With several viewers and several layers there is no need.
func (g *leg) restrain(now time.Time) {
	most, viewers := 0.0, 0
	for _, s := range g.sources[picture:] {
		for _, v := range s.viewers {
			if viewers++; viewers == 1 || v.most < most {
				most = v.most
			}
		}
	}
	top := g.sources[picture]
	if viewers == 0 || top.ssrc == 0 && len(top.up.layers) == 0 || !g.ready() {
		return
	}
	if viewers > 1 && len(top.up.layers) > 1 {
		most = 0
	}
	if g.shed() {
		most = leastRestraint
	}
	if most, tell := g.told.Say(int(most), now); tell {
		g.sealRTCP(congest.REMB(g.lane.conn.Buf(), g.self(), most, top.ssrc))
	}
}

// Bounds of a meter.
const (
	meterFor = 500 * time.Millisecond
	comesFor = time.Second // a picture that comes shows something at least so often
	overhead = 40          // bytes of a packet besides its payload
)

// meter measures the rate of one stream.
type meter struct {
	last, since time.Time
	bytes       int
	bits        float64 // per second
}

// add counts a packet.
func (m *meter) add(payload int, now time.Time) {
	if now.Sub(m.last) > comesFor {
		*m = meter{since: now}
	}
	m.last = now
	m.bytes += payload + overhead
	d := now.Sub(m.since)
	if d < meterFor {
		return
	}
	bits := float64(m.bytes) * 8 / d.Seconds()
	if m.bits == 0 {
		m.bits = bits
	}
	m.bits += (bits - m.bits) / 2
	m.bytes, m.since = 0, now
}

// comes says whether the stream is there.
func (m *meter) comes(now time.Time) bool {
	return !m.last.IsZero() && now.Sub(m.last) <= comesFor
}
