package mail

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"nextup"
	"nextup/web"
)

// aLetter is an invitation to Ingrid at 13:00 in Stockholm.
func aLetter() Letter {
	return Letter{
		Kind: nextup.MailInvitation, To: "ingrid@example.se", Name: "Ingrid Dahl", Language: "sv",
		Organisation: "Malmö lager AB", Host: "Maria Lindqvist", ReplyTo: "maria@example.se",
		Title: "Lagerarbetare, Malmö", Start: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Zone: "Europe/Stockholm",
		Length: time.Hour, Talk: 10 * time.Minute, Opens: 30 * time.Minute,
		Link: "https://nextup.example/i/abc-DEF_123", PIN: "408213",
	}
}

func TestS3_40_InvitationHasLinkAndPIN(t *testing.T) {
	for _, lang := range languages {
		l := aLetter()
		l.Language = lang
		w, err := l.Compose()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(strings.Split(w.Text, "\n"), l.Link) {
			t.Errorf("%s: the link does not stand on a line of its own:\n%s", lang, w.Text)
		}
		for _, want := range []string{"408 213", "Ingrid Dahl", "Maria Lindqvist", l.Title, "13:00", "14:00", "Europe/Stockholm"} {
			if !strings.Contains(w.Text, want) || !strings.Contains(htmlText(t, w.HTML), want) {
				t.Errorf("%s: %q is missing from text or HTML", lang, want)
			}
		}
		if got := links(t, w.HTML); !slices.Equal(got, []string{l.Link}) {
			t.Errorf("%s: links are %v", lang, got)
		}
		if strings.Contains(w.Subject, l.Title) || !strings.Contains(w.Subject, "13:00") {
			t.Errorf("%s: subject %q must say when and hold no typed words", lang, w.Subject)
		}
		unfilled(t, lang, w)
	}
}

func TestS3_32_ConfirmationHasPersonalLinkAndNothingTheVisitorTyped(t *testing.T) {
	for _, lang := range languages {
		l := aLetter()
		l.Kind, l.Language, l.Name, l.PIN = nextup.MailConfirmation, lang, "Köp billigt på evil.example", ""
		w, err := l.Compose()
		if err != nil {
			t.Fatal(err)
		}
		all := w.Subject + w.Text + w.HTML
		if strings.Contains(all, "evil.example") {
			t.Errorf("%s: a visitor's words are in the letter", lang)
		}
		if !slices.Contains(strings.Split(w.Text, "\n"), l.Link) || !slices.Equal(links(t, w.HTML), []string{l.Link}) {
			t.Errorf("%s: the personal link is missing", lang)
		}
		if !strings.Contains(w.Text, "12:30") {
			t.Errorf("%s: does not say when the lobby opens", lang)
		}
		unfilled(t, lang, w)
	}
}

// S3-07: every kind of letter in every language, text and HTML alike, says what it
// must and leaves nothing unfilled.
func TestS3_07_EveryLetterInEveryLanguage(t *testing.T) {
	for _, kind := range kinds {
		for _, interviews := range []bool{false, true} {
			if interviews != (kind == nextup.MailInvitation) && kind != nextup.MailChange && kind != nextup.MailCancellation {
				continue
			}
			seen := map[string]string{}
			for _, lang := range languages {
				l := aLetter()
				l.Kind, l.Language, l.Interviews = kind, lang, interviews
				l.Interviewers, l.Contact, l.Support = []string{"Maria Lindqvist", "Johan Ek"}, "Ring 040-1", "Support 040-2"
				l.Words = "Först.\r\n\r\nSedan \u202e<i>det</i>."
				w, err := l.Compose()
				if err != nil {
					t.Fatal(err)
				}
				name := string(kind) + " " + lang
				unfilled(t, name, w)
				if !strings.Contains(w.HTML, `<html lang="`+lang+`">`) || !strings.Contains(w.Subject, "13:00") || strings.Contains(w.Subject, l.Title) {
					t.Errorf("%s: %q", name, w.Subject)
				}
				plain := htmlText(t, w.HTML)
				for _, want := range []string{l.Title, "Malmö lager AB", "13:00", "Europe/Stockholm", "Support 040-2"} {
					if !strings.Contains(w.Text, want) || !strings.Contains(plain, want) {
						t.Errorf("%s: %q is missing", name, want)
					}
				}
				if kind != nextup.MailCancellation && (!slices.Contains(strings.Split(w.Text, "\n"), l.Link) || !slices.Equal(links(t, w.HTML), []string{l.Link})) {
					t.Errorf("%s: its link is missing", name)
				}
				notice := kind == nextup.MailChange || kind == nextup.MailCancellation
				if got := strings.Contains(w.Text, "Först.\n\nSedan <i>det</i>.") && strings.Contains(plain, "Sedan <i>det</i>."); got != notice {
					t.Errorf("%s: the recruiter's words: %v", name, got)
				}
				turn := !interviews && (kind == nextup.MailConfirmation || kind == nextup.MailChange || kind == nextup.MailReminder)
				if got := strings.Contains(w.Text, "Maria Lindqvist") && strings.Contains(w.Text, "Johan Ek") && strings.Contains(w.Text, "14:00") && strings.Contains(w.Text, "10 minut"); got != turn {
					t.Errorf("%s: who, how long, until when: %v\n%s", name, got, w.Text)
				}
				if got := strings.Contains(w.Text, "Ring 040-1"); got != (kind == nextup.MailConfirmation || kind == nextup.MailReminder) {
					t.Errorf("%s: what to do without a device: %v", name, got)
				}
				if got := strings.Contains(w.Text, "Ingrid Dahl"); got != (interviews || kind == nextup.MailSignUp) {
					t.Errorf("%s: names the recipient: %v", name, got)
				}
				if strings.Contains(w.Text, "\n\n\n") || strings.HasPrefix(w.Text, "\n") {
					t.Errorf("%s: holes in the text:\n%q", name, w.Text)
				}
				for other, subject := range seen {
					if subject == w.Subject {
						t.Errorf("%s has the subject of %s", name, other)
					}
				}
				seen[lang] = w.Subject
			}
		}
	}
}

func TestLetterTimesFollowTheSessionsZone(t *testing.T) {
	l := aLetter()
	l.Zone = "Asia/Tokyo"
	w, err := l.Compose()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(w.Text, "21:00") || !strings.Contains(w.Text, "Asia/Tokyo") || strings.Contains(w.Text, "13:00") {
		t.Errorf("not in the session's zone:\n%s", w.Text)
	}
}

func TestLetterIsEscaped(t *testing.T) {
	l := aLetter()
	l.Title = "<script>alert(1)</script>\r\nBcc: x@example.org\u202e"
	l.Organisation = `<a href="https://evil.example">x</a>`
	w, err := l.Compose()
	if err != nil {
		t.Fatal(err)
	}
	if got := links(t, w.HTML); !slices.Equal(got, []string{l.Link}) {
		t.Errorf("links are %v", got)
	}
	if strings.Contains(w.HTML, "<script") {
		t.Error("script in the letter")
	}
	if strings.Contains(w.Text, "\nBcc:") || strings.Contains(w.Text, "\u202e") {
		t.Errorf("a title of two lines, or one that turns the text round:\n%q", w.Text)
	}
}

func TestUnknownKindIsRefused(t *testing.T) {
	l := aLetter()
	l.Kind = "newsletter"
	if _, err := l.Compose(); err == nil {
		t.Error("composed")
	}
}

func TestMailCataloguesAgree(t *testing.T) {
	cataloguesAgree(t, "mail")
	cataloguesAgree(t, "letters")
}

func cataloguesAgree(t *testing.T, file string) {
	t.Helper()
	placeholder := regexp.MustCompile(`\{\w+\}`)
	var first map[string]string
	for _, lang := range languages {
		b, err := web.Files.ReadFile("i18n/" + file + "." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]string
		if err := json.Unmarshal(b, &c); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = c
			continue
		}
		if a, b := slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(c)); !slices.Equal(a, b) {
			t.Fatalf("%s: keys differ: %v and %v", lang, a, b)
		}
		for k := range c {
			a, b := placeholder.FindAllString(first[k], -1), placeholder.FindAllString(c[k], -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s: %s has %v, the Swedish one %v", lang, k, b, a)
			}
		}
	}
}

// unfilled finds keys without a text and placeholders without a value.
func unfilled(t *testing.T, lang string, w Words) {
	t.Helper()
	if m := regexp.MustCompile(`mail\.[a-z]+|format\.\w+|\{\w+\}`).FindString(w.Subject + w.Text + htmlText(t, w.HTML)); m != "" {
		t.Errorf("%s: %q was not filled in", lang, m)
	}
}

func walk(t *testing.T, page string, visit func(*html.Node)) {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for d := range n.Descendants() {
		visit(d)
	}
}

func htmlText(t *testing.T, page string) string {
	var b strings.Builder
	walk(t, page, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	})
	return b.String()
}

func links(t *testing.T, page string) (all []string) {
	walk(t, page, func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" {
				all = append(all, a.Val)
			}
		}
	})
	return all
}
