package transport

import (
	"context"
	"slices"
	"strconv"

	"nextup"
	"nextup/transport/mail"
)

// postedOfRound is one letter about a round, with the board that its words are made from.
type postedOfRound struct {
	RoundPost
	board *nextup.Board
}

// postedOfRounds lists the letters about the rounds of all jobs that the recruiter may
// open, the newest first.
func (s *Server) postedOfRounds(ctx context.Context, who Account) ([]postedOfRound, error) {
	if s.Jobs == nil {
		return nil, nil
	}
	jobs, err := s.Jobs.JobsOf(ctx, who.Organisation, who.ID)
	if err != nil {
		return nil, err
	}
	var all []postedOfRound
	for _, j := range jobs {
		posted, err := s.Jobs.RoundPosted(ctx, j.ID)
		if err != nil {
			return nil, err
		}
		if len(posted) == 0 {
			continue
		}
		b, err := s.Jobs.Board(ctx, j.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range posted {
			all = append(all, postedOfRound{p, &b})
		}
	}
	slices.SortStableFunc(all, func(a, b postedOfRound) int { return b.Created.Compare(a.Created) })
	return all, nil
}

// newest keeps the n newest letters of both kinds together; more says that there were
// others. Each list is the newest first.
func newest(posted []Posted, rounds []postedOfRound, n int) (_ []Posted, _ []postedOfRound, more bool) {
	i, j := 0, 0
	for i+j < n && (i < len(posted) || j < len(rounds)) {
		if j == len(rounds) || i < len(posted) && posted[i].Created.After(rounds[j].Created) {
			i++
		} else {
			j++
		}
	}
	return posted[:i], rounds[:j], i < len(posted) || j < len(rounds)
}

// roundLetterView is a letter about a round as the outbox shows it. With no mail server
// its words are shown as long as they are true: a recruiter who hands on a letter from
// here must not confirm a time that was cancelled since.
func (s *Server) roundLetterView(ctx context.Context, p postedOfRound) (letterView, error) {
	b := *p.board
	a, known := b.Applicant(nextup.ApplicantID(p.Person))
	rb, there := b.Round(p.Round)
	wanted := known && there && wantedOfRound(b.Job, rb, a, p.Kind, s.Now())
	if !wanted && p.State != PostSent {
		p.State, p.Cause = PostFailed, mail.CauseOutdated
	}
	v := letterView{
		ID: "round-" + strconv.FormatInt(p.ID, 10), Kind: p.Kind, About: roundAt(b.Job.ID, p.Round),
		Title: b.Job.Title, Created: in(p.Created, b.Job.Zone), State: newDelivery(p.Posted, s.SMTP),
	}
	if !known || a.Erased || a.Email == "" {
		return v, nil
	}
	v.To, v.Name, v.Personal = a.Email, a.Name, true
	v.Page = "/jobs/" + string(b.Job.ID) + "/applicants/" + string(a.ID)
	if s.SMTP || !wanted {
		return v, nil
	}
	l, err := s.roundLetter(ctx, b, rb, a, p.Kind, messageOf(b, nextup.TextID(p.Message)))
	if err == mail.ErrOutdated { //nolint:errorlint // roundLetter gives it as it is
		return v, nil
	}
	if err != nil {
		return v, err
	}
	words, err := l.Compose()
	v.Lang, v.Subject, v.Text = l.Language, words.Subject, words.Text
	return v, err
}
