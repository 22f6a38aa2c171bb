//go:build race

package transport

// raced says that the race detector is on: everything takes ten times as long.
const raced = true
