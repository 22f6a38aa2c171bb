package transport

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"nextup/transport/mail"
)

// maxPasted is how many lines with somebody on them one paste or file may have.
const maxPasted = 1000

// pasted is a list of people as it was read.
type pasted struct {
	Lines   []pastedLine
	Columns []string // headings whose columns are not used
}

// pastedLine is one line that is not empty.
type pastedLine struct {
	Line  int    // from 1, as an editor counts
	Words string // as it stands, shortened, to be found again

	Name, Email, Phone string
	Language           string // "": none was given
	Guessed            bool   // the name was made of the address
	Same               int    // the line that names the same address before this one; 0: none

	Wrong *fieldError // why it cannot be taken; nil: it can
}

// Right lists the lines that can be taken, each address once, with what a later line
// of the same address adds.
func (p pasted) Right() (all []pastedLine) {
	at := map[int]int{}
	for _, l := range p.Lines {
		switch i, again := at[l.Same]; {
		case l.Wrong != nil:
		case l.Same != 0 && again:
			first := &all[i]
			if first.Guessed && !l.Guessed {
				first.Name, first.Guessed = l.Name, false
			}
			if first.Phone == "" {
				first.Phone = l.Phone
			}
			if first.Language == "" {
				first.Language = l.Language
			}
		default:
			at[l.Line] = len(all)
			all = append(all, l)
		}
	}
	return all
}

// Faults lists the lines that cannot be taken.
func (p pasted) Faults() (all []pastedLine) {
	for _, l := range p.Lines {
		if l.Wrong != nil {
			all = append(all, l)
		}
	}
	return all
}

// Twice counts the lines that name somebody who stands above them.
func (p pasted) Twice() (n int) {
	for _, l := range p.Lines {
		if l.Wrong == nil && l.Same != 0 {
			n++
		}
	}
	return n
}

// column is what stands in one column of a list.
type column int

const (
	unused column = iota
	columnName
	columnFirst
	columnLast
	columnEmail
	columnPhone
	columnLanguage
)

// headings are the words over columns, in the languages we speak, without what is
// between letters.
var headings = map[string]column{
	"namn": columnName, "navn": columnName, "name": columnName, "fullname": columnName, "fulltnavn": columnName, "sökande": columnName,
	"søker": columnName, "applicant": columnName, "kandidat": columnName, "candidate": columnName,
	"förnamn": columnFirst, "fornavn": columnFirst, "firstname": columnFirst, "givenname": columnFirst,
	"efternamn": columnLast, "etternavn": columnLast, "lastname": columnLast, "surname": columnLast, "familyname": columnLast,
	"epost": columnEmail, "epostadress": columnEmail, "epostadresse": columnEmail, "mejl": columnEmail, "mejladress": columnEmail,
	"mail": columnEmail, "mailadress": columnEmail, "email": columnEmail, "emailaddress": columnEmail, "emailadress": columnEmail,
	"telefon": columnPhone, "telefonnummer": columnPhone, "tel": columnPhone, "tlf": columnPhone, "tlfnr": columnPhone,
	"mobil": columnPhone, "mobilnummer": columnPhone, "mobiltelefon": columnPhone, "phone": columnPhone, "phonenumber": columnPhone,
	"telephone": columnPhone, "mobile": columnPhone, "mobilephone": columnPhone,
	"språk": columnLanguage, "spraak": columnLanguage, "sprak": columnLanguage, "language": columnLanguage, "lang": columnLanguage,
}

// tongues are the names of languages that letters can be written in.
var tongues = map[string]string{
	"sv": "sv", "se": "sv", "swe": "sv", "svenska": "sv", "svensk": "sv", "swedish": "sv",
	"en": "en", "eng": "en", "engelska": "en", "engelsk": "en", "english": "en",
	"nb": "nb", "no": "nb", "nn": "nb", "nor": "nb", "norska": "nb", "norsk": "nb", "norwegian": "nb", "bokmål": "nb", "norskbokmål": "nb",
}

// letters is a word without what is between its letters, in small ones.
func letters(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s))
}

// fileText is a file's bytes as text: UTF-8 with or without its mark, UTF-16 with
// one (what Excel calls Unicode text), else Windows-1252, in which older programs
// write. ok is false for what is no text.
func fileText(b []byte) (text string, ok bool) {
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")), bytes.HasPrefix(b, []byte("%PDF")):
		return "", false // a workbook, an older one, a PDF
	case len(b) >= 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff):
		units := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			lo, hi := b[i], b[i+1]
			if b[0] == 0xfe {
				lo, hi = hi, lo
			}
			units = append(units, uint16(lo)|uint16(hi)<<8)
		}
		text = string(utf16.Decode(units))
	case utf8.Valid(b):
		text = strings.TrimPrefix(string(b), "\ufeff")
	default:
		t, err := charmap.Windows1252.NewDecoder().Bytes(b)
		if err != nil {
			return "", false
		}
		text = string(t)
	}
	return text, !strings.ContainsRune(text, 0)
}

// parseApplicants reads a list as people paste it or as a table program writes it:
// a line for each person; cells between tabs, semicolons or commas, with or without
// quotes; a first line with headings in any of our languages, or name, address,
// telephone and language in whatever order; "Name <address>", or an address alone.
// Every line is accounted for.
func parseApplicants(typed string) (p pasted) {
	typed = strings.TrimPrefix(typed, "\ufeff")
	typed = strings.ReplaceAll(strings.ReplaceAll(typed, "\r\n", "\n"), "\r", "\n")
	var heads []column
	var comma rune
	first := true
	seen := map[string]int{}
	for i, raw := range strings.Split(typed, "\n") {
		if strings.Trim(raw, " \t,;\"\u00a0") == "" {
			continue
		}
		if first {
			first = false
			sep := separator(raw)
			h, other, ok := readHeadings(cells(raw, sep))
			if ok {
				heads, p.Columns, comma = h, other, sep
				continue
			}
		}
		sep := comma
		if heads == nil {
			sep = separator(raw)
		}
		l := pastedLine{Line: i + 1, Words: visible(clip(strings.TrimSpace(raw), 120))}
		if strings.ContainsFunc(strings.ReplaceAll(raw, "\t", " "), hidden) {
			l.Wrong = &fieldError{Key: "form.error.control"}
		} else if heads != nil {
			line := cells(raw, sep)
			own := separator(raw)
			l.fill(line, heads)
			// Written in another way than the headings. In their way, an address that is not
			// in its column is somebody else's: a referee's, a manager's.
			if another := own != sep || len(line) == 1 || len(heads) == 1; another && l.Email == "" && l.Wrong == nil && strings.Contains(raw, "@") {
				l = pastedLine{Line: l.Line, Words: l.Words}
				l.guess(cells(raw, own))
			}
		} else {
			l.guess(cells(raw, sep))
		}
		if l.Wrong == nil {
			l.finish()
		}
		if l.Wrong == nil {
			key := strings.ToLower(l.Email)
			l.Same = seen[key]
			if l.Same == 0 {
				seen[key] = l.Line
			}
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}

// separator is what stands between a line's cells: a tab, else a semicolon, else a
// comma, outside quotes.
func separator(raw string) rune {
	var semicolon bool
	quoted := false
	for _, r := range raw {
		switch r {
		case '"':
			quoted = !quoted
		case '\t':
			return '\t'
		case ';':
			semicolon = semicolon || !quoted
		}
	}
	if semicolon {
		return ';'
	}
	return ','
}

// cells cuts a line. A cell in quotes may hold the separator, and a quote as two; a
// quote that is never closed is a character like any other.
func cells(raw string, sep rune) (all []string) {
	rest := raw
	for {
		trimmed := strings.TrimLeft(rest, " \u00a0")
		if strings.HasPrefix(trimmed, `"`) {
			if cell, after, ok := unquote(trimmed[1:]); ok {
				after = strings.TrimLeft(after, " \u00a0")
				if after == "" {
					return append(all, clean(cell))
				}
				if strings.HasPrefix(after, "<") { // "Berg, Anna" <anna@example.se>
					address, behind, more := strings.Cut(after, string(sep))
					all = append(all, clean(cell+" "+address))
					if !more {
						return all
					}
					rest = behind
					continue
				}
				if r, n := utf8.DecodeRuneInString(after); r == sep {
					all = append(all, clean(cell))
					rest = after[n:]
					continue
				}
			}
		}
		before, after, more := strings.Cut(rest, string(sep))
		all = append(all, clean(before))
		if !more {
			return all
		}
		rest = after
	}
}

// unquote reads up to the closing quote.
func unquote(s string) (cell, after string, ok bool) {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return "", "", false
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		if !strings.HasPrefix(s, `"`) {
			return b.String(), s, true
		}
		b.WriteByte('"')
		s = s[1:]
	}
}

// clean is a cell without what people did not mean: spaces, and the apostrophe with
// which table programs keep a number a text.
func clean(cell string) string {
	return strings.TrimPrefix(strings.Join(strings.Fields(cell), " "), "'")
}

// readHeadings says what is in which column, and which columns are not used. ok is
// false if the line is no line of headings; without one for the addresses it says
// nothing about columns.
func readHeadings(line []string) (heads []column, other []string, ok bool) {
	known, filled := 0, 0
	email := false
	for _, c := range line {
		if strings.Contains(c, "@") {
			return nil, nil, false
		}
		h := headings[letters(c)]
		if c != "" {
			filled++
		}
		if h != unused {
			known++
		} else if c != "" {
			other = append(other, visible(clip(c, 60)))
		}
		email = email || h == columnEmail
		heads = append(heads, h)
	}
	switch {
	case email:
		return heads, other, true
	case known >= 2, known == 1 && filled == 1:
		return nil, nil, true
	}
	return nil, nil, false
}

// fill takes the cells by their headings.
func (l *pastedLine) fill(line []string, heads []column) {
	var first, last string
	for i, c := range line {
		if i >= len(heads) || c == "" {
			continue
		}
		switch heads[i] {
		case columnName:
			l.Name = c
		case columnFirst:
			first = c
		case columnLast:
			last = c
		case columnEmail:
			l.address(c)
		case columnPhone:
			l.Phone = c
		case columnLanguage:
			l.Language = tongues[letters(c)]
		case unused:
		}
	}
	if l.Name == "" {
		l.Name = strings.TrimSpace(first + " " + last)
	}
}

// guess takes the cells by what they look like.
func (l *pastedLine) guess(line []string) {
	var names []string
	for _, c := range line {
		switch {
		case c == "":
		case strings.Contains(c, "@"):
			l.address(c)
		case isPhone(c) && l.Phone == "":
			l.Phone = c
		case len(line) > 2 && l.Language == "" && tongues[letters(c)] != "":
			l.Language = tongues[letters(c)]
		default:
			names = append(names, c)
		}
	}
	if l.Name == "" {
		l.Name = strings.Join(names, " ")
	} else if len(names) > 0 {
		l.Name = strings.Join(append(names, l.Name), " ")
	}
}

// address takes a cell that holds an address, perhaps with a name before it.
func (l *pastedLine) address(cell string) {
	words := strings.Fields(strings.NewReplacer("<", " ", ">", " ", "mailto:", "", "\"", " ").Replace(cell))
	var names []string
	for _, w := range words {
		switch {
		case !strings.Contains(w, "@"):
			names = append(names, w)
		case l.Email != "":
			l.wrong("jobadd.twoAddresses", 0)
			return
		default:
			l.Email = strings.Trim(w, ",;'()[]")
		}
	}
	if len(names) > 0 && l.Name == "" {
		l.Name = strings.Join(names, " ")
	}
}

func (l *pastedLine) wrong(key string, count int) {
	if l.Wrong == nil {
		l.Wrong = &fieldError{key, count}
	}
}

// finish checks what was taken.
func (l *pastedLine) finish() {
	if l.Email == "" {
		l.wrong("jobadd.noAddress", 0)
		return
	}
	email, err := mail.ParseAddress(l.Email)
	if err != nil {
		l.wrong("jobadd.badAddress", 0)
		return
	}
	l.Email = email
	l.Name = strings.Trim(l.Name, `"' `)
	if last, first, ok := strings.Cut(l.Name, ","); ok && !strings.Contains(first, ",") { // as mail programs write it
		l.Name = strings.TrimSpace(strings.TrimSpace(first) + " " + strings.TrimSpace(last))
	}
	if l.Name == "" {
		l.Name, l.Guessed = nameOf(email), true
	}
	name, ok := typedName(l.Name)
	switch {
	case utf8.RuneCountInString(name) > maxName:
		l.wrong("form.error.long", maxName)
	case !ok:
		l.wrong("form.error.control", 0)
	case utf8.RuneCountInString(l.Phone) > maxPhone:
		l.wrong("jobadd.longPhone", maxPhone)
	}
	l.Name = name
}

// isPhone says whether a cell looks like a telephone number.
func isPhone(c string) bool {
	digits := 0
	for _, r := range c {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune("+-()/. \u00a0\u2013", r):
			return false
		}
	}
	return digits >= 5
}

// nameOf makes a name of an address: "anna.berg@example.se" is "Anna Berg".
func nameOf(email string) string {
	local, _, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for i, w := range words {
		r, n := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[n:]
	}
	if len(words) == 0 {
		return email
	}
	return strings.Join(words, " ")
}
