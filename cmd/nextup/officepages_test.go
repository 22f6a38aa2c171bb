package main

import (
	"regexp"
	"testing"
	"time"
)

// The pages on accounts, data protection and help, looked at in every language,
// with the support line of S3-59 on each.
func TestPagesOfTheOffice(t *testing.T) {
	s := startServer(t, "--support-phone", "+46 31 000 00 00", "--support-mail", "help@example.org",
		"--support-text", "sv=Säg ”teknisk support”", "--support-text", "en=Say “technical support”", "--support-text", "nb=Si «teknisk støtte»")
	c := chromium(t)
	maria := s.found()
	e := maria.publish(plan{title: "Nästa vecka", begins: 7 * 24 * time.Hour, job: "Ett jobb."})
	s.visitor().signUp(e, "Åsa Öberg", "sv")
	asa := maria.personalLink("Åsa Öberg")

	b := show(t, c, &person{name: "Åsa Öberg"})
	b.Allow(`status of 4\d\d`)
	b.Open(s.base + "/help")
	look(t, b, "help questions")
	b.Open(s.base + "/privacy")
	look(t, b, "privacy")
	b.Open(asa + "/data")
	look(t, b, "my data")
	b.Click(`#erase summary`)
	glance(t, b, "my data, erasing")
	b.Open(s.base + "/forgot")
	look(t, b, "forgotten password")

	m := show(t, c, &person{name: recruiterName})
	m.Allow(`status of 4\d\d`)
	m.Open(s.base + "/sign-in")
	m.Type("#email", recruiterMail)
	m.Type("#password", recruiterPassword)
	m.Click(`main form button[type=submit]`)
	m.At("/sessions")
	m.Open(s.base + "/colleagues")
	m.Type("#email", "johan@")
	m.Click(`form[action="/colleagues/invite"] button`)
	m.Has(`#email[aria-invalid=true]`)
	glance(t, m, "colleagues refused")
	m.Type("#email", "johan@example.org")
	m.Click(`form[action="/colleagues/invite"] button`)
	m.Has("[data-invitation]")
	look(t, m, "colleagues")
	page := string(maria.get("/colleagues").body)
	join := regexp.MustCompile(regexp.QuoteMeta(s.base) + `/join/[\w.-]+`).FindString(page)
	b.Open(join)
	look(t, b, "joining")
	b.Type("#name", "Johan Ek")
	b.Type("#password", recruiterPassword)
	b.Click(`main form button[type=submit]`)
	b.At("/sessions")
	m.Open(s.base + accountPath(t, maria, "johan@example.org"))
	look(t, m, "a colleague")
	m.Open(s.base + "/account")
	look(t, m, "my account")
	m.Open(s.base + "/data-protection")
	look(t, m, "data protection")
	m.Open(s.base + "/data-protection/record")
	look(t, m, "who looked")
}
