package actors

import (
	"context"
	"time"

	"nextup"
)

// Journal keeps streams of events and the rows beside them.
type Journal interface {
	Load(ctx context.Context, id nextup.SessionID) ([]nextup.Recorded, error)
	// Append keeps a batch whole or not at all. nextup.ErrConflict: another writer
	// was first. A *nextup.Error: a row was refused, nothing is kept. Any other
	// error: nobody knows.
	Append(ctx context.Context, b nextup.Batch) error
	// Due lists the sessions whose deadline has passed.
	Due(ctx context.Context, before time.Time) ([]nextup.SessionID, error)
	// Rows loads the people and texts of a session.
	Rows(ctx context.Context, id nextup.SessionID) ([]nextup.Person, []nextup.Text, error)
}

// Stage decides nothing; it shows people to each other as it is told. Every call
// is a full statement and may be repeated.
type Stage interface {
	// Prepare receives and keeps their packets, and shows nobody.
	Prepare(id nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID)
	// Show lets them see and hear each other. Repeated within a minute it lasts.
	Show(id nextup.SessionID, talk nextup.OfferID, people ...nextup.PersonID)
	// Clear ends it at once.
	Clear(id nextup.SessionID, talk nextup.OfferID)
}
