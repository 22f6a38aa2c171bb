package transport

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"nextup"
)

// bodyLimit bounds every form and data request, bytes. Fields have narrower limits of their own.
const bodyLimit = 256 << 10

// wrap puts what holds for every request round the routes, outermost first.
func (s *Server) wrap(next http.Handler) http.Handler {
	h := s.sameOrigin(next)
	h = limitBody(h)
	h = s.knownHost(h)
	h = s.headers(h)
	h = s.recover(h)
	return s.logged(h)
}

// policy is the Content-Security-Policy of every answer. Older Safari does not
// count a websocket to the own host as 'self', so the socket's origin is named.
func policy(base *url.URL, host string) string {
	socket := "ws://"
	if base.Scheme == "https" {
		socket = "wss://"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self' " + socket + host + "; media-src 'self' blob: mediastream:; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
}

// Which of the browser's powers a page may use: nothing by default, camera and the
// like only where somebody is interviewed.
const (
	powersNone = "camera=(), microphone=(), display-capture=(), screen-wake-lock=(), geolocation=(), payment=(), usb=(), serial=(), " +
		"midi=(), accelerometer=(), gyroscope=(), magnetometer=(), autoplay=(), fullscreen=(), picture-in-picture=()"
	powersLive = "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), autoplay=(self), fullscreen=(self), " +
		"picture-in-picture=(self), geolocation=(), payment=(), usb=(), serial=(), midi=(), " +
		"accelerometer=(), gyroscope=(), magnetometer=()"
)

// headers sets what protects a browser, on every answer there is.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := s.BaseURL.Host
		if s.hosts.ours(r.Host) {
			host = r.Host // one of our own names, so nothing of the sender's gets in
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy(s.BaseURL, host))
		h.Set("Referrer-Policy", "no-referrer") // links are secrets
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		powers := powersNone
		if p := r.URL.Path; strings.HasPrefix(p, "/c/") || strings.HasPrefix(p, "/i/") {
			powers = powersLive
		}
		h.Set("Permissions-Policy", powers)
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// secure says whether people reach the server over TLS.
func (s *Server) secure() bool { return s.BaseURL.Scheme == "https" }

// hosts are the names under which the server may be spoken to.
type hosts map[string]bool

// newHosts is the base URL's host. On one's own machine localhost and its
// addresses are the same place, and people type either.
func newHosts(base *url.URL) hosts {
	h := hosts{}
	port := base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[base.Scheme]
	}
	name := strings.ToLower(base.Hostname())
	names := []string{name}
	if ip := net.ParseIP(name); name == "localhost" || (ip != nil && ip.IsLoopback()) {
		names = append(names, "localhost", "127.0.0.1", "::1")
	}
	for _, n := range names {
		h[net.JoinHostPort(n, port)] = true
		if (base.Scheme == "http" && port == "80") || (base.Scheme == "https" && port == "443") {
			if strings.Contains(n, ":") {
				n = "[" + n + "]"
			}
			h[n] = true
		}
	}
	return h
}

func (h hosts) ours(host string) bool { return h[strings.ToLower(host)] }

// knownHost refuses requests for another host than ours (DNS rebinding, poisoned
// links): 421, without a page.
func (s *Server) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.hosts.ours(r.Host) {
			http.Error(w, "This server does not answer for that host name.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses forms and data that another site's page sends. Websockets
// are upgrades of a GET and are checked in live.go.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if guard.Check(r) != nil && !faceless(r) {
			s.fail(w, r, nextup.Refuse(nextup.CodeForbidden))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// faceless says that a browser could not say where its form came from, and that
// it does not matter. Our own Referrer-Policy makes a form's Origin "null", and
// browsers without Sec-Fetch-Site (Safari before 16.4; any over plain HTTP) send
// nothing else. Where the address itself is the secret, or there is none, another
// site gains nothing from a visitor that it could not do by itself. Recruiters'
// pages, which a cookie opens, are not among them.
func faceless(r *http.Request) bool {
	if r.Header.Get("Origin") != "null" || r.Header.Get("Sec-Fetch-Site") != "" {
		return false
	}
	p := r.URL.Path
	return strings.HasPrefix(p, "/s/") || strings.HasPrefix(p, "/c/") || strings.HasPrefix(p, "/i/") || strings.HasPrefix(p, "/p/") || p == "/language"
}

// origin says whether a websocket comes from one of our own pages: the Origin's
// scheme is the base URL's, and its host the very one that was asked. A missing
// Origin is no browser's and is refused too.
func (s *Server) origin(r *http.Request) bool {
	list := r.Header.Values("Origin")
	if len(list) != 1 {
		return false
	}
	o, err := url.Parse(list[0])
	return err == nil && o.Scheme == s.BaseURL.Scheme && o.User == nil && o.Path == "" && o.RawQuery == "" &&
		s.hosts.ours(o.Host) && strings.EqualFold(o.Host, r.Host)
}

func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		}
		next.ServeHTTP(w, r)
	})
}

// recover keeps one request's panic from ending the process.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it like this too
				panic(p)
			}
			s.Log.Error("panic", "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
			if a, ok := w.(*answer); !ok || a.status == 0 {
				http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// answer remembers what was answered, for the log.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController through, which websockets need.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// logged writes one line a request. The line names the route, never the path: a
// path holds a link's secret, a query may hold anything, an address is personal.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, began := &answer{ResponseWriter: w}, time.Now()
		next.ServeHTTP(a, r)
		route := r.Pattern
		if route == "" {
			route = "-"
		}
		level := slog.LevelInfo
		if strings.HasPrefix(route, "GET /a/") {
			level = slog.LevelDebug // files: many, and all alike
		}
		s.Log.Log(r.Context(), level, "request", "method", method(r.Method), "route", route, "status", a.status, "bytes", a.bytes,
			"ms", time.Since(began).Milliseconds())
	})
}

// method is a request's method as a log may hold it; it is the sender's text otherwise.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
