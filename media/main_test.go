package media_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"nextup"
	"nextup/media"
	"nextup/media/mediatest"
)

func TestMain(m *testing.M) {
	if at := os.Getenv(loadAt); at != "" {
		if err := load(at); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

const session = nextup.SessionID("s1")

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// clips are the demo's, so these tests hold them to their promises too.
func clips(t testing.TB) []*mediatest.Clip {
	t.Helper()
	var all []*mediatest.Clip
	for _, name := range []string{"asa-oberg", "ola-nordmann", "kari-hansen", "ali-hassan", "jane-okafor", "elif-yilmaz", "bjorn-aethelsen", "maija-niemela"} {
		c, err := mediatest.Load(os.DirFS("../cmd/nextup/clips"), name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// start is a server on loopback.
func start(t testing.TB, change func(*media.Config)) *media.Server {
	t.Helper()
	c := media.Config{UDP: loopback, TURN: loopback, Secret: []byte("0123456789abcdef")}
	if testing.Verbose() && os.Getenv("NEXTUP_LOG") != "" {
		c.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if change != nil {
		change(&c)
	}
	s, err := media.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := media.Metric(s, "nextup_media_leaked_packets_total"); n != 0 {
			t.Errorf("pion tried to send %v media packets of its own", n)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var connections atomic.Int64

// join connects a headless peer as a person.
func join(t testing.TB, s *media.Server, person nextup.PersonID, clip *mediatest.Clip, change func(*mediatest.Options)) *mediatest.Peer {
	t.Helper()
	connection := fmt.Sprint("c", connections.Add(1))
	o := mediatest.Options{
		Clip: clip,
		Know: clips(t),
		Signal: func(ctx context.Context, offer string) (string, error) {
			return s.Answer(ctx, session, person, connection, offer)
		},
	}
	if change != nil {
		change(&o)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	p, err := mediatest.Dial(ctx, o)
	if err != nil {
		t.Fatalf("%s: %v", person, err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// relayed makes a peer go through TURN only.
func relayed(s *media.Server, person nextup.PersonID, transport string) func(*mediatest.Options) {
	return func(o *mediatest.Options) {
		urls, username, credential, _ := s.Relay(person)
		for _, u := range urls {
			if len(u) > 3 && u[len(u)-3:] == transport {
				o.ICEServers = append(o.ICEServers, webrtc.ICEServer{URLs: []string{u}, Username: username, Credential: credential})
			}
		}
		o.RelayOnly = true
	}
}

// count adds up what a peer got.
type count struct{ *mediatest.Peer }

func (c count) got() int {
	n := 0
	for i := range mediatest.Slots {
		s := c.Slot(i)
		n += s.Audio.Packets + s.Video.Packets
	}
	return n
}
