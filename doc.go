// Package nextup says what nextup is: its words and its rules, and nothing else.
//
// A quick interview (Session) is one event of many short talks. Candidates
// register, check in to the lobby and stand in turn order; interviewers press
// Next and take them from one queue, in parallel. Everything that must survive a
// crash is an Event in the session's stream:
//
//	Decide(state, presence, now, by, command) -> events or an Error    nothing changes
//	Evolve(state, recorded events)            -> state                  cannot fail
//	Deadline(state, presence)                 -> when to ask again      timers only ask
//
// All three are pure. There is no clock here, no network, no disk and no
// randomness: time, identifiers and presence (who is connected right now) come
// in as values, so a rule can be read, tested and replayed alone.
//
// # The import rule
//
// This package imports only the pure standard library and none of our folders.
// Each folder does the work with one technology and imports this package:
// actors (protoactor), transport (HTTP and websockets), media (pion), store
// (SQL), web (what browsers get). Folders never import each other; cmd/nextup
// joins them. imports_test.go holds the rule.
//
// # What events may hold
//
// Events hold identifiers and choices, never names, addresses or free text.
// Those are rows (Person, Text, assessments) that events point to and that can
// be erased without breaking the stream.
package nextup
