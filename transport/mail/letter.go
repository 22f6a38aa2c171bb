package mail

import (
	"fmt"
	htmltemplate "html/template"
	"slices"
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
	Interviews   bool          // the recipient interviews; otherwise he is a candidate or may become one
	Interviewers []string      // who interviews, by name
	Contact      string        // what the recruiter says to candidates whose devices do not work
	Words        string        // the recruiter's own paragraphs in a notice
	Support      string        // whom to ask for technical help, in the letter's language; empty leaves it out

	// UID names the calendar entry and Sequence says which version of it this is
	// (RFC 5545, section 3.8.7.4). Without a UID the letter has no calendar part.
	UID      string
	Sequence int

	Appointment // of a letter about a round; Kind says whether it is one
}

// Words are a composed letter. Subject is one line and holds nothing that anybody
// typed, but for a recruiter's own subject of a letter that asks to choose a time.
type Words struct {
	Subject string
	Text    string
	HTML    string
}

// Compose writes the letter in its language.
//
// A candidate's letters go to an address that a visitor typed, perhaps not his own,
// so they hold no word of that visitor's, not even his name.
func (l Letter) Compose() (Words, error) {
	p := l.paper()
	files, ok := templates()[l.Kind]
	if !ok {
		return Words{}, fmt.Errorf("mail: no letter of kind %q", l.Kind)
	}
	var plain, html strings.Builder
	if err := files.text.ExecuteTemplate(&plain, "frame", p); err != nil {
		return Words{}, fmt.Errorf("mail: compose: %w", err)
	}
	if err := files.html.ExecuteTemplate(&html, "frame", p); err != nil {
		return Words{}, fmt.Errorf("mail: compose: %w", err)
	}
	return Words{Subject: p.Headline(), Text: tidy(plain.String()), HTML: html.String()}, nil
}

// fromVisitor says that the name is one that a visitor typed beside an address that
// may be somebody else's.
func (l Letter) fromVisitor() bool {
	return !l.Interviews && l.Kind != nextup.MailInvitation && l.Kind != nextup.MailSignUp && !l.ofRound()
}

// paper cleans everything that somebody typed.
func (l Letter) paper() paper {
	p := paper{Letter: l, Lang: language(l.Language)}
	p.Title, p.Organisation, p.Host, p.Name = line(l.Title), line(l.Organisation), line(l.Host), line(l.displayName())
	p.Contact, p.Interviewers = line(l.Contact), nil
	for _, name := range l.Interviewers {
		if name = line(name); name != "" {
			p.Interviewers = append(p.Interviewers, name)
		}
	}
	p.Support = line(l.Support)
	p.Round, p.Address, p.Subject = line(l.Round), line(l.Address), line(l.Subject)
	return p
}

// paper is a letter as the templates see it.
type paper struct {
	Letter
	Lang string
}

// Role is the kind of letter as its texts name it: interviewers are told of a change
// in other words than candidates, and who has a time of his own is reminded of that.
func (p paper) Role() string {
	if p.Interviews && (p.Kind == nextup.MailChange || p.Kind == nextup.MailCancellation) {
		return string(p.Kind) + ".interviewer"
	}
	if p.Appointed {
		return string(p.Kind) + ".appointed"
	}
	return string(p.Kind)
}

// Headline is the letter's subject.
func (p paper) Headline() string {
	if p.asks() && p.Subject != "" {
		// What looks like an encoded word would be decoded (RFC 2047, section 2).
		return strings.ReplaceAll(p.Subject, "=?", "= ?")
	}
	return p.T("mail."+p.Role()+".subject", "when", p.When("full"))
}

// Say is a text of this kind of letter.
func (p paper) Say(key string, pairs ...any) string { return p.T("mail."+p.Role()+"."+key, pairs...) }

// Who names those who interview, at most six.
func (p paper) Who() string {
	names := p.Interviewers
	switch {
	case len(names) == 0:
		return ""
	case len(names) == 1:
		return p.T("mail.who.single", "name", names[0])
	case len(names) > 6:
		return p.T("mail.who.more", "names", strings.Join(names[:6], ", "))
	}
	return p.T("mail.who.some", "names", strings.Join(names[:len(names)-1], ", "), "last", names[len(names)-1])
}

// Paragraphs are the recruiter's own words, each as one line.
func (p paper) Paragraphs() (all []string) {
	for _, one := range strings.Split(p.Words, "\n") {
		if one = line(one); one != "" {
			all = append(all, one)
		}
	}
	return all
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
	for _, k := range slices.Concat(kinds, accountKinds, roundKinds) {
		name := "mails/" + string(k)
		all[k] = pair{
			text: texttemplate.Must(texttemplate.New("frame").ParseFS(web.Files, "mails/frame.txt", "mails/appointment.txt", name+".txt")),
			html: htmltemplate.Must(htmltemplate.New("frame").ParseFS(web.Files, "mails/frame.html", "mails/appointment.html", name+".html")),
		}
	}
	return all
})

// kinds are the letters there are.
var kinds = []nextup.MailKind{
	nextup.MailConfirmation, nextup.MailInvitation, nextup.MailChange, nextup.MailCancellation,
	nextup.MailWithdrawal, nextup.MailReminder, nextup.MailSignUp,
}

// tidy leaves at most one empty line between paragraphs and none around them.
func tidy(text string) string {
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return strings.Trim(text, "\n") + "\n"
}

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
