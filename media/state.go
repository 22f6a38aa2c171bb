package media

import (
	"encoding/json"
	"time"

	"github.com/pion/webrtc/v4"
)

// Bounds of the channel on which a browser says how it does.
const (
	stateLabel = "state"
	stateSize  = 512 // bytes of one message
	stateRate  = 10  // messages a second
)

// State is what a browser says of its own sound and picture, so that the others
// are told in words why they see or hear nothing.
type State struct {
	// Camera is on, off (switched off), none (there is none), failed, sound (chose
	// sound only), poor (paused because the network is poor) or away (the page is
	// hidden or the device was taken away for a moment).
	Camera string `json:"camera"`
	// Microphone is on, off, none, failed or away.
	Microphone string `json:"microphone"`
	// Take is how much picture this browser's network takes: 0 all, 1 less,
	// 2 least, 3 none. The others send no more than that.
	Take int `json:"take"`
	// Quality is how his connection does as his browser measures it: good, weak, poor,
	// or empty while it is not known.
	Quality string `json:"quality,omitempty"`
}

// ownState is a State as the browser states it. It is a full statement.
type ownState struct {
	State
	// Blind asks for no pictures: the server sends him sound only.
	Blind bool `json:"blind"`
}

// good says whether every value is one of those that are known.
func (s State) good() bool {
	switch s.Camera {
	case "on", "off", "none", "failed", "sound", "poor", "away":
	default:
		return false
	}
	switch s.Microphone {
	case "on", "off", "none", "failed", "away":
	default:
		return false
	}
	switch s.Quality {
	case "", "good", "weak", "poor":
	default:
		return false
	}
	return s.Take >= 0 && s.Take <= 3
}

// onOwnState hears how the browser does. What is not understood is dropped.
func (p *peer) onOwnState(c *webrtc.DataChannel) {
	c.OnMessage(func(m webrtc.DataChannelMessage) {
		if !m.IsString || len(m.Data) > stateSize || !p.states.allow(1, stateRate, time.Second, time.Now()) {
			return
		}
		var st ownState
		if json.Unmarshal(m.Data, &st) == nil && st.good() && p.stated != nil {
			p.stated(p, st)
		}
	})
}

// stated takes a peer's own word and passes it to those who see him.
func (s *Server) stated(p *peer, now ownState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peers[p.id] != p {
		return
	}
	turned := p.blind != now.Blind
	p.own, p.blind = &now.State, now.Blind
	st := s.on[p.id]
	if st == nil || !st.shown {
		return
	}
	if turned {
		s.apply(s.differ(nil, p, st.slots[p.id.person]))
	}
	for _, viewer := range st.people {
		q := s.peers[seat{p.id.session, viewer}]
		if q == nil {
			continue
		}
		for i, person := range st.slots[viewer] {
			if person == p.id.person {
				q.text.state(i, now.State)
			}
		}
	}
}
