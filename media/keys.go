package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/prf"
	"github.com/pion/dtls/v3/pkg/protocol/extension"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/srtp/v3"
)

// replayWindow is how far back packets are told from ones that came already.
const replayWindow = 256

// onlySuite is the one cipher suite we take, so its hash is the one keys are made with.
const onlySuite = dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

// keys listens to one peer's DTLS handshake and makes the SRTP keys of it, as
// pion does for itself. The key log tells the master secret before the other
// side has shown its certificate, so contexts must wait for pion's word that
// the handshake is complete.
type keys struct {
	mu                   sync.Mutex
	client, server       []byte // randoms
	master               []byte
	suite                dtls.CipherSuiteID
	profile              srtp.ProtectionProfile
	extendedMasterSecret bool
}

// serverHello is what we are about to say to the browser.
func (k *keys) serverHello(m handshake.MessageServerHello) handshake.Message {
	r := m.Random.MarshalFixed()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.server = r[:]
	if m.CipherSuiteID != nil {
		k.suite = dtls.CipherSuiteID(*m.CipherSuiteID)
	}
	for _, e := range m.Extensions {
		switch e := e.(type) {
		case *extension.UseSRTP:
			if len(e.ProtectionProfiles) == 1 {
				k.profile = srtp.ProtectionProfile(e.ProtectionProfiles[0])
			}
		case *extension.UseExtendedMasterSecret:
			k.extendedMasterSecret = e.Supported
		}
	}
	return &m
}

// Write takes a line of the key log: "CLIENT_RANDOM <client random> <master secret>".
func (k *keys) Write(line []byte) (int, error) {
	f := bytes.Fields(line)
	if len(f) != 3 || string(f[0]) != "CLIENT_RANDOM" {
		return len(line), nil
	}
	client, err1 := hex.DecodeString(string(f[1]))
	master, err2 := hex.DecodeString(string(f[2]))
	if err1 == nil && err2 == nil {
		k.mu.Lock()
		k.client, k.master = client, master
		k.mu.Unlock()
	}
	return len(line), nil
}

// ExportKeyingMaterial is RFC 5705 over the logged secret (srtp.KeyingMaterialExporter). k.mu is held.
func (k *keys) ExportKeyingMaterial(label string, _ []byte, n int) ([]byte, error) {
	seed := append(append([]byte(label), k.client...), k.server...)
	return prf.PHash(k.master, seed, n, sha256.New)
}

// contexts gives the SRTP contexts of a handshake that is complete and forgets its secret.
func (k *keys) contexts() (in, out *srtp.Context, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.master == nil || k.client == nil || k.server == nil || k.suite != onlySuite || k.profile == 0 || !k.extendedMasterSecret {
		return nil, nil, errors.New("media: the handshake gave no keys")
	}
	c := srtp.Config{Profile: k.profile}
	if err := c.ExtractSessionKeysFromDTLS(k, false); err != nil {
		return nil, nil, err
	}
	clear(k.master)
	k.master = nil
	in, err = srtp.CreateContext(c.Keys.RemoteMasterKey, c.Keys.RemoteMasterSalt, c.Profile,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return nil, nil, err
	}
	out, err = srtp.CreateContext(c.Keys.LocalMasterKey, c.Keys.LocalMasterSalt, c.Profile)
	return in, out, err
}
