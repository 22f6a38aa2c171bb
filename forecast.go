package nextup

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// How long it takes: the talks that run, the pauses, the write-ups and the queue,
// played through on the interviewers who work.

// Wait is an honest range for how long a candidate still waits.
type Wait struct {
	Min, Max time.Duration // whole five minutes; Min 0 and Max 0 is "now"
}

// Expect is how long a candidate still waits. ok is false for one who does not wait,
// or whom nobody at work may take, so that nothing honest can be said.
func (s Session) Expect(p Presence, now time.Time, id CandidateID) (w Wait, ok bool) {
	w, ok = s.lineUp(p, now).wait[id]
	return w, ok
}

// lineUp is the whole queue worked out once, for the views of many.
type lineUp struct {
	before  map[CandidateID]int  // how many stand before each who waits
	wait    map[CandidateID]Wait // of those whom somebody at work may take
	working int                  // interviewers at work and connected
}

func (s Session) lineUp(p Presence, now time.Time) *lineUp {
	l := &lineUp{before: map[CandidateID]int{}, wait: map[CandidateID]Wait{}}
	for _, i := range s.Interviewers {
		if i.Working() && p[i.ID.Person()].Connected {
			l.working++
		}
	}
	n := 0
	for _, id := range s.Order {
		switch s.Candidates[id].Status {
		case StatusWaiting:
			l.before[id] = n
			n++
		case StatusCalled:
			n++
		}
	}
	// Who has left the page may be passed over, and may come back, and who has chosen a
	// time may come for it: at best nobody does, at worst everybody.
	best := s.play(p, now, 0, 0, func(id CandidateID) bool { return p[id.Person()].Connected })
	worst := s.joined(now).play(p, now, 0, 0, everybody)
	for id, at := range worst.begin {
		if s.Candidates[id].Status != StatusWaiting {
			continue
		}
		l.wait[id] = Wait{Min: honest(best.begin[id]).Min, Max: honest(at).Max}
	}
	return l
}

// steady keeps the ranges that were shown as long as they are not wrong, so that
// nobody's wait jumps to and fro.
func (l *lineUp) steady(shown *lineUp) {
	if shown == nil {
		return
	}
	for id, fresh := range l.wait {
		if before, ok := shown.wait[id]; ok {
			l.wait[id] = before.steady(fresh)
		}
	}
}

// steady is what to show instead of a range once there is a fresh one: the same as
// long as its middle lies in the fresh one and it is not much wider. "Now" is either
// true or not.
func (w Wait) steady(fresh Wait) Wait {
	middle := (w.Min + w.Max) / 2
	if w.Max == 0 || middle < fresh.Min || middle > fresh.Max || w.Max-w.Min > 2*(fresh.Max-fresh.Min) {
		return fresh
	}
	return w
}

// honest makes a range of an expected wait. Talks end early more often than late,
// and a wide promise kept beats a narrow one broken.
func honest(at time.Duration) Wait {
	const five = 5 * time.Minute
	return Wait{
		Min: time.Duration(float64(at) * 0.8).Truncate(five),
		Max: (time.Duration(float64(at)*1.1) + five - 1).Truncate(five),
	}
}

// played is how the rest of the session goes if everybody keeps to the times.
type played struct {
	begin map[CandidateID]time.Duration // until the talk of each who waits
	last  time.Duration                 // until the last talk ends
}

// hand is an interviewer in the play.
type hand struct {
	id   InterviewerID
	free time.Duration // until he takes the next
}

// play has the interviewers at work take those who wait, each as soon as he is free:
// first whom he was handed, then the first whom he may. The talk of one offer takes
// longer by more. Who is on hold, or does not come, has a begin and takes nobody's time.
// Whose chosen time comes meanwhile goes before those without one.
func (s Session) play(p Presence, now time.Time, offer OfferID, more time.Duration, comes func(CandidateID) bool) played {
	out := played{begin: map[CandidateID]time.Duration{}}
	hands := s.hands(p, now, offer, more, &out)
	queue, coming := s.promises(now)
	for len(queue) > 0 && len(hands) > 0 {
		at := 0
		for i := range hands {
			if hands[i].free < hands[at].free {
				at = i
			}
		}
		h := &hands[at]
		for len(coming) > 0 && coming[0].at <= h.free {
			queue, coming = s.comes(coming[0].id, queue), coming[1:]
		}
		n := s.turn(h.id, queue)
		if n < 0 { // nobody in the queue is for him
			hands = slices.Delete(hands, at, at+1)
			continue
		}
		id := queue[n]
		if n == 0 {
			queue = queue[1:]
		} else {
			queue = slices.Delete(queue, n, n+1)
		}
		out.begin[id] = h.free
		if !s.Candidates[id].OnHold && comes(id) {
			out.last = max(out.last, h.free+s.Settings.Talk)
			h.free += s.Settings.Talk + s.Settings.Pause
		}
	}
	return out
}

// coming is one whose chosen time comes while others wait.
type coming struct {
	id CandidateID
	at time.Duration // until then
}

// promises is who waits, and who of them moves up later, by time. The state may be
// played on: it shares nobody's promise with another.
func (s *Session) promises(now time.Time) (queue []CandidateID, list []coming) {
	queue = s.Waiting()
	for _, id := range queue {
		if at, ok := s.Candidates[id].promiseAt(); ok {
			list = append(list, coming{id, at.Sub(now)})
		}
	}
	if len(list) > 0 {
		s.Candidates = maps.Clone(s.Candidates)
		slices.SortStableFunc(list, func(a, b coming) int { return cmp.Compare(a.at, b.at) })
	}
	return queue, list
}

// comes moves one whose time has come, unless he was served before.
func (s Session) comes(id CandidateID, queue []CandidateID) []CandidateID {
	n := slices.Index(queue, id)
	if n < 0 {
		return queue
	}
	queue = slices.Delete(queue, n, n+1)
	queue = slices.Insert(queue, s.promisedPlace(queue, s.Candidates[id]), id)
	c := s.Candidates[id]
	c.Promise = PromiseStands
	s.Candidates[id] = c
	return queue
}

// joined is the session as if everybody with a time to come had checked in, at the end
// of the queue: until his time nobody waits for him.
func (s Session) joined(now time.Time) Session {
	var absent []CandidateID
	for _, id := range s.Registered {
		if c := s.Candidates[id]; c.Status == StatusRegistered && !c.Booked.IsZero() && !c.late(now) {
			absent = append(absent, id)
		}
	}
	if len(absent) == 0 {
		return s
	}
	s = s.clone()
	for _, id := range absent {
		s.candidate(id, func(c *Candidate) { c.Status, c.CheckedIn = StatusWaiting, c.Booked })
		s.Order = append(s.Order, id)
	}
	return s
}

// turn is whose turn it is with an interviewer, -1 if nobody's.
func (s Session) turn(to InterviewerID, queue []CandidateID) int {
	first := -1
	for n, id := range queue {
		c := s.Candidates[id]
		if c.For == to {
			return n
		}
		if first < 0 && c.For == "" && !s.recused(to, id) {
			first = n
		}
		if first >= 0 && !c.First { // who was handed over stands before those who came by themselves
			break
		}
	}
	return first
}

// hands are the interviewers who work, and for how long each is busy.
func (s Session) hands(p Presence, now time.Time, offer OfferID, more time.Duration, out *played) []hand {
	var hands []hand
	begin := max(0, s.Settings.Start.Sub(now))
	for _, i := range s.Interviewers {
		left := time.Duration(0)
		switch t, talks := s.Talk(i.Talk); {
		case i.Offer.ID != 0:
			left = begin + s.Settings.Talk
		case talks:
			left = max(0, t.EndsAt.Sub(now))
			if t.Offer == offer {
				left = max(0, t.EndsAt.Add(more).Sub(now))
			}
		}
		out.last = max(out.last, left)
		if i.Removed || i.Paused || begin == 0 && !p[i.ID.Person()].Connected {
			continue
		}
		free := begin
		switch t, _ := s.Talk(i.WriteUp); {
		case i.Offer.ID != 0 || i.Talk != 0:
			free = left + s.Settings.Pause
		case i.WriteUp != 0:
			free += max(0, t.Ended.Add(s.Settings.Pause).Sub(now))
		}
		hands = append(hands, hand{i.ID, free})
	}
	return hands
}

func everybody(CandidateID) bool { return true }

// forecast is how far the interviewers get; nil if nobody waits, or nobody works.
func (s Session) forecast(p Presence, now time.Time) *Forecast {
	all := s.play(p, now, 0, 0, everybody)
	if len(all.begin) == 0 {
		return nil
	}
	f := &Forecast{Waiting: len(all.begin), Last: ms(all.last)}
	for _, at := range all.begin {
		if now.Add(at).Before(s.Settings.End()) {
			f.Reached++
		}
	}
	return f
}

// costs is what more minutes in a talk mean for those who wait.
func (s Session) costs(p Presence, now time.Time, offer OfferID) (list []Cost) {
	as := s.play(p, now, 0, 0, everybody)
	for _, minutes := range []int{2, 5} {
		then := s.play(p, now, offer, time.Duration(minutes)*time.Minute, everybody)
		c := Cost{Minutes: minutes, Last: ms(then.last)}
		for id, at := range then.begin {
			if at > as.begin[id] {
				c.Moves++
			}
		}
		list = append(list, c)
	}
	return list
}
