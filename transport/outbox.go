package transport

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// outboxView is what outbox.html shows.
type outboxView struct {
	SMTP    bool
	Letters []letterView
	More    bool
}

// letterView is one letter. With no mail server its words are shown; they are
// written again from the rows, so an erased person's letter says nothing.
type letterView struct {
	ID       string
	Kind     nextup.MailKind
	About    string // where the session or the round is
	Title    string
	To, Name string
	Created  time.Time
	State    deliveryView
	Lang     string // of Subject and Text
	Subject  string
	Text     string
	Personal bool   // the person is still known
	Page     string // where more of him is, and the letter is sent again
}

const lettersShown = 100

// outbox shows a recruiter the letters of his own sessions, and no others: mail
// about accounts never is in this list.
func (s *Server) outbox(w http.ResponseWriter, r *http.Request, who Account) error {
	ctx := r.Context()
	ids, err := s.Office.SessionsOf(ctx, who.Organisation, who.ID)
	if err != nil {
		return err
	}
	posted, err := s.Office.Posted(ctx, ids...)
	if err != nil {
		return err
	}
	rounds, err := s.postedOfRounds(ctx, who)
	if err != nil {
		return err
	}
	v := outboxView{SMTP: s.SMTP}
	if !r.URL.Query().Has("all") {
		posted, rounds, v.More = newest(posted, rounds, lettersShown)
	}
	seen := map[nextup.SessionID]nextup.Snapshot{}
	for _, p := range posted {
		n, ok := seen[p.Session]
		if !ok {
			if n, err = s.Sessions.Look(ctx, p.Session); err != nil {
				return err
			}
			seen[p.Session] = n
		}
		if n.State.Owner != who.ID || n.State.Organisation != who.Organisation {
			continue // the list above says so already; this is the one place where it must never be wrong
		}
		l := letterView{
			ID: strconv.FormatInt(p.ID, 10), Kind: p.Kind, About: "/sessions/" + string(p.Session), Title: n.Texts[nextup.TitleText],
			Created: in(p.Created, n.State.Settings.Zone), State: newDelivery(p, s.SMTP),
		}
		letter, err := s.letter(ctx, n, nextup.Mail{Kind: p.Kind, Person: p.Person, Text: p.Text})
		if err == nil {
			l.To, l.Name, l.Personal = letter.To, letter.Name, true
			l.Page = pageOf(n, p.Person)
			words, err := letter.Compose()
			if err != nil {
				return err
			}
			l.Lang, l.Subject = letter.Language, words.Subject
			if !s.SMTP {
				l.Text = words.Text
			}
		} else if err != mail.ErrOutdated { //nolint:errorlint // letter gives it as it is
			return err
		}
		v.Letters = append(v.Letters, l)
	}
	for _, p := range rounds {
		l, err := s.roundLetterView(ctx, p)
		if err != nil {
			return err
		}
		v.Letters = append(v.Letters, l)
	}
	slices.SortStableFunc(v.Letters, func(a, b letterView) int { return b.Created.Compare(a.Created) })
	return s.desk(w, r, http.StatusOK, who, "outbox.html", "/outbox", Page{View: v})
}

// pageOf is where a recruiter finds everything about somebody.
func pageOf(n nextup.Snapshot, p nextup.PersonID) string {
	at := "/sessions/" + string(n.ID)
	if _, ok := n.State.Candidates[nextup.CandidateID(p)]; ok {
		return at + "/candidates/" + string(p)
	}
	if _, ok := n.State.Interviewer(nextup.InterviewerID(p)); ok {
		return at + "/interviewers/" + string(p)
	}
	return at + "/invite"
}
