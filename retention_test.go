package nextup

import (
	"slices"
	"testing"
	"time"
)

func TestRetention(t *testing.T) {
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	s := Session{Phase: PhaseClosed, Settings: Settings{Start: start, Length: time.Hour, Questions: []QuestionID{"q"}, Traits: []TraitID{"t"}}}
	end := start.Add(time.Hour)
	late := s
	late.Talks = []Talk{{Offer: 1, Ended: end.Add(2 * time.Hour)}, {Offer: 2}}
	k := Retention{Contact: 14, Record: 730, Log: 90}
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	for _, v := range []struct {
		what            string
		s               Session
		at              time.Time
		contact, record bool
	}{
		{"at the end", s, end, false, false},
		{"a moment before the contact clock", s, end.Add(days(14) - 1), false, false},
		{"at it", s, end.Add(days(14)), true, false},
		{"a moment before the record clock", s, end.Add(days(730) - 1), true, false},
		{"at it", s, end.Add(days(730)), true, true},
		{"a talk ended later than planned", late, end.Add(days(14) + time.Hour), false, false},
		{"counted from that", late, end.Add(days(14) + 2*time.Hour), true, false},
		{"published and never closed", Session{Phase: PhasePublished, Settings: s.Settings}, end.Add(days(14)), true, false},
	} {
		if contact, record := k.Due(v.s, v.at); contact != v.contact || record != v.record {
			t.Errorf("%s: %v, %v", v.what, contact, record)
		}
	}
	for _, v := range []struct {
		k     Retention
		field string
	}{
		{UsualRetention, ""},
		{Retention{1, 1, 1}, ""},
		{Retention{0, 730, 90}, "contact"},
		{Retention{14, MaxKeep + 1, 90}, "record"},
		{Retention{14, 730, 0}, "log"},
		{Retention{20, 19, 90}, "contact"},
	} {
		err := v.k.Check()
		if v.field == "" && err != nil {
			t.Errorf("%+v: %v", v.k, err)
		}
		if refused, ok := err.(*Error); v.field != "" && (!ok || refused.Field != v.field) {
			t.Errorf("%+v: %v, want %s", v.k, err, v.field)
		}
	}
	keep := s.SettingsTexts()
	for _, id := range []TextID{TitleText, JobText, AdText, "q", "t", AnchorText(5)} {
		if !slices.Contains(keep, id) {
			t.Errorf("%s does not stay", id)
		}
	}
	for _, id := range []TextID{LineText, NeedsText("c"), LinkText("c"), CommentText("c")} {
		if slices.Contains(keep, id) {
			t.Errorf("%s stays", id)
		}
	}
}

func TestRetentionOfJobs(t *testing.T) {
	made := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	slot := func(start time.Time, removed time.Time) RoundBoard {
		return RoundBoard{Slots: []Slot{{Start: start, Length: time.Hour, Removed: removed}}}
	}
	empty := Board{Job: Job{Created: made}}
	people := empty
	people.Applicants = []Applicant{{Added: made.Add(days(3))}, {Added: made.Add(days(2)), Removed: made.Add(days(9))}}
	away := people
	away.Job.Closed = made.Add(days(6))
	held := people
	held.Job.Closed = made.Add(days(50)) // late, when all was over
	held.Rounds = []RoundBoard{slot(made.Add(days(20)), time.Time{}), slot(made.Add(days(10)), time.Time{}), slot(made.Add(days(40)), made.Add(days(5)))}
	written := held
	written.Messages = []Message{{At: made.Add(days(30))}, {At: made.Add(days(1))}}
	late := held
	late.Applicants = append(slices.Clone(held.Applicants), Applicant{Added: made.Add(days(25))})
	k := Retention{Contact: 14, Record: 730, Log: 90}
	for _, v := range []struct {
		what    string
		b       Board
		from    time.Time
		contact int // days
	}{
		{"a job without people", empty, made, 730},
		{"people: the last one added", people, made.Add(days(3)), 730},
		{"put away without a time", away, made.Add(days(6)), 14},
		{"times: the end of the last one held, not of a removed one", held, made.Add(days(20) + time.Hour), 14},
		{"somebody added after it", late, made.Add(days(25)), 14},
		{"somebody written to after it", written, made.Add(days(30)), 14},
	} {
		if got := v.b.Ended(); !got.Equal(v.from) {
			t.Errorf("%s: ends %v, want %v", v.what, got, v.from)
		}
		for _, at := range []struct {
			now             time.Time
			contact, record bool
		}{
			{v.from, false, false},
			{v.from.Add(days(v.contact) - 1), false, false},
			{v.from.Add(days(v.contact)), true, v.contact == 730},
			{v.from.Add(days(730) - 1), v.contact < 730, false},
			{v.from.Add(days(730)), true, true},
		} {
			if contact, record := k.DueJob(v.b, at.now); contact != at.contact || record != at.record {
				t.Errorf("%s, %v later: %v, %v", v.what, at.now.Sub(v.from), contact, record)
			}
		}
	}
}
