package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"nextup"
)

// fields are a message's own fields, beside "do" and "id".
type fields map[string]any

// reply is the answer to a command. Err is empty for a yes.
type reply struct {
	Re       string      `json:"re"`
	OK       bool        `json:"ok"`
	Err      nextup.Code `json:"error"`
	Rating   int         `json:"rating"`
	Note     string      `json:"note"`
	Revision int         `json:"revision"`
	URLs     []string    `json:"urls"`
	SDP      string      `json:"sdp"`
}

// errLost says that the connection was gone before the answer: the command may or
// may not have had its effect.
var errLost = errors.New("the connection was lost before the answer")

// wire is one websocket as PROTOCOL.md has it. It sends what it is told and
// nothing by itself, and does not reconnect; post does.
type wire struct {
	conn *websocket.Conn
	pace *rate.Limiter // what the server allows a browser
	done chan struct{} // closed when the connection has ended
	seen func(json.RawMessage, time.Time)

	mu      sync.Mutex
	waiting map[string]chan reply
	views   int             // how many came
	view    json.RawMessage // the latest
	viewAt  time.Time
	changed chan struct{} // closed and replaced at each view
	bye     string
	err     error // why it ended
}

// connect opens the live connection of a page and says hello. The visitor has
// whatever cookies the page needs.
func (v *visitor) connect(link, device string) (*wire, error) {
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	conn, _, err := websocket.Dial(ctx, link+"/live", &websocket.DialOptions{
		HTTPClient: &http.Client{Jar: v.http.Jar, Transport: v.http.Transport},
		HTTPHeader: http.Header{"Origin": {v.base}, "X-Forwarded-For": {v.from}},
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(8 << 20)
	w := &wire{
		conn: conn, pace: rate.NewLimiter(19, 38), done: make(chan struct{}), seen: v.seen,
		waiting: map[string]chan reply{}, changed: make(chan struct{}),
	}
	go w.read()
	if err := w.send(fields{"do": "hello", "device": device, "visible": true}); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *wire) read() {
	defer close(w.done)
	for {
		_, b, err := w.conn.Read(context.Background())
		var m struct {
			reply
			View json.RawMessage `json:"view"`
			Bye  string          `json:"bye"`
		}
		if err == nil {
			err = json.Unmarshal(b, &m)
		}
		w.mu.Lock()
		switch {
		case err != nil:
			w.err = err
			for id, to := range w.waiting {
				close(to)
				delete(w.waiting, id)
			}
			close(w.changed)
			w.changed = make(chan struct{})
			w.mu.Unlock()
			_ = w.conn.CloseNow()
			return
		case m.View != nil:
			w.view, w.viewAt = m.View, time.Now()
			w.views++
			if w.seen != nil {
				w.seen(m.View, w.viewAt)
			}
			close(w.changed)
			w.changed = make(chan struct{})
		case m.Re != "":
			if to, ok := w.waiting[m.Re]; ok {
				delete(w.waiting, m.Re)
				to <- m.reply
			}
		case m.Bye != "":
			w.bye = m.Bye
		}
		w.mu.Unlock()
	}
}

// send sends one message, no faster than a browser may.
func (w *wire) send(m fields) error {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	if err := w.pace.Wait(ctx); err != nil {
		return err
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return w.conn.Write(ctx, websocket.MessageText, b)
}

// ask gives a command under an id of the caller's and waits for the answer.
func (w *wire) ask(id, do string, f fields) (reply, error) {
	m := fields{"do": do, "id": id}
	for k, v := range f {
		m[k] = v
	}
	to := make(chan reply, 1)
	w.mu.Lock()
	if w.err != nil {
		w.mu.Unlock()
		return reply{}, errLost
	}
	w.waiting[id] = to
	w.mu.Unlock()
	if err := w.send(m); err != nil {
		return reply{}, errLost
	}
	select {
	case r, ok := <-to:
		if !ok {
			return reply{}, errLost
		}
		return r, nil
	case <-time.After(30 * time.Second):
		return reply{}, fmt.Errorf("no answer to %s within 30 s", do)
	}
}

// do is ask with a new id, for what must be answered with yes.
func (w *wire) do(t testing.TB, do string, f fields) reply {
	t.Helper()
	r, err := w.ask(newName(), do, f)
	if err != nil {
		t.Fatalf("%s: %v", do, err)
	}
	if !r.OK {
		t.Fatalf("%s was refused: %s", do, r.Err)
	}
	return r
}

// report says that the page is seen and the devices are checked.
func (w *wire) report() error {
	return w.send(fields{"do": "presence", "visible": true, "checked": true, "devices": fields{"camera": "ok", "microphone": "ok", "network": "ok"}})
}

func (w *wire) close() { _ = w.conn.CloseNow() }

// leave ends the connection as a closing page does.
func (w *wire) leave() { _ = w.conn.Close(websocket.StatusNormalClosure, "") }

// latest is the newest view and when it came; false before the first.
func latest[V nextup.CandidateView | nextup.InterviewerView](w *wire) (v V, at time.Time, ok bool) {
	w.mu.Lock()
	raw, at := w.view, w.viewAt
	w.mu.Unlock()
	if raw == nil {
		return v, at, false
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		panic(fmt.Sprintf("a view that is none: %v: %s", err, raw))
	}
	return v, at, true
}

// until waits for a view that fulfils a condition; false if it does not come in
// time or the connection ends.
func until[V nextup.CandidateView | nextup.InterviewerView](w *wire, limit time.Duration, fits func(V) bool) (V, bool) {
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		w.mu.Lock()
		changed, ended := w.changed, w.err != nil
		w.mu.Unlock()
		if v, _, ok := latest[V](w); ok && fits(v) {
			return v, true
		} else if ended {
			return v, false
		}
		select {
		case <-changed:
		case <-late.C:
			v, _, ok := latest[V](w)
			return v, ok && fits(v)
		}
	}
}

// candidateView waits for a candidate's view.
func (w *wire) candidateView(t testing.TB, what string, fits func(nextup.CandidateView) bool) nextup.CandidateView {
	t.Helper()
	v, ok := until(w, patience, fits)
	if !ok {
		t.Fatalf("%s did not come; the view is %+v (%v)", what, v, w.ended())
	}
	return v
}

// interviewerView waits for an interviewer's view.
func (w *wire) interviewerView(t testing.TB, what string, fits func(nextup.InterviewerView) bool) nextup.InterviewerView {
	t.Helper()
	v, ok := until(w, patience, fits)
	if !ok {
		t.Fatalf("%s did not come; the view is %+v (%v)", what, v, w.ended())
	}
	return v
}

func (w *wire) ended() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// newName is a random name for a command.
func newName() string { return rand.Text() }

func newDevice() string { return rand.Text() }
