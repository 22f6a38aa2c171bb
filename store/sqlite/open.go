package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// File is the database's name inside its folder.
const File = "nextup.db"

// How long a connection waits for a lock that another process holds (a backup,
// a person with the sqlite3 shell), and how many connections read at once.
const (
	patience = 10 * time.Second
	readers  = 4
)

// DB is one open database.
type DB struct {
	Write *sql.DB // exactly one connection
	Read  *sql.DB // cannot write
	tend  *sql.DB // exactly one connection, for checkpoints
	path  string
}

// Open opens the database in dir. A missing dir is made for the owner alone
// (0700); the database and the files beside it are readable by the owner alone
// (0600) even if they were not before.
func Open(ctx context.Context, dir string) (*DB, error) {
	path, err := prepare(dir)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db := &DB{path: path}
	writing := []string{"journal_mode(WAL)", "wal_autocheckpoint(0)"}
	if db.Write, err = open(path, 1, patience, "immediate", writing...); err == nil {
		// First, because it makes the database and turns the WAL on.
		err = settled(ctx, db.Write)
	}
	if err == nil {
		db.Read, err = open(path, readers, patience, "deferred", "query_only(1)")
	}
	if err == nil {
		// A checkpoint that meets a reader gives up soon and tries again later:
		// while it waits, the writer would have to wait too.
		db.tend, err = open(path, 1, 100*time.Millisecond, "deferred", "wal_autocheckpoint(0)")
	}
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// Close closes all connections. What was committed is on the disk already.
func (db *DB) Close() error { return db.close() }

func (db *DB) close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.Read, db.tend, db.Write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Size is how many bytes the database and its -wal file have on the disk.
func (db *DB) Size() (database, wal int64) {
	if info, err := os.Stat(db.path); err == nil {
		database = info.Size()
	}
	if info, err := os.Stat(db.path + "-wal"); err == nil {
		wal = info.Size()
	}
	return database, wal
}

// prepare makes folder and file before SQLite does, which would let others read
// them. SQLite gives the -wal and -shm files the rights of the database.
func prepare(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	_, err = os.Stat(dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, File)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	err = file.Close()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if e := os.Chmod(path+suffix, 0o600); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return "", err
	}
	// A power cut must not take the new names away again.
	syncFolder(dir)
	if fresh {
		syncFolder(filepath.Dir(dir))
	}
	return path, nil
}

// syncFolder puts a folder's names on the disk, on systems that can.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// open makes a pool whose every connection gets the pragmas.
func open(path string, connections int, wait time.Duration, lock string, more ...string) (*sql.DB, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/...
	}
	pragmas := append([]string{
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), // first: the others may meet a lock
		"synchronous(FULL)",
		"foreign_keys(1)",
		"secure_delete(1)",   // erased words are overwritten, not just unlinked
		"temp_store(MEMORY)", // and never spill into other files
		"trusted_schema(0)",
	}, more...)
	source := url.URL{
		Scheme:   "file",
		Path:     slashed,
		RawQuery: url.Values{"_txlock": {lock}, "_pragma": pragmas}.Encode(),
	}
	pool, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool, nil
}

// settled checks that SQLite took the pragmas that durability hangs on; it
// ignores unknown ones without a word, and some file systems have no WAL.
func settled(ctx context.Context, pool *sql.DB) error {
	for _, want := range []struct{ pragma, value string }{
		{"journal_mode", "wal"},
		{"synchronous", "2"},
		{"foreign_keys", "1"},
		{"secure_delete", "1"},
		{"wal_autocheckpoint", "0"},
	} {
		var got string
		if err := pool.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
			return fmt.Errorf("sqlite: opening the database: %w", err)
		}
		if got != want.value {
			return fmt.Errorf("sqlite: %s is %s here and cannot be %s; is the folder on a network drive?", want.pragma, got, want.value)
		}
	}
	return nil
}
