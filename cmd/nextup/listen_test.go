package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestHears(t *testing.T) {
	for _, c := range []struct {
		name  string
		first byte
		want  speech
	}{
		{"TLS handshake", 0x16, speaksTLS},
		{"TURN allocation", 0, speaksMedia},
		{"STUN answer", 1, speaksMedia},
		{"frame of 300 bytes", 1, speaksMedia},
		{"GET", 'G', speaksHTTP},
		{"the beginning of HTTP/2", 'P', speaksHTTP},
		{"SSH", 'S', speaksHTTP},
		{"TLS alert", 0x15, speaksHTTP},
		{"SSL 2", 0x80, speaksHTTP},
		{"TURN data that nothing went before", 0x40, speaksHTTP},
	} {
		if got := hears(c.first); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// selfMade is a certificate for localhost, and who trusts it.
func selfMade(t testing.TB, name string) (cert, key []byte, roots *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	of := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	return cert, key, roots
}

// portBench is a onePort with a small site behind it, and media that echo what they get.
type portBench struct {
	port  *onePort
	at    string
	roots *x509.CertPool
}

func openPort(t *testing.T, secure bool, change func(*onePort)) *portBench {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &portBench{at: l.Addr().String()}
	var config *tls.Config
	if secure {
		var cert, key []byte
		cert, key, b.roots = selfMade(t, "test")
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		config = serverTLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, nil })
	}
	var echoes sync.WaitGroup
	held := make(chan struct{})
	gate := &gated{Listener: l, open: held}
	b.port = share(gate, config, func(c net.Conn) {
		echoes.Go(func() {
			defer c.Close()
			_, _ = io.Copy(c, c)
		})
	})
	if change != nil {
		change(b.port) // before the first connection
	}
	close(held)
	site := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/socket" {
			c, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			kind, m, err := c.Read(r.Context())
			if err == nil {
				_ = c.Write(r.Context(), kind, m)
			}
			_ = c.CloseNow()
			return
		}
		_, _ = io.WriteString(w, r.Proto)
		if r.TLS != nil {
			_, _ = io.WriteString(w, " secure")
		}
	})}
	base, _ := url.Parse("https://nextup.example")
	lost := redirects(base, slog.New(slog.DiscardHandler))
	lost.ReadHeaderTimeout = 500 * time.Millisecond
	var serving sync.WaitGroup
	serving.Go(func() { _ = site.Serve(b.port.pages) })
	serving.Go(func() { _ = lost.Serve(b.port.astray) })
	t.Cleanup(func() {
		_ = site.Close()
		_ = lost.Close()
		_ = b.port.Close()
		serving.Wait()
	})
	return b
}

// gated is a listener that accepts nobody until it is open.
type gated struct {
	net.Listener
	open chan struct{}
}

func (g *gated) Accept() (net.Conn, error) {
	<-g.open
	return g.Listener.Accept()
}

// client speaks HTTP to the port, over TLS if it does, and HTTP/2 if wanted.
func (b *portBench) client(two bool) *http.Client {
	tr := &http.Transport{ForceAttemptHTTP2: two}
	if b.roots != nil {
		tr.TLSClientConfig = &tls.Config{RootCAs: b.roots}
		if !two {
			tr.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}
	}
	return &http.Client{Transport: tr, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get gives status and body, and counts the connections it takes.
func (b *portBench) get(t *testing.T, c *http.Client, address string) (int, string, *http.Response) {
	t.Helper()
	r, err := c.Get(address)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body), r
}

// said sends what a stream of media begins with and expects the echo.
func said(t *testing.T, c net.Conn, pieces ...string) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	for _, p := range pieces {
		if _, err := io.WriteString(c, p); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Join(pieces, "")
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("%q came back, %v", got, err)
	}
	_ = c.Close()
}

// Everything on one port: pages, websockets, and media over TLS and without.
func TestOnePort(t *testing.T) {
	for _, secure := range []bool{true, false} {
		t.Run(map[bool]string{true: "with TLS", false: "plain"}[secure], func(t *testing.T) {
			b := openPort(t, secure, nil)
			scheme, socket, mark := "http://", "ws://", ""
			if secure {
				scheme, socket, mark = "https://", "wss://", " secure"
			}
			t.Run("HTTP/1.1, kept alive", func(t *testing.T) {
				c := b.client(false)
				defer c.CloseIdleConnections()
				var local []string
				dial := c.Transport.(*http.Transport)
				dial.DialContext = func(ctx context.Context, network, at string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, network, at)
					if err == nil {
						local = append(local, conn.LocalAddr().String())
					}
					return conn, err
				}
				for range 3 {
					if code, body, _ := b.get(t, c, scheme+b.at); code != 200 || body != "HTTP/1.1"+mark {
						t.Fatalf("%d %q", code, body)
					}
				}
				if len(local) != 1 {
					t.Errorf("%d connections for three requests", len(local))
				}
			})
			if secure {
				t.Run("HTTP/2", func(t *testing.T) {
					c := b.client(true)
					defer c.CloseIdleConnections()
					if code, body, _ := b.get(t, c, scheme+b.at); code != 200 || body != "HTTP/2.0 secure" {
						t.Fatalf("%d %q", code, body)
					}
				})
			}
			t.Run("websocket", func(t *testing.T) {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				c, _, err := websocket.Dial(ctx, socket+b.at+"/socket", &websocket.DialOptions{HTTPClient: b.client(false)})
				if err != nil {
					t.Fatal(err)
				}
				defer c.CloseNow()
				if err := c.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
					t.Fatal(err)
				}
				if _, m, err := c.Read(ctx); err != nil || string(m) != "hello" {
					t.Fatalf("%q, %v", m, err)
				}
			})
			t.Run("media without TLS, byte by byte", func(t *testing.T) {
				c, err := net.Dial("tcp", b.at)
				if err != nil {
					t.Fatal(err)
				}
				said(t, c, "\x00", "\x03", "\x00\x08!", "and more")
			})
			if secure {
				for name, protos := range map[string][]string{
					"nothing agreed": nil, "stun.turn": {"stun.turn"}, "http/1.1": {"http/1.1"}, "a protocol of its own": {"webrtc", "c-webrtc"},
				} {
					t.Run("media over TLS, "+name, func(t *testing.T) {
						c, err := tls.Dial("tcp", b.at, &tls.Config{RootCAs: b.roots, NextProtos: protos})
						if err != nil {
							t.Fatal(err)
						}
						said(t, c, "\x00", "\x03", "\x00\x08!", "and more")
					})
				}
				t.Run("plain HTTP is led to HTTPS", func(t *testing.T) {
					c := b.client(false)
					defer c.CloseIdleConnections()
					code, _, r := b.get(t, c, "http://"+b.at+"//evil.example/p/x?y=z")
					if to := r.Header.Get("Location"); code != http.StatusPermanentRedirect || to != "https://nextup.example//evil.example/p/x?y=z" {
						t.Errorf("%d to %q", code, to)
					}
					p, err := c.Post("http://"+b.at+"/", "text/plain", strings.NewReader("x"))
					if err != nil {
						t.Fatal(err)
					}
					defer p.Body.Close()
					if body, _ := io.ReadAll(p.Body); p.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "https://nextup.example") {
						t.Errorf("%d %q", p.StatusCode, body)
					}
				})
			} else {
				t.Run("TLS where none is spoken is closed", func(t *testing.T) {
					c, err := tls.Dial("tcp", b.at, &tls.Config{InsecureSkipVerify: true})
					if err == nil {
						_ = c.Close()
						t.Fatal("a handshake")
					}
				})
			}
		})
	}
}

// Who says nothing, or not enough, is cut; and while many such wait, others are served.
func TestOnePortHostile(t *testing.T) {
	b := openPort(t, true, func(p *onePort) { p.limit = 500 * time.Millisecond })
	hello := "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
	dial := func() net.Conn {
		c, err := net.Dial("tcp", b.at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	ended := func(c net.Conn) error {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		_, err := io.Copy(io.Discard, c)
		if e, ok := err.(net.Error); ok && e.Timeout() {
			return err
		}
		return nil
	}
	for name, begin := range map[string]string{
		"silent": "", "a record header": hello[:5], "half a handshake": hello, "a handshake of garbage": hello + strings.Repeat("x", 600),
		"a TLS alert": "\x15\x03\x01\x00\x02\x02\x28", "noise": "\x80\xff\xfe", "half a request": "GET / HT",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial()
			_, _ = io.WriteString(c, begin)
			if err := ended(c); err != nil {
				t.Errorf("not cut: %v", err)
			}
		})
	}
	t.Run("silent after the handshake", func(t *testing.T) {
		c, err := tls.Dial("tcp", b.at, &tls.Config{RootCAs: b.roots})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := ended(c); err != nil {
			t.Errorf("not cut: %v", err)
		}
	})
	t.Run("a crowd of silent ones", func(t *testing.T) {
		// Nothing but the crowd itself makes room here.
		b := openPort(t, true, func(p *onePort) { p.limit, p.atMost, p.patience = time.Hour, 8, 100*time.Millisecond })
		for range 30 {
			c, err := net.Dial("tcp", b.at)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		c := b.client(true)
		defer c.CloseIdleConnections()
		if code, body, _ := b.get(t, c, "https://"+b.at); code != 200 {
			t.Fatalf("%d %q", code, body)
		}
		b.port.mu.Lock()
		n := len(b.port.undecided)
		b.port.mu.Unlock()
		if n > 8 {
			t.Errorf("%d undecided", n)
		}
	})
}

// A certificate that is renewed is used without a restart; one half written is not.
func TestCertFiles(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(cert, key []byte, at time.Time) {
		t.Helper()
		for name, b := range map[string][]byte{certFile: cert, keyFile: key} {
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := readCertFiles(certFile, keyFile, slog.Default()); err == nil || !strings.Contains(err.Error(), "--tls-cert") {
		t.Fatalf("no files: %v", err)
	}
	oneCert, oneKey, _ := selfMade(t, "one")
	twoCert, twoKey, _ := selfMade(t, "two")
	start := time.Now()
	write(oneCert, oneKey, start)
	var log bytes.Buffer
	f, err := readCertFiles(certFile, keyFile, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	f.every = 0
	name := func() string {
		c, err := f.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.Subject.CommonName
	}
	if name() != "one" {
		t.Fatal("not the first")
	}
	write(twoCert, oneKey, start.Add(time.Second)) // the certificate is new, its key not yet
	if name() != "one" || !strings.Contains(log.String(), "cannot be used") {
		t.Fatalf("half a pair was taken, or nothing said: %s", log.String())
	}
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	if name() != "one" {
		t.Fatal("a file that is gone for a moment")
	}
	write(twoCert, twoKey, start.Add(2*time.Second))
	if name() != "two" {
		t.Fatal("not renewed")
	}
}

func FuzzOnePort(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	f.Add([]byte{0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42})
	f.Add([]byte{0x16, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		here, there := net.Pipe()
		one := func(c net.Conn) { _ = c.Close() }
		p := &onePort{
			tls: serverTLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errNoCertificate }), media: one,
			pages: newHandover(nil), astray: newHandover(nil), limit: time.Second,
		}
		_ = p.pages.Close() // closes what it is given
		_ = p.astray.Close()
		go func() {
			_, _ = here.Write(b)
			_ = here.Close()
		}()
		go func() { _, _ = io.Copy(io.Discard, here) }()
		p.sort(there)
		if _, err := there.Read(make([]byte, 1)); err == nil {
			t.Fatal("left open")
		}
	})
}
