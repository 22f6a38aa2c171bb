package mail

import (
	"bytes"
	"encoding/base64"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nextup"
)

var update = flag.Bool("update", false, "write the golden files anew")

// aConfirmation is a candidate's letter for a session of an hour.
func aConfirmation(zone string, start time.Time) Letter {
	l := aLetter()
	l.Kind, l.PIN, l.Zone, l.Start = nextup.MailConfirmation, "", zone, start
	l.Link, l.UID = "https://nextup.example/c/abc-DEF_123", "SESSION1-CANDIDATE1@nextup.example"
	l.Interviewers = []string{"Maria Lindqvist", "Johan Ek"}
	return l
}

var written = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// The nights when the clocks are moved, and the nights around them: the file's own
// rules must give back the very instants, in a reader that knows no zone by name.
func TestS3_13_CalendarInstantsOnNightsWhenClocksMove(t *testing.T) {
	for _, zone := range []string{"Europe/Stockholm", "Europe/Oslo", "Europe/London", "Europe/Dublin", "America/New_York", "Australia/Sydney", "Africa/Casablanca", "Asia/Kolkata", "Asia/Tokyo", "UTC"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range []time.Time{time.Date(2027, 3, 28, 0, 0, 0, 0, loc), time.Date(2027, 10, 31, 0, 0, 0, 0, loc), time.Date(2027, 7, 1, 0, 0, 0, 0, loc), time.Date(2028, 1, 1, 0, 0, 0, 0, loc)} {
			for at := day.Add(-24 * time.Hour); at.Before(day.Add(54 * time.Hour)); at = at.Add(30 * time.Minute) {
				if again := at.Add(-time.Hour); again.In(loc).Format(wallTime) == at.In(loc).Format(wallTime) {
					continue // the second of an hour that occurs twice cannot be chosen in the form
				}
				l := aConfirmation(zone, at)
				l.Length = 90 * time.Minute
				c := readCalendar(t, l.Calendar(MethodRequest, written))
				e := c.inside(t, "VEVENT")
				if got := c.instant(t, e.one(t, "DTSTART")); !got.Equal(at) {
					t.Fatalf("%s: %s begins at %s, read as %s", zone, e.one(t, "DTSTART").value, at.UTC(), got)
				}
				end := at.Add(l.Length)
				if again := end.Add(-time.Hour); again.In(loc).Format(wallTime) == end.In(loc).Format(wallTime) {
					continue
				}
				if got := c.instant(t, e.one(t, "DTEND")); !got.Equal(end) {
					t.Fatalf("%s: ends at %s, read as %s", zone, end.UTC(), got)
				}
			}
		}
	}
}

// The rules that are known by heart, word for word.
func TestS3_13_TimeZoneRules(t *testing.T) {
	for _, zone := range []string{"Europe/Stockholm", "Europe/Oslo"} {
		loc, _ := time.LoadLocation(zone)
		c := readCalendar(t, aConfirmation(zone, time.Date(2027, 3, 28, 13, 0, 0, 0, loc)).Calendar(MethodRequest, written))
		z := c.inside(t, "VTIMEZONE")
		for name, want := range map[string][]string{
			"DAYLIGHT": {"+0100", "+0200", "CEST", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "T020000"},
			"STANDARD": {"+0200", "+0100", "CET", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "T030000"},
		} {
			r := z.inside(t, name)
			got := []string{r.one(t, "TZOFFSETFROM").value, r.one(t, "TZOFFSETTO").value, r.one(t, "TZNAME").value, r.one(t, "RRULE").value, r.one(t, "DTSTART").value[8:]}
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: %v", zone, name, got)
			}
		}
	}
}

// The whole file, as it was looked at once and found right.
func TestS3_32_CalendarGolden(t *testing.T) {
	stockholm, _ := time.LoadLocation("Europe/Stockholm")
	oslo, _ := time.LoadLocation("Europe/Oslo")
	spring, autumn := aConfirmation("Europe/Stockholm", time.Date(2027, 3, 28, 1, 30, 0, 0, stockholm)), aConfirmation("Europe/Oslo", time.Date(2027, 10, 30, 23, 30, 0, 0, oslo))
	autumn.Language, autumn.Length, autumn.Sequence = "nb", 4*time.Hour, 3
	moved := aConfirmation("Europe/Stockholm", time.Date(2027, 10, 31, 9, 0, 0, 0, stockholm))
	moved.Kind, moved.Language, moved.Sequence = nextup.MailCancellation, "en", 2
	interviewer := aLetter()
	interviewer.Interviews, interviewer.UID = true, "SESSION1-INTERVIEWER1@nextup.example"
	for name, file := range map[string][]byte{
		"spring.sv.ics":         spring.Calendar(MethodRequest, written),
		"autumn.nb.ics":         autumn.Calendar(MethodPublish, written),
		"cancelled.en.ics":      moved.Calendar(moved.Method(), written),
		"interviewer.sv.ics":    interviewer.Calendar(interviewer.Method(), written),
		"no-summer-time.sv.ics": aConfirmation("Asia/Tokyo", time.Date(2027, 3, 28, 1, 30, 0, 0, stockholm)).Calendar(MethodRequest, written),
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

// What an entry says, read back.
func TestS3_13_CalendarEntry(t *testing.T) {
	l := aConfirmation("Europe/Stockholm", time.Date(2027, 3, 28, 11, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		kind     nextup.MailKind
		sequence int
		method   string
		status   string
	}{
		{nextup.MailConfirmation, 0, "REQUEST", "CONFIRMED"},
		{nextup.MailChange, 1, "REQUEST", "CONFIRMED"},
		{nextup.MailReminder, 1, "REQUEST", "CONFIRMED"},
		{nextup.MailWithdrawal, 1, "CANCEL", "CANCELLED"},
		{nextup.MailCancellation, 2, "CANCEL", "CANCELLED"},
	} {
		l.Kind, l.Sequence = c.kind, c.sequence
		cal := readCalendar(t, l.Calendar(l.Method(), written))
		e := cal.inside(t, "VEVENT")
		for _, want := range [][2]string{
			{cal.one(t, "METHOD").value, c.method},
			{cal.one(t, "VERSION").value, "2.0"},
			{cal.one(t, "CALSCALE").value, "GREGORIAN"},
			{e.one(t, "STATUS").value, c.status},
			{e.one(t, "UID").text(t), "SESSION1-CANDIDATE1@nextup.example"},
			{e.one(t, "SEQUENCE").value, strconv.Itoa(c.sequence)},
			{e.one(t, "DTSTAMP").value, "20261120T080000Z"},
			{e.one(t, "DTSTART").value, "20270328T130000"},
			{e.one(t, "DTEND").value, "20270328T140000"},
			{e.one(t, "SUMMARY").text(t), "Snabbintervju: Lagerarbetare, Malmö"},
			{e.one(t, "LOCATION").text(t), "Video"},
			{e.one(t, "URL").value, l.Link},
			{e.one(t, "ORGANIZER").value, "mailto:maria@example.se"},
			{e.one(t, "ATTENDEE").value, "mailto:ingrid@example.se"},
			{e.one(t, "ATTENDEE").params["PARTSTAT"][0], "ACCEPTED"},
		} {
			if want[0] != want[1] {
				t.Errorf("%s: %q, want %q", c.kind, want[0], want[1])
			}
		}
		if len(e.all("METHOD")) != 0 {
			t.Errorf("%s: METHOD inside the entry makes a cancellation a second meeting", c.kind)
		}
		if len(e.one(t, "ATTENDEE").params["CN"]) != 0 {
			t.Errorf("%s: a visitor's words are in the entry", c.kind)
		}
		words := e.one(t, "DESCRIPTION").text(t)
		if says := strings.Contains(words, l.Link) && strings.Contains(words, "13:00 till 14:00") && strings.Contains(words, "ungefär 10 minuter"); says != (c.method == "REQUEST") {
			t.Errorf("%s says %q", c.kind, words)
		}
	}
	// Readers that show no time zone's name still have the words.
	l.Kind, l.UID = nextup.MailConfirmation, ""
	if l.Calendar(MethodRequest, written) != nil || l.Method() != "" {
		t.Error("an entry without a UID")
	}
}

// The message carries the entry twice: as an alternative that asks, and as a file.
func TestS3_32_MessageCarriesTheCalendar(t *testing.T) {
	l := aConfirmation("Europe/Stockholm", time.Date(2027, 3, 28, 11, 0, 0, 0, time.UTC))
	m, _ := sent(t, l, "row7")
	var kinds []string
	var files [][]byte
	var walk func(contentType string, body io.Reader)
	walk = func(contentType string, body io.Reader) {
		kind, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, kind)
		if !strings.HasPrefix(kind, "multipart/") {
			if kind == "text/calendar" {
				if params["method"] != "REQUEST" || !strings.EqualFold(params["charset"], "utf-8") {
					t.Errorf("%s", contentType)
				}
				b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, body))
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, b)
			}
			return
		}
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(p.Header.Get("Content-Type"), p)
		}
	}
	walk(m.Header.Get("Content-Type"), m.Body)
	if want := []string{"multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "text/calendar"}; !slices.Equal(kinds, want) {
		t.Errorf("parts %v", kinds)
	}
	for _, f := range files {
		if e := readCalendar(t, f).inside(t, "VEVENT"); e.one(t, "UID").value != l.UID {
			t.Errorf("%s", f)
		}
	}
	if len(files) != 2 || !bytes.Equal(files[0], files[1]) {
		t.Error("the two differ")
	}
}

// T19: whatever somebody types stays inside its own value.
func FuzzCalendar(f *testing.F) {
	f.Add("Lager, Malmö; natt\\", "Ingrid\r\nATTENDEE:mailto:evil@example.org", "Org \"AB\"", "maria@example.se", "sv")
	f.Add(strings.Repeat("åäö", 60), strings.Repeat("ø", 300), "END:VEVENT\r\nBEGIN:VEVENT", "x", "nb")
	f.Add("a\nb\u2028c\u0085d\x00e", `O'Hara; "Bob":x`, "^n^'", "a@b.se;CN=x", "en")
	f.Add(strings.Repeat("🎬", 40), "\xff\xfe", strings.Repeat("<> ", 80), "åsa@malmö.example", "fi")
	f.Fuzz(func(t *testing.T, title, name, organisation, email, lang string) {
		l := aLetter()
		l.Title, l.Name, l.Host, l.Organisation, l.To, l.ReplyTo, l.Language = title, name, name, organisation, email, email, lang
		l.UID, l.Interviews = "SESSION1-PERSON1@nextup.example", true
		c, err := parseCalendar(l.Calendar(MethodRequest, written))
		if err != nil {
			t.Fatal(err)
		}
		e := c.inside(t, "VEVENT")
		if len(c.parts) != 2 || len(e.parts) != 1 || len(e.all("ATTENDEE")) > 1 {
			t.Fatalf("%d components, %d attendees", len(c.parts), len(e.all("ATTENDEE")))
		}
		var names []string
		for _, i := range e.items {
			if i.name != "ATTENDEE" {
				names = append(names, i.name)
			}
		}
		slices.Sort(names)
		want := []string{"DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID", "URL"}
		if !slices.Equal(names, want) {
			t.Fatalf("properties %v", names)
		}
		if got := e.one(t, "SUMMARY").text(t); !strings.HasSuffix(got, line(title)) {
			t.Fatalf("the title %q was read as %q", line(title), got)
		}
	})
}
