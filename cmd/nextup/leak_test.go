package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nextup"
)

// A candidate's traffic, every byte of it, never holds a question, a trait, a
// rating's note, another note or another candidate's name; an interviewer's does.
// S3-17, S3-45, S3-51.
func TestLeak(t *testing.T) {
	beside(t, waits)
	secrets := map[string]string{
		"question": "quetzalquestion", "trait": "tapirtrait", "question's note": "narwhalnote", "trait's note": "okapinote",
		"overall note": "ocelotnote", "note": "numbatnote", "reason": "ratelreason",
		"waiting candidate": "Wombatina Quokkasson", "earlier candidate": "Cassowarius Dingodottir", "registered candidate": "Kookaburro Bilbysen",
	}
	s := startServer(t)
	maria := s.found()
	e := maria.publish(plan{
		title: "Lemurlager", job: "A job with **gibbons**.", questions: []string{"Do you like " + secrets["question"] + "?", "Why?"},
		traits: []string{secrets["trait"]}, interviewers: []string{"Johan Ek"},
	})
	johan := s.visitor()
	johan.enter(e.interviewers[1])
	var sheet struct{ Questions, Traits []struct{ ID, Text string } }
	johan.json(e.interviewers[1].link+"/sheet", &sheet)
	if len(sheet.Questions) != 2 || len(sheet.Traits) != 1 {
		t.Fatalf("the interviewer's sheet holds %+v", sheet)
	}
	jw, err := johan.connect(e.interviewers[1].link, newDevice())
	if err != nil {
		t.Fatal(err)
	}
	jw.do(t, "enter", nil)

	// The others first, so that everything there is to leak is there.
	lobby := func(name string) (*visitor, *wire, string) {
		v := s.visitor()
		v.signUp(e, name, "en")
		link := maria.personalLink(name)
		v.everything(v.get(link))
		w, err := v.connect(link, newDevice())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.report(); err != nil {
			t.Fatal(err)
		}
		w.do(t, "check_in", nil)
		return v, w, link
	}
	held := func(w *wire, name string) {
		t.Helper()
		v := jw.interviewerView(t, name+" first, and ready", func(v nextup.InterviewerView) bool {
			return v.You.State == nextup.WorkFree && len(v.Queue) > 0 && v.Queue[0].Name == name && v.Queue[0].State == nextup.RowReady
		})
		jw.do(t, "next", fields{"after": v.You.Last, "endTalk": false})
		c := w.candidateView(t, "admitted", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAdmitted })
		w.do(t, "acknowledge", fields{"offer": c.Offer})
		w.candidateView(t, "the talk", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentTalk })
		for item, note := range map[string]string{
			"q:" + sheet.Questions[0].ID: secrets["question's note"], "t:" + sheet.Traits[0].ID: secrets["trait's note"],
			"overall": secrets["overall note"], "note": secrets["note"],
		} {
			rating := 2
			if item == "note" {
				rating = 0
			}
			jw.do(t, "assess", fields{"offer": c.Offer, "item": item, "rating": rating, "note": "about " + note, "revision": 0})
		}
		johan.get(e.interviewers[1].link + "/assessments?offer=" + fmt.Sprint(c.Offer))
		jw.do(t, "end", fields{"offer": c.Offer})
		w.candidateView(t, "after", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentAfter })
		w.do(t, "respond", fields{"interest": "yes", "comment": "thanks"})
		jw.do(t, "submit", fields{"offer": c.Offer})
	}
	_, emu, _ := lobby(secrets["earlier candidate"])
	held(emu, secrets["earlier candidate"])
	s.visitor().signUp(e, secrets["registered candidate"], "nb")
	_, wombat, _ := lobby(secrets["waiting candidate"])

	// The one whose traffic is read: sign-up, mail, lobby, skipped past, talk, after, forms, language.
	name := "Klara Kandidat"
	v, w, link := lobby(name)
	w.candidateView(t, "one before", func(v nextup.CandidateView) bool { return v.Moment == nextup.MomentWaiting && v.Before == 1 })
	view := jw.interviewerView(t, "two waiting", func(v nextup.InterviewerView) bool { return len(v.Queue) == 2 })
	jw.do(t, "skip", fields{"candidate": view.Queue[0].ID, "toEnd": true, "preset": "other", "words": secrets["reason"]})
	w.candidateView(t, "nobody before", func(v nextup.CandidateView) bool { return v.Before == 0 })
	for _, do := range []string{"hold", "resume", "confirm"} {
		w.do(t, do, nil)
	}
	w.do(t, "relay", nil)
	held(w, name)
	for _, lang := range []string{"sv", "nb", "en"} {
		if p, err := v.ask("POST", "/language", url.Values{"lang": {lang}, "language": {lang}, "next": {strings.TrimPrefix(link, s.base)}}); err != nil || p.status >= 500 {
			t.Errorf("choosing a language: %v", err)
		}
		v.everything(v.get(link))
		v.everything(v.get(e.signUp))
	}
	v.signUp(e, name, "en") // again, with an address that has a place
	for _, p := range []string{"/i/nobody", "/sessions", e.path, "/outbox", "/help", e.path + "/summary", link + "/summary", link + "/sheet", link + "/assessments?offer=1"} {
		v.get(p) // what is not his to see
	}
	for _, l := range maria.letters() {
		if strings.Contains(l.to, mailOf(name)) {
			v.tape.bytes.WriteString(l.text) // his mail is his traffic too
		}
	}
	w.leave()
	wombat.leave()
	johan.get(e.interviewers[1].link + "/summary")

	candidate, interviewer := v.tape.String(), johan.tape.String()
	small := strings.ToLower(candidate)
	if !strings.Contains(candidate, `"moment":"talk"`) || !strings.Contains(candidate, "gibbons") || !strings.Contains(candidate, "Klara") {
		t.Fatal("the tape does not hold what a candidate is sent")
	}
	for what, secret := range secrets {
		for _, form := range disguises(secret) {
			if i := strings.Index(small, strings.ToLower(form)); i >= 0 {
				t.Errorf("a candidate is sent the %s: …%q…", what, small[max(0, i-80):min(len(small), i+80)])
			}
		}
		// The same search finds it where it belongs: nothing is proved by a search that cannot find.
		if what != "reason" && !slices.ContainsFunc(disguises(secret), func(form string) bool { return strings.Contains(interviewer, form) }) {
			t.Errorf("the interviewer is not sent the %s", what)
		}
	}
	if text := maria.get(e.path + "/summary").text(); !strings.Contains(text, secrets["reason"]) {
		t.Errorf("the summary does not hold the reason of the skip: %s", text)
	}
	proved(t, "S3-17, S3-18, S3-45, S3-51 nobody is sent what is not his")
}

// disguises are the ways in which a word may stand in traffic.
func disguises(word string) []string {
	all := []string{word, url.QueryEscape(word), url.PathEscape(word), hex.EncodeToString([]byte(word))}
	for shift := range 3 { // base64 looks different by what stands before
		b := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + word))
		all = append(all, b[4:len(b)-4])
	}
	for _, part := range strings.Fields(word) { // half a name is a name
		all = append(all, part)
	}
	return all
}

var asset = regexp.MustCompile(`(?:href|src)="(/a/[^"]+)"|"(/a/[^"]+\.json)"|from "(\./[^"]+)"`)

// everything loads what a page loads: styles, scripts, texts.
func (v *visitor) everything(p *sheet) {
	v.t.Helper()
	if p.status != 200 {
		v.t.Fatalf("%s answers %d", brief(p.url.String()), p.status)
	}
	for _, m := range asset.FindAllStringSubmatch(string(p.body), -1) {
		at, err := p.url.Parse(strings.Split(m[1]+m[2]+m[3], "#")[0])
		if err != nil {
			v.t.Fatal(err)
		}
		if a := v.get(at.String()); a.status != 200 {
			v.t.Errorf("%s answers %d", at.Path, a.status)
		}
	}
}
