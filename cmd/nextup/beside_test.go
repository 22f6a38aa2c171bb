package main

import "testing"

// Tests of this package run beside each other as far as two cores carry them: of each
// kind one at a time. Go's own limit (-parallel) only has to leave room for those that
// wait for their turn.
var (
	calls = make(lane, 1) // people see and hear each other
	looks = make(lane, 1) // pages without a call, or one that mostly waits
	waits = make(lane, 1) // programs without a browser
)

type lane chan struct{}

// beside lets a test run beside those of other kinds, when it is its turn.
func beside(t *testing.T, in lane) {
	t.Helper()
	t.Parallel()
	in <- struct{}{}
	t.Cleanup(func() { <-in }) // registered first, so it runs last
}
