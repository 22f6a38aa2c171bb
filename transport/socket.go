package transport

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"nextup"
)

// socket is one connected page.
//
//	reader ──▶ commands  ──▶ Sessions.Do, Store   one after the other
//	       ──▶ questions ──▶ Media                one after the other, beside the commands
//	       ──▶ Line.Report
//	writer ◀── Line.Views (latest only), replies (bounded), beats
//	pinger
//
// The reader never waits for anything but the network, so pongs are always read.
// Whoever finds a reason to end the socket calls cut; the first reason counts.
type socket struct {
	server *Server
	conn   *websocket.Conn
	who    party
	place  place
	line   nextup.Line
	report nextup.Report

	commands  lane
	questions lane
	replies   chan []byte
	measures  *rate.Limiter // of what is said of a talk's connection

	away  chan struct{} // closed by leaveFor: the place went to another socket
	awayO sync.Once
	done  chan struct{} // closed by cut or when the reader ends
	doneO sync.Once
	all   sync.WaitGroup

	// the writer's alone:
	had  bool             // this device has had the place
	over <-chan time.Time // when a removed interviewer's socket ends; nil: not yet
}

func newSocket(s *Server, conn *websocket.Conn, who party) *socket {
	return &socket{
		server: s, conn: conn, who: who,
		measures: rate.NewLimiter(rate.Every(2*time.Second), 5),
		replies:  make(chan []byte, maxReplies), away: make(chan struct{}), done: make(chan struct{}),
	}
}

// lane is messages that are answered one after the other. It has a goroutine only
// while there are any: thousands of waiting candidates say nothing most of the time.
type lane struct {
	mu      sync.Mutex
	waiting []message
	busy    bool
}

// cut ends the socket, once, and does not wait. The browser is told why if it
// still listens; after at most ten seconds the connection is gone either way.
func (k *socket) cut(why closing) {
	k.doneO.Do(func() {
		close(k.done)
		k.all.Go(func() { _ = k.conn.Close(why.code, why.reason) })
	})
}

// leaveFor says that another socket has the place now. It does not wait.
func (k *socket) leaveFor() { k.awayO.Do(func() { close(k.away) }) }

// run is the socket's life, in the request's goroutine.
func (k *socket) run() {
	defer func() {
		k.finish() // after it, cut does nothing, so nothing new is waited for
		_ = k.conn.CloseNow()
		k.all.Wait()
	}()
	hello, ok := k.hello()
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(k.server.stop, askTime)
	line, err := k.server.Sessions.Attach(ctx, k.who.session, nextup.Attachment{Who: k.who.actor, Device: hello.Device})
	cancel()
	if err != nil {
		refused := k.server.unavailable("attach", err)
		if refused.Code == nextup.CodeUnavailable {
			k.cut(closeStopping) // it may come back
		} else {
			k.cut(closeRefused)
		}
		k.drain()
		return
	}
	defer line.Close()
	k.line = line
	k.place = place{owner{k.who.session, k.who.person()}, hello.Device}
	k.report = nextup.Report{Visible: hello.Visible}
	line.Report(k.report)
	if !k.server.lines.enter(k.place, k, k.server.Now()) {
		k.cut(closeStopping)
		k.drain()
		return
	}
	defer k.server.lines.leave(k.place, k, k.hang)
	k.all.Go(k.write)
	k.all.Go(k.ping)
	k.read()
	k.finish()
}

// finish ends the socket without a word: the other side has gone already.
func (k *socket) finish() { k.doneO.Do(func() { close(k.done) }) }

// hello waits for the first message, which says which device this is.
func (k *socket) hello() (*helloMessage, bool) {
	late := time.AfterFunc(helloTime, func() { k.cut(closeRefused) })
	defer late.Stop()
	stop := context.AfterFunc(k.server.stop, func() { k.cut(closeStopping) })
	defer stop()
	b, ok := k.next()
	if !ok {
		return nil, false
	}
	m, err := decode(k.who.actor.Role, b)
	hello, first := m.(*helloMessage)
	if err != nil || !first || !identifier(string(hello.Device)) {
		k.cut(closeRefused)
		k.drain()
		return nil, false
	}
	return hello, true
}

// next reads one message. ok is false when the socket has ended.
func (k *socket) next() (b []byte, ok bool) {
	// Without a deadline: pings find a dead connection, and ending a read's context
	// would end the connection without a closing frame.
	kind, b, err := k.conn.Read(context.Background())
	if err != nil {
		return nil, false
	}
	if kind != websocket.MessageText {
		k.cut(closeRefused)
		k.drain()
		return nil, false
	}
	return b, true
}

// drain reads on until the closing handshake is through.
func (k *socket) drain() {
	for {
		if _, _, err := k.conn.Read(context.Background()); err != nil {
			return
		}
	}
}

// read takes messages until the socket ends.
func (k *socket) read() {
	pace := rate.NewLimiter(20, 40)
	for {
		b, ok := k.next()
		if !ok {
			return
		}
		select {
		case <-k.done:
			continue // ended already; only the closing handshake is still read
		default:
		}
		if !pace.Allow() {
			k.cut(closeTooMany)
			continue
		}
		m, err := decode(k.who.actor.Role, b)
		if err != nil {
			k.cut(closeRefused)
			continue
		}
		switch m := m.(type) {
		case *helloMessage:
			k.cut(closeRefused) // a device is not changed under way
		case *presenceMessage:
			k.present(m)
		case *offerMessage, *relayMessage:
			k.pass(&k.questions, m)
		default:
			k.pass(&k.commands, m)
		}
	}
}

// pass puts a message in its lane. It is the reader's alone.
func (k *socket) pass(l *lane, m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= maxAsking {
		k.cut(closeTooMany) // it sends faster than is decided
		return
	}
	l.waiting = append(l.waiting, m)
	if !l.busy {
		l.busy = true
		k.all.Go(func() { k.work(l) })
	}
}

// present replaces what is known of the browser.
func (k *socket) present(m *presenceMessage) {
	for _, d := range []nextup.DeviceState{m.Devices.Camera, m.Devices.Microphone, m.Devices.Network} {
		switch d {
		case "", nextup.DeviceOK, nextup.DeviceOff, nextup.DeviceFailed:
		default:
			k.cut(closeRefused)
			return
		}
	}
	k.report = nextup.Report{Visible: m.Visible, Checked: m.Checked, Devices: m.Devices}
	k.line.Report(k.report)
}

// work answers a lane's messages until there are no more. What was taken up before
// the socket ended is finished: a command is decided whether its sender is still
// there or not.
func (k *socket) work(l *lane) {
	for {
		l.mu.Lock()
		ended := false
		select {
		case <-k.done:
			ended = true
		default:
		}
		if ended || len(l.waiting) == 0 {
			l.waiting, l.busy = nil, false
			l.mu.Unlock()
			return
		}
		m := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), askTime)
		k.reply(k.answer(ctx, m))
		cancel()
	}
}

// reply queues an answer. A browser that leaves 64 of them unread is cut.
func (k *socket) reply(b []byte) {
	select {
	case k.replies <- b:
	default:
		k.cut(closeSlow)
	}
}

// write sends everything there is to send.
func (k *socket) write() {
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	for {
		select {
		case <-k.done:
			return
		case <-k.away:
			k.bye()
			return
		case <-k.over:
			k.end(closeRefused)
			return
		case b := <-k.replies:
			k.send(b)
		case v, ok := <-k.line.Views():
			if !ok {
				k.cut(closeStopping) // the line was cut, not the person: come back
				return
			}
			k.view(v)
		case <-beat.C:
			k.send(frame(beatFrame{Beat: true}))
			ctx, cancel := context.WithTimeout(context.Background(), writeTime)
			err := k.who.allowed(ctx)
			cancel()
			if err != nil {
				k.end(closeRefused)
			}
		}
	}
}

// send writes one frame, or finds that the reader has stalled and ends it all.
func (k *socket) send(b []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	if err := k.conn.Write(ctx, websocket.MessageText, b); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			k.server.Log.Debug("socket: a stalled reader was cut")
		}
		k.cut(closeSlow)
	}
}

// view sends a view, and ends what the view says is over.
func (k *socket) view(v nextup.View) {
	elsewhere := false
	switch view := v.(type) {
	case nextup.CandidateView:
		switch view.Moment {
		case nextup.MomentElsewhere:
			elsewhere = true
		case nextup.MomentWaiting, nextup.MomentCalled, nextup.MomentAdmitted, nextup.MomentCountdown, nextup.MomentTalk:
			k.had = true
		case nextup.MomentWithdrawn, nextup.MomentCancelled:
			k.hangNow()
		}
	case nextup.InterviewerView:
		elsewhere = view.Elsewhere
		// At work here: an away one has not entered on any device yet.
		k.had = k.had || (!view.Elsewhere && view.You.State != nextup.WorkAway)
		busy := view.You.State == nextup.WorkTalk || view.You.State == nextup.WorkWriteUp
		if view.Removed && !busy && k.over == nil {
			k.over = time.After(partTime)
		}
		if k.over != nil {
			return
		}
	}
	if elsewhere && k.had {
		k.bye()
		return
	}
	k.send(frame(viewFrame{v}))
}

// bye tells the browser that its place is elsewhere now, and ends.
func (k *socket) bye() {
	k.send(frame(byeFrame{Bye: "elsewhere"}))
	k.end(closeElsewhere)
}

// end cuts the socket and its media.
func (k *socket) end(why closing) {
	k.hangNow()
	k.cut(why)
}

// hangNow ends the media of this socket's place.
func (k *socket) hangNow() {
	if c := k.server.lines.over(k.place, k); c != "" {
		k.hang(c)
	}
}

func (k *socket) hang(connection string) {
	k.server.Media.Hang(k.who.session, k.who.person(), connection)
}

// ping finds connections that died without a word.
func (k *socket) ping() {
	tick := time.NewTicker(beatTime)
	defer tick.Stop()
	for {
		select {
		case <-k.done:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), pongTime)
			err := k.conn.Ping(ctx)
			cancel()
			if err != nil {
				k.cut(closeSlow)
				_ = k.conn.CloseNow() // nobody is there to shake hands with
				return
			}
		}
	}
}
