package nextup

import "time"

// Figures is how a round's times stand at a moment.
type Figures struct {
	Seats int // of the times to come that have not been removed
	Free  int // of them, those that an applicant can still choose: nobody has them, and the cut-off is not reached
}

// Figures counts the times to come. A round without any is one that nobody can be
// invited to (Seats is 0).
func (r RoundBoard) Figures(now time.Time) (f Figures) {
	for _, s := range r.Slots {
		if !s.Removed.IsZero() || !s.Start.After(now) {
			continue
		}
		f.Seats += s.Seats
		if r.Round.Closed.IsZero() && r.Choosable(s, now) {
			f.Free += max(0, s.Seats-len(r.Booked(s.ID)))
		}
	}
	return f
}

// Booked lists who has a seat of the slot, by time of adding.
func (r RoundBoard) Booked(id SlotID) (who []ApplicantID) {
	for _, e := range r.Entries {
		if id != "" && e.Booking.Slot == id {
			who = append(who, e.Applicant)
		}
	}
	return who
}
