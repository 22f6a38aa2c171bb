package transport

import (
	"context"

	"nextup"
)

// Store is all that this package needs of the database. Each part is declared
// beside the file that uses it.
type Store interface {
	Registrations
	Assessments
	Texts
	Organisations
}

// Texts keeps words that change outside a command.
type Texts interface {
	// SaveText keeps a text of a session in place of the one it replaces.
	SaveText(ctx context.Context, s nextup.SessionID, x nextup.Text) error
}

// Organisations names employers.
type Organisations interface {
	// OrganisationName is what candidates are told the employer is called.
	OrganisationName(ctx context.Context, id nextup.OrganisationID) (string, error)
}
