package transport

import (
	"context"
	"errors"
	"time"

	"nextup"
)

// Purger erases what has been kept long enough.
type Purger interface {
	// Naming lists the sessions that hold anybody's name, address or marks.
	Naming(ctx context.Context, o nextup.OrganisationID) ([]nextup.SessionID, error)
	// EraseContact erases how a session's candidates could be reached.
	EraseContact(ctx context.Context, s nextup.SessionID) (Erased, error)
	// EraseRecord erases all that names people or was written about them, except these texts.
	EraseRecord(ctx context.Context, s nextup.SessionID, keep ...nextup.TextID) (Erased, error)
	// EraseLogs erases what was noted before a time, and links by letter that have expired at now.
	EraseLogs(ctx context.Context, before, now time.Time) (Erased, error)
	// Scrub takes what was erased off the disk.
	Scrub(ctx context.Context) error
	// SaveReceipt keeps what a purge did.
	SaveReceipt(ctx context.Context, r Receipt) error
	// Receipts lists the newest first, at most limit.
	Receipts(ctx context.Context, limit int) ([]Receipt, error)
}

// Erased counts rows that went.
type Erased struct {
	Contacts int // people whose address and telephone went
	People   int // people whose name went
	Texts    int
	Marks    int // ratings and notes
	Letters  int
	Accesses int
}

func (e *Erased) add(o Erased) {
	e.Contacts += o.Contacts
	e.People += o.People
	e.Texts += o.Texts
	e.Marks += o.Marks
	e.Letters += o.Letters
	e.Accesses += o.Accesses
}

// Receipt is what one purge did: numbers, no names.
type Receipt struct {
	At       time.Time
	Sessions int // that something was erased of
	Jobs     int // likewise
	Erased
}

// Logs is how many lines of logs went.
func (r Receipt) Logs() int { return r.Letters + r.Accesses }

// How the purge is paced.
const (
	purgeEvery = 24 * time.Hour
	purgeLook  = 10 * time.Minute // how often it is looked whether it is time
)

// Purging erases each day what has been kept long enough, until ctx ends. A server
// that was off catches up when it starts; one that failed tries again soon.
func (s *Server) Purging(ctx context.Context) {
	if s.Privacy == nil {
		return
	}
	tick := time.NewTicker(purgeLook)
	defer tick.Stop()
	for {
		if err := s.purgeIfDue(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("purge", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Server) purgeIfDue(ctx context.Context) error {
	last, err := s.Privacy.Receipts(ctx, 1)
	if err != nil {
		return err
	}
	if len(last) > 0 && s.Now().Sub(last[0].At) < purgeEvery {
		if s.unscrubbed.Load() {
			return s.scrub(ctx)
		}
		return nil
	}
	_, err = s.Purge(ctx)
	return err
}

// Purge erases what has been kept long enough by now and keeps a receipt. What
// fails for one session does not save the others'.
func (s *Server) Purge(ctx context.Context) (Receipt, error) {
	r := Receipt{At: s.Now()}
	o, err := s.Privacy.OnlyOrganisation(ctx)
	if err != nil || o == "" {
		return r, err
	}
	n, err := s.notice(ctx, o)
	if err != nil {
		return r, err
	}
	ids, err := s.Privacy.Naming(ctx, o)
	if err != nil {
		return r, err
	}
	var faults []error
	for _, id := range ids {
		gone, err := s.purgeSession(ctx, id, n.Keep, r.At)
		if err != nil {
			faults = append(faults, err)
		}
		if gone != (Erased{}) {
			r.Sessions++
			r.add(gone)
		}
	}
	faults = append(faults, s.purgeJobs(ctx, o, n.Keep, &r))
	gone, err := s.Privacy.EraseLogs(ctx, r.At.Add(-time.Duration(n.Keep.Log)*24*time.Hour), r.At)
	r.add(gone)
	faults = append(faults, err)
	if r.Erased != (Erased{}) {
		s.unscrubbed.Store(true)
	}
	if s.unscrubbed.Load() {
		faults = append(faults, s.scrub(ctx))
	}
	if err := errors.Join(faults...); err != nil {
		return r, err // no receipt: it is tried again soon
	}
	s.Log.Info("purge", "sessions", r.Sessions, "jobs", r.Jobs, "contacts", r.Contacts, "people", r.People, "texts", r.Texts,
		"marks", r.Marks, "letters", r.Letters, "accesses", r.Accesses)
	return r, s.Privacy.SaveReceipt(ctx, r)
}

// purgeSession erases what one session has kept long enough.
func (s *Server) purgeSession(ctx context.Context, id nextup.SessionID, keep nextup.Retention, now time.Time) (Erased, error) {
	n, err := s.Sessions.Look(ctx, id)
	if err != nil {
		return Erased{}, err
	}
	var gone Erased
	switch contact, record := keep.Due(n.State, now); {
	case record:
		gone, err = s.Privacy.EraseRecord(ctx, id, n.State.SettingsTexts()...)
	case contact:
		gone, err = s.Privacy.EraseContact(ctx, id)
	}
	if err != nil || gone == (Erased{}) {
		return gone, err
	}
	return gone, s.Sessions.Refresh(ctx, id)
}

// scrubNow takes what was just erased off the disk; if that cannot be done now, the
// daily work does it soon.
func (s *Server) scrubNow(ctx context.Context) {
	if s.Privacy == nil {
		return
	}
	if err := s.scrub(ctx); err != nil {
		s.Log.Warn("erased words may still be on the disk; tried again soon", "error", err)
	}
}

// scrub takes erased words off the disk. If that cannot be done now, the daily
// work does it soon.
func (s *Server) scrub(ctx context.Context) error {
	s.unscrubbed.Store(true)
	err := s.Privacy.Scrub(ctx)
	if err == nil {
		s.unscrubbed.Store(false)
	}
	return err
}
