package transport

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nextup"
)

// What the connections did stands in the summary, on paper and in the table, in each
// language; a talk of which nothing was measured says nothing.
func TestSummaryShowsConnections(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	a := d.held(d.first, "CANDIDATEA", "Åsa Öberg", 3, "Calm")
	d.submit(d.first, a)
	if body := d.get(c, "/sessions/SESSION1/summary"); strings.Contains(body.body, `id="connections"`) {
		t.Error("connections are spoken of, and none was measured")
	}
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleInterviewer, ID: string(d.first)}, nextup.Measure{
		By: nextup.RoleInterviewer, Offer: a, Figures: nextup.TalkFigures{Measured: 40 * time.Second, Up: 700, Down: 600, First: 400 * time.Millisecond, Way: nextup.WayUDP},
	})
	d.must("SESSION1", nextup.Actor{Role: nextup.RoleCandidate, ID: "CANDIDATEA"}, nextup.Measure{
		By: nextup.RoleCandidate, Offer: a, Figures: nextup.TalkFigures{
			Measured: 40 * time.Second, LossDown: 42, Freezes: 2, Frozen: 4 * time.Second, First: 1260 * time.Millisecond, Way: nextup.WayTCP,
		},
	})
	want := map[string][2]string{
		"sv": {
			"tidvis svag anslutning; 4 % av ljudet och bilden försvann på vägen; bilden stod stilla 2 gånger, 4,0 s sammanlagt; första bilden efter 1,3 s",
			"bra anslutning; första bilden efter 0,4 s",
		},
		"en": {
			"connection weak at times; 4 % of sound and picture was lost on the way; the picture stood still 2 times, 4.0 s in all; first picture after 1.3 s",
			"connection good; first picture after 0.4 s",
		},
		"nb": {
			"til tider svak tilkobling; 4 % av lyden og bildet forsvant på veien; bildet sto stille 2 ganger, 4,0 s til sammen; første bilde etter 1,3 s",
			"god tilkobling; første bilde etter 0,4 s",
		},
	}
	for lang, lines := range want {
		c.Jar.SetCookies(mustURL(t, d.http.URL), []*http.Cookie{{Name: languageCookie, Value: lang, Path: "/"}})
		page := parse(t, d.get(c, "/sessions/SESSION1/summary")).one("section", "aria-labelledby", "connections")
		for i, side := range []string{"candidate", "interviewer"} {
			if got := page.one("p", "data-side", side).text(); !strings.HasSuffix(got, ": "+lines[i]) {
				t.Errorf("%s: the page says %q", lang, got)
			}
		}
		rows := readCSV(t, d.get(c, "/sessions/SESSION1/summary.csv").body)
		if cells := strings.Join(rows[1], "|"); !strings.Contains(cells, "|"+lines[0]+"|"+lines[1]+"|") {
			t.Errorf("%s: the table says %q", lang, cells)
		}
		paper := strings.Join(strings.Fields(strings.Join(pdfText(t, []byte(d.get(c, "/sessions/SESSION1/summary.pdf").body)), " ")), " ")
		if !strings.Contains(paper, lines[1]) {
			t.Errorf("%s: the paper does not say %q", lang, lines[1])
		}
	}
}
