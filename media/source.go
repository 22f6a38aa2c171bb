package media

import (
	"slices"
	"time"

	"nextup/media/congest"
)

// preparedKeyAge is how old the kept key frame may get while nobody is shown
// yet, so that what Show starts with is never stale.
const preparedKeyAge = time.Second

// leap is how far a sequence number may jump and still be of the same run. A
// browser that begins anew begins anywhere.
const leap = 3000

// source is one incoming stream: a person's sound or picture. It belongs to the lane.
type source struct {
	leg     *leg
	kind    kind
	rank    int // among the layers of one picture, 0 is the best
	up      upward
	ssrc    uint32 // 0 until declared or media arrived
	staged  bool   // on a stage: keep packets
	viewers []*viewer
	joining []*viewer // of another layer, to come over at the next key frame
	meter   meter
	kept    kept
	keyAsk  pace
	wanted  bool // a key frame has been asked for and has not come
	cut     bool // packets have been thrown away, so the picture is broken
	report  senderReport
	seq     uint16 // highest received
	seqOn   bool

	holes     *congest.Holes // made with the first packet
	reception congest.Reception
}

// senderReport ties the source's clock to ours.
type senderReport struct {
	ok     bool
	offset time.Duration // ours minus the source's, the least seen
	middle uint32        // the middle 32 bits of its NTP timestamp, for our report
	came   time.Time
}

func newSource(g *leg, k kind) *source {
	return &source{leg: g, kind: k, keyAsk: pace{every: keyPace}, reception: congest.Reception{Clock: k.clock()}}
}

// describe takes what was negotiated. Another SSRC than before is a new beginning.
func (s *source) describe(up upward, now time.Time) {
	if up.ssrc == 0 && s.ssrc != 0 && up.pt == s.up.pt && up.rid == s.up.rid {
		up.ssrc, up.rtx = s.ssrc, s.up.rtx // was not declared and has been found
	}
	s.up = up
	if up.ssrc == s.ssrc {
		return
	}
	s.ssrc, s.seqOn = up.ssrc, false
	s.anew()
	if s.staged {
		s.key(now)
	}
}

// anew makes everybody wait for a new beginning.
func (s *source) anew() {
	s.kept.clear()
	s.wanted = s.kind == picture
	if s.holes != nil {
		s.holes.Reset()
	}
	for _, v := range s.viewers {
		v.rewrite.end()
	}
}

// receive keeps the packet and passes it to every viewer. again says that it came as RTX.
func (s *source) receive(p *packet, again bool, now time.Time) {
	if s.kind == picture && len(p.payload) > 0 {
		var ok bool
		if p.vp8, ok = parseVP8(p.payload); !ok {
			return
		}
	}
	if s.cut {
		s.cut = false
		s.anew()
	}
	s.follow(p.seq)
	if !again {
		s.reception.Add(p.seq, p.ts, now)
	}
	s.meter.add(len(p.payload), now)
	if s.up.nack {
		if s.holes == nil {
			s.holes = &congest.Holes{}
		}
		open := s.holes.Open()
		s.holes.Add(p.seq, now)
		if s.holes.Open() < open {
			s.leg.mended++
		}
	}
	if !s.staged {
		return
	}
	if s.kind == picture {
		if p.vp8.key {
			s.wanted = false
			for len(s.joining) > 0 {
				s.joining[0].come(s) // and out of joining; begins with this very packet
			}
		}
		s.kept.add(p, now)
	}
	waiting := false
	for _, v := range s.viewers {
		if v.waiting() {
			if !v.leg.ready() {
				continue
			}
			if s.kind == picture && !p.vp8.key {
				waiting = true
				continue
			}
			v.rewrite.begin(p.head, nil, now)
		}
		v.send(p, now)
	}
	if s.kind != picture || s.rank > 0 && len(s.viewers)+len(s.joining) == 0 {
		return // of a lesser layer that nobody needs, any key frame will do
	}
	waiting = waiting || len(s.joining) > 0
	stale := !s.seen() && (s.kept.n == 0 || now.Sub(s.kept.began) > preparedKeyAge)
	if s.wanted || waiting || stale {
		s.key(now)
	}
}

// seen says whether anybody is shown this picture, in any layer.
func (s *source) seen() bool {
	for _, o := range s.leg.sources[picture:] {
		if len(o.viewers) > 0 {
			return true
		}
	}
	return false
}

// comes says whether the stream is being sent to us.
func (s *source) comes(now time.Time) bool { return s.meter.comes(now) }

// follow notices when the sender begins anew; then the viewers do, too.
func (s *source) follow(seq uint16) {
	d := int16(seq - s.seq)
	if s.seqOn && (d > leap || d < -leap) {
		s.anew()
		d = 1
	}
	if !s.seqOn || d > 0 {
		s.seq, s.seqOn = seq, true
	}
}

// key asks for a key frame, at most every keyPace.
func (s *source) key(now time.Time) {
	if s.kind != picture || s.ssrc == 0 {
		return
	}
	s.wanted = true
	if s.leg.ready() && s.keyAsk.allow(now) {
		s.leg.lane.count.keyAsks++
		s.leg.askKey(s.ssrc)
	}
}

// stage says whether the person is part of a talk, so that packets are worth keeping.
func (s *source) stage(on bool, now time.Time) {
	if s.staged == on {
		return
	}
	s.staged = on
	if !on {
		s.kept.free()
		return
	}
	s.wanted = s.kind == picture
	s.key(now)
}

// begin sends what is kept first, so that v has a picture at once.
func (s *source) begin(v *viewer, now time.Time) {
	if s.kind != picture || !v.leg.ready() {
		return
	}
	if !s.kept.fresh(now) {
		s.key(now)
		return
	}
	v.rewrite.begin(s.kept.packets[0].head, s.kept.stamps(), now)
	for i := range s.kept.packets[:s.kept.n] {
		v.send(&s.kept.packets[i], now)
	}
}

// remove stops forwarding to v.
func (s *source) remove(v *viewer) {
	if i := slices.Index(s.viewers, v); i >= 0 {
		s.viewers = slices.Delete(s.viewers, i, i+1)
	}
}

// reported takes what the sender says about its own stream (RFC 3550 section
// 6.4.1). It is passed on in our time, so that sound and picture stay in step
// and the viewer's clock does not jump when the source changes.
func (s *source) reported(theirs time.Time, ts uint32, now time.Time) {
	if offset := now.Sub(theirs); !s.report.ok || offset < s.report.offset || offset > s.report.offset+time.Minute {
		s.report.ok, s.report.offset = true, offset
	}
	s.report.middle, s.report.came = uint32(ntp(theirs)>>16), now
	at := ntp(theirs.Add(s.report.offset))
	for _, v := range s.viewers {
		v.report(at, ts)
	}
}
