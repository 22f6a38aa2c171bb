package transport

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
)

// summaryFile answers with the summary as a table for a spreadsheet: UTF-8 with a
// mark that Excel needs, semicolons as in the Nordic countries, quoting after RFC
// 4180.
func (s *Server) summaryFile(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := s.newSummary(r, n, who.by())
	if err != nil {
		return err
	}
	lang := s.language(r, who.Language)
	var b bytes.Buffer
	b.WriteString("\ufeff")
	table := csv.NewWriter(&b)
	table.Comma, table.UseCRLF = ';', true
	head := []string{}
	for _, key := range []string{"candidate", "interviewer", "start", "minutes", "waited", "verdict", "interest", "note", "details"} {
		head = append(head, s.Text(lang, "summary.csv."+key))
	}
	rows := [][]string{head}
	for _, t := range v.Rows {
		interest := ""
		if t.Interest != "" {
			interest = s.Text(lang, "summary.interest."+string(t.Interest))
		}
		verdict := ""
		if t.Verdict != 0 {
			verdict = s.Text(lang, "summary.verdict."+strconv.Itoa(t.Verdict))
		}
		var details []string
		for i, m := range t.Marks {
			if m.Rating != 0 {
				details = append(details, v.Traits[i]+": "+strconv.Itoa(m.Rating))
			}
		}
		for _, d := range t.Details {
			words := d.Text
			if d.Rating != 0 && (!d.Trait || len(v.Traits) == 0) {
				words += ": " + strconv.Itoa(d.Rating)
			}
			if d.Note != "" {
				words += ": " + d.Note
			}
			details = append(details, words)
		}
		rows = append(rows, []string{
			t.Candidate, t.Interviewer, t.At.Format("2006-01-02 15:04"), strconv.Itoa(t.Minutes), strconv.Itoa(t.Waited),
			verdict, interest, t.Note, strings.Join(details, "\n"),
		})
	}
	for _, m := range v.Missing {
		rows = append(rows, []string{m.Name, "", "", "", "", "", s.Text(lang, m.State.Key), "", ""})
	}
	for _, row := range rows {
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
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="nextup-`+in(n.State.Settings.Start, n.State.Settings.Zone).Format("2006-01-02")+`.csv"`)
	h.Set("Cache-Control", "no-store")
	_, _ = b.WriteTo(w)
	return nil
}

// cell keeps a spreadsheet from taking somebody's words for a formula (ASVS 5.0,
// 1.2.10).
func cell(words string) string {
	if strings.IndexAny(words, "=+-@\t\r\x00") == 0 || strings.HasPrefix(strings.TrimLeft(words, " \n"), "=") {
		return "'" + words
	}
	return words
}
