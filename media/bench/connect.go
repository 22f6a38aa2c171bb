//go:build linux

package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v3"
)

// checkEvery is how often a peer makes sure that the server is still there, as
// Chromium does (RFC 7675 asks for 5 seconds on average).
const checkEvery = 2500 * time.Millisecond

// at most so many peers connect at the same time.
const together = 4

// ice is the connections of all peers: what comes for them that is not media.
type ice struct {
	crowd       *crowd
	certificate tls.Certificate
	print       string
	mu          sync.Mutex
	ones        []*connection
}

// connection is one peer's. It is a net.PacketConn for DTLS.
type connection struct {
	ice        *ice
	o          *one
	name, pwd  string // ours
	user, key  string // of the server
	to         netip.AddrPort
	answered   chan struct{}
	once       sync.Once
	in         chan []byte
	closed     chan struct{}
	closedOnce sync.Once
}

// connect makes all connections and returns when all have keys.
func (c *crowd) connect() error {
	certificate, err := selfsign.GenerateSelfSigned()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(certificate.Certificate[0])
	var print []string
	for _, b := range sum {
		print = append(print, fmt.Sprintf("%02X", b))
	}
	x := &ice{crowd: c, certificate: certificate, print: strings.Join(print, ":"), ones: make([]*connection, len(c.ones))}
	c.do(func() { c.ice = x })
	room := make(chan struct{}, together)
	errs := make(chan error, len(c.ones))
	for _, o := range c.ones {
		room <- struct{}{}
		go func() {
			err := x.join(o)
			<-room
			errs <- err
		}()
	}
	for range c.ones {
		err = errors.Join(err, <-errs)
	}
	return err
}

// join connects one peer: offer, check, handshake.
func (x *ice) join(o *one) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	k := &connection{
		ice: x, o: o, name: fmt.Sprintf("peer%04d", o.id), pwd: fmt.Sprintf("a-password-of-peer-%06d", o.id),
		answered: make(chan struct{}), in: make(chan []byte, 32), closed: make(chan struct{}),
	}
	r, err := http.Post(fmt.Sprint(x.crowd.signal, o.id), "application/sdp", strings.NewReader(offer(k.name, k.pwd, x.print, o)))
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK {
		return fmt.Errorf("bench: no answer for peer %d: %s %s %w", o.id, r.Status, answer, err)
	}
	if err := k.read(string(answer)); err != nil {
		return err
	}
	x.mu.Lock()
	x.ones[o.id] = k
	x.mu.Unlock()
	for again := time.NewTicker(50 * time.Millisecond); ; {
		if err := k.check(); err != nil {
			return err
		}
		select {
		case <-k.answered:
			again.Stop()
		case <-again.C:
			continue
		case <-ctx.Done():
			return fmt.Errorf("bench: peer %d reaches nobody at %v", o.id, k.to)
		}
		break
	}
	d, err := dtls.Client(k, net.UDPAddrFromAddrPort(k.to), &dtls.Config{
		Certificates: []tls.Certificate{x.certificate}, InsecureSkipVerify: true,
		ExtendedMasterSecret:   dtls.RequireExtendedMasterSecret,
		SRTPProtectionProfiles: []dtls.SRTPProtectionProfile{dtls.SRTP_AEAD_AES_128_GCM},
	})
	if err != nil {
		return err
	}
	if err := d.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("bench: peer %d: %w", o.id, err)
	}
	go func() { // what else comes is nobody's
		b := make([]byte, 4096)
		for {
			if _, err := d.Read(b); err != nil {
				return
			}
		}
	}()
	state, ok := d.ConnectionState()
	if !ok {
		return errors.New("bench: no state of the handshake")
	}
	keys := &srtp.Config{Profile: srtp.ProtectionProfileAeadAes128Gcm}
	if err := keys.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return err
	}
	enc, err := srtp.CreateContext(keys.Keys.LocalMasterKey, keys.Keys.LocalMasterSalt, keys.Profile)
	if err != nil {
		return err
	}
	dec, err := srtp.CreateContext(keys.Keys.RemoteMasterKey, keys.Keys.RemoteMasterSalt, keys.Profile)
	if err != nil {
		return err
	}
	x.crowd.do(func() { o.enc, o.dec, o.to = enc, dec, k.to })
	go func() {
		for {
			time.Sleep(checkEvery)
			if k.check() != nil {
				return
			}
		}
	}()
	return nil
}

// read takes what is needed of the answer: name, password, and where to send.
func (k *connection) read(answer string) error {
	for line := range strings.Lines(answer) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch key {
		case "a=ice-ufrag":
			k.user = value
		case "a=ice-pwd":
			k.key = value
		case "a=candidate":
			f := strings.Fields(value) // foundation component transport priority address port typ type
			if len(f) < 8 || f[2] != "udp" || f[7] != "host" {
				continue
			}
			a, err := netip.ParseAddr(f[4])
			port, err2 := strconv.ParseUint(f[5], 10, 16)
			if err == nil && err2 == nil && a.Is4() && a.IsLoopback() {
				k.to = netip.AddrPortFrom(a, uint16(port))
			}
		}
	}
	if k.user == "" || k.key == "" || !k.to.IsValid() {
		return fmt.Errorf("bench: an answer without an address on loopback: %q", answer)
	}
	return nil
}

// check sends a connectivity check that nominates (RFC 8445 section 7.2.4).
func (k *connection) check() error {
	m, err := stun.Build(
		stun.TransactionID, stun.BindingRequest, stun.NewUsername(k.user+":"+k.name),
		stun.RawAttribute{Type: stun.AttrPriority, Value: []byte{0x6e, 0, 0x1e, 0xff}},
		stun.RawAttribute{Type: stun.AttrICEControlling, Value: []byte{0, 0, 0, 0, 0, 0, 0, 1}},
		stun.RawAttribute{Type: stun.AttrUseCandidate},
		stun.NewShortTermIntegrity(k.key), stun.Fingerprint,
	)
	if err != nil {
		return err
	}
	return k.ice.crowd.conn.WriteNow(m.Raw, k.to, k.o.local)
}

// take is a packet for peer i that is not media. It runs in the loop.
func (x *ice) take(i int, b []byte, from netip.AddrPort) {
	x.mu.Lock()
	k := x.ones[i]
	x.mu.Unlock()
	if k == nil {
		return
	}
	b = bytes.Clone(b)
	if b[0] >= 4 {
		select {
		case k.in <- b:
		default:
		}
		return
	}
	var m stun.Message
	if stun.Decode(b, &m) != nil {
		return
	}
	switch m.Type {
	case stun.BindingSuccess:
		k.once.Do(func() { close(k.answered) })
	case stun.BindingRequest:
		r, err := stun.Build(
			stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess,
			&stun.XORMappedAddress{IP: from.Addr().AsSlice(), Port: int(from.Port())},
			stun.NewShortTermIntegrity(k.pwd), stun.Fingerprint,
		)
		if err == nil {
			_ = x.crowd.conn.WriteNow(r.Raw, from, k.o.local)
		}
	}
}

// ReadFrom gives DTLS its packets.
func (k *connection) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-k.in:
		return copy(b, p), net.UDPAddrFromAddrPort(k.to), nil
	case <-k.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo sends DTLS's packets.
func (k *connection) WriteTo(b []byte, _ net.Addr) (int, error) {
	return len(b), k.ice.crowd.conn.WriteNow(b, k.to, k.o.local)
}

// Close ends ReadFrom.
func (k *connection) Close() error {
	k.closedOnce.Do(func() { close(k.closed) })
	return nil
}

// LocalAddr is the peer's.
func (k *connection) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(k.o.local, k.ice.crowd.conn.Addr().Port()))
}

// SetDeadline does nothing: the handshake has a time limit of its own.
func (k *connection) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (k *connection) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (k *connection) SetWriteDeadline(time.Time) error { return nil }
