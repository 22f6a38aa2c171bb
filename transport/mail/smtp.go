package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP hands letters to one mail server, with a connection for each letter. The
// zero value is not usable; see ParseSMTP.
type SMTP struct {
	Host     string
	Port     int
	User     string // empty: no sign-in
	Password string
	TLS      Security
	Timeout  time.Duration // for a whole letter; 0 is 30 s
	Config   *tls.Config   // nil: the system's roots
}

// Security says how the connection to the mail server is protected.
type Security int

// The kinds of protection.
const (
	STARTTLS      Security = iota // required; a server without it gets nothing
	ImplicitTLS                   // from the first byte
	Opportunistic                 // STARTTLS if the server offers it; the default on this machine only
)

// ParseSMTP reads a server's address: smtp://user:password@host:587 (STARTTLS
// required, on this machine used if offered), smtps://user:password@host:465 (TLS
// from the first byte). ?tls=optional sends in the clear to a server without TLS.
func ParseSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		// Never with the error of url.Parse: it repeats the password.
		return nil, errors.New("mail: the SMTP server is written smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	s := &SMTP{Host: u.Hostname(), User: u.User.Username()}
	s.Password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
		s.Port = 587
		if local(s.Host) {
			s.TLS, s.Port = Opportunistic, 25
		}
	case "smtps":
		s.TLS, s.Port = ImplicitTLS, 465
	default:
		return nil, fmt.Errorf("mail: %q is no way to an SMTP server; use smtp or smtps", u.Scheme)
	}
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil || s.Port < 1 || s.Port > 65535 {
			return nil, fmt.Errorf("mail: %q is no port", p)
		}
	}
	switch v := u.Query().Get("tls"); {
	case v == "":
	case v == "optional" && u.Scheme == "smtp":
		s.TLS = Opportunistic
	default:
		return nil, fmt.Errorf("mail: tls=%q is not known; only tls=optional with smtp://", v)
	}
	return s, nil
}

func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// Refusal is why a letter did not get through. Cause never holds personal data: a
// server's own words often repeat the address, so only its codes are kept.
type Refusal struct {
	Cause string // Cause…, with the server's codes behind it
	Final bool   // trying again would not help
	err   error
}

// What became of an attempt; the first word of Cause. The texts people read are
// "outbox.cause.<word>".
const (
	CauseUnreachable = "unreachable" // no connection, TLS or sign-in
	CauseLater       = "later"       // the server asks to try again (4xx), or the connection broke
	CauseRefused     = "refused"     // the server says no for good (5xx)
	CauseNoAddress   = "no_address"  // the address does not exist (5.1.x)
	CauseWritten     = "not_written" // the letter could not be composed
	CauseOutdated    = "outdated"    // its session or person has changed so that it is not wanted any more
	CauseExpired     = "expired"     // tried for three days
	CauseKept        = "kept"        // no mail server is set; it can be read in the outbox
)

// Error implements error, for logs.
func (r *Refusal) Error() string { return "mail: " + r.Cause }

// Unwrap gives the cause as the library tells it. It may hold an address: not for logs.
func (r *Refusal) Unwrap() error { return r.err }

// Send hands over one letter. Any error is a *Refusal. Once the server has said
// that it has the letter, whatever happens after is no error.
func (s *SMTP) Send(ctx context.Context, m *gomail.Msg) error {
	limit := s.Timeout
	if limit <= 0 {
		limit = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c, err := s.client(ctx, limit)
	if err != nil {
		return &Refusal{CauseUnreachable, false, err}
	}
	before := m.IsDelivered() // by an earlier call
	err = c.DialAndSendWithContext(ctx, m)
	if err == nil || (!before && m.IsDelivered()) {
		return nil
	}
	return judge(err)
}

func (s *SMTP) client(ctx context.Context, limit time.Duration) (*gomail.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.Config != nil {
		config = s.Config.Clone()
	}
	config.ServerName = s.Host
	policy := gomail.TLSMandatory
	if s.TLS != STARTTLS {
		policy = gomail.TLSOpportunistic // over ImplicitTLS there is nothing left to start
	}
	o := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(limit), gomail.WithoutNoop(),
		gomail.WithTLSConfig(config), gomail.WithTLSPolicy(policy),
		gomail.WithDialContextFunc(func(dialling context.Context, network, address string) (net.Conn, error) {
			conn, err := s.dial(dialling, network, address, config)
			if err == nil {
				// go-mail looks at the context while dialling only; at the end of everything it must not be waited for.
				context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		}),
	}
	if s.User != "" {
		// Chooses no mechanism that would show the password on a connection in the clear.
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, o...)
}

func (s *SMTP) dial(ctx context.Context, network, address string, config *tls.Config) (net.Conn, error) {
	if s.TLS == ImplicitTLS {
		d := tls.Dialer{Config: config}
		return d.DialContext(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// judge reads what an error means for the letter. Errors before MAIL FROM (no
// connection, a wrong password) are this server's trouble and no letter's fault.
func judge(err error) *Refusal {
	var answer *gomail.SendError
	if !errors.As(err, &answer) {
		return &Refusal{CauseUnreachable, false, err}
	}
	code, detail := answer.ErrorCode(), answer.EnhancedStatusCode()
	codes := strings.TrimSpace(strconv.Itoa(code) + " " + detail)
	switch {
	case code >= 500 && code < 600 && strings.HasPrefix(detail, "5.1."):
		return &Refusal{CauseNoAddress + " " + codes, true, err}
	case code >= 500 && code < 600:
		return &Refusal{CauseRefused + " " + codes, true, err}
	case code >= 400:
		return &Refusal{CauseLater + " " + codes, false, err}
	}
	return &Refusal{CauseLater, false, err}
}
