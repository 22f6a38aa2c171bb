package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"nextup"
	"nextup/store"
	"nextup/transport"
)

// inside opens the program within the test's own process, for what must be seen
// by the race detector or prepared without the forms. It serves until the test ends.
func inside(t testing.TB, data string) *Main {
	t.Helper()
	m := opened(t, data, freeTCP(t))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		m.Close()
	})
	return m
}

// visitor is a new browser at this server.
func (m *Main) visitor(t testing.TB) *visitor {
	t.Helper()
	return newVisitor(t, m.Settings.base.String())
}

// opened is inside without serving; the caller closes it.
func opened(t testing.TB, data string, port int) *Main {
	t.Helper()
	s := Settings{
		Listen: net.JoinHostPort("127.0.0.1", fmt.Sprint(port)), Data: data, MailFrom: "nextup <no-reply@localhost>",
		TrustedProxy: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	}
	c, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	m, err := open(context.Background(), c, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// seeded is a session made without forms.
type seeded struct {
	id           nextup.SessionID
	questions    []nextup.QuestionID
	interviewers []nextup.InterviewerID
}

// seed makes and publishes a running session whose talks begin without a
// countdown unless change says otherwise.
func (m *Main) seed(t testing.TB, interviewers int, change func(*nextup.Settings)) seeded {
	t.Helper()
	ctx := context.Background()
	s := seeded{id: nextup.SessionID(transport.NewID())}
	const (
		owner        = nextup.RecruiterID("seeded-recruiter")
		organisation = nextup.OrganisationID("seeded-organisation")
	)
	if founded, err := m.Store.Founded(ctx); err != nil {
		t.Fatal(err)
	} else if !founded {
		hash, err := transport.HashPassword(ctx, recruiterPassword)
		if err != nil {
			t.Fatal(err)
		}
		first := store.Recruiter{ID: owner, Name: recruiterName, Email: recruiterMail, Language: "sv", PasswordHash: hash}
		if err := m.Store.Found(ctx, organisation, "Nordkaj Lager", first); err != nil {
			t.Fatal(err)
		}
	}
	settings := nextup.Settings{
		Start: time.Now().Add(-time.Minute).UTC().Truncate(time.Second), Zone: "Europe/Stockholm",
		Length: 12 * time.Hour, Talk: 10 * time.Minute, Places: 5000,
		LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer,
		Questions: []nextup.QuestionID{"question1", "question2"},
	}
	if change != nil {
		change(&settings)
	}
	s.questions = settings.Questions
	texts := []nextup.Text{{ID: nextup.TitleText, Body: "Lagerarbetare"}, {ID: nextup.JobText, Body: "Ett jobb."}}
	for _, q := range s.questions {
		texts = append(texts, nextup.Text{ID: nextup.TextID(q), Body: "Why?"})
	}
	var people []nextup.Person
	for n := range interviewers {
		id := nextup.InterviewerID(transport.NewID())
		s.interviewers = append(s.interviewers, id)
		people = append(people, nextup.Person{
			ID: id.Person(), Role: nextup.RoleInterviewer, Name: interviewerName(n),
			Email: fmt.Sprintf("interviewer%d@example.org", n+1), Language: "en",
		})
	}
	by := nextup.Actor{Role: nextup.RoleRecruiter, ID: string(owner)}
	m.give(t, s.id, nextup.Order{
		By: by, People: people, Texts: texts,
		Command: nextup.Create{Organisation: organisation, Owner: owner, Settings: settings, Interviewers: s.interviewers},
	})
	m.give(t, s.id, nextup.Order{By: by, Command: nextup.Publish{}})
	return s
}

// register signs a candidate up without the form.
func (m *Main) register(t testing.TB, s nextup.SessionID, name string) nextup.CandidateID {
	t.Helper()
	id := nextup.CandidateID(transport.NewID())
	m.give(t, s, nextup.Order{
		By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: id},
		People: []nextup.Person{{ID: id.Person(), Role: nextup.RoleCandidate, Name: name, Email: mailOf(name), Language: "en"}},
	})
	return id
}

func (m *Main) give(t testing.TB, s nextup.SessionID, o nextup.Order) {
	t.Helper()
	o.ID = nextup.CommandID(transport.NewID())
	if _, err := m.Actors.Do(context.Background(), s, o); err != nil {
		t.Fatalf("%T: %v", o.Command, err)
	}
}

// invited is an interviewer's link and PIN.
func (s seeded) invited(l transport.Links, n int) invited {
	id := s.interviewers[n]
	return invited{interviewerName(n), l.Interviewer(s.id, id, 1), l.PIN(s.id, id, 1)}
}

// interviewerName is what a seeded interviewer is called.
func interviewerName(n int) string {
	if names := []string{"Maria Lind", "Johan Ek", "Ingrid Dahl"}; n < len(names) {
		return names[n]
	}
	return fmt.Sprintf("Interviewer %d", n+1)
}
