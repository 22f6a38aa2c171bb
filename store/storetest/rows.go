package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"nextup"
	"nextup/store"
)

func onePlace(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	begun(t, s, "other")
	must(t, s.Append(ctx, registered("s", 1, "c1", "Åsa.Öst@Example.org")))
	// The same address, written differently: case, spaces, and Å and Ö as letter
	// and mark.
	const spelt = " A\u030aSA.o\u0308st@example.ORG\t"
	want(t, s.Append(ctx, registered("s", 2, "c2", spelt)), store.ErrTaken)
	found, ok, err := s.FindCandidate(ctx, "s", spelt)
	must(t, err)
	if !ok || found != "c1" {
		t.Errorf("found %q, %v, want c1", found, ok)
	}
	// Other sessions, other addresses and other roles are free.
	must(t, s.Append(ctx, registered("other", 1, "c1", spelt)))
	must(t, s.Append(ctx, registered("s", 2, "c3", "asa.ost@example.org")))
	interviewer := nextup.Batch{Session: "s", Expected: 3, Events: by(nextup.TheClock, 3, nextup.InterviewerAdded{Interviewer: "i1"})}
	interviewer.People = []nextup.Person{
		{ID: "i1", Role: nextup.RoleInterviewer, Name: "I", Email: spelt, Language: "nb"},
		{ID: "i2", Role: nextup.RoleInterviewer, Name: "J", Email: spelt, Language: "nb"},
	}
	must(t, s.Append(ctx, interviewer))
	// An address that belongs to an interviewer alone, or is empty, is nobody's place.
	for _, email := range []string{"", "  ", "nobody@example.org"} {
		if id, ok, err := s.FindCandidate(ctx, "s", email); ok || err != nil {
			t.Errorf("found %q for %q, error %v", id, email, err)
		}
	}
	if _, ok, _ := s.FindCandidate(ctx, "unknown", spelt); ok {
		t.Error("found somebody in a session that never was")
	}

	// Two at once.
	var won, taken atomic.Int32
	together(20, func(i int) {
		id := nextup.SessionID(fmt.Sprintf("race%d", i%2))
		if err := s.Append(ctx, Created(id)); err != nil && !errors.Is(err, store.ErrConflict) {
			t.Errorf("create: %v", err)
		}
		for {
			stream, err := s.Load(ctx, id)
			if err != nil {
				t.Errorf("load: %v", err)
				return
			}
			err = s.Append(ctx, registered(id, len(stream), fmt.Sprintf("c%d", i), "same@example.org"))
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, store.ErrTaken):
				taken.Add(1)
			case errors.Is(err, store.ErrConflict):
				continue
			default:
				t.Errorf("register: %v", err)
			}
			return
		}
	})
	if won.Load() != 2 || taken.Load() != 18 {
		t.Errorf("%d got the place and %d did not, want 2 and 18", won.Load(), taken.Load())
	}
}

func foundAgain(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	must(t, s.Append(ctx, registered("s", 1, "c", "c@example.org")))
	must(t, s.Append(ctx, nextup.Batch{Session: "s", Expected: 2, Events: by(nextup.TheClock, 2, nextup.Withdrawn{Candidate: "c"})}))
	id, ok, err := s.FindCandidate(ctx, "s", "C@example.org")
	must(t, err)
	if !ok || id != "c" {
		t.Fatalf("found %q, %v", id, ok)
	}
	// He is the same person and may correct his row.
	back := registered("s", 3, "c", "c@example.org")
	back.People[0].Name = "New name"
	must(t, s.Append(ctx, back))
	people, _, err := s.Rows(ctx, "s")
	must(t, err)
	if len(people) != 1 || people[0].Name != "New name" {
		t.Errorf("people are %v", people)
	}
	// A changed address frees the old one.
	moved := registered("s", 4, "c", "new@example.org")
	must(t, s.Append(ctx, moved))
	must(t, s.Append(ctx, registered("s", 5, "d", "c@example.org")))
}

func texts(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	must(t, s.SaveText(ctx, "s", nextup.Text{ID: "reason", Body: "first"}))
	must(t, s.SaveText(ctx, "s", nextup.Text{ID: "reason", Body: "second"}))
	want(t, s.SaveText(ctx, "nobody's", nextup.Text{ID: "reason", Body: "x"}), store.ErrUnknown)
	_, words, err := s.Rows(ctx, "s")
	must(t, err)
	if !reflect.DeepEqual(words, []nextup.Text{{ID: "reason", Body: "second"}, {ID: nextup.TitleText, Body: "Title of s"}}) {
		t.Errorf("texts are %v", words)
	}
	people, words, err := s.Rows(ctx, "nobody's")
	must(t, err)
	if len(people) != 0 || len(words) != 0 {
		t.Errorf("a session that never was has %v and %v", people, words)
	}
}

// words are what people and attackers put into fields.
func words(seed uint64) []string {
	list := []string{
		"", " ", "a\x00b", "\x00", "'; DROP TABLE events; --", `"quoted"`, "line\r\nline", "\u202eabc",
		"Åsa Ödegård-Ærø", "A\u030asa", "👩🏽‍💻", "\ufeffx", "\x7f\x1b[0m", "%s %d", "<script>", "NULL",
		strings.Repeat("long ", 20_000),
	}
	random := rand.New(rand.NewPCG(seed, seed))
	for range 40 {
		word := make([]rune, random.IntN(30))
		for i := range word {
			for word[i] = utf8.RuneError; word[i] == utf8.RuneError || !utf8.ValidRune(word[i]); {
				word[i] = rune(random.IntN(utf8.MaxRune >> random.IntN(14)))
			}
		}
		list = append(list, string(word))
	}
	return list
}

func anyWords(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	list := words(1)
	at := func(i int) string { return list[i%len(list)] }
	for i := range list {
		p := nextup.Person{ID: "p", Role: nextup.RoleInterviewer, Name: at(i), Email: at(i + 1), Language: at(i + 2)}
		x := nextup.Text{ID: nextup.TextID("x" + at(i)), Body: at(i + 3)}
		must(t, s.Append(ctx, nextup.Batch{Session: "s", Expected: 1, People: []nextup.Person{p}, Texts: []nextup.Text{x}}))
		saved, err := s.SaveAssessment(ctx, nextup.Assessment{Session: "s", Offer: 1, Interviewer: "i", Item: "note", Note: at(i), Revision: i})
		must(t, err)
		people, texts, err := s.Rows(ctx, "s")
		must(t, err)
		if !slices.Contains(people, p) || !slices.Contains(texts, x) {
			t.Fatalf("word %d: kept %+v and %+q, got other ones", i, p, x)
		}
		marks, err := s.Assessments(ctx, "s")
		must(t, err)
		if !slices.Contains(marks, saved) || saved.Note != at(i) {
			t.Fatalf("word %d: kept %v, got %v", i, saved, marks)
		}
	}
}

func assessments(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	mark := nextup.Assessment{Session: "s", Offer: 3, Interviewer: "i", Item: "q:1", Rating: 4, Note: "clear"}
	save := func(a nextup.Assessment, revision int, wantErr error) {
		t.Helper()
		got, err := s.SaveAssessment(ctx, a)
		want(t, err, wantErr)
		if got.Revision != revision {
			t.Fatalf("revision %d, want %d", got.Revision, revision)
		}
		there := got
		list, err := s.Assessments(ctx, "s")
		must(t, err)
		if !slices.Contains(list, there) {
			t.Fatalf("told %v is there, but there are %v", there, list)
		}
	}
	save(mark, 1, nil)
	save(mark, 1, nil) // the request came twice
	changed := mark
	changed.Rating, changed.Revision = 5, 1
	save(changed, 2, nil)
	save(changed, 2, nil)
	save(mark, 2, store.ErrConflict) // what is there is returned
	changed.Note, changed.Revision = "", 1
	save(changed, 2, store.ErrConflict)
	changed.Revision = 2
	save(changed, 3, nil)
	changed.Revision = 9 // a revision that never was
	save(changed, 3, store.ErrConflict)

	for _, other := range []nextup.Assessment{
		{Session: "s", Offer: 3, Interviewer: "i", Item: "overall", Rating: 3},
		{Session: "s", Offer: 3, Interviewer: "j", Item: "q:1"},
		{Session: "s", Offer: 2, Interviewer: "i", Item: "q:1", Rating: 1},
	} {
		save(other, 1, nil)
	}
	list, err := s.Assessments(ctx, "s")
	must(t, err)
	var order []string
	for _, a := range list {
		order = append(order, fmt.Sprintf("%d %s %s", a.Offer, a.Interviewer, a.Item))
	}
	if !slices.Equal(order, []string{"2 i q:1", "3 i overall", "3 i q:1", "3 j q:1"}) {
		t.Errorf("order is %v", order)
	}
	none := mark
	none.Session = "nobody's"
	_, err = s.SaveAssessment(ctx, none)
	want(t, err, store.ErrUnknown)
	if list, err := s.Assessments(ctx, "nobody's"); len(list) != 0 || err != nil {
		t.Errorf("a session that never was has %v, %v", list, err)
	}
}

func assessmentRace(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	const writers, each = 8, 10
	together(writers, func(w int) {
		mine := nextup.Assessment{Session: "s", Offer: 1, Interviewer: "i", Item: "note"}
		for n := range each {
			mine.Note = fmt.Sprintf("writer %d, note %d", w, n)
			for {
				got, err := s.SaveAssessment(ctx, mine)
				if err == nil {
					mine.Revision = got.Revision
					break
				}
				if !errors.Is(err, store.ErrConflict) {
					t.Errorf("save: %v", err)
					return
				}
				mine.Revision = got.Revision
			}
		}
	})
	list, err := s.Assessments(ctx, "s")
	must(t, err)
	if len(list) != 1 || list[0].Revision != writers*each {
		t.Errorf("got %v, want revision %d", list, writers*each)
	}
}
