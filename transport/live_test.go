package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"nextup"
)

// client is the browser's end of a socket.
type client struct {
	t    *testing.T
	conn *websocket.Conn
	n    int
	last map[string]any // the view that was read last, on whatever way

	heard *strings.Builder // everything that was read; nil: not kept
}

// dial connects without hello.
func (x *site) dial(c *http.Client, at string, header http.Header) (*client, int) {
	x.t.Helper()
	if header == nil {
		header = http.Header{"Origin": {x.http.URL}}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, x.http.URL+at+"/live", &websocket.DialOptions{HTTPClient: c, HTTPHeader: header})
	if err != nil {
		if resp == nil {
			x.t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	conn.SetReadLimit(1 << 20)
	x.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t: x.t, conn: conn}, resp.StatusCode
}

// connect says hello too and reads the first view.
func (x *site) connect(c *http.Client, at, device string) (*client, map[string]any) {
	x.t.Helper()
	k, status := x.dial(c, at, nil)
	if k == nil {
		x.t.Fatalf("upgrade: %d", status)
	}
	k.say(`{"do":"hello","device":%q,"visible":true}`, device)
	k.until("the first view", func(m map[string]any) bool { return m["view"] != nil })
	return k, k.last
}

func (k *client) say(format string, args ...any) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := k.conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
		k.t.Fatal(err)
	}
}

// next reads one frame, or the reason for the end.
func (k *client) next() (map[string]any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, b, err := k.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	if k.heard != nil {
		k.heard.Write(b)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	if v, ok := m["view"].(map[string]any); ok {
		k.last = v
	}
	return m, nil
}

// until reads frames until one fits.
func (k *client) until(what string, fits func(map[string]any) bool) map[string]any {
	k.t.Helper()
	for began := time.Now(); ; {
		m, err := k.next()
		if err == nil && time.Since(began) > 20*time.Second {
			err = context.DeadlineExceeded // beats alone would keep this going
		}
		if err != nil {
			k.t.Fatalf("waiting for %s: %v", what, err)
		}
		if fits(m) {
			return m
		}
	}
}

// view waits for a view with this value, perhaps read already.
func (k *client) view(name string, value any) map[string]any {
	k.t.Helper()
	if k.last[name] != value {
		k.until(fmt.Sprintf("%s %v", name, value), func(map[string]any) bool { return k.last[name] == value })
	}
	return k.last
}

// command sends one and waits for its answer.
func (k *client) command(do, fields string) map[string]any {
	k.t.Helper()
	k.n++
	id := fmt.Sprintf("command%06d", k.n)
	k.say(`{"do":%q,"id":%q%s}`, do, id, fields)
	return k.until("the answer to "+do, func(m map[string]any) bool { return m["re"] == id })
}

// closed reads to the end and says why it came.
func (k *client) closed() websocket.StatusCode {
	k.t.Helper()
	for {
		if _, err := k.next(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestOriginMatrix(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	host := x.http.Listener.Addr().String()
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		origin []string
		want   int
	}{
		{[]string{"http://" + host}, 101},
		{[]string{"HTTP://" + host}, 101}, // url.Parse lowers the scheme, as browsers do
		{nil, 403},
		{[]string{""}, 403},
		{[]string{"null"}, 403},
		{[]string{"http://evil.test"}, 403},
		{[]string{"http://" + host + ".evil.test"}, 403},
		{[]string{"http://evil.test#http://" + host}, 403},
		{[]string{"http://sub." + host}, 403},
		{[]string{"https://" + host}, 403},
		{[]string{"http://127.0.0.1"}, 403},
		{[]string{"http://127.0.0.1:1"}, 403},
		{[]string{"http://localhost:" + port}, 403}, // one of our names, but not the one that was asked
		{[]string{"http://user@" + host}, 403},
		{[]string{"http://" + host + "/"}, 403},
		{[]string{"http://" + host, "http://evil.test"}, 403},
	} {
		h := http.Header{}
		if v.origin != nil {
			h["Origin"] = v.origin
		}
		if _, got := x.dial(x.browser(), at, h); got != v.want {
			t.Errorf("%q: %d, want %d", v.origin, got, v.want)
		}
	}
	// By another of our names, with the Origin that belongs to it.
	if resp := x.get(x.browser(), at+"/live"); resp.StatusCode != 403 {
		t.Errorf("without an upgrade and Origin: %d", resp.StatusCode)
	}
}

func TestSocketNeedsALink(t *testing.T) {
	x := newSite(t)
	id := x.candidate("CANDIDATE1", "Åsa")
	candidate := pathOf(x.server.links.Candidate(x.session, id))
	room := pathOf(x.server.links.Interviewer(x.session, x.first, 1))
	in, _ := x.letIn(x.first)
	other, _ := x.letIn(x.second)
	for _, v := range []struct {
		what string
		who  *http.Client
		at   string
		want int
	}{
		{"his own link", x.browser(), candidate, 101},
		{"a link with another end", x.browser(), candidate[:len(candidate)-1] + "A", 404},
		{"nobody's link", x.browser(), pathOf(x.server.links.Candidate(x.session, "NOBODY")), 404},
		{"a link into another session", x.browser(), pathOf(x.server.links.Candidate("NOWHERE", id)), 404},
		{"an interviewer without PIN", x.browser(), room, 403},
		{"with another's cookie", other, room, 403},
		{"let in", in, room, 101},
		{"of the next generation", in, pathOf(x.server.links.Interviewer(x.session, x.first, 2)), 403},
	} {
		if _, got := x.dial(v.who, v.at, nil); got != v.want {
			t.Errorf("%s: %d, want %d", v.what, got, v.want)
		}
	}
	x.must(x.session, nextup.Actor{Role: nextup.RoleRecruiter, ID: "R"}, nextup.RenewLink{Interviewer: x.first})
	if _, got := x.dial(in, room, nil); got != 403 {
		t.Errorf("after renewal: %d", got)
	}
}

func TestFirstMessageIsHello(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	for _, first := range []string{
		`{"do":"check_in","id":"abcdefgh"}`, `{"do":"hello"}`, `{"do":"hello","device":"x"}`, `{"do":"hello","device":"has space in it"}`,
		`{"do":"hello","device":"device01","role":"interviewer"}`, `nonsense`,
	} {
		k, _ := x.dial(x.browser(), at, nil)
		k.say("%s", first)
		if got := k.closed(); got != 1008 {
			t.Errorf("%s: closed with %d", first, got)
		}
	}
	k, _ := x.dial(x.browser(), at, nil)
	began := time.Now()
	if got := k.closed(); got != 1008 || time.Since(began) < 4*time.Second {
		t.Errorf("silence: closed with %d after %v", got, time.Since(began))
	}
}

// The whole way: lobby, next, talk, marks, end, response.
func TestATalkOverTheSockets(t *testing.T) {
	x := newSite(t)
	id := x.candidate("CANDIDATE1", "Åsa Öberg")
	at := pathOf(x.server.links.Candidate(x.session, id))
	c, v := x.connect(x.browser(), at, "deviceC1")
	if v["moment"] != "registered" {
		t.Fatal(v)
	}
	if a := c.command("check_in", ""); a["ok"] != true {
		t.Fatal(a)
	}
	c.say(`{"do":"presence","visible":true,"checked":true,"devices":{"camera":"ok","microphone":"ok","network":"ok"}}`)
	c.command("confirm", "") // answered after the presence was taken in
	browser, room := x.letIn(x.first)
	i, _ := x.connect(browser, room, "deviceI1")
	if a := i.command("enter", ""); a["ok"] != true {
		t.Fatal(a)
	}
	if a := i.command("next", `,"after":5`); a["error"] != "stale" {
		t.Error("an old next:", a)
	}
	// The same id again is the same command.
	i.say(`{"do":"next","id":"oneandonly","after":0}`)
	i.until("ok", func(m map[string]any) bool { return m["re"] == "oneandonly" && m["ok"] == true })
	i.say(`{"do":"next","id":"oneandonly","after":0}`)
	i.until("the same ok", func(m map[string]any) bool { return m["re"] == "oneandonly" && m["ok"] == true })
	admitted := c.view("moment", "admitted")
	offer := admitted["offer"].(float64)
	if a := c.command("acknowledge", fmt.Sprintf(`,"offer":%v`, offer)); a["ok"] != true {
		t.Fatal(a)
	}
	talk := c.view("moment", "talk")
	if talk["with"] != "Name of INTERVIEWER1" {
		t.Error(talk)
	}

	// Marks: kept with revisions, only of one's own talk, only what is on the sheet.
	mark := func(item string, rating int, note string, revision int) map[string]any {
		return i.command("assess", fmt.Sprintf(`,"offer":%v,"item":%q,"rating":%d,"note":%q,"revision":%d`, offer, item, rating, note, revision))
	}
	if a := mark("q:q1", 4, "PlantedNote", 0); a["ok"] != true || a["revision"] != 1.0 {
		t.Error(a)
	}
	if a := mark("q:q1", 5, "other tab", 0); a["error"] != "stale" || a["rating"] != 4.0 || a["note"] != "PlantedNote" || a["revision"] != 1.0 {
		t.Error("a stale mark:", a)
	}
	if a := mark("overall", 4, "", 0); a["error"] != "invalid" || a["field"] != "rating" {
		t.Error(a)
	}
	if a := mark("q:nothere", 1, "", 0); a["error"] != "invalid" {
		t.Error(a)
	}
	if a := mark("note", 0, strings.Repeat("å", 4001), 0); a["error"] != "invalid" || a["field"] != "note" {
		t.Error(a)
	}
	otherBrowser, otherRoom := x.letIn(x.second)
	j, _ := x.connect(otherBrowser, otherRoom, "deviceI2")
	if a := j.command("assess", fmt.Sprintf(`,"offer":%v,"item":"overall","rating":1`, offer)); a["error"] != "no_talk" {
		t.Error("another's talk was marked:", a)
	}
	if g := x.get(browser, fmt.Sprintf("%s/assessments?offer=%v", room, offer)); !strings.Contains(g.body, `"item":"q:q1","rating":4,"note":"PlantedNote","revision":1`) {
		t.Error(g.body)
	}
	if g := x.get(otherBrowser, fmt.Sprintf("%s/assessments?offer=%v", otherRoom, offer)); g.StatusCode != http.StatusConflict {
		t.Error("another's marks:", g.StatusCode, g.body)
	}

	if a := i.command("extend", fmt.Sprintf(`,"offer":%v,"minutes":2`, offer)); a["ok"] != true {
		t.Error(a)
	}
	if a := i.command("end", fmt.Sprintf(`,"offer":%v`, offer)); a["ok"] != true {
		t.Error(a)
	}
	if a := c.command("respond", `,"interest":"yes","comment":"Nice people"`); a["ok"] != true {
		t.Error(a)
	}
	// Only the words change: the machine sees no event, they are kept all the same.
	if a := c.command("respond", `,"interest":"yes","comment":"Very nice people"`); a["ok"] != true {
		t.Error(a)
	}
	n, err := x.Look(context.Background(), x.session)
	if err != nil || n.Texts["comment:CANDIDATE1"] != "Very nice people" || n.State.Candidates[id].Interest != nextup.InterestYes {
		t.Error(n.Texts, err)
	}
	for _, o := range x.orders {
		if o.By.Role == nextup.RoleInterviewer && (o.Device == "" || !strings.HasPrefix(string(o.ID), o.By.ID+":")) {
			t.Errorf("%T came as %q from %q", o.Command, o.ID, o.Device)
		}
	}
}

func TestWhatEndsASocket(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	for n, v := range []struct {
		what string
		do   func(*client)
		want websocket.StatusCode
	}{
		{"an interviewer's command", func(k *client) { k.say(`{"do":"next","id":"abcdefgh","after":0}`) }, 1008},
		{"an unknown field", func(k *client) { k.say(`{"do":"hold","id":"abcdefgh","candidate":"OTHER"}`) }, 1008},
		{"an unknown message", func(k *client) { k.say(`{"do":"drop","id":"abcdefgh"}`) }, 1008},
		{"hello again", func(k *client) { k.say(`{"do":"hello","device":"device99"}`) }, 1008},
		{"no JSON", func(k *client) { k.say(`{`) }, 1008},
		{"a made-up device state", func(k *client) { k.say(`{"do":"presence","devices":{"camera":"<b>"}}`) }, 1008},
		{"over 8 KiB", func(k *client) { k.say(`{"do":"hold","id":"abcdefgh"%s}`, strings.Repeat(" ", 9<<10)) }, 1008},
		{"over 64 KiB", func(k *client) { k.say(`{"do":"offer","id":"abcdefgh","sdp":"%s"}`, strings.Repeat("a", 65<<10)) }, 1009},
		{"binary", func(k *client) {
			if err := k.conn.Write(context.Background(), websocket.MessageBinary, []byte(`{}`)); err != nil {
				k.t.Fatal(err)
			}
		}, 1008},
		{"a flood", func(k *client) {
			for range 80 {
				if err := k.conn.Write(context.Background(), websocket.MessageText, []byte(`{"do":"presence","visible":true}`)); err != nil {
					return // cut already
				}
			}
		}, 4008},
	} {
		k, _ := x.connect(x.browser(), at, fmt.Sprintf("device%02d", n))
		v.do(k)
		if got := k.closed(); got != v.want {
			t.Errorf("%s: closed with %d, want %d", v.what, got, v.want)
		}
	}
	if g := x.get(x.browser(), "/help"); g.StatusCode != http.StatusOK {
		t.Error("the server is gone")
	}
}

// A page that stops reading is cut, and nobody else waits for it.
func TestStalledReaderIsCut(t *testing.T) {
	x := newSite(t)
	id := x.candidate("CANDIDATE1", "Åsa")
	stalled := x.raw(pathOf(x.server.links.Candidate(x.session, id)))
	defer func() { _ = stalled.Close() }()
	other := x.candidate("CANDIDATE2", "Bo")
	k, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, other)), "deviceB1")

	x.mu.Lock()
	var line *testLine
	for l := range x.sessions[x.session].lines {
		if l.at.Who.ID == string(id) {
			line = l
		}
	}
	x.mu.Unlock()
	if line == nil {
		t.Fatal("not connected")
	}
	// Views as large as they come: it takes many to fill what the kernel buffers.
	big := nextup.InterviewerView{}
	for n := range 2000 {
		big.Queue = append(big.Queue, nextup.QueueRow{ID: nextup.CandidateID(fmt.Sprint("candidate", n)), Name: strings.Repeat("n", 50)})
	}
	gone := func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		if line.done {
			return true
		}
		select {
		case line.views <- big:
		default:
		}
		return false
	}
	began, worst := time.Now(), time.Duration(0)
	for !gone() {
		if time.Since(began) > 30*time.Second {
			t.Fatal("a reader that has stalled is still served")
		}
		asked := time.Now()
		k.command("confirm", "")
		worst = max(worst, time.Since(asked))
		time.Sleep(60 * time.Millisecond) // within the pace
	}
	took := time.Since(began)
	t.Logf("cut after %v; the others' slowest answer took %v", took, worst)
	if took > 15*time.Second || worst > time.Second {
		t.Errorf("cut after %v, others waited %v", took, worst)
	}
}

// raw is a socket that never reads after its handshake.
func (x *site) raw(at string) net.Conn {
	x.t.Helper()
	conn, err := net.Dial("tcp", x.http.Listener.Addr().String())
	if err != nil {
		x.t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).SetReadBuffer(8 << 10); err != nil {
		x.t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "GET %s/live HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", at, x.http.Listener.Addr(), x.http.URL)
	if err != nil {
		x.t.Fatal(err)
	}
	b := make([]byte, 12)
	if _, err := conn.Read(b); err != nil || string(b) != "HTTP/1.1 101" {
		x.t.Fatal(string(b), err)
	}
	hello := []byte(`{"do":"hello","device":"deviceA1"}`)
	mask := []byte{1, 2, 3, 4}
	f := append([]byte{0x81, 0x80 | byte(len(hello))}, mask...)
	for n, c := range hello {
		f = append(f, c^mask[n%4])
	}
	if _, err := conn.Write(f); err != nil {
		x.t.Fatal(err)
	}
	for range 100 { // until it has been attached
		x.mu.Lock()
		n := len(x.sessions[x.session].lines)
		x.mu.Unlock()
		if n > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return conn
}

func TestDevices(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	phone, _ := x.connect(x.browser(), at, "devicePhone")
	if a := phone.command("check_in", ""); a["ok"] != true {
		t.Fatal(a)
	}
	// Opening the link elsewhere takes nothing over.
	laptop, v := x.connect(x.browser(), at, "deviceLaptop")
	if v["moment"] != "elsewhere" {
		t.Fatal(v)
	}
	if a := laptop.command("offer", `,"sdp":"v=0\r\na=fingerprint:sha-256 AA\r\n"`); a["error"] != "elsewhere" {
		t.Error("a device without the place negotiates:", a)
	}
	if a := laptop.command("relay", ""); a["error"] != "elsewhere" {
		t.Error("a device without the place gets a relay:", a)
	}
	if a := phone.command("offer", `,"sdp":"v=0\r\na=fingerprint:sha-256 BB\r\n"`); a["ok"] != true || !strings.HasPrefix(a["sdp"].(string), "answer to v=0") {
		t.Error(a)
	}
	if a := phone.command("relay", ""); a["username"] != "user-CANDIDATE1" {
		t.Error(a)
	}
	// "Continue here" does, and the older one is told and hung up.
	if a := laptop.command("continue", ""); a["ok"] != true {
		t.Error(a)
	}
	phone.until("bye", func(m map[string]any) bool { return m["bye"] == "elsewhere" })
	if got := phone.closed(); got != 4001 {
		t.Errorf("closed with %d", got)
	}
	asked := x.asked()
	if len(asked) != 2 || !strings.HasPrefix(asked[0], "answer CANDIDATE1 devicePhone.") || asked[1] != strings.Replace(asked[0], "answer", "hang", 1) {
		t.Error(asked)
	}
	// A second tab of the same browser takes the place from the first.
	tab, v := x.connect(x.browser(), at, "deviceLaptop")
	if v["moment"] != "waiting" {
		t.Error(v)
	}
	laptop.until("bye", func(m map[string]any) bool { return m["bye"] == "elsewhere" })
	if got := laptop.closed(); got != 4001 {
		t.Errorf("closed with %d", got)
	}
	// Withdrawing ends the media at once.
	if a := tab.command("offer", `,"sdp":"v=0\r\na=fingerprint:sha-256 CC\r\n"`); a["ok"] != true {
		t.Error(a)
	}
	if a := tab.command("withdraw", ""); a["ok"] != true {
		t.Error(a)
	}
	tab.view("moment", "withdrawn")
	if a := tab.command("offer", `,"sdp":"v=0\r\na=fingerprint:sha-256 CC\r\n"`); a["error"] != "not_waiting" {
		t.Error("one who withdrew negotiates:", a)
	}
	if asked := x.asked(); !strings.HasPrefix(asked[len(asked)-1], "hang CANDIDATE1 deviceLaptop.") {
		t.Error(asked)
	}
}

func TestOffersAreRationed(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	c := x.browser()
	refused := 0
	for range 3 { // also over new sockets
		k, _ := x.connect(c, at, "device01")
		for range 6 {
			if a := k.command("offer", `,"sdp":"a=fingerprint:sha-256 BB\r\n"`); a["error"] == "too_many" {
				refused++
			}
		}
	}
	if refused < 8 {
		t.Errorf("%d of 18 offers refused", refused)
	}
}

// A removed interviewer finishes his talk and sees nobody else meanwhile.
func TestRemovedInterviewer(t *testing.T) {
	x := newSite(t)
	waiting := x.candidate("CANDIDATE2", "Secret Waiter")
	k, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa"))), "deviceC1")
	k.command("check_in", "")
	k.say(`{"do":"presence","visible":true,"checked":true}`)
	k.command("confirm", "") // answered after the presence was taken in
	w, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, waiting)), "deviceC2")
	w.command("check_in", "")
	browser, room := x.letIn(x.first)
	i, _ := x.connect(browser, room, "deviceI1")
	i.command("enter", "")
	i.command("next", `,"after":0`)
	k.command("acknowledge", `,"offer":1`)
	idleBrowser, idleRoom := x.letIn(x.second)
	idle, v := x.connect(idleBrowser, idleRoom, "deviceI2")
	if fmt.Sprint(v["queue"]) == "[]" {
		t.Fatal("nobody waits")
	}
	s := x.state()
	x.must(x.session, nextup.Actor{Role: nextup.RoleRecruiter, ID: "R"}, nextup.Configure{Settings: s.Settings, Interviewers: nil})
	if got := idle.closed(); got != 1008 {
		t.Errorf("the idle one was closed with %d", got)
	}
	removed := i.view("removed", true)
	if b, _ := json.Marshal(removed); strings.Contains(string(b), "Secret Waiter") || strings.Contains(string(b), "INTERVIEWER2") {
		t.Errorf("%s", b)
	}
	if a := i.command("end", `,"offer":1`); a["ok"] != true {
		t.Error(a)
	}
	if a := i.command("submit", `,"offer":1`); a["ok"] != true { // the end waits for the answer
		t.Error(a)
	}
	if got := i.closed(); got != 1008 {
		t.Errorf("after the write-up closed with %d", got)
	}
	if g := x.get(browser, room); g.StatusCode != http.StatusGone || !strings.Contains(g.body, "not an interviewer here any more") {
		t.Error(g.StatusCode)
	}
}

func TestCloseTellsBrowsersToComeBack(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa")))
	k, _ := x.connect(x.browser(), at, "device01")
	early, _ := x.dial(x.browser(), at, nil) // before its hello
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		done <- x.server.Close(ctx)
	}()
	if got := k.closed(); got != 1001 {
		t.Errorf("closed with %d", got)
	}
	if got := early.closed(); got != 1001 {
		t.Errorf("before hello closed with %d", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, got := x.dial(x.browser(), at, nil); got != http.StatusServiceUnavailable {
		t.Errorf("a new socket got %d", got)
	}
}

// What is not decided is said to be so, and is in the log without anybody's words.
func TestStoreThatDoesNotAnswer(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa Canary")))
	k, _ := x.connect(x.browser(), at, "device01")
	x.mu.Lock()
	x.broken = errors.New("disk full")
	x.mu.Unlock()
	if a := k.command("check_in", ""); a["error"] != "unavailable" {
		t.Error(a)
	}
	x.mu.Lock()
	x.broken = nil
	x.mu.Unlock()
	if a := k.command("check_in", ""); a["ok"] != true {
		t.Error(a)
	}
	x.logLock.Lock()
	defer x.logLock.Unlock()
	if !strings.Contains(x.log.String(), "disk full") || strings.Contains(x.log.String(), "Canary") {
		t.Error(x.log.String())
	}
}

// Commands that pile up undecided cut only the one who sends them.
func TestUndecidedCommandsPileUp(t *testing.T) {
	x := newSite(t)
	k, _ := x.connect(x.browser(), pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa"))), "device01")
	x.slow = make(chan struct{})
	for n := range maxAsking + 2 {
		if err := k.conn.Write(context.Background(), websocket.MessageText, fmt.Appendf(nil, `{"do":"confirm","id":"command%05d"}`, n)); err != nil {
			break
		}
		time.Sleep(time.Second / 19)
	}
	got := make(chan websocket.StatusCode)
	go func() { got <- k.closed() }()
	code := <-got
	close(x.slow)
	if code != 4008 {
		t.Errorf("closed with %d", code)
	}
}

// The media of a lost socket waits for its return, and ends when it stays away.
func TestMediaOutlivesItsSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLines()
		p := place{owner{"S", "P"}, "device01"}
		var hung []string
		hang := func(c string) { hung = append(hung, c) }
		first, second := newSocket(nil, nil, party{}), newSocket(nil, nil, party{})
		if !l.enter(p, first, time.Now()) || !l.negotiates(p, first, "one", time.Now()) {
			t.Fatal("no place")
		}
		l.leave(p, first, hang)
		time.Sleep(89 * time.Second)
		l.enter(p, second, time.Now()) // back in time
		time.Sleep(10 * time.Minute)
		if len(hung) != 0 {
			t.Fatal("hung up on one who came back")
		}
		l.leave(p, first, hang) // an older socket ends late: nothing of its concern
		l.leave(p, second, hang)
		time.Sleep(91 * time.Second)
		synctest.Wait()
		if !slices.Equal(hung, []string{"one"}) || len(l.seats) != 0 {
			t.Fatal(hung, l.seats)
		}
		third := newSocket(nil, nil, party{})
		l.enter(p, third, time.Now())
		l.leave(p, third, hang) // never negotiated: nothing to wait for
		if len(l.seats) != 0 {
			t.Fatal(l.seats)
		}
	})
}

func TestTheSixthDeviceSendsTheFirstAway(t *testing.T) {
	l := newLines()
	var sockets []*socket
	for n := range maxDevices + 1 {
		k := newSocket(nil, nil, party{})
		sockets = append(sockets, k)
		l.enter(place{owner{"S", "P"}, nextup.DeviceID(fmt.Sprint("device", n))}, k, time.Unix(int64(n), 0))
	}
	other := newSocket(nil, nil, party{})
	l.enter(place{owner{"S", "Q"}, "device0"}, other, time.Unix(9, 0))
	for n, k := range append(sockets, other) {
		away := false
		select {
		case <-k.away:
			away = true
		default:
		}
		if away != (n == 0) {
			t.Errorf("socket %d away: %v", n, away)
		}
	}
}

func TestPINIsTriedFiveTimesOnly(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Interviewer(x.session, x.first, 1))
	right := x.server.links.PIN(x.session, x.first, 1)
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	if g := x.get(x.browser(), at); strings.Contains(g.body, "Lift") || strings.Contains(g.body, "PlantedQuestion") {
		t.Error("something is told before the PIN")
	}
	c := x.browser()
	for n := range nextup.MaxWrongPINs - 1 {
		g := x.post(c, at, url.Values{"pin": {wrong}})
		left := nextup.MaxWrongPINs - 1 - n
		if g.StatusCode != http.StatusForbidden || !strings.Contains(g.body, fmt.Sprintf("%d tr", left)) {
			t.Errorf("try %d: %d", n, g.StatusCode)
		}
	}
	if g := x.post(c, at, url.Values{"pin": {""}}); g.StatusCode != http.StatusUnprocessableEntity || x.state().Interviewers[0].WrongPINs != 4 {
		t.Error("nothing typed is no try:", g.StatusCode)
	}
	if g := x.post(c, at, url.Values{"pin": {wrong}}); !strings.Contains(g.body, "Too many wrong codes") {
		t.Error(g.StatusCode)
	}
	if g := x.post(c, at, url.Values{"pin": {right}}); g.StatusCode != http.StatusForbidden || len(g.Cookies()) != 0 {
		t.Error("a locked link let the right PIN in:", g.StatusCode)
	}
	if g := x.get(c, at); !strings.Contains(g.body, "Too many wrong codes") {
		t.Error("the page does not say that it is locked")
	}
	x.must(x.session, nextup.Actor{Role: nextup.RoleRecruiter, ID: "R"}, nextup.RenewLink{Interviewer: x.first})
	if g := x.get(c, at); g.StatusCode != http.StatusGone || !strings.Contains(g.body, "has been replaced") {
		t.Error("the old link:", g.StatusCode)
	}
	in, room := x.letIn(x.first)
	if room == at || x.server.links.PIN(x.session, x.first, 2) == right {
		t.Error("renewing changed nothing")
	}
	if g := x.get(in, room+"/sheet"); g.StatusCode != http.StatusOK || !strings.Contains(g.body, "PlantedQuestion one") {
		t.Error(g.StatusCode, g.body)
	}
	if g := x.get(x.browser(), room+"/sheet"); g.StatusCode != http.StatusForbidden {
		t.Error("the sheet without a PIN:", g.StatusCode)
	}
}

func TestAHundredGuessesAtOnceAreFive(t *testing.T) {
	x := newSite(t)
	x.server.limits.pin = newBuckets(1000, 1000) // only the machine's limit is looked at
	at := pathOf(x.server.links.Interviewer(x.session, x.first, 1))
	done := make(chan int, 100)
	for n := range 100 {
		go func() {
			r, err := http.NewRequest(http.MethodPost, x.http.URL+at, strings.NewReader(fmt.Sprintf("pin=%06d", n)))
			if err != nil {
				panic(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				done <- 0
				return
			}
			_ = resp.Body.Close()
			done <- resp.StatusCode
		}()
	}
	for range 100 {
		if s := <-done; s != http.StatusForbidden && s != http.StatusSeeOther {
			t.Errorf("status %d", s)
		}
	}
	if i := x.state().Interviewers[0]; i.WrongPINs != nextup.MaxWrongPINs {
		t.Errorf("%d were evaluated", i.WrongPINs)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
