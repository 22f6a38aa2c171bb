package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func opened(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestEveryConnectionHasThePragmas(t *testing.T) {
	// A name with everything that means something in an address of a database.
	db := opened(t, filepath.Join(t.TempDir(), "a b?c=%41&d#é"))
	ctx := context.Background()
	pools := map[string]*sql.DB{"write": db.Write, "read": db.Read, "tend": db.tend}
	for name, pool := range pools {
		// All connections of the pool at once, so that each is looked at.
		for i := range pool.Stats().MaxOpenConnections {
			conn, err := pool.Conn(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			want := map[string]string{
				"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1",
				"secure_delete": "1", "temp_store": "2", "busy_timeout": "10000",
				"query_only": "0", "wal_autocheckpoint": "0",
			}
			switch name {
			case "read":
				want["query_only"], want["wal_autocheckpoint"] = "1", "1000"
			case "tend":
				want["busy_timeout"] = "100"
			}
			for pragma, value := range want {
				var got string
				if err := conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
					t.Fatal(err)
				}
				if got != value {
					t.Errorf("%s connection %d: %s is %s, want %s", name, i, pragma, got, value)
				}
			}
		}
	}
	if n := db.Write.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d writing connections, want 1", n)
	}
}

// Older versions can damage a database when a checkpoint meets a writer.
func TestSQLiteIsNewEnough(t *testing.T) {
	var version string
	if err := opened(t, t.TempDir()).Read.QueryRow("SELECT sqlite_version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	var number int
	for _, part := range strings.Split(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			t.Fatal(err)
		}
		number = number*1000 + n
	}
	if number < 3_051_003 {
		t.Errorf("SQLite is %s, want 3.51.3 at least", version)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := opened(t, t.TempDir())
	if _, err := db.Read.Exec("CREATE TABLE x (y)"); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("got error %v", err)
	}
}

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this system has no such file modes")
	}
	outer := filepath.Join(t.TempDir(), "outer")
	dir := filepath.Join(outer, "inner")
	is := func(path string, mode fs.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != mode {
			t.Errorf("%s has mode %v, want %v", filepath.Base(path), got, mode)
		}
	}
	all := func() {
		t.Helper()
		for _, suffix := range []string{"", "-wal", "-shm"} {
			is(filepath.Join(dir, File+suffix), 0o600)
		}
	}
	db := opened(t, dir)
	if _, err := db.Write.Exec("CREATE TABLE x (y)"); err != nil {
		t.Fatal(err)
	}
	is(outer, 0o700)
	is(dir, 0o700)
	all()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	// A database that somebody copied back with other rights.
	if err := os.Chmod(filepath.Join(dir, File), 0o644); err != nil {
		t.Fatal(err)
	}
	db = opened(t, dir)
	if _, err := db.Write.Exec("INSERT INTO x VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	all()
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, file); err == nil {
		t.Error("a file was taken for a folder")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(ctx, dir)
	if err == nil || !strings.Contains(err.Error(), "not a database") || !Fatal(err) {
		t.Errorf("got error %v", err)
	}
}

func TestErrorKinds(t *testing.T) {
	db := opened(t, t.TempDir()).Write
	for _, q := range []string{
		"CREATE TABLE a (id INTEGER PRIMARY KEY, u TEXT UNIQUE)",
		"CREATE TABLE w (x TEXT, y TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID",
		"CREATE TABLE b (a INTEGER NOT NULL REFERENCES a (id))",
		"INSERT INTO a VALUES (1, 'u')",
		"INSERT INTO w VALUES ('x', 'y')",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	for q, want := range map[string]struct{ unique, orphan bool }{
		"INSERT INTO a VALUES (1, 'v')":     {unique: true},
		"INSERT INTO a VALUES (2, 'u')":     {unique: true},
		"INSERT INTO w VALUES ('x', 'y')":   {unique: true},
		"INSERT INTO b VALUES (7)":          {orphan: true},
		"INSERT INTO b VALUES (NULL)":       {},
		"INSERT INTO nowhere VALUES (NULL)": {},
	} {
		_, err := db.Exec(q)
		if err == nil {
			t.Errorf("%s: no error", q)
		}
		err = fmt.Errorf("wrapped: %w", err)
		if Unique(err) != want.unique || Orphan(err) != want.orphan || Fatal(err) {
			t.Errorf("%s: unique %v, orphan %v, fatal %v (%v)", q, Unique(err), Orphan(err), Fatal(err), err)
		}
	}
	for _, err := range []error{nil, errors.New("x"), context.Canceled} {
		if Unique(err) || Orphan(err) || Fatal(err) {
			t.Errorf("%v is none of these", err)
		}
	}
	if !Fatal(sql.ErrConnDone) {
		t.Error("without its connection the writer cannot go on")
	}
}

// Somebody else, a backup for instance, holds the write lock: the writer waits.
func TestTheWriterWaitsForALock(t *testing.T) {
	dir := t.TempDir()
	db, other := opened(t, dir), opened(t, dir)
	if _, err := db.Write.Exec("CREATE TABLE x (y)"); err != nil {
		t.Fatal(err)
	}
	hold, err := other.Write.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec("INSERT INTO x VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	const held = 300 * time.Millisecond
	begun := time.Now()
	timer := time.AfterFunc(held, func() { _ = hold.Commit() })
	defer timer.Stop()
	if _, err := db.Write.Exec("INSERT INTO x VALUES (2)"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < held {
		t.Errorf("written after %v, the lock was held for %v", took, held)
	}
}

func TestCheckpoints(t *testing.T) {
	db, ctx := opened(t, t.TempDir()), context.Background()
	write := func() {
		t.Helper()
		if _, err := db.Write.Exec("CREATE TABLE IF NOT EXISTS x (y); INSERT INTO x VALUES (randomblob(100000))"); err != nil {
			t.Fatal(err)
		}
	}
	write()
	pages, err := db.Pending(ctx)
	if err != nil || pages.All < 24 || pages.Left != pages.All {
		t.Fatalf("pending %+v, %v: all of it, and no commit copies by itself", pages, err)
	}
	if again, err := db.Pending(ctx); again != pages || err != nil {
		t.Errorf("looking changed it: %+v, %v", again, err)
	}
	if copied, err := db.Copy(ctx); err != nil || copied.Left != 0 || copied.All != pages.All {
		t.Errorf("copied %+v, %v", copied, err)
	}
	if _, wal := db.Size(); wal == 0 {
		t.Error("the -wal file is empty before it was truncated")
	}

	// A reader in the middle of a query keeps the file, for a moment.
	write()
	reading, err := db.Read.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRow("SELECT count(*) FROM x").Scan(&n); err != nil {
		t.Fatal(err)
	}
	write()
	if done, err := db.Truncate(ctx); done || err != nil {
		t.Errorf("truncated under a reader: %v, %v", done, err)
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if done, err := db.Truncate(ctx); !done || err != nil {
		t.Errorf("truncated: %v, %v", done, err)
	}
	if data, wal := db.Size(); wal != 0 || data < 300_000 {
		t.Errorf("sizes are %d and %d", data, wal)
	}
}
