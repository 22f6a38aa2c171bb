package nextup

import "time"

// Holiday names a day on which most people are off; its words are in the catalogues
// under "holiday.<name>".
type Holiday string

// The days off of Sweden and Norway.
const (
	NewYear        Holiday = "new_year"
	Epiphany       Holiday = "epiphany"
	MaundyThursday Holiday = "maundy_thursday"
	GoodFriday     Holiday = "good_friday"
	EasterSunday   Holiday = "easter"
	EasterMonday   Holiday = "easter_monday"
	LabourDay      Holiday = "labour"
	Constitution   Holiday = "constitution" // Norway, 17 May
	Ascension      Holiday = "ascension"
	Pentecost      Holiday = "pentecost"
	WhitMonday     Holiday = "whit_monday"
	NationalDay    Holiday = "national" // Sweden, 6 June
	MidsummerEve   Holiday = "midsummer_eve"
	MidsummerDay   Holiday = "midsummer"
	AllSaints      Holiday = "all_saints"
	ChristmasEve   Holiday = "christmas_eve"
	ChristmasDay   Holiday = "christmas"
	BoxingDay      Holiday = "boxing"
	NewYearsEve    Holiday = "new_years_eve"
)

// Countries whose holidays are known (ISO 3166-1).
const (
	Sweden = "SE"
	Norway = "NO"
)

// Eve says whether it is no holiday by law but a day on which nearly everybody is off:
// the three that the Swedish Annual Leave Act (1977:480, section 3 a) counts as Sundays.
func (h Holiday) Eve() bool { return h == MidsummerEve || h == ChristmasEve || h == NewYearsEve }

// Holidays are a country's in a year, by date ("2026-12-25"): Sweden's by the act
// 1989:253 with the three eves, Norway's by the acts of 24 February 1995 no. 12 and of
// 26 April 1947 no. 1. Another country has none. Two that fall on one day (Norway 2008:
// Ascension and 1 May) are told by the one that moves.
func Holidays(country string, year int) map[string]Holiday {
	days := map[string]Holiday{}
	fixed := func(m time.Month, d int, h Holiday) {
		days[time.Date(year, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)] = h
	}
	easter := Easter(year)
	moving := func(after int, h Holiday) { days[easter.AddDate(0, 0, after).Format(time.DateOnly)] = h }
	// weekday is the first such day from a date on
	weekday := func(w time.Weekday, m time.Month, d int) time.Time {
		at := time.Date(year, m, d, 0, 0, 0, 0, time.UTC)
		return at.AddDate(0, 0, (int(w-at.Weekday())+7)%7)
	}
	switch country {
	case Sweden:
		fixed(time.January, 6, Epiphany)
		fixed(time.June, 6, NationalDay)
		midsummer := weekday(time.Saturday, time.June, 20)
		days[midsummer.AddDate(0, 0, -1).Format(time.DateOnly)] = MidsummerEve
		days[midsummer.Format(time.DateOnly)] = MidsummerDay
		days[weekday(time.Saturday, time.October, 31).Format(time.DateOnly)] = AllSaints
		fixed(time.December, 24, ChristmasEve)
		fixed(time.December, 31, NewYearsEve)
	case Norway:
		fixed(time.May, 17, Constitution)
		moving(-3, MaundyThursday)
		moving(50, WhitMonday)
	default:
		return nil
	}
	fixed(time.January, 1, NewYear)
	fixed(time.May, 1, LabourDay)
	fixed(time.December, 25, ChristmasDay)
	fixed(time.December, 26, BoxingDay)
	moving(-2, GoodFriday)
	moving(0, EasterSunday)
	moving(1, EasterMonday)
	moving(39, Ascension)
	moving(49, Pentecost)
	return days
}

// Easter is Easter Sunday of a year in the Gregorian calendar, by the method of Meeus,
// Jones and Butcher.
func Easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
