// Package store keeps what nextup must not lose, in SQL.
//
// There are two kinds of things in it:
//
//   - the journal: one stream of events for each session. Events are only ever
//     added; they hold ids and choices. The state of a session is its events,
//     read from the first on.
//   - rows: names, addresses, free words, marks, letters to send, accounts. Events
//     point to them by id. A row can be replaced, and what it said before is then
//     overwritten on the disk.
//
// # One writer
//
// Everything that changes goes through one goroutine with one connection:
//
//	callers      Append  Append  SaveText  Commit  ...
//	               └───────┴────────┴────────┘
//	writer       BEGIN; SAVEPOINT, write, RELEASE; SAVEPOINT ...; COMMIT (one fsync)
//	               ┌───────┬────────┬────────┐
//	callers      answered, each with its own result
//
// While one group is on its way to the disk the next one gathers, so the disk's
// speed limits groups, not writes. Each write is a savepoint of its own: one that
// loses a race is undone alone. Nobody is answered before the commit is on the disk.
//
// # The fence
//
// (stream, version) is the events' key. [Store.Append] names the version that
// its decision was made on; if another writer was faster it gets [ErrConflict] and
// nothing of it is kept: no event, no person, no letter. This holds between
// processes too.
//
// Who gets which interview time is fenced likewise: (slot, seat) is unique among
// bookings, and [Store.Book] is one statement with every condition in it. What a
// change does to calendar entries, to the letters about them and to the days whose
// sessions must be told is written in its transaction (calendar.go).
//
// # What an error means
//
//   - [ErrConflict], [ErrTaken], [ErrFounded], [ErrSetup], [ErrUnknown]: refused,
//     nothing was written. So is a *nextup.Error: what is refused about jobs, rounds
//     and bookings goes to people as it is.
//   - the caller's own context error, without [ErrUnavailable]: taken back in time,
//     nothing was written.
//   - [ErrUnavailable]: nobody knows whether it was written. A commit failed, or the
//     caller's context ended while the write was on its way. Read again, then
//     decide again.
//   - anything else, a full disk for instance: that write was undone, nothing of
//     it is there.
//
// # Files
//
// journal.go people.go assessments.go outbox.go accounts.go setup.go logins.go have
// one subject each, and so have jobs.go applicants.go rounds.go plan.go bookings.go
// promises.go messages.go and board.go, which reads them all at one moment; codec.go
// gives events their stored names; writer.go is the one writer; tend.go works in the
// background; migrate.go and migrations/ make the tables.
// Package store/sqlite opens the database, store/storetest is the contract.
package store
