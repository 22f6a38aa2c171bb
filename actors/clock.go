package actors

import "time"

// anchored is a clock that a changed system time cannot move: the wall time at
// the start plus the monotonic time since.
type anchored struct{ start time.Time }

func newClock() anchored { return anchored{time.Now()} }

// Now is in UTC and without a monotonic part, like times that come from the store.
func (c anchored) Now() time.Time {
	return c.start.Add(time.Since(c.start)).Round(0).UTC()
}
