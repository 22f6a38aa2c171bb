package transport

import (
	"context"
	"time"

	"nextup"
)

// Opened is what somebody looked at that names people.
type Opened string

// What is noted. Each has words under "access.what.".
const (
	OpenedSummary  Opened = "summary"  // ratings, notes, interest
	OpenedExport   Opened = "export"   // the summary as a file
	OpenedOverview Opened = "overview" // candidates' names, addresses and links; interviewers' PINs
	OpenedRoom     Opened = "room"     // candidates' names, as an interviewer
)

// Access is one line of the record of who looked.
type Access struct {
	At      time.Time
	Session nextup.SessionID
	By      nextup.Actor
	What    Opened
}

// accessed notes that somebody opened what names people, and is called before it is
// shown: what cannot be noted is not opened. It is quick; the same thing opened
// again within ten minutes is noted once. who is an interviewer (guest.actor) or a
// recruiter (Account.by).
func (s *Server) accessed(ctx context.Context, who nextup.Actor, session nextup.SessionID, what Opened) error {
	if s.Privacy == nil {
		return nil
	}
	return s.Privacy.Accessed(ctx, Access{At: s.Now(), Session: session, By: who, What: what})
}
