package media

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
)

func TestRids(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  string
		lines []string
		want  []string
		bad   bool
	}{
		{name: "no simulcast"},
		{name: "two, one of them off", lines: []string{"rid:h send", "rid:l send", "simulcast:send h;~l"}, want: []string{"h", "l"}},
		{name: "with restrictions", lines: []string{"rid:a send pt=96;max-width=640", "rid:b send", "simulcast:send a;b"}, want: []string{"a", "b"}},
		{name: "one", lines: []string{"rid:h send", "simulcast:send h"}, want: []string{"h"}},
		{name: "of sound", kind: "audio", lines: []string{"rid:h send", "simulcast:send h"}, bad: true},
		{name: "four", lines: []string{"rid:a send", "rid:b send", "rid:c send", "rid:d send", "simulcast:send a;b;c;d"}, bad: true},
		{name: "alternatives", lines: []string{"rid:a send", "rid:b send", "simulcast:send a,b"}, bad: true},
		{name: "downwards", lines: []string{"rid:a recv", "simulcast:recv a"}, bad: true},
		{name: "both ways", lines: []string{"rid:a send", "simulcast:send a recv b"}, bad: true},
		{name: "unnamed", lines: []string{"rid:a send", "simulcast:send a;b"}, bad: true},
		{name: "not used", lines: []string{"rid:a send", "rid:b send", "simulcast:send a"}, bad: true},
		{name: "twice", lines: []string{"rid:a send", "rid:a send", "simulcast:send a;a"}, bad: true},
		{name: "twice the same of two", lines: []string{"rid:a send", "rid:b send", "simulcast:send a;a"}, bad: true},
		{name: "rids alone", lines: []string{"rid:a send"}, bad: true},
		{name: "not a name", lines: []string{"rid:a/b send", "simulcast:send a/b"}, bad: true},
		{name: "a long name", lines: []string{"rid:" + strings.Repeat("a", 17) + " send", "simulcast:send " + strings.Repeat("a", 17)}, bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &sdp.MediaDescription{MediaName: sdp.MediaName{Media: "video"}}
			if c.kind != "" {
				m.MediaName.Media = c.kind
			}
			for _, l := range c.lines {
				k, v, _ := strings.Cut(l, ":")
				m.WithValueAttribute(k, v)
			}
			got, err := rids(m)
			if (err != nil) != c.bad || !slices.Equal(got, c.want) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// TestOfferSimulcast: a whole offer with layers is taken, one with nonsense is refused.
func TestOfferSimulcast(t *testing.T) {
	const offer = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 AA\r\n" +
		"m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\na=mid:1\r\na=rid:h send\r\na=rid:l send\r\na=simulcast:"
	if _, _, err := readOffer(offer+"send h;~l\r\n", nil); err != nil {
		t.Error(err)
	}
	if _, _, err := readOffer(offer+"send h;l;m\r\n", nil); !errors.Is(err, ErrOffer) {
		t.Errorf("nonsense: %v", err)
	}
}
