package transport

import (
	"context"
	"errors"
	"slices"
	"strings"

	"nextup"
)

// answer carries out one message and says what to answer.
func (k *socket) answer(ctx context.Context, m message) []byte {
	id := m.about().ID
	switch m := m.(type) {
	case *offerMessage:
		sdp, err := k.negotiate(ctx, m.SDP)
		if err != nil {
			return k.refused(id, "offer", err)
		}
		return frame(answerFrame{okFrame{id, true}, sdp})
	case *relayMessage:
		if err := k.mayNegotiate(ctx); err != nil {
			return k.refused(id, "relay", err)
		}
		urls, username, credential, _ := k.server.Media.Relay(k.who.person())
		return frame(relayFrame{okFrame{id, true}, urls, username, credential})
	case *assessMessage:
		return k.assess(ctx, m)
	case *respondMessage:
		return k.respond(ctx, m)
	case *measuredMessage:
		if !k.measures.Allow() {
			return k.refused(id, "measured", nextup.Refuse(nextup.CodeTooMany))
		}
		return k.command(ctx, m)
	case order:
		return k.command(ctx, m)
	}
	return k.refused(id, "message", errMessage) // decode lets nothing else through
}

// command gives a message that is a command to the machine.
func (k *socket) command(ctx context.Context, m order) []byte {
	id := m.about().ID
	command, words, err := m.command(k.here(id))
	if err == nil && !finishes(m) && k.who.finishing != nil && k.who.finishing(ctx) {
		err = nextup.Refuse(nextup.CodeForbidden)
	}
	if err == nil {
		o := k.order(id, command)
		o.Texts = words
		var done nextup.Receipt
		done, err = k.server.Sessions.Do(ctx, k.who.session, o)
		if _, left := command.(nextup.Withdraw); left && err == nil {
			k.server.leftSession(ctx, nextup.Snapshot{ID: k.who.session, State: done.State})
		}
	}
	if err != nil {
		return k.refused(id, m.about().Do, err)
	}
	return frame(okFrame{id, true})
}

// finishes says whether a message belongs to the talk and write-up in hand, so that
// it is taken from somebody whose link was renewed meanwhile.
func finishes(m order) bool {
	switch m.(type) {
	case *endMessage, *submitMessage, *extendMessage, *measuredMessage:
		return true
	}
	return false
}

// here makes a browser's ID whole: with the person before it, nobody can name, and
// so forestall, somebody else's command.
func (k *socket) here(id nextup.CommandID) conversation {
	return conversation{role: k.who.actor.Role, device: k.place.device, id: nextup.CommandID(k.who.actor.ID) + ":" + id}
}

func (k *socket) order(id nextup.CommandID, c nextup.Command) nextup.Order {
	return nextup.Order{ID: k.here(id).id, By: k.who.actor, Device: k.place.device, Command: c}
}

func (k *socket) refused(id nextup.CommandID, what string, err error) []byte {
	e := k.server.unavailable(what, err)
	return frame(refusedFrame{Re: id, Error: e.Code, Left: e.Left, Field: e.Field})
}

// respond keeps whether the job was interesting, and his own words on it.
func (k *socket) respond(ctx context.Context, m *respondMessage) []byte {
	comment := m.Comment
	if comment != nil {
		words, ok := typedWords(*comment)
		if !ok {
			return k.refused(m.ID, "respond", nextup.Invalid("comment"))
		}
		comment = &words
	}
	o := k.order(m.ID, nextup.Respond{Interest: m.Interest})
	if err := k.server.keepResponse(ctx, k.who.session, nextup.CandidateID(k.who.actor.ID), o, comment); err != nil {
		return k.refused(m.ID, "respond", err)
	}
	return frame(okFrame{m.ID, true})
}

// assess keeps one mark of a talk that this interviewer holds, held or joined.
func (k *socket) assess(ctx context.Context, m *assessMessage) []byte {
	note, ok := typedWords(m.Note)
	if !ok {
		return k.refused(m.ID, "assess", nextup.Invalid("note"))
	}
	id := nextup.InterviewerID(k.who.actor.ID)
	n, err := k.server.Sessions.Look(ctx, k.who.session)
	if err != nil {
		return k.refused(m.ID, "assess", err)
	}
	t, ok := n.State.Talk(m.Offer)
	if !ok || !t.Took(id) {
		return k.refused(m.ID, "assess", nextup.Refuse(nextup.CodeNoTalk))
	}
	if err := k.server.markable(ctx, n, m); err != nil {
		return k.refused(m.ID, "assess", err)
	}
	kept, err := k.server.mark(ctx, n, nextup.Assessment{
		Session: k.who.session, Offer: m.Offer, Interviewer: id, Item: m.Item, Rating: m.Rating, Note: note, Revision: m.Revision,
	})
	switch {
	case errors.Is(err, nextup.Refuse(nextup.CodeStale)):
		return frame(staleFrame{refusedFrame{Re: m.ID, Error: nextup.CodeStale}, kept.Rating, kept.Note, kept.Revision})
	case err != nil:
		return k.refused(m.ID, "assess", err)
	}
	return frame(savedFrame{okFrame{m.ID, true}, kept.Revision})
}

// markable says whether there is such a thing to mark, and such a mark. What is
// marked already stays so when its question is taken off the sheet.
func (s *Server) markable(ctx context.Context, n nextup.Snapshot, m *assessMessage) error {
	least, limit := 0, 5
	kind, id, _ := strings.Cut(m.Item, ":")
	set := n.State.Settings
	known := false
	switch {
	case m.Item == "overall":
		limit, known = 3, true
	case m.Item == "note":
		limit, known = 0, true
	case kind == "q":
		least = nextup.NotAsked
		known = slices.Contains(set.Questions, nextup.QuestionID(id))
	case kind == "t":
		known = slices.Contains(set.Traits, nextup.TraitID(id))
	}
	if m.Rating < least || m.Rating > limit {
		return nextup.Invalid("rating")
	}
	if known {
		return nil
	}
	all, err := s.Store.Assessments(ctx, n.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(a nextup.Assessment) bool { return a.Offer == m.Offer && a.Item == m.Item }) {
		return nil
	}
	return nextup.Invalid("item")
}
