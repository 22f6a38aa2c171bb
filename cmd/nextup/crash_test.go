package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"nextup"
)

// kill -9 at any point of a running session and a new start: what was acknowledged
// is there, in the same order, once. S3-65, D-10.
//
// Six candidates and two interviewers work at random over real websockets while
// people sign up. The program is killed at random moments, and, under strace, right
// before its n-th sync of the disk, before its n-th write into the database and
// before its n-th answer, which lies after the sync. NEXTUP_KILLS sets how often.
func TestCrash(t *testing.T) {
	beside(t, waits)
	kills := 56
	if testing.Short() {
		kills = 12
	}
	if n, err := strconv.Atoi(os.Getenv("NEXTUP_KILLS")); err == nil {
		kills = n
	}
	const perFolder = 14 // a new session and database now and then
	for done := 0; done < kills && !t.Failed(); done += perFolder {
		t.Run(fmt.Sprintf("S3-65, D-10 kills from %d", done+1), func(t *testing.T) {
			crashes(t, min(perFolder, kills-done), time.Duration(done/perFolder%2)*300*time.Millisecond)
		})
	}
}

// exact are the places where strace kills: right before the n-th such call of one
// thread; strace counts for each.
var exact = []struct {
	call string
	most int // the greatest n
}{
	{"fsync", 30},    // before the sync: written, perhaps, and not acknowledged
	{"pwrite64", 40}, // in the middle of writing a commit
	{"write", 60},    // mostly answers: on the disk and not acknowledged
}

func crashes(t *testing.T, kills int, countdown time.Duration) {
	s := newServer(t)
	port, _ := strconv.Atoi(s.address[len("127.0.0.1:"):])
	prepared := opened(t, s.data, port)
	session := prepared.seed(t, 2, func(n *nextup.Settings) { n.Countdown = countdown })
	prepared.Close()
	town := newTown(t, s, session)
	for n := range kills {
		how := "at a random moment"
		s.under = nil
		if point := n % 5; point < len(exact) { // 3 of 5 kills
			at := 1 + rand.IntN(exact[point].most)
			s.straced("-e", "trace="+exact[point].call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", exact[point].call, at))
			how = fmt.Sprintf("before %s number %d", exact[point].call, at)
		}
		begun := time.Now()
		s.launch()
		ctx, stop := context.WithCancel(context.Background())
		var people sync.WaitGroup
		for _, r := range town.robots {
			people.Go(func() { r.run(ctx) })
		}
		people.Go(func() { town.signUps(ctx) })
		if s.under == nil {
			if !s.ready(20 * time.Second) {
				t.Fatalf("kill %d: the server does not come back", n)
			}
			rest(ctx, time.Duration(50+rand.IntN(900))*time.Millisecond)
		} else {
			select {
			case <-s.gone:
			case <-time.After(6 * time.Second): // fewer such calls than n
				how += " (not reached)"
			}
		}
		s.kill9()
		t.Logf("kill %d, %s, after %v", n, how, time.Since(begun).Round(time.Millisecond))
		stop()
		people.Wait()
		town.check(t, fmt.Sprintf("kill %d, %s", n, how))
		if t.Failed() {
			return
		}
		town.renew()
	}
	// At last a start without a kill: everybody gets his answer.
	s.under = nil
	s.start()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for _, r := range town.robots {
		if err := r.settle(ctx); err != nil {
			t.Errorf("%s gets no answer: %v", r.who.ID, err)
		}
	}
	town.repeatSignUps(t)
	s.kill9()
	town.check(t, "after the last start")
	t.Log(town.sum())
	town.enough(t, kills)
}

// town is everybody around one session, and what they know.
type town struct {
	t        testing.TB
	s        *server
	session  seeded
	ledger   *ledger
	robots   []*robot
	every    []*robot // also those who are done
	durable  []nextup.Recorded
	states   []nextup.Session // after each event; states[0] is before the first
	names    int
	asked    map[string]bool // sign-ups by name: answered
	lives    map[string]bool // candidates who have a robot
	compared int             // views that were compared
}

func newTown(t testing.TB, s *server, session seeded) *town {
	w := &town{
		t: t, s: s, session: session, ledger: &ledger{}, states: []nextup.Session{{}},
		asked: map[string]bool{}, lives: map[string]bool{},
	}
	links := s.links()
	items := []string{"note", "overall"}
	for _, q := range session.questions {
		items = append(items, "q:"+string(q))
	}
	s.start() // the PINs are given once; the cookies hold over every crash
	for n, id := range session.interviewers {
		r := &robot{
			who: nextup.Actor{Role: nextup.RoleInterviewer, ID: string(id)}, device: newDevice(), visitor: s.visitor(),
			ledger: w.ledger, items: items, marks: map[mark]*marked{},
		}
		who := session.invited(links, n)
		r.visitor.enter(who)
		r.link = who.link
		w.robots = append(w.robots, r)
	}
	w.every = append(w.every, w.robots...)
	for range 6 {
		w.signUp(s.visitor())
	}
	s.kill9()
	w.check(t, "after the sign-ups")
	w.renew()
	return w
}

// signUp registers one more person by the form and notes whether it was answered.
func (w *town) signUp(v *visitor) {
	w.ledger.mu.Lock()
	w.names++
	name := fmt.Sprintf("Candidate %d", w.names)
	w.asked[name] = false
	w.ledger.mu.Unlock()
	w.send(v, name)
}

func (w *town) send(v *visitor, name string) bool {
	address := w.s.links().SignUp(w.session.id)
	p, err := v.ask("POST", address, map[string][]string{"name": {name}, "email": {mailOf(name)}, "language": {"nb"}})
	if err != nil || p.status != 200 {
		return false
	}
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	w.asked[name] = true
	return true
}

// signUps registers people all the time, and again those who got no answer.
func (w *town) signUps(ctx context.Context) {
	v := w.s.visitor()
	for ctx.Err() == nil {
		w.signUp(v)
		rest(ctx, time.Duration(50+rand.IntN(200))*time.Millisecond)
	}
}

func (w *town) repeatSignUps(t *testing.T) {
	for name, answered := range w.asked {
		if !answered && !w.send(w.s.visitor(), name) {
			t.Errorf("%s cannot sign up again", name)
		}
	}
}

// renew lets those go who are done and gives robots to new candidates, so that
// there are always six.
func (w *town) renew() {
	var still []*robot
	candidates := 0
	for _, r := range w.robots {
		if !r.over || len(r.open) > 0 {
			r.over = false
			still = append(still, r)
			if r.who.Role == nextup.RoleCandidate {
				candidates++
			}
		}
	}
	w.robots = still
	links := w.s.links()
	for _, id := range w.states[len(w.states)-1].Registered {
		if candidates >= 6 {
			return
		}
		if w.lives[string(id)] {
			continue
		}
		w.lives[string(id)] = true
		candidates++
		r := &robot{
			who: nextup.Actor{Role: nextup.RoleCandidate, ID: string(id)}, link: links.Candidate(w.session.id, id),
			device: newDevice(), visitor: w.s.visitor(), ledger: w.ledger,
		}
		w.robots, w.every = append(w.robots, r), append(w.every, r)
	}
}

// sum says in one line what was tried.
func (w *town) sum() string {
	answered, open, refused := 0, 0, 0
	for _, g := range w.ledger.given {
		switch {
		case !g.done:
			open++
		case g.answer.OK:
			answered++
		default:
			refused++
		}
	}
	talks := len(w.states[len(w.states)-1].Talks)
	return fmt.Sprintf("%d events, %d talks, %d sign-ups; commands: %d yes, %d no, %d without an answer; %d views compared",
		len(w.durable), talks, len(w.asked), answered, refused, open, w.compared)
}

// enough makes sure that the test did something.
func (w *town) enough(t *testing.T, kills int) {
	if len(w.durable) < 10*kills || w.compared < 10*kills {
		t.Errorf("too little happened to be of worth: %s", w.sum())
	}
	for _, g := range w.ledger.given {
		if !g.done {
			t.Errorf("%s of %s was never answered", g.do, g.by.ID)
		}
	}
}

// sameEvent compares all that an event holds.
func sameEvent(a, b nextup.Recorded) bool {
	return bytes.Equal(fmt.Appendf(nil, "%#v", a), fmt.Appendf(nil, "%#v", b))
}
