package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// These tests end a process that writes, or let its disk fail, and look whether
// everything it was told is kept is there afterwards. The process is this test
// binary started once more.

const (
	crashDir     = "NEXTUP_STORE_CRASH_DIR" // says that this is the child, and where to write
	crashWriters = 4
	crashEvents  = 60 // of each writer
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir)
		return
	}
	os.Exit(m.Run())
}

// crashChild writes events in several sessions and prints each that it was told
// is kept: "s2 17", and "refused 1" for any that it was not. If the store says that the disk failed it prints "failed".
func crashChild(dir string) {
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		fmt.Println("open:", err)
		return
	}
	var all sync.WaitGroup
	for w := range crashWriters {
		all.Go(func() {
			id := nextup.SessionID(fmt.Sprintf("s%d", w))
			for range 2000 {
				stream, err := s.Load(context.Background(), id)
				for v := len(stream); v < crashEvents && err == nil; v++ {
					b := created(id)
					if v > 0 {
						b = nextup.Batch{Session: id, Expected: v, Events: []nextup.Recorded{{Version: v + 1, At: time.Unix(1, 0), By: nextup.TheClock, Event: nextup.Published{}}}}
					}
					b.Mails = []nextup.Mail{{Kind: nextup.MailConfirmation, Person: "p"}}
					if err = s.Append(context.Background(), b); err == nil {
						fmt.Println(id, v+1)
					}
				}
				if err == nil {
					return
				}
				// Unknown: look what is there and go on from that.
				fmt.Println("refused", 1)
				select {
				case <-s.Failed():
					return
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
	all.Wait()
	select {
	case <-s.Failed():
		// A disk that failed once is not trusted again.
		if s.Append(context.Background(), created("late")) == nil {
			fmt.Println("late 1")
		}
		fmt.Println("failed")
	default:
		_ = s.Close()
		fmt.Println("finished")
	}
}

// crash runs the child, under what if given, until it ends or has printed
// killAfter lines, and returns what it acknowledged and its last line.
func crash(t *testing.T, dir string, killAfter int, under ...string) (acked map[string]int, last string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(under, self)
	child := exec.Command(args[0], args[1:]...)
	child.Env = append(os.Environ(), crashDir+"="+dir)
	var problems bytes.Buffer
	child.Stderr = &problems
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acked = map[string]int{}
	lines := bufio.NewScanner(out)
	for n := 1; lines.Scan(); n++ {
		last = lines.Text()
		var id string
		var version int
		if _, err := fmt.Sscanf(last, "%s %d", &id, &version); err == nil {
			acked[id] = version
		}
		if n == killAfter {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait() // killed, mostly
	if killAfter == 0 && problems.Len() > 0 && !strings.Contains(problems.String(), "signal") {
		t.Logf("child: %s", problems.String())
	}
	return acked, last
}

// survived opens what the child left, compares it with what was acknowledged and
// with what there was before, and returns what there is.
func survived(t *testing.T, dir string, before, acked map[string]int) map[string]int {
	t.Helper()
	there := map[string]int{}
	raw, err := sql.Open("sqlite", filepath.Join(dir, sqlite.File))
	if err != nil {
		t.Fatal(err)
	}
	var integrity string
	if err := raw.QueryRow("PRAGMA integrity_check").Scan(&integrity); err != nil || integrity != "ok" {
		t.Errorf("integrity: %s, %v", integrity, err)
	}
	_ = raw.Close()
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for w := range crashWriters {
		id := fmt.Sprintf("s%d", w)
		n := length(t, s, nextup.SessionID(id))
		// One more than acknowledged may be there: kept, and the answer lost.
		there[id] = n
		told := max(acked[id], before[id])
		if n < told || n > told+1 {
			t.Errorf("%s: %d events were acknowledged, %d are there", id, told, n)
		}
		letters, err := s.Outbox(context.Background(), nextup.SessionID(id))
		if err != nil {
			t.Fatal(err)
		}
		if len(letters) != n {
			t.Errorf("%s: %d events and %d letters, which were written together", id, n, len(letters))
		}
	}
	return there
}

// prepared is a folder with an empty database, so that the child begins to
// write at once.
func prepared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestKilledWhileWriting(t *testing.T) {
	dir := prepared(t)
	if acked, last := crash(t, prepared(t), 0); last != "finished" || len(acked) != crashWriters {
		t.Fatalf("left alone, the child ends with %q and %v", last, acked)
	}
	// The same folder again and again: each start finds what the last one left.
	var before map[string]int
	for _, after := range []int{1, 2, 7, 20, 40, 60} {
		acked, _ := crash(t, dir, after)
		before = survived(t, dir, before, acked)
	}
}

func TestDiskAndProcessFailAtExactPoints(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs strace")
	}
	strace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(strace, "-o", os.DevNull, "-e", "trace=none", "true").Run()
	}
	if err != nil {
		t.Skip("needs strace: ", err)
	}
	points := []int{1, 2, 4, 7, 12}
	if testing.Short() || raced {
		points = points[2:4]
	}
	for _, fault := range []struct{ name, inject string }{
		{"sync fails", "fsync,fdatasync:error=EIO"},
		{"killed at a sync", "fsync,fdatasync:signal=SIGKILL"},
		{"killed at a write", "pwrite64:signal=SIGKILL"},
		{"disk full at writes", "pwrite64:error=ENOSPC"},
	} {
		name := fault.name
		t.Run(name, func(t *testing.T) {
			for _, n := range points {
				dir := prepared(t)
				when := fmt.Sprintf(":when=%d", n)
				switch name {
				case "killed at a write": // a commit has many
					when = fmt.Sprintf(":when=%d", n*n)
				case "disk full at writes":
					when = fmt.Sprintf(":when=%d..%d", 20+n, 30+n) // and then there is room again
				}
				acked, last := crash(t, dir, 0, strace, "-f", "-qq", "-o", os.DevNull,
					"-e", "trace=fsync,fdatasync,pwrite64", "-e", "inject="+fault.inject+when)
				survived(t, dir, nil, acked)
				switch {
				case acked["late"] != 0:
					t.Errorf("point %d: something was acknowledged after the disk had failed", n)
				case name == "sync fails" && n >= 3 && last != "failed":
					t.Errorf("point %d: the child ended with %q, so it did not notice", n, last)
				case strings.HasPrefix(name, "killed") && (last == "finished" || last == "failed"):
					t.Errorf("point %d: the child was not killed", n)
				case name == "disk full at writes":
					if acked["refused"] == 0 {
						t.Errorf("point %d: the disk was never full", n)
					}
					for w := range crashWriters {
						if kept := acked[fmt.Sprintf("s%d", w)]; kept != crashEvents {
							t.Errorf("point %d: s%d ends at %d, so it did not heal", n, w, kept)
						}
					}
				}
				t.Logf("point %d: acknowledged %v, last line %q", n, acked, last)
			}
		})
	}
}
