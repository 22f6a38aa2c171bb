package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// alpn is what can be agreed on in the TLS handshake. Clients of a relay say
// "stun.turn" (RFC 7443) or nothing.
var alpn = []string{"h2", "http/1.1", "stun.turn"}

// serverTLS is the TLS of our port.
func serverTLS(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error), more ...string) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: append(slices.Clone(alpn), more...), GetCertificate: certificate}
	unknown := c.Clone()
	unknown.NextProtos = nil
	// Some relay clients name a protocol of their own; that is no reason to refuse them.
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if len(hello.SupportedProtos) > 0 && !slices.ContainsFunc(hello.SupportedProtos, func(p string) bool { return slices.Contains(c.NextProtos, p) }) {
			return unknown, nil
		}
		return nil, nil
	}
	return c
}

// certFiles is a certificate in two files that somebody else renews. They are
// looked at when somebody connects, at most once a second, and read again when
// one has changed. While they cannot be used, the one read before stays.
type certFiles struct {
	cert, key string
	log       *slog.Logger
	every     time.Duration

	mu     sync.Mutex
	loaded *tls.Certificate
	seen   [2]stamp
	looked time.Time
}

// stamp tells whether a file has changed.
type stamp struct {
	at   time.Time
	size int64
}

// readCertFiles fails if there is no usable certificate to begin with.
func readCertFiles(cert, key string, log *slog.Logger) (*certFiles, error) {
	f := &certFiles{cert: cert, key: key, log: log, every: time.Second}
	f.seen, _ = f.stamps()
	loaded, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	f.loaded, f.looked = &loaded, time.Now()
	return f, nil
}

func (f *certFiles) stamps() (now [2]stamp, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return now, err
		}
		now[i] = stamp{info.ModTime(), info.Size()}
	}
	return now, nil
}

// get is the certificate for a handshake.
func (f *certFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < f.every {
		return f.loaded, nil
	}
	f.looked = time.Now()
	now, err := f.stamps()
	if err != nil || now == f.seen {
		return f.loaded, nil //nolint:nilerr // a file that is gone for a moment; the one read before stays
	}
	f.seen = now
	loaded, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil { // perhaps one of the two is not written yet: its change is seen in its turn
		f.log.Warn("the certificate files have changed and cannot be used; the certificate read before stays", "err", err)
		return f.loaded, nil
	}
	f.loaded = &loaded
	f.log.Info("certificate read again", "until", loaded.Leaf.NotAfter)
	return f.loaded, nil
}
