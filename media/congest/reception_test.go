package congest

import (
	"testing"
	"time"
)

func TestReception(t *testing.T) {
	zero := time.Unix(50, 0)
	feed := func(r *Reception, seqs ...int) {
		for _, n := range seqs {
			r.Add(uint16(n), uint32(n)*960, zero.Add(time.Duration(n)*20*ms))
		}
	}
	count := func(from, to int) (list []int) {
		for i := from; i <= to; i++ {
			list = append(list, i)
		}
		return list
	}
	t.Run("nothing yet", func(t *testing.T) {
		r := Reception{Clock: 48000}
		if _, ok := r.Report(); ok {
			t.Error("a report of nothing")
		}
	})
	t.Run("all came", func(t *testing.T) {
		r := Reception{Clock: 48000}
		feed(&r, count(65530, 65550)...)
		b, _ := r.Report()
		if want := (Block{Highest: 65550}); b != want {
			t.Errorf("%+v, want %+v", b, want)
		}
	})
	t.Run("a quarter lost, then none", func(t *testing.T) {
		r := Reception{Clock: 48000}
		feed(&r, 1, 2, 3, 5, 6, 7, 9) // 4 and 8 of 9
		if b, _ := r.Report(); b.Lost != 2 || b.Fraction != 2*256/9 {
			t.Errorf("%+v", b)
		}
		feed(&r, 10, 11, 12)
		if b, _ := r.Report(); b.Lost != 2 || b.Fraction != 0 || b.Highest != 12 {
			t.Errorf("%+v", b)
		}
		feed(&r, 4) // late
		if b, _ := r.Report(); b.Lost != 1 || b.Fraction != 0 {
			t.Errorf("%+v", b)
		}
		if lost, expected := r.Lost(); lost != 1 || expected != 12 {
			t.Errorf("%d of %d", lost, expected)
		}
	})
	t.Run("duplicates", func(t *testing.T) {
		r := Reception{Clock: 48000}
		feed(&r, 1, 2, 2, 2, 3)
		if b, _ := r.Report(); b.Lost != -2 || b.Fraction != 0 {
			t.Errorf("%+v", b)
		}
		if lost, _ := r.Lost(); lost != 0 {
			t.Error("lost", lost)
		}
	})
	t.Run("another beginning", func(t *testing.T) {
		r := Reception{Clock: 48000}
		feed(&r, 1, 2, 4)
		feed(&r, 30_000) // alone it may be an error
		if b, _ := r.Report(); b.Highest != 4 {
			t.Errorf("%+v", b)
		}
		feed(&r, 30_001, 30_002)
		b, _ := r.Report()
		if b.Highest != 30_002 || b.Lost != 1 {
			t.Errorf("%+v", b)
		}
		if lost, expected := r.Lost(); lost != 1 || expected != 6 {
			t.Errorf("%d of %d", lost, expected)
		}
	})
	t.Run("jitter", func(t *testing.T) {
		// Every second packet 5 ms late: the difference is always 5 ms = 240 units,
		// to which the jitter converges (appendix A.8).
		r := Reception{Clock: 48000}
		for i := range 400 {
			r.Add(uint16(i), uint32(i)*960, zero.Add(time.Duration(i)*20*ms+time.Duration(i%2)*5*ms))
		}
		if b, _ := r.Report(); b.Jitter < 238 || b.Jitter > 240 {
			t.Errorf("jitter %d", b.Jitter)
		}
	})
}

func TestLevel(t *testing.T) {
	var (
		l   Level
		now = time.Unix(9, 0)
	)
	say := func(level byte, packets int) {
		for range packets {
			now = now.Add(20 * ms)
			l.Add(level, now)
		}
	}
	if l.Speaking(now) || l.Silent(now) != 0 || l.Now() != 127 {
		t.Error("something before anything")
	}
	say(127, 100)
	if l.Speaking(now) || l.Silent(now) < 1900*ms {
		t.Errorf("silence: %v for %v", l.Speaking(now), l.Silent(now))
	}
	say(70, 5) // a quiet room
	if l.Speaking(now) || l.Silent(now) != 0 {
		t.Error("a quiet room")
	}
	say(20, 1) // a click
	say(70, 5)
	if l.Speaking(now) {
		t.Error("a click is no voice")
	}
	say(0x80|30, 10)
	if !l.Speaking(now) || l.Now() != 30 {
		t.Error("a voice", l.Now())
	}
	say(70, 10)
	if !l.Speaking(now) {
		t.Error("a pause for breath")
	}
	say(70, 30)
	if l.Speaking(now) {
		t.Error("it is over")
	}
	say(30, 10)
	if now = now.Add(2 * time.Second); l.Speaking(now) {
		t.Error("nothing comes any more")
	}
}
