// Package sqlite opens nextup's database on one machine and says what is
// particular to SQLite: pragmas, file rights, checkpoints and error codes. It
// knows no table; package store does.
//
// A folder holds one database:
//
//	nextup.db      the data                              mode 0600
//	nextup.db-wal  commits not yet copied into nextup.db mode 0600
//	nextup.db-shm  the index of the -wal file            mode 0600
//
// and [DB] has three ways to it:
//
//	Write  one connection; every transaction takes the write lock at its start,
//	       because one that only asks for it later fails at once with "busy"
//	Read   a pool that cannot write; readers see whole commits and never wait
//	tend   one connection that copies the -wal file into the database beside the
//	       writer, so no commit ever has to stop for that
//
// A commit is on the disk when it returns (synchronous=FULL: the -wal file is
// synced by each commit). This holds for a power cut too, where NORMAL would
// lose the last commits.
package sqlite
