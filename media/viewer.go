package media

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// viewer is one outgoing track of a browser: a slot's sound or picture. It is
// negotiated once and outlives its sources; which one it shows is changed with view.
type viewer struct {
	slot     int
	video    bool
	sendRTCP func(...rtcp.Packet)
	log      *slog.Logger
	metrics  *metrics

	viewing sync.Mutex // one change of source at a time
	source  atomic.Pointer[source]

	mu      sync.Mutex // the fields below; taken under source.mu, never the other way round
	out     webrtc.TrackLocalWriter
	read    func() ([]rtcp.Packet, error)
	reading bool
	ssrc    uint32
	pt      uint8
	rtxSSRC uint32
	rtxPT   uint8
	rtxSeq  uint16
	rewrite rewriter
	history history
	header  rtp.Header
	packets uint32
	octets  uint32
}

func newViewer(slot int, video bool, sendRTCP func(...rtcp.Packet), log *slog.Logger, m *metrics) *viewer {
	v := &viewer{slot: slot, video: video, sendRTCP: sendRTCP, log: log, metrics: m}
	v.rewrite.clock = 48000
	if video {
		v.rewrite.clock = 90000
	}
	return v
}

// The five methods of webrtc.TrackLocal.

// Kind is audio or video.
func (v *viewer) Kind() webrtc.RTPCodecType {
	if v.video {
		return webrtc.RTPCodecTypeVideo
	}
	return webrtc.RTPCodecTypeAudio
}

// ID is the same for every browser: it says the kind and the slot.
func (v *viewer) ID() string { return fmt.Sprintf("%s-%d", v.Kind(), v.slot) }

// RID is empty: no simulcast.
func (v *viewer) RID() string { return "" }

// StreamID binds the slot's sound and picture together, so browsers play them in step.
func (v *viewer) StreamID() string { return fmt.Sprintf("slot-%d", v.slot) }

// Bind takes what was negotiated for this track.
func (v *viewer) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	want := webrtc.MimeTypeOpus
	if v.video {
		want = webrtc.MimeTypeVP8
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, want) {
			continue
		}
		v.pt, v.ssrc, v.out = uint8(codec.PayloadType), uint32(c.SSRC()), c.WriteStream()
		if c.SSRCRetransmission() != 0 {
			for _, rtx := range c.CodecParameters() {
				if rtx.SDPFmtpLine == fmt.Sprintf("apt=%d", codec.PayloadType) {
					v.rtxPT, v.rtxSSRC = uint8(rtx.PayloadType), uint32(c.SSRCRetransmission())
				}
			}
		}
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind ends the track.
func (v *viewer) Unbind(webrtc.TrackLocalContext) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.out = nil
	v.history.free()
	return nil
}

// view changes the source; nil shows nothing. When it returns, nothing of the
// old source is forwarded any more, not even again. It says whether there was a change.
func (v *viewer) view(s *source) bool {
	v.viewing.Lock()
	defer v.viewing.Unlock()
	old := v.source.Load()
	if old == s {
		return false
	}
	if old != nil {
		old.remove(v)
	}
	v.mu.Lock()
	v.rewrite.end()
	if s == nil {
		v.history.free()
	} else {
		v.history.clear()
	}
	start := s != nil && !v.reading && v.read != nil
	v.reading = v.reading || start
	v.mu.Unlock()
	v.source.Store(s)
	if start {
		go v.feedback()
	}
	if s != nil {
		s.add(v)
	}
	return true
}

// after is the timestamp after which everything is of the present source; ok is
// false when nothing has been sent before it.
func (v *viewer) after() (ts uint32, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.rewrite.ts, v.rewrite.sent
}

// waiting says whether the source has not begun yet for this viewer.
func (v *viewer) waiting() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return !v.rewrite.on
}

// end makes the viewer wait for a new beginning.
func (v *viewer) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rewrite.end()
}

// begin is the first packet of a source.
func (v *viewer) begin(first head, kept []uint32, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rewrite.begin(first, kept, now)
}

// send rewrites and sends one packet; scratch is room for the payload.
func (v *viewer) send(p *packet, scratch []byte, now time.Time) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.out == nil {
		return scratch
	}
	h, ok := v.rewrite.next(p.head, now)
	if !ok || v.history.has(h.seq) { // too early for us, or sent again by the source for nothing
		return scratch
	}
	payload := p.payload
	if v.video && len(payload) > 0 {
		scratch = v.rewrite.vp8(scratch[:0], payload, p.vp8)
		payload = scratch
	}
	v.history.add(h.seq, h.ts, p.marker, payload)
	v.header = rtp.Header{
		Version: 2, Marker: p.marker, PayloadType: v.pt,
		SequenceNumber: h.seq, Timestamp: h.ts, SSRC: v.ssrc,
	}
	if _, err := v.out.WriteRTP(&v.header, payload); err == nil {
		v.packets++
		v.octets += uint32(len(payload))
		v.metrics.forwarded.Inc()
	}
	return scratch
}

// report passes a sender report on. Called under source.mu.
func (v *viewer) report(at uint64, ts uint32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.out == nil || !v.rewrite.on {
		return
	}
	v.sendRTCP(&rtcp.SenderReport{
		SSRC: v.ssrc, NTPTime: at, RTPTime: ts + v.rewrite.dTS, PacketCount: v.packets, OctetCount: v.octets,
	})
}

// feedback reads what the browser says about this track, until the peer closes.
func (v *viewer) feedback() {
	for {
		packets, err := v.read()
		if err != nil {
			return
		}
		v.heard(packets, time.Now())
	}
}

// heard answers one batch of feedback, survived whatever is in it.
func (v *viewer) heard(packets []rtcp.Packet, now time.Time) {
	defer func() {
		if r := recover(); r != nil {
			v.log.Error("feedback dropped", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
			if s := v.source.Load(); s != nil {
				s.needKey(v, now)
			}
		case *rtcp.TransportLayerNack:
			if p.MediaSSRC == v.ssrc {
				v.again(p, now)
			}
		}
	}
}

// again resends what was lost, as RTX (RFC 4588) where the browser takes it.
func (v *viewer) again(nack *rtcp.TransportLayerNack, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	left := resendPerNack
	for i := range nack.Nacks {
		nack.Nacks[i].Range(func(seq uint16) bool {
			if left--; left < 0 || v.out == nil {
				return false
			}
			p := v.history.again(seq, now)
			if p == nil {
				return true
			}
			h := rtp.Header{
				Version: 2, Marker: p.marker, PayloadType: v.pt,
				SequenceNumber: p.seq, Timestamp: p.ts, SSRC: v.ssrc,
			}
			payload := p.payload
			if v.rtxSSRC != 0 {
				h.PayloadType, h.SSRC, h.SequenceNumber = v.rtxPT, v.rtxSSRC, v.rtxSeq
				v.rtxSeq++
				payload = binary.BigEndian.AppendUint16(make([]byte, 0, len(p.payload)+2), p.seq)
				payload = append(payload, p.payload...)
			}
			v.metrics.resent.Inc()
			_, _ = v.out.WriteRTP(&h, payload)
			return true
		})
	}
}
