package main

import (
	"testing"
	"time"
)

// The pages of jobs, rounds, times and applicants who choose, looked at like all
// others: in every language, with axe, on a phone and on a screen.
func TestPagesOfRounds(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	c := chromium(t)
	m := inside(t, t.TempDir())
	m.seed(t, 1, nil) // founds the employer
	base := m.Settings.base.String()
	b := show(t, c, &person{name: recruiterName})
	b.Allow(`status of 4\d\d`) // refused forms answer so
	b.SignsIn(base)
	b.Open(base + "/jobs")
	glance(t, b, "jobs empty")
	b.Open(base + "/jobs/new")
	look(t, b, "job form")

	bare := m.hire(t, true, "Åsa Öberg", "sv")
	b.Open(base + bare.path)
	glance(t, b, "round empty")
	b.Open(base + bare.path + "/message")
	glance(t, b, "message without times")

	h := m.hire(t, false, "Åsa Öberg", "sv", "Kari Hansen", "nb", "John Smith", "en", "Maximiliana Konstantinopolitanska-Andersson", "sv", "Ola Nordmann", "nb", "Eva Ek", "sv")
	b.Open(base + h.path + "?saved=1")
	look(t, b, "round saved")
	b.Open(base + h.path + "/message")
	look(t, b, "message")
	b.Type("#subject-sv", "")
	b.Click(`[data-act=send]`)
	b.Has(`[data-fault]`)
	glance(t, b, "message refused")

	h.invite(0, 1, 2, 3, 4)
	h.book(0, 0)
	h.book(1, 2)
	h.ok(m.Store.NoneFits(t.Context(), h.round, h.who[2], time.Now()))
	h.ok(m.Store.Opened(t.Context(), h.who[3], time.Now()))
	b.Open(base + h.path)
	b.Click(`tr[data-name="Kari Hansen"] details.more summary`)
	look(t, b, "round")
	// What the page asked for before its language was switched is written in the other one.
	b.Eval(`(() => {
		const send = XMLHttpRequest.prototype.send;
		XMLHttpRequest.prototype.send = function () {
			const done = this.onloadend;
			this.onloadend = (e) => { if (this.status === 200 && !window.__late) window.__late = () => done.call(this, e); else done.call(this, e); };
			send.call(this);
		};
	})()`, nil)
	h.ok(m.Store.Opened(t.Context(), h.who[4], time.Now()))
	b.WaitFor(`window.__late`, long)
	b.Speak("nb")
	b.Eval(`void __late()`, nil)
	b.WaitFor(`document.querySelector('tr[data-name="Ola Nordmann"] [data-state$=".opened"]')`, patience) // it was taken
	for _, fault := range b.Faults("nb") {
		t.Errorf("after a late answer: %s", fault)
	}
	b.Open(base + h.path + "/message?kind=remind")
	glance(t, b, "message reminder")
	b.Open(base + h.path + "/book?who=" + string(h.who[0]))
	look(t, b, "round book")
	b.Open(base + h.path + "/book?cancel=1&who=" + string(h.who[0]))
	glance(t, b, "round cancel")
	b.Open(base + h.path + "/leave?who=" + string(h.who[1]))
	glance(t, b, "round leave")

	job := base + "/jobs/" + string(h.job)
	b.Open(base + "/jobs")
	look(t, b, "jobs")
	b.Open(job)
	look(t, b, "job")
	b.Size(1280, 800)
	b.Click(`tbody input[type=checkbox]`)
	b.Click(`[data-act=invite]`)
	b.Has(`dialog[open]`)
	glance(t, b, "job drawer")
	b.Open(job + "/applicants")
	look(t, b, "job add applicants")
	b.Open(job + "/applicants/" + string(h.who[0]))
	look(t, b, "job applicant")
	b.Open(job + "/applicants/remove?to=" + string(h.who[0]))
	glance(t, b, "job remove applicant")
	b.Open(base + "/outbox")
	glance(t, b, "outbox of rounds")

	a := show(t, c, &person{name: "Eva Ek"})
	a.Allow(`status of 4\d\d`)
	a.Open(h.link(5))
	glance(t, a, "personal not invited")
	a.Open(h.link(3))
	look(t, a, "personal choose")
	a.Open(h.link(0))
	look(t, a, "personal booked by video")
	a.Open(h.link(1))
	glance(t, a, "personal booked in a room")
	a.Open(h.link(0) + "/data")
	glance(t, a, "personal data")
	h.ok(m.Store.CloseRound(t.Context(), h.round, time.Now()))
	a.Open(h.link(3))
	glance(t, a, "personal closed")
	b.Open(base + h.path)
	glance(t, b, "round closed")
}
