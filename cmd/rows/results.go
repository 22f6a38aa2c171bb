package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// results is what a run of the tests proved.
type results struct {
	tests  map[string]map[string]bool // by row: folder and test, as they stand in the table
	failed bool
}

// event is a line of go test -json; see `go doc test2json`.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// rowID finds rows in the name of a test: S3-36, S3_36, D-05.
var rowID = regexp.MustCompile(`(S[03]|D)[-_](\d\d)(?:\D|$)`)

// read takes in a run and says what go test would have said: a line for each
// package, and all that a failed test printed.
func read(from io.Reader, say io.Writer) (results, error) {
	r := results{tests: map[string]map[string]bool{}}
	printed := map[string]*bytes.Buffer{} // by package and test
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil { // what does not compile is told in plain text
				fmt.Fprintf(say, "%s\n", bytes.TrimSpace(line))
			} else {
				r.take(e, printed, say)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return r, nil
		case err != nil:
			return r, err
		}
	}
}

func (r *results) take(e event, printed map[string]*bytes.Buffer, say io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if e.Action == "build-output" || (e.Test == "" && !strings.HasPrefix(e.Output, "PASS")) {
			fmt.Fprint(say, e.Output)
			return
		}
		if printed[key] == nil {
			printed[key] = new(bytes.Buffer)
		}
		printed[key].WriteString(e.Output)
	case "fail", "build-fail":
		r.failed = true
		if b := printed[key]; b != nil {
			fmt.Fprintf(say, "%s", b)
		}
		delete(printed, key)
	case "skip":
		delete(printed, key)
	case "pass":
		delete(printed, key)
		if e.Test != "" {
			r.passed(e.Package, e.Test)
		}
	}
}

func (r *results) passed(pkg, test string) {
	folder := strings.TrimPrefix(strings.TrimPrefix(pkg, "nextup"), "/")
	if folder == "" {
		folder = "."
	}
	last := test[strings.LastIndexByte(test, '/')+1:] // a parent proves what stands in its own name
	for _, m := range rowID.FindAllStringSubmatch(last, -1) {
		r.prove(m[1]+"-"+m[2], folder, test)
	}
}

func (r *results) prove(row, folder, test string) {
	if r.tests[row] == nil {
		r.tests[row] = map[string]bool{}
	}
	r.tests[row]["`"+folder+"` "+test] = true
}

// rows is the list of rows: ids in order, and what each is about.
func rows(text string) (ids []string, about map[string]string) {
	about = map[string]string{}
	for line := range strings.Lines(text) {
		if id, what, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			ids, about[id] = append(ids, id), what
		}
	}
	return ids, about
}

// missing lists the rows that no passed test is named after.
func (r results) missing(text string) (none []string) {
	ids, _ := rows(text)
	for _, id := range ids {
		if len(r.tests[id]) == 0 {
			none = append(none, id)
		}
	}
	return none
}

const head = `# Rows and their tests

Every requirement row that is built, and the tests that ran, passed and carry its
name. Made from a run of all tests, not by hand:

    NEXTUP_E2E=require go test -json -p 1 -timeout 28m ./... | go run ./cmd/rows > docs/rows.md

` + "`.ci/run`" + ` fails if this table is not the one its own run would make. One row's tests
are run with, for instance, ` + "`go test -run '/S3-36' ./...`" + `.

| Row | | Tests |
|---|---|---|
`

// table is docs/rows.md.
func (r results) table(text string) []byte {
	b := bytes.NewBufferString(head)
	ids, about := rows(text)
	for _, id := range ids {
		tests := slices.Sorted(maps.Keys(r.tests[id]))
		fmt.Fprintf(b, "| %s | %s | %s |\n", id, about[id], strings.Join(tests, "<br>"))
	}
	return b.Bytes()
}

// differences lists the lines that only one of two tables has.
func differences(kept, made []byte) (list []string) {
	in := func(b []byte) map[string]bool {
		all := map[string]bool{}
		for line := range strings.Lines(string(b)) {
			for _, part := range strings.Split(strings.TrimSpace(line), "<br>") {
				all[part] = true
			}
		}
		return all
	}
	a, b := in(kept), in(made)
	for _, part := range slices.Sorted(maps.Keys(a)) {
		if !b[part] {
			list = append(list, "- "+part)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(b)) {
		if !a[part] {
			list = append(list, "+ "+part)
		}
	}
	return list
}
