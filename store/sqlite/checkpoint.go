package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// Pages is what the -wal file holds.
type Pages struct {
	All  int // pages in it since it was last begun anew
	Left int // those of them not yet copied into the database
}

// Pending counts the pages in the -wal file and changes nothing.
func (db *DB) Pending(ctx context.Context) (Pages, error) {
	p, _, err := db.checkpoint(ctx, "NOOP")
	return p, err
}

// Copy copies what it can from the -wal file into the database without making
// reader or writer wait.
func (db *DB) Copy(ctx context.Context) (Pages, error) {
	p, _, err := db.checkpoint(ctx, "PASSIVE")
	return p, err
}

// Truncate copies everything and empties the -wal file, so that nothing erased
// is left in it. The writer waits while it runs, therefore call Copy before; a
// reader in the middle of a long query makes it give up: done is false then.
func (db *DB) Truncate(ctx context.Context) (done bool, err error) {
	_, busy, err := db.checkpoint(ctx, "TRUNCATE")
	return !busy && err == nil, err
}

// Rewrite writes the whole database anew, into the -wal file, with nothing on its
// pages but what the rows hold. secure_delete overwrites a row that is removed, but
// not the copies that stay in the free part of a page when its rows are moved to
// another one. conn must not be in a transaction.
func Rewrite(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("sqlite: rewrite: %w", err)
	}
	return nil
}

func (db *DB) checkpoint(ctx context.Context, mode string) (Pages, bool, error) {
	var busy, all, copied int
	err := db.tend.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &all, &copied)
	if err != nil {
		return Pages{}, true, fmt.Errorf("sqlite: checkpoint: %w", err)
	}
	return Pages{All: all, Left: all - copied}, busy != 0, nil
}
