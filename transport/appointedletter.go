package transport

import (
	"context"

	"nextup"
	"nextup/transport/mail"
)

// appointedLetter is a session's letter to a candidate who has chosen his time there:
// it tells of that time, and its calendar entry is the one he has already, not one for
// the whole session beside it. own is false for everybody else.
func (s *Server) appointedLetter(ctx context.Context, n nextup.Snapshot, m nextup.Mail) (l mail.Letter, own bool, err error) {
	if m.Kind != nextup.MailReminder && m.Kind != nextup.MailConfirmation {
		return l, false, nil
	}
	id := nextup.CandidateID(m.Person)
	if _, booked := bookedTime(n.State, id); !booked {
		return l, false, nil
	}
	a, ok, err := s.applicantAt(ctx, n, id)
	if err != nil || !ok {
		return l, false, err
	}
	b, err := s.Jobs.BoardOf(ctx, a.ID)
	if err != nil {
		return l, true, err
	}
	rb, _ := b.Round(n.State.Settings.Round)
	e, _ := everIn(rb, a.ID)
	if _, stands := standing(rb, e); !stands { // given back; the session does not know it yet
		return l, true, mail.ErrOutdated
	}
	kind := m.Kind
	if kind == nextup.MailConfirmation {
		kind = nextup.MailBooked
	}
	l, err = s.roundLetter(ctx, b, rb, a, kind, nextup.Message{})
	l.Appointed = kind == nextup.MailReminder
	return l, true, err
}
