package transport

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nextup"
)

// crowd is how many confirm the same time at once.
const crowd = 50

// S0-18: fifty people with links of their own confirm one time at the same moment, over
// HTTP, against the real database, again and again: exactly one has it, the others are
// told so with the times that remain, and in every tenth round all of them get one of
// those. NEXTUP_ROUNDS says how often; the row's own number is 1000.
func TestS0_18_FiftyConfirmOneTime(t *testing.T) {
	rounds := 10
	if testing.Short() || raced {
		rounds = 3
	}
	if n, err := strconv.Atoi(os.Getenv("NEXTUP_ROUNDS")); err == nil {
		rounds = n
	}
	x := newRecruitment(t)
	_, who := x.newJob(crowd)
	round := x.newRound(x.jobOf(who[0]), who...)
	var days []nextup.DayPlan
	for d := range 5 {
		days = append(days, x.dayOf(d, room, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17))
	}
	slots := x.plan(round, 1, days...)
	if len(slots) != crowd {
		t.Fatalf("%d times", len(slots))
	}
	x.invite(round, who...)
	c := &crowds{recruitment: x, round: round, client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: crowd},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(c.client.CloseIdleConnections)
	for _, id := range who {
		c.links = append(c.links, pathOf(x.server.links.Applicant(id)))
	}
	began := time.Now()
	for n := range rounds {
		all := n%10 == 0
		c.once(n, slots[n%len(slots)].ID, all)
		if t.Failed() {
			return
		}
		rb, _ := x.boardOf(round).Round(round)
		taken := map[nextup.SlotID]bool{}
		for _, e := range rb.Entries {
			if e.Booking.Slot == "" {
				continue
			}
			if taken[e.Booking.Slot] {
				t.Fatalf("round %d: a time twice: %+v", n, e.Booking)
			}
			taken[e.Booking.Slot] = true
		}
		if all && len(taken) != crowd || !all && len(taken) != 1 {
			t.Fatalf("round %d: %d have a time", n, len(taken))
		}
		for _, e := range rb.Entries { // and once more
			if e.Booking.Slot == "" {
				continue
			}
			_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: e.Applicant, From: e.Booking.Slot, By: nextup.RoleRecruiter, At: time.Now()})
			x.ok(err)
		}
	}
	t.Logf("%d rounds of %d, %d requests, %.0f a second", rounds, crowd, c.asked.Load(), float64(c.asked.Load())/time.Since(began).Seconds())
}

type crowds struct {
	*recruitment
	client *http.Client
	links  []string
	round  nextup.RoundID
	asked  atomic.Int64
}

var offeredSlot = regexp.MustCompile(`name="slot" value="([A-Z2-7]{26})"`)

// confirm asks for a time and says what came of it and what is left.
func (c *crowds) confirm(link string, slot nextup.SlotID) (status int, page string, left []nextup.SlotID) {
	form := url.Values{"round": {string(c.round)}, "slot": {string(slot)}, "from": {""}}
	c.asked.Add(1)
	g, err := c.client.PostForm(c.http.URL+link+"/confirm", form)
	if err != nil {
		c.t.Error(err)
		return 0, "", nil
	}
	defer g.Body.Close()
	b, err := io.ReadAll(g.Body)
	if err != nil {
		c.t.Error(err)
	}
	for _, m := range offeredSlot.FindAllSubmatch(b, -1) {
		left = append(left, nextup.SlotID(m[1]))
	}
	return g.StatusCode, string(b), left
}

// once has everybody confirm the same time, and then, if all shall have one, whatever is
// left until each has one.
func (c *crowds) once(n int, wanted nextup.SlotID, everybody bool) {
	c.t.Helper()
	var won, lost atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, link := range c.links {
		all.Add(1)
		go func() {
			defer all.Done()
			<-start
			status, page, left := c.confirm(link, wanted)
			switch {
			case status == http.StatusSeeOther:
				won.Add(1)
				return
			case status == http.StatusConflict && strings.Contains(page, "was just taken") && len(left) > 0:
				lost.Add(1)
			default:
				c.t.Errorf("round %d: %d with %d times: %.300s", n, status, len(left), page)
				return
			}
			if !everybody {
				return
			}
			for try := range crowd {
				if len(left) == 0 {
					c.t.Errorf("round %d: nothing is left for one of %d", n, crowd)
					return
				}
				if status, page, left = c.confirm(link, left[(i+try)%len(left)]); status == http.StatusSeeOther {
					return
				}
			}
			c.t.Errorf("round %d: never got a time: %d %.300s", n, status, page)
		}()
	}
	close(start)
	all.Wait()
	if won.Load() != 1 || lost.Load() != crowd-1 {
		c.t.Errorf("round %d: %d have the time, %d were told it is taken", n, won.Load(), lost.Load())
	}
}

// jobOf is an applicant's job.
func (x *recruitment) jobOf(id nextup.ApplicantID) nextup.JobID {
	x.t.Helper()
	b, err := x.db.BoardOf(x.t.Context(), id)
	x.ok(err)
	return b.Job.ID
}

// S0-22: a time that is given up can be chosen by another one within two seconds, by
// the page that he has open too; with several seats it was never away for others.
func TestS0_22_AFreedTimeIsOfferedAgain(t *testing.T) {
	for _, seats := range []int{1, 2} {
		t.Run(fmt.Sprintf("S0-22 %d seats", seats), func(t *testing.T) {
			x := newRecruitment(t)
			job, who := x.newJob(seats + 1)
			round := x.newRound(job, who...)
			slots := x.plan(round, seats, x.dayOf(0, video, 9, 10))
			x.invite(round, who...)
			waiting := x.applicant(who[seats])
			for _, id := range who[:seats] {
				a := x.applicant(id)
				a.sendForm(a.page(""), "/confirm", "slot", string(slots[0].ID))
			}
			open := waiting.page("/times")
			if strings.Contains(open.body, string(slots[0].ID)) {
				t.Fatal("a full time is offered")
			}
			first := x.applicant(who[0])
			first.sendForm(first.page("?do=change"), "/confirm", "slot", string(slots[1].ID))
			given := time.Now()
			r, _ := http.NewRequest(http.MethodGet, x.http.URL+waiting.link+"/times", nil)
			r.Header.Set("If-None-Match", open.Header.Get("ETag"))
			if g := x.send(waiting.c, r); g.StatusCode != http.StatusOK || !strings.Contains(g.body, string(slots[0].ID)) {
				t.Errorf("%d %s", g.StatusCode, g.body)
			}
			if g := waiting.sendForm(waiting.page(""), "/confirm", "slot", string(slots[0].ID)); g.StatusCode != http.StatusSeeOther {
				t.Error(g.StatusCode, words(t, g))
			}
			t.Logf("free, seen and chosen by another after %v", time.Since(given).Round(time.Millisecond))
			r.Header.Set("If-None-Match", x.send(waiting.c, r).Header.Get("ETag"))
			if g := x.send(waiting.c, r); g.StatusCode != http.StatusNotModified || g.body != "" {
				t.Errorf("nothing has changed: %d %s", g.StatusCode, g.body)
			}
		})
	}
}
