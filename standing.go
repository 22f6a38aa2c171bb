package nextup

import "time"

// Open are the slots with a seat left that stand and begin after a moment: those that
// a recruiter can book for somebody when the moment is now.
func (r RoundBoard) Open(after time.Time) (list []Slot) {
	for _, s := range r.Slots {
		if s.Removed.IsZero() && s.Start.After(after) && len(r.Booked(s.ID)) < s.Seats {
			list = append(list, s)
		}
	}
	return list
}

// Standing are the entries of those who are still applicants.
func (b Board) Standing(r RoundBoard) (list []Entry) {
	for _, e := range r.Entries {
		if a, ok := b.Applicant(e.Applicant); ok && a.Removed.IsZero() && !a.Erased {
			list = append(list, e)
		}
	}
	return list
}
