package nextup

import (
	"slices"
	"time"
)

// Summary is what the recruiters and interviewers read afterwards.
type Summary struct {
	Talks      []TalkRow
	Missing    []MissingRow // everybody who registered and had no talk, or only one that broke off
	Deviations []Deviation
	Interviews int // talks that ended
	Complete   bool
}

// TalkRow is one talk with what was said of it.
type TalkRow struct {
	Talk
	Waited   time.Duration // from check-in to the start
	Length   time.Duration // zero while it runs
	Verdict  int           // overall: 1 no, 2 maybe, 3 interesting; 0 none
	Note     string
	Marks    []Mark
	Interest Interest // empty until all talks are done
	Seen     bool     // whether the reader may see the assessment yet
}

// Mark is one rated or noted question or trait.
type Mark struct {
	Item   string // as in Assessment
	Rating int
	Note   string
}

// MissingRow is a candidate without a talk.
type MissingRow struct {
	Candidate CandidateID
	Status    Status
}

// Summarise folds a session for one reader. An interviewer sees his own scores
// always, colleagues' when all talks are done, and never those of a candidate
// whose assessment he himself has yet to submit. A recruiter has the ID of his own
// entry among the interviewers, so the same holds for one who interviews himself.
// Nobody else sees anything.
func Summarise(s Session, marks []Assessment, reader Actor) Summary {
	if reader.Role != RoleRecruiter && reader.Role != RoleInterviewer {
		return Summary{}
	}
	owns := func(t Talk) bool { return t.Took(InterviewerID(reader.ID)) }
	sum := Summary{Deviations: s.Deviations, Complete: s.Phase == PhaseClosed}
	pending := map[CandidateID]bool{} // the reader's own unsubmitted ones
	for _, t := range s.Talks {
		if owns(t) && !t.Wrote(InterviewerID(reader.ID)) {
			pending[t.Candidate] = true
		}
	}
	for _, t := range s.Talks {
		row := TalkRow{Talk: t, Waited: t.Started.Sub(t.CheckedIn)}
		if !t.Ended.IsZero() {
			row.Length = t.Ended.Sub(t.Started)
			sum.Interviews++
		}
		row.Seen = owns(t) || (sum.Complete && !pending[t.Candidate])
		if row.Seen {
			row.mark(s, marks)
		}
		if sum.Complete {
			row.Interest = s.Candidates[t.Candidate].Interest
		}
		sum.Talks = append(sum.Talks, row)
	}
	for _, id := range s.Registered {
		c := s.Candidates[id]
		if !slices.ContainsFunc(s.Talks, func(t Talk) bool { return t.Candidate == id && !t.Abandoned }) {
			sum.Missing = append(sum.Missing, MissingRow{id, c.Status})
		}
	}
	return sum
}

// mark gathers the talk's assessment in the order of the questions and traits;
// answers to removed ones come last.
func (r *TalkRow) mark(s Session, marks []Assessment) {
	var order []string
	for _, q := range s.Settings.Questions {
		order = append(order, "q:"+string(q))
	}
	for _, t := range s.Settings.Traits {
		order = append(order, "t:"+string(t))
	}
	for _, a := range marks {
		if a.Offer != r.Offer || a.Interviewer != r.Interviewer {
			continue
		}
		switch a.Item {
		case "overall":
			r.Verdict = a.Rating
		case "note":
			r.Note = a.Note
		default:
			if a.Rating != 0 || a.Note != "" {
				r.Marks = append(r.Marks, Mark{a.Item, a.Rating, a.Note})
			}
		}
	}
	place := func(m Mark) int {
		if i := slices.Index(order, m.Item); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(r.Marks, func(a, b Mark) int { return place(a) - place(b) })
}
