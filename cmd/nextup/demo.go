package main

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"nextup"
	"nextup/media/mediatest"
	"nextup/store"
	"nextup/transport"
)

//go:embed clips/*.ivf clips/*.ogg
var clips embed.FS

// Demo is the command that shows nextup to somebody alone with a browser.
type Demo struct {
	Listen     string `help:"Address and port for HTTP; the next free port if it is taken." default:"localhost:8080" placeholder:"HOST:PORT"`
	Candidates int    `help:"How many simulated candidates wait." default:"8"`
	Verbose    bool   `help:"Log what happens."`
}

// cast are the simulated candidates.
var cast = []struct{ clip, name, language string }{
	{"asa-oberg", "Åsa Öberg", "sv"},
	{"ola-nordmann", "Ola Nordmann", "nb"},
	{"kari-hansen", "Kari Hansen", "nb"},
	{"ali-hassan", "Ali Hassan", "sv"},
	{"jane-okafor", "Jane Okafor", "en"},
	{"elif-yilmaz", "Elif Yılmaz", "sv"},
	{"bjorn-aethelsen", "Bjørn Æthelsen", "nb"},
	{"maija-niemela", "Maija Niemelä", "sv"},
}

// Run shows a running session until ctx ends. Its data lie in a folder of their
// own that is gone afterwards; the real database is never opened.
func (d Demo) Run(ctx context.Context, out io.Writer) error {
	folder, err := os.MkdirTemp("", "nextup-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	listen, err := freePort(d.Listen)
	if err != nil {
		return err
	}
	s := Settings{Listen: listen, Data: folder, MediaPort: 0, TURNPort: 0}
	c, err := s.check()
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	if d.Verbose {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	m, err := open(ctx, c, log, true)
	if err != nil {
		return err
	}
	defer m.Close()
	links, err := m.stage(ctx, d.Candidates)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var people sync.WaitGroup
	defer people.Wait()
	defer cancel()
	for i, p := range links.people {
		// one after the other, so that the turn order is the cast's
		people.Go(func() {
			select {
			case <-time.After(time.Duration(i) * 60 * time.Millisecond):
				p.live(ctx)
			case <-ctx.Done():
			}
		})
	}
	fmt.Fprintf(out, `nextup demonstration. Nothing here is real, and nothing stays when you stop it (Ctrl+C).

  Interviewer   %s
                PIN %s
  Recruiter     %s
                %s, password %s
  Candidate     %s
  Round         %s
  Applicant     %s

Begin as the interviewer: open the link, enter the PIN and press the big button.
`, links.interviewer, links.pin, links.recruiter, demoEmail, links.password, links.candidate, links.round, links.applicant)
	return m.Run(ctx)
}

// The demonstration's recruiter.
const (
	demoEmail = "maria@example.org"
	demoName  = "Maria Lindqvist"
)

type demoLinks struct {
	interviewer, pin, recruiter, password, candidate string
	round, applicant                                 string // of the job whose applicants choose their time
	people                                           []*simulant
}

// stage founds the demonstration's organisation and its running session.
func (m *Main) stage(ctx context.Context, candidates int) (demoLinks, error) {
	var l demoLinks
	organisation, recruiter := nextup.OrganisationID(transport.NewID()), nextup.RecruiterID(transport.NewID())
	l.password = rand.Text()[:12]
	hash, err := transport.HashPassword(ctx, l.password)
	if err != nil {
		return l, err
	}
	err = m.Store.Found(ctx, organisation, "Nordkaj Lager", store.Recruiter{
		ID: recruiter, Name: demoName, Email: demoEmail, Language: "sv", PasswordHash: hash,
	})
	if err != nil {
		return l, err
	}
	id := nextup.SessionID(transport.NewID())
	first, second := nextup.InterviewerID(recruiter), nextup.InterviewerID(transport.NewID())
	settings := nextup.Settings{
		Start: time.Now().Add(-time.Minute).UTC().Truncate(time.Second), Zone: "Europe/Stockholm",
		Length: 3 * time.Hour, Talk: 10 * time.Minute, Pause: 2 * time.Minute, Places: 50,
		LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer, Countdown: 0,
	}
	texts := []nextup.Text{{ID: nextup.TitleText, Body: "Lagerarbetare, Malmö"}, {ID: nextup.JobText, Body: demoJob}}
	for _, q := range demoQuestions {
		settings.Questions = append(settings.Questions, nextup.QuestionID(transport.NewID()))
		texts = append(texts, nextup.Text{ID: nextup.TextID(settings.Questions[len(settings.Questions)-1]), Body: q})
	}
	for _, t := range demoTraits {
		settings.Traits = append(settings.Traits, nextup.TraitID(transport.NewID()))
		texts = append(texts, nextup.Text{ID: nextup.TextID(settings.Traits[len(settings.Traits)-1]), Body: t})
	}
	by := nextup.Actor{Role: nextup.RoleRecruiter, ID: string(recruiter)}
	orders := []nextup.Order{
		{
			By: by, Texts: texts,
			Command: nextup.Create{Organisation: organisation, Owner: recruiter, Settings: settings, Interviewers: []nextup.InterviewerID{first, second}},
			People: []nextup.Person{
				{ID: first.Person(), Role: nextup.RoleInterviewer, Name: demoName, Email: demoEmail, Language: "sv"},
				{ID: second.Person(), Role: nextup.RoleInterviewer, Name: "Johan Ek", Email: "johan@example.org", Language: "sv"},
			},
		},
		{By: by, Command: nextup.Publish{}},
	}
	for i := range candidates {
		role := cast[i%len(cast)]
		clip, err := mediatest.Load(clips, "clips/"+role.clip)
		if err != nil {
			return l, err
		}
		p := &simulant{system: m.Actors, media: m.Media, log: m.Log, session: id, id: nextup.CandidateID(transport.NewID()), clip: clip}
		l.people = append(l.people, p)
		name := role.name
		if round := i / len(cast); round > 0 {
			name = fmt.Sprintf("%s %d", role.name, round+1)
		}
		orders = append(orders, nextup.Order{
			By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: p.id},
			People: []nextup.Person{{ID: p.id.Person(), Role: nextup.RoleCandidate, Name: name, Email: fmt.Sprintf("%s.%d@example.org", role.clip, i), Language: role.language}},
		})
	}
	for _, o := range orders {
		o.ID = nextup.CommandID(transport.NewID())
		if _, err := m.Actors.Do(ctx, id, o); err != nil {
			return l, fmt.Errorf("demo: %T: %w", o.Command, err)
		}
	}
	l.interviewer, l.pin = m.Links.Interviewer(id, first, 1), m.Links.PIN(id, first, 1)
	l.candidate, l.recruiter = m.Links.SignUp(id), m.Settings.base.JoinPath("sign-in").String()
	l.round, l.applicant, err = m.recruitFor(ctx, organisation, recruiter, time.Now())
	return l, err
}

// freePort finds a free port from the wanted one upwards.
func freePort(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("--listen: %q is not HOST:PORT", listen)
	}
	n, err := net.LookupPort("tcp", port)
	if err != nil {
		return "", fmt.Errorf("--listen: %q is not a port", port)
	}
	for try := n; try < n+20; try++ {
		address := net.JoinHostPort(host, fmt.Sprint(try))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		address = net.JoinHostPort(host, fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
		return address, l.Close()
	}
	return "", errors.New("--listen: no free port near it")
}

var demoQuestions = []string{
	"Berätta kort om dig själv.",
	"Vilka truckkort har du?",
	"Hur har du arbetat med säkerhet på lagret?",
	"Kan du arbeta skift?",
	"När kan du börja?",
}

var demoTraits = []string{"Noggrann", "Samarbete", "Tempo", "Språk i arbetet"}

const demoJob = `**Lagerarbetare till Nordkaj i Malmö**

Du plockar, packar och kör truck på ett lager med 40 kollegor. Vi söker två personer för dagtid och två för skift.

- Truckkort A och B är ett krav
- Svenska eller engelska i arbetet
- Tillträde enligt överenskommelse
`
