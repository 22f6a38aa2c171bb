package store

import (
	"context"
	"strings"
	"testing"
)

func TestADatabaseOfANewerNextupIsRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := change(ctx, s.writer, func(t *tx) error {
		_, err := t.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = Open(ctx, dir, Options{})
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "newer nextup") {
		t.Errorf("got error %v", err)
	}
}

// An event that this program does not know stops the load; leaving it out would
// change everything after it.
func TestLoadRefusesWhatItDoesNotKnow(t *testing.T) {
	s, ctx := opened(t), context.Background()
	if err := s.Append(ctx, created("s")); err != nil {
		t.Fatal(err)
	}
	put := func(query string) {
		t.Helper()
		if err := change(ctx, s.writer, func(t *tx) error {
			_, err := t.exec(query)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for query, says := range map[string]string{
		`INSERT INTO events VALUES ('s', 2, 1, 'clock', '', '', 'queue.teleported/1', '{}')`:  `version 2: store: unknown event "queue.teleported/1"`,
		`INSERT INTO events VALUES ('s', 3, 1, 'clock', '', '', 'session.published/1', '{}')`: "gap before version 3",
	} {
		put(query)
		if _, err := s.Load(ctx, "s"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got error %v, want one that says %q", err, says)
		}
		put(`DELETE FROM events WHERE version > 1`)
	}
}
