//go:build !race

package transport

// raced says that the race detector is on.
const raced = false
