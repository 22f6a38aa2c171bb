package media

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	dtlselliptic "github.com/pion/dtls/v3/pkg/crypto/elliptic"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"
)

// failedFor is how long a peer whose network failed is kept for an ICE restart.
const failedFor = 2 * time.Minute

// setup is what all peers of a server share: codecs, ciphers, the list of network interfaces.
type setup struct {
	codecs      *webrtc.MediaEngine
	net         transport.Net
	certificate webrtc.Certificate // made once: no key generation when somebody joins
	log         *slog.Logger
	change      func(*webrtc.SettingEngine) // for tests that have no time to wait; nil changes nothing
}

func newSetup(log *slog.Logger, change func(*webrtc.SettingEngine)) (*setup, error) {
	u := &setup{codecs: &webrtc.MediaEngine{}, log: log, change: change}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("media: make key: %w", err)
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("media: make certificate: %w", err)
	}
	u.certificate = *certificate
	video := []webrtc.RTCPFeedback{
		{Type: webrtc.TypeRTCPFBGoogREMB}, {Type: webrtc.TypeRTCPFBTransportCC}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"},
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
		if err := u.codecs.RegisterCodec(c.codec, c.kind); err != nil {
			return nil, fmt.Errorf("media: %w", err)
		}
	}
	// Transport-wide sequence numbers both ways, by which both ends measure; the
	// loudness of sound and the names of a picture's layers on the way up. Video orientation is left out on purpose:
	// without it browsers turn the picture themselves.
	up, down := webrtc.RTPTransceiverDirectionRecvonly, webrtc.RTPTransceiverDirectionSendonly
	for _, x := range []struct {
		uri        string
		kind       webrtc.RTPCodecType
		directions []webrtc.RTPTransceiverDirection
	}{
		{uriTWCC, webrtc.RTPCodecTypeAudio, []webrtc.RTPTransceiverDirection{up, down}},
		{uriTWCC, webrtc.RTPCodecTypeVideo, []webrtc.RTPTransceiverDirection{up, down}},
		{uriLevel, webrtc.RTPCodecTypeAudio, []webrtc.RTPTransceiverDirection{up}},
		{uriMID, webrtc.RTPCodecTypeVideo, []webrtc.RTPTransceiverDirection{up}},
		{uriRID, webrtc.RTPCodecTypeVideo, []webrtc.RTPTransceiverDirection{up}},
		{uriRepaired, webrtc.RTPCodecTypeVideo, []webrtc.RTPTransceiverDirection{up}},
	} {
		if err := u.codecs.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: x.uri}, x.kind, x.directions...); err != nil {
			return nil, fmt.Errorf("media: %w", err)
		}
	}
	if n, err := stdnet.NewNet(); err == nil {
		u.net = n // shared, so that not each peer lists the interfaces
	}
	return u, nil
}

// api is one peer's own: what pion reads and writes, and what it tells of the
// handshake, is the leg's. No interceptors: pion must never send media (icemux.go).
func (u *setup) api(g *leg) (*webrtc.API, error) {
	s := webrtc.SettingEngine{LoggerFactory: logFactory{u.log}}
	s.SetICEUDPMux(legMux{g})
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetLite(false) // lite makes pion clients wait 200 ms, and Firefox fail on 127.0.0.1
	s.SetHostAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	if err := s.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return nil, err
	}
	s.SetDTLSEllipticCurves(dtlselliptic.X25519, dtlselliptic.P256)
	s.SetDTLSInsecureSkipHelloVerify(true) // DTLS starts only with an address that ICE has proved
	s.SetDTLSRetransmissionInterval(100 * time.Millisecond)
	s.SetDTLSCipherSuites(onlySuite)
	s.SetDTLSExtendedMasterSecret(dtls.RequireExtendedMasterSecret)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	s.SetDTLSServerHelloMessageHook(g.keys.serverHello)
	s.SetDTLSKeyLogWriter(&g.keys)
	s.SetReceiveMTU(mtu)
	s.SetSCTPMaxReceiveBufferSize(128 << 10)
	if u.net != nil {
		s.SetNet(u.net)
	}
	if u.change != nil {
		u.change(&s)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(u.codecs), webrtc.WithInterceptorRegistry(&interceptor.Registry{}), webrtc.WithSettingEngine(s)), nil
}

// track is what pion must have to negotiate one outgoing stream. Nothing is ever
// written to it.
type track struct {
	slot int
	kind kind
}

// Kind is audio or video.
func (t track) Kind() webrtc.RTPCodecType {
	if t.kind == picture {
		return webrtc.RTPCodecTypeVideo
	}
	return webrtc.RTPCodecTypeAudio
}

// ID is the same for every browser: it says the kind and the slot.
func (t track) ID() string { return fmt.Sprintf("%s-%d", t.kind, t.slot) }

// RID is empty: no simulcast.
func (t track) RID() string { return "" }

// StreamID binds the slot's sound and picture together, so browsers play them in step.
func (t track) StreamID() string { return fmt.Sprintf("slot-%d", t.slot) }

// Bind says which codec is used.
func (t track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	want := webrtc.MimeTypeOpus
	if t.kind == picture {
		want = webrtc.MimeTypeVP8
	}
	for _, codec := range c.CodecParameters() {
		if strings.EqualFold(codec.MimeType, want) {
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind ends the track.
func (t track) Unbind(webrtc.TrackLocalContext) error { return nil }

// peer is one browser's connection: what pion/webrtc negotiates, and the leg
// that carries its media. It knows nothing of talks.
type peer struct {
	id         seat
	connection string
	print      string // the browser's DTLS fingerprint
	log        *slog.Logger
	pc         *webrtc.PeerConnection
	leg        *leg
	changed    func(*peer, webrtc.PeerConnectionState)
	said       func(*peer, string)
	stated     func(*peer, ownState)

	text         text
	own          *State       // what the browser says of itself; Server.mu is held
	blind        bool         // wants no pictures; Server.mu is held
	showing      [Slots]shown // what its slots have been told to show; Server.mu is held
	states, echo allowance

	negotiating sync.Mutex
	mu          sync.Mutex
	forget      *time.Timer // runs while failed
	ended       bool
}

func newPeer(u *setup, l *lane, id seat, connection, print string, log *slog.Logger) (*peer, error) {
	g := newLeg(l, log)
	api, err := u.api(g)
	if err != nil {
		return nil, err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{u.certificate}})
	if err != nil {
		return nil, err
	}
	p := &peer{id: id, connection: connection, print: print, log: log, pc: pc, leg: g}
	for i := range Slots {
		for k := range kinds {
			if _, err := pc.AddTransceiverFromTrack(track{i, k}, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
				_ = pc.Close()
				return nil, err
			}
		}
	}
	p.text.init()
	dtls := pc.SCTP().Transport()
	dtls.OnStateChange(func(state webrtc.DTLSTransportState) {
		if state == webrtc.DTLSTransportStateConnected {
			if err := g.secure(); err != nil {
				log.Warn("no media for a peer", "error", err)
			}
		}
	})
	dtls.ICETransport().OnSelectedCandidatePairChange(func(pair *webrtc.ICECandidatePair) {
		local, err1 := netip.ParseAddr(pair.Local.Address)
		remote, err2 := netip.ParseAddr(pair.Remote.Address)
		if err1 == nil && err2 == nil {
			g.chosen(netip.AddrPortFrom(local.Unmap(), pair.Local.Port), netip.AddrPortFrom(remote.Unmap(), pair.Remote.Port))
		}
	})
	pc.OnDataChannel(p.onChannel)
	pc.OnConnectionStateChange(p.onState)
	g.enter()
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
	case <-ctx.Done():
		return "", ctx.Err()
	}
	complete := p.pc.LocalDescription().SDP
	d, err := negotiated(offer, complete)
	if err != nil {
		return "", fmt.Errorf("%w: %v", ErrOffer, err)
	}
	p.leg.lane.do(func(now time.Time) { p.leg.describe(d, now) })
	return wishSpeech(complete), nil
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

// stage says whether the peer's person is part of a talk.
func (p *peer) stage(on bool) {
	p.leg.lane.do(func(now time.Time) {
		for _, s := range p.leg.sources {
			s.stage(on, now)
		}
	})
}

// hush stops whatever is forwarded to this peer: when it returns, nothing is any more.
func (p *peer) hush() {
	p.leg.lane.call(func(now time.Time) {
		for k := range kinds {
			for _, v := range p.leg.viewers[k] {
				v.view(nil, now)
			}
		}
	})
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
	p.leg.leave()
	if p.changed != nil {
		p.changed(p, webrtc.PeerConnectionStateClosed)
	}
}
