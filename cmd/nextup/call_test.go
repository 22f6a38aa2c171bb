package main

import (
	_ "embed"
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nextup/media/mediatest"
)

//go:embed testdata/devices.js
var devicesJS string

//go:embed testdata/path.js
var pathJS string

// table are the devices on somebody's desk: cameras and their colours, microphones and their pitches.
type table struct {
	Cameras     map[string]string  `json:"cameras"`
	Microphones map[string]float64 `json:"microphones"`
	Speakers    []string           `json:"speakers"`
}

func (d table) script() string {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err) // it holds texts and numbers
	}
	return strings.Replace(devicesJS, "DEVICES", string(b), 1)
}

// path leads the media of pages whose address begins like this through a network of the test.
func (s *server) path(prefix string) (*mediatest.Path, string) {
	s.t.Helper()
	port, err := strconv.Atoi(s.args[slices.Index(s.args, "--media-port")+1])
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := mediatest.NewPath(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port)))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(p.Close)
	return p, `if (location.pathname.startsWith(` + quote(prefix) + `)) {` + strings.Replace(pathJS, "PORT", strconv.Itoa(p.Port()), 1) + `}`
}

// counts are what a page's connections sent of each kind and got, over all of them that still live.
type counts struct{ Sound, Picture, SoundIn, PictureIn int }

func (b *tab) Counts() (c counts) {
	b.t.Helper()
	b.Eval(`(async () => {
		const c = { sound: 0, picture: 0, soundIn: 0, pictureIn: 0 };
		for (const p of __nextup.peers) {
			if (p.connectionState === "closed") continue;
			for (const s of (await p.getStats()).values()) {
				if (s.type === "outbound-rtp") c[s.kind === "audio" ? "sound" : "picture"] += s.packetsSent ?? 0;
				if (s.type === "inbound-rtp") c[s.kind === "audio" ? "soundIn" : "pictureIn"] += s.packetsReceived ?? 0;
			}
		}
		return c;
	})()`, &c)
	return c
}

// Silent waits until a page sends nothing of a kind any more, while something else goes on or not.
func (b *tab) Silent(kind string, of func(counts) int) {
	b.t.Helper()
	if !poll(long, func() bool {
		before := of(b.Counts())
		time.Sleep(700 * time.Millisecond) // a time in which 35 packets of sound would leave
		return of(b.Counts()) == before
	}) {
		b.t.Fatalf("%s: %s leaves the device all the time", b.name, kind)
	}
}

// Rises waits until a count goes up.
func (b *tab) Rises(what string, of func(counts) int) {
	b.t.Helper()
	before := of(b.Counts())
	if !poll(long, func() bool { return of(b.Counts()) > before+5 }) {
		b.t.Fatalf("%s: %s does not go on", b.name, what)
	}
}

func soundOut(c counts) int   { return c.Sound }
func pictureOut(c counts) int { return c.Picture }
func soundIn(c counts) int    { return c.SoundIn }
func pictureIn(c counts) int  { return c.PictureIn }

// NotReads waits until a text of the catalogue is gone from the page.
func (b *tab) NotReads(key string, pairs ...string) {
	b.t.Helper()
	b.WaitFor(`!document.body.innerText.includes(`+quote(word(b.Lang(), key, pairs...))+`)`, long)
}

// What two people do in a talk beside talking, seen from both sides.
func TestCall(t *testing.T) {
	beside(t, calls)
	c := chromium(t)
	s := startServer(t)
	network, through := s.path("/c/")
	maria := &person{name: "Maria", camera: &violet, tone: 1200, swift: true}
	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440, phone: true}
	desk := table{
		Cameras:     map[string]string{"Camera 1": red.String(), "Camera 2": green.String()},
		Microphones: map[string]float64{"Mic 1": 440, "Mic 2": 660},
		Speakers:    []string{"Loud", "Ear"},
	}
	d := pair(t, s, plan{}, c, c, maria, asa, `if (location.pathname.startsWith("/c/")) {`+desk.script()+deaf+`}`+through)
	iv, a := d.iv, d.c
	// The candidate's first text channel never opens: all is built anew before he is called.
	a.WaitFor(`__nextup.peers.length > 1 && __nextup.texts.at(-1)?.readyState === "open"`, long)
	d.Meet(t)
	run := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			whole := a.t
			iv.t, a.t = t, t
			defer func() { iv.t, a.t = whole, whole }()
			f(t)
		})
		if t.Failed() {
			t.FailNow() // the rest builds on it
		}
	}

	run("K11 letter by letter, both ways, and kept nowhere", func(t *testing.T) { realTimeText(t, s, iv, a) })
	run("S3-23 sound and picture are good to talk through", func(t *testing.T) { goodToTalkThrough(t, iv, a) })
	run("S3-65 a socket that drops does not touch the media", func(t *testing.T) {
		a.Allow(outage)
		a.Eval(`__nextup.cutOff(true)`, nil)
		a.Reads("live.lost")
		iv.Reads("room.lostTitle", "name", "Åsa")
		before := []int{iv.Media().Connections, a.Media().Connections}
		for _, b := range []*tab{iv, a} {
			b.Rises("the picture", pictureIn)
			b.Rises("the sound", soundIn)
		}
		iv.SeesColour(farOfInterviewer, red, long) // and it is not covered
		a.Eval(`__nextup.cutOff(false)`, nil)
		a.NotReads("live.lost")
		iv.NotReads("room.lostTitle", "name", "Åsa")
		if now := []int{iv.Media().Connections, a.Media().Connections}; !slices.Equal(now, before) {
			t.Errorf("there were %v connections, now %v", before, now)
		}
	})
	run("S3-23 muted sends nothing, and speaking is noticed", func(t *testing.T) {
		a.Click(`[data-act=mute-microphone]`)
		a.Silent("sound", soundOut)
		a.Reads("talk.speaksMuted")
		iv.Has(`.seat__mic`)
		iv.Reads("talk.theirMicOff")
		a.Rises("the own picture", pictureOut)
		a.Click(`[data-act=mend]`)
		iv.Hears(farOfInterviewer, 440, long)
		iv.Lacks(`.seat__mic`)
	})
	run("S3-23 camera off is off: its light and its picture", func(t *testing.T) {
		a.Click(`[data-act=mute-camera]`)
		a.WaitFor(`__devices.live("camera") === 0`, patience)
		a.Silent("a picture", pictureOut)
		iv.Reads("talk.seat.off", "name", "Åsa")
		iv.Rises("the sound", soundIn)
		// The words change with the language, the media does not hear of it.
		iv.Speak("sv")
		iv.Reads("talk.seat.off", "name", "Åsa")
		iv.Speak("en")
		a.Click(`[data-act=mute-camera]`)
		iv.SeesColour(farOfInterviewer, red, long)
		iv.NotReads("talk.seat.off", "name", "Åsa")
	})
	run("S3-23 other devices in the middle of it", func(t *testing.T) {
		a.Click(`[data-act=more]`)
		a.Type(`select[data-act=choose-camera]`, "Camera 2")
		iv.SeesColour(farOfInterviewer, green, long)
		a.Type(`select[data-act=choose-microphone]`, "Mic 2")
		iv.Hears(farOfInterviewer, 660, long)
		a.Type(`select[data-act=choose-speaker]`, "Ear")
		a.WaitFor(`document.querySelector("#call video.live-remote").sinkId === "Ear"`, patience)
		a.Click(`[data-act=more]`)
		// The chosen ones are pulled out: others step in. They come back: so does the choice.
		a.Eval(`__devices.unplug("microphones", "Mic 2")`, nil)
		a.Reads("talk.nowUsing", "name", "Mic 1")
		iv.Hears(farOfInterviewer, 440, long)
		a.Eval(`__devices.plug("microphones", "Mic 2", 660)`, nil)
		iv.Hears(farOfInterviewer, 660, long)
		a.Reload() // and after a reload they are still chosen
		iv.SeesColour(farOfInterviewer, green, long)
		iv.Hears(farOfInterviewer, 660, long)
	})
	run("S3-23 a camera that another program took, a microphone that fell silent", func(t *testing.T) {
		a.Eval(`__devices.still()`, nil)
		a.Silent("a picture", pictureOut)
		a.Rises("a picture from the camera asked for anew", pictureOut)
		a.Eval(`__devices.hush()`, nil)
		quiet := a.Counts().Sound
		begun := time.Now()
		a.Reads("talk.unheard")
		// Of silence next to nothing is sent: it would be 50 packets a second.
		if n, whole := a.Counts().Sound-quiet, int(50*time.Since(begun).Seconds()); n > whole/2 {
			t.Errorf("%d packets of silence were sent, of %d", n, whole)
		}
		a.Click(`[data-act=mend]`)
		iv.Hears(farOfInterviewer, 660, long)
		a.NotReads("talk.unheard")
	})
	run("S3-23 sound only, and back", func(t *testing.T) {
		a.Click(`[data-act=more]`)
		a.Click(`input[data-act=sound-only]`)
		a.Click(`[data-act=more]`)
		a.Reads("talk.soundOnlyOn")
		a.Silent("a picture", pictureOut)
		a.Silent("a picture from the other", pictureIn)
		iv.Reads("talk.seat.sound", "name", "Åsa")
		iv.Hears(farOfInterviewer, 660, long)
		a.Hears(farOfCandidate, maria.tone, long)
		a.Click(`[data-act=mend]`)
		iv.SeesColour(farOfInterviewer, green, long)
		a.SeesColour(farOfCandidate, violet, long)
	})
	run("S3-65 the network goes and comes back", func(t *testing.T) {
		network.Cut()
		a.Reads("talk.mediaLost")
		iv.Reads("talk.seat.frozen", "name", "Åsa")
		network.Mend()
		iv.SeesColour(farOfInterviewer, green, long)
		iv.Hears(farOfInterviewer, 660, long)
		a.SeesColour(farOfCandidate, violet, long)
		a.NotReads("talk.mediaLost")
		iv.NotReads("talk.seat.frozen", "name", "Åsa")
	})
	run("S3-23 a poor network takes the picture and leaves the sound", func(t *testing.T) {
		network.Lose(3)
		a.Reads("talk.poorUp")
		a.Has(`.sign--own[data-grade=poor]`)
		a.Click(`[data-act=connection]`)
		a.Has(`.pop--sign .sign__do`) // what to do about it
		a.Click(`.pop--sign button`)
		iv.Has(`.sign--theirs[data-grade=poor]`)
		iv.Reads("talk.seat.poor", "name", "Åsa")
		a.Silent("a picture", pictureOut)
		a.Silent("a picture from the other", pictureIn)
		iv.Rises("the sound", soundIn)
		a.Rises("the sound", soundIn)
		network.Lose(0)
		iv.SeesColour(farOfInterviewer, green, long) // by itself
		a.SeesColour(farOfCandidate, violet, long)
		a.NotReads("talk.poorUp")
		a.Lacks(`.sign--own[data-grade=poor]`)
	})
	run("S3-65 the server is restarted: both wait with their clock, and meet again", func(t *testing.T) {
		for _, b := range []*tab{iv, a} {
			b.Allow(outage)
		}
		s.kill9()
		for _, b := range []*tab{iv, a} {
			b.Reads("live.lost")
			b.Reads("talk.clockWaits")
		}
		at := a.Left()
		a.Eval(`new Promise((done) => setTimeout(done, 2500))`, nil)
		if now := a.Left(); now < at-time.Second {
			t.Errorf("without a connection the clock went from %v to %v", at, now)
		}
		s.start()
		iv.SeesColour(farOfInterviewer, green, long)
		a.SeesColour(farOfCandidate, violet, long)
		iv.Hears(farOfInterviewer, 660, long)
	})
	iv.EndsTalk()
}
