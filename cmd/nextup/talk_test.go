package main

import (
	"strings"
	"testing"
	"time"
)

// duo is one interviewer and one candidate in a lobby, ready to meet.
type duo struct {
	event         event
	iv, c         *tab
	interviewer   *person
	candidate     *person
	recruiter     *visitor
	personalLink  string
	interviewLink invited
}

// pair sets a session up without browsers, and brings two people into it with them.
// before runs in both tabs' pages before anything of ours does.
func pair(t *testing.T, s *server, p plan, of, ofCandidate browser, interviewer, candidate *person, before string) duo {
	t.Helper()
	maria := s.found()
	e := maria.publish(p)
	d := duo{event: e, interviewer: interviewer, candidate: candidate, recruiter: maria, interviewLink: e.interviewers[0]}
	s.visitor().signUp(e, candidate.name, "en")
	d.personalLink = maria.personalLink(candidate.name)
	d.c, d.iv = show(t, ofCandidate, candidate), show(t, of, interviewer)
	for _, b := range []*tab{d.c, d.iv} {
		if before != "" {
			b.Preload(before)
		}
	}
	d.c.Open(d.personalLink)
	d.c.ChecksIn()
	d.iv.Enters(d.interviewLink)
	return d
}

// Meet presses Next and waits until the two see and hear each other.
func (d duo) Meet(t *testing.T) {
	t.Helper()
	d.c.Reads("lobby.ready")
	d.iv.Click(`[data-act=next]`)
	if got := d.iv.InTalk(); got != d.candidate.name {
		t.Fatalf("the talk is with %s", got)
	}
	meet(t, d.iv, d.interviewer, d.c, d.candidate)
}

// D-08: a talk between the two browsers, each way round.
func TestTalkAcrossBrowsers(t *testing.T) {
	beside(t, calls)
	c, f := chromium(t), firefox(t)
	t.Run("D-08, S3-54 interviewer in Firefox", func(t *testing.T) {
		pair(t, startServer(t), plan{}, f, c,
			&person{name: "Maria", camera: &violet, tone: firefoxTone}, &person{name: "Ali Hassan", camera: &blue, tone: 800}, "").Meet(t)
	})
	t.Run("D-08, S3-54 candidate in Firefox", func(t *testing.T) {
		d := pair(t, startServer(t), plan{}, c, f,
			&person{name: "Maria", camera: &violet, tone: 1200}, &person{name: "Ali Hassan", camera: &blue, tone: firefoxTone}, "")
		d.Meet(t)
		d.c.Click(`[data-act=mute-camera]`)
		d.c.Silent("a picture", pictureOut)
		d.iv.Reads("talk.seat.off", "name", "Ali")
		d.c.Click(`[data-act=mute-microphone]`)
		d.c.Silent("sound", soundOut)
		d.iv.Reads("talk.theirMicOff")
		d.c.Click(`[data-act=mute-microphone]`)
		d.c.Click(`[data-act=mute-camera]`)
		d.iv.SeesColour(farOfInterviewer, blue, long)
		d.iv.Hears(farOfInterviewer, firefoxTone, long)
		d.c.Click(`[data-act=more]`)
		d.c.Click(`input[data-act=sound-only]`)
		d.c.Click(`[data-act=more]`)
		d.c.Silent("a picture from the other", pictureIn)
		d.iv.Reads("talk.seat.sound", "name", "Ali")
		d.c.Click(`[data-act=mend]`)
		meet(t, d.iv, d.interviewer, d.c, d.candidate)
	})
}

// relayOnly makes a page's connections go through the relay and nowhere else.
const relayOnly = `((protocol) => {
	const Peer = window.RTCPeerConnection;
	const only = (c) => ({
		...c, iceTransportPolicy: "relay",
		iceServers: (c.iceServers ?? []).map((s) => ({...s, urls: [s.urls].flat().filter((u) => u.endsWith("transport=" + protocol))})),
	});
	window.RTCPeerConnection = class extends Peer {
		constructor(c = {}) { super(only(c)); }
		setConfiguration(c) { super.setConfiguration(only(c)); }
	};
})("PROTOCOL");`

// paths are how the page's connections reach the server.
func (b *tab) paths() (found []string) {
	b.t.Helper()
	b.Eval(`(async () => {
		const found = [];
		for (const p of __nextup.peers) {
			if (p.connectionState !== "connected") continue;
			const report = await p.getStats();
			for (const s of report.values()) {
				if (s.type !== "candidate-pair" || s.state !== "succeeded" || !s.nominated) continue;
				const local = report.get(s.localCandidateId);
				found.push(local.candidateType + " " + (local.relayProtocol ?? ""));
			}
		}
		return found;
	})()`, &found)
	return found
}

// D-09: where nothing else gets through, the built-in relay carries picture and
// sound, over UDP and over TCP.
func TestTalkThroughTheRelay(t *testing.T) {
	beside(t, calls)
	c, f := chromium(t), firefox(t)
	for _, x := range []struct {
		protocol string
		of       browser
	}{{"udp", c}, {"tcp", c}, {"tcp", f}} {
		name := "D-09 Chromium over " + x.protocol
		tone := 800.0
		if x.of == f {
			name, tone = "D-09 Firefox over "+x.protocol, firefoxTone
		}
		t.Run(name, func(t *testing.T) {
			d := pair(t, startServer(t), plan{}, c, x.of,
				&person{name: "Maria", camera: &violet, tone: 1200}, &person{name: "Ali Hassan", camera: &blue, tone: tone},
				strings.Replace(relayOnly, "PROTOCOL", x.protocol, 1))
			d.Meet(t)
			for _, b := range []*tab{d.iv, d.c} {
				paths := b.paths()
				if len(paths) == 0 {
					t.Errorf("%s has no path", b.name)
				}
				for _, p := range paths {
					if p != "relay "+x.protocol {
						t.Errorf("%s goes %q, not through the relay over %s", b.name, p, x.protocol)
					}
				}
			}
			d.iv.EndsTalk()
		})
	}
}

// A real camera file instead of a canvas: what getUserMedia gives goes through.
func TestTalkWithACameraFile(t *testing.T) {
	beside(t, calls)
	b := chromiumFilming(t, film(t, green))
	maria := &person{name: "Maria", camera: &violet, tone: 1200}
	ali := &person{name: "Ali Hassan"}
	d := pair(t, startServer(t), plan{}, b, b, maria, ali, "")
	d.c.Reads("lobby.ready")
	d.iv.Click(`[data-act=next]`)
	d.iv.InTalk()
	d.iv.SeesColour(farOfInterviewer, green, long)
	d.c.SeesColour(farOfCandidate, violet, long)
	d.c.Hears(farOfCandidate, maria.tone, long)
	// The browser's own microphone beeps now and then: its energy arrives.
	energy := func() (sum float64) {
		d.iv.Eval(`(async () => {
			let sum = 0;
			for (const p of __nextup.peers) for (const s of (await p.getStats()).values()) if (s.type === "inbound-rtp" && s.kind === "audio") sum += s.totalAudioEnergy ?? 0;
			return sum;
		})()`, &sum)
		return sum
	}
	before := energy()
	if !poll(long, func() bool { return energy() > before }) {
		t.Error("no sound arrives from the browser's own microphone")
	}

	// Before and after the talk nothing leaves either of them.
	d.iv.EndsTalk()
	d.c.Reads("after.interesting")
	sent := [2]int{d.iv.Media().Sent, d.c.Media().Sent}
	d.iv.Click(`[data-act="overall=3"]`)
	d.iv.Click(`[data-act=submit]`)
	d.iv.Lacks(`[data-act=submit]`)
	if now := [2]int{d.iv.Media().Sent, d.c.Media().Sent}; now[0] > sent[0]+2000 || now[1] > sent[1]+2000 {
		t.Errorf("after the talk %v bytes had been sent, and then %v", sent, now)
	}
}

// S3-61: one clock for both, its end announced to both, and more time with what it
// costs those who wait.
func TestTalkClock(t *testing.T) {
	c := chromium(t)
	beside(t, looks)
	s := startServer(t)
	d := pair(t, s, plan{talk: 1}, c, c,
		&person{name: "Maria", camera: &violet, tone: 1200}, &person{name: "Åsa Öberg", camera: &red, tone: 440, phone: true}, "")
	s.visitor().signUp(d.event, "Ola Nordmann", "sv")
	waiting := show(t, c, &person{name: "Ola Nordmann", denied: true}) // neither camera nor microphone
	waiting.Open(d.recruiter.personalLink("Ola Nordmann"))
	waiting.Click(`[data-act=check]`)
	waiting.Click(`[data-act=ask]`)
	waiting.Click(`[data-act=without]`)
	waiting.Press(`[data-act=check-in]`, `document.querySelector(".turn")?.checkVisibility()`)
	waiting.Place(1)
	d.c.Reads("lobby.ready")
	d.iv.Click(`[data-act=next]`)
	d.iv.InTalk()
	waiting.Place(0)
	for _, b := range []*tab{d.iv, d.c} {
		b.Reads("talk.halfMinute")
		if left := b.Left(); left > 31*time.Second || left < 20*time.Second {
			t.Errorf("%s is told of the last half minute with %v left", b.name, left)
		}
	}
	d.iv.Reads("cost.moves.one", "count", "1")
	d.iv.WaitFor(`/^0:0[0-6]$/.test(document.querySelector("#talk .clock").innerText)`, long)
	before := d.iv.Deadline()
	d.iv.Click(`[data-act=extend]`)
	for _, b := range []*tab{d.iv, d.c} {
		b.WaitFor(`/^[12]:\d\d$/.test([...document.querySelectorAll(".plate--clock .clock")].find((e) => e.checkVisibility()).innerText)`, patience)
		if more := b.Deadline().Sub(before); (more - 2*time.Minute).Abs() > 3*time.Second {
			t.Errorf("%s: two minutes more are %v", b.name, more)
		}
		b.Reads("talk.twoMinutes")
	}
	meet(t, d.iv, d.interviewer, d.c, d.candidate) // and nothing was cut
	proved(t, "S3-61 one clock for both, its end announced, more time with its cost")

	// A talk by text: he sees and hears her, and writes.
	d.iv.EndsTalk()
	d.iv.Click(`[data-act=submit]`)
	waiting.Reads("lobby.ready")
	d.iv.Click(`[data-act=next]`)
	waiting.SeesColour(farOfCandidate, violet, long)
	waiting.Hears(farOfCandidate, d.interviewer.tone, long)
	d.iv.Reads("talk.seat.none", "name", "Ola")
	waiting.Click(`#call [data-act=text]`)
	waiting.Type(`#call #rtt`, "Jag kan skriva")
	d.iv.Sees("Jag kan skriva", long)
	d.iv.Type(`#talk #rtt`, "Bra!")
	waiting.Sees("Bra!", long)
	if n := waiting.Counts(); n.Sound+n.Picture > 0 {
		t.Errorf("without camera and microphone %+v was sent", n)
	}
	proved(t, "K11 a talk without camera and microphone is held by text")
}
