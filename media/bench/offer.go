//go:build linux

package bench

import (
	"fmt"
	"strings"
)

// slots is how many others a browser shows (media.Slots).
const slots = 4

// offer is what a browser offers: sound and picture up, four of each down, a
// data channel, all over one transport.
func offer(name, pwd, print string, o *one) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0")
	line("o=- %d 2 IN IP4 127.0.0.1", 1000+o.id)
	line("s=-")
	line("t=0 0")
	var group strings.Builder
	for i := range 2 + 2*slots + 1 {
		fmt.Fprintf(&group, " %d", i)
	}
	line("a=group:BUNDLE%s", group.String())
	line("a=msid-semantic: WMS *")
	mid := 0
	transport := func() {
		line("c=IN IP4 0.0.0.0")
		line("a=ice-ufrag:%s", name)
		line("a=ice-pwd:%s", pwd)
		line("a=ice-options:trickle")
		line("a=fingerprint:sha-256 %s", print)
		line("a=setup:active")
		line("a=mid:%d", mid)
		mid++
	}
	sound := func(direction string) {
		line("m=audio 9 UDP/TLS/RTP/SAVPF %d", soundPT)
		transport()
		line("a=%s", direction)
		line("a=rtcp-mux")
		line("a=rtpmap:%d opus/48000/2", soundPT)
		line("a=fmtp:%d minptime=10;useinbandfec=1", soundPT)
		line("a=rtcp-fb:%d transport-cc", soundPT)
		line("a=rtcp-fb:%d nack", soundPT)
		line("a=extmap:%d http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", twccID)
	}
	picture := func(direction string) {
		line("m=video 9 UDP/TLS/RTP/SAVPF %d %d", picturePT, rtxPT)
		transport()
		line("a=%s", direction)
		line("a=rtcp-mux")
		line("a=rtcp-rsize")
		line("a=rtpmap:%d VP8/90000", picturePT)
		for _, feedback := range []string{"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"} {
			line("a=rtcp-fb:%d %s", picturePT, feedback)
		}
		line("a=rtpmap:%d rtx/90000", rtxPT)
		line("a=fmtp:%d apt=%d", rtxPT, picturePT)
		line("a=extmap:%d http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", twccID)
	}
	sound("sendonly")
	line("a=msid:me sound")
	line("a=ssrc:%d cname:%s", o.ssrc[0], name)
	picture("sendonly")
	line("a=msid:me picture")
	line("a=ssrc-group:FID %d %d", o.ssrc[1], o.rtx())
	line("a=ssrc:%d cname:%s", o.ssrc[1], name)
	line("a=ssrc:%d cname:%s", o.rtx(), name)
	for range slots {
		sound("recvonly")
	}
	for range slots {
		picture("recvonly")
	}
	line("m=application 9 UDP/DTLS/SCTP webrtc-datachannel")
	transport()
	line("a=sctp-port:5000")
	line("a=max-message-size:262144")
	return b.String()
}
