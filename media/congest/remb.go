package congest

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// REMB appends a receiver estimated maximum bitrate
// (draft-alvestrand-rmcat-remb-03): the sender of the streams sends no more than
// so many bit/s, all together.
func REMB(dst []byte, sender uint32, most int, streams ...uint32) []byte {
	start := len(dst)
	dst = append(dst, 0x80|15, 206, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, sender)
	dst = binary.BigEndian.AppendUint32(dst, 0)
	dst = append(dst, "REMB"...)
	exp := max(bits.Len64(uint64(max(most, 0)))-18, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(streams))<<24|uint32(exp)<<18|uint32(max(most, 0)>>exp))
	for _, s := range streams {
		dst = binary.BigEndian.AppendUint32(dst, s)
	}
	binary.BigEndian.PutUint16(dst[start+2:], uint16((len(dst)-start)/4-1))
	return dst
}

const (
	restraintEvery = 200 * time.Millisecond // at most
	restraintAgain = time.Second            // a packet may be lost
	restraintStep  = 0.03                   // changes smaller than this wait for the next time
	lifted         = mostBits               // a limit that is none
	liftedTimes    = 3
)

// Restraint decides when a sender is told how much it may send.
type Restraint struct {
	told  float64 // 0: nothing, or that it is free
	at    time.Time
	lifts int
}

// Say gives what to tell now, if anything; want is 0 when there is no limit any more.
func (r *Restraint) Say(want int, now time.Time) (most int, tell bool) {
	if now.Sub(r.at) < restraintEvery {
		return 0, false
	}
	again := now.Sub(r.at) >= restraintAgain
	if want <= 0 {
		switch {
		case r.told > 0:
			r.told, r.lifts = 0, liftedTimes
		case r.lifts == 0 || !again:
			return 0, false
		}
		r.lifts--
		r.at = now
		return lifted, true
	}
	w := float64(want)
	if !again && w > r.told*(1-restraintStep) && w < r.told*(1+restraintStep) {
		return 0, false
	}
	r.told, r.at, r.lifts = w, now, 0
	return want, true
}
