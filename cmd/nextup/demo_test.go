package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"
)

// Somebody alone with one browser and no camera: three links are printed, Next
// shows and sounds a candidate, three are interviewed, the summary is read.
func TestDemo(t *testing.T) {
	beside(t, calls)
	b := chromium(t)
	s := newServer(t)
	s.args = []string{"demo", "--listen", s.address}
	folder := t.TempDir()
	s.env = []string{"TMPDIR=" + folder}
	s.start()
	line := func(pattern string) string {
		t.Helper()
		var m []string
		if !poll(patience, func() bool {
			m = regexp.MustCompile(pattern).FindStringSubmatch(s.log())
			return m != nil
		}) {
			t.Fatalf("the demonstration does not print %s:\n%s", pattern, s.log())
		}
		return m[1]
	}
	iv := show(t, b, &person{name: "Maria", denied: true})
	iv.Open(line(`Interviewer +(http\S+/i/\S+)`))
	iv.GivesPIN(line(`PIN (\d{6})`))

	var met []string
	for range 3 {
		iv.Click(`[data-act=next]`)
		pressed := time.Now()
		who := iv.InTalk()
		if !poll(long, func() bool {
			_, seen := iv.Colour(farOfInterviewer)
			return seen
		}) {
			t.Fatalf("no picture of %s", who)
		}
		t.Logf("%s: Next to picture %v", who, time.Since(pressed))
		iv.Moves()
		iv.WaitFor(`__nextup.tone(`+quote(farOfInterviewer)+`).then((s) => s.level > 0.01)`, long)
		if slices.Contains(met, who) {
			t.Fatalf("%s for the second time", who)
		}
		met = append(met, who)
		iv.EndsTalk()
		iv.Click(`[data-act=submit]`)
		iv.Has(`[data-act=next]`)
	}

	r := show(t, b, &person{name: "Recruiter"})
	r.Open(line(`Recruiter +(http\S+)`))
	r.Type("#email", line(`(\S+@\S+), password`))
	r.Type("#password", line(`password (\S+)`))
	r.Click(`main form button[type=submit]`)
	r.At("/sessions")
	var summary string
	r.Eval(`[...document.querySelectorAll("a")].map((a) => a.getAttribute("href")).find((h) => /^\/sessions\/[A-Z2-7]{26}$/.test(h)) + "/summary"`, &summary)
	r.Open(s.base + summary)
	for _, who := range met {
		r.Sees(who, long)
	}

	c := show(t, b, &person{name: "Nils Åkesson", phone: true})
	c.Open(line(`Candidate +(http\S+/s/\S+)`))
	c.Has("#name")

	for _, page := range []*tab{iv, r, c} {
		page.Open("about:blank") // a page left open would complain, rightly, that the server is gone
	}
	s.stop()
	if left, _ := filepath.Glob(filepath.Join(folder, "nextup-demo-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(s.data); !os.IsNotExist(err) {
		t.Errorf("the demonstration touched the real data: %v", err)
	}
}
