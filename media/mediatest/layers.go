package mediatest

import (
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// The names of the two layers, as in web/js/peer.js.
const (
	high = "h"
	low  = "l"
)

// Keys is a clip's key frames alone: a small picture that moves seldom, for Options.Low.
func (c *Clip) Keys() *Clip {
	k := &Clip{Name: c.Name, audio: c.audio}
	for _, f := range c.video {
		if keyFrame(f) {
			k.video = append(k.video, f)
		}
	}
	k.frame = time.Duration(len(c.video)) * c.frame / time.Duration(len(k.video)) // as seldom as they are in the clip
	return k
}

// layers writes what tells the layers of a picture apart into the first packets of
// each (RFC 8852), as browsers do until they are heard of.
type layers struct {
	interceptor.NoOp
	mu  sync.Mutex
	of  map[uint32]layer
	off map[string]bool // layers that are not sent
}

type layer struct{ mid, rid string }

// namedFor is how many packets of a layer carry its name.
const namedFor = 100

// NewInterceptor makes the one of a connection.
func (l *layers) NewInterceptor(string) (interceptor.Interceptor, error) { return l, nil }

// know takes the SSRCs of a negotiated sender.
func (l *layers) know(tr *webrtc.RTPTransceiver) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[uint32]layer{}
	}
	for _, e := range tr.Sender().GetParameters().Encodings {
		l.of[uint32(e.SSRC)] = layer{tr.Mid(), e.RID}
	}
}

// send says whether a layer is sent.
func (l *layers) send(rid string, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.off == nil {
		l.off = map[string]bool{}
	}
	l.off[rid] = !on
}

// BindLocalStream names the layers on the way up.
func (l *layers) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	var mid, rid uint8
	for _, e := range info.RTPHeaderExtensions {
		switch e.URI {
		case sdp.SDESMidURI:
			mid = uint8(e.ID)
		case sdp.SDESRTPStreamIDURI:
			rid = uint8(e.ID)
		}
	}
	named := 0
	return interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
		l.mu.Lock()
		at, ok := l.of[h.SSRC]
		off := l.off[at.rid]
		l.mu.Unlock()
		if ok && off {
			return len(payload), nil
		}
		if ok && named < namedFor && mid != 0 && rid != 0 {
			named++
			if err := h.SetExtension(mid, []byte(at.mid)); err != nil {
				return 0, err
			}
			if err := h.SetExtension(rid, []byte(at.rid)); err != nil {
				return 0, err
			}
		}
		return w.Write(h, payload, a)
	})
}

// Layers says which layers are sent; all are from the beginning.
func (p *Peer) Layers(highOn, lowOn bool) {
	p.layers.send(high, highOn)
	p.layers.send(low, lowOn)
}

// simulcast reads what is said of the small layer.
type simulcast struct{ *webrtc.RTPSender }

// ReadRTCP reads one compound packet.
func (s simulcast) ReadRTCP() ([]rtcp.Packet, interceptor.Attributes, error) {
	return s.ReadSimulcastRTCP(low)
}
