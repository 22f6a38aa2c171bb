//go:build linux

package main

import (
	"cmp"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup/media/bench"
)

// asCrowd, in the environment, makes the process the crowd.
const asCrowd = "NEXTUP_MEDIABENCH_CROWD"

func main() {
	if os.Getenv(asCrowd) != "" {
		fail(bench.RunCrowd(os.Stdin, os.Stdout))
		return
	}
	what := flag.String("what", "cost", "cost, core, delay or runs")
	rooms := flag.String("rooms", "40,80", "rooms of two peers, 300 packets a second each")
	rounds := flag.Int("rounds", 5, "how often each is measured, in turn")
	window := flag.Duration("window", 4*time.Second, "what is measured of each turn")
	warm := flag.Duration("warm", 2*time.Second, "under load before it")
	udp := flag.String("udp", "[::]:0", "where the media server listens")
	profile := flag.String("profile", "", "write the server's processor profile of the last window here")
	memory := flag.String("memory", "", "write profiles of the server's allocations before and after the last window here")
	runs := flag.Bool("floor-runs", false, "let the floor use UDP_SEGMENT too")
	flag.Parse()
	at, err := netip.ParseAddrPort(*udp)
	fail(err)
	t := bench.Trial{Window: *window, Warm: *warm, Server: -1, Crowd: -1, UDP: at, Runs: *runs}
	turns := []string{bench.Floor, bench.Lane}
	switch *what {
	case "cost":
	case "core":
		t.Server, t.Crowd = 0, 1
		turns = []string{bench.Lane}
	case "delay":
		turns = []string{bench.Direct, bench.Lane}
	case "runs":
		turns = []string{bench.Floor, bench.FloorRuns}
	default:
		fail(fmt.Errorf("what is %q?", *what))
	}
	fail(bench.Pin(t.Server))
	t.Watch = func() func() {
		var stop []func()
		if *profile != "" {
			f, err := os.Create(*profile)
			fail(err)
			fail(pprof.StartCPUProfile(f))
			stop = append(stop, func() { pprof.StopCPUProfile(); fail(f.Close()) })
		}
		if *memory != "" {
			allocations(*memory + ".before")
			stop = append(stop, func() { allocations(*memory) })
		}
		return func() {
			for _, f := range stop {
				f()
			}
		}
	}
	if *memory != "" {
		runtime.MemProfileRate = 512
	}
	for _, n := range strings.Split(*rooms, ",") {
		t.Rooms, err = strconv.Atoi(n)
		fail(err)
		measure(t, turns, *rounds)
	}
}

// measure does all rounds of one number of rooms and says what the medians are.
func measure(t bench.Trial, turns []string, rounds int) {
	fmt.Printf("\n%d rooms, %d packets/s\n", t.Rooms, t.Rooms*300)
	fmt.Println("what      µs/packet  packets/s   sound p50   p99      picture p50   p99    lost sound  picture    others  garbage  kB/peer  again/repaired  feedback  behind     shed  refused")
	all := map[string][]bench.Result{}
	for range rounds {
		for _, what := range turns {
			t.What = what
			r, err := bench.Run(t, crowd)
			fail(err)
			all[what] = append(all[what], r)
			fmt.Printf("%-9s %9.2f %10.0f %11v %-9v %9v %-9v %9.3f%% %7.3f%% %8.0f%% %8.3f %8.0f %7d/%-7d %9d %7v %8.0f %8.0f",
				what, float64(r.PerPacket().Nanoseconds())/1000, float64(r.Packets)/r.Elapsed.Seconds(),
				r.Delay[0].P50, r.Delay[0].P99, r.Delay[1].P50, r.Delay[1].P99, 100*r.Lost(0), 100*r.Lost(1),
				100*r.Others, r.Garbage, float64(r.Resident)/1000, r.Again, r.Repaired, r.Feedbacks, r.Behind.Round(time.Millisecond), r.Shed, r.Refused)
			if r.Leaked+float64(r.Bad) > 0 {
				fmt.Printf("  LEAKED %v BAD %d", r.Leaked, r.Bad)
			}
			fmt.Println()
		}
	}
	for _, what := range turns {
		rs := all[what]
		fmt.Printf("%-9s median %.2f µs/packet; sound %v / %v, picture %v / %v; lost %.3f%% %.3f%%; process %.0f%%\n", what,
			median(rs, perPacket), us(median(rs, delay(0, p50))), us(median(rs, delay(0, p99))),
			us(median(rs, delay(1, p50))), us(median(rs, delay(1, p99))),
			100*median(rs, func(r *bench.Result) float64 { return r.Lost(0) }), 100*median(rs, func(r *bench.Result) float64 { return r.Lost(1) }),
			100*median(rs, func(r *bench.Result) float64 { return r.Used.Seconds() / r.Elapsed.Seconds() }))
	}
	if floor, other := all[bench.Floor], all[turns[len(turns)-1]]; len(floor) > 0 {
		var ratios []float64
		for i := range floor {
			ratios = append(ratios, perPacket(&other[i])/perPacket(&floor[i]))
		}
		slices.Sort(ratios)
		fmt.Printf("%s / floor: %.2f of the medians; of each round %.2f (%.2f to %.2f)\n", turns[len(turns)-1],
			median(other, perPacket)/median(floor, perPacket), ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	}
	if direct, lane := all[bench.Direct], all[bench.Lane]; len(direct) > 0 {
		for k, kind := range []string{"sound", "picture"} {
			fmt.Printf("added to %s: p50 %v, p99 %v\n", kind,
				us(median(lane, delay(k, p50))-median(direct, delay(k, p50))), us(median(lane, delay(k, p99))-median(direct, delay(k, p99))))
		}
	}
}

func perPacket(r *bench.Result) float64 { return float64(r.PerPacket().Nanoseconds()) / 1000 }

func p50(d bench.Delay) time.Duration { return d.P50 }
func p99(d bench.Delay) time.Duration { return d.P99 }

// delay is in microseconds.
func delay(k int, q func(bench.Delay) time.Duration) func(r *bench.Result) float64 {
	return func(r *bench.Result) float64 { return float64(q(r.Delay[k]).Microseconds()) }
}

func us(v float64) time.Duration { return time.Duration(v) * time.Microsecond }

func median[T cmp.Ordered](rs []bench.Result, of func(r *bench.Result) T) T {
	var all []T
	for i := range rs {
		all = append(all, of(&rs[i]))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// crowd is this program once more.
func crowd() *exec.Cmd {
	self, err := os.Executable()
	fail(err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asCrowd+"=1")
	return cmd
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// allocations writes what has been allocated so far.
func allocations(name string) {
	runtime.GC() // the profile is as of the last collection
	f, err := os.Create(name)
	fail(err)
	fail(pprof.Lookup("allocs").WriteTo(f, 0))
	fail(f.Close())
}
