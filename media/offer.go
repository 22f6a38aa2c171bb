package media

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pion/sdp/v3"
)

// Slots is how many other people one browser can show: a panel of four
// interviewers and a candidate.
const Slots = 4

// offerSize is the longest offer taken, in bytes. Browsers' are about 12 kB.
const offerSize = 64 << 10

// readOffer checks a browser's offer and gives it back without the addresses
// in it. We never send to an address because an offer names it: a browser
// reaches us first and so proves its own. This way the server cannot be made
// to knock at other machines. own are the addresses of this machine that may
// stay (browser and server on one laptop, where the browser may wait to be
// called); it may be nil.
//
// print is the browser's DTLS fingerprint, by which one connection is told from the next.
func readOffer(offer string, own map[netip.Addr]bool) (clean, print string, err error) {
	if len(offer) > offerSize {
		return "", "", fmt.Errorf("%w: %d bytes", ErrOffer, len(offer))
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return "", "", fmt.Errorf("%w: %v", ErrOffer, err)
	}
	print, _ = d.Attribute("fingerprint")
	count := map[string]int{}
	for _, m := range d.MediaDescriptions {
		kind := m.MediaName.Media
		if _, err := rids(m); err != nil {
			return "", "", fmt.Errorf("%w: %v", ErrOffer, err)
		}
		if kind != "application" {
			for _, direction := range []string{"sendonly", "recvonly", "inactive", "sendrecv"} {
				if _, ok := m.Attribute(direction); ok {
					kind += " " + direction
				}
			}
		}
		count[kind]++
		if p, ok := m.Attribute("fingerprint"); ok && print == "" {
			print = p
		}
		kept := m.Attributes[:0]
		for _, a := range m.Attributes {
			if a.Key != "candidate" || ownCandidate(a.Value, own) {
				kept = append(kept, a)
			}
		}
		m.Attributes = kept
	}
	want := map[string]int{
		"application": 1, "audio sendonly": 1, "video sendonly": 1,
		"audio recvonly": Slots, "video recvonly": Slots,
	}
	for kind, n := range count {
		if n > want[kind] {
			return "", "", fmt.Errorf("%w: %d x %q", ErrOffer, n, kind)
		}
	}
	if print == "" {
		return "", "", fmt.Errorf("%w: no fingerprint", ErrOffer)
	}
	b, err := d.Marshal()
	if err != nil {
		return "", "", fmt.Errorf("%w: %v", ErrOffer, err)
	}
	return string(b), print, nil
}

// ownCandidate says whether an ICE candidate is a host one of this machine.
func ownCandidate(value string, own map[netip.Addr]bool) bool {
	f := strings.Fields(value) // foundation component transport priority address port typ type
	if len(f) < 8 || f[6] != "typ" || f[7] != "host" || !strings.EqualFold(f[2], "udp") {
		return false
	}
	a, err := netip.ParseAddr(f[4])
	return err == nil && own[a.Unmap()]
}
