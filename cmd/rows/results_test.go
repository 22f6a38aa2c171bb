package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const ran = `{"Action":"pass","Package":"nextup","Test":"TestQueue/S3-36_two_press_at_once,_S3-49"}
{"Action":"pass","Package":"nextup/transport","Test":"TestS3_02_CreateWithTheLeast"}
{"Action":"skip","Package":"nextup/cmd/nextup","Test":"TestTalk/S3-61_clock"}
{"Action":"output","Package":"nextup/store","Test":"TestX/S3-65_restart","Output":"lost a note\n"}
`

const few = "S3-02 Created\nS3-36 Parallel\nS3-49 Order\nS3-61 Timer\nS3-65 Restart\n"

func TestTable(t *testing.T) {
	var said bytes.Buffer
	r, err := read(strings.NewReader(ran+`{"Action":"fail","Package":"nextup/store","Test":"TestX/S3-65_restart"}`), &said)
	if err != nil {
		t.Fatal(err)
	}
	if !r.failed || !strings.Contains(said.String(), "lost a note") {
		t.Errorf("a failed test is not told: %v, %q", r.failed, said.String())
	}
	if got := r.missing(few); !slices.Equal(got, []string{"S3-61", "S3-65"}) {
		t.Errorf("missing: %v; a skipped and a failed test prove nothing", got)
	}
	table := string(r.table(few))
	for _, want := range []string{
		"| S3-02 | Created | `transport` TestS3_02_CreateWithTheLeast |\n",
		"| S3-36 | Parallel | `.` TestQueue/S3-36_two_press_at_once,_S3-49 |\n",
		"| S3-49 | Order | `.` TestQueue/S3-36_two_press_at_once,_S3-49 |\n",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
}

func TestDifferences(t *testing.T) {
	got := differences([]byte("| S3-02 | a | x<br>y |\n"), []byte("| S3-02 | a | x<br>z |\n"))
	if !slices.Equal(got, []string{"- y |", "+ z |"}) {
		t.Errorf("got %q", got)
	}
}

// pair is a folder and a test as they stand in the table.
var pair = regexp.MustCompile("`([\\w./]+)` (Test\\w+)")

// The table on disk has every row, and names no test that is gone.
func TestTableOnDisk(t *testing.T) {
	kept, err := os.ReadFile("../../docs/rows.md")
	if err != nil {
		t.Fatal(err)
	}
	ids, about := rows(rowsText)
	for _, id := range ids {
		if !bytes.Contains(kept, []byte("\n| "+id+" | "+about[id]+" | `")) {
			t.Errorf("docs/rows.md has no test for %s", id)
		}
	}
	for _, p := range pair.FindAllStringSubmatch(string(kept), -1) {
		files, err := filepath.Glob(filepath.Join("../..", p[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(files, func(f string) bool {
			code, err := os.ReadFile(f)
			return err == nil && bytes.Contains(code, []byte("\nfunc "+p[2]+"("))
		}) {
			t.Errorf("%s has no %s", p[1], p[2])
		}
	}
}
