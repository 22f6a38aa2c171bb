package mail

import (
	"bytes"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Sender is who letters come from.
type Sender struct {
	Address string // envelope sender and From
	Domain  string // right of the @ in Message-ID: the host of the base URL
}

// Message makes the MIME message of a letter. id is the outbox row's and the same
// at each attempt, so a mail reader that gets a letter twice after a crash shows
// it once; at is when this attempt was made.
//
// The headers are a fixed set. Words that somebody typed occur only in the two
// display names, never for a confirmation's recipient, and in the subject, where a
// recruiter wrote his own. All three are encoded (RFC 2047).
func (s Sender) Message(l Letter, id string, at time.Time) (*gomail.Msg, error) {
	words, err := l.Compose()
	if err != nil {
		return nil, err
	}
	to, err := ParseAddress(l.To)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.EnvelopeFrom(s.Address); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if err := m.FromFormat(line(l.Organisation), s.Address); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if name := l.displayName(); name != "" {
		err = m.AddToFormat(name, to)
	} else {
		err = m.To(to)
	}
	if err != nil {
		return nil, ErrAddress
	}
	if reply, err := ParseAddress(l.ReplyTo); err == nil {
		if err := m.ReplyTo(reply); err != nil {
			return nil, fmt.Errorf("mail: reply to: %w", err)
		}
	}
	m.Subject(words.Subject)
	m.SetDateWithValue(at)
	m.SetMessageIDWithValue(id + "@" + s.Domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834, section 5
	m.SetGenHeader("Content-Language", language(l.Language))
	if l.ofRound() && l.UID != "" {
		// All letters about one appointment are one conversation: its name is that of a message
		// that never was, as RFC 5322, section 3.6.4 allows.
		m.SetGenHeader("References", "<"+l.UID+">")
	}
	m.SetBodyString(gomail.TypeTextPlain, words.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, words.HTML)
	if method := l.Method(); method != "" {
		// Twice, as every calendar wants it: mail readers show the last alternative as a
		// question or a change, and those that do not can open the file (RFC 6047, section 2.4).
		entry := l.Calendar(method, at)
		kind := gomail.ContentType("text/calendar; method=" + string(method))
		m.AddAlternativeString(kind, string(entry), gomail.WithPartEncoding(gomail.EncodingB64))
		m.AttachReadSeeker("nextup.ics", bytes.NewReader(entry), gomail.WithFileContentType(kind+"; charset=UTF-8"), gomail.WithFileEncoding(gomail.EncodingB64))
	}
	return m, nil
}

// displayName is what stands beside the address in To.
func (l Letter) displayName() string {
	if l.fromVisitor() {
		return "" // nobody has vouched for it
	}
	return line(l.Name)
}
