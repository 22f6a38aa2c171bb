// Package actors makes the pure machine of package nextup live. protoactor-go is
// used here and nowhere else.
//
//	System                       the only door: Do, Look, Refresh, Attach
//	└── session                  decides and keeps; the only writer of its stream
//	    ├── queue                the live lobby: candidates' lines, presence, views
//	    ├── interviewer …        one each: his lines, presence, view
//	    conn …                   one per line: the latest view, or cut
//
// A command goes in through the person's actor and up to the session; there it
// is decided, kept, and only then evolved, shown and answered. Events and
// presence come down again as snapshots, from which queue and interviewers make
// views:
//
//	System.Do ─▶ queue / interviewer ─▶ session ─▶ Journal.Append
//	    ◀─ receipt ───────────────────────┘  │ kept
//	                     Stage ◀─────────────┼─▶ queue, interviewers ─▶ conn ─▶ Line.Views
//
// What must stay true:
//   - Nothing is answered, shown or done before Append has returned.
//   - While an append runs the session is busy: orders wait in a list, its
//     mailbox goes on.
//   - After a conflict or an unknown outcome the session forgets its state and
//     folds the stream anew before it decides anything. The command's ID then
//     tells whether the lost answer had an effect. Desks, lines and presence stay.
//   - A session that fails (a panic) starts again from the stream and what its
//     lines last said. While its stream cannot be read it decides nothing, and
//     tries again.
//   - Timers only send a message; the machine looks at the clock itself.
//   - Queue, interviewers and lines hold nothing that cannot be rebuilt: each may
//     be killed at any time. Pictures go on, since the Stage is not theirs.
package actors
