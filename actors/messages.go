package actors

import (
	"time"

	"nextup"
)

// Between actors. All are sent as pointers and never changed after sending.
type (
	// order is a command on its way to the session; the answer is sent once.
	order struct {
		nextup.Order
		reply chan<- answer // nil when nobody waits
	}
	// look asks the session for a snapshot.
	look struct{ reply chan<- lookAnswer }
	// refresh asks the session to load its rows again.
	refresh struct{ reply chan<- error }
	// attach gives a line to the actor of its person.
	attach struct{ line *line }
	// detach takes a line away.
	detach struct{ line *line }
	// reported says that a line's browser told something of itself.
	reported struct {
		line   *line
		report nextup.Report
	}
	// started is a child that came (back) up and knows nothing yet.
	started struct{ who nextup.PersonID } // "" is the queue
	// published is the newest committed state with the presence of the moment.
	published struct{ now nextup.Snapshot }
	// present tells the session of a person's presence.
	present struct {
		who  nextup.PersonID
		seen nextup.Seen
	}
	// kept is the outcome of an append.
	kept struct {
		after nextup.Session
		batch nextup.Batch
		err   error
	}
	// loaded is the outcome of loading rows again.
	loaded struct {
		people []nextup.Person
		texts  []nextup.Text
		err    error
		reply  chan<- error
	}
	// tick asks whether a deadline has come; from an older timer it is ignored.
	tick struct{ generation int }
	// renew repeats what the stage shows.
	renew struct{}
	// spread publishes a presence that has changed a moment ago.
	spread struct{}
	// flush sends the views that were held back.
	flush struct{}
	// push gives a line its newest view.
	push struct{ view nextup.View }
	// cut ends a line.
	cut struct{}
	// crash panics: tests prove what survives.
	crash struct{}
)

type answer struct {
	receipt nextup.Receipt
	err     error
	again   bool // the session stopped before deciding or knowing: ask its next activation
}

type lookAnswer struct {
	now nextup.Snapshot
	err error
}

// How long things may take.
const (
	appendTime = 10 * time.Second
	askTime    = 10 * time.Second
	tryTime    = 3 * time.Second
	renewEvery = 20 * time.Second // a stage lives 60 s without it
	viewEvery  = 250 * time.Millisecond
	freshEvery = 10 * time.Second // views change with time alone
	spreadTime = 50 * time.Millisecond
	sweepEvery = 5 * time.Second
	idleTime   = 10 * time.Minute
	cutAfter   = 5 * time.Second
)
