package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// binaries are the programs that were built for this test run.
var binaries struct {
	sync.Mutex
	dir   string
	built map[string]*built // by what was changed; "" is the program as it is
}

// built is one of them. Who needs it waits for it, and nobody for another one.
type built struct {
	sync.Once
	n    int
	path string
	err  error
}

// change replaces one text in one file of the program, to see that a test fails
// when the program is wrong. No switch for that is in the program itself.
type change struct{ file, old, new string }

// program builds the program once, as it is or with changes.
func program(t testing.TB, changes ...change) string {
	t.Helper()
	key := ""
	if len(changes) > 0 {
		key = fmt.Sprint(changes)
	}
	p := builtFor(t, key)
	p.Do(func() {
		args := []string{"build", "-o", p.path}
		if len(changes) > 0 {
			args = append(args, "-overlay", overlay(t, p.n, changes))
		}
		out, err := exec.Command("go", append(args, ".")...).CombinedOutput()
		if p.err = err; err != nil {
			p.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.path
}

// builtFor is the place of a program, whether it is built yet or not.
func builtFor(t testing.TB, key string) *built {
	t.Helper()
	binaries.Lock()
	defer binaries.Unlock()
	if binaries.dir == "" {
		dir, err := os.MkdirTemp("", "nextup-binary-")
		if err != nil {
			t.Fatal(err)
		}
		binaries.dir, binaries.built = dir, map[string]*built{}
	}
	p, ok := binaries.built[key]
	if !ok {
		n := len(binaries.built)
		p = &built{n: n, path: filepath.Join(binaries.dir, fmt.Sprintf("nextup%d", n)), err: errors.New("it was not built")}
		binaries.built[key] = p
	}
	return p
}

// overlay writes changed copies of files and the list that go build wants of them.
func overlay(t testing.TB, n int, changes []change) string {
	t.Helper()
	texts, replace := map[string]string{}, map[string]string{}
	for _, c := range changes {
		file, err := filepath.Abs(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := texts[file]; !ok {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(text)
		}
		if strings.Count(texts[file], c.old) != 1 {
			t.Fatalf("%s does not hold %q once; change this test with it", c.file, c.old)
		}
		texts[file] = strings.Replace(texts[file], c.old, c.new, 1)
	}
	for file, text := range texts {
		changed := filepath.Join(binaries.dir, fmt.Sprintf("%d-%d-%s", n, len(replace), filepath.Base(file)))
		if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[file] = changed
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(binaries.dir, fmt.Sprintf("overlay%d.json", n))
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func closeBinaries() {
	binaries.Lock()
	defer binaries.Unlock()
	if binaries.dir != "" {
		_ = os.RemoveAll(binaries.dir)
	}
}
