package transport

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// coming is a session two days ahead with a Swede, a Norwegian and one who withdrew.
func (d *desks) coming() {
	d.t.Helper()
	d.open("COMING12", time.Now().Add(50*time.Hour).Truncate(time.Minute), 20)
	d.session = "COMING12"
	for i, lang := range []string{"sv", "nb", "en"} {
		id := nextup.CandidateID(fmt.Sprint("CANDIDATE", i+1))
		_, err := d.Do(context.Background(), d.session, nextup.Order{
			ID: newCommand(), By: as(nextup.RoleVisitor, ""), Command: nextup.Register{Candidate: id},
			People: []nextup.Person{{ID: id.Person(), Role: nextup.RoleCandidate, Name: "Candidate " + lang, Email: fmt.Sprintf("c%d@example.test", i+1), Language: lang}},
		})
		if err != nil {
			d.t.Fatal(err)
		}
	}
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE3"), nextup.Withdraw{})
}

func (d *desks) snapshot() nextup.Snapshot {
	d.t.Helper()
	n, err := d.Look(context.Background(), d.session)
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

// written are the letters that were called for since a count, by kind and person.
func (d *desks) written(since int) (all []string) {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	for _, m := range d.sessions[d.session].mails[since:] {
		all = append(all, string(m.Kind)+" "+string(m.Person))
	}
	return all
}

func (d *desks) letters() int {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	return len(d.sessions[d.session].mails)
}

// S3-11: before cancelling, the recruiter sees who will get which mail in which
// language and may edit it; everybody registered gets it, with a CANCEL of the same
// entry; old links say that it is cancelled, in the reader's language.
func TestS3_11_CancellationIsTold(t *testing.T) {
	d := newDesks(t)
	d.coming()
	c := d.signedIn("maria@example.test")
	form := parse(t, d.get(c, "/sessions/COMING12")).one("form", "action", "/sessions/COMING12/cancel")
	says := form.text()
	for _, want := range []string{"2 candidates are registered", "It concerns 2 candidates", "2 interviewers hear of it too", "Send mails to 4 people", "You must tell 4 people yourself", "Candidate sv", "c2@example.test", "Inställd snabbintervju", "Avlyst hurtigintervju", "Cancelled, you were to interview"} {
		if !strings.Contains(says, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if strings.Contains(says, "c3@example.test") {
		t.Error("somebody who withdrew is concerned")
	}
	for lang, want := range map[string]string{"sv": "Vi är ledsna", "nb": "Vi beklager", "en": "We are sorry"} {
		if got := form.one("textarea", "id", "notice-"+lang).text(); !strings.Contains(got, want) {
			t.Errorf("%s is filled in with %q", lang, got)
		}
	}
	since := d.letters()
	send := url.Values{"notice": {"cancellation"}, "notice_send": {"1"}, "notice_words_sv": {"Tyvärr <b>brann</b> lagret.\r\n\r\nVi hörs!"}, "notice_words_nb": {"Lageret brant."}, "notice_words_en": {""}}
	long := url.Values{}
	for k, v := range send {
		long[k] = v
	}
	long.Set("notice_words_nb", strings.Repeat("å", maxNotice+1))
	if g := d.post(c, "/sessions/COMING12/cancel", long); g.StatusCode != http.StatusUnprocessableEntity || parse(t, g).one("textarea", "id", "notice-nb").text() != long.Get("notice_words_nb") || d.state().Phase == nextup.PhaseCancelled {
		t.Errorf("too long: %d", g.StatusCode)
	}
	if g := d.post(c, "/sessions/COMING12/cancel", send); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", g.StatusCode)
	}
	if got := d.written(since); !slices.Equal(got, []string{"cancellation CANDIDATE1", "cancellation CANDIDATE2", "cancellation INTERVIEWER1", "cancellation INTERVIEWER2"}) {
		t.Errorf("letters %v", got)
	}
	for i, want := range []struct{ subject, words string }{{"Inställd snabbintervju", "Tyvärr <b>brann</b> lagret.\n\nVi hörs!"}, {"Avlyst hurtigintervju", "Lageret brant."}} {
		d.world.mu.Lock()
		m := d.sessions[d.session].mails[since+i]
		d.world.mu.Unlock()
		l, err := d.server.Letter(context.Background(), d.session, m)
		if err != nil {
			t.Fatal(err)
		}
		w, err := l.Compose()
		if err != nil || !strings.HasPrefix(w.Subject, want.subject) || !strings.Contains(w.Text, want.words) || strings.Contains(w.HTML, "<b>brann") {
			t.Errorf("%v: %s\n%s", err, w.Subject, w.Text)
		}
		if l.Method() != mail.MethodCancel || l.UID != fmt.Sprintf("COMING12-CANDIDATE%d@127.0.0.1", i+1) || l.Sequence != 1 {
			t.Errorf("%s %s %d", l.Method(), l.UID, l.Sequence)
		}
	}
	if says := parse(t, d.get(c, "/sessions/COMING12")).one("main").text(); !strings.Contains(says, "Those registered are told by mail") {
		t.Errorf("afterwards: %q", says)
	}
	for id, lang := range map[nextup.CandidateID]string{"CANDIDATE1": "sv", "CANDIDATE2": "nb"} {
		g := d.get(d.browser(), pathOf(d.server.links.Candidate(d.session, id)))
		if g.StatusCode != http.StatusOK || g.Header.Get("Content-Language") != lang || d.snapshot().ViewOfCandidate(id, "").Moment != nextup.MomentCancelled {
			t.Errorf("%s's old link: %d in %s", id, g.StatusCode, g.Header.Get("Content-Language"))
		}
		if cal := d.get(d.browser(), pathOf(d.server.links.Candidate(d.session, id))+"/calendar.ics"); !strings.Contains(cal.body, "METHOD:CANCEL") || !strings.Contains(cal.body, "STATUS:CANCELLED") {
			t.Errorf("%s's calendar: %s", id, cal.body)
		}
	}
}

// Unticked, nobody is written to, and the recruiter is told that it is his to tell.
func TestS3_11_CancellationUnticked(t *testing.T) {
	d := newDesks(t)
	d.coming()
	c := d.signedIn("maria@example.test")
	since := d.letters()
	d.post(c, "/sessions/COMING12/cancel", url.Values{"notice": {"cancellation"}, "notice_words_sv": {"Ingen läser det här."}})
	if got := d.written(since); len(got) != 0 || d.state().Phase != nextup.PhaseCancelled {
		t.Errorf("%s, letters %v", d.state().Phase, got)
	}
	if says := parse(t, d.get(c, "/sessions/COMING12")).one("main").text(); !strings.Contains(says, "2 were registered: tell them") {
		t.Errorf("says %q", says)
	}
}

// S3-13: a new time, zone or length concerns everybody registered and the
// interviewers; questions, traits, places and interviewers concern nobody. The
// entry stays the same one, under a higher SEQUENCE.
func TestS3_13_ChangesThatConcernSomebody(t *testing.T) {
	d := newDesks(t)
	d.coming()
	n := d.snapshot()
	set := n.State.Settings
	all := []nextup.InterviewerID{"INTERVIEWER1", "INTERVIEWER2"}
	for name, x := range map[string]struct {
		change       func(*nextup.Settings)
		interviewers []nextup.InterviewerID
		told         int
	}{
		"start":        {func(s *nextup.Settings) { s.Start = s.Start.Add(time.Hour) }, all, 4},
		"zone":         {func(s *nextup.Settings) { s.Zone = "Europe/Helsinki" }, all, 4},
		"length":       {func(s *nextup.Settings) { s.Length += 30 * time.Minute }, all, 4},
		"talk":         {func(s *nextup.Settings) { s.Talk = 15 * time.Minute }, all, 4},
		"questions":    {func(s *nextup.Settings) { s.Questions = s.Questions[:1] }, all, 0},
		"traits":       {func(s *nextup.Settings) { s.Traits = nil }, all, 0},
		"places":       {func(s *nextup.Settings) { s.Places++ }, all, 0},
		"interviewers": {func(*nextup.Settings) {}, append(slices.Clone(all), "INTERVIEWER3"), 0},
		"nothing":      {func(*nextup.Settings) {}, all, 0},
		"refused":      {func(s *nextup.Settings) { s.Start = s.Start.AddDate(-1, 0, 0) }, all, 0},
	} {
		to := set
		x.change(&to)
		v, err := d.server.newNotice(context.Background(), n, d.maria, nextup.Configure{Settings: to, Interviewers: x.interviewers, Version: n.State.Edited}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if (v == nil) != (x.told == 0) || v != nil && (len(v.People) != x.told || v.Kind != nextup.MailChange) {
			t.Errorf("%s: %+v", name, v)
		}
	}

	// The preview is the very letter, with the new time and a new title.
	to := set
	to.Start = set.Start.Add(26 * time.Hour)
	texts := []nextup.Text{{ID: nextup.TitleText, Body: "Nytt jobb"}}
	command := nextup.Configure{Settings: to, Interviewers: all, Version: n.State.Edited}
	v, err := d.server.newNotice(context.Background(), n, d.maria, command, texts)
	if err != nil || v.Candidates() != 2 || v.Interviewers() != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	i := slices.IndexFunc(v.Letters, func(l noticeLetter) bool { return l.Lang == "nb" })
	if p := v.Letters[i].Previews[0]; !strings.HasPrefix(p.Subject, "Endret tid for hurtigintervjuet ditt") || !strings.Contains(p.Before, "Nytt jobb") || !strings.Contains(p.After, "Den personlige lenken din er den samme") {
		t.Errorf("%+v", p)
	}
	choice, ok := v.read(url.Values{"notice": {"change"}, "notice_send": {"1"}, "notice_words_nb": {"Vi ses!"}, "notice_words_sv": {"Vi ses!!"}})
	if !ok || !choice.Notify || len(choice.Texts) != 3 {
		t.Fatalf("%+v", choice)
	}
	before, err := d.server.Letter(context.Background(), d.session, nextup.Mail{Kind: nextup.MailConfirmation, Person: "CANDIDATE2"})
	if err != nil {
		t.Fatal(err)
	}
	since := d.letters()
	command.Notify, command.Text = choice.Notify, choice.Text
	if _, err := d.Do(context.Background(), d.session, nextup.Order{ID: newCommand(), By: d.maria.by(), Command: command, Texts: append(texts, choice.Texts...)}); err != nil {
		t.Fatal(err)
	}
	if got := d.written(since); !slices.Equal(got, []string{"change CANDIDATE1", "change CANDIDATE2", "change INTERVIEWER1", "change INTERVIEWER2"}) {
		t.Fatalf("letters %v", got)
	}
	d.world.mu.Lock()
	m := d.sessions[d.session].mails[since+1]
	d.world.mu.Unlock()
	after, err := d.server.Letter(context.Background(), d.session, m)
	if err != nil {
		t.Fatal(err)
	}
	w, err := after.Compose()
	if err != nil || w.Text != v.Letters[i].Previews[0].Before+"Vi ses!"+v.Letters[i].Previews[0].After {
		t.Errorf("%v\n%s", err, w.Text)
	}
	if after.UID != before.UID || after.Sequence != before.Sequence+1 || !after.Start.Equal(to.Start) || after.Method() != mail.MethodRequest {
		t.Errorf("%s %d, then %s %d", before.UID, before.Sequence, after.UID, after.Sequence)
	}
	// Unticked: nothing; nor without the part's fields.
	for _, form := range []url.Values{{"notice": {"change"}, "notice_words_nb": {"x"}}, {}} {
		if choice, ok := v.read(form); !ok || choice.Notify || choice.Text != "" || len(choice.Texts) != 0 {
			t.Errorf("%v: %+v", form, choice)
		}
	}
	if choice, ok := (*noticeView)(nil).read(url.Values{"notice": {"change"}, "notice_send": {"1"}}); !ok || choice.Notify {
		t.Error("nobody is concerned, and yet somebody is told")
	}
}

// What a letter says when it is sent is the truth of that moment; news that is no
// longer true is dropped.
func TestLettersAtTheMomentOfSending(t *testing.T) {
	ctx := context.Background()
	kinds := []nextup.MailKind{nextup.MailConfirmation, nextup.MailChange, nextup.MailCancellation, nextup.MailWithdrawal, nextup.MailReminder}
	for name, x := range map[string]struct {
		happens func(*desks)
		sent    []nextup.MailKind
	}{
		"nothing happened": {func(*desks) {}, []nextup.MailKind{nextup.MailConfirmation, nextup.MailChange}},
		"withdrawn":        {func(d *desks) { d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE1"), nextup.Withdraw{}) }, []nextup.MailKind{nextup.MailWithdrawal}},
		"cancelled":        {func(d *desks) { d.must(d.session, d.maria.by(), nextup.Cancel{}) }, []nextup.MailKind{nextup.MailCancellation}},
		"tomorrow":         {func(d *desks) { d.move(23 * time.Hour) }, []nextup.MailKind{nextup.MailConfirmation, nextup.MailChange, nextup.MailReminder}},
		"next week":        {func(d *desks) { d.move(7 * 24 * time.Hour) }, []nextup.MailKind{nextup.MailConfirmation, nextup.MailChange}},
		"erased": {func(d *desks) {
			d.world.mu.Lock()
			defer d.world.mu.Unlock()
			d.sessions[d.session].people["CANDIDATE1"] = nextup.Person{ID: "CANDIDATE1", Role: nextup.RoleCandidate}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesks(t)
			d.coming()
			x.happens(d)
			for _, k := range kinds {
				l, err := d.server.Letter(ctx, d.session, nextup.Mail{Kind: k, Person: "CANDIDATE1"})
				if (err == nil) != slices.Contains(x.sent, k) {
					t.Errorf("%s: %v", k, err)
				}
				if err == nil && !l.Start.Equal(d.state().Settings.Start) {
					t.Errorf("%s says %s", k, l.Start)
				}
			}
		})
	}
}

// move sets another start.
func (d *desks) move(from time.Duration) {
	d.t.Helper()
	set := d.state().Settings
	set.Start = time.Now().Add(from).Truncate(time.Minute)
	d.must(d.session, d.maria.by(), nextup.Configure{Settings: set, Interviewers: []nextup.InterviewerID{"INTERVIEWER1", "INTERVIEWER2"}})
}

// S3-32: the entry to download is the one of the mails, in the reader's language.
func TestS3_32_CalendarToDownload(t *testing.T) {
	d := newDesks(t)
	d.coming()
	at := pathOf(d.server.links.Candidate(d.session, "CANDIDATE2")) + "/calendar.ics"
	g := d.get(d.browser(), at)
	for _, want := range []string{"METHOD:PUBLISH\r\n", "UID:COMING12-CANDIDATE2@127.0.0.1\r\n", "SEQUENCE:0\r\n", "TZID:Europe/Stockholm\r\n", "SUMMARY:Hurtigintervju: Warehouse worker\r\n", "STATUS:CONFIRMED\r\n"} {
		if !strings.Contains(g.body, want) {
			t.Errorf("no %q in\n%s", want, g.body)
		}
	}
	if g.Header.Get("Content-Type") != "text/calendar; method=PUBLISH; charset=utf-8" || g.Header.Get("Content-Disposition") != `attachment; filename="nextup.ics"` || g.Header.Get("Cache-Control") != "no-store" {
		t.Error(g.Header)
	}
	if start := d.state().Settings.Start; !strings.Contains(g.body, "DTSTART;TZID=Europe/Stockholm:"+in(start, "Europe/Stockholm").Format("20060102T150405")) {
		t.Errorf("not at %s:\n%s", start, g.body)
	}
	r, _ := http.NewRequest(http.MethodGet, d.http.URL+at, nil)
	r.AddCookie(&http.Cookie{Name: languageCookie, Value: "sv"})
	if g := d.send(d.browser(), r); !strings.Contains(g.body, "SUMMARY:Snabbintervju:") {
		t.Error("not in the reader's language")
	}
	if g := d.get(d.browser(), strings.Replace(at, "CANDIDATE2", "CANDIDATE1", 1)); g.StatusCode != http.StatusNotFound {
		t.Errorf("another's: %d", g.StatusCode)
	}
	if g := d.get(d.browser(), pathOf(d.server.links.Candidate(d.session, "CANDIDATE3"))+"/calendar.ics"); !strings.Contains(g.body, "METHOD:CANCEL") {
		t.Error("one who withdrew is given the entry")
	}
}

// S3-59: whom to ask stands in every letter, in its language.
func TestS3_59_SupportInLetters(t *testing.T) {
	d := newDesks(t, func(c *Config) {
		c.Support = &Support{Phone: map[string]string{"": "040-12 34 56", "nb": "+47 22 00 00 00"}, Text: map[string]string{"sv": "Säg teknisk support."}}
	})
	d.coming()
	for person, want := range map[nextup.PersonID][]string{"CANDIDATE1": {"040-12 34 56", "Säg teknisk support."}, "CANDIDATE2": {"+47 22 00 00 00"}, "INTERVIEWER1": {"040-12 34 56"}} {
		kind := nextup.MailConfirmation
		if strings.HasPrefix(string(person), "I") {
			kind = nextup.MailInvitation
		}
		l, err := d.server.Letter(context.Background(), d.session, nextup.Mail{Kind: kind, Person: person})
		if err != nil {
			t.Fatal(err)
		}
		w, err := l.Compose()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !strings.Contains(w.Text, part) || !strings.Contains(html.UnescapeString(w.HTML), part) {
				t.Errorf("%s: no %q in\n%s", person, part, w.Text)
			}
		}
	}
}
