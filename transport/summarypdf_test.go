package transport

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"nextup"
)

// pdfText is what a PDF says, page by page, after a reader of its own: streams are
// inflated and the strings in them are UTF-16.
func pdfText(t *testing.T, file []byte) (pages []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(file, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		b, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(b, []byte(") Tj")) {
			continue
		}
		var page strings.Builder
		for rest := b; ; {
			begin := bytes.IndexByte(rest, '(')
			if begin < 0 {
				break
			}
			var raw []byte
			i := begin + 1
			for ; i < len(rest) && rest[i] != ')'; i++ {
				if rest[i] == '\\' {
					i++
					if rest[i] == 'r' {
						raw = append(raw, '\r')
						continue
					}
				}
				raw = append(raw, rest[i])
			}
			page.WriteString(utf16Words(raw) + " ")
			rest = rest[i:]
		}
		pages = append(pages, page.String())
	}
	return pages
}

func utf16Words(raw []byte) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// S3-46: the summary as a file. Two independent readers open it; letters, title and
// page numbers are right; it speaks the reader's language.
func TestS3_46_PDF(t *testing.T) {
	d := newDesks(t)
	d.crowd(40)
	c := d.signedIn("maria@example.test")
	for lang, want := range map[string][]string{
		"sv": {"Sammanställning", "Intressant", "Kanske", "Avsteg från turordningen", "inte ställd", "tisdag 24 november 2026"},
		"en": {"Summary", "Interesting", "Maybe", "Deviations from turn order", "not asked", "Tuesday 24 November 2026"},
		"nb": {"Oppsummering", "Interessant", "Kanskje", "Avvik fra turrekkefølgen", "ikke stilt", "tirsdag 24. november 2026"},
	} {
		c.Jar.SetCookies(mustURL(t, d.http.URL), []*http.Cookie{{Name: languageCookie, Value: lang, Path: "/"}})
		g := d.get(c, "/sessions/SESSION1/summary.pdf")
		if g.StatusCode != http.StatusOK || g.Header.Get("Content-Type") != "application/pdf" || g.Header.Get("Cache-Control") != "no-store" ||
			!strings.HasPrefix(g.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: %d %v", lang, g.StatusCode, g.Header)
		}
		file := []byte(g.body)
		if folder := os.Getenv("NEXTUP_SHOTS"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, "summary-"+lang+".pdf"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		api.DisableConfigDir()
		if err := api.Validate(bytes.NewReader(file), nil); err != nil {
			t.Errorf("%s: not valid: %v", lang, err)
		}
		count, err := api.PageCount(bytes.NewReader(file), nil)
		pages := pdfText(t, file)
		if err != nil || count < 3 || len(pages) != count {
			t.Fatalf("%s: %d pages, %d with words, %v", lang, count, len(pages), err)
		}
		all := strings.Join(pages, "")
		if path, err := exec.LookPath("pdftotext"); err == nil {
			read := exec.Command(path, "-", "-")
			read.Stdin = bytes.NewReader(file)
			out, err := read.Output()
			if err != nil {
				t.Fatalf("pdftotext: %v", err)
			}
			if !strings.Contains(string(out), "Øystein Ågård") || !strings.Contains(string(out), "Bjørn Æthelsen") {
				t.Errorf("%s: pdftotext does not read the names", lang)
			}
		}
		for i, p := range pages {
			if !strings.Contains(p, fmt.Sprintf("%d / %d", i+1, count)) {
				t.Errorf("%s: page %d has no number", lang, i+1)
			}
		}
		for _, w := range append(want, "Warehouse worker", "Åsa Öberg", "Bjørn Æthelsen", "Øystein Ågård", "Elif Yılmaz", "Łukasz Dvořák",
			"Name of INTERVIEWER1", "ÄÖØÆ ærlig", "på Østlandet och i Åmål", "Har du körkort?", "Det lät som ett bra jobb") {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %q is missing", lang, w)
			}
		}
		var title []byte
		for _, unit := range utf16.Encode([]rune(want[0] + ", Warehouse worker")) {
			title = binary.BigEndian.AppendUint16(title, unit)
		}
		if at := bytes.Index(file, []byte("/Title")); at < 0 || !bytes.HasPrefix(file[at:][len("/Title (\xfe\xff"):], title) {
			t.Errorf("%s: the file's title is not %q", lang, want[0])
		}
	}
}

// Whatever people write, there is a file.
func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"", " ", "\n\n\n", "👩🏽‍💻 emoji", "a\x00b\u202e", strings.Repeat("x", 5000), strings.Repeat("word ", 3000), "العربية 漢字", "a)b\\c(d\r\n", "\xff\xfe"} {
		f.Add(s)
	}
	s, err := New(Config{Sessions: newWorld(), Media: newWorld(), Store: newWorld(), Key: make([]byte, 32), BaseURL: &url.URL{Scheme: "http", Host: "localhost:1"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, words string) {
		voice := &voiceView{Interviewer: words, Seen: true, Note: words, Verdict: 3, Details: []detailRow{{Text: words, scoreView: scoreView{Rating: 3, Note: words}}}}
		row := &summaryRow{Candidate: words, Voices: []*voiceView{voice}}
		v := summaryView{
			Title: words, Talks: 1, Complete: true, Rows: []*summaryRow{row},
			People:     []*personView{{Name: words, Comment: words, Interest: nextup.InterestYes, Rows: []*summaryRow{row}}},
			Missing:    []missingRow{{Name: words, State: stateView{Key: "state.noShow"}}},
			Deviations: []deviationRow{{N: 1, Kind: nextup.DeviationTake, Candidate: words, Who: words, Preset: nextup.PresetOther, Words: words}},
			Turns:      []turnRow{{Name: words, Turn: 1}},
		}
		file, err := s.printed("sv", v)
		if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
			t.Fatalf("%v", err)
		}
	})
}
