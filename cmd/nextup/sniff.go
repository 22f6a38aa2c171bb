package main

// speech is what somebody who has just connected seems to speak.
type speech int

const (
	speaksHTTP speech = iota
	speaksTLS
	speaksMedia // TURN (RFC 8656) or ICE-TCP (RFC 6544), told apart by media
)

// hears tells from the first byte what is spoken. A TLS connection begins with a
// handshake record, 22. TURN begins with a STUN message, whose type's first byte
// is 0 or 1; ICE-TCP with the length of a frame (RFC 4571) that holds a STUN
// message, which is far shorter than 2048 bytes: 0 to 7. HTTP begins with a
// letter, and whatever else there is gets HTTP's clear refusal.
func hears(first byte) speech {
	switch {
	case first == 22:
		return speaksTLS
	case first < 8:
		return speaksMedia
	default:
		return speaksHTTP
	}
}
