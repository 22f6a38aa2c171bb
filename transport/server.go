package transport

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"

	"nextup/web"
)

// Config is what a Server is made of. Sessions, Media, Store, Key and BaseURL are
// required; each other field's zero value is ready for use.
type Config struct {
	Sessions Sessions
	Media    Media
	Store    Store

	// Key makes all links, PINs and signed cookies: 32 secret bytes that lie
	// outside the database. Another key makes every link that was sent out void.
	Key []byte
	// BaseURL is where people reach the server: scheme and host, no path. All links
	// are made from it, never from a request.
	BaseURL *url.URL
	// TrustedProxies may say in X-Forwarded-For whom they speak for.
	TrustedProxies []netip.Prefix

	// Office is what the recruiters' pages need of the database, Logins keeps who is
	// signed in (nil: in memory). Without Office there are no such pages.
	Office Office
	Logins scs.Store
	// Staff and Privacy are the rest of what the database keeps for an organisation:
	// its colleagues, and what is promised and erased. Without them there are no such pages.
	Staff   Staff
	Privacy Privacy
	Jobs    Jobs // what the database keeps of jobs, rounds and bookings; without it there are no such pages
	SMTP    bool // letters are sent; false: recruiters read them in their outbox

	Files   fs.FS            // pages, styles, scripts, texts; nil: package web's
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: slog.Default
	Support *Support         // whom to ask for technical help; nil: nobody is named
	Demo    bool             // the demonstration: the page after sign-up says that no mail is sent
}

// Server answers everything that comes over HTTP.
type Server struct {
	Config
	links   Links
	texts   *catalogues
	assets  *assets
	pages   map[string]*page // by file name, "lobby.html"
	hosts   hosts
	limits  limits
	lines   *lines
	handler http.Handler

	recruiting recruiting
	settling   *settling
	unscrubbed atomic.Bool // something was erased that may still be on the disk

	stop     context.Context // done when Close begins
	stopping context.CancelFunc
}

// New checks the configuration and reads all files; a fault in a page or a text
// shows up here and not with the first visitor.
func New(c Config) (*Server, error) {
	switch {
	case c.Sessions == nil || c.Media == nil || c.Store == nil:
		return nil, errors.New("transport: Sessions, Media and Store are required")
	case c.BaseURL == nil || (c.BaseURL.Scheme != "http" && c.BaseURL.Scheme != "https") || c.BaseURL.Host == "":
		return nil, errors.New("transport: the base URL must be http:// or https:// and a host")
	}
	links, err := NewLinks(c.Key, c.BaseURL)
	if err != nil {
		return nil, err
	}
	if c.Files == nil {
		c.Files = web.Files
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	s := &Server{Config: c, links: links, hosts: newHosts(c.BaseURL), limits: newLimits(), lines: newLines(), settling: newSettling()}
	if s.texts, err = readCatalogues(c.Files); err != nil {
		return nil, err
	}
	if s.assets, err = readAssets(c.Files, s.texts); err != nil {
		return nil, err
	}
	if s.pages, err = s.readPages(); err != nil {
		return nil, err
	}
	s.recruiting = newRecruiting(c)
	s.recruiting.logins.ErrorFunc = s.loginFault
	s.stop, s.stopping = context.WithCancel(context.Background())
	s.handler = s.wrap(s.routes())
	return s, nil
}

// Handler answers requests. Serve it with the time limits of HTTP.
func (s *Server) Handler() http.Handler { return s.handler }

// HTTP is an http.Server around the handler, with limits against slow and
// oversized requests; the caller sets Addr and TLS. Sockets live outside its
// Shutdown: call Close beside it.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
}

// Close closes every socket with 1001, so that browsers come back to the next
// server, and waits for them until ctx is done. No new ones are let in.
func (s *Server) Close(ctx context.Context) error {
	s.stopping()
	s.lines.close()
	done := make(chan struct{})
	go func() {
		s.lines.all.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
