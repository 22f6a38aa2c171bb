package transport

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"nextup"
)

const (
	// hangAfter is how long a browser's media outlives its socket: a lost socket comes
	// back within seconds and finds its pictures running, since the two travel apart.
	hangAfter = 90 * time.Second
	// maxDevices is how many browsers of one person are connected; the one that came
	// first goes.
	maxDevices = 5
)

// owner is one person in one session; place is he on one device.
type (
	owner struct {
		session nextup.SessionID
		person  nextup.PersonID
	}
	place struct {
		owner
		device nextup.DeviceID
	}
)

// seat is a place in use. It outlives its socket by hangAfter, because the media
// connection does.
//
// A media connection is one RTCPeerConnection of one browser. Its name is made
// from the device and from what stays the same in all its offers (connection in
// negotiate.go). So a socket that reconnects, or an ICE restart, goes on with the
// same peer, and a reload, whose keys are new, gets a new one, which replaces the old.
type seat struct {
	socket     *socket
	since      time.Time
	connection string        // the media connection; "" before the first offer
	offers     *rate.Limiter // a negotiation costs a lot
	hang       *time.Timer   // ends the media; set while there is no socket
}

// lines knows every socket of this server. Nothing it calls under its lock waits.
type lines struct {
	mu     sync.Mutex
	seats  map[owner]map[nextup.DeviceID]*seat
	closed bool
	all    sync.WaitGroup // the sockets' goroutines
}

func newLines() *lines { return &lines{seats: map[owner]map[nextup.DeviceID]*seat{}} }

// begin counts a socket in, until its end is called. false: the server stops.
func (l *lines) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.all.Add(1)
	return true
}

// end counts a socket out.
func (l *lines) end() { l.all.Done() }

// enter gives the place to a socket. An older socket of the same place, and the
// oldest of too many devices, are told that it went elsewhere. false: the server stops.
func (l *lines) enter(p place, s *socket, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	if l.seats[p.owner] == nil {
		l.seats[p.owner] = map[nextup.DeviceID]*seat{}
	}
	t := l.seats[p.owner][p.device]
	if t == nil {
		t = &seat{offers: rate.NewLimiter(rate.Every(2*time.Second), 8)}
		l.seats[p.owner][p.device] = t
	}
	if t.hang != nil {
		t.hang.Stop()
		t.hang = nil
	}
	if t.socket != nil {
		t.socket.leaveFor()
	}
	t.socket, t.since = s, now
	n, oldest := 0, t
	for _, other := range l.seats[p.owner] {
		if other.socket == nil {
			continue
		}
		n++
		if other.since.Before(oldest.since) {
			oldest = other
		}
	}
	if n > maxDevices {
		oldest.socket.leaveFor()
	}
	return true
}

// leave is a socket's end. Its media goes on for a while; hang ends it then.
func (l *lines) leave(p place, s *socket, hang func(connection string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.seats[p.owner][p.device]
	if t == nil || t.socket != s {
		return // another socket has the place
	}
	t.socket = nil
	if t.connection == "" || l.closed {
		l.forget(p)
		return
	}
	connection := t.connection
	t.hang = time.AfterFunc(hangAfter, func() {
		l.mu.Lock()
		gone := l.seats[p.owner][p.device] == t && t.socket == nil
		if gone {
			l.forget(p)
		}
		l.mu.Unlock()
		if gone {
			hang(connection)
		}
	})
}

func (l *lines) forget(p place) {
	delete(l.seats[p.owner], p.device)
	if len(l.seats[p.owner]) == 0 {
		delete(l.seats, p.owner)
	}
}

// negotiates notes the media connection of a place. false: too many offers.
func (l *lines) negotiates(p place, s *socket, connection string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.seats[p.owner][p.device]
	if t == nil || t.socket != s || !t.offers.AllowN(now, 1) {
		return false
	}
	t.connection = connection
	return true
}

// over takes the media connection off a place, to be hung up now.
func (l *lines) over(p place, s *socket) (connection string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.seats[p.owner][p.device]; t != nil && t.socket == s {
		connection, t.connection = t.connection, ""
	}
	return connection
}

// close cuts every socket with 1001 and lets no new one in.
func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for o, devices := range l.seats {
		for d, t := range devices {
			if t.hang != nil {
				t.hang.Stop()
			}
			if t.socket != nil {
				t.socket.cut(closeStopping)
			} else {
				l.forget(place{o, d})
			}
		}
	}
}
