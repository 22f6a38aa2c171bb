package actors

import (
	"testing"
	"time"

	"nextup"
)

// A server that is full begins no talk: nobody is called, nobody loses his place, the
// running talk goes on and may be followed by the next, and with room it works again.
func TestAFullServer(t *testing.T) {
	bubble(t, func(w *world) {
		w.s.Limit(1)
		a, b := w.lobby("a", 2, 3), w.lobby("b", 1, 1)
		offer := a.talk()
		for id, by := range map[nextup.SessionID]nextup.InterviewerID{"a": "i2", "b": "i1"} {
			before := w.state(id)
			if _, err := w.try(id, iv(by), nextup.Next{}); code(err) != nextup.CodeNoRoom {
				t.Errorf("%s in %s: %v", by, id, err)
			}
			if after := w.state(id); after.Version != before.Version {
				t.Errorf("%s: refused, yet something happened: %d events", id, after.Version-before.Version)
			}
		}
		if _, err := w.try("b", iv("i1"), nextup.Take{Candidate: "c1", Reason: nextup.Reason{Preset: nextup.PresetKnows}}); code(err) != nextup.CodeNoRoom {
			t.Errorf("out of turn: %v", err)
		}
		r := w.do("a", iv("i1"), nextup.Next{After: offer, EndTalk: true}) // one ends, one begins
		if i, _ := r.State.Interviewer("i1"); i.Offer.Candidate != "c2" {
			t.Errorf("the next one after a talk: %+v", i)
		}
		w.do("a", iv("i1"), nextup.CallOff{Offer: r.State.LastOffer})
		settle()
		w.do("b", iv("i1"), nextup.Next{})
		settle()
		if v := b.candidates[0].candidate(); v.Moment != nextup.MomentAdmitted {
			t.Errorf("with room again: %+v", v)
		}
		time.Sleep(nextup.AckTime) // nobody answers: the offer lapses and gives its room back
		settle()
		if n := w.s.room.taken(); n != 0 {
			t.Errorf("%d talks are counted, and none runs", n)
		}
	})
}
