package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"nextup/store/sqlite"
)

// Why the store refuses. With each of these nothing was written.
var (
	// ErrConflict says that somebody else wrote first: reload and decide again.
	ErrConflict = errors.New("store: decided on an old version")
	// ErrTaken says that the address has a place in this session, or an account.
	ErrTaken = errors.New("store: this address is taken")
	// ErrFounded says that there is an organisation already.
	ErrFounded = errors.New("store: already set up")
	// ErrSetup says that the set-up link is wrong, used or expired.
	ErrSetup = errors.New("store: no such set-up link")
	// ErrUnknown says that the row, or the session it belongs to, is not there.
	ErrUnknown = errors.New("store: no such row")
)

// ErrUnavailable says that the outcome is not known: the write may or may not be
// on the disk. Read again before trying again.
var ErrUnavailable = errors.New("store: unavailable")

// Options are what a Store needs from outside; the zero value is ready for use.
type Options struct {
	Now func() time.Time // the clock for expiry; nil: time.Now
	Log *slog.Logger     // for what fails in the background; nil: slog.Default
}

// Store is one open database. Its methods may be called from many goroutines.
type Store struct {
	db     *sqlite.DB
	read   *sql.DB
	writer *writer
	tender *tender
	now    func() time.Time
	log    *slog.Logger
}

// Open opens the database in the folder dir, makes both if they are missing and
// brings the tables up to date. The folder is made with mode 0700, the files have 0600.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	db, err := sqlite.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db.Write); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w, err := newWriter(ctx, db.Write)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &Store{db: db, read: db.Read, writer: w, now: o.Now, log: o.Log}
	s.tender = s.tend()
	return s, nil
}

// Close finishes the writes that are waiting, empties the -wal file and closes
// the database. Later writes get ErrUnavailable. Close may be called again.
func (s *Store) Close() error {
	s.tender.stop()
	if !s.writer.close() {
		return nil
	}
	// Everything is durable already; this only leaves a tidy folder.
	if s.writer.broken.Load() == nil {
		if _, err := s.db.Truncate(context.Background()); err != nil {
			s.log.Warn("store: last checkpoint", "error", err)
		}
	}
	return s.db.Close()
}

// Failed is closed when the disk failed in a way that makes further writing
// unsafe (a sync that returned an error, a damaged file). Reading goes on, every
// write gets ErrUnavailable; the process should end and be started again, which
// reads what is really on the disk.
func (s *Store) Failed() <-chan struct{} { return s.writer.failed }

// Counts are totals since Open.
type Counts struct {
	Writes  int64 // asked of the writer and carried out, refused ones included
	Commits int64 // groups of them, one sync each
	Bytes   int64 // of the database on the disk now
	WAL     int64 // of the -wal file now, bytes
}

// Counts tells how busy the store is.
func (s *Store) Counts() Counts {
	c := Counts{Writes: s.writer.writes.Load(), Commits: s.writer.commits.Load()}
	c.Bytes, c.WAL = s.db.Size()
	return c
}
