package nextup

import (
	"slices"
	"time"
)

// What a recruiter may do with a session; who is in it stands in organising.go.

// LateStart is how long ago the start of a session that is made, or moved, may be.
const LateStart = 5 * time.Minute

func (d *decision) create(c Create) error {
	if d.Phase != "" {
		return Refuse(CodeStale)
	}
	if err := d.settings(c.Settings, true); err != nil {
		return err
	}
	d.emit(Created{Organisation: c.Organisation, Owner: c.Owner, Settings: c.Settings})
	for _, id := range c.Interviewers {
		if d.interviewer(id) < 0 {
			d.emit(InterviewerAdded{id})
		}
	}
	return nil
}

// settings checks a recruiter's choices; moved says that the start is a new one.
func (d *decision) settings(s Settings, moved bool) error {
	if err := s.Check(); err != nil {
		return err
	}
	if moved && s.Start.Before(d.now.Add(-LateStart)) {
		return &Error{Code: CodePast, Field: "start"}
	}
	return nil
}

func (d *decision) recruiter(c Command) error {
	if d.Removed {
		return Refuse(CodeUnknown)
	}
	switch c := c.(type) {
	case Configure:
		return d.configure(c)
	case Publish:
		return d.publish()
	case Cancel:
		return d.cancel(c)
	case Close:
		return d.close()
	case Reopen:
		return d.reopen(c)
	case Archive:
		if d.Phase == PhasePublished {
			return Refuse(CodeRunning)
		}
		if !d.Archived {
			d.emit(Archived{})
		}
	case Unarchive:
		if d.Archived {
			d.emit(Unarchived{})
		}
	case Remove:
		if d.Settings.Round != "" && d.Phase != PhaseClosed && d.Phase != PhaseCancelled {
			return Refuse(CodeRound)
		}
		if d.Phase == PhasePublished { // cancelled or closed first: whoever is registered must be told
			return Refuse(CodeRunning)
		}
		d.emit(Removed{})
	case Transfer:
		if c.To == "" {
			return Invalid("to")
		}
		if c.To != d.Owner {
			d.emit(Transferred{c.To})
		}
	case Announce:
		if err := d.open(); err != nil {
			return err
		}
		d.emit(Announced{})
	default:
		return d.organise(c)
	}
	return nil
}

func (d *decision) publish() error {
	if d.Phase != PhaseDraft {
		return d.open()
	}
	if d.over() { // it would close at once
		return &Error{Code: CodePast, Field: "start"}
	}
	d.emit(Published{})
	return nil
}

func (d *decision) cancel(c Cancel) error {
	if d.Settings.Round != "" {
		return Refuse(CodeRound)
	}
	if d.Phase == PhaseClosed {
		return Refuse(CodeClosed)
	}
	if len(d.Talks) > 0 {
		return Refuse(CodeStarted)
	}
	if d.Phase != PhaseCancelled {
		d.endOffers()
		d.emit(Cancelled{Notify: c.Notify && d.Phase == PhasePublished, Text: c.Text})
	}
	return nil
}

func (d *decision) close() error {
	if d.Phase == PhaseClosed {
		return nil
	}
	if err := d.open(); err != nil {
		return err
	}
	for _, i := range d.Interviewers {
		if i.Talk != 0 {
			return Refuse(CodeRunning)
		}
	}
	d.endOffers()
	for _, i := range d.Interviewers {
		if i.WriteUp != 0 {
			d.emit(WrittenUp{i.ID, i.WriteUp})
		}
	}
	d.emit(Closed{})
	return nil
}

// reopen goes on with a session that is over, until a new end time.
func (d *decision) reopen(c Reopen) error {
	switch length := c.Ends.Sub(d.Settings.Start); {
	case d.Phase == PhaseCancelled:
		return Refuse(CodeCancelled)
	case d.Phase != PhaseClosed:
		return Refuse(CodeNotClosed)
	case !c.Ends.After(d.now):
		return &Error{Code: CodePast, Field: "ends"}
	case length < d.Settings.Talk || length > MaxLength:
		return Invalid("ends")
	}
	d.emit(Reopened(c))
	return nil
}

func (d *decision) configure(c Configure) error {
	switch {
	case d.Phase == PhaseClosed || d.Phase == PhaseCancelled:
		return d.open()
	case d.Settings.Round != "" && (c.Settings.concerns(d.Settings) || c.Settings.Pause != d.Settings.Pause):
		return Refuse(CodeRound)
	case c.Version != 0 && c.Version < d.Edited:
		return Refuse(CodeStale)
	}
	c.Settings.Round = d.Settings.Round // for good
	moved := !c.Settings.Start.Equal(d.Settings.Start)
	if err := d.settings(c.Settings, moved); err != nil {
		return err
	}
	if len(d.Talks) > 0 && (moved || c.Settings.Zone != d.Settings.Zone) {
		return Refuse(CodeStarted)
	}
	if len(d.Order) > 0 && c.Settings.byRegistration() != d.Settings.byRegistration() {
		return &Error{Code: CodeOrder, Field: "order"}
	}
	if n := d.Taken(); c.Settings.Places < n {
		return &Error{Code: CodePlaces, Field: "places", Left: n}
	}
	if moved && d.now.Before(c.Settings.Start) {
		d.endOffers() // nobody is called before the start
	}
	changed := Changed{Settings: c.Settings}
	if c.Notify && d.Phase == PhasePublished && c.Settings.concerns(d.Settings) {
		changed.Notify, changed.Text = true, c.Text
	}
	d.emit(changed)
	for _, id := range c.Interviewers {
		if i, ok := d.Interviewer(id); !ok || i.Removed {
			d.emit(InterviewerAdded{id})
		}
	}
	for _, i := range slices.Clone(d.Interviewers) {
		if i.Removed || slices.Contains(c.Interviewers, i.ID) {
			continue
		}
		if i.Offer.ID != 0 {
			d.emit(CalledOff{i.Offer.Candidate, i.Offer.ID})
		}
		d.setFree(i.ID)
		d.emit(InterviewerRemoved{i.ID})
	}
	return nil
}

// endOffers takes back every call and admission; the places are kept.
func (d *decision) endOffers() {
	for _, i := range slices.Clone(d.Interviewers) {
		if i.Offer.ID != 0 {
			d.emit(CalledOff{i.Offer.Candidate, i.Offer.ID})
		}
	}
}
