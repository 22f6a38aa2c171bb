package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
)

// rowsText is every row that is built: its id and what it is about, a line each.
//
//go:embed rows.txt
var rowsText string

func main() {
	check := flag.String("check", "", "compare with this `file` instead of writing to standard output")
	flag.Parse()
	ok, err := run(*check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rows:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(check string) (ok bool, err error) {
	r, err := read(os.Stdin, os.Stderr)
	if err != nil {
		return false, err
	}
	made := r.table(rowsText)
	ok = !r.failed
	for _, id := range r.missing(rowsText) {
		fmt.Fprintf(os.Stderr, "rows: no test that passed is named after %s\n", id)
		ok = false
	}
	if check == "" {
		_, err = os.Stdout.Write(made)
		return ok, err
	}
	kept, err := os.ReadFile(check)
	if err != nil {
		return false, err
	}
	if !bytes.Equal(kept, made) {
		for _, line := range differences(kept, made) {
			fmt.Fprintln(os.Stderr, "rows:", line)
		}
		fmt.Fprintf(os.Stderr, "rows: %s is stale: make it anew as docs/rows.md says\n", check)
		ok = false
	}
	return ok, nil
}
