// Package mediatest is a headless WebRTC peer with real frames.
package mediatest
