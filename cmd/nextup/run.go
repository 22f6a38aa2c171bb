package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"nextup/actors"
	"nextup/media"
	"nextup/store"
	"nextup/transport"
	"nextup/transport/mail"
)

// stopTime is how long a stopping server waits for what is going on.
const stopTime = 10 * time.Second

// Main is the running program: everything open and joined. The end-to-end tests
// and the demonstration start the very same one.
type Main struct {
	Settings  checked
	Log       *slog.Logger
	Store     *store.Store
	Media     *media.Server
	Actors    *actors.System
	Transport *transport.Server
	Links     transport.Links
	lock      *os.File         // keeps a second server off the data
	delivery  []*mail.Delivery // of sessions' letters, of those about accounts, and of those about rounds
	port      *onePort
	server    *http.Server
	astray    *http.Server // says to plain HTTP on a TLS port where to go; nil without TLS
	acme      *acmeCerts   // nil: no certificates from an authority
}

// open opens and joins the parts, in the order of their need of each other. What
// was opened before a failure is closed again.
func open(ctx context.Context, s checked, log *slog.Logger, demo bool) (m *Main, err error) {
	m = &Main{Settings: s, Log: log}
	defer func() {
		if err != nil {
			m.Close()
		}
	}()
	if err = os.MkdirAll(s.Data, 0o700); err != nil {
		return m, fmt.Errorf("--data: %w", err)
	}
	if m.lock, err = lock(s.Data); err != nil {
		return m, fmt.Errorf("--data: %w", err)
	}
	if m.Store, err = store.Open(ctx, s.Data, store.Options{Log: log}); err != nil {
		return m, fmt.Errorf("--data: %w", err)
	}
	key, err := readKey(s.Data)
	if err != nil {
		return m, err
	}
	secrets, err := m.certificates()
	if err != nil {
		return m, err
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return m, fmt.Errorf("--listen: %w", err)
	}
	if m.Media, err = media.New(m.mediaConfig(derive(key, "turn"), listener.Addr())); err != nil {
		_ = listener.Close()
		return m, fmt.Errorf("--media-port or --turn-port: %w", err)
	}
	m.port = share(listener, secrets, m.Media.Take)
	m.Actors = actors.New(journal{m.Store}, m.Media, log)
	m.Actors.Limit(s.MaxTalks)
	m.Transport, err = transport.New(transport.Config{
		Sessions: m.Actors, Media: sounds{m.Media}, Store: rows{m.Store}, Office: rows{m.Store}, Logins: m.Store.Logins(),
		Staff: rows{m.Store}, Privacy: rows{m.Store}, Jobs: rows{m.Store},
		Key: derive(key, "links"), Support: s.support,
		BaseURL: s.base, TrustedProxies: s.TrustedProxy, SMTP: s.smtp != nil, Log: log, Demo: demo, Now: s.now,
	})
	if err != nil {
		return m, err
	}
	if m.Links, err = transport.NewLinks(derive(key, "links"), s.base); err != nil {
		return m, err
	}
	sender := mail.Sender{Address: s.MailFrom, Domain: s.base.Hostname()}
	m.delivery = []*mail.Delivery{
		{Outbox: outbox{m.Store}, Letters: m.Transport, SMTP: s.smtp, Log: log, Sender: sender},
		{Outbox: accountOutbox{m.Store}, Letters: m.Transport.AccountLetters(), SMTP: s.smtp, Log: log, Sender: sender},
		{Outbox: roundOutbox{m.Store}, Letters: m.Transport.RoundLetters(), SMTP: s.smtp, Log: log, Sender: sender},
	}
	m.server = m.Transport.HTTP()
	if s.tls {
		m.astray = redirects(s.base, log)
	}
	return m, nil
}

// Run serves until ctx ends.
func (m *Main) Run(ctx context.Context) error {
	failed := make(chan error, 2)
	serve := func(server *http.Server, from net.Listener) {
		if err := server.Serve(from); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			failed <- err
		}
	}
	go serve(m.server, m.port.pages)
	if m.astray != nil {
		go serve(m.astray, m.port.astray)
	}
	beside, stop := context.WithCancel(ctx)
	var working sync.WaitGroup
	for _, d := range m.delivery {
		working.Go(func() { d.Run(beside) })
	}
	if m.acme != nil {
		working.Go(func() { m.acme.fetch(beside) })
	}
	working.Go(func() { m.Transport.Purging(beside) })
	working.Go(func() { m.Transport.Settling(beside) })
	defer func() {
		stop()
		working.Wait()
	}()
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	case <-m.Store.Failed():
		// A disk that failed once cannot be believed again; a new start reads what is there.
		return errors.New("the database failed; start again")
	}
}

// Close ends everything in the opposite order: browsers are told to come back,
// what is going on ends, and the database is closed last.
func (m *Main) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	warn := func(what string, err error) {
		if err != nil {
			m.Log.Warn("stop", "what", what, "err", err)
		}
	}
	if m.Transport != nil {
		warn("sockets", m.Transport.Close(ctx))
	}
	if m.server != nil {
		warn("http", m.server.Shutdown(ctx))
	}
	if m.astray != nil {
		warn("plain http", m.astray.Shutdown(ctx))
	}
	if m.port != nil {
		_ = m.port.Close()
	}
	if m.Actors != nil {
		warn("actors", m.Actors.Close(ctx))
	}
	if m.Media != nil {
		warn("media", m.Media.Close())
	}
	if m.Store != nil {
		warn("store", m.Store.Close())
	}
	if m.lock != nil {
		_ = m.lock.Close()
	}
}

// serve is the command without a name.
func serve(ctx context.Context, s Settings, out io.Writer) error {
	c, err := s.check()
	if err != nil {
		return err
	}
	m, err := open(ctx, c, slog.New(slog.NewTextHandler(os.Stderr, nil)), false)
	if err != nil {
		return err
	}
	defer m.Close()
	fmt.Fprintf(out, "nextup is ready at %s\n", c.base)
	founded, err := m.Store.Founded(ctx)
	if err != nil {
		return err
	}
	if !founded {
		link, expires, err := transport.NewSetUpLink(ctx, rows{m.Store}, c.base, time.Now())
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Set it up here, once, before %s:\n  %s\n", expires.Local().Format("2006-01-02 15:04"), link)
	}
	return m.Run(ctx)
}
