package transport

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nextup"
)

// compareTable holds what every interviewer marked, side by side: the questions, and
// traits that are no columns of the candidates' table. There is another table for
// every maxItemColumns of them.
type compareTable struct {
	Heads []askedRow
	Rows  []compareRow
}

// compareRow is one interviewer's line of a talk.
type compareRow struct {
	Candidate   string
	Span        int // lines of the candidate; 0 when he stands above
	Interviewer string
	Cells       []scoreView
}

const maxItemColumns = 8

// compare makes the tables from the rows that are shown.
func (v *summaryView) compare() {
	for from := 0; from < len(v.Sheet); from += maxItemColumns {
		to := min(from+maxItemColumns, len(v.Sheet))
		table := compareTable{Heads: v.Sheet[from:to]}
		for _, r := range v.Rows {
			for i, voice := range r.Voices {
				row := compareRow{Interviewer: voice.Interviewer, Cells: make([]scoreView, to-from)}
				if i == 0 {
					row.Candidate, row.Span = r.Candidate, r.Span()
				}
				for c := range row.Cells {
					row.Cells[c].Hidden = !voice.Seen
					for _, m := range voice.marks {
						if m.Item == table.Heads[c].item {
							row.Cells[c] = v.score(m)
						}
					}
				}
				table.Rows = append(table.Rows, row)
			}
		}
		v.Tables = append(v.Tables, table)
	}
}

// summaryFilter is which talks are shown, and in which order. It is the page's query.
type summaryFilter struct {
	Sort     string // "time", "name", "verdict" or "interest"
	Verdict  string // "1", "2", "3", "0" for none, "" for all
	Interest string // "yes", "no", "skip", "none", "" for all
	Name     string // part of it
}

// The ways to sort and to narrow, in the order shown.
var (
	summarySorts     = []string{"time", "name", "verdict", "interest"}
	summaryVerdicts  = []string{"3", "2", "1", "0"}
	summaryInterests = []string{"yes", "no", "skip", "none"}
)

func newSummaryFilter(q url.Values) summaryFilter {
	one := func(key string, known []string) string {
		if value := q.Get(key); slices.Contains(known, value) {
			return value
		}
		return ""
	}
	name, ok := typedName(q.Get("name"))
	if !ok {
		name = ""
	}
	return summaryFilter{
		Sort: cmp.Or(one("sort", summarySorts), "time"), Verdict: one("verdict", summaryVerdicts),
		Interest: one("interest", summaryInterests), Name: name,
	}
}

// Sorts, Verdicts and Interests are what the page offers.
func (summaryFilter) Sorts() []string { return summarySorts }

// Verdicts are the overall judgements to choose among.
func (summaryFilter) Verdicts() []string { return summaryVerdicts }

// Interests are the answers to choose among.
func (summaryFilter) Interests() []string { return summaryInterests }

// Narrow says whether somebody may be left out.
func (f summaryFilter) Narrow() bool { return f.Verdict+f.Interest+f.Name != "" }

// query is the filter as the page's address has it, "" if it is the usual one.
func (f summaryFilter) query() string {
	q := url.Values{}
	for key, value := range map[string]string{"verdict": f.Verdict, "interest": f.Interest, "name": f.Name} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if f.Sort != "time" {
		q.Set("sort", f.Sort)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f summaryFilter) fits(r *summaryRow) bool {
	if f.Name != "" && !strings.Contains(strings.ToLower(r.Candidate), strings.ToLower(f.Name)) {
		return false
	}
	if f.Interest != "" && cmp.Or(string(r.Interest), "none") != f.Interest {
		return false
	}
	return f.Verdict == "" || slices.ContainsFunc(r.Voices, func(v *voiceView) bool {
		return v.Seen && strconv.Itoa(v.Verdict) == f.Verdict
	})
}

// narrow leaves the rows that fit, in order. A verdict is what somebody chose, of
// several the best; nothing is reckoned up.
func (v *summaryView) narrow() {
	v.Rows = slices.DeleteFunc(v.Rows, func(r *summaryRow) bool { return !v.Filter.fits(r) })
	best := func(r *summaryRow) (verdict int) {
		for _, voice := range r.Voices {
			verdict = max(verdict, voice.Verdict)
		}
		return verdict
	}
	warmth := func(r *summaryRow) int {
		return slices.Index([]nextup.Interest{"", nextup.InterestSkip, nextup.InterestNo, nextup.InterestYes}, r.Interest)
	}
	slices.SortStableFunc(v.Rows, func(a, b *summaryRow) int {
		by := 0
		switch v.Filter.Sort {
		case "name":
			by = strings.Compare(strings.ToLower(a.Candidate), strings.ToLower(b.Candidate))
		case "verdict":
			by = cmp.Compare(best(b), best(a))
		case "interest":
			by = cmp.Compare(warmth(b), warmth(a))
		}
		return cmp.Or(by, a.At.Compare(b.At), cmp.Compare(a.offer, b.offer))
	})
	shown := map[nextup.CandidateID]int{}
	for i, r := range v.Rows {
		if _, ok := shown[r.id]; !ok {
			shown[r.id] = i
		}
	}
	v.People = slices.DeleteFunc(v.People, func(p *personView) bool {
		_, ok := shown[p.Rows[0].id]
		return !ok || p.Anchor == ""
	})
	slices.SortStableFunc(v.People, func(a, b *personView) int { return cmp.Compare(shown[a.Rows[0].id], shown[b.Rows[0].id]) })
	v.compare()
}

func offerText(o nextup.OfferID) string { return strconv.Itoa(int(o)) }

// anchor is the recruiter's words for a rating, "" if the standard ones do.
func anchor(n nextup.Snapshot, rating int) string { return n.Texts[nextup.AnchorText(rating)] }
