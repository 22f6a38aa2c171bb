package main

import (
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

// The call-up reaches somebody who looks elsewhere: asked for at check-in and never
// before, also where a page may not notify by itself.
func TestCallUpNotifies(t *testing.T) {
	x := newHall(t)
	base := x.m.Settings.base.String()
	const counting = `window.__asked = 0; const real = Notification.requestPermission.bind(Notification);
		Notification.requestPermission = (...a) => { window.__asked++; return real(...a); };`
	second, v := x.running.invited(x.m.Links, 1), x.m.visitor(t)
	v.enter(second)
	w, err := v.connect(second.link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.leave)
	w.do(t, "enter", nil)

	for _, way := range []struct{ name, ua string }{{"on a computer", ""}, {"on Android, through a worker", androidPad}} {
		t.Run(way.name, func(t *testing.T) {
			b := show(t, x.c, &person{name: "Åsa Öberg", camera: &red, tone: 440})
			b.Preload(counting)
			if way.ua != "" {
				b.Phone(way.ua)
				b.Preload(`window.Notification = class extends Notification { constructor() { throw new TypeError("Illegal constructor"); } };`)
			}
			b.Open(x.m.Links.Candidate(x.running.id, x.m.register(t, x.running.id, "Åsa "+way.name)))
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
			b.Hide()
			v := w.interviewerView(t, "somebody to call", func(v nextup.InterviewerView) bool { return v.NextUp != "" })
			w.do(t, "next", fields{"after": v.You.Last})
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
