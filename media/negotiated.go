package media

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// description is all the lane needs to know of a negotiation.
type description struct {
	up   [kinds]upward
	down [kinds][Slots]downward
}

// upward is what a browser sends on one m-line. Zero means absent.
type upward struct {
	ssrc, rtx uint32
	pt, rtxPT uint8
	nack      bool // it sends again what we ask for
	ids       extensions
	rid       string   // of this layer, where there are several
	layers    []string // all of them, the best first; nil without simulcast
}

// downward is what we send on one m-line. Zero means absent.
type downward struct {
	ssrc, rtx uint32
	pt, rtxPT uint8
	ids       extensions
}

// extensions are the ids of RTP header extensions (RFC 8285), 0 where not negotiated.
type extensions struct{ twcc, level, mid, rid, repaired uint8 }

// The URIs of the header extensions we know.
const (
	uriTWCC  = sdp.TransportCCURI
	uriLevel = sdp.AudioLevelURI
	uriMID   = sdp.SDESMidURI
	uriRID   = sdp.SDESRTPStreamIDURI

	uriRepaired = sdp.SDESRepairRTPStreamIDURI
)

// codecs are what is forwarded, by the name in rtpmap (in lower case).
var codecs = [kinds]string{"opus/48000/2", "vp8/90000"}

// negotiated reads a browser's offer and our answer to it. Up is what the offer
// sends and the answer takes; down is what the answer sends, in the order of m-lines.
func negotiated(offer, answer string) (*description, error) {
	var theirs, ours sdp.SessionDescription
	if err := theirs.UnmarshalString(offer); err != nil {
		return nil, fmt.Errorf("media: read offer: %w", err)
	}
	if err := ours.UnmarshalString(answer); err != nil {
		return nil, fmt.Errorf("media: read answer: %w", err)
	}
	if len(theirs.MediaDescriptions) != len(ours.MediaDescriptions) {
		return nil, fmt.Errorf("media: %d m-lines offered, %d answered", len(theirs.MediaDescriptions), len(ours.MediaDescriptions))
	}
	d := &description{}
	var ups, downs [kinds]int
	for i, m := range ours.MediaDescriptions {
		k := sound
		switch m.MediaName.Media {
		case "audio":
		case "video":
			k = picture
		default:
			continue
		}
		up, down := has(m, "recvonly"), has(m, "sendonly")
		if down && downs[k] == Slots || up && ups[k] == 1 {
			return nil, fmt.Errorf("media: too many m-lines of %s", k)
		}
		rejected := m.MediaName.Port.Value == 0
		switch {
		case up:
			ups[k]++
		case down:
			downs[k]++
		}
		pt, rtxPT := payloads(m, codecs[k])
		if rejected || pt == 0 {
			continue
		}
		switch {
		case up:
			u := upward{pt: pt, rtxPT: rtxPT, nack: nacks(m, pt), ids: extmap(m)}
			u.ssrc, u.rtx = ssrcs(theirs.MediaDescriptions[i])
			var err error
			if u.layers, err = rids(theirs.MediaDescriptions[i]); err != nil {
				return nil, fmt.Errorf("media: read offer: %w", err)
			}
			if len(u.layers) > 0 { // known by their names, whatever is declared
				u.ssrc, u.rtx, u.rid = 0, 0, u.layers[0]
			}
			d.up[k] = u
		case down:
			w := downward{pt: pt, rtxPT: rtxPT, ids: extmap(m)}
			w.ssrc, w.rtx = ssrcs(m)
			if w.rtxPT == 0 {
				w.rtx = 0
			}
			d.down[k][downs[k]-1] = w
		}
	}
	return d, nil
}

// layer is what comes to the i-th source of a leg: a sound, a picture or the best
// layer of one, and the other layers.
func (d *description) layer(i int) upward {
	if i == int(sound) {
		return d.up[sound]
	}
	u, rank := d.up[picture], i-int(picture)
	switch {
	case len(u.layers) == 0 && rank == 0:
		return u
	case rank < len(u.layers):
		u.rid = u.layers[rank]
		return u
	}
	return upward{}
}

func has(m *sdp.MediaDescription, key string) bool {
	_, ok := m.Attribute(key)
	return ok
}

// payloads finds the payload types of a codec and of its RTX (RFC 4588 section 8.6).
func payloads(m *sdp.MediaDescription, codec string) (pt, rtx uint8) {
	for _, a := range m.Attributes {
		if n, what, ok := numbered(a, "rtpmap"); ok && pt == 0 && strings.ToLower(what) == codec {
			pt = n
		}
	}
	if pt == 0 {
		return 0, 0
	}
	apt := "apt=" + strconv.Itoa(int(pt))
	for _, a := range m.Attributes {
		if n, what, ok := numbered(a, "fmtp"); ok && slices.Contains(strings.Split(strings.ReplaceAll(what, " ", ""), ";"), apt) {
			rtx = n
		}
	}
	return pt, rtx
}

// nacks says whether packets that are missing may be asked for (RFC 4585 section 4.2).
func nacks(m *sdp.MediaDescription, pt uint8) bool {
	for _, a := range m.Attributes {
		if of, what, ok := strings.Cut(a.Value, " "); ok && a.Key == "rtcp-fb" && what == "nack" && (of == "*" || of == strconv.Itoa(int(pt))) {
			return true
		}
	}
	return false
}

// numbered reads "a=key:<payload type> <what>".
func numbered(a sdp.Attribute, key string) (pt uint8, what string, ok bool) {
	if a.Key != key {
		return 0, "", false
	}
	n, what, ok := strings.Cut(a.Value, " ")
	v, err := strconv.ParseUint(n, 10, 7)
	return uint8(v), what, ok && err == nil
}

// extmap reads "a=extmap:<id>[/direction] <uri>".
func extmap(m *sdp.MediaDescription) (e extensions) {
	for _, a := range m.Attributes {
		if a.Key != "extmap" {
			continue
		}
		f := strings.Fields(a.Value)
		if len(f) < 2 {
			continue
		}
		n, _, _ := strings.Cut(f[0], "/")
		id, err := strconv.ParseUint(n, 10, 8)
		if err != nil || id < 1 || id > 14 { // more would need two-byte headers (RFC 8285 section 4.3)
			continue
		}
		switch f[1] {
		case uriTWCC:
			e.twcc = uint8(id)
		case uriLevel:
			e.level = uint8(id)
		case uriMID:
			e.mid = uint8(id)
		case uriRID:
			e.rid = uint8(id)
		case uriRepaired:
			e.repaired = uint8(id)
		}
	}
	return e
}

// ssrcs reads a stream's SSRC and that of its RTX (RFC 5576). A simulcast m-line declares none.
func ssrcs(m *sdp.MediaDescription) (first, rtx uint32) {
	for _, a := range m.Attributes {
		f := strings.Fields(a.Value)
		switch {
		case a.Key == "ssrc" && len(f) > 0 && first == 0:
			first = number(f[0])
		case a.Key == "ssrc-group" && len(f) == 3 && f[0] == "FID":
			first, rtx = number(f[1]), number(f[2])
			return first, rtx
		}
	}
	return first, 0
}

func number(s string) uint32 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
