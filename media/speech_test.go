package media

import "testing"

// What is asked of the browser's encoder stands with the sound that comes up, and
// nowhere else.
func TestWishSpeech(t *testing.T) {
	const head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
	for name, x := range map[string]struct{ in, want string }{
		"Chromium": {
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=recvonly\r\n",
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 " + speechWishes + "\r\na=recvonly\r\n",
		},
		"Firefox wants stereo for itself": {
			"m=audio 9 UDP/TLS/RTP/SAVPF 109\r\na=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\na=rtpmap:109 opus/48000/2\r\na=recvonly\r\n",
			"m=audio 9 UDP/TLS/RTP/SAVPF 109\r\na=fmtp:109 " + speechWishes + "\r\na=rtpmap:109 opus/48000/2\r\na=recvonly\r\n",
		},
		"without a format line": {
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 OPUS/48000/2\r\na=recvonly\r\n",
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 OPUS/48000/2\r\na=fmtp:111 " + speechWishes + "\r\na=recvonly\r\n",
		},
		"what goes down is left alone": {
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\na=sendonly\r\n",
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\na=sendonly\r\n",
		},
		"pictures, too": {
			"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=recvonly\r\n",
			"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=recvonly\r\n",
		},
		"a refused section": {"m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n", "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			rest := "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:9\r\n"
			if got := wishSpeech(head + x.in + rest); got != head+x.want+rest {
				t.Errorf("got %q", got)
			}
		})
	}
}
