package congest

import "time"

const (
	speakAt   = 45                     // -dBov: at least this loud is a voice
	quietAt   = 55                     // -dBov: quieter than this is a pause
	speakFor  = 60 * time.Millisecond  // loud for so long: somebody speaks
	pauseFor  = 600 * time.Millisecond // quiet for so long: nobody does
	dead      = 120                    // -dBov: a microphone that gives nothing at all
	levelDone = time.Second            // no packet for so long is a pause too (DTX sends each 400 ms)
)

// Level follows the audio levels of one stream (RFC 6464) and says who speaks.
type Level struct {
	on       bool
	speaking bool
	level    uint8
	last     time.Time // of a packet
	loud     time.Time // since when loud enough, zero: not
	voice    time.Time // when a voice was last heard
	alive    time.Time // when anything above dead was last heard
}

// Add takes the byte of the header extension: a bit that says whether the sender
// takes it for a voice, and the level as 0 (loudest) to 127 -dBov.
func (l *Level) Add(b byte, now time.Time) {
	v := b & 0x7f
	if !l.on {
		l.on, l.alive = true, now
	}
	l.level, l.last = v, now
	if v < dead {
		l.alive = now
	}
	if v <= quietAt {
		l.voice = now
	}
	if v > speakAt {
		l.loud = time.Time{}
	} else if l.loud.IsZero() {
		l.loud = now
	}
	switch {
	case !l.loud.IsZero() && now.Sub(l.loud) >= speakFor:
		l.speaking = true
	case now.Sub(l.voice) >= pauseFor:
		l.speaking = false
	}
}

// Speaking says whether somebody speaks.
func (l *Level) Speaking(now time.Time) bool {
	return l.speaking && now.Sub(l.voice) < pauseFor && now.Sub(l.last) < levelDone
}

// Silent is for how long the microphone has given nothing at all (digital
// silence, or no packets), 0 before the first packet.
func (l *Level) Silent(now time.Time) time.Duration {
	if !l.on {
		return 0
	}
	return max(now.Sub(l.alive), 0)
}

// Now is the newest level in -dBov: 0 is the loudest, 127 is silence; also
// 127 before the first packet.
func (l *Level) Now() int {
	if !l.on {
		return 127
	}
	return int(l.level)
}
