package nextup

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
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
