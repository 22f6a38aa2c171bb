package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
)

// authority is Pebble, the test server of Let's Encrypt: it asks at a port of this
// machine for the proof, whatever the host.
type authority struct {
	*httptest.Server
	roots *x509.CertPool // who trusts the certificates it gives
	file  string         // the root of its own server
}

func newAuthority(t *testing.T, asksAt int) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	quiet := log.New(io.Discard, "", 0)
	names := fmt.Sprintf("127.0.0.1:%d", freeUDP(t))
	dns, err := challtestsrv.New(challtestsrv.Config{Log: quiet, DNSAddrs: []string{names}})
	if err != nil {
		t.Fatal(err)
	}
	dns.SetDefaultDNSIPv4("127.0.0.1")
	dns.SetDefaultDNSIPv6("")
	go dns.Run()
	t.Cleanup(dns.Shutdown)
	memory := db.NewMemoryStore()
	signer := ca.New(quiet, memory, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: 90 * 24 * 3600}})
	front := wfe.New(quiet, memory, va.New(quiet, 1, asksAt, true, names, memory), signer, []string{"pebble.example"}, true, false, 1, 1)
	a := &authority{Server: httptest.NewTLSServer(front.Handler()), roots: x509.NewCertPool(), file: filepath.Join(t.TempDir(), "root.pem")}
	a.Config.ErrorLog = quiet
	t.Cleanup(a.Close)
	a.roots.AppendCertsFromPEM(signer.GetRootCert(0).PEM())
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// runs is the whole server in this process until the function it gives is called.
func runs(t *testing.T, s Settings) (m *Main, stop func()) {
	t.Helper()
	c, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	if m, err = open(context.Background(), c, slog.New(slog.DiscardHandler), false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		m.Close()
	}
	t.Cleanup(stop)
	return m, stop
}

// A server with nothing but a name gets its certificate by itself, keeps it where
// only its owner reads, and has it again after a start without the authority.
func TestACME(t *testing.T) {
	port := freeTCP(t)
	a := newAuthority(t, port)
	s := Settings{
		Listen: fmt.Sprintf("127.0.0.1:%d", port), BaseURL: fmt.Sprintf("https://nextup.test:%d", port), Data: filepath.Join(t.TempDir(), "data"),
		ACME: true, ACMEEmail: "ops@nextup.test", ACMEDirectory: a.URL + "/dir", ACMERoot: a.file,
	}
	client := &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: a.roots},
			ForceAttemptHTTP2: true, DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, s.Listen)
			},
		},
	}
	serves := func() (serial string) {
		t.Helper()
		var why error
		if !poll(time.Minute, func() bool {
			r, err := client.Get(s.BaseURL + "/help")
			if why = err; err != nil {
				return false
			}
			_ = r.Body.Close()
			if r.StatusCode != http.StatusOK || r.ProtoMajor != 2 {
				t.Fatalf("%d over %s", r.StatusCode, r.Proto)
			}
			serial = r.TLS.PeerCertificates[0].SerialNumber.String()
			return true
		}) {
			t.Fatalf("no HTTPS: %v", why)
		}
		return serial
	}
	_, stop := runs(t, s)
	first := serves()
	t.Run("a stranger's name has no other one made", func(t *testing.T) {
		c, err := tls.Dial("tcp", s.Listen, &tls.Config{ServerName: "evil.example", InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got := c.ConnectionState().PeerCertificates[0].SerialNumber.String(); got != first {
			t.Error("another certificate")
		}
	})
	t.Run("owner only", func(t *testing.T) {
		err := filepath.WalkDir(filepath.Join(s.Data, acmeFolder), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: %v", d.Name(), info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	stop()
	a.Close()
	_, stop = runs(t, s)
	if again := serves(); again != first {
		t.Error("another certificate after a start: the folder was not used")
	}
	stop()
	t.Run("an authority that knows nobody", func(t *testing.T) {
		s := s
		s.ACMERoot = filepath.Join(t.TempDir(), "none.pem")
		c, err := s.check()
		if err != nil {
			t.Fatal(err)
		}
		m, err := open(context.Background(), c, slog.New(slog.DiscardHandler), false)
		if err == nil || !strings.Contains(err.Error(), "--acme-root") {
			t.Errorf("%v", err)
		}
		if err == nil {
			m.Close()
		}
	})
}
