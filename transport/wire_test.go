package transport

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// protocol reads the table "From the browser" of PROTOCOL.md: who may say each
// `do`, and its fields.
func protocol(t *testing.T) map[string]struct {
	roles  []nextup.Role
	fields []string
} {
	t.Helper()
	b, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, ok := strings.Cut(string(b), "## From the browser")
	if !ok {
		t.Fatal("no table")
	}
	part, _, _ = strings.Cut(part, "\n## ")
	table := map[string]struct {
		roles  []nextup.Role
		fields []string
	}{}
	word := regexp.MustCompile("`([a-zA-Z_]+)[^`]*`")
	for _, line := range strings.Split(part, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.Contains(cells[1], "`") || strings.Contains(cells[1], "`do`") {
			continue
		}
		roles := map[string][]nextup.Role{"candidate": candidates, "interviewer": interviewers}[strings.TrimSpace(cells[2])]
		if strings.HasPrefix(strings.TrimSpace(cells[2]), "both") {
			roles = both
		}
		if roles == nil {
			t.Fatalf("who is %q?", cells[2])
		}
		var fields []string
		for _, m := range word.FindAllStringSubmatch(strings.Split(cells[3], "(")[0]+strings.Join(strings.Split(cells[3], ")")[1:], ""), -1) {
			fields = append(fields, m[1])
		}
		for _, m := range word.FindAllStringSubmatch(cells[1], -1) {
			table[m[1]] = struct {
				roles  []nextup.Role
				fields []string
			}{roles, fields}
		}
	}
	return table
}

// PROTOCOL.md and wire.go say the same: messages, who may say them, fields.
func TestProtocolIsWhatIsDecoded(t *testing.T) {
	table := protocol(t)
	for do, v := range verbs {
		row, ok := table[do]
		if !ok {
			t.Errorf("PROTOCOL.md has no %s", do)
			continue
		}
		if !slices.Equal(row.roles, v.roles) {
			t.Errorf("%s: PROTOCOL.md says %v, wire.go %v", do, row.roles, v.roles)
		}
		var fields []string
		m := reflect.TypeOf(v.make()).Elem()
		for i := range m.NumField() {
			if name := m.Field(i).Tag.Get("json"); name != "" {
				fields = append(fields, name)
			}
		}
		slices.Sort(fields)
		want := slices.Clone(row.fields)
		slices.Sort(want)
		if !slices.Equal(fields, want) {
			t.Errorf("%s: PROTOCOL.md has the fields %v, wire.go %v", do, want, fields)
		}
	}
	for do := range table {
		if _, ok := verbs[do]; !ok {
			t.Errorf("wire.go has no %s", do)
		}
	}
}

func TestProtocolNamesEveryClosingCode(t *testing.T) {
	b, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []closing{closeStopping, closeRefused, closeTooBig, closeSlow, closeElsewhere, closeTooMany} {
		if !strings.Contains(string(b), fmt.Sprint(int(c.code))) {
			t.Errorf("PROTOCOL.md does not say what %d means", c.code)
		}
	}
}

const anID = "abcdefgh01234567"

// A role has its own commands and no others.
func TestCommandsByRole(t *testing.T) {
	for do, v := range verbs {
		for _, role := range []nextup.Role{nextup.RoleCandidate, nextup.RoleInterviewer, nextup.RoleRecruiter, nextup.RoleVisitor, nextup.RoleClock, ""} {
			m, err := decode(role, fmt.Appendf(nil, `{"do":%q,"id":%q}`, do, anID))
			may := slices.Contains(v.roles, role)
			if may != (err == nil) {
				t.Errorf("%s as %q: %v", do, role, err)
			}
			o, isCommand := m.(order)
			if err != nil || !isCommand || do == "extend" {
				continue
			}
			c, _, err := o.command(conversation{role: role, device: "device01", id: "x:y"})
			if err != nil {
				t.Errorf("%s: %v", do, err)
				continue
			}
			// What the machine lets this role do, and nothing else.
			if _, err := nextup.Decide(nextup.Session{}, nil, time.Time{}, nextup.Actor{Role: role}, c); code(err) != nextup.CodeUnknown {
				t.Errorf("%s is no command of %s: %v", do, role, err)
			}
		}
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	for _, b := range []string{
		``, `null`, `[]`, `"next"`, `42`, `{}`, `{"do":""}`, `{"do":null}`, `{"do":["next"]}`, `{"do":"create"}`, `{"do":"publish"}`,
		`{"do":"next"}`,                       // without an id
		`{"do":"next","id":"short"}`,          // too easily another's
		`{"do":"next","id":"has.dots.in.it"}`, //
		`{"do":"next","id":"` + strings.Repeat("a", 65) + `"}`,
		`{"do":"next","id":"abcdefgh","extra":1}`, // the schema is closed
		`{"do":"next","id":"abcdefgh","after":"1"}`,
		`{"do":"next","id":"abcdefgh","after":1.5}`,
		`{"do":"next","id":"abcdefgh","after":99999999999999999999}`,
		`{"do":"next","id":"abcdefgh"}{"do":"next","id":"abcdefgi"}`,
		`{"do":"next","id":"abcdefgh"} x`,
		`{"do":"take","id":"abcdefgh","reason":{"preset":"knows"}}`,
		`{"do":"presence","devices":{"camera":"ok","screen":"ok"}}`,
		`{"do":"pause","id":"abcdefgh","by":{"role":"recruiter"}}`,
		`{"do":"pause","id":"` + strings.Repeat("a", maxMessage) + `"}`,
		"{\"do\":\"pause\",\"id\":\"abc\x00defgh\"}",
		strings.Repeat("[", 50_000),
		`{"do":"next","id":"abcdefgh","after":` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`,
	} {
		if m, err := decode(nextup.RoleInterviewer, []byte(b)); err == nil {
			t.Errorf("%.80q was taken for %#v", b, m)
		}
	}
}

func TestWordsOfAReasonAreARow(t *testing.T) {
	m, err := decode(nextup.RoleInterviewer, []byte(`{"do":"skip","id":"abcdefgh","candidate":"C","toEnd":true,"preset":"other","words":"needs\r\nto eat\u0007"}`))
	if err != nil {
		t.Fatal(err)
	}
	c, words, err := m.(order).command(conversation{id: "I:abcdefgh"})
	want := nextup.Skip{Candidate: "C", ToEnd: true, Reason: nextup.Reason{Preset: nextup.PresetOther, Text: "reason:I:abcdefgh"}}
	if err != nil || c != want || len(words) != 1 || words[0] != (nextup.Text{ID: "reason:I:abcdefgh", Body: "needs\nto eat"}) {
		t.Errorf("%+v %+v %v", c, words, err)
	}
	long, err := decode(nextup.RoleInterviewer, []byte(`{"do":"skip","id":"abcdefgh","words":"`+strings.Repeat("å", maxWords+1)+`"}`))
	if err != nil {
		t.Fatal("too long for a reason, but a message:", err)
	}
	if _, _, err := long.(order).command(conversation{}); code(err) != nextup.CodeInvalid {
		t.Error("4001 letters:", err)
	}
	// All that may be written fits into one message, in any script.
	if _, err := decode(nextup.RoleInterviewer, []byte(`{"do":"assess","id":"abcdefgh","note":"`+strings.Repeat("👩", maxWords)+`"}`)); err != nil {
		t.Error("4000 letters of four bytes:", err)
	}
}

func TestMediaConnectionsAreToldApart(t *testing.T) {
	sdp := func(session, version, ufrag, finger string) string {
		return "v=0\r\no=- " + session + " " + version + " IN IP4 127.0.0.1\r\ns=-\r\na=ice-ufrag:" + ufrag + "\r\na=fingerprint:sha-256 " + finger + "\r\n"
	}
	first, ok := connection("device01", sdp("111", "2", "aaaa", "AB:CD"))
	if !ok {
		t.Fatal("no name")
	}
	if again, _ := connection("device01", sdp("111", "3", "bbbb", "AB:CD")); again != first {
		t.Error("an ICE restart looks like another connection")
	}
	for _, other := range []struct{ device, sdp string }{
		{"device02", sdp("111", "2", "aaaa", "AB:CD")},
		{"device01", sdp("112", "2", "aaaa", "AB:CE")},
		{"device01", sdp("111", "2", "aaaa", "AB:CE")},
	} {
		if name, _ := connection(nextup.DeviceID(other.device), other.sdp); name == first {
			t.Error("another connection has the same name")
		}
	}
	if _, ok := connection("device01", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"); ok {
		t.Error("an offer without keys was taken")
	}
}

func FuzzDecode(f *testing.F) {
	for do, v := range verbs {
		f.Add(fmt.Sprintf(`{"do":%q,"id":%q}`, do, anID), v.roles[0] == nextup.RoleCandidate)
	}
	f.Add(`{"do":"assess","id":"abcdefgh","offer":1,"item":"q:1","rating":5,"note":"x","revision":0}`, false)
	f.Fuzz(func(t *testing.T, s string, candidate bool) {
		role := nextup.RoleInterviewer
		if candidate {
			role = nextup.RoleCandidate
		}
		m, err := decode(role, []byte(s))
		if err != nil {
			return
		}
		if !slices.Contains(verbs[m.about().Do].roles, role) {
			t.Fatalf("%s said %q", role, m.about().Do)
		}
		if o, ok := m.(order); ok {
			_, words, err := o.command(conversation{device: "device01", id: "x:y"})
			for _, w := range words {
				if err == nil && (len([]rune(w.Body)) > maxWords || strings.ContainsAny(w.Body, "\x00\r\x1b")) {
					t.Fatalf("words %q", w.Body)
				}
			}
		}
	})
}
