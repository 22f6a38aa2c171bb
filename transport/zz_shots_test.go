//go:build t2shots

package transport

import (
	"context"
	"net/url"
	"os"
	"testing"
	"time"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdpnet "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	clog "github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"nextup"
)

func TestShots(t *testing.T) {
	d := newDesks(t)
	d.fill()
	maria := d.signedIn("maria@example.test")
	base, _ := url.Parse(d.http.URL)
	d.office.setUp, d.office.expires = setUpHash("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), time.Now().Add(time.Hour)
	d.office.posted = []Posted{
		{ID: 100, Session: "SESSION1", Kind: nextup.MailInvitation, Person: "INTERVIEWER1", Created: time.Now(), State: PostSent, Done: time.Now()},
		{ID: 101, Session: "SESSION1", Kind: nextup.MailInvitation, Person: "INTERVIEWER2", Created: time.Now(), State: PostFailed, Cause: "no_address 550 5.1.1", Done: time.Now()},
	}
	ctx, c2 := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox, chromedp.ExecPath("/usr/bin/chromium")))
	defer c2()
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Log("EXC", ev.ExceptionDetails.Text, ev.ExceptionDetails.Exception)
		case *clog.EventEntryAdded:
			t.Log("LOG", ev.Entry.Level, ev.Entry.Text, ev.Entry.URL)
		case *runtime.EventConsoleAPICalled:
			for _, a := range ev.Args {
				t.Log("CON", string(a.Value))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	call := func(f func(ctx context.Context, t *chromedp.Target) error) {
		if err := chromedp.Do(ctx, chromedp.Func(f)); err != nil {
			t.Fatal(err)
		}
	}
	call(func(ctx context.Context, t *chromedp.Target) error { _, err := cdp.Call(ctx, t, clog.Enable, cdp.Empty{}); return err })
	var cookies []*cdpnet.CookieParam
	for _, c := range maria.Jar.Cookies(base) {
		cookies = append(cookies, &cdpnet.CookieParam{Name: c.Name, Value: c.Value, URL: d.http.URL})
	}
	only := os.Getenv("SHOT")
	for _, p := range []struct{ name, path string }{
		{"landing", "/"}, {"setup", "/setup/ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, {"login", "/sign-in"},
		{"list", "/sessions"}, {"form", "/sessions/SESSION1/edit"}, {"new", "/sessions/new"}, {"overview", "/sessions/SESSION1"},
		{"summary", "/sessions/SESSION3/summary"}, {"outbox", "/outbox"},
	} {
		if only != "" && !strings.Contains(only, p.name) {
			continue
		}
		for _, v := range []struct {
			name string
			w    int64
			dark string
			lang string
		}{{"1280", 1280, "light", "sv"}, {"390", 390, "light", "sv"}, {"1280-dark", 1280, "dark", "en"}, {"390-dark", 390, "dark", "nb"}} {
			set := []*cdpnet.CookieParam{{Name: "nextup_lang", Value: v.lang, URL: d.http.URL}}
			if p.name != "landing" && p.name != "setup" && p.name != "login" {
				set = append(set, cookies...)
			}
			call(func(ctx context.Context, t *chromedp.Target) error {
				if _, err := cdp.Call(ctx, t, cdpnet.ClearBrowserCookies, cdp.Empty{}); err != nil {
					return err
				}
				if _, err := cdp.Call(ctx, t, cdpnet.SetCookies, cdpnet.SetCookiesParams{Cookies: set}); err != nil {
					return err
				}
				if _, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.w, Height: 900, DeviceScaleFactor: 1, Mobile: v.w < 500}); err != nil {
					return err
				}
				_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.dark}}})
				return err
			})
			if err := chromedp.Do(ctx, chromedp.Navigate(d.http.URL+p.path)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(700 * time.Millisecond)
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			os.WriteFile("/tmp/t2/shots/"+p.name+"-"+v.name+".png", png, 0o644)
			wide, _ := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > window.innerWidth"))
			if wide {
				t.Log("OVERFLOW", p.name, v.name)
			}
		}
		if p.name == "summary" {
			call(func(ctx context.Context, t *chromedp.Target) error {
				yes := true
				r, err := cdp.Call(ctx, t, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PreferCSSPageSize: &yes, PrintBackground: &yes})
				if err == nil {
					os.WriteFile("/tmp/t2/shots/summary.pdf", r.Data, 0o644)
				}
				return err
			})
		}
	}
}

func (d *desks) fill() {
	ctx := context.Background()
	by := d.maria.by()
	now := time.Now()
	make := func(id nextup.SessionID, title string, start time.Time, draft bool) {
		set := nextup.Settings{Start: start, Zone: "Europe/Stockholm", Length: time.Hour, Talk: 10 * time.Minute, Places: 20,
			LobbyOpens: 30 * time.Minute, Answer: 30 * time.Second, Questions: []nextup.QuestionID{"qa", "qb", "qc"}, Traits: []nextup.TraitID{"ta", "tb", "tc", "td"}}
		var texts []nextup.Text
		for k, v := range map[string]string{"title": title, "job": "## Om jobbet\nVi söker dig som **lyfter**.\n\n- truckkort\n- god svenska", "qa": "Berätta kort om dig själv.", "qb": "Vilka truckkort har du?", "qc": "Hur har du arbetat med säkerhet på lagret?", "ta": "Noggrann", "tb": "Samarbete", "tc": "Tempo", "td": "Språk"} {
			texts = append(texts, nextup.Text{ID: nextup.TextID(k), Body: v})
		}
		people := []nextup.Person{{ID: "RECRUITER", Role: "interviewer", Name: "Maria Lindqvist", Email: "maria@example.test", Language: "sv"}, {ID: "JOHANEK1", Role: "interviewer", Name: "Johan Ek", Email: "johan@example.test", Language: "sv"}, {ID: "INGRIDD1", Role: "interviewer", Name: "Ingrid Dahl", Email: "ingrid@dalh.example", Language: "sv"}}
		if _, err := d.Do(ctx, id, nextup.Order{ID: newCommand(), By: by, People: people, Texts: texts, Command: nextup.Create{Organisation: "ORG", Owner: "RECRUITER", Settings: set, Interviewers: []nextup.InterviewerID{"RECRUITER", "JOHANEK1", "INGRIDD1"}}}); err != nil {
			panic(err)
		}
		if !draft {
			d.must(id, by, nextup.Publish{})
		}
	}
	make("SESSION2", "Undersköterska, natt", now.Add(72*time.Hour), false)
	make("SESSION4", "Butikssäljare, kopia", now.Add(100*time.Hour), true)
	make("SESSION3", "Barnskötare, vikariat", now.Add(time.Minute), false)
	names := []string{"Åsa Öberg", "Ola Nordmann", "Kari Hansen", "Elif Yılmaz", "Ali Hassan", "Tor Vik", "Jane Okafor", "Petra Nowak", "Mia Dahl"}
	for s, id := range []nextup.SessionID{"SESSION1", "SESSION2", "SESSION3"} {
		for i, n := range names {
			if s == 1 && i > 4 { break }
			cid := nextup.CandidateID("CANDIDATE" + string(rune('A'+i)))
			if _, err := d.Do(ctx, id, nextup.Order{ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: cid}, People: []nextup.Person{{ID: cid.Person(), Role: nextup.RoleCandidate, Name: n, Email: string(cid) + "@example.test", Language: []string{"sv", "nb", "en"}[i%3]}}}); err != nil {
				panic(err)
			}
			if s != 1 {
				d.must(id, nextup.Actor{Role: nextup.RoleCandidate, ID: string(cid)}, nextup.CheckIn{Device: "device12"})
			}
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	st := &d.sessions["SESSION3"].state
	start := time.Date(2026, 11, 13, 12, 0, 0, 0, time.UTC)
	st.Settings.Start = start
	ivs := []nextup.InterviewerID{"RECRUITER", "JOHANEK1", "INGRIDD1"}
	for i := range 7 {
		cid := nextup.CandidateID("CANDIDATE" + string(rune('A'+i)))
		at := start.Add(time.Duration(i/3*13+i%3*2) * time.Minute)
		st.Talks = append(st.Talks, nextup.Talk{Offer: nextup.OfferID(i + 1), Candidate: cid, Interviewer: ivs[i%3], CheckedIn: start.Add(time.Duration(i*2-9) * time.Minute), Started: at, Ended: at.Add(time.Duration(9+i%3) * time.Minute), EndsAt: at.Add(10 * time.Minute), WrittenUp: at.Add(12 * time.Minute)})
		c := st.Candidates[cid]
		c.Status, c.Interest = nextup.StatusDone, []nextup.Interest{"yes", "no", "yes", "", "yes"}[i%5]
		st.Candidates[cid] = c
		for j, item := range []string{"t:ta", "t:tb", "t:tc", "t:td"} {
			if i == 3 && j == 3 { continue }
			a := nextup.Assessment{Session: "SESSION3", Offer: nextup.OfferID(i + 1), Interviewer: ivs[i%3], Item: item, Rating: 1 + (i+j*2)%5}
			if i == 1 && j == 1 { a.Note = "Fint exempel om samarbete på lagret." }
			d.assessments[string(cid)+item] = a
		}
		d.assessments[string(cid)+"o"] = nextup.Assessment{Session: "SESSION3", Offer: nextup.OfferID(i + 1), Interviewer: ivs[i%3], Item: "overall", Rating: 3 - i%3}
		if i < 3 {
			d.assessments[string(cid)+"n"] = nextup.Assessment{Session: "SESSION3", Offer: nextup.OfferID(i + 1), Interviewer: ivs[i%3], Item: "note", Note: "Lugn och tydlig. Kan börja i januari."}
			d.assessments[string(cid)+"q"] = nextup.Assessment{Session: "SESSION3", Offer: nextup.OfferID(i + 1), Interviewer: ivs[i%3], Item: "q:qa", Rating: 4, Note: "Tio år på lager."}
		}
	}
	st.Deviations = []nextup.Deviation{{At: start.Add(12 * time.Minute), By: nextup.Actor{Role: "interviewer", ID: "JOHANEK1"}, Kind: nextup.DeviationTake, Candidate: "CANDIDATEE", Reason: nextup.Reason{Preset: "knows"}},
		{At: start.Add(20 * time.Minute), By: nextup.Actor{Role: "interviewer", ID: "INGRIDD1"}, Kind: nextup.DeviationSkip, Candidate: "CANDIDATEG", Reason: nextup.Reason{Preset: "trouble"}},
		{At: start.Add(30 * time.Minute), By: nextup.TheClock, Kind: nextup.DeviationNoShow, Candidate: "CANDIDATEH"}}
	for _, x := range []nextup.CandidateID{"CANDIDATEH", "CANDIDATEI"} {
		c := st.Candidates[x]
		c.Status = nextup.StatusNotReached
		if x == "CANDIDATEH" { c.Status = nextup.StatusNoShow }
		c.CheckedIn = start.Add(-5 * time.Minute)
		st.Candidates[x] = c
	}
	st.Phase, st.ClosedAt = nextup.PhaseClosed, start.Add(50*time.Minute)
	st1 := &d.sessions["SESSION1"].state
	st1.Interviewers[1].WrongPINs = 5
	d.sessions["SESSION1"].people["INTERVIEWER1"] = nextup.Person{ID: "INTERVIEWER1", Role: "interviewer", Name: "Johan Ek", Email: "johan@example.test"}
	d.sessions["SESSION1"].people["INTERVIEWER2"] = nextup.Person{ID: "INTERVIEWER2", Role: "interviewer", Name: "Ingrid Dahl", Email: "ingrid@dalh.example"}
	d.sessions["SESSION1"].texts["title"] = "Lagerarbetare, Malmö"
}
