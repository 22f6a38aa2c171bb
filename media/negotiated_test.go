package media

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func sdpFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/sdp/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What two real browsers offered and what pion answered, with our m-lines: one
// sound and one picture up, four of each down, a data channel.
func TestNegotiated(t *testing.T) {
	for _, c := range []struct {
		name  string
		up    [kinds]upward
		first downward // of slot 0's picture, without SSRCs
		sound downward
	}{
		{
			"chromium",
			[kinds]upward{
				{ssrc: 1266784499, pt: 111, ids: extensions{twcc: 3, level: 1}},
				{ssrc: 2239119642, rtx: 1299992098, pt: 96, rtxPT: 97, nack: true, ids: extensions{twcc: 3}},
			},
			downward{pt: 96, rtxPT: 97, ids: extensions{twcc: 3}},
			downward{pt: 111, ids: extensions{twcc: 3}},
		},
		{
			"firefox",
			[kinds]upward{
				{ssrc: 14891103, pt: 109, ids: extensions{twcc: 7, level: 1}},
				{ssrc: 1575859959, rtx: 2969502235, pt: 120, rtxPT: 124, nack: true, ids: extensions{twcc: 7}},
			},
			downward{pt: 120, rtxPT: 124, ids: extensions{twcc: 7}},
			downward{pt: 109, ids: extensions{twcc: 7}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := negotiated(sdpFile(t, c.name+".offer"), sdpFile(t, c.name+".answer"))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(d.up, c.up) {
				t.Errorf("up %+v", d.up)
			}
			seen := map[uint32]bool{}
			for k := range kinds {
				for i, w := range d.down[k] {
					want := c.sound
					ssrcs := []uint32{w.ssrc}
					if k == picture {
						want, ssrcs = c.first, append(ssrcs, w.rtx)
					}
					for _, n := range ssrcs {
						if n == 0 || seen[n] {
							t.Errorf("%s %d: SSRC %d is missing or not the only one", k, i, n)
						}
						seen[n] = true
					}
					w.ssrc, w.rtx = 0, 0
					if w != want {
						t.Errorf("%s %d: %+v", k, i, w)
					}
				}
			}
		})
	}
}

func TestNegotiatedOdd(t *testing.T) {
	offer, answer := sdpFile(t, "chromium.offer"), sdpFile(t, "chromium.answer")
	video := func(s string, change func(string) string) string { // changes the first video m-line only
		at := strings.Index(s, "m=video")
		end := at + 1 + strings.Index(s[at+1:], "m=")
		return s[:at] + change(s[at:end]) + s[end:]
	}
	without := func(prefix string) func(string) string {
		return func(s string) string {
			var kept []string
			for _, l := range strings.Split(s, "\r\n") {
				if !strings.HasPrefix(l, prefix) {
					kept = append(kept, l)
				}
			}
			return strings.Join(kept, "\r\n")
		}
	}
	for _, c := range []struct {
		name          string
		offer, answer string
		want          upward // the picture
	}{
		{
			"layers by RID declare no SSRC", video(video(offer, without("a=ssrc")), func(s string) string {
				return s + "a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n"
			}), video(answer, func(s string) string {
				return s + "a=extmap:4 " + uriMID + "\r\na=extmap:10 " + uriRID + "\r\na=rid:q recv\r\na=rid:h recv\r\na=simulcast:recv q;h\r\n"
			}),
			upward{pt: 96, rtxPT: 97, nack: true, ids: extensions{twcc: 3, mid: 4, rid: 10}, rid: "q", layers: []string{"q", "h"}},
		},
		{"no RTX", video(offer, without("a=ssrc-group")), video(answer, without("a=fmtp:97")), upward{ssrc: 2239119642, pt: 96, nack: true, ids: extensions{twcc: 3}}},
		{"refused", offer, video(answer, func(s string) string { return strings.Replace(s, "m=video 9", "m=video 0", 1) }), upward{}},
		{"another codec", offer, video(answer, func(s string) string { return strings.Replace(s, "VP8/90000", "H264/90000", 1) }), upward{}},
		{"an id for two-byte headers", offer, video(answer, func(s string) string { return strings.Replace(s, "a=extmap:3 ", "a=extmap:15 ", 1) }), upward{ssrc: 2239119642, rtx: 1299992098, pt: 96, rtxPT: 97, nack: true}},
		{"numbers that are none", video(offer, func(s string) string { return strings.ReplaceAll(s, "2239119642", "x") }), answer, upward{rtx: 1299992098, pt: 96, rtxPT: 97, nack: true, ids: extensions{twcc: 3}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := negotiated(c.offer, c.answer)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(d.up[picture], c.want) {
				t.Errorf("got %+v\nwant %+v", d.up[picture], c.want)
			}
			if d.up[sound].ssrc != 1266784499 || d.down[picture][Slots-1].ssrc == 0 {
				t.Errorf("the rest is not what it was: %+v", d)
			}
		})
	}
	for name, bad := range map[string][2]string{
		"no offer":            {"", answer},
		"no answer":           {offer, "x"},
		"an m-line more":      {offer + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n", answer},
		"five pictures down":  {offer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", answer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n"},
		"two pictures up":     {offer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", answer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=recvonly\r\n"},
		"an answer cut short": {offer, answer[:len(answer)/2]},
	} {
		if _, err := negotiated(bad[0], bad[1]); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzNegotiated(f *testing.F) {
	for _, b := range []string{"chromium", "firefox"} {
		f.Add(sdpFile(f, b+".offer"), sdpFile(f, b+".answer"))
	}
	f.Fuzz(func(t *testing.T, offer, answer string) {
		d, err := negotiated(offer, answer)
		if (d == nil) != (err != nil) {
			t.Fatal(d, err)
		}
	})
}
