package main

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
	"nextup/media/mediatest"
	"nextup/transport"
)

// The whole way of a command: actor, decision, SQLite with its sync, answer.
func BenchmarkAcknowledged(b *testing.B) {
	m := opened(b, b.TempDir(), freeTCP(b))
	defer m.Close()
	toggle := func(b *testing.B) func() {
		s := m.seed(b, 1, nil)
		id := m.register(b, s.id, "Åsa Öberg")
		by := nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}
		do := func(c nextup.Command) {
			o := nextup.Order{ID: nextup.CommandID(transport.NewID()), By: by, Command: c}
			if _, err := m.Actors.Do(context.Background(), s.id, o); err != nil {
				b.Error(err)
			}
		}
		do(nextup.CheckIn{Device: "phone"})
		held := false
		return func() {
			if held = !held; held {
				do(nextup.Hold{})
			} else {
				do(nextup.Resume{})
			}
		}
	}
	b.Run("one at a time", func(b *testing.B) {
		next := toggle(b)
		for b.Loop() {
			next()
		}
	})
	b.Run("64 sessions at once", func(b *testing.B) {
		const sessions = 64
		all := make([]func(), sessions)
		for i := range all {
			all[i] = toggle(b)
		}
		var n atomic.Int64
		b.SetParallelism(sessions / runtime.GOMAXPROCS(0))
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			next := all[int(n.Add(1)-1)%sessions]
			for pb.Next() {
				next()
			}
		})
	})
}

// From an interviewer's Next to the first packet of the candidate at the
// interviewer: decision, sync, the candidate's browser told, its tracks attached,
// its acknowledgement decided and synced, the stage turned. Without a countdown,
// over real ICE, DTLS and SRTP on loopback.
func BenchmarkNext(b *testing.B) {
	m := opened(b, b.TempDir(), freeTCP(b))
	defer m.Close()
	s := m.seed(b, 1, nil)
	clip, err := mediatest.Load(clips, "clips/asa-oberg")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	boss := s.interviewers[0]
	line, err := m.Actors.Attach(ctx, s.id, nextup.Attachment{Who: nextup.Actor{Role: nextup.RoleInterviewer, ID: string(boss)}, Device: "desk"})
	if err != nil {
		b.Fatal(err)
	}
	defer line.Close()
	go func() { // a line that nobody reads is cut
		for range line.Views() {
		}
	}()
	do := func(c nextup.Command) nextup.Session {
		b.Helper()
		r, err := m.Actors.Do(ctx, s.id, nextup.Order{
			ID: nextup.CommandID(transport.NewID()), By: nextup.Actor{Role: nextup.RoleInterviewer, ID: string(boss)}, Device: "desk", Command: c,
		})
		if err != nil {
			b.Fatalf("%T: %v", c, err)
		}
		return r.State
	}
	do(nextup.Enter{Device: "desk"})
	peer, err := mediatest.Dial(ctx, mediatest.Options{Signal: func(ctx context.Context, offer string) (string, error) {
		return m.Media.Answer(ctx, s.id, boss.Person(), "desk", offer)
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer peer.Close()

	var last nextup.OfferID
	var first, picture time.Duration
	n := 0
	for b.Loop() {
		p := &simulant{system: m.Actors, media: m.Media, log: m.Log, session: s.id, id: m.register(b, s.id, fmt.Sprint("Candidate ", n)), clip: clip}
		gone, leave := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.live(gone)
		}()
		waitFor(b, func() bool { // warmed and ready, as the front of the line is
			now, err := m.Actors.Look(ctx, s.id)
			return err == nil && now.ViewOfInterviewer(boss, "desk").NextUp == p.id
		})
		time.Sleep(300 * time.Millisecond)
		before := peer.Slot(0)
		n++
		at := time.Now()
		last = do(nextup.Next{After: last}).LastOffer
		heard := false
		waitFor(b, func() bool {
			now := peer.Slot(0)
			if !heard && now.Audio.Packets+now.Video.Packets > before.Audio.Packets+before.Video.Packets {
				first, heard = first+time.Since(at), true
			}
			if now.Video.KeyFrames > before.Video.KeyFrames {
				picture += time.Since(at)
				return true
			}
			return false
		})
		do(nextup.End{Offer: last})
		do(nextup.Submit{Offer: last})
		leave()
		<-done
	}
	b.ReportMetric(float64(first.Microseconds())/float64(n)/1000, "ms-to-first-packet")
	b.ReportMetric(float64(picture.Microseconds())/float64(n)/1000, "ms-to-first-picture")
	b.ReportMetric(0, "ns/op")
}

func waitFor(b *testing.B, done func() bool) {
	b.Helper()
	for begun := time.Now(); !done(); runtime.Gosched() {
		if time.Since(begun) > 10*time.Second {
			b.Fatal("never")
		}
	}
}
