package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"nextup"
)

// What each table holds of people, and what takes it away. A new table fails the
// test until somebody has thought about it.
func TestEveryTableIsErased(t *testing.T) {
	known := map[string]string{
		"sessions":         "identifiers only",
		"events":           "identifiers and choices only",
		"people":           "EraseContact, EraseRecord, erasePerson",
		"texts":            "EraseContact, EraseRecord, eraseText",
		"assessments":      "EraseRecord; its notes unsay",
		"corrections":      "goes with its assessment; its notes unsay",
		"outbox":           "no names; EraseRecord, EraseLogs, unsay",
		"drafts":           "EraseRecord; goes when published",
		"organisations":    "the employer",
		"recruiters":       "accounts, kept while they are needed to say who did what",
		"logins":           "expire by themselves",
		"setup":            "a hash",
		"tickets":          "an address until used; EraseLogs",
		"account_outbox":   "goes with its ticket",
		"notices":          "the organisation's own words, public",
		"accesses":         "identifiers; EraseLogs",
		"receipts":         "numbers only",
		"jobs":             "identifiers, and the organisation's own words, public",
		"applicants":       "EraseJobContact, EraseJobRecord, EraseApplicant",
		"rounds":           "identifiers, times and a name for a round",
		"days":             "identifiers, times and an address of the organisation's",
		"former_sessions":  "identifiers only",
		"slots":            "identifiers and times",
		"entries":          "identifiers and times",
		"bookings":         "identifiers and times",
		"messages":         "EraseJobRecord, EraseApplicant",
		"round_outbox":     "no names; EraseJobRecord, EraseLogs, EraseApplicant",
		"goose_db_version": "versions of the tables",
		"sqlite_sequence":  "the database's own",
	}
	s := opened(t)
	names, err := list(t.Context(), s.read, func(row scanner) (n string, err error) {
		return n, row.Scan(&n)
	}, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil || len(names) < 15 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, n := range names {
		if known[n] == "" {
			t.Errorf("what does %s hold of people, and what erases it?", n)
		}
	}
	for n := range known {
		if !slices.Contains(names, n) && n != "sqlite_sequence" {
			t.Errorf("there is no table %s any more", n)
		}
	}
}

// count is what one number of a query is.
func (s *Store) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if _, err := scan(s.read.QueryRowContext(t.Context(), query, args...), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestErasure(t *testing.T) {
	ctx := context.Background()
	s := opened(t)
	now := time.Unix(1_000_000, 0)
	record := func(v int, e nextup.Event) nextup.Recorded {
		return nextup.Recorded{Version: v, At: now, By: nextup.TheClock, Event: e}
	}
	err := s.Append(ctx, nextup.Batch{
		Session: "s", Events: []nextup.Recorded{
			record(1, nextup.Created{Organisation: "o", Owner: "r"}),
			record(2, nextup.Admitted{Offer: 1, Interviewer: "i", Candidate: "a"}),
			record(3, nextup.Admitted{Offer: 2, Interviewer: "i", Candidate: "b"}),
		},
		People: []nextup.Person{
			{ID: "a", Role: nextup.RoleCandidate, Name: "Anna", Email: "a@x.test", Phone: "1"},
			{ID: "b", Role: nextup.RoleCandidate, Name: "Bo", Email: "b@x.test"},
			{ID: "i", Role: nextup.RoleInterviewer, Name: "Ida", Email: "i@x.test"},
			{ID: "v", Role: nextup.RoleVisitor, Name: "Vera", Email: "v@x.test"},
		},
		Texts: []nextup.Text{{ID: nextup.TitleText, Body: "Job"}, {ID: nextup.NeedsText("a"), Body: "tapir"}, {ID: nextup.LinkText("b"), Body: "https://x"}, {ID: nextup.CommentText("a"), Body: "nice"}},
		Mails: []nextup.Mail{{Kind: nextup.MailConfirmation, Person: "a"}, {Kind: nextup.MailConfirmation, Person: "b"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, offer := range []nextup.OfferID{1, 2} {
		for revision := range 2 { // the second one makes a correction of the first
			if _, err := s.SaveAssessment(ctx, nextup.Assessment{Session: "s", Offer: offer, Interviewer: "i", Item: "note", Rating: 3, Note: "words", Revision: revision}); err != nil {
				t.Fatal(err)
			}
		}
	}

	t.Run("one person", func(t *testing.T) {
		if err := s.Append(ctx, nextup.Batch{Session: "s", Expected: 3, Events: []nextup.Recorded{record(4, nextup.Erased{Candidate: "a"})}, Erased: []nextup.PersonID{"a"}, Unsaid: []nextup.TextID{nextup.NeedsText("a"), nextup.CommentText("a")}}); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{
			`SELECT count(*) FROM people WHERE id = 'a'`:                          0,
			`SELECT count(*) FROM people WHERE id = 'b'`:                          1,
			`SELECT count(*) FROM texts WHERE id GLOB '*:a'`:                      0,
			`SELECT count(*) FROM texts WHERE id GLOB '*:b'`:                      1,
			`SELECT count(*) FROM assessments WHERE offer = 1 AND note <> ''`:     0,
			`SELECT count(*) FROM assessments WHERE offer = 1 AND rating = 3`:     1,
			`SELECT count(*) FROM assessments WHERE offer = 2 AND note = 'words'`: 1,
			`SELECT count(*) FROM corrections WHERE offer = 1 AND note <> ''`:     0,
			`SELECT count(*) FROM outbox WHERE person = 'a'`:                      0,
			`SELECT count(*) FROM outbox WHERE person = 'b'`:                      1,
			`SELECT count(*) FROM events`:                                         4,
		} {
			if got := s.count(t, query); got != want {
				t.Errorf("%s is %d, want %d", query, got, want)
			}
		}
	})
	t.Run("contact data", func(t *testing.T) {
		e, err := s.EraseContact(ctx, "s")
		if err != nil || e.Contacts != 1 || e.People != 1 || e.Texts != 1 {
			t.Errorf("%+v, %v", e, err)
		}
		for query, want := range map[string]int{
			`SELECT count(*) FROM people WHERE id = 'b' AND name = 'Bo' AND email = '' AND email_key = '' AND phone = ''`: 1,
			`SELECT count(*) FROM people WHERE id = 'i' AND email <> ''`:                                                  1,
			`SELECT count(*) FROM people WHERE id = 'v'`:                                                                  0,
		} {
			if got := s.count(t, query); got != want {
				t.Errorf("%s is %d, want %d", query, got, want)
			}
		}
		if e, err := s.EraseContact(ctx, "s"); err != nil || e.Sum() != 0 {
			t.Errorf("again: %+v, %v", e, err)
		}
	})
	t.Run("the record", func(t *testing.T) {
		if ids, err := s.Naming(ctx, "o"); err != nil || len(ids) != 1 {
			t.Errorf("%v, %v", ids, err)
		}
		e, err := s.EraseRecord(ctx, "s", nextup.TitleText)
		if err != nil || e.People != 2 || e.Marks != 2 {
			t.Errorf("%+v, %v", e, err)
		}
		for _, table := range []string{"people", "assessments", "corrections", "outbox", "drafts"} {
			if n := s.count(t, `SELECT count(*) FROM `+table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		if n := s.count(t, `SELECT count(*) FROM texts`); n != 1 {
			t.Errorf("%d texts are left, want the title", n)
		}
		if ids, err := s.Naming(ctx, "o"); err != nil || len(ids) != 0 {
			t.Errorf("it is looked at again: %v, %v", ids, err)
		}
	})
	t.Run("logs", func(t *testing.T) {
		by := nextup.Actor{Role: nextup.RoleRecruiter, ID: "r"}
		for _, at := range []time.Time{now, now.Add(time.Minute), now.Add(time.Hour)} { // the second is the first again
			if err := s.Accessed(ctx, Access{At: at, Session: "s", By: by, What: "summary"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Accessed(ctx, Access{At: now, Session: "nowhere", By: by, What: "summary"}); err != ErrUnknown {
			t.Errorf("of no session: %v", err)
		}
		if all, err := s.Accesses(ctx, 10, "s"); err != nil || len(all) != 2 || !all[0].At.Equal(now.Add(time.Hour)) || all[0].By != by {
			t.Errorf("%+v, %v", all, err)
		}
		if all, err := s.Accesses(ctx, 10); err != nil || all != nil {
			t.Errorf("of no sessions: %v, %v", all, err)
		}
		e, err := s.EraseLogs(ctx, now.Add(time.Hour), now)
		if err != nil || e.Accesses != 1 {
			t.Errorf("%+v, %v", e, err)
		}
	})
}
