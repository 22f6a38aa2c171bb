package mail

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// anAppointment is Amina's: 45 minutes at 13:00 in Stockholm, by video.
func anAppointment(kind nextup.MailKind) Letter {
	l := Letter{
		Kind: kind, To: "amina@example.se", Name: "Amina Yusuf", Language: "sv",
		Organisation: "Malmö lager AB", Host: "Maria Lindqvist", ReplyTo: "maria@example.se",
		Title: "Lagerarbetare, Malmö", Start: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Zone: "Europe/Stockholm",
		Length: 45 * time.Minute, Talk: 45 * time.Minute, Contact: "Ring 040-1", Support: "Support 040-2",
		Link: "https://nextup.example/p/abc-DEF_123",
		UID:  "BOOKING1@nextup.example",
		Appointment: Appointment{
			Round: "Intervjuomgång 2", Video: true, Join: "https://nextup.example/p/abc-DEF_123/ROUND1/join",
			Change: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Cancel: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		},
	}
	switch kind {
	case nextup.MailChoose, nextup.MailChooseAgain:
		l.UID, l.Join = "", ""
		l.Appointment.Subject, l.Words = "Välkommen till intervju", "Hej Amina!\n\nVi vill träffa dig.\nVälj en tid."
	case nextup.MailUnbooked:
		l.Join, l.Others = "", true
	}
	return l
}

// atAddress is the same one in a room.
func atAddress(l Letter, address string) Letter {
	l.Video, l.Join, l.Address = false, "", address
	return l
}

func composed(t *testing.T, l Letter) Words {
	t.Helper()
	w, err := l.Compose()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Every letter about a round in every language: plain text complete in itself, the same
// in HTML, its links on lines of their own and no other link.
func TestS0_15_LettersOfARoundInEveryLanguage(t *testing.T) {
	for _, kind := range roundKinds {
		subjects := map[string]bool{}
		for _, lang := range languages {
			l := anAppointment(kind)
			l.Language = lang
			w := composed(t, l)
			name := string(kind) + " " + lang
			unfilled(t, name, w)
			plain, lines := htmlText(t, w.HTML), strings.Split(w.Text, "\n")
			want := []string{l.Title, l.Round, "Malmö lager AB", "Ring 040-1", "Support 040-2"}
			if !l.asks() {
				want = append(want, "13:00", "13:45", "Europe/Stockholm", "Amina Yusuf", "2026")
				if !strings.Contains(w.Subject, "13:00") {
					t.Errorf("%s: subject %q does not say when", name, w.Subject)
				}
			}
			if kind == nextup.MailBooked || kind == nextup.MailMoved {
				want = append(want, when(lang, l.Change, l.Zone, "full"))
			}
			for _, one := range want {
				if !strings.Contains(w.Text, one) || !strings.Contains(plain, one) {
					t.Errorf("%s: %q is missing\n%s", name, one, w.Text)
				}
			}
			var leads []string
			if l.Join != "" {
				leads = append(leads, l.Join)
			}
			leads = append(leads, l.Link)
			for _, one := range leads {
				if !slices.Contains(lines, one) {
					t.Errorf("%s: %s does not stand on a line of its own\n%s", name, one, w.Text)
				}
			}
			if got := links(t, w.HTML); !slices.Equal(got, leads) {
				t.Errorf("%s: links %v, want %v", name, got, leads)
			}
			if !strings.Contains(w.HTML, `<html lang="`+lang+`">`) || strings.Contains(w.Text, "\n\n\n") || strings.HasPrefix(w.Text, "\n") {
				t.Errorf("%s: a hole, or no language:\n%q", name, w.Text)
			}
			if subjects[w.Subject] && !l.asks() {
				t.Errorf("%s: the same subject in two languages", name)
			}
			subjects[w.Subject] = true
		}
	}
}

// S0-14: the recruiter's words are the letter, with his subject, each paragraph one.
func TestS0_14_TheRecruitersWordsAreTheLetter(t *testing.T) {
	for _, kind := range []nextup.MailKind{nextup.MailChoose, nextup.MailChooseAgain} {
		l := anAppointment(kind)
		w := composed(t, l)
		if w.Subject != "Välkommen till intervju" {
			t.Errorf("subject %q", w.Subject)
		}
		if !strings.HasPrefix(w.Text, "Hej Amina!\n\nVi vill träffa dig.\n\nVälj en tid.\n\n") {
			t.Errorf("the letter begins with something else:\n%s", w.Text)
		}
		if strings.Contains(w.Text, "Amina Yusuf") {
			t.Error("two greetings")
		}
		// Without words of his own the letter says what it wants all the same.
		l.Words, l.Appointment.Subject = " \n ", " "
		w = composed(t, l)
		unfilled(t, "without words", w)
		if !strings.HasPrefix(w.Text, "Hej Amina Yusuf!\n\nMaria Lindqvist hos Malmö lager AB") || w.Subject == "" {
			t.Errorf("%q\n%s", w.Subject, w.Text)
		}
	}
}

// What somebody typed stays words, in the subject too.
func TestS0_14_TypedWordsStayWords(t *testing.T) {
	l := anAppointment(nextup.MailChoose)
	l.Appointment.Subject = "Hej\r\nBcc: x@example.org\u202e =?utf-8?q?=0D=0ABcc:_y=40example.org?="
	l.Words = "<script>alert(1)</script>\u202e\r\n\r\n<a href=\"https://evil.example\">x</a>"
	w := composed(t, l)
	if strings.ContainsAny(w.Subject, "\r\n\u202e") || strings.Contains(w.Subject, "=?") {
		t.Errorf("subject %q", w.Subject)
	}
	if strings.Contains(w.HTML, "<script") || !slices.Equal(links(t, w.HTML), []string{l.Link}) || strings.Contains(w.Text, "\u202e") {
		t.Errorf("not escaped: %v", links(t, w.HTML))
	}
	m, raw := sent(t, l, "row7")
	if len(m.Header["Bcc"]) != 0 || strings.Contains(raw, "\nBcc:") {
		t.Errorf("a header of the writer's:\n%s", raw)
	}
}

// What the applicant can still do is said as it is.
func TestS0_22_LetterSaysUntilWhenHeMayChange(t *testing.T) {
	l := anAppointment(nextup.MailBooked)
	for _, c := range []struct {
		name         string
		change, till time.Time
		want, not    string
	}{
		{"open", l.Change, l.Change, "välja en annan tid eller avboka, fram till måndag 23 november 2026, 13:00", "Hör av dig"},
		{"closed round", time.Time{}, l.Cancel, "På din sida kan du avboka, fram till måndag 23 november 2026, 13:00", "annan tid"},
		{"too late", time.Time{}, time.Time{}, "Hör av dig så snart du kan", "På din sida"},
	} {
		l.Change, l.Cancel = c.change, c.till
		if w := composed(t, l); !strings.Contains(w.Text, c.want) || strings.Contains(w.Text, c.not) {
			t.Errorf("%s:\n%s", c.name, w.Text)
		}
	}
}

// S0-10: each place in words.
func TestS0_10_LetterSaysThePlace(t *testing.T) {
	for _, c := range []struct {
		l    Letter
		want string
	}{
		{anAppointment(nextup.MailBooked), "Plats: video, på din telefon eller dator"},
		{atAddress(anAppointment(nextup.MailBooked), "Storgatan 1, plan 2"), "Plats: Storgatan 1, plan 2"},
		{atAddress(anAppointment(nextup.MailMoved), ""), "Plats: meddelas senare"},
	} {
		w := composed(t, c.l)
		if !slices.Contains(strings.Split(w.Text, "\n"), c.want) || !strings.Contains(htmlText(t, w.HTML), c.want) {
			t.Errorf("%q is missing:\n%s", c.want, w.Text)
		}
		if got := strings.Contains(w.Text, "/join"); got != c.l.Video {
			t.Errorf("a way into a video interview: %v\n%s", got, w.Text)
		}
	}
}

// S0-21: a time given back, and one taken away; other times are named only if there are any.
func TestS0_21_LetterOfATimeThatIsGone(t *testing.T) {
	l := anAppointment(nextup.MailUnbooked)
	l.Own, l.Others = true, false
	w := composed(t, l)
	if !strings.Contains(w.Text, "Du har avbokat din intervju") || strings.Contains(w.Text, l.Link) || len(links(t, w.HTML)) != 0 {
		t.Errorf("given back:\n%s", w.Text)
	}
	l.Own, l.Others = false, true
	w = composed(t, l)
	if !strings.Contains(w.Text, "Maria Lindqvist hos Malmö lager AB har avbokat din intervju") || !slices.Contains(strings.Split(w.Text, "\n"), l.Link) {
		t.Errorf("taken away:\n%s", w.Text)
	}
}

// Who has chosen a time in a queue is reminded of that time, not of the queue's.
func TestS0_25_ReminderOfAnAppointment(t *testing.T) {
	for _, lang := range languages {
		l := anAppointment(nextup.MailReminder)
		l.Appointed, l.Language = true, lang
		w := composed(t, l)
		unfilled(t, lang, w)
		lines := strings.Split(w.Text, "\n")
		if !slices.Contains(lines, l.Join) || !slices.Contains(lines, l.Link) || !strings.Contains(w.Subject, "13:00") || !strings.Contains(w.Text, "13:45") || !strings.Contains(w.Text, "Amina Yusuf") {
			t.Errorf("%s: %q\n%s", lang, w.Subject, w.Text)
		}
		if got := links(t, w.HTML); !slices.Equal(got, []string{l.Join, l.Link}) {
			t.Errorf("%s: links %v", lang, got)
		}
		if l.Method() != MethodRequest || !strings.Contains(string(l.Calendar(l.Method(), written)), "UID:BOOKING1@nextup.example") {
			t.Errorf("%s: not the entry that he has", lang)
		}
	}
}
