package nextup

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// start is when the sessions of these tests start.
var start = time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)

// plain are settings without anything special.
func plain() Settings {
	return Settings{
		Start: start, Zone: "Europe/Stockholm", Length: time.Hour, Talk: 10 * time.Minute, Places: 20,
		LobbyOpens: DefaultLobbyOpens, Answer: DefaultAnswer, Countdown: DefaultCountdown,
		Questions: []QuestionID{"q1", "q2"}, Traits: []TraitID{"t1"},
	}
}

// world is one session with a clock and people around it: what an actor is to
// the real program, in the smallest form.
type world struct {
	state    Session
	log      []Recorded
	presence Presence
	met      map[PersonID]bool // connected at least once since the machine started
	now      time.Time
}

func newWorld(t testing.TB, s Settings, interviewers ...InterviewerID) *world {
	t.Helper()
	w := &world{presence: Presence{}, met: map[PersonID]bool{}, now: s.Start.Add(-time.Hour)}
	w.must(t, recruiter, Create{Organisation: "org", Owner: "rec", Settings: s, Interviewers: interviewers})
	w.must(t, recruiter, Publish{})
	w.now = s.Start.Add(-10 * time.Minute)
	for _, i := range interviewers {
		w.connect(i.Person())
		w.must(t, interviewer(i), Enter{"laptop"})
	}
	return w
}

var (
	recruiter = Actor{RoleRecruiter, "rec"}
	visitor   = Actor{Role: RoleVisitor}
)

func interviewer(id InterviewerID) Actor { return Actor{RoleInterviewer, string(id)} }
func candidate(id CandidateID) Actor     { return Actor{RoleCandidate, string(id)} }

// do decides, keeps and evolves.
func (w *world) do(by Actor, c Command) ([]Recorded, error) {
	events, err := Decide(w.state, w.presence, w.now, by, c)
	if err != nil {
		return nil, err
	}
	var kept []Recorded
	for n, e := range events {
		kept = append(kept, Recorded{Version: w.state.Version + n + 1, At: w.now, By: by, Event: e})
	}
	w.log = append(w.log, kept...)
	w.state = Evolve(w.state, kept...)
	return kept, nil
}

func (w *world) must(t testing.TB, by Actor, c Command) []Recorded {
	t.Helper()
	kept, err := w.do(by, c)
	if err != nil {
		t.Fatalf("%s %T%+v: %v", by.ID, c, c, err)
	}
	return kept
}

// refused demands a refusal with this code, and that nothing came of it.
func (w *world) refused(t testing.TB, code Code, by Actor, c Command) {
	t.Helper()
	before := w.state.Version
	if _, err := w.do(by, c); !errors.Is(err, Refuse(code)) {
		t.Fatalf("%s %T%+v: got %v, want %s", by.ID, c, c, err, code)
	}
	if w.state.Version != before {
		t.Fatalf("refused, yet version %d became %d", before, w.state.Version)
	}
}

// connect makes somebody present and ready, and says so to the machine.
func (w *world) connect(id PersonID) []Recorded {
	gone := w.presence.gone(id, w.now)
	if !w.met[id] {
		gone = 0 // nobody knows how long, so no talk gets time back
	}
	back := !w.presence[id].Connected
	w.presence[id] = Seen{Connected: true, Since: w.now, Visible: true, Checked: true}
	w.met[id] = true
	if !back {
		return nil
	}
	kept, _ := w.do(TheClock, Return{id, gone})
	return kept
}

func (w *world) disconnect(id PersonID) {
	w.presence[id] = Seen{Since: w.now}
}

// pass lets time go by; the machine is asked at each deadline, as a timer would.
func (w *world) pass(d time.Duration) (kept []Recorded) {
	until := w.now.Add(d)
	for {
		at := Deadline(w.state, w.presence)
		if at.IsZero() || at.After(until) {
			break
		}
		if at.After(w.now) {
			w.now = at
		}
		more, _ := w.do(TheClock, Tick{})
		kept = append(kept, more...)
		if next := Deadline(w.state, w.presence); next.Equal(at) {
			panic("the deadline stays at " + clock(at))
		}
	}
	w.now = until
	return kept
}

// lobby registers and checks in candidates, ready, and goes to the start.
func lobby(t testing.TB, s Settings, interviewers []InterviewerID, candidates ...CandidateID) *world {
	t.Helper()
	w := newWorld(t, s, interviewers...)
	for _, c := range candidates {
		w.must(t, visitor, Register{c})
		w.connect(c.Person())
		w.must(t, candidate(c), CheckIn{"phone"})
		w.now = w.now.Add(time.Second)
	}
	w.now = s.Start
	for _, c := range candidates {
		w.must(t, candidate(c), Confirm{})
	}
	return w
}

// next presses Next as somebody who knows the latest view.
func (w *world) next(i InterviewerID) ([]Recorded, error) {
	known, _ := w.state.Interviewer(i)
	return w.do(interviewer(i), Next{After: known.Last})
}

// talk brings the first eligible candidate into a talk.
func (w *world) talk(t testing.TB, i InterviewerID) CandidateID {
	t.Helper()
	if _, err := w.next(i); err != nil {
		t.Fatal(err)
	}
	known, _ := w.state.Interviewer(i)
	w.must(t, candidate(known.Offer.Candidate), Acknowledge{known.Offer.ID})
	w.pass(w.state.Settings.Countdown)
	return known.Offer.Candidate
}

func (w *world) waiting() string {
	var names []string
	for _, id := range w.state.Waiting() {
		names = append(names, string(id))
	}
	return strings.Join(names, " ")
}

// offers says who is offered or in talk, interviewer by interviewer.
func (w *world) offers() string {
	var parts []string
	for _, i := range w.state.Interviewers {
		with := "-"
		if i.Offer.ID != 0 {
			with = fmt.Sprintf("%s %s %d", i.Offer.Stage, i.Offer.Candidate, i.Offer.ID)
		} else if t, ok := w.state.Talk(i.Talk); ok {
			with = fmt.Sprintf("talk %s %d", t.Candidate, t.Offer)
		}
		parts = append(parts, fmt.Sprintf("%s: %s", i.ID, with))
	}
	return strings.Join(parts, ", ")
}

func (w *world) status(id CandidateID) Status { return w.state.Candidates[id].Status }

func expect[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("15:04:05.999")
}

// words says an event so that a person can read it.
func words(e Event) string {
	text := fmt.Sprintf("%T", e)
	text = strings.TrimPrefix(text, "nextup.")
	out := strings.Builder{}
	for i, r := range text {
		if i > 0 && r >= 'A' && r <= 'Z' && text != "PINRefused" && text != "PINAccepted" {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	name := strings.ToLower(out.String())
	for _, f := range details(e) {
		name += " " + f
	}
	return name
}

func details(e Event) []string {
	offer := func(id OfferID) string { return fmt.Sprintf("(offer %d)", id) }
	maybe := func(id OfferID) []string {
		if id == 0 {
			return nil
		}
		return []string{offer(id)}
	}
	taken := func(yes bool, why Reason) string {
		if !yes {
			return ""
		}
		return strings.TrimSpace("out of turn " + string(why.Preset))
	}
	trim := func(parts ...string) (list []string) {
		for _, p := range parts {
			if p != "" {
				list = append(list, p)
			}
		}
		return list
	}
	switch e := e.(type) {
	case InterviewerAdded:
		return trim(string(e.Interviewer))
	case InterviewerRemoved:
		return trim(string(e.Interviewer))
	case Entered:
		return trim(string(e.Interviewer), "on", string(e.Device))
	case Paused:
		return trim(string(e.Interviewer))
	case Unpaused:
		return trim(string(e.Interviewer))
	case Registered:
		return trim(string(e.Candidate))
	case Withdrawn:
		return trim(string(e.Candidate))
	case Booked:
		if e.At.IsZero() {
			return trim(string(e.Candidate), "no time any more")
		}
		return trim(string(e.Candidate), "at", clock(e.At))
	case Promised:
		return trim(string(e.Candidate))
	case CheckedIn:
		return trim(string(e.Candidate), "on", string(e.Device))
	case Continued:
		return trim(string(e.Candidate), "on", string(e.Device))
	case Confirmed:
		return trim(string(e.Candidate))
	case Held:
		return append(trim(string(e.Candidate)), maybe(e.Offer)...)
	case Resumed:
		return trim(string(e.Candidate))
	case Skipped:
		to := "to the end"
		if e.Before != "" {
			to = "to before " + string(e.Before)
		}
		return trim(string(e.Candidate), to, "by", string(e.Interviewer), string(e.Reason.Preset))
	case SkipUndone:
		return trim(string(e.Candidate), "to before", string(e.Before))
	case Called:
		return trim(string(e.Candidate), "for", string(e.Interviewer), offer(e.Offer), "until", clock(e.AnswerBy), taken(e.Taken, e.Reason))
	case Missed:
		return trim(string(e.Candidate), offer(e.Offer))
	case NoShow:
		return append(trim(string(e.Candidate)), maybe(e.Offer)...)
	case NoShowCorrected:
		return trim(string(e.Candidate))
	case CalledOff:
		return trim(string(e.Candidate), offer(e.Offer))
	case Admitted:
		return trim(string(e.Candidate), "to", string(e.Interviewer), offer(e.Offer), "until", clock(e.AckBy), taken(e.Taken, e.Reason))
	case Acknowledged:
		return trim(offer(e.Offer), "starts", clock(e.StartsAt))
	case Lapsed:
		return trim(string(e.Candidate), offer(e.Offer))
	case TalkStarted:
		return trim(offer(e.Offer), "until", clock(e.EndsAt))
	case TalkExtended:
		return trim(offer(e.Offer), "by", e.More.String())
	case TalkResumed:
		return trim(offer(e.Offer), "by", e.Gap.String())
	case TalkEnded:
		return trim(offer(e.Offer))
	case TalkAbandoned:
		return trim(offer(e.Offer))
	case TalkMeasured:
		return trim(offer(e.Offer), "of", string(e.Interviewer))
	case WrittenUp:
		return trim(offer(e.Offer), "by", string(e.Interviewer))
	case Responded:
		return trim(string(e.Candidate), string(e.Interest))
	case Recused:
		return trim(string(e.Candidate), "for", string(e.Interviewer), string(e.Reason.Preset))
	case HandedOver:
		return trim(string(e.Candidate), "to", string(e.To), offer(e.Offer), "until", clock(e.Until))
	case HandOverDeclined:
		return trim(string(e.Candidate), "by", string(e.Interviewer))
	case HandOverLapsed:
		return trim(string(e.Candidate))
	case PanelInvited:
		return trim(string(e.Interviewer), offer(e.Offer))
	case PanelDeclined:
		return trim(string(e.Interviewer), offer(e.Offer))
	case PanelJoined:
		return trim(string(e.Interviewer), offer(e.Offer))
	case PanelLeft:
		return trim(string(e.Interviewer), offer(e.Offer))
	case Reopened:
		return trim("until", clock(e.Ends))
	case Tested:
		return trim(string(e.Candidate))
	case Corrected:
		return trim(string(e.Candidate))
	case Erased:
		return trim(string(e.Candidate))
	}
	return nil
}
