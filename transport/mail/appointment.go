package mail

import (
	"slices"
	"time"

	"nextup"
)

// Appointment is what a letter says about an interview whose time the applicant
// chooses. Start and Length of the letter are then those of his own time, and its Link
// is his personal page.
type Appointment struct {
	// Appointed says so of a session's letter to somebody who has chosen his time there.
	Appointed bool

	Round   string // what the round is called
	Video   bool
	Address string // of a room; "" while nobody has said
	Join    string // leads into his interview by video; "" otherwise

	// Subject is the recruiter's own in a letter that asks to choose; "" the usual one.
	Subject string
	// Change and Cancel are until when he may choose another time or give his back; zero: not any more.
	Change, Cancel time.Time
	// Own says that he gave the time back himself; otherwise it was taken from him.
	Own bool
	// Others says that there are times he can choose instead.
	Others bool
}

// roundKinds are the letters about a round.
var roundKinds = []nextup.MailKind{
	nextup.MailChoose, nextup.MailChooseAgain, nextup.MailBooked, nextup.MailMoved, nextup.MailUnbooked,
}

// asks says that the letter asks to choose a time. The recruiter's words are the
// letter then, with their own greeting.
func (l Letter) asks() bool {
	return l.Kind == nextup.MailChoose || l.Kind == nextup.MailChooseAgain
}

// ofRound says that the letter is about a round.
func (l Letter) ofRound() bool { return l.Appointed || slices.Contains(roundKinds, l.Kind) }

// Greets says whether the frame begins with a greeting.
func (p paper) Greets() bool { return !p.asks() || len(p.Paragraphs()) == 0 }

// Where is the place in words.
func (p paper) Where() string {
	switch {
	case p.Video:
		return p.T("mail.place.video")
	case p.Address != "":
		return p.Address
	}
	return p.T("mail.place.later")
}

// Times is the appointment from its start to its end.
func (p paper) Times() string {
	return p.T("mail.times", "when", p.When("full"), "until", p.Ends("clock"))
}

// Span is the same with the zone's name.
func (p paper) Span() string { return p.T("mail.when", "when", p.Times(), "zone", p.Zone) }

// Until is a moment in the job's zone.
func (p paper) Until(at time.Time) string { return when(p.Lang, at, p.Zone, "full") }

// May says until when the applicant may change or cancel, and what to do later.
func (p paper) May() string {
	switch {
	case !p.Change.IsZero():
		return p.T("mail.may.change", "until", p.Until(p.Change))
	case !p.Cancel.IsZero():
		return p.T("mail.may.cancel", "until", p.Until(p.Cancel))
	}
	return p.T("mail.may.not")
}

// Ask is whom to ask.
func (p paper) Ask() string {
	if p.Contact == "" {
		return p.T("mail.ask.reply")
	}
	return p.T("mail.ask.contact", "contact", p.Contact)
}

// Gone says how it came that a time is not his any more.
func (p paper) Gone() string {
	if p.Own {
		return p.Say("own", "organisation", p.Organisation)
	}
	return p.Say("taken", "host", p.Host, "organisation", p.Organisation)
}

// appointmentWords are the paragraphs of the calendar entry of an appointment.
func (p paper) appointmentWords() (words []string) {
	words = append(words, p.T("mail.calendar.with", "organisation", p.Organisation)+"\n"+p.Span()+"\n"+p.T("mail.place", "place", p.Where()))
	if p.Join != "" {
		words = append(words, p.T("mail.calendar.join")+"\n"+p.Join)
	}
	words = append(words, p.T("mail.calendar.page")+"\n"+p.Link)
	if p.Contact != "" {
		words = append(words, p.Ask())
	}
	return words
}

// way is a button with the address that it leads to.
type way struct{ Href, Words string }

// Leads is a button.
func (p paper) Leads(href, key string) way { return way{href, p.T(key)} }
