package transport

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// rehearsal is a round's day and its session: the board is changed by hand, the
// session only by what the plan orders, with the real machine.
type rehearsal struct {
	t   *testing.T
	now time.Time
	b   nextup.Board
	n   nextup.Snapshot
	did []string // what was ordered, by the last settle
}

// keyOfEmail compares addresses as the store does.
var keyOfEmail = (*store.Store)(nil).EmailKey

const rehearsed = "2026-12-01"

func clockAt(clock string) time.Time {
	x, err := nextup.LocalTime(rehearsed, clock, "Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	return x
}

// rehearse is a day by video with these slots, the day before, and three applicants
// without a time.
func rehearse(t *testing.T, starts ...string) *rehearsal {
	x := &rehearsal{t: t, now: clockAt("09:00").Add(-24 * time.Hour)}
	x.b.Job = nextup.Job{ID: "JOB", Organisation: "ORG", Owner: "OWNER", Title: "Nurse", Zone: "Europe/Stockholm", Text: "**Care**", Contact: "040"}
	r := nextup.RoundBoard{
		Round: nextup.Round{ID: "ROUND", Job: "JOB", Number: 1, Frame: nextup.Frame{Length: 45 * time.Minute, Pause: 15 * time.Minute, Seats: 1}},
		Days:  []nextup.Day{{Date: rehearsed, Place: nextup.Place{Video: true}}},
	}
	for _, who := range []string{"A", "B", "C"} {
		x.b.Applicants = append(x.b.Applicants, nextup.Applicant{
			ID: nextup.ApplicantID(who), Job: "JOB", Name: "Name " + who, Email: who + "@example.test", Language: "sv",
		})
		r.Entries = append(r.Entries, nextup.Entry{Applicant: nextup.ApplicantID(who)})
	}
	x.b.Rounds = []nextup.RoundBoard{r}
	x.slots(starts...)
	return x
}

func (x *rehearsal) round() *nextup.RoundBoard { return &x.b.Rounds[0] }

// slots makes these, of one seat and the frame's length, the day's.
func (x *rehearsal) slots(starts ...string) {
	x.round().Slots = nil
	for _, s := range starts {
		x.round().Slots = append(x.round().Slots, nextup.Slot{ID: nextup.SlotID(s), Date: rehearsed, Start: clockAt(s), Length: x.round().Round.Frame.Length, Seats: 1})
	}
}

// books gives an applicant a slot; "" takes it away.
func (x *rehearsal) books(who, slot string) {
	for i := range x.round().Entries {
		if e := &x.round().Entries[i]; e.Applicant == nextup.ApplicantID(who) {
			e.Booking.Slot = nextup.SlotID(slot)
		}
	}
}

func (x *rehearsal) applicant(who string) *nextup.Applicant {
	i := slices.IndexFunc(x.b.Applicants, func(a nextup.Applicant) bool { return a.ID == nextup.ApplicantID(who) })
	return &x.b.Applicants[i]
}

// do gives the session a command.
func (x *rehearsal) do(o nextup.Order) {
	x.t.Helper()
	events, err := nextup.Decide(x.n.State, x.n.Presence, x.now, o.By, o.Command)
	if err != nil {
		x.t.Fatalf("%T: %v", o.Command, err)
	}
	var kept []nextup.Recorded
	for i, e := range events {
		kept = append(kept, nextup.Recorded{Version: x.n.State.Version + i + 1, At: x.now, By: o.By, Event: e})
	}
	x.n.State = nextup.Evolve(x.n.State, kept...)
	if len(events) == 0 {
		return
	}
	for _, p := range o.People {
		x.n.People[p.ID] = p
	}
	for _, s := range o.Texts {
		x.n.Texts[s.ID] = s.Body
	}
	people, _ := nextup.ErasedBy(x.n.State, events)
	for _, p := range people {
		delete(x.n.People, p)
	}
}

func (x *rehearsal) as(who nextup.CandidateID, c nextup.Command) {
	x.t.Helper()
	x.do(nextup.Order{By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(who)}, Command: c})
}

// talks has the owner interview a candidate from now on.
func (x *rehearsal) talks(who nextup.CandidateID) {
	x.t.Helper()
	here := nextup.Seen{Connected: true, Visible: true, Checked: true, Since: x.now}
	x.n.Presence["OWNER"], x.n.Presence[who.Person()] = here, here
	owner := nextup.Actor{Role: nextup.RoleInterviewer, ID: "OWNER"}
	x.as(who, nextup.CheckIn{Device: "DEVICE01"})
	x.do(nextup.Order{By: owner, Command: nextup.Enter{Device: "DEVICE02"}})
	x.do(nextup.Order{By: owner, Command: nextup.Next{}})
	i, _ := x.n.State.Interviewer("OWNER")
	x.as(who, nextup.Acknowledge{Offer: i.Offer.ID})
	if i, _ = x.n.State.Interviewer("OWNER"); i.Talk == 0 {
		x.now = x.now.Add(time.Minute)
		x.do(nextup.Order{By: nextup.TheClock, Command: nextup.Tick{}})
	}
	if !talked(x.n.State, who) {
		x.t.Fatal("nobody talks")
	}
}

// settle does what Server.settle does, and once more, which must find nothing to do.
func (x *rehearsal) settle() {
	x.t.Helper()
	x.did = nil
	for again := range 2 {
		x.n.Now = x.now
		p := newDayPlan(x.b, x.b.Rounds[0], x.b.Rounds[0].Days[0], keyOfEmail)
		var orders []nextup.Order
		if p.makes(x.n) {
			x.n = nextup.Snapshot{ID: "SESSION", People: map[nextup.PersonID]nextup.Person{}, Texts: map[nextup.TextID]string{}, Presence: nextup.Presence{}, Now: x.now}
			owner := Account{ID: "OWNER", Organisation: "ORG", Name: "Maria", Email: "maria@example.test", Language: "sv"}
			orders = append(orders, p.create(owner, "Nurse, round 1", nextup.Snapshot{}, x.now))
			x.do(orders[0])
		}
		for _, a := range p.gaveBack(x.n) {
			x.did = append(x.did, "unbook "+string(a.who.ID))
			x.books(string(a.who.ID), "")
			p = newDayPlan(x.b, x.b.Rounds[0], x.b.Rounds[0].Days[0], keyOfEmail)
		}
		list := p.orders(x.n)
		for _, o := range list {
			x.do(o)
		}
		orders = append(orders, list...)
		for _, o := range orders {
			x.did = append(x.did, strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", o.Command), "nextup.")))
		}
		if again == 1 && len(orders) > 0 {
			x.t.Errorf("settled, and still to do: %v", x.did)
		}
	}
}

// is compares the session with what it should be: phase, times, and who has which time.
func (x *rehearsal) is(want string) {
	x.t.Helper()
	st, set := x.n.State, x.n.State.Settings
	clock := func(at time.Time) string { return in(at, "Europe/Stockholm").Format("15:04") }
	got := fmt.Sprintf("%s %s-%s talk %v pause %v places %d", st.Phase, clock(set.Start), clock(set.End()), set.Talk.Minutes(), set.Pause.Minutes(), set.Places)
	for _, id := range st.Registered {
		c := st.Candidates[id]
		got += "; " + string(id) + " " + string(c.Status)
		if !c.Booked.IsZero() {
			got += " " + clock(c.Booked)
		}
	}
	if got != want {
		x.t.Errorf("\ngot  %s\nwant %s\ndid  %v", got, want, x.did)
	}
}

// The session of a day is made what the day says, whatever either was before.
func TestDayPlan(t *testing.T) {
	t.Run("K4 a new day by video becomes a session with the times of its slots", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00", "11:00")
		x.books("A", "10:00")
		x.settle()
		x.is("published 09:00-11:45 talk 45 pause 15 places 3; A registered 10:00")
		if set := x.n.State.Settings; set.Round != "ROUND" || x.n.State.Owner != "OWNER" || x.n.State.Interviewers[0].ID != "OWNER" ||
			x.n.Texts[nextup.JobText] != "**Care**" || x.n.Texts[nextup.ContactText] != "040" {
			t.Errorf("the session %+v", x.n)
		}
		if p := x.n.People["A"]; p.Name != "Name A" || p.Email != "A@example.test" || p.Language != "sv" || p.Role != nextup.RoleCandidate {
			t.Errorf("the person %+v", p)
		}
	})
	t.Run("no session without times, at an address, or when all is past", func(t *testing.T) {
		x := rehearse(t)
		x.settle()
		if x.n.State.Phase != "" {
			t.Error("a session without times")
		}
		x.slots("09:00")
		x.round().Days[0].Place = nextup.Place{Address: "Storgatan 1"}
		x.settle()
		if x.n.State.Phase != "" {
			t.Error("a session for a day at an address")
		}
		x.round().Days[0].Place = nextup.Place{Video: true}
		x.now = clockAt("12:00")
		x.settle()
		if x.n.State.Phase != "" {
			t.Error("a session for a day that is over")
		}
	})
	t.Run("more times, fewer times, an earlier start, other lengths", func(t *testing.T) {
		x := rehearse(t, "10:00")
		x.settle()
		x.is("published 10:00-10:45 talk 45 pause 15 places 1")
		x.slots("10:00", "13:00")
		x.settle()
		x.is("published 10:00-13:45 talk 45 pause 15 places 2")
		x.slots("08:00", "13:00")
		x.settle()
		x.is("published 08:00-13:45 talk 45 pause 15 places 2")
		x.slots("13:00")
		x.round().Slots[0].Length, x.round().Slots[0].Seats = 30*time.Minute, 4
		x.settle()
		x.is("published 13:00-13:30 talk 30 pause 15 places 4")
	})
	t.Run("chosen, changed, cancelled, chosen again", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.books("A", "09:00")
		x.books("B", "10:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; A registered 09:00; B registered 10:00")
		x.books("A", "")
		x.books("B", "09:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; A withdrawn; B registered 09:00")
		x.books("A", "10:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; B registered 09:00; A registered 10:00")
		x.books("A", "")
		x.settle()
		x.books("A", "10:00") // the same one again
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; B registered 09:00; A registered 10:00")
	})
	t.Run("S0-22 who leaves in the lobby gives his time back", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.books("A", "09:00")
		x.settle()
		x.as("A", nextup.Withdraw{})
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; A withdrawn")
		if x.round().Entries[0].Booking.Slot != "" || !slices.Contains(x.did, "unbook A") {
			t.Errorf("his time was not given back: %v", x.did)
		}
		x.books("A", "09:00") // and chooses the same anew
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; A registered 09:00")
	})
	t.Run("S0-22 who leaves or is erased during his interview, or after it, has had it", func(t *testing.T) {
		for _, leave := range []nextup.Command{nextup.Withdraw{}, nextup.EraseMe{}} {
			for _, after := range []bool{false, true} {
				x := rehearse(t, "09:00", "10:00")
				x.books("A", "09:00")
				x.settle()
				x.now = clockAt("09:00")
				x.talks("A")
				if after {
					i, _ := x.n.State.Interviewer("OWNER")
					x.do(nextup.Order{By: nextup.Actor{Role: nextup.RoleInterviewer, ID: "OWNER"}, Command: nextup.End{Offer: i.Talk}})
				}
				if _, withdraws := leave.(nextup.Withdraw); after && withdraws {
					continue // refused
				}
				x.now = clockAt("09:10")
				x.as("A", leave)
				x.settle()
				if x.round().Entries[0].Booking.Slot != "09:00" || len(x.did) != 0 || len(x.n.State.Registered) != 1 {
					t.Errorf("%T, after it %v: his booking is %+v, done was %v, there are %v", leave, after, x.round().Entries[0].Booking, x.did, x.n.State.Registered)
				}
			}
		}
	})
	t.Run("who was moved by the recruiter while he left keeps the new time", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.books("A", "09:00")
		x.settle()
		x.as("A", nextup.Withdraw{})
		x.books("A", "10:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; A registered 10:00")
	})
	t.Run("a standby with the same address is the one who has the time", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.settle()
		x.do(nextup.Order{
			By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: "STANDBY"},
			People: []nextup.Person{{ID: "STANDBY", Role: nextup.RoleCandidate, Name: "Beata", Email: "b@Example.TEST", Notice: 3}},
		})
		x.books("B", "10:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; STANDBY registered 10:00")
		if p := x.n.People["STANDBY"]; p.Notice != 3 || p.Name != "Name B" {
			t.Errorf("his row %+v", p)
		}
		x.books("B", "")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; STANDBY withdrawn")
	})
	t.Run("a standby whose address is spelt with other characters for the same letters is the one, too", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.settle()
		x.do(nextup.Order{
			By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: "STANDBY"},
			People: []nextup.Person{{ID: "STANDBY", Role: nextup.RoleCandidate, Name: "Åsa", Email: "A\u030asa@example.test"}},
		})
		x.applicant("B").Email = "\u00e5sa@example.test"
		x.books("B", "10:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; STANDBY registered 10:00")
	})
	t.Run("corrected names and addresses", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.books("A", "09:00")
		x.settle()
		x.applicant("A").Name, x.applicant("A").Email, x.applicant("A").Phone = "Åsa", "asa@example.test", "070"
		x.settle()
		if p := x.n.People["A"]; p.Name != "Åsa" || p.Email != "asa@example.test" || p.Phone != "070" {
			t.Errorf("his row %+v", p)
		}
		// An address that somebody has who signed up there himself stays that one's.
		x.slots("09:00", "10:00")
		x.settle()
		x.do(nextup.Order{
			By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: "STANDBY"},
			People: []nextup.Person{{ID: "STANDBY", Role: nextup.RoleCandidate, Email: "other@example.test"}},
		})
		x.applicant("A").Email = "Other@example.test"
		x.settle()
		x.books("A", "10:00")
		x.settle()
		if p := x.n.People["A"]; p.Email != "asa@example.test" {
			t.Errorf("two have one address: %+v", p)
		}
	})
	t.Run("who is erased is erased from the session too", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.books("A", "09:00")
		x.settle()
		*x.applicant("A") = nextup.Applicant{ID: "A", Job: "JOB", Removed: x.now, Erased: true}
		x.books("A", "")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 2; A withdrawn")
		if !x.n.State.Candidates["A"].Erased || x.n.People["A"].Name != "" {
			t.Errorf("not erased: %+v", x.n.State.Candidates["A"])
		}
	})
	t.Run("who had himself erased from the session gave his time back, and can come again as somebody new", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.books("A", "09:00")
		x.settle()
		x.as("A", nextup.EraseMe{})
		x.settle()
		if x.round().Entries[0].Booking.Slot != "" {
			t.Error("he still has his time")
		}
		x.books("A", "10:00")
		x.settle()
		fresh := x.n.State.Registered[len(x.n.State.Registered)-1]
		if c := x.n.State.Candidates[fresh]; fresh == "A" || !c.Booked.Equal(clockAt("10:00")) || x.n.People[fresh.Person()].Name != "Name A" {
			t.Errorf("he came back as %s: %+v", fresh, c)
		}
	})
	t.Run("the place becomes an address, and video again", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.books("A", "09:00")
		x.settle()
		x.round().Days[0].Place = nextup.Place{Address: "Storgatan 1"}
		x.settle()
		x.is("cancelled 09:00-09:45 talk 45 pause 15 places 1; A registered 09:00")
		x.round().Days[0].Place = nextup.Place{Video: true}
		x.settle()
		x.is("published 09:00-09:45 talk 45 pause 15 places 1; A registered 09:00")
	})
	t.Run("a session that has begun keeps its start; later times make it longer", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00")
		x.settle()
		x.now = clockAt("09:30")
		x.slots("09:00", "10:00", "11:00")
		x.settle()
		x.is("published 09:00-11:45 talk 45 pause 15 places 3")
	})
	t.Run("a session made late begins with the first time that is left", func(t *testing.T) {
		x := rehearse(t, "09:00", "10:00", "11:00")
		x.now = clockAt("09:30")
		x.books("A", "11:00")
		x.settle()
		x.is("published 10:00-11:45 talk 45 pause 15 places 3; A registered 11:00")
	})
	t.Run("none is made for a time that began too long ago, though it is not over", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.books("A", "09:00")
		x.now = clockAt("09:06")
		x.settle()
		if x.n.State.Phase != "" {
			t.Errorf("made: %+v", x.n.State)
		}
		x.now = clockAt("09:04")
		x.settle()
		x.is("published 09:00-09:45 talk 45 pause 15 places 1; A registered 09:00")
	})
	t.Run("one that is over is taken up again for later times; one closed by hand is not", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.settle()
		x.now = clockAt("10:00")
		x.do(nextup.Order{By: nextup.TheClock, Command: nextup.Tick{}})
		if x.n.State.Phase != nextup.PhaseClosed {
			t.Fatal("it did not close by itself")
		}
		x.slots("09:00", "13:00")
		x.books("A", "13:00")
		x.settle()
		x.is("published 09:00-13:45 talk 45 pause 15 places 2; A registered 13:00")
		x.do(nextup.Order{By: nextup.Actor{Role: nextup.RoleRecruiter, ID: "OWNER"}, Command: nextup.Close{}})
		x.settle()
		if x.n.State.Phase != nextup.PhaseClosed {
			t.Error("closed by hand, and taken up again")
		}
	})
	t.Run("another owner", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.settle()
		x.b.Job.Owner = "COLLEAGUE"
		x.settle()
		if x.n.State.Owner != "COLLEAGUE" {
			t.Errorf("the session is %s's", x.n.State.Owner)
		}
	})
	t.Run("places that were raised for people without a time stay", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.settle()
		set := x.n.State.Settings
		set.Places = 9
		x.do(nextup.Order{By: nextup.Actor{Role: nextup.RoleRecruiter, ID: "OWNER"}, Command: nextup.Configure{Settings: set, Interviewers: []nextup.InterviewerID{"OWNER"}}})
		x.slots("09:00", "10:00")
		x.settle()
		x.is("published 09:00-10:45 talk 45 pause 15 places 9")
	})
	t.Run("times, cancelling and removing are the round's business", func(t *testing.T) {
		x := rehearse(t, "09:00")
		x.settle()
		set := x.n.State.Settings
		set.Start = set.Start.Add(time.Hour)
		by := nextup.Actor{Role: nextup.RoleRecruiter, ID: "OWNER"}
		for _, c := range []nextup.Command{nextup.Configure{Settings: set, Interviewers: []nextup.InterviewerID{"OWNER"}}, nextup.Cancel{}, nextup.Remove{}} {
			if _, err := nextup.Decide(x.n.State, x.n.Presence, x.now, by, c); !errors.Is(err, nextup.Refuse(nextup.CodeRound)) {
				t.Errorf("%T: %v", c, err)
			}
		}
	})
}

func TestRetries(t *testing.T) {
	now := clockAt("09:00")
	d := UnsettledDay{Round: "R", Date: rehearsed, Revision: 1}
	tries := retries{}
	wait := func() time.Duration { return tries[keyOf(d)].next.Sub(now) }
	var waits []time.Duration
	for range 8 {
		tries.note(d, now, errors.New("no"))
		waits = append(waits, wait())
		if tries.due(d, now) || !tries.due(d, now.Add(wait())) {
			t.Error("tried at the wrong time")
		}
	}
	want := []time.Duration{5, 10, 20, 40, 80, 160, 300, 300}
	for i := range want {
		if waits[i] != want[i]*time.Second {
			t.Errorf("waits %v", waits)
			break
		}
	}
	if d.Revision = 2; !tries.due(d, now) {
		t.Error("what has changed since waits")
	}
	tries.note(d, now, nil)
	if !tries.due(d, now) || len(tries) != 0 {
		t.Error("a success is not forgotten")
	}
	tries.note(d, now, errors.New("no"))
	if tries.keep(nil); len(tries) != 0 {
		t.Error("what is not behind any more is kept")
	}
}
