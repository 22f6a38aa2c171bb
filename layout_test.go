package nextup

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLayout holds the folder list, which explains the system, and that every
// package says at its door what it is.
func TestLayout(t *testing.T) {
	t.Run("D-01 the folders", func(t *testing.T) {
		for _, name := range []string{"go.mod", "README.md", "actors", "transport", "media", "store", "web", "cmd"} {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("every package has a comment to begin with", func(t *testing.T) {
		documented := map[string]bool{}
		err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
				return fs.SkipDir
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				return err
			}
			dir := filepath.Dir(path)
			documented[dir] = documented[dir] || f.Doc.Text() != ""
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for dir, ok := range documented {
			if !ok {
				t.Errorf("%s: no package comment", dir)
			}
		}
	})
}

// TestRows holds docs/rows.md to the tests that there are.
func TestRows(t *testing.T) {
	table, err := os.ReadFile("docs/rows.md")
	if err != nil {
		t.Fatal(err)
	}
	pairs := regexp.MustCompile("`([\\w./]+)` (Test\\w+)").FindAllStringSubmatch(string(table), -1)
	if len(pairs) < 50 {
		t.Fatalf("only %d tests named", len(pairs))
	}
	for _, p := range pairs {
		files, err := filepath.Glob(filepath.Join(p[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(files, func(f string) bool {
			code, err := os.ReadFile(f)
			return err == nil && strings.Contains(string(code), "\nfunc "+p[2]+"(")
		}) {
			t.Errorf("%s has no %s", p[1], p[2])
		}
	}
	for _, line := range strings.Split(string(table), "\n") {
		if strings.HasPrefix(line, "| ") && strings.HasSuffix(line, "|  |") {
			t.Errorf("no test: %s", line)
		}
	}
}
