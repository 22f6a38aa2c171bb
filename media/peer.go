package media

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/elliptic"
	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"
)

// failedFor is how long a peer whose network failed is kept for an ICE restart.
const failedFor = 2 * time.Minute

// newAPI is what all peers of a server share: codecs, ports, ciphers.
func newAPI(x *mux, log *slog.Logger, change func(*webrtc.SettingEngine)) (*webrtc.API, error) {
	var m webrtc.MediaEngine
	video := []webrtc.RTCPFeedback{
		{Type: webrtc.TypeRTCPFBTransportCC}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"},
	}
	audio := []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBTransportCC}, {Type: "nack"}}
	for _, c := range []struct {
		kind  webrtc.RTPCodecType
		codec webrtc.RTPCodecParameters
	}{
		{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1", RTCPFeedback: audio,
		}}},
		{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: video,
		}}},
		{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecParameters{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
		}}},
	} {
		if err := m.RegisterCodec(c.codec, c.kind); err != nil {
			return nil, err
		}
	}
	// Transport-wide sequence numbers on the way up only: our feedback steers the
	// sender. Video orientation is left out on purpose: without it browsers turn
	// the picture themselves.
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		e := webrtc.RTPHeaderExtensionCapability{URI: sdp.TransportCCURI}
		if err := m.RegisterHeaderExtension(e, kind, webrtc.RTPTransceiverDirectionRecvonly); err != nil {
			return nil, err
		}
	}
	var r interceptor.Registry
	reports, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(logFactory{log}))
	if err != nil {
		return nil, err
	}
	nacks, err := nack.NewGeneratorInterceptor(nack.GeneratorInterval(40*time.Millisecond), nack.GeneratorMaxNacksPerPacket(5), nack.WithGeneratorLoggerFactory(logFactory{log}))
	if err != nil {
		return nil, err
	}
	feedback, err := twcc.NewSenderInterceptor(twcc.SendInterval(100*time.Millisecond), twcc.WithLoggerFactory(logFactory{log}))
	if err != nil {
		return nil, err
	}
	r.Add(reports)
	r.Add(nacks)
	r.Add(feedback)

	s := webrtc.SettingEngine{LoggerFactory: logFactory{log}}
	s.SetICEUDPMux(x)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetLite(false) // lite makes pion clients wait 200 ms, and Firefox fail on 127.0.0.1
	s.SetHostAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	if err := s.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return nil, err
	}
	s.SetDTLSEllipticCurves(elliptic.X25519, elliptic.P256)
	s.SetDTLSInsecureSkipHelloVerify(true) // DTLS starts only with an address that ICE has proved
	s.SetDTLSRetransmissionInterval(100 * time.Millisecond)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	s.SetReceiveMTU(mtu)
	s.SetSCTPMaxReceiveBufferSize(128 << 10)
	if n, err := stdnet.NewNet(); err == nil {
		s.SetNet(n) // shared, so that not each peer lists the interfaces
	}
	if change != nil {
		change(&s)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&m), webrtc.WithInterceptorRegistry(&r), webrtc.WithSettingEngine(s)), nil
}

// peer is one browser's connection: two sources up, Slots viewers of each kind
// down, one text channel. It knows nothing of talks.
type peer struct {
	id         seat
	connection string
	print      string // the browser's DTLS fingerprint
	log        *slog.Logger
	pc         *webrtc.PeerConnection
	changed    func(*peer, webrtc.PeerConnectionState)
	said       func(*peer, string)
	stated     func(*peer, ownState)

	audio, video *source
	sounds       [Slots]*viewer
	pictures     [Slots]*viewer
	text         text
	own          *State // what the browser says of itself; Server.mu is held
	blind        bool   // wants no pictures; Server.mu is held
	states, echo allowance

	negotiating sync.Mutex
	mu          sync.Mutex
	forget      *time.Timer // runs while failed
	ended       bool
	wait        sync.WaitGroup
}

func newPeer(api *webrtc.API, certificate webrtc.Certificate, id seat, connection, print string, log *slog.Logger, m *metrics) (*peer, error) {
	pc, err := api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{certificate}})
	if err != nil {
		return nil, err
	}
	p := &peer{id: id, connection: connection, print: print, log: log, pc: pc}
	sendRTCP := func(packets ...rtcp.Packet) { _ = pc.WriteRTCP(packets) }
	askKey := func(ssrc uint32) { sendRTCP(&rtcp.PictureLossIndication{MediaSSRC: ssrc}) }
	p.audio = newSource(false, askKey, log, m)
	p.video = newSource(true, askKey, log, m)
	for i := range Slots {
		p.sounds[i] = newViewer(i, false, sendRTCP, log, m)
		p.pictures[i] = newViewer(i, true, sendRTCP, log, m)
		for _, v := range []*viewer{p.sounds[i], p.pictures[i]} {
			t, err := pc.AddTransceiverFromTrack(v, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
			if err != nil {
				_ = pc.Close()
				return nil, err
			}
			sender := t.Sender()
			v.read = func() ([]rtcp.Packet, error) {
				packets, _, err := sender.ReadRTCP()
				return packets, err
			}
		}
	}
	p.text.init()
	pc.OnTrack(p.onTrack)
	pc.OnDataChannel(p.onChannel)
	pc.OnConnectionStateChange(p.onState)
	return p, nil
}

// answer negotiates, the first time or again. The answer is complete.
func (p *peer) answer(ctx context.Context, offer string) (string, error) {
	p.negotiating.Lock()
	defer p.negotiating.Unlock()
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("%w: %v", ErrOffer, err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %v", ErrOffer, err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("%w: %v", ErrOffer, err)
	}
	select {
	case <-gathered:
		return p.pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// onTrack runs when a first packet has come up.
func (p *peer) onTrack(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	s := p.audio
	if t.Kind() == webrtc.RTPCodecTypeVideo {
		s = p.video
	}
	if !p.start(func() { s.run(track{t}, uint32(t.SSRC())) }) {
		return
	}
	p.start(func() {
		for {
			packets, _, err := r.ReadRTCP()
			if err != nil {
				return
			}
			s.rtcp(packets, time.Now())
		}
	})
}

// start runs f unless the peer has ended; close waits for it.
func (p *peer) start(f func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.wait.Go(f)
	return true
}

// track reads packets. The header is parsed here and not taken from pion's
// attributes: for a packet that came again as RTX they hold the header of the
// RTX packet, with sequence numbers that have nothing to do with the stream's.
type track struct{ remote *webrtc.TrackRemote }

// ReadRTP reads one packet.
func (t track) ReadRTP(b []byte, h *rtp.Header) (n, size int, err error) {
	if n, _, err = t.remote.Read(b); err != nil {
		return 0, 0, err
	}
	if size, err = h.Unmarshal(b[:n]); err != nil {
		return 0, 0, nil //nolint:nilerr // not RTP: an empty packet, dropped by the source
	}
	return n, size, nil
}

func (p *peer) onState(state webrtc.PeerConnectionState) {
	p.mu.Lock()
	if p.forget != nil {
		p.forget.Stop()
		p.forget = nil
	}
	if state == webrtc.PeerConnectionStateFailed && !p.ended {
		p.forget = time.AfterFunc(failedFor, p.close)
	}
	ended := p.ended
	p.mu.Unlock()
	if !ended && p.changed != nil {
		p.changed(p, state)
	}
}

// show points a slot at another peer's sources, without the picture for one who
// wants none; nil empties it.
func (p *peer) show(slot int, who *peer) (changed bool) {
	var audio, video *source
	if who != nil {
		audio = who.audio
	}
	if who != nil && !p.blind {
		video = who.video
	}
	a := p.sounds[slot].view(audio)
	return p.pictures[slot].view(video) || a
}

// stage says whether the peer's person is part of a talk.
func (p *peer) stage(on bool) {
	p.audio.stage(on)
	p.video.stage(on)
}

// hush stops whatever is forwarded to this peer, at once.
func (p *peer) hush() {
	for i := range Slots {
		p.show(i, nil)
	}
}

// close ends the connection. It may be called more than once.
func (p *peer) close() {
	p.mu.Lock()
	if p.forget != nil {
		p.forget.Stop()
	}
	if p.ended {
		p.mu.Unlock()
		return
	}
	p.ended = true
	p.mu.Unlock()
	p.hush()
	_ = p.pc.GracefulClose() // waits, also if the browser's goodbye has begun to close it
	p.wait.Wait()
	if p.changed != nil {
		p.changed(p, webrtc.PeerConnectionStateClosed)
	}
}
