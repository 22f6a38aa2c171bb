package transport

import (
	"context"
	"time"

	"nextup"
)

// Sessions is the door to the live sessions (package actors).
type Sessions interface {
	// Do decides a command and answers once its effect is durable. A refusal is a *nextup.Error.
	Do(ctx context.Context, id nextup.SessionID, o nextup.Order) (nextup.Receipt, error)
	// Look is everything there is to show of a session now; CodeUnknown if there is none.
	Look(ctx context.Context, id nextup.SessionID) (nextup.Snapshot, error)
	// Attach connects one browser. The line lives until it is closed or cut.
	Attach(ctx context.Context, id nextup.SessionID, a nextup.Attachment) (nextup.Line, error)
	// Refresh loads the rows (names, texts) again after they were changed outside a command.
	Refresh(ctx context.Context, id nextup.SessionID) error
}

// Media carries the negotiation of pictures and sound (package media).
type Media interface {
	// Answer answers a browser's complete SDP offer. The same connection again renegotiates.
	Answer(ctx context.Context, s nextup.SessionID, p nextup.PersonID, connection, offer string) (answer string, err error)
	// Hang ends that connection's media, if it is still the person's current one.
	Hang(s nextup.SessionID, p nextup.PersonID, connection string)
	// Relay gives credentials for the built-in TURN server, good for minutes.
	Relay(p nextup.PersonID) (urls []string, username, credential string, expires time.Time)
}
