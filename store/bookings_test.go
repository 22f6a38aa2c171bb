package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nextup"
	"nextup/store"
)

// TestBookingsOfManyKinds plans, books, changes, cancels, moves, drops, removes and
// comes back at random, by applicants and recruiters, at any time before and after the
// cut-off, and compares each answer with a small model that knows only the rules. After
// each step it looks at what must hold. More: -rapid.checks=10000.
func TestBookingsOfManyKinds(t *testing.T) {
	s := open(t, t.TempDir(), store.Options{})
	t.Cleanup(func() { _ = s.Close() })
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		made++
		m := newModel(t, s, made)
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			m.step()
			m.look()
		}
	})
}

// model is what a round should be like.
type model struct {
	*rapid.T
	s       *store.Store
	prefix  string
	job     nextup.JobID
	round   nextup.RoundID
	now     time.Time
	cutOff  time.Duration
	saved   int // revision of the plan
	ids     int
	slots   map[nextup.SlotID]*modelSlot
	people  []nextup.ApplicantID
	out     map[nextup.ApplicantID]bool // removed from the job, or out of the round
	asked   map[nextup.ApplicantID]bool
	has     map[nextup.ApplicantID]nextup.SlotID
	changes map[nextup.ApplicantID]int // of his calendar entry
	uid     map[nextup.ApplicantID]string
}

type modelSlot struct {
	start time.Time
	seats int
	gone  bool
}

var modelDay = time.Date(2027, 3, 27, 0, 0, 0, 0, time.UTC)

func newModel(t *rapid.T, s *store.Store, n int) *model {
	m := &model{
		T: t, s: s, prefix: fmt.Sprintf("%d-", n), now: modelDay.Add(-48 * time.Hour), saved: 1,
		cutOff: rapid.SampledFrom([]time.Duration{0, time.Hour, 24 * time.Hour}).Draw(t, "cut-off"),
		slots:  map[nextup.SlotID]*modelSlot{}, out: map[nextup.ApplicantID]bool{}, asked: map[nextup.ApplicantID]bool{},
		has: map[nextup.ApplicantID]nextup.SlotID{}, changes: map[nextup.ApplicantID]int{}, uid: map[nextup.ApplicantID]string{},
	}
	m.job, m.round = nextup.JobID(m.prefix+"job"), nextup.RoundID(m.prefix+"round")
	m.ok(s.SaveJob(t.Context(), nextup.Job{ID: m.job, Organisation: "o", Owner: "r", Title: "t", Zone: "UTC", Created: m.now}, 0))
	var list []nextup.Applicant
	for i := range 5 {
		m.people = append(m.people, nextup.ApplicantID(fmt.Sprint(m.prefix, "a", i)))
		list = append(list, nextup.Applicant{ID: m.people[i], Email: fmt.Sprintf("a%d@example.org", i), Added: m.now})
	}
	_, err := s.AddApplicants(t.Context(), m.job, list)
	m.ok(err)
	_, err = s.AddRound(t.Context(), nextup.Round{ID: m.round, Job: m.job, Frame: nextup.DefaultFrame, CutOff: m.cutOff, Created: m.now})
	m.ok(err)
	m.ok(s.EnterRound(t.Context(), m.round, m.people, m.now))
	for _, a := range m.people[:4] { // the last one is not invited
		m.invite(a)
	}
	m.plan()
	return m
}

func (m *model) ok(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

// refused compares an answer with the rule's; no code is no refusal.
func (m *model) refused(what string, err error, want nextup.Code) {
	m.Helper()
	if want == "" && err == nil || want != "" && errors.Is(err, nextup.Refuse(want)) {
		return
	}
	m.Fatalf("%s: %v, the rules say %q", what, err, want)
}

func (m *model) id() string {
	m.ids++
	return fmt.Sprint(m.prefix, m.ids)
}

func (m *model) invite(a nextup.ApplicantID) {
	m.ok(m.s.Send(m.Context(), []nextup.Message{{ID: nextup.MessageID(m.id()), Round: m.round, Applicant: a, Kind: nextup.MailChoose, At: m.now}}))
	m.asked[a] = true
}

func (m *model) person() nextup.ApplicantID { return rapid.SampledFrom(m.people).Draw(m.T, "who") }

// slot is any there is or was, or none.
func (m *model) slot() nextup.SlotID {
	all := append(slices.Sorted(maps.Keys(m.slots)), "none")
	return rapid.SampledFrom(all).Draw(m.T, "slot")
}

func (m *model) step() {
	switch rapid.IntRange(0, 11).Draw(m.T, "step") {
	case 0:
		m.plan()
	case 1:
		m.move()
	case 2:
		m.leave()
	case 3:
		m.later()
	case 4, 5, 6:
		m.unbook()
	default:
		m.book()
	}
}

// later lets time pass: some hours, or until the very end of the choosing of a slot, or
// its start.
func (m *model) later() {
	to := m.now.Add(time.Duration(rapid.IntRange(1, 20).Draw(m.T, "hours")) * time.Hour)
	if x := m.slots[m.slot()]; x != nil {
		to = x.start.Add(-rapid.SampledFrom([]time.Duration{0, m.cutOff}).Draw(m.T, "before"))
	}
	if to.After(m.now) {
		m.now = to
	}
}

// claim is one that somebody could make, mostly knowing what he has.
func (m *model) claim(a nextup.ApplicantID) nextup.Claim {
	c := nextup.Claim{Round: m.round, Applicant: a, From: m.has[a], By: nextup.RoleCandidate, At: m.now, Notify: true}
	if rapid.IntRange(0, 3).Draw(m.T, "by a recruiter") == 0 {
		c.By = nextup.RoleRecruiter
	}
	if rapid.IntRange(0, 7).Draw(m.T, "from elsewhere") == 0 {
		c.From = m.slot()
	}
	return c
}

// late says that an applicant cannot change anything about a slot any more.
func (m *model) late(id nextup.SlotID) bool { return !m.slots[id].start.Add(-m.cutOff).After(m.now) }

func (m *model) taken(id nextup.SlotID) (n int) {
	for _, has := range m.has {
		if has == id {
			n++
		}
	}
	return n
}

func (m *model) book() {
	a := m.person()
	c := m.claim(a)
	c.Slot = m.slot()
	want := m.mayBook(c)
	b, err := m.s.Book(m.Context(), c)
	m.refused("book", err, want)
	if err != nil || m.has[a] == c.Slot {
		return
	}
	m.changed(a, c.Slot)
	if b.Slot != c.Slot || b.By != c.By || !b.At.Equal(c.At) {
		m.Fatalf("booked %+v for %+v", b, c)
	}
}

func (m *model) mayBook(c nextup.Claim) nextup.Code {
	x, himself := m.slots[c.Slot], c.By == nextup.RoleCandidate
	switch has := m.has[c.Applicant]; {
	case has != "" && has == c.Slot:
		return "" // what he has
	case m.out[c.Applicant], himself && !m.asked[c.Applicant]:
		return nextup.CodeNotOffered
	case has != c.From:
		return nextup.CodeStale
	case himself && has != "" && m.late(has):
		return nextup.CodeCutOff
	case x == nil, x.gone, !x.start.After(m.now):
		return nextup.CodeSlotGone
	case himself && m.late(c.Slot):
		return nextup.CodeCutOff
	case m.taken(c.Slot) >= x.seats:
		return nextup.CodeSlotTaken
	}
	return ""
}

func (m *model) unbook() {
	a := m.person()
	c := m.claim(a)
	want := nextup.Code("")
	switch {
	case m.has[a] == "" || c.From != m.has[a]:
		want = nextup.CodeStale
	case c.By == nextup.RoleCandidate && m.late(c.From):
		want = nextup.CodeCutOff
	}
	b, err := m.s.Unbook(m.Context(), c)
	m.refused("unbook", err, want)
	if err == nil {
		m.changed(a, "")
		if b.Slot != "" || b.Was != c.From {
			m.Fatalf("gave back %+v for %+v", b, c)
		}
	}
}

// changed notes another time for somebody, or the same slot at another one.
func (m *model) changed(a nextup.ApplicantID, to nextup.SlotID) {
	if to == "" {
		delete(m.has, a)
	} else {
		m.has[a] = to
	}
	m.changes[a]++
}

// cancelled takes the time away from everybody who has a slot.
func (m *model) cancelled(id nextup.SlotID) {
	for _, a := range m.people {
		if m.has[a] == id {
			m.changed(a, "")
		}
	}
}

// plan saves some hours of two days, agreeing to drop what has bookings or not.
func (m *model) plan() {
	p := nextup.Plan{Frame: nextup.DefaultFrame, CutOff: m.cutOff}
	p.Frame.Seats = rapid.IntRange(1, 2).Draw(m.T, "seats")
	before, placed := m.rb(), map[string]bool{} // days that have another place: a move brought theirs
	chosen := map[int64]bool{}
	for n := range 2 {
		d := nextup.DayPlan{Date: modelDay.AddDate(0, 0, n).Format(time.DateOnly), Place: nextup.Place{Video: n == 0}}
		for _, h := range rapid.SliceOfNDistinct(rapid.IntRange(9, 12), 0, 4, rapid.ID[int]).Draw(m.T, "hours") {
			if start := modelDay.AddDate(0, 0, n).Add(time.Duration(h) * time.Hour); start.After(m.now) {
				d.Starts, chosen[start.UnixNano()] = append(d.Starts, start), true
			}
		}
		p.Days = append(p.Days, d)
		is, there := before.Day(d.Date)
		placed[d.Date] = there && is.Place != d.Place
	}
	var drop []nextup.SlotID
	agreed := rapid.Bool().Draw(m.T, "agreed")
	left := 0
	for id, x := range m.slots {
		if !x.gone && x.start.After(m.now) && !chosen[x.start.UnixNano()] && m.taken(id) > 0 {
			left++
			if agreed {
				drop = append(drop, id)
			}
		}
	}
	want := nextup.Code("")
	if left > 0 && !agreed {
		want = nextup.CodeBooked
	}
	expected := m.saved
	if rapid.IntRange(0, 9).Draw(m.T, "old") == 0 {
		expected, want = m.saved-1, nextup.CodeStale
	}
	err := m.s.SavePlan(m.Context(), m.round, p, expected, drop, m.id, m.now, true)
	m.refused("plan", err, want)
	if e, ok := err.(*nextup.Error); ok && e.Code == nextup.CodeBooked && e.Left != left {
		m.Fatalf("%d slots with bookings, told %d", left, e.Left)
	}
	if err != nil {
		return
	}
	m.saved++
	for a, id := range m.has {
		if x := m.slots[id]; placed[x.start.Format(time.DateOnly)] && x.start.After(m.now) {
			m.changes[a]++
		}
	}
	for id, x := range m.slots {
		switch {
		case x.gone || !x.start.After(m.now):
		case chosen[x.start.UnixNano()]:
			x.seats = max(x.seats, p.Frame.Seats)
		default:
			x.gone = true
			m.cancelled(id)
		}
	}
	for _, x := range m.rb().Slots { // new ones
		if m.slots[x.ID] == nil {
			m.slots[x.ID] = &modelSlot{start: x.Start, seats: p.Frame.Seats}
		}
	}
}

// move gives a slot another time.
func (m *model) move() {
	id := m.slot()
	n, h := rapid.IntRange(0, 2).Draw(m.T, "day"), rapid.IntRange(9, 12).Draw(m.T, "hour")
	start := modelDay.AddDate(0, 0, n).Add(time.Duration(h) * time.Hour)
	x := m.slots[id]
	want := nextup.Code("")
	other := false
	for o, y := range m.slots {
		other = other || o != id && !y.gone && y.start.Equal(start)
	}
	switch {
	case !start.After(m.now):
		want = nextup.CodePast
	case x == nil, x.gone, !x.start.After(m.now):
		want = nextup.CodeSlotGone
	case other:
		want = nextup.CodeSlotTaken
	}
	m.refused("move", m.s.MoveSlot(m.Context(), m.round, id, start.Format(time.DateOnly), start, m.now, true), want)
	if want != "" || x.start.Equal(start) {
		return
	}
	x.start = start
	m.saved++
	for a, has := range m.has {
		if has == id {
			m.changes[a]++
		}
	}
}

// leave takes somebody out of the round or the job, or brings him back.
func (m *model) leave() {
	a := m.person()
	before := m.has[a]
	upcoming := before != "" && m.slots[before].start.After(m.now)
	switch {
	case m.out[a]:
		i := slices.Index(m.people, a)
		_, err := m.s.AddApplicants(m.Context(), m.job, []nextup.Applicant{{ID: "x", Email: fmt.Sprintf("A%d@example.org", i), Added: m.now}})
		m.ok(err)
		m.ok(m.s.EnterRound(m.Context(), m.round, []nextup.ApplicantID{a}, m.now))
		m.invite(a)
		delete(m.out, a)
		return
	case rapid.Bool().Draw(m.T, "of the job"):
		m.ok(m.s.RemoveApplicants(m.Context(), m.job, []nextup.ApplicantID{a}, m.now, true))
		m.out[a] = true
	default:
		m.ok(m.s.LeaveRound(m.Context(), m.round, []nextup.ApplicantID{a}, nextup.RoleRecruiter, m.now, true))
		m.out[a] = before == "" || upcoming // who was interviewed stays
	}
	if upcoming {
		m.changed(a, "")
	}
}

func (m *model) rb() nextup.RoundBoard {
	b, err := m.s.Board(m.Context(), m.job)
	m.ok(err)
	rb, _ := b.Round(m.round)
	return rb
}

// look compares the rows with the model, and with what must hold whatever happened.
func (m *model) look() {
	rb := m.rb()
	seen := map[nextup.SlotID]int{}
	for _, e := range append(slices.Clone(rb.Entries), rb.Left...) {
		a, b := e.Applicant, e.Booking
		if b.Slot != m.has[a] {
			m.Fatalf("%s has %q, should have %q", a, b.Slot, m.has[a])
		}
		if b.Slot != "" {
			seen[b.Slot]++
		}
		if m.changes[a] > 0 && b.Sequence != m.changes[a]-1 {
			m.Fatalf("the entry of %s is at %d after %d changes", a, b.Sequence, m.changes[a])
		}
		if was := m.uid[a]; was != "" && was != b.UID {
			m.Fatalf("the entry of %s has another UID", a)
		}
		m.uid[a] = b.UID
	}
	starts := map[int64]bool{}
	for _, x := range rb.Slots {
		want := m.slots[x.ID]
		if !x.Start.Equal(want.start) || x.Seats != want.seats || x.Removed.IsZero() == want.gone {
			m.Fatalf("slot %+v, should be %+v", x, want)
		}
		if seen[x.ID] > x.Seats || !x.Removed.IsZero() && seen[x.ID] > 0 {
			m.Fatalf("%d have slot %+v", seen[x.ID], x)
		}
		if x.Removed.IsZero() {
			if starts[x.Start.UnixNano()] {
				m.Fatalf("two slots at %v", x.Start)
			}
			starts[x.Start.UnixNano()] = true
			if d, ok := rb.Day(x.Date); !ok || !d.Dropped.IsZero() || x.Start.Format(time.DateOnly) != d.Date {
				m.Fatalf("slot %+v is on %+v", x, d)
			}
		}
	}
}
