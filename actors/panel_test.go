package actors

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"nextup"
)

// since lists what the stage was told of a talk since some call, without repetitions.
func (t *theatre) since(from int, talk nextup.OfferID) (list []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.calls[from:] {
		text := strings.TrimSpace(c.what + " " + c.people)
		if c.talk == talk && (len(list) == 0 || list[len(list)-1] != text) {
			list = append(list, text)
		}
	}
	return list
}

func (t *theatre) mark() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.calls)
}

// A panel on the stage: joining and leaving are new full statements, nobody's
// picture is cleared, and the last one out ends it. A killed session goes on where it was.
func TestPanelOnTheStage(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 5, 1)
		offer := l.talk()
		from := w.st.mark()
		for n := 2; n <= nextup.MaxPanel; n++ {
			l.do("a", iv("i1"), nextup.InvitePanel{Offer: offer, Interviewer: iid(n)})
			synctest.Wait()
			if v := l.interviewers[n-1].interviewer(); len(v.Invites) != 1 || v.Invites[0].Candidate.ID != "c1" {
				t.Errorf("i%d is not told at once: %+v", n, v.Invites)
			}
			l.do("a", iv(iid(n)), nextup.JoinPanel{Offer: offer})
			synctest.Wait()
		}
		if _, err := w.try("a", iv("i1"), nextup.InvitePanel{Offer: offer, Interviewer: "i5"}); code(err) != nextup.CodePanelFull {
			t.Errorf("a fifth: %v", err)
		}
		if v := l.candidates[0].candidate(); len(v.Panel) != 3 {
			t.Errorf("the candidate sees %+v", v)
		}
		want := []string{"show i1 i2 c1", "show i1 i2 i3 c1", "show i1 i2 i3 i4 c1"}
		if got := w.st.since(from, offer); !slices.Equal(got, want) {
			t.Errorf("joining: %q", got)
		}
		from = w.st.mark()
		l.do("a", iv("i1"), nextup.End{Offer: offer})
		synctest.Wait()
		if v := l.interviewers[1].interviewer(); !v.You.Lead || v.You.State != nextup.WorkTalk {
			t.Errorf("the lead did not pass on: %+v", v.You)
		}
		if v := l.interviewers[0].interviewer(); v.You.State != nextup.WorkWriteUp || v.You.Offer != offer {
			t.Errorf("who left does not write up: %+v", v.You)
		}
		l.kill(nil)
		settle()
		time.Sleep(renewEvery)
		settle()
		if got := w.st.since(from, offer); !slices.Equal(got, []string{"show i2 i3 i4 c1"}) {
			t.Errorf("leaving, a crash, renewing: %q", got)
		}
		from = w.st.mark()
		for n := 2; n <= nextup.MaxPanel; n++ {
			l.do("a", iv(iid(n)), nextup.End{Offer: offer})
		}
		settle()
		if got := w.st.since(from, offer); !slices.Equal(got, []string{"show i3 i4 c1", "show i4 c1", "clear"}) {
			t.Errorf("the last ones: %q", got)
		}
		for n := 1; n <= nextup.MaxPanel; n++ {
			if i, _ := l.state("a").Interviewer(iid(n)); i.WriteUp != offer {
				t.Errorf("%s writes up %d", i.ID, i.WriteUp)
			}
		}
	})
}

// A hand-over: the old talk is cleared before the new one is prepared; its words are
// for the colleague alone; what comes back is told at once.
func TestHandOver(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 3, 2)
		offer := l.talk()
		from := w.st.mark()
		o := w.order(iv("i1"), nextup.HandOver{Offer: offer, To: "i2", Note: "note"})
		o.Texts = []nextup.Text{{ID: "note", Body: "asks about shifts"}}
		if _, err := w.s.Do(context.Background(), "a", o); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := append(w.st.since(from, offer), w.st.since(from, offer+1)...); !slices.Equal(got, []string{"clear", "prepare i2 c1"}) {
			t.Errorf("stage: %q", got)
		}
		if v := l.interviewers[1].interviewer().You; v.State != nextup.WorkCalling || v.Candidate.Note != "asks about shifts" {
			t.Errorf("the colleague sees %+v of %+v", v, v.Candidate)
		}
		for _, other := range []int{0, 2} {
			for _, c := range l.interviewers[other].interviewer().Colleagues {
				if c.Candidate != nil && c.Candidate.Note != "" {
					t.Errorf("i%d reads %q", other+1, c.Candidate.Note)
				}
			}
		}
		l.do("a", iv("i2"), nextup.DeclineHandOver{Candidate: "c1"})
		synctest.Wait()
		if v := l.interviewers[0].interviewer(); len(v.Told) != 1 || v.Told[0].Why != "declined" || v.NextUp != "c1" {
			t.Errorf("the sender sees %+v, next %s", v.Told, v.NextUp)
		}
	})
}

// A reservation lapses by the clock alone, with nobody touching the session.
func TestHandOverLapsesByItself(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 2, 2)
		offer := l.talk()
		l.do("a", iv("i2"), nextup.Next{})
		l.do("a", cand("c2"), nextup.Acknowledge{Offer: offer + 1})
		time.Sleep(nextup.DefaultCountdown)
		settle()
		l.do("a", iv("i1"), nextup.HandOver{Offer: offer, To: "i2"})
		within(settings().Talk, func() {
			if c := l.state("a").Candidates["c1"]; c.For != "i2" {
				t.Errorf("before: %+v", c)
			}
		}, func() {
			if c := l.state("a").Candidates["c1"]; c.For != "" || c.Status != nextup.StatusWaiting {
				t.Errorf("after: %+v", c)
			}
			if v := l.interviewers[0].interviewer(); len(v.Told) != 1 || v.Told[0].Why != "lapsed" {
				t.Errorf("the sender sees %+v", v.Told)
			}
		})
	})
}

// What is erased is in no snapshot any more, and is asked of the journal.
func TestErased(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		o := w.order(boss, nextup.LinkCandidate{Candidate: "c1"})
		o.People = []nextup.Person{{ID: "c1", Role: nextup.RoleCandidate, Name: "Planted Name"}}
		o.Texts = []nextup.Text{{ID: nextup.LinkText("c1"), Body: "https://planted.example"}}
		if _, err := w.s.Do(context.Background(), "a", o); err != nil {
			t.Fatal(err)
		}
		settle()
		if v := l.interviewers[0].interviewer(); v.Queue[0].Name != "Planted Name" || v.Queue[0].Link == "" {
			t.Fatalf("interviewer sees %+v", v.Queue[0])
		}
		l.do("a", cand("c1"), nextup.EraseMe{})
		settle()
		n, err := w.s.Look(context.Background(), "a")
		if err != nil || n.People["c1"].Name != "" || n.Texts[nextup.LinkText("c1")] != "" {
			t.Errorf("still there: %+v %+v, %v", n.People["c1"], n.Texts, err)
		}
		if !slices.Contains(w.j.erased["a"], "c1") || !slices.Contains(w.j.unsaid["a"], nextup.LinkText("c1")) {
			t.Errorf("asked to erase %v and %v", w.j.erased["a"], w.j.unsaid["a"])
		}
		if v := l.candidates[0].candidate(); v.Moment != nextup.MomentWithdrawn {
			t.Errorf("he sees %s", v.Moment)
		}
	})
}

// A session that everybody has left is woken the day before to remind them.
func TestReminderWakes(t *testing.T) {
	bubble(t, func(w *world) {
		s := settings()
		s.Start = time.Now().Add(72 * time.Hour)
		w.do("a", boss, nextup.Create{Organisation: "org", Owner: "boss", Settings: s, Interviewers: []nextup.InterviewerID{"i1"}})
		w.do("a", boss, nextup.Publish{})
		w.do("a", nextup.Actor{Role: nextup.RoleVisitor}, nextup.Register{Candidate: "c1"})
		var mu sync.Mutex
		var letters []nextup.Mail
		w.j.hook(func(b nextup.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			letters = append(letters, b.Mails...)
			return nil
		}, nil)
		written := func() []nextup.Mail {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(letters)
		}
		time.Sleep(48*time.Hour - sweepEvery)
		if early := written(); len(early) != 0 {
			t.Errorf("too early: %v", early)
		}
		time.Sleep(3 * sweepEvery)
		synctest.Wait()
		want := []nextup.Mail{{Kind: nextup.MailReminder, Person: "c1"}}
		if got := written(); !slices.Equal(got, want) {
			t.Errorf("letters %v", got)
		}
		time.Sleep(20 * time.Hour)
		if count[nextup.Reminded](w.j, "a") != 1 {
			t.Error("reminded again")
		}
	})
}

// A deadline that passes while the stream is still being read is met once it is.
func TestDeadlineDuringASlowLoad(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 2)
		settle()
		l.do("a", iv("i1"), nextup.Next{})
		w.j.hookLoad(func(nextup.SessionID) error { time.Sleep(2 * nextup.AckTime); return nil })
		l.kill(nil)
		time.Sleep(nextup.AckTime)
		if count[nextup.Lapsed](w.j, "a") != 0 {
			t.Error("decided before the stream was read")
		}
		w.j.hookLoad(nil)
		time.Sleep(nextup.AckTime)
		settle()
		if n := count[nextup.Lapsed](w.j, "a"); n != 1 {
			t.Errorf("lapsed %d times", n)
		}
		i, _ := l.state("a").Interviewer("i1")
		if i.Last != 2 || count[nextup.Admitted](w.j, "a") != 2 {
			t.Errorf("the next one was not offered: %+v", i)
		}
	})
}

// A candidate's range is damped across views, whatever moves around him.
func TestWaitIsSteady(t *testing.T) {
	bubble(t, func(w *world) {
		l := w.lobby("a", 1, 4)
		offer := l.talk()
		settle()
		seen := map[nextup.Range]int{}
		for range 20 {
			l.do("a", iv("i1"), nextup.Extend{Offer: offer, More: time.Minute})
			time.Sleep(time.Minute)
			settle()
			if v := l.candidates[3].candidate(); v.Wait != nil {
				seen[*v.Wait]++
			}
		}
		if len(seen) != 1 { // a minute more each minute: nothing has changed for him
			t.Errorf("ranges shown: %v", seen)
		}
	})
}
