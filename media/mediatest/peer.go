package mediatest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// Slots is how many other people a browser can show.
const Slots = 4

// Options say how a Peer connects and what it sends.
type Options struct {
	// Signal hands over an offer and gives the answer. It is called again by Restart.
	Signal func(ctx context.Context, offer string) (answer string, err error)
	// ICEServers are the TURN servers to use, if any.
	ICEServers []webrtc.ICEServer
	// RelayOnly allows no path but through TURN.
	RelayOnly bool
	// Clip is sent, in a loop, while attached. Nil sends nothing.
	Clip *Clip
	// Low is sent as a second layer of the picture beside Clip's (simulcast). Nil sends one stream.
	Low *Clip
	// LoseUp and LoseDown lose every n-th packet of that way, sound and picture
	// alike; not those that are sent again. 0 loses none.
	LoseUp, LoseDown int
	// Networks are the kinds of network to use; nil is UDP over IPv4.
	Networks []webrtc.NetworkType
	// Impatient notices within seconds that the network is gone, not within half a minute.
	Impatient bool
	// Know are the clips to look for in what is received.
	Know []*Clip
}

// Peer is a headless browser: the same m-lines as web/js/peer.js, real VP8 and
// Opus frames.
type Peer struct {
	o     Options
	pc    *webrtc.PeerConnection
	audio *webrtc.TrackLocalStaticSample
	video *webrtc.TrackLocalStaticSample
	low   *webrtc.TrackLocalStaticSample // nil without simulcast
	text  *webrtc.DataChannel
	state *webrtc.DataChannel
	up    chan struct{} // closed when media can flow
	key   chan struct{} // a key frame is asked for
	slots [Slots]slot
	wait  sync.WaitGroup

	layers layers

	mu     sync.Mutex
	stop   context.CancelFunc // ends the sending; nil while detached
	failed error
	texts  []string
	asked  int
	closed bool
}

// Dial connects and returns when media can flow. Nothing is sent before Attach.
func Dial(ctx context.Context, o Options) (*Peer, error) {
	p := &Peer{o: o, up: make(chan struct{}), key: make(chan struct{}, 1)}
	api, err := newAPI(o, &p.layers)
	if err != nil {
		return nil, err
	}
	c := webrtc.Configuration{ICEServers: o.ICEServers}
	if o.RelayOnly {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	if p.pc, err = api.NewPeerConnection(c); err != nil {
		return nil, err
	}
	for i := range p.slots {
		p.slots[i].know(o.Know)
	}
	if err := p.dial(ctx); err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

func newAPI(o Options, l *layers) (*webrtc.API, error) {
	var m webrtc.MediaEngine
	if err := m.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	var r interceptor.Registry
	r.Add(&loss{up: o.LoseUp, down: o.LoseDown}) // first is nearest to the network
	r.Add(l)
	if err := webrtc.RegisterDefaultInterceptors(&m, &r); err != nil {
		return nil, err
	}
	s := webrtc.SettingEngine{LoggerFactory: quiet{}}
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	if o.Networks != nil {
		s.SetNetworkTypes(o.Networks)
	}
	s.SetRelayAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	if o.Impatient {
		s.SetICETimeouts(time.Second, 2*time.Second, 300*time.Millisecond)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&m), webrtc.WithInterceptorRegistry(&r), webrtc.WithSettingEngine(s)), nil
}

// dial makes the m-lines in the browser's order and connects.
func (p *Peer) dial(ctx context.Context) error {
	var err error
	if p.audio, err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "audio", "up"); err != nil {
		return err
	}
	vp8 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
	if p.o.Low == nil {
		p.video, err = webrtc.NewTrackLocalStaticSample(vp8, "video", "up")
	} else if p.video, err = webrtc.NewTrackLocalStaticSample(vp8, "video", "up", webrtc.WithRTPStreamID(high)); err == nil {
		p.low, err = webrtc.NewTrackLocalStaticSample(vp8, "video", "up", webrtc.WithRTPStreamID(low))
	}
	if err != nil {
		return err
	}
	var picture *webrtc.RTPTransceiver
	for _, t := range []webrtc.TrackLocal{p.audio, p.video} {
		tr, err := p.pc.AddTransceiverFromTrack(t, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			return err
		}
		if t == p.video && p.low != nil {
			if err := tr.Sender().AddEncoding(p.low); err != nil {
				return err
			}
			picture = tr
			p.wait.Go(func() { p.feedback(simulcast{tr.Sender()}) })
		}
		p.wait.Go(func() { p.feedback(tr.Sender()) })
	}
	receivers := map[*webrtc.RTPReceiver]int{}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		for i := range Slots {
			tr, err := p.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
			if err != nil {
				return err
			}
			receivers[tr.Receiver()] = i
		}
	}
	p.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		if i, ok := receivers[r]; ok {
			p.slots[i].read(t)
		}
	})
	if p.text, err = p.pc.CreateDataChannel("text", nil); err != nil {
		return err
	}
	p.text.OnMessage(func(m webrtc.DataChannelMessage) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.texts = append(p.texts, string(m.Data))
	})
	if p.state, err = p.pc.CreateDataChannel("state", nil); err != nil {
		return err
	}
	var once sync.Once
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			once.Do(func() { close(p.up) })
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			p.lost(s.String())
		}
	})
	if err := p.negotiate(ctx, nil); err != nil {
		return err
	}
	if picture != nil {
		p.layers.know(picture)
	}
	select {
	case <-p.up:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("mediatest: not connected, ICE is %s: %w", p.pc.ICEConnectionState(), ctx.Err())
	}
}

func (p *Peer) lost(why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = fmt.Errorf("mediatest: connection %s", why)
}

func (p *Peer) negotiate(ctx context.Context, o *webrtc.OfferOptions) error {
	offer, err := p.pc.CreateOffer(o)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return ctx.Err()
	}
	answer, err := p.o.Signal(ctx, p.pc.LocalDescription().SDP)
	if err != nil {
		return err
	}
	return p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// Restart makes an ICE restart and returns when the answer is in.
func (p *Peer) Restart(ctx context.Context) error {
	return p.negotiate(ctx, &webrtc.OfferOptions{ICERestart: true})
}

// Attach begins sending the clip, as a browser does on replaceTrack(track).
func (p *Peer) Attach() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil || p.closed || p.o.Clip == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.wait.Go(func() { p.send(ctx) })
}

// Detach stops sending, as a browser does on replaceTrack(null).
func (p *Peer) Detach() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
}

// send plays the clip round and round, in step with the clock, until ctx ends.
func (p *Peer) send(ctx context.Context) {
	c := p.o.Clip
	began := time.Now()
	picture, sound := c.nextKey(0), 0
	var pictures, smalls, sounds time.Duration // how much has been sent
	small := 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.key:
			picture = c.nextKey(picture)
			continue
		case <-timer.C:
		}
		for at := time.Since(began); pictures <= at; pictures += c.frame {
			_ = p.video.WriteSample(media.Sample{Data: c.video[picture], Duration: c.frame})
			picture = (picture + 1) % len(c.video)
		}
		for at := time.Since(began); p.low != nil && smalls <= at; smalls += p.o.Low.frame {
			_ = p.low.WriteSample(media.Sample{Data: p.o.Low.video[small], Duration: p.o.Low.frame})
			small = (small + 1) % len(p.o.Low.video)
		}
		for at := time.Since(began); sounds <= at; sounds += audioFrame {
			_ = p.audio.WriteSample(media.Sample{Data: c.audio[sound], Duration: audioFrame})
			sound = (sound + 1) % len(c.audio)
		}
		timer.Reset(time.Until(began.Add(min(pictures, sounds))))
	}
}

// feedback answers requests for a key frame.
func (p *Peer) feedback(s interface {
	ReadRTCP() ([]rtcp.Packet, interceptor.Attributes, error)
},
) {
	for {
		packets, _, err := s.ReadRTCP()
		if err != nil {
			return
		}
		for _, r := range packets {
			switch r.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				p.mu.Lock()
				p.asked++
				p.mu.Unlock()
				select {
				case p.key <- struct{}{}:
				default:
				}
			}
		}
	}
}

// Asked is how many key frames have been asked for.
func (p *Peer) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Slot is what has come in for one slot so far.
func (p *Peer) Slot(i int) Stats { return p.slots[i].stats() }

// Say writes on the text channel.
func (p *Peer) Say(text string) error {
	if p.text.ReadyState() != webrtc.DataChannelStateOpen {
		return errors.New("mediatest: the text channel is not open")
	}
	return p.text.SendText(text)
}

// State says how camera, microphone and network do, as JSON (media.State).
func (p *Peer) State(state string) error {
	if p.state.ReadyState() != webrtc.DataChannelStateOpen {
		return errors.New("mediatest: the state channel is not open")
	}
	return p.state.SendText(state)
}

// Texts are the messages that came on the text channel, oldest first.
func (p *Peer) Texts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.texts...)
}

// Err is why the connection was lost, or nil.
func (p *Peer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}

// Connection is pion's own, for tests that look deeper.
func (p *Peer) Connection() *webrtc.PeerConnection { return p.pc }

// Close ends the connection and waits for everything it started.
func (p *Peer) Close() error {
	p.Detach()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	err := p.pc.GracefulClose()
	p.wait.Wait()
	for i := range p.slots {
		p.slots[i].wait.Wait()
	}
	return err
}

// quiet drops pion's log: a test says itself what is wrong.
type quiet struct{}

// NewLogger gives a logger that writes nothing.
func (quiet) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("", logging.LogLevelDisabled, nil)
}
