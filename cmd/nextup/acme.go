package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

const (
	// acmeFolder in the data folder keeps account key and certificates.
	acmeFolder = "acme"
	// acmeRetry is how long to wait after a certificate could not be had; the
	// authorities bound failures an hour.
	acmeRetry = 10 * time.Minute
	// acmeWait bounds one request to the authority.
	acmeWait = time.Minute
	// acmeProof is what the authority says in the TLS handshake when it asks for proof.
	acmeProof = acme.ALPNProto
)

// acmeCerts are certificates from an authority that asks us on this very port
// whether we are who we say (RFC 8737, tls-alpn-01). autocert renews them.
//
// The first one is asked for when the server starts, never by a visitor: who
// comes before it is there is refused at once and holds nothing up.
type acmeCerts struct {
	host    string
	manager *autocert.Manager
	log     *slog.Logger
	ready   atomic.Bool
}

// newACME prepares the certificates of one host.
func newACME(s checked, log *slog.Logger) (*acmeCerts, error) {
	client := &acme.Client{DirectoryURL: s.ACMEDirectory, UserAgent: "nextup", HTTPClient: &http.Client{Timeout: acmeWait}}
	if s.ACMERoot != "" {
		pem, err := os.ReadFile(s.ACMERoot)
		if err != nil {
			return nil, fmt.Errorf("--acme-root: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--acme-root: %s holds no certificate (PEM)", s.ACMERoot)
		}
		client.HTTPClient.Transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		}
	}
	host := s.base.Hostname()
	folder := filepath.Join(s.Data, acmeFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("--acme: %w", err)
	}
	return &acmeCerts{
		host: host, log: log,
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(folder), HostPolicy: autocert.HostWhitelist(host),
			Client: client, Email: s.ACMEEmail,
		},
	}, nil
}

// fetch asks for the first certificate until it is there or ctx ends.
func (a *acmeCerts) fetch(ctx context.Context) {
	for {
		done := make(chan error, 1)
		go func() { // autocert's own time limit is five minutes; a stopping server does not wait for it
			_, err := a.certificate()
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil {
				a.ready.Store(true)
				a.log.Info("certificate is there", "host", a.host)
				return
			}
			a.log.Error("no certificate; the authority must reach this server at port 443 of the host, and its name must lead here",
				"host", a.host, "err", err, "again", acmeRetry)
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(acmeRetry):
		case <-ctx.Done():
			return
		}
	}
}

// certificate is the host's, from memory, the folder or the authority: always the
// one kind, so that nobody's handshake can have another one made.
func (a *acmeCerts) certificate() (*tls.Certificate, error) {
	return a.manager.GetCertificate(&tls.ClientHelloInfo{
		ServerName:        a.host,
		SupportedVersions: []uint16{tls.VersionTLS13, tls.VersionTLS12},
		SignatureSchemes:  []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
		SupportedCurves:   []tls.CurveID{tls.CurveP256},
		CipherSuites:      []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_AES_128_GCM_SHA256},
	})
}

var errNoCertificate = errors.New("no certificate yet")

// get is the certificate for a handshake: the authority's proof or the real one.
func (a *acmeCerts) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Equal(hello.SupportedProtos, []string{acmeProof}) {
		return a.manager.GetCertificate(hello)
	}
	if !a.ready.Load() {
		return nil, errNoCertificate
	}
	return a.certificate()
}
