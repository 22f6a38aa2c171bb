package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"nextup"
)

// hall is a server within the test, with a session that runs and one that lies a week ahead.
type hall struct {
	t       *testing.T
	m       *Main
	c       browser
	running seeded
	coming  seeded
}

const hallJob = "**Plocka** och packa på lagret.\n\n- dagtid\n- [kollektivavtal](https://example.org/avtal)"

func newHall(t *testing.T) *hall {
	t.Helper()
	x := &hall{t: t, c: chromium(t), m: inside(t, t.TempDir())}
	x.running = x.m.seed(t, 2, func(s *nextup.Settings) { s.Answer = 12 * time.Second })
	x.coming = x.m.seed(t, 2, func(s *nextup.Settings) {
		s.Start, s.Length, s.Talk = time.Now().AddDate(0, 0, 7).UTC().Truncate(time.Hour), time.Hour, 10*time.Minute
	})
	for _, s := range []seeded{x.running, x.coming} {
		for id, words := range map[nextup.TextID]string{
			nextup.TitleText: "Lagerarbetare, Malmö", nextup.JobText: hallJob,
			nextup.ContactText: "Maria Lindqvist, 040-12 34 56", nextup.AdText: "https://example.org/annons",
		} {
			if err := x.m.Store.SaveText(context.Background(), s.id, nextup.Text{ID: id, Body: words}); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.m.Actors.Refresh(context.Background(), s.id); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// state is a session as it is kept.
func (x *hall) state(id nextup.SessionID) nextup.Snapshot {
	x.t.Helper()
	n, err := x.m.Actors.Look(context.Background(), id)
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

// recruiter gives a command of the session's recruiter.
func (x *hall) recruiter(c nextup.Command, texts ...nextup.Text) {
	x.t.Helper()
	x.m.give(x.t, x.running.id, nextup.Order{By: nextup.Actor{Role: nextup.RoleRecruiter, ID: "seeded-recruiter"}, Command: c, Texts: texts})
}

// announce says something to everybody waiting.
func (x *hall) announce(words string) {
	x.recruiter(nextup.Announce{}, nextup.Text{ID: nextup.LineText, Body: words})
}

// within makes failures of tabs that live longer those of the part that uses them.
func within(t *testing.T, tabs ...*tab) {
	t.Helper()
	for _, b := range tabs {
		before := b.t
		b.t = t
		t.Cleanup(func() { b.t = before })
	}
}

// writingUp makes the second interviewer write up a talk of his own: he works, and
// is not free. end makes him leave.
func (x *hall) writingUp(t *testing.T) (id nextup.InterviewerID, end func()) {
	t.Helper()
	who := x.m.register(t, x.running.id, "Bjørn Æthelsen")
	k, err := x.m.visitor(t).connect(x.m.Links.Candidate(x.running.id, who), newDevice())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.leave)
	if err := k.report(); err != nil {
		t.Fatal(err)
	}
	k.do(t, "check_in", nil)
	second, v := x.running.invited(x.m.Links, 1), x.m.visitor(t)
	v.enter(second)
	w, err := v.connect(second.link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.leave)
	w.do(t, "enter", nil)
	w.do(t, "take", fields{"after": 0, "candidate": who, "preset": "other", "words": "For the test."})
	offer := k.candidateView(t, "admitted", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAdmitted }).Offer
	k.do(t, "acknowledge", fields{"offer": offer})
	w.interviewerView(t, "in a talk", func(v nextup.InterviewerView) bool { return v.You.State == nextup.WorkTalk })
	w.do(t, "end", fields{"offer": offer})
	return x.running.interviewers[1], func() { w.do(t, "pause", nil) }
}

// linkOf is the personal link of the person with this address.
func (x *hall) linkOf(t *testing.T, s nextup.SessionID, email string) string {
	t.Helper()
	id, ok, err := x.m.Store.FindCandidate(context.Background(), s, email)
	if err != nil || !ok {
		t.Fatalf("nobody is registered as %s: %v", email, err)
	}
	return x.m.Links.Candidate(s, id)
}

// helpInOrder waits for the ladder of help in an element: five steps in their order,
// the state of camera, microphone and network, and the own link with its picture.
func helpInOrder(t *testing.T, b *tab, within, link string) {
	t.Helper()
	b.Has(within + ` [data-ladder]`)
	var steps, known []string
	b.Eval(`[...document.querySelectorAll(`+quote(within+" [data-ladder] > li")+`)].map((li) => li.querySelector("[data-i18n]").dataset.i18n)`, &steps)
	if got, want := strings.Join(steps, " "), "live.help.1 live.help.2 live.help.3 live.help.4 live.help.5"; got != want {
		t.Errorf("the steps are %q", got)
	}
	b.Eval(`[...document.querySelectorAll(`+quote(within+" [data-measured]")+`)].map((li) => li.dataset.measured + " " + li.querySelector(".state [data-i18n]").dataset.i18n)`, &known)
	got := strings.Join(known, ", ")
	for _, want := range []string{"check.camera live.measured.ok", "check.microphone live.measured.ok", "check.network live.measured."} {
		if !strings.Contains(got, want) || strings.Contains(got, "unknown") {
			t.Errorf("measured is %q, want %q", got, want)
		}
	}
	b.Has(within + ` [data-ladder] svg.lobby-qr`)
	if shown := b.Text(within + ` [data-ladder] .code`); shown != link {
		t.Errorf("the link to go on with is %q, want %q", shown, link)
	}
}

// The candidate's side in browsers: one server, several people, each part named
// after the rows it shows.
func TestLobby(t *testing.T) {
	beside(t, calls)
	x := newHall(t)
	signUp := x.m.Links.SignUp(x.coming.id)
	const jane = "Jane Okafor"

	t.Run("S3-24 S3-21 S3-31 S3-03 from another time zone", func(t *testing.T) {
		b := show(t, x.c, &person{name: jane, phone: true})
		b.In("America/New_York")
		b.Open(signUp)
		b.Sees("Stockholm time", long)
		b.Sees("where you are: ", long)
		b.Sees("040-12 34 56", long)
		b.Has(`.prose strong`)
		b.Has(`.prose a[href="https://example.org/avtal"]`)
		b.Has(`main a[href="https://example.org/annons"]`)
		shot(b, "lobby-signup")
		b.Type("#name", jane)
		b.Type("#email", mailOf(jane))
		b.Type("#phone", "+1 212 555 0100")
		b.Type("#needs", "Captions, please.")
		b.Click(`main form button[type=submit]`)
		b.Sees(mailOf(jane), long)
		shot(b, "lobby-signedup")
		n := x.state(x.coming.id)
		id := n.State.Registered[0]
		if p := n.People[id.Person()]; p.Phone != "+1 212 555 0100" || p.Notice == 0 || n.Texts[nextup.NeedsText(id)] != "Captions, please." {
			t.Errorf("kept is %+v, %q", p, n.Texts[nextup.NeedsText(id)])
		}
		link := x.m.Links.Candidate(x.coming.id, id)
		b.Open(link)
		b.Sees("Stockholm time", long)
		b.Has(`[data-own]`)
		var own, there string
		b.Eval(`document.querySelector("[data-own]").innerText`, &own)
		b.Eval(`document.querySelector(".live-facts b").innerText`, &there)
		start := n.State.Settings.Start
		for zone, text := range map[string]string{"Europe/Stockholm": there, "America/New_York": own} {
			l, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			if want := start.In(l).Format("15:04") + "–" + start.Add(time.Hour).In(l).Format("15:04"); !strings.Contains(text, want) {
				t.Errorf("%s: %q does not say %s", zone, text, want)
			}
		}
		b.Sees(interviewerName(0), long)
		b.Sees(interviewerName(1), long)
		b.Sees("040-12 34 56", long)
		shot(b, "lobby-registered")
		b.Click(`[data-act=door-job]`)
		b.Has(`dialog .prose a[href="https://example.org/avtal"]`)
		b.Click(`dialog .quiet`)
		b.Click(`[data-act=door-how]`)
		b.Reads("how.late")
		shot(b, "lobby-how")
		b.Click(`dialog .quiet`)

		// The device check works any time before, and so does the test of the connection.
		b.Click(`[data-act=check]`)
		shot(b, "lobby-check-ask")
		b.Click(`[data-act=ask]`)
		b.Has(`.checks`)
		b.Lacks(`[data-act=check-in]`)
		b.WaitFor(`[...document.querySelectorAll(".checks .state")].filter((e) => e.checkVisibility()).length >= 3`, long)
		shot(b, "lobby-check-early")
		if !poll(long, func() bool { return !x.state(x.coming.id).State.Candidates[id].Tested.IsZero() }) {
			t.Error("that the devices were tried is not kept")
		}
		b.Click(`[data-act=back]`)
		b.Click(`[data-act=door-ways]`)
		b.Click(`[data-act=try-ways]`)
		b.Reads("ways.good")
		b.Click(`dialog .fold summary`)
		var figures []string
		b.Eval(`[...document.querySelectorAll(".lobby-figures dd")].map((e) => e.dataset.i18n)`, &figures)
		if strings.Join(figures, " ") != "ways.figure ways.figure" {
			t.Errorf("the figures are %q: the direct way and the relay both work here", figures)
		}
		shot(b, "lobby-ways")
		b.Click(`dialog .quiet`)
		b.Click(`[data-act=door-help]`)
		t.Run("S3-55 help on the personal page", func(t *testing.T) {
			within(t, b)
			helpInOrder(t, b, "dialog", link)
		})
		shot(b, "lobby-help")
	})

	// One by one into the lobby: on a computer, an iPhone and an Android phone.
	names := []string{"Åsa Öberg", "Ola Nordmann", "Ali Hassan"}
	people := []*person{
		{name: names[0], camera: &red, tone: 440},
		{name: names[1], camera: &green, tone: 550, phone: true},
		{name: names[2], camera: &blue, tone: 800, phone: true},
	}
	links := make([]string, len(names))
	tabs := make([]*tab, len(names))
	for i, p := range people {
		links[i] = x.m.Links.Candidate(x.running.id, x.m.register(t, x.running.id, p.name))
		tabs[i] = show(t, x.c, p)
	}
	asa, ola, ali := tabs[0], tabs[1], tabs[2]
	asa.Open(links[0])
	asa.ChecksIn()
	asa.Place(0)
	shot(asa, "lobby-waiting-wide")

	t.Run("S3-58 S3-23 on a phone", func(t *testing.T) {
		within(t, asa, ola, ali)
		for i, ua := range map[int]string{1: iPhone} {
			b := tabs[i]
			b.Phone(ua)
			b.Open(links[i])
			b.Reads("advice.phone")
			shot(b, "lobby-phone-advice")
			b.Click(`[data-notice=phone] [data-act=dismiss]`)
			b.Lacks(`[data-notice=phone]`)
			b.Reload()
			b.Has(`[data-act=check]`)
			b.Lacks(`[data-notice=phone]`)
			b.Click(`[data-act=check]`)
			b.Click(`[data-act=ask]`)
			b.Has(`[data-act=check-in]`)
			// The button stands still at the lower edge while the rows above it grow.
			var bottom float64
			b.Eval(`document.querySelector("[data-act=check-in]").getBoundingClientRect().bottom`, &bottom)
			if bottom > 844 {
				t.Errorf("the check-in button ends at %.0f of 844 pixels", bottom)
			}
			shot(b, "lobby-phone-check")
			b.Press(`[data-act=check-in]`, `document.querySelector(".turn")?.checkVisibility()`)
			b.Place(1)
			shot(b, "lobby-phone-waiting")
		}
		ali.Phone(androidPad)
		ali.Open(links[2])
		ali.ChecksIn()
		ali.Place(2)
		if asa.Text("main"); strings.Contains(asa.Text("main"), word(asa.Lang(), "advice.phone")) {
			t.Error("a computer is recommended to somebody at a computer")
		}
	})

	t.Run("S3-51 S3-49 places, and nothing of others", func(t *testing.T) {
		within(t, tabs...)
		for i, b := range tabs {
			b.Place(i)
			var html string
			b.Eval(`document.documentElement.outerHTML`, &html)
			for k, name := range names {
				if first, _, _ := strings.Cut(name, " "); k != i && strings.Contains(html, first) {
					t.Errorf("%s can read of %s", b.name, first)
				}
			}
		}
		asa.Reads("lobby.noInterviewer")
	})

	t.Run("S3-51 a line to everybody waiting", func(t *testing.T) {
		within(t, tabs...)
		x.announce("Vi är 10 minuter sena.")
		for _, b := range tabs {
			b.Sees("Vi är 10 minuter sena.", long)
			b.Has(`[role=status] [data-announced]`)
		}
		shot(ola, "lobby-announced")
		x.announce("")
		for _, b := range tabs {
			b.Lacks(`[data-announced]`)
		}
	})

	t.Run("S3-56 on with the phone", func(t *testing.T) {
		within(t, asa)
		asa.Click(`[data-act=door-other]`)
		asa.Has(`dialog svg.lobby-qr`)
		shot(asa, "lobby-other")
		link := asa.Text(`dialog .code`)
		if link != links[0] {
			t.Fatalf("the link is %q", link)
		}
		asa.Click(`dialog .quiet`)
		phone := show(t, x.c, &person{name: "Åsa's phone", camera: &red, tone: 440, phone: true})
		phone.Phone(androidPad)
		phone.Open(link)
		phone.Reads("end.elsewhere.title")
		asa.Place(0) // opening took nothing over
		phone.Click(`[data-act=continue]`)
		phone.Place(0)
		asa.Reads("end.elsewhere.title")
		shot(asa, "lobby-elsewhere")
		asa.Reload()
		asa.Reads("end.elsewhere.title")
		phone.Reload()
		phone.Place(0)
		asa.Click(`[data-act=continue]`)
		asa.Place(0)
		phone.Reads("end.elsewhere.title")
		asa.Click(`[data-act=ask]`) // let go when the phone took over
		asa.Reads("lobby.ready")
	})

	johan := &person{name: interviewerName(0), camera: &teal, tone: 1200}
	j := show(t, x.c, johan)
	j.Enters(x.running.invited(x.m.Links, 0))
	ali.Reads("lobby.ready")

	t.Run("S3-63 did not answer", func(t *testing.T) {
		within(t, asa, ola, j)
		asa.Hide()
		j.Reads("room.call", "name", "Åsa")
		j.Click(`[data-act=next]`)
		asa.Has(`[data-act=enter]`)
		shot(asa, "lobby-called")
		// The call is a picture, a title and a sound, and spoken at once.
		asa.WaitFor(`document.title.includes(`+quote(word(asa.Lang(), "called.title", "name", "Åsa"))+`)`, long)
		asa.Has(`.called [role=alert]`)
		asa.Reads("lobby.missed") // after a while without an answer
		shot(asa, "lobby-missed")
		asa.Place(0)
		if got := j.InTalk(); got != names[1] {
			t.Errorf("the next one offered is %s", got)
		}
		meet(t, j, johan, ola, people[1])
		asa.Unhide() // looking at the page again is an answer
		asa.Lacks(`[data-act=still-here]`)
		asa.Reads("lobby.ready")
	})

	t.Run("S3-55 help in the call", func(t *testing.T) {
		within(t, ola)
		ola.Click(`[data-act=more]`)
		ola.Click(`.live-sheetup .fold summary`)
		helpInOrder(t, ola, ".live-sheetup", links[1])
		shot(ola, "lobby-help-in-call")
		ola.Click(`.live-sheetup .quiet`)
		ola.Moves()
	})

	t.Run("S3-43 S3-23 the answer is kept though the page is closed early", func(t *testing.T) {
		within(t, ola, j)
		j.EndsTalk()
		j.Click(`[data-act=submit]`)
		ola.Has(`[data-act=interest-yes]`)
		ola.Reads("after.interesting")
		shot(ola, "lobby-after")
		ola.Type("#comment", "Gärna kvällar.")
		ola.Open("about:blank") // before the choice, and before the pause after which typing is saved
		id := x.state(x.running.id).State.Talks[0].Candidate
		ola.Open(links[1])
		ola.WaitFor(`document.querySelector("#comment")?.value === "Gärna kvällar."`, long)
		ola.Click(`[data-act=interest-yes]`)
		ola.Open("about:blank")
		if !poll(long, func() bool {
			n := x.state(x.running.id)
			return n.State.Candidates[id].Interest == nextup.InterestYes && n.Texts["comment:"+nextup.TextID(id)] == "Gärna kvällar."
		}) {
			n := x.state(x.running.id)
			t.Errorf("kept is %q, %q", n.State.Candidates[id].Interest, n.Texts["comment:"+nextup.TextID(id)])
		}
		ola.Open(links[1]) // later, from the same link
		ola.Reads("after.saidYes")
		ola.Reads("after.next")
		ola.Click(`[data-act=change]`)
		ola.Click(`[data-act=interest-no]`)
		ola.Reads("common.saved")
		ola.Click(`[data-act=send]`)
		ola.Reads("after.saidNo")
		shot(ola, "lobby-after-done")
	})

	t.Run("S3-63 twice: a no-show, who is called by hand", func(t *testing.T) {
		within(t, asa, j)
		asa.Hide()
		j.Reads("room.call", "name", "Åsa")
		j.Click(`[data-act=next]`)
		asa.Reads("end.no_show.title")
		asa.Reads("end.no_show.text2")
		shot(asa, "lobby-noshow")
		if got := j.InTalk(); got != names[2] {
			t.Errorf("the next one offered is %s", got)
		}
		asa.Unhide()
	})

	t.Run("handed over: he is told with whom he goes on", func(t *testing.T) {
		within(t, ali, j)
		colleague, end := x.writingUp(t)
		talk := x.state(x.running.id).State.Interviewers[0]
		x.m.give(t, x.running.id, nextup.Order{
			By:      nextup.Actor{Role: nextup.RoleInterviewer, ID: string(talk.ID)},
			Command: nextup.HandOver{Offer: talk.Talk, To: colleague},
		})
		ali.Reads("lobby.for", "name", interviewerName(1))
		shot(ali, "lobby-for")
		end() // the colleague goes, and with him the reservation
		ali.Place(0)
		j.Click(`[data-act=submit]`)
	})

	t.Run("S3-64 the end with somebody waiting", func(t *testing.T) {
		extra := map[string]*tab{}
		for _, name := range []string{"Kari Hansen", "Maija Niemelä"} {
			b := show(t, x.c, &person{name: name, camera: &yellow, tone: 1000})
			b.Open(x.m.Links.Candidate(x.running.id, x.m.register(t, x.running.id, name)))
			b.ChecksIn()
			extra[name] = b
		}
		x.recruiter(nextup.Close{})
		for _, b := range extra {
			b.Reads("end.not_reached.title")
			b.Reads("end.not_reached.text2")
			b.Sees("040-12 34 56", long)
			shot(b, "lobby-notreached")
		}
	})
}

// What other browsers are told, in browsers.
func TestBrowsersAreAdvised(t *testing.T) {
	beside(t, looks)
	x := newHall(t)
	link := x.m.Links.Candidate(x.coming.id, x.m.register(t, x.coming.id, "Åsa Öberg"))

	t.Run("S3-53 an old version is advised, not stopped", func(t *testing.T) {
		b := show(t, x.c, &person{name: "old"})
		b.Called(oldChrome)
		b.Open(link)
		b.Reads("advice.old.title")
		shot(b, "lobby-old")
		b.Has(`[data-act=check]`)
		b.Click(`[data-notice=old] [data-act=dismiss]`)
		b.Lacks(`[data-notice=old]`)
	})
	t.Run("S3-53 inside an app", func(t *testing.T) {
		b := show(t, x.c, &person{name: "Instagram", phone: true})
		b.Phone(inInstagram)
		b.Open(link)
		b.Reads("advice.app.named", "app", "Instagram")
		shot(b, "lobby-app")
		b.Click(`[data-notice=app] [data-act=copy-link]`)
		b.Reads("common.copied")
		b.Has(`[data-act=check]`)
	})
	t.Run("S3-53 without calls", func(t *testing.T) {
		b := show(t, x.c, &person{name: "no calls", phone: true})
		b.Preload(`delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection;`)
		b.Open(link)
		b.Reads("unfit.title")
		b.Sees(link, long)
		b.Sees("040-12 34 56", long)
		b.Lacks(`#connecting`)
		b.Lacks(`[data-act=check]`)
		shot(b, "lobby-unfit")
	})
}

// S3-54: the whole journey of a candidate in Firefox.
func TestS3_54_CandidateInFirefox(t *testing.T) {
	beside(t, calls)
	f := firefox(t)
	x := newHall(t)
	const name = "Elif Yılmaz"
	b := show(t, f, &person{name: name, camera: &violet, tone: firefoxTone})
	b.Open(x.m.Links.SignUp(x.running.id))
	b.Type("#name", name)
	b.Type("#email", "elif@example.org")
	b.Click(`main form button[type=submit]`)
	b.Sees("elif@example.org", long)
	b.Open(x.linkOf(t, x.running.id, "elif@example.org"))
	b.Lacks(`[data-notice]`)
	b.Click(`[data-act=door-ways]`)
	b.Click(`[data-act=try-ways]`)
	b.Reads("ways.good")
	b.Click(`dialog .quiet`)
	b.ChecksIn()
	b.Place(0)
	johan := &person{name: interviewerName(0), camera: &teal, tone: 1200}
	j := show(t, x.c, johan)
	j.Enters(x.running.invited(x.m.Links, 0))
	b.Reads("lobby.ready")
	j.Click(`[data-act=next]`)
	if got := j.InTalk(); got != name {
		t.Fatalf("the talk is with %s", got)
	}
	meet(t, j, johan, b, &person{camera: &violet, tone: firefoxTone})
	j.EndsTalk()
	b.Click(`[data-act=interest-yes]`)
	b.Reads("common.saved")
	b.Click(`[data-act=send]`)
	b.Reads("after.saidYes")
}

// The candidate's own pages and what opens on them, looked at in every language.
func TestPagesOfCandidates(t *testing.T) {
	beside(t, looks)
	x := newHall(t)
	link := x.m.Links.Candidate(x.coming.id, x.m.register(t, x.coming.id, "Åsa Öberg"))
	b := show(t, x.c, &person{name: "Åsa Öberg", phone: true})
	b.Allow(`status of 4\d\d`)
	b.Open(link + "/details")
	b.Has("#withdraw")
	b.Click("#withdraw summary")
	look(t, b, "my registration")
	b.Type("#phone", "12")
	b.Click(`main form button[type=submit]`)
	b.Has("#phone-error")
	glance(t, b, "my registration refused")
	b.Type("#phone", "040-12 34 56")
	b.Click(`main form button[type=submit]`)
	b.Reads("details.saved")
	glance(t, b, "my registration saved")

	b.Called(oldChrome)
	b.Open(link)
	b.Has(`[data-act=check]`)
	look(t, b, "registered, old browser")
	for _, door := range []string{"how", "other", "help", "ways"} {
		b.Click(`[data-act=door-` + door + `]`)
		if door == "ways" {
			b.Click(`[data-act=try-ways]`)
			b.Reads("ways.good")
			b.Click(`dialog .fold summary`)
		}
		glance(t, b, "door "+door)
		b.Click(`dialog .quiet`)
	}
	b.Called(inInstagram)
	b.Reload()
	b.Has(`[data-act=check]`)
	look(t, b, "registered, inside an app")

	gone := show(t, x.c, &person{name: "no calls", phone: true})
	gone.Preload(`delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection;`)
	gone.Open(link)
	gone.Reads("unfit.title")
	look(t, gone, "no calls")
	old := show(t, x.c, &person{name: "Internet Explorer"})
	old.Called("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko")
	old.Open(link)
	look(t, old, "Internet Explorer")
}
