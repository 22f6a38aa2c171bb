package mail

import (
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"nextup"
)

// Method is what a calendar file asks its reader to do (RFC 5546, section 1.4).
type Method string

// The methods.
const (
	MethodRequest Method = "REQUEST" // put in, or move what is in already
	MethodCancel  Method = "CANCEL"  // take out
	MethodPublish Method = "PUBLISH" // a file to download; nobody is asked
)

// Calendar is the letter's calendar entry as a file of the given method, written at
// that moment. The entry lasts from the session's start to its end: a candidate's
// turn comes within it, and the entry says so. nil: this letter has none.
//
// The entry is the same one for as long as its UID is, so a later letter moves or
// removes it instead of adding another (RFC 5546, section 2.1.4 on SEQUENCE).
func (l Letter) Calendar(method Method, at time.Time) []byte {
	if l.UID == "" {
		return nil
	}
	p := l.paper()
	c := ics.NewCalendarFor("nextup")
	c.SetProductId("-//nextup//nextup//" + strings.ToUpper(p.Lang))
	c.SetCalscale("GREGORIAN")
	c.SetMethod(ics.Method(method))
	c.AddVTimezone(timezone(l.Zone, l.Start, l.Start.Add(l.Length)))

	e := c.AddEvent(l.UID)
	e.SetSequence(l.Sequence)
	e.SetDtStampTime(at.UTC())
	local, loc := ics.WithTZID(l.Zone), location(l.Zone)
	e.SetProperty(ics.ComponentPropertyDtStart, l.Start.In(loc).Format(wallTime), local)
	e.SetProperty(ics.ComponentPropertyDtEnd, l.Start.Add(l.Length).In(loc).Format(wallTime), local)
	e.SetSummary(p.calendarTitle())
	if place := p.calendarPlace(); place != "" {
		e.SetLocation(place)
	}
	e.SetDescription(strings.Join(p.calendarWords(method), "\n\n"))
	e.SetTimeTransparency(ics.TransparencyOpaque)
	if l.Join != "" {
		e.SetURL(l.Join)
	} else if l.Link != "" {
		e.SetURL(l.Link)
	}
	e.SetOrganizer(l.organizer(), ics.WithCN(calendarName(p.Host+", "+p.Organisation)))
	// What is published has no attendees (RFC 5546, section 3.2.1).
	if to, err := ParseAddress(l.To); err == nil && method != MethodPublish {
		who := []ics.PropertyParameter{ics.CalendarUserTypeIndividual, ics.ParticipationRoleReqParticipant, l.taking(), ics.WithRSVP(false)}
		if name := calendarName(l.displayName()); name != "" {
			who = append(who, ics.WithCN(name))
		}
		e.AddAttendee(to, who...)
	}
	if method == MethodCancel {
		e.SetStatus(ics.ObjectStatusCancelled)
	} else {
		e.SetStatus(ics.ObjectStatusConfirmed)
		alarm := e.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetTrigger(p.alarm())
		alarm.SetDescription(p.calendarTitle())
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}

// Method is what the letter's own calendar part asks for; "" if it carries none.
func (l Letter) Method() Method {
	switch {
	case l.UID == "":
		return ""
	case l.Kind == nextup.MailCancellation || l.Kind == nextup.MailWithdrawal || l.Kind == nextup.MailUnbooked:
		return MethodCancel
	}
	return MethodRequest
}

// taking is whether the attendee has said yes: a candidate has by registering, an
// interviewer was put down by somebody else.
func (l Letter) taking() ics.PropertyParameter {
	if l.Interviews {
		return ics.ParticipationStatusNeedsAction
	}
	return ics.ParticipationStatusAccepted
}

// organizer is the recruiter, to whom replies go; without one, nobody who reads mail.
func (l Letter) organizer() string {
	if a, err := ParseAddress(l.ReplyTo); err == nil {
		return a
	}
	_, host, _ := strings.Cut(l.UID, "@")
	return "noreply@" + host
}

// calendarTitle is what the calendar shows.
func (p paper) calendarTitle() string {
	if p.ofRound() {
		return p.T("mail.calendar.interview", "title", p.Title)
	}
	return p.T("mail.calendar.summary", "title", p.Title)
}

// calendarPlace is where the calendar says it is; "" while nobody has said.
func (p paper) calendarPlace() string {
	switch {
	case !p.ofRound():
		return p.T("mail.calendar.place")
	case p.Video:
		return p.T("mail.calendar.video")
	}
	return p.Address
}

// alarm is how long before the start the calendar reminds: of a queue by the time the
// lobby opens, of an appointment in time to be there.
func (p paper) alarm() string {
	if p.ofRound() {
		return "-PT15M"
	}
	return "-PT30M"
}

// calendarWords are the paragraphs of the entry's text.
func (p paper) calendarWords(method Method) []string {
	if method == MethodCancel {
		return []string{p.T("mail.calendar.gone")}
	}
	if p.ofRound() {
		return p.appointmentWords()
	}
	if p.Interviews {
		return []string{p.T("mail.calendar.interviews", "minutes", p.Minutes(p.Talk)), p.T("mail.calendar.link") + "\n" + p.Link}
	}
	return []string{
		p.T("mail.calendar.turn", "from", p.When("clock"), "until", p.Ends("clock"), "zone", p.Zone, "minutes", p.Minutes(p.Talk)),
		p.T("mail.calendar.opens", "opens", p.OpensAt("clock")),
		p.T("mail.calendar.link") + "\n" + p.Link,
	}
}

// calendarName makes a name fit for a parameter's value, where RFC 5545 has no way
// to write a quotation mark and readers disagree about every other sign that ends one.
func calendarName(name string) string {
	name = strings.NewReplacer(`"`, "”", `'`, "’", ",", " ", ";", " ", ":", " ", `\`, " ", "^", " ").Replace(line(name))
	name = strings.Join(strings.Fields(name), " ")
	for utf8.RuneCountInString(name) > 120 {
		name = string([]rune(name)[:120])
	}
	return name
}
