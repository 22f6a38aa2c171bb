package mail

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"nextup"
)

// second reads a file with another library, which knows zones by name, and has it
// written again by that library, which refuses what RFC 5545 requires and is not there.
func second(t *testing.T, file []byte) (*ical.Calendar, ical.Event) {
	t.Helper()
	c, err := ical.NewDecoder(bytes.NewReader(file)).Decode()
	if err != nil {
		t.Fatalf("the second reader: %v\n%s", err, file)
	}
	events := c.Events()
	if len(events) != 1 {
		t.Fatalf("the second reader: %d events", len(events))
	}
	if err := ical.NewEncoder(new(bytes.Buffer)).Encode(c); err != nil {
		t.Fatalf("the second reader: %v\n%s", err, file)
	}
	return c, events[0]
}

// theSecond are the instants of the second reader.
func theSecond(t *testing.T, e ical.Event) (from, until time.Time) {
	t.Helper()
	from, err := e.DateTimeStart(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if until, err = e.DateTimeEnd(time.UTC); err != nil {
		t.Fatal(err)
	}
	return from, until
}

// S0-17: on the nights when the clocks are moved, the days before and after, in the zones
// of the house and as read by an applicant who is somewhere else: two readers that share
// nothing find the very instant in each kind of file.
func TestS0_17_CalendarFileAtTheRightLocalTime(t *testing.T) {
	far := []string{"America/New_York", "Asia/Kolkata", "Europe/Oslo"}
	for _, zone := range []string{"Europe/Stockholm", "Europe/Oslo"} {
		loc := location(zone)
		for _, night := range []time.Time{time.Date(2027, 3, 28, 0, 0, 0, 0, loc), time.Date(2027, 10, 31, 0, 0, 0, 0, loc)} {
			for at := night.Add(-30 * time.Hour); at.Before(night.Add(60 * time.Hour)); at = at.Add(45 * time.Minute) {
				end := at.Add(45 * time.Minute)
				if twice(at, loc) || twice(end, loc) {
					continue // the second of an hour that occurs twice cannot be chosen
				}
				for _, kind := range []nextup.MailKind{nextup.MailBooked, nextup.MailMoved, nextup.MailUnbooked} {
					l := anAppointment(kind)
					l.Zone, l.Start = zone, at
					methods := []Method{l.Method()}
					if kind == nextup.MailBooked {
						methods = append(methods, MethodPublish)
					}
					for _, method := range methods {
						file := l.Calendar(method, written)
						c := readCalendar(t, file)
						e := c.inside(t, "VEVENT")
						from, until := c.instant(t, e.one(t, "DTSTART")), c.instant(t, e.one(t, "DTEND"))
						_, other := second(t, file)
						from2, until2 := theSecond(t, other)
						if hourTwice(at, loc) { // of the two the second reader takes either one, the RFC the first
							from2 = at
						}
						if hourTwice(end, loc) {
							until2 = end
						}
						if !from.Equal(at) || !until.Equal(end) || !from2.Equal(at) || !until2.Equal(end) {
							t.Fatalf("%s %s %s: %s to %s, read as %s to %s and %s to %s", zone, kind, method, at.UTC(), end.UTC(), from, until, from2.UTC(), until2.UTC())
						}
						for _, name := range far {
							there := location(name)
							if got, want := from.In(there).Format("2 Jan 15:04"), at.In(there).Format("2 Jan 15:04"); got != want {
								t.Fatalf("%s as read in %s: %s, want %s", at, name, got, want)
							}
						}
					}
				}
			}
		}
	}
}

// twice says that a time of day is the second of its hour, after the clocks were put back.
func twice(at time.Time, loc *time.Location) bool {
	return at.Add(-time.Hour).In(loc).Format(wallTime) == at.In(loc).Format(wallTime)
}

// hourTwice says that a time of day comes once more, when the clocks have been put back.
func hourTwice(at time.Time, loc *time.Location) bool { return twice(at.Add(time.Hour), loc) }

// S0-17: what people far away see, by heart: the clocks of New York are moved two weeks
// before those of Stockholm, those of Kolkata never.
func TestS0_17_LocalTimesByHeart(t *testing.T) {
	for _, c := range []struct{ zone, local, there, want string }{
		{"Europe/Stockholm", "2027-03-26 13:00", "America/New_York", "26 Mar 08:00"},
		{"Europe/Stockholm", "2027-03-28 13:00", "America/New_York", "28 Mar 07:00"},
		{"Europe/Oslo", "2027-03-29 09:15", "Asia/Kolkata", "29 Mar 12:45"},
		{"Europe/Oslo", "2027-10-30 09:15", "Asia/Kolkata", "30 Oct 12:45"},
		{"Europe/Stockholm", "2027-10-31 09:00", "Asia/Kolkata", "31 Oct 13:30"},
		{"Europe/Stockholm", "2027-10-31 09:00", "America/New_York", "31 Oct 04:00"},
		{"Europe/Stockholm", "2027-11-08 09:00", "America/New_York", "8 Nov 03:00"},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.local, location(c.zone))
		if err != nil {
			t.Fatal(err)
		}
		l := anAppointment(nextup.MailBooked)
		l.Zone, l.Start = c.zone, at
		file := l.Calendar(MethodPublish, written)
		cal := readCalendar(t, file)
		first := cal.instant(t, cal.inside(t, "VEVENT").one(t, "DTSTART"))
		_, e := second(t, file)
		other, _ := theSecond(t, e)
		there := location(c.there)
		if a, b := first.In(there).Format("2 Jan 15:04"), other.In(there).Format("2 Jan 15:04"); a != c.want || b != c.want {
			t.Errorf("%s %s in %s: %s and %s, want %s", c.local, c.zone, c.there, a, b, c.want)
		}
	}
}

// S0-17: what an entry says, by video and at an address, in each kind of file.
func TestS0_17_CalendarEntryOfAnAppointment(t *testing.T) {
	for _, c := range []struct {
		l        Letter
		method   Method
		status   string
		location string
		url      string
	}{
		{anAppointment(nextup.MailBooked), MethodRequest, "CONFIRMED", "Video (nextup)", "https://nextup.example/p/abc-DEF_123/ROUND1/join"},
		{anAppointment(nextup.MailBooked), MethodPublish, "CONFIRMED", "Video (nextup)", "https://nextup.example/p/abc-DEF_123/ROUND1/join"},
		{atAddress(anAppointment(nextup.MailMoved), "Storgatan 1; plan 2, \"B\"\\"), MethodRequest, "CONFIRMED", "Storgatan 1; plan 2, \"B\"\\", "https://nextup.example/p/abc-DEF_123"},
		{atAddress(anAppointment(nextup.MailUnbooked), "Storgatan 1"), MethodCancel, "CANCELLED", "Storgatan 1", "https://nextup.example/p/abc-DEF_123"},
		{anAppointment(nextup.MailUnbooked), MethodCancel, "CANCELLED", "Video (nextup)", "https://nextup.example/p/abc-DEF_123"},
	} {
		c.l.Sequence = 4
		file := c.l.Calendar(c.method, written)
		cal := readCalendar(t, file)
		e := cal.inside(t, "VEVENT")
		for _, want := range [][2]string{
			{cal.one(t, "METHOD").value, string(c.method)},
			{cal.one(t, "VERSION").value, "2.0"},
			{e.one(t, "STATUS").value, c.status},
			{e.one(t, "UID").text(t), "BOOKING1@nextup.example"},
			{e.one(t, "SEQUENCE").value, "4"},
			{e.one(t, "DTSTAMP").value, "20261120T080000Z"},
			{e.one(t, "SUMMARY").text(t), "Intervju: Lagerarbetare, Malmö"},
			{e.one(t, "LOCATION").text(t), c.location},
			{e.one(t, "URL").value, c.url},
			{e.one(t, "ORGANIZER").value, "mailto:maria@example.se"},
		} {
			if want[0] != want[1] {
				t.Errorf("%s %s: %q, want %q", c.l.Kind, c.method, want[0], want[1])
			}
		}
		if len(e.all("METHOD")) != 0 {
			t.Errorf("%s: METHOD inside the entry makes a cancellation a second meeting", c.l.Kind)
		}
		if got := len(e.all("ATTENDEE")); (got == 1) != (c.method != MethodPublish) {
			t.Errorf("%s %s: %d attendees (RFC 5546, sections 3.2.1, 3.2.2 and 3.2.5)", c.l.Kind, c.method, got)
		} else if got == 1 {
			who := e.one(t, "ATTENDEE")
			if who.value != "mailto:amina@example.se" || who.params["PARTSTAT"][0] != "ACCEPTED" || !strings.EqualFold(who.params["RSVP"][0], "FALSE") {
				t.Errorf("%s: %+v", c.l.Kind, who)
			}
		}
		if alarms := len(e.parts); (alarms == 1) != (c.method != MethodCancel) {
			t.Errorf("%s: %d alarms", c.l.Kind, alarms)
		} else if alarms == 1 && e.inside(t, "VALARM").one(t, "TRIGGER").value != "-PT15M" {
			t.Error("reminds at another time")
		}
		if _, other := second(t, file); !sameText(other, ical.PropLocation, c.location) || !sameText(other, ical.PropSummary, "Intervju: Lagerarbetare, Malmö") {
			t.Errorf("%s: the second reader has other words", c.l.Kind)
		}
	}
	// Nobody has said where: then the file says nothing, rather than something wrong.
	nowhere := readCalendar(t, atAddress(anAppointment(nextup.MailBooked), "").Calendar(MethodRequest, written)).inside(t, "VEVENT")
	if len(nowhere.all("LOCATION")) != 0 || !strings.Contains(nowhere.one(t, "DESCRIPTION").text(t), "meddelas senare") {
		t.Error("a place that nobody named")
	}
	if l := anAppointment(nextup.MailChoose); l.Method() != "" || l.Calendar(MethodRequest, written) != nil {
		t.Error("an entry without an appointment")
	}
}

func sameText(e ical.Event, name, want string) bool {
	got, err := e.Props.Text(name)
	return err == nil && got == want
}

// S0-25: the entry of an interview by video carries the way into it, twice: calendars
// show one or the other. One in a room carries none.
func TestS0_25_VideoEntryCarriesTheJoinLink(t *testing.T) {
	for _, lang := range languages {
		l := anAppointment(nextup.MailBooked)
		l.Language = lang
		e := readCalendar(t, l.Calendar(MethodRequest, written)).inside(t, "VEVENT")
		words := strings.Split(e.one(t, "DESCRIPTION").text(t), "\n")
		if e.one(t, "URL").value != l.Join || !slices.Contains(words, l.Join) || !slices.Contains(words, l.Link) {
			t.Errorf("%s: %q", lang, words)
		}
		room := readCalendar(t, atAddress(l, "Storgatan 1").Calendar(MethodRequest, written)).inside(t, "VEVENT")
		if strings.Contains(fmt.Sprint(room.items), "/join") {
			t.Errorf("%s: a way into a video interview that is in a room", lang)
		}
	}
}

// calendarOf is a calendar that takes files as RFC 5546 says, sections 2.1.4, 2.1.5, 3.2
// and 3.2.5: an entry is its UID, a higher SEQUENCE replaces it, of equals the younger
// DTSTAMP, and CANCEL takes it out.
type calendarOf map[string]kept

type kept struct {
	sequence int
	stamp    string
	start    string
	place    string
	gone     bool
}

func (m calendarOf) take(t *testing.T, file []byte) {
	t.Helper()
	c := readCalendar(t, file)
	e := c.inside(t, "VEVENT")
	sequence, err := strconv.Atoi(e.one(t, "SEQUENCE").value)
	if err != nil {
		t.Fatal(err)
	}
	uid := e.one(t, "UID").text(t)
	now := kept{sequence: sequence, stamp: e.one(t, "DTSTAMP").value, start: e.one(t, "DTSTART").value, place: e.one(t, "LOCATION").text(t)}
	switch method := c.one(t, "METHOD").value; method {
	case "CANCEL":
		if e.one(t, "STATUS").value != "CANCELLED" {
			t.Fatal("a cancellation that is not")
		}
		now.gone = true
	case "REQUEST", "PUBLISH":
	default:
		t.Fatal(method)
	}
	if before, there := m[uid]; there && (before.sequence > now.sequence || before.sequence == now.sequence && before.stamp > now.stamp) {
		return
	}
	m[uid] = now
}

// shown are the entries that its owner sees.
func (m calendarOf) shown() (all []string) {
	for _, k := range m {
		if !k.gone {
			all = append(all, k.start+" "+k.place)
		}
	}
	return all
}

// S0-21: booked, moved twice, cancelled, booked anew, over the night when the clocks are
// moved: at any moment one entry, in whatever order the letters come, and however often.
func TestS0_21_OneEntryInACalendar(t *testing.T) {
	for _, zone := range []string{"Europe/Stockholm", "Europe/Oslo"} {
		loc := location(zone)
		for _, night := range []time.Time{time.Date(2027, 3, 28, 9, 0, 0, 0, loc), time.Date(2027, 10, 31, 9, 0, 0, 0, loc)} {
			for day := -1; day <= 1; day++ {
				start := night.AddDate(0, 0, day)
				letter := func(kind nextup.MailKind, sequence int, at time.Time, place string) Letter {
					l := anAppointment(kind)
					l.Zone, l.Sequence, l.Start = zone, sequence, at
					if place != "" {
						l = atAddress(l, place)
					}
					return l
				}
				steps := []struct {
					l    Letter
					want string
				}{
					{letter(nextup.MailBooked, 0, start, ""), start.Format(wallTime) + " Video (nextup)"},
					{letter(nextup.MailMoved, 1, start.AddDate(0, 0, 1), ""), start.AddDate(0, 0, 1).Format(wallTime) + " Video (nextup)"},
					{letter(nextup.MailMoved, 2, start.AddDate(0, 0, 1), "Storgatan 1"), start.AddDate(0, 0, 1).Format(wallTime) + " Storgatan 1"},
					{letter(nextup.MailUnbooked, 3, start.AddDate(0, 0, 1), "Storgatan 1"), ""},
					{letter(nextup.MailBooked, 4, start.Add(time.Hour), ""), start.Add(time.Hour).Format(wallTime) + " Video (nextup)"},
				}
				var files [][]byte
				inOrder := calendarOf{}
				for i, s := range steps {
					file := s.l.Calendar(s.l.Method(), written.Add(time.Duration(i)*time.Minute))
					files = append(files, file)
					inOrder.take(t, file)
					inOrder.take(t, file) // the part of the letter and the file beside it
					if s.l.Method() == MethodRequest {
						inOrder.take(t, s.l.Calendar(MethodPublish, written.Add(time.Duration(i)*time.Minute+time.Second))) // downloaded too
					}
					if got := strings.Join(inOrder.shown(), "; "); got != s.want {
						t.Fatalf("%s step %d: %q, want %q", zone, i, got, s.want)
					}
				}
				permute(len(files), func(order []int) {
					c := calendarOf{}
					for _, i := range order {
						c.take(t, files[i])
					}
					if got := strings.Join(c.shown(), "; "); got != steps[4].want || len(c) != 1 {
						t.Fatalf("in the order %v: %q", order, got)
					}
				})
			}
		}
	}
}

// permute calls f with each order of n things.
func permute(n int, f func([]int)) {
	order := make([]int, 0, n)
	var next func()
	next = func() {
		if len(order) == n {
			f(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				order = append(order, i)
				next()
				order = order[:len(order)-1]
			}
		}
	}
	next()
}

// The whole files, as they were looked at once and found right.
func TestS0_17_CalendarGolden(t *testing.T) {
	spring, autumn := anAppointment(nextup.MailBooked), atAddress(anAppointment(nextup.MailMoved), "Storgata 1, 0155 Oslo")
	spring.Start = time.Date(2027, 3, 28, 9, 0, 0, 0, location("Europe/Stockholm"))
	autumn.Start, autumn.Zone, autumn.Language, autumn.Sequence = time.Date(2027, 10, 31, 9, 0, 0, 0, location("Europe/Oslo")), "Europe/Oslo", "nb", 1
	gone := anAppointment(nextup.MailUnbooked)
	gone.Start, gone.Language, gone.Sequence = time.Date(2027, 10, 30, 9, 0, 0, 0, location("Europe/Stockholm")), "en", 2
	for name, file := range map[string][]byte{
		"booked.sv.ics":     spring.Calendar(spring.Method(), written),
		"downloaded.sv.ics": spring.Calendar(MethodPublish, written),
		"moved.nb.ics":      autumn.Calendar(autumn.Method(), written),
		"unbooked.en.ics":   gone.Calendar(gone.Method(), written),
	} {
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(want, file) {
			t.Errorf("%s, %v:\n%s", name, err, file)
		}
	}
}

// T19: whatever somebody types into a title, an address, a name or a telephone number
// stays inside its own value, and comes out again as it was.
func FuzzAppointmentCalendar(f *testing.F) {
	f.Add("Lager, Malmö; natt\\", "Storgatan 1\r\nATTENDEE:mailto:evil@example.org", "Org \"AB\"", "amina@example.se", "040-1;TEL=2", "sv")
	f.Add(strings.Repeat("åäö", 60), strings.Repeat("ø", 300), "END:VEVENT\r\nBEGIN:VEVENT", "x", "\\n\\N\\,\\;", "nb")
	f.Add("a\nb\u2028c\u0085d\x00e", `O'Hara; "Bob":x`, "^n^'", "a@b.se;CN=x", ":", "en")
	f.Add(strings.Repeat("🎬", 40), "\xff\xfe", strings.Repeat("<> ", 80), "åsa@malmö.example", "", "fi")
	f.Fuzz(func(t *testing.T, title, address, organisation, email, contact, lang string) {
		for _, kind := range []nextup.MailKind{nextup.MailBooked, nextup.MailUnbooked} {
			l := atAddress(anAppointment(kind), address)
			l.Title, l.Name, l.Host, l.Organisation, l.To, l.ReplyTo, l.Contact, l.Language = title, address, organisation, organisation, email, email, contact, lang
			file := l.Calendar(l.Method(), written)
			c, err := parseCalendar(file)
			if err != nil {
				t.Fatal(err)
			}
			e := c.inside(t, "VEVENT")
			var names []string
			for _, i := range e.items {
				if i.name != "ATTENDEE" && i.name != "LOCATION" {
					names = append(names, i.name)
				}
			}
			slices.Sort(names)
			want := []string{"DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID", "URL"}
			if !slices.Equal(names, want) || len(c.parts) != 2 || len(e.all("ATTENDEE")) > 1 {
				t.Fatalf("properties %v", names)
			}
			if got := e.one(t, "SUMMARY").text(t); !strings.HasSuffix(got, line(title)) {
				t.Fatalf("the title %q was read as %q", line(title), got)
			}
			if place := line(address); place != "" && e.one(t, "LOCATION").text(t) != place {
				t.Fatalf("the address %q was read as %q", place, e.one(t, "LOCATION").text(t))
			}
			if _, other := second(t, file); line(address) != "" && !sameText(other, ical.PropLocation, line(address)) {
				t.Fatalf("the second reader has another address: %q", line(address))
			}
		}
	})
}
