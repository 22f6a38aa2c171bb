package transport

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/pdfcpu/pdfcpu/pkg/api"

	"nextup"
)

// call gives a command of the browser's protocol to the window.
func call[P, R any](w window, command cdp.Command[P, R], p P) (r R) {
	w.t.Helper()
	err := chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) (err error) {
		r, err = cdp.Call(ctx, target, command, p)
		return err
	}))
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// The summary in a browser: it follows what happens without taking the reader's
// place, narrows while he types, and prints.
func TestSummaryInABrowser(t *testing.T) {
	d := newDesks(t)
	d.crowd(14)
	d.mu.Lock()
	last := d.sessions["SESSION1"].state.Talks
	closed := d.sessions["SESSION1"].state.ClosedAt
	d.sessions["SESSION1"].state.Talks = last[:13] // the last ones are to come
	d.sessions["SESSION1"].state.Phase = nextup.PhasePublished
	d.mu.Unlock()
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/SESSION1/summary")
	rows := `document.querySelectorAll("[aria-labelledby=talks] tbody th").length`
	w.wait(rows, "13")

	t.Run("S3-44 the summary completes itself; scroll, focus and what is typed stay", func(t *testing.T) {
		w.script(`document.querySelector("[data-key=timeline-table]").open = true;
			window.held = document.querySelector("input[name=name]"); held.focus({preventScroll: true}); held.value = "a"; window.scrollTo(0, 300); true`)
		w.wait(`document.querySelectorAll("[aria-labelledby=talks] .state--ok").length`, "0")
		d.mu.Lock()
		d.sessions["SESSION1"].state.Talks = last
		d.sessions["SESSION1"].state.Phase, d.sessions["SESSION1"].state.ClosedAt = nextup.PhaseClosed, closed
		d.mu.Unlock()
		w.wait(rows, "15")
		w.wait(`document.querySelectorAll("[aria-labelledby=talks] thead th").length`, "7") // the answers' column is there
		w.wait(`document.activeElement === held && held.isConnected && held.value`, `"a"`)
		w.wait(`[window.scrollY > 100, document.querySelector("[data-key=timeline-table]").open]`, `[true,true]`)
		w.wait(`document.querySelector("[data-print]").hidden`, "false")
	})

	t.Run("S3-44 narrowed and sorted in place", func(t *testing.T) {
		w.script(`held.value = "ÅSA"; held.dispatchEvent(new Event("input", {bubbles: true}))`)
		w.wait(rows, "2")
		w.wait(`[location.search, document.activeElement === held]`, `["?name=%C3%85SA",true]`)
		w.script(`history.length`)
		w.open("/sessions/SESSION1/summary?name=%C3%85SA&sort=verdict") // as an address, and without what was typed
		w.wait(rows, "2")
		w.wait(`document.querySelector("select[name=sort]").value`, `"verdict"`)
		w.script(`document.querySelector("input[name=name]").value = "nobody of this name"; document.querySelector("input[name=name]").dispatchEvent(new Event("input", {bubbles: true}))`)
		w.wait(rows, "0")
		w.script(`document.querySelector(".filtered a").click()`)
		w.wait(rows, "15")
	})

	shots := os.Getenv("NEXTUP_SHOTS")
	if shots != "" {
		for _, way := range []struct {
			name, scheme, lang string
			width              int
		}{{"wide", "light", "sv", 1280}, {"wide-dark", "dark", "nb", 1280}, {"phone", "light", "en", 390}, {"phone-dark", "dark", "sv", 390}} {
			call(w, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(way.width), Height: 800, DeviceScaleFactor: 1})
			call(w, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: way.scheme}}})
			w.script(`document.cookie = "nextup_lang=` + way.lang + `; Path=/"`)
			w.open("/sessions/SESSION1/summary")
			r := call(w, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{Format: cdppage.CaptureScreenshotFormatPng, CaptureBeyondViewport: new(true)})
			if err := os.WriteFile(filepath.Join(shots, "summary-"+way.name+".png"), r.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}

	t.Run("S3-46 printed: numbered pages without the site's navigation, in Swedish", func(t *testing.T) {
		w.script(`document.cookie = "nextup_lang=sv; Path=/"`)
		w.open("/sessions/SESSION1/summary")
		w.wait(`document.documentElement.lang`, `"sv"`)
		call(w, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		w.wait(`[...document.querySelectorAll(".top, .noprint, .ds-skip-link, form, button")].filter((e) => e.checkVisibility()).length`, "0")
		w.wait(`[...document.querySelectorAll(".person, .gantt, .tbl tr")].filter((e) => getComputedStyle(e).breakInside !== "avoid").length`, "0")
		call(w, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
		r := call(w, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: new(false), PreferCSSPageSize: new(true), GenerateTaggedPDF: new(true)})
		file := r.Data
		api.DisableConfigDir()
		pages, err := api.PageCount(bytes.NewReader(file), nil)
		if err != nil || pages < 3 {
			t.Errorf("%d pages, %v", pages, err)
		}
		if shots != "" {
			if err := os.WriteFile(filepath.Join(shots, "printed.pdf"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if !strings.HasPrefix(string(file), "%PDF-") {
			t.Errorf("%.20q", file)
		}
	})
}
