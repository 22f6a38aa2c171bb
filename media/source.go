package media

import (
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// rateLimit is how many payload bytes a second one source may send through. It
// is far above what browsers send; beyond it packets are dropped, so one peer
// cannot flood the others.
const rateLimit = 1 << 20

// preparedKeyAge is how old the kept key frame may get while nobody is shown
// yet, so that what Show starts with is never stale.
const preparedKeyAge = time.Second

// source is one incoming stream: a person's sound or picture. Its reader is the
// only goroutine that forwards; it never waits for a viewer.
type source struct {
	video   bool
	askKey  func(ssrc uint32) // sends a PLI
	log     *slog.Logger
	metrics *metrics

	mu      sync.Mutex // held while one packet is forwarded: who leaves under it gets nothing more
	staged  bool       // on a stage: keep packets
	viewers []*viewer
	ssrc    uint32 // 0 until media arrived
	kept    kept
	keyAsk  pace
	wanted  bool // a key frame has been asked for and has not come
	second  time.Time
	bytes   int
	scratch []byte
	report  senderReport
	seq     uint16 // highest received
	seqOn   bool
}

// leap is how far a sequence number may jump and still be of the same run. A
// browser that begins anew begins anywhere.
const leap = 3000

// senderReport ties the source's clock to ours.
type senderReport struct {
	ok     bool
	offset time.Duration // ours minus the source's, the least seen
}

func newSource(video bool, askKey func(ssrc uint32), log *slog.Logger, m *metrics) *source {
	return &source{video: video, askKey: askKey, log: log, metrics: m, keyAsk: pace{every: keyPace}}
}

// reader gives one RTP packet per call: its length, and its header's. A header
// of 0 bytes is not RTP.
type reader interface {
	ReadRTP(b []byte, h *rtp.Header) (n, size int, err error)
}

// run forwards until the reader ends.
func (s *source) run(r reader, ssrc uint32) {
	s.mu.Lock()
	s.ssrc, s.seqOn = ssrc, false
	s.kept.clear()
	s.wanted = s.video
	for _, v := range s.viewers {
		v.end()
	}
	s.mu.Unlock()
	b := make([]byte, mtu)
	for {
		var h rtp.Header
		n, size, err := r.ReadRTP(b, &h)
		if err != nil {
			return
		}
		s.receive(b[:n], &h, size)
	}
}

// receive is one packet, survived whatever is in it.
func (s *source) receive(b []byte, h *rtp.Header, size int) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("packet dropped", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	if size == 0 || size > len(b) {
		return
	}
	payload := b[size:]
	if h.Padding && len(payload) > 0 {
		pad := int(payload[len(payload)-1])
		if pad > len(payload) {
			return
		}
		payload = payload[:len(payload)-pad]
	}
	p := packet{head: head{h.SequenceNumber, h.Timestamp}, marker: h.Marker, payload: payload}
	s.forward(&p, time.Now())
}

// forward keeps the packet and passes it to every viewer.
func (s *source) forward(p *packet, now time.Time) {
	if s.video && len(p.payload) > 0 {
		var ok bool
		if p.vp8, ok = parseVP8(p.payload); !ok {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.second) >= time.Second {
		s.second, s.bytes = now, 0
	}
	if s.bytes += len(p.payload); s.bytes > rateLimit {
		s.metrics.dropped.Inc()
		return
	}
	s.follow(p.seq)
	if !s.staged {
		return
	}
	if s.video {
		if p.vp8.key {
			s.wanted = false
		}
		s.kept.add(p, now)
	}
	waiting := false
	for _, v := range s.viewers {
		if v.waiting() {
			if s.video && !p.vp8.key {
				waiting = true
				continue
			}
			v.begin(p.head, nil, now)
		}
		s.scratch = v.send(p, s.scratch, now)
	}
	if !s.video {
		return
	}
	stale := len(s.viewers) == 0 && (s.kept.n == 0 || now.Sub(s.kept.began) > preparedKeyAge)
	if s.wanted || waiting || stale {
		s.key(now)
	}
}

// follow notices when the sender begins anew; then the viewers do, too. s.mu is held.
func (s *source) follow(seq uint16) {
	d := int16(seq - s.seq)
	if s.seqOn && (d > leap || d < -leap) {
		s.kept.clear()
		s.wanted = s.video
		for _, v := range s.viewers {
			v.end()
		}
		d = 1
	}
	if !s.seqOn || d > 0 {
		s.seq, s.seqOn = seq, true
	}
}

// key asks for a key frame, at most every keyPace. s.mu is held.
func (s *source) key(now time.Time) {
	if !s.video || s.ssrc == 0 {
		return
	}
	s.wanted = true
	if s.keyAsk.allow(now) {
		s.metrics.keyAsks.Inc()
		s.askKey(s.ssrc)
	}
}

// needKey is a viewer whose decoder has lost its way.
func (s *source) needKey(v *viewer, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.viewers, v) {
		s.key(now)
	}
}

// stage says whether the person is part of a talk, so that packets are worth keeping.
func (s *source) stage(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.staged == on {
		return
	}
	s.staged = on
	if !on {
		s.kept.free()
		return
	}
	s.wanted = s.video
	s.key(time.Now())
}

// add begins to forward to v, with the kept packets first. v must be in no other source.
func (s *source) add(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.viewers = append(s.viewers, v)
	now := time.Now()
	if !s.video {
		return
	}
	if !s.kept.fresh(now) {
		s.key(now)
		return
	}
	v.begin(s.kept.packets[0].head, s.kept.stamps(), now)
	for i := range s.kept.packets[:s.kept.n] {
		s.scratch = v.send(&s.kept.packets[i], s.scratch, now)
	}
}

// remove stops forwarding to v at once: when it returns, nothing more of this
// source reaches it.
func (s *source) remove(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.viewers, v); i >= 0 {
		s.viewers = slices.Delete(s.viewers, i, i+1)
	}
}

// rtcp takes what the sender says about its own stream. Its report (RFC 3550
// section 6.4.1) is passed on in our time, so that sound and picture stay in
// step and the viewer's clock does not jump when the source changes.
func (s *source) rtcp(packets []rtcp.Packet, now time.Time) {
	for _, p := range packets {
		r, ok := p.(*rtcp.SenderReport)
		if !ok {
			continue
		}
		s.mu.Lock()
		if r.SSRC == s.ssrc {
			theirs := ntpTime(r.NTPTime)
			if offset := now.Sub(theirs); !s.report.ok || offset < s.report.offset || offset > s.report.offset+time.Minute {
				s.report = senderReport{true, offset}
			}
			at := ntp(theirs.Add(s.report.offset))
			for _, v := range s.viewers {
				v.report(at, r.RTPTime)
			}
		}
		s.mu.Unlock()
	}
}

// ntpEpoch is the zero of NTP timestamps in Unix seconds.
const ntpEpoch = 2208988800

// ntp gives t as a 64-bit NTP timestamp (RFC 3550 section 4).
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/1_000_000_000
}

func ntpTime(n uint64) time.Time {
	return time.Unix(int64(n>>32)-ntpEpoch, int64(n&0xffffffff*1_000_000_000>>32))
}
