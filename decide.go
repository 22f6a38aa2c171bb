package nextup

import (
	"slices"
	"time"
)

// Decide says what a command would make happen, or why it is refused. It changes
// nothing: the caller keeps the events, then evolves. No events and no error
// means that the command asks for what is so already.
func Decide(s Session, p Presence, now time.Time, by Actor, c Command) ([]Event, error) {
	if by.Role != c.command() {
		return nil, Refuse(CodeForbidden)
	}
	d := &decision{Session: s, presence: p, now: now, by: by}
	if err := d.decide(c); err != nil {
		return nil, err
	}
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

// ---- recruiter

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
	if moved && s.Start.Before(d.now.Add(-5*time.Minute)) {
		return &Error{Code: CodePast, Field: "start"}
	}
	return nil
}

func (d *decision) recruiter(c Command) error {
	switch c := c.(type) {
	case Configure:
		return d.configure(c)
	case Publish:
		if d.Phase != PhaseDraft {
			return d.open()
		}
		if d.over() { // it would close at once
			return &Error{Code: CodePast, Field: "start"}
		}
		d.emit(Published{})
	case Cancel:
		if d.Phase == PhaseClosed {
			return Refuse(CodeClosed)
		}
		if len(d.Talks) > 0 {
			return Refuse(CodeStarted)
		}
		if d.Phase != PhaseCancelled {
			d.endOffers()
			d.emit(Cancelled{Notify: c.Notify, Text: c.Text})
		}
	case Close:
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
	case RenewLink:
		i, ok := d.Interviewer(c.Interviewer)
		if !ok || i.Removed {
			return Refuse(CodeUnknown)
		}
		d.emit(LinkRenewed{i.ID, i.Generation + 1})
	case Reopen, Archive, Unarchive, Remove, Transfer, Grant, Revoke, Announce, Invite, Reinstate, LinkCandidate, EraseCandidate:
		return Refuse(CodeUnavailable) // ruled within the hour
	case Resend:
		if err := d.open(); err != nil {
			return err
		}
		if i, ok := d.Interviewer(c.Interviewer); ok && !i.Removed {
			d.emit(InvitationRepeated{i.ID})
			return nil
		}
		return d.repeat(c.Candidate)
	}
	return nil
}

func (d *decision) configure(c Configure) error {
	switch {
	case d.Phase == PhaseClosed || d.Phase == PhaseCancelled:
		return d.open()
	case c.Version != 0 && c.Version < d.Edited:
		return Refuse(CodeStale)
	}
	moved := !c.Settings.Start.Equal(d.Settings.Start)
	if err := d.settings(c.Settings, moved); err != nil {
		return err
	}
	if len(d.Talks) > 0 && (moved || c.Settings.Zone != d.Settings.Zone) {
		return Refuse(CodeStarted)
	}
	if n := d.Taken(); c.Settings.Places < n {
		return &Error{Code: CodePlaces, Field: "places", Left: n}
	}
	if moved && d.now.Before(c.Settings.Start) {
		d.endOffers() // nobody is called before the start
	}
	d.emit(Changed{Settings: c.Settings})
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

// ---- visitor

func (d *decision) visitor(c Command) error {
	switch c := c.(type) {
	case Register:
		if err := d.open(); err != nil {
			return err
		}
		if known, ok := d.Candidates[c.Candidate]; ok {
			if known.Status != StatusWithdrawn || slices.ContainsFunc(d.Talks, func(t Talk) bool { return t.Candidate == c.Candidate }) {
				return Refuse(CodeTaken)
			}
		}
		if d.over() {
			return Refuse(CodeClosed)
		}
		if d.Taken() >= d.Settings.Places {
			return Refuse(CodeFull)
		}
		d.emit(Registered{c.Candidate})
	case RegisterAgain:
		if err := d.open(); err != nil {
			return err
		}
		return d.repeat(c.Candidate)
	case TryPIN:
		i, ok := d.Interviewer(c.Interviewer)
		switch {
		case !ok || i.Removed:
			return Refuse(CodeUnknown)
		case i.Locked():
			return Refuse(CodeLocked)
		case c.Right:
			d.emit(PINAccepted{i.ID})
		default:
			d.emit(PINRefused{i.ID})
		}
	}
	return nil
}

// repeat sends a candidate's confirmation again, a few times a day.
func (d *decision) repeat(id CandidateID) error {
	c, ok := d.Candidates[id]
	if !ok || c.Status == StatusWithdrawn {
		return Refuse(CodeUnknown)
	}
	if len(c.Mails) >= mailsPerDay && d.now.Sub(c.Mails[len(c.Mails)-mailsPerDay]) < 24*time.Hour {
		return Refuse(CodeTooMany)
	}
	d.emit(RegistrationRepeated{id})
	return nil
}

// ---- candidate

func (d *decision) candidateAsks(cmd Command) error {
	c, ok := d.Candidates[CandidateID(d.by.ID)]
	if !ok {
		return Refuse(CodeUnknown)
	}
	switch cmd := cmd.(type) {
	case Respond:
		if cmd.Interest != InterestYes && cmd.Interest != InterestNo && cmd.Interest != InterestSkip {
			return Invalid("interest")
		}
		if !slices.ContainsFunc(d.Talks, func(t Talk) bool { return t.Candidate == c.ID && !t.Ended.IsZero() }) {
			return Refuse(CodeNoTalk)
		}
		if c.Interest != cmd.Interest {
			d.emit(Responded{c.ID, cmd.Interest})
		}
		return nil
	case Leave:
		t, ok := d.Talk(cmd.Offer)
		if !ok || t.Candidate != c.ID || !t.Ended.IsZero() {
			return Refuse(CodeNoTalk)
		}
		d.emit(TalkEnded{t.Offer})
		return nil
	}
	if err := d.open(); err != nil {
		return err
	}
	switch cmd := cmd.(type) {
	case CheckIn:
		return d.checkIn(c, cmd)
	case Continue:
		if c.CheckedIn.IsZero() || c.Status == StatusWithdrawn {
			return Refuse(CodeNotWaiting)
		}
		if c.Device != cmd.Device {
			d.emit(Continued{c.ID, cmd.Device})
		}
	case Confirm:
		if c.Status == StatusWaiting && (!c.RestUntil.IsZero() || d.now.Sub(c.Confirmed) >= time.Minute) {
			d.emit(Confirmed{c.ID})
		}
	case Hold:
		return d.hold(c)
	case Resume:
		if c.Status != StatusWaiting {
			return Refuse(CodeNotWaiting)
		}
		if c.OnHold {
			d.emit(Resumed{c.ID})
		}
	case Acknowledge:
		return d.acknowledge(c, cmd.Offer)
	case Answer:
		return d.answer(c, cmd.Offer)
	case Withdraw:
		return d.withdraw(c)
	case Test, Correct, EraseMe:
		return Refuse(CodeUnavailable)
	case Requeue:
		t, ok := d.Talk(cmd.Offer)
		if !ok || t.Candidate != c.ID || !t.Ended.IsZero() {
			return Refuse(CodeNoTalk)
		}
		if d.presence.gone(t.Interviewer.Person(), d.now) < LostTime {
			return Refuse(CodeStale)
		}
		d.emit(TalkAbandoned{t.Offer})
	}
	return nil
}

func (d *decision) checkIn(c Candidate, cmd CheckIn) error {
	switch c.Status {
	case StatusRegistered:
	case StatusWithdrawn:
		return Refuse(CodeUnknown)
	default:
		if c.Device != cmd.Device {
			return Refuse(CodeElsewhere)
		}
		return nil
	}
	if d.now.Before(d.Settings.Opens()) {
		return Refuse(CodeNotOpen)
	}
	if d.over() {
		return Refuse(CodeClosed)
	}
	d.emit(CheckedIn{c.ID, cmd.Device})
	return nil
}

func (d *decision) hold(c Candidate) error {
	i := d.offered(c.ID)
	switch {
	case c.Status == StatusWaiting:
		if !c.OnHold {
			d.emit(Held{Candidate: c.ID})
		}
	case i >= 0 && d.Interviewers[i].Offer.ID != 0:
		d.lose(i, func(o Offer) Event { return Held{c.ID, o.ID} })
	default:
		return Refuse(CodeNotWaiting)
	}
	return nil
}

func (d *decision) acknowledge(c Candidate, offer OfferID) error {
	i := d.offered(c.ID)
	if i < 0 || c.Offer != offer {
		return Refuse(CodeStale)
	}
	if d.Interviewers[i].Offer.Stage != StageAdmitted {
		return nil // known already
	}
	d.emit(Acknowledged{offer, d.now.Add(d.Settings.Countdown)})
	d.start(i)
	return nil
}

// answer says yes to a call: admitted under a new number, and acknowledged.
func (d *decision) answer(c Candidate, offer OfferID) error {
	i := d.offered(c.ID)
	if i < 0 || c.Offer != offer {
		return Refuse(CodeStale)
	}
	o := d.Interviewers[i].Offer
	if o.Stage != StageCalled {
		return nil
	}
	id := d.LastOffer + 1
	d.emit(Admitted{Offer: id, Interviewer: d.Interviewers[i].ID, Candidate: c.ID, AckBy: d.now.Add(AckTime), Taken: o.Taken})
	d.emit(Acknowledged{id, d.now.Add(d.Settings.Countdown)})
	d.start(i)
	return nil
}

func (d *decision) withdraw(c Candidate) error {
	switch c.Status {
	case StatusDone, StatusNotReached:
		return Refuse(CodeNotWaiting)
	case StatusWithdrawn:
		return nil
	}
	i := d.offered(c.ID)
	if i >= 0 && d.Interviewers[i].Offer.ID != 0 {
		d.lose(i, func(Offer) Event { return Withdrawn{c.ID} })
		return nil
	}
	if i >= 0 {
		d.emit(TalkEnded{d.Interviewers[i].Talk})
	}
	d.emit(Withdrawn{c.ID})
	return nil
}

// ---- interviewer

func (d *decision) interviewerAsks(cmd Command) error {
	i := d.interviewer(InterviewerID(d.by.ID))
	if i < 0 {
		return Refuse(CodeUnknown)
	}
	w := d.Interviewers[i]
	switch cmd := cmd.(type) { // what a removed interviewer may still do, and after the end
	case End:
		if w.Talk == 0 || w.Talk != cmd.Offer {
			return Refuse(CodeNoTalk)
		}
		d.emit(TalkEnded{w.Talk})
		return nil
	case Submit:
		if w.WriteUp != 0 && w.WriteUp == cmd.Offer {
			d.emit(WrittenUp{w.ID, w.WriteUp})
		}
		return nil
	case Extend:
		if w.Talk == 0 || w.Talk != cmd.Offer {
			return Refuse(CodeNoTalk)
		}
		if cmd.More < time.Minute || cmd.More > maxExtension {
			return Invalid("more")
		}
		d.emit(TalkExtended{w.Talk, cmd.More})
		return nil
	}
	// who was removed may still change the device for his last talk and its write-up
	_, enters := cmd.(Enter)
	if w.Removed && (!enters || w.Talk == 0 && w.WriteUp == 0) {
		return Refuse(CodeRemoved)
	}
	switch cmd := cmd.(type) {
	case Enter:
		if w.Device != cmd.Device {
			d.emit(Entered{w.ID, cmd.Device})
		}
		return nil
	}
	if err := d.open(); err != nil {
		return err
	}
	switch cmd := cmd.(type) {
	case Next:
		return d.next(i, cmd.After, cmd.EndTalk, func() (Event, error) {
			id := d.upNext(d.presence, d.now)
			if id == "" {
				return nil, Refuse(CodeNobody)
			}
			return d.invite(w.ID, id, false, Reason{}), nil
		})
	case Take:
		if err := reasoned(cmd.Reason); err != nil {
			return err
		}
		return d.next(i, cmd.After, cmd.EndTalk, func() (Event, error) {
			c, ok := d.Candidates[cmd.Candidate]
			switch {
			case !ok:
				return nil, Refuse(CodeUnknown)
			case c.Status != StatusWaiting && c.Status != StatusNoShow:
				return nil, Refuse(CodeNotWaiting)
			case !d.presence[c.ID.Person()].Connected:
				return nil, Refuse(CodeAway)
			}
			return d.invite(w.ID, c.ID, true, cmd.Reason), nil
		})
	case Skip:
		return d.skip(w, cmd)
	case UndoSkip:
		c, ok := d.Candidates[cmd.Candidate]
		if !ok || c.Status != StatusWaiting {
			return Refuse(CodeNotWaiting)
		}
		if c.Skipped {
			d.emit(SkipUndone{c.ID, d.undoBefore(c.ID)})
		}
	case CorrectNoShow:
		c, ok := d.Candidates[cmd.Candidate]
		if !ok {
			return Refuse(CodeUnknown)
		}
		if c.Status == StatusNoShow {
			if d.presence.gone(c.ID.Person(), d.now) >= UnseenTime { // the clock would take it back at once
				return Refuse(CodeAway)
			}
			d.emit(NoShowCorrected{c.ID})
		}
	case CallOff:
		if w.Offer.ID == 0 || w.Offer.ID != cmd.Offer {
			return Refuse(CodeStale)
		}
		d.emit(CalledOff{w.Offer.Candidate, w.Offer.ID})
	case Pause:
		if w.Offer.ID != 0 {
			return Refuse(CodeBusy)
		}
		if w.WriteUp != 0 {
			d.emit(WrittenUp{w.ID, w.WriteUp})
		}
		if !w.Paused {
			d.emit(Paused{w.ID})
		}
	case Recuse, HandOver, DeclineHandOver, InvitePanel, JoinPanel, DeclinePanel:
		return Refuse(CodeUnavailable)
	case Unpause:
		if w.Paused {
			d.emit(Unpaused{w.ID})
		}
	}
	return nil
}

// next frees the interviewer and makes one offer; if there is nobody to offer,
// the whole command is refused and nothing changes.
func (d *decision) next(i int, after OfferID, endTalk bool, choose func() (Event, error)) error {
	w := d.Interviewers[i]
	switch {
	case w.Last != after:
		return Refuse(CodeStale)
	case w.Offer.ID != 0:
		return Refuse(CodeBusy)
	case d.now.Before(d.Settings.Start):
		return Refuse(CodeNotStarted)
	case w.Talk != 0 && !endTalk:
		return Refuse(CodeRunning)
	}
	if w.Talk != 0 {
		d.emit(TalkEnded{w.Talk})
	}
	if up := d.Interviewers[i].WriteUp; up != 0 {
		d.emit(WrittenUp{w.ID, up})
	}
	if w.Paused {
		d.emit(Unpaused{w.ID})
	}
	offer, err := choose()
	if err != nil {
		return err
	}
	d.emit(offer)
	return nil
}

// invite is the offer of a candidate to an interviewer: admitted if ready, else called.
func (d *decision) invite(to InterviewerID, id CandidateID, taken bool, why Reason) Event {
	if d.Ready(d.presence, d.now, id) {
		return Admitted{Offer: d.LastOffer + 1, Interviewer: to, Candidate: id, AckBy: d.now.Add(AckTime), Taken: taken, Reason: why}
	}
	return Called{Offer: d.LastOffer + 1, Interviewer: to, Candidate: id, AnswerBy: d.now.Add(d.Settings.Answer), Taken: taken, Reason: why}
}

func (d *decision) skip(w Interviewer, cmd Skip) error {
	if err := reasoned(cmd.Reason); err != nil {
		return err
	}
	c, ok := d.Candidates[cmd.Candidate]
	if !ok || c.Status != StatusWaiting {
		return Refuse(CodeNotWaiting)
	}
	before, ok := d.down(c.ID)
	if !ok {
		return Refuse(CodeNobody)
	}
	if cmd.ToEnd {
		before = ""
	}
	d.emit(Skipped{Interviewer: w.ID, Candidate: c.ID, Before: before, Reason: cmd.Reason})
	return nil
}

func reasoned(r Reason) error {
	if !slices.Contains(Presets, r.Preset) || (r.Preset == PresetOther && r.Text == "") {
		return Refuse(CodeReason)
	}
	return nil
}

// ---- what both sides and the clock share

// lose ends an open offer with an event and, if the interviewer pressed Next,
// offers him the next eligible person in the same commit.
func (d *decision) lose(i int, how func(Offer) Event) {
	w := d.Interviewers[i]
	lost := w.Offer
	d.emit(how(lost))
	if lost.Taken || d.Phase != PhasePublished || w.Removed || !d.presence[w.ID.Person()].Connected {
		return
	}
	// nobody is offered twice by the same press of Next
	next := d.upNext(d.presence, d.now, w.Tried...)
	if next != "" {
		d.emit(d.invite(w.ID, next, false, Reason{}))
	}
}

// start begins the talk if the countdown is over: with both there, or not at all.
func (d *decision) start(i int) {
	w := d.Interviewers[i]
	if w.Offer.Stage != StageCountdown || d.now.Before(w.Offer.Until) {
		return
	}
	lapse := func(o Offer) Event { return Lapsed{o.Candidate, o.ID} }
	if !d.presence[w.Offer.Candidate.Person()].Connected || !d.presence[w.ID.Person()].Connected {
		d.lose(i, lapse)
		return
	}
	d.emit(TalkStarted{w.Offer.ID, d.now.Add(d.Settings.Talk)})
}

func (d *decision) returned(c Return) {
	if cand, ok := d.Candidates[CandidateID(c.Person)]; ok && cand.Status == StatusNoShow && cand.Unseen && d.Phase == PhasePublished {
		d.emit(NoShowCorrected{cand.ID})
	}
	for _, t := range d.Talks {
		if !t.Ended.IsZero() || (t.Candidate.Person() != c.Person && t.Interviewer.Person() != c.Person) {
			continue
		}
		// both may be gone at once: time since the last return is given back once only
		gap := min(c.Gone, LostTime, d.now.Sub(t.Resumed))
		if gap >= 500*time.Millisecond {
			d.emit(TalkResumed{t.Offer, gap})
		}
	}
}

// tick does what deadlines ask for. It looks at the clock itself, so a late or a
// doubled timer does no harm.
func (d *decision) tick() {
	if d.Phase != PhasePublished {
		return
	}
	for i := range d.Interviewers {
		o := d.Interviewers[i].Offer
		if o.ID == 0 || d.now.Before(o.Until) {
			continue
		}
		switch o.Stage {
		case StageAdmitted:
			d.lose(i, func(o Offer) Event { return Lapsed{o.Candidate, o.ID} })
		case StageCountdown:
			d.start(i)
		case StageCalled:
			if d.Candidates[o.Candidate].Misses+1 >= MaxMisses {
				d.lose(i, func(o Offer) Event { return NoShow{o.Candidate, o.ID} })
			} else {
				d.lose(i, func(o Offer) Event { return Missed{o.Candidate, o.ID} })
			}
		}
	}
	for _, w := range d.Interviewers {
		if at, ok := d.deserted(d.presence, w); ok && !d.now.Before(at) {
			d.emit(TalkEnded{w.Talk})
		}
	}
	for _, id := range d.Waiting() {
		if d.presence.gone(id.Person(), d.now) >= UnseenTime {
			d.emit(NoShow{Candidate: id})
		}
	}
	for _, w := range d.Interviewers {
		if w.WriteUp != 0 && d.presence.gone(w.ID.Person(), d.now) >= UnseenTime {
			d.emit(WrittenUp{w.ID, w.WriteUp})
		}
	}
}

// deserted is when a running talk ends because neither side came back: it would
// otherwise keep the session open for ever. ok is false while one of them is there.
func (s Session) deserted(p Presence, w Interviewer) (at time.Time, ok bool) {
	t, ok := s.Talk(w.Talk)
	if !ok {
		return time.Time{}, false
	}
	for _, id := range []PersonID{t.Candidate.Person(), t.Interviewer.Person()} {
		seen := p[id]
		if seen.Connected || seen.Since.IsZero() {
			return time.Time{}, false
		}
		if seen.Since.After(at) {
			at = seen.Since
		}
	}
	return at.Add(UnseenTime), true
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

// Deadline is when Tick could next matter, zero for never. It is an absolute
// time made from the state, so no timer has to survive a restart.
func Deadline(s Session, p Presence) time.Time {
	if s.Phase != PhasePublished {
		return time.Time{}
	}
	var at time.Time
	soonest := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	unseen := func(id PersonID) {
		if seen := p[id]; !seen.Connected && !seen.Since.IsZero() {
			soonest(seen.Since.Add(UnseenTime))
		}
	}
	for _, i := range s.Interviewers {
		if i.Offer.ID != 0 {
			soonest(i.Offer.Until)
		}
		if i.WriteUp != 0 {
			unseen(i.ID.Person())
		}
		if end, ok := s.deserted(p, i); ok {
			soonest(end)
		}
	}
	for _, id := range s.Order {
		if s.Candidates[id].Status == StatusWaiting {
			unseen(id.Person())
		}
	}
	if !s.busy() {
		soonest(s.Settings.End())
	}
	return at
}

// MailsFor says which letters the events call for, in the state they led to.
func MailsFor(after Session, events []Event) []Mail {
	var mails []Mail
	invite := func(id InterviewerID) {
		if i, ok := after.Interviewer(id); ok && !i.Removed && after.Phase == PhasePublished {
			mails = append(mails, Mail{Kind: MailInvitation, Person: id.Person()})
		}
	}
	for _, e := range events {
		switch e := e.(type) {
		case Registered:
			mails = append(mails, Mail{Kind: MailConfirmation, Person: e.Candidate.Person()})
		case RegistrationRepeated:
			mails = append(mails, Mail{Kind: MailConfirmation, Person: e.Candidate.Person()})
		case Published:
			for _, i := range after.Interviewers {
				invite(i.ID)
			}
		case InterviewerAdded:
			invite(e.Interviewer)
		case InvitationRepeated:
			invite(e.Interviewer)
		case LinkRenewed:
			invite(e.Interviewer)
		}
	}
	return mails
}
