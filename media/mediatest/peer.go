package mediatest

import (
	"context"
	"errors"

	"github.com/pion/webrtc/v4"
)

// Options say how a Peer connects and what it sends.
type Options struct {
	// Signal hands over an offer and gives the answer.
	Signal func(ctx context.Context, offer string) (answer string, err error)
	// ICEServers are the TURN servers to use, if any.
	ICEServers []webrtc.ICEServer
	// RelayOnly allows no path but through TURN.
	RelayOnly bool
	// Clip is sent, in a loop, while attached. Nil sends nothing.
	Clip *Clip
}

// Peer is a headless browser: the same m-lines, real VP8 and Opus frames.
type Peer struct{}

// Clip is a short film with sound, ready to be sent in a loop.
type Clip struct{}

// Load reads slug.ivf (VP8) and slug.ogg (Opus).
func Load(ivf, ogg string) (*Clip, error) { return nil, errors.New("not yet") }

// Dial connects and returns when media can flow.
func Dial(ctx context.Context, o Options) (*Peer, error) { return nil, errors.New("not yet") }

// Attach begins sending the clip (replaceTrack with a track).
func (p *Peer) Attach() {}

// Detach stops sending (replaceTrack with null).
func (p *Peer) Detach() {}

// Close ends the connection.
func (p *Peer) Close() error { return nil }
