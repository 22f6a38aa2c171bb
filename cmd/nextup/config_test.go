package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parsed are the settings that a command line gives, as in start.
func parsed(t *testing.T, args ...string) (Settings, error) {
	t.Helper()
	var line commandLine
	parser, err := newParser(&line)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return line.Serve, err
}

func TestSettings(t *testing.T) {
	const (
		public = "--listen=192.0.2.1:8080"
		https  = "--base-url=https://nextup.example"
	)
	for _, c := range []struct {
		name string
		args []string
		want string // part of the one line; "" starts
	}{
		{"nothing said", nil, ""},
		{"no port", []string{"--listen=localhost"}, "--listen"},
		{"a public address needs a base URL", []string{public}, "--base-url is needed"},
		{"plain HTTP on a public name", []string{"--base-url=http://nextup.example"}, "no camera without HTTPS"},
		{"plain HTTP on a public address", []string{public, https}, "no camera without HTTPS"},
		{"behind an HTTPS proxy", []string{public, https, "--trusted-proxy=192.0.2.0/24"}, ""},
		{"own certificate", []string{public, https, "--tls-cert=a.pem", "--tls-key=b.pem"}, ""},
		{"certificate without key", []string{"--tls-cert=a.pem"}, "belong together"},
		{"a path in the base URL", []string{"--base-url=https://nextup.example/there"}, "--base-url"},
		{"a password in the base URL", []string{"--base-url=https://a:b@nextup.example"}, "--base-url"},
		{"no such port", []string{"--media-port=70000"}, "--media-port"},
		{"too many lanes", []string{"--lanes=65"}, "--lanes"},
		{"lanes beyond the last port", []string{"--media-port=65530", "--lanes=8"}, "--lanes"},
		{"one number for UDP and TCP", []string{"--media-port=9000", "--turn-port=9000"}, ""},
		{"the relay on the pages' port", []string{"--turn-port=8080"}, "--turn-port"},
		{"not an address to announce", []string{"--public-address=here"}, "--public-address"},
		{"an address of each kind to announce", []string{"--public-address=192.0.2.7", "--public-address=2001:db8::7", "--media-host=::"}, ""},
		{"two of a kind", []string{"--public-address=192.0.2.7", "--public-address=192.0.2.8"}, "one IPv4 and one IPv6"},
		{"an address that nobody reaches", []string{"--public-address=::"}, "--public-address"},
		{"an address that cannot lead to where we listen", []string{"--public-address=2001:db8::7", "--media-host=192.0.2.7"}, "of the other kind"},
		{"certificates from an authority", []string{public, https, "--acme", "--acme-email=ops@nextup.example"}, ""},
		{"two kinds of certificates", []string{public, https, "--acme", "--tls-cert=a.pem", "--tls-key=b.pem"}, "one of the two"},
		{"no certificates for localhost", []string{"--acme"}, "no certificates for"},
		{"no certificates for an address", []string{public, "--base-url=https://192.0.2.1", "--acme"}, "no certificates for"},
		{"an authority without HTTPS", []string{public, https, "--acme", "--acme-directory=http://ca.example/"}, "--acme-directory"},
		{"not an address to write to", []string{public, https, "--acme", "--acme-email=ops"}, "--acme-email"},
		{"a root for nothing", []string{"--acme-root=root.pem"}, "are for --acme"},
		{"a certificate and plain http", []string{"--base-url=http://localhost:8080", "--tls-cert=a.pem", "--tls-key=b.pem"}, "begins with https"},
		{"not an address to listen on", []string{"--media-host=here"}, "--media-host"},
		{"not a mail server", []string{"--smtp=http://mail.example"}, "--smtp"},
		{"mails without a sender", []string{"--smtp=smtp://mail.example", "--mail-from=nobody"}, "--mail-from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := parsed(t, c.args...)
			if err == nil {
				_, err = s.check()
			}
			switch {
			case c.want == "" && err != nil:
				t.Fatalf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("got %v, want a line with %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "\n"):
				t.Fatalf("more than one line: %q", err)
			}
		})
	}
	t.Run("what cannot be parsed", func(t *testing.T) {
		if _, err := parsed(t, "--trusted-proxy=somewhere"); err == nil {
			t.Fatal("accepted")
		}
	})
	t.Run("help explains every flag and its environment variable", func(t *testing.T) {
		var line commandLine
		var help bytes.Buffer
		parser, err := newParser(&line, kong.Writers(&help, &help), kong.Exit(func(int) {}))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = parser.Parse(withHelp([]string{"--help"}))
		for i := range reflect.TypeFor[Settings]().NumField() {
			f := reflect.TypeFor[Settings]().Field(i)
			env := f.Tag.Get("env")
			if env == "" || f.Tag.Get("help") == "" {
				t.Errorf("%s: no environment variable or no help", f.Name)
			}
			if !strings.Contains(help.String(), env) {
				t.Errorf("help does not name %s", env)
			}
		}
	})
}

func TestKey(t *testing.T) {
	dir := t.TempDir()
	first, err := readKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := readKey(dir)
	if err != nil || !bytes.Equal(first, again) || len(first) != 32 {
		t.Fatalf("another key at the second start: %v", err)
	}
	path := filepath.Join(dir, "key")
	if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", i.Mode(), err)
	}
	if bytes.Equal(derive(first, "links"), derive(first, "turn")) {
		t.Fatal("one key for two purposes")
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readKey(dir); err == nil {
		t.Fatal("a broken key was replaced silently; every link would be void")
	}
}

// A second server on the same data folder would send every mail twice.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	first, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(dir); err == nil {
		t.Fatal("locked twice")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lock(dir)
	if err != nil {
		t.Fatalf("still locked: %v", err)
	}
	_ = again.Close()
}
