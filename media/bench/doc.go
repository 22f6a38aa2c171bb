// Package bench measures the media server from outside: a crowd of peers in
// another process connects to it as browsers do (offer, ICE, DTLS), sends raw
// SRTP packets and does with what comes what a browser would: feedback of the
// transport, receiver reports, requests for what is missing. Beside it, the
// floor: the least a forwarder can do (receive, decrypt, encrypt, send), under
// the same crowd, and the crowd alone with its packets going straight from one
// peer to the other.
//
// What is compared was measured turn by turn within one run, because absolute
// figures say more about the machine than about the server. The command is
// cmd/mediabench; it runs on Linux.
//
//	bench.go    one measurement: start what is measured and the crowd, wait, read
//	floor.go    the bare forwarder
//	machine.go  processors, and what others use of them
//	crowd.go    the other process: one socket, one loop, all peers
//	one.go      one peer of it: its packets and reports
//	connect.go  its connection: offer, ICE, DTLS
package bench
