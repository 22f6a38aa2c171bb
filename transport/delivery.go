package transport

import (
	"context"
	"strings"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// deliveryView is what has become of somebody's latest letter, in words.
type deliveryView struct {
	Key   string // of the state's words
	Icon  string
	Tone  string // "ok", "wait", "bad" or ""
	Cause string // key of the reason; "" if there is none
	Codes string // the server's codes
	At    time.Time

	Remedy string // key of what the recruiter can do; "" nothing
}

// Failed says whether somebody has to do something.
func (d deliveryView) Failed() bool { return d.Tone == "bad" }

// newDelivery reads a letter's state. smtp: letters leave the house at all.
func newDelivery(p Posted, smtp bool) deliveryView {
	word, codes, _ := strings.Cut(p.Cause, " ")
	v := deliveryView{Codes: codes, At: p.Created}
	if causes[word] {
		v.Cause = "outbox.cause." + word
	}
	switch {
	case p.State == PostSent:
		v.Key, v.Icon, v.Tone, v.At = "delivery.sent", "ok", "ok", p.Done
		v.Cause = ""
	case p.State == PostFailed && word == mail.CauseKept:
		v.Key, v.Icon, v.Tone, v.Cause = "delivery.kept", "inbox", "", ""
	case p.State == PostFailed && word == mail.CauseOutdated:
		v.Key, v.Icon, v.Tone = "delivery.outdated", "minus", ""
	case p.State == PostFailed:
		v.Key, v.Icon, v.Tone, v.At = "delivery.failed", "bang", "bad", p.Done
	case p.Attempts > 0:
		v.Key, v.Icon, v.Tone = "delivery.again", "warn", "wait"
	case !smtp:
		v.Key, v.Icon, v.Tone, v.Cause = "delivery.kept", "inbox", "", ""
	default:
		v.Key, v.Icon = "delivery.pending", "clock"
	}
	if v.Tone == "bad" || v.Tone == "wait" {
		v.Remedy = "delivery.do.other"
		if remedies[word] {
			v.Remedy = "delivery.do." + word
		}
	}
	return v
}

// remedies are the causes against which something of their own can be done.
var remedies = map[string]bool{mail.CauseUnreachable: true, mail.CauseLater: true, mail.CauseNoAddress: true}

// causes are the words that have a text.
var causes = map[string]bool{
	mail.CauseUnreachable: true, mail.CauseLater: true, mail.CauseRefused: true, mail.CauseNoAddress: true,
	mail.CauseWritten: true, mail.CauseOutdated: true, mail.CauseExpired: true,
}

// latest is everybody's newest letter, by session; posted is the newest first.
func latest(posted []Posted) map[nextup.SessionID]map[nextup.PersonID]Posted {
	all := map[nextup.SessionID]map[nextup.PersonID]Posted{}
	for _, p := range posted {
		if all[p.Session] == nil {
			all[p.Session] = map[nextup.PersonID]Posted{}
		}
		if _, newer := all[p.Session][p.Person]; !newer {
			all[p.Session][p.Person] = p
		}
	}
	return all
}

// Letter looks up what a letter says now. It makes a Server the mail.Letters that
// the delivery loop asks.
func (s *Server) Letter(ctx context.Context, id nextup.SessionID, m nextup.Mail) (mail.Letter, error) {
	n, err := s.Sessions.Look(ctx, id)
	if err != nil {
		return mail.Letter{}, err
	}
	if !wanted(n, m) {
		return mail.Letter{}, mail.ErrOutdated
	}
	return s.letter(ctx, n, m)
}

// wanted says whether a letter still makes sense at the moment of sending. Times and
// words are those of that moment anyway; what is asked here is whether the news
// itself is still true.
func wanted(n nextup.Snapshot, m nextup.Mail) bool {
	st := n.State
	c, candidate := st.Candidates[nextup.CandidateID(m.Person)]
	i, interviewer := st.Interviewer(nextup.InterviewerID(m.Person))
	here := candidate && c.Status != nextup.StatusWithdrawn || interviewer && !i.Removed
	switch m.Kind {
	case nextup.MailConfirmation:
		return st.Phase == nextup.PhasePublished && candidate && here
	case nextup.MailInvitation:
		return st.Phase == nextup.PhasePublished && interviewer && here
	case nextup.MailChange:
		return st.Phase == nextup.PhasePublished && here
	case nextup.MailCancellation:
		return st.Phase == nextup.PhaseCancelled && here
	case nextup.MailWithdrawal:
		return candidate && !here // who has registered again was told so by a confirmation
	case nextup.MailReminder: // late is of no use, and far too early neither: the start was moved, and another will follow
		left := st.Settings.Start.Sub(n.Now)
		return st.Phase == nextup.PhasePublished && candidate && here && left > 0 && left < 2*nextup.RemindBefore
	case nextup.MailSignUp:
		return st.Phase == nextup.PhasePublished && n.Now.Before(st.Settings.End()) && !registeredAs(n, n.People[m.Person].Email)
	}
	return false
}

// registeredAs says whether somebody with this address has a place.
func registeredAs(n nextup.Snapshot, email string) bool {
	for _, id := range n.State.Registered {
		if n.State.Candidates[id].Status != nextup.StatusWithdrawn && strings.EqualFold(n.People[id.Person()].Email, email) {
			return true
		}
	}
	return false
}

// letter makes a letter of the rows as they are now.
func (s *Server) letter(ctx context.Context, n nextup.Snapshot, m nextup.Mail) (mail.Letter, error) {
	who, ok := n.People[m.Person]
	if !ok || who.Email == "" { // erased
		return mail.Letter{}, mail.ErrOutdated
	}
	if l, own, err := s.appointedLetter(ctx, n, m); own || err != nil {
		return l, err
	}
	organisation, err := s.Store.OrganisationName(ctx, n.State.Organisation)
	if err != nil {
		return mail.Letter{}, err
	}
	set := n.State.Settings
	l := mail.Letter{
		Kind: m.Kind, To: who.Email, Name: who.Name, Language: who.Language, Organisation: organisation,
		Title: n.Texts[nextup.TitleText], Start: set.Start, Zone: set.Zone,
		Length: set.Length, Talk: set.Talk, Opens: set.LobbyOpens,
		Contact: n.Texts[nextup.ContactText], Words: noticeWords(n.Texts, m.Text, who.Language),
		Support: s.supportLine(who.Language),
	}
	for _, i := range n.State.Interviewers {
		if !i.Removed {
			l.Interviewers = append(l.Interviewers, n.People[i.ID.Person()].Name)
		}
	}
	if s.Office != nil {
		owner, ok, err := s.Office.Account(ctx, n.State.Owner)
		if err != nil {
			return mail.Letter{}, err
		}
		if ok {
			l.Host, l.ReplyTo = owner.Name, owner.Email
		}
	}
	if i, ok := n.State.Interviewer(nextup.InterviewerID(m.Person)); ok {
		l.Interviews = true
		l.Link, l.PIN = s.links.Interviewer(n.ID, i.ID, i.Generation), s.links.PIN(n.ID, i.ID, i.Generation)
	} else if _, ok := n.State.Candidates[nextup.CandidateID(m.Person)]; ok {
		l.Link = s.links.Candidate(n.ID, nextup.CandidateID(m.Person))
	}
	switch m.Kind {
	case nextup.MailInvitation:
		if !l.Interviews {
			return mail.Letter{}, mail.ErrOutdated
		}
	case nextup.MailSignUp:
		l.Link = s.links.SignUp(n.ID)
		return l, nil // an invitation to sign up is no entry in anybody's calendar
	case nextup.MailWithdrawal:
		l.Link = s.links.SignUp(n.ID)
	}
	l.UID, l.Sequence = s.entryOf(n.ID, m.Person), n.State.Sequence
	return l, nil
}

// entryOf names somebody's calendar entry for as long as the session lives.
func (s *Server) entryOf(id nextup.SessionID, p nextup.PersonID) string {
	return string(id) + "-" + string(p) + "@" + s.BaseURL.Hostname()
}

var _ mail.Letters = (*Server)(nil)
