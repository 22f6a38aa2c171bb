package transport

import (
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/line"
	pages "github.com/johnfercher/maroto/v2/pkg/components/page"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/align"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/consts/pagesize"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"

	"nextup"
)

// recruiterPDF is the summary as a file to keep.
func (s *Server) recruiterPDF(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	return s.summaryPDF(w, r, n, deskReader(n, who))
}

// interviewerPDF is the same for an interviewer who took part.
func (s *Server) interviewerPDF(w http.ResponseWriter, r *http.Request) error {
	g, reader, err := s.reads(r)
	if err != nil {
		return err
	}
	return s.summaryPDF(w, r, g.snapshot, reader)
}

func (s *Server) summaryPDF(w http.ResponseWriter, r *http.Request, n nextup.Snapshot, reader summaryReader) error {
	v, err := s.newSummary(r, n, reader)
	if err != nil {
		return err
	}
	body, err := s.printed(s.language(r, reader.words), v)
	if err != nil {
		return err
	}
	if err := s.accessed(r.Context(), reader.by, n.ID, OpenedExport); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="`+summaryName(n)+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
	return nil
}

// Sizes of the paper's text in points, of its lines in millimetres, and how many
// letters go into a line of the whole width. The last two only judge whether
// something fits on the rest of a page.
const (
	pdfGrid    = 24
	pdfSmall   = 8.5
	pdfPlain   = 9.5
	pdfHead    = 12.5
	pdfTitle   = 19
	pdfLine    = 4.6
	pdfLetters = 92
	pdfPage    = 250 // mm of a page's height for text
	pdfFamily  = "Inter"
)

// paper is a PDF on its way. Words are in one language.
type paper struct {
	doc  core.Maroto
	s    *Server
	lang string
}

// printed makes the PDF: A4, with the fonts it needs.
func (s *Server) printed(lang string, v summaryView) ([]byte, error) {
	fonts := []*entity.CustomFont{}
	for style, name := range map[fontstyle.Type]string{fontstyle.Normal: "Inter-Regular", fontstyle.Bold: "Inter-SemiBold"} {
		b, err := fs.ReadFile(s.Files, "vendor/inter-static/"+name+".ttf")
		if err != nil {
			return nil, fmt.Errorf("transport: pdf: %w", err)
		}
		fonts = append(fonts, &entity.CustomFont{Family: pdfFamily, Style: style, Bytes: b})
	}
	title := printable(s.Text(lang, "summary.title") + ", " + v.Title)
	p := paper{s: s, lang: lang, doc: maroto.New(config.NewBuilder().
		WithPageSize(pagesize.A4).WithMaxGridSize(pdfGrid).
		WithLeftMargin(15).WithRightMargin(15).WithTopMargin(14).WithBottomMargin(16).
		WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: pdfFamily, Size: pdfPlain}).
		WithPageNumber(props.PageNumber{Pattern: "{current} / {total}", Place: props.RightBottom, Family: pdfFamily, Size: pdfSmall}).
		WithTitle(title, true).WithAuthor("nextup", true).WithCreator("nextup", true).WithSubject(title, true).
		WithCreationDate(s.Now().UTC()).WithCompression(true).WithSequentialMode().Build())}
	p.summary(v)
	made, err := p.doc.Generate()
	if err != nil {
		return nil, fmt.Errorf("transport: pdf: %w", err)
	}
	return made.GetBytes(), nil
}

func (p paper) t(key string, args ...any) string { return p.s.Text(p.lang, key, args...) }

func (p paper) when(at time.Time, format string) string {
	words, err := p.s.texts.when(p.lang, at, format)
	if err != nil {
		return at.Format("2006-01-02 15:04")
	}
	return words
}

func (p paper) minutes(n int) string { return p.t("summary.min", "n", n) }

func (p paper) verdict(rating int) string { return p.t("summary.verdict." + strconv.Itoa(rating)) }

func (p paper) interest(i nextup.Interest) string {
	if i == "" {
		return p.t("summary.interest.none")
	}
	return p.t("summary.interest." + string(i))
}

func (p paper) rating(s scoreView) string {
	switch {
	case s.Rating == nextup.NotAsked:
		return p.t("summary.notAsked")
	case s.Rating <= 0:
		return ""
	case s.Words != "":
		return strconv.Itoa(s.Rating) + " " + s.Words
	}
	return strconv.Itoa(s.Rating) + " " + p.t("assess.anchor."+strconv.Itoa(s.Rating))
}

// summary writes the whole of it, in the order of the page.
func (p paper) summary(v summaryView) {
	p.put(p.words(v.Title, props.Text{Size: pdfTitle, Style: fontstyle.Bold, Bottom: 2})...)
	p.put(p.words(p.t("summary.title")+", "+p.when(v.Start, "full")+" "+p.t("list.to")+" "+p.when(v.End, "clock")+", "+
		p.t("time.zone", "city", city(v.Start), "offset", offset(v.Start)), props.Text{Bottom: 3})...)
	if !v.Complete {
		p.put(p.words(p.t("summary.notComplete"), props.Text{Bottom: 3})...)
	}
	if v.Hidden && v.Complete {
		p.put(p.words(p.t("summary.hidden"), props.Text{Bottom: 3})...)
	}
	if v.Talks == 0 {
		p.put(p.words(p.t("summary.noTalks"), props.Text{})...)
	} else {
		facts := p.t("summary.fact.talks") + ": " + p.t("summary.outOf", "n", v.Interviews, "of", v.Registered)
		if v.Complete {
			facts += ".  " + p.t("summary.fact.interesting") + ": " + strconv.Itoa(v.Interesting) +
				".  " + p.t("summary.fact.yes") + ": " + p.t("summary.outOf", "n", v.Yes, "of", v.Answered)
		}
		facts += ".  " + p.t("summary.fact.wait") + ": " + p.t("summary.waits", "median", v.Median, "max", v.Max) +
			".  " + p.t("summary.fact.order") + ": " + p.t("summary.outOf", "n", v.InOrder, "of", v.Talks) + "."
		p.put(p.words(facts, props.Text{Bottom: 2})...)
		if v.Filter.Narrow() {
			p.put(p.words(p.t("summary.filter.shown", "n", len(v.Rows), "of", v.Talks), props.Text{Bottom: 2})...)
		}
		p.talks(v)
		p.questions(v)
		if len(v.People) > 0 {
			p.head(p.t("summary.notes"))
		}
		for _, c := range v.People {
			p.person(v, c)
		}
	}
	p.record(v)
	p.connections(v)
	p.put(p.words(p.t("summary.foot"), props.Text{Size: pdfSmall, Top: 4})...)
}

// talks is the table of the candidates.
func (p paper) talks(v summaryView) {
	p.head(p.t("summary.candidates"))
	sizes := []int{5, 5, 4, 3, 3, 4}
	heads := []string{"candidate", "interviewer", "talk", "waited", "verdict", "interest"}
	if !v.Complete {
		sizes, heads = []int{6, 6, 4, 4, 4}, heads[:5]
	}
	p.row(p.table(sizes, heads, fontstyle.Bold, "summary.col."))
	for _, r := range v.Rows {
		var rows []core.Row
		for i, voice := range r.Voices {
			cells := []string{r.Candidate, voice.Interviewer, p.length(r), p.minutes(r.Waited), p.t("summary.notYet")}
			if voice.Seen {
				cells[4] = p.verdict(voice.Verdict)
			}
			if v.Complete {
				cells = append(cells, p.interest(r.Interest))
			}
			if i > 0 {
				cells[0], cells[2], cells[3] = "", "", ""
				if v.Complete {
					cells[5] = ""
				}
			}
			rows = append(rows, p.table(sizes, cells, fontstyle.Normal, ""))
		}
		p.together(len(r.Voices), append(rows, rule())...)
	}
}

func (p paper) length(r *summaryRow) string {
	words := p.when(r.At, "clock") + ", "
	if r.Running {
		return words + p.t("state.inTalk")
	}
	words += p.minutes(r.Minutes)
	if r.Over > 0 {
		words += ", " + p.t("summary.over", "n", r.Over)
	}
	if r.Abandoned {
		words += ", " + p.t("summary.abandoned")
	}
	return words
}

// questions is what was to be asked, with how often it was.
func (p paper) questions(v summaryView) {
	if len(v.Sheet) == 0 {
		return
	}
	p.head(p.t("summary.questions"))
	for _, q := range v.Sheet {
		words := strconv.Itoa(q.N) + ". " + q.Text
		if q.Trait {
			words += " (" + p.t("summary.trait") + ")"
		}
		if q.Removed {
			words += " (" + p.t("summary.removed") + ")"
		}
		if q.Of > 0 {
			words += " " + p.t("summary.taken", "n", q.Taken, "of", q.Of)
		}
		if q.Left > 0 {
			words += " " + p.t("summary.left", "count", q.Left)
		}
		p.put(p.words(words, props.Text{Bottom: 1})...)
	}
	var anchors []string
	for _, a := range v.Anchors {
		anchors = append(anchors, p.rating(scoreView{Rating: a.Rating, Words: a.Words}))
	}
	p.put(p.words(p.t("summary.anchors")+" "+strings.Join(anchors, ", ")+".", props.Text{Size: pdfSmall, Bottom: 1})...)
}

// person is one candidate with everything that was said; on one page if that is
// possible.
func (p paper) person(v summaryView, c *personView) {
	lines, rows := 2, p.words(c.Name, props.Text{Size: 11, Style: fontstyle.Bold, Top: 1, Bottom: 1})
	say := func(words string, style props.Text) {
		for _, l := range strings.Split(words, "\n") {
			lines += 1 + len([]rune(l))/pdfLetters
		}
		rows = append(rows, p.words(words, style)...)
	}
	if v.Complete {
		say(p.t("summary.col.interest")+" "+p.interest(c.Interest), props.Text{Bottom: 1})
	}
	if c.Comment != "" {
		say(p.t("summary.comment")+": "+c.Comment, props.Text{Bottom: 1})
	}
	for _, r := range c.Rows {
		for _, voice := range r.Voices {
			if !voice.Seen {
				continue
			}
			say(voice.Interviewer+", "+p.length(r)+": "+p.verdict(voice.Verdict), props.Text{Style: fontstyle.Bold, Top: 1, Bottom: 0.5})
			if voice.Note != "" {
				say(voice.Note, props.Text{Bottom: 1})
			}
			for i, m := range voice.Marks {
				if m.Rating != 0 && m.Note == "" {
					say(v.Traits[i]+": "+p.rating(m), props.Text{Left: 4})
				}
			}
			for _, d := range voice.Details {
				words := d.Text
				if d.Removed {
					words += " (" + p.t("summary.removed") + ")"
				}
				if rating := p.rating(d.scoreView); rating != "" {
					words += ": " + rating
				}
				if d.Note != "" {
					words += ". " + d.Note
				}
				say(words, props.Text{Left: 4})
			}
			for _, ch := range voice.Changes {
				say(p.when(ch.At, "short")+": "+p.change(ch), props.Text{Left: 4, Size: pdfSmall})
			}
		}
	}
	p.together(lines, append(rows, space(1.5), rule(), space(1.5))...)
}

// change is one correction in words.
func (p paper) change(c changeView) string {
	what := c.Item
	switch c.Kind {
	case "overall":
		what = p.t("summary.col.verdict")
	case "note":
		what = p.t("summary.col.note")
	}
	side := func(s scoreView) string {
		words := p.rating(s)
		if c.Kind == "overall" {
			words = p.verdict(s.Rating)
		}
		if s.Note != "" {
			words = strings.TrimSpace(words + " “" + s.Note + "”")
		}
		if words == "" {
			words = p.t("summary.change.nothing")
		}
		return words
	}
	return what + ", " + p.t("summary.change.from") + " " + side(c.From) + " " + p.t("summary.change.to") + " " + side(c.To)
}

// record is the fairness record: deviations, who had no talk, turn order.
func (p paper) record(v summaryView) {
	p.head(p.t("summary.deviations"))
	if len(v.Deviations) == 0 {
		p.put(p.words(p.t("summary.noDeviations"), props.Text{})...)
	}
	for _, d := range v.Deviations {
		key, args := "summary.deviation."+string(d.Kind), []any{"candidate", d.Candidate}
		if d.Who == "" {
			key += ".clock"
		} else {
			args = append(args, "who", d.Who)
		}
		words := strconv.Itoa(d.N) + ". " + p.t(key, args...) + ", " + p.when(d.At, "clock")
		switch {
		case d.Preset == nextup.PresetOther && d.Words != "":
			words += ". " + d.Words
		case d.Preset != "":
			words += ". " + p.t("summary.reason."+string(d.Preset))
			if d.Words != "" {
				words += ": " + d.Words
			}
		}
		p.put(p.words(words, props.Text{Bottom: 1})...)
	}
	p.head(p.t("summary.missing"))
	if len(v.Missing) == 0 {
		p.put(p.words(p.t("summary.allReached"), props.Text{})...)
	}
	for _, m := range v.Missing {
		p.put(p.words(m.Name+": "+p.t(m.State.Key, "count", 0), props.Text{Bottom: 1})...)
	}
	if len(v.Turns) == 0 {
		return
	}
	p.head(p.t("summary.fair"))
	about := p.t("summary.fairText")
	sizes, heads := []int{2, 9, 6, 3, 4}, []string{"turn", "candidate", "served", "waited", "talked"}
	if v.Booked {
		about += " " + p.t("summary.fairBooked")
		sizes, heads = []int{2, 7, 4, 5, 3, 3}, slices.Insert(heads, 2, "booked")
	}
	p.put(p.words(about, props.Text{Size: pdfSmall, Bottom: 2})...)
	p.row(p.table(sizes, heads, fontstyle.Bold, "summary.col."))
	for _, t := range v.Turns {
		served, talked := p.t("summary.notServed"), ""
		if t.Served > 0 {
			served, talked = strconv.Itoa(t.Served), p.minutes(t.Talked)
			if t.Moved {
				served += ", " + p.t("summary.moved")
			}
		}
		cells := []string{strconv.Itoa(t.Turn), t.Name, served, p.minutes(t.Waited), talked}
		if v.Booked {
			cells = slices.Insert(cells, 2, p.booked(t))
		}
		p.together(1, p.table(sizes, cells, fontstyle.Normal, ""), rule())
	}
}

// booked is the time that somebody had chosen.
func (p paper) booked(t turnRow) string {
	switch {
	case t.Booked.IsZero():
		return ""
	case t.Late:
		return p.when(t.Booked, "clock") + ", " + p.t("summary.late")
	}
	return p.when(t.Booked, "clock")
}

// head begins a section; it never stands alone at the foot of a page.
func (p paper) head(words string) {
	rows := append([]core.Row{space(5)}, p.words(words, props.Text{Size: pdfHead, Style: fontstyle.Bold, Bottom: 1.5})...)
	p.together(7, rows...)
}

func (p paper) put(rows ...core.Row) { p.doc.AddRows(rows...) }

func (p paper) row(r core.Row) { p.put(r, rule()) }

// together keeps rows of about so many lines on one page, if a page has room for them.
func (p paper) together(lines int, rows ...core.Row) {
	if height := float64(lines)*pdfLine + 4; height < pdfPage && !p.doc.FitlnCurrentPage(height) {
		p.doc.AddPages(pages.New().Add(rows...))
		return
	}
	p.put(rows...)
}

// words are the rows of a text: one for each paragraph, of a long one several, so
// that a page can end in between.
func (p paper) words(words string, style props.Text) (rows []core.Row) {
	const most = 20 * pdfLetters
	for _, paragraph := range strings.Split(printable(words), "\n") {
		letters := []rune(paragraph)
		for first := true; first || len(letters) > 0; first = false {
			cut := len(letters)
			if cut > most {
				for cut = most; cut > most/2 && letters[cut-1] != ' '; cut-- {
				}
			}
			rows = append(rows, text.NewAutoRow(orSpace(string(letters[:cut])), style))
			letters = letters[cut:]
		}
	}
	return rows
}

// table is one line of a table. A key before the cells makes them words of the catalogue.
func (p paper) table(sizes []int, cells []string, style fontstyle.Type, key string) core.Row {
	r := row.New()
	for i, c := range cells {
		if key != "" {
			c = p.t(key + c)
		}
		c = strings.ReplaceAll(printable(c), "\n", " ")
		r.Add(col.New(sizes[i]).Add(text.New(orSpace(narrow(c, sizes[i])), props.Text{Size: 9, Style: style, Align: align.Left, Top: 0.8, Bottom: 1, Right: 2})))
	}
	return r
}

func rule() core.Row {
	return line.NewRow(0.6, props.Line{Color: &props.Color{Red: 190, Green: 190, Blue: 190}, Thickness: 0.2, SizePercent: 100})
}

func space(height float64) core.Row { return row.New(height).Add(col.New(pdfGrid)) }

func orSpace(words string) string {
	if words == "" {
		return " "
	}
	return words
}

// printable leaves out what paper cannot show: control and formatting characters,
// and letters beyond the 16 bits that the font has places for. Words longer than a
// line are broken.
func printable(words string) string {
	words = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFF:
			return unicode.ReplacementChar
		}
		return r
	}, words)
	return broken(words, pdfLetters*3/4)
}

// narrow breaks words that are longer than a column of this size.
func narrow(words string, size int) string { return broken(words, max(7, size*pdfLetters/pdfGrid)) }

// broken puts a space into every run of so many letters without one.
func broken(words string, most int) string {
	var b strings.Builder
	run := 0
	for _, r := range words {
		if run++; unicode.IsSpace(r) {
			run = 0
		} else if run > most {
			b.WriteByte(' ')
			run = 1
		}
		b.WriteRune(r)
	}
	return b.String()
}
