package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"

	"nextup"
	"nextup/store"
)

func drafts(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	begun(t, s, "s")
	if d, ok, err := s.Draft(ctx, "s"); ok || err != nil {
		t.Errorf("found %v, %v", d, err)
	}
	one := store.Draft{Session: "s", Organisation: "o", Owner: "r", Form: []byte(`{"Title":"Öst"}`), Version: 3, Author: "r", At: began}
	kept, err := s.SaveDraft(ctx, one)
	must(t, err)
	one.Revision = 1
	if !reflect.DeepEqual(kept, one) {
		t.Errorf("kept %+v, want %+v", kept, one)
	}
	// Once more the same, from a browser that did not hear the answer.
	one.Revision = 0
	again, err := s.SaveDraft(ctx, one)
	must(t, err)
	if again.Revision != 1 {
		t.Errorf("saved twice: revision %d", again.Revision)
	}
	// Somebody else, from the same state: he gets what is there.
	two := one
	two.Form, two.Author = []byte(`{"Title":"Väst"}`), "r2"
	there, err := s.SaveDraft(ctx, two)
	want(t, err, store.ErrConflict)
	if string(there.Form) != string(one.Form) || there.Revision != 1 || there.Author != "r" {
		t.Errorf("there is %+v", there)
	}
	two.Revision = 1
	kept, err = s.SaveDraft(ctx, two)
	must(t, err)
	if kept.Revision != 2 {
		t.Errorf("revision %d", kept.Revision)
	}
	// One of a session that is not there yet, and another organisation's.
	must2(t)(s.SaveDraft(ctx, store.Draft{Session: "new", Organisation: "o", Owner: "r", Form: []byte("{}"), Author: "r", At: began}))
	must2(t)(s.SaveDraft(ctx, store.Draft{Session: "theirs", Organisation: "p", Owner: "q", Form: []byte("{}"), Author: "q", At: began}))
	all, err := s.Drafts(ctx, "o")
	must(t, err)
	if len(all) != 2 || all[0].Session != "new" || all[1].Session != "s" || !all[1].At.Equal(began) {
		t.Errorf("drafts are %+v", all)
	}
	must(t, s.DropDraft(ctx, "s", 1)) // saved anew meanwhile: kept
	if _, ok, err := s.Draft(ctx, "s"); !ok || err != nil {
		t.Errorf("dropped: %v", err)
	}
	must(t, s.DropDraft(ctx, "s", 2))
	must(t, s.DropDraft(ctx, "s", 2))
	if _, ok, err := s.Draft(ctx, "s"); ok || err != nil {
		t.Errorf("not dropped: %v", err)
	}
}

func draftRace(t *testing.T, open Opener) {
	ctx, s := context.Background(), fresh(t, open, store.Options{})
	var won atomic.Int32
	together(20, func(i int) {
		_, err := s.SaveDraft(ctx, store.Draft{Session: "s", Organisation: "o", Owner: "r", Form: fmt.Append(nil, i), Author: nextup.RecruiterID(fmt.Sprint("r", i)), At: began})
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, store.ErrConflict):
			t.Errorf("save: %v", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d saved over each other", won.Load())
	}
}

// must2 is must for what also returns a value.
func must2(t testing.TB) func(store.Draft, error) {
	return func(_ store.Draft, err error) {
		t.Helper()
		must(t, err)
	}
}
