package transport

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"
)

func testLinks(t *testing.T) Links {
	t.Helper()
	l, err := NewLinks(bytes.Repeat([]byte{7}, 32), &url.URL{Scheme: "https", Host: "jobs.example"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A change here makes every link in everybody's mail void. The values were worked
// out apart from this program, from the description in links.go.
func TestLinksStayTheSame(t *testing.T) {
	l := testLinks(t)
	for _, c := range []struct{ got, want string }{
		{l.SignUp("S"), "https://jobs.example/s/S.JLRNL_pt25rcvvAAQOBafA"},
		{l.Candidate("S", "C"), "https://jobs.example/c/S.C.yvB7_SJmXIb3DfmC-6yz4Q"},
		{l.Interviewer("S", "I", 1), "https://jobs.example/i/S.I.1.bFuKwDo23XVTR8RJIt8Dmg"},
		{l.PIN("S", "I", 1), "045893"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestLinksOpenOnlyWhatWasSealed(t *testing.T) {
	l := testLinks(t)
	good := pathOf(l.Interviewer("SESSION", "PERSON", 3))[len("/i/"):]
	s, i, g, err := l.openInterviewer(good)
	if err != nil || s != "SESSION" || i != "PERSON" || g != 3 {
		t.Fatal(s, i, g, err)
	}
	bad := []string{
		"", ".", "...", good + ".", good + "x", good[1:], strings.ToLower(good), strings.Replace(good, ".3.", ".4.", 1),
		strings.Replace(good, "PERSON", "NOSREP", 1), strings.Repeat("A", 100_000), good[:len(good)-1], good[:len(good)-22],
	}
	for n := range len(good) { // every single letter counts
		b := []byte(good)
		b[n] ^= 1
		bad = append(bad, string(b))
	}
	for _, token := range bad {
		if _, _, _, err := l.openInterviewer(token); err == nil {
			t.Errorf("%q was opened", token)
		}
	}
	// A link of one kind is no link of another, and other keys make other links.
	candidate := pathOf(l.Candidate("SESSION", "PERSON"))[len("/c/"):]
	if _, err := l.openSignUp(candidate); err == nil {
		t.Error("a candidate's link opened the sign-up")
	}
	if l.seal("candidate", "a", "bc") == l.seal("candidate", "ab", "c") || l.seal("x", "a") == l.seal("y", "a") {
		t.Error("two lists of parts have one MAC")
	}
	other, err := NewLinks(bytes.Repeat([]byte{8}, 32), &url.URL{Scheme: "https", Host: "jobs.example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := other.openCandidate(candidate); err == nil {
		t.Error("another key opened it")
	}
}

func TestPassIsBoundToTheGeneration(t *testing.T) {
	l, now := testLinks(t), time.Unix(1_800_000_000, 0)
	v := l.pass("S", "I", 2, now.Add(time.Hour))
	if !l.letIn(v, "S", "I", 2, now) {
		t.Error("the right pass was refused")
	}
	if l.letIn(v, "S", "I", 3, now) || l.letIn(v, "S", "J", 2, now) || l.letIn(v, "T", "I", 2, now) || l.letIn(v, "S", "I", 2, now.Add(2*time.Hour)) || l.letIn(v+"x", "S", "I", 2, now) {
		t.Error("a wrong pass let somebody in")
	}
}

func TestPINsAreEven(t *testing.T) {
	l := testLinks(t)
	var first [10]int
	const n = 20_000
	for g := range n {
		p := l.PIN("S", "I", g)
		if len(p) != 6 || digits(p) != p {
			t.Fatalf("PIN %q", p)
		}
		first[p[0]-'0']++
	}
	for d, got := range first {
		if got < n/10-300 || got > n/10+300 { // 7 standard deviations
			t.Errorf("first digit %d: %d of %d", d, got, n)
		}
	}
	if l.PIN("S", "I", 1) == l.PIN("S", "I", 2) && l.PIN("S", "J", 1) == l.PIN("S", "J", 2) {
		t.Error("a renewed PIN is the old one")
	}
}

func TestKeyMustBeWhole(t *testing.T) {
	if _, err := NewLinks(make([]byte, 31), &url.URL{Scheme: "https", Host: "a"}); err == nil {
		t.Error("31 bytes were taken")
	}
	if _, err := NewLinks(make([]byte, 32), &url.URL{Scheme: "https", Host: "a", Path: "/sub"}); err == nil {
		t.Error("a base URL with a path was taken")
	}
}
