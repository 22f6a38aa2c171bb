package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// colour is what a camera shows; far apart ones survive a lossy picture.
type colour struct{ R, G, B uint8 }

var (
	red    = colour{210, 30, 30}
	green  = colour{30, 160, 40}
	blue   = colour{30, 50, 210}
	yellow = colour{220, 200, 30}
	violet = colour{150, 30, 190}
	teal   = colour{20, 170, 180}
)

func (c colour) String() string { return fmt.Sprintf("rgb(%d, %d, %d)", c.R, c.G, c.B) }

// far is the distance of two colours, 0 to 441.
func (c colour) far(d colour) float64 {
	sq := func(a, b uint8) float64 { return math.Pow(float64(a)-float64(b), 2) }
	return math.Sqrt(sq(c.R, d.R) + sq(c.G, d.G) + sq(c.B, d.B))
}

// like says whether a picture of d shows c. The colours above are further than
// twice this from each other and from black, white and grey.
func (c colour) like(d colour) bool { return c.far(d) < 45 }

//go:embed testdata/person.js
var personJS string

// script is what his pages run before their own scripts. With pretended sound the
// browser itself makes the tone.
func (p *person) script(pretended bool) string {
	choices := map[string]any{"denied": p.denied, "tone": p.tone, "pretended": pretended, "colour": nil, "swift": p.swift}
	if p.camera != nil {
		choices["colour"] = p.camera.String()
	}
	b, err := json.Marshal(choices)
	if err != nil {
		panic(err) // it holds a truth value, a number and a text
	}
	return strings.Replace(personJS, "PERSON", string(b), 1)
}

// Colour is what the middle of a video shows now; false while nothing is seen.
func (b *tab) Colour(video string) (colour, bool) {
	b.t.Helper()
	var c *colour
	b.Eval(`__nextup.colour(`+quote(video)+`)`, &c)
	if c == nil {
		return colour{}, false
	}
	return *c, true
}

// SeesColour waits until a video shows a person's camera.
func (b *tab) SeesColour(video string, want colour, limit time.Duration) {
	b.t.Helper()
	var got colour
	var seen bool
	if !poll(limit, func() bool {
		got, seen = b.Colour(video)
		return seen && got.like(want)
	}) {
		b.t.Fatalf("%s: %s does not show %v within %v; it shows %v (%v)", b.name, video, want, limit, got, seen)
	}
}

// Hears waits until the pitch that is heard is the wanted one (Hz, within 3 %).
func (b *tab) Hears(media string, hz float64, limit time.Duration) {
	b.t.Helper()
	var got struct{ Hz, Level float64 }
	if !poll(limit, func() bool {
		b.Eval(`__nextup.tone(`+quote(media)+`)`, &got)
		return got.Level > 0.01 && math.Abs(got.Hz-hz) < 0.03*hz
	}) {
		b.t.Fatalf("%s: %s sounds at %v Hz (strength %.3f), not at %v Hz, after %v", b.name, media, got.Hz, got.Level, hz, limit)
	}
}

// traffic counts what a page's connections carried.
type traffic struct{ Decoded, Sent, Received, Connections int }

// Media is what all of the page's connections carried so far.
func (b *tab) Media() traffic {
	b.t.Helper()
	var m traffic
	b.Eval(`__nextup.media()`, &m)
	return m
}

// film writes a Y4M file of one colour with a moving bar at the bottom, for a
// browser's file camera: 320x180, 10 pictures a second, 2 seconds.
func film(t testing.TB, c colour) string {
	t.Helper()
	const w, h, frames = 320, 180, 20
	path := filepath.Join(t.TempDir(), "camera.y4m")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(f)
	fmt.Fprintf(out, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", w, h)
	y, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
	for n := range frames {
		fmt.Fprint(out, "FRAME\n")
		for row := range h {
			for col := range w {
				if row >= h-15 && col >= n*15 && col < n*15+20 {
					_ = out.WriteByte(255)
				} else {
					_ = out.WriteByte(y)
				}
			}
		}
		for _, plane := range []byte{cb, cr} {
			for range w / 2 * h / 2 {
				_ = out.WriteByte(plane)
			}
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
