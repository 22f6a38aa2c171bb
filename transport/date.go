package transport

import (
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"
)

// when is a time in words: the time of day in at's own location, 24 hours. The
// patterns and names are catalogue texts (format.*), the same the browser uses.
func (c *catalogues) when(lang string, at time.Time, format string) (string, error) {
	weekday := (int(at.Weekday())+6)%7 + 1 // Monday is 1
	name := func(key string, n int) string { return c.byLang[lang][fmt.Sprintf("format.%s.%d", key, n)] }
	return c.text(lang, "format."+format,
		"weekday", name("weekday", weekday), "wd", name("wd", weekday),
		"day", at.Day(), "month", name("month", int(at.Month())), "mon", name("mon", int(at.Month())),
		"year", fmt.Sprintf("%04d", at.Year()), "hour", fmt.Sprintf("%02d", at.Hour()), "minute", fmt.Sprintf("%02d", at.Minute()))
}

// timeElement is a time that a language switch rewrites in place.
func timeElement(at time.Time, format, words string) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s" data-format="%s" data-zone="%s">%s</time>`, //nolint:gosec // every part is escaped
		at.Format(time.RFC3339), template.HTMLEscapeString(format),
		template.HTMLEscapeString(at.Location().String()), template.HTMLEscapeString(words)))
}

// city is how people call a time zone: the place in its IANA name.
func city(at time.Time) string {
	name := at.Location().String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ReplaceAll(name, "_", " ")
}

// offset is the distance to UTC at that time: "UTC+1", "UTC−3:30", "UTC".
func offset(at time.Time) string {
	_, seconds := at.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	s := fmt.Sprintf("UTC%s%d", sign, seconds/3600)
	if m := seconds % 3600 / 60; m != 0 {
		s += fmt.Sprintf(":%02d", m)
	}
	return s
}

// in is a time in a session's zone. Settings.Check has made sure that the zone exists.
func in(at time.Time, zone string) time.Time {
	if loc, ok := locations.Load(zone); ok {
		return at.In(loc.(*time.Location))
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return at.UTC()
	}
	locations.Store(zone, loc)
	return at.In(loc)
}

// locations are the zones read so far, by name: reading one takes longer than all that
// is done with it, and a page of times asks for it a hundred times.
var locations sync.Map
