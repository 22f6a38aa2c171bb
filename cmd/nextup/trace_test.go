package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// straced makes a server run under strace with more options; the trace goes to
// the returned file. Without strace the test is skipped.
func (s *server) straced(options ...string) (trace string) {
	s.t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		missing(s.t, "no strace on this machine")
	}
	if out, err := exec.Command("strace", "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		missing(s.t, fmt.Sprintf("strace may not trace here: %v %s", err, out))
	}
	trace = s.t.TempDir() + "/trace"
	s.under = append([]string{"strace", "-f", "-o", trace}, options...)
	return trace
}

// watched are the calls that checkTrace needs to see, with every byte of them.
var watched = []string{"--seccomp-bpf", "-y", "-xx", "-s", "20000", "-e", "trace=read,write,fsync,fdatasync"}

// call is one system call of a trace.
type call struct {
	name       string
	file       string // what the descriptor stands for: a path or a socket
	data       []byte // read or written
	begun, end int    // lines of the trace
	failed     bool
}

var (
	callBegin   = regexp.MustCompile(`^(\d+) +(\w+)\((\d+)<([^>]*(?:>[^>]*)*?)>(.*)$`)
	callResumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	callData    = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	callResult  = regexp.MustCompile(`= (-?\d+)[^"]*$`)
)

// readTrace takes the finished calls out of what strace -f -y -xx wrote.
func readTrace(trace string) (calls []call) {
	open := map[string]call{} // by thread
	finish := func(c call, rest string, line int) {
		c.end = line
		if m := callData.FindStringSubmatch(rest); m != nil && c.data == nil {
			c.data = unescape(m[1])
		}
		m := callResult.FindStringSubmatch(rest)
		c.failed = m == nil || strings.HasPrefix(m[1], "-")
		calls = append(calls, c)
	}
	for n, line := range strings.Split(trace, "\n") {
		if m := callResumed.FindStringSubmatch(line); m != nil {
			if c, ok := open[m[1]]; ok && c.name == m[2] {
				delete(open, m[1])
				finish(c, m[3], n)
			}
			continue
		}
		m := callBegin.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		c := call{name: m[2], file: m[4], begun: n}
		if strings.HasPrefix(c.file, `\x`) { // -xx writes paths so too
			c.file = string(unescape(c.file))
		}
		if rest, unfinished := strings.CutSuffix(m[5], "<unfinished ...>"); unfinished {
			if d := callData.FindStringSubmatch(rest); d != nil {
				c.data = unescape(d[1])
			}
			open[m[1]] = c
			continue
		}
		finish(c, m[5], n)
	}
	return calls
}

func unescape(x string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(x, `\x`, ""))
	if err != nil {
		return nil // callData lets nothing else through
	}
	return b
}

// frames takes the websocket frames out of bytes and unmasks them; what is none
// is left alone.
func frames(b []byte) (texts []string) {
	for len(b) >= 2 {
		size, at := int(b[1]&0x7f), 2
		switch {
		case size == 126 && len(b) >= 4:
			size, at = int(binary.BigEndian.Uint16(b[2:])), 4
		case size == 127 && len(b) >= 10:
			size, at = int(binary.BigEndian.Uint64(b[2:])), 10
		}
		mask := []byte{0, 0, 0, 0}
		if b[1]&0x80 != 0 {
			if len(b) < at+4 {
				return texts
			}
			mask, at = b[at:at+4], at+4
		}
		if b[0]&0x0f != 1 || size < 0 || len(b) < at+size {
			return texts
		}
		text := bytes.Clone(b[at : at+size])
		for i := range text {
			text[i] ^= mask[i%4]
		}
		texts = append(texts, string(text))
		b = b[at+size:]
	}
	return texts
}

var (
	errNotSynced = errors.New("acknowledged without a sync of the database since it came")
	errNotSeen   = errors.New("the trace does not show")
)

// checkTrace finds the commands that were acknowledged before they were on the
// disk. Between a command's arrival and its acknowledgement the database's log
// must have been synced from beginning to end.
func checkTrace(calls []call, ids []string) error {
	arrived, answered := map[string]int{}, map[string]int{}
	for _, c := range calls {
		if c.failed {
			continue
		}
		for _, text := range frames(c.data) {
			for _, id := range ids {
				switch {
				case c.name == "read" && strings.Contains(text, `"id":"`+id+`"`):
					arrived[id] = c.end
				case c.name == "write" && strings.Contains(text, `{"re":"`+id+`","ok":true`):
					answered[id] = c.begun
				}
			}
		}
	}
	for _, id := range ids {
		from, ok := arrived[id]
		if !ok {
			return fmt.Errorf("%w: command %s arrive", errNotSeen, id)
		}
		to, ok := answered[id]
		if !ok {
			return fmt.Errorf("%w: the answer to command %s", errNotSeen, id)
		}
		synced := false
		for _, c := range calls {
			if (c.name == "fsync" || c.name == "fdatasync") && !c.failed && strings.Contains(c.file, "nextup.db") && c.begun > from && c.end < to {
				synced = true
			}
		}
		if !synced {
			return fmt.Errorf("command %s, lines %d to %d of the trace: %w", id, from+1, to+1, errNotSynced)
		}
	}
	return nil
}

// The checker itself, on lines as strace writes them.
func TestTraceChecker(t *testing.T) {
	frame := func(text string) string { return "\\x81" + fmt.Sprintf("\\x%02x", len(text)) + hexed(text) }
	in := `10 read(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "` + frame(`{"do":"hold","id":"abcdefgh"}`) + `", 4096) = 31`
	out := `11 write(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "` + frame(`{"re":"abcdefgh","ok":true}`) + `", 29) = 29`
	sync := `12 fdatasync(7<` + hexed("/data/nextup.db-wal") + `>) = 0`
	begin, end := `12 fdatasync(7</data/nextup.db-wal> <unfinished ...>`, `12 <... fdatasync resumed>) = 0`
	lateOut := `11 write(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "` + frame(`{"re":"abcdefgh","ok":true}`) + `", 29 <unfinished ...>`
	for name, x := range map[string]struct {
		lines []string
		good  bool
	}{
		"synced":                   {[]string{in, sync, out}, true},
		"synced in two lines":      {[]string{in, begin, end, out}, true},
		"read in two lines":        {[]string{`10 read(9<TCP:[127.0.0.1:1->127.0.0.1:2]>,  <unfinished ...>`, strings.Replace(in, "read(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, ", "<... read resumed>", 1), sync, out}, true},
		"not synced":               {[]string{in, out}, false},
		"synced before":            {[]string{sync, in, out}, false},
		"synced after":             {[]string{in, out, sync}, false},
		"answered during the sync": {[]string{in, begin, out, end}, false},
		"begun before the sync":    {[]string{in, begin, lateOut, end, `11 <... write resumed>) = 29`}, false},
		"sync already on its way":  {[]string{begin, in, end, out}, false},
		"sync failed":              {[]string{in, `12 fdatasync(7</data/nextup.db-wal>) = -1 EIO (Input/output error)`, out}, false},
		"sync of another file":     {[]string{in, `12 fdatasync(7</data/key>) = 0`, out}, false},
		"no answer":                {[]string{in, sync}, false},
		"no command":               {[]string{sync, out}, false},
	} {
		if err := checkTrace(readTrace(strings.Join(x.lines, "\n")), []string{"abcdefgh"}); (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func hexed(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "\\x%02x", c)
	}
	return b.String()
}
