package mail

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"nextup"
)

var aSender = Sender{Address: "nextup@example.se", Domain: "nextup.example"}

func TestParseAddress(t *testing.T) {
	for typed, ok := range map[string]bool{
		"maria@example.se":                      true,
		" maria@example.se ":                    true,
		"maria+jobb@mail.example.se":            true,
		"åsa@malmö.example":                     true,
		"o'hara@example.ie":                     true,
		"":                                      false,
		"maria":                                 false,
		"root@localhost":                        false,
		"a@[127.0.0.1]":                         false,
		"a@127.0.0.1":                           false,
		"a@1.2":                                 false,
		"Maria <maria@example.se>":              false,
		"<maria@example.se>":                    false,
		"a@example.se, b@example.se":            false,
		"a@example.se\r\nBcc: b@example.se":     false,
		"a@example.se\nb@example.se":            false,
		`"a b"@example.se`:                      false,
		"a@example.se (comment)":                false,
		"a@-example.se":                         false,
		"a@example..se":                         false,
		"a@example.se.":                         false,
		"a\x00@example.se":                      false,
		strings.Repeat("a", 65) + "@example.se": false,
		"a@" + strings.Repeat("b", 64) + ".se":  false,
	} {
		got, err := ParseAddress(typed)
		if (err == nil) != ok {
			t.Errorf("%q: %v, want ok %v", typed, err, ok)
		}
		if err == nil && got != strings.TrimSpace(typed) {
			t.Errorf("%q became %q", typed, got)
		}
	}
}

// sent is a message as a mail server reads it.
func sent(t *testing.T, l Letter, id string) (*mail.Message, string) {
	t.Helper()
	m, err := aSender.Message(l, id, time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(bytes.NewReader(raw.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return read, raw.String()
}

// The only headers a letter may have.
var allowed = []string{
	"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version",
	"References", "Reply-To", "Subject", "To",
}

func TestMessageHeadersAndParts(t *testing.T) {
	m, _ := sent(t, aLetter(), "row7")
	if got := m.Header.Get("Message-ID"); got != "<row7@nextup.example>" {
		t.Errorf("Message-ID %q", got)
	}
	if got := m.Header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted %q", got)
	}
	if got := m.Header.Get("Content-Language"); got != "sv" {
		t.Errorf("Content-Language %q", got)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != "Malmö lager AB" || from[0].Address != aSender.Address {
		t.Errorf("From %v, %v", from, err)
	}
	if reply, err := m.Header.AddressList("Reply-To"); err != nil || len(reply) != 1 || reply[0].Address != "maria@example.se" {
		t.Errorf("Reply-To %v, %v", reply, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if want := "Du är intervjuare: tisdag 24 november 2026, 13:00"; err != nil || subject != want {
		t.Errorf("Subject %q, want %q", subject, want)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type %q, %v", kind, err)
	}
	var kinds []string
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		kinds = append(kinds, kind)
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || !bytes.Contains(body, []byte(aLetter().Link)) {
			t.Errorf("%s: no link, %v", kind, err)
		}
	}
	if !slices.Equal(kinds, []string{"text/plain", "text/html"}) {
		t.Errorf("parts %v", kinds)
	}
}

func TestMessageRefusesABadAddress(t *testing.T) {
	l := aLetter()
	l.To = "root@localhost"
	if _, err := aSender.Message(l, "row7", time.Now()); err != ErrAddress {
		t.Errorf("got %v", err)
	}
}

// T16: whatever somebody types, a message has one recipient and no header of his.
func FuzzHeaders(f *testing.F) {
	f.Add("ingrid@example.se", "Ingrid\r\nBcc: evil@example.org", "Org\nX-Evil: 1", "Title\r\n\r\nbody", "maria@example.se")
	f.Add("ingrid@example.se", `"; Bcc: e@example.org`, "=?utf-8?q?=0D=0ABcc:_e=40example.org?=", "x", "a@b.c, d@e.f")
	f.Add("ingrid@example.se", "\u2028Bcc: a@b.cc", "\x00", "\x7f", "")
	f.Add("a@example.se,b@example.se", "<e@example.org>", "a@b.cc", "\u0085", "x@y.zz")
	f.Fuzz(func(t *testing.T, to, name, organisation, title, reply string) {
		l := aLetter()
		l.To, l.Name, l.Organisation, l.Host, l.Title, l.ReplyTo = to, name, organisation, name, title, reply
		l.Appointment = Appointment{Round: name, Address: title, Subject: title}
		for _, l.Kind = range []nextup.MailKind{nextup.MailInvitation, nextup.MailConfirmation, nextup.MailChoose, nextup.MailBooked} {
			l.UID = ""
			if l.Kind == nextup.MailBooked {
				l.UID = "BOOKING1@nextup.example"
			}
			m, err := aSender.Message(l, "row7", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC))
			if err == ErrAddress {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var raw bytes.Buffer
			if _, err := m.WriteTo(&raw); err != nil {
				t.Fatal(err)
			}
			read, err := mail.ReadMessage(&raw)
			if err != nil {
				t.Fatalf("not a message: %v", err)
			}
			for h, values := range read.Header {
				if !slices.Contains(allowed, h) || len(values) != 1 {
					t.Fatalf("header %q %q", h, values)
				}
				if strings.ContainsFunc(values[0], unicode.IsControl) {
					t.Fatalf("control character in %q %q", h, values)
				}
			}
			list, err := read.Header.AddressList("To")
			if err != nil || len(list) != 1 || list[0].Address != strings.TrimSpace(to) {
				t.Fatalf("To %q is %v, %v", read.Header.Get("To"), list, err)
			}
			if l.Kind == nextup.MailConfirmation && list[0].Name != "" {
				t.Fatalf("a visitor's name in To: %q", list[0].Name)
			}
			from, err := read.Header.AddressList("From")
			if err != nil || len(from) != 1 || from[0].Address != aSender.Address {
				t.Fatalf("From %q is %v, %v", read.Header.Get("From"), from, err)
			}
			rcpt, err := m.GetRecipients()
			if err != nil || len(rcpt) != 1 {
				t.Fatalf("recipients %v, %v", rcpt, err)
			}
		}
	})
}
