package transport

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-smtp"

	"nextup"
	"nextup/store"
	"nextup/transport/mail"
)

// roundPostOffice is a real mail server, to which a real delivery carries the letters
// that the database has written.
type roundPostOffice struct {
	*recruitment
	mu  sync.Mutex
	got map[string][]mailed // by recipient
}

// mailed is a letter as it came, taken apart.
type mailed struct {
	header   netmail.Header
	kinds    []string // of its parts
	subject  string
	plain    string
	html     string
	calendar [][]byte
}

func newRoundPostOffice(t *testing.T) *roundPostOffice {
	t.Helper()
	x := &roundPostOffice{got: map[string][]mailed{}}
	x.recruitment = newRecruitment(t, func(c *Config) { c.SMTP = true })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	x.ok(err)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &roundPostman{x: x}, nil }))
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	to, err := mail.ParseSMTP("smtp://" + l.Addr().String())
	x.ok(err)
	d := &mail.Delivery{
		Outbox: roundShelf{x.db}, Letters: x.server.RoundLetters(), SMTP: to, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		Sender: mail.Sender{Address: "no-reply@example.test", Domain: x.server.BaseURL.Hostname()},
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var working sync.WaitGroup
	working.Go(func() { _ = server.Serve(l) })
	working.Go(func() { d.Run(ctx) })
	t.Cleanup(func() {
		stop()
		_ = server.Close()
		working.Wait()
	})
	return x
}

// roundShelf is the outbox of letters about rounds, joined as cmd joins it.
type roundShelf struct{ *store.Store }

func (o roundShelf) PendingMail(ctx context.Context, now time.Time, limit int) ([]mail.Pending, error) {
	letters, err := o.PendingRoundMail(ctx, now, limit)
	pending := make([]mail.Pending, len(letters))
	for i, l := range letters {
		pending[i] = mail.Pending{
			ID: l.ID, Session: nextup.SessionID(l.Round), Kind: l.Kind, Person: l.Person, Text: nextup.TextID(l.Message),
			Created: l.Created, MessageID: l.MessageID, Attempts: l.Attempts,
		}
	}
	return pending, err
}

func (o roundShelf) MailSent(ctx context.Context, id int64, at time.Time) error {
	return o.RoundMailSent(ctx, id, at)
}

func (o roundShelf) MailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error {
	return o.RoundMailFailed(ctx, id, cause, next, final)
}

// roundPostman is a connection to the mail server.
type roundPostman struct {
	x  *roundPostOffice
	to string
}

func (p *roundPostman) Reset()                               {}
func (p *roundPostman) Logout() error                        { return nil }
func (p *roundPostman) Mail(string, *smtp.MailOptions) error { return nil }
func (p *roundPostman) Rcpt(to string, _ *smtp.RcptOptions) error {
	p.to = to
	return nil
}

func (p *roundPostman) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	one := mailed{header: m.Header}
	if one.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return err
	}
	if err := one.open(m.Header.Get("Content-Type"), m.Body); err != nil {
		return err
	}
	p.x.mu.Lock()
	defer p.x.mu.Unlock()
	p.x.got[p.to] = append(p.x.got[p.to], one)
	return nil
}

// open takes a part apart.
func (m *mailed) open(contentType string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	m.kinds = append(m.kinds, kind)
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextPart() // which reads quoted-printable
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			var inside io.Reader = p
			if p.Header.Get("Content-Transfer-Encoding") == "base64" {
				inside = base64Reader(p)
			}
			if err := m.open(p.Header.Get("Content-Type"), inside); err != nil {
				return err
			}
		}
	}
	b, err := io.ReadAll(body)
	switch kind {
	case "text/plain":
		m.plain = strings.ReplaceAll(string(b), "\r\n", "\n")
	case "text/html":
		m.html = string(b)
	case "text/calendar":
		m.calendar = append(m.calendar, b)
	}
	return err
}

// letter waits for the n-th letter to an address and makes sure that there are no more.
func (x *roundPostOffice) letter(to string, n int) mailed {
	x.t.Helper()
	var got []mailed
	for range 2000 {
		x.mu.Lock()
		got = x.got[to]
		x.mu.Unlock()
		if len(got) >= n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if len(got) != n {
		x.t.Fatalf("%d letters to %s, want %d", len(got), to, n)
	}
	return got[n-1]
}

// agenda is the calendar of somebody who opens each file that comes, by the rules
// of RFC 5546: one entry for each UID, a higher SEQUENCE replaces, CANCEL takes out.
type agenda map[string]agendaEntry

type agendaEntry struct {
	sequence   int
	from, till time.Time
	place, url string
	words      string
	gone       bool
}

func (all agenda) take(t *testing.T, file []byte) agendaEntry {
	t.Helper()
	c, err := ical.NewDecoder(bytes.NewReader(file)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	if err := ical.NewEncoder(io.Discard).Encode(c); err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	events := c.Events()
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	e := events[0]
	word := func(name string) string {
		w, err := e.Props.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	a := agendaEntry{place: word(ical.PropLocation), words: word(ical.PropDescription), url: e.Props.Get(ical.PropURL).Value}
	if a.sequence, err = strconv.Atoi(e.Props.Get(ical.PropSequence).Value); err != nil {
		t.Fatal(err)
	}
	if a.from, err = e.DateTimeStart(time.UTC); err != nil {
		t.Fatal(err)
	}
	if a.till, err = e.DateTimeEnd(time.UTC); err != nil {
		t.Fatal(err)
	}
	method := c.Props.Get(ical.PropMethod).Value
	a.gone = method == "CANCEL"
	if (e.Props.Get(ical.PropStatus).Value == "CANCELLED") != a.gone {
		t.Fatalf("%s is %s", method, e.Props.Get(ical.PropStatus).Value)
	}
	uid := word(ical.PropUID)
	if before, there := all[uid]; there && before.sequence > a.sequence {
		return before
	}
	all[uid] = a
	return a
}

// standing are the entries to be seen.
func (all agenda) standing() (list []agendaEntry) {
	for _, a := range all {
		if !a.gone {
			list = append(list, a)
		}
	}
	return list
}

// TestRoundLettersByMail is what an applicant gets from the first invitation to his
// removal, in each language, over a real mail server, and what his calendar makes of it.
func TestRoundLettersByMail(t *testing.T) {
	t.Parallel()
	x := newRoundPostOffice(t)
	job, who := x.newJob(3)
	// The week in which the clocks of Europe are moved next spring.
	spring := time.Date(time.Now().Year()+1, 3, 31, 0, 0, 0, 0, x.zone)
	spring = spring.AddDate(0, 0, -int(spring.Weekday()))
	x.first = spring
	round := x.newRound(job, who...)
	slots := x.plan(round, 3, x.dayOf(-1, video, 9, 13), x.dayOf(0, video, 9, 10), x.dayOf(1, room, 14))
	if len(slots) != 5 {
		t.Fatalf("%d slots", len(slots))
	}
	languages := []string{"sv", "en", "nb"}
	b := x.boardOf(round)
	for i, a := range b.Applicants {
		a.Language = languages[i]
		x.ok(x.db.CorrectApplicant(t.Context(), a))
	}
	b = x.boardOf(round)
	entry := func(id nextup.ApplicantID) nextup.Entry {
		rb, _ := x.boardOf(round).Round(round)
		e, _ := everIn(rb, id)
		return e
	}
	ask := func(kind nextup.MailKind) {
		var list []nextup.Message
		for _, a := range b.Applicants {
			list = append(list, nextup.Message{
				ID: nextup.MessageID(NewID()), Round: round, Applicant: a.ID, Kind: kind, Subject: "Åsas hälsning till " + a.Name,
				Body: "Hej " + a.Name + "!\n\nVälkommen att söka Warehouse worker.", Language: a.Language, At: time.Now(), By: x.maria.ID,
			})
		}
		x.ok(x.db.Send(t.Context(), list))
	}
	book := func(slot nextup.SlotID) {
		for _, id := range who {
			_, err := x.db.Book(t.Context(), nextup.Claim{Round: round, Applicant: id, Slot: slot, From: entry(id).Booking.Slot, By: nextup.RoleCandidate, At: time.Now()})
			x.ok(err)
		}
	}
	calendars := map[nextup.ApplicantID]agenda{}
	for _, id := range who {
		calendars[id] = agenda{}
	}
	at := func(day, hour int) time.Time {
		d := spring.AddDate(0, 0, day)
		return time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, x.zone)
	}
	steps := []struct {
		name     string
		kind     nextup.MailKind
		change   func()
		sequence int
		start    time.Time // zero: no calendar part
		place    string
		gone     bool
	}{
		{"S0-15 the invitation to choose", nextup.MailChoose, func() { ask(nextup.MailChoose) }, 0, time.Time{}, "", false},
		{"S0-20 the reminder", nextup.MailChooseAgain, func() { ask(nextup.MailChooseAgain) }, 0, time.Time{}, "", false},
		{"S0-17 the confirmation of the chosen time", nextup.MailBooked, func() { book(slots[0].ID) }, 0, at(-1, 9), "Video (nextup)", false},
		{"S0-22 another time, over the night when clocks are moved", nextup.MailMoved, func() { book(slots[2].ID) }, 1, at(0, 9), "Video (nextup)", false},
		{"S0-21 the recruiter moves the time", nextup.MailMoved, func() {
			x.ok(x.db.MoveSlot(t.Context(), round, slots[2].ID, at(0, 11).Format(time.DateOnly), at(0, 11), time.Now(), true))
		}, 2, at(0, 11), "Video (nextup)", false},
		{"S0-21 the recruiter changes the place", nextup.MailMoved, func() {
			x.plan(round, 3, x.dayOf(-1, video, 9, 13), x.dayOf(0, room, 10, 11), x.dayOf(1, room, 14))
		}, 3, at(0, 11), room.Address, false},
		{"S0-22 the applicant cancels", nextup.MailUnbooked, func() {
			for _, id := range who {
				_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: id, From: slots[2].ID, By: nextup.RoleCandidate, At: time.Now()})
				x.ok(err)
			}
		}, 4, at(0, 11), room.Address, true},
		{"S0-22 and chooses again", nextup.MailBooked, func() { book(slots[1].ID) }, 5, at(-1, 13), "Video (nextup)", false},
		{"S0-21 he is taken out of the round", nextup.MailUnbooked, func() {
			x.ok(x.db.LeaveRound(t.Context(), round, who, nextup.RoleRecruiter, time.Now(), true))
		}, 6, at(-1, 13), "Video (nextup)", true},
	}
	for n, s := range steps {
		s.change()
		t.Run(s.name, func(t *testing.T) {
			for i, a := range b.Applicants {
				m := x.letter(a.Email, n+1)
				page := x.server.links.Applicant(a.ID)
				asks := s.start.IsZero()
				if got := m.header.Get("Content-Language"); got != languages[i] {
					t.Errorf("Content-Language %q", got)
				}
				if m.header.Get("Auto-Submitted") != "auto-generated" || !strings.HasSuffix(m.header.Get("Message-ID"), "@"+x.server.BaseURL.Hostname()+">") {
					t.Errorf("headers %v", m.header)
				}
				if reply, err := m.header.AddressList("Reply-To"); err != nil || reply[0].Address != x.maria.Email {
					t.Errorf("Reply-To %v, %v", reply, err)
				}
				lines := "\n" + m.plain + "\n"
				if s.name != steps[8].name && s.name != steps[6].name && !strings.Contains(lines, "\n"+page+"\n") {
					t.Errorf("no link to his page:\n%s", m.plain)
				}
				for _, other := range b.Applicants {
					if other.ID != a.ID && strings.Contains(m.plain+m.html+m.subject, other.Name) {
						t.Errorf("S0-19: %s is told of %s", a.Name, other.Name)
					}
				}
				if !strings.Contains(m.plain, "Warehouse worker") || !strings.Contains(m.plain, "Maria, 040-12 34 56") || !strings.Contains(m.html, page) && !s.gone {
					t.Errorf("not complete:\n%s", m.plain)
				}
				if asks {
					if m.subject != "Åsas hälsning till "+a.Name || !strings.HasPrefix(m.plain, "Hej "+a.Name+"!\n\nVälkommen att söka Warehouse worker.\n") || len(m.calendar) != 0 {
						t.Errorf("%q\n%s", m.subject, m.plain)
					}
					if strings.Join(m.kinds, " ") != "multipart/alternative text/plain text/html" {
						t.Errorf("parts %v", m.kinds)
					}
					continue
				}
				clock := s.start.In(x.zone).Format("15:04")
				if !strings.Contains(m.subject, clock) || !strings.Contains(m.plain, clock) || !strings.Contains(m.plain, "Europe/Stockholm") {
					t.Errorf("%q does not say %s:\n%s", m.subject, clock, m.plain)
				}
				if strings.Join(m.kinds, " ") != "multipart/mixed multipart/alternative text/plain text/html text/calendar text/calendar" {
					t.Errorf("parts %v", m.kinds)
				}
				e := entry(a.ID)
				if e.Booking.Sequence < s.sequence {
					t.Errorf("SEQUENCE %d, want %d", e.Booking.Sequence, s.sequence)
				}
				if got, want := m.header.Get("References"), "<"+e.Booking.UID+"@"+x.server.BaseURL.Hostname()+">"; got != want {
					t.Errorf("References %q, want %q", got, want)
				}
				for _, file := range m.calendar {
					got := calendars[a.ID].take(t, file)
					if got.sequence != s.sequence || !got.from.Equal(s.start) || got.till.Sub(got.from) != 45*time.Minute || got.place != s.place || got.gone != s.gone {
						t.Errorf("%+v, want SEQUENCE %d, %s, %s", got, s.sequence, s.start.UTC(), s.place)
					}
					join := x.server.links.Join(a.ID, round)
					if by := s.place == "Video (nextup)" && !s.gone; (got.url == join) != by || strings.Contains(got.words, join) != by {
						t.Errorf("S0-25: %s, %s", got.url, got.words)
					}
				}
				// The file to download says the same of the same entry.
				g := x.get(x.browser(), pathOf(page)+"/"+string(round)+"/calendar.ics")
				if g.StatusCode != 200 || !strings.HasPrefix(g.Header.Get("Content-Type"), "text/calendar; method=") || !strings.Contains(g.Header.Get("Content-Disposition"), "attachment") {
					t.Fatalf("the file: %d %v", g.StatusCode, g.Header)
				}
				if got := calendars[a.ID].take(t, []byte(g.body)); got.sequence != s.sequence || !got.from.Equal(s.start) || got.gone != s.gone {
					t.Errorf("the file: %+v", got)
				}
				shown := calendars[a.ID].standing()
				if len(calendars[a.ID]) != 1 || (len(shown) == 0) != s.gone || len(shown) > 1 {
					t.Errorf("the calendar has %+v", calendars[a.ID])
				}
			}
		})
	}
	if t.Failed() {
		return
	}
	t.Run("S0-23 the file of a link that is nobody's", func(t *testing.T) {
		page := pathOf(x.server.links.Applicant(who[0]))
		for _, path := range []string{page + "x/" + string(round) + "/calendar.ics", page + "/" + NewID() + "/calendar.ics", page + "/" + url.PathEscape("../x") + "/calendar.ics"} {
			if g := x.get(x.browser(), path); g.StatusCode != 404 {
				t.Errorf("%s: %d", path, g.StatusCode)
			}
		}
	})
}
