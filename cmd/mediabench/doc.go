// Command mediabench measures the media server against the least a forwarder can
// do, under a crowd of peers in another process. It runs on Linux.
//
//	mediabench -what cost -rooms 40,80          processor time of a forwarded packet, lane and floor in turn
//	mediabench -what core -rooms 160,320        one processor for the server, one for the crowd: delay and loss
//	mediabench -what delay -rooms 40            what the server adds to the way from peer to peer
//	mediabench -what runs -rooms 80             what UDP_SEGMENT does for the floor
//
// docs/benchmarks.md says what the figures mean and what was seen.
package main
