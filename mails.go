package nextup

import "slices"

// MailsFor says which letters the events call for, in the state they led to: to
// exactly those whom each concerns. Who has chosen a time hears of it from the round:
// here he is only reminded.
func MailsFor(after Session, events []Event) []Mail {
	var mails []Mail
	send := func(kind MailKind, to PersonID, words TextID) {
		mails = append(mails, Mail{Kind: kind, Person: to, Text: words})
	}
	released := func(id CandidateID) bool { return slices.Contains(events, Event(Booked{Candidate: id})) }
	confirm := func(kind MailKind, id CandidateID) {
		if after.Candidates[id].Booked.IsZero() && !released(id) {
			send(kind, id.Person(), "")
		}
	}
	invite := func(id InterviewerID) {
		if i, ok := after.Interviewer(id); ok && !i.Removed && after.Phase == PhasePublished {
			send(MailInvitation, id.Person(), "")
		}
	}
	// candidates of some statuses, and the interviewers, but for those who are
	// invited by the same command
	everybody := func(kind MailKind, words TextID, statuses ...Status) {
		for _, id := range after.Registered {
			if c := after.Candidates[id]; c.Booked.IsZero() && slices.Contains(statuses, c.Status) {
				send(kind, id.Person(), words)
			}
		}
		for _, i := range after.Interviewers {
			if !i.Removed && !slices.Contains(events, Event(InterviewerAdded{i.ID})) {
				send(kind, i.ID.Person(), words)
			}
		}
	}
	for _, e := range events {
		switch e := e.(type) {
		case Registered:
			confirm(MailConfirmation, e.Candidate)
		case RegistrationRepeated:
			confirm(MailConfirmation, e.Candidate)
		case Corrected:
			if e.Resend {
				confirm(MailConfirmation, e.Candidate)
			}
		case Withdrawn:
			if !after.Candidates[e.Candidate].Erased { // nobody is left to write to
				confirm(MailWithdrawal, e.Candidate)
			}
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
		case Invited:
			send(MailSignUp, e.Person, "")
		case Changed:
			if e.Notify {
				everybody(MailChange, e.Text, StatusRegistered, StatusWaiting, StatusCalled, StatusNoShow)
			}
		case Reopened:
			everybody(MailChange, "", StatusRegistered, StatusWaiting)
		case Cancelled:
			if e.Notify {
				everybody(MailCancellation, e.Text, StatusRegistered, StatusWaiting, StatusCalled, StatusTalking, StatusNoShow)
			}
		case Reminded:
			if !after.Reminded.Before(after.Settings.Start) { // nobody was awake the day before
				continue
			}
			for _, id := range after.Registered {
				if st := after.Candidates[id].Status; st == StatusRegistered || st == StatusWaiting {
					send(MailReminder, id.Person(), "")
				}
			}
		}
	}
	return mails
}
