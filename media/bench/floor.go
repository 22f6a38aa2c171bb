//go:build linux

package bench

import (
	"encoding/binary"
	"net/netip"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"nextup/media/batch"
)

// floor is the bare forwarder: recvmmsg, decrypt, encrypt, sendmmsg. It looks
// its peers up by address, because without that it could not know the key, and
// does nothing else: no header is changed, what is not media is dropped.
type floor struct {
	conn *batch.Conn
	done chan error
}

type floorPeer struct {
	at       netip.AddrPort
	dec, enc *srtp.Context
	other    *floorPeer
}

// reserveFloor opens the floor's socket.
func reserveFloor() (*floor, netip.AddrPort, error) {
	// A specific address: the kernel has less to do than with all of them.
	conn, err := batch.Listen(netip.AddrPortFrom(loopback, 0))
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	return &floor{conn: conn, done: make(chan error, 1)}, conn.Addr(), nil
}

// forward begins; at is where each peer sends from.
func (f *floor) forward(at []netip.AddrPort, runs bool) error {
	peers := map[netip.AddrPort]*floorPeer{}
	all := make([]*floorPeer, len(at))
	for i, a := range at {
		dec, enc, err := fixedKeys(i, false)
		if err != nil {
			return err
		}
		all[i] = &floorPeer{at: a, dec: dec, enc: enc}
		peers[a] = all[i]
	}
	for i, p := range all {
		p.other = all[i^1]
	}
	f.conn.Runs(runs)
	go func() {
		var in, out rtp.Header
		one := func(b []byte, from netip.AddrPort, _ netip.Addr) {
			p := peers[from]
			if p == nil || len(b) < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] <= 223 {
				return
			}
			d, err := p.dec.DecryptRTP(b[:0], b, &in)
			if err != nil {
				return
			}
			if d, err = p.other.enc.EncryptRTP(d[:0], d, &out); err == nil {
				f.conn.Send(d, p.other.at, netip.Addr{})
			}
		}
		for {
			err := f.conn.Recv(nil, one)
			f.conn.Flush()
			if err != nil {
				f.done <- err
				return
			}
		}
	}()
	return nil
}

func (f *floor) close() {
	_ = f.conn.Close()
	<-f.done
}

// fixedKeys are the contexts of a peer that nobody shook hands with: what it
// sends and what it receives, seen from the peer or from the other end. No key
// protects anything here.
func fixedKeys(peer int, atPeer bool) (dec, enc *srtp.Context, err error) {
	key := func(direction byte) (*srtp.Context, error) {
		k, salt := make([]byte, 16), make([]byte, 12)
		binary.BigEndian.PutUint32(k, uint32(peer+1))
		k[15], salt[0] = direction, direction
		return srtp.CreateContext(k, salt, srtp.ProtectionProfileAeadAes128Gcm)
	}
	up, err := key(1)
	if err != nil {
		return nil, nil, err
	}
	down, err := key(2)
	if atPeer {
		return down, up, err
	}
	return up, down, err
}
