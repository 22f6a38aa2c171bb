package nextup

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestCapacity(t *testing.T) {
	for _, c := range []struct {
		row                 string
		length, talk, pause time.Duration
		interviewers, want  int
	}{
		{"S3-26", time.Hour, 10 * time.Minute, 0, 1, 6},
		{"S3-26", time.Hour, 10 * time.Minute, 0, 3, 18},
		{"S3-26 with a pause after the last talk that is not needed", time.Hour, 10 * time.Minute, 2 * time.Minute, 1, 5},
		{"S3-26 the last pause lies outside", time.Hour, 10 * time.Minute, 150 * time.Second, 1, 5},
		{"S3-26 a pause that just fits", 58 * time.Minute, 10 * time.Minute, 2 * time.Minute, 2, 10},
		{"S3-30 in-depth", time.Hour, time.Hour, 0, 1, 1},
		{"S3-30 in-depth with a pause", time.Hour, time.Hour, 10 * time.Minute, 1, 1},
		{"nobody", time.Hour, 10 * time.Minute, 0, 0, 0},
		{"too long", time.Hour, 61 * time.Minute, 0, 1, 0},
		{"nothing filled in", 0, 0, 0, 1, 0},
	} {
		t.Run(fmt.Sprintf("%s %s by %s and %s times %d", c.row, c.length, c.talk, c.pause, c.interviewers), func(t *testing.T) {
			s := Settings{Length: c.length, Talk: c.talk, Pause: c.pause}
			expect(t, "capacity", s.Capacity(c.interviewers), c.want)
		})
	}
}

func TestSettings(t *testing.T) {
	many := func(n int) (ids []QuestionID) {
		for i := range n {
			ids = append(ids, QuestionID(fmt.Sprint("q", i)))
		}
		return ids
	}
	for _, c := range []struct {
		name   string
		change func(*Settings)
		field  string // "" is right
	}{
		{"plain", func(*Settings) {}, ""},
		{"S3-27 500 candidates", func(s *Settings) { s.Places = 500 }, ""},
		{"S3-30 one candidate for the whole hour", func(s *Settings) { s.Talk, s.Places = s.Length, 1 }, ""},
		{"S3-15 20 questions", func(s *Settings) { s.Questions = many(20) }, ""},
		{"S3-15 the 21st question", func(s *Settings) { s.Questions = many(21) }, "questions"},
		{"the same question twice", func(s *Settings) { s.Questions = []QuestionID{"q", "q"} }, "questions"},
		{"S3-18 the 21st trait", func(s *Settings) {
			s.Traits = nil
			for i := range 21 {
				s.Traits = append(s.Traits, TraitID(fmt.Sprint(i)))
			}
		}, "traits"},
		{"no start", func(s *Settings) { s.Start = time.Time{} }, "start"},
		{"no zone", func(s *Settings) { s.Zone = "" }, "zone"},
		{"a made-up zone", func(s *Settings) { s.Zone = "Europe/Atlantis" }, "zone"},
		{"end before start", func(s *Settings) { s.Length = -time.Hour }, "length"},
		{"longer than a day", func(s *Settings) { s.Length = MaxLength + 1 }, "length"},
		{"a talk longer than the session", func(s *Settings) { s.Talk = s.Length + 1 }, "talk"},
		{"no talk", func(s *Settings) { s.Talk = 0 }, "talk"},
		{"a negative pause", func(s *Settings) { s.Pause = -1 }, "pause"},
		{"no places", func(s *Settings) { s.Places = 0 }, "places"},
		{"lobby after the start", func(s *Settings) { s.LobbyOpens = -1 }, "lobbyOpens"},
		{"no time to answer", func(s *Settings) { s.Answer = 0 }, "answer"},
		{"no countdown", func(s *Settings) { s.Countdown = 0 }, ""},
		{"a negative countdown", func(s *Settings) { s.Countdown = -1 }, "countdown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := plain()
			c.change(&s)
			var want error
			if c.field != "" {
				want = Invalid(c.field)
			}
			got := s.Check()
			if (got == nil) != (want == nil) || (want != nil && got.Error() != want.Error()) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestLocalTime(t *testing.T) {
	for _, c := range []struct {
		zone, date, clock string
		want              string // instant, or the error's beginning
	}{
		{"Europe/Stockholm", "2026-11-24", "13:00", "2026-11-24T12:00:00Z"},
		{"Europe/Stockholm", "2026-07-01", "13:00", "2026-07-01T11:00:00Z"},
		// forward on 28 March 2027, at 02:00 to 03:00 (Helsinki 03:00 to 04:00)
		{"Europe/Stockholm", "2027-03-28", "01:59", "2027-03-28T00:59:00Z"},
		{"Europe/Stockholm", "2027-03-28", "02:00", "gap"},
		{"Europe/Stockholm", "2027-03-28", "02:59", "gap"},
		{"Europe/Stockholm", "2027-03-28", "03:00", "2027-03-28T01:00:00Z"},
		{"Europe/Oslo", "2027-03-28", "02:30", "gap"},
		{"Europe/Oslo", "2027-03-28", "03:30", "2027-03-28T01:30:00Z"},
		{"Europe/Helsinki", "2027-03-28", "02:30", "2027-03-28T00:30:00Z"},
		{"Europe/Helsinki", "2027-03-28", "03:30", "gap"},
		{"America/New_York", "2027-03-14", "02:30", "gap"},
		{"America/New_York", "2027-03-14", "03:00", "2027-03-14T07:00:00Z"},
		// back on 31 October 2027: the hour comes twice, the first is meant
		{"Europe/Stockholm", "2027-10-31", "01:59", "2027-10-30T23:59:00Z"},
		{"Europe/Stockholm", "2027-10-31", "02:00", "2027-10-31T00:00:00Z"},
		{"Europe/Stockholm", "2027-10-31", "02:59", "2027-10-31T00:59:00Z"},
		{"Europe/Stockholm", "2027-10-31", "03:00", "2027-10-31T02:00:00Z"},
		{"Europe/Oslo", "2027-10-31", "02:30", "2027-10-31T00:30:00Z"},
		{"Europe/Helsinki", "2027-10-31", "03:30", "2027-10-31T00:30:00Z"},
		{"America/New_York", "2027-11-07", "01:30", "2027-11-07T05:30:00Z"},
		{"America/New_York", "2027-11-07", "02:00", "2027-11-07T07:00:00Z"},
		{"Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45:00Z"}, // half an hour only
		// no date, time or zone at all
		{"Europe/Stockholm", "2027-02-29", "10:00", "time"},
		{"Europe/Stockholm", "2027-02-28", "24:00", "time"},
		{"Europe/Stockholm", "2027-02-28", "9:00", "time"},
		{"Europe/Stockholm", "28.2.2027", "09:00", "time"},
		{"Europe/Stockholm", "", "", "time"},
		{"Europe/Atlantis", "2027-02-28", "09:00", "zone"},
		{"", "2027-02-28", "09:00", "zone"},
		{"Local", "2027-02-28", "09:00", "zone"},
	} {
		t.Run(strings.Join([]string{c.zone, c.date, c.clock}, " "), func(t *testing.T) {
			at, err := LocalTime(c.date, c.clock, c.zone)
			got := at.Format(time.RFC3339)
			switch {
			case errors.Is(err, ErrGap):
				got = "gap"
			case errors.Is(err, ErrTime):
				got = "time"
			case err != nil && err.Error() == Invalid("zone").Error():
				got = "zone"
			case err != nil:
				got = err.Error()
			}
			expect(t, "instant", got, c.want)
		})
	}
}
