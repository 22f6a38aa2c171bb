package media

import (
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// Bounds of the channel on which a browser measures its way to us before
// anything of camera or microphone leaves it.
const (
	echoLabel   = "echo"
	echoSize    = 1200      // bytes of one message
	echoMinute  = 600 << 10 // bytes a minute
	echoWaiting = 32 << 10  // bytes waiting for one browser; more are dropped
)

// onEcho sends back what comes, so that a browser can count what is lost, how
// long a round takes and how much gets through.
func (p *peer) onEcho(c *webrtc.DataChannel) {
	c.OnMessage(func(m webrtc.DataChannelMessage) {
		if len(m.Data) > echoSize || m.IsString || !p.echo.allow(len(m.Data), echoMinute, time.Minute, time.Now()) || c.BufferedAmount() > echoWaiting {
			return
		}
		_ = c.Send(m.Data)
	})
}

// allowance is how much of something one peer may still use, however many channels
// he opens for it.
type allowance struct {
	mu    sync.Mutex
	since time.Time
	used  int
}

// allow uses up n of limit per time.
func (a *allowance) allow(n, limit int, per time.Duration, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.since) >= per {
		a.since, a.used = now, 0
	}
	a.used += n
	return a.used <= limit
}
