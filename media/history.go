package media

import "time"

// What a viewer remembers of what it sent, to answer negative acknowledgements
// (RFC 4585 section 6.2.1). At 100 packets/s 128 are more than a second; later ones
// would not be played any more.
const (
	historySize   = 128                   // packets, a power of two
	resendPause   = 20 * time.Millisecond // least time between two resends of one packet
	resendAtMost  = 4                     // times one packet is sent again
	resendPerNack = 64                    // packets one RTCP packet may ask for
)

// history is a ring of sent packets by sequence number. It belongs to one
// source: a switch clears it, so nobody can ask for pictures of the one before.
type history struct {
	slots []sent
}

type sent struct {
	ok      bool
	packet         // as sent, header rewritten
	wide    uint16 // its transport-wide number
	resent  time.Time
	resends int
}

func (h *history) add(seq uint16, ts uint32, marker bool, payload []byte, wide uint16) {
	if h.slots == nil {
		h.slots = make([]sent, historySize)
	}
	s := &h.slots[seq%historySize]
	buffer := append(s.packet.payload[:0], payload...)
	*s = sent{ok: true, packet: packet{head: head{seq, ts}, marker: marker, payload: buffer}, wide: wide}
}

// fresh says whether a packet may be sent as a new one: it has not been, and it is
// not so late that this could not be told any more. high is the highest number sent.
// A number sent twice with anything else in it would be one key and counter for two packets.
func (h *history) fresh(seq, high uint16) bool {
	if int16(high-seq) >= historySize {
		return false
	}
	return h.slots == nil || !h.slots[seq%historySize].ok || h.slots[seq%historySize].packet.seq != seq
}

// again gives the packet to send once more, or nil.
func (h *history) again(seq uint16, now time.Time) *sent {
	if h.slots == nil {
		return nil
	}
	s := &h.slots[seq%historySize]
	if !s.ok || s.packet.seq != seq || s.resends >= resendAtMost || now.Sub(s.resent) < resendPause {
		return nil
	}
	s.resends++
	s.resent = now
	return s
}

func (h *history) clear() {
	for i := range h.slots {
		h.slots[i].ok = false
	}
}

// free gives the memory back too.
func (h *history) free() { h.slots = nil }
