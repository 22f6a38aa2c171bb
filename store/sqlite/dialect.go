package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/pressly/goose/v3"
	driverError "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// Dialect is the name that goose has for SQLite.
const Dialect = goose.DialectSQLite3

// The statements that frame a transaction of the writer and each write in it.
const (
	Begin     = "BEGIN IMMEDIATE"
	Commit    = "COMMIT"
	Rollback  = "ROLLBACK"
	Savepoint = "SAVEPOINT one"
	Keep      = "RELEASE one"
	Undo      = "ROLLBACK TO one; RELEASE one"
)

// Unique says whether err means that a row with this key is there already.
func Unique(err error) bool {
	c := code(err)
	return c == codes.SQLITE_CONSTRAINT_UNIQUE || c == codes.SQLITE_CONSTRAINT_PRIMARYKEY
}

// Orphan says whether err means that the row this one belongs to is missing.
func Orphan(err error) bool { return code(err) == codes.SQLITE_CONSTRAINT_FOREIGNKEY }

// Fatal says whether err means that the disk or the file can no longer be
// trusted. After a failed sync nobody knows what the system's cache still holds,
// so a second try on the same handle may report success for lost data: nothing
// more may be written before the database was closed and read anew. A full disk
// and a lock held by others are not fatal; they pass.
func Fatal(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	c := code(err)
	switch c {
	case codes.SQLITE_IOERR_SHMOPEN, codes.SQLITE_IOERR_SHMSIZE, codes.SQLITE_IOERR_SHMLOCK, codes.SQLITE_IOERR_SHMMAP:
		return false // the -shm file found no room; it is rebuilt from the -wal file
	}
	switch c & 0xff {
	case codes.SQLITE_IOERR, codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return true
	}
	return false
}

// code is SQLite's extended result code, 0 for other errors.
func code(err error) int {
	var e *driverError.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
