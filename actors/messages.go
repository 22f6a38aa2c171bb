package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"nextup"
)

// Between actors. All are sent as pointers and never changed after sending.
type (
	// order is a command on its way to the session.
	order struct {
		nextup.Order
		reply chan<- answer[nextup.Receipt] // nil when nobody waits
	}
	// look asks the session for a snapshot.
	look struct {
		reply chan<- answer[nextup.Snapshot]
	}
	// refresh asks the session to load its rows again.
	refresh struct{ reply chan<- answer[struct{}] }
	// known asks the session whether somebody may have a line.
	known struct {
		who   nextup.Actor
		reply chan<- answer[struct{}]
	}
	// attach gives a line to the actor of its person.
	attach struct{ line *line }
	// detach takes a line away.
	detach struct{ line *line }
	// reported says that a line's browser told something of itself; the line has it.
	reported struct{ line *line }
	// started is a desk that came (back) up and knows nothing yet; "" is the queue.
	started struct {
		who  nextup.PersonID
		desk *actor.PID
	}
	// hello is all that such a desk needs.
	hello struct {
		now   nextup.Snapshot
		lines []*line
	}
	// published is the newest committed state with the presence of the moment.
	published struct{ now nextup.Snapshot }
	// present tells the session of a person's presence.
	present struct {
		who  nextup.PersonID
		seen nextup.Seen
	}
	// kept is the outcome of an append.
	kept struct {
		order *order
		after nextup.Session
		batch nextup.Batch
		err   error
	}
	// loaded is the outcome of loading rows again.
	loaded struct {
		people []nextup.Person
		texts  []nextup.Text
		err    error
		rowed  int // the session's count when it began
		reply  chan<- answer[struct{}]
	}
	// tick asks whether a deadline has come; from an older timer it is ignored, and
	// generation 0 is the sweep.
	tick struct{ generation int }
	// measured has the last figures of ended talks kept.
	measured struct{}
	// reload makes the session fold its stream anew.
	reload struct{}
	// reopen starts desks that have stopped for good.
	reopen struct{}
	// renew repeats what the stage shows; to a desk: views change with time.
	renew struct{}
	// spread publishes a presence that has changed a moment ago.
	spread struct{}
	// flush sends the views that were held back.
	flush struct{}
	// onward continues a flush.
	onward struct{}
	// leave stops a session once its append is through.
	leave struct{}
	// push gives a line its newest view. Version is the state's it was made from.
	push struct {
		view    nextup.View
		version int
	}
	// crash panics: tests prove what survives.
	crash struct{}
)

// answer is sent once for each question.
type answer[T any] struct {
	value T
	err   error
	again bool // neither decided nor known: ask again
}

// respond never blocks: a channel takes exactly one answer.
func respond[T any](to chan<- answer[T], a answer[T]) {
	select {
	case to <- a:
	default: // nobody asked, or it was answered before a panic
	}
}

// How long things may take.
const (
	appendTime = 10 * time.Second
	askTime    = 10 * time.Second
	tryTime    = 3 * time.Second
	retryMin   = 20 * time.Millisecond
	retryMax   = 400 * time.Millisecond
	renewEvery = 20 * time.Second // a stage lives 60 s without it
	viewEvery  = 250 * time.Millisecond
	sliceTime  = 5 * time.Millisecond
	freshEvery = 10 * time.Second // views change with time alone
	spreadTime = 50 * time.Millisecond
	sweepEvery = 5 * time.Second
	idleTime   = 10 * time.Minute
	cutAfter   = 5 * time.Second
	mendTime   = time.Second // between attempts at what has just failed
)
