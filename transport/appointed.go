package transport

import (
	"context"
	"errors"
	"time"

	"nextup"
)

// A candidate of a round's day has two pages: this session's, and the applicant's own,
// where he chose his time. What concerns the time is done there.

// AppointmentBoot is what the candidate's page is told of the time he chose.
type AppointmentBoot struct {
	Start    string `json:"start"`    // RFC 3339; empty: he has none here any more
	Personal string `json:"personal"` // path of his page as an applicant: there he changes or cancels it
	Calendar string `json:"calendar"` // path of its calendar file
}

// keptAddress says why a candidate of a round's day does not change his address there,
// as a catalogue key; "" if he may. It is how he and an applicant are known to be the
// same person: only one that a letter was sent to, whose link he has, is proof of that.
// own is his page as an applicant, if he is one.
func (s *Server) keptAddress(ctx context.Context, n nextup.Snapshot, id nextup.CandidateID) (why, own string, err error) {
	if n.State.Settings.Round == "" {
		return "", "", nil
	}
	a, err := s.appointment(ctx, n, id)
	if err != nil || a == nil {
		return "details.emailKept", "", err
	}
	return "personaldata.emailHint", a.Personal, nil
}

// applicantAt finds the applicant that a candidate of a round's day is: by his ID, or
// by the address of one who signed up there himself, which is never changed there.
func (s *Server) applicantAt(ctx context.Context, n nextup.Snapshot, id nextup.CandidateID) (a nextup.Applicant, ok bool, err error) {
	if s.Jobs == nil || n.State.Settings.Round == "" {
		return a, false, nil
	}
	b, err := s.Jobs.BoardOf(ctx, nextup.ApplicantID(id))
	if errors.Is(err, nextup.Refuse(nextup.CodeUnknown)) { // he signed up there himself, or was erased there before
		job, _, _, known, e := s.Jobs.DayOf(ctx, n.ID)
		if e != nil || !known {
			return a, false, e
		}
		b, err = s.Jobs.Board(ctx, job)
	}
	if err != nil {
		return a, false, err
	}
	if a, ok = b.Applicant(nextup.ApplicantID(id)); ok {
		return a, !a.Erased, nil
	}
	email := s.Store.EmailKey(n.People[id.Person()].Email)
	for _, a := range b.Applicants {
		if email != "" && s.Store.EmailKey(a.Email) == email {
			return a, true, nil
		}
	}
	return nextup.Applicant{}, false, nil
}

// appointment is what a candidate's page says of the time he chose; nil: he is none of
// those who choose one.
func (s *Server) appointment(ctx context.Context, n nextup.Snapshot, id nextup.CandidateID) (*AppointmentBoot, error) {
	a, ok, err := s.applicantAt(ctx, n, id)
	if err != nil || !ok {
		return nil, err
	}
	here := "/p/" + s.links.applicant(a.ID)
	v := &AppointmentBoot{Personal: here, Calendar: here + "/" + string(n.State.Settings.Round) + "/calendar.ics"}
	if at, ok := bookedTime(n.State, id); ok {
		v.Start = in(at, n.State.Settings.Zone).Format(time.RFC3339)
	}
	return v, nil
}

// bookedTime is the time that a candidate has in a session.
func bookedTime(st nextup.Session, id nextup.CandidateID) (time.Time, bool) {
	c := st.Candidates[id]
	return c.Booked, !c.Booked.IsZero() && c.Status != nextup.StatusWithdrawn
}

// correctAppointed keeps with the applicant what a candidate corrected of himself: his
// letters about times go by that row. The address is not among it.
func (s *Server) correctAppointed(ctx context.Context, n nextup.Snapshot, id nextup.CandidateID, who nextup.Person) error {
	if _, booked := bookedTime(n.State, id); !booked {
		return nil
	}
	a, ok, err := s.applicantAt(ctx, n, id)
	if err != nil || !ok {
		return err
	}
	a.Name, a.Phone, a.Language = who.Name, who.Phone, who.Language
	return s.Jobs.CorrectApplicant(ctx, a)
}
