package store

import (
	"context"
	"database/sql"
	"fmt"
)

// scanner is one row of a result.
type scanner interface{ Scan(into ...any) error }

// reader is what a query can be asked of: the pool, or a transaction that sees
// several tables at one moment.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list reads a whole result.
func list[T any](ctx context.Context, from reader, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: read: %w", err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, fmt.Errorf("store: read: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: read: %w", err)
	}
	return all, nil
}
