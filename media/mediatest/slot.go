package mediatest

import (
	"maps"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
)

// Stats is what has come in for one slot.
type Stats struct {
	Audio, Video Stream
}

// Stream is what has come in on one track.
type Stream struct {
	Packets   int            // RTP packets
	Frames    int            // whole frames (for sound: packets)
	KeyFrames int            // whole key frames
	Gaps      int            // sequence numbers that did not follow the one before
	Again     int            // packets that came late, sent again after a loss
	Missing   int            // sequence numbers among the last 1000 that never came, but for the newest 50
	Backwards int            // timestamps, of new frames, earlier than the one before
	Pictures  int            // VP8 picture ids that did not follow the one before
	SSRCs     int            // different SSRCs
	Clips     map[string]int // whole frames that are, byte by byte, of this known clip
	Unknown   int            // whole frames of no known clip
	First     time.Time      // when the first packet came
	Last      time.Time      // when the last packet came
	LastTS    uint32         // its RTP timestamp
}

// slot receives one slot's sound and picture.
type slot struct {
	wait  sync.WaitGroup
	names map[uint64]string

	mu   sync.Mutex
	s    Stats
	seen map[uint32]bool
}

func (s *slot) know(clips []*Clip) {
	s.names, s.seen = map[uint64]string{}, map[uint32]bool{}
	twice := map[uint64]bool{}
	for _, c := range clips {
		own := map[uint64]bool{}
		for _, frames := range [][][]byte{c.video, c.audio} {
			for _, f := range frames {
				p := print(f)
				if other, ok := s.names[p]; ok && !own[p] && other != c.Name {
					twice[p] = true // the same silence in two clips tells nothing
				}
				own[p] = true
				s.names[p] = c.Name
			}
		}
	}
	for p := range twice {
		delete(s.names, p)
	}
}

func (s *slot) stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.s
	out.Audio.Clips, out.Video.Clips = maps.Clone(out.Audio.Clips), maps.Clone(out.Video.Clips)
	return out
}

func (s *slot) read(t *webrtc.TrackRemote) {
	s.wait.Go(func() {
		f := &s.s.Audio
		if t.Kind() == webrtc.RTPCodecTypeVideo {
			f = &s.s.Video
		}
		var r assembler
		for {
			p, _, err := t.ReadRTP()
			if err != nil {
				return
			}
			s.mu.Lock()
			r.count(f, p)
			if s.seen == nil {
				s.seen = map[uint32]bool{}
			}
			if !s.seen[p.SSRC] {
				s.seen[p.SSRC] = true
				f.SSRCs++
			}
			if frame := r.frame(p, t.Kind() == webrtc.RTPCodecTypeVideo); frame != nil {
				f.Frames++
				if t.Kind() == webrtc.RTPCodecTypeVideo && keyFrame(frame) {
					f.KeyFrames++
				}
				if name := s.names[print(frame)]; name == "" {
					f.Unknown++
				} else {
					if f.Clips == nil {
						f.Clips = map[string]int{}
					}
					f.Clips[name]++
				}
			}
			f.Pictures += r.jumps
			r.jumps = 0
			s.mu.Unlock()
		}
	})
}

// assembler puts frames together from packets in order.
type assembler struct {
	on      bool
	seq     uint16
	high    uint16
	came    map[uint16]bool // sequence numbers, the last 2000 or so
	ts      uint32
	whole   bool
	bytes   []byte
	picture int // the last picture id, -1 for none
	jumps   int
}

// count keeps the figures that need no frame.
func (a *assembler) count(f *Stream, p *rtp.Packet) {
	now := time.Now()
	if f.Packets == 0 {
		f.First = now
	}
	f.Packets++
	f.Last, f.LastTS = now, p.Timestamp
	if a.on && p.SequenceNumber != a.seq+1 {
		f.Gaps++
		a.whole = false
	}
	if a.on && int32(p.Timestamp-a.ts) < 0 {
		f.Backwards++
	}
	if !a.on {
		a.picture = -1
	}
	if a.came == nil {
		a.came, a.high = map[uint16]bool{}, p.SequenceNumber
	}
	if d := int16(p.SequenceNumber - a.high); d > 0 {
		a.high = p.SequenceNumber
	} else if d < 0 {
		f.Again++
	}
	a.came[p.SequenceNumber] = true
	delete(a.came, p.SequenceNumber-2000)
	f.Missing = 0
	for i := 50; i < min(1000, f.Packets-f.Again); i++ {
		if !a.came[a.high-uint16(i)] {
			f.Missing++
		}
	}
	a.on, a.seq, a.ts = true, p.SequenceNumber, p.Timestamp
}

// frame gives a frame when p completes one.
func (a *assembler) frame(p *rtp.Packet, video bool) []byte {
	if len(p.Payload) == 0 {
		return nil
	}
	if !video {
		return p.Payload
	}
	var v codecs.VP8Packet
	b, err := v.Unmarshal(p.Payload)
	if err != nil {
		a.whole = false
		return nil
	}
	if v.S == 1 && v.PID == 0 {
		a.bytes, a.whole = a.bytes[:0], true
		if v.I == 1 {
			if id := int(v.PictureID); a.picture >= 0 && id != (a.picture+1)&0x7fff {
				a.jumps++
			}
			a.picture = int(v.PictureID)
		}
	}
	a.bytes = append(a.bytes, b...)
	if p.Marker && a.whole {
		a.whole = false
		return a.bytes
	}
	return nil
}
