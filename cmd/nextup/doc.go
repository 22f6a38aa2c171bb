// Command nextup joins the folders to one program: store, actors, media and
// transport meet here and nowhere else.
//
//	main.go    the command line
//	config.go  every setting, checked before anything starts
//	run.go     Main: open, join, run, close - also what the end-to-end tests start
//	join.go    where one folder's types become another's
//	demo.go    a session with simulated candidates, for trying it alone
//
// The end-to-end tests live here too, since only this package may see everything.
package main
