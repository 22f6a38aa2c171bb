package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"nextup/store/sqlite"
)

// groupLimit is how many writes share a commit at most; it bounds how long the
// first of them waits for the others' statements.
const groupLimit = 256

// writer is the one goroutine that changes the database.
type writer struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt

	mu      sync.Mutex
	waiting []*write
	closed  bool
	wake    chan struct{} // holds at most one wake-up
	ended   chan struct{} // closed when the goroutine is gone

	turn sync.Mutex // held while a group is written, and by alone between groups

	failed chan struct{}
	broken atomic.Pointer[error] // why failed is closed

	writes, commits atomic.Int64
}

// write is one caller's change on its way.
type write struct {
	run   func(*tx) error
	state atomic.Int32
	err   error      // what run returned
	done  chan error // gets the outcome; buffered, so the writer never waits for the caller
}

// Where a write is. Whoever moves it away from queued, owns it: the writer
// carries it out, or the caller takes it back.
const (
	queued = iota
	started
	takenBack
)

func newWriter(ctx context.Context, pool *sql.DB) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		conn:   conn,
		stmts:  map[string]*sql.Stmt{},
		wake:   make(chan struct{}, 1),
		ended:  make(chan struct{}),
		failed: make(chan struct{}),
	}
	go w.loop()
	return w, nil
}

// do carries run out inside a group and returns what it returned once that is
// on the disk. If it fails, its result is the zero value, except beside a
// refusal, which may come with what is there instead.
//
// A ctx that ends before run has begun takes the write back. Afterwards the
// caller is let go with ErrUnavailable, and the write takes its course.
func do[T any](ctx context.Context, w *writer, run func(*tx) (T, error)) (T, error) {
	var got, zero T
	one := &write{done: make(chan error, 1)}
	one.run = func(t *tx) (err error) {
		got, err = run(t)
		return err
	}
	if err := w.queue(ctx, one); err != nil {
		return zero, err
	}
	select {
	case err := <-one.done:
		if errors.Is(err, ErrUnavailable) {
			return zero, err
		}
		return got, err
	case <-ctx.Done():
		if one.state.CompareAndSwap(queued, takenBack) {
			return zero, fmt.Errorf("store: not written: %w", ctx.Err())
		}
		// run may be writing got right now: leave it alone.
		return zero, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// change is do for a write without a result.
func change(ctx context.Context, w *writer, run func(*tx) error) error {
	_, err := do(ctx, w, func(t *tx) (struct{}, error) { return struct{}{}, run(t) })
	return err
}

func (w *writer) queue(ctx context.Context, one *write) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: not written: %w", err)
	}
	if err := w.broken.Load(); err != nil {
		return fmt.Errorf("%w: the disk failed: %w", ErrUnavailable, *err)
	}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return fmt.Errorf("%w: closed", ErrUnavailable)
	}
	w.waiting = append(w.waiting, one)
	w.mu.Unlock()
	w.nudge()
	return nil
}

func (w *writer) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// close lets the writes that wait go through and ends the goroutine. It says
// whether this call was the one that closed.
func (w *writer) close() bool {
	w.mu.Lock()
	first := !w.closed
	w.closed = true
	w.mu.Unlock()
	w.nudge()
	<-w.ended
	return first
}

func (w *writer) loop() {
	defer close(w.ended)
	defer func() {
		w.turn.Lock()
		defer w.turn.Unlock()
		for _, s := range w.stmts {
			_ = s.Close()
		}
		_ = w.conn.Close()
	}()
	for range w.wake {
		for {
			group, last := w.take()
			if len(group) == 0 {
				if last {
					return
				}
				break
			}
			w.commit(group)
		}
	}
}

// take is the next group, and whether no more will come after the ones waiting.
func (w *writer) take() (group []*write, last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for ; n < len(w.waiting) && len(group) < groupLimit; n++ {
		// Those taken back do not count: an empty group means that nobody waits.
		if one := w.waiting[n]; one.state.CompareAndSwap(queued, started) {
			group = append(group, one)
		}
	}
	rest := copy(w.waiting, w.waiting[n:])
	clear(w.waiting[rest:])
	w.waiting = w.waiting[:rest]
	return group, w.closed && rest == 0
}

// commit carries a group out in one transaction and then answers everybody in it.
func (w *writer) commit(group []*write) {
	err := w.transaction(group)
	if err != nil {
		w.judge(err)
		// Its kind ends here: nobody may take an unknown outcome for a refusal.
		err = fmt.Errorf("%w: %v", ErrUnavailable, err)
	}
	for _, one := range group {
		if err != nil {
			// Refusals too: they were judged by what neighbours wrote and lost.
			one.done <- err
			continue
		}
		one.done <- one.err
	}
}

// judge ends all writing if err says that the disk cannot be trusted any more.
func (w *writer) judge(err error) {
	if sqlite.Fatal(err) && w.broken.CompareAndSwap(nil, &err) {
		close(w.failed)
	}
}

func (w *writer) transaction(group []*write) error {
	if err := w.broken.Load(); err != nil {
		return fmt.Errorf("the disk failed: %w", *err)
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	t := &tx{w}
	if err := t.frame(sqlite.Begin); err != nil {
		return err
	}
	for _, one := range group {
		if err := t.one(one); err != nil {
			_ = t.frame(sqlite.Rollback)
			return err
		}
	}
	if err := t.frame(sqlite.Commit); err != nil {
		_ = t.frame(sqlite.Rollback)
		return err
	}
	w.writes.Add(int64(len(group)))
	w.commits.Add(1)
	return nil
}

// alone runs something that must be between two groups and in no transaction.
func (w *writer) alone(run func(*sql.Conn) error) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	if err := w.broken.Load(); err != nil {
		return fmt.Errorf("%w: the disk failed: %w", ErrUnavailable, *err)
	}
	w.mu.Lock()
	closed := w.closed
	w.mu.Unlock()
	if closed {
		return fmt.Errorf("%w: closed", ErrUnavailable)
	}
	err := run(w.conn)
	w.judge(err)
	return err
}

// tx is the writer's open transaction. No caller's context reaches it: a
// cancelled statement could undo the neighbours' work.
type tx struct{ w *writer }

// one carries out one write. An error says that the whole transaction is lost.
func (t *tx) one(one *write) error {
	if err := t.frame(sqlite.Savepoint); err != nil {
		return err
	}
	if one.err = one.run(t); one.err == nil {
		return t.frame(sqlite.Keep)
	}
	// A full disk, for one, ends the whole transaction and the savepoint with it.
	if err := t.frame(sqlite.Undo); err != nil {
		return errors.Join(one.err, err)
	}
	if sqlite.Fatal(one.err) {
		return one.err
	}
	return nil
}

// frame runs a statement without arguments or result.
func (t *tx) frame(query string) error {
	_, err := t.w.conn.ExecContext(context.Background(), query)
	return err
}

// exec runs one statement and says how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row reads one row as this transaction sees it.
func (t *tx) row(query string, args []any, into ...any) (bool, error) {
	stmt, err := t.prepare(query)
	if err != nil {
		return false, err
	}
	return scan(stmt.QueryRow(args...), into...)
}

func (t *tx) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := t.w.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	t.w.stmts[query] = stmt
	return stmt, nil
}

// scan reads a row that may be missing.
func scan(row *sql.Row, into ...any) (bool, error) {
	err := row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
