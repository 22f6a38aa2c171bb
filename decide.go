package nextup

import "time"

// Decide says what a command would make happen, or why it is refused. It changes
// nothing: the caller keeps the events, then evolves. No events and no error
// means that the command asks for what is so already.
func Decide(s Session, p Presence, now time.Time, by Actor, c Command) ([]Event, error) {
	if by.Role != c.command() {
		return nil, Refuse(CodeForbidden)
	}
	d := &decision{Session: s, presence: p, now: now, by: by}
	d.promise() // a timer may be late, and Next must not be
	if err := d.decide(c); err != nil {
		return nil, err
	}
	d.promise()
	d.settle()
	return d.events, nil
}

// decision gathers events; the embedded state is already evolved by them, so a
// later rule of the same command sees what an earlier one decided.
type decision struct {
	Session
	presence Presence
	now      time.Time
	by       Actor
	events   []Event
	own      bool // the state is a copy; made for the first event, so that a refusal costs nothing
}

func (d *decision) emit(e Event) {
	if !d.own {
		d.Session, d.own = d.clone(), true
	}
	d.events = append(d.events, e)
	d.Version++
	d.apply(Recorded{Version: d.Version, At: d.now, By: d.by, Event: e})
}

func (d *decision) decide(c Command) error {
	if create, ok := c.(Create); ok {
		return d.create(create)
	}
	if d.Phase == "" {
		return Refuse(CodeUnknown)
	}
	switch d.by.Role {
	case RoleRecruiter:
		return d.recruiter(c)
	case RoleVisitor:
		return d.visitor(c)
	case RoleCandidate:
		return d.candidateAsks(c)
	case RoleInterviewer:
		return d.interviewerAsks(c)
	}
	switch c := c.(type) {
	case Tick:
		d.tick()
	case Return:
		d.returned(c)
	default:
		return d.appointed(c)
	}
	return nil
}

// open says why a session takes no part in anything any more, or not yet.
func (d *decision) open() error {
	switch d.Phase {
	case PhaseDraft:
		return Refuse(CodeNotReleased)
	case PhaseClosed:
		return Refuse(CodeClosed)
	case PhaseCancelled:
		return Refuse(CodeCancelled)
	}
	return nil
}

// over says whether the planned time has passed: nobody new comes in.
func (d *decision) over() bool { return !d.now.Before(d.Settings.End()) }

// settle closes a session whose time is over and that has nothing left to do.
func (d *decision) settle() {
	if d.Phase != PhasePublished || d.now.Before(d.Settings.End()) || d.busy() {
		return
	}
	d.emit(Closed{})
}

// busy says whether anybody waits, is called, talks or is written up.
func (s Session) busy() bool {
	for _, i := range s.Interviewers {
		if i.Offer.ID != 0 || i.Talk != 0 || i.WriteUp != 0 {
			return true
		}
	}
	return s.first() != ""
}
