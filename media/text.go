package media

import (
	"encoding/json"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/pion/webrtc/v4"

	"nextup"
)

// Bounds of the text channel.
const (
	textSize    = 4 << 10  // bytes of one message
	textRate    = 50       // messages a second from one browser
	textWaiting = 64 << 10 // bytes waiting for one browser; more are dropped
	textLabel   = "text"
)

// text is a peer's data channel. Upwards each message is plain text (UTF-8).
// Downwards it is JSON, one of:
//
//	{"type":"text","from":"person","text":"..."}
//	{"type":"slot","slot":0,"person":"person or empty","after":123,"state":{...}}
//	{"type":"state","slot":0,"person":"person","state":{...}}
//
// "slot" says who is in a slot from now on. after, if there, is the RTP
// timestamp of the slot's picture after which every frame is of the new person:
// until then the browser shows nothing. "state" is what he said last of his own
// camera and microphone (state.go), left out while he has said nothing.
type text struct {
	mu      sync.Mutex
	channel *webrtc.DataChannel
	open    bool
	slots   [Slots]slotMessage
	second  time.Time
	count   int
}

type slotMessage struct {
	Type   string          `json:"type"`
	Slot   int             `json:"slot"`
	Person nextup.PersonID `json:"person"`
	After  *uint32         `json:"after,omitempty"`
	State  *State          `json:"state,omitempty"`
}

type textMessage struct {
	Type string          `json:"type"`
	From nextup.PersonID `json:"from"`
	Text string          `json:"text"`
}

// init makes every slot empty.
func (t *text) init() {
	for i := range t.slots {
		t.slots[i] = slotMessage{Type: "slot", Slot: i}
	}
}

// onChannel takes a browser's channels: one of each kind.
func (p *peer) onChannel(c *webrtc.DataChannel) {
	switch c.Label() {
	case stateLabel:
		p.onOwnState(c)
		return
	case echoLabel:
		p.onEcho(c)
		return
	}
	t := &p.text
	t.mu.Lock()
	taken := t.channel != nil && t.channel.ReadyState() <= webrtc.DataChannelStateOpen
	if c.Label() != textLabel || taken {
		t.mu.Unlock()
		_ = c.Close()
		return
	}
	t.channel, t.open = c, false
	t.mu.Unlock()
	c.OnOpen(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.channel != c {
			return
		}
		t.open = true
		for i := range t.slots {
			if t.slots[i].Person != "" {
				t.send(t.slots[i])
			}
		}
	})
	c.OnMessage(func(m webrtc.DataChannelMessage) {
		if !m.IsString || len(m.Data) > textSize || !utf8.Valid(m.Data) || !t.allow(time.Now()) {
			return
		}
		if p.said != nil {
			p.said(p, string(m.Data))
		}
	})
}

func (t *text) allow(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.second) >= time.Second {
		t.second, t.count = now, 0
	}
	t.count++
	return t.count <= textRate
}

// slot tells the browser who is in a slot.
func (t *text) slot(m slotMessage) {
	m.Type = "slot"
	t.mu.Lock()
	defer t.mu.Unlock()
	t.slots[m.Slot] = m
	t.send(m)
}

// state tells the browser how the person in a slot does now.
func (t *text) state(slot int, st State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := &t.slots[slot]
	m.State = &st
	t.send(slotMessage{Type: "state", Slot: slot, Person: m.Person, State: m.State})
}

// pass hands on what another person wrote.
func (t *text) pass(from nextup.PersonID, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.send(textMessage{"text", from, text})
}

// send drops the message if the browser does not take what it has. t.mu is held.
func (t *text) send(m any) {
	if !t.open || t.channel.BufferedAmount() > textWaiting {
		return
	}
	if b, err := json.Marshal(m); err == nil {
		_ = t.channel.SendText(string(b))
	}
}
