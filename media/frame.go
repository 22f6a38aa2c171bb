package media

import (
	"encoding/binary"
	"errors"
	"io"
)

// protocol is what a byte stream carries.
type protocol int

const (
	unknownProtocol protocol = iota
	turnStream               // TURN (RFC 8656 section 12.5): messages tell their own length
	iceStream                // ICE-TCP (RFC 6544): packets in frames (RFC 4571)
)

// beginning is how many bytes of a stream tell its protocol.
const beginning = 10

const magicCookie = 0x2112a442

var errFrame = errors.New("media: not a frame")

// speaks tells from its beginning what a stream carries. Both begin with a STUN
// message, whose magic cookie (RFC 8489 section 5) is the fifth byte's neighbour
// in TURN and, behind the length of the frame, the seventh's in ICE-TCP. A
// beginning cannot be both.
func speaks(b []byte) protocol {
	switch {
	case len(b) < beginning:
		return unknownProtocol
	case b[0] < 0x40 && binary.BigEndian.Uint32(b[4:]) == magicCookie:
		return turnStream
	case b[2] < 0x40 && binary.BigEndian.Uint32(b[6:]) == magicCookie:
		return iceStream
	default:
		return unknownProtocol
	}
}

// readFrame reads one packet of a stream into b and says how long it is. Of TURN
// it is a STUN message or ChannelData with its header, without padding. A packet
// that b cannot hold is an error: nobody sends such ones to us.
func readFrame(r io.Reader, p protocol, b []byte) (int, error) {
	if p == iceStream {
		return readICEFrame(r, b)
	}
	const header = 4
	if _, err := io.ReadFull(r, b[:header]); err != nil {
		return 0, err
	}
	n, padded := int(binary.BigEndian.Uint16(b[2:])), 0
	switch {
	case b[0] < 0x40 && n%4 == 0: // STUN: the length is without its header of 20 bytes
		n += 20
		padded = n
	case b[0] >= 0x40 && b[0] < 0x50: // ChannelData, padded on a stream
		n += header
		padded = (n + 3) &^ 3
	default:
		return 0, errFrame
	}
	if padded > len(b) {
		return 0, errFrame
	}
	if _, err := io.ReadFull(r, b[header:padded]); err != nil {
		return 0, err
	}
	if b[0] < 0x40 && binary.BigEndian.Uint32(b[4:]) != magicCookie {
		return 0, errFrame
	}
	return n, nil
}

func readICEFrame(r io.Reader, b []byte) (int, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n > len(b) {
		return 0, errFrame
	}
	return io.ReadFull(r, b[:n])
}
