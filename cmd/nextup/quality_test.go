package main

import (
	"encoding/json"
	"slices"
	"strings"
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

	// What is sent gives up lines, never movement.
	t.Run("at least 20 pictures a second of QVGA as long as a picture is sent", func(t *testing.T) {
		var shapes []struct{ Lines, Frames, Bits int }
		b.Eval(`import(new URL("quality.js", document.querySelector("script[type=module]").src).href).then((m) => [m.fine, ...m.sent])`, &shapes)
		for i, x := range shapes {
			if x.Lines < 240 || x.Frames < 20 || i > 0 && x.Bits >= shapes[i-1].Bits {
				t.Errorf("at %d: %+v", i, shapes)
			}
		}
		if shapes[0].Lines != 720 || shapes[0].Frames != 30 || shapes[1].Lines != 360 || shapes[1].Frames != 30 {
			t.Errorf("at best %+v", shapes)
		}
	})
	t.Run("720 lines once there is room for them, and no longer", func(t *testing.T) {
		var got []bool
		b.Eval(`(async () => {
			const { Fine } = await import(new URL("quality.js", document.querySelector("script[type=module]").src).href);
			const fine = new Fine();
			let now = 0;
			return [[1_500_000, true], [1_500_000, true], [1_500_000, true], [1_000_000, true], [800_000, true], [1_500_000, true],
				[1_500_000, true], [0, true], [1_500_000, true], [1_500_000, true], [1_500_000, true], [1_500_000, false]]
				.map(([room, may]) => fine.step(room, may, (now += 2000)));
		})()`, &got)
		if want := []bool{false, false, true, true, false, false, false, false, false, false, true, false}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
	for name, x := range map[string]struct {
		looks []string // what is counted more at each look, two seconds apart
		want  string
	}{
		"a good connection":                        {[]string{"", "", "", "", "", ""}, "good "},
		"one bad look changes nothing":             {[]string{"", "", "", "lost: 9", "", ""}, "good "},
		"a tenth is lost":                          {[]string{"", "lost: 12", "lost: 12", "lost: 12"}, "poor loss"},
		"a twentieth is lost":                      {[]string{"", "lost: 5", "lost: 5", "lost: 5"}, "weak loss"},
		"a long way":                               {[]string{"rtt: 0.4", "rtt: 0.4", "rtt: 0.4", "rtt: 0.4"}, "weak slow"},
		"a very long way":                          {[]string{"rtt: 0.9", "rtt: 0.9", "rtt: 0.9", "rtt: 0.9"}, "poor slow"},
		"it stands still half of the time":         {[]string{"", "lost: 2, frozen: 1", "lost: 2, frozen: 1", "lost: 2, frozen: 1", "lost: 2, frozen: 1", "lost: 2, frozen: 1"}, "poor freezes"},
		"it stands still and nothing is lost":      {[]string{"", "frozen: 1", "frozen: 1", "frozen: 1", "frozen: 1", "frozen: 1"}, "weak busy"},
		"a camera that was off does not count":     {[]string{"", "away: true, frozen: 9", "away: true, frozen: 9", "frozen: 9", ""}, "good "},
		"it gets better, and stays so for a while": {[]string{"", "lost: 12", "lost: 12", "lost: 12", "", "", "", "", "", "", "", ""}, "good "},
	} {
		t.Run("the sign: "+name, func(t *testing.T) {
			var got string
			b.Eval(`(async (looks) => {
				const { Meter, Sign, judge } = await import(new URL("figures.js", document.querySelector("script[type=module]").src).href);
				const meter = new Meter();
				const sign = new Sign();
				meter.begin(0);
				const sum = { packets: 0, lost: 0, frozen: 0 };
				looks.forEach((more, i) => {
					const look = { packets: 100, lost: 0, frozen: 0, rtt: 0.05, away: false, ...more };
					for (const k of ["packets", "lost", "frozen"]) sum[k] += look[k];
					const slot = { packets: sum.packets, lost: sum.lost, freezes: 0, frozen: sum.frozen, soundPackets: 0, soundLost: 0 };
					const none = { packets: 0, lost: 0, freezes: 0, frozen: 0, soundPackets: 0, soundLost: 0 };
					meter.take({ rtt: look.rtt, protocol: "udp", relayed: false, lossUp: 0, bytesUp: 0, bytesDown: 0, slots: [slot, none, none, none] },
						[look.away ? "" : "ali", "", "", ""], 2000 * (i + 1));
					sign.step(judge(meter.lately, 0, false));
				});
				return sign.grade + " " + sign.why;
			})([{`+strings.Join(x.looks, "}, {")+`}])`, &got)
			if got != x.want {
				t.Errorf("%q, want %q", got, x.want)
			}
		})
	}
	t.Run("the figures of a talk", func(t *testing.T) {
		var got struct {
			Seconds, RTT, Up, Down, Freezes, Frozen, First int
			LossUp, LossDown                               float64
			Way                                            string
		}
		b.Eval(`(async () => {
			const { Meter } = await import(new URL("figures.js", document.querySelector("script[type=module]").src).href);
			const meter = new Meter();
			meter.begin(1000);
			meter.picture(1180);
			meter.picture(9000);
			const none = { packets: 0, lost: 0, freezes: 0, frozen: 0, soundPackets: 0, soundLost: 0 };
			for (let n = 0; n <= 20; n++) {
				meter.take({ rtt: 0.08, protocol: "tcp", relayed: true, lossUp: 0.01, bytesUp: n * 100_000, bytesDown: n * 200_000,
					slots: [{ packets: 190 * n, lost: 2 * n, freezes: n, frozen: 0.2 * n, soundPackets: 0, soundLost: 0 }, none, none, none] }, ["ali", "", "", ""], 1000 + 2000 * n);
			}
			return meter.whole;
		})()`, &got)
		if got.Seconds != 40 || got.RTT != 80 || got.Up != 400 || got.Down != 800 || got.Freezes != 20 || got.Frozen != 4000 || got.First != 180 ||
			got.LossUp != 0.01 || got.LossDown != 0.01 || got.Way != "relay" {
			t.Errorf("%+v", got)
		}
	})
}
