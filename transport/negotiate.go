package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nextup"
)

// negotiate answers a browser's SDP offer. Offer and answer pass between browser
// and package media; nothing here reads more of them than their name.
func (k *socket) negotiate(ctx context.Context, sdp string) (answer string, err error) {
	name, ok := connection(k.place.device, sdp)
	if !ok {
		return "", nextup.Invalid("sdp")
	}
	if err := k.mayNegotiate(ctx); err != nil {
		return "", err
	}
	if !k.server.lines.negotiates(k.place, k, name, k.server.Now()) {
		return "", nextup.Refuse(nextup.CodeTooMany)
	}
	answer, err = k.server.Media.Answer(ctx, k.who.session, k.who.person(), name, sdp)
	var refused *nextup.Error
	if err != nil && !errors.As(err, &refused) {
		// The fault's own words may quote the offer, which holds the browser's addresses.
		err = fmt.Errorf("media: %T", err)
	}
	return answer, err
}

// mayNegotiate says whether this device may have a media connection at all: the
// device that holds a candidate's place, one that tries his camera before he has
// checked in, and the one an interviewer works on. Who sees whom is not decided
// here, and not before the machine says so.
func (k *socket) mayNegotiate(ctx context.Context) error {
	n, err := k.server.Sessions.Look(ctx, k.who.session)
	if err != nil {
		return err
	}
	switch n.State.Phase {
	case nextup.PhaseDraft:
		return nextup.Refuse(nextup.CodeNotReleased)
	case nextup.PhaseCancelled:
		return nextup.Refuse(nextup.CodeCancelled)
	}
	if k.who.actor.Role == nextup.RoleInterviewer {
		i, ok := n.State.Interviewer(nextup.InterviewerID(k.who.actor.ID))
		switch {
		case !ok || i.Removed && i.Talk == 0:
			return nextup.Refuse(nextup.CodeRemoved)
		case i.Device != "" && i.Device != k.place.device:
			return nextup.Refuse(nextup.CodeElsewhere)
		}
		return nil
	}
	c, ok := n.State.Candidates[nextup.CandidateID(k.who.actor.ID)]
	switch {
	case !ok:
		return nextup.Refuse(nextup.CodeUnknown)
	case c.Status == nextup.StatusRegistered && n.State.Phase == nextup.PhaseClosed:
		return nextup.Refuse(nextup.CodeClosed)
	case c.Status == nextup.StatusRegistered:
		return nil // the device check
	case c.Status == nextup.StatusWithdrawn || c.Status == nextup.StatusDone || c.Status == nextup.StatusNotReached:
		return nextup.Refuse(nextup.CodeNotWaiting)
	case c.Device != k.place.device:
		return nextup.Refuse(nextup.CodeElsewhere)
	}
	return nil
}

// connection is the name of a browser's media connection: the device, and what is
// the same in every offer of one RTCPeerConnection and in no other's, its origin
// line's session identifier (RFC 9429, section 5.2.1) and its DTLS fingerprints.
// ok is false if the text has neither.
func connection(device nextup.DeviceID, sdp string) (name string, ok bool) {
	var own []string
	for line := range strings.SplitSeq(sdp, "\n") {
		line = strings.TrimRight(line, "\r")
		switch {
		case strings.HasPrefix(line, "o="):
			if f := strings.Fields(line); len(f) > 1 {
				own = append(own, "o="+f[1])
			}
		case strings.HasPrefix(line, "a=fingerprint:"):
			own, ok = append(own, line), true
		}
	}
	slices.Sort(own)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(own), "\n")))
	return string(device) + "." + hex.EncodeToString(sum[:8]), ok
}
