package store_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"nextup"
	"nextup/store"
	"nextup/store/storetest"
)

var update = flag.Bool("update", false, "write testdata/events.golden anew")

// The root package's source is the list of all events: whatever has the method
// event() is one.
func TestEveryEventTypeHasAStoredName(t *testing.T) {
	root, err := parser.ParseDir(token.NewFileSet(), "..", func(f os.FileInfo) bool {
		return !strings.HasSuffix(f.Name(), "_test.go")
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, e := range store.Names() {
		named[reflect.TypeOf(e).Name()] = true
	}
	found := 0
	for _, file := range root["nextup"].Files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != "event" || f.Recv == nil {
				continue
			}
			found++
			receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
			if !ok {
				t.Errorf("an event has a receiver that is no plain type: %v", f.Recv.List[0].Type)
				continue
			}
			if !named[receiver.Name] {
				t.Errorf("nextup.%s is an event without a stored name in codec.go", receiver.Name)
			}
			delete(named, receiver.Name)
		}
	}
	for name := range named {
		t.Errorf("codec.go names nextup.%s, which is no event", name)
	}
	if found < 30 {
		t.Errorf("found %d events in the source: the search does not work", found)
	}
}

const golden = "testdata/events.golden"

// The golden file is what old databases hold. A line that changes or goes means
// that streams written before cannot be read any more: add a form instead.
func TestStoredFormsStayAsTheyAre(t *testing.T) {
	var lines []string
	for name, e := range store.Names() {
		got, payload, err := store.Encode(storetest.Sample(e, 1))
		if err != nil {
			t.Fatal(err)
		}
		if got != name {
			t.Errorf("%T is stored as %q, want %q", e, got, name)
		}
		lines = append(lines, fmt.Sprintf("%s %s\n", name, payload))
	}
	slices.Sort(lines)
	file, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		all := slices.Clone(lines)
		for line := range strings.Lines(string(file)) { // nothing is ever taken out of it
			if !slices.Contains(lines, line) {
				all = append(all, line)
			}
		}
		slices.Sort(all)
		file = []byte(strings.Join(all, ""))
		if err := os.WriteFile(golden, file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept := strings.SplitAfter(string(file), "\n")
	kept = kept[:len(kept)-1]
	for _, line := range kept {
		name, payload, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		e, err := store.Decode(name, []byte(payload))
		if err != nil {
			t.Errorf("cannot be read any more: %v", err)
			continue
		}
		// What was written before a field was added lacks it, and must say the same still.
		if again, same, err := store.Encode(e); err != nil || again != name || string(same) != payload {
			t.Errorf("is read as %#v\nand stored otherwise now:\n%sgot %s %s, %v", e, line, again, same, err)
		}
		if want := storetest.Sample(store.Names()[name], 1); slices.Contains(lines, line) && !reflect.DeepEqual(e, want) {
			t.Errorf("%s is read as\n %#v, want\n %#v", name, e, want)
		}
	}
	for _, line := range lines {
		if !slices.Contains(kept, line) {
			t.Errorf("not in %s; if it is new: go test ./store -run StoredForms -update\n%s", golden, line)
		}
	}
}

func TestDecodeRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct{ name, payload, says string }{
		{"session.created/2", `{}`, `unknown event "session.created/2"`},
		{"", `{}`, "unknown event"},
		{"session.published/1", `{"more":1}`, "unknown field"},
		{"session.published/1", `{}{}`, "follows"},
		{"session.published/1", ``, "EOF"},
		{"candidate.registered/1", `{"candidate":7}`, "cannot unmarshal"},
	} {
		e, err := store.Decode(c.name, []byte(c.payload))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: got %v, error %v, want one that says %q", c.name, c.payload, e, err, c.says)
		}
	}
	type stranger struct{ nextup.Event }
	if _, _, err := store.Encode(stranger{}); err == nil || !strings.Contains(err.Error(), "no stored name") {
		t.Errorf("a type that is not named was encoded: %v", err)
	}
}
