package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
	"nextup/store"
	"nextup/store/storetest"
)

func confirmed(id nextup.SessionID, expected int) nextup.Batch {
	return nextup.Batch{Session: id, Expected: expected, Due: time.Now(), Events: []nextup.Recorded{{
		Version: expected + 1, At: time.Now(), Command: "0123456789abcdef0123456789",
		By:    nextup.Actor{Role: nextup.RoleCandidate, ID: "0123456789abcdef0123456789"},
		Event: nextup.Confirmed{Candidate: "0123456789abcdef0123456789"},
	}}}
}

func benchStore(b *testing.B) *store.Store {
	s := open(b, b.TempDir(), store.Options{})
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkSync is the yardstick: append 4 KiB to a file and sync it.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend is one writer, one event, one sync each.
func BenchmarkAppend(b *testing.B) {
	ctx, s := context.Background(), benchStore(b)
	if err := s.Append(ctx, storetest.Created("s")); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for v := 1; b.Loop(); v++ {
		if err := s.Append(ctx, confirmed("s", v)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendParallel64 is 64 sessions at once; ns/op is time per event.
func BenchmarkAppendParallel64(b *testing.B) {
	ctx, s := context.Background(), benchStore(b)
	b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
	var next atomic.Int32
	before := s.Counts()
	b.RunParallel(func(pb *testing.PB) {
		id := nextup.SessionID(fmt.Sprintf("s%d", next.Add(1)))
		if err := s.Append(ctx, storetest.Created(id)); err != nil {
			b.Error(err)
		}
		for v := 1; pb.Next(); v++ {
			if err := s.Append(ctx, confirmed(id, v)); err != nil {
				b.Error(err)
			}
		}
	})
	after := s.Counts()
	b.ReportMetric(float64(after.Writes-before.Writes)/float64(after.Commits-before.Commits), "events/commit")
	b.ReportMetric(float64(after.WAL)/1e6, "wal-MB")
}

// BenchmarkLoad reads a stream of 500 events.
func BenchmarkLoad(b *testing.B) {
	ctx, s := context.Background(), benchStore(b)
	if err := s.Append(ctx, storetest.Created("s")); err != nil {
		b.Fatal(err)
	}
	many := confirmed("s", 1)
	for v := 2; v < 500; v++ {
		many.Events = append(many.Events, confirmed("s", v).Events...)
	}
	if err := s.Append(ctx, many); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		stream, err := s.Load(ctx, "s")
		if err != nil || len(stream) != 500 {
			b.Fatal(len(stream), err)
		}
	}
}
