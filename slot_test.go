package nextup

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// frame reads "45/15 09:00-12:00".
func frame(t *testing.T, s string) Frame {
	t.Helper()
	var length, pause, h1, m1, h2, m2 int
	if _, err := fmt.Sscanf(s, "%d/%d %d:%d-%d:%d", &length, &pause, &h1, &m1, &h2, &m2); err != nil {
		t.Fatal(s, err)
	}
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	return Frame{Length: minutes(length), Pause: minutes(pause), From: minutes(h1*60 + m1), Until: minutes(h2*60 + m2), Seats: 1}
}

func TestPropose(t *testing.T) {
	const sthlm, oslo, howe = "Europe/Stockholm", "Europe/Oslo", "Australia/Lord_Howe"
	for _, c := range []struct{ name, date, frame, zone, want string }{
		{"S0-06 45 and 15 from nine to twelve", "2026-12-01", "45/15 9:0-12:0", sthlm, "09:00 10:00 11:00"},
		{"S0-06 one that would end after the day is not offered", "2026-12-01", "45/15 9:0-11:44", sthlm, "09:00 10:00"},
		{"S0-06 one that ends with the day is", "2026-12-01", "45/15 9:0-11:45", sthlm, "09:00 10:00 11:00"},
		{"no pause", "2026-12-01", "30/0 13:0-15:0", sthlm, "13:00 13:30 14:00 14:30"},
		{"the whole day is one", "2026-12-01", "120/0 9:0-11:0", sthlm, "09:00"},
		{"a crooked length", "2026-12-01", "25/7 8:15-10:0", sthlm, "08:15 08:47 09:19"},
		{"in the evening", "2026-12-01", "45/15 22:0-24:0", sthlm, "22:00 23:00"},
		{"the night of the change, spring: an hour is missing", "2027-03-28", "45/15 0:0-5:0", sthlm, "00:00 01:00 03:00 04:00"},
		{"the same in Norway", "2027-03-28", "45/15 0:0-5:0", oslo, "00:00 01:00 03:00 04:00"},
		{"spring: one that would run into the next is left out", "2027-03-28", "45/0 1:0-5:0", sthlm, "01:00 01:45 04:00"},
		{"spring: a day that ends in the missing hour", "2027-03-28", "45/15 0:0-2:30", sthlm, "00:00 01:00"},
		{"spring: a long one over the gap ends by the clock", "2027-03-28", "90/0 1:0-3:29", sthlm, ""},
		{"spring: and fits if the day is longer", "2027-03-28", "90/0 1:0-3:30", sthlm, "01:00"},
		{"the night before", "2027-03-27", "45/15 0:0-5:0", sthlm, "00:00 01:00 02:00 03:00 04:00"},
		{"the night after", "2027-03-29", "45/15 0:0-5:0", sthlm, "00:00 01:00 02:00 03:00 04:00"},
		{"the working day after the change", "2027-03-29", "45/15 9:0-12:0", sthlm, "09:00 10:00 11:00"},
		{"autumn: an hour comes twice and is offered once", "2027-10-31", "45/15 0:0-5:0", sthlm, "00:00 01:00 02:00 03:00 04:00"},
		{"autumn in Norway", "2027-10-31", "45/15 0:0-5:0", oslo, "00:00 01:00 02:00 03:00 04:00"},
		{"the night before autumn's", "2027-10-30", "45/15 0:0-4:0", sthlm, "00:00 01:00 02:00 03:00"},
		{"the day after autumn's", "2027-11-01", "45/15 9:0-11:0", sthlm, "09:00 10:00"},
		{"half an hour, spring", "2026-10-04", "30/0 1:0-4:0", howe, "01:00 01:30 02:30 03:00 03:30"},
		{"half an hour, autumn", "2027-04-04", "30/0 0:30-3:0", howe, "00:30 01:00 01:30 02:00 02:30"},
		{"the next midnight is skipped", "2026-04-23", "30/0 23:0-24:0", "Africa/Cairo", "23:00 23:30"},
		{"midnight itself is skipped", "2026-04-24", "30/0 0:0-2:0", "Africa/Cairo", "01:00 01:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := frame(t, c.frame)
			list, err := Propose(c.date, f, c.zone)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, at := range list {
				got = append(got, at.Format("15:04"))
				if i > 0 && at.Before(list[i-1].Add(f.Length+f.Pause)) {
					t.Errorf("%s begins before the one before it is over", at.Format("15:04"))
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// The exact moments around the changes: an hour off is what people miss interviews by.
func TestProposeMoments(t *testing.T) {
	for _, c := range []struct{ date, frame, want string }{
		{"2027-03-27", "60/0 9:0-10:0", "2027-03-27T08:00:00Z"},
		{"2027-03-28", "60/0 9:0-10:0", "2027-03-28T07:00:00Z"},
		{"2027-10-30", "60/0 9:0-10:0", "2027-10-30T07:00:00Z"},
		{"2027-10-31", "60/0 9:0-10:0", "2027-10-31T08:00:00Z"},
		{"2027-10-31", "30/0 2:0-2:30", "2027-10-31T00:00:00Z"}, // the first of the two
	} {
		list, err := Propose(c.date, frame(t, c.frame), "Europe/Stockholm")
		if err != nil || len(list) != 1 {
			t.Fatal(c, list, err)
		}
		if got := list[0].UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.date, c.frame, got, c.want)
		}
	}
}

func TestFrameCheck(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*Frame)
	}{
		{"", func(*Frame) {}},
		{"", func(f *Frame) { f.Pause = 0 }},
		{"", func(f *Frame) { f.From, f.Until = 22*time.Hour, 24*time.Hour }},
		{"", func(f *Frame) { f.Seats = MaxSeats }},
		{"length", func(f *Frame) { f.Length = 4 * time.Minute }},
		{"length", func(f *Frame) { f.Length = 9 * time.Hour }},
		{"length", func(f *Frame) { f.Length += time.Second }},
		{"pause", func(f *Frame) { f.Pause = -time.Minute }},
		{"pause", func(f *Frame) { f.Pause = 5 * time.Hour }},
		{"from", func(f *Frame) { f.From = -time.Minute }},
		{"from", func(f *Frame) { f.From = 24 * time.Hour }},
		{"until", func(f *Frame) { f.Until = 24*time.Hour + time.Minute }},
		{"until", func(f *Frame) { f.Until = f.From }},
		{"until", func(f *Frame) { f.Until = f.From + f.Length - time.Minute }},
		{"seats", func(f *Frame) { f.Seats = 0 }},
		{"seats", func(f *Frame) { f.Seats = MaxSeats + 1 }},
	} {
		f := DefaultFrame
		c.change(&f)
		err := f.Check()
		var field string
		if e, ok := err.(*Error); ok {
			field = e.Field
		}
		if field != c.field {
			t.Errorf("%+v: %v, want %q", f, err, c.field)
		}
		if _, err := Propose("2026-12-01", f, "Europe/Oslo"); (err == nil) != (c.field == "") {
			t.Errorf("%+v: proposed with %v", f, err)
		}
	}
	for _, c := range [][3]string{{"2026-02-30", "UTC", "date"}, {"tomorrow", "UTC", "date"}, {"2026-02-03", "Mars/Olympus", "zone"}, {"2026-02-03", "", "zone"}} {
		_, err := Propose(c[0], DefaultFrame, c[1])
		if e, ok := err.(*Error); !ok || e.Field != c[2] {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// Whatever the frame, the day and the zone: in order, inside the frame, never two at
// once, and what the clock says leads back to the same moment.
func TestProposeHolds(t *testing.T) {
	zones := []string{"Europe/Stockholm", "Europe/Oslo", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "Asia/Kathmandu", "UTC", "Africa/Casablanca"}
	turns := []string{"2027-03-28", "2027-10-31", "2026-10-04", "2027-04-04", "2027-03-14", "2027-11-07", "2026-04-24", "2026-10-30"}
	rapid.Check(t, func(r *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(r, "zone")
		date := rapid.OneOf(
			rapid.SampledFrom(turns),
			rapid.Custom(func(r *rapid.T) string {
				return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 1500).Draw(r, "day")).Format(time.DateOnly)
			}),
		).Draw(r, "date")
		minutes := func(name string, from, to int) time.Duration {
			return time.Duration(rapid.IntRange(from, to).Draw(r, name)) * time.Minute
		}
		f := Frame{Length: minutes("length", 5, 200), Pause: minutes("pause", 0, 90), From: minutes("from", 0, 1439), Seats: 1}
		f.Until = min(wholeDay, f.From+minutes("open", 5, 1440))
		if f.Check() != nil {
			r.Skip()
		}
		list, err := Propose(date, f, zone)
		if err != nil {
			r.Fatal(err)
		}
		end, _, _ := Wall(date, f.Until, zone)
		for i, at := range list {
			clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
			if at.Format(time.DateOnly) != date || clock < f.From || at.Add(f.Length).After(end) {
				r.Fatalf("%v is outside", at)
			}
			if i > 0 && at.Before(list[i-1].Add(f.Length+f.Pause)) {
				r.Fatalf("%v and %v overlap", list[i-1], at)
			}
			if back, shown, err := Wall(date, clock, zone); err != nil || !shown || !back.Equal(at) {
				r.Fatalf("%v leads back to %v, %v, %v", at, back, shown, err)
			}
			if (clock-f.From)%(f.Length+f.Pause) != 0 {
				r.Fatalf("%v is not one of the day's", at)
			}
		}
	})
}

func TestClockChange(t *testing.T) {
	for _, c := range []struct{ date, zone, want string }{
		{"2027-03-28", "Europe/Stockholm", "2h0m0s 3h0m0s true"},
		{"2027-10-31", "Europe/Stockholm", "3h0m0s 2h0m0s true"},
		{"2027-03-27", "Europe/Stockholm", "0s 0s false"},
		{"2027-03-29", "Europe/Stockholm", "0s 0s false"},
		{"2026-10-04", "Australia/Lord_Howe", "2h0m0s 2h30m0s true"},
		{"2026-04-24", "Africa/Cairo", "0s 1h0m0s true"},
		{"2026-04-23", "Africa/Cairo", "0s 0s false"},
		{"2027-03-28", "UTC", "0s 0s false"},
		{"2027-03-28", "nowhere", "0s 0s false"},
	} {
		from, to, ok := ClockChange(c.date, c.zone)
		if got := fmt.Sprint(from, " ", to, " ", ok); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.date, c.zone, got, c.want)
		}
	}
}

func TestHolidays(t *testing.T) {
	// Easter Sundays as published by the Church of Sweden.
	for year, want := range map[int]string{
		2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16", 2029: "04-01", 2030: "04-21", 2038: "04-25", 2049: "04-18",
	} {
		if got := Easter(year).Format("01-02"); got != want {
			t.Errorf("Easter %d: %s, want %s", year, got, want)
		}
	}
	for country, dates := range map[string]map[Holiday][]string{
		Sweden: {
			NewYear:  {"2024-01-01", "2027-01-01", "2030-01-01"},
			Epiphany: {"2025-01-06", "2026-01-06"}, GoodFriday: {"2024-03-29", "2026-04-03", "2027-03-26", "2030-04-19"},
			EasterMonday: {"2024-04-01", "2027-03-29", "2030-04-22"}, LabourDay: {"2026-05-01"},
			Ascension: {"2024-05-09", "2025-05-29", "2026-05-14", "2027-05-06", "2028-05-25", "2029-05-10", "2030-05-30"},
			Pentecost: {"2026-05-24", "2027-05-16"}, NationalDay: {"2024-06-06", "2030-06-06"},
			MidsummerEve: {"2024-06-21", "2025-06-20", "2026-06-19", "2027-06-25", "2028-06-23", "2029-06-22", "2030-06-21"},
			MidsummerDay: {"2024-06-22", "2025-06-21", "2026-06-20", "2027-06-26", "2028-06-24", "2029-06-23", "2030-06-22"},
			AllSaints:    {"2024-11-02", "2025-11-01", "2026-10-31", "2027-11-06", "2028-11-04", "2029-11-03", "2030-11-02"},
			ChristmasEve: {"2026-12-24"}, ChristmasDay: {"2026-12-25"}, BoxingDay: {"2026-12-26"}, NewYearsEve: {"2026-12-31"},
		},
		Norway: {
			MaundyThursday: {"2024-03-28", "2026-04-02", "2027-03-25", "2030-04-18"}, GoodFriday: {"2026-04-03"},
			EasterMonday: {"2026-04-06", "2027-03-29"}, LabourDay: {"2024-05-01"}, Constitution: {"2025-05-17", "2026-05-17", "2030-05-17"},
			Ascension: {"2024-05-09", "2026-05-14"}, WhitMonday: {"2024-05-20", "2025-06-09", "2026-05-25", "2027-05-17", "2028-06-05", "2029-05-21", "2030-06-10"},
			ChristmasDay: {"2024-12-25"}, BoxingDay: {"2030-12-26"},
		},
	} {
		for h, list := range dates {
			for _, date := range list {
				var year int
				if _, err := fmt.Sscan(date[:4], &year); err != nil {
					t.Fatal(err)
				}
				got := Holidays(country, year)[date]
				if got != h && !(date == "2027-05-17" && got == WhitMonday) {
					t.Errorf("%s %s: %q, want %q", country, date, got, h)
				}
			}
		}
	}
	for year := 2024; year <= 2030; year++ {
		if n := len(Holidays(Sweden, year)); n != 16 {
			t.Errorf("Sweden %d: %d days", year, n)
		}
		want := 12
		if Easter(year).AddDate(0, 0, 50).Format("01-02") == "05-17" {
			want-- // Whit Monday is the 17th of May
		}
		if n := len(Holidays(Norway, year)); n != want {
			t.Errorf("Norway %d: %d days", year, n)
		}
	}
	if Holidays("DK", 2026) != nil {
		t.Error("another country's are not known")
	}
	if eves := []Holiday{MidsummerEve, ChristmasEve, NewYearsEve}; slices.ContainsFunc(eves, func(h Holiday) bool { return !h.Eve() }) || ChristmasDay.Eve() {
		t.Error("eves")
	}
}
