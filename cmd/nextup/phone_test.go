package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// The names that phones' own browsers give themselves.
const (
	iPhone      = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"
	androidPad  = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"
	inInstagram = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,2; iOS 18_6; sv_SE)"
	oldChrome   = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"
)

// Called makes a tab of Chromium give itself another name.
func (b *tab) Called(ua string) {
	b.t.Helper()
	device(b, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: ua})
}

// Phone makes a tab of Chromium a phone: its name, a narrow screen, fingers instead of a mouse.
func (b *tab) Phone(ua string) {
	b.t.Helper()
	b.Size(390, 844)
	b.Called(ua)
	device(b, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5})
	b.page.(*chromePage).fingers = true
}

// In puts the device in another time zone.
func (b *tab) In(zone string) {
	b.t.Helper()
	device(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone})
}

// device sets something about the device of a tab of Chromium.
func device[P any](b *tab, command cdp.Command[P, cdp.Empty], params P) {
	b.t.Helper()
	if err := send(b.page.(*chromePage), command, params); err != nil {
		b.t.Fatalf("%s: %s: %v", b.name, command.Method, err)
	}
}

func send[P any](p *chromePage, command cdp.Command[P, cdp.Empty], params P) error {
	_, err := limited(p, func(ctx context.Context) (cdp.Empty, error) { return chromedp.Call(ctx, command, params) })
	return err
}

// touch presses a page with a finger.
func (p *chromePage) touch(x, y float64) error {
	for _, e := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: x, Y: y}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if err := send(p, input.DispatchTouchEvent, e); err != nil {
			return err
		}
	}
	return nil
}

// shot writes a picture of the whole page where NEXTUP_SHOTS names a folder.
func shot(b *tab, name string) {
	b.t.Helper()
	if dir := os.Getenv("NEXTUP_SHOTS"); dir != "" {
		b.WholePage(filepath.Join(dir, name+".png"))
	}
}
