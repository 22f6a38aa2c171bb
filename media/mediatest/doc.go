// Package mediatest is a headless browser for tests and for the demo's
// simulated candidates: a pion peer with the m-lines of web/js/peer.js that
// sends a clip's real VP8 and Opus frames in a loop, answers requests for key
// frames, and counts what it receives. It knows known clips' frames again, byte
// by byte, so a test can tell whose picture came.
package mediatest
