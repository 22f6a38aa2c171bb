package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/coder/websocket"

	"nextup"
)

// A client that stops reading is cut, and nobody else notices: in one run, others'
// commands are as quick while it stalls as they were before.
func TestStalledReader(t *testing.T) {
	s := newServer(t)
	port, _ := strconv.Atoi(s.address[len("127.0.0.1:"):])
	m := opened(t, s.data, port)
	session := m.seed(t, 2, nil)
	var first nextup.CandidateID
	for n := range 150 { // they make an interviewer's view large
		if id := m.register(t, session.id, fmt.Sprintf("Candidate %d", n)); n == 0 {
			first = id
		}
	}
	m.Close()
	s.start()
	links := s.links()

	worker, err := s.visitor().connect(links.Candidate(session.id, first), newDevice())
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.report(); err != nil {
		t.Fatal(err)
	}
	worker.do(t, "check_in", nil)
	enter := func(n int) (*visitor, invited) {
		v, who := s.visitor(), session.invited(links, n)
		v.enter(who)
		return v, who
	}
	v, who := enter(1)
	colleague, err := v.connect(who.link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	colleague.do(t, "enter", nil)
	connected := func() bool {
		v, _, ok := latest[nextup.InterviewerView](colleague)
		return ok && v.Colleagues[0].Connected
	}

	before := pace(t, worker, 3*time.Second, nil)

	v, who = enter(0)
	stalled := v.connectDeaf(who.link)
	defer func() { _ = stalled.CloseNow() }()
	colleague.interviewerView(t, "the colleague", func(v nextup.InterviewerView) bool { return v.Colleagues[0].Connected })
	began := time.Now()
	during := pace(t, worker, 30*time.Second, func() bool { return !connected() })
	if connected() {
		t.Fatal("a client that does not read was not cut within 30 s")
	}
	t.Logf("cut after %v; a command took %v before and %v while it stalled (median), %v and %v at most; %d and %d commands",
		time.Since(began).Round(100*time.Millisecond), median(before), median(during), slices.Max(before), slices.Max(during), len(before), len(during))
	if len(during) < 20 {
		t.Errorf("it was cut too soon to tell: %d commands", len(during))
	}
	// The floor keeps a very quick start from making noise look like a delay.
	if limit := 3 * max(median(before), 5*time.Millisecond); median(during) > limit {
		t.Errorf("others' commands slowed from %v to %v (median)", median(before), median(during))
	}
	if limit := max(4*slices.Max(before), time.Second); slices.Max(during) > limit {
		t.Errorf("a command of somebody else waited %v; %v was the most before", slices.Max(during), slices.Max(before))
	}
	// He may come back at any time.
	again, err := v.connect(who.link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	again.do(t, "enter", nil)
}

// connectDeaf says hello and begins work, and then never reads.
func (v *visitor) connectDeaf(link string) *websocket.Conn {
	v.t.Helper()
	ctx := context.Background()
	small := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if t, ok := conn.(*net.TCPConn); ok {
			err = t.SetReadBuffer(4 << 10) // little is kept for it by the system
		}
		return conn, err
	}}
	conn, _, err := websocket.Dial(ctx, link+"/live", &websocket.DialOptions{
		HTTPClient: &http.Client{Jar: v.http.Jar, Transport: small},
		HTTPHeader: http.Header{"Origin": {v.base}, "X-Forwarded-For": {v.from}},
	})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, m := range []fields{{"do": "hello", "device": newDevice(), "visible": true}, {"do": "enter", "id": newName()}} {
		b, err := json.Marshal(m)
		if err == nil {
			err = conn.Write(ctx, websocket.MessageText, b)
		}
		if err != nil {
			v.t.Fatal(err)
		}
	}
	return conn
}

// pace gives commands evenly, until enough or the time is over, and says how long
// each took to be acknowledged.
func pace(t *testing.T, w *wire, limit time.Duration, enough func() bool) (took []time.Duration) {
	t.Helper()
	tick := time.NewTicker(60 * time.Millisecond) // below what a browser may send
	defer tick.Stop()
	for end := time.Now().Add(limit); time.Now().Before(end) && (enough == nil || !enough()); {
		<-tick.C
		began := time.Now()
		w.do(t, []string{"hold", "resume"}[len(took)%2], nil)
		took = append(took, time.Since(began))
	}
	return took
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	if len(d) == 0 {
		return 0
	}
	return d[len(d)/2]
}
