package media

import (
	"strings"
)

// speechWishes are what is asked of a browser's Opus encoder (RFC 7587 section 6.1):
// each packet carries a coarse copy of the one before it, so that a lost one is not
// heard; nothing but a breath now and then is sent in silence; one channel.
const speechWishes = "minptime=10;useinbandfec=1;usedtx=1;stereo=0;sprop-stereo=0"

// wishSpeech puts the wishes into an answer, for the sound that comes up. Pion
// repeats there what the browser said of its own receiving, which says nothing of
// what it is to send.
func wishSpeech(answer string) string {
	lines := strings.SplitAfter(answer, "\n")
	for begin := 0; begin < len(lines); {
		end := begin + 1
		for end < len(lines) && !strings.HasPrefix(lines[end], "m=") {
			end++
		}
		if strings.HasPrefix(lines[begin], "m=audio ") {
			wishSpeechOf(lines[begin:end])
		}
		begin = end
	}
	return strings.Join(lines, "")
}

// wishSpeechOf changes the format line of Opus in one received audio section.
func wishSpeechOf(section []string) {
	pt, received := "", false
	for _, l := range section {
		l = strings.TrimSpace(l)
		if l == "a=recvonly" {
			received = true
		}
		if rest, ok := strings.CutPrefix(l, "a=rtpmap:"); ok {
			if n, codec, _ := strings.Cut(rest, " "); strings.HasPrefix(strings.ToLower(codec), "opus/") {
				pt = n
			}
		}
	}
	if !received || pt == "" {
		return
	}
	for i, l := range section {
		if strings.HasPrefix(l, "a=fmtp:"+pt+" ") {
			section[i] = "a=fmtp:" + pt + " " + speechWishes + "\r\n"
			return
		}
	}
	for i, l := range section { // no line of its own yet
		if strings.HasPrefix(l, "a=rtpmap:"+pt+" ") {
			section[i] += "a=fmtp:" + pt + " " + speechWishes + "\r\n"
			return
		}
	}
}
