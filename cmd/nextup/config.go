package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup/transport"
	"nextup/transport/mail"
)

// Settings are what the operator chooses. Each flag has an environment variable.
type Settings struct {
	Listen        string         `help:"Address and port for HTTP." default:"localhost:8080" env:"NEXTUP_LISTEN" placeholder:"HOST:PORT"`
	Data          string         `help:"Folder for database and keys; made with owner-only rights." default:"nextup-data" env:"NEXTUP_DATA" type:"path"`
	BaseURL       string         `name:"base-url" help:"Where people reach this server. All links are made from it. Without it: http://localhost and the port." env:"NEXTUP_BASE_URL" placeholder:"https://HOST"`
	TLSCert       string         `name:"tls-cert" help:"Certificate file (PEM), for HTTPS." env:"NEXTUP_TLS_CERT" type:"path"`
	TLSKey        string         `name:"tls-key" help:"Key file (PEM) of the certificate." env:"NEXTUP_TLS_KEY" type:"path"`
	ACME          bool           `name:"acme" help:"Get the certificate from Let's Encrypt and renew it. Port 443 of the base URL's host must lead here." env:"NEXTUP_ACME"`
	ACMEEmail     string         `name:"acme-email" help:"Where the certificate authority may write to." env:"NEXTUP_ACME_EMAIL" placeholder:"ADDRESS"`
	ACMEDirectory string         `name:"acme-directory" help:"Another certificate authority that speaks ACME." default:"https://acme-v02.api.letsencrypt.org/directory" env:"NEXTUP_ACME_DIRECTORY" placeholder:"URL"`
	ACMERoot      string         `name:"acme-root" help:"Root certificate (PEM) of such an authority's own server, if it is none that everybody knows." env:"NEXTUP_ACME_ROOT" type:"path"`
	TrustedProxy  []netip.Prefix `name:"trusted-proxy" help:"Address range of a reverse proxy whose X-Forwarded-For is believed. May be repeated." env:"NEXTUP_TRUSTED_PROXY" placeholder:"CIDR"`
	MediaPort     int            `name:"media-port" help:"UDP port for pictures and sound." default:"8081" env:"NEXTUP_MEDIA_PORT"`
	Lanes         int            `name:"lanes" help:"How many UDP ports carry pictures and sound, from the media port on: one carries more than a hundred talks of two on one core." default:"1" env:"NEXTUP_LANES"`
	TURNPort      int            `name:"turn-port" help:"TCP port of the built-in relay, for where the port for HTTP is behind a proxy. Over UDP it is at the media port." default:"8082" env:"NEXTUP_TURN_PORT"`
	MaxTalks      int            `name:"max-talks" help:"So many talks at most run at once; whoever asks for one more is told to try again in a moment. 0: no limit." default:"0" env:"NEXTUP_MAX_TALKS"`
	MediaHost     string         `name:"media-host" help:"Address to listen on for media and relay. Without it: all IPv4 addresses." env:"NEXTUP_MEDIA_HOST" placeholder:"IP"`
	PublicAddress []string       `name:"public-address" help:"Address told to browsers, when this machine stands behind address translation. May be given twice: IPv4 and IPv6." env:"NEXTUP_PUBLIC_ADDRESS" placeholder:"IP"`
	SMTP          string         `name:"smtp" help:"Mail server. Without it mails stay in the outbox that recruiters read in the web pages." env:"NEXTUP_SMTP" placeholder:"smtp://USER:PASSWORD@HOST:587"`
	MailFrom      string         `name:"mail-from" help:"Sender of the mails. Without it: no-reply at the base URL's host." env:"NEXTUP_MAIL_FROM" placeholder:"ADDRESS"`
	SupportPhone  []string       `name:"support-phone" help:"Telephone of technical help, shown on every page and in every mail. For one language: sv=NUMBER, repeated for each." env:"NEXTUP_SUPPORT_PHONE" sep:"|" placeholder:"[LANG=]NUMBER"`
	SupportMail   []string       `name:"support-mail" help:"E-mail of technical help, likewise." env:"NEXTUP_SUPPORT_MAIL" sep:"|" placeholder:"[LANG=]ADDRESS"`
	SupportText   []string       `name:"support-text" help:"How to find one's way there (what to say, when it is open), likewise. In the environment a | stands between languages." env:"NEXTUP_SUPPORT_TEXT" sep:"|" placeholder:"[LANG=]TEXT"`
}

// checked are the settings after they were understood.
type checked struct {
	Settings
	base   *url.URL
	tls    bool // we speak TLS ourselves
	media  netip.AddrPort
	turn   netip.AddrPort
	public []netip.Addr // one of a kind
	smtp   *mail.SMTP   // nil: letters stay in the outbox

	support *transport.Support // nil: nobody is named
	now     func() time.Time   // nil: time.Now
}

// check finds what cannot work before anything is started, in one clear line.
func (s Settings) check() (checked, error) {
	c := checked{Settings: s}
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return c, fmt.Errorf("--listen: %q is not HOST:PORT", s.Listen)
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return c, errors.New("--tls-cert and --tls-key belong together: give both or neither")
	}
	if s.ACME && s.TLSCert != "" {
		return c, errors.New("--acme gets a certificate, --tls-cert and --tls-key bring one: give one of the two")
	}
	c.tls = s.TLSCert != "" || s.ACME
	if s.BaseURL == "" {
		scheme := "http"
		if c.tls {
			scheme = "https"
		}
		if !loopback(host) {
			return c, fmt.Errorf("--base-url is needed: %s is reached from outside, and all links are made from it", s.Listen)
		}
		s.BaseURL = scheme + "://" + net.JoinHostPort("localhost", port)
	}
	c.base, err = url.Parse(s.BaseURL)
	if err != nil || (c.base.Scheme != "http" && c.base.Scheme != "https") || c.base.Host == "" || (c.base.Path != "" && c.base.Path != "/") || c.base.User != nil || c.base.RawQuery != "" {
		return c, fmt.Errorf("--base-url: %q must be http:// or https:// and a host, nothing more", s.BaseURL)
	}
	c.base.Path = ""
	if c.base.Scheme == "http" && !loopback(c.base.Hostname()) {
		return c, errors.New("--base-url: plain http works on localhost only, since browsers give no camera without HTTPS; use https:// with --tls-cert and --tls-key, with --acme, or behind a --trusted-proxy that speaks HTTPS")
	}
	if c.base.Scheme == "http" && c.tls {
		return c, errors.New("--base-url: with a certificate it begins with https://")
	}
	if err := s.checkACME(c.base); err != nil {
		return c, err
	}
	if !loopback(host) && !c.tls && len(s.TrustedProxy) == 0 {
		return c, errors.New("--listen: plain HTTP on a public address is refused, since browsers give no camera without HTTPS; give --tls-cert and --tls-key, or --acme, or name the HTTPS proxy in front with --trusted-proxy")
	}
	// Never 127.0.0.1 alone: Firefox makes no connection to a server that names nothing else.
	media := netip.IPv4Unspecified()
	if s.MediaHost != "" {
		if media, err = netip.ParseAddr(s.MediaHost); err != nil {
			return c, fmt.Errorf("--media-host: %q is not an IP address", s.MediaHost)
		}
	}
	if s.MaxTalks < 0 {
		return c, errors.New("--max-talks: must not be negative")
	}
	for name, p := range map[string]int{"--media-port": s.MediaPort, "--turn-port": s.TURNPort} {
		if p < 0 || p > 65535 {
			return c, fmt.Errorf("%s: %d is not a port", name, p)
		}
	}
	if s.Lanes < 0 || s.Lanes > 64 || s.MediaPort+s.Lanes > 65536 {
		return c, fmt.Errorf("--lanes: %d are not between 1 and 64, or reach beyond the last port", s.Lanes)
	}
	if s.TURNPort != 0 && strconv.Itoa(s.TURNPort) == port {
		return c, errors.New("--turn-port: HTTP listens there already, and the relay with it; name another port")
	}
	c.media = netip.AddrPortFrom(media, uint16(s.MediaPort))
	c.turn = netip.AddrPortFrom(media, uint16(s.TURNPort))
	for _, name := range s.PublicAddress {
		a, err := netip.ParseAddr(name)
		if err != nil || a.IsUnspecified() || a.Zone() != "" {
			return c, fmt.Errorf("--public-address: %q is not an IP address that browsers could reach", name)
		}
		a = a.Unmap()
		if slices.ContainsFunc(c.public, func(b netip.Addr) bool { return b.Is4() == a.Is4() }) {
			return c, errors.New("--public-address: one IPv4 and one IPv6 address at most")
		}
		if !media.IsUnspecified() && media.Unmap().Is4() != a.Is4() {
			return c, fmt.Errorf("--public-address: %s cannot lead to --media-host %s, which is of the other kind", a, media)
		}
		c.public = append(c.public, a)
	}
	if s.SMTP != "" {
		if c.smtp, err = mail.ParseSMTP(s.SMTP); err != nil {
			return c, fmt.Errorf("--smtp: %w", err)
		}
	}
	if c.support, err = support(s); err != nil {
		return c, err
	}
	if s.MailFrom == "" {
		c.MailFrom = "no-reply@" + c.base.Hostname()
	}
	if _, err := mail.ParseAddress(c.MailFrom); err != nil && s.SMTP != "" {
		return c, fmt.Errorf("--mail-from: %q is not an e-mail address; mails need a sender", c.MailFrom)
	}
	return c, nil
}

// checkACME finds what would keep an authority from giving a certificate.
func (s Settings) checkACME(base *url.URL) error {
	switch _, err := netip.ParseAddr(base.Hostname()); {
	case !s.ACME && (s.ACMEEmail != "" || s.ACMERoot != ""):
		return errors.New("--acme-email and --acme-root are for --acme")
	case !s.ACME:
		return nil
	case err == nil || !strings.Contains(base.Hostname(), "."):
		return fmt.Errorf("--acme: there are no certificates for %q; the base URL needs a host name in the domain name system", base.Hostname())
	}
	if u, err := url.Parse(s.ACMEDirectory); err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("--acme-directory: %q must be an https:// address", s.ACMEDirectory)
	}
	if s.ACMEEmail != "" {
		if _, err := mail.ParseAddress(s.ACMEEmail); err != nil {
			return fmt.Errorf("--acme-email: %q is not an e-mail address", s.ACMEEmail)
		}
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
