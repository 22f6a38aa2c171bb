package transport

import (
	"context"
	"errors"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// roundLetters is a Server as the delivery of letters about rounds sees it.
type roundLetters struct{ s *Server }

// RoundLetters looks up what letters to applicants about a round say.
func (s *Server) RoundLetters() mail.Letters { return roundLetters{s} }

// Letter implements mail.Letters. The letter's session is a round's ID, its Person an
// applicant and its Text one of his messages.
func (l roundLetters) Letter(ctx context.Context, id nextup.SessionID, m nextup.Mail) (mail.Letter, error) {
	if l.s.Jobs == nil {
		return mail.Letter{}, mail.ErrOutdated
	}
	b, err := l.s.Jobs.BoardOf(ctx, nextup.ApplicantID(m.Person))
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) {
		return mail.Letter{}, mail.ErrOutdated // erased with his job
	}
	if err != nil {
		return mail.Letter{}, err
	}
	rb, there := b.Round(nextup.RoundID(id))
	a, known := b.Applicant(nextup.ApplicantID(m.Person))
	if !there || !known || !wantedOfRound(b.Job, rb, a, m.Kind, l.s.Now()) {
		return mail.Letter{}, mail.ErrOutdated
	}
	return l.s.roundLetter(ctx, b, rb, a, m.Kind, messageOf(b, m.Text))
}

// messageOf finds a message by the letter that carries it; a zero one if there is none.
func messageOf(b nextup.Board, id nextup.TextID) nextup.Message {
	for _, m := range b.Messages {
		if id != "" && m.ID == nextup.MessageID(id) {
			return m
		}
	}
	return nextup.Message{}
}

// wantedOfRound says whether a letter's news is still true when it is sent. What it
// says is true anyway: a letter of a booking that was moved since tells the new time.
func wantedOfRound(j nextup.Job, rb nextup.RoundBoard, a nextup.Applicant, kind nextup.MailKind, now time.Time) bool {
	e, in := everIn(rb, a.ID)
	slot, booked := standing(rb, e)
	switch kind {
	case nextup.MailChoose, nextup.MailChooseAgain:
		return in && a.Removed.IsZero() && rb.Round.Closed.IsZero() && j.Closed.IsZero() && !booked && !passed(rb, now)
	case nextup.MailBooked, nextup.MailMoved:
		return booked && a.Removed.IsZero() && now.Before(slot.End())
	case nextup.MailUnbooked: // who has chosen again since was told so by the letter about that
		was, had := rb.Slot(e.Booking.Was)
		return had && e.Booking.Slot == "" && now.Before(was.End())
	}
	return false
}

// everIn finds an applicant's entry in a round, and says whether he is in it still. Who
// was taken out of it is told that his time is gone.
func everIn(rb nextup.RoundBoard, id nextup.ApplicantID) (e nextup.Entry, in bool) {
	if e, in = rb.Entry(id); in {
		return e, true
	}
	for _, e := range rb.Left {
		if e.Applicant == id {
			return e, false
		}
	}
	return nextup.Entry{}, false
}

// standing is the time that an applicant has.
func standing(rb nextup.RoundBoard, e nextup.Entry) (nextup.Slot, bool) {
	if e.Booking.Slot == "" {
		return nextup.Slot{}, false
	}
	return rb.Slot(e.Booking.Slot)
}

// passed says that the last time that could be chosen is too near or over.
func passed(rb nextup.RoundBoard, now time.Time) bool {
	for _, s := range rb.Slots {
		if rb.Choosable(s, now) {
			return false
		}
	}
	return len(rb.Slots) > 0
}

// others says whether an applicant in the round can choose a time that is not the one
// he gave back.
func others(j nextup.Job, rb nextup.RoundBoard, e nextup.Entry, now time.Time) bool {
	if !rb.Round.Closed.IsZero() || !j.Closed.IsZero() || e.Invited.IsZero() {
		return false
	}
	for _, s := range rb.Slots {
		if rb.Choosable(s, now) && s.ID != e.Booking.Was && len(rb.Booked(s.ID)) < s.Seats {
			return true
		}
	}
	return false
}

// roundLetter makes a letter to an applicant of the rows as they are now; m is the
// message it carries. ErrOutdated: there is nobody to write to, or no time to write of.
func (s *Server) roundLetter(ctx context.Context, b nextup.Board, rb nextup.RoundBoard, a nextup.Applicant, kind nextup.MailKind, m nextup.Message) (mail.Letter, error) {
	if a.Erased || a.Email == "" {
		return mail.Letter{}, mail.ErrOutdated
	}
	l := mail.Letter{
		Kind: kind, To: a.Email, Name: a.Name, Language: a.Language, Title: b.Job.Title, Zone: b.Job.Zone,
		Contact: b.Job.Contact, Link: s.links.Applicant(a.ID),
	}
	if kind == nextup.MailChoose || kind == nextup.MailChooseAgain {
		if m.ID == "" && m.Body == "" {
			return mail.Letter{}, mail.ErrOutdated // its words were erased
		}
		if m.Language != "" {
			l.Language = m.Language
		}
		l.Subject, l.Words = m.Subject, m.Body
	} else if err := s.appoint(&l, b, rb, a); err != nil {
		return mail.Letter{}, err
	}
	l.Support, l.Round = s.supportLine(l.Language), s.roundName(l.Language, rb.Round)
	var err error
	if l.Organisation, err = s.Store.OrganisationName(ctx, b.Job.Organisation); err != nil {
		return mail.Letter{}, err
	}
	if s.Office != nil {
		owner, ok, err := s.Office.Account(ctx, b.Job.Owner)
		if err != nil {
			return mail.Letter{}, err
		}
		if ok {
			l.Host, l.ReplyTo = owner.Name, owner.Email
		}
	}
	return l, nil
}

// appoint puts the applicant's time into a letter: the one he has, or the one that he
// had and has not any more.
func (s *Server) appoint(l *mail.Letter, b nextup.Board, rb nextup.RoundBoard, a nextup.Applicant) error {
	e, in := everIn(rb, a.ID)
	slot, stands := standing(rb, e)
	if !stands {
		var had bool
		if slot, had = rb.Slot(e.Booking.Was); !had {
			return mail.ErrOutdated
		}
	}
	day, _ := rb.Day(slot.Date)
	l.Start, l.Length, l.Talk = slot.Start, slot.Length, slot.Length
	l.Video, l.Address = day.Place.Video, day.Place.Address
	l.UID, l.Sequence = e.Booking.UID+"@"+s.BaseURL.Hostname(), e.Booking.Sequence
	if !stands {
		l.Own = e.Booking.By != nextup.RoleRecruiter
		l.Others = in && a.Removed.IsZero() && others(b.Job, rb, e, s.Now())
		return nil
	}
	if l.Video {
		l.Join = s.links.Join(a.ID, rb.Round.ID)
	}
	if until := slot.Start.Add(-rb.Round.CutOff); s.Now().Before(until) {
		l.Cancel = until
		if rb.Round.Closed.IsZero() && b.Job.Closed.IsZero() && !e.Invited.IsZero() {
			l.Change = until
		}
	}
	return nil
}

// previewRound is the letter that a message will be, as it would be sent now. What is
// written need not be kept yet.
func (s *Server) previewRound(ctx context.Context, b nextup.Board, rb nextup.RoundBoard, a nextup.Applicant, m nextup.Message) (mail.Words, error) {
	if m.ID == "" {
		m.ID = "preview" // nothing written yet is no erased message
	}
	l, err := s.roundLetter(ctx, b, rb, a, m.Kind, m)
	if err != nil {
		return mail.Words{}, err
	}
	return l.Compose()
}
