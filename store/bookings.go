package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"nextup"
	"nextup/store/sqlite"
)

// book is the one statement that decides who gets a seat: every condition is in it,
// and UNIQUE (slot, seat) stands behind it. Its arguments are bookArgs.
const book = `INSERT INTO bookings (round, applicant, uid, sequence, slot, seat, was, at, role)
	SELECT x.round, e.applicant, ?1, 0, x.id, f.seat, '', ?2, ?3
	FROM slots x
	JOIN rounds r ON r.id = x.round
	JOIN jobs j ON j.id = r.job
	JOIN entries e ON e.round = x.round AND e.applicant = ?4 AND e.departed = 0
	JOIN applicants a ON a.id = e.applicant AND a.removed = 0
	LEFT JOIN bookings b ON b.round = x.round AND b.applicant = e.applicant
	LEFT JOIN slots o ON o.id = b.slot
	JOIN (SELECT min(c.seat) + 1 AS seat -- the smallest free one
		FROM (SELECT 0 AS seat UNION ALL SELECT seat FROM bookings WHERE slot = ?5) c
		WHERE NOT EXISTS (SELECT 1 FROM bookings d WHERE d.slot = ?5 AND d.seat = c.seat + 1)) f ON f.seat <= x.seats
	WHERE x.id = ?5 AND x.round = ?6 AND x.removed = 0 AND x.start > ?2
		AND coalesce(b.slot, '') = ?7
		AND (?3 <> 'candidate' OR (e.invited > 0 AND r.closed = 0 AND j.closed = 0
			AND x.start - r.cut_off > ?2 AND (o.id IS NULL OR o.start - r.cut_off > ?2)))
	ON CONFLICT (round, applicant) DO UPDATE SET
		sequence = sequence + 1, slot = excluded.slot, seat = excluded.seat,
		was = coalesce(bookings.slot, bookings.was), at = excluded.at, role = excluded.role`

// Book gives the applicant a seat of the slot, instead of the one he has, in one
// statement. Asking for what he has already changes nothing. CodeSlotTaken,
// CodeSlotGone, CodeRoundClosed, CodeCutOff (of the slot he has or wants),
// CodeNotOffered, CodeStale.
func (s *Store) Book(ctx context.Context, c nextup.Claim) (nextup.Booking, error) {
	return do(ctx, s.writer, func(t *tx) (nextup.Booking, error) {
		if had, err := t.booking(c); err != nil || (had.Slot == c.Slot && c.Slot != "") {
			return had, err
		}
		n, err := t.exec(book, rand.Text(), nanos(c.At), c.By, c.Applicant, c.Slot, c.Round, c.From)
		switch {
		case sqlite.Unique(err):
			return nextup.Booking{}, nextup.Refuse(nextup.CodeSlotTaken)
		case err != nil:
			return nextup.Booking{}, fmt.Errorf("store: book: %w", err)
		case n == 0:
			return nextup.Booking{}, t.why(c)
		}
		kind := nextup.MailBooked
		if c.From != "" {
			kind = nextup.MailMoved
		}
		if err := first(
			func() error { return t.answered(c) },
			func() error { return t.behindSlots(c.At, c.From, c.Slot) },
			func() error { return t.roundLetter(wanted(c), c.Round, c.Applicant, kind, "", c.At) },
		); err != nil {
			return nextup.Booking{}, err
		}
		return t.booking(c)
	})
}

// wanted says whether a letter tells of it.
func wanted(c nextup.Claim) bool { return c.Notify || c.By == nextup.RoleCandidate }

// answered notes that he has chosen, and that he has been on his page if it was he.
func (t *tx) answered(c nextup.Claim) error {
	_, err := t.exec(`UPDATE entries SET none_fits = 0, opened = iif(opened = 0 AND ? = 'candidate', ?, opened) WHERE round = ? AND applicant = ?`,
		c.By, nanos(c.At), c.Round, c.Applicant)
	if err != nil {
		return fmt.Errorf("store: book: %w", err)
	}
	return nil
}

// why says what the statement did not like, for people to read. It decides nothing.
func (t *tx) why(c nextup.Claim) error {
	var (
		invited, closed, cutOff, start, had int64
		slot                                nextup.SlotID
	)
	there, err := t.row(`SELECT e.invited, r.closed + j.closed, r.cut_off, coalesce(b.slot, ''), coalesce(o.start, 0)
		FROM entries e JOIN applicants a ON a.id = e.applicant AND a.removed = 0
		JOIN rounds r ON r.id = e.round JOIN jobs j ON j.id = r.job
		LEFT JOIN bookings b ON b.round = e.round AND b.applicant = e.applicant LEFT JOIN slots o ON o.id = b.slot
		WHERE e.round = ? AND e.applicant = ? AND e.departed = 0`, []any{c.Round, c.Applicant}, &invited, &closed, &cutOff, &slot, &had)
	if err != nil {
		return fmt.Errorf("store: book: %w", err)
	}
	himself := c.By == nextup.RoleCandidate
	offered, err := t.row(`SELECT start FROM slots WHERE id = ? AND round = ? AND removed = 0 AND start > ?`, []any{c.Slot, c.Round, nanos(c.At)}, &start)
	last := nanos(c.At) + cutOff // what begins then, or before, cannot be changed
	switch {
	case err != nil:
		return fmt.Errorf("store: book: %w", err)
	case !there, himself && invited == 0:
		return nextup.Refuse(nextup.CodeNotOffered)
	case himself && closed != 0:
		return nextup.Refuse(nextup.CodeRoundClosed)
	case slot != c.From:
		return nextup.Refuse(nextup.CodeStale)
	case himself && slot != "" && had <= last:
		return nextup.Refuse(nextup.CodeCutOff)
	case !offered:
		return nextup.Refuse(nextup.CodeSlotGone)
	case himself && start <= last:
		return nextup.Refuse(nextup.CodeCutOff)
	}
	return nextup.Refuse(nextup.CodeSlotTaken)
}

// booking is the applicant's row of the round; a zero one if he never had a time.
func (t *tx) booking(c nextup.Claim) (b nextup.Booking, err error) {
	var at int64
	if _, err = t.row(`SELECT uid, sequence, coalesce(slot, ''), was, at, role FROM bookings WHERE round = ? AND applicant = ?`,
		[]any{c.Round, c.Applicant}, &b.UID, &b.Sequence, &b.Slot, &b.Was, &at, &b.By); err != nil {
		return nextup.Booking{}, fmt.Errorf("store: booking: %w", err)
	}
	b.At = instant(at)
	return b, nil
}

// Unbook gives the applicant's seat (From) back; Slot is empty. CodeCutOff, CodeStale.
func (s *Store) Unbook(ctx context.Context, c nextup.Claim) (nextup.Booking, error) {
	return do(ctx, s.writer, func(t *tx) (nextup.Booking, error) {
		bound := c.By == nextup.RoleCandidate && !c.Late
		n, err := t.exec(`UPDATE bookings SET was = slot, slot = NULL, seat = NULL, sequence = sequence + 1, at = ?1, role = ?2
			WHERE round = ?3 AND applicant = ?4 AND slot = ?5
				AND (NOT ?6 OR EXISTS (SELECT 1 FROM slots x JOIN rounds r ON r.id = x.round WHERE x.id = ?5 AND x.start - r.cut_off > ?1))`,
			nanos(c.At), c.By, c.Round, c.Applicant, c.From, bound)
		if err != nil {
			return nextup.Booking{}, fmt.Errorf("store: unbook: %w", err)
		}
		b, err := t.booking(c)
		switch {
		case err != nil:
			return nextup.Booking{}, err
		case n == 0 && b.Slot == c.From && c.From != "":
			return nextup.Booking{}, nextup.Refuse(nextup.CodeCutOff)
		case n == 0:
			return nextup.Booking{}, nextup.Refuse(nextup.CodeStale)
		}
		return b, first(
			func() error { return t.behindSlots(c.At, c.From, "") },
			func() error { return t.roundLetter(wanted(c), c.Round, c.Applicant, nextup.MailUnbooked, "", c.At) },
		)
	})
}

// NoneFits says that no time fits him; choosing one takes it back. CodeNotOffered,
// CodeRoundClosed; CodeStale: he has one.
func (s *Store) NoneFits(ctx context.Context, round nextup.RoundID, who nextup.ApplicantID, at time.Time) error {
	return change(ctx, s.writer, func(t *tx) error {
		n, err := t.exec(`UPDATE entries SET none_fits = ?1, opened = iif(opened = 0, ?1, opened) WHERE round = ?2 AND applicant = ?3 AND departed = 0 AND invited > 0
			AND EXISTS (SELECT 1 FROM applicants a WHERE a.id = ?3 AND a.removed = 0)
			AND EXISTS (SELECT 1 FROM rounds r JOIN jobs j ON j.id = r.job WHERE r.id = ?2 AND r.closed = 0 AND j.closed = 0)
			AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.round = ?2 AND b.applicant = ?3 AND b.slot IS NOT NULL)`, nanos(at), round, who)
		if err != nil {
			return fmt.Errorf("store: none fits: %w", err)
		}
		if n > 0 {
			return nil
		}
		return t.why(nextup.Claim{Round: round, Applicant: who, By: nextup.RoleCandidate, At: at})
	})
}

// Opened says that he did something on his page after an invitation; only the first
// one counts.
func (s *Store) Opened(ctx context.Context, who nextup.ApplicantID, at time.Time) error {
	return change(ctx, s.writer, func(t *tx) error {
		if _, err := t.exec(`UPDATE entries SET opened = ? WHERE applicant = ? AND invited > 0 AND opened = 0 AND departed = 0`, nanos(at), who); err != nil {
			return fmt.Errorf("store: opened: %w", err)
		}
		return nil
	})
}
