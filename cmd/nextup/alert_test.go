package main

import (
	"slices"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"nextup"
)

// Permits answers a browser's question before it is asked.
func (b *tab) Permits(what string, setting cdpbrowser.PermissionSetting, origin string) {
	b.t.Helper()
	device(b, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission: &cdpbrowser.PermissionDescriptor{Name: what}, Setting: setting, Origin: origin,
		BrowserContextID: chromedp.FromContext(b.page.(*chromePage).ctx).BrowserContextID,
	})
}

// untold keeps from the server that a page lies behind others: the news is on its way
// when he is called, and comes too late.
const untold = `const send = WebSocket.prototype.send;
	WebSocket.prototype.send = function (m) { if (!(String(m).includes('"presence"') && document.hidden)) send.call(this, m); };`

// The call-up reaches somebody who looks elsewhere: asked for at check-in and never
// before, also where a page may not notify by itself, and also when the server learns
// only by calling him that he looks elsewhere.
func TestCallUpNotifies(t *testing.T) {
	x := newHall(t)
	base := x.m.Settings.base.String()
	const counting = `window.__asked = 0; const real = Notification.requestPermission.bind(Notification);
		Notification.requestPermission = (...a) => { window.__asked++; return real(...a); };`

	for n, way := range []struct {
		name, ua string
		knows    nextup.RowState // what the interviewer is shown of him before the call
	}{{"on a computer, hidden a moment ago", "", nextup.RowReady}, {"on Android, through a worker", androidPad, nextup.RowHere}} {
		t.Run(way.name, func(t *testing.T) {
			// Each has an interviewer of his own, who is free whatever became of the other.
			in, v := x.running.invited(x.m.Links, n), x.m.visitor(t)
			v.enter(in)
			w, err := v.connect(in.link, newDevice())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(w.leave)
			w.do(t, "enter", nil)

			b := show(t, x.c, &person{name: "Åsa Öberg", camera: &red, tone: 440})
			b.Preload(counting)
			if way.ua != "" {
				b.Phone(way.ua)
				b.Preload(`window.Notification = class extends Notification { constructor() { throw new TypeError("Illegal constructor"); } };`)
			}
			if way.knows == nextup.RowReady {
				b.Preload(untold)
			}
			who := x.m.register(t, x.running.id, "Åsa "+way.name)
			b.Open(x.m.Links.Candidate(x.running.id, who))
			b.Click(`[data-act=check]`)
			b.Click(`[data-act=ask]`)
			b.Has(`[data-act=check-in]`)
			b.Reads("lobby.notify")
			var asked int
			if b.Eval(`window.__asked`, &asked); asked != 0 {
				t.Error("asked before he checked in")
			}
			b.Permits("notifications", cdpbrowser.PermissionSettingGranted, base)
			b.Click(`#notify`)
			b.Press(`[data-act=check-in]`, `document.querySelector(".turn")?.checkVisibility()`)
			b.Reads("lobby.ready")
			if way.ua != "" {
				b.WaitFor(`(await navigator.serviceWorker.getRegistrations()).length === 1`, long)
			} else {
				b.Eval(`void (window.__shown = [], window.Notification = class extends Notification { constructor(t, o) { super(t, o); __shown.push(this); } })`, nil)
			}
			w.interviewerView(t, "somebody who is ready", func(v nextup.InterviewerView) bool {
				return v.NextUp == who && rowOf(v, who).State == nextup.RowReady
			})
			b.Hide()
			// His page tells it on another connection than the one that calls him.
			room := w.interviewerView(t, "somebody to call", func(v nextup.InterviewerView) bool {
				return v.NextUp == who && rowOf(v, who).State == way.knows
			})
			w.do(t, "next", fields{"after": room.You.Last})
			want := quote(word(b.Lang(), "called.title", "name", "Åsa"))
			if way.ua != "" {
				b.WaitFor(`(await (await navigator.serviceWorker.getRegistrations())[0].getNotifications()).some((n) => n.title === `+want+`)`, long)
			} else {
				b.WaitFor(`__shown.some((n) => n.title === `+want+`)`, long)
			}
			b.Unhide()
			b.Click(`[data-act=later]`) // two minutes more
			b.Reads("lobby.held")
			if way.ua != "" {
				b.WaitFor(`(await (await navigator.serviceWorker.getRegistrations())[0].getNotifications()).length === 0`, long)
			}
		})
	}
}

// rowOf is what an interviewer is shown of a candidate who waits.
func rowOf(v nextup.InterviewerView, id nextup.CandidateID) nextup.QueueRow {
	i := slices.IndexFunc(v.Queue, func(r nextup.QueueRow) bool { return r.ID == id })
	if i < 0 {
		return nextup.QueueRow{}
	}
	return v.Queue[i]
}
