package transport

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// summaryFile answers with the summary as a table for a spreadsheet: UTF-8 with a
// mark that Excel needs, semicolons as in the Nordic countries, quoting after RFC
// 4180. Each interviewer's assessment of a talk is a line, each question and trait
// has a column for the rating and one for the note.
func (s *Server) summaryFile(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := s.newSummary(r, n, deskReader(n, who))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	table := csv.NewWriter(&b)
	table.Comma, table.UseCRLF = ';', true
	for _, row := range s.summaryCells(s.language(r, who.Language), n, v) {
		for i := range row {
			row[i] = cell(row[i])
		}
		if err := table.Write(row); err != nil {
			return err
		}
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return err
	}
	if err := s.accessed(r.Context(), who.by(), n.ID, OpenedExport); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+summaryName(n)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	_, _ = b.WriteTo(w)
	return nil
}

// summaryName is what a summary's file is called: no words of anybody's in it.
func summaryName(n nextup.Snapshot) string {
	return "nextup-" + in(n.State.Settings.Start, n.State.Settings.Zone).Format("2006-01-02")
}

// summaryCells are the lines of the table, the head first.
func (s *Server) summaryCells(lang string, n nextup.Snapshot, v summaryView) [][]string {
	text := func(key string) string { return s.Text(lang, key) }
	var head []string
	for _, key := range []string{
		"candidate", "mail", "language", "state", "registered", "checkedIn", "booked", "turn", "served", "waited",
		"interviewer", "start", "end", "minutes", "over", "submitted", "verdict", "note", "interest", "comment",
	} {
		head = append(head, text("summary.csv."+key))
	}
	head = append(head, text("figures.csv.candidate"), text("figures.csv.interviewer"))
	for _, q := range v.items {
		head = append(head, itemWords(n, q), itemWords(n, q)+", "+text("summary.csv.itemNote"))
	}
	rows := [][]string{head}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	moment := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return in(at, n.State.Settings.Zone).Format("2006-01-02 15:04")
	}
	line := func(id nextup.CandidateID, r *summaryRow, voice *voiceView) {
		p, c := n.People[id.Person()], n.State.Candidates[id]
		row := []string{p.Name, p.Email, p.Language, text(candidateState(n, c).Key), moment(c.Registered), moment(c.CheckedIn), moment(c.Booked)}
		turn := turnRow{}
		for _, t := range v.Turns {
			if t.id == id {
				turn = t
			}
		}
		row = append(row, number(turn.Turn), number(turn.Served))
		if r == nil {
			waited := ""
			if turn.Turn > 0 {
				waited = strconv.Itoa(turn.Waited)
			}
			rows = append(rows, append(row, append([]string{waited}, make([]string, len(head)-len(row)-1)...)...))
			return
		}
		yes := func(is bool) string {
			if is {
				return text("summary.csv.yes")
			}
			return text("summary.csv.no")
		}
		row = append(row, strconv.Itoa(r.Waited), voice.Interviewer, moment(r.At), moment(r.Ended))
		if r.Running {
			row = append(row, "", "")
		} else {
			row = append(row, strconv.Itoa(r.Minutes), strconv.Itoa(r.Over))
		}
		row = append(row, yes(!voice.Open))
		switch {
		case !voice.Seen:
			row = append(row, text("summary.notYet"), "")
		case voice.Verdict == 0:
			row = append(row, "", voice.Note)
		default:
			row = append(row, text("summary.verdict."+strconv.Itoa(voice.Verdict)), voice.Note)
		}
		interest, comment := "", ""
		if r.Interest != "" {
			interest = text("summary.interest." + string(r.Interest))
		}
		if v.Complete {
			comment = n.Texts[nextup.CommentText(id)]
		}
		row = append(row, interest, comment)
		row = append(row, s.sidesOf(lang, r, voice)...)
		for _, item := range v.items {
			rating, note := "", ""
			for _, m := range voice.marks {
				switch {
				case m.Item != item:
				case m.Rating == nextup.NotAsked:
					rating, note = text("summary.notAsked"), m.Note
				default:
					rating, note = number(m.Rating), m.Note
				}
			}
			row = append(row, rating, note)
		}
		rows = append(rows, row)
	}
	met := map[nextup.CandidateID]bool{}
	for _, r := range v.Rows {
		met[r.id] = true
		for _, voice := range r.Voices {
			line(r.id, r, voice)
		}
	}
	if !v.Filter.Narrow() {
		for _, id := range n.State.Registered {
			if !met[id] {
				line(id, nil, nil)
			}
		}
	}
	return rows
}

// cell keeps a spreadsheet from taking somebody's words for a formula (ASVS 5.0,
// 1.2.10).
func cell(words string) string {
	if strings.IndexAny(words, "=+-@\t\r\x00") == 0 || strings.HasPrefix(strings.TrimLeft(words, " \n"), "=") {
		return "'" + words
	}
	return words
}
