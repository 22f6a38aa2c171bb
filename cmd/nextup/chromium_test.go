package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the one Chromium that all tests of this binary share. Everybody in
// it has cookies and storage of his own.
func chromium(t testing.TB) browser {
	t.Helper()
	path := find(t, "NEXTUP_CHROME", "chromium", "google-chrome", "chrome")
	shared.Lock()
	defer shared.Unlock()
	if shared.chromium == nil {
		c, err := startChromium(path)
		if err != nil {
			t.Fatalf("chromium: %v", err)
		}
		shared.chromium = c
	}
	return shared.chromium
}

// chromiumFilming is a Chromium of its own, whose camera plays a file (Y4M).
func chromiumFilming(t testing.TB, film string) browser {
	t.Helper()
	path := find(t, "NEXTUP_CHROME", "chromium", "google-chrome", "chrome")
	c, err := startChromium(path, chromedp.Flag("use-file-for-fake-video-capture", film))
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	t.Cleanup(c.close)
	return c
}

type chromeBrowser struct {
	ctx  context.Context
	stop func()
}

func startChromium(path string, more ...chromedp.ExecAllocatorOption) (*chromeBrowser, error) {
	opts := append(append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...),
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("mute-audio", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("lang", "en"),
		chromedp.WSURLReadTimeout(time.Minute),
		chromedp.CombinedOutput(io.Discard),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	ctx, stop := chromedp.NewContext(allocator, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	c := &chromeBrowser{ctx, func() { stop(); stopAllocator() }}
	if err := chromedp.Do(ctx); err != nil { // without a time limit: it would end the browser later
		c.stop()
		return nil, err
	}
	return c, nil
}

func quiet(string, ...any) {}

func (c *chromeBrowser) close() { c.stop() }

func (c *chromeBrowser) open(p *person) (page, error) {
	parent, opts := c.ctx, []chromedp.ContextOption{chromedp.WithNewBrowserContext()}
	if own, ok := p.in[c]; ok {
		parent, opts = own.(context.Context), nil
	}
	pg := &chromePage{}
	ctx, stop := chromedp.NewContext(parent, append(opts, chromedp.WithListener(pg.listen))...)
	pg.ctx, pg.stop = ctx, stop
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, err
	}
	if _, first := p.in[c]; !first {
		if p.in == nil {
			p.in = map[browser]any{}
		}
		p.in[c] = ctx
	}
	_, err := limited(pg, func(ctx context.Context) (any, error) {
		return chromedp.Call(ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: p.script(false)})
	})
	if err != nil {
		stop()
		return nil, err
	}
	return pg, nil
}

type chromePage struct {
	ctx     context.Context
	stop    func()
	fingers bool // there is no mouse

	mu   sync.Mutex
	said []string
}

// limited runs one step with a time limit; the page outlives it.
func limited[T any](p *chromePage, step func(context.Context) (T, error)) (T, error) {
	ctx, stop := context.WithTimeout(p.ctx, time.Minute)
	defer stop()
	return step(ctx)
}

func (p *chromePage) do(steps ...chromedp.Action[chromedp.Void]) error {
	_, err := limited(p, func(ctx context.Context) (chromedp.Void, error) {
		return chromedp.Void{}, chromedp.Do(ctx, steps...)
	})
	return err
}

// goTo opens an address and asks the page until it stands: the browser's own word that
// it has loaded was missed at times, when a page in the middle of a talk was loaded again.
func (p *chromePage) goTo(url string) error {
	mark := quote(rand.Text())
	_, _ = p.eval(`window.__before = ` + mark) // a page that cannot be asked will not be there afterwards either
	r, err := limited(p, func(ctx context.Context) (cdppage.NavigateResult, error) {
		return chromedp.Call(ctx, cdppage.Navigate, cdppage.NavigateParams{URL: url})
	})
	switch {
	case err != nil:
		return err
	case r.ErrorText != "":
		return errors.New("page load error " + r.ErrorText)
	case r.LoaderID == "": // within the same page
		return nil
	}
	if !poll(time.Minute, func() bool {
		there, err := p.eval(`window.__before !== ` + mark + ` && document.readyState === "complete"`)
		return err == nil && string(there) == "true"
	}) {
		return errors.New("the page is not there after a minute")
	}
	return nil
}

func (p *chromePage) eval(js string) ([]byte, error) {
	awaited := "(async () => JSON.stringify(await (" + js + ")) ?? 'null')()"
	text, err := limited(p, func(ctx context.Context) (string, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[string](awaited, chromedp.EvalAwaitPromise))
	})
	var thrown *chromedp.ExceptionError
	if errors.As(err, &thrown) && thrown.ExceptionDetails.Exception != nil {
		err = errors.New(thrown.ExceptionDetails.Exception.Description)
	}
	return []byte(text), err
}

func (p *chromePage) click(x, y float64) error {
	if p.fingers {
		return p.touch(x, y)
	}
	return p.do(chromedp.MouseClickXY(x, y))
}

func (p *chromePage) insert(text string) error {
	_, err := limited(p, func(ctx context.Context) (any, error) {
		return chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
	})
	return err
}

func (p *chromePage) resize(width, height int) error {
	_, err := limited(p, func(ctx context.Context) (any, error) {
		return chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(width), Height: int64(height), DeviceScaleFactor: 1, Mobile: width < 600,
		})
	})
	return err
}

func (p *chromePage) picture() ([]byte, error) {
	r, err := limited(p, func(ctx context.Context) (cdppage.CaptureScreenshotResult, error) {
		return chromedp.Call(ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{Format: cdppage.CaptureScreenshotFormatPng})
	})
	return r.Data, err
}

// listen runs inside the loop that reads the browser's messages, so it only notes.
func (p *chromePage) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description + string(x.Value)
		}
		p.note(text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			text := "console:"
			for _, a := range e.Args {
				text += " " + string(a.Value) + a.Description
			}
			p.note(text)
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError {
			p.note(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

func (p *chromePage) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, text)
}

func (p *chromePage) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said...)
}

func (p *chromePage) close() { p.stop() }
