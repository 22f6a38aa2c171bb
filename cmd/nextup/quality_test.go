package main

import (
	"encoding/json"
	"slices"
	"testing"
)

// When less picture is sent and when it comes back, judged by the product's own
// module with made-up measurements, one each two seconds.
func TestS3_23_PoorNetworks(t *testing.T) {
	type sample struct {
		Loss float64 `json:"loss"` // share
		RTT  float64 `json:"rtt"`  // seconds
		Room int     `json:"room"` // bit/s
	}
	type step struct {
		Times  int    `json:"times"`
		Sample sample `json:"sample"`
	}
	good, bad, worst := sample{RTT: 0.05, Room: 900_000}, sample{Loss: 0.1, RTT: 0.05}, sample{Loss: 0.4, RTT: 0.1}
	narrow, slow := sample{RTT: 0.05, Room: 100_000}, sample{RTT: 1.2}
	fair := sample{Loss: 0.05, RTT: 0.05}
	b := show(t, chromium(t), &person{name: "Nobody"})
	s := startServer(t)
	b.Open(s.base + "/help")
	for name, x := range map[string]struct {
		steps []step
		want  []int // the level after each step: 0 all, 3 sound only
	}{
		"a good network is left alone":           {[]step{{60, good}}, []int{0}},
		"one bad moment is no matter":            {[]step{{1, bad}, {1, good}, {1, bad}, {1, good}}, []int{0, 0, 0, 0}},
		"loss: less, least, sound only":          {[]step{{1, bad}, {2, bad}, {2, bad}, {2, bad}, {20, bad}}, []int{0, 1, 2, 3, 3}},
		"much loss: sound only at once":          {[]step{{2, worst}, {1, worst}}, []int{0, 3}},
		"long rounds, too":                       {[]step{{7, slow}}, []int{3}},
		"little room: as much as fits, no swing": {[]step{{60, narrow}}, []int{2}},
		"back step by step":                      {[]step{{3, worst}, {6, good}, {1, good}, {5, good}, {5, good}}, []int{3, 3, 2, 1, 0}},
		"fair is not good enough to go back":     {[]step{{3, worst}, {60, fair}}, []int{3, 3}},
		"each relapse waits longer":              {[]step{{3, worst}, {7, good}, {3, worst}, {7, good}, {6, good}}, []int{3, 2, 3, 3, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			steps, err := json.Marshal(x.steps)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			b.Eval(`(async (steps) => {
				const script = document.querySelector("script[type=module]").src;
				const { Pace } = await import(new URL("quality.js", script).href);
				const pace = new Pace();
				let now = 0;
				return steps.map(({ times, sample }) => {
					for (let i = 0; i < times; i++) pace.step(sample, (now += 2000));
					return pace.level;
				});
			})(`+string(steps)+`)`, &got)
			if !slices.Equal(got, x.want) {
				t.Errorf("%v, want %v", got, x.want)
			}
		})
	}
}
