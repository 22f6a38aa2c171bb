package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"nextup/media"
)

// certificates prepares the TLS of our port; nil if somebody else speaks it.
func (m *Main) certificates() (*tls.Config, error) {
	switch s := m.Settings; {
	case s.ACME:
		a, err := newACME(s, m.Log)
		if err != nil {
			return nil, err
		}
		m.acme = a
		return serverTLS(a.get, acmeProof), nil
	case s.tls:
		f, err := readCertFiles(s.TLSCert, s.TLSKey, m.Log)
		if err != nil {
			return nil, err
		}
		return serverTLS(f.get), nil
	default:
		return nil, nil
	}
}

// mediaConfig says where media is, and how browsers reach it over our TCP port.
func (m *Main) mediaConfig(secret []byte, listening net.Addr) media.Config {
	s := m.Settings
	c := media.Config{UDP: s.media, Lanes: s.Lanes, TURN: s.turn, TCP: s.reached(listening), Public: s.public, Secret: secret, Log: m.Log}
	if s.tls {
		c.TLS = hostPort(s.base)
	}
	return c
}

// reached is where browsers reach our TCP port for media, which a proxy that speaks
// HTTP does not pass on; zero if nowhere. With a certificate of our own the port is
// the base URL's, whatever it is called on this side of an address translation.
func (c checked) reached(listening net.Addr) netip.AddrPort {
	at, ok := listening.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	here := netip.AddrPortFrom(at.AddrPort().Addr().Unmap(), at.AddrPort().Port())
	local := loopback(c.base.Hostname())
	switch {
	case here.Addr().IsLoopback() && !local:
		return netip.AddrPort{} // only a proxy on this machine gets here
	case c.tls && !local:
		_, port, _ := net.SplitHostPort(hostPort(c.base))
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return netip.AddrPort{}
		}
		here = netip.AddrPortFrom(here.Addr(), uint16(n))
	}
	if len(c.public) > 0 && !here.Addr().IsLoopback() {
		here = netip.AddrPortFrom(netip.IPv6Unspecified(), here.Port()) // the announced ones
	}
	return here
}

// hostPort is where browsers find the base URL.
func hostPort(base *url.URL) string {
	port := base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[base.Scheme]
	}
	return net.JoinHostPort(base.Hostname(), port)
}

// redirects answers plain HTTP on a port that speaks TLS: whoever typed http:// is
// led to the base URL, never to what his request says the host is.
func redirects(base *url.URL, log *slog.Logger) *http.Server {
	return &http.Server{
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
		IdleTimeout: 5 * time.Second, MaxHeaderBytes: 8 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			if path := r.URL.EscapedPath(); (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.HasPrefix(path, "/") {
				to := *base
				to.Path, to.RawPath, to.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
				http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
				return
			}
			http.Error(w, fmt.Sprintf("This port speaks HTTPS: use %s", base), http.StatusBadRequest)
		}),
	}
}
