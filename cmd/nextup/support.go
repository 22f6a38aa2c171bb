package main

import (
	"fmt"
	"slices"
	"strings"

	"nextup/transport"
	"nextup/transport/mail"
)

// support reads whom to ask for technical help; nil if nobody is named.
func support(s Settings) (*transport.Support, error) {
	all := transport.Support{}
	for _, one := range []struct {
		flag   string
		values []string
		into   *map[string]string
	}{
		{"--support-phone", s.SupportPhone, &all.Phone},
		{"--support-mail", s.SupportMail, &all.Mail},
		{"--support-text", s.SupportText, &all.Text},
	} {
		m := map[string]string{}
		for _, v := range one.values {
			lang, words, named := strings.Cut(v, "=")
			lang = strings.TrimSpace(lang)
			// "Support=Help" is words with a sign in them, "xx=..." a language that is not there.
			if !named || len(lang) != 2 {
				lang, words = "", v
			} else if !slices.Contains(transport.Languages(), lang) {
				return nil, fmt.Errorf("%s: there is no language %q; there are %s", one.flag, lang, strings.Join(transport.Languages(), ", "))
			}
			if words = strings.TrimSpace(words); words == "" {
				continue
			}
			if _, twice := m[lang]; twice {
				return nil, fmt.Errorf("%s: two values for one language: name the language of each, as sv=...", one.flag)
			}
			if one.flag == "--support-mail" {
				if _, err := mail.ParseAddress(words); err != nil {
					return nil, fmt.Errorf("%s: %q is not an e-mail address", one.flag, words)
				}
			}
			m[lang] = words
		}
		*one.into = m
	}
	if all.Empty() {
		return nil, nil
	}
	return &all, nil
}
