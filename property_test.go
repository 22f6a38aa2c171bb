package nextup

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestMachine gives random commands of all kinds by all people, valid and not,
// while connections come and go and timers fire late, twice or not at all. After
// each it looks at everything that must hold. More: -rapid.checks=10000.
func TestMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(20, 90).Draw(t, "steps") {
			m.step(t)
		}
		m.finish(t)
	})
}

var (
	people   = []InterviewerID{"ina", "ola", "eva"}
	hopefuls = []CandidateID{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"}
)

type machine struct {
	world
	settings Settings
	pressed  map[InterviewerID]map[CandidateID]bool // offered since the last press
	offered  OfferID                                // the highest number so far
}

func newMachine(t *rapid.T) *machine {
	s := plain()
	s.Countdown = rapid.SampledFrom([]time.Duration{0, 3 * time.Second}).Draw(t, "countdown")
	s.Pause = rapid.SampledFrom([]time.Duration{0, 2 * time.Minute}).Draw(t, "pause")
	s.Places = rapid.IntRange(4, 8).Draw(t, "places")
	s.Order = rapid.SampledFrom([]TurnOrder{"", OrderCheckIn, OrderRegistration}).Draw(t, "order")
	if rapid.Bool().Draw(t, "of a round") {
		s.Round = "round"
	}
	m := &machine{settings: s, pressed: map[InterviewerID]map[CandidateID]bool{}}
	m.presence, m.met, m.now = Presence{}, map[PersonID]bool{}, start.Add(-time.Hour)
	m.order(t, recruiter, Create{Organisation: "org", Owner: "rec", Settings: s, Interviewers: people[:2]})
	m.order(t, recruiter, Publish{})
	if rapid.IntRange(0, 9).Draw(t, "early") == 0 {
		return m // a session met before anybody is there
	}
	m.now = start.Add(-10 * time.Minute)
	for _, i := range people[:2] {
		m.connect(i.Person())
		m.order(t, interviewer(i), Enter{"laptop"})
	}
	for _, c := range hopefuls[:rapid.IntRange(0, 8).Draw(t, "lobby")] {
		m.order(t, visitor, Register{c})
		if rapid.IntRange(0, 2).Draw(t, "has a time") == 0 {
			m.order(t, TheClock, Book{c, m.anyTime(t)})
		}
		m.connect(c.Person())
		m.order(t, candidate(c), CheckIn{"phone"})
	}
	m.now = start.Add(-rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(t, "before start"))
	for _, c := range hopefuls {
		if rapid.Bool().Draw(t, "confirms") {
			m.order(t, candidate(c), Confirm{})
		}
	}
	return m
}

// step is one thing that somebody does, or that happens.
func (m *machine) step(t *rapid.T) {
	person := rapid.SampledFrom([]PersonID{"ina", "ola", "eva", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "nobody"})
	switch kind := rapid.IntRange(0, 31).Draw(t, "kind"); {
	case kind < 6:
		m.order(t, interviewer(rapid.SampledFrom(append(people, "nobody")).Draw(t, "interviewer")), nil)
	case kind < 12:
		m.order(t, candidate(rapid.SampledFrom(append(hopefuls, "nobody")).Draw(t, "candidate")), nil)
	case kind == 12:
		m.order(t, Actor{Role: RoleRecruiter, ID: "rec"}, nil)
	case kind == 13:
		m.order(t, visitor, nil)
	case kind == 14:
		m.order(t, TheClock, Tick{})
		m.order(t, TheClock, Tick{})
	case kind > 27:
		m.order(t, TheClock, m.appointment(t))
	case kind == 15: // time passes with or without its timers
		d := rapid.SampledFrom([]time.Duration{
			time.Millisecond, time.Second, 3 * time.Second, 5 * time.Second, 30 * time.Second,
			time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
		}).Draw(t, "passes")
		if rapid.IntRange(0, 3).Draw(t, "late") == 0 {
			m.now = m.now.Add(d)
			return
		}
		m.timers(t, m.now.Add(d))
	case kind == 16:
		id := person.Draw(t, "who")
		if m.presence[id].Connected {
			m.disconnect(id)
		}
	case kind < 19:
		id := person.Draw(t, "who")
		gone, back := m.presence.gone(id, m.now), !m.presence[id].Connected
		seen := Seen{
			Connected: true, Since: m.now,
			Visible: rapid.IntRange(0, 3).Draw(t, "hidden") > 0,
			Checked: rapid.IntRange(0, 7).Draw(t, "unchecked") > 0,
		}
		m.presence[id] = seen
		if back {
			m.order(t, TheClock, Return{id, gone})
		}
	case kind < 23:
		m.converse(t, rapid.SampledFrom(people).Draw(t, "interviewer"))
	case kind < 26:
		m.together(t)
	case kind == 26:
		if rapid.IntRange(0, 4).Draw(t, "closes") == 0 {
			m.order(t, recruiter, Close{})
			m.order(t, recruiter, Reopen{m.now.Add(time.Duration(rapid.IntRange(5, 90).Draw(t, "ends")) * time.Minute)})
		}
	default:
		m.order(t, TheClock, Return{person.Draw(t, "who"), time.Duration(rapid.Int64Range(-1e9, 2e11).Draw(t, "gone"))})
	}
}

// anyTime is a time that can be chosen, mostly soon.
func (m *machine) anyTime(t *rapid.T) time.Time {
	return m.now.Add(time.Duration(rapid.IntRange(-10, 30).Draw(t, "time")) * time.Minute).Truncate(5 * time.Minute)
}

// appointment is what the round of the session's day wants.
func (m *machine) appointment(t *rapid.T) Command {
	who := rapid.SampledFrom(hopefuls).Draw(t, "whom")
	switch rapid.IntRange(0, 9).Draw(t, "appointment") {
	case 0, 1:
		return Release{who}
	case 2:
		s := m.state.Settings
		return Arrange{
			s.Start.Add(rapid.SampledFrom([]time.Duration{0, 0, 0, 5 * time.Minute, -time.Hour}).Draw(t, "start")), s.Length,
			s.Talk, s.Pause, rapid.IntRange(0, 9).Draw(t, "places"),
		}
	case 3:
		if rapid.IntRange(0, 7).Draw(t, "really") == 0 {
			return Drop{}
		}
	}
	return Book{who, m.anyTime(t)}
}

// converse does what leads to a talk, which chance alone seldom does: an interviewer
// and the one up next come, Next, the acknowledgement, the countdown.
func (m *machine) converse(t *rapid.T, id InterviewerID) {
	here := func(id PersonID) {
		if !m.presence[id].Connected {
			m.presence[id] = Seen{Connected: true, Since: m.now, Visible: true, Checked: true}
			m.order(t, TheClock, Return{Person: id})
		}
	}
	here(id.Person())
	i, _ := m.state.Interviewer(id)
	m.order(t, interviewer(id), Next{After: i.Last, EndTalk: rapid.Bool().Draw(t, "end talk")})
	i, _ = m.state.Interviewer(id)
	if i.Offer.ID == 0 {
		return
	}
	who := i.Offer.Candidate
	here(who.Person())
	m.order(t, candidate(who), Answer{i.Offer.ID})
	i, _ = m.state.Interviewer(id)
	m.order(t, candidate(who), Acknowledge{i.Offer.ID})
	m.timers(t, m.now.Add(m.state.Settings.Countdown))
}

// together does something with a running talk: a panel, a hand-over, a recusal, an end.
func (m *machine) together(t *rapid.T) {
	var running []Talk
	for _, talk := range m.state.Talks {
		if talk.Ended.IsZero() {
			running = append(running, talk)
		}
	}
	if len(running) == 0 {
		return
	}
	talk := rapid.SampledFrom(running).Draw(t, "talk")
	in := interviewer(rapid.SampledFrom(talk.Members).Draw(t, "member"))
	other := rapid.SampledFrom(people).Draw(t, "other")
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	case 0, 1, 2, 3:
		m.order(t, in, InvitePanel{talk.Offer, other})
		m.order(t, interviewer(other), JoinPanel{talk.Offer})
	case 4, 5:
		m.order(t, interviewer(talk.Lead()), HandOver{talk.Offer, other, "note-1"})
	case 6:
		m.order(t, in, Recuse{talk.Candidate, Reason{Preset: PresetConflict}})
	case 7, 8:
		m.order(t, in, End{Offer: talk.Offer})
	case 9:
		m.order(t, in, End{Offer: talk.Offer, All: true})
	}
}

// measure is what a browser says of a talk, any talk: his own or another's, in time or not.
func (m *machine) measure(t *rapid.T, by Actor) Command {
	return Measure{
		By: by.Role, Offer: OfferID(rapid.IntRange(0, int(m.state.LastOffer)+1).Draw(t, "measured")),
		Figures: TalkFigures{
			Measured: time.Duration(rapid.IntRange(-1, 600).Draw(t, "seconds")) * time.Second,
			LossUp:   rapid.SampledFrom([]int{0, 0, 20, 1000, 1001}).Draw(t, "loss"),
			First:    rapid.SampledFrom([]time.Duration{-1, 0, 400 * time.Millisecond}).Draw(t, "first"),
			Way:      rapid.SampledFrom([]Way{"", WayUDP, WayRelay, "pigeon"}).Draw(t, "way"),
		},
	}
}

// timers lets the time pass and ticks at every deadline: each tick must get the
// machine further, or a timer would spin.
func (m *machine) timers(t *rapid.T, until time.Time) {
	for range 200 {
		at := Deadline(m.state, m.presence)
		if at.IsZero() || at.After(until) {
			m.now = until
			return
		}
		if at.After(m.now) {
			m.now = at
		}
		m.order(t, TheClock, Tick{})
		if next := Deadline(m.state, m.presence); !next.IsZero() && !next.After(m.now) {
			t.Fatalf("after a tick at %s the deadline is %s: %s", clock(m.now), clock(next), m.offers())
		}
	}
	t.Fatal("200 deadlines in a row")
}

func (m *machine) command(t *rapid.T, by Actor) Command {
	offer := OfferID(0)
	if i, ok := m.state.Interviewer(InterviewerID(by.ID)); ok && by.Role == RoleInterviewer {
		offer = i.Last
	}
	if c, ok := m.state.Candidates[CandidateID(by.ID)]; ok && by.Role == RoleCandidate {
		offer = c.Offer
	}
	if rapid.IntRange(0, 4).Draw(t, "stale") == 0 {
		offer = OfferID(rapid.IntRange(-1, int(m.state.LastOffer)+1).Draw(t, "offer"))
	}
	who := rapid.SampledFrom(append(hopefuls, "nobody"))
	why := rapid.SampledFrom([]Reason{{Preset: PresetKnows}, {Preset: PresetOther, Text: "text-1"}, {}, {Preset: "made up"}})
	device := rapid.SampledFrom([]DeviceID{"laptop", "phone", "tablet"})
	pick := func(commands ...func() Command) Command {
		return commands[rapid.IntRange(0, len(commands)-1).Draw(t, "command")]()
	}
	whose := rapid.SampledFrom(people)
	talk := func() OfferID { // his own
		if i, ok := m.state.Interviewer(InterviewerID(by.ID)); ok && i.Talk != 0 {
			return i.Talk
		}
		return offer
	}
	running := func() OfferID { // anybody's
		var list []OfferID
		for _, i := range m.state.Interviewers {
			if i.Talk != 0 {
				list = append(list, i.Talk)
			}
		}
		if len(list) == 0 {
			return offer
		}
		return rapid.SampledFrom(list).Draw(t, "running")
	}
	endTalk := func() bool { return rapid.Bool().Draw(t, "end talk") }
	next := func() Command { return Next{After: offer, EndTalk: endTalk()} }
	take := func() Command {
		return Take{After: offer, EndTalk: endTalk(), Candidate: who.Draw(t, "whom"), Reason: why.Draw(t, "why")}
	}
	skip := func() Command {
		return Skip{who.Draw(t, "whom"), rapid.Bool().Draw(t, "to end"), why.Draw(t, "why")}
	}
	switch by.Role {
	case RoleInterviewer:
		return pick(
			next, next, next, take, take, skip, skip,
			func() Command { return UndoSkip{who.Draw(t, "whom")} },
			func() Command { return CorrectNoShow{who.Draw(t, "whom")} },
			func() Command { return CallOff{offer} },
			func() Command {
				return Extend{offer, time.Duration(rapid.IntRange(-1, 40).Draw(t, "more")) * time.Minute}
			},
			func() Command { return End{Offer: offer} },
			func() Command { return End{Offer: talk(), All: rapid.Bool().Draw(t, "all")} },
			func() Command { return Recuse{who.Draw(t, "whom"), why.Draw(t, "why")} },
			func() Command { return HandOver{talk(), whose.Draw(t, "to"), ""} },
			func() Command { return HandOver{talk(), whose.Draw(t, "to"), "note-1"} },
			func() Command { return DeclineHandOver{who.Draw(t, "whom")} },
			func() Command { return InvitePanel{talk(), whose.Draw(t, "to")} },
			func() Command { return InvitePanel{talk(), whose.Draw(t, "to")} },
			func() Command { return JoinPanel{running()} }, func() Command { return JoinPanel{running()} },
			func() Command { return JoinPanel{running()} }, func() Command { return DeclinePanel{running()} },
			func() Command { return Submit{offer} },
			func() Command { return m.measure(t, by) }, func() Command { return m.measure(t, by) },
			func() Command { return Pause{} }, func() Command { return Unpause{} },
			func() Command { return Enter{device.Draw(t, "device")} },
		)
	case RoleCandidate:
		return pick(
			func() Command { return CheckIn{device.Draw(t, "device")} },
			func() Command { return Continue{device.Draw(t, "device")} },
			func() Command { return Confirm{} }, func() Command { return Confirm{} },
			func() Command { return Hold{} }, func() Command { return Resume{} },
			func() Command { return Acknowledge{offer} }, func() Command { return Acknowledge{offer} },
			func() Command { return Acknowledge{offer} }, func() Command { return Acknowledge{offer} },
			func() Command { return CallMe{offer} }, func() Command { return Answer{offer} }, func() Command { return Answer{offer} },
			func() Command { return Withdraw{} },
			func() Command {
				return Test{Devices{Camera: rapid.SampledFrom([]DeviceState{DeviceOK, DeviceFailed, "odd"}).Draw(t, "camera")}}
			},
			func() Command { return Correct{rapid.Bool().Draw(t, "resend")} },
			func() Command {
				if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
					return Confirm{}
				}
				return EraseMe{}
			},
			func() Command { return Leave{offer} },
			func() Command { return m.measure(t, by) }, func() Command { return m.measure(t, by) },
			func() Command { return Requeue{offer} },
			func() Command {
				return Respond{rapid.SampledFrom([]Interest{InterestYes, InterestNo, InterestSkip, "maybe"}).Draw(t, "interest")}
			},
		)
	case RoleRecruiter:
		return pick(
			func() Command { // settings and people change
				s := m.state.Settings
				s.Places = rapid.IntRange(1, 9).Draw(t, "places")
				s.Length = time.Duration(rapid.SampledFrom([]int{60, 60, 30, 4}).Draw(t, "length")) * time.Minute
				s.Start = s.Start.Add(rapid.SampledFrom([]time.Duration{0, 0, 0, 10 * time.Minute, -time.Hour}).Draw(t, "start"))
				return Configure{Settings: s, Interviewers: people[:rapid.IntRange(0, 3).Draw(t, "people")], Version: rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "version")}
			},
			func() Command { return Publish{} },
			func() Command { // rarely, or every run would be over at once
				if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
					return Publish{}
				}
				return Close{}
			},
			func() Command {
				if rapid.IntRange(0, 7).Draw(t, "really") > 0 {
					return Publish{}
				}
				return Cancel{}
			},
			func() Command {
				return Reopen{m.now.Add(time.Duration(rapid.IntRange(-10, 90).Draw(t, "ends")) * time.Minute)}
			},
			func() Command { return Archive{} }, func() Command { return Unarchive{} },
			func() Command {
				if rapid.IntRange(0, 7).Draw(t, "really") > 0 {
					return Publish{}
				}
				return Remove{}
			},
			func() Command { return Transfer{rapid.SampledFrom([]RecruiterID{"", "rec", "other"}).Draw(t, "to")} },
			func() Command { return Grant{whose.Draw(t, "whose")} }, func() Command { return Revoke{whose.Draw(t, "whose")} },
			func() Command { return Announce{} },
			func() Command {
				return Invite{[]PersonID{"v1", PersonID(rapid.StringMatching("v?[12]?").Draw(t, "whom"))}}
			},
			func() Command { return Reinstate{who.Draw(t, "whom")} },
			func() Command { return LinkCandidate{who.Draw(t, "whom")} },
			func() Command {
				if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
					return Publish{}
				}
				return EraseCandidate{who.Draw(t, "whom")}
			},
			func() Command { return RenewLink{rapid.SampledFrom(people).Draw(t, "whose")} },
			func() Command { return Resend{Candidate: who.Draw(t, "whom")} },
			func() Command { return Resend{Interviewer: rapid.SampledFrom(people).Draw(t, "whose")} },
			func() Command { return Create{Settings: m.settings} },
			next, // not his to give
		)
	default:
		return pick(
			func() Command {
				return Register{who.Filter(func(c CandidateID) bool { return c != "nobody" }).Draw(t, "whom")}
			},
			func() Command { return RegisterAgain{who.Draw(t, "whom")} },
			func() Command {
				return TryPIN{rapid.SampledFrom(people).Draw(t, "whose"), rapid.IntRange(0, 3).Draw(t, "wrong") == 0}
			},
		)
	}
}

// order decides one command and holds the outcome against the rules.
func (m *machine) order(t *rapid.T, by Actor, c Command) {
	if c == nil {
		c = m.command(t, by)
	}
	before := m.state
	frozen, there := deep(before), deep(m.presence)
	events, err := Decide(before, m.presence, m.now, by, c)
	said := fmt.Sprintf("%s %s %T%+v at %s", by.Role, by.ID, c, c, clock(m.now))
	if !reflect.DeepEqual(before, frozen) || !reflect.DeepEqual(m.presence, there) {
		t.Fatalf("%s: Decide changed what it was given", said)
	}
	again, err2 := Decide(before, m.presence, m.now, by, c)
	if !reflect.DeepEqual(events, again) || !reflect.DeepEqual(err, err2) {
		t.Fatalf("%s: decided differently a second time", said)
	}
	if err != nil {
		if len(events) > 0 {
			t.Fatalf("%s: refused with events %v", said, events)
		}
		return
	}
	state := before
	for _, e := range events {
		r := Recorded{Version: state.Version + 1, At: m.now, By: by, Event: e}
		m.log = append(m.log, r)
		old := state
		frozen := deep(old)
		state = Evolve(old, r)
		if !reflect.DeepEqual(old, frozen) {
			t.Fatalf("%s: Evolve(%T) changed what it was given", said, e)
		}
		m.placeKept(t, said, old, state, e)
		m.numbered(t, said, old, r)
	}
	if together := Evolve(before, m.log[len(m.log)-len(events):]...); !reflect.DeepEqual(together, state) {
		t.Fatalf("%s: events one by one and together differ", said)
	}
	m.state = state
	m.statuses(t, said)
	m.harmless(t, said, by, c)
	if rapid.IntRange(0, 3).Draw(t, "look") == 0 {
		m.views(t, said)
	}
}

// placeKept holds turn order: a take, a hold, a miss or a lapse moves nobody, and
// what moves somebody moves nobody else.
func (m *machine) placeKept(t *rapid.T, said string, old, new Session, e Event) {
	want := slices.Clone(old.Order)
	moved := CandidateID("")
	switch e := e.(type) {
	case CheckedIn:
		moved = e.Candidate
		want = append(want, e.Candidate)
		for at, o := range new.Order {
			byOrder := at == len(new.Order)-1
			if new.Settings.Order == OrderRegistration { // before everybody who came later, but for those who came back from a talk
				ahead := func(o CandidateID) bool { return old.Candidates[o].First || old.Candidates[o].Promise == PromiseStands }
				byOrder = slices.Index(new.Registered, o) <= slices.Index(new.Registered, moved) || at > slices.Index(new.Order, moved) || ahead(o) ||
					slices.ContainsFunc(new.Order[at:], ahead)
			} else if o != moved {
				continue
			}
			if !byOrder {
				t.Fatalf("%s: %s checked in at %v, registered were %v", said, moved, new.Order, new.Registered)
			}
		}
	case Withdrawn:
		want = without(want, e.Candidate)
	case Promised:
		moved = e.Candidate
		if at, was := slices.Index(new.Order, moved), slices.Index(old.Order, moved); at > was && !new.behindOthers(moved) {
			t.Fatalf("%s: %s has a promised place and went from %d to %d", said, moved, was, at)
		}
		c := new.Candidates[moved]
		if c.Booked.IsZero() || m.now.Before(c.Booked.Add(-PromiseBefore)) || c.CheckedIn.After(c.Booked.Add(PromiseAfter)) {
			t.Fatalf("%s: promised %s at %s, who has %s and came at %s", said, moved, clock(m.now), clock(c.Booked), clock(c.CheckedIn))
		}
	case Booked: // another time: he goes back behind those whose time has come
		if old.Candidates[e.Candidate].Promise == PromiseStands {
			moved = e.Candidate
			for _, o := range old.Order[:slices.Index(old.Order, moved)] {
				if old.Candidates[o].Status == StatusWaiting && slices.Index(new.Order, o) > slices.Index(new.Order, moved) && old.Candidates[o].Promise == PromiseAhead {
					t.Fatalf("%s: rebooked, %s passed %s", said, moved, o)
				}
			}
		}
	case Skipped:
		moved = e.Candidate
		at, was := slices.Index(new.Order, moved), slices.Index(old.Order, moved)
		if at <= was {
			t.Fatalf("%s: skip moved %s from %d to %d", said, moved, was, at)
		}
		if e.Before == "" && at != len(new.Order)-1 {
			t.Fatalf("%s: skipped to the end, stands at %d of %d", said, at, len(new.Order))
		}
	case SkipUndone:
		moved = e.Candidate
		if at, was := slices.Index(new.Order, moved), slices.Index(old.Order, moved); at > was {
			t.Fatalf("%s: undoing a skip moved %s down, %d to %d", said, moved, was, at)
		}
	case TalkAbandoned:
		talk, _ := old.Talk(e.Offer)
		moved = talk.Candidate
		if new.Order[0] != moved {
			t.Fatalf("%s: %s does not stand first after an abandoned talk", said, moved)
		}
	case HandedOver:
		moved = e.Candidate
		first := func(o CandidateID) bool { return o != moved && new.Candidates[o].First }
		for at, ahead := range new.Order[:slices.Index(new.Order, moved)] {
			waits := new.Candidates[ahead].Status == StatusWaiting && !first(ahead)
			if waits && !slices.ContainsFunc(new.Order[at:], first) { // nobody behind him came back before
				t.Fatalf("%s: %s was handed over and stands behind %s", said, moved, ahead)
			}
		}
	}
	got := slices.Clone(new.Order)
	if moved != "" {
		want, got = without(want, moved), without(got, moved)
	}
	if !slices.Equal(want, got) {
		t.Fatalf("%s: %T turned %v into %v", said, e, old.Order, new.Order)
	}
}

// numbered holds the numbers of offers, and that they are made at the right time
// to the right people.
func (m *machine) numbered(t *rapid.T, said string, old Session, r Recorded) {
	var (
		id    OfferID
		to    InterviewerID
		c     CandidateID
		taken bool
	)
	switch e := r.Event.(type) {
	case Called:
		id, to, c, taken = e.Offer, e.Interviewer, e.Candidate, e.Taken
	case Admitted:
		id, to, c, taken = e.Offer, e.Interviewer, e.Candidate, e.Taken
	default:
		return
	}
	if id != m.offered+1 {
		t.Fatalf("%s: offer %d after %d", said, id, m.offered)
	}
	m.offered = id
	if old.Phase != PhasePublished || r.At.Before(old.Settings.Start) {
		t.Fatalf("%s: offered in phase %s, start %s", said, old.Phase, clock(old.Settings.Start))
	}
	i, _ := old.Interviewer(to)
	if i.Removed {
		t.Fatalf("%s: offered to a removed interviewer", said)
	}
	was := old.Candidates[c]
	_, admits := r.Event.(Admitted)
	open := i.Offer.Candidate == c && r.By == candidate(c)
	switch {
	case open && admits && i.Offer.Stage == StageCalled: // he answered
		return
	case open && !admits && i.Offer.Stage == StageAdmitted: // his page was not in front
		return
	case (was.Status == StatusNoShow || was.Status == StatusDone) && taken:
	case was.Status != StatusWaiting:
		t.Fatalf("%s: offered %s, who is %s", said, c, was.Status)
	}
	if slices.Contains(i.Recused, c) {
		t.Fatalf("%s: %s was offered to %s, who is recused", said, c, to)
	}
	if was.For != "" && was.For != to {
		t.Fatalf("%s: %s was offered to %s and is reserved for %s", said, c, to, was.For)
	}
	if i.Offer.ID != 0 || i.Talk != 0 || i.WriteUp != 0 || i.Paused {
		t.Fatalf("%s: offered to a busy %s %+v", said, to, i)
	}
	if r.By.Role == RoleInterviewer { // his press of Next, or a colleague hands over
		m.pressed[to] = map[CandidateID]bool{}
	}
	if m.pressed[to][c] {
		t.Fatalf("%s: %s offered twice by the same press of %s", said, c, to)
	}
	m.pressed[to][c] = true
	if !m.presence[c.Person()].Connected {
		t.Fatalf("%s: offered %s, who is not connected", said, c)
	}
	if taken {
		return
	}
	for _, ahead := range old.Order { // nobody eligible was passed over
		if ahead == c {
			break
		}
		if was.For != to && old.Eligible(to, m.presence, r.At, ahead) && !m.pressed[to][ahead] {
			t.Fatalf("%s: %s was offered, %s stands before", said, c, ahead)
		}
	}
	if plain := was.Booked.IsZero() || was.Promise == PromiseAhead; plain && !was.First && was.For != to {
		for _, other := range old.Order { // nobody goes before those whose time has come
			o := old.Candidates[other]
			inTime := !o.Booked.IsZero() && !r.At.Before(o.Booked.Add(-PromiseBefore)) && !o.CheckedIn.After(o.Booked.Add(PromiseAfter))
			if inTime && o.Promise != PromiseOver && old.Eligible(to, m.presence, r.At, other) && !m.pressed[to][other] {
				t.Fatalf("%s: %s was offered to %s before %s, whose time %s has come", said, c, to, other, clock(o.Booked))
			}
		}
	}
	for _, other := range old.Order { // whom he was handed come first
		if o := old.Candidates[other]; was.For != to && o.For == to && old.Eligible(to, m.presence, r.At, other) && !m.pressed[to][other] {
			t.Fatalf("%s: %s was offered to %s, for whom %s waits", said, c, to, other)
		}
	}
	if was.OnHold || r.At.Before(was.RestUntil) {
		t.Fatalf("%s: offered %s on hold or resting", said, c)
	}
}

// statuses holds that everybody is in one place, and that all the places that
// know of him agree.
func (m *machine) statuses(t *rapid.T, said string) {
	s := m.state
	calls, admissions, talks := map[CandidateID]int{}, map[CandidateID]int{}, map[CandidateID]int{}
	for _, i := range s.Interviewers {
		jobs := 0
		if o := i.Offer; o.ID != 0 {
			jobs++
			if s.Candidates[o.Candidate].Offer != o.ID || i.Last != o.ID {
				t.Fatalf("%s: offer %d of %s is not %s's %d", said, o.ID, i.ID, o.Candidate, s.Candidates[o.Candidate].Offer)
			}
			if o.Stage == StageCalled {
				calls[o.Candidate]++
			} else {
				admissions[o.Candidate]++
			}
		}
		for _, id := range []OfferID{i.Talk, i.WriteUp} {
			if id == 0 {
				continue
			}
			jobs++
			talk, ok := s.Talk(id)
			in := slices.Contains(talk.Members, i.ID)
			if !ok || !talk.Took(i.ID) || in != (id == i.Talk) || !in && talk.Ended.IsZero() && id == i.Talk {
				t.Fatalf("%s: %s has talk %d: %+v", said, i.ID, id, talk)
			}
		}
		if jobs > 1 {
			t.Fatalf("%s: %s is in two places: %+v", said, i.ID, i)
		}
	}
	for _, talk := range s.Talks {
		sides := map[InterviewerID]bool{}
		for _, f := range talk.Measured { // one each, of those who were in it and are out
			if f.Interviewer == "" && talk.Ended.IsZero() || f.Interviewer != "" && !talk.Took(f.Interviewer) || sides[f.Interviewer] || f.Figures.Check() != "" {
				t.Fatalf("%s: talk %d was measured: %+v", said, talk.Offer, talk.Measured)
			}
			sides[f.Interviewer] = true
		}
		if talk.Ended.IsZero() {
			talks[talk.Candidate]++
			if n := len(talk.Members); n < 1 || n > MaxPanel || n+len(talk.Invited) > MaxPanel {
				t.Fatalf("%s: talk %d has %v, invited %v", said, talk.Offer, talk.Members, talk.Invited)
			}
			for _, id := range talk.Members {
				if i, _ := s.Interviewer(id); i.Talk != talk.Offer || slices.Contains(i.Recused, talk.Candidate) {
					t.Fatalf("%s: %s is in talk %d: %+v", said, id, talk.Offer, i)
				}
			}
		} else if len(talk.Members)+len(talk.Invited) > 0 {
			t.Fatalf("%s: talk %d has ended with %v in it", said, talk.Offer, talk.Members)
		}
	}
	seen := map[CandidateID]int{}
	for _, id := range s.Order {
		seen[id]++
	}
	if len(s.Registered) != len(s.Candidates) {
		t.Fatalf("%s: %d registered, %d candidates", said, len(s.Registered), len(s.Candidates))
	}
	for _, id := range s.Registered {
		c := s.Candidates[id]
		a, b, d := calls[id], admissions[id], talks[id]
		ok := seen[id] == 1
		switch c.Status {
		case StatusRegistered, StatusWithdrawn:
			ok = seen[id] == 0 && a+b+d == 0 && c.Offer == 0
		case StatusWaiting:
			ok = ok && a+b+d == 0 && c.Offer == 0 && s.Phase != PhaseClosed
		case StatusDone, StatusNoShow, StatusNotReached:
			ok = ok && a+b+d == 0 && c.Offer == 0 && !c.OnHold
		case StatusCalled:
			ok = ok && a == 1 && b+d == 0 && !c.OnHold
		case StatusTalking:
			ok = ok && a == 0 && b+d == 1 && !c.OnHold
		default:
			ok = false
		}
		if !ok {
			t.Fatalf("%s: %s is %s, in order %d, called %d, admitted %d, talks %d: %+v", said, id, c.Status, seen[id], a, b, d, c)
		}
		if c.For != "" {
			to, _ := s.Interviewer(c.For)
			ok := c.Status == StatusWaiting || to.Offer.Candidate == c.ID && to.Offer.ID != 0
			if !ok || to.Removed || to.Paused || slices.Contains(to.Recused, c.ID) {
				t.Fatalf("%s: %s is %s and reserved for %+v", said, id, c.Status, to)
			}
		}
		if c.Recalled && c.Status != StatusCalled && c.Status != StatusTalking {
			t.Fatalf("%s: %s was recalled and is %s", said, id, c.Status)
		}
		if c.Skipped != (c.SkipBefore != "") && c.Skipped {
			t.Fatalf("%s: %s was skipped from before nobody", said, id)
		}
	}
	if _, registers := m.log[len(m.log)-1].Event.(Registered); registers && m.log[len(m.log)-1].By == visitor && s.Taken() > s.Settings.Places {
		t.Fatalf("%s: %d of %d places taken", said, s.Taken(), s.Settings.Places)
	}
	if s.Phase == PhaseClosed || s.Phase == PhaseCancelled {
		for _, i := range s.Interviewers {
			if i.Offer.ID != 0 || i.Talk != 0 || i.WriteUp != 0 {
				t.Fatalf("%s: over, yet %s has %+v", said, i.ID, i)
			}
		}
	}
}

// harmless holds that a double click, acknowledgement or answer changes nothing.
func (m *machine) harmless(t *rapid.T, said string, by Actor, c Command) {
	switch c.(type) {
	case Next, Take, Acknowledge, CallMe, Answer, Hold, Withdraw, End, Leave, Submit, CallOff, Requeue, Tick, Return,
		Recuse, HandOver, DeclineHandOver, InvitePanel, JoinPanel, DeclinePanel, Test, EraseMe, EraseCandidate,
		Book, Release, Arrange, Drop, Reopen, Archive, Unarchive, Remove, Transfer, Grant, Revoke, Invite, Reinstate, Measure:
	default:
		return
	}
	if next, ok := c.(Next); ok {
		if i, _ := m.state.Interviewer(InterviewerID(by.ID)); i.Last == next.After {
			t.Fatalf("%s: Next had its effect and is not stale", said)
		}
	}
	events, _ := Decide(m.state, m.presence, m.now, by, c)
	if len(events) > 0 {
		t.Fatalf("%s: a second time made %v", said, events)
	}
}

// views holds what everybody is shown.
func (m *machine) views(t *rapid.T, said string) {
	s := m.state
	n := Snapshot{ID: "s", State: s, Presence: m.presence, Now: m.now, People: map[PersonID]Person{}, Texts: map[TextID]string{
		TitleText: "Planted title", JobText: "planted job", "q1": "Planted question?", "q2": "Planted too?", "t1": "Planted trait", "text-1": "planted reason",
	}}
	name := func(c CandidateID) string { return "Name-of-" + strings.ToUpper(string(c)) }
	for _, c := range hopefuls {
		n.People[c.Person()] = Person{ID: c.Person(), Role: RoleCandidate, Name: name(c), Email: string(c) + "@planted.example"}
	}
	for _, i := range people {
		n.People[i.Person()] = Person{ID: i.Person(), Role: RoleInterviewer, Name: "Host " + string(i)}
	}
	var queue []QueueRow
	for at, i := range append(people, "nobody") {
		v := n.ViewOfInterviewer(i, "laptop")
		if v.Removed {
			continue
		}
		for n := range v.Queue { // but for what concerns him alone
			v.Queue[n].Recused, v.Queue[n].From, v.Queue[n].Note = false, "", ""
		}
		if queue == nil {
			queue = v.Queue
		}
		if !reflect.DeepEqual(queue, v.Queue) {
			t.Fatalf("%s: interviewer %d sees another queue", said, at)
		}
		if text, _ := json.Marshal(v); strings.Contains(strings.ToLower(string(text)), "planted") {
			t.Fatalf("%s: an interviewer's view holds %s", said, text)
		}
	}
	last := -1
	for at, row := range queue {
		before, ok := s.Before(row.ID)
		if !ok || before <= last || before < at {
			t.Fatalf("%s: %s is number %d in the queue and has %d before him", said, row.ID, at, before)
		}
		last = before
		if s.Phase != PhasePublished {
			continue
		}
		v := n.ViewOfCandidate(row.ID, s.Candidates[row.ID].Device)
		if v.Moment != MomentWaiting || v.Before != before {
			t.Fatalf("%s: %s waits and sees %+v", said, row.ID, v)
		}
	}
	for _, c := range append(hopefuls, "nobody") {
		for _, device := range []DeviceID{"", "phone", "tablet"} {
			text, err := json.Marshal(n.ViewOfCandidate(c, device))
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range hopefuls {
				if other != c && (strings.Contains(string(text), `"`+string(other)+`"`) || strings.Contains(string(text), name(other))) {
					t.Fatalf("%s: %s is shown %s: %s", said, c, other, text)
				}
			}
			if strings.Contains(strings.ToLower(string(text)), "planted") {
				t.Fatalf("%s: %s is shown planted words: %s", said, c, text)
			}
		}
	}
	for _, reader := range []Actor{recruiter, interviewer("ina"), candidate("c1"), visitor} {
		Summarise(s, nil, reader)
	}
}

// finish replays everything, and lets the time run until nothing is due: with
// everybody gone a published session comes to its end by itself.
func (m *machine) finish(t *rapid.T) {
	if again := Evolve(Session{}, m.log...); !reflect.DeepEqual(again, m.state) {
		t.Fatalf("replayed:\n%+v\nlived:\n%+v", again, m.state)
	}
	for n, r := range m.log {
		if r.Version != n+1 {
			t.Fatalf("event %d has version %d", n+1, r.Version)
		}
	}
	for _, id := range append(hopefuls, "ina", "ola", "eva") {
		m.disconnect(PersonID(id))
	}
	m.timers(t, m.now.Add(5*time.Hour))
	if m.state.Phase == PhasePublished {
		t.Fatalf("everybody left and the session goes on: %s, %s", m.offers(), m.waiting())
	}
	m.views(t, "at the end")
}

// deep copies a value and everything it points to.
func deep[T any](v T) T { return deepen(reflect.ValueOf(v)).Interface().(T) }

func deepen(v reflect.Value) reflect.Value {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(deepen(v.Field(i)))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(deepen(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMap(v.Type()))
			for it := v.MapRange(); it.Next(); {
				out.SetMapIndex(it.Key(), deepen(it.Value()))
			}
		}
	default:
		out.Set(v)
	}
	return out
}

// behindOthers says whether all who stand before a candidate came back from a talk or
// have an earlier time that has come.
func (s Session) behindOthers(id CandidateID) bool {
	c := s.Candidates[id]
	for _, o := range s.Order[:slices.Index(s.Order, id)] {
		if a := s.Candidates[o]; !a.First && a.Status != StatusDone && (a.Promise == PromiseAhead || !a.sooner(c)) {
			return false
		}
	}
	return true
}
