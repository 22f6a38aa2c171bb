//go:build linux

package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nextup"
	"nextup/media"
)

// What can be measured.
const (
	// Lane is the media server, with all it does.
	Lane = "lane"
	// Floor is the bare forwarder.
	Floor = "floor"
	// FloorRuns is the floor that sends runs of packets as one (UDP_SEGMENT).
	FloorRuns = "floorgso"
	// Direct is nobody: packets go straight from one peer to the other.
	Direct = "direct"
)

// Trial is one measurement.
type Trial struct {
	What   string
	Rooms  int           // of two peers
	Window time.Duration // measured, after Warm
	Warm   time.Duration // under full load before
	// Server and Crowd are the processors to run on, below 0 any.
	Server, Crowd int
	// UDP is where the media server listens; the floor listens on 127.0.0.1.
	UDP netip.AddrPort
	// Runs lets the floor send runs of packets as one (UDP_SEGMENT).
	Runs bool
	// Watch, if set, is called when the window begins; what it returns, when it ends.
	Watch func() func()
}

// Result is what was measured in the window.
type Result struct {
	Trial
	Stats
	Used    time.Duration // processor time of the server
	Elapsed time.Duration
	Others  float64 // share of the machine that neither server nor crowd used
	Garbage float64 // allocations of the server for each packet that arrived
	// Resident is memory of the server for each peer at the window's end, in bytes,
	// after a garbage collection; what the process had before is taken off.
	Resident int
	Leaked   float64 // media packets that pion wanted to send
	Shed     float64 // packets of pictures thrown away because the server was behind, since its start
	Refused  float64 // other packets it did not take, since its start
}

// PerPacket is processor time for each packet that arrived.
func (r *Result) PerPacket() time.Duration { return r.Used / time.Duration(max(r.Packets, 1)) }

// Lost is the share of packets that did not arrive, not even when sent again; k
// is 0 for sound, 1 for pictures.
func (r *Result) Lost(k int) float64 {
	return 1 - float64(r.Came[k])/float64(max(r.Sent[k], 1))
}

// Run measures. This process must have nothing else to do meanwhile.
// crowd starts the other process, which must call RunCrowd.
func Run(t Trial, crowd func() *exec.Cmd) (r Result, err error) {
	r.Trial = t
	small := resident()
	p, err := startCrowd(crowd())
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.end()) }()
	says := Crowd{Peers: 2 * t.Rooms, Processor: t.Crowd}
	metrics := prometheus.NewRegistry()
	switch t.What {
	case Lane:
		s, err := media.New(media.Config{UDP: t.UDP, TURN: netip.AddrPortFrom(loopback, 0), Secret: bytes.Repeat([]byte("x"), 32)})
		if err != nil {
			return r, err
		}
		defer func() { _ = s.Close() }()
		metrics.MustRegister(s)
		web, err := signal(s)
		if err != nil {
			return r, err
		}
		defer web.Close()
		says.Signal = "http://" + web.Addr + "/"
		if err := p.instruct(says); err != nil {
			return r, err
		}
		if _, err := p.word("connect"); err != nil {
			return r, err
		}
		show := func() {
			for i := range t.Rooms {
				s.Show(session, nextup.OfferID(i+1), person(2*i), person(2*i+1))
			}
		}
		show()
		if t.Warm+t.Window > 30*time.Second { // a stage must be renewed
			again := time.AfterFunc(30*time.Second, show)
			defer again.Stop()
		}
	case Floor, FloorRuns:
		// The crowd's port is not known before it runs, so the floor comes second
		// and the crowd is told of it by a socket that is there already.
		f, at, err := reserveFloor()
		if err != nil {
			return r, err
		}
		says.At = at
		if err := p.instruct(says); err != nil {
			return r, err
		}
		s, err := p.word("mark")
		if err != nil {
			return r, err
		}
		var peers []netip.AddrPort
		for i := range says.Peers {
			peers = append(peers, netip.AddrPortFrom(address(i), s.Port))
		}
		if err := f.forward(peers, t.Runs || t.What == FloorRuns); err != nil {
			return r, err
		}
		defer f.close()
	case Direct:
		if err := p.instruct(says); err != nil {
			return r, err
		}
	default:
		return r, fmt.Errorf("bench: what is %q?", t.What)
	}
	if _, err := p.word("send"); err != nil {
		return r, err
	}
	time.Sleep(t.Warm)
	if _, err := p.word("mark"); err != nil {
		return r, err
	}
	stop := func() {}
	if t.Watch != nil {
		stop = t.Watch()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, cpu, all := time.Now(), used(), busy()
	time.Sleep(t.Window)
	r.Used, r.Elapsed, all = used()-cpu, time.Since(began), busy()-all
	r.Stats, err = p.word("read")
	runtime.ReadMemStats(&after)
	stop()
	if err != nil {
		return r, err
	}
	r.Others = max(0, float64(all-r.Used-r.CPU)/float64(r.Elapsed)/float64(runtime.NumCPU()))
	r.Garbage = float64(after.Mallocs-before.Mallocs) / float64(max(r.Packets, 1))
	r.Resident = (resident() - small) / (2 * t.Rooms)
	r.Leaked = gauge(metrics, "nextup_media_leaked_packets_total")
	r.Shed = gauge(metrics, "nextup_media_shed_packets_total")
	r.Refused = gauge(metrics, "nextup_media_refused_packets_total") + gauge(metrics, "nextup_media_dropped_packets_total")
	return r, nil
}

const session = nextup.SessionID("bench")

func person(i int) nextup.PersonID { return nextup.PersonID(strconv.Itoa(i)) }

// signal answers offers: the path is the person.
func signal(s *media.Server) (*http.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	web := &http.Server{Addr: l.Addr().String(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offer, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		answer, err := s.Answer(r.Context(), session, nextup.PersonID(r.URL.Path[1:]), "1", string(offer))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, answer)
	})}
	go func() { _ = web.Serve(l) }()
	return web, nil
}

func gauge(r *prometheus.Registry, name string) float64 {
	families, err := r.Gather()
	if err != nil {
		return -1
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	return 0
}

// process is the crowd seen from here.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startCrowd(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd}
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	cmd.Stderr = os.Stderr
	return p, cmd.Start()
}

func (p *process) instruct(c Crowd) error { return json.NewEncoder(p.in).Encode(c) }

// word has the crowd do something.
func (p *process) word(w string) (s Stats, err error) {
	if _, err := fmt.Fprintln(p.in, w); err != nil {
		return s, fmt.Errorf("bench: %s: %w", w, err)
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return s, fmt.Errorf("bench: %s: %w", w, err)
	}
	if err := json.Unmarshal(line, &s); err != nil {
		return s, err
	}
	if s.Error != "" {
		return s, errors.New(s.Error)
	}
	return s, nil
}

func (p *process) end() error {
	_ = p.in.Close()
	return p.cmd.Wait()
}
