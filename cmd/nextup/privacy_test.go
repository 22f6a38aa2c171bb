package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport"
)

// Planted words, to be looked for in every file of the database.
const (
	plantedName    = "Wombatina Quokkasson"
	plantedPhone   = "0701-9876543"
	plantedNeeds   = "needs-of-a-tapir"
	plantedNote    = "note-about-an-okapi"
	plantedComment = "comment-by-a-narwhal"
)

// meeting is a published session with one candidate who has had her talk and one
// who only signed up.
type meeting struct {
	event
	link  string // the first one's
	other string // the second one's
	offer nextup.OfferID
	who   nextup.CandidateID
}

// meets lets a candidate sign up, talk and be written up, over the real program.
func (h *house) meets(maria *visitor, title string) meeting {
	t := h.t
	t.Helper()
	m := meeting{event: maria.publish(plan{title: title, questions: []string{"Why?"}, interviewers: []string{"Johan Ek"}})}
	signUp := func(name, needs string) string {
		before := len(h.letters(mailOf(name)))
		h.visitor().get(m.signUp).form("/s/").set("name", name).set("email", mailOf(name)).set("phone", plantedPhone).
			set("needs", needs).set("language", "en").send("")
		return personalLink.FindString(h.letter(mailOf(name), before+1).text)
	}
	m.link, m.other = signUp(plantedName, plantedNeeds), signUp("Kookaburro Bilbysen", "")
	johan := h.visitor()
	johan.enter(m.interviewers[1])
	jw, err := johan.connect(m.interviewers[1].link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	defer jw.leave()
	jw.do(t, "enter", nil)
	w, err := h.visitor().connect(m.link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	defer w.leave()
	if err := w.report(); err != nil {
		t.Fatal(err)
	}
	w.do(t, "check_in", nil)
	v := jw.interviewerView(t, "somebody ready", func(v nextup.InterviewerView) bool {
		return v.You.State == nextup.WorkFree && len(v.Queue) > 0 && v.Queue[0].State == nextup.RowReady
	})
	m.who = v.Queue[0].ID
	jw.do(t, "next", fields{"after": v.You.Last, "endTalk": false})
	c := w.candidateView(t, "admitted", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAdmitted })
	m.offer = c.Offer
	w.do(t, "acknowledge", fields{"offer": c.Offer})
	w.candidateView(t, "the talk", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentTalk })
	jw.do(t, "assess", fields{"offer": c.Offer, "item": "note", "rating": 0, "note": plantedNote, "revision": 0})
	jw.do(t, "assess", fields{"offer": c.Offer, "item": "overall", "rating": 3, "note": "", "revision": 0})
	jw.do(t, "end", fields{"offer": c.Offer})
	w.candidateView(t, "after", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAfter })
	w.do(t, "respond", fields{"interest": "yes", "comment": plantedComment})
	jw.do(t, "submit", fields{"offer": c.Offer})
	return m
}

// marks are what is kept of a talk: ratings that say something, and notes.
func (h *house) marks(m meeting) (ratings, notes int) {
	h.t.Helper()
	all, err := h.main.Store.Assessments(h.t.Context(), nextup.SessionID(m.event.id))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, a := range all {
		if a.Rating != 0 {
			ratings++
		}
		if a.Note != "" {
			notes++
		}
	}
	return ratings, notes
}

// What a candidate sees, takes along and has erased; and what three clocks erase.
// K18.
func TestPrivacy(t *testing.T) {
	beside(t, waits)
	h := newHouse(t)
	maria := h.found()
	m := h.meets(maria, "Lemurlager")

	t.Run("K18 the notice says what is kept, and that nothing is recorded or scored", func(t *testing.T) {
		for _, lang := range []string{"sv", "en", "nb"} {
			v := h.visitor()
			v.ask(http.MethodPost, "/language", values("lang", lang, "next", "/"))
			for _, path := range []string{"/privacy", "/privacy/" + m.signUp[strings.LastIndex(m.signUp, "/")+1:]} {
				p := v.get(path)
				for _, key := range []string{"privacy.recording.head", "privacy.scoring.head", "privacy.scoring.text", "privacy.rights.own"} {
					if !strings.Contains(p.text(), word(lang, key)) {
						t.Errorf("%s in %s does not say %s", path, lang, key)
					}
				}
				if !strings.Contains(p.text(), "Nordkaj Lager") || !strings.Contains(p.text(), "730") {
					t.Errorf("%s in %s names no organisation or no clock", path, lang)
				}
			}
		}
		if p := h.visitor().get("/privacy?version=7"); p.status != http.StatusNotFound {
			t.Errorf("a version that is not there: %d", p.status)
		}
	})

	t.Run("K18 a new version keeps the old ones, and each candidate's own", func(t *testing.T) {
		f := maria.get("/data-protection").form("/data-protection")
		stale := maria.get("/data-protection").form("/data-protection")
		f.set("contact", "20").set("record", "40").set("log", "60").set("words-sv", "Vårt **ombud** heter Berit.")
		if p := f.send(""); p.status != http.StatusOK || !strings.Contains(p.text(), "Saved as version 2") {
			t.Fatalf("saving: %d %s", p.status, p.text())
		}
		if p := stale.set("contact", "5").send(""); p.status != http.StatusConflict || !strings.Contains(string(p.body), `value="5"`) {
			t.Errorf("saving over a colleague: %d", p.status)
		}
		if p := maria.get("/data-protection").form("/data-protection").set("contact", "50").send(""); p.status != http.StatusUnprocessableEntity || !strings.Contains(string(p.body), `value="50"`) {
			t.Errorf("contact data for longer than names: %d", p.status)
		}
		now, before := h.visitor().get("/privacy"), h.visitor().get("/privacy?version=1")
		if !strings.Contains(string(now.body), "<strong>ombud</strong>") || !strings.Contains(now.text(), "20 days") {
			t.Errorf("the new version: %s", now.text())
		}
		if strings.Contains(before.text(), "Berit") || !strings.Contains(before.text(), "14 days") {
			t.Errorf("the old version: %s", before.text())
		}
		if p := h.visitor().get(m.link + "/data"); !strings.Contains(string(p.body), "?version=1") {
			t.Error("the candidate's page does not name the version she was shown")
		}
		late := maria.publish(plan{title: "Senare"})
		h.visitor().signUp(late, "Senare Anmäld", "en")
		link := personalLink.FindString(h.letter(mailOf("Senare Anmäld"), 1).text)
		if p := h.visitor().get(link + "/data"); !strings.Contains(string(p.body), "?version=2") {
			t.Error("somebody who signed up later was shown an old version")
		}
	})

	t.Run("K18 a candidate sees and downloads what is stored, and not what others wrote", func(t *testing.T) {
		p := h.visitor().get(m.link + "/data")
		file := h.visitor().get(m.link + "/data.json")
		for _, want := range []string{plantedName, mailOf(plantedName), plantedPhone, plantedNeeds, plantedComment, "Johan Ek", "Lemurlager"} {
			if !strings.Contains(p.text(), want) {
				t.Errorf("the page does not show %q", want)
			}
			if !strings.Contains(string(file.body), want) {
				t.Errorf("the file does not hold %q", want)
			}
		}
		if strings.Contains(string(p.body)+string(file.body), plantedNote) || strings.Contains(string(p.body)+string(file.body), "Bilbysen") {
			t.Error("it holds a note, or somebody else")
		}
		if !strings.Contains(p.text(), recruiterMail) || !strings.Contains(p.text(), "ask the recruiter") {
			t.Error("it does not say who gives the rest")
		}
		var d transport.OwnData
		if err := json.Unmarshal(file.body, &d); err != nil || d.Name != plantedName || len(d.Talks) != 1 || d.Interest != "yes" || d.Notice != 1 || len(d.Letters) == 0 {
			t.Errorf("the file: %v %+v", err, d)
		}
		for _, at := range []string{"/details", "/details#withdraw", "/data.json"} {
			if !strings.Contains(string(p.body), at) {
				t.Errorf("no way to %s", at)
			}
		}
	})

	t.Run("who looked is noted and shown to the owner alone", func(t *testing.T) {
		maria.get(m.path)
		maria.get(m.path)
		p := maria.get("/data-protection/record")
		text := p.text()
		for _, want := range []string{"Maria Lindqvist", "Johan Ek", word("en", "access.what.overview"), word("en", "access.what.room"), "Lemurlager"} {
			if !strings.Contains(text, want) {
				t.Errorf("the record does not show %q: %s", want, text)
			}
		}
		if n := strings.Count(text, word("en", "access.what.overview")+"\nLemurlager"); n != 1 {
			t.Errorf("the same page opened again at once is noted %d times", n)
		}
		eva := h.invites(maria, "Eva Alm", "eva@example.org")
		if p := eva.get("/data-protection/record"); strings.Contains(p.text(), "Lemurlager") {
			t.Error("a colleague sees the record of a session that is not his")
		}
	})

	t.Run("K18 erasure at one's own wish is done at once", func(t *testing.T) {
		e := h.meets(maria, "Radera")
		v := h.visitor()
		if p := v.get(e.link + "/data").form("/data/erase").send(""); p.status != http.StatusUnprocessableEntity {
			t.Errorf("without being sure: %d", p.status)
		}
		f := v.get(e.link + "/data").form("/data/erase")
		f.values.Set("sure", "yes")
		p := f.send("")
		if p.status != http.StatusGone || !strings.Contains(p.text(), word("en", "error.data_erased")) {
			t.Errorf("after it: %d %s", p.status, p.text())
		}
		for _, at := range []string{"", "/data", "/data.json", "/details", "/calendar.ics"} {
			if p := h.visitor().get(e.link + at); p.status != http.StatusGone {
				t.Errorf("%s is %d", at, p.status)
			}
		}
		if p := maria.get(e.path); strings.Contains(p.text(), "Wombatina") || p.status != http.StatusOK {
			t.Errorf("the overview (%d) still names her", p.status)
		}
		if p := maria.get(e.path + "/summary"); strings.Contains(p.text(), "Wombatina") || strings.Contains(p.text(), plantedNote) || p.status != http.StatusOK {
			t.Errorf("the summary (%d) still names her or holds the note", p.status)
		}
		if ratings, notes := h.marks(e); ratings != 1 || notes != 0 {
			t.Errorf("%d ratings and %d notes are left, want the rating without a name", ratings, notes)
		}
		if strings.Contains(maria.get(m.path).text(), "Wombatina") == false {
			t.Error("another session's row is gone too")
		}
		if f := h.visitor().get(e.signUp).form("/s/"); f != nil {
			n := len(h.letters(mailOf(plantedName)))
			f.set("name", plantedName).set("email", mailOf(plantedName)).set("language", "en").send("")
			h.letter(mailOf(plantedName), n+1) // she may come again, as somebody new
		}
	})

	t.Run("K18 the recruiter erases somebody who asks", func(t *testing.T) {
		e := maria.publish(plan{title: "Mejlat"})
		const name = "Tapirella Nasberg"
		h.visitor().signUp(e, name, "nb")
		page := string(maria.get(e.path).body)
		i := strings.Index(page, e.path+"/candidates/")
		if i < 0 {
			t.Fatal("the overview leads to no candidate")
		}
		at, _, _ := strings.Cut(page[i:], `"`)
		if p := maria.get(at).form("/erase").send(""); p.status != http.StatusOK || strings.Contains(p.text(), name) {
			t.Errorf("after it (%d): %s", p.status, p.text())
		}
		for _, word := range []string{name, mailOf(name)} {
			if where := h.onDisk(word); len(where) > 0 {
				t.Errorf("%q is in %v", word, where)
			}
		}
	})

	t.Run("K18 the contact clock", func(t *testing.T) {
		h.ahead.Store(int64(19 * 24 * time.Hour))
		if _, err := h.main.Transport.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if where := h.onDisk(mailOf(plantedName)); len(where) == 0 {
			t.Fatal("erased too early, or the search does not work")
		}
		h.ahead.Store(int64(21 * 24 * time.Hour))
		r, err := h.main.Transport.Purge(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Contacts == 0 || r.Sessions == 0 || r.Marks != 0 {
			t.Errorf("the receipt says %+v", r)
		}
		for _, word := range []string{mailOf(plantedName), plantedPhone, plantedNeeds, mailOf("Kookaburro Bilbysen")} {
			if where := h.onDisk(word); len(where) > 0 {
				t.Errorf("%q is in %v", word, where)
			}
		}
		for _, word := range []string{plantedName, plantedNote, plantedComment} {
			if where := h.onDisk(word); len(where) == 0 {
				t.Errorf("%q went with the contact data", word)
			}
		}
		for _, link := range []string{m.link, m.link + "/data", m.other} {
			if p := h.visitor().get(link); p.status != http.StatusGone || !strings.Contains(p.text(), word("en", "error.link_over")) {
				t.Errorf("a personal link: %d %s", p.status, p.text())
			}
		}
	})

	t.Run("K18 the record clock, and the log clock", func(t *testing.T) {
		h.ahead.Store(int64(41 * 24 * time.Hour))
		r, err := h.main.Transport.Purge(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.People == 0 || r.Marks == 0 || r.Texts == 0 || r.Accesses != 0 {
			t.Errorf("the receipt says %+v", r)
		}
		for _, word := range []string{plantedName, "Bilbysen", plantedNote, plantedComment, "Senare Anm", "Johan Ek"} {
			if where := h.onDisk(word); len(where) > 0 {
				t.Errorf("%q is in %v", word, where)
			}
		}
		if where := h.onDisk("Lemurlager"); len(where) == 0 {
			t.Error("what the session was is gone too, so it cannot be copied")
		}
		if ratings, notes := h.marks(m); ratings+notes != 0 {
			t.Errorf("%d ratings and %d notes are left", ratings, notes)
		}
		for _, at := range []string{"", "/summary"} {
			if p := maria.get(m.path + at); p.status != http.StatusOK {
				t.Errorf("%s%s: %d", m.path, at, p.status)
			}
		}
		h.ahead.Store(int64(120 * 24 * time.Hour))
		if r, err = h.main.Transport.Purge(t.Context()); err != nil || r.Accesses == 0 {
			t.Errorf("the log clock: %+v, %v", r, err)
		}
		// Maria's login and page are real; the clock that jumped is the purge's.
		h.ahead.Store(0)
		p := maria.get("/data-protection")
		if n := strings.Count(string(p.body), `<tr><th scope="row">`); n != 4 {
			t.Errorf("%d receipts are shown, want 4", n)
		}
		if r, err = h.main.Transport.Purge(t.Context()); err != nil || r.Erased != (transport.Erased{}) {
			t.Errorf("a purge after the purge erased %+v, %v", r, err)
		}
	})

	t.Run("nothing of it is in the log", func(t *testing.T) {
		for _, word := range []string{"Wombatina", "wombatina", plantedPhone, plantedNeeds, plantedNote, plantedComment, "Lemurlager", "@example.org", m.link[strings.LastIndex(m.link, "/")+1:]} {
			if strings.Contains(h.log.String(), word) {
				t.Errorf("the log holds %q", word)
			}
		}
		if !strings.Contains(h.log.String(), "purge") {
			t.Error("the log does not hold what was done")
		}
	})
}
