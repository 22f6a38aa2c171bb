package transport

import (
	"time"

	"nextup"
)

// faultNotice says why a choice was refused. The time it was about is named even if
// nobody can choose it any more.
func (s *Server) faultNotice(b nextup.Board, c nextup.Choice, why nextup.Code, wanted nextup.SlotID) personalNotice {
	n := personalNotice{Tone: "wait", Icon: "warn"}
	switch why {
	case nextup.CodeSlotTaken:
		n.Key = "taken"
	case nextup.CodeSlotGone:
		n.Key = "gone"
	case nextup.CodeRoundClosed:
		n.Key = "closed"
	case nextup.CodeCutOff:
		n.Key = "late"
	case nextup.CodeStale:
		n.Key = "stale"
	case nextup.CodeInvalid:
		n.Key, n.Tone, n.Icon = "empty", "bad", "bang"
	default:
		return personalNotice{} // the page itself says what is the case
	}
	if r, ok := b.Round(c.Round.ID); ok {
		if slot, ok := r.Slot(wanted); ok {
			n.At = in(slot.Start, b.Job.Zone)
		}
	}
	has := c.Own.Slot.ID != ""
	switch n.Key {
	case "taken", "gone":
		switch {
		case n.At.IsZero():
			n.Key = "stale"
		case has:
			n.Key += "Kept"
		case len(c.Days) == 0:
			n.Key += "Last"
		}
	case "closed":
		n.At = time.Time{}
		if has {
			n.Key += "Kept"
		}
	case "late":
		if has || n.At.IsZero() {
			n.Key, n.At = "lateKept", time.Time{}
		}
	case "stale":
		n.At = time.Time{}
		if has {
			n.Key, n.At = "elsewhere", in(c.Own.Slot.Start, b.Job.Zone)
		}
	}
	return n
}

// doneNotice says what was just done, if it is still true.
func doneNotice(done string, x personalView) personalNotice {
	switch {
	case done == "none" && x.NoneFits:
		return personalNotice{Key: "none", Tone: "ok", Icon: "ok"}
	case done == "cancelled" && x.Own == nil:
		return personalNotice{Key: "cancelled", Tone: "ok", Icon: "ok"}
	case done == "left" && x.State == string(nextup.LinkNothing):
		return personalNotice{Key: "left", Tone: "ok", Icon: "ok"}
	case x.State == string(nextup.ChoiceOpen) && x.Lost != nil:
		return personalNotice{Key: "lost", Tone: "wait", Icon: "warn", At: x.Lost.Start}
	case x.State == string(nextup.ChoiceOpen) && x.NoneFits:
		return personalNotice{Key: "none", Tone: "act", Icon: "info"}
	}
	return personalNotice{}
}
