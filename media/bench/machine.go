//go:build linux

package bench

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Pin makes this process run on one processor only; below 0 changes nothing.
func Pin(processor int) error {
	if processor < 0 {
		return nil
	}
	var set unix.CPUSet
	set.Set(processor)
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetaffinity(id, &set); err != nil && err != unix.ESRCH {
			return fmt.Errorf("bench: processor %d: %w", processor, err)
		}
	}
	runtime.GOMAXPROCS(1)
	return nil
}

// used is what this process has used of processors.
func used() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// clockTick is the unit of /proc/stat.
const clockTick = 10 * time.Millisecond

// busy is what all processors of the machine have worked, the host's share included.
func busy() time.Duration {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	var sum time.Duration
	for i, f := range strings.Fields(line)[1:] { // user nice system idle iowait irq softirq steal
		n, _ := strconv.Atoi(f)
		if i != 3 && i != 4 && i < 8 {
			sum += time.Duration(n) * clockTick
		}
	}
	return sum
}

// resident is how much memory this process has of the machine, in bytes.
func resident() int {
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(b))[1])
	return pages * os.Getpagesize()
}
