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
	return v
}

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
func (s *Server) Letter(ctx context.Context, id nextup.SessionID, kind nextup.MailKind, person nextup.PersonID) (mail.Letter, error) {
	n, err := s.Sessions.Look(ctx, id)
	if err != nil {
		return mail.Letter{}, err
	}
	l, err := s.letter(ctx, n, kind, person)
	if err != nil {
		return mail.Letter{}, err
	}
	if !wanted(n.State, kind, person) {
		return mail.Letter{}, mail.ErrOutdated
	}
	return l, nil
}

// wanted says whether a letter still makes sense.
func wanted(st nextup.Session, kind nextup.MailKind, person nextup.PersonID) bool {
	if st.Phase != nextup.PhasePublished {
		return false
	}
	switch kind {
	case nextup.MailConfirmation:
		c, ok := st.Candidates[nextup.CandidateID(person)]
		return ok && c.Status != nextup.StatusWithdrawn
	case nextup.MailInvitation:
		i, ok := st.Interviewer(nextup.InterviewerID(person))
		return ok && !i.Removed
	}
	return false
}

// letter makes a letter of the rows as they are now.
func (s *Server) letter(ctx context.Context, n nextup.Snapshot, kind nextup.MailKind, person nextup.PersonID) (mail.Letter, error) {
	who, ok := n.People[person]
	if !ok {
		return mail.Letter{}, mail.ErrOutdated
	}
	organisation, err := s.Store.OrganisationName(ctx, n.State.Organisation)
	if err != nil {
		return mail.Letter{}, err
	}
	set := n.State.Settings
	l := mail.Letter{
		Kind: kind, To: who.Email, Name: who.Name, Language: who.Language, Organisation: organisation,
		Title: n.Texts[nextup.TitleText], Start: set.Start, Zone: set.Zone,
		Length: set.Length, Talk: set.Talk, Opens: set.LobbyOpens, Support: s.supportLine(who.Language),
	}
	if who.Email == "" {
		return mail.Letter{}, mail.ErrOutdated // erased
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
	switch kind {
	case nextup.MailConfirmation:
		l.Link = s.links.Candidate(n.ID, nextup.CandidateID(person))
	case nextup.MailInvitation:
		i, ok := n.State.Interviewer(nextup.InterviewerID(person))
		if !ok {
			return mail.Letter{}, mail.ErrOutdated
		}
		l.Link, l.PIN = s.links.Interviewer(n.ID, i.ID, i.Generation), s.links.PIN(n.ID, i.ID, i.Generation)
	}
	return l, nil
}

var _ mail.Letters = (*Server)(nil)
