package media

import "time"

// holes is a stand-in until the congest package is there.
type holes struct {
	on      bool
	high    uint16
	missing []hole
	out     []uint16
}

type hole struct {
	seq   uint16
	since time.Time
	asked time.Time
	times int
}

func (h *holes) came(seq uint16, now time.Time) {
	if !h.on {
		h.on, h.high = true, seq
		return
	}
	d := int16(seq - h.high)
	if d <= 0 {
		for i := range h.missing {
			if h.missing[i].seq == seq {
				h.missing = append(h.missing[:i], h.missing[i+1:]...)
				break
			}
		}
		return
	}
	for s := h.high + 1; s != seq && len(h.missing) < 256; s++ {
		h.missing = append(h.missing, hole{seq: s, since: now})
	}
	h.high = seq
}

func (h *holes) due(now time.Time) []uint16 {
	h.out = h.out[:0]
	kept := h.missing[:0]
	for _, m := range h.missing {
		if m.times >= 5 || now.Sub(m.since) > time.Second {
			continue
		}
		if now.Sub(m.asked) >= 40*time.Millisecond {
			m.asked = now
			m.times++
			h.out = append(h.out, m.seq)
		}
		kept = append(kept, m)
	}
	h.missing = kept
	return h.out
}
