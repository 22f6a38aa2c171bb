package mail

import (
	"errors"
	"net/mail"
	"net/netip"
	"strings"
	"unicode"
)

// ErrAddress says that a text is not an address that mail can be sent to.
var ErrAddress = errors.New("mail: not a mail address")

// ParseAddress takes a single bare address as a person types it. It is stricter
// than RFC 5322: no display name, no comment, no list, no quoted local part, and
// a domain with a dot in it, so that neither root@localhost nor a@[127.0.0.1] can
// make this server write to itself.
func ParseAddress(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" || len(typed) > 254 || strings.ContainsFunc(typed, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>()[]",;:\`, r) || r == unicode.ReplacementChar
	}) {
		return "", ErrAddress
	}
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Name != "" || a.Address != typed {
		return "", ErrAddress
	}
	at := strings.LastIndexByte(typed, '@')
	if at < 1 || at > 64 || !domain(typed[at+1:]) {
		return "", ErrAddress
	}
	return typed, nil
}

// domain says whether a name can be one on the internet: at least two labels of
// letters, digits and inner hyphens, and not an IP address.
func domain(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return false
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		if strings.ContainsFunc(l, func(r rune) bool {
			return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		}) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && strings.ContainsFunc(last, unicode.IsLetter)
}
