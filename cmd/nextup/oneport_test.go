package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v4"
)

// The whole server with one TCP port: pages by HTTP/2, the relay over TLS at the
// same port as its address says, a check of ICE-TCP, and http:// led to https://.
func TestOnePortWhole(t *testing.T) {
	cert, key, roots := selfMade(t, "test")
	dir, port := t.TempDir(), freeTCP(t)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, b := range map[string][]byte{certFile: cert, keyFile: key} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := Settings{
		Listen: fmt.Sprintf("127.0.0.1:%d", port), BaseURL: fmt.Sprintf("https://localhost:%d", port), Data: filepath.Join(dir, "data"),
		TLSCert: certFile, TLSKey: keyFile, MediaHost: "127.0.0.1", Lanes: 1,
	}
	m, _ := runs(t, s)
	trust := &tls.Config{RootCAs: roots, ServerName: "localhost"}
	client := &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	t.Run("pages", func(t *testing.T) {
		r, err := client.Get(s.BaseURL + "/help")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK || r.ProtoMajor != 2 {
			t.Errorf("%d by %s", r.StatusCode, r.Proto)
		}
	})
	t.Run("http is led to https", func(t *testing.T) {
		r, err := client.Get(strings.Replace(s.BaseURL, "https", "http", 1) + "/help")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if to := r.Header.Get("Location"); to != s.BaseURL+"/help" {
			t.Errorf("%d to %q", r.StatusCode, to)
		}
	})
	t.Run("relay over TLS", func(t *testing.T) {
		urls, username, credential, _ := m.Media.Relay("a")
		if want := fmt.Sprintf("turns:localhost:%d?transport=tcp", port); !slices.Contains(urls, want) {
			t.Errorf("%v without %s", urls, want)
		}
		c, err := tls.Dial("tcp", s.Listen, trust.Clone())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		relay, err := turn.NewClient(&turn.ClientConfig{TURNServerAddr: s.Listen, Conn: turn.NewSTUNConn(c), Username: username, Password: credential})
		if err != nil {
			t.Fatal(err)
		}
		defer relay.Close()
		if err := relay.Listen(); err != nil {
			t.Fatal(err)
		}
		allocated, err := relay.Allocate()
		if err != nil {
			t.Fatal(err)
		}
		_ = allocated.Close()
	})
	t.Run("ICE-TCP", func(t *testing.T) {
		c, err := new(net.Dialer).DialContext(context.Background(), "tcp", s.Listen)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		check := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("nobody:x")).Raw
		_, _ = c.Write(append([]byte{0, byte(len(check))}, check...))
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if b, err := io.ReadAll(c); len(b) > 0 || err != nil && os.IsTimeout(err) {
			t.Errorf("a check for nobody: %q, %v", b, err)
		}
	})
}

// Where browsers are told to find our TCP port for media.
func TestReached(t *testing.T) {
	for _, c := range []struct {
		name, listening, want string
		args                  []string
	}{
		{"alone on a laptop", "127.0.0.1:8080", "127.0.0.1:8080", nil},
		{"behind a proxy on this machine", "127.0.0.1:8080", "invalid AddrPort", []string{"--base-url=https://nextup.example", "--trusted-proxy=127.0.0.1/32"}},
		{"behind a proxy elsewhere", "192.0.2.1:8080", "192.0.2.1:8080", []string{"--listen=192.0.2.1:8080", "--base-url=https://nextup.example", "--trusted-proxy=192.0.2.0/24"}},
		{"own certificate, every address", "[::]:443", "[::]:443", []string{"--listen=:443", "--base-url=https://nextup.example", "--acme"}},
		{"behind address translation", "10.0.0.2:8443", "[::]:443", []string{"--listen=10.0.0.2:8443", "--base-url=https://nextup.example", "--acme", "--public-address=192.0.2.7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := parsed(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			checked, err := s.check()
			if err != nil {
				t.Fatal(err)
			}
			if got := checked.reached(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.listening))); got.String() != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}
