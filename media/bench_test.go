package media_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

// loadAt, if set, makes the test binary the crowd of BenchmarkForward: it
// connects to the address, sends, and waits to be ended.
const loadAt = "NEXTUP_MEDIA_LOAD"

// load is the other process of BenchmarkForward: rooms of two people each.
func load(at string) error {
	rooms, err := strconv.Atoi(os.Getenv("NEXTUP_MEDIA_ROOMS"))
	if err != nil {
		return err
	}
	clip, err := mediatest.Load(os.DirFS("../cmd/nextup/clips"), "asa-oberg")
	if err != nil {
		return err
	}
	for i := range 2 * rooms {
		var o mediatest.Options
		if os.Getenv("NEXTUP_MEDIA_RELAYED") != "" {
			if o.ICEServers, err = relayAt(fmt.Sprintf("%s/%d", at, i)); err != nil {
				return err
			}
			o.RelayOnly = true
		}
		p, err := mediatest.Dial(context.Background(), mediatest.Options{
			Clip: clip, ICEServers: o.ICEServers, RelayOnly: o.RelayOnly,
			Signal: func(ctx context.Context, offer string) (string, error) {
				r, err := http.Post(fmt.Sprintf("%s/%d", at, i), "application/sdp", bytes.NewBufferString(offer))
				if err != nil {
					return "", err
				}
				defer r.Body.Close()
				b, err := io.ReadAll(r.Body)
				return string(b), err
			},
		})
		if err != nil {
			return err
		}
		p.Attach()
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin) // until the other end closes it
	return err
}

// relayAt asks the server of a benchmark how to reach its relay.
func relayAt(address string) ([]webrtc.ICEServer, error) {
	r, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	f := strings.Fields(string(b))
	if err != nil || len(f) != 3 {
		return nil, fmt.Errorf("no relay: %q, %w", b, err)
	}
	return []webrtc.ICEServer{{URLs: []string{f[0]}, Username: f[1], Credential: f[2]}}, nil
}

// cpu is what this process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkForward measures the server alone: two people a room, each sending a
// clip's picture and sound (about 86 packets a second), the peers in another
// process. packets/cpu-s is the figure; an iteration is one second of it. The
// second one has every peer behind the relay over UDP, so that each packet comes
// and leaves in a TURN channel.
func BenchmarkForward(b *testing.B) {
	b.Run("direct", func(b *testing.B) { forward(b, false) })
	b.Run("relayed", func(b *testing.B) { forward(b, true) })
}

func forward(b *testing.B, relayed bool) {
	const rooms = 20
	s := start(b, nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offer, _ := io.ReadAll(r.Body)
		person := nextup.PersonID(r.URL.Path[1:])
		if r.Method == http.MethodGet {
			urls, username, credential, _ := s.Relay(person)
			_, _ = fmt.Fprintln(w, urls[0], username, credential)
			return
		}
		answer, err := s.Answer(r.Context(), session, person, "1", string(offer))
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer web.Close()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	crowd := exec.Command(self)
	crowd.Env = append(os.Environ(), loadAt+"="+web.URL, "NEXTUP_MEDIA_ROOMS="+strconv.Itoa(rooms))
	if relayed {
		crowd.Env = append(crowd.Env, "NEXTUP_MEDIA_RELAYED=1")
	}
	crowd.Stderr = os.Stderr
	out, err := crowd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	stop, err := crowd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := crowd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = crowd.Wait() }()
	defer stop.Close()
	line := make([]byte, 6)
	if _, err := io.ReadFull(out, line); err != nil {
		b.Fatal(err)
	}
	for i := range rooms {
		s.Show(session, nextup.OfferID(i+1), nextup.PersonID(fmt.Sprint(2*i)), nextup.PersonID(fmt.Sprint(2*i+1)))
	}
	time.Sleep(time.Second)
	const forwarded, lost = "nextup_media_forwarded_packets_total", "nextup_media_dropped_packets_total"
	n, d, c := media.Metric(s, forwarded), media.Metric(s, lost), cpu()
	for b.Loop() {
		time.Sleep(time.Second)
	}
	if through := media.Metric(s, "nextup_media_relayed_packets_total"); relayed != (through > float64(b.N)) {
		b.Fatalf("%v packets went through the relay", through)
	}
	n, d, c = media.Metric(s, forwarded)-n, media.Metric(s, lost)-d, cpu()-c
	b.ReportMetric(n/c.Seconds(), "packets/cpu-s")
	b.ReportMetric(c.Seconds()*1e6/n, "cpu-s/Mpacket")
	b.ReportMetric(n/b.Elapsed().Seconds(), "packets/s")
	b.ReportMetric(d, "dropped")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkShow measures a countdown's zero: a candidate is prepared, Show is
// called, and the interviewer's first packet arrives (sound or picture,
// whichever is first, and picture alone). The waiting in between is not counted.
func BenchmarkShow(b *testing.B) {
	s := start(b, nil)
	c := clips(b)
	i, a := join(b, s, "i", nil, nil), join(b, s, "a", c[0], nil)
	a.Attach()
	var picture, first time.Duration
	n := 0
	for b.Loop() {
		n++
		s.Prepare(session, nextup.OfferID(n), "i", "a")
		time.Sleep(300 * time.Millisecond)
		before := i.Slot(0)
		at := time.Now()
		s.Show(session, nextup.OfferID(n), "i", "a")
		seen := false
		for {
			now := i.Slot(0)
			if !seen && now.Audio.Packets+now.Video.Packets > before.Audio.Packets+before.Video.Packets {
				first += time.Since(at)
				seen = true
			}
			if now.Video.Packets > before.Video.Packets {
				picture += time.Since(at)
				break
			}
			if time.Since(at) > 5*time.Second {
				b.Fatal("never shown")
			}
			runtime.Gosched()
		}
		s.Clear(session, nextup.OfferID(n))
	}
	b.ReportMetric(float64(first.Microseconds())/float64(n), "µs-to-first-packet")
	b.ReportMetric(float64(picture.Microseconds())/float64(n), "µs-to-picture-packet")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRewrite measures the arithmetic of one video packet.
func BenchmarkRewrite(b *testing.B) { media.BenchRewrite(b) }
