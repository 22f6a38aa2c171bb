package mail

import (
	"fmt"
	htmltemplate "html/template"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"
	"unicode"

	"nextup"
	"nextup/web"
)

// Letter is everything that one letter says. It is made from the session's rows
// when it is sent and kept nowhere.
type Letter struct {
	Kind         nextup.MailKind
	To           string // address
	Name         string // the recipient's; written only to people whom the recruiter named
	Language     string // "sv", "en" or "nb"
	Organisation string
	Host         string // who invites: the recruiter's name
	ReplyTo      string // the recruiter's address; empty leaves it out
	Title        string
	Start        time.Time
	Zone         string // IANA name; times are written in it and it is named
	Length       time.Duration
	Talk         time.Duration
	Opens        time.Duration // how long before Start the lobby opens
	Link         string        // the recipient's own
	PIN          string        // for invitations
	Support      string        // whom to ask for technical help, in the letter's language; empty leaves it out
}

// Words are a composed letter. Subject is one line and holds nothing that anybody typed.
type Words struct {
	Subject string
	Text    string
	HTML    string
}

// Compose writes the letter in its language.
//
// A confirmation goes to an address that a visitor typed, perhaps not his own, so
// it holds no word of that visitor's, not even his name.
func (l Letter) Compose() (Words, error) {
	p := paper{Letter: l, Lang: language(l.Language)}
	p.Title, p.Organisation, p.Host, p.Name = line(l.Title), line(l.Organisation), line(l.Host), line(l.Name)
	if l.fromVisitor() {
		p.Name = ""
	}
	kinds, ok := templates()[l.Kind]
	if !ok {
		return Words{}, fmt.Errorf("mail: no letter of kind %q", l.Kind)
	}
	var plain, html strings.Builder
	if err := kinds.text.Execute(&plain, p); err != nil {
		return Words{}, fmt.Errorf("mail: compose: %w", err)
	}
	if err := kinds.html.ExecuteTemplate(&html, "frame", p); err != nil {
		return Words{}, fmt.Errorf("mail: compose: %w", err)
	}
	return Words{
		Subject: p.T("mail."+string(l.Kind)+".subject", "when", p.When("full")),
		Text:    plain.String(),
		HTML:    html.String(),
	}, nil
}

// fromVisitor says that nobody has vouched for the address and the name.
func (l Letter) fromVisitor() bool { return l.Kind == nextup.MailConfirmation }

// paper is a letter as the templates see it.
type paper struct {
	Letter
	Lang string
}

// T is a text of the letter's language.
func (p paper) T(key string, pairs ...any) string { return text(p.Lang, key, pairs...) }

// When is the start, in the session's zone.
func (p paper) When(format string) string { return when(p.Lang, p.Start, p.Zone, format) }

// Ends is the planned end, in the session's zone.
func (p paper) Ends(format string) string {
	return when(p.Lang, p.Start.Add(p.Length), p.Zone, format)
}

// OpensAt is when the lobby opens, in the session's zone.
func (p paper) OpensAt(format string) string {
	return when(p.Lang, p.Start.Add(-p.Opens), p.Zone, format)
}

// Minutes is a length in whole minutes.
func (p paper) Minutes(d time.Duration) int { return int(d.Minutes()) }

// Digits is the PIN in two groups, as people read it out.
func (p paper) Digits() string {
	if len(p.PIN) != 6 {
		return p.PIN
	}
	return p.PIN[:3] + " " + p.PIN[3:]
}

type pair struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

var templates = sync.OnceValue(func() map[nextup.MailKind]pair {
	all := map[nextup.MailKind]pair{}
	for _, k := range []nextup.MailKind{nextup.MailConfirmation, nextup.MailInvitation} {
		name := "mails/" + string(k)
		all[k] = pair{
			text: texttemplate.Must(texttemplate.New(string(k)+".txt").ParseFS(web.Files, name+".txt")),
			html: htmltemplate.Must(htmltemplate.New(string(k)).ParseFS(web.Files, "mails/frame.html", name+".html")),
		}
	}
	return all
})

// line makes typed words one line without characters that move or hide text.
func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return ' '
		}
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
}
