package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"sync"
	"time"

	"nextup"
)

// ledger is what people outside know of a session: which commands they gave, how
// they were answered, what they were shown. It outlives the server.
type ledger struct {
	mu      sync.Mutex
	given   []*given
	shown   []shown
	version int // the highest that anybody was shown
}

// given is one command of one person.
type given struct {
	by      nextup.Actor
	id      string // as the person's browser names it
	do      string
	fields  fields
	command nextup.Command // nil for assess
	known   int            // the version its giver had been shown
	answer  reply
	done    bool // answered
}

// kept is the ID under which its events are kept.
func (g *given) kept() nextup.CommandID { return nextup.CommandID(g.by.ID + ":" + g.id) }

// shown is one view that somebody got.
type shown struct {
	to   nextup.Actor
	view json.RawMessage
	at   time.Time
}

// robot is a person who does what a person might, at random, and never stops: he
// reconnects, and sends again what was not answered.
type robot struct {
	who     nextup.Actor
	link    string
	device  string
	visitor *visitor
	ledger  *ledger
	items   []string // that an interviewer marks
	over    bool     // nothing is left to do for him

	open     []*given
	marks    map[mark]*marked
	extended nextup.OfferID
	responds int
}

// mark names one rating or note; marked is what its writer knows of it.
type (
	mark struct {
		offer nextup.OfferID
		item  string
	}
	marked struct {
		rating   int
		note     string
		revision int
	}
)

// run lives until ctx ends.
func (r *robot) run(ctx context.Context) {
	r.visitor.seen = func(view json.RawMessage, at time.Time) {
		var v struct{ Version int }
		_ = json.Unmarshal(view, &v)
		r.ledger.mu.Lock()
		defer r.ledger.mu.Unlock()
		r.ledger.shown = append(r.ledger.shown, shown{r.who, view, at})
		r.ledger.version = max(r.ledger.version, v.Version)
	}
	for ctx.Err() == nil && !r.over {
		w, err := r.visitor.connect(r.link, r.device)
		if err != nil {
			rest(ctx, 20*time.Millisecond)
			continue
		}
		stop := context.AfterFunc(ctx, w.close)
		err = w.report()
		for _, g := range r.open {
			if err == nil {
				err = r.send(ctx, w, g)
			}
		}
		for err == nil && ctx.Err() == nil && !r.over {
			if r.who.Role == nextup.RoleCandidate {
				err = r.candidate(ctx, w)
			} else {
				err = r.interviewer(ctx, w)
			}
		}
		stop()
		w.close()
	}
}

// settle reconnects and sends what is still open, and does nothing else.
func (r *robot) settle(ctx context.Context) error {
	if len(r.open) == 0 {
		return nil
	}
	w, err := r.visitor.connect(r.link, r.device)
	if err != nil {
		return err
	}
	defer w.close()
	for _, g := range append([]*given(nil), r.open...) {
		if err := r.send(ctx, w, g); err != nil {
			return err
		}
	}
	return nil
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// give gives a new command and waits for its answer.
func (r *robot) give(ctx context.Context, w *wire, known int, do string, f fields, c nextup.Command) error {
	g := &given{by: r.who, id: newName(), do: do, fields: f, command: c, known: known}
	r.ledger.mu.Lock()
	r.ledger.given = append(r.ledger.given, g)
	r.ledger.mu.Unlock()
	r.open = append(r.open, g)
	return r.send(ctx, w, g)
}

// send sends a command, new or again, and notes the answer. Without one it stays open.
func (r *robot) send(ctx context.Context, w *wire, g *given) error {
	for {
		answer, err := w.ask(g.id, g.do, g.fields)
		if err != nil {
			return err
		}
		if answer.Err == nextup.CodeUnavailable { // not decided: the same may be asked again
			if ctx.Err() != nil {
				return ctx.Err()
			}
			rest(ctx, 20*time.Millisecond)
			continue
		}
		r.ledger.mu.Lock()
		g.answer, g.done = answer, true
		r.ledger.mu.Unlock()
		for i, o := range r.open {
			if o == g {
				r.open = append(r.open[:i:i], r.open[i+1:]...)
				break
			}
		}
		if g.do == "assess" {
			r.noted(g)
		}
		return nil
	}
}

// noted takes over what an answered assess says of its mark.
func (r *robot) noted(g *given) {
	m := r.marks[mark{g.fields["offer"].(nextup.OfferID), g.fields["item"].(string)}]
	if g.answer.OK {
		m.rating, m.note, m.revision = g.fields["rating"].(int), g.fields["note"].(string), g.answer.Revision
	}
}

func chance(percent int) bool { return rand.IntN(100) < percent }

// candidate does one thing that a candidate might do now.
func (r *robot) candidate(ctx context.Context, w *wire) error {
	v, ok := until(w, time.Second, func(nextup.CandidateView) bool { return true })
	if !ok {
		return w.ended()
	}
	give := func(do string, f fields, c nextup.Command) error { return r.give(ctx, w, v.Version, do, f, c) }
	offer := fields{"offer": v.Offer}
	switch v.Moment {
	case nextup.MomentRegistered:
		return give("check_in", nil, nextup.CheckIn{Device: nextup.DeviceID(r.device)})
	case nextup.MomentWaiting:
		switch {
		case v.OnHold:
			return give("resume", nil, nextup.Resume{})
		case chance(30):
			return give("hold", nil, nextup.Hold{})
		case chance(10):
			return give("confirm", nil, nextup.Confirm{})
		}
	case nextup.MomentCalled:
		return give("answer", offer, nextup.Answer{Offer: v.Offer})
	case nextup.MomentAdmitted:
		return give("acknowledge", offer, nextup.Acknowledge{Offer: v.Offer})
	case nextup.MomentCountdown:
		if chance(1) {
			return give("hold", nil, nextup.Hold{})
		}
	case nextup.MomentTalk:
		if chance(2) {
			return give("leave", offer, nextup.Leave{Offer: v.Offer})
		}
	case nextup.MomentAfter:
		if r.responds++; r.responds > 3 {
			r.over = true
			return nil
		}
		how := []nextup.Interest{nextup.InterestYes, nextup.InterestNo, nextup.InterestSkip}[rand.IntN(3)]
		return give("respond", fields{"interest": how}, nextup.Respond{Interest: how})
	case nextup.MomentElsewhere, nextup.MomentWithdrawn, nextup.MomentClosed, nextup.MomentCancelled:
		r.over = true
		return nil
	}
	rest(ctx, time.Duration(5+rand.IntN(30))*time.Millisecond)
	return w.ended()
}

// interviewer does one thing that an interviewer might do now.
func (r *robot) interviewer(ctx context.Context, w *wire) error {
	v, ok := until(w, time.Second, func(nextup.InterviewerView) bool { return true })
	if !ok {
		return w.ended()
	}
	give := func(do string, f fields, c nextup.Command) error { return r.give(ctx, w, v.Version, do, f, c) }
	offer := fields{"offer": v.You.Offer}
	switch v.You.State {
	case nextup.WorkAway:
		return give("enter", nil, nextup.Enter{Device: nextup.DeviceID(r.device)})
	case nextup.WorkPaused:
		return give("unpause", nil, nextup.Unpause{})
	case nextup.WorkFree:
		switch {
		case chance(5):
			return give("pause", nil, nextup.Pause{})
		case chance(25) && len(v.Queue) > 1:
			who, end := v.Queue[rand.IntN(len(v.Queue))].ID, chance(50)
			return give("skip", fields{"candidate": who, "toEnd": end, "preset": "other", "words": "a word on " + newName()},
				nextup.Skip{Candidate: who, ToEnd: end, Reason: nextup.Reason{Preset: nextup.PresetOther, Text: "x"}})
		case chance(10) && len(v.Queue) > 0:
			who := v.Queue[rand.IntN(len(v.Queue))].ID
			return give("undo_skip", fields{"candidate": who}, nextup.UndoSkip{Candidate: who})
		case chance(20) && len(v.Queue) > 0:
			who := v.Queue[rand.IntN(len(v.Queue))].ID
			return give("take", fields{"after": v.You.Last, "endTalk": false, "candidate": who, "preset": "language", "words": ""},
				nextup.Take{After: v.You.Last, Candidate: who, Reason: nextup.Reason{Preset: nextup.PresetLanguage}})
		case v.NextUp != "":
			return give("next", fields{"after": v.You.Last, "endTalk": false}, nextup.Next{After: v.You.Last})
		}
	case nextup.WorkCalling:
		if chance(1) {
			return give("call_off", offer, nextup.CallOff{Offer: v.You.Offer})
		}
	case nextup.WorkTalk:
		switch {
		case chance(60):
			return r.assess(ctx, w, v)
		case chance(20) && r.extended != v.You.Offer:
			r.extended = v.You.Offer
			return give("extend", fields{"offer": v.You.Offer, "minutes": 2}, nextup.Extend{Offer: v.You.Offer, More: 2 * time.Minute})
		case chance(30):
			return give("end", offer, nextup.End{Offer: v.You.Offer})
		}
	case nextup.WorkWriteUp:
		if chance(50) {
			return r.assess(ctx, w, v)
		}
		return give("submit", offer, nextup.Submit{Offer: v.You.Offer})
	}
	rest(ctx, time.Duration(5+rand.IntN(30))*time.Millisecond)
	return w.ended()
}

// assess rates or notes something of the talk, as typed. One who does not know
// what is kept of it, since an answer is outstanding, writes elsewhere.
func (r *robot) assess(ctx context.Context, w *wire, v nextup.InterviewerView) error {
	at := mark{v.You.Offer, r.items[rand.IntN(len(r.items))]}
	if r.marks[at] == nil {
		r.marks[at] = &marked{}
	}
	rating := 0
	if at.item != "note" {
		rating = 1 + rand.IntN(3)
	}
	return r.give(ctx, w, v.Version, "assess", fields{
		"offer": at.offer, "item": at.item, "rating": rating, "note": "a note " + newName(), "revision": r.marks[at].revision,
	}, nil)
}
