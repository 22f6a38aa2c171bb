package transport

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"time"

	"nextup"
)

// dayPlan is what a round says of one of its days: what the session of that day
// should be. It is made of one Board, and compared with one Snapshot; nothing here
// asks or changes anything.
type dayPlan struct {
	job    nextup.Job
	round  nextup.Round
	day    nextup.Day
	slots  []nextup.Slot // not removed, by start
	booked []appointment // by start, then applicant
	people map[nextup.ApplicantID]nextup.Applicant
	erased []nextup.ApplicantID
	key    func(email string) string // the same for all spellings of one address
}

// appointment is a time that somebody has.
type appointment struct {
	who  nextup.Applicant
	slot nextup.Slot
}

func newDayPlan(b nextup.Board, rb nextup.RoundBoard, day nextup.Day, key func(email string) string) dayPlan {
	p := dayPlan{job: b.Job, round: rb.Round, day: day, people: map[nextup.ApplicantID]nextup.Applicant{}, key: key}
	for _, a := range b.Applicants {
		p.people[a.ID] = a
		if a.Erased {
			p.erased = append(p.erased, a.ID)
		}
	}
	for _, x := range rb.Slots {
		if x.Date == day.Date && x.Removed.IsZero() {
			p.slots = append(p.slots, x)
		}
	}
	slices.SortFunc(p.slots, func(a, b nextup.Slot) int { return a.Start.Compare(b.Start) })
	for _, e := range slices.Concat(rb.Entries, rb.Left) { // one who left keeps what he had already
		i := slices.IndexFunc(p.slots, func(x nextup.Slot) bool { return x.ID == e.Booking.Slot })
		if a, ok := p.people[e.Applicant]; ok && i >= 0 && !a.Erased {
			p.booked = append(p.booked, appointment{a, p.slots[i]})
		}
	}
	slices.SortFunc(p.booked, func(a, b appointment) int {
		return cmp.Or(a.slot.Start.Compare(b.slot.Start), cmp.Compare(a.who.ID, b.who.ID))
	})
	return p
}

// kept says whether the day has a session at all: it has times, by video.
func (p dayPlan) kept() bool { return p.day.Place.Video && len(p.slots) > 0 }

// end is when the last of its times is over.
func (p dayPlan) end() (end time.Time) {
	for _, x := range p.slots {
		if end.Before(x.End()) {
			end = x.End()
		}
	}
	return end
}

// Limits of a session that a round does not have (see Settings.Check).
const (
	leastDay  = 5 * time.Minute
	mostPause = time.Hour
)

// times are the session's, as the day's slots have them. was is what they are now,
// zero for a session that is to be made: one whose start has passed keeps it, and a
// new one begins with the first time that has not passed.
func (p dayPlan) times(was nextup.Settings, now time.Time) nextup.Arrange {
	a := nextup.Arrange{
		Start: p.slots[0].Start, Talk: p.talk(), Pause: min(max(0, p.round.Frame.Pause), mostPause), Places: was.Places,
	}
	switch begun := !was.Start.IsZero() && !was.Start.After(now); {
	case begun && !a.Start.After(now):
		a.Start = was.Start
	case !begun:
		for _, x := range p.slots {
			if a.Start = x.Start; !x.Start.Before(now) {
				break
			}
		}
	}
	seats := 0
	for _, x := range p.slots {
		seats += x.Seats
	}
	a.Places = min(max(a.Places, seats), 10000) // whoever raised it, for people without a time, meant it
	a.Length = min(max(p.end().Sub(a.Start), a.Talk, leastDay), nextup.MaxLength)
	return a
}

// talk is how long each interview of the day is planned: as most of its times are.
func (p dayPlan) talk() time.Duration {
	count := map[time.Duration]int{}
	for _, x := range p.slots {
		count[x.Length]++
	}
	best := p.slots[0].Length
	for length, n := range count {
		if n > count[best] || n == count[best] && length < best {
			best = length
		}
	}
	return max(best, time.Minute)
}

// words are the session's texts that the round and the job have.
func (p dayPlan) words(title string) []nextup.Text {
	return []nextup.Text{
		{ID: nextup.TitleText, Body: title}, {ID: nextup.JobText, Body: p.job.Text}, {ID: nextup.ContactText, Body: p.job.Contact},
	}
}

// create is the command that makes the day's session. earlier is that of another day
// of the round, whose questions and traits are used again; it may be empty.
func (p dayPlan) create(owner Account, title string, earlier nextup.Snapshot, now time.Time) nextup.Order {
	t := p.times(nextup.Settings{}, now)
	set := nextup.Settings{
		Start: t.Start, Zone: p.job.Zone, Length: t.Length, Talk: t.Talk, Pause: t.Pause, Places: t.Places,
		LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer, Countdown: nextup.DefaultCountdown, Round: p.round.ID,
	}
	texts := p.words(title)
	was := earlier.State.Settings
	if earlier.State.Phase != "" {
		set.LobbyOpens, set.Answer, set.Countdown, set.Order = was.LobbyOpens, was.Answer, was.Countdown, was.Order
		texts = append(texts, nextup.Text{ID: nextup.AdText, Body: earlier.Texts[nextup.AdText]})
		for i := range 5 {
			texts = append(texts, nextup.Text{ID: nextup.AnchorText(i + 1), Body: earlier.Texts[nextup.AnchorText(i+1)]})
		}
	}
	// Another session's questions are others: what is noted on one is not noted on the other.
	for _, q := range was.Questions {
		id := NewID()
		set.Questions = append(set.Questions, nextup.QuestionID(id))
		texts = append(texts, nextup.Text{ID: nextup.TextID(id), Body: earlier.Texts[nextup.TextID(q)]})
	}
	for _, x := range was.Traits {
		id := NewID()
		set.Traits = append(set.Traits, nextup.TraitID(id))
		texts = append(texts, nextup.Text{ID: nextup.TextID(id), Body: earlier.Texts[nextup.TextID(x)]})
	}
	first := owner.asInterviewer()
	return nextup.Order{
		By: owner.by(), Texts: texts,
		Command: nextup.Create{Organisation: p.job.Organisation, Owner: p.job.Owner, Settings: set, Interviewers: []nextup.InterviewerID{first}},
		People:  []nextup.Person{{ID: first.Person(), Role: nextup.RoleInterviewer, Name: owner.Name, Email: owner.Email, Language: owner.Language}},
	}
}

// makes says whether a session has to be made: there is none, or the one there was
// has been called off, and there is a time left to come, or one that has just begun.
func (p dayPlan) makes(n nextup.Snapshot) bool {
	return p.kept() && p.end().After(n.Now) && p.slots[len(p.slots)-1].Start.After(n.Now.Add(-nextup.LateStart)) && (n.State.Phase == "" || n.State.Phase == nextup.PhaseCancelled || n.State.Removed)
}

// gaveBack are the appointments that people gave up in the session itself: they left
// it, or were erased from it, and the round does not know yet. Who leaves while he is
// being interviewed, or later, has had his time.
func (p dayPlan) gaveBack(n nextup.Snapshot) (list []appointment) {
	if n.State.Phase == nextup.PhaseCancelled {
		return nil
	}
	in := p.seats(n)
	for _, a := range p.booked {
		left := func(id nextup.CandidateID) bool {
			c, ok := n.State.Candidates[id]
			return ok && c.Status == nextup.StatusWithdrawn && c.Booked.Equal(a.slot.Start) && !talked(n.State, id)
		}
		if left(in[a.who.ID]) || slices.ContainsFunc(erasedAs(n.State, a.who.ID), left) {
			list = append(list, a)
		}
	}
	return list
}

// orders are the commands that make a session what the day says, in their order,
// without IDs. None: it is so.
func (p dayPlan) orders(n nextup.Snapshot) (list []nextup.Order) {
	st := n.State
	clock := func(c nextup.Command, people ...nextup.Person) {
		list = append(list, nextup.Order{By: nextup.TheClock, Command: c, People: people})
	}
	list = append(list, p.erasures(n)...)
	recruiter := nextup.Actor{Role: nextup.RoleRecruiter, ID: string(p.job.Owner)}
	switch {
	case st.Phase == "" || st.Phase == nextup.PhaseCancelled || st.Removed:
		return list
	case !p.kept():
		if len(st.Talks) == 0 && st.Phase != nextup.PhaseClosed {
			clock(nextup.Drop{})
			return list
		}
	case st.Phase == nextup.PhaseDraft:
		list = append(list, nextup.Order{By: recruiter, Command: nextup.Publish{}})
	case st.Phase == nextup.PhaseClosed:
		// Its time was over, and there are later times now. One that was closed by hand stays so.
		if !p.end().After(st.Settings.End()) || !p.end().After(n.Now) {
			return list
		}
		list = append(list, nextup.Order{By: recruiter, Command: nextup.Reopen{Ends: p.end()}})
	}
	if st.Owner != p.job.Owner {
		list = append(list, nextup.Order{By: recruiter, Command: nextup.Transfer{To: p.job.Owner}})
	}
	if p.kept() {
		if t := p.times(st.Settings, n.Now); !arranged(st, t) {
			clock(t)
		}
	}
	in := p.seats(n)
	has := map[nextup.CandidateID]time.Time{}
	for _, a := range p.booked {
		has[in[a.who.ID]] = a.slot.Start
	}
	for _, id := range st.Registered {
		c := st.Candidates[id]
		// Where the day is not by video any more nobody waits for a time in the queue.
		gone := has[id].IsZero() || !p.kept() && c.Status != nextup.StatusDone
		if !c.Booked.IsZero() && gone {
			clock(nextup.Release{Candidate: id})
		}
	}
	if !p.kept() {
		return list
	}
	for _, a := range p.booked {
		id := in[a.who.ID]
		c, there := st.Candidates[id]
		row := applicantRow(a.who, id, n.People[id.Person()])
		switch {
		case !there || !c.Booked.Equal(a.slot.Start) && c.Status != nextup.StatusDone:
			if (!there || c.Status == nextup.StatusWithdrawn) && !p.end().After(n.Now) {
				continue // nobody new comes in any more
			}
			book := nextup.Book{Candidate: id, At: a.slot.Start}
			if there && p.addressed(n, id, row.Email) { // of two rows with one address the older one has it
				clock(book)
			} else {
				clock(book, row)
			}
		case id == a.who.ID.Candidate() && !c.Erased && c.Status != nextup.StatusWithdrawn && row != n.People[id.Person()] && !p.addressed(n, id, row.Email):
			list = append(list, nextup.Order{
				By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, Command: nextup.Correct{}, People: []nextup.Person{row},
			})
		}
	}
	return list
}

// erasures erase those from the session who were erased from the job.
func (p dayPlan) erasures(n nextup.Snapshot) (list []nextup.Order) {
	for _, who := range p.erased {
		id := nameAgain(who, len(erasedAs(n.State, who)))
		if _, there := n.State.Candidates[id]; there {
			list = append(list, nextup.Order{By: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, Command: nextup.EraseMe{}})
		}
	}
	return list
}

// arranged says whether a session's times are these. The start and with it the length
// are compared as Arrange takes them: after the first talk the start stays.
func arranged(st nextup.Session, t nextup.Arrange) bool {
	set := st.Settings
	if len(st.Talks) > 0 {
		t.Length, t.Start = t.Start.Add(t.Length).Sub(set.Start), set.Start
	}
	return set.Start.Equal(t.Start) && set.Length == t.Length && set.Talk == t.Talk && set.Pause == t.Pause && set.Places == t.Places
}

// seats says as which candidate each of the booked stands in the session, or will. He
// who signed up there himself, with the same address, is that candidate. Who was
// erased from the session, and came back, is somebody new; his interview that was held
// before is the one of him who was erased.
func (p dayPlan) seats(n nextup.Snapshot) map[nextup.ApplicantID]nextup.CandidateID {
	byEmail := map[string]nextup.CandidateID{}
	for _, id := range n.State.Registered {
		if email := n.People[id.Person()].Email; email != "" && !n.State.Candidates[id].Erased {
			byEmail[p.key(email)] = id
		}
	}
	in := make(map[nextup.ApplicantID]nextup.CandidateID, len(p.booked))
	for _, a := range p.booked {
		in[a.who.ID] = p.seatOf(n.State, a, byEmail)
	}
	return in
}

func (p dayPlan) seatOf(st nextup.Session, a appointment, byEmail map[string]nextup.CandidateID) nextup.CandidateID {
	id := a.who.ID.Candidate()
	if c, there := st.Candidates[id]; there && !c.Erased {
		return id
	}
	if known, ok := byEmail[p.key(a.who.Email)]; ok && a.who.Email != "" {
		return known
	}
	erased := erasedAs(st, a.who.ID)
	for _, was := range erased { // he had his interview, and is nobody there since
		if talked(st, was) && st.Candidates[was].Booked.Equal(a.slot.Start) {
			return was
		}
	}
	return nameAgain(a.who.ID, len(erased))
}

// talked says whether a candidate has been interviewed, or is just now.
func talked(st nextup.Session, id nextup.CandidateID) bool {
	return slices.ContainsFunc(st.Talks, func(t nextup.Talk) bool { return t.Candidate == id })
}

// erasedAs are the candidates that an applicant was in a session until he had himself
// erased from it.
func erasedAs(st nextup.Session, who nextup.ApplicantID) (list []nextup.CandidateID) {
	for {
		id := nameAgain(who, len(list))
		if !st.Candidates[id].Erased {
			return list
		}
		list = append(list, id)
	}
}

// nameAgain is the ID of an applicant in a session that he was erased from so often.
func nameAgain(who nextup.ApplicantID, times int) nextup.CandidateID {
	if times == 0 {
		return who.Candidate()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "again\x00%s\x00%d", who, times))
	return nextup.CandidateID(base32.StdEncoding.EncodeToString(sum[:])[:26])
}

// addressed says whether somebody else of the session has this address.
func (p dayPlan) addressed(n nextup.Snapshot, id nextup.CandidateID, email string) bool {
	key := p.key(email)
	return slices.ContainsFunc(n.State.Registered, func(o nextup.CandidateID) bool {
		return o != id && p.key(n.People[o.Person()].Email) == key
	})
}

// applicantRow is the applicant as a candidate's row. What only the row knows stays.
func applicantRow(a nextup.Applicant, id nextup.CandidateID, was nextup.Person) nextup.Person {
	return nextup.Person{
		ID: id.Person(), Role: nextup.RoleCandidate, Name: a.Name, Email: a.Email, Language: a.Language, Phone: a.Phone, Notice: was.Notice,
	}
}

// settleCommand names what is asked of a session as it was seen: two who ask the same
// of the same state have one effect.
func settleCommand(n nextup.Snapshot, o nextup.Order) nextup.CommandID {
	sum := sha256.Sum256(fmt.Appendf(nil, "settle\x00%s\x00%d\x00%v\x00%T\x00%v", n.ID, n.State.Version, o.By, o.Command, o.Command))
	return nextup.CommandID(base32.StdEncoding.EncodeToString(sum[:20]))
}
