package nextup

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// star is the import rule for our own packages: what each folder, with the
// folders below it, may import of ours. "" is the root package.
var star = map[string][]string{
	"":          {},
	"web":       {},
	"actors":    {"", "actors"},
	"media":     {"", "media"},
	"store":     {"", "store"},
	"transport": {"", "transport", "web"},
	"cmd":       {"", "actors", "cmd", "media", "store", "transport", "web"},
}

// homes says where each outside library may be imported: one home each, besides
// the metrics. The longest matching path counts.
var homes = map[string][]string{
	"github.com/asynkron/protoactor-go":   {"actors"},
	"github.com/pion":                     {"media"},
	"golang.org/x/sys":                    {"media"},
	"modernc.org/sqlite":                  {"store"},
	"github.com/jackc/pgx/v5":             {"store"},
	"github.com/pressly/goose/v3":         {"store"},
	"golang.org/x/text/unicode/norm":      {"store"}, // addresses are compared there
	"github.com/wneessen/go-mail":         {"transport/mail"},
	"github.com/coder/websocket":          {"transport"},
	"github.com/arran4/golang-ical":       {"transport"},
	"github.com/johnfercher/maroto/v2":    {"transport"},
	"github.com/nicksnyder/go-i18n/v2":    {"transport"},
	"golang.org/x/text":                   {"transport"},
	"github.com/microcosm-cc/bluemonday":  {"transport"},
	"github.com/yuin/goldmark":            {"transport"},
	"golang.org/x/net/html":               {"transport"},
	"github.com/alexedwards/scs/v2":       {"transport"},
	"golang.org/x/crypto":                 {"transport"},
	"golang.org/x/crypto/acme":            {"cmd"}, // certificates for the one port
	"github.com/coreos/go-oidc/v3":        {"transport"},
	"golang.org/x/sync":                   {"transport"},
	"golang.org/x/time":                   {"transport"},
	"rsc.io/qr":                           {"transport"},
	"github.com/alecthomas/kong":          {"cmd"},
	"github.com/prometheus/client_golang": {"actors", "cmd", "media", "store", "transport"},
}

// standard narrows the standard library where a folder must stay pure.
var standard = map[string][]string{
	"": {
		"cmp", "errors", "fmt", "iter", "maps", "math", "slices", "sort", "strconv", "strings",
		"time", "unicode", "unicode/utf8",
	},
	"web": {"embed"},
}

// TestImports holds the star over the direct non-test imports of every package,
// on every system we build for.
func TestImports(t *testing.T) {
	packages := map[string][]string{}
	err := filepath.WalkDir(".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); dir != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		for _, system := range []string{"linux", "darwin", "windows"} {
			c := build.Default
			c.GOOS, c.CgoEnabled = system, false
			p, err := c.ImportDir(dir, 0)
			if _, none := err.(*build.NoGoError); none {
				continue
			}
			if err != nil {
				return err
			}
			name := strings.TrimPrefix(filepath.ToSlash(dir), ".")
			for _, i := range p.Imports {
				if !slices.Contains(packages[name], i) {
					packages[name] = append(packages[name], i)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(packages[""]) == 0 {
		t.Fatal("the root package was not found")
	}
	for folder, imports := range packages {
		for _, i := range imports {
			if why := allowed(folder, i); why != "" {
				t.Errorf("nextup/%s imports %s: %s", folder, i, why)
			}
		}
	}
}

// allowed says why a folder may not import something, "" if it may.
func allowed(folder, what string) string {
	within := func(f string) bool { return folder == f || strings.HasPrefix(folder, f+"/") }
	top, _, _ := strings.Cut(folder, "/")
	ours, known := star[top]
	if !known {
		return fmt.Sprintf("%q has no place in the star; give it one", top)
	}
	if what == "nextup" || strings.HasPrefix(what, "nextup/") {
		to, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(what, "nextup"), "/"), "/")
		if !slices.Contains(ours, to) {
			return "folders meet only in cmd"
		}
		return ""
	}
	if first, _, _ := strings.Cut(what, "/"); !strings.Contains(first, ".") {
		if pure, narrow := standard[top]; narrow && !slices.Contains(pure, what) {
			return "this folder stays pure"
		}
		return ""
	}
	for library := what; library != "."; library = path.Dir(library) {
		if where, ok := homes[library]; ok {
			if !slices.ContainsFunc(where, within) {
				return fmt.Sprintf("its home is %s", strings.Join(where, ", "))
			}
			return ""
		}
	}
	return "this library has no home; give it one"
}

// TestImportRule holds that the rule refuses what it is there for.
func TestImportRule(t *testing.T) {
	for _, c := range []struct {
		folder, what string
		may          bool
	}{
		{"", "time", true},
		{"", "os", false},
		{"", "net", false},
		{"", "log/slog", false},
		{"", "database/sql", false},
		{"", "nextup/store", false},
		{"", "github.com/pion/webrtc/v4", false},
		{"web", "embed", true},
		{"web", "fmt", false},
		{"web", "nextup", false},
		{"actors", "nextup", true},
		{"actors", "nextup/store", false},
		{"actors", "github.com/asynkron/protoactor-go/actor", true},
		{"transport", "github.com/asynkron/protoactor-go/actor", false},
		{"media", "github.com/pion/webrtc/v4", true},
		{"media/mediatest", "nextup/media", true},
		{"media", "nextup/transport", false},
		{"transport", "github.com/pion/ice/v4", false},
		{"store/sqlite", "modernc.org/sqlite/lib", true},
		{"store", "github.com/coder/websocket", false},
		{"transport", "nextup/web", true},
		{"transport", "nextup/actors", false},
		{"transport", "github.com/wneessen/go-mail", false},
		{"transport/mail", "github.com/wneessen/go-mail", true},
		{"transport", "golang.org/x/text/language", true},
		{"transport", "golang.org/x/text/unicode/norm", false},
		{"store", "github.com/prometheus/client_golang/prometheus", true},
		{"cmd/nextup", "nextup/media", true},
		{"cmd/nextup", "modernc.org/sqlite", false},
		{"cmd/nextup", "github.com/unknown/library", false},
		{"util", "fmt", false},
	} {
		if why := allowed(c.folder, c.what); (why == "") != c.may {
			t.Errorf("%q imports %q: %q", c.folder, c.what, why)
		}
	}
}

// TestNoClock holds that the pure machine never asks what time it is.
func TestNoClock(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			of, ok := s.X.(*ast.Ident)
			if ok && of.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Local"}, s.Sel.Name) {
				t.Errorf("%s: time.%s", set.Position(s.Pos()), s.Sel.Name)
			}
			return true
		})
	}
}
