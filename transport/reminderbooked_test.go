package transport

import (
	"strings"
	"testing"
	"time"

	"nextup"
)

// K4: the day before, whoever has chosen a time is reminded of his own; the entry in
// his calendar is the round's, so no other comes with it.
func TestReminderOfChosenTime(t *testing.T) {
	d := newDesks(t)
	d.coming()
	d.move(23 * time.Hour)
	set := d.state().Settings
	at := set.Start.Add(20 * time.Minute)
	d.must(d.session, nextup.TheClock, nextup.Book{Candidate: "CANDIDATE1", At: at})
	clock := func(at time.Time) string { return in(at, set.Zone).Format("15:04") }
	for lang, want := range map[string]string{
		"en": "the time that you have chosen: " + clock(at) + " to " + clock(at.Add(set.Talk)),
		"sv": "tiden som du har valt: " + clock(at) + "–" + clock(at.Add(set.Talk)),
		"nb": "tiden du har valgt: " + clock(at) + "–" + clock(at.Add(set.Talk)),
	} {
		l, err := d.server.Letter(t.Context(), d.session, nextup.Mail{Kind: nextup.MailReminder, Person: "CANDIDATE1"})
		if err != nil {
			t.Fatal(err)
		}
		l.Language = lang
		words, err := l.Compose()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{words.Text, words.HTML} {
			if !strings.Contains(text, want) || !strings.Contains(text, clock(set.Opens())) || !strings.Contains(words.Subject, clock(at)) {
				t.Errorf("%s: no %q in\n%s\n%s", lang, want, words.Subject, text)
			}
		}
		if l.UID != "" || l.Link == "" {
			t.Errorf("%+v", l)
		}
	}
	other, err := d.server.Letter(t.Context(), d.session, nextup.Mail{Kind: nextup.MailReminder, Person: "CANDIDATE2"})
	if err != nil || other.Chosen || other.UID == "" || !other.Start.Equal(set.Start) {
		t.Errorf("one without a time: %+v %v", other, err)
	}
}
