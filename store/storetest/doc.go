// Package storetest is the contract of package store: what its users rely on,
// whatever database is underneath. A database passes by calling [Run] from a test:
//
//	func TestContract(t *testing.T) {
//		storetest.Run(t, func(t testing.TB, dir string, o store.Options) *store.Store { ... })
//	}
//
// Each part of the contract is a test of its own in the file of its subject.
// [Sample] fills events for tests elsewhere too.
package storetest
