package main
import ("testing"; "time"; "strings")
// The moments of a candidate and of an interviewer, in the order in which they come.
func TestZZTalks(t *testing.T) {
	s := startServer(t)
	c := chromium(t)
	maria := s.found()
	coming := maria.publish(plan{title: "Nästa vecka", begins: 7 * 24 * time.Hour, job: "Ett jobb.", interviewers: []string{"Johan Ek"}})
	e := maria.publish(plan{
		title: "Lagerarbetare, Malmö", job: "**Plocka** och packa.\n\n- dagtid\n- skift", interviewers: []string{"Johan Ek"},
		questions: []string{"Berätta kort om dig själv.", "Vilka truckkort har du, och hur länge har du haft dem?", "När kan du börja?"},
		traits:    []string{"Noggrann", "Samarbete", "Tempo"},
	})
	asa := &person{name: "Åsa Öberg", camera: &red, tone: 440, phone: true}
	s.visitor().signUp(coming, asa.name, "sv")
	early := maria.personalLink(asa.name)
	s.visitor().signUp(e, asa.name, "sv")
	var link string
	for _, l := range maria.letters() { // newest first; both go to the same address
		if found := personalLink.FindString(l.text); strings.Contains(l.to, mailOf(asa.name)) && found != early {
			link = found
		}
	}

	no := show(t, c, &person{name: "Ola Nordmann", denied: true, phone: true})
	s.visitor().signUp(e, "Ola Nordmann", "en")
	olasLink := maria.personalLink("Ola Nordmann")
	no.Open(olasLink)
	no.Click(`[data-act=check]`)
	no.Click(`[data-act=ask]`)
	no.Has(`[data-act=without]`)
	nolook(t, no, "check denied")
	no.Click(`[data-act=without]`)
	no.Has(`[data-act=check-in]`)
	nolook(t, no, "check without devices")

	a := show(t, c, asa)
	a.Open(early)
	a.Has(`[data-act=check]`)
	nolook(t, a, "registered, too early")
	a.Open(link)
	a.Has(`[data-act=check]`)
	nolook(t, a, "registered")
	a.Click(`[data-act=door-withdraw]`)
	nolook(t, a, "withdraw dialog")
	a.Click(`dialog .quiet`)
	a.Click(`[data-act=check]`)
	nolook(t, a, "check")
	a.Click(`[data-act=ask]`)
	a.Has(`.checks`)
	a.Lacks(`[data-act=ask]`)
	nolook(t, a, "check passed")
	a.Click(`[data-act=check-in]`)
	a.Place(0)
	nolook(t, a, "waiting first")
	no.Click(`[data-act=check-in]`)
	no.Place(1)
	nolook(t, no, "waiting second, no devices")
	no.Click(`[data-act=hold]`)
	no.Reads("lobby.held")
	nolook(t, no, "on hold")
	no.Click(`[data-act=hold]`)
	no.Reads("lobby.ready")

	johan := show(t, c, &person{name: "Johan Ek", camera: &teal, tone: 660})
	johan.Open(coming.interviewers[1].link)
	johan.Type("#pin", coming.interviewers[1].pin)
	johan.Eval(`void (window.__before = true)`, nil)
	johan.Click(`main form button[type=submit]`)
	for range 20 {
		t.Log(text(johan, `JSON.stringify([document.readyState, window.__before, location.href.slice(-20), performance.getEntriesByType("resource").length, performance.getEntriesByType("navigation")[0]?.loadEventEnd])`))
		time.Sleep(1000*time.Millisecond)
	}
	t.Log(text(johan, `JSON.stringify(performance.getEntriesByType("resource").map((e)=>[e.name.slice(-30), Math.round(e.responseEnd)]))`))
}
func nolook(t *testing.T, b *tab, name string) {}
