package main

import (
	"strings"
	"testing"
	"time"
)

// The candidate's side in browsers: one session, one server, several people, each part
// named after the rows it shows.
func TestLobby(t *testing.T) {
	c := chromium(t)
	s := startServer(t)
	maria := s.found()
	job := "**Plocka** och packa på lagret.\n\n- dagtid\n- [kollektivavtal](https://example.org/avtal)"
	coming := maria.publish(plan{title: "Nästa vecka", begins: 7 * 24 * time.Hour, job: job, interviewers: []string{"Johan Ek"}})
	e := maria.publish(plan{title: "Lagerarbetare, Malmö", job: job, interviewers: []string{"Johan Ek"}})

	t.Run("S3-24 S3-21 S3-31 signs up from abroad", func(t *testing.T) {
		b := show(t, c, &person{name: "Jane Okafor", phone: true})
		b.In("America/New_York")
		b.Open(coming.signUp)
		b.Speak("en")
		b.Sees("UTC time", long)
		b.Sees("where you are: ", long)
		b.Has(`.prose strong`)
		b.Has(`.prose a[href="https://example.org/avtal"]`)
		shot(b, "lobby-signup")
		b.Type("#name", "Jane Okafor")
		b.Type("#email", mailOf("Jane Okafor"))
		b.Type("#phone", "+1 212 555 0100")
		b.Type("#needs", "Captions, please.")
		b.Click(`main form button[type=submit]`)
		b.Sees(mailOf("Jane Okafor"), long)
		shot(b, "lobby-signedup")
		b.Open(maria.personalLink("Jane Okafor"))
		b.Sees("UTC time", long)
		b.Has(`[data-own]`)
		b.Sees("Maria Lindqvist", long)
		b.Sees("Johan Ek", long)
		b.Has(`[data-act=calendar]`)
		shot(b, "lobby-registered")
		b.Click(`[data-act=check]`)
		shot(b, "lobby-check-ask")
		b.Click(`[data-act=ask]`)
		b.Has(`.checks`)
		b.Reads("lobby.opensDays.other", "count", "6")
		shot(b, "lobby-check-early")
		b.Click(`[data-act=back]`)
		b.Click(`[data-act=door-ways]`)
		b.Click(`[data-act=try-ways]`)
		b.Reads("ways.good")
		shot(b, "lobby-ways")
		b.Click(`dialog .quiet`)
		b.Click(`[data-act=door-help]`)
		shot(b, "lobby-help")
		b.Click(`dialog .quiet`)
		b.Click(`[data-act=door-how]`)
		shot(b, "lobby-how")
	})

	// One by one into the lobby: on a computer, an iPhone and an Android phone.
	links := map[string]string{}
	for _, name := range []string{"Åsa Öberg", "Ola Nordmann", "Ali Hassan"} {
		s.visitor().signUp(e, name, "sv")
		links[name] = maria.personalLink(name)
	}
	asa := show(t, c, &person{name: "Åsa Öberg", camera: &red, tone: 440})
	asa.Open(links["Åsa Öberg"])
	asa.ChecksIn()
	shot(asa, "lobby-waiting-wide")

	ola := show(t, c, &person{name: "Ola Nordmann", camera: &green, tone: 550, phone: true})
	t.Run("S3-58 S3-23 a phone", func(t *testing.T) {
		ola.Phone(iPhone)
		ola.Open(links["Ola Nordmann"])
		ola.Reads("advice.phone")
		shot(ola, "lobby-phone-advice")
		ola.Click(`[data-notice=phone] [data-act=dismiss]`)
		ola.Lacks(`[data-notice=phone]`)
		ola.Reload()
		ola.Has(`[data-act=check]`)
		ola.Lacks(`[data-notice=phone]`)
		ola.ChecksIn()
		ola.Place(1)
		shot(ola, "lobby-phone-waiting")
	})
	_ = strings.ToLower
}
