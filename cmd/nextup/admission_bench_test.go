package main

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

//go:embed testdata/admission.js
var admissionJS string

// admission is what a page noted of one, ms since 1970.
type admission struct {
	Next   float64
	Said   map[string]float64
	Packet float64
	Calls  []struct {
		At, Left     float64
		State, Stage string
	}
	Frames []struct {
		At     float64
		Colour []uint8
	}
	Shown []float64
}

// zero is when the countdown ended, by the last word of the server before it.
func (a admission) zero() float64 {
	for _, c := range slices.Backward(a.Calls) {
		if c.State == "calling" && c.Stage == "countdown" {
			return c.At + c.Left
		}
	}
	return 0
}

// told is when the server first said that something is so.
func (a admission) told(state, stage string) float64 {
	for _, c := range a.Calls {
		if c.State == state && c.Stage == stage {
			return c.At
		}
	}
	return 0
}

// BenchmarkAdmission measures in Chromium how soon an interviewer sees a candidate
// who waited in the lobby with his connection made and nothing attached: from the
// countdown's zero, and without a countdown from the press on Next, to the first
// decoded picture. Every time it is another candidate, with a camera of 30 pictures
// a second. Run it with -benchtime 24x.
func BenchmarkAdmission(b *testing.B) {
	for _, x := range []struct {
		name      string
		countdown string
	}{{"countdown of 3 s", "3"}, {"without countdown", "0"}} {
		b.Run(x.name, func(b *testing.B) {
			c := chromium(b)
			s := startServer(b)
			office := s.found()
			e := office.publish(plan{countdown: x.countdown, places: 400, length: 720})
			iv := show(b, c, &person{name: recruiterName, camera: &violet, tone: 1200})
			iv.Preload(admissionJS)
			iv.Enters(e.interviewers[0])
			var decoded, seen []float64
			steps := map[string][]float64{}
			for b.Loop() {
				n := len(decoded)
				colour := []colour{red, green, blue, yellow}[n%4]
				who := &person{name: fmt.Sprint("Candidate ", n), camera: &colour, tone: 440, swift: true}
				s.visitor().signUp(e, who.name, "en")
				a := show(b, c, who)
				a.Preload(admissionJS)
				a.Open(office.personalLink(who.name))
				a.ChecksIn()
				a.Reads("lobby.ready")
				iv.WaitFor(`document.querySelector("[data-act=next]")?.checkVisibility()`, long)
				time.Sleep(700 * time.Millisecond) // the two pages have drawn what they draw
				iv.Eval(`void __admission.begin()`, nil)
				a.Eval(`void __admission.begin()`, nil)
				iv.Click(`[data-act=next]`)
				iv.InTalk()
				iv.WaitFor(`__admission.frames.length > 10 && __admission.shown.length`, long)
				var got admission
				iv.Eval(`__admission`, &got)
				from := got.Next
				if x.countdown != "0" {
					from = got.zero()
				}
				if f := got.Frames[0].Colour; from == 0 || len(f) != 3 || !colour.like(struct{ R, G, B uint8 }{f[0], f[1], f[2]}) {
					b.Fatalf("the first picture is %v, %s has %v: %+v", f, who.name, colour, got.Calls)
				}
				var theirs admission
				a.Eval(`__admission`, &theirs)
				for step, at := range map[string]float64{
					"1 he is told": theirs.told("admitted", ""), "2 he acknowledges": theirs.Said["acknowledge"],
					"3 she is told of the talk": got.told("talk", ""), "4 a packet is there": got.Packet,
				} {
					steps[step] = append(steps[step], at-from)
				}
				decoded, seen = append(decoded, got.Frames[0].At-from), append(seen, got.Shown[0]-from)
				iv.EndsTalk()
				iv.Click(`[data-act=submit]`)
				a.Close()
			}
			for _, step := range slices.Sorted(maps.Keys(steps)) {
				b.Logf("%s: %s", step, distribution(steps[step]))
			}
			for name, all := range map[string][]float64{"decoded": decoded, "shown": seen} {
				b.Logf("%s: %s", name, distribution(all))
				b.ReportMetric(percentile(all, 50), "ms-p50-"+name)
				b.ReportMetric(percentile(all, 95), "ms-p95-"+name)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// percentile is the value that p percent of them do not exceed.
func percentile(all []float64, p int) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

func distribution(all []float64) string {
	var out strings.Builder
	for _, v := range slices.Sorted(slices.Values(all)) {
		fmt.Fprintf(&out, "%.0f ", v)
	}
	return fmt.Sprintf("n = %d: %s", len(all), out.String())
}
