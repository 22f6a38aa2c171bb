// Command rows makes docs/rows.md, the table of the requirement rows with the
// tests that prove each, out of a run of the tests:
//
//	go test -json ./... | go run ./cmd/rows > docs/rows.md
//	go test -json ./... | go run ./cmd/rows -check docs/rows.md
//
// A test belongs to the rows whose ids stand in its name or in its subtest's, and
// counts only if it ran and passed. What go test would have said goes to standard
// error. The exit status is 1 if a test failed, if a row has no test, and with
// -check if the table on disk is another one.
package main
