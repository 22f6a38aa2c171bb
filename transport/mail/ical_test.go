package mail

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// A reader of calendar files that shares nothing with what writes them. It takes
// RFC 5545 by the letter and refuses whatever the grammar does not have.

// item is one content line.
type item struct {
	name   string
	params map[string][]string
	value  string
}

// part is one component.
type part struct {
	name  string
	items []item
	parts []*part
}

// all finds the lines of a name.
func (p *part) all(name string) (found []item) {
	for _, i := range p.items {
		if i.name == name {
			found = append(found, i)
		}
	}
	return found
}

// one is the line that there must be exactly once.
func (p *part) one(t *testing.T, name string) item {
	t.Helper()
	found := p.all(name)
	if len(found) != 1 {
		t.Fatalf("%s: %d times %s", p.name, len(found), name)
	}
	return found[0]
}

// inside is the component that there must be exactly once.
func (p *part) inside(t *testing.T, name string) *part {
	t.Helper()
	var found []*part
	for _, c := range p.parts {
		if c.name == name {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s: %d times %s", p.name, len(found), name)
	}
	return found[0]
}

// readCalendar parses a whole file.
func readCalendar(t *testing.T, file []byte) *part {
	t.Helper()
	root, err := parseCalendar(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	return root
}

func parseCalendar(file []byte) (*part, error) {
	lines, err := unfold(file)
	if err != nil {
		return nil, err
	}
	top := &part{}
	open := []*part{top}
	for _, l := range lines {
		i, err := parseLine(l)
		if err != nil {
			return nil, err
		}
		inner := open[len(open)-1]
		switch i.name {
		case "BEGIN":
			c := &part{name: i.value}
			inner.parts = append(inner.parts, c)
			open = append(open, c)
		case "END":
			if inner.name != i.value || len(open) == 1 {
				return nil, fmt.Errorf("END:%s inside %s", i.value, inner.name)
			}
			open = open[:len(open)-1]
		default:
			inner.items = append(inner.items, i)
		}
	}
	if len(open) != 1 || len(top.parts) != 1 || len(top.items) != 0 || top.parts[0].name != "VCALENDAR" {
		return nil, fmt.Errorf("not one whole VCALENDAR")
	}
	return top.parts[0], nil
}

// unfold joins folded lines (section 3.1).
func unfold(file []byte) (lines []string, err error) {
	if !bytes.HasSuffix(file, []byte("\r\n")) {
		return nil, fmt.Errorf("the last line does not end")
	}
	for raw := range strings.SplitSeq(strings.TrimSuffix(string(file), "\r\n"), "\r\n") {
		switch {
		case len(raw) > 75:
			return nil, fmt.Errorf("a line of %d octets: %q", len(raw), raw)
		case strings.ContainsAny(raw, "\r\n"):
			return nil, fmt.Errorf("a bare CR or LF in %q", raw)
		case !utf8.ValidString(raw):
			return nil, fmt.Errorf("a character is cut in two: %q", raw)
		case raw == "":
			return nil, fmt.Errorf("an empty line")
		}
		if raw[0] == ' ' || raw[0] == '\t' {
			if len(lines) == 0 {
				return nil, fmt.Errorf("begins with a folded line")
			}
			lines[len(lines)-1] += raw[1:]
			continue
		}
		lines = append(lines, raw)
	}
	return lines, nil
}

// parseLine reads name *(";" param) ":" value.
func parseLine(l string) (item, error) {
	i := item{params: map[string][]string{}}
	word := func() (string, error) {
		n := 0
		for n < len(l) && (l[n] == '-' || l[n] >= '0' && l[n] <= '9' || l[n] >= 'A' && l[n] <= 'Z' || l[n] >= 'a' && l[n] <= 'z') {
			n++
		}
		if n == 0 || n == len(l) {
			return "", fmt.Errorf("no name at %q", l)
		}
		w := l[:n]
		l = l[n:]
		return strings.ToUpper(w), nil
	}
	var err error
	if i.name, err = word(); err != nil {
		return i, err
	}
	for l[0] == ';' {
		l = l[1:]
		name, err := word()
		if err != nil {
			return i, err
		}
		if l[0] != '=' || i.params[name] != nil {
			return i, fmt.Errorf("%s: parameter %s", i.name, name)
		}
		for l[0] == '=' || l[0] == ',' {
			l = l[1:]
			end := strings.IndexAny(l, `";:,`)
			if end < 0 {
				return i, fmt.Errorf("%s: no value", i.name)
			}
			value := l[:end]
			if l[end] == '"' {
				if end != 0 {
					return i, fmt.Errorf("%s: a quotation mark inside %s", i.name, name)
				}
				quoted, rest, ok := strings.Cut(l[1:], `"`)
				if !ok {
					return i, fmt.Errorf("%s: %s is not closed", i.name, name)
				}
				value, l = quoted, rest
			} else {
				l = l[end:]
			}
			if strings.ContainsFunc(value, control) || strings.Contains(value, `\`) {
				return i, fmt.Errorf("%s: %s=%q", i.name, name, value)
			}
			i.params[name] = append(i.params[name], value)
			if l == "" {
				return i, fmt.Errorf("%s: no value", i.name)
			}
		}
	}
	if l[0] != ':' {
		return i, fmt.Errorf("%s: %q where a value must begin", i.name, l)
	}
	i.value = l[1:]
	if strings.ContainsFunc(i.value, control) {
		return i, fmt.Errorf("%s: a control character", i.name)
	}
	return i, nil
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// text reads a value of type TEXT (section 3.3.11).
func (i item) text(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for n := 0; n < len(i.value); n++ {
		switch c := i.value[n]; {
		case c == ',' || c == ';':
			t.Fatalf("%s: a bare %q ends the text: %q", i.name, c, i.value)
		case c != '\\':
			b.WriteByte(c)
		case n+1 < len(i.value) && strings.IndexByte(`\;,`, i.value[n+1]) >= 0:
			n++
			b.WriteByte(i.value[n])
		case n+1 < len(i.value) && strings.IndexByte("nN", i.value[n+1]) >= 0:
			n++
			b.WriteByte('\n')
		default:
			t.Fatalf("%s: a backslash before nothing: %q", i.name, i.value)
		}
	}
	return b.String()
}

// instant reads a DATE-TIME by the rules of the calendar's own VTIMEZONE, as a
// reader does that knows no zone by name.
func (p *part) instant(t *testing.T, i item) time.Time {
	t.Helper()
	if at, err := time.Parse("20060102T150405Z", i.value); err == nil {
		return at
	}
	wall, err := time.Parse("20060102T150405", i.value)
	if err != nil {
		t.Fatal(err)
	}
	zone := p.inside(t, "VTIMEZONE")
	if id := zone.one(t, "TZID").value; !slices.Equal(i.params["TZID"], []string{id}) {
		t.Fatalf("%s names the zone %v, the file has %s", i.name, i.params["TZID"], id)
	}
	// The rule in force: of all onsets not after the wall time the latest.
	var latest time.Time
	offset, found := 0, false
	for _, rule := range zone.parts {
		from, to := seconds(t, rule.one(t, "TZOFFSETFROM").value), seconds(t, rule.one(t, "TZOFFSETTO").value)
		for _, onset := range onsets(t, rule, wall.Year()) {
			at, here := onset.Add(-time.Duration(from)*time.Second), wall.Add(-time.Duration(to)*time.Second)
			// A wall time that occurs twice means the first time (section 3.3.5).
			if early := wall.Add(-time.Duration(from) * time.Second); early.Before(at) {
				continue
			}
			if !here.Before(at) && (!found || at.After(latest)) {
				latest, offset, found = at, to, true
			}
		}
	}
	if !found {
		t.Fatalf("no rule of the zone holds at %s", i.value)
	}
	return wall.Add(-time.Duration(offset) * time.Second)
}

// onsets are the wall times at which a rule begins to hold, up to the end of a year.
func onsets(t *testing.T, rule *part, year int) []time.Time {
	t.Helper()
	first, err := time.Parse("20060102T150405", rule.one(t, "DTSTART").value)
	if err != nil {
		t.Fatal(err)
	}
	all := []time.Time{first}
	for _, r := range rule.all("RRULE") {
		var month, nth int
		var day string
		for field := range strings.SplitSeq(r.value, ";") {
			key, value, _ := strings.Cut(field, "=")
			switch key {
			case "FREQ":
				if value != "YEARLY" {
					t.Fatal(r.value)
				}
			case "BYMONTH":
				month, _ = strconv.Atoi(value)
			case "BYDAY":
				nth, _ = strconv.Atoi(value[:len(value)-2])
				day = value[len(value)-2:]
			default:
				t.Fatal(r.value)
			}
		}
		weekday := time.Weekday(slices.Index([]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}, day))
		for y := first.Year() + 1; y <= year; y++ {
			at := time.Date(y, time.Month(month), 1, first.Hour(), first.Minute(), first.Second(), 0, time.UTC)
			var fits []time.Time
			for d := at; d.Month() == at.Month(); d = d.AddDate(0, 0, 1) {
				if d.Weekday() == weekday {
					fits = append(fits, d)
				}
			}
			if nth < 0 {
				all = append(all, fits[len(fits)+nth])
			} else {
				all = append(all, fits[nth-1])
			}
		}
	}
	return all
}

func seconds(t *testing.T, offset string) int {
	t.Helper()
	if len(offset) != 5 && len(offset) != 7 {
		t.Fatalf("offset %q", offset)
	}
	n := 0
	for k, unit := range []int{3600, 60, 1}[:(len(offset)-1)/2] {
		v, err := strconv.Atoi(offset[1+2*k : 3+2*k])
		if err != nil {
			t.Fatal(err)
		}
		n += v * unit
	}
	if offset[0] == '-' {
		return -n
	}
	return n
}
