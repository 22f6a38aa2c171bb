package transport

import (
	"strconv"
	"strings"
	"time"

	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/props"

	"nextup"
)

// sideView is what one person's connection did in a talk, in pieces of a sentence.
type sideView struct {
	Name      string
	Candidate bool
	Grade     nextup.Grade
	Says      []phrase
}

// phrase is one piece: a text of the catalogue with its words.
type phrase struct {
	Key  string
	Args []any
}

// sides are the connections of a talk, the candidate's first. Of talks that were held
// before anything was measured there are none.
func sides(n nextup.Snapshot, t nextup.TalkRow) (all []sideView) {
	for _, m := range t.Measured {
		of, name := time.Duration(0), n.People[t.Candidate.Person()].Name
		if m.Interviewer != "" {
			name = n.People[m.Interviewer.Person()].Name
		}
		if m.Interviewer == "" || len(t.Panel) == 0 { // a panel's may have come later or left earlier
			of = t.Length
		}
		v := m.Figures.Judge(of)
		if m.Figures.Measured == 0 && v.Gap == 0 {
			continue // too short a talk to say anything of it
		}
		side := sideView{Name: name, Candidate: m.Interviewer == "", Grade: v.Grade, Says: phrases(m.Figures, v)}
		if side.Candidate {
			all = append([]sideView{side}, all...)
		} else {
			all = append(all, side)
		}
	}
	return all
}

// phrases are the pieces of what figures say, after the grade.
func phrases(f nextup.TalkFigures, v nextup.Verdict) (all []phrase) {
	say := func(key string, args ...any) { all = append(all, phrase{"figures." + key, args}) }
	if f.Measured == 0 {
		say("never")
		return all
	}
	if v.Gap > 0 {
		say("gap", "seconds", wholeSeconds(v.Gap))
	}
	if loss := max(f.LossUp, f.LossDown); loss >= 30 {
		say("loss", "percent", strconv.Itoa((loss+5)/10))
	}
	if f.RTT >= 300*time.Millisecond {
		say("delay", tenths(f.RTT)...)
	}
	if f.Freezes > 0 {
		say("still", append(tenths(f.Frozen), "count", f.Freezes)...)
	}
	if f.First < 0 {
		say("noPicture")
	} else {
		say("first", tenths(f.First)...)
	}
	return all
}

// tenths is a span as seconds and tenths of one: between them every language has its
// own sign.
func tenths(d time.Duration) []any {
	n := int(d.Round(100*time.Millisecond) / (100 * time.Millisecond))
	return []any{"s", n / 10, "t", n % 10}
}

func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(d.Round(time.Second) / time.Second))
}

// measured is a line of what one connection did, in one language.
func (s *Server) measured(lang string, v sideView) string {
	parts := []string{s.Text(lang, "figures.grade."+string(v.Grade))}
	for _, p := range v.Says {
		parts = append(parts, s.Text(lang, p.Key, p.Args...))
	}
	return strings.Join(parts, "; ")
}

// sidesOf are a table's cells: the candidate's connection and this interviewer's.
func (s *Server) sidesOf(lang string, r *summaryRow, voice *voiceView) []string {
	cells := make([]string, 2)
	for _, v := range r.Sides {
		switch {
		case v.Candidate:
			cells[0] = s.measured(lang, v)
		case v.Name == voice.Interviewer:
			cells[1] = s.measured(lang, v)
		}
	}
	return cells
}

// connections is how the connections did, talk by talk.
func (p paper) connections(v summaryView) {
	if !v.Measured() {
		return
	}
	p.head(p.t("figures.title"))
	p.put(p.words(p.t("figures.about"), props.Text{Size: pdfSmall, Bottom: 2})...)
	for _, r := range v.Rows {
		if len(r.Sides) == 0 {
			continue
		}
		rows := p.words(r.Candidate+", "+p.when(r.At, "clock"), props.Text{Style: fontstyle.Bold, Bottom: 0.5})
		for _, side := range r.Sides {
			rows = append(rows, p.words(side.Name+": "+p.s.measured(p.lang, side), props.Text{Left: 4, Bottom: 0.5})...)
		}
		p.together(1+2*len(r.Sides), rows...)
	}
}
