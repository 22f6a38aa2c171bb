package transport

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// shown is a list as one line for each person and each fault.
func (p pasted) shown() string {
	var out []string
	for _, l := range p.Right() {
		s := fmt.Sprintf("%d %s <%s>", l.Line, l.Name, l.Email)
		if l.Guessed {
			s += " guessed"
		}
		if l.Phone != "" {
			s += " " + l.Phone
		}
		if l.Language != "" {
			s += " " + l.Language
		}
		out = append(out, s)
	}
	for _, l := range p.Faults() {
		out = append(out, fmt.Sprintf("%d! %s", l.Line, l.Wrong.Key))
	}
	return strings.Join(out, "\n")
}

func TestParseApplicants(t *testing.T) {
	for name, c := range map[string]struct{ typed, want string }{
		"as the row says":                 {"Anna Berg, anna@example.se\nOla Nordmann, ola@example.no", "1 Anna Berg <anna@example.se>\n2 Ola Nordmann <ola@example.no>"},
		"any separator":                   {"Anna Berg;anna@example.se\nBo Ek\tbo@example.se\nCai Å cai@example.se", "1 Anna Berg <anna@example.se>\n2 Bo Ek <bo@example.se>\n3 Cai Å <cai@example.se>"},
		"mail program":                    {"\"Berg, Anna\" <anna@example.se>\nBo Ek <bo@example.se>,\n<c@example.se>", "1 Anna Berg <anna@example.se>\n2 Bo Ek <bo@example.se>\n3 C <c@example.se> guessed"},
		"addresses alone":                 {"anna.berg@example.se\nBO_ek-olsson+jobb@example.se", "1 Anna Berg <anna.berg@example.se> guessed\n2 BO Ek Olsson <BO_ek-olsson+jobb@example.se> guessed"},
		"address first":                   {"anna@example.se, Anna Berg", "1 Anna Berg <anna@example.se>"},
		"empty lines, line ends and mark": {"\ufeffAnna, a@example.se\r\n\r\n  ;;\r\nBo, b@example.se\r", "1 Anna <a@example.se>\n4 Bo <b@example.se>"},
		"phone and language":              {"Anna; a@example.se; 070-123 45 67; svenska\nBo; b@example.se; +47 900 00 000; NO", "1 Anna <a@example.se> 070-123 45 67 sv\n2 Bo <b@example.se> +47 900 00 000 nb"},
		"Swedish headings":                {"Förnamn;Efternamn;E-postadress;Mobil;Språk;Ålder\nAnna;Berg;a@example.se;070 1;Svenska;33", "2 Anna Berg <a@example.se> 070 1 sv"},
		"Norwegian headings":              {"E-post,Navn,Tlf.\na@example.no,Ola Nordmann,900 00 000", "2 Ola Nordmann <a@example.no> 900 00 000"},
		"English headings":                {"Last name\tFirst name\tEmail address\tPhone\tLanguage\nBerg\tAnna\ta@example.se\t\tEnglish", "2 Anna Berg <a@example.se> en"},
		"headings without addresses":      {"Namn\nAnna, a@example.se", "2 Anna <a@example.se>"},
		"a person is no heading":          {"Anna Berg, 070-1234567\nBo, b@example.se", "2 Bo <b@example.se>\n1! jobadd.noAddress"},
		"quotes":                          {"name,email\n\"Berg, \"\"Anna\"\"\",a@example.se\n\"Bo\" , \"b@example.se\"\nOla \"Olle Ek,o@example.se", "2 \"Anna Berg <a@example.se>\n3 Bo <b@example.se>\n4 Ola \"Olle Ek <o@example.se>"},
		"headed column missing":           {"namn;e-post\nAnna;a@example.se\nBo", "2 Anna <a@example.se>\n3! jobadd.noAddress"},
		"headings, then lines in another way": {
			"Namn;E-post\nAnna Berg;anna@example.se\nÅsa Öberg, asa@example.se\nOla <ola@example.no>\n\"Ek, Bo\" <bo@example.se>\ncai@example.se\nDan\tdan@example.se\t070-123 45 67",
			"2 Anna Berg <anna@example.se>\n3 Åsa Öberg <asa@example.se>\n4 Ola <ola@example.no>\n5 Bo Ek <bo@example.se>\n6 Cai <cai@example.se> guessed\n7 Dan <dan@example.se> 070-123 45 67",
		},
		"headings between commas":              {"Namn,E-post\nOla <ola@example.no>\nÅsa Öberg;asa@example.se", "2 Ola <ola@example.no>\n3 Åsa Öberg <asa@example.se>"},
		"one heading":                          {"E-post\nÅsa Öberg, asa@example.se\nbo@example.se", "2 Åsa Öberg <asa@example.se>\n3 Bo <bo@example.se> guessed"},
		"headings, two addresses":              {"namn;e-post\na@example.se, b@example.se", "2! jobadd.twoAddresses"},
		"headings, the address of a reference": {"namn;e-post;referens\nAnna;;chef@example.se\nBo;b@example.se;chef@example.se", "3 Bo <b@example.se>\n2! jobadd.noAddress"},
		"twice": {
			"Anna, A@example.se\nBo, b@example.se\nAnna B, a@EXAMPLE.se, 070 12 34 56\nb@example.se, Svenska, 1",
			"1 Anna <A@example.se> 070 12 34 56\n2 Bo <b@example.se> sv",
		},
		"the name comes later": {"a@example.se\nAnna Berg, a@example.se", "1 Anna Berg <a@example.se>"},
		"every fault": {
			"Anna\nanna@\nA a@example.se b@example.se\nB\u202e, b@example.se\n" + strings.Repeat("x", 101) + ", c@example.se\nD, d@localhost",
			"1! jobadd.noAddress\n2! jobadd.badAddress\n3! jobadd.twoAddresses\n4! form.error.control\n5! form.error.long\n6! jobadd.badAddress",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parseApplicants(c.typed).shown(); got != c.want {
				t.Errorf("read\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	p := parseApplicants("namn;e-post;Ålder;Ort\nAnna;a@example.se;3;X")
	if strings.Join(p.Columns, ",") != "Ålder,Ort" {
		t.Errorf("columns %q", p.Columns)
	}
	if p := parseApplicants("a@x.se\nA@x.se\nb@x.se\na@X.se"); p.Twice() != 2 || len(p.Right()) != 2 {
		t.Errorf("twice %d of %v", p.Twice(), p.Right())
	}
}

func TestFileText(t *testing.T) {
	const want = "Åsa Öberg, åsa@example.se – ok"
	wide := func(big bool) []byte {
		b := []byte{0xff, 0xfe}
		if big {
			b = []byte{0xfe, 0xff}
		}
		for _, r := range want { // all below 0x10000
			lo, hi := byte(r), byte(r>>8)
			if big {
				lo, hi = hi, lo
			}
			b = append(b, lo, hi)
		}
		return b
	}
	for name, b := range map[string][]byte{
		"UTF-8": []byte(want), "with its mark": []byte("\ufeff" + want), "Windows-1252": []byte("\xc5sa \xd6berg, \xe5sa@example.se \x96 ok"),
		"UTF-16": wide(false), "the other UTF-16": wide(true),
	} {
		if got, ok := fileText(b); !ok || got != want {
			t.Errorf("%s: %q %v", name, got, ok)
		}
	}
	for name, b := range map[string][]byte{"workbook": []byte("PK\x03\x04..."), "old workbook": []byte("\xd0\xcf\x11\xe0..."), "PDF": []byte("%PDF-1.7"), "zeros": []byte("a\x00b")} {
		if _, ok := fileText(b); ok {
			t.Errorf("%s was taken for text", name)
		}
	}
}

// Whatever is pasted: every line that is not empty is accounted for, nobody is taken
// twice, and what is taken can be kept as it is.
func FuzzParseApplicants(f *testing.F) {
	for _, s := range []string{
		"Anna Berg, anna@example.se", "namn;e-post\nA;a@example.se", "\"a\"\"b\",c@example.se", "x\t\"", "<a@example.se>", "E-post", "a@b.se,,,;\t\"\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		typed = strings.ToValidUTF8(typed, "\uFFFD")
		p := parseApplicants(typed)
		lines := 0
		for l := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(typed, "\ufeff")), "\n") {
			if strings.Trim(l, " \t,;\"\u00a0") != "" {
				lines++
			}
		}
		if n := len(p.Lines); n != lines && n != lines-1 { // a line of headings is nobody
			t.Fatalf("%d lines became %d", lines, n)
		}
		if len(p.Right())+len(p.Faults())+p.Twice() != len(p.Lines) {
			t.Fatalf("%d right, %d wrong, %d twice of %d", len(p.Right()), len(p.Faults()), p.Twice(), len(p.Lines))
		}
		seen := map[string]bool{}
		for _, l := range p.Right() {
			if name, ok := typedName(l.Name); !ok || name != l.Name || !strings.Contains(l.Email, "@") || !utf8.ValidString(l.Phone) {
				t.Fatalf("taken: %+v", l)
			}
			if seen[strings.ToLower(l.Email)] {
				t.Fatalf("%s twice", l.Email)
			}
			seen[strings.ToLower(l.Email)] = true
		}
	})
}
