package main

import (
	"testing"
	"time"
)

// proved tells that a part of a long journey has passed: as a subtest named after
// the requirement rows that the part shows, so that docs/rows.md, which is made
// from the tests that passed, has them. It fails with whatever failed before it.
func proved(t *testing.T, rows string) {
	t.Helper()
	failed := t.Failed()
	t.Run(rows, func(t *testing.T) {
		if failed {
			t.Error("this part, or one before it, failed")
		}
	})
}

// parts is a journey told part by part: a part is proved when the next one begins.
type parts struct {
	t       *testing.T
	running string
}

// begin ends the part before and says what comes now.
func (p *parts) begin(rows string) {
	p.t.Helper()
	p.end()
	p.t.Logf("%s: %s", time.Now().Format(time.TimeOnly), rows)
	p.running = rows
}

// end ends the last part.
func (p *parts) end() {
	p.t.Helper()
	if p.running != "" {
		proved(p.t, p.running)
	}
	p.running = ""
}
