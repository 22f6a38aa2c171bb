package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"nextup"
	"nextup/actors"
	"nextup/media"
	"nextup/media/mediatest"
)

// simulant is a simulated candidate: a headless WebRTC peer behind the same door
// as a browser. It reads its view and does what a person would do.
type simulant struct {
	system  *actors.System
	media   *media.Server
	log     *slog.Logger
	session nextup.SessionID
	id      nextup.CandidateID
	clip    *mediatest.Clip
	device  nextup.DeviceID

	peer     *mediatest.Peer
	attached bool
	shown    nextup.Moment
	offer    nextup.OfferID
}

// live runs until ctx ends or the candidate's session does.
func (s *simulant) live(ctx context.Context) {
	s.device = nextup.DeviceID(rand.Text())
	line, err := s.system.Attach(ctx, s.session, nextup.Attachment{Who: s.who(), Device: s.device})
	if err != nil {
		s.log.Warn("simulated candidate", "err", err)
		return
	}
	defer line.Close()
	line.Report(nextup.Report{Visible: true, Checked: true, Devices: nextup.Devices{
		Camera: nextup.DeviceOK, Microphone: nextup.DeviceOK, Network: nextup.DeviceOK,
	}})
	s.do(ctx, nextup.CheckIn{Device: s.device})
	defer func() {
		if s.peer != nil {
			_ = s.peer.Close()
		}
	}()
	here := time.NewTicker(2 * time.Minute) // an act on the page now and then
	defer here.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-here.C:
			s.do(ctx, nextup.Confirm{})
		case v, ok := <-line.Views():
			if !ok {
				return
			}
			s.see(ctx, v.(nextup.CandidateView))
		}
	}
}

// see does what the view asks for.
func (s *simulant) see(ctx context.Context, v nextup.CandidateView) {
	if v.Warm && s.peer == nil {
		s.connect(ctx)
	}
	if !v.Warm && s.peer != nil {
		_ = s.peer.Close()
		s.peer, s.attached = nil, false
	}
	s.send(v.Moment == nextup.MomentAdmitted || v.Moment == nextup.MomentCountdown || v.Moment == nextup.MomentTalk)
	if s.shown == v.Moment && s.offer == v.Offer {
		return
	}
	s.shown, s.offer = v.Moment, v.Offer
	switch v.Moment {
	case nextup.MomentAdmitted:
		s.do(ctx, nextup.Acknowledge{Offer: v.Offer})
	case nextup.MomentCalled:
		s.later(ctx, time.Duration(2+mathrand.IntN(4))*time.Second, nextup.Answer{Offer: v.Offer})
	case nextup.MomentAfter:
		interest := nextup.InterestYes
		if mathrand.IntN(4) == 0 {
			interest = nextup.InterestNo
		}
		s.later(ctx, time.Duration(1+mathrand.IntN(3))*time.Second, nextup.Respond{Interest: interest})
	}
}

func (s *simulant) connect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	peer, err := mediatest.Dial(ctx, mediatest.Options{
		Clip: s.clip,
		Signal: func(ctx context.Context, offer string) (string, error) {
			return s.media.Answer(ctx, s.session, s.id.Person(), string(s.device), offer)
		},
	})
	if err != nil {
		s.log.Warn("simulated candidate's media", "err", err)
		return
	}
	s.peer = peer
}

// send attaches picture and sound, or takes them off: nothing leaves a waiting
// candidate.
func (s *simulant) send(on bool) {
	if s.peer == nil || on == s.attached {
		return
	}
	s.attached = on
	if on {
		s.peer.Attach()
	} else {
		s.peer.Detach()
	}
}

func (s *simulant) later(ctx context.Context, wait time.Duration, c nextup.Command) {
	time.AfterFunc(wait, func() {
		if ctx.Err() == nil {
			s.do(ctx, c)
		}
	})
}

func (s *simulant) do(ctx context.Context, c nextup.Command) {
	_, err := s.system.Do(ctx, s.session, nextup.Order{
		ID: nextup.CommandID(rand.Text()), By: s.who(), Device: s.device, Command: c,
	})
	if err != nil && ctx.Err() == nil {
		s.log.Debug("simulated candidate's command", "err", err)
	}
}

func (s *simulant) who() nextup.Actor {
	return nextup.Actor{Role: nextup.RoleCandidate, ID: string(s.id)}
}
