package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"nextup"
)

// Pending is one letter in the outbox whose time has come.
type Pending struct {
	ID        int64
	Session   nextup.SessionID
	Kind      nextup.MailKind
	Person    nextup.PersonID
	Text      nextup.TextID // the recruiter's words in it; "" none
	Created   time.Time
	MessageID string // left of the @, the same at each attempt
	Attempts  int    // ended ones
}

// Outbox is where letters wait (package store).
type Outbox interface {
	// PendingMail lists letters whose time has come, the longest due first.
	PendingMail(ctx context.Context, now time.Time, limit int) ([]Pending, error)
	// MailSent says that a letter was handed over.
	MailSent(ctx context.Context, id int64, at time.Time) error
	// MailFailed says why an attempt failed. The letter is tried again at next, or never if final.
	MailFailed(ctx context.Context, id int64, cause string, next time.Time, final bool) error
}

// Letters looks up what a letter says. ErrOutdated: it is not wanted any more.
type Letters interface {
	Letter(ctx context.Context, s nextup.SessionID, m nextup.Mail) (Letter, error)
}

// ErrOutdated says that a letter is not to be sent: its session was cancelled,
// or its person withdrew or was removed.
var ErrOutdated = errors.New("mail: not wanted any more")

// How a letter is tried.
const (
	firstWait = time.Minute
	maxWait   = 6 * time.Hour
	giveUp    = 72 * time.Hour // after it was written
	atOnce    = 4              // letters on their way at the same time
	batch     = 64
)

// Delivery carries letters from the outbox to the mail server.
type Delivery struct {
	Outbox  Outbox
	Letters Letters
	Sender  Sender
	SMTP    *SMTP         // nil: letters stay in the outbox, marked CauseKept
	Log     *slog.Logger  // nil: slog.Default
	Poll    time.Duration // how often the outbox is looked at; 0 is 2 s
	Now     func() time.Time

	mu      sync.Mutex
	busy    map[int64]bool                        // on their way, or ended after the outbox was last read
	ended   []int64                               // of these, with an outcome that the outbox has taken
	results map[int64]func(context.Context) error // of these, with one that it did not take yet
	going   sync.WaitGroup
}

// Run delivers until ctx ends, then waits for what is on its way, which the end
// of ctx cuts. A letter whose outcome could not be written down is not sent
// again; the writing is repeated. Only a crash between the server's yes and the
// outbox's can send one twice, under the same Message-ID.
func (d *Delivery) Run(ctx context.Context) {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Poll <= 0 {
		d.Poll = 2 * time.Second
	}
	d.busy, d.results = map[int64]bool{}, map[int64]func(context.Context) error{}
	defer d.going.Wait()
	places := make(chan struct{}, atOnce)
	tick := time.NewTicker(d.Poll)
	defer tick.Stop()
	for {
		d.round(ctx, places)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round starts what is due. It waits for a place only as long as ctx lasts, and
// never for a letter to end.
func (d *Delivery) round(ctx context.Context, places chan struct{}) {
	d.repeatResults(ctx)
	d.forget()
	due, err := d.Outbox.PendingMail(ctx, d.Now(), batch)
	if err != nil {
		if ctx.Err() == nil {
			d.Log.Error("mail: the outbox cannot be read", "error", err)
		}
		return
	}
	for _, p := range due {
		if !d.take(p.ID) {
			continue
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		d.going.Add(1)
		go func() {
			defer d.going.Done()
			defer func() { <-places }()
			d.deliver(ctx, p)
		}()
	}
}

func (d *Delivery) take(id int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy[id] {
		return false
	}
	d.busy[id] = true
	return true
}

// forget lets go of letters whose outcome is in the outbox. It comes right before
// the outbox is read: a letter that ends while an older list is worked through
// would otherwise be sent once more.
func (d *Delivery) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range d.ended {
		delete(d.busy, id)
	}
	d.ended = nil
}

func (d *Delivery) deliver(ctx context.Context, p Pending) {
	err := d.attempt(ctx, p)
	if err != nil && ctx.Err() != nil {
		return // cut by the end: the next start tries again
	}
	now := d.Now()
	var refusal *Refusal
	switch {
	case err == nil:
		d.write(ctx, p.ID, func(ctx context.Context) error { return d.Outbox.MailSent(ctx, p.ID, now) })
		return
	case !errors.As(err, &refusal):
		refusal = &Refusal{Cause: CauseLater, err: err}
		d.Log.Warn("mail: no words for a letter yet", "letter", p.ID, "error", err)
	}
	cause, final, next := refusal.Cause, refusal.Final, now.Add(wait(p.Attempts))
	if !final && next.After(p.Created.Add(giveUp)) {
		cause, final = CauseExpired, true
	}
	if final {
		next = now
	}
	if cause != CauseKept {
		d.Log.Warn("mail: not delivered", "letter", p.ID, "kind", p.Kind, "cause", refusal.Cause, "final", final, "attempts", p.Attempts+1)
	}
	d.write(ctx, p.ID, func(ctx context.Context) error { return d.Outbox.MailFailed(ctx, p.ID, cause, next, final) })
}

func (d *Delivery) attempt(ctx context.Context, p Pending) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	l, err := d.Letters.Letter(ctx, p.Session, nextup.Mail{Kind: p.Kind, Person: p.Person, Text: p.Text})
	switch {
	case errors.Is(err, ErrOutdated):
		return &Refusal{CauseOutdated, true, err}
	case err != nil:
		return err
	case d.SMTP == nil:
		return &Refusal{CauseKept, true, nil}
	}
	m, err := d.Sender.Message(l, p.MessageID, d.Now())
	switch {
	case errors.Is(err, ErrAddress):
		return &Refusal{CauseNoAddress, true, err}
	case err != nil:
		return &Refusal{CauseWritten, true, err}
	}
	return d.SMTP.Send(ctx, m)
}

// wait is how long until the next attempt: 1 min, doubling up to 6 h.
func wait(attempts int) time.Duration {
	w := firstWait
	for range attempts {
		if w *= 2; w >= maxWait {
			return maxWait
		}
	}
	return w
}

// write records an outcome. While that fails the letter stays busy, so that it
// is not sent again.
func (d *Delivery) write(ctx context.Context, id int64, record func(context.Context) error) {
	// The outcome is known: it is written down even when ctx has just ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := record(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.Log.Error("mail: the outbox does not take an outcome", "letter", id, "error", err)
		d.results[id] = record
		return
	}
	delete(d.results, id)
	d.ended = append(d.ended, id)
}

func (d *Delivery) repeatResults(ctx context.Context) {
	d.mu.Lock()
	again := make(map[int64]func(context.Context) error, len(d.results))
	for id, r := range d.results {
		again[id] = r
	}
	d.mu.Unlock()
	for id, r := range again {
		if ctx.Err() != nil {
			return
		}
		d.write(ctx, id, r)
	}
}
