package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// mainPages are shown in the documentation in all three languages; the others in
// the first that they are looked at in.
var mainPages = []string{
	"landing", "list", "form", "overview running, locked PIN", "sign-up", "registered", "check passed",
	"waiting first", "called", "room", "talk of an interviewer", "talk of a candidate", "write-up", "after", "summary", "help",
	"job drawer", "slots", "round", "message", "personal choose", "personal booked by video",
}

// depict writes the pictures of a page for the documentation, if they are asked for.
func depict(b *tab, name string, languages ...string) {
	b.t.Helper()
	folder := os.Getenv("NEXTUP_PICTURES")
	if folder == "" {
		return
	}
	if !slices.Contains(mainPages, name) {
		languages = languages[:1]
	}
	b.Scheme("light")
	for _, size := range [][2]int{{1280, 800}, {390, 844}} {
		b.Size(size[0], size[1])
		for _, lang := range languages {
			b.Speak(lang)
			b.Picture(filepath.Join(folder, fmt.Sprintf("%s-%d-%s.webp", strings.NewReplacer(" ", "-", ",", "").Replace(name), size[0], lang)))
		}
	}
}

// Picture writes the page down to its end, small enough to be kept beside the text.
func (b *tab) Picture(path string) {
	b.t.Helper()
	p := b.page.(*chromePage)
	r, err := limited(p, func(ctx context.Context) (cdppage.CaptureScreenshotResult, error) {
		return chromedp.Call(ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
			Format: cdppage.CaptureScreenshotFormatWebp, Quality: new(int64(60)), CaptureBeyondViewport: new(true),
		})
	})
	if err == nil {
		err = os.WriteFile(path, r.Data, 0o600)
	}
	if err != nil {
		b.t.Fatalf("%s: picture: %v", b.name, err)
	}
}
