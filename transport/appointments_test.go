package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// settled tells all sessions that are behind, as the loop does, and fails if one
// cannot be told.
func (x *recruitment) settled() {
	x.t.Helper()
	days, err := x.server.Jobs.Unsettled(x.t.Context())
	x.ok(err)
	for _, d := range days {
		x.ok(x.server.settle(x.t.Context(), d))
	}
}

// onDay is the session of a round's nth day; its phase is empty if there is none.
func (x *recruitment) onDay(round nextup.RoundID, n int) nextup.Snapshot {
	x.t.Helper()
	rb, _ := x.boardOf(round).Round(round)
	if rb.Days[n].Session == "" {
		return nextup.Snapshot{}
	}
	look, err := x.Look(x.t.Context(), rb.Days[n].Session)
	x.ok(err)
	return look
}

// The real database decides, the real machine is told. What each day's session should
// be is tested in dayplan_test.go.
func TestDaySessions(t *testing.T) {
	t.Run("K4 a day by video is a session, a day at an address is none; the second look finds nothing to do", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, slots := x.invited(3)
		x.booked(round, who[0], slots[1].ID)
		x.booked(round, who[1], slots[3].ID) // at an address
		x.settled()
		n := x.onDay(round, 0)
		if n.State.Phase != nextup.PhasePublished || n.Texts[nextup.TitleText] != "Warehouse worker, Interview round 1" ||
			!n.State.Settings.Start.Equal(slots[0].Start) || !n.State.Settings.End().Equal(slots[2].End()) {
			t.Fatalf("the session %+v", n.State)
		}
		if c := n.State.Candidates[who[0].Candidate()]; !c.Booked.Equal(slots[1].Start) || len(n.State.Candidates) != 1 {
			t.Errorf("booked there: %+v", n.State.Candidates)
		}
		if x.onDay(round, 1).State.Phase != "" {
			t.Error("a session for the day at an address")
		}
		if left, _ := x.server.Jobs.Unsettled(t.Context()); len(left) != 0 {
			t.Errorf("still behind: %+v", left)
		}
		x.mu.Lock()
		mails := slices.Clone(x.sessions[n.ID].mails)
		x.mu.Unlock()
		for _, m := range mails {
			if m.Person == who[0].Candidate().Person() {
				t.Errorf("a letter of the session to somebody with a time of the round: %+v", m)
			}
		}
	})
	t.Run("a crash between booking and session: the next start completes it, wherever it was", func(t *testing.T) {
		for _, after := range []string{"nothing", "the day's ID", "the session, a draft", "the session, published"} {
			x := newRecruitment(t)
			job, round, who, slots := x.invited(1)
			b := x.booked(round, who[0], slots[0].ID)
			d := UnsettledDay{Job: job, Round: round, Date: slots[0].Date}
			id := nextup.SessionID(NewID())
			if after != "nothing" {
				_, err := x.server.Jobs.SetSession(t.Context(), round, d.Date, "", id)
				x.ok(err)
			}
			if strings.HasPrefix(after, "the session") {
				p, err := x.server.dayPlan(t.Context(), d)
				x.ok(err)
				o := p.create(x.maria, "Warehouse worker, Interview round 1", nextup.Snapshot{}, time.Now())
				o.ID = nextup.CommandID("create:" + string(id))
				_, err = x.Do(t.Context(), id, o)
				x.ok(err)
			}
			if strings.HasSuffix(after, "published") {
				x.must(id, x.maria.by(), nextup.Publish{})
			}
			// The next server, over the same database.
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				x.server.Settling(ctx)
			}()
			if !eventually(func() bool {
				left, err := x.server.Jobs.Unsettled(t.Context())
				return err == nil && len(left) == 0
			}) {
				t.Fatalf("after %s: never told; the log: %s", after, x.log)
			}
			stop()
			<-done
			n := x.onDay(round, 0)
			if c := n.State.Candidates[who[0].Candidate()]; n.State.Phase != nextup.PhasePublished || !c.Booked.Equal(slots[0].Start) || c.Status != nextup.StatusRegistered {
				t.Errorf("after %s: %s, %+v", after, n.State.Phase, c)
			}
			if after != "nothing" && n.ID != id {
				t.Errorf("after %s: another session was made", after)
			}
			if e := x.inRound(round, who[0]); e.Booking != b {
				t.Errorf("after %s: the booking is %+v, it was %+v", after, e.Booking, b)
			}
		}
	})
	t.Run("one day that fails does not hold the others, and is told as soon as it can be", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(2)
		round := x.newRound(job, who...)
		slots := x.plan(round, 1, x.dayOf(0, video, 9), x.dayOf(1, video, 9))
		x.settled()
		bad := x.onDay(round, 0).ID
		x.booked(round, who[0], slots[0].ID)
		x.booked(round, who[1], slots[1].ID)
		real := x.server.Sessions
		x.server.Sessions = refuses{real, bad}
		tries := retries{}
		x.server.settleAll(t.Context(), tries)
		if c := x.onDay(round, 1).State.Candidates[who[1].Candidate()]; c.Booked.IsZero() {
			t.Error("the good day waits for the bad one")
		}
		if len(tries) != 1 || strings.Contains(x.log.String(), "Applicant") || !strings.Contains(x.log.String(), "not told") {
			t.Errorf("tries %v, the log: %s", tries, x.log)
		}
		x.server.Sessions = real
		x.settled()
		if c := x.onDay(round, 0).State.Candidates[who[0].Candidate()]; c.Booked.IsZero() {
			t.Error("the bad day was never told")
		}
	})
	t.Run("questions and traits of an earlier day are used again, as questions of their own", func(t *testing.T) {
		x := newRecruitment(t)
		job, who := x.newJob(1)
		round := x.newRound(job, who...)
		x.plan(round, 1, x.dayOf(0, video, 9))
		x.settled()
		first := x.onDay(round, 0)
		set := first.State.Settings
		set.Questions, set.Traits = []nextup.QuestionID{"Q1"}, []nextup.TraitID{"T1"}
		x.must(first.ID, x.maria.by(), nextup.Configure{Settings: set, Interviewers: []nextup.InterviewerID{x.maria.asInterviewer()}},
			nextup.Text{ID: "Q1", Body: "Why you?"}, nextup.Text{ID: "T1", Body: "Calm"})
		x.plan(round, 1, x.dayOf(0, video, 9), x.dayOf(1, video, 9))
		x.settled()
		second := x.onDay(round, 1)
		got := second.State.Settings
		if len(got.Questions) != 1 || got.Questions[0] == "Q1" || second.Texts[nextup.TextID(got.Questions[0])] != "Why you?" ||
			len(got.Traits) != 1 || second.Texts[nextup.TextID(got.Traits[0])] != "Calm" {
			t.Errorf("%+v, %+v", got, second.Texts)
		}
	})
	t.Run("a round's new name is its sessions' title", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, _, _ := x.invited(1)
		x.settled()
		x.ok(x.db.RenameRound(t.Context(), round, "Trial day"))
		x.settled()
		if got := x.onDay(round, 0).Texts[nextup.TitleText]; got != "Warehouse worker, Trial day" {
			t.Errorf("it is called %q", got)
		}
	})
	t.Run("S0-01 a job's new text and contact are its sessions' too", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, _, _ := x.invited(1)
		x.settled()
		j := x.boardOf(round).Job
		j.Text, j.Contact = "Drive **trucks**", "Olof, 040-56 78 90"
		x.ok(x.db.SaveJob(t.Context(), j, j.Revision))
		x.settled()
		if w := x.onDay(round, 0).Texts; w[nextup.JobText] != j.Text || w[nextup.ContactText] != j.Contact {
			t.Errorf("it says %+v", w)
		}
		if left, _ := x.server.Jobs.Unsettled(t.Context()); len(left) != 0 {
			t.Errorf("still behind: %+v", left)
		}
	})
	t.Run("an order that is refused does not keep the others of the day from theirs", func(t *testing.T) {
		for why, again := range map[nextup.Code]bool{nextup.CodeTaken: false, nextup.CodeUnavailable: true} {
			x := newRecruitment(t)
			_, round, who, slots := x.invited(2)
			x.settled()
			x.booked(round, who[0], slots[0].ID)
			x.booked(round, who[1], slots[1].ID)
			x.server.Sessions = refusesBooking{x.server.Sessions, who[0].Candidate(), why}
			x.server.settleAll(t.Context(), retries{})
			c := x.onDay(round, 0).State.Candidates
			if len(c) != 1 || !c[who[1].Candidate()].Booked.Equal(slots[1].Start) {
				t.Errorf("%s: booked there: %+v", why, c)
			}
			if left, _ := x.server.Jobs.Unsettled(t.Context()); (len(left) > 0) != again {
				t.Errorf("%s: behind: %+v", why, left)
			}
			if log := x.log.String(); !strings.Contains(log, "nextup.Book") || !strings.Contains(log, string(why)) || strings.Contains(log, "Applicant") {
				t.Errorf("%s: the log: %s", why, log)
			}
			at := pathOf(x.server.links.Join(who[1], round))
			if g := x.get(x.browser(), at); g.Header.Get("Location") != pathOf(x.server.links.Candidate(x.onDay(round, 0).ID, who[1].Candidate())) {
				t.Errorf("%s: the way in leads to %d %s", why, g.StatusCode, g.Header.Get("Location"))
			}
		}
	})
	t.Run("S0-22 leaving by the candidate's page frees the time at once, after the cut-off too", func(t *testing.T) {
		x := newRecruitment(t)
		job, round, who, slots := x.invited(2)
		rb, _ := x.boardOf(round).Round(round)
		x.ok(x.db.SavePlan(t.Context(), round, nextup.Plan{Frame: rb.Round.Frame, CutOff: nextup.MaxCutOff, Days: []nextup.DayPlan{
			x.dayOf(0, video, 9, 10, 11), x.dayOf(1, room, 13, 14),
		}}, rb.Round.Revision, nil, NewID, time.Now(), false))
		for i, leave := range []string{"/withdraw", "/data/erase"} {
			before := x.booked(round, who[i], slots[0].ID)
			x.settled()
			here := pathOf(x.server.links.Candidate(x.onDay(round, 0).ID, who[i].Candidate()))
			if g := x.post(x.browser(), here+leave, url.Values{"sure": {"yes"}}); g.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", leave, g.StatusCode, g.body)
			}
			e := x.inRound(round, who[i])
			if e.Booking.Slot != "" || e.Booking.By != nextup.RoleCandidate || e.Booking.Sequence != before.Sequence+1 || e.Booking.UID != before.UID {
				t.Errorf("%s: the booking is %+v", leave, e.Booking)
			}
			if leave == "/withdraw" {
				if _, err := x.db.Book(t.Context(), nextup.Claim{Round: round, Applicant: who[1], Slot: slots[0].ID, By: nextup.RoleRecruiter, At: time.Now()}); err != nil {
					t.Errorf("the time is not free: %v", err)
				}
				x.ok(second(x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: who[1], From: slots[0].ID, By: nextup.RoleRecruiter, At: time.Now()})))
			}
		}
		posted, err := (jobShelves{x.db}).RoundPosted(t.Context(), job)
		x.ok(err)
		if !slices.ContainsFunc(posted, func(p RoundPost) bool {
			return p.Kind == nextup.MailUnbooked && p.Person == who[0].Candidate().Person()
		}) {
			t.Error("no letter takes it out of his calendar")
		}
	})
	t.Run("S0-22 who left while no server looked is found at the next start", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, slots := x.invited(1)
		x.booked(round, who[0], slots[0].ID)
		x.settled()
		id := x.onDay(round, 0).ID
		x.must(id, nextup.Actor{Role: nextup.RoleCandidate, ID: string(who[0])}, nextup.Withdraw{})
		x.server.Privacy = naming{sessions: []nextup.SessionID{x.session, id}}
		x.ok(x.server.settleLeft(t.Context()))
		if e := x.inRound(round, who[0]); e.Booking.Slot != "" {
			t.Errorf("he still has %+v", e.Booking)
		}
	})
	t.Run("what a candidate corrects of himself holds for the round's letters, and the other way round", func(t *testing.T) {
		x := newRecruitment(t)
		_, round, who, slots := x.invited(2)
		x.booked(round, who[0], slots[0].ID)
		x.settled()
		here := pathOf(x.server.links.Candidate(x.onDay(round, 0).ID, who[0].Candidate()))
		typed := url.Values{"name": {"Åsa Öberg"}, "language": {"sv"}}
		if g := x.post(x.browser(), here+"/details", typed); g.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		a, _ := x.boardOf(round).Applicant(who[0])
		if a.Name != "Åsa Öberg" || a.Email != "applicant1@example.test" || a.Language != "sv" {
			t.Errorf("the applicant is %+v", a)
		}
		a.Name = "Åsa Ek"
		x.ok(x.db.CorrectApplicant(t.Context(), a))
		x.settled()
		if p := x.onDay(round, 0).People[who[0].Candidate().Person()]; p.Name != "Åsa Ek" {
			t.Errorf("the candidate is %+v", p)
		}
		a.Email = "asa@example.test"
		x.ok(x.db.CorrectApplicant(t.Context(), a)) // as the recruiter does
		x.settled()
		if p := x.onDay(round, 0).People[who[0].Candidate().Person()]; p.Email != "asa@example.test" {
			t.Errorf("the candidate is %+v", p)
		}
	})
}

// The address in the calendar leads to the lobby of the interview he has now.
func TestJoin(t *testing.T) {
	x := newRecruitment(t)
	_, round, who, slots := x.invited(2)
	at := pathOf(x.server.links.Join(who[0], round))
	personal := pathOf(x.server.links.Applicant(who[0]))
	leads := func() string {
		t.Helper()
		g := x.get(x.browser(), at)
		if g.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", g.StatusCode, g.body)
		}
		return g.Header.Get("Location")
	}
	lobby := func() string { return pathOf(x.server.links.Candidate(x.onDay(round, 0).ID, who[0].Candidate())) }
	t.Run("S0-25 without a time it leads to the applicant's page, which says what is so", func(t *testing.T) {
		if got := leads(); got != personal {
			t.Errorf("it leads to %s", got)
		}
	})
	t.Run("S0-25 with one by video it leads into the lobby's page, though nobody has told the session yet", func(t *testing.T) {
		x.booked(round, who[0], slots[0].ID)
		if got := leads(); got != lobby() {
			t.Errorf("it leads to %s, not %s", got, lobby())
		}
	})
	t.Run("S0-25 the lobby's page says his time, leads to his own page and to the round's calendar entry", func(t *testing.T) {
		g := x.get(x.browser(), lobby())
		want := slots[0].Start.In(x.zone).Format(time.RFC3339)
		if !strings.Contains(g.body, `"appointment":{"start":"`+want+`","personal":"`+personal+`","calendar":"`+personal+"/"+string(round)+`/calendar.ics"}`) {
			t.Errorf("the page does not tell: %s", g.body)
		}
		if g := x.get(x.browser(), lobby()+"/calendar.ics"); g.Header.Get("Location") != personal+"/"+string(round)+"/calendar.ics" {
			t.Errorf("the calendar: %d %v", g.StatusCode, g.Header)
		}
	})
	t.Run("S0-25 an old calendar entry leads to the new day, or to where it is said", func(t *testing.T) {
		x.booked(round, who[0], slots[3].ID) // at an address
		if got := leads(); got != personal {
			t.Errorf("it leads to %s", got)
		}
		x.booked(round, who[0], slots[2].ID)
		if got := leads(); got != lobby() {
			t.Errorf("it leads to %s", got)
		}
		if c := x.onDay(round, 0).State.Candidates[who[0].Candidate()]; !c.Booked.Equal(slots[2].Start) {
			t.Errorf("in the session his time is %v", c.Booked)
		}
	})
	t.Run("S0-23 who was removed is led to the page that says so; a foreign link is none", func(t *testing.T) {
		x.ok(x.db.RemoveApplicants(t.Context(), x.boardOf(round).Job.ID, who[:1], time.Now(), false))
		if got := leads(); got != personal {
			t.Errorf("it leads to %s", got)
		}
		if g := x.get(x.browser(), at[:len(at)-10]+"X/join"); g.StatusCode != http.StatusSeeOther {
			t.Errorf("another round: %d", g.StatusCode)
		}
		if g := x.get(x.browser(), "/p/WRONG.LINK/"+string(round)+"/join"); g.StatusCode != http.StatusNotFound {
			t.Errorf("a foreign link: %d", g.StatusCode)
		}
	})
}

// refuses is a door to the sessions that is shut for one of them.
type refuses struct {
	Sessions
	bad nextup.SessionID
}

func (r refuses) Do(ctx context.Context, id nextup.SessionID, o nextup.Order) (nextup.Receipt, error) {
	if id == r.bad {
		return nextup.Receipt{}, errors.New("the machine is broken")
	}
	return r.Sessions.Do(ctx, id, o)
}

// refusesBooking refuses a candidate his time.
type refusesBooking struct {
	Sessions
	who nextup.CandidateID
	why nextup.Code
}

func (r refusesBooking) Do(ctx context.Context, id nextup.SessionID, o nextup.Order) (nextup.Receipt, error) {
	if b, ok := o.Command.(nextup.Book); ok && b.Candidate == r.who {
		return nextup.Receipt{}, nextup.Refuse(r.why)
	}
	return r.Sessions.Do(ctx, id, o)
}

// naming knows which sessions hold names.
type naming struct {
	Privacy
	sessions []nextup.SessionID
}

func (naming) OnlyOrganisation(context.Context) (nextup.OrganisationID, error) { return "ORG", nil }

func (n naming) Naming(context.Context, nextup.OrganisationID) ([]nextup.SessionID, error) {
	return n.sessions, nil
}

func second[T any](_ T, err error) error { return err }

// eventually waits for something that comes by itself.
func eventually(so func() bool) bool {
	for range 400 {
		if so() {
			return true
		}
		time.Sleep(25 * time.Millisecond)
	}
	return so()
}
