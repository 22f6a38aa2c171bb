package nextup

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Correction is what an interviewer replaced after his assessment was submitted: the
// mark as it stood before. An Assessment without a revision means there was none.
type Correction struct {
	Assessment
	At time.Time // when it was replaced
}

// Summary is what the recruiters and interviewers read afterwards.
type Summary struct {
	Talks      []TalkRow
	Turns      []TurnRow    // everybody who stood in the queue, by turn
	Missing    []MissingRow // everybody who registered and had no talk, or only one that broke off
	Deviations []Deviation
	Items      []string // what was to be asked and rated, as in Assessment; what was taken off the sheet but has marks comes last
	Removed    int      // how many of Items, from the end, were taken off
	Interviews int      // talks that ended
	Complete   bool
}

// TalkRow is one talk with what was said of it.
type TalkRow struct {
	Talk
	Waited   time.Duration // from check-in to the start
	Length   time.Duration // zero while it runs
	Overrun  time.Duration // of that, what lies after the planned end
	Interest Interest      // empty until all talks are done
	Assessed []Assessed    // of everybody who was in it, the lead first
}

// Assessed is what one interviewer thought of one talk.
type Assessed struct {
	Interviewer InterviewerID
	Own         bool // the reader's
	Submitted   bool
	Seen        bool // whether the reader may see what follows yet
	Verdict     int  // overall: 1 no, 2 maybe, 3 interesting; 0 none
	Note        string
	Marks       []Mark
	Changes     []Change // after submission, the oldest first
}

// Mark is one rated or noted question or trait.
type Mark struct {
	Item   string // as in Assessment
	Rating int    // NotAsked says that it was left out
	Note   string
}

// Change is one correction of a submitted assessment.
type Change struct {
	At       time.Time
	From, To Mark
}

// TurnRow is one candidate in the fairness record: when his turn was, when it came.
type TurnRow struct {
	Candidate CandidateID
	Turn      int           // from 1, by the turn order that was agreed on
	Served    int           // from 1, by the start of the first talk; 0 none
	Waited    time.Duration // until the first talk or, without one, until he left the queue
	Talked    time.Duration // in all ended talks
	Booked    time.Time     // the time he had chosen; zero: none
	Promised  bool          // it put him before those without one
	Late      bool          // he came too late for it
}

// MissingRow is a candidate without a talk.
type MissingRow struct {
	Candidate CandidateID
	Status    Status
}

// MayRead says whether an interviewer may read the summary: he took part, which is
// to have held or joined a talk, or the recruiter let him.
func (s Session) MayRead(id InterviewerID) bool {
	if i, ok := s.Interviewer(id); ok && i.Summary {
		return true
	}
	return slices.ContainsFunc(s.Talks, func(t Talk) bool { return t.Took(id) })
}

// everybody are all who were in a talk, the lead first.
func (t Talk) everybody() []InterviewerID {
	return append([]InterviewerID{t.Interviewer}, t.Panel...)
}

// Corrects says whether a mark made now by somebody is a correction: he was in the
// talk and has submitted his assessment of it.
func (s Session) Corrects(o OfferID, id InterviewerID) bool {
	t, ok := s.Talk(o)
	return ok && t.Took(id) && t.Wrote(id)
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
	me := InterviewerID(reader.ID)
	sum := Summary{Deviations: s.Deviations, Complete: s.Phase == PhaseClosed, Items: items(s.Settings)}
	pending := map[CandidateID]bool{} // the reader's own unsubmitted ones
	for _, t := range s.Talks {
		if t.Took(me) && !t.Wrote(me) {
			pending[t.Candidate] = true
		}
	}
	by := map[OfferID][]Assessment{}
	for _, a := range marks {
		by[a.Offer] = append(by[a.Offer], a)
	}
	sheet := len(sum.Items)
	for _, t := range s.Talks {
		row := TalkRow{Talk: t, Waited: t.Started.Sub(t.CheckedIn)}
		if !t.Ended.IsZero() {
			row.Length, row.Overrun = t.Ended.Sub(t.Started), max(0, t.Ended.Sub(t.EndsAt))
			sum.Interviews++
		}
		for _, id := range t.everybody() {
			a := Assessed{Interviewer: id, Own: id == me, Submitted: t.Wrote(id)}
			if a.Seen = a.Own || (sum.Complete && !pending[t.Candidate]); a.Seen {
				a.fill(by[t.Offer])
				for _, m := range a.Marks {
					if !slices.Contains(sum.Items, m.Item) {
						sum.Items = append(sum.Items, m.Item)
					}
				}
			}
			row.Assessed = append(row.Assessed, a)
		}
		if sum.Complete {
			row.Interest = s.Candidates[t.Candidate].Interest
		}
		sum.Talks = append(sum.Talks, row)
	}
	sum.Removed = len(sum.Items) - sheet
	slices.Sort(sum.Items[sheet:])
	for _, t := range sum.Talks {
		for _, a := range t.Assessed {
			slices.SortStableFunc(a.Marks, func(a, b Mark) int {
				return slices.Index(sum.Items, a.Item) - slices.Index(sum.Items, b.Item)
			})
		}
	}
	for _, id := range s.Registered {
		c := s.Candidates[id]
		if !slices.ContainsFunc(s.Talks, func(t Talk) bool { return t.Candidate == id && !t.Abandoned }) {
			sum.Missing = append(sum.Missing, MissingRow{id, c.Status})
		}
	}
	sum.Turns = turns(s)
	return sum
}

// items is what the sheet asks for, as in Assessment.
func items(set Settings) []string {
	var list []string
	for _, q := range set.Questions {
		list = append(list, "q:"+string(q))
	}
	for _, t := range set.Traits {
		list = append(list, "t:"+string(t))
	}
	return list
}

// fill gathers one interviewer's marks of one talk.
func (a *Assessed) fill(marks []Assessment) {
	for _, m := range marks {
		if m.Interviewer != a.Interviewer {
			continue
		}
		switch m.Item {
		case "overall":
			a.Verdict = m.Rating
		case "note":
			a.Note = m.Note
		default:
			if m.Rating != 0 || m.Note != "" {
				a.Marks = append(a.Marks, Mark{m.Item, m.Rating, m.Note})
			}
		}
	}
}

// Correct tells what was changed after submission, in the assessments that the
// reader sees.
func (sum *Summary) Correct(corrections []Correction) {
	by := map[OfferID][]Correction{}
	for _, c := range corrections {
		by[c.Offer] = append(by[c.Offer], c)
	}
	for _, t := range sum.Talks {
		for i := range t.Assessed {
			if t.Assessed[i].Seen {
				t.Assessed[i].correct(by[t.Offer])
			}
		}
	}
}

func (a *Assessed) correct(replaced []Correction) {
	own := slices.DeleteFunc(slices.Clone(replaced), func(c Correction) bool { return c.Interviewer != a.Interviewer })
	slices.SortStableFunc(own, func(a, b Correction) int {
		return cmp.Or(strings.Compare(a.Item, b.Item), cmp.Compare(a.Revision, b.Revision))
	})
	for i, c := range own {
		to := a.mark(c.Item)
		if i+1 < len(own) && own[i+1].Item == c.Item {
			to = Mark{c.Item, own[i+1].Rating, own[i+1].Note}
		}
		a.Changes = append(a.Changes, Change{c.At, Mark{c.Item, c.Rating, c.Note}, to})
	}
	slices.SortStableFunc(a.Changes, func(a, b Change) int { return a.At.Compare(b.At) })
}

// mark is what stands now.
func (a *Assessed) mark(item string) Mark {
	switch item {
	case "overall":
		return Mark{Item: item, Rating: a.Verdict}
	case "note":
		return Mark{Item: item, Note: a.Note}
	}
	for _, m := range a.Marks {
		if m.Item == item {
			return m
		}
	}
	return Mark{Item: item}
}

// turns compares the agreed turn order with what happened.
func turns(s Session) []TurnRow {
	var rows []TurnRow
	first, in := map[CandidateID]time.Time{}, map[CandidateID]time.Time{}
	talked := map[CandidateID]time.Duration{}
	for _, t := range s.Talks {
		if first[t.Candidate].IsZero() || t.Started.Before(first[t.Candidate]) {
			first[t.Candidate], in[t.Candidate] = t.Started, t.CheckedIn
		}
		if !t.Ended.IsZero() {
			talked[t.Candidate] += t.Ended.Sub(t.Started)
		}
	}
	for _, id := range s.Registered {
		c := s.Candidates[id]
		if in[id].IsZero() {
			in[id] = c.CheckedIn
		}
		if in[id].IsZero() {
			continue // never stood in the queue
		}
		row := TurnRow{
			Candidate: id, Talked: talked[id], Booked: c.Booked, Promised: !c.PromisedAt.IsZero(),
			Late: !c.Booked.IsZero() && in[id].After(c.Booked.Add(PromiseAfter)),
		}
		switch {
		case !first[id].IsZero():
			row.Waited = first[id].Sub(in[id])
		case !s.ClosedAt.IsZero() && c.Status == StatusNotReached:
			row.Waited = s.ClosedAt.Sub(in[id])
		}
		rows = append(rows, row)
	}
	since := func(id CandidateID) time.Time {
		if s.Settings.Order == OrderRegistration {
			return s.Candidates[id].Registered
		}
		return in[id]
	}
	slices.SortStableFunc(rows, func(a, b TurnRow) int { return since(a.Candidate).Compare(since(b.Candidate)) })
	rows = s.promisedTurns(rows, in)
	var served []CandidateID
	for i := range rows {
		rows[i].Turn = i + 1
		if !first[rows[i].Candidate].IsZero() {
			served = append(served, rows[i].Candidate)
		}
	}
	slices.SortStableFunc(served, func(a, b CandidateID) int { return first[a].Compare(first[b]) })
	for i := range rows {
		rows[i].Served = slices.Index(served, rows[i].Candidate) + 1
	}
	return rows
}

// promisedTurns moves those whose chosen time came, in the order in which that was:
// before everybody who had not been offered by then, but for those with an earlier
// time. in is when each checked in.
func (s Session) promisedTurns(rows []TurnRow, in map[CandidateID]time.Time) []TurnRow {
	offered := map[CandidateID]time.Time{}
	for _, t := range s.Talks {
		if at := offered[t.Candidate]; at.IsZero() || t.Offered.Before(at) {
			offered[t.Candidate] = t.Offered
		}
	}
	var came []CandidateID
	for _, r := range rows {
		if r.Promised {
			came = append(came, r.Candidate)
		}
	}
	when := func(id CandidateID) time.Time { return s.Candidates[id].PromisedAt }
	slices.SortStableFunc(came, func(a, b CandidateID) int { return when(a).Compare(when(b)) })
	var moved []CandidateID
	for _, id := range came {
		from := slices.IndexFunc(rows, func(r TurnRow) bool { return r.Candidate == id })
		to := slices.IndexFunc(rows, func(r TurnRow) bool {
			at := offered[r.Candidate]
			earlier := slices.Contains(moved, r.Candidate) && s.Candidates[r.Candidate].sooner(s.Candidates[id])
			return r.Candidate == id || (at.IsZero() || !at.Before(when(id))) && !earlier
		})
		row := rows[from]
		rows = slices.Insert(slices.Delete(rows, from, from+1), to, row)
		moved = append(moved, id)
	}
	return rows
}

// Asked says in how many talks a question or trait was taken up, in how many it was
// left out on purpose, and in how many nothing tells, over the ended talks whose
// assessments the reader sees.
func (sum Summary) Asked(item string) (taken, left, unknown int) {
	for _, t := range sum.Talks {
		if t.Ended.IsZero() || !slices.ContainsFunc(t.Assessed, func(a Assessed) bool { return a.Seen }) {
			continue
		}
		was := 0
		for _, a := range t.Assessed {
			for _, m := range a.Marks {
				switch {
				case m.Item != item:
				case m.Rating == NotAsked:
					was = cmp.Or(was, -1)
				default:
					was = 1
				}
			}
		}
		switch was {
		case 1:
			taken++
		case -1:
			left++
		default:
			unknown++
		}
	}
	return taken, left, unknown
}
