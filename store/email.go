package store

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// EmailKey is emailKey, for those who compare addresses outside of the database.
func (*Store) EmailKey(email string) string { return emailKey(email) }

// emailKey is what two spellings of one address have in common: composed
// characters (NFC), no spaces around, lower case. Dots and plus signs stay; they
// mean different mailboxes at most providers.
func emailKey(email string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(strings.TrimSpace(email))))
}
