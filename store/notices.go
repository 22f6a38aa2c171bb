package store

import (
	"context"
	"fmt"
	"time"

	"nextup"
)

// Notice is what an organisation promises to those whose data it keeps, in one
// version.
type Notice struct {
	Organisation nextup.OrganisationID
	Version      int // 1 is nextup's own text with the usual times
	At           time.Time
	Author       nextup.RecruiterID
	Keep         nextup.Retention
	Words        map[string]string // the organisation's own by language, Markdown
}

// Notices lists the versions that an organisation has written, the newest first.
// The first version, which nobody has to write, is not among them.
func (s *Store) Notices(ctx context.Context, o nextup.OrganisationID) ([]Notice, error) {
	return list(ctx, s.read, func(row scanner) (n Notice, err error) {
		var at int64
		var contact, record, log int
		var sv, en, nb string
		err = row.Scan(&n.Organisation, &n.Version, &at, &n.Author, &contact, &record, &log, &sv, &en, &nb)
		n.At, n.Words = instant(at), map[string]string{"sv": sv, "en": en, "nb": nb}
		n.Keep = nextup.Retention{Contact: contact, Record: record, Log: log}
		return n, err
	}, `SELECT organisation, version, at, author, contact, record, log, sv, en, nb FROM notices
		WHERE organisation = ? ORDER BY version DESC`, o)
}

// SaveNotice writes the next version, whose number is expected+1. ErrConflict:
// somebody else wrote one since. ErrUnknown: no such organisation.
func (s *Store) SaveNotice(ctx context.Context, n Notice, expected int) error {
	return change(ctx, s.writer, func(t *tx) error {
		var newest int
		if _, err := t.row(`SELECT coalesce(max(version), 1) FROM notices WHERE organisation = ?`, []any{n.Organisation}, &newest); err != nil {
			return fmt.Errorf("store: notice: %w", err)
		}
		if newest != expected {
			return ErrConflict
		}
		rows, err := t.exec(`INSERT INTO notices (organisation, version, at, author, contact, record, log, sv, en, nb)
			SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM organisations WHERE id = ?`,
			expected+1, nanos(n.At), n.Author, n.Keep.Contact, n.Keep.Record, n.Keep.Log, n.Words["sv"], n.Words["en"], n.Words["nb"], n.Organisation)
		switch {
		case err != nil:
			return fmt.Errorf("store: notice: %w", err)
		case rows == 0:
			return ErrUnknown
		}
		return nil
	})
}
